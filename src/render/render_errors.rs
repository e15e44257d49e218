//! Explains errors that a template causes while a page is rendered.

use std::ops::Range;

use super::load_errors::suggestion;

/// The message and hint for an error.
pub(super) struct Explanation {
    pub message: String,
    pub hint: Option<String>,
}

/// The longest list of names that a hint repeats.
const MOST_FIELDS: usize = 16;

/// Explains a message of Tera's. `source` is the template's text, in which the error is at `range`; `assets` are the
/// theme's files by their names.
pub(super) fn explain(message: String, source: Option<&str>, range: &Range<usize>, assets: &[String]) -> Explanation {
    let written = source.and_then(|source| source.get(range.clone())).unwrap_or_default();
    if let Some(name) = asset(source, written, range) {
        let hint = suggestion(&name, assets.iter().map(String::as_str));
        return Explanation { message: format!("the theme has no file `assets/{name}`"), hint: Some(hint) };
    }
    if let Some(explanation) = of_filter(&message, source, written, range, assets) {
        return explanation;
    }
    for (list, none) in [
        (". Available fields: ", "docs/THEMES.md lists the fields of each view"),
        (". Available variables: ", "docs/THEMES.md lists the variables of each template"),
        (". Possible argument(s) are: ", "the component's file declares its arguments"),
    ] {
        let Some((before, names)) = message.split_once(list) else { continue };
        let name = before.split('`').nth(1).unwrap_or_default();
        let known: Vec<&str> = names.split(", ").map(|name| name.trim_matches('`')).collect();
        let hint = match known.len() > MOST_FIELDS && crate::diagnostic::nearest(name, known.iter().copied()).is_none()
        {
            true => none.to_owned(),
            false => suggestion(name, known.into_iter()),
        };
        let message = before.replace("argument(s)", "argument").replace(" in component call", " of the component");
        return Explanation { message, hint: Some(hint) };
    }
    let is_undefined = ["tried to render a variable that is undefined", "exists but its value is undefined"];
    if is_undefined.iter().any(|known| message.contains(known)) && !written.is_empty() {
        let hint = format!("ask first: {{% if {written} is defined %}}");
        return Explanation { message: format!("`{written}` has no value here"), hint: Some(hint) };
    }
    Explanation { message, hint: None }
}

/// Explains an argument or key that a filter lacks.
fn of_filter(
    message: &str,
    source: Option<&str>,
    written: &str,
    range: &Range<usize>,
    assets: &[String],
) -> Option<Explanation> {
    let filter = written.split(|c: char| !is_of_word(c)).next().filter(|name| !name.is_empty())?;
    let lower = message.to_lowercase();
    if lower.starts_with("missing keyword argument") {
        let argument = message.split('`').nth(1)?;
        let message = format!("the filter `{filter}` needs the argument `{argument}`");
        return Some(Explanation { message, hint: Some(format!("write `{filter}({argument}=…)`")) });
    }
    let key =
        message.get("map does not have a key ".len()..).filter(|_| lower.starts_with("map does not have a key "))?;
    let key = key.split(" and no default").next()?;
    let before = source?.get(..range.start)?.trim_end().strip_suffix('|')?.trim_end();
    let map = before.rsplit(|c: char| !is_of_word(c) && c != '.').next()?;
    if map == "assets" {
        let hint = suggestion(key, assets.iter().map(String::as_str));
        return Some(Explanation { message: format!("the theme has no file `assets/{key}`"), hint: Some(hint) });
    }
    let hint = format!("write `get(key=\"{key}\", default=…)` if it may be missing");
    Some(Explanation { message: format!("`{map}` has no key `{key}`"), hint: Some(hint) })
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The file that an expression such as `assets["css/site.css"]` or `assets.icon` names.
fn asset(source: Option<&str>, written: &str, range: &Range<usize>) -> Option<String> {
    if let Some(key) = written.strip_prefix("assets") {
        let key = key.trim();
        // The range ends before the bracket.
        let quoted = key.strip_prefix('[').map(|key| key.trim_end_matches(']').trim());
        let quoted = quoted.and_then(|key| key.strip_prefix(['"', '\''])?.strip_suffix(['"', '\'']));
        return quoted.or_else(|| key.strip_prefix('.')).map(str::to_owned);
    }
    // Of `assets.icon`, Tera names the field alone.
    let before = source?.get(..range.start)?.trim_end_matches(['.', '?']);
    let is_field = source?.get(before.len()..range.start).is_some_and(|dot| !dot.is_empty());
    let is_whole = before.strip_suffix("assets")?.ends_with(|c: char| !c.is_alphanumeric() && !"_.".contains(c));
    (is_field && is_whole).then(|| written.to_owned())
}
