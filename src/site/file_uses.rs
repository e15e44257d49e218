//! The sources that refer to each file of a project, public or not.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::read::{CopiedFile, Record};

use super::naming::Naming;
use super::references::References;

/// The sources that refer to each file, by the file's path; `site.yaml` is one of them. Files that nothing refers to are
/// left out, and so is what a theme or a pattern of `publish:` names.
pub fn uses_of_files<'r>(records: &'r [Record], config: &'r Config) -> BTreeMap<&'r str, BTreeSet<&'r str>> {
    let files = records.iter().filter_map(|record| match record {
        Record::File(file) => Some(file),
        _ => None,
    });
    let files: Vec<&CopiedFile> = files.collect();
    let naming = Naming::new(files.iter().copied(), config);
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let references = records.iter().filter_map(|record| match record {
        Record::Article(article) => Some(References::of_article(article)),
        Record::Page(page) => Some(References::of_page(page)),
        Record::Section(section) => Some(References::of_section(section)),
        Record::Author(author) => Some(References::of_author(author)),
        Record::Comments(_) | Record::File(_) => None,
    });
    for References { source, written, .. } in references.chain([References::of_config(config)]) {
        for file in written.into_iter().filter_map(|reference| naming.named(source, reference)) {
            uses.entry(file).or_default().insert(source);
        }
    }
    uses
}
