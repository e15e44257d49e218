//! Files that are not published because nothing refers to them, and a warning about those that used to be.

use std::collections::BTreeMap;

use ahash::HashSet;

use crate::commit::OutputFolder;
use crate::config;
use crate::content_path::below_content;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Ledger;
use crate::plan::{Plan, UnpublishedFile};
use crate::site::Site;

/// The maximum number of files, and of patterns that would publish them, in the warning.
const NAMED: usize = 5;

/// The warning for a build that removes files published by older versions, which published every file of `content/`;
/// its hint says how to keep them. Builds with a ledger do not repeat it.
pub(super) fn no_longer_published(site: &Site, plan: &Plan, publication: &OutputFolder) -> Option<Diagnostic> {
    let lost = plan.unpublished().iter().filter(|file| publication.has_published(&file.path));
    let lost: Vec<&UnpublishedFile> = lost.collect();
    if lost.is_empty() || Ledger::read_header(&publication.ledger()).is_ok() {
        return None;
    }
    let named: Vec<String> = lost.iter().take(NAMED).map(|file| format!("`{}`", file.path.escape_debug())).collect();
    let rest = lost.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let files = if lost.len() == 1 { "a file is" } else { "files are" };
    let message = format!(
        "{files} no longer published, because no page refers to {}: {}{more}",
        if lost.len() == 1 { "it" } else { "them" },
        named.join(", ")
    );
    let patterns = patterns(lost.iter().map(|file| site.files[file.file].source.as_str()));
    let shown: Vec<String> =
        patterns.iter().take(NAMED).map(|pattern| serde_json::Value::from(pattern.as_str()).to_string()).collect();
    let more = if patterns.len() > NAMED { ", and more; `presswork check --unpublished` lists all files" } else { "" };
    let hint =
        format!("to keep what readers should find, add to {}: publish: [{}]{more}", config::FILE, shown.join(", "));
    Some(Diagnostic::new(Code::NoLongerPublished, config::FILE, message).hint(hint))
}

/// The files that are not published because nothing refers to them, by their paths below the project's folder.
pub(super) fn sources<'s>(site: &'s Site, plan: &Plan) -> HashSet<&'s str> {
    plan.unpublished().iter().map(|file| site.files[file.file].source.as_str()).collect()
}

/// Patterns that match these files, and as few others as possible, with one line for each folder and extension.
fn patterns<'s>(sources: impl Iterator<Item = &'s str>) -> Vec<String> {
    let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for source in sources {
        let path = below_content(source).unwrap_or(source);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        groups.entry((folder, extension)).or_default().push(path);
    }
    let pattern = |((folder, extension), paths): ((&str, &str), Vec<&str>)| match *paths {
        [path] => path.to_owned(),
        _ => [
            folder,
            if folder.is_empty() { "" } else { "/" },
            "*",
            if extension.is_empty() { "" } else { "." },
            extension,
        ]
        .concat(),
    };
    groups.into_iter().map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use super::patterns;

    #[test]
    fn a_pattern_matches_the_files_of_one_folder_and_extension() {
        let sources = ["content/a.txt", "content/world/a.pdf", "content/world/b.pdf", "content/world/c.csv"];
        assert_eq!(patterns(sources.into_iter()), ["a.txt", "world/c.csv", "world/*.pdf"]);
        assert_eq!(patterns(["content/x", "content/y"].into_iter()), ["*"]);
    }
}
