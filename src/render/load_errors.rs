//! Explains errors in a theme's templates that are found before anything is rendered.

use std::collections::{BTreeMap, BTreeSet};

use tera::{ErrorKind, Tera};

use crate::diagnostic::{Code, Diagnostic, Span, did_you_mean};

use super::foreign_filters;
use super::layer::Layer;
use super::template_tags::{self, tags};

/// The filters that templates can use: Tera's and Presswork's.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "chart",
    "counted",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "found",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "number",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unbroken",
    "unique",
    "upper",
    "urlencode",
    "values",
    "with_lang",
    "wordcount",
];

/// The tests that templates can use, all of them Tera's.
pub(super) const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// The functions that templates can use, all of them Tera's.
const FUNCTIONS: &[&str] = &["range", "super", "throw"];

/// The most names that a hint lists.
const MOST_NAMES: usize = 24;

/// The sources of a theme's templates by name, and their files.
pub(super) struct TemplateFiles<'a> {
    pub sources: &'a BTreeMap<String, String>,
    pub files: &'a BTreeMap<String, String>,
    pub layers: &'a [Layer],
}

/// Explains why templates can't be loaded: syntax errors of all, or else the errors between them.
pub(super) fn explain(error: &tera::Error, templates: &TemplateFiles<'_>) -> Vec<Diagnostic> {
    let errors = templates.syntax_errors();
    if errors.is_empty() { templates.references(error) } else { errors }
}

impl TemplateFiles<'_> {
    /// Reports every template that can't be parsed, not only the first.
    fn syntax_errors(&self) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        for (name, source) in self.sources {
            let mut alone = Tera::new();
            if let Err(error) = alone.add_raw_template(name, source)
                && let ErrorKind::SyntaxError(report) = error.kind()
            {
                errors.push(self.syntax_error(name, source, report.message(), span(report.span())));
            }
        }
        errors
    }

    /// Tera notices a tag that is never closed where another ends, or at the end of the file.
    fn syntax_error(&self, name: &str, source: &str, message: &str, place: Span) -> Diagnostic {
        let path = self.path_of(name);
        let is_about_tags = ["Unknown tag", "Unexpected end of input"].iter().any(|known| message.starts_with(known));
        match template_tags::problem(source).filter(|_| is_about_tags) {
            Some(problem) => Diagnostic::new(Code::BadTemplate, path, problem.message)
                .at(Span::of(source, problem.range.start, problem.range.end))
                .hint(problem.hint),
            None => {
                let message = lower_first(message);
                let message = ["}}", "%}"].iter().fold(message, |message, end| {
                    message.replace(&format!("expected {end}"), &format!("expected `{end}`"))
                });
                Diagnostic::new(Code::BadTemplate, path, message).at(place)
            }
        }
    }

    fn path_of(&self, name: &str) -> String {
        self.files.get(name).cloned().unwrap_or_else(|| self.layers[0].path("theme.yaml"))
    }

    /// Explains errors between templates: an unknown parent, filter or component, or a cycle.
    fn references(&self, error: &tera::Error) -> Vec<Diagnostic> {
        match error.kind() {
            ErrorKind::CircularExtend { tpl, inheritance_chain: chain } => {
                vec![self.at_name(tpl, chain.get(1), format!("the template extends itself: {}", chain.join(" → ")))]
            }
            ErrorKind::CircularInclude { tpl, include_chain: chain } => {
                vec![self.at_name(tpl, chain.get(1), format!("the template includes itself: {}", chain.join(" → ")))]
            }
            ErrorKind::MissingParent { current, parent } => {
                let message = format!("it extends `{parent}`, which the theme does not have");
                vec![self.at_name(current, Some(parent), message).hint_maybe(self.template_hint(current, parent))]
            }
            _ => self.reports(&error.to_string()),
        }
    }

    /// A diagnostic at the place where a template names another.
    fn at_name(&self, template: &str, name: Option<&String>, message: String) -> Diagnostic {
        let source = self.sources.get(template);
        let place = source.zip(name).and_then(|(source, name)| {
            let tags = tags(source).into_iter().filter(|tag| matches!(tag.word(), "extends" | "include"));
            let tag = tags.into_iter().find(|tag| tag.inside.contains(name.as_str()))?;
            let at = tag.at + source[tag.at..].find(name.as_str())?;
            Some(Span::of(source, at, at + name.len()))
        });
        Diagnostic::new(Code::BadTemplate, self.path_of(template), message).at_maybe(place)
    }

    /// Parses errors that Tera only gives as printed reports: `error: message`, then `--> name:line:column`.
    fn reports(&self, text: &str) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut message = text.lines().next().unwrap_or(text);
        for line in text.lines() {
            if let Some(next) = line.strip_prefix("error: ") {
                message = next;
            } else if let Some((name, place)) = line.trim_start().strip_prefix("--> ").and_then(located) {
                let diagnostic = Diagnostic::new(Code::BadTemplate, self.path_of(name), lower_first(message)).at(place);
                found.push(diagnostic.hint_maybe(self.hint(name, message)));
            }
        }
        if found.is_empty() {
            found.push(Diagnostic::new(Code::BadTemplate, self.path_of(""), lower_first(message)));
        }
        found
    }

    /// The names that may be meant instead of an unknown one.
    fn hint(&self, template: &str, message: &str) -> Option<String> {
        let name = message.split('`').nth(1)?;
        match message.split('`').next()?.trim() {
            "Unknown filter" => Some(
                foreign_filters::hint(name).map_or_else(|| suggestion(name, FILTERS.iter().copied()), str::to_owned),
            ),
            "Unknown test" => Some(suggestion(name, TESTS.iter().copied())),
            "Unknown function" => Some(suggestion(name, FUNCTIONS.iter().copied())),
            "Unknown component" => Some(suggestion(name, self.named("component").iter().map(String::as_str))),
            "Unknown template" => self.template_hint(template, name),
            "Block" => Some(suggestion(name, self.blocks_of_others(template).iter().map(String::as_str))),
            _ => None,
        }
    }

    fn template_hint(&self, template: &str, wanted: &str) -> Option<String> {
        // Components are called and not included.
        if let Some(component) = self.component_in(wanted) {
            return Some(format!("`{component}` is a component: call it with `{{{{ <{component} … /> }}}}`"));
        }
        // Inherited templates are also known without the name of their theme.
        let bare = |name: &'_ String| {
            let themes = self.layers.iter().map(|layer| format!("{}/", layer.name));
            themes.into_iter().find_map(|theme| name.strip_prefix(&theme).map(str::to_owned))
        };
        let bare: Vec<String> = self.sources.keys().filter_map(bare).collect();
        let names = self.sources.keys().chain(&bare).map(String::as_str).filter(|name| *name != template);
        did_you_mean(wanted, names)
            .or_else(|| Some(format!("write {}", self.layers[0].path(&format!("templates/{wanted}")))))
    }

    /// The component of this name, or the first one of the file of this name.
    fn component_in(&self, wanted: &str) -> Option<String> {
        let name = wanted.rsplit('/').next()?.strip_suffix(".html")?;
        let snake = name.replace('-', "_");
        let file = format!("components/{name}.html");
        let of_file = || self.sources.iter().find(|(path, _)| path.ends_with(&file)).map(|(_, source)| source);
        self.named("component").take(&snake).or_else(|| names_in(of_file()?, "component").into_iter().next())
    }

    /// The names in all tags with this word.
    fn named(&self, word: &str) -> BTreeSet<String> {
        self.sources.values().flat_map(|source| names_in(source, word)).collect()
    }

    fn blocks_of_others(&self, template: &str) -> BTreeSet<String> {
        let others = self.sources.iter().filter(|(name, _)| *name != template);
        others.flat_map(|(_, source)| names_in(source, "block")).collect()
    }
}

pub(super) fn names_in(source: &str, word: &str) -> Vec<String> {
    let tags = tags(source).into_iter().filter(|tag| tag.is_statement && tag.word() == word);
    tags.map(|tag| tag.name().to_owned()).collect()
}

/// The nearest name, or else all of them.
pub(super) fn suggestion<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known.len() {
        0 => "there are none".to_owned(),
        1..=MOST_NAMES => format!("there are: {}", known.join(", ")),
        _ => "docs/THEMES.md says what templates can use".to_owned(),
    })
}

fn located(place: &str) -> Option<(&str, Span)> {
    let (rest, column) = place.rsplit_once(':')?;
    let (name, line) = rest.rsplit_once(':')?;
    Some((name, Span { line: line.parse().ok()?, column: column.parse().ok()?, length: 0 }))
}

/// A message of a library, as the beginning of one of Presswork's.
pub(super) fn lower_first(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        Some(first) if letters.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message.to_owned(),
    }
}

/// The place that Tera names.
pub(super) fn span(span: &tera::Span) -> Span {
    let length = if span.start_line == span.end_line { span.end_col.saturating_sub(span.start_col) } else { 0 };
    Span { line: span.start_line, column: span.start_col + 1, length }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::filters::engine;

    #[test]
    fn all_names_that_hints_offer_are_known() {
        let load = |text: &str| engine().add_raw_template("a.html", text).map_err(|error| error.to_string());
        for filter in FILTERS {
            load(&format!("{{{{ \"\" | {filter} }}}}")).unwrap();
        }
        for test in TESTS {
            load(&format!("{{% if 1 is {test} %}}{{% endif %}}")).unwrap();
        }
        for function in FUNCTIONS {
            let call = format!("{{{{ {function}() }}}}");
            load(&call).unwrap();
        }
    }
}
