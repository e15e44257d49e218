//! Finds the footnote labels that a part of the text defines and refers to. An embed's body is parsed
//! separately, so its footnotes may be defined outside it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The maximum length of a label (CommonMark 0.31.2, section 6.3).
const MAX_LABEL: usize = 999;

/// The footnotes of one region while it is being written.
#[derive(Debug, Default)]
pub(super) struct FootnoteScope {
    /// The labels that the region defines.
    pub defined: HashSet<String>,
    /// The indices of the footnotes referred to, by label.
    pub numbers: HashMap<String, usize>,
    /// The same in order of first reference.
    pub order: Vec<(String, usize)>,
}

/// The labels found in a region before it is written.
#[derive(Debug, Default)]
pub(super) struct RegionLabels {
    /// The labels that the region defines.
    pub defined: HashSet<String>,
    /// Stub definitions to put before the text, so that the parser recognizes references to outer
    /// footnotes.
    pub stubs: String,
    /// The byte ranges of references to footnotes that don't exist.
    pub unknown: Vec<Range<usize>>,
}

/// A label in the form used for comparison: case doesn't matter.
pub(super) fn folded(label: &str) -> String {
    label.to_lowercase()
}

/// Finds the labels of a region. `is_outside` returns true for labels defined around it.
pub(super) fn find(text: &str, options: Options, is_outside: &dyn Fn(&str) -> bool) -> RegionLabels {
    let mut found = RegionLabels::default();
    let written = candidates(text);
    if written.is_empty() {
        return found;
    }
    let stubs = stubs(written.values().copied());
    let (mut references, mut outside) = (Vec::new(), BTreeMap::new());
    let whole = [stubs.as_str(), text].concat();
    for (event, range) in Parser::new_ext(&whole, options).into_offset_iter() {
        let Some(start) = range.start.checked_sub(stubs.len()) else { continue };
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                found.defined.insert(folded(&label));
            }
            Event::FootnoteReference(label) => references.push((folded(&label), start..range.end - stubs.len())),
            _ => {}
        }
    }
    for (label, range) in references.into_iter().filter(|(label, _)| !found.defined.contains(label)) {
        match written.get(&label).filter(|_| is_outside(&label)) {
            Some(written) => {
                outside.insert(label, *written);
            }
            None => found.unknown.push(range),
        }
    }
    if !outside.is_empty() {
        found.stubs = self::stubs(outside.into_values());
    }
    found
}

/// Returns everything that looks like a label.
fn candidates(text: &str) -> BTreeMap<String, &str> {
    let written = memchr::memmem::find_iter(text.as_bytes(), b"[^").filter_map(|at| {
        let rest = &text[at + 2..];
        let label = &rest[..rest.find(']')?];
        let is_odd = |letter: char| letter.is_whitespace() || letter.is_control() || "[\\`<".contains(letter);
        (!label.is_empty() && label.len() <= MAX_LABEL && !label.contains(is_odd)).then(|| (folded(label), label))
    });
    written.collect()
}

/// Writes stub definitions for labels; the comment at the end closes the last.
fn stubs<'l>(labels: impl Iterator<Item = &'l str>) -> String {
    let mut text = String::new();
    for label in labels {
        // Writing to a string cannot fail.
        let _ = write!(text, "[^{label}]: x\n\n");
    }
    text + "<!-- -->\n\n"
}
