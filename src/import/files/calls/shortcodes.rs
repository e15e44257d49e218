//! Parses shortcodes as Hugo writes them: `{{< name a="b" >}}…{{< /name >}}` and `{{% name %}}`.

use std::collections::BTreeMap;

use super::TemplateCall;

/// The deepest nesting that is looked into.
const MAX_DEPTH: usize = 20;

/// Replaces all shortcodes by what `convert` makes of them, the inner ones first.
pub fn expand(text: &str, convert: &mut dyn FnMut(&TemplateCall) -> String) -> String {
    expand_within(text, convert, 0)
}

fn expand_within(text: &str, convert: &mut dyn FnMut(&TemplateCall) -> String, depth: usize) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = next(rest) {
        let (before, tail) = rest.split_at(at);
        expanded.push_str(before);
        let Some((tag, length)) = tag(tail) else {
            expanded.push_str(&tail[..3]);
            rest = &tail[3..];
            continue;
        };
        rest = &tail[length..];
        match tag {
            ShortcodeTag::Comment(written) => {
                expanded.push('\\');
                expanded.push_str(&written);
            }
            ShortcodeTag::Close(_) => {}
            ShortcodeTag::Open(mut call, is_closed) => {
                if !is_closed
                    && depth < MAX_DEPTH
                    && let Some((inner, after)) = inside(rest, &call.name)
                {
                    call.inner = Some(expand_within(inner, convert, depth + 1));
                    rest = after;
                }
                call.in_target = expanded.ends_with(['(', '"', '=', '<']);
                call.in_html = super::ends_in_html(&expanded);
                expanded.push_str(&convert(&call));
            }
        }
    }
    expanded + rest
}

fn next(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"{{").find(|at| matches!(bytes.get(at + 2), Some(b'<' | b'%')))
}

enum ShortcodeTag {
    Open(TemplateCall, bool),
    Close(String),
    Comment(String),
}

/// The tag at the beginning of a text, and its length.
fn tag(text: &str) -> Option<(ShortcodeTag, usize)> {
    let end_mark = if text.as_bytes().get(2) == Some(&b'<') { ">}}" } else { "%}}" };
    let length = end_of(text, end_mark)?;
    let written = &text[..length];
    let inside = written[3..length - 3].trim();
    if let Some(comment) = inside.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/")) {
        let open = &text[..3];
        return Some((ShortcodeTag::Comment(format!("{open} {} {end_mark}", comment.trim())), length));
    }
    if let Some(name) = inside.strip_prefix('/') {
        return Some((ShortcodeTag::Close(name.trim().to_owned()), length));
    }
    let (inside, is_closed) = match inside.strip_suffix('/') {
        // A path as the last argument without quotes ends in a slash, too.
        Some(rest) if rest.ends_with([' ', '"', '\'']) || !rest.contains(' ') => (rest.trim_end(), true),
        _ => (inside, false),
    };
    let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let (name, arguments) = inside.split_at(name_end);
    if name.is_empty() {
        return None;
    }
    let (positional, named) = arguments_of(arguments);
    let call = TemplateCall {
        name: name.to_owned(),
        positional,
        named,
        inner: None,
        written: written.to_owned(),
        in_target: false,
        in_html: false,
    };
    Some((ShortcodeTag::Open(call, is_closed), length))
}

/// The end of a tag, outside quoted arguments.
fn end_of(text: &str, end_mark: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(3) {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some('"') if letter == '\\' => is_escaped = true,
            Some(open) if letter == open => quote = None,
            // A quote that never closes is a mistake, or an apostrophe.
            Some(_) if text[at..].starts_with(end_mark) && !text[at..].contains(quote.unwrap_or('"')) => {
                return Some(at + 3);
            }
            Some(_) => {}
            None if text[at..].starts_with(end_mark) => return Some(at + 3),
            None if matches!(letter, '"' | '`') => quote = Some(letter),
            None => {}
        }
    }
    // Without regard to quotes.
    text.find(end_mark).map(|at| at + 3)
}

/// The text up to the end tag of a name, and the text after it.
fn inside<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let mut depth = 0_usize;
    let mut from = 0;
    while let Some(at) = next(&text[from..]).map(|at| from + at) {
        let Some((found, length)) = tag(&text[at..]) else {
            from = at + 3;
            continue;
        };
        match found {
            ShortcodeTag::Open(call, false) if call.name == name => depth += 1,
            ShortcodeTag::Close(closed) if closed == name => match depth {
                0 => return Some((&text[..at], &text[at + length..])),
                _ => depth -= 1,
            },
            _ => {}
        }
        from = at + length;
    }
    None
}

/// Splits arguments: `a="b" c=d e "f g"`.
pub fn arguments_of(text: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let (mut positional, mut named) = (Vec::new(), BTreeMap::new());
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(rest.len());
        let after = rest[name_end..].trim_start();
        if name_end > 0
            && let Some(value) = after.strip_prefix('=')
        {
            let (value, tail) = word(value.trim_start());
            named.insert(rest[..name_end].to_owned(), value);
            rest = tail.trim_start_matches([' ', '\t', '\n', '\r', ',']);
        } else {
            let (value, tail) = word(rest);
            positional.push(value);
            rest = tail.trim_start_matches([' ', '\t', '\n', '\r', ',']);
        }
    }
    (positional, named)
}

/// A word, quoted or not, and the text after it.
fn word(text: &str) -> (String, &str) {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) else {
        let end = text.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(text.len());
        // At least one character, so that the caller moves on.
        let end = if end == 0 { text.chars().next().map_or(0, char::len_utf8) } else { end };
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if quote != '`' => match letters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, escaped)) => value.push(escaped),
                None => {}
            },
            _ if letter == quote => return (value, &text[at + letter.len_utf8()..]),
            _ => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_nest_and_close() {
        let mut seen = Vec::new();
        let text =
            "a {{< box title=\"It's >}} 1\" n=2 >}}b {{% i x 'y z' /%}}{{</ box >}} c {{</* box */>}} {{< ref a.md >}}";
        let expanded = expand(text, &mut |call| {
            seen.push((call.name.clone(), call.positional.clone(), call.named.clone()));
            format!("[{}|{}]", call.name, call.inner.as_deref().unwrap_or("-"))
        });
        assert_eq!(expanded, "a [box|b [i|-]] c \\{{< box >}} [ref|-]");
        assert_eq!(seen[0].1, ["x", "y z"]);
        assert_eq!(seen[1].2["title"], "It's >}} 1");
    }
}
