//! Pictures with captions, and galleries.

use super::blocks::{call, paired_call};
use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::raw;
use super::writing;

/// A caption in words.
#[derive(Default)]
struct Caption {
    words: String,
    credit: String,
    /// True if it has links, which an argument of an embed can't have.
    has_links: bool,
}

/// Classes that old themes and plugins give to a credit inside a caption.
const CREDITS: &[&str] = &[
    "credit",
    "image-credit",
    "media-credit",
    "photo-credit",
    "wp-media-credit",
    "wp-caption-credit",
    "image__credit",
    "isc-source-text",
];

/// Classes of captions that are not `<figcaption>`.
const CAPTIONS: &[&str] = &["wp-caption-text", "wp-caption-dd", "gallery-caption", "tr-caption", "caption-text"];

impl Converter<'_> {
    pub(super) fn figure(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let caption = caption_of(node);
        let content = dom::first(node, &["table", "pre", "blockquote", "iframe", "video", "audio", "object", "script"]);
        let images: Vec<HtmlNode<'_>> = dom::elements(node).filter(|inside| dom::name(*inside) == "img").collect();
        let is_complete = !has_other_text(node, &[caption, content]);
        match (content.map(dom::name), images.as_slice()) {
            (Some("table"), _) if is_complete => {
                if let Some(table) = content {
                    self.table(table, caption, blocks);
                }
            }
            (Some("blockquote"), _) if is_complete && dom::has_class(node, &["wp-block-pullquote"]) => {
                self.pull_quote(node, blocks);
            }
            (Some("video" | "audio"), _) if is_complete => {
                if let Some(recording) = content {
                    self.recording_with(recording, caption.map(dom::text), blocks);
                }
            }
            (None, [image]) if is_complete => self.picture(node, *image, caption, blocks),
            (None, [_, _, ..]) if is_gallery(node) => self.gallery(node, &images, blocks),
            _ => self.figure_of_anything(node, caption, blocks),
        }
    }

    /// A figure whose content has no caption in Markdown: the caption becomes a paragraph.
    fn figure_of_anything(&mut self, node: HtmlNode<'_>, caption: Option<HtmlNode<'_>>, blocks: &mut Vec<String>) {
        let wrapper =
            dom::first_of_class(node, &["wp-block-embed__wrapper"]).filter(|_| dom::first(node, &["iframe"]).is_none());
        match wrapper {
            Some(wrapper) => self.embedded_url(wrapper, blocks),
            None => {
                let inside = self.blocks(node.children());
                blocks.extend(inside);
            }
        }
        if let Some(caption) = caption
            && !dom::text(caption).is_empty()
        {
            self.notes.changed("the caption of an embed or quote became a paragraph");
            if wrapper.is_some() {
                let inside = self.blocks(caption.children());
                blocks.extend(inside);
            }
        }
    }

    /// A paragraph of one picture; `None` if it has anything else.
    pub(super) fn lone_picture(&mut self, nodes: &[HtmlNode<'_>]) -> Option<String> {
        let mut shown = nodes.iter().copied().filter(|node| !dom::is_blank(*node));
        let (node, others) = (shown.next()?, shown.next());
        let image = if dom::name(node) == "img" { node } else { dom::first(node, &["img"])? };
        let is_alone = others.is_none() && matches!(dom::name(node), "img" | "a" | "picture" | "span");
        let has_size = size(node).or_else(|| size(image)).is_some();
        let is_plain =
            dom::text(node).is_empty() && dom::elements(node).filter(|inside| dom::name(*inside) == "img").count() <= 1;
        if !is_alone || !has_size || !is_plain || self.depth > 0 || dom::has_class(image, &["emoji", "wp-smiley"]) {
            return None;
        }
        let mut blocks = Vec::new();
        self.picture(node, image, None, &mut blocks);
        blocks.pop()
    }

    fn picture(
        &mut self,
        node: HtmlNode<'_>,
        image: HtmlNode<'_>,
        caption: Option<HtmlNode<'_>>,
        blocks: &mut Vec<String>,
    ) {
        let Some(url) = self.image_url(image) else {
            if let Some(caption) = caption {
                let inside = self.blocks(caption.children());
                blocks.extend(inside);
            }
            return;
        };
        let alt = dom::one_line(dom::attribute(image, "alt").unwrap_or_default());
        let words = caption.map(caption_words).unwrap_or_default();
        let href = link_around(image, node).map(str::to_owned).filter(|href| !is_of_picture(href, &url));
        let link = href.and_then(|href| self.link(&href));
        let size = size(node).or_else(|| size(image));
        let has_caption = !words.words.is_empty() || !words.credit.is_empty();
        if words.has_links || (link.is_some() && has_caption) {
            self.notes.kept("a picture whose caption has links");
            blocks.push(self.raw_picture(node, image, caption, &url, link.as_deref()));
            return;
        }
        if !has_caption && (size.is_none() || self.depth > 0) {
            let mut pieces = Vec::new();
            let mark = link.map(|url| super::pieces::TextMark::Link { url, title: String::new() });
            pieces.extend(mark.clone().map(super::pieces::Piece::Open));
            pieces.push(super::pieces::Piece::Image { alt, url, title: self.title(image) });
            pieces.extend(mark.map(super::pieces::Piece::Close));
            blocks.push(writing::markdown(&pieces));
            return;
        }
        if let Some(link) = &link {
            self.notes.dropped(format!("the link of a picture to `{link}`"));
        }
        blocks.push(figure_call(&url, &alt, &words, size));
    }

    /// A figure that stays HTML, with the class that the default theme gives to pictures.
    fn raw_picture(
        &mut self,
        node: HtmlNode<'_>,
        image: HtmlNode<'_>,
        caption: Option<HtmlNode<'_>>,
        url: &str,
        link: Option<&str>,
    ) -> String {
        let size = size(node).or_else(|| size(image)).map(|size| format!(" picture-{size}")).unwrap_or_default();
        let mut html = format!("<figure class=\"picture{size}\">\n");
        let mut push = |parts: [&str; 3]| {
            html.push_str(parts[0]);
            raw::push_attribute(&mut html, parts[1]);
            html.push_str(parts[2]);
        };
        if let Some(link) = link {
            push(["<a href=\"", link, "\">"]);
        }
        push(["<img src=\"", url, "\""]);
        push([" alt=\"", &dom::one_line(dom::attribute(image, "alt").unwrap_or_default()), "\">"]);
        if link.is_some() {
            push(["</a>", "", ""]);
        }
        if let Some(caption) = caption {
            html.push_str("\n<figcaption>");
            let mut inside = String::new();
            for child in caption.children() {
                self.push_raw(child, false, &mut inside);
            }
            html.push_str(&dom::one_line(&inside));
            html.push_str("</figcaption>");
        }
        html.push_str("\n</figure>");
        html
    }

    pub(super) fn gallery(&mut self, node: HtmlNode<'_>, images: &[HtmlNode<'_>], blocks: &mut Vec<String>) {
        let mut calls = Vec::new();
        for image in images {
            let Some(url) = self.image_url(*image) else { continue };
            let alt = dom::one_line(dom::attribute(*image, "alt").unwrap_or_default());
            let caption = holder(*image, node).and_then(caption_of).map(caption_words).unwrap_or_default();
            if caption.has_links {
                self.notes.changed("links in the caption of a gallery's picture: only their words remain");
            }
            calls.push(figure_call(&url, &alt, &caption, None));
        }
        let caption = gallery_caption(node).map(dom::text).unwrap_or_default();
        if calls.is_empty() {
            return;
        }
        let arguments = if caption.is_empty() { Vec::new() } else { vec![("caption", caption.as_str())] };
        blocks.push(paired_call("gallery", &arguments, &calls.join("\n")));
    }

    fn pull_quote(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let author = dom::first(node, &["cite"]).map(dom::text).unwrap_or_default();
        let Some(quote) = dom::first(node, &["blockquote"]) else { return };
        let inside = self.blocks(quote.children().filter(|child| dom::name(*child) != "cite"));
        if inside.is_empty() {
            return;
        }
        let arguments = if author.is_empty() { Vec::new() } else { vec![("author", author.as_str())] };
        blocks.push(paired_call("pull-quote", &arguments, &inside.join("\n\n")));
    }
}

/// A call of the embed for a picture.
fn figure_call(url: &str, alt: &str, caption: &Caption, size: Option<&str>) -> String {
    let optional =
        [("caption", caption.words.as_str()), ("credit", &caption.credit), ("size", size.unwrap_or_default())];
    let optional = optional.into_iter().filter(|(_, value)| !value.is_empty());
    let arguments: Vec<(&str, &str)> = [("src", url), ("alt", alt)].into_iter().chain(optional).collect();
    call("figure", &arguments)
}

/// The caption of a figure: its own, not that of one inside it.
fn caption_of<'t>(figure: HtmlNode<'t>) -> Option<HtmlNode<'t>> {
    let is_caption = |node: &HtmlNode<'t>| dom::name(*node) == "figcaption" || dom::has_class(*node, CAPTIONS);
    dom::child_elements(figure).find(is_caption).or_else(|| {
        let mut found = dom::elements(figure).filter(is_caption);
        found.next().filter(|_| dom::elements(figure).filter(|inside| dom::name(*inside) == "img").count() == 1)
    })
}

fn gallery_caption<'t>(gallery: HtmlNode<'t>) -> Option<HtmlNode<'t>> {
    let is_caption =
        |node: &HtmlNode<'t>| dom::name(*node) == "figcaption" || dom::has_class(*node, &["blocks-gallery-caption"]);
    dom::child_elements(gallery).find(is_caption)
}

fn caption_words(node: HtmlNode<'_>) -> Caption {
    let credit = dom::first_of_class(node, CREDITS);
    let whole = dom::text(node);
    let credit_words = credit.map(dom::text).unwrap_or_default();
    // The words without the credit, which may be at either end.
    let words = match credit_words.is_empty() {
        true => whole,
        false => whole
            .strip_suffix(&credit_words)
            .or_else(|| whole.strip_prefix(&credit_words))
            .map_or_else(|| whole.clone(), |rest| rest.trim().to_owned()),
    };
    let has_links =
        dom::elements(node).any(|inside| dom::filled(inside, "href").is_some() || dom::name(inside) == "img");
    let is_credit_apart = !credit_words.is_empty() && !words.contains(&credit_words);
    Caption { words, credit: if is_credit_apart { credit_words } else { String::new() }, has_links }
}

/// True if a figure has words outside these parts.
fn has_other_text(figure: HtmlNode<'_>, parts: &[Option<HtmlNode<'_>>]) -> bool {
    figure.descendants().any(|node| {
        let is_text = node.value().as_text().is_some_and(|text| !text.trim().is_empty());
        let is_read = |around: HtmlNode<'_>| !matches!(dom::name(around), "script" | "style" | "noscript");
        is_text && node.ancestors().all(|around| is_read(around) && !parts.contains(&Some(around)))
    })
}

/// True if a block has several pictures and no words outside captions.
pub(super) fn is_gallery(node: HtmlNode<'_>) -> bool {
    let images: Vec<HtmlNode<'_>> = dom::elements(node).filter(|inside| dom::name(*inside) == "img").collect();
    let captions: Vec<Option<HtmlNode<'_>>> =
        images.iter().map(|image| holder(*image, node).and_then(caption_of)).collect();
    let captions: Vec<Option<HtmlNode<'_>>> = captions.into_iter().chain([gallery_caption(node)]).collect();
    const OTHERS: &[&str] = &["table", "pre", "blockquote", "iframe", "video", "audio", "object", "embed", "hr"];
    !images.is_empty() && dom::first(node, OTHERS).is_none() && !has_other_text(node, &captions)
}

/// The element of a gallery that holds a picture and its caption.
fn holder<'t>(image: HtmlNode<'t>, gallery: HtmlNode<'t>) -> Option<HtmlNode<'t>> {
    image.ancestors().take_while(|around| *around != gallery).find(|around| {
        dom::name(*around) == "figure" || dom::has_class(*around, &["blocks-gallery-item", "gallery-item"])
    })
}

/// The size of a picture, by the classes of its alignment.
fn size(node: HtmlNode<'_>) -> Option<&'static str> {
    dom::classes(node).find_map(|class| match class {
        "alignwide" | "kg-width-wide" | "size-wide" => Some("wide"),
        "alignfull" | "kg-width-full" => Some("full"),
        "alignleft" | "alignright" => Some("small"),
        _ => None,
    })
}

/// The target of the link around a picture.
fn link_around<'t>(image: HtmlNode<'t>, figure: HtmlNode<'t>) -> Option<&'t str> {
    let inside = image.ancestors().take_while(|around| *around != figure).chain([figure]);
    inside.filter(|around| dom::name(*around) == "a").find_map(|around| dom::filled(around, "href"))
}

/// True if a link leads to the picture itself, in any size, or to the page that shows only it.
fn is_of_picture(href: &str, picture: &str) -> bool {
    let stem = |url: &str| {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let name = path.rsplit('/').next().unwrap_or(path);
        name.rsplit_once('.').map(|(stem, _)| stem.to_ascii_lowercase())
    };
    let is_attachment = href.contains("attachment_id=") || href.contains("/attachment/");
    let is_same = |one: String, other: String| one.starts_with(&other) || other.starts_with(&one);
    is_attachment || stem(href).zip(stem(picture)).is_some_and(|(one, other)| is_same(one, other))
}
