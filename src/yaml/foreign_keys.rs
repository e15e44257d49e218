//! Hints for the keys of other site generators and content management systems.

use super::flow_text;
use super::tree::{Node, ScalarKind, ScalarNode, TreeItem};

/// The names of a key elsewhere, its name here, and the hint.
type ForeignKey = (&'static [&'static str], &'static str, &'static str);

/// The hint for a key of a comment that says who wrote it: personal data, which a published repository must not hold.
const PERSONAL_HINT: &str = "remove it: comments hold no e-mail or IP addresses, and nothing else that names a device";

/// True for a key of a comment that says who wrote it, in any spelling: `Email`, `author_email`, `ipAddress`.
fn is_personal(key: &str) -> bool {
    const WORDS: &[&str] = &["mail", "ipaddr", "remoteaddr", "agent", "gravatar", "hash"];
    let letters: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    // `relationship` is none.
    let is_ip = letters == "ip" || ["_ip", "_IP", "-ip", "-IP", "Ip", "IP"].iter().any(|ending| key.ends_with(ending));
    is_ip || WORDS.iter().any(|word| letters.contains(word))
}

/// Keys that have another name here, or another place. The first whose own name is known in the mapping applies.
const FOREIGN_KEYS: &[ForeignKey] = &[
    (&["author", "author_name", "username", "user"], "parent", "it is called `name` here, or `staff` for the newsroom"),
    (&["website", "homepage", "author_url", "link"], "parent", "it is called `url` here"),
    (&["comment", "message", "body", "content"], "parent", "it is called `text` here"),
    (&["reply_to", "in_reply_to", "parent_id", "comment_parent"], "parent", "it is called `parent` here"),
    (&["approved", "status", "mode"], "parent", "write `hidden: true` for a comment that is not published"),
    (
        &["description", "excerpt", "abstract", "teaser", "custom_excerpt", "meta_description", "metaDescription"],
        "summary",
        "it is called `summary` here",
    ),
    (&["subtitle", "standfirst", "subheading", "dek", "tagline"], "deck", "it is called `deck` here"),
    (&["headline", "heading"], "title", "it is called `title` here"),
    (&["linkTitle", "link_title", "nav_title", "menu_title"], "short_title", "it is called `short_title` here"),
    (&["meta_title", "metaTitle", "seoTitle"], "seo_title", "it is called `seo_title` here"),
    (&["overline", "eyebrow"], "kicker", "it is called `kicker` here"),
    (
        &["lastmod", "modified", "last_modified", "last_modified_at", "updated_at", "updatedAt", "dateModified"],
        "updated",
        "it is called `updated` here",
    ),
    (
        &["expiryDate", "expirydate", "expiry", "unpublish", "unpublishDate", "unpublishdate"],
        "expires",
        "it is called `expires` here",
    ),
    (
        &["publishDate", "publishdate", "publish_date", "published", "published_at", "publishedAt", "datePublished"],
        "date",
        "it is called `date` here; `embargo` holds a story back",
    ),
    (&["created", "created_at", "createdAt", "pubDate", "pubdate"], "date", "it is called `date` here"),
    (&["status", "post_status"], "draft", "write `draft: true` for a story that is not public yet"),
    (
        &[
            "featured_image",
            "featuredImage",
            "featured-image",
            "feature_image",
            "featureimage",
            "cover",
            "cover_image",
            "coverImage",
            "thumbnail",
            "thumb",
            "hero",
            "hero_image",
            "heroImage",
            "banner",
            "images",
            "og_image",
            "avatar",
            "photo",
            "picture",
            "portrait",
            "headshot",
            "profile_image",
        ],
        "image",
        "it is called `image` here",
    ),
    (&["keywords", "topics", "labels"], "tags", "it is called `tags` here"),
    (&["category", "categories"], "tags", "the section is the file's folder; topics go under `tags`"),
    (&["section"], "tags", "the section is the file's folder: move the file to change it"),
    (&["coauthors", "writer", "reporter", "by"], "authors", "it is called `authors` here"),
    (
        &["type", "layout", "template", "format"],
        "kind",
        "`kind` says what sort of story it is; the theme chooses the template",
    ),
    (&["lang", "locale", "languageCode", "defaultContentLanguage"], "language", "it is called `language` here"),
    (
        &["permalink", "url", "path"],
        "slug",
        "`slug` sets the last part of the URL, `url` all of it, `permalink` in site.yaml the form of all",
    ),
    (&["redirect_from", "redirects", "redirect"], "aliases", "old paths of this page are called `aliases` here"),
    (&["canonical_url", "canonicalURL", "canonicalUrl"], "canonical", "it is called `canonical` here"),
    (
        &["robotsNoIndex", "robots", "sitemap", "in_search_index"],
        "noindex",
        "`noindex: true` hides it from search engines",
    ),
    (
        &["allow_comments", "comment_status", "disableComments"],
        "comments",
        "write `comments: true` or `comments: false`",
    ),
    (&["location", "place"], "dateline", "the place of reporting is called `dateline` here"),
    (&["featured", "sticky", "pinned"], "kicker", "stories are picked for fronts under `blocks` in _index.md"),
    (&["bio", "biography", "about", "description"], "native_name", "the biography is the text below the front matter"),
    (&["title", "job", "job_title", "jobTitle", "position"], "native_name", "a job title is called `role` here"),
    (&["display_name", "displayName", "full_name", "fullName"], "name", "it is called `name` here"),
    (&["website", "homepage", "web", "site"], "links", "their own site is called `url` here"),
    (&["social", "socials", "profiles"], "links", "profiles on other sites go under `links:`"),
    (&["title", "name", "label"], "whole_site", "it is called `heading` here"),
    (&["name", "label"], "style", "it is called `title` here"),
    (&["order", "position"], "style", "it is called `weight` here"),
    (
        &["baseURL", "baseurl", "base", "url_base", "url", "siteUrl", "site_url"],
        "base_url",
        "it is called `base_url` here",
    ),
    (&["paginate", "pagination", "per_page", "posts_per_page"], "page_size", "it is called `page_size` here"),
    (&["menu", "menus", "nav"], "navigation", "it is called `navigation` here"),
    (&["file", "path", "url", "image", "filename"], "focus", "it is called `src` here"),
    (&["description", "alternative", "alt_text", "altText", "title"], "caption", "it is called `alt` here"),
    (&["attribution", "copyright", "author", "photographer", "source"], "caption", "it is called `credit` here"),
    (&["link", "href", "website"], "url", "it is called `url` here"),
    (&["params", "data", "custom", "metadata"], "extra", "put your own data under `extra:`"),
];

/// Services whose profiles go under `links:` in an author's file.
const SERVICES: &[&str] = &[
    "mastodon",
    "fediverse",
    "x",
    "twitter",
    "bluesky",
    "threads",
    "linkedin",
    "github",
    "gitlab",
    "instagram",
    "facebook",
    "youtube",
    "tiktok",
    "telegram",
    "weibo",
    "orcid",
];

/// The parts of a picture that other programs write as keys beside it.
const PICTURE_PARTS: &[(&str, &[&str])] = &[
    ("alt", &["alt", "alt_text"]),
    ("caption", &["caption", "title", "description"]),
    ("credit", &["credit", "source", "copyright", "author", "photographer"]),
    ("focus", &["focus", "position"]),
];

/// The words for a picture in such keys: `image_caption`, `featured_image_alt`, `cover-credit`.
const PICTURES: &[&str] = &["image", "cover", "thumbnail", "photo", "picture", "hero", "banner"];

/// The hint for an unknown key of another program. `siblings` are all entries of its mapping, `known` the keys that it
/// may have.
pub(super) fn hint(key: &str, siblings: &[TreeItem], known: &[&str]) -> Option<String> {
    // The picture of an author has none of these parts.
    if known.contains(&"image") && !known.contains(&"native_name") {
        if let Some(line) = picture_part(key).and_then(|_| picture_line(siblings)) {
            return Some(format!("it belongs to the picture: write `{line}`"));
        }
        if let Some(line) = picture_mapping(key, siblings) {
            return Some(format!("it is called `image` here: write `{line}`"));
        }
    }
    let sibling = siblings.iter().find(|entry| entry.key == key);
    if known.contains(&"links") && SERVICES.contains(&key) {
        let services = siblings.iter().filter(|entry| SERVICES.contains(&entry.key.as_str()));
        let links = services.map(|entry| (entry.key.as_str(), text_of(&entry.node).unwrap_or("…")));
        return Some(format!("profiles go under `links`: write `{}`", line("links", &links.collect::<Vec<_>>())));
    }
    if key == "published" && known.contains(&"draft") && sibling.is_some_and(|entry| is_flag(&entry.node)) {
        return Some("`draft: true` keeps a story back; otherwise its date decides".to_owned());
    }
    // Only comments have this key.
    if known.contains(&"parent") && is_personal(key) {
        return Some(PERSONAL_HINT.to_owned());
    }
    let is_this = |(names, own, _): &&ForeignKey| names.contains(&key) && known.contains(own);
    FOREIGN_KEYS.iter().find(is_this).map(|(.., hint)| (*hint).to_owned())
}

/// True if a key is another program's name for one of ours.
pub(super) fn is_name_of(key: &str, own: &str) -> bool {
    FOREIGN_KEYS.iter().any(|(names, name, _)| *name == own && names.contains(&key))
}

fn is_flag(node: &Node) -> bool {
    matches!(node, Node::Scalar(ScalarNode { kind: ScalarKind::Bool(_), .. }))
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Scalar(scalar) => Some(&scalar.text),
        Node::List(_) | Node::Mapping(_) => None,
    }
}

/// The part of a picture that a key beside it names: `caption` for `image_caption`.
fn picture_part(key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase().replace('-', "_");
    let of_picture = |word: &str| {
        let (before, after) = lower.rsplit_once(word)?;
        let is_picture = before.is_empty() || before.ends_with('_') || before.starts_with("feature");
        Some(after.trim_start_matches('_')).filter(|_| is_picture)
    };
    let part = PICTURES.iter().find_map(|word| of_picture(word)).unwrap_or(&lower);
    // `title` and `description` alone belong to the story.
    let is_alone = part == lower;
    let names = |(own, names): &&(&'static str, &[&str])| if is_alone { *own == part } else { names.contains(&part) };
    PICTURE_PARTS.iter().find(names).map(|(own, _)| *own)
}

/// The line `image: {src: …, alt: …}` with the picture and all parts of it that a mapping has as keys of its own.
fn picture_line(siblings: &[TreeItem]) -> Option<String> {
    let own = siblings.iter().find(|entry| entry.key == "image");
    let inside = |part: &str| {
        let given = own.and_then(|own| own.node.items().iter().find(|entry| entry.key == part));
        given.and_then(|given| text_of(&given.node))
    };
    let foreign = siblings.iter().find(|entry| is_picture(&entry.key));
    let picture = own.or(foreign).and_then(|entry| text_of(&entry.node));
    let mut parts = vec![("src", picture.or_else(|| inside("src")).unwrap_or("…"))];
    for (part, _) in PICTURE_PARTS {
        let beside = siblings.iter().find(|entry| picture_part(&entry.key) == Some(*part));
        let value = beside.and_then(|entry| text_of(&entry.node)).or_else(|| inside(part));
        parts.extend(value.map(|value| (*part, value)));
    }
    Some(line("image", &parts))
}

/// True for the name of a lead picture in another program.
fn is_picture(key: &str) -> bool {
    FOREIGN_KEYS.iter().any(|(names, own, _)| *own == "image" && names.contains(&key))
}

/// The line for a picture that another program writes as a mapping: `cover: {image: a.jpg, alt: …}`.
fn picture_mapping(key: &str, siblings: &[TreeItem]) -> Option<String> {
    let entry = siblings.iter().find(|entry| entry.key == key && is_picture(key))?;
    let Node::Mapping(entries) = &entry.node else { return None };
    let value = |names: &[&str]| {
        let entry = entries.iter().find(|entry| names.contains(&entry.key.as_str()));
        entry.and_then(|entry| text_of(&entry.node))
    };
    let mut parts = vec![("src", value(&["src", "image", "url", "file", "path"]).unwrap_or("…"))];
    parts.extend(PICTURE_PARTS.iter().filter_map(|(part, names)| Some((*part, value(names)?))));
    Some(line("image", &parts))
}

/// A key with a mapping on one line.
fn line(key: &str, parts: &[(&str, &str)]) -> String {
    let value = |text: &str| if text == "…" { text.to_owned() } else { flow_text(text) };
    let parts: Vec<String> = parts.iter().map(|(part, text)| format!("{part}: {}", value(text))).collect();
    format!("{key}: {{{}}}", parts.join(", "))
}
