//! Repairs lists and mappings in brackets on one line, for hints: adds the quotes that their values need.

use super::entry::{key, needs_quotes_in_brackets};

/// The list or mapping with quotes where its values need them; `None` if it isn't one on a single line, or
/// if quotes change nothing.
pub(super) fn repaired(value: &str) -> Option<String> {
    let repaired = collection(value.trim(), 0)?;
    (repaired != value.trim()).then_some(repaired)
}

/// More brackets inside one another than anybody writes on a line.
const MAX_DEPTH: usize = 8;

fn collection(value: &str, depth: usize) -> Option<String> {
    let list = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let mapping = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if depth > MAX_DEPTH {
        return None;
    }
    match (list, mapping) {
        (Some(inner), _) => {
            let items = segments(inner)?.into_iter().map(|item| scalar(item.trim(), depth));
            Some(format!("[{}]", items.collect::<Vec<_>>().join(", ")))
        }
        (None, Some(inner)) => {
            let mut pairs: Vec<(&str, String)> = Vec::new();
            for segment in segments(inner)? {
                let pair = segment.trim_start();
                match (key(pair).filter(|&(_, end)| is_end_of_key(&pair[end..])), pairs.last_mut()) {
                    (Some((name, end)), _) => pairs.push((name, pair[end..].trim().to_owned())),
                    // A comma inside a value without quotes.
                    (None, Some((_, value))) => *value = format!("{value},{}", segment.trim_end()),
                    (None, None) => return None,
                }
            }
            let pairs = pairs.iter().map(|(name, value)| format!("{name}: {}", scalar(value, depth)));
            Some(format!("{{{}}}", pairs.collect::<Vec<_>>().join(", ")))
        }
        (None, None) => None,
    }
}

fn is_end_of_key(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

fn scalar(value: &str, depth: usize) -> String {
    match collection(value, depth + 1) {
        Some(collection) => collection,
        // A JSON string is also a YAML string (YAML 1.2, section 1.2).
        None if needs_quotes_in_brackets(value) => serde_json::Value::from(value).to_string(),
        None => value.to_owned(),
    }
}

/// Splits at the commas that are neither in quotes nor in brackets; `None` if a quote or bracket isn't closed.
fn segments(inner: &str) -> Option<Vec<&str>> {
    let (mut found, mut start, mut open, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, letter) in inner.char_indices() {
        let begins_value = inner[start..at].trim_end().is_empty() || inner[..at].trim_end().ends_with([':', '[', '{']);
        match (quote, letter) {
            (Some(mark), _) if mark == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if begins_value => quote = Some(letter),
            (None, '[' | '{') => open += 1,
            (None, ']' | '}') => open = open.checked_sub(1)?,
            (None, ',') if open == 0 => {
                found.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        found.push(&inner[start..]);
    }
    (open == 0 && quote.is_none()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::repaired;

    #[test]
    fn values_that_need_quotes_get_them() {
        let cases = [
            ("[Strike: day, b]", "[\"Strike: day\", b]"),
            ("{src: p.jpg, alt: Cranes, idle}", "{src: p.jpg, alt: \"Cranes, idle\"}"),
            (
                "[{date: 2026-11-02, text: It was 1,000, not 100.}]",
                "[{date: 2026-11-02, text: \"It was 1,000, not 100.\"}]",
            ),
            ("{caption: Dock: north}", "{caption: \"Dock: north\"}"),
            ("{src: p.jpg, caption: Dock #3 north}", "{src: p.jpg, caption: \"Dock #3 north\"}"),
            ("[a, #b, c]", "[a, \"#b\", c]"),
            ("[!Alerta roja]", "[\"!Alerta roja\"]"),
            ("[{name: A: B, url: https://x.example/}]", "[{name: \"A: B\", url: https://x.example/}]"),
        ];
        for (written, expected) in cases {
            assert_eq!(repaired(written).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn correct_or_hopeless_text_is_not_changed() {
        for value in ["[a, b]", "[\"a, b\", 'c: d']", "{a: b}", "[a", "[\"a, b]", "a, b", "{a, b: c}", "[it's, b]"] {
            assert_eq!(repaired(value), None, "{value}");
        }
    }
}
