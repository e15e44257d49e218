//! The output folder: its permitted locations, and exclusive access to it.

use std::path::{Path, PathBuf};

use crate::commit::{MachineError, OutputFolder, OutputMode, WORK_FOLDER, resolved};
use crate::config::{FILE, REDIRECTS_FILE};
use crate::content_path::CONTENT;
use crate::manifest::Manifest;

use super::BuildOptions;
use super::progress::{Phase, Progress};

/// The output folder in the project's folder, unless another one is named.
pub const OUTPUT: &str = "public";

/// Returns the output folder of a build. It must not lie among the sources, whose files the next build would read, nor
/// contain the project, where a page of the site could overwrite one of the project's own files.
pub(super) fn checked(options: &BuildOptions) -> Result<PathBuf, MachineError> {
    let output = options.output.clone().unwrap_or_else(|| options.root.join(OUTPUT));
    let (root, real_output) = (resolved(&options.root), resolved(&output));
    let own = [CONTENT, "themes", "i18n", WORK_FOLDER, ".git", FILE, REDIRECTS_FILE];
    let own = own.into_iter().find(|own| real_output.starts_with(root.join(own)));
    let place = match own {
        Some(own) if real_output == root.join(own) => format!("the project's own {own}"),
        Some(own) => format!("in the project's folder {own}/"),
        None if real_output == root => "the project's own folder".to_owned(),
        None if root.starts_with(&real_output) => "around the project's folder".to_owned(),
        None => return Ok(output),
    };
    Err(MachineError(format!("the output folder {} is {place}; choose another with --output", output.display())))
}

/// Takes the project's lock and opens the output folder. A preview is refused if the folder holds a published site.
pub(super) fn lock(
    options: &BuildOptions,
    output: &Path,
    progress: &dyn Progress,
) -> Result<OutputFolder, MachineError> {
    let waiting = || progress.begin(Phase::Waiting, 0);
    let manner = OutputMode { is_clean: options.clean, is_preview: options.preview.is_some() };
    let waiting = options.wait.then_some(&waiting as &dyn Fn());
    let publication = OutputFolder::open(&options.root, output, manner, waiting)?;
    if manner.is_preview && !options.force {
        // This also covers links, and comes before anything is created there.
        if let Some(published) = published_above(output) {
            publication.abandon()?;
            return Err(published_there(&options.root, &published));
        }
    }
    Ok(publication)
}

/// The nearest folder with a published site, from the output folder upwards: a server that serves that site also serves
/// everything in the folder.
fn published_above(output: &Path) -> Option<PathBuf> {
    let output = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
    let is_published = |folder: &&Path| Manifest::read(folder).is_ok_and(|manifest| manifest.is_published());
    output.canonicalize().unwrap_or(output).ancestors().find(is_published).map(Path::to_owned)
}

/// The error for a preview, which may show content that is not public, in place of the published site.
fn published_there(root: &Path, output: &Path) -> MachineError {
    let message = "holds the published site, and this is a preview; name another folder, as in --output preview, or \
                   replace the published site with --force";
    MachineError(format!("{} {message}", output.strip_prefix(root).unwrap_or(output).display()))
}
