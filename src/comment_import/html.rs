//! Converts the HTML of comments into Markdown. Comments use few elements; the tags of all others are dropped.

use crate::urls::is_complete_url;

/// The meaning of a line end in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newlines {
    /// A space, as in HTML.
    Space,
    /// A new line, and a new paragraph after an empty one, as WordPress shows them.
    Break,
}

/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "template", "title"];

/// Returns the text as Markdown.
pub(super) fn to_markdown(html: &str, newlines: Newlines) -> String {
    let mut writer = MarkdownWriter { out: String::new(), open: Vec::new(), newlines, unseen: None };
    let html = html.replace("\r\n", "\n");
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        writer.text(text);
        match tag_at(tag) {
            Some((tag, length)) => {
                writer.tag(&tag);
                rest = &rest[at + length..];
            }
            None => {
                writer.text("<");
                rest = &rest[at + 1..];
            }
        }
    }
    writer.text(rest);
    while let Some(open) = writer.open.pop() {
        writer.close(open);
    }
    let lines: Vec<&str> = writer.out.lines().map(str::trim_end).collect();
    let mut text = String::with_capacity(writer.out.len());
    for (at, line) in lines.iter().enumerate() {
        let is_second_empty = line.is_empty() && (at == 0 || lines[at - 1].is_empty());
        if !is_second_empty {
            let ends_paragraph = lines.get(at + 1).is_none_or(|next| next.is_empty());
            text.push_str(if ends_paragraph { without_break(line) } else { line });
            text.push('\n');
        }
    }
    text.trim().to_owned()
}

/// The line without the backslash of a line break at its end. Two backslashes are one that somebody wrote.
fn without_break(line: &str) -> &str {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    if backslashes % 2 == 1 { &line[..line.len() - 1] } else { line }
}

/// A tag of HTML.
struct HtmlTag {
    name: String,
    is_end: bool,
    href: Option<String>,
}

/// The tag or comment that a text begins with, and its length.
fn tag_at(text: &str) -> Option<(HtmlTag, usize)> {
    if text.starts_with("<!--") {
        let length = text.find("-->").map_or(text.len(), |end| end + 3);
        return Some((HtmlTag { name: String::new(), is_end: false, href: None }, length));
    }
    let inner = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    if !inner.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    let end = text.char_indices().find(|&(_, letter)| match (quote, letter) {
        (None, '>') => true,
        (None, '"' | '\'') => {
            quote = Some(letter);
            false
        }
        (Some(open), letter) => {
            if open == letter {
                quote = None;
            }
            false
        }
        _ => false,
    })?;
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    let href = href(&text[..end.0]);
    Some((HtmlTag { name: name.to_ascii_lowercase(), is_end: text.starts_with("</"), href }, end.0 + 1))
}

/// The value of `href` in a tag.
fn href(tag: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find(" href=")?;
    let value = &tag[at + " href=".len()..];
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(char::is_whitespace).next()?,
    };
    Some(decoded(value))
}

/// An open element.
struct OpenHtml {
    name: String,
    /// Where its text begins.
    start: usize,
    href: Option<String>,
    /// The number of items of a list.
    items: usize,
}

struct MarkdownWriter {
    out: String,
    open: Vec<OpenHtml>,
    newlines: Newlines,
    /// The element whose text is not shown.
    unseen: Option<String>,
}

impl MarkdownWriter {
    fn is_inside(&self, names: &[&str]) -> bool {
        self.open.iter().any(|open| names.contains(&open.name.as_str()))
    }

    fn text(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        let text = decoded(text);
        if self.is_inside(&["pre", "code"]) {
            self.out.push_str(&text);
            return;
        }
        match self.newlines {
            Newlines::Space => {
                self.words(&text.replace('\n', " "));
            }
            Newlines::Break => {
                for (at, paragraph) in text.split("\n\n").enumerate() {
                    if at > 0 {
                        self.paragraph();
                    }
                    for (at, line) in paragraph.split('\n').enumerate() {
                        if at > 0 {
                            self.line_break();
                        }
                        self.words(line);
                    }
                }
            }
        }
    }

    /// Adds text with a backslash before each character that Markdown would read as markup.
    fn words(&mut self, text: &str) {
        for (at, letter) in text.char_indices() {
            let begins_line = self.out.is_empty() || self.out.ends_with('\n');
            if letter == ' ' && (begins_line || self.out.ends_with(' ')) {
                continue;
            }
            let next = text[at + letter.len_utf8()..].chars().next();
            let is_block = begins_line && matches!(letter, '#' | '>' | '-' | '+' | '=' | '|');
            let is_entity = letter == '&' && next.is_some_and(|next| next == '#' || next.is_ascii_alphabetic());
            let digits = self
                .out
                .rsplit('\n')
                .next()
                .is_some_and(|line| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()));
            let is_number = digits && matches!(letter, '.' | ')') && next.is_none_or(char::is_whitespace);
            if is_block || is_entity || is_number || matches!(letter, '\\' | '*' | '_' | '`' | '[' | ']' | '~') {
                self.out.push('\\');
            }
            self.out.push(letter);
        }
    }

    fn paragraph(&mut self) {
        let kept = self.out.trim_end_matches([' ', '\n']).len();
        self.out.truncate(kept);
        if !self.out.is_empty() {
            self.out.push_str("\n\n");
        }
    }

    fn line_break(&mut self) {
        let is_after_words = !self.out.is_empty() && !self.out.ends_with('\n');
        if is_after_words {
            self.out.push_str("\\\n");
        }
    }

    fn tag(&mut self, tag: &HtmlTag) {
        let name = tag.name.as_str();
        if let Some(unseen) = &self.unseen {
            if tag.is_end && unseen == name {
                self.unseen = None;
            }
            return;
        }
        match (name, tag.is_end) {
            ("br", _) => self.line_break(),
            ("hr", _) | ("p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => self.paragraph(),
            (_, true) => {
                if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
                    while self.open.len() > at {
                        if let Some(open) = self.open.pop() {
                            self.close(open);
                        }
                    }
                }
            }
            (unseen, false) if UNSEEN.contains(&unseen) => self.unseen = Some(name.to_owned()),
            ("li", false) => self.item(),
            (
                "a" | "em" | "i" | "strong" | "b" | "del" | "s" | "strike" | "code" | "pre" | "blockquote" | "ul"
                | "ol",
                false,
            ) => {
                if matches!(name, "pre" | "blockquote" | "ul" | "ol") {
                    self.paragraph();
                }
                let start = self.out.len();
                self.open.push(OpenHtml { name: name.to_owned(), start, href: tag.href.clone(), items: 0 });
            }
            _ => {}
        }
    }

    fn item(&mut self) {
        let list = self.open.iter_mut().rev().find(|open| matches!(open.name.as_str(), "ul" | "ol"));
        let mark = match list {
            Some(list) if list.name == "ol" => {
                list.items += 1;
                format!("{}. ", list.items)
            }
            _ => "- ".to_owned(),
        };
        let kept = self.out.trim_end_matches([' ', '\n']).len();
        self.out.truncate(kept);
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(&mark);
    }

    /// Ends an element: its text is all that was written since its start.
    fn close(&mut self, open: OpenHtml) {
        let OpenHtml { name, start, href, .. } = open;
        let text = self.out.split_off(start.min(self.out.len()));
        let words = text.trim().to_owned();
        if words.is_empty() {
            self.out.push_str(&text);
            return;
        }
        let around = |mark: &str| format!("{mark}{words}{mark}");
        let written = match name.as_str() {
            "a" => match href.filter(|href| is_complete_url(href) && !href.contains(['(', ')'])) {
                Some(href) if words.replace('\\', "") == href => format!("<{href}>"),
                Some(href) => format!("[{words}]({href})"),
                None => words.clone(),
            },
            "em" | "i" => around("*"),
            "strong" | "b" => around("**"),
            "del" | "s" | "strike" => around("~~"),
            "code" if self.is_inside(&["pre"]) => words.clone(),
            "code" => around(if words.contains('`') { "``" } else { "`" }),
            "pre" => format!("```\n{}\n```\n\n", words.replace("```", "'''")),
            "blockquote" => words.lines().map(|line| format!("> {line}\n")).chain(["\n".to_owned()]).collect(),
            _ => format!("{words}\n\n"),
        };
        let is_inline = !matches!(name.as_str(), "pre" | "blockquote" | "ul" | "ol");
        if is_inline && text.starts_with(char::is_whitespace) && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        self.out.push_str(&written);
        if is_inline && text.ends_with(char::is_whitespace) {
            self.out.push(' ');
        }
    }
}

/// Entities of HTML that comments use, besides numbers.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("copy", "©"),
    ("euro", "€"),
];

/// Decodes entities; unknown ones stay as they are.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let entity = &rest[at + 1..];
        let end = entity.find(';').filter(|&end| end <= 10);
        let meaning = end.and_then(|end| meaning(&entity[..end]));
        match (end, meaning) {
            (Some(end), Some(meaning)) => {
                out.push_str(&meaning);
                rest = &entity[end + 1..];
            }
            _ => {
                out.push('&');
                rest = entity;
            }
        }
    }
    out + rest
}

fn meaning(entity: &str) -> Option<String> {
    let number = entity.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let letter = number.and_then(char::from_u32).map(String::from);
    letter.or_else(|| ENTITIES.iter().find(|(name, _)| *name == entity).map(|(_, meaning)| (*meaning).to_owned()))
}
