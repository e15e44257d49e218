//! Rust source as far as `tests/suite/tidy.rs` must understand it: code, comments and strings apart, test code apart.

use std::collections::BTreeSet;
use std::ops::Range;

/// A source text, split into layers of the same length: everything that is not part of a layer is blank in it, except
/// line ends.
pub struct Layers {
    /// Code, without comments and the contents of string literals.
    pub code: String,
    /// Comments alone.
    pub comments: String,
}

impl Layers {
    /// Splits a text.
    pub fn of(text: &str) -> Layers {
        let (mut code, mut comments) = (String::new(), String::new());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (length, kind) = token(rest, first, code.chars().next_back());
            let (token, after) = rest.split_at(length);
            code += &if kind == Kind::Code { token.to_owned() } else { blank(token) };
            comments += &if kind == Kind::Comment { token.to_owned() } else { blank(token) };
            rest = after;
        }
        Layers { code, comments }
    }

    /// The code without items under `#[cfg(test)]`.
    pub fn shipped(&self) -> String {
        let mut shipped = self.code.clone();
        for range in test_items(&self.code) {
            shipped.replace_range(range.clone(), &blank(&self.code[range]));
        }
        shipped
    }
}

#[derive(PartialEq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// The length in bytes of the token at the start of `rest`, and its type.
fn token(rest: &str, first: char, before: Option<char>) -> (usize, Kind) {
    let starts_word = !before.is_some_and(|char| char.is_alphanumeric() || char == '_');
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), Kind::Comment);
    }
    if first == '"' {
        return (quoted(rest, '"'), Kind::Text);
    }
    if starts_word && let Some(length) = raw_text(rest) {
        return (length, Kind::Text);
    }
    match char_literal(rest) {
        Some(length) if first == '\'' => (length, Kind::Text),
        _ => (first.len_utf8(), Kind::Code),
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a literal that begins with one byte and ends with `end`, where a backslash escapes.
fn quoted(rest: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if char == end => return at + char.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `br#"…"#` and similar literals.
fn raw_text(rest: &str) -> Option<usize> {
    let opened = ["r", "br", "cr"].iter().find_map(|prefix| {
        let after = rest.strip_prefix(prefix)?;
        after.trim_start_matches('#').starts_with('"').then_some(prefix.len())
    })?;
    let hashes = rest[opened..].len() - rest[opened..].trim_start_matches('#').len();
    let body = opened + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()))
}

/// A character literal; `None` for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    match chars.next()? {
        (_, '\\') => Some(quoted(rest, '\'')),
        _ => chars.next().filter(|&(_, char)| char == '\'').map(|(at, _)| at + 1),
    }
}

/// Spaces of the same length in bytes, with the line ends of `text`.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

const TEST_ONLY: &str = "#[cfg(test)]";

/// The items that only tests compile.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find(TEST_ONLY).map(|at| from + at) {
        from = item_end(code, start + TEST_ONLY.len());
        items.push(start..from);
    }
    items
}

/// The end of the item at `start`: its `;`, or the `}` of its body.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Modules in their own files that only tests compile: `#[cfg(test)] mod tests;`.
pub fn test_files(code: &str) -> Vec<String> {
    let declared = |range: Range<usize>| {
        let item = code[range].trim_start_matches(TEST_ONLY).trim();
        item.strip_prefix("mod ")?.strip_suffix(';').map(|name| name.trim().to_owned())
    };
    test_items(code).into_iter().filter_map(declared).collect()
}

/// The places where `word` occurs in `text`, except as the end of a longer name, with the text after it.
pub fn occurrences<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    text.match_indices(word).filter_map(|(at, _)| {
        let joined = text[..at].chars().next_back().is_some_and(|char| char.is_alphanumeric() || char == '_');
        (!joined).then_some((at, &text[at + word.len()..]))
    })
}

/// The line, from 1, of a place in a text.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The modules that `code` reaches from the crate's root: the `y` of `crate::y::z` and of `use crate::{y::z, w}`,
/// with their places.
pub fn crate_paths(code: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    for (at, rest) in occurrences(code, "crate") {
        let Some(path) = rest.trim_start().strip_prefix("::") else { continue };
        let path = path.trim_start();
        match path.strip_prefix('{') {
            Some(group) => paths.extend(group_heads(group).into_iter().map(|name| (at, name))),
            None => paths.extend(word_at(path).map(|name| (at, name))),
        }
    }
    paths
}

/// The first name of every path of a `{…}` group, whose `{` is already read.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut expected) = (1_usize, Vec::new(), true);
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => expected = true,
            _ if expected && !char.is_whitespace() => {
                heads.extend(word_at(&group[at..]));
                expected = false;
            }
            _ => {}
        }
    }
    heads
}

/// The files, by their module paths in `names`, that the file `own` reaches by paths from `crate` or `super`.
pub fn used_modules(code: &str, own: &str, names: &BTreeSet<String>) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for word in ["crate", "super"] {
        for (at, _) in occurrences(code, word).filter(|(at, _)| !code[..*at].trim_end().ends_with("::")) {
            for path in paths_at(&code[at..]) {
                let mut place: Vec<&str> = if word == "super" { own.split('/').collect() } else { Vec::new() };
                let mut names_left = path.iter().map(String::as_str).peekable();
                while names_left.next_if(|name| ["crate", "super"].contains(name)).is_some() {
                    place.pop();
                }
                let is_file = |place: &[&str]| names.contains(&place.join("/"));
                for name in names_left {
                    place.push(name);
                    if !is_file(&place) {
                        place.pop();
                        break;
                    }
                }
                used.extend(Some(place.join("/")).filter(|place| names.contains(place)));
            }
        }
    }
    used
}

/// The paths that begin a text, one for each name of a group: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths_at(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let (mut depth, mut items, mut start) = (0_usize, Vec::new(), 0);
        for (at, char) in group.char_indices() {
            match char {
                '}' if depth == 0 => {
                    items.push(&group[start..at]);
                    break;
                }
                ',' if depth == 0 => {
                    items.push(&group[start..at]);
                    start = at + 1;
                }
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
        }
        return items.into_iter().flat_map(paths_at).collect();
    }
    let Some(name) = word_at(text) else { return Vec::new() };
    match text[name.len()..].trim_start().strip_prefix("::") {
        Some(rest) => {
            let rest = paths_at(rest);
            let with_name = |path: Vec<String>| [vec![name.clone()], path].concat();
            if rest.is_empty() { vec![vec![name.clone()]] } else { rest.into_iter().map(with_name).collect() }
        }
        None => vec![vec![name]],
    }
}

/// The name at the start of a text.
pub fn word_at(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_strings_are_distinguished() {
        let layers =
            Layers::of("let a = \"crate::x // no\"; // crate::y\nlet b = '\"'; /* crate::z */ f::<'a>(r#\"\"x\"#)");
        assert_eq!(layers.code.split_whitespace().collect::<Vec<_>>().join(" "), "let a = ; let b = ; f::<'a>( )");
        assert_eq!(layers.comments.split_whitespace().collect::<Vec<_>>().join(" "), "// crate::y /* crate::z */");
    }

    #[test]
    fn layers_keep_places() {
        let text = "/* ü\n */ \"ä\" fn f() {}";
        let layers = Layers::of(text);
        assert_eq!(layers.code.len(), text.len());
        assert_eq!(layers.code.find("fn f"), text.find("fn f"));
    }

    #[test]
    fn test_code_is_not_shipped() {
        let layers =
            Layers::of("fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c(); } }\nfn d() {}\n#[cfg(test)]\nmod e;\n");
        let shipped = layers.shipped();
        assert_eq!(shipped.split_whitespace().collect::<Vec<_>>().join(" "), "fn a() {} fn d() {}");
        assert_eq!(test_files(&layers.code), ["e"]);
    }

    #[test]
    fn used_files_are_found_by_any_path() {
        let names = ["a", "a/b", "a/c", "a/c/d", "e"].map(str::to_owned).into();
        let used = |code: &str| used_modules(code, "a/b", &names).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(used("use super::{c::{d::X, Y}, Z}; use crate::{e::f, g};"), "a a/c a/c/d e");
        assert_eq!(used("fn x() -> super::c::Y { crate::a::c::d::z(); other::super_c() }"), "a/c a/c/d");
        assert_eq!(used("use super::super::e;"), "e");
    }

    #[test]
    fn paths_are_found_in_groups_too() {
        let code = "use crate::{a, b::{c, d}, e::f as g}; fn x() { crate::h::i(); mycrate::j(); pub(crate) k }";
        let names: Vec<String> = crate_paths(code).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a", "b", "e", "h"]);
    }
}
