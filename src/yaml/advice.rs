//! Recognizes common YAML mistakes, and suggests the correct line.

use crate::diagnostic::{Code, Span};

use super::YamlError;
use super::entry::{LineEntry, begins_block, begins_entry, closing_quote, entry, lines_outside_blocks, quoted};
use super::escapes;
use super::flow;
use super::invisible::{invisible, name_of, without_zero_width};
use super::layout;
use super::mistake::{Mistake, YamlAdvice};

/// The number of lines to check above the parser's place, because it often stops at the next key.
const LINES_ABOVE: usize = 3;

/// The mistake that stopped the parser; `None` if no known one is there.
pub(super) fn for_syntax(text: &str, stopped: Span) -> Option<YamlAdvice> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let at = (stopped.line - 1).min(lines.len().saturating_sub(1));
    // Elsewhere an open quote may be closed on a later line.
    if let Some((line, open)) = lines.get(at).and_then(|line| Some((line, open_quote(line)?))) {
        return Some(open.on_line(at + 1, line));
    }
    let nearest = (at.saturating_sub(LINES_ABOVE)..=at).rev().chain([at + 1]);
    let mistake = |line: &str, next: Option<&&str>| mistake(line).or_else(|| open_bracket(line, next.copied()));
    let found = nearest
        .filter_map(|at| Some((at, lines.get(at)?)))
        .find_map(|(at, line)| Some(mistake(line, lines.get(at + 1))?.on_line(at + 1, line)));
    let found = found.or_else(|| Some(layout::mistake(&lines[..=at])?.on_line(at + 1, lines[at])));
    // The first line with a colon of its own stops the parser.
    let above = || (0..at).rev().map(|at| (at, lines[at])).find(|(_, line)| begins_entry(line));
    let without_colon = |line: &str| layout::equals_sign(line).or_else(|| missing_colon(line));
    found.or_else(|| above().and_then(|(at, line)| Some(without_colon(line)?.on_line(at + 1, line))))
}

/// A value of the wrong type.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrongValue<'v> {
    /// Its type and value: `the text "maybe"`.
    pub found: &'v str,
    /// The type that it should have: `a boolean`.
    pub expected: &'v str,
    /// True if it is inside the value of a top-level key.
    pub is_inside: bool,
}

/// The hint for a value of the wrong type.
pub(super) fn for_type(text: &str, span: Span, value: &WrongValue<'_>) -> Option<String> {
    let line = text.lines().nth(span.line - 1)?;
    let entry = entry(line)?;
    let wants_text = matches!(value.expected, "a string" | "text or a mapping");
    if let Some(only) =
        only_item(entry.value).filter(|_| wants_text && !entry.key.is_some_and(|key| PROSE.contains(&key)))
    {
        let needs_quotes = needs_quotes(only).is_some();
        let only = if needs_quotes { quoted(only) } else { only.to_owned() };
        return Some(format!("write `{}`", entry.with_value(&only)));
    }
    if entry.value.starts_with(['[', '{']) {
        let repaired = flow::repaired(entry.value).filter(|_| value.is_inside).map(|value| entry.with_value(&value));
        return repaired
            .map(|line| format!("write `{line}`"))
            // In a list, quotes would make one text of all items.
            .or_else(|| (wants_text && !value.is_inside).then(|| needs_quotes_hint(&entry)));
    }
    let is_item = line.trim_start().starts_with("- ");
    if let Some(key) = entry.key.filter(|_| wants_text && is_item && value.found == "keys with values") {
        return Some(format!("write `- {}`", quoted(&format!("{key}: {}", without_comment(entry.value)))));
    }
    let is_front_matter = !value.is_inside && value.expected != "struct CommentList";
    if let Some(key) = entry.key.filter(|_| is_front_matter && value.found == "a list" && is_item) {
        return Some(format!("write `{key}: {}`, without a dash before the keys", entry.value));
    }
    let number = unquoted(without_comment(entry.value)).trim();
    let wants_number = matches!(value.expected, "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "f64");
    if wants_number && number != entry.value && number.parse::<f64>().is_ok() {
        return Some(format!("write `{}`, without quotes", entry.with_value(number)));
    }
    if value.expected == "a mapping or `false`" {
        return Some(format!("write `{}` to turn it off, or its keys below it", entry.with_value("false")));
    }
    if value.expected != "a boolean" {
        return None;
    }
    let value = match unquoted(without_comment(entry.value)).to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" => "true",
        "false" | "no" | "n" | "off" | "0" => "false",
        _ => return Some(format!("write `{}` or `{}`", entry.with_value("true"), entry.with_value("false"))),
    };
    Some(format!("write `{}`, without quotes", entry.with_value(value)))
}

/// The hint for a value of the wrong type whose line says nothing more.
pub(super) fn for_shape(found: &str, expected: &str) -> Option<&'static str> {
    let is_several = matches!(found, "a list" | "keys with values");
    match expected {
        "a boolean" => Some("write `true` or `false`, without quotes"),
        "a sequence" => Some("write a list: a line that begins with `- ` for each item"),
        "a string" if is_several => Some("write one value, in quotes if it begins with a bracket"),
        _ if is_several && expected.starts_with("a date") => Some("write one date"),
        _ if expected.starts_with("struct ") => {
            Some("write its keys and values, indented on lines below it or in braces")
        }
        _ => None,
    }
}

/// Keys whose values may begin with a bracket: `title: [Live] The regatta`.
const PROSE: &[&str] = &[
    "title",
    "short_title",
    "seo_title",
    "name",
    "deck",
    "kicker",
    "summary",
    "description",
    "text",
    "reason",
    "caption",
    "alt",
];

/// Keys with lists of names, which no hyphen begins.
const LISTS: &[&str] = &["authors", "tags", "aliases", "publish", "contributors", "related", "sources"];

/// The only item of a list on one line.
fn only_item(value: &str) -> Option<&str> {
    let item = value.strip_prefix('[')?.strip_suffix(']')?.trim();
    (!item.is_empty() && !item.contains([',', '[', '{'])).then_some(item)
}

/// The mistake on the line of a string that should have been keys with values.
pub(super) fn for_mapping(text: &str, span: Span) -> Option<YamlAdvice> {
    let line = text.split('\n').nth(span.line - 1)?;
    let mistake = invisible(line).or_else(|| colon(line)).or_else(|| missing_colon(line))?;
    Some(mistake.on_line(span.line, line))
}

/// The mistake on the line of a key that seems to be missing because its value was misread.
pub(super) fn for_missing_key(text: &str, key: &str) -> Option<YamlAdvice> {
    let is_of_key = |line: &str| entry(line).is_some_and(|entry| entry.key == Some(key) && entry.indent == 0);
    let (at, line) = text.split('\n').enumerate().find(|(_, line)| is_of_key(line))?;
    Some(value(line)?.on_line(at + 1, line))
}

/// The mistake that made an unknown key: an invisible character in or before it, or a comma of the value
/// before it.
pub(super) fn for_key(text: &str, span: Span, key: &str) -> Option<YamlAdvice> {
    let line = text.split('\n').nth(span.line - 1)?;
    invisible(line).or_else(|| comma(line, key)).map(|mistake| mistake.on_line(span.line, line))
}

/// Finds the words of a value that its own comma cut off: `{alt: Cranes, idle}`.
fn comma(line: &str, cut_off: &str) -> Option<Mistake> {
    let entry = entry(line)?;
    let value = without_comment(entry.value);
    let (at, _) = line.match_indices(cut_off).find(|&(at, words)| {
        line[..at].trim_end().ends_with(',') && !line[at + words.len()..].trim_start().starts_with(':')
    })?;
    let fixed = entry.with_value(&flow::repaired(value)?);
    let message = format!("a value ends before `{cut_off}`: between brackets, a comma begins another one");
    Some(Mistake { message, hint: format!("write `{fixed}`"), at: at..at + cut_off.len() })
}

/// The values whose first words YAML reads as types (`!Alerta roja`) or as anchors that nothing uses
/// (`&Co raises prices`): the words would be lost without an error.
pub(super) fn lost_words(text: &str) -> Vec<YamlError> {
    if memchr::memchr2(b'!', b'&', text.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut top_level_key = None;
    let words = lines_outside_blocks(text).filter_map(|(start, line)| {
        let entry = entry(line)?;
        if entry.indent == 0 && entry.key.is_some() {
            top_level_key = entry.key;
        }
        let is_open = entry.value.starts_with(['[', '{']);
        let after_mark =
            |at: &usize| *at == 0 || (is_open && entry.value[..*at].trim_end().ends_with(['[', '{', ',', ':']));
        let mut marks = entry.value.match_indices(['!', '&']).map(|(at, _)| at).filter(after_mark);
        let at = marks.find(|&at| loses_word(&entry.value[at..], text))?;
        let hint = match is_open {
            true => format!("write `{}`", entry.with_value(&flow::repaired(entry.value)?)),
            false => needs_quotes_hint(&entry),
        };
        let mark = &entry.value[at..=at];
        let what = if mark == "!" { "a type" } else { "an anchor" };
        let message = format!("{} needs quotes: `{mark}` before a word means {what} in YAML", entry.value_name());
        let place = start + entry.at + at;
        let (span, key) = (Some(Span::of(text, place, place + 1)), top_level_key.map(str::to_owned));
        Some(YamlError { code: Code::InvalidValue, message, hint: Some(hint), span, key })
    });
    words.collect()
}

fn loses_word(value: &str, text: &str) -> bool {
    let end = value.find([' ', ',', ']', '}']).unwrap_or(value.len());
    let (word, rest) = (&value[1..end], value[end..].trim_start());
    let is_word = word.trim_start_matches('!').starts_with(char::is_alphanumeric);
    // YAML 1.2, section 6.8.2: `!` alone is a type too.
    if value.starts_with('!') && word.is_empty() && rest.starts_with(|letter: char| !",]}".contains(letter)) {
        return true;
    }
    // An anchor before quotes or brackets is meant as one.
    let is_anchor = text.contains(&format!("*{word}")) || !rest.starts_with(char::is_alphanumeric);
    is_word && (value.starts_with('!') || !is_anchor)
}

fn mistake(line: &str) -> Option<Mistake> {
    invisible(line).or_else(|| tab(line)).or_else(|| colon(line)).or_else(|| value(line))
}

fn tab(line: &str) -> Option<Mistake> {
    let indent = &line[..line.len() - line.trim_start().len()];
    let at = indent.find('\t')?;
    let message = "this line is indented with a tab; YAML allows only spaces".to_owned();
    let hint = match entry(line.trim_start()) {
        Some(_) if indent == "\t" => {
            format!("delete the tab, or use spaces if the line belongs to the key above: `  {}`", line.trim())
        }
        _ => "use spaces instead, two for each level".to_owned(),
    };
    Some(Mistake { message, hint, at: at..at + 1 })
}

/// Finds a wrong separator between key and value.
fn colon(line: &str) -> Option<Mistake> {
    let start = line.len() - line.trim_start_matches([' ', '-']).len();
    let rest = &line[start..];
    let word = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(rest.len());
    let (name, separator) = rest.split_at(word);
    if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let after = start + word;
    if let Some(value) = separator.strip_prefix('：') {
        let message = format!("the colon after `{name}` is a full-width colon, U+FF1A");
        let hint = format!("write `{name}: {}`", value.trim());
        return Some(Mistake { message, hint, at: after..after + '：'.len_utf8() });
    }
    let value = separator.strip_prefix(':')?;
    let first = value.chars().next().filter(|&letter| letter != ' ' && letter != '\t')?;
    if let Some(space) = name_of(first) {
        let message = format!("the space after `{name}:` is {space}");
        let hint = format!("write an ordinary space: `{name}: {}`", value.trim());
        return Some(Mistake { message, hint, at: after + 1..after + 1 + first.len_utf8() });
    }
    // A URL in a list, or a time.
    if value.starts_with("//") || first.is_ascii_digit() && line[..start].contains('-') {
        return None;
    }
    let message = format!("there is no space after `{name}:`");
    Some(Mistake { message, hint: format!("write `{name}: {value}`"), at: start..after + 1 })
}

/// Finds a line that should be `key: value` but has no colon.
fn missing_colon(line: &str) -> Option<Mistake> {
    let (key, value) = line.trim().split_once(' ')?;
    let is_key = key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let message = format!("there is no colon after `{key}`");
    is_key.then(|| Mistake { message, hint: format!("write `{key}: {}`", value.trim()), at: 0..key.len() })
}

/// Finds a value that YAML reads differently than meant.
fn value(line: &str) -> Option<Mistake> {
    let entry = entry(line)?;
    let value = without_comment(entry.value);
    let why = needs_quotes(value)?;
    let message = format!("{} needs quotes: {why}", entry.value_name());
    Some(Mistake { message, hint: needs_quotes_hint(&entry), at: entry.at..entry.at + value.len() })
}

fn needs_quotes_hint(entry: &LineEntry<'_>) -> String {
    let value = without_comment(entry.value);
    if is_list_of_quoted(value) {
        return format!("write `{}`", entry.with_value(&format!("[{value}]")));
    }
    if let Some(item) = value.strip_prefix("- ").filter(|_| entry.key.is_some_and(|key| LISTS.contains(&key))) {
        return format!(
            "write `{}`, or each item on a line of its own",
            entry.with_value(&format!("[{}]", item.trim()))
        );
    }
    if let Some(doubled) = escapes::doubled(value).filter(|_| closing_quote(value, '"') == Some(value.len())) {
        return format!("write `{}`", entry.with_value(&doubled));
    }
    let may_repair = value.starts_with('{') && !value.starts_with("{%") || value.ends_with(']');
    let repaired = flow::repaired(value).filter(|_| may_repair);
    let value = repaired.unwrap_or_else(|| quoted(&without_zero_width(unquoted(value))));
    format!("write `{}`", entry.with_value(&value))
}

/// True for several quoted strings with commas between: `"a", "b"`.
fn is_list_of_quoted(value: &str) -> bool {
    let (mut rest, mut count) = (value, 0);
    while let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        let Some(end) = closing_quote(rest, quote) else { return false };
        count += 1;
        rest = rest[end..].trim_start();
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None => return rest.is_empty() && count > 1,
        }
    }
    false
}

/// Finds a quote at the start of a value that nothing on the line closes.
fn open_quote(line: &str) -> Option<Mistake> {
    let entry = entry(line)?;
    let value = without_comment(entry.value);
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    if closing_quote(value, quote).is_some() {
        return None;
    }
    let fixed = match quote {
        '"' if !value[1..].contains('"') => format!("{value}\""),
        _ => quoted(value),
    };
    let message = format!("{} begins with a quote that nothing closes", entry.value_name());
    let hint = format!("write `{}`", entry.with_value(&fixed));
    Some(Mistake { message, hint, at: entry.at..entry.at + value.len() })
}

/// Finds a bracket at the start of a value that nothing closes before the next line, which begins another key.
fn open_bracket(line: &str, next: Option<&str>) -> Option<Mistake> {
    let entry = entry(line)?;
    let value = without_comment(entry.value);
    let bracket = value.chars().next().filter(|bracket| matches!(bracket, '[' | '{'))?;
    let close = if bracket == '[' { ']' } else { '}' };
    let is_whole = next.is_none_or(|next| begins_entry(next) || next.trim().is_empty());
    if !is_whole || value.matches(close).count() >= value.matches(bracket).count() {
        return None;
    }
    let message = format!("{} begins with `{bracket}`, which nothing closes", entry.value_name());
    let as_text = entry.with_value(&quoted(value));
    let hint = match value.len() {
        1 => format!("write `{as_text}` if it is text, or put a `{close}` after the last value"),
        _ => {
            let closed = entry.with_value(&format!("{value}{close}"));
            format!("write `{closed}`, or `{as_text}` if it is text")
        }
    };
    Some(Mistake { message, hint, at: entry.at..entry.at + value.len() })
}

/// Explains why YAML doesn't read a value as the intended string.
fn needs_quotes(value: &str) -> Option<String> {
    let first = value.chars().next()?;
    let at_start = |what: &str| Some(format!("`{first}` at its start {what}"));
    match first {
        '"' | '\'' => {
            let end = closing_quote(value, first)?;
            if let Some(escape) = escapes::unknown(value).filter(|_| first == '"') {
                return Some(format!("in double quotes, `{escape}` means nothing in YAML"));
            }
            (end < value.len()).then(|| format!("it begins with `{first}` and continues after the next `{first}`"))
        }
        '[' | '{' => {
            let close = if first == '[' { ']' } else { '}' };
            let end = value.rfind(close)? + 1;
            let breaks = value.ends_with(close) && flow::repaired(value).is_some();
            if let Some(mark) = ["{{", "{%"].into_iter().find(|mark| value.starts_with(mark)) {
                return Some(format!("`{mark}` at its start begins keys with values"));
            }
            match end < value.len() {
                true => Some(format!("`{first}` at its start begins a list or keys with values")),
                false => breaks.then(|| "a mark inside it means something else in YAML".to_owned()),
            }
        }
        '*' => at_start("means an alias in YAML"),
        '&' => at_start("means an anchor in YAML"),
        '!' => at_start("means a type in YAML"),
        '@' | '`' | '%' => at_start("is reserved in YAML"),
        '|' | '>' if !begins_block(value) => at_start("begins a block of text in YAML"),
        '-' | '?' if value[1..].starts_with(' ') => at_start("begins an item or a key in YAML"),
        '#' | '|' | '>' => None,
        ',' | ']' | '}' => at_start("belongs to a list or keys with values in YAML"),
        _ if value.contains(": ") || value.ends_with(':') => {
            Some("a colon and a space in it would begin another value".to_owned())
        }
        _ => None,
    }
}

/// Removes quotes that were meant to enclose a whole value: `'It's over'`, but not `"Strike" says "no"`.
fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let Some((quote, inner)) = ['"', '\''].into_iter().find_map(|quote| Some((quote, inner(quote)?))) else {
        return value;
    };
    // A quotation inside the value ends with its mark after a letter and before a space.
    let is_quotation = inner.match_indices(quote).any(|(at, _)| {
        let after = inner[at + 1..].chars().next();
        let closes = !inner[..at].ends_with(' ') && after.is_none_or(|letter| !letter.is_alphanumeric());
        closes && at + 1 < inner.len()
    });
    let first_opens = inner.split_once(quote).is_some_and(|(before, _)| before.ends_with(' ') || before.is_empty());
    if is_quotation && !first_opens { value } else { inner }
}

/// A value without the comment after it.
fn without_comment(value: &str) -> &str {
    value.split(" # ").next().unwrap_or(value).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(line: &str) -> String {
        mistake(line).map(|mistake| mistake.hint).unwrap_or_default()
    }

    #[test]
    fn a_value_that_needs_quotes_is_shown_with_them() {
        let cases = [
            ("title: \"Fire\" says the union", "write `title: '\"Fire\" says the union'`"),
            ("title: 'It's over'", "write `title: \"It's over\"`"),
            ("title: \"He said \"no\"\"", "write `title: 'He said \"no\"'`"),
            ("title: \"Yes\" and \"no\"", "write `title: '\"Yes\" and \"no\"'`"),
            ("title: [Update] Bridge", "write `title: '[Update] Bridge'`"),
            ("title: *Hamlet* again", "write `title: '*Hamlet* again'`"),
            ("title: > 100 dead", "write `title: '> 100 dead'`"),
            ("  - deck: Budget: more", "write `deck: 'Budget: more'`"),
            ("- @lin on ports", "write `- '@lin on ports'`"),
            ("title: - dash # note", "write `title: '- dash'`"),
            ("authors: - ana", "write `authors: [ana]`, or each item on a line of its own"),
            ("title:Fire", "write `title: Fire`"),
            ("title：火", "write `title: 火`"),
            ("date:\u{a0} 2026-11-01", "write an ordinary space: `date: 2026-11-01`"),
            ("\u{200b}deck: x", "delete it: `deck: x`"),
            ("title: \"C:\\path\"", "write `title: 'C:\\path'`"),
            ("deck: {{x}}", "write `deck: '{{x}}'`"),
            ("deck: {% x %}", "write `deck: '{% x %}'`"),
            ("title: \"He said \\\"x\\\" \\q\"", "write `title: \"He said \\\"x\\\" \\\\q\"`"),
        ];
        for (line, expected) in cases {
            assert_eq!(hint(line), expected, "{line}");
        }
    }

    #[test]
    fn correct_lines_are_not_changed() {
        let right = [
            "title: Fire at 9:30",
            "title: \"A: b\" # note",
            "title: |",
            "text: >-",
            "tags: [a, b]",
            "- https://x.org/",
            "url: https://x.org/",
            "image: {src: a.jpg}",
            "title: 'It''s'",
            "# note: x",
            "title: -5 degrees",
            "key:",
        ];
        for line in right {
            assert_eq!(hint(line), "", "{line}");
        }
    }
}
