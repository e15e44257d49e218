//! The Markdown parser's extensions and events.

use std::ops::Range;

use pulldown_cmark::{Event, Options, TagEnd};

use super::Session;

/// An event and its byte range in the region's text.
pub(super) type Located<'t> = (Event<'t>, Range<usize>);

/// The Markdown extensions in use.
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

/// Collects the events up to and including the end of the element that has just begun.
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
