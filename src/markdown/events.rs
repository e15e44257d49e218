//! The parsed text: the one place where Markdown is parsed, for the pages as for everything that is said about them.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::embeds::{self, Region};
use super::labels::{self, Found, Scope};
use super::rewrite::Places;
use super::{Fault, Session};
use crate::diagnostic::Code;

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
    options.set(Options::ENABLE_SMART_PUNCTUATION, session.options.smart_punctuation);
    options
}

/// A region of a body: the whole, or what an embed encloses.
pub(super) struct Parsed<'t> {
    /// Its text, after what makes references of the labels of notes outside of it.
    text: Cow<'t, str>,
    /// How many bytes stand before its own text.
    before: usize,
    options: Options,
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
        Parsed { text, before, options }
    }

    /// Its events. Whatever changes how a text is shown belongs here: the writer of pages and the walk for summaries
    /// and counts take the same.
    pub(super) fn events(&self) -> impl Iterator<Item = Located<'_>> {
        let events = Parser::new_ext(&self.text, self.options).into_offset_iter();
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
