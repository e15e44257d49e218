//! Reads the tag of an embed as it was meant, to suggest the right call.

use crate::markdown::GivenArgument;

/// The name and the arguments of an opening tag that may be malformed; `text` begins after `{{<`. `None` without a name.
pub(super) fn call(text: &str) -> Option<(&str, Vec<GivenArgument>)> {
    let line = text.lines().next().unwrap_or_default();
    let inside = text.find(">}}").map_or(line, |end| &text[..end]).trim_start();
    let end = inside.find(|letter: char| !is_in_word(letter)).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(end);
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let mut given = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
        if rest.is_empty() {
            return Some((name, given));
        }
        let (argument, after) = argument(rest);
        given.push(argument);
        rest = after;
    }
}

fn is_in_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')
}

/// The first argument of a text, and what follows it.
fn argument(text: &str) -> (GivenArgument, &str) {
    let key = &text[..text.find(|letter| !is_in_word(letter)).unwrap_or(text.len())];
    let after = text[key.len()..].trim_start();
    match after.strip_prefix('=').filter(|_| !key.is_empty()) {
        Some(value) => {
            let (value, rest) = value_of(value.trim_start());
            (GivenArgument { key: Some(key.to_owned()), value }, rest)
        }
        None => {
            let (value, rest) = value_of(text);
            (GivenArgument { key: None, value }, rest)
        }
    }
}

/// The value at the start of a text, without quotes, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let mut letters = text.chars();
    let close = match letters.next() {
        Some(quote @ ('"' | '\'')) => Some(quote),
        Some('“' | '„') => Some('”'),
        _ => None,
    };
    let Some(close) = close else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return (text[..end].trim_end_matches(',').to_owned(), &text[end..]);
    };
    let inside = letters.as_str();
    let (value, rest) = inside.split_once(close).unwrap_or((inside.trim_end(), ""));
    (value.to_owned(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_were_meant() {
        let read = |text| {
            let (name, given) = call(text).unwrap_or_default();
            let given = given.into_iter().map(|GivenArgument { key, value }| (key.unwrap_or_default(), value));
            (name.to_owned(), given.collect::<Vec<_>>())
        };
        for (text, name, given) in [
            (" youtube https://youtu.be/a?b=c >}} x", "youtube", vec![("", "https://youtu.be/a?b=c")]),
            ("youtube 'a b' >}}", "youtube", vec![("", "a b")]),
            (" figure src=hall.jpg, alt = “The hall” >}}", "figure", vec![("src", "hall.jpg"), ("alt", "The hall")]),
            (" figure src=\"hall.jpg >}}\nMore", "figure", vec![("src", "hall.jpg")]),
            (" figure src", "figure", vec![("", "src")]),
            ("figure", "figure", vec![]),
        ] {
            let given = given.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
            assert_eq!(read(text), (name.to_owned(), given), "{text}");
        }
        assert!(call(" >}}").is_none() && call(" /x >}}").is_none());
    }
}
