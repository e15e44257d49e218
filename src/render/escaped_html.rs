//! Finds HTML that a template prints as text, because it lacks `| safe`.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Span};

use super::html_expressions::{HtmlNames, Printed};
use super::template_tags::{TemplateTag, tags};

/// Reports the places in a template that print HTML as text. `has_body` is true for embeds, in which `body` is
/// the HTML between their tags; Tera knows that the body of other components is HTML.
pub(super) fn check(source: &str, path: &str, has_body: bool) -> Vec<Diagnostic> {
    let tags = tags(source);
    let variables = html_variables(&tags, has_body);
    let printed = tags.into_iter().filter(|tag| !tag.is_statement && tag.is_closed);
    let names = HtmlNames { has_body, variables: &variables };
    let is_html = |text: &str| names.value(text) == Printed::Html;
    let forgotten = printed.filter(|tag| is_html(tag.inside) && !is_in_tag(&source[..tag.at]));
    let diagnose = |tag: TemplateTag<'_>| {
        let at = tag.at + source[tag.at..].find(tag.inside).unwrap_or(0);
        let message = format!("`{}` is HTML, but it is printed as text", tag.inside);
        let is_choice = [" or ", " else ", "~"].iter().any(|word| tag.inside.contains(word));
        let whole = if is_choice { format!("({})", tag.inside) } else { tag.inside.to_owned() };
        let hint = match tag.inside.contains("truncate") {
            // It counts the letters of tags, and cuts between those of a pair.
            true => "`truncate` breaks HTML: print a summary, or the first paragraphs, which `cut` gives".to_owned(),
            false => format!("write {{{{ {whole} | safe }}}}; to show the tags, {{{{ {whole} | str }}}}"),
        };
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
        let is_html = |text: &str| HtmlNames { has_body, variables: &found }.value(text) == Printed::Html;
        match tag.word() {
            "set" | "set_global" => {
                let Some((name, value)) = rest.split_once('=') else { continue };
                if is_html(value) {
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

/// True if the text ends inside a tag of HTML, where a value is an attribute's.
fn is_in_tag(before: &str) -> bool {
    before.rfind('<').is_some_and(|open| !before[open..].contains('>'))
}
