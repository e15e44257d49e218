//! Finds texts with so many open brackets that the parser would take minutes.

/// The maximum number of open brackets and braces. For every token the parser checks all open ones
/// before applying any limit of its own, so a hundred thousand of them would take minutes.
pub(super) const MAX_BRACKETS: usize = 256;

/// The byte at which the text opens one bracket too many.
///
/// While none is open, brackets within text are not counted: in block scalars, in a quoted value on its line, and where no
/// value begins. Readers' comments have many of them. Once one is open, each counts, also those in quoted strings; nobody
/// leaves that many of them open.
pub(super) fn too_many_brackets(text: &str) -> Option<usize> {
    // Almost no text has that many brackets.
    memchr::memchr2_iter(b'[', b'{', text.as_bytes()).nth(MAX_BRACKETS)?;
    let mut open = 0usize;
    let mut offset = 0;
    // The column of the key whose block scalar the next lines are.
    let mut block: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let depth = line.len() - line.trim_start_matches(' ').len();
        if block.is_some_and(|column| line.trim().is_empty() || depth > column) {
            offset += line.len();
            continue;
        }
        block = if open == 0 { block_scalar(line) } else { None };
        if open > 0 || !is_quoted(line) {
            for (at, byte) in line.bytes().enumerate() {
                match byte {
                    b'[' | b'{' if open > 0 || begins_value(&line[..at]) => open += 1,
                    b']' | b'}' => open = open.saturating_sub(1),
                    _ => continue,
                }
                if open > MAX_BRACKETS {
                    return Some(offset + at);
                }
            }
        }
        offset += line.len();
    }
    None
}

/// The column of the key of a line that begins a block scalar: `  - text: |-` has it in column 4.
fn block_scalar(line: &str) -> Option<usize> {
    let (key, header) = line.trim_end().rsplit_once(": ")?;
    let is_header = header.starts_with(['|', '>'])
        && header[1..].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'));
    let name = key.trim_start_matches([' ', '-']);
    let is_key =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (is_header && is_key).then_some(key.len() - name.len())
}

/// True for a line with a key and a value that is quoted from its first letter to its last.
fn is_quoted(line: &str) -> bool {
    let Some((_, value)) = line.trim_end().split_once(": ") else { return false };
    let value = value.trim_start();
    let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return false };
    let mut escaped = false;
    let end = value[1..].find(|letter: char| {
        let is_end = letter == quote && !escaped;
        escaped = quote == '"' && letter == '\\' && !escaped;
        is_end
    });
    // A doubled single quote ends there, too, and the line is counted.
    end.map(|end| end + 2) == Some(value.len())
}

/// True if a value may begin after this part of a line.
fn begins_value(before: &str) -> bool {
    let shown = before.trim_end_matches([' ', '\t', '\u{feff}']);
    let has_space = shown.len() < before.len();
    let word = shown.rsplit([' ', '\t']).next().unwrap_or_default();
    shown.is_empty() || has_space && (shown.ends_with(['-', ':', '?']) || word.starts_with(['&', '!']))
}

#[cfg(test)]
mod tests {
    use super::{MAX_BRACKETS, too_many_brackets};

    #[test]
    fn brackets_in_texts_are_not_open() {
        let flood = "[{".repeat(MAX_BRACKETS);
        let smileys: String = (0..600).map(|at| format!("  - id: c{at}\n    text: Sad :[ or {{ so [\n")).collect();
        for text in [
            format!("text: |-\n  {flood}\n  {flood}\n\n  {flood}\n"),
            format!("comments:\n  - text: |2-\n        {flood}\n  - text: >\n      {flood}\n"),
            format!("a: \"{flood}\"\nb: '{flood}'\nc: \"x \\\" {flood}\"\n"),
            format!("text: a{flood}\n"),
            format!("comments:\n{smileys}"),
        ] {
            assert_eq!(too_many_brackets(&text), None, "{text}");
            assert!(crate::yaml::parse::<serde_json::Value>(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn open_brackets_are_found_wherever_values_begin() {
        let flood = "[".repeat(MAX_BRACKETS + 1);
        let lines = "- [\n".repeat(MAX_BRACKETS + 1);
        for text in [
            flood.clone(),
            format!("a: {flood}"),
            format!("- {flood}"),
            format!("a: &x {flood}"),
            format!("a: !t {flood}"),
            format!("? {flood}"),
            format!("a: [ \"{flood}\""),
            format!("a: |\n  text\nb: {flood}"),
            format!("a: |\n  text\n{flood}"),
            format!("a: {{\n  b: |\n    {flood}"),
            lines,
        ] {
            assert!(too_many_brackets(&text).is_some(), "{text}");
        }
    }
}
