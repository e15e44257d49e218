//! Unwraps front matter whose values were wrapped between Chinese or Japanese characters, where YAML reads
//! a line end as a space.

use std::borrow::Cow;

use crate::typography::joins_lines;

/// Returns the YAML without line ends between such characters within a value. Its lines are no longer
/// those of the file.
pub(super) fn unwrapped(yaml: &str) -> Cow<'_, str> {
    if yaml.is_ascii() {
        return Cow::Borrowed(yaml);
    }
    let mut out = String::new();
    let mut done = 0;
    for end in memchr::memchr_iter(b'\n', yaml.as_bytes()) {
        let (before, after) = (yaml[..end].trim_end_matches([' ', '\t', '\r']), &yaml[end + 1..]);
        let words = after.trim_start_matches([' ', '\t']);
        let Some((last, first)) = before.chars().next_back().zip(words.chars().next()) else { continue };
        if joins_lines(last, first) && words.len() < after.len() && continues(before, words) {
            out.push_str(&yaml[done..before.len()]);
            done = yaml.len() - words.len();
        }
    }
    if done == 0 {
        return Cow::Borrowed(yaml);
    }
    out.push_str(&yaml[done..]);
    Cow::Owned(out)
}

/// True if the indented line that begins with `words` continues the value before it.
fn continues(before: &str, words: &str) -> bool {
    let line = words.lines().next().unwrap_or_default();
    let is_key = line.contains(": ") || line.trim_end().ends_with(':');
    let last = before.lines().next_back().unwrap_or_default();
    let is_comment = last.trim_start().starts_with('#') || last.contains(" #");
    !is_key && !is_comment && !is_in_literal(before, last)
}

/// True if a line is in a block whose line ends stay: `key: |`.
fn is_in_literal(before: &str, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut deepest = indent(line);
    for above in before.lines().rev().skip(1).filter(|line| !line.trim().is_empty()) {
        if indent(above) < deepest {
            deepest = indent(above);
            let header = above.trim_end().trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
            if header.ends_with('|') {
                return true;
            }
        }
        if deepest == 0 {
            break;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::unwrapped;

    #[test]
    fn only_wrapped_values_are_joined() {
        for (typed, read) in [
            ("title: 中文标题\n  续行\ndate: 2026-11-01\n", "title: 中文标题续行\ndate: 2026-11-01\n"),
            ("deck: \"第一行，\n  第二行\"\n", "deck: \"第一行，第二行\"\n"),
            ("summary: >\n  第一行\n  第二行\n  第三行\n", "summary: >\n  第一行第二行第三行\n"),
            ("corrections:\n  - text: 更正\n      内容\n", "corrections:\n  - text: 更正内容\n"),
        ] {
            assert_eq!(unwrapped(typed), read);
        }
        for kept in [
            "title: 中文 标题\n",
            "extra:\n  甲: 一\n  乙: 二\n",
            "extra:\n  诗: |\n    床前明月光\n    疑是地上霜\n",
            "extra:\n  诗: |-\n    床前明月光\n      疑是地上霜\n",
            "title: a # 注释\n  续行\n",
            "title: 한국어\n  제목\n",
            "summary: >\n  第一段\n\n  第二段\n",
            "title: 题\n甲: 乙\n",
        ] {
            assert_eq!(unwrapped(kept), kept);
        }
    }
}
