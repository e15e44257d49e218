//! Tags and outputs of Liquid and Nunjucks in texts: `{% include figure.html src="a.jpg" %}`, `{{ site.baseurl }}`.

use std::collections::BTreeMap;

use super::calls::shortcodes::arguments_of;
use super::calls::{TemplateCall, ends_in_html};

/// A part of a text that a template engine would have replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiquidPart {
    /// A tag; for an `include`, the call of the file without its ending.
    Tag(TemplateCall),
    /// An output: the expression between the braces.
    Output(String),
}

/// Tags whose text, up to their end, belongs to the template.
const REMOVED: &[&str] = &["for", "comment", "tablerow", "schema", "css", "js", "macro", "set"];

/// Tags that only decide whether their text is shown.
const CONDITIONS: &[&str] = &["if", "unless", "elsif", "else", "endif", "endunless", "case", "when", "endcase", "elif"];

/// Tags without a text that show nothing.
const SILENT: &[&str] =
    &["assign", "increment", "decrement", "cycle", "break", "continue", "layout", "extends", "import", "from"];

/// The deepest nesting that is looked into.
const MAX_DEPTH: usize = 20;

/// Replaces tags and outputs by what `convert` makes of them. Conditions are left out and their texts stay; loops and
/// captures are left out with theirs. `left_out` is called for each tag that is left out.
pub fn expand(text: &str, convert: &mut dyn FnMut(LiquidPart) -> String, left_out: &mut dyn FnMut(&str)) -> String {
    let mut expansion = Expansion { convert, left_out, captured: BTreeMap::new(), captures: Vec::new() };
    let expanded = expansion.expand(text, 0);
    expansion.with_captures(expanded)
}

/// The most words that a list of other texts has outside its loops: a heading and a sentence.
const MAX_WORDS_OF_LIST: usize = 25;

/// True if a text lists other texts in a loop, and says hardly anything itself. `markup` is the text without its markup.
pub fn is_list(text: &str, markup: fn(&str) -> String) -> bool {
    let mut has_loop = false;
    let outside = expand(text, &mut |_| String::new(), &mut |tag| {
        has_loop |= tag.trim_start_matches(['{', '%', '-', ' ']).starts_with("for ")
    });
    let words = |text: &str| text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
    has_loop && words(&markup(&outside)) <= MAX_WORDS_OF_LIST
}

struct Expansion<'c> {
    convert: &'c mut dyn FnMut(LiquidPart) -> String,
    left_out: &'c mut dyn FnMut(&str),
    /// The places in `captures` of the variables' present texts.
    captured: BTreeMap<String, usize>,
    captures: Vec<Capture>,
}

/// A text that outputs or calls show later.
struct Capture {
    text: String,
    is_shown: bool,
}

/// Stands around the number of a capture at its place. No text of an old site has it: HTML forbids it.
const MARK: char = '\u{0}';

impl Expansion<'_> {
    fn expand(&mut self, text: &str, depth: usize) -> String {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = next(rest) {
            let (before, tail) = rest.split_at(at);
            expanded.push_str(before);
            let is_tag = tail.starts_with("{%");
            let close = if is_tag { "%}" } else { "}}" };
            let Some(end) = tail.find(close) else {
                expanded.push_str(&tail[..2]);
                rest = &tail[2..];
                continue;
            };
            let written = &tail[..end + 2];
            let inside = tail[2..end].trim_matches(['-', ' ', '\t', '\n', '\r']);
            rest = &tail[end + 2..];
            if !is_tag {
                // Filters such as `markdownify` change nothing here.
                let variable = inside.split('|').next().unwrap_or(inside).trim();
                match self.captured(variable) {
                    // Empty lines let Markdown begin in HTML.
                    Some(captured) if inside.contains("markdown") => {
                        expanded.push_str(&format!("\n\n{}\n\n", captured.trim()));
                    }
                    Some(captured) => expanded.push_str(&captured),
                    None => expanded.push_str(&(self.convert)(LiquidPart::Output(inside.to_owned()))),
                }
                continue;
            }
            rest = self.tag(inside, written, rest, &mut expanded, depth);
        }
        expanded + rest
    }

    /// Adds the text of a tag; returns what follows it.
    fn tag<'t>(
        &mut self,
        inside: &str,
        written: &str,
        mut rest: &'t str,
        expanded: &mut String,
        depth: usize,
    ) -> &'t str {
        let name_end = inside.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(inside.len());
        let name = &inside[..name_end];
        // In Nunjucks, `set` without a value has a text like a capture.
        if (name == "capture" || (name == "set" && !inside.contains('=')))
            && depth < MAX_DEPTH
            && let Some((inner, after)) = inside_of(rest, name)
        {
            let inner = self.expand(inner, depth + 1);
            let variable = inside[name_end..].trim().trim_matches(['"', '\'']);
            let number = self.captures.len();
            self.captures.push(Capture { text: inner, is_shown: false });
            self.captured.insert(variable.to_owned(), number);
            expanded.push_str(&format!("{MARK}{number}{MARK}"));
            return after;
        }
        if name == "raw" || name == "verbatim" {
            let (inner, after) = inside_of(rest, name).unwrap_or((rest, ""));
            expanded.push_str(inner);
            rest = after;
        } else if REMOVED.contains(&name) {
            // `set` without an end is one tag.
            if let Some((_, after)) = inside_of(rest, name) {
                rest = after;
            }
            if name != "comment" {
                (self.left_out)(written);
            }
        } else if CONDITIONS.contains(&name) {
            (self.left_out)(written);
        } else if SILENT.contains(&name) || name.starts_with("end") {
        } else {
            let mut call = call(inside, name, written);
            call.in_target = expanded.ends_with(['(', '"', '=', '<']);
            call.in_html = ends_in_html(expanded);
            if depth < MAX_DEPTH
                && let Some((inner, after)) = inside_of(rest, name)
            {
                call.inner = Some(self.expand(inner, depth + 1));
                rest = after;
            }
            self.pass_captured(&mut call);
            expanded.push_str(&(self.convert)(LiquidPart::Tag(call)));
        }
        rest
    }
}

impl Expansion<'_> {
    /// Gives a call the text of a capture that one of its arguments names: `{% include box.html text=body %}`.
    fn pass_captured(&mut self, call: &mut TemplateCall) {
        if call.inner.is_none() {
            call.inner = call.named.values().find_map(|value| self.captured(value));
        }
    }

    /// The text of a variable.
    fn captured(&mut self, variable: &str) -> Option<String> {
        let capture = self.captures.get_mut(*self.captured.get(variable)?)?;
        capture.is_shown = true;
        Some(capture.text.clone())
    }

    /// The text with the captures that nothing shows, so that a layout does, at their places.
    fn with_captures(&self, mut expanded: String) -> String {
        for (number, capture) in self.captures.iter().enumerate().rev() {
            let mark = format!("{MARK}{number}{MARK}");
            expanded = expanded.replace(&mark, if capture.is_shown { "" } else { &capture.text });
        }
        expanded
    }
}

fn next(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // `{{<` and `{{%` are another system's.
    memchr::memchr_iter(b'{', bytes).find(|at| match bytes.get(at + 1) {
        Some(b'%') => true,
        Some(b'{') => !matches!(bytes.get(at + 2), Some(b'<' | b'%' | b'{')),
        _ => false,
    })
}

/// The text up to `{% endname %}`, and the text after it.
fn inside_of<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let end = format!("end{name}");
    let mut from = 0;
    let mut depth = 0_usize;
    while let Some(at) = text[from..].find("{%").map(|at| from + at) {
        let close = at + text[at..].find("%}")?;
        let inside = text[at + 2..close].trim_matches(['-', ' ', '\t', '\n', '\r']);
        let word = inside.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or(inside);
        if word == name {
            depth += 1;
        } else if word == end {
            match depth {
                0 => return Some((&text[..at], &text[close + 2..])),
                _ => depth -= 1,
            }
        }
        from = close + 2;
    }
    None
}

/// A tag as a call: an `include` calls its file, a path without its ending.
fn call(inside: &str, name: &str, written: &str) -> TemplateCall {
    let rest = inside[name.len()..].trim();
    let rest = rest.strip_prefix('(').map_or(rest, |rest| rest.trim_end_matches(')'));
    let (mut positional, named) = arguments_of(rest);
    let mut name = name.to_owned();
    if matches!(
        name.as_str(),
        "include" | "include_relative" | "include_cached" | "render" | "render_partial" | "partial"
    ) && !positional.is_empty()
    {
        let file = positional.remove(0);
        let stem = file.rsplit('/').next().unwrap_or(&file);
        name = stem.split('.').next().unwrap_or(stem).trim_start_matches('_').to_owned();
    }
    TemplateCall { name, positional, named, inner: None, written: written.to_owned(), in_target: false, in_html: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_outputs_and_conditions() {
        let text = "{% if a %}x{% endif %}{% for b in c %}no{% endfor %} {% include img/figure.html src=\"a.jpg\" %} \
                    {{ site.baseurl }}/y {% raw %}{{ z }}{% endraw %}{% note %}in {{ t }}{% endnote %} {{< hugo >}}";
        let expanded = expand(
            text,
            &mut |part| match part {
                LiquidPart::Tag(call) => format!("[{}|{:?}|{:?}]", call.name, call.named.get("src"), call.inner),
                LiquidPart::Output(expression) => format!("<{expression}>"),
            },
            &mut |_| {},
        );
        assert_eq!(
            expanded,
            "x [figure|Some(\"a.jpg\")|None] <site.baseurl>/y {{ z }}[note|None|Some(\"in <t>\")] {{< hugo >}}"
        );
    }
}
