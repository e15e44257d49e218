//! The parsed text: the one place where Markdown is parsed, for the pages as for everything that is said about them.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::embeds::{self, Region};
use super::inserted::Marked;
use super::labels::{self, Found, Scope};
use super::leftovers::Leftovers;
use super::rewrite::Places;
use super::setting::Setting;
use super::{Fault, Session};
use crate::diagnostic::Code;
use crate::language::Quotes;

/// An event and its bytes in the region's text.
pub(super) type Located<'t> = (Event<'t>, Range<usize>);

/// The extensions of Markdown that are understood.
pub(super) fn extensions(session: &Session<'_>) -> Options {
    let mut options = Options::ENABLE_STRIKETHROUGH;
    if !session.inline {
        options |= Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_GFM
            | Options::ENABLE_DEFINITION_LIST;
    }
    options
}

/// A region of a body: the whole, or what an embed encloses.
pub(super) struct Parsed<'t> {
    /// Its text, after what makes references of the labels of notes outside of it.
    text: Cow<'t, str>,
    /// How many bytes stand before its own text.
    before: usize,
    options: Options,
    /// The same text with marks for the parser, where it needs any.
    marked: Option<Marked>,
    /// The marks that are put for straight quotes, unless these stay.
    quotes: Option<Quotes>,
    /// What was meant as Markdown and became text, if that is to be reported.
    leftovers: Option<Leftovers>,
}

/// The text of a region, with a placeholder for each embed.
pub(super) fn text<'a>(session: &Session<'a>, region: &Region) -> (Cow<'a, str>, Places) {
    if session.nodes.is_empty() && !session.inline {
        return (Cow::Borrowed(session.text), Places::default());
    }
    let rewritten = embeds::rewrite_region(session, region);
    (Cow::Owned(rewritten.text), rewritten.places)
}

impl<'t> Parsed<'t> {
    /// Enters a region: looks for its footnotes and reports references that lead nowhere. Its scope is the last of
    /// the session's until the caller takes it away.
    pub(super) fn new(session: &mut Session<'_>, text: &'t str, places: &Places) -> Parsed<'t> {
        let options = extensions(session);
        let is_outside = |label: &str| session.scopes.iter().any(|scope| scope.defined.contains(label));
        let Found { defined, stubs, unknown } = match session.inline {
            true => Found::default(),
            false => labels::find(text, options, &is_outside),
        };
        for range in unknown {
            let label = text[range.clone()].trim_start_matches('!').to_owned();
            let (start, end) = places.original(&range);
            let fault = Fault::new(Code::UnknownFootnote, format!("there is no note for `{label}`"));
            let hint = format!("write it on a line of its own: `{label}: …`; `\\{label}` is plain text");
            session.fault(fault.hint(hint), start, end);
        }
        session.scopes.push(Scope { defined, ..Scope::default() });
        let before = stubs.len();
        let text = if stubs.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(stubs + text) };
        let marked = Marked::of(&text);
        let quotes = session.options.smart_punctuation.then_some(session.options.quotes);
        let leftovers = session.reports.then(Leftovers::default);
        Parsed { text, before, options, marked, quotes, leftovers }
    }

    /// Reports what was meant as Markdown and became text, once the events have been taken.
    pub(super) fn report_leftovers(self, session: &mut Session<'_>, places: &Places) {
        for (range, fault) in self.leftovers.map(|leftovers| leftovers.take()).into_iter().flatten() {
            let (Some(start), Some(end)) = (range.start.checked_sub(self.before), range.end.checked_sub(self.before))
            else {
                continue;
            };
            let (start, end) = places.original(&(start..end));
            session.fault(fault, start, end);
        }
    }

    /// Its events. Whatever changes how a text is shown belongs here: the writer of pages and the walk for summaries
    /// and counts take the same.
    pub(super) fn events(&self) -> impl Iterator<Item = Located<'_>> {
        let marked = self.marked.as_ref();
        let text = marked.map_or(&*self.text, Marked::text);
        let events = Parser::new_ext(text, self.options).into_offset_iter();
        let events = events.map(move |(event, range)| match marked {
            Some(marked) => marked.restored(event, range),
            None => (event, range),
        });
        let events = Setting::new(events, &self.text, self.quotes, self.leftovers.as_ref());
        events.filter_map(|(event, range)| {
            let start = range.start.checked_sub(self.before)?;
            Some((event, start..range.end - self.before))
        })
    }
}

/// The events up to the end of the element that has just begun, with that end.
pub(super) fn until_end<'t>(
    events: &mut impl Iterator<Item = Located<'t>>,
    ends: impl Fn(&TagEnd) -> bool,
) -> Vec<Located<'t>> {
    let mut depth = 0_usize;
    let mut inside = Vec::new();
    for (event, range) in events {
        match &event {
            Event::Start(tag) if ends(&tag.to_end()) => depth += 1,
            Event::End(tag) if ends(tag) && depth == 0 => {
                inside.push((event, range));
                break;
            }
            Event::End(tag) if ends(tag) => depth -= 1,
            _ => {}
        }
        inside.push((event, range));
    }
    inside
}
