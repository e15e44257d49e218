//! The scripts, styles and origins that a theme uses, as far as its templates show.

use std::collections::BTreeSet;

use base64::Engine;
use sha2::{Digest, Sha256};

/// The scripts, styles and origins that a theme uses besides its own files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemeUses {
    /// True if there are scripts in attributes, or inline scripts whose text varies.
    pub(super) inline_scripts: bool,
    /// The hashes of inline scripts with a fixed text (CSP3, section 2.3.1).
    pub(super) script_hashes: BTreeSet<String>,
    /// True if there are inline style sheets or `style` attributes.
    pub(super) inline_styles: bool,
    /// Origins of scripts, or `https:` where only the page determines them.
    pub(super) scripts: BTreeSet<String>,
    /// Origins of style sheets.
    pub(super) styles: BTreeSet<String>,
    /// Origins of fonts.
    pub(super) fonts: BTreeSet<String>,
    /// Origins of frames.
    pub(super) frames: BTreeSet<String>,
    /// Origins that forms submit to.
    pub(super) forms: BTreeSet<String>,
    /// Origins that scripts connect to.
    pub(super) connections: BTreeSet<String>,
}

/// Any host over HTTPS.
pub(super) const ANY: &str = "https:";

impl ThemeUses {
    /// Adds what a template uses.
    pub fn add_template(&mut self, text: &str) {
        let bare = without_comments(text);
        for tag in tags(&bare) {
            self.add_tag(&tag, text);
        }
    }

    /// Adds what a template uses, except its frames.
    pub fn add_template_without_frames(&mut self, text: &str) {
        let frames = self.frames.clone();
        self.add_template(text);
        self.frames = frames;
    }

    /// Adds the origins of frames.
    pub fn add_frames<'o>(&mut self, origins: impl IntoIterator<Item = &'o str>) {
        self.frames.extend(origins.into_iter().map(str::to_owned));
    }

    /// Adds origins that scripts connect to.
    pub fn add_connections(&mut self, origins: impl IntoIterator<Item = String>) {
        self.connections.extend(origins);
    }

    /// Adds what a style sheet uses: `@import` and fonts from other origins.
    pub fn add_stylesheet(&mut self, text: &str) {
        let text = without(text, "/*", "*/");
        for statement in text.split([';', '{', '}']) {
            let found = origins(statement);
            if statement.contains("@import") {
                // An imported style sheet brings its own fonts.
                self.fonts.extend(found.clone());
                self.styles.extend(found);
            } else if statement.trim_start().starts_with("src") {
                self.fonts.extend(found);
            }
        }
    }

    /// Adds what a script uses: it may connect to or load every origin that it names.
    pub fn add_script(&mut self, text: &str) {
        self.connections.extend(origins(text));
    }

    /// Adds the URL that a form submits to.
    pub fn add_form(&mut self, action: &str) {
        self.forms.extend(origin(action));
    }

    fn add_tag(&mut self, tag: &StartTag<'_>, template: &str) {
        let has_handler = |name: &str| name.len() > 2 && name.starts_with("on");
        self.inline_scripts |= tag.attributes.iter().any(|(name, _)| has_handler(name));
        self.inline_styles |= tag.name == "style" || tag.value("style").is_some();
        match tag.name.as_str() {
            "script" if is_data(tag.value("type")) => {}
            "script" => match tag.value("src") {
                Some(url) => self.scripts.extend(origin(url)),
                None => self.add_inline(tag.script, template),
            },
            "link" if tag.value("rel").is_some_and(|rel| rel.to_ascii_lowercase().contains("stylesheet")) => {
                self.styles.extend(tag.value("href").and_then(origin));
            }
            "iframe" => self.frames.extend(tag.value("src").and_then(origin)),
            "form" => self.forms.extend(tag.value("action").and_then(origin)),
            _ => {}
        }
    }
}

impl ThemeUses {
    /// Adds an inline script: its hash is enough if every page has the same text.
    fn add_inline(&mut self, script: &str, template: &str) {
        // A script with a removed comment is not found in the template again.
        let is_whole = template.contains(&format!(">{script}</"));
        if script.contains("{{") || script.contains("{%") || !is_whole {
            self.inline_scripts = true;
        } else {
            // Browsers hash the parsed text, in which every line ends with `\n`.
            let text = script.replace("\r\n", "\n").replace('\r', "\n");
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
            self.script_hashes.insert(format!("'sha256-{hash}'"));
        }
    }
}

/// True if a script of this type is data that browsers do not run (HTML, "data block").
fn is_data(kind: Option<&str>) -> bool {
    let Some(kind) = kind.map(|kind| kind.trim().to_ascii_lowercase()) else { return false };
    let runs = kind.is_empty()
        || kind == "module"
        || kind == "importmap"
        || kind == "speculationrules"
        || kind.ends_with("javascript")
        || kind.ends_with("ecmascript")
        || kind.contains("{{");
    !runs
}

/// Expressions for files of this site.
const OWN_FILES: &[&str] = &["assets", "site.search_script"];

/// The origin of a URL in a template; `None` for this site. An expression can have any value, unless it is one of
/// this site's own files.
fn origin(url: &str) -> Option<String> {
    let url = url.trim();
    if let Some(found) = origins(url).into_iter().next().filter(|_| !url.starts_with('/') && !url.starts_with("{{")) {
        return Some(found);
    }
    if url.starts_with("//") {
        return Some(origins(&format!("https:{url}")).into_iter().next().unwrap_or_else(|| ANY.to_owned()));
    }
    let is_own = |url: &str| OWN_FILES.iter().any(|own| url.trim_start().starts_with(own));
    let is_known = url.strip_prefix("{{").is_none_or(is_own);
    (!is_known).then(|| ANY.to_owned())
}

/// All origins that a text names. One that an expression assembles could be any.
fn origins(text: &str) -> BTreeSet<String> {
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
    let starts = text.match_indices("https://").chain(text.match_indices("http://"));
    let found = starts.filter_map(|(at, scheme)| {
        let after = &text[at + scheme.len()..];
        let end = after.find(|c| !is_host(c)).unwrap_or(after.len());
        let host = after[..end].trim_end_matches(['.', ':']);
        match host.is_empty() || after[end..].starts_with("{{") {
            true => after.starts_with("{{").then(|| ANY.to_owned()),
            false => Some(format!("{scheme}{}", host.to_ascii_lowercase())),
        }
    });
    found.collect()
}

/// Removes Tera and HTML comments from a template.
pub fn without_comments(text: &str) -> String {
    without(&without(text, "{#", "#}"), "<!--", "-->")
}

/// Removes everything between two delimiters; without the second, up to the end.
pub fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        kept.push_str(&rest[..start]);
        let inside = &rest[start + open.len()..];
        rest = inside.find(close).map_or("", |end| &inside[end + close.len()..]);
    }
    kept + rest
}

/// A start tag, with the text of its attributes.
struct StartTag<'t> {
    name: String,
    attributes: Vec<(String, &'t str)>,
    /// The contents, if it is a script.
    script: &'t str,
}

impl StartTag<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// All start tags of a template. Tera expressions are not HTML, and may contain anything.
fn tags(text: &str) -> Vec<StartTag<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        rest = &rest[at..];
        if let Some(after) = after_expression(rest) {
            rest = after;
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) && rest.starts_with('<') {
            let (mut tag, after) = tag(&rest[1..]);
            rest = after;
            // They contain no tags.
            if let "script" | "style" = tag.name.as_str() {
                let inside = rest.strip_prefix('>').unwrap_or(rest);
                let (text, after) = inside.split_at(end_of(&tag.name, inside));
                (tag.script, rest) = (text, after);
            }
            found.push(tag);
        } else {
            rest = &rest[1..];
        }
    }
    found
}

/// The offset of the end tag of an element.
fn end_of(name: &str, inside: &str) -> usize {
    let is_end = |at: usize| inside[at..].get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    let mut ends = inside.match_indices("</").map(|(at, _)| at);
    ends.find(|&at| is_end(at)).unwrap_or(inside.len())
}

/// The rest after a Tera expression or statement, if the text begins with one.
fn after_expression(text: &str) -> Option<&str> {
    let close = match text.get(..2)? {
        "{{" => "}}",
        "{%" => "%}",
        _ => return None,
    };
    Some(text.find(close).map_or("", |end| &text[end + 2..]))
}

fn tag(text: &str) -> (StartTag<'_>, &str) {
    let ends = |c: char| c.is_whitespace() || "/>{".contains(c);
    let end = text.find(ends).unwrap_or(text.len());
    let mut tag = StartTag { name: text[..end].to_ascii_lowercase(), attributes: Vec::new(), script: "" };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (tag, rest);
        }
        if let Some(after) = after_expression(rest) {
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || "=>/{".contains(c)).unwrap_or(rest.len());
        // A character that begins no name, such as a brace by itself.
        if end == 0 {
            let skip = rest.chars().next().map_or(1, char::len_utf8);
            rest = &rest[skip..];
            continue;
        }
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let value = match rest.strip_prefix('=') {
            Some(after) => {
                let (value, after) = value(after.trim_start());
                rest = after;
                value
            }
            None => "",
        };
        tag.attributes.push((name, value));
    }
}

/// Splits an attribute's value from the rest. Quotes inside an expression do not end it.
fn value(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let start = usize::from(quote.is_some());
    let mut at = start;
    while at < text.len() {
        if let Some(after) = after_expression(&text[at..]) {
            at = text.len() - after.len();
            continue;
        }
        let letter = text[at..].chars().next().unwrap_or(' ');
        let is_end = match quote {
            Some(quote) => letter == quote,
            None => letter.is_whitespace() || letter == '>',
        };
        if is_end {
            return (&text[start..at], &text[at + start.min(letter.len_utf8())..]);
        }
        at += letter.len_utf8();
    }
    (&text[start..], "")
}
