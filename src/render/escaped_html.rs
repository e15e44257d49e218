//! Finds HTML that a template prints as text, because it lacks `| safe`.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::view;

use super::template_tags::{TemplateTag, tags};

/// Reports the places in a template that print HTML as text. `has_body` is true for embeds, in which `body` is
/// the HTML between their tags; Tera knows that the body of other components is HTML.
pub(super) fn check(source: &str, path: &str, has_body: bool) -> Vec<Diagnostic> {
    let tags = tags(source);
    let variables = html_variables(&tags, has_body);
    let printed = tags.into_iter().filter(|tag| !tag.is_statement && tag.is_closed);
    let is_html = |text: &str| is_html_field(text, has_body) || variables.contains(without_index(text));
    let forgotten = printed.filter(|tag| is_html(tag.inside) && !is_in_tag(&source[..tag.at]));
    let diagnose = |tag: TemplateTag<'_>| {
        let at = tag.at + source[tag.at..].find(tag.inside).unwrap_or(0);
        let message = format!("`{}` is HTML, but it is printed as text", tag.inside);
        let hint = format!("write {{{{ {0} | safe }}}}; to show the tags, {{{{ {0} | str }}}}", tag.inside);
        let place = Span::of(source, at, at + tag.inside.len());
        Diagnostic::new(Code::EscapedHtml, path, message).at(place).hint(hint)
    };
    forgotten.map(diagnose).collect()
}

/// The variables of a template that hold HTML: those that are set to a field of HTML, to a list or a choice with one, or
/// to another such variable, and loop over one. A name that loops over something else too is left out.
fn html_variables<'t>(tags: &[TemplateTag<'t>], has_body: bool) -> BTreeSet<&'t str> {
    let (mut found, mut others) = (BTreeSet::new(), BTreeSet::new());
    for tag in tags.iter().filter(|tag| tag.is_statement) {
        let rest = tag.inside[tag.word().len()..].trim_start();
        let is_html = |text: &str| is_html_field(text, has_body) || found.contains(without_index(text));
        match tag.word() {
            "set" | "set_global" => {
                let Some((name, value)) = rest.split_once('=') else { continue };
                if values(value).any(is_html) {
                    found.insert(name.trim());
                }
            }
            "for" => {
                let Some((name, list)) = rest.split_once(" in ") else { continue };
                if found.contains(list.trim()) {
                    found.insert(name.trim());
                } else {
                    others.extend(name.split(',').map(str::trim));
                }
            }
            _ => {}
        }
    }
    found.into_iter().filter(|name| !others.contains(name)).collect()
}

/// The values that an expression may have: those of a choice, `a if b else c`, and the items of a list.
fn values(expression: &str) -> impl Iterator<Item = &str> {
    let choices = expression.split(" else ").map(|choice| choice.split(" if ").next().unwrap_or(choice).trim());
    choices.flat_map(|choice| {
        let list = choice.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
        list.unwrap_or(choice).split(',').map(str::trim)
    })
}

/// A variable without the index of an item: `parts` of `parts[0]`.
fn without_index(text: &str) -> &str {
    let index = text.strip_suffix(']').and_then(|text| text.split_once('['));
    index.filter(|(_, index)| index.bytes().all(|byte| byte.is_ascii_digit())).map_or(text, |(name, _)| name)
}

/// True if an expression is nothing but a field that the contract describes as HTML, such as `article.body`.
fn is_html_field(text: &str, has_body: bool) -> bool {
    let mut names = text.rsplit('.').map(|name| name.trim_end_matches('?'));
    match (names.next(), names.next()) {
        (Some("body"), None) => has_body,
        (Some(field), Some(of)) => view::html_fields().iter().any(|(view, known)| *known == field && view == of),
        _ => false,
    }
}

/// True if the text ends inside a tag of HTML, where a value is an attribute's.
fn is_in_tag(before: &str) -> bool {
    before.rfind('<').is_some_and(|open| !before[open..].contains('>'))
}
