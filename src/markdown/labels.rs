//! Which footnotes a part of the text defines, and which it refers to: what an embed encloses is parsed by itself, and
//! a note may stand outside of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Longer labels are no labels (CommonMark 0.31.2, section 6.3).
const MAX_LABEL: usize = 999;

/// The footnotes of one region of the text, while it and what stands inside it are written.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The labels that it defines.
    pub defined: HashSet<String>,
    /// The notes that are referred to, by their labels.
    pub numbers: HashMap<String, usize>,
    /// The same in the order of their first references.
    pub order: Vec<(String, usize)>,
}

/// What was found in a region before it is written.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The labels that it defines.
    pub defined: HashSet<String>,
    /// What stands before its text, so that references to notes outside of it are taken for references.
    pub stubs: String,
    /// References to notes that are nowhere: their bytes in the text.
    pub unknown: Vec<Range<usize>>,
}

/// A label as it is compared: case does not matter.
pub(super) fn folded(label: &str) -> String {
    label.to_lowercase()
}

/// Looks through a region. `is_outside` says whether a label is defined around it.
pub(super) fn find(text: &str, options: Options, is_outside: &dyn Fn(&str) -> bool) -> Found {
    let mut found = Found::default();
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

/// Whatever looks like a label.
fn candidates(text: &str) -> BTreeMap<String, &str> {
    let written = memchr::memmem::find_iter(text.as_bytes(), b"[^").filter_map(|at| {
        let rest = &text[at + 2..];
        let label = &rest[..rest.find(']')?];
        let is_odd = |letter: char| letter.is_whitespace() || letter.is_control() || "[\\`<".contains(letter);
        (!label.is_empty() && label.len() <= MAX_LABEL && !label.contains(is_odd)).then(|| (folded(label), label))
    });
    written.collect()
}

/// Notes that make references of labels; the comment behind them ends the last.
fn stubs<'l>(labels: impl Iterator<Item = &'l str>) -> String {
    let mut text = String::new();
    for label in labels {
        // Writing to a string cannot fail.
        let _ = write!(text, "[^{label}]: x\n\n");
    }
    text + "<!-- -->\n\n"
}
