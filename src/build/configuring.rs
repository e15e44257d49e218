//! Reads the configuration: `site.yaml`, and `redirects.yaml` and `known-errors.yaml` beside it.

use std::path::Path;

use ahash::HashMap;
use jiff::Timestamp;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::commit::MachineError;
use crate::config::{self, Config, FoundErrors};
use crate::content_path::CONTENT;
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::read::{self, Settings};
use crate::route::BaseUrl;
use crate::source::{Sources, discover};

/// The text of a file beside `site.yaml`, if there is one.
fn beside(root: &Path, name: &str) -> Reported<Option<String>> {
    let path = root.join(name);
    if path.symlink_metadata().is_err() {
        return Reported::clean(None);
    }
    if !path.is_file() {
        let special = Diagnostic::new(Code::UnreadableFile, name, "it is not a file");
        return Reported { value: None, diagnostics: vec![special] };
    }
    match read::text(root, name) {
        Ok(text) => Reported::clean(Some(text)),
        Err(diagnostic) => Reported { value: None, diagnostics: vec![diagnostic] },
    }
}

/// The errors and warnings that other files have by themselves, if `site.yaml` has errors: one run reports as many as
/// possible. Those that depend on other files would often follow from the errors of `site.yaml`.
pub(super) fn errors_elsewhere(root: &Path) -> Vec<Diagnostic> {
    let Some(mut config) = read::text(root, config::FILE).ok().and_then(|text| config::parse_with_errors(&text)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if let Some(text) = beside(root, config::REDIRECTS_FILE).take(&mut found) {
        found.extend(config::parse_redirects(&text).diagnostics);
    }
    let settings = Settings::from(&config);
    let sources = if root.join(CONTENT).is_dir() { discover(root).take(&mut found) } else { Sources::default() };
    let texts = sources.files.par_iter().filter(|file| !file.kind.is_copied());
    let read: Vec<_> = texts.map(|file| (&*file.path, read::read(root, file, &settings))).collect();
    let published: HashMap<&str, Timestamp> =
        read.iter().filter_map(|(path, read)| Some((*path, read.value.as_ref()?.published()?))).collect();
    found.extend(read.iter().flat_map(|(_, read)| read.diagnostics.iter().cloned()));
    if let Some(text) = beside(root, config::KNOWN_ERRORS_FILE).value {
        config.known_errors = config::parse_known_errors(&text).value;
    }
    config.settle(&mut found, |source| published.get(source).copied(), &FoundErrors::default());
    found
}

/// Reads `site.yaml`, and `redirects.yaml` and `known-errors.yaml` beside it.
pub(super) fn configure(root: &Path, base_url: Option<&str>) -> Result<Reported<Option<Config>>, MachineError> {
    let path = root.join(config::FILE);
    if !path.exists() {
        let hint = "a project has a site.yaml with `title:` and `base_url:`; `presswork new site NAME` creates one";
        let missing = Diagnostic::new(Code::BadConfig, config::FILE, "there is no site.yaml here").hint(hint);
        return Ok(Reported { value: None, diagnostics: vec![missing] });
    }
    if !path.is_file() {
        let special = Diagnostic::new(Code::UnreadableFile, config::FILE, "it is not a file");
        return Ok(Reported { value: None, diagnostics: vec![special] });
    }
    let text = match read::text(root, config::FILE) {
        Ok(text) => text,
        Err(diagnostic) => return Ok(Reported { value: None, diagnostics: vec![diagnostic] }),
    };
    let mut reported = config::parse(&text);
    if let Some(config) = &mut reported.value
        && let Some(text) = beside(root, config::REDIRECTS_FILE).take(&mut reported.diagnostics)
    {
        let redirects = config::parse_redirects(&text).take(&mut reported.diagnostics);
        (config.redirects, config.patterns) = (redirects.paths, redirects.patterns);
        config.digest = xxh3_128(&[&config.digest.to_le_bytes(), text.as_bytes()].concat());
    }
    if let Some(config) = &mut reported.value
        && let Some(text) = beside(root, config::KNOWN_ERRORS_FILE).take(&mut reported.diagnostics)
    {
        config.known_errors = config::parse_known_errors(&text).take(&mut reported.diagnostics);
        config.digest = xxh3_128(&[&config.digest.to_le_bytes(), text.as_bytes()].concat());
    }
    if let (Some(config), Some(url)) = (&mut reported.value, base_url) {
        config.base_url =
            BaseUrl::parse(url).map_err(|why| MachineError(format!("`{url}` is not a valid base URL: {why}")))?;
        for edition in &mut config.others {
            edition.base_url = config.base_url.clone();
        }
    }
    Ok(reported)
}
