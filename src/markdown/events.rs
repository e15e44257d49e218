//! The events of a body's regions, which pages, summaries, word counts and checks all read.

use std::borrow::Cow;

use pulldown_cmark::{Options, Parser};

use super::embeds::{self, Region};
use super::footnote_labels::{self, FootnoteScope, RegionLabels};
use super::leftovers::Leftovers;
use super::parser::{Located, extensions};
use super::parser_marks::MarkedText;
use super::placeholders::SourceMap;
use super::typeset::Typesetter;
use super::{BodyProblem, Session};
use crate::diagnostic::Code;
use crate::language::Quotes;

/// A parsed region of a body: the whole body, or the body of an embed.
pub(super) struct ParsedRegion<'t> {
    /// The text, preceded by stub definitions of footnotes that are defined outside the region.
    text: Cow<'t, str>,
    /// The length of the stubs in bytes.
    before: usize,
    options: Options,
    /// The same text with parser marks, if it needs any.
    marked: Option<MarkedText>,
    /// The quotation marks that replace straight ones; `None` leaves straight quotes alone.
    quotes: Option<Quotes>,
    /// Markdown that was published as text, if it is to be reported.
    leftovers: Option<Leftovers>,
}

/// Returns a region's text with a placeholder for each embed.
pub(super) fn text<'a>(session: &Session<'a>, region: &Region) -> (Cow<'a, str>, SourceMap) {
    if session.nodes.is_empty() && !session.inline {
        return (Cow::Borrowed(session.text), SourceMap::default());
    }
    let rewritten = embeds::with_placeholders(session, region);
    (Cow::Owned(rewritten.text), rewritten.places)
}

impl<'t> ParsedRegion<'t> {
    /// Enters a region: finds its footnotes and reports references to missing ones. Pushes the region's
    /// scope onto the session's stack; the caller pops it.
    pub(super) fn new(session: &mut Session<'_>, text: &'t str, places: &SourceMap) -> ParsedRegion<'t> {
        let options = extensions(session);
        let is_outside = |label: &str| session.scopes.iter().any(|scope| scope.defined.contains(label));
        let RegionLabels { defined, stubs, unknown } = match session.inline {
            true => RegionLabels::default(),
            false => footnote_labels::find(text, options, &is_outside),
        };
        for range in unknown {
            let label = text[range.clone()].trim_start_matches('!').to_owned();
            let (start, end) = places.original(&range);
            let problem = BodyProblem::new(Code::UnknownFootnote, format!("there is no footnote for `{label}`"));
            let hint = format!("write it on a line of its own: `{label}: …`; `\\{label}` is plain text");
            session.report(problem.hint(hint), start, end);
        }
        session.scopes.push(FootnoteScope { defined, ..FootnoteScope::default() });
        let before = stubs.len();
        let text = if stubs.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(stubs + text) };
        let marked = MarkedText::of(&text);
        let quotes = session.options.smart_punctuation.then_some(session.options.quotes);
        let leftovers = session.reports.then(Leftovers::default);
        ParsedRegion { text, before, options, marked, quotes, leftovers }
    }

    /// Reports Markdown that was published as text. Call it after the events have been consumed.
    pub(super) fn report_leftovers(self, session: &mut Session<'_>, places: &SourceMap) {
        for (range, problem) in self.leftovers.map(|leftovers| leftovers.take()).into_iter().flatten() {
            let (Some(start), Some(end)) = (range.start.checked_sub(self.before), range.end.checked_sub(self.before))
            else {
                continue;
            };
            let (start, end) = places.original(&(start..end));
            session.report(problem, start, end);
        }
    }

    /// Returns the events. Everything that changes the shown text must happen here, because page
    /// rendering, summaries and word counts all read these events.
    pub(super) fn events(&self) -> impl Iterator<Item = Located<'_>> {
        let marked = self.marked.as_ref();
        let text = marked.map_or(&*self.text, MarkedText::text);
        let events = Parser::new_ext(text, self.options).into_offset_iter();
        let events = events.map(move |(event, range)| match marked {
            Some(marked) => marked.restored(event, range),
            None => (event, range),
        });
        let events = Typesetter::new(events, &self.text, self.quotes, self.leftovers.as_ref());
        events.filter_map(|(event, range)| {
            let start = range.start.checked_sub(self.before)?;
            Some((event, start..range.end - self.before))
        })
    }
}
