//! Finds HTML and Markdown that embeds print as typed: `caption="**The quay**"`.

use std::borrow::Cow;
use std::ops::Range;

use super::escape::decoded_text;
use super::plain_line::{LineMarkup, line_markup};
use super::{Argument, BodyProblem, EmbedCall, Session};
use crate::diagnostic::Code;
use crate::typography;

/// Reports markup in the texts of a call whose tag has these bytes, if the embed's HTML shows it.
pub(super) fn check(session: &mut Session<'_>, call: &EmbedCall<'_>, html: &str, tag: &Range<usize>) {
    for (name, argument) in &call.arguments {
        let Argument::Text(text) = argument else { continue };
        if !session.context.is_text_argument(name) {
            continue;
        }
        let Some(markup) = line_markup(text) else { continue };
        if !is_shown(session, text, &markup, html) {
            continue;
        }
        let Some(Range { start, end }) = place(&session.text[tag.clone()], name, &markup.written) else { continue };
        let message = format!("`{}` is published as typed: `{name}` is plain text", markup.written.escape_debug());
        let first = markup.written.chars().next().unwrap_or('*');
        let line = markup.plain.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "\\\"");
        let hint = format!("write `{name}=\"{line}\"`; `\\{first}` is plain text");
        let problem = BodyProblem::new(Code::LeftoverMarkup, message).hint(hint);
        session.report(problem, tag.start + start, tag.start + end);
    }
}

/// True if readers see the markup. They don't see tags if the theme prints the text as HTML.
fn is_shown(session: &Session<'_>, text: &str, markup: &LineMarkup, html: &str) -> bool {
    let text = match session.options.smart_punctuation {
        true => typography::line(text, &session.options.quotes),
        false => Cow::Borrowed(text),
    };
    let is_tag = markup.written.starts_with('<');
    decoded_text(html).contains(&*text) && !(is_tag && html.contains(&*text))
}

/// The place of markup in a call's tag; `None` if it is escaped there, and so is meant as text.
fn place(tag: &str, name: &str, written: &str) -> Option<Range<usize>> {
    let from = tag.find(&format!("{name}=")).unwrap_or(0);
    if let Some(at) = tag[from..].find(written) {
        let start = from + at;
        return (!tag[..start].ends_with('\\')).then(|| start..start + written.len());
    }
    let first = written.chars().next()?;
    (!tag.contains(&format!("\\{first}"))).then_some(0..tag.len())
}
