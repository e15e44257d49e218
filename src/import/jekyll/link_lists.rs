//! Link definitions that many texts include: `[label]: url` in a file of `_includes`.

use std::collections::BTreeMap;

use crate::import::files::Folder;
use crate::import::notes::Notes;

/// The link definitions of included files, by the files' names without their endings.
#[derive(Debug, Default)]
pub(super) struct LinkLists(BTreeMap<String, Vec<LinkDefinition>>);

#[derive(Debug)]
struct LinkDefinition {
    /// The label in lower case, with one space between words.
    label: String,
    line: String,
}

impl LinkLists {
    /// Reads the Markdown files of the folder for included files.
    pub fn read(folder: &Folder, includes: &str) -> LinkLists {
        let mut lists: BTreeMap<String, Vec<LinkDefinition>> = BTreeMap::new();
        for file in folder.below(includes).filter(|file| file.is_markdown()) {
            let Ok(text) = file.text(&mut Notes::default()) else { continue };
            let found: Vec<LinkDefinition> = text.lines().filter_map(definition).collect();
            if !found.is_empty() {
                let name = file.path.rsplit('/').next().unwrap_or(&file.path);
                let name = name.split('.').next().unwrap_or(name).trim_start_matches('_');
                lists.entry(name.to_owned()).or_default().extend(found);
            }
        }
        LinkLists(lists)
    }

    /// The definitions of a file that a text needs, each on a line; `None` if the file has none at all.
    pub fn used(&self, name: &str, body: &str) -> Option<String> {
        let definitions = self.0.get(name)?;
        let body = folded(body);
        let is_used = |definition: &&LinkDefinition| {
            let reference = format!("[{}]", definition.label);
            body.contains(&reference) && !body.contains(&format!("{reference}:"))
        };
        let lines = definitions.iter().filter(is_used).map(|definition| format!("{}\n", definition.line));
        Some(lines.collect())
    }
}

/// The definition on a line, unless a part of it is made by a template.
fn definition(line: &str) -> Option<LinkDefinition> {
    let line = line.trim();
    let (label, url) = line.strip_prefix('[')?.split_once("]:")?;
    let is_plain = !label.is_empty() && !label.starts_with('^') && !label.contains(['[', ']']);
    let has_url = !url.trim().is_empty() && !line.contains("{{") && !line.contains("{%");
    (is_plain && has_url).then(|| LinkDefinition { label: folded(label), line: line.to_owned() })
}

/// A text in lower case with one space between words, as labels are compared (CommonMark 0.31.2, section 4.7).
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
