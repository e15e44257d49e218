//! Cuts one key out of a text that the parser refuses, so that the rest can be read.

use super::entry::{begins_entry, entry};

/// A text without one of its top-level keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CutOut {
    /// The text, with empty lines in the place of the key.
    pub rest: String,
    /// The key, if it has a name.
    pub key: Option<String>,
}

/// Cuts out the top-level key whose value contains a line, which is counted from 1.
pub(super) fn entry_at(text: &str, line: usize) -> CutOut {
    let lines: Vec<&str> = text.split('\n').collect();
    let at = line.saturating_sub(1).min(lines.len().saturating_sub(1));
    let begin = (0..=at).rev().find(|&at| begins_entry(lines[at])).unwrap_or(at);
    let end = (at + 1..lines.len()).find(|&at| begins_entry(lines[at])).unwrap_or(lines.len());
    let kept = lines.iter().enumerate().map(|(at, line)| if (begin..end).contains(&at) { "" } else { line });
    CutOut { rest: kept.collect::<Vec<_>>().join("\n"), key: key_of(lines[begin]) }
}

/// The key that a line begins with, even if its colon is wrong or missing.
fn key_of(line: &str) -> Option<String> {
    let word = || line.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).next();
    entry(line).and_then(|entry| entry.key).or_else(word).filter(|key| !key.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_cut_out_with_all_of_its_lines() {
        let text = "title: A\nimage:\n  src: x\n- odd\n# note\ndate: b\ndeck Low\n";
        let cut = |line| {
            let CutOut { rest, key } = entry_at(text, line);
            (rest, key.unwrap_or_default())
        };
        assert_eq!(cut(1), ("\nimage:\n  src: x\n- odd\n# note\ndate: b\ndeck Low\n".to_owned(), "title".to_owned()));
        assert_eq!(cut(3), ("title: A\n\n\n\n\ndate: b\ndeck Low\n".to_owned(), "image".to_owned()));
        assert_eq!(cut(7), ("title: A\nimage:\n  src: x\n- odd\n# note\ndate: b\n\n".to_owned(), "deck".to_owned()));
        assert_eq!(cut(99).1, "deck");
        assert_eq!(entry_at("", 1), CutOut { rest: String::new(), key: None });
    }
}
