//! Finds backslashes in double quotes that are no escapes of YAML.

/// The letters of YAML's escapes (YAML 1.2.2, section 5.7).
const ESCAPED: &str = "0abt\tnvfre \"/\\N_LPxuU\n\r";

/// The first backslash with its letter that is no escape of YAML.
pub(super) fn unknown(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some(at) = rest.find('\\') {
        let letter = rest[at + 1..].chars().next()?;
        if !ESCAPED.contains(letter) {
            return Some(&rest[at..at + 1 + letter.len_utf8()]);
        }
        rest = &rest[at + 1 + letter.len_utf8()..];
    }
    None
}

/// A value in double quotes with a second backslash before each that is no escape, if it has others that are: without
/// these, single quotes are easier to read.
pub(super) fn doubled(value: &str) -> Option<String> {
    let mut fixed = String::with_capacity(value.len() + 2);
    let (mut has_known, mut has_unknown) = (false, false);
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        fixed.push(letter);
        if letter != '\\' {
            continue;
        }
        let escaped = letters.next()?;
        let is_known = ESCAPED.contains(escaped);
        (has_known, has_unknown) = (has_known || is_known, has_unknown || !is_known);
        if !is_known {
            fixed.push('\\');
        }
        fixed.push(escaped);
    }
    (has_known && has_unknown).then_some(fixed)
}
