//! Writes the elements of a head other than structured data: description, canonical URL, previews, feeds
//! and profiles.

use crate::config::FeedFormat;
use crate::media::is_shareable;
use crate::view::Shown;
use crate::view::contract::{AlternateView, ArticleView, AuthorView, EditionLinkView, ImageView, NameView, PageView};

use super::super::prepared::Content;
use super::{Metadata, escape, profiles};

/// Lets search engines show images, text and video previews of any size
/// (<https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag>).
const INDEXED: &str = "max-image-preview:large, max-snippet:-1, max-video-preview:-1";

impl Metadata<'_> {
    /// Writes all elements.
    pub(super) fn write_elements(&self, out: &mut Vec<u8>, page: &PageView<'_>, content: &Content<'_>) {
        named(out, "description", &page.description);
        link(out, "canonical", &page.canonical);
        named(out, "robots", if page.noindex { "noindex" } else { INDEXED });
        self.write_profiles(out, content);
        self.write_editions(out, page);
        page.alternates.iter().chain(&page.feeds).chain(&self.site.feeds).for_each(|feed| discovery(out, feed));
        if let Content::Article(article) = content {
            self.write_comment_feed(out, article);
        }
        self.write_open_graph(out, page, content);
        if let Content::Article(article) = content {
            self.write_story(out, article);
        }
        self.write_card(out, content);
    }

    /// Links to the feed of the comments, after the other feeds: programs take the first for that of the site. It has the
    /// title of the feed itself.
    fn write_comment_feed(&self, out: &mut Vec<u8>, article: &ArticleView<'_>) {
        let Some(path) = article.thread.as_ref().and_then(|thread| thread.feed.clone()) else { return };
        let title = format!("{} – {}", article.title, self.site.title);
        discovery(out, &AlternateView { title, path, media_type: FeedFormat::Atom.media_type() });
    }

    /// Links to the same page in all editions, for search engines
    /// (<https://developers.google.com/search/docs/specialty/international/localized-versions>).
    fn write_editions(&self, out: &mut Vec<u8>, page: &PageView<'_>) {
        // Search engines ignore links to pages that they may not index.
        let pages: Vec<&EditionLinkView<'_>> = page.editions.iter().filter(|edition| edition.is_indexed).collect();
        if pages.len() < 2 || page.noindex || !pages.iter().any(|edition| edition.is_current) {
            return;
        }
        // Readers of all other languages get the edition that comes first.
        let default = pages.first().map(|edition| ("x-default", edition.url.as_str()));
        let languages = pages.iter().map(|edition| (edition.language, edition.url.as_str()));
        for (language, url) in languages.chain(default) {
            out.extend_from_slice(b"<link rel=\"alternate\" hreflang=\"");
            escape::attribute(out, language);
            out.extend_from_slice(b"\" href=\"");
            escape::attribute(out, url);
            out.extend_from_slice(b"\">\n");
        }
    }

    /// Links to the author's or publisher's profiles (<https://microformats.org/wiki/rel-me>).
    fn write_profiles(&self, out: &mut Vec<u8>, content: &Content<'_>) {
        match content {
            Content::Author(author, _) => {
                let profiles = author.links.iter().map(|profile| profile.url.as_str());
                author.website.as_deref().into_iter().chain(profiles).for_each(|url| link(out, "me", url));
            }
            Content::Front(_) => self.site.publisher.same_as.iter().for_each(|url| link(out, "me", url)),
            _ => {}
        }
    }

    /// Writes a page's preview for social networks (<https://ogp.me/>).
    fn write_open_graph(&self, out: &mut Vec<u8>, page: &PageView<'_>, content: &Content<'_>) {
        let (kind, title) = match content {
            Content::Article(article) => ("article", article.title),
            Content::Author(..) => ("profile", page.title.as_str()),
            _ => ("website", page.title.as_str()),
        };
        property(out, "og:title", title);
        property(out, "og:type", kind);
        property(out, "og:url", &page.canonical);
        property(out, "og:description", &page.description);
        property(out, "og:site_name", self.site.title);
        if let Some(locale) = self.locales.get(page.language) {
            property(out, "og:locale", locale);
        }
        let others = page.editions.iter().filter(|edition| edition.is_same_page && !edition.is_current);
        for locale in others.filter_map(|edition| self.locales.get(edition.language)) {
            property(out, "og:locale:alternate", locale);
        }
        let Some(image) = self.image(content) else { return };
        let social = image.social.as_ref();
        property(out, "og:image", social.map_or(&image.url, |social| &social.url));
        let (width, height) =
            social.map_or((image.width, image.height), |social| (Some(social.width), Some(social.height)));
        for (key, length) in [("og:image:width", width), ("og:image:height", height)] {
            if let Some(length) = length {
                property(out, key, &length.to_string());
            }
        }
        if !image.alt.is_empty() {
            property(out, "og:image:alt", image.alt);
        }
    }

    /// Writes Open Graph's properties of articles (<https://ogp.me/#type_article>) and the author for
    /// Mastodon (<https://docs.joinmastodon.org/user/profile/#author-attribution>).
    ///
    /// There is no `article:author`: it would have to be a URL, and readers such as newspaper4k take it
    /// for a name. Names are in `author`, and URLs in structured data.
    fn write_story(&self, out: &mut Vec<u8>, article: &ArticleView<'_>) {
        write_authors(out, article);
        property(out, "article:published_time", &article.published.view().iso);
        if let Some(modified) = &article.modified {
            property(out, "article:modified_time", &modified.iso);
        }
        property(out, "article:section", article.section.view().title);
        for tag in &article.tags {
            property(out, "article:tag", tag.view().title);
        }
        for author in article.authors.iter().map(Shown::view) {
            author
                .links
                .iter()
                .filter_map(profiles::fediverse_account)
                .for_each(|account| named(out, "fediverse:creator", &account));
        }
    }

    /// Writes the card for X, which takes the rest from Open Graph
    /// (<https://developer.x.com/en/docs/x-for-websites/cards/overview/markup>).
    fn write_card(&self, out: &mut Vec<u8>, content: &Content<'_>) {
        let image = self.image(content);
        named(out, "twitter:card", if image.is_some_and(is_large) { "summary_large_image" } else { "summary" });
        if let Some(account) = &self.account {
            named(out, "twitter:site", account);
        }
        if let Content::Article(article) = content
            && let Some(account) = article.authors.iter().find_map(|author| x_account(author.view()))
        {
            named(out, "twitter:creator", &account);
        }
        if let Some(image) = image.filter(|image| !image.alt.is_empty()) {
            named(out, "twitter:image:alt", image.alt);
        }
    }
}

/// Writes each author's name in its own element
/// (<https://html.spec.whatwg.org/multipage/semantics.html#standard-metadata-names>). If there are
/// people among the authors, only those, because many readers split the name of a desk at commas and
/// "and".
fn write_authors(out: &mut Vec<u8>, article: &ArticleView<'_>) {
    let is_person = |name: &&NameView<'_>| name.kind == Some("person");
    let has_people = article.signers.iter().any(|name| is_person(&name));
    let names = article.signers.iter().filter(|name| !has_people || is_person(name));
    names.for_each(|name| named(out, "author", &name.text));
}

/// True if X can show the image large, as far as its size is known: from 300 × 157 pixels.
fn is_large(image: &ImageView<'_>) -> bool {
    image.width.zip(image.height).is_none_or(|(width, height)| width >= 300 && height >= 157)
}

fn x_account(author: &AuthorView<'_>) -> Option<String> {
    author.links.iter().find_map(|profile| profiles::x_account(&profile.url))
}

impl Metadata<'_> {
    /// The image for previews: the page's own, if previews support its format, or else the site's.
    fn image<'v>(&'v self, content: &'v Content<'_>) -> Option<&'v ImageView<'v>> {
        own_image(content).filter(|image| is_shareable(&image.url)).or(self.site.share_image.as_ref())
    }
}

/// The image that represents a page.
fn own_image<'v>(content: &'v Content<'_>) -> Option<&'v ImageView<'v>> {
    match content {
        Content::Article(article) => article.image.as_ref(),
        Content::Page(standalone) => standalone.image.as_ref(),
        Content::Section(section, _) => section.image.as_ref(),
        Content::Author(author, _) => author.image.as_ref(),
        _ => None,
    }
}

fn named(out: &mut Vec<u8>, name: &str, value: &str) {
    meta(out, "name", name, value);
}

fn property(out: &mut Vec<u8>, name: &str, value: &str) {
    meta(out, "property", name, value);
}

fn meta(out: &mut Vec<u8>, attribute: &str, name: &str, value: &str) {
    for part in ["<meta ", attribute, "=\"", name, "\" content=\""] {
        out.extend_from_slice(part.as_bytes());
    }
    escape::attribute(out, value);
    out.extend_from_slice(b"\">\n");
}

fn link(out: &mut Vec<u8>, relation: &str, url: &str) {
    for part in ["<link rel=\"", relation, "\" href=\""] {
        out.extend_from_slice(part.as_bytes());
    }
    escape::attribute(out, url);
    out.extend_from_slice(b"\">\n");
}

/// Writes a link by which feed readers find a feed (<https://blog.whatwg.org/feed-autodiscovery>), or
/// other programs a story in their format.
fn discovery(out: &mut Vec<u8>, feed: &AlternateView<'_>) {
    for part in ["<link rel=\"alternate\" type=\"", feed.media_type, "\" title=\""] {
        out.extend_from_slice(part.as_bytes());
    }
    escape::attribute(out, &feed.title);
    out.extend_from_slice(b"\" href=\"");
    escape::attribute(out, &feed.path);
    out.extend_from_slice(b"\">\n");
}
