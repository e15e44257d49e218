//! A fast parser for the subset of YAML that nearly all front matter uses.
//!
//! The subset: one key of ASCII letters per line; plain values, values in quotes without escapes, or lists in
//! brackets, on the same line; indented lists and mappings below. Everything else (comments, escapes, block
//! scalars, anchors, other numbers, nulls) and all errors are left to the full parser, which then reads the
//! text from the beginning. *Invariant:* both parsers read the same; builds with debug assertions compare
//! them.

use serde::de::value::{BorrowedStrDeserializer, Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};

/// The maximum nesting of lists and mappings.
const MAX_DEPTH: usize = 8;
/// The maximum length of a key: the full parser has its own limit.
const MAX_KEY: usize = 64;

/// Parses a text if it is in the subset and fits `T`.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut lines = Lines { rest: text, next: None };
    if !text.chars().all(is_plain) {
        return None;
    }
    lines.advance();
    let node = PlainValue::Mapping(lines.mapping(0, 0)?);
    let is_whole = lines.next.is_none();
    is_whole.then(|| T::deserialize(node).ok()).flatten()
}

/// True if the full parser reads a character literally: no control characters and unusual line ends.
fn is_plain(letter: char) -> bool {
    match letter {
        '\n' | ' '..='~' => true,
        '\0'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

/// A value.
#[derive(Debug)]
enum PlainValue<'t> {
    Plain(&'t str),
    Quoted(&'t str),
    List(Vec<PlainValue<'t>>),
    Mapping(Vec<(&'t str, PlainValue<'t>)>),
}

/// A non-empty line, without surrounding spaces.
#[derive(Debug, Clone, Copy)]
struct YamlLine<'t> {
    indent: usize,
    text: &'t str,
}

/// The lines that haven't been read.
struct Lines<'t> {
    rest: &'t str,
    next: Option<YamlLine<'t>>,
}

impl<'t> Lines<'t> {
    fn advance(&mut self) {
        self.next = None;
        while self.next.is_none() && !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let (line, rest) = self.rest.split_at(end);
            self.rest = rest.get(1..).unwrap_or_default();
            let text = line.trim_start_matches(' ');
            let indent = line.len() - text.len();
            self.next =
                Some(YamlLine { indent, text: text.trim_end_matches(' ') }).filter(|line| !line.text.is_empty());
        }
    }

    /// Fails if the next line continues the one above, which is outside the subset.
    fn ends_above(&self, indent: usize) -> Option<()> {
        self.next.is_none_or(|line| line.indent <= indent).then_some(())
    }

    fn mapping(&mut self, indent: usize, depth: usize) -> Option<Vec<(&'t str, PlainValue<'t>)>> {
        let mut entries = Vec::with_capacity(8);
        while let Some(line) = self.next.filter(|line| line.indent == indent) {
            let (key, value) = entry(line.text)?;
            self.advance();
            let value = if value.is_empty() { self.below(indent, depth + 1)? } else { inline(value)? };
            self.ends_above(indent)?;
            entries.push((key, value));
        }
        (!entries.is_empty()).then_some(entries)
    }

    /// Parses the value below a key: a list, which may be indented like the key, or a mapping.
    fn below(&mut self, indent: usize, depth: usize) -> Option<PlainValue<'t>> {
        let line = self.next.filter(|line| depth <= MAX_DEPTH && line.indent >= indent)?;
        match item(line.text) {
            Some(_) => self.list(line.indent, depth).map(PlainValue::List),
            None if line.indent > indent => self.mapping(line.indent, depth).map(PlainValue::Mapping),
            None => None,
        }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Option<Vec<PlainValue<'t>>> {
        let mut items = Vec::new();
        while let Some((line, text)) = self.next.filter(|line| line.indent == indent).zip(self.next_item()) {
            if entry(text).is_some() {
                let indent = line.indent + line.text.len() - text.len();
                self.next = Some(YamlLine { indent, text });
                items.push(PlainValue::Mapping(self.mapping(indent, depth + 1)?));
            } else {
                items.push(inline(text)?);
                self.advance();
            }
            self.ends_above(indent)?;
        }
        Some(items)
    }

    fn next_item(&self) -> Option<&'t str> {
        self.next.and_then(|line| item(line.text))
    }
}

/// The text after the dash of a list item.
fn item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").map(|text| text.trim_start_matches(' '))
}

/// A key and the rest of its line.
fn entry(line: &str) -> Option<(&str, &str)> {
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let end = line.bytes().position(|byte| !is_key(byte))?;
    let (key, rest) = line.split_at(end);
    let rest = rest.strip_prefix(':').filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
    let is_named = key.starts_with(|first: char| first.is_ascii_alphabetic()) && key.len() <= MAX_KEY;
    is_named.then(|| (key, rest.trim_start_matches(' ')))
}

/// Parses a value on the line of its key or dash.
fn inline(text: &str) -> Option<PlainValue<'_>> {
    match bracketed(text, 0).or_else(|| quoted(text)) {
        Some((node, rest)) => rest.is_empty().then_some(node),
        None => plain(text),
    }
}

/// Parses a list or mapping in brackets, and returns the rest.
fn bracketed(text: &str, depth: usize) -> Option<(PlainValue<'_>, &str)> {
    let closing = match text.chars().next()? {
        '[' => ']',
        '{' => '}',
        _ => return None,
    };
    let mut rest = text[1..].trim_start_matches(' ');
    let (mut items, mut entries) = (Vec::new(), Vec::new());
    while depth < MAX_DEPTH && !rest.starts_with(closing) {
        let (key, value) = if closing == '}' { entry(rest)? } else { ("", rest) };
        let (node, after) = inside(value, depth + 1)?;
        match closing {
            '}' => entries.push((key, node)),
            _ => items.push(node),
        }
        rest = after.trim_start_matches(' ');
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start_matches(' '),
            None => break,
        }
    }
    let node = if closing == '}' { PlainValue::Mapping(entries) } else { PlainValue::List(items) };
    rest.strip_prefix(closing).map(|rest| (node, rest))
}

/// Parses a value in brackets, and returns the rest.
fn inside(text: &str, depth: usize) -> Option<(PlainValue<'_>, &str)> {
    bracketed(text, depth).or_else(|| quoted(text)).or_else(|| {
        let end = text.find([',', ']', '}'])?;
        let (text, rest) = (text[..end].trim_end_matches(' '), &text[end..]);
        let is_one = !text.contains(['[', '{', '?']) && text.split(':').skip(1).all(|rest| rest.starts_with('/'));
        plain(text).filter(|_| is_one).map(|node| (node, rest))
    })
}

/// Parses a string in quotes without escapes, and returns the rest.
fn quoted(text: &str) -> Option<(PlainValue<'_>, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (inside, after) = text[1..].split_once(quote)?;
    let says_itself = match quote {
        '"' => !inside.contains('\\'),
        _ => !after.starts_with('\''),
    };
    (says_itself && !inside.contains('\n')).then_some((PlainValue::Quoted(inside), after))
}

/// Parses an unquoted value: an unambiguous string, a date with or without a time, a number or a boolean.
fn plain(text: &str) -> Option<PlainValue<'_>> {
    let first = text.chars().next()?;
    let begins = first.is_ascii_alphanumeric() || !first.is_ascii();
    let is_one = !text.contains(": ") && !text.ends_with(':') && !text.contains(" #");
    let is_known = match first.is_ascii_digit() {
        true => number(text).is_some() || is_day(text) || text.contains(' '),
        false => !matches!(text, "null" | "Null" | "NULL" | "True" | "TRUE" | "False" | "FALSE"),
    };
    (begins && is_one && is_known).then_some(PlainValue::Plain(text))
}

/// True for `2018-11-22` and anything after it: no number is written with two dashes like this.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[..4].iter().all(u8::is_ascii_digit)
}

/// A whole decimal number.
fn number(text: &str) -> Option<u64> {
    let is_decimal = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_usual = text == "0" || !text.starts_with('0');
    (is_decimal && is_usual).then(|| text.parse().ok()).flatten()
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

impl<'t> PlainValue<'t> {
    fn text(&self) -> Result<&'t str, Error> {
        match self {
            PlainValue::Plain(text) | PlainValue::Quoted(text) => Ok(text),
            PlainValue::List(_) | PlainValue::Mapping(_) => Err(another()),
        }
    }
}

/// The value has another type than expected; the full parser reports it.
fn another() -> Error {
    Error::custom("")
}

impl<'t> IntoDeserializer<'t> for PlainValue<'t> {
    type Deserializer = PlainValue<'t>;
    fn into_deserializer(self) -> PlainValue<'t> {
        self
    }
}

impl<'de> Deserializer<'de> for PlainValue<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            PlainValue::Quoted(text) => visitor.visit_borrowed_str(text),
            PlainValue::Plain(text) => match (flag(text), number(text)) {
                (Some(flag), _) => visitor.visit_bool(flag),
                (_, Some(number)) => visitor.visit_u64(number),
                _ => visitor.visit_borrowed_str(text),
            },
            PlainValue::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            PlainValue::Mapping(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (BorrowedStrDeserializer::new(key), value));
                visitor.visit_map(MapDeserializer::new(entries))
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self, PlainValue::List(_)) { self.deserialize_any(visitor) } else { Err(another()) }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self, PlainValue::Mapping(_)) { self.deserialize_any(visitor) } else { Err(another()) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::Value;

    use super::super::parser;
    use super::read;

    /// Typical shapes of front matter.
    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct SampleFront {
        title: Option<String>,
        name: String,
        #[serde(alias = "author")]
        authors: Vec<String>,
        tags: Vec<Value>,
        image: Option<SampleImage>,
        extra: BTreeMap<String, Value>,
        weight: i64,
        part: Option<u8>,
        draft: bool,
        kind: Option<SampleKind>,
        date: Option<(String, f64)>,
        series: (),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct SampleImage {
        src: Box<str>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum SampleKind {
        News,
        PressRelease,
    }

    /// Compares both parsers' results; returns whether the text is in the subset.
    fn compare(text: &str) -> bool {
        let ours: Option<Value> = read(text);
        if let Some(ours) = &ours {
            assert_eq!(*ours, parser::<Value>(text).unwrap(), "{text}");
        }
        if let Some(ours) = read::<SampleFront>(text) {
            assert_eq!(ours, parser::<SampleFront>(text).unwrap(), "{text}");
        }
        ours.is_some()
    }

    #[test]
    fn plain_yaml_is_read() {
        for text in [
            "title: One word\ndate: 2018-11-22\n",
            "title: \"Budget: what changes\"\ndate: 2018-11-22 09:30:15+08:00\nauthors: [lin-tan, 'Sam O', \"x, y\"]\n",
            "title: 'It is \"so\"'   \n\n  \ntags:\n- Ports\n-   Labour & love\nweight: 5\ndraft: true\n",
            "title: 会议：投票\nauthors:\n  - lin-tan\n  - name: Ana\n    url: https://example.org/a#b\n\nkind: press-release\n",
            "title: a\nimage:\n  src: a.png\n  alt: 10 boats\nsources:\n  - {name: Q, url: \"x\"}\n  - name: R\n",
            "a:\n    b:\n        - c: 0\n          d: x\n        - e\n    f: 1\ng: x - 1",
            "a: {b: [c, {d: e}, 'f'], g: https://x/y}\nh: []\ni: {}\nj: [k,]\nl: [ m , \"n\" ]\no: { p: q }",
        ] {
            assert!(compare(text), "{text}");
        }
    }

    #[test]
    fn complex_yaml_is_left_to_the_parser() {
        #[rustfmt::skip]
        let texts = [
            "", "a:", "a: ", "a: ~", "a: null", "a: True", "a: 1.5", "a: 0x10", "a: 007", "a: +1", "a: 1e3",
            "a: 1_000", "a: b # c", "a: b\n# c", "a: b: c", "a: b:", "a: |\n  b", "a: >-\n  b", "a: &b c", "a: *b",
            "a: !t b", "? a\n: b", "a: \"b\\n\"", "a: 'b''c'", "a: \"b\" c", "a: \"b", "a: \"b\n  c\"", "a: b\n  c",
            "a: b\n\n  c\nd: e", " a: b", "a: b\n c: d", "a:\n  b: c\n d: e", "a: [b: c]", "a: {b:c}", "a: {b}",
            "a: {b: }", "a: [,]", "a: [b,,c]", "a: [b] c", "a: [b, c", "a: [b]]", "a: [b:c]", "a: [b?]",
            "a: [b\n, c]", "- a", "a:\n  - - b", "a:\n  -\n    b: c", "a: @b", "a: `b", "a: %b", "a: -b", "---\na: b",
            "a: b\n---\n", "a: b\n...", "a\tb: c", "a: b\tc", "a: b\r\n", "a: b\u{85}c", "a: b\u{2028}c",
            "\u{feff}a: b", "a: \u{7f}", "a b: c", "1: a", "é: a", "a: .inf", "a:b", "<<: a", "a: 2018-11",
            "a: 09:30", "a: 10 #b", "a: [10 #b]", "a: [\"b\"c]", "a: ]", "a:\n- b\n - c",
        ];
        for text in texts {
            assert!(!compare(text), "{text:?}");
        }
    }

    /// The beginnings of lines in such texts.
    #[rustfmt::skip]
    const KEYS: &[&str] = &[
        "title: ", "title: ", "tags: ", "date: ", "authors: ", "author: ", "image: ", "extra: ", "weight: ", "draft: ",
        "src: ", "name: ", "a:", "b: ", "part: ", "series: ", "kind: ", "",
    ];

    /// Texts that are nearly in the subset: lines with all kinds of keys, values and items, and misplaced
    /// special characters.
    fn text() -> impl Strategy<Value = String> {
        let indent = prop::sample::select(vec!["", "", "", " ", "  ", "  ", "    ", "- ", "  - ", "-  ", "-"]);
        let key = prop::sample::select(KEYS);
        let value = prop_oneof![
            "[a-zé会 0-9:#,.'\"\\[\\]{}&*!|>%@`~_+-]{0,12}",
            prop::sample::select(vec![
                "x",
                "2018-11-22",
                "5",
                "true",
                "[a, b]",
                "['a', \"b\"]",
                "\"x y\"",
                "'x'",
                "",
                "news",
                "null",
                "a # b",
                "1e5",
                "http://x",
                "a: b",
                "[a,b",
                "0",
                "00",
                "2018-11-22T10:00Z",
                "{a: b}",
                "[a, {b: c, d: [e]}]",
                "{a: b, c: 'd'}",
                "[",
                "]",
                "{b: c",
                "[]",
                "{ }",
                "[a:b]",
                "[a?]",
                "{a: x:/y}"
            ])
            .prop_map(str::to_owned),
        ];
        let end = prop::sample::select(vec!["\n", "\n", "\n", " \n", "\n\n", "\r\n", ""]);
        prop::collection::vec((indent, key, value, end), 1..8)
            .prop_map(|lines| lines.into_iter().map(|(a, b, c, d)| format!("{a}{b}{c}{d}")).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn plain_yaml_is_read_as_by_the_parser(text in text()) {
            compare(&text);
        }

        #[test]
        fn any_text_is_read_as_the_parser_reads_it(text in "(a: )?\\PC{0,40}\n?(b: \\PC{0,10})?") {
            compare(&text);
        }
    }

    #[test]
    fn most_articles_of_the_example_are_plain() {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
        let files = walkdir::WalkDir::new(content).into_iter().flatten();
        let texts = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "md"));
        let (mut plain, mut all) = (0, 0);
        for file in texts {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let (front, _) = text.trim_start_matches("---\n").split_once("\n---\n").unwrap();
            all += 1;
            plain += usize::from(compare(front));
        }
        assert!(plain * 3 > all * 2, "{plain} of {all}");
    }
}
