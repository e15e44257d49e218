//! Rewrites the links of a text: old URLs and source paths become references that Presswork resolves.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use crate::source::join;

use super::layout::{ImportLayout, OldReference, Place, url_key};

/// The place of a text, from which its relative references lead.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The file in the source.
    pub path: Option<&'a str>,
    /// The old URL of its page.
    pub url: Option<&'a str>,
    /// The file in the project.
    pub file: Option<&'a str>,
}

/// Resolves the references of a text.
#[derive(Debug, Clone, Copy)]
pub struct Resolver<'a> {
    /// The layout.
    pub layout: &'a ImportLayout,
    /// Folders of the source in which rooted paths are looked up: `content/`, `static/`, and `` for the source itself.
    pub roots: &'a [String],
    /// The place of the text.
    pub origin: Origin<'a>,
}

impl Resolver<'_> {
    /// The reference that leads to the same thing in the project; `None` if it can stay as it is. A URL of the old site
    /// at which nothing is known becomes a path, so that the build checks it.
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let reference = reference.trim();
        if let Some(place) = self.layout.at_exact_url(reference) {
            return self.reference(place);
        }
        let OldReference::Here { path, query, fragment, is_rooted } = self.layout.base.read(reference)? else {
            return None;
        };
        let place = self.place(&path, query.as_deref(), is_rooted);
        if let Some(found) = place.and_then(|place| self.reference(place)) {
            return Some(found + &fragment);
        }
        let has_host = reference.contains("://") || reference.starts_with("//");
        let tail = query.map_or(String::new(), |query| format!("?{query}"));
        has_host.then(|| format!("/{path}{tail}{fragment}"))
    }

    /// The reference to a place; a file beside the text is named alone.
    fn reference(&self, place: &Place) -> Option<String> {
        let reference = self.layout.reference(place)?;
        let folder = self.origin.file.and_then(|file| file.strip_prefix("content")?.strip_suffix("index.md"));
        let beside =
            folder.filter(|_| matches!(place, Place::Media(_))).and_then(|folder| reference.strip_prefix(folder));
        Some(beside.map_or_else(|| reference.clone(), str::to_owned))
    }

    /// The thing that a reference leads to.
    pub fn target(&self, reference: &str) -> Option<&Place> {
        match self.layout.base.read(reference)? {
            OldReference::Here { path, query, is_rooted, .. } => self.place(&path, query.as_deref(), is_rooted),
            OldReference::Elsewhere => self.layout.at_exact_url(reference),
        }
    }

    fn place(&self, path: &str, query: Option<&str>, is_rooted: bool) -> Option<&Place> {
        let layout = self.layout;
        if is_rooted {
            let with_query = query.and_then(|query| layout.at_key(&url_key(&format!("{path}?{query}"))));
            let by_path = || self.roots.iter().find_map(|root| layout.at_path(&format!("{root}{path}")));
            return with_query.or_else(|| layout.at_key(&url_key(path))).or_else(by_path);
        }
        let beside = self.origin.path.and_then(|from| {
            let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
            layout.at_path(&join(folder, path)?)
        });
        let by_url = || {
            let from = self.origin.url?;
            let from = from.split(['?', '#']).next().unwrap_or(from);
            let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
            layout.at_key(&url_key(&join(folder.trim_start_matches('/'), path)?))
        };
        let from_root = || self.roots.iter().find_map(|root| layout.at_path(&format!("{root}{path}")));
        beside.or_else(by_url).or_else(from_root)
    }
}

/// Rewrites the references in a Markdown text: links, pictures, reference definitions, attributes of raw HTML and
/// arguments of embeds.
pub fn rewrite(text: &str, resolver: &Resolver<'_>) -> String {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    markdown(text, resolver, &mut found);
    embeds(text, resolver, &mut found);
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut rewritten = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in found {
        if range.start < done {
            continue;
        }
        rewritten.push_str(&text[done..range.start]);
        rewritten.push_str(&new);
        done = range.end;
    }
    rewritten + &text[done..]
}

fn extensions() -> Options {
    Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
}

fn markdown(text: &str, resolver: &Resolver<'_>, found: &mut Vec<(Range<usize>, String)>) {
    let parser = Parser::new_ext(text, extensions());
    for (_, definition) in parser.reference_definitions().iter() {
        destination(text, definition.span.clone(), &definition.dest, resolver, found);
    }
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. })
            | Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, .. }) => {
                destination(text, range, &dest_url, resolver, found);
            }
            Event::Start(Tag::Link { link_type: LinkType::Autolink, dest_url, .. }) => {
                // A URL that readers see stays what they see, with a target that the build checks.
                if let Some(new) = resolver.resolve(&dest_url).filter(|_| resolver.target(&dest_url).is_some()) {
                    found.push((range, format!("[{dest_url}]({})", bracketed(&new))));
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => attributes(text, range, resolver, found),
            _ => {}
        }
    }
}

/// The destination is the last place in an inline link where it stands as written.
fn destination(
    text: &str,
    range: Range<usize>,
    written: &str,
    resolver: &Resolver<'_>,
    found: &mut Vec<(Range<usize>, String)>,
) {
    let Some(new) = resolver.resolve(written).filter(|new| new != written) else { return };
    let Some(slice) = text.get(range.clone()) else { return };
    let Some(at) = slice.rfind(written).filter(|_| !written.is_empty()) else { return };
    let start = range.start + at;
    let end = start + written.len();
    let in_brackets = text[..start].ends_with('<') && text[end..].starts_with('>');
    found.push((start..end, if in_brackets { new } else { bracketed(&new) }));
}

/// Angle brackets around a destination that needs them (CommonMark 0.31, section 6.3).
fn bracketed(target: &str) -> String {
    let needs = target.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | '<' | '>'));
    match needs {
        true => format!("<{}>", target.replace('<', "%3C").replace('>', "%3E").replace(['\n', '\r'], " ")),
        false => target.to_owned(),
    }
}

/// The attributes of raw HTML with a reference.
const ATTRIBUTES: &[&str] = &["href", "src", "poster", "data-src"];

fn attributes(text: &str, range: Range<usize>, resolver: &Resolver<'_>, found: &mut Vec<(Range<usize>, String)>) {
    for name in ATTRIBUTES {
        values(text, range.clone(), name, resolver, found);
    }
}

/// Rewrites `name="value"` in a range.
fn values(
    text: &str,
    range: Range<usize>,
    name: &str,
    resolver: &Resolver<'_>,
    found: &mut Vec<(Range<usize>, String)>,
) {
    let Some(slice) = text.get(range.clone()) else { return };
    for (at, _) in slice.match_indices(name) {
        let starts = slice[..at].ends_with(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        let rest = slice[at + name.len()..].trim_start();
        let Some(rest) = rest.strip_prefix('=').map(str::trim_start).filter(|_| starts) else { continue };
        let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let Some(end) = rest[1..].find(quote) else { continue };
        let value = &rest[1..=end];
        let start = range.start + slice.len() - rest.len() + 1;
        if let Some(new) = resolver.resolve(&value.replace("&amp;", "&")).filter(|new| new != value) {
            found.push((start..start + value.len(), new.replace('&', "&amp;").replace(quote, "%22")));
        }
    }
}

/// The arguments of embeds with a reference.
const ARGUMENTS: &[&str] = &["src", "href", "image", "poster", "captions", "data"];

fn embeds(text: &str, resolver: &Resolver<'_>, found: &mut Vec<(Range<usize>, String)>) {
    for (start, _) in text.match_indices("{{<") {
        let Some(length) = text[start..].find(">}}") else { break };
        for name in ARGUMENTS {
            values(text, start..start + length, name, resolver, found);
        }
    }
}
