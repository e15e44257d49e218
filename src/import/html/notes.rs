//! Remarks on HTML that its Markdown doesn't say in full.

use std::collections::BTreeMap;

/// The fate of a piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HtmlNoteKind {
    /// It is not in the Markdown.
    Dropped,
    /// It is in the Markdown, but says less or looks different.
    Changed,
    /// It stays HTML, since Markdown can't say it.
    Kept,
}

/// A remark on one piece of HTML, or on several of the same kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlNote {
    /// The fate of the HTML.
    pub kind: HtmlNoteKind,
    /// A noun phrase that names it, such as ``a frame of `example.com` ``.
    pub subject: String,
    /// The number of places in the text, from 1.
    pub count: usize,
}

impl HtmlNote {
    /// The number of places in words: "once", "3 times".
    pub fn times(&self) -> String {
        if self.count == 1 { "once".to_owned() } else { format!("{} times", self.count) }
    }
}

/// The remarks on a text, each kind and subject once.
#[derive(Debug, Default)]
pub(super) struct HtmlNotes(BTreeMap<(HtmlNoteKind, String), usize>);

impl HtmlNotes {
    pub fn add(&mut self, kind: HtmlNoteKind, subject: impl Into<String>) {
        *self.0.entry((kind, subject.into())).or_default() += 1;
    }

    pub fn dropped(&mut self, subject: impl Into<String>) {
        self.add(HtmlNoteKind::Dropped, subject);
    }

    pub fn changed(&mut self, subject: impl Into<String>) {
        self.add(HtmlNoteKind::Changed, subject);
    }

    pub fn kept(&mut self, subject: impl Into<String>) {
        self.add(HtmlNoteKind::Kept, subject);
    }

    /// The remarks, sorted by kind and subject.
    pub fn into_list(self) -> Vec<HtmlNote> {
        self.0.into_iter().map(|((kind, subject), count)| HtmlNote { kind, subject, count }).collect()
    }
}
