//! Writes footnotes and their references.

use std::collections::HashMap;
use std::ops::Range;

use super::margin::Margin;
use super::{Definitions, HtmlWriter, TooDeep};
use crate::diagnostic::Code;
use crate::markdown::footnotes::{self, Footnote};
use crate::markdown::{BodyProblem, Session, footnote_labels};

/// The places of footnotes beside the text.
pub(super) struct NotesBeside {
    /// True while footnotes follow the block that has just ended: in the text itself, not in embeds and footnotes.
    is_active: bool,
    /// The slot of each footnote.
    slots: Vec<usize>,
    margin: Margin,
}

impl NotesBeside {
    pub fn new(session: &Session<'_>) -> NotesBeside {
        let is_active = session.has_notes_beside() && session.embed_depth == 0;
        NotesBeside { is_active, slots: Vec::new(), margin: Margin::default() }
    }

    /// True if footnotes have been referred to that have no slot yet.
    pub fn lacks_slots(&self, session: &Session<'_>) -> bool {
        self.is_active && session.notes.len() > self.slots.len()
    }
}

impl HtmlWriter<'_, '_> {
    /// Renders the footnotes that the text refers to, including those that only footnotes refer to.
    pub(super) fn notes(&mut self, mut definitions: Definitions<'_>) -> Result<(), TooDeep> {
        self.notes_beside.is_active = false;
        let mut nested = HashMap::new();
        let mut next = 0;
        // Rendering a footnote may refer to further ones, which are appended to the order.
        while let Some((label, index)) = self.session.scopes.last().and_then(|scope| scope.order.get(next).cloned()) {
            next += 1;
            self.session.levels.restart();
            let (_, events) = definitions.remove(label.as_str()).unwrap_or_default();
            self.run(events.into_iter(), &mut nested)?;
            for (label, note) in nested.drain() {
                definitions.entry(label).or_insert(note);
            }
            let html = std::mem::take(&mut self.out);
            let html = self.published(html);
            if let Some(note) = self.session.notes.get_mut(index) {
                note.html = html;
            }
            // Footnotes that only this one refers to go with it.
            if let Some(&home) = self.notes_beside.slots.get(index) {
                self.notes_beside.slots.resize(self.session.notes.len(), home);
            }
        }
        for (range, _) in definitions.into_values() {
            self.unused(&range, "the text does not refer to it");
        }
        Ok(())
    }

    /// Reports a footnote that isn't published.
    pub(super) fn unused(&mut self, range: &Range<usize>, why: &str) {
        let (start, end) = self.places.original(range);
        let text = &self.session.text[start..end];
        let end = text.find("]:").map_or(start, |at| start + at + 1);
        let message = format!("this footnote is not published: {why}");
        let problem = BodyProblem::new(Code::UnusedFootnote, message);
        let hint = format!("write `{}` where it belongs", &self.session.text[start..end]);
        self.session.report(problem.hint(hint), start, end);
    }

    /// Reserves a slot, after the block that has just ended, for the footnotes first referred to in it.
    /// Their texts and reference counts are known only at the end.
    pub(super) fn reserve_notes(&mut self) {
        self.fresh_line();
        let slot = self.push_slot(String::new());
        self.out.push('\n');
        self.notes_beside.margin.reserve(slot, &self.out);
        self.notes_beside.slots.resize(self.session.notes.len(), slot);
        self.session.is_for_page = true;
    }

    /// Puts the footnotes into their slots, or leaves all of them for the end: in a margin that is too
    /// short for them they would pile up, far below their references.
    pub(super) fn place_notes(&mut self, html: &str) {
        let margin = std::mem::take(&mut self.notes_beside.margin);
        let notes = self.notes_beside.slots.iter().zip(&self.session.notes);
        let mut notes: Vec<(usize, &str)> = notes.map(|(&home, note)| (home, note.html.as_str())).collect();
        notes.sort_by_key(|(home, _)| *home);
        if !margin.has_room(html, &notes) {
            self.session.ends_with_notes = true;
            return;
        }
        for (index, &home) in self.notes_beside.slots.iter().enumerate() {
            if let (Some(note), Some(slot)) = (self.session.notes.get(index), self.slots.get_mut(home)) {
                slot.push_str(if slot.is_empty() { "" } else { "\n" });
                footnotes::push_aside(slot, index + 1, note, self.session.ids.prefix());
            }
        }
    }

    /// The innermost scope that defines a footnote, or else the current one.
    fn scope(&self, label: &str) -> Option<usize> {
        let scopes = &self.session.scopes;
        scopes.iter().rposition(|scope| scope.defined.contains(label)).or(scopes.len().checked_sub(1))
    }

    /// The number of a footnote that has been referred to.
    pub(super) fn number(&self, label: &str) -> Option<usize> {
        let label = footnote_labels::folded(label);
        let scope = self.session.scopes.get(self.scope(&label)?)?;
        scope.numbers.get(&label).map(|index| index + 1)
    }

    /// Records a reference to a footnote. Returns the footnote's number and the number of references so
    /// far.
    pub(super) fn refer(&mut self, label: &str) -> (usize, usize) {
        let index = match self.number(label) {
            Some(number) => number - 1,
            None => {
                let (label, index) = (footnote_labels::folded(label), self.session.notes.len());
                self.session.notes.push(Footnote::default());
                let scope = self.scope(&label);
                if let Some(scope) = scope.and_then(|scope| self.session.scopes.get_mut(scope)) {
                    scope.numbers.insert(label.clone(), index);
                    scope.order.push((label, index));
                }
                index
            }
        };
        let occurrence = self.session.notes.get_mut(index).map_or(1, |note| {
            note.references += 1;
            note.references
        });
        (index + 1, occurrence)
    }
}
