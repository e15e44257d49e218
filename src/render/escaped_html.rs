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
    let is_value = |text: &str| is_html_value(text, has_body, &variables);
    let is_html = |text: &str| !is_answered(text) && values(text).any(is_value);
    let forgotten = printed.filter(|tag| is_html(tag.inside) && !is_in_tag(&source[..tag.at]));
    let diagnose = |tag: TemplateTag<'_>| {
        let at = tag.at + source[tag.at..].find(tag.inside).unwrap_or(0);
        let message = format!("`{}` is HTML, but it is printed as text", tag.inside);
        let is_choice = [" or ", " else "].iter().any(|word| tag.inside.contains(word));
        let whole = if is_choice { format!("({})", tag.inside) } else { tag.inside.to_owned() };
        let hint = format!("write {{{{ {whole} | safe }}}}; to show the tags, {{{{ {whole} | str }}}}");
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
        let is_html = |text: &str| is_html_value(text, has_body, &found);
        match tag.word() {
            "set" | "set_global" => {
                let Some((name, value)) = rest.split_once('=') else { continue };
                if values(value).any(is_html) {
                    found.insert(name.trim());
                }
            }
            "for" => {
                let Some((name, list)) = rest.split_once(" in ") else { continue };
                if is_html(list.trim()) {
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

/// The values that an expression may have: those of a choice, `a if b else c` or `a or b`, and the items of a list.
fn values(expression: &str) -> impl Iterator<Item = &str> {
    let choices = expression.split(" else ").map(|choice| choice.split(" if ").next().unwrap_or(choice));
    let choices = choices.flat_map(|choice| choice.split(" or ")).map(str::trim);
    choices.flat_map(|choice| {
        let list = choice.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
        // The arguments of filters have commas, too.
        let count = if list.is_some() { usize::MAX } else { 1 };
        list.unwrap_or(choice).splitn(count, ',').map(str::trim)
    })
}

/// True if an expression says how HTML is printed.
fn is_answered(expression: &str) -> bool {
    let last = expression.rsplit_once('|').map(|(_, filter)| filter.trim());
    matches!(last, Some("safe" | "str"))
}

/// Filters of which the result is HTML that is printed as text. The parts that `cut` makes are printed as they are.
const KEEP_HTML: [&str; 5] = ["default", "replace", "trim", "trim_end", "trim_start"];

/// A value without such filters; with any other filter, such as `safe` or `length`, as it is.
fn without_filters(text: &str) -> &str {
    let Some((value, filters)) = text.split_once('|') else { return text };
    let name = |filter: &str| filter.split('(').next().unwrap_or(filter).trim().to_owned();
    match filters.split('|').map(name).all(|filter| KEEP_HTML.contains(&filter.as_str())) {
        true => value.trim_end(),
        false => text,
    }
}

/// True for a field of HTML or one of these variables, also with filters that keep it HTML.
fn is_html_value(text: &str, has_body: bool, variables: &BTreeSet<&str>) -> bool {
    let text = without_filters(text);
    is_html_field(text, has_body) || variables.contains(without_index(text))
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
