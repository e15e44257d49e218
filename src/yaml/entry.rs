//! Splits a line of block YAML into key and value, for error messages about text that the parser
//! refuses.

/// `key: value`, perhaps as the first line of a list item; or `- value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineEntry<'t> {
    /// The key; `None` for a list item without one.
    pub key: Option<&'t str>,
    /// The value without surrounding spaces.
    pub value: &'t str,
    /// The byte at which the value begins in the line.
    pub at: usize,
    /// The number of spaces before the key or dash.
    pub indent: usize,
}

impl LineEntry<'_> {
    /// The value's name in messages.
    pub(super) fn value_name(&self) -> String {
        self.key.map_or("this item".to_owned(), |key| format!("the value of `{key}`"))
    }

    /// The entry with another value.
    pub(super) fn with_value(&self, value: &str) -> String {
        match self.key {
            Some(key) => format!("{key}: {value}"),
            None => format!("- {value}"),
        }
    }
}

/// Parses the entry on a line; `None` for comments, continued values and lines that are not block YAML.
pub(super) fn entry(line: &str) -> Option<LineEntry<'_>> {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut at = indent;
    let mut is_item = false;
    while line[at..].starts_with("- ") {
        at += 2 + (line[at + 2..].len() - line[at + 2..].trim_start_matches(' ').len());
        is_item = true;
    }
    let (key, value_at) = match key(&line[at..]) {
        Some((key, rest)) if line[at + rest..].starts_with([' ', '\t']) || line[at + rest..].trim().is_empty() => {
            (Some(key), at + rest)
        }
        _ if is_item => (None, at),
        _ => return None,
    };
    let rest = &line[value_at..];
    let at = value_at + rest.len() - rest.trim_start().len();
    Some(LineEntry { key, value: rest.trim(), at, indent })
}

/// True for a line that continues nothing above it.
pub(super) fn begins_entry(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with([' ', '\t', '-', '#', ']', '}'])
}

/// The key at the start of a text, and the end of its colon.
pub(super) fn key(text: &str) -> Option<(&str, usize)> {
    let is_in_key = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let key = &text[..text.find(|letter| !is_in_key(letter)).unwrap_or(text.len())];
    let is_key = key.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let spaces = text[key.len()..].len() - text[key.len()..].trim_start_matches(' ').len();
    let colon = key.len() + spaces;
    (is_key && text[colon..].starts_with(':')).then_some((key, colon + 1))
}

/// True for a value in brackets that YAML would cut off or read as something else.
pub(super) fn needs_quotes_in_brackets(value: &str) -> bool {
    let is_quoted = |quote: char| value.starts_with(quote) && closing_quote(value, quote) == Some(value.len());
    let has_mark = value.contains(": ") || value.ends_with(':') || value.contains(" #") || value.contains(',');
    let begins = value.starts_with(['#', '!', '&', '*', '@', '`', '%', '|', '>', '"', '\'']);
    (has_mark || begins) && !is_quoted('"') && !is_quoted('\'')
}

/// The lines of a text outside of block scalars, each with its start in bytes.
pub(super) fn lines_outside_blocks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let (mut start, mut block_indent) = (0, None);
    text.split_inclusive('\n').filter_map(move |whole| {
        let line = whole.trim_end_matches(['\n', '\r']);
        let at = start;
        start += whole.len();
        let indent = line.len() - line.trim_start_matches(' ').len();
        // A block ends at a line that is indented no further than its key.
        if block_indent.is_some_and(|block| indent <= block && !line.trim().is_empty()) {
            block_indent = None;
        }
        if block_indent.is_some() {
            return None;
        }
        block_indent = entry(line).filter(|entry| begins_block(entry.value)).map(|entry| entry.indent);
        Some((at, line))
    })
}

/// The position after a value's closing quote, in bytes.
pub(super) fn closing_quote(value: &str, quote: char) -> Option<usize> {
    let mut letters = value.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote {
            let is_doubled = quote == '\'' && letters.peek().is_some_and(|&(_, next)| next == '\'');
            if !is_doubled {
                return Some(at + 1);
            }
            letters.next();
        }
    }
    None
}

/// True for the header of a block scalar: `|`, `>-`, `|2`.
pub(super) fn begins_block(value: &str) -> bool {
    let header = value.split(" #").next().unwrap_or_default().trim_end();
    header.strip_prefix(['|', '>']).is_some_and(|rest| rest.chars().all(|c| matches!(c, '+' | '-' | '0'..='9')))
}

/// Quotes a string as a value on one line.
pub(super) fn quoted(text: &str) -> String {
    if text.contains('\'') && !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_at_the_colon_after_the_key() {
        let parts = |line| entry(line).map(|entry| (entry.key, entry.value, entry.at));
        assert_eq!(parts("title: A: b"), Some((Some("title"), "A: b", 7)));
        assert_eq!(parts("  - name : x "), Some((Some("name"), "x", 11)));
        assert_eq!(parts("- Ports: x y"), Some((Some("Ports"), "x y", 9)));
        assert_eq!(parts("- https://example.org/"), Some((None, "https://example.org/", 2)));
        assert_eq!(parts("key:"), Some((Some("key"), "", 4)));
        assert_eq!([parts("# a: b"), parts("more text"), parts("a:b"), parts("“a”: b")], [None; 4]);
    }

    #[test]
    fn quotes_are_chosen_by_what_stands_inside() {
        assert_eq!(quoted("It's"), "\"It's\"");
        assert_eq!(quoted("\"No\""), "'\"No\"'");
        assert_eq!(quoted("\"It's\""), "'\"It''s\"'");
    }
}
