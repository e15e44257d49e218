//! Finds HTML that a template prints as text, because it lacks `| safe`.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::view;

use super::template_tags::{TemplateTag, tags};

/// Reports the places in a template that print HTML as text. `has_body` is true for embeds, in which `body` is
/// the HTML between their tags; Tera knows that the body of other components is HTML.
pub(super) fn check(source: &str, path: &str, has_body: bool) -> Vec<Diagnostic> {
    let printed = tags(source).into_iter().filter(|tag| !tag.is_statement && tag.is_closed);
    let forgotten = printed.filter(|tag| is_html(tag, has_body) && !is_in_tag(&source[..tag.at]));
    let diagnose = |tag: TemplateTag<'_>| {
        let at = tag.at + source[tag.at..].find(tag.inside).unwrap_or(0);
        let message = format!("`{}` is HTML, but it is printed as text", tag.inside);
        let hint = format!("write {{{{ {0} | safe }}}}; to show the tags, {{{{ {0} | str }}}}", tag.inside);
        let place = Span::of(source, at, at + tag.inside.len());
        Diagnostic::new(Code::EscapedHtml, path, message).at(place).hint(hint)
    };
    forgotten.map(diagnose).collect()
}

/// True if an expression is nothing but a field that the contract describes as HTML, such as `article.body`.
fn is_html(tag: &TemplateTag<'_>, has_body: bool) -> bool {
    let mut names = tag.inside.rsplit('.').map(|name| name.trim_end_matches('?'));
    match (names.next(), names.next()) {
        (Some("body"), None) => has_body,
        (Some(field), Some(of)) => view::html_fields().any(|(view, known)| known == field && view == of),
        _ => false,
    }
}

/// True if the text ends inside a tag of HTML, where a value is an attribute's.
fn is_in_tag(before: &str) -> bool {
    before.rfind('<').is_some_and(|open| !before[open..].contains('>'))
}
