//! Sanitizes HTML for sites that don't trust all their writers with it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::route::{SAFE_SCHEMES, check_url};

/// Elements allowed within a line of text.
pub(super) const PHRASING: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark",
    "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
];

/// Elements allowed as blocks.
pub(super) const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "audio",
    "blockquote",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "picture",
    "pre",
    "section",
    "source",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "track",
    "ul",
    "video",
];

/// Attributes allowed on every element, besides `aria-*`.
const GLOBAL: &[&str] = &["align", "class", "dir", "id", "lang", "role", "title", "translate", "hidden", "tabindex"];

/// Attributes allowed on one element.
pub(super) const SPECIFIC: &[(&str, &[&str])] = &[
    ("a", &["href", "hreflang", "rel", "download"]),
    ("audio", &["src", "controls", "loop", "muted", "preload"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("data", &["value"]),
    ("del", &["cite", "datetime"]),
    ("details", &["open", "name"]),
    ("img", &["src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["start", "type", "reversed"]),
    ("q", &["cite"]),
    ("source", &["src", "srcset", "sizes", "type", "media", "width", "height"]),
    ("td", &["colspan", "rowspan", "headers", "valign"]),
    ("th", &["colspan", "rowspan", "headers", "scope", "abbr", "valign"]),
    ("time", &["datetime"]),
    ("track", &["src", "kind", "srclang", "label", "default"]),
    ("video", &["src", "poster", "controls", "loop", "muted", "preload", "width", "height", "playsinline"]),
];

/// True if raw HTML may use the element; inline text may use only phrasing elements.
pub fn is_allowed_tag(name: &str, inline: bool) -> bool {
    PHRASING.contains(&name) || (!inline && BLOCKS.contains(&name))
}

/// True if the element may have the attribute. Names are in lower case.
pub fn is_allowed_attribute(tag: &str, name: &str) -> bool {
    let aria = name.strip_prefix("aria-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase()));
    aria || GLOBAL.contains(&name)
        || SPECIFIC.iter().any(|(element, attributes)| *element == tag && attributes.contains(&name))
}

/// True if a heading may have the attribute in `{name=value}`.
pub(super) fn is_allowed_heading_attribute(name: &str) -> bool {
    is_allowed_attribute("h1", name) && name != "id" && name != "class"
}

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut attributes: HashMap<&str, HashSet<&str>> =
        SPECIFIC.iter().map(|(element, names)| (*element, names.iter().copied().collect())).collect();
    // Markdown writes it for `- [ ]`; authors' own `<input>` never gets this far.
    attributes.insert("input", ["type", "disabled", "checked"].into());
    let mut builder = Builder::empty();
    builder
        .tags(PHRASING.iter().chain(BLOCKS).copied().chain(["input"]).collect())
        .clean_content_tags(["script", "style", "template"].into())
        .tag_attributes(attributes)
        .generic_attributes(GLOBAL.iter().copied().collect())
        .generic_attribute_prefixes(["aria-"].into())
        .url_schemes(SAFE_SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(filter);
    builder
});

fn filter<'v>(_element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_url = matches!(attribute, "href" | "src" | "poster" | "cite");
    let refused = is_url && check_url(value).is_err();
    (!refused).then_some(Cow::Borrowed(value))
}

/// Returns the HTML with only what is allowed, every element closed.
pub(super) fn clean(html: &str) -> String {
    without_repeated_ids(&BUILDER.clean(html).to_string())
}

/// Keeps only the first of repeated ids: an HTML parser repeats an unclosed `<b id="x">` in every later
/// block.
///
/// In ammonia's output, `<` begins a tag, `>` ends one, and double-quoted values contain neither.
fn without_repeated_ids(html: &str) -> String {
    let mut seen = HashSet::new();
    let mut out = String::with_capacity(html.len());
    for part in html.split_inclusive('<') {
        let tag_end = part.find('>').map_or(0, |at| at + 1);
        let mut rest = &part[..tag_end];
        while let Some((name, after)) = rest.split_once('"') {
            let (value, after) = after.split_once('"').unwrap_or((after, ""));
            match name.strip_suffix(" id=") {
                Some(before) if !seen.insert(value) => out.push_str(before),
                _ => out.extend([name, "\"", value, "\""]),
            }
            rest = after;
        }
        out.push_str(rest);
        out.push_str(&part[tag_end..]);
    }
    out
}
