//! Converts HTML for feeds and other formats outside the page: plain elements, absolute URLs, no scripts
//! or styles.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::raw_html::token::{HtmlToken, is_void, tokens};
use super::sanitize::{BLOCKS, PHRASING, SPECIFIC};
use crate::route::{SAFE_SCHEMES, absolute, check_url};

/// Elements that are removed with their contents, which aren't text or are useless alone.
const DROPPED: &[&str] = &[
    "script", "style", "template", "svg", "math", "select", "textarea", "button", "label", "datalist", "iframe",
    "object",
];

/// Attributes that only make sense on the page; of several image candidates, `src` remains.
const BOUND: &[&str] = &["srcset", "sizes", "headers", "loading", "decoding", "download"];

/// Returns the HTML with plain elements only. `page` is the absolute URL of its page, against which
/// links are resolved.
pub fn plain(html: &str, page: &str) -> String {
    let mut attributes: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (element, names) in SPECIFIC {
        attributes.insert(element, names.iter().copied().filter(|name| !BOUND.contains(name)).collect());
    }
    let (html, page) = (unframed(html), page.to_owned());
    let mut builder = Builder::empty();
    builder
        .tags(PHRASING.iter().chain(BLOCKS).copied().collect())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .tag_attributes(attributes)
        .generic_attributes(["dir", "id", "lang", "title", UNHEARD].into())
        .url_schemes(SAFE_SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(move |_, attribute, value| followed(&page, attribute, value));
    without_empty_paragraphs(without_hidden(builder.clean(&html).to_string()))
}

/// Marks an element that screen readers skip.
const UNHEARD: &str = "aria-hidden";

/// Removes empty paragraphs from cleaned HTML.
fn without_empty_paragraphs(html: String) -> String {
    if html.contains("<p></p>") || html.contains("<p> </p>") {
        return html.replace("<p></p>", "").replace("<p> </p>", "");
    }
    html
}

/// Removes what is hidden from screen readers from cleaned HTML with every element closed. Such elements
/// duplicate a drawing or decorate, and mean nothing without the page's styles. Text hidden by a writer
/// is marked the same way.
pub fn without_hidden(html: String) -> String {
    if !html.contains(UNHEARD) {
        return html;
    }
    let mut out = String::with_capacity(html.len());
    let mut done = 0;
    // The open hidden element, and how many elements of the same name are open inside it.
    let mut hidden: Option<(String, usize)> = None;
    for token in tokens(&html) {
        let HtmlToken::Tag(tag) = token else { continue };
        match &mut hidden {
            None => {
                let is_hidden = tag.attributes.iter().any(|a| a.name == UNHEARD && &html[a.value.clone()] == "true");
                if tag.closing || !is_hidden {
                    continue;
                }
                out.push_str(&html[done..tag.range.start]);
                done = tag.range.end;
                if !is_void(&tag.name) {
                    hidden = Some((tag.name, 1));
                }
            }
            Some((name, depth)) if *name == tag.name => {
                *depth = if tag.closing { *depth - 1 } else { *depth + 1 };
                done = tag.range.end;
                if *depth == 0 {
                    hidden = None;
                }
            }
            Some(_) => done = tag.range.end,
        }
    }
    out.push_str(&html[done..]);
    out
}

/// Replaces frames, which plain HTML can't contain, with links, and `noscript` with its contents, since
/// no script runs outside the page.
fn unframed(html: &str) -> Cow<'_, str> {
    if !html.contains(['<']) || !FRAMES.iter().chain([&"noscript"]).any(|name| contains_tag(html, name)) {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + 128);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let end = end_of_tag(tag);
        let (tag, after) = tag.split_at(end);
        rest = after;
        let name = tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        if name.eq_ignore_ascii_case("noscript") {
            continue;
        }
        if !tag.starts_with("</") && FRAMES.iter().any(|frame| frame.eq_ignore_ascii_case(name)) {
            push_link(&mut out, tag);
        }
        out.push_str(tag);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Elements that show another page or file.
const FRAMES: &[&str] = &["iframe", "embed", "object"];

fn contains_tag(html: &str, name: &str) -> bool {
    html.match_indices('<')
        .any(|(at, _)| html.get(at + 1..at + 1 + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name)))
}

/// The end of a tag: after the first `>` outside quotes, or else the end of the text.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// Appends a link to a frame's page. The attribute is copied as written and cleaned with the rest.
fn push_link(out: &mut String, tag: &str) {
    let Some(url) = attribute(tag, "src").or_else(|| attribute(tag, "data")) else { return };
    let title = attribute(tag, "title").filter(|title| !title.trim().is_empty()).unwrap_or(url);
    for part in ["<a href=\"", &url.replace('"', "&quot;"), "\">", &title.replace('<', "&lt;"), "</a>"] {
        out.push_str(part);
    }
}

/// The value of a quoted attribute.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices(name).find_map(|(at, _)| {
        let is_alone = lower[..at].ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'');
        let after = lower[at + name.len()..].trim_start();
        let value = after.strip_prefix('=')?.trim_start();
        is_alone.then(|| lower.len() - value.len())
    })?;
    let value = &tag[at..];
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next(),
    }
}

/// Converts a page's HTML for use elsewhere by making its URLs absolute, for a text without raw HTML and
/// embeds. `None` if more than URLs would differ.
pub fn rebased(html: &str, page: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/%".contains(&byte);
    if html.contains("<input ") || html.contains(" srcset=\"") || !page.bytes().all(is_plain) {
        return None;
    }
    let mut out = String::with_capacity(html.len() + html.len() / 16 + page.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'<', html.as_bytes()) {
        let attribute = match html.as_bytes().get(at + 1..at + 3) {
            Some(b"a ") => " href=\"",
            Some(b"im") => " src=\"",
            _ => continue,
        };
        // Values contain neither quotes nor `>`: both are escaped.
        let tag = &html[at..at + memchr::memchr(b'>', &html.as_bytes()[at..])?];
        let Some(start) = tag.find(attribute).map(|found| at + found + attribute.len()) else { continue };
        let end = start + html[start..].find('"')?;
        out.push_str(&html[done..start]);
        out.push_str(&absolute(page, &html[start..end]));
        done = end;
    }
    out.push_str(&html[done..]);
    Some(out)
}

/// The attribute's value, made absolute if it is a URL; `None` if it must not be published.
fn followed<'v>(page: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    if attribute == UNHEARD {
        return (value == "true").then_some(Cow::Borrowed(value));
    }
    if !matches!(attribute, "href" | "src" | "poster" | "cite") {
        return Some(Cow::Borrowed(value));
    }
    let url = value.trim();
    check_url(url).is_ok().then(|| Cow::Owned(absolute(page, url)))
}

/// True if plain HTML has nothing to read, see or hear.
pub fn is_empty_html(html: &str) -> bool {
    let shows = |tag: &str| {
        ["img ", "video ", "audio ", "source "].iter().any(|name| tag.starts_with(name)) && tag.contains(" src=\"")
    };
    html.split('<').enumerate().all(|(at, part)| {
        let (tag, text) = if at == 0 { ("", part) } else { part.split_once('>').unwrap_or(("", part)) };
        text.replace("&nbsp;", "").trim().is_empty() && !shows(tag)
    })
}
