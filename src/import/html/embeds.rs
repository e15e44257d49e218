//! Frames, recordings, and what services offer to copy.

use super::blocks::{call, paired_call};
use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::escaping;
use super::pieces::{self, Piece, TextMark};
use super::writing;
use crate::markdown::is_service_url;

impl Converter<'_> {
    /// Writes a frame: the page of a service as its URL, any other as a link.
    pub(super) fn frame(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let sources = ["src", "data-src", "data-lazy-src", "data"];
        let inner = dom::first(node, &["iframe", "embed"]);
        let source = sources.iter().find_map(|name| dom::filled(node, name)).or_else(|| dom::filled(inner?, "src"));
        let Some(source) = source.filter(|source| !source.starts_with("about:")) else {
            return self.notes.dropped("a frame without a URL");
        };
        let whole = match source.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => source.to_owned(),
        };
        let title = dom::one_line(dom::filled(node, "title").unwrap_or_default());
        self.embed_or_link(&whole, &title, blocks);
    }

    /// Writes a URL as an embed if a service has the page, otherwise as a link.
    pub(super) fn embed_or_link(&mut self, url: &str, title: &str, blocks: &mut Vec<String>) {
        if let Some(embed) = self.service_url(url) {
            return blocks.push(embed);
        }
        let Some(target) = self.link(url) else { return };
        let host =
            target.split("//").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or("this site").to_owned();
        self.notes.changed(format!("a frame of `{host}` became a link"));
        let text = if title.is_empty() { target.clone() } else { title.to_owned() };
        self.push_link(target, text, blocks);
    }

    /// Writes a link in a paragraph of its own.
    pub(super) fn push_link(&mut self, url: String, text: String, blocks: &mut Vec<String>) {
        let mark = TextMark::Link { url, title: String::new() };
        let pieces = [Piece::Open(mark.clone()), Piece::Text(text), Piece::Close(mark)];
        for paragraph in pieces::paragraphs(pieces.to_vec(), false) {
            blocks.push(writing::markdown(&paragraph));
        }
    }

    /// The URL in the block of an embed, as the old system stores it.
    pub(super) fn embedded_url(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let text = dom::text(node);
        let is_url = text.starts_with("http") && !text.contains(' ');
        if is_url {
            self.embed_or_link(&text, "", blocks);
        } else {
            let inside = self.blocks(node.children());
            blocks.extend(inside);
        }
    }

    pub(super) fn recording(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        self.recording_with(node, None, blocks);
    }

    /// Writes a video or a sound: with a caption as an embed, which needs a title, otherwise as HTML.
    pub(super) fn recording_with(&mut self, node: HtmlNode<'_>, caption: Option<String>, blocks: &mut Vec<String>) {
        let written = dom::filled(node, "src")
            .or_else(|| dom::first(node, &["source"]).and_then(|source| dom::filled(source, "src")));
        let Some(written) = written else {
            return self.notes.dropped(format!("`<{}>` without a file", dom::name(node)));
        };
        let caption = caption.filter(|caption| !caption.is_empty());
        if let Some(title) = &caption
            && self.depth == 0
        {
            let Some(url) = self.file(written) else { return };
            let poster = dom::filled(node, "poster").and_then(|poster| self.file(poster));
            let mut arguments = vec![("src", url.as_str()), ("title", title.as_str())];
            arguments.extend(poster.as_deref().map(|poster| ("poster", poster)));
            blocks.push(call(dom::name(node), &arguments));
            return;
        }
        let html = self.raw_block(node);
        // Without controls, nobody could play it.
        let html = if html.contains(" controls") { html } else { html.replacen('>', " controls=\"\">", 1) };
        blocks.push(html);
        if let Some(caption) = caption {
            blocks.push(writing::markdown(&[Piece::Text(caption)]));
        }
    }

    /// The service's code around a script. True if the quote was one.
    pub(super) fn service_quote(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) -> bool {
        const KNOWN: &[&str] =
            &["twitter-tweet", "twitter-video", "bluesky-embed", "mastodon-embed", "instagram-media", "tiktok-embed"];
        if !dom::has_class(node, KNOWN) {
            return false;
        }
        let own =
            ["cite", "data-instgrm-permalink", "data-embed-url"].iter().filter_map(|name| dom::filled(node, name));
        let links: Vec<&str> = dom::elements(node).filter_map(|inside| dom::filled(inside, "href")).collect();
        let urls = own.chain(links.into_iter().rev());
        let Some(url) = urls.map(|url| url.trim_end_matches("/embed")).find(|url| is_service_url(url)) else {
            return false;
        };
        let Some(url) = escaping::clean_url(url.split("?ref_src").next().unwrap_or(url)) else { return false };
        let embed = if dom::has_class(node, &["twitter-tweet", "twitter-video"]) {
            "x"
        } else if dom::has_class(node, &["bluesky-embed"]) {
            "bluesky"
        } else {
            blocks.extend(self.service_url(&url));
            return true;
        };
        if self.depth > 0 {
            return false;
        }
        let words: Vec<HtmlNode<'_>> = dom::child_elements(node).filter(|child| dom::name(*child) == "p").collect();
        let (author, date) = signature(node);
        if words.is_empty() || author.is_empty() {
            // Words in an order of their own stay a quote.
            let is_link_alone = !has_words_outside_links(node);
            if is_link_alone {
                blocks.extend(self.service_url(&url));
            }
            return is_link_alone;
        }
        let inside: Vec<String> = words.into_iter().flat_map(|paragraph| self.blocks(paragraph.children())).collect();
        let mut arguments = vec![("href", url.as_str()), ("author", author.as_str())];
        if !date.is_empty() {
            arguments.push(("date", date.as_str()));
        }
        blocks.push(paired_call(embed, &arguments, &inside.join("\n\n")));
        true
    }

    /// A script: what it loads is embedded if a service has the page, otherwise listed.
    pub(super) fn script(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        // It belongs to a quote that has become an embed, or does nothing for readers.
        const NEEDLESS: &[&str] = &[
            "platform.twitter.com/widgets.js",
            "platform.x.com/widgets.js",
            "embed.bsky.app/static/embed.js",
            "www.instagram.com/embed.js",
            "www.tiktok.com/embed.js",
            "connect.facebook.net",
            "public.flourish.studio/resources/embed.js",
        ];
        let Some(source) = dom::filled(node, "src") else {
            return self.notes.dropped("a script in the text");
        };
        let place = source.trim_start_matches("https:").trim_start_matches("http:").trim_start_matches("//");
        if NEEDLESS.iter().any(|known| place.starts_with(known)) {
            return;
        }
        let chart = place.strip_prefix("datawrapper.dwcdn.net/").and_then(|rest| rest.strip_suffix("/embed.js"));
        if let Some(id) = chart
            && let Some(url) = self.service_url(&format!("https://datawrapper.dwcdn.net/{id}/"))
        {
            return blocks.push(url);
        }
        let host = place.split(['/', '?']).next().unwrap_or(place).to_owned();
        self.notes.dropped(format!("a script of `{host}`"));
    }

    /// The box of a service that a script fills. True if the node was one.
    pub(super) fn service_box(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) -> bool {
        let of_flourish = dom::has_class(node, &["flourish-embed"]).then(|| dom::filled(node, "data-src")).flatten();
        let url = match of_flourish {
            Some(source) => format!("https://public.flourish.studio/{}/", source.trim_matches('/')),
            None if dom::has_class(node, &["fb-post", "fb-video"]) => {
                dom::filled(node, "data-href").unwrap_or_default().to_owned()
            }
            None => return false,
        };
        let Some(url) = self.service_url(&url) else { return false };
        blocks.push(url);
        true
    }
}

/// True if an element has words that no link has.
fn has_words_outside_links(node: HtmlNode<'_>) -> bool {
    node.descendants().any(|inside| {
        let has_words = inside.value().as_text().is_some_and(|text| text.chars().any(char::is_alphanumeric));
        has_words && !inside.ancestors().take_while(|around| *around != node).any(|around| dom::name(around) == "a")
    })
}

/// The author and date of a quoted post: `— Name (@handle) <a>date</a>` after its words.
fn signature(quote: HtmlNode<'_>) -> (String, String) {
    let mut author = String::new();
    let mut date = String::new();
    let after =
        quote.children().skip_while(|child| dom::name(*child) != "p").skip_while(|child| dom::name(*child) == "p");
    for node in after {
        let text = node.value().as_text().map(|text| text.to_string()).filter(|text| !text.trim().is_empty());
        let is_link = dom::name(node) == "a";
        if is_link || text.is_some() {
            // Bluesky links the handle, too: the last link is the date.
            author.push_str(&std::mem::take(&mut date));
        }
        if is_link {
            date = dom::text(node);
        }
        author.extend(text);
    }
    let author = dom::one_line(&author).trim_start_matches(['—', '–', '-', ' ']).trim().to_owned();
    (author, date)
}
