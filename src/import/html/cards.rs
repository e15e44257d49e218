//! Blocks that WordPress and Ghost mark with classes of their own.

use super::blocks::call;
use super::converter::Converter;
use super::dom::{self, HtmlNode};
use super::figures;
use super::pieces::{self, Piece, TextMark};
use super::writing;

/// Ghost's cards that ask readers to sign up, or appear in its newsletters only.
const LEFT_OUT: &[(&str, &str)] = &[
    ("kg-signup-card", "a form to sign up"),
    ("kg-email-card", "a card for newsletters only"),
    ("kg-email-cta-card", "a card for newsletters only"),
    ("sharedaddy", "buttons to share"),
    ("jp-relatedposts", "a list of related posts"),
    ("addtoany_share_save_container", "buttons to share"),
];

impl Converter<'_> {
    /// Writes a block whose class says what it is. True if it was one.
    pub(super) fn card(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) -> bool {
        if dom::attribute(node, "class").is_none() {
            return false;
        }
        if let Some((_, subject)) = LEFT_OUT.iter().find(|(class, _)| dom::has_class(node, &[class])) {
            self.notes.dropped(*subject);
            return true;
        }
        let classes: Vec<&str> = dom::classes(node).collect();
        for class in classes {
            match class {
                "kg-bookmark-card" => self.bookmark(node, blocks),
                "kg-callout-card" => self.callout(node, blocks),
                "kg-toggle-card" => self.toggle(node, blocks),
                "kg-file-card" => self.file_card(node, blocks),
                "kg-audio-card" => self.audio_card(node, blocks),
                "wp-block-file" => self.file_block(node, blocks),
                "wp-block-embed__wrapper" => self.embedded_url(node, blocks),
                "wp-caption" if dom::name(node) != "figure" => self.figure(node, blocks),
                "wp-block-gallery" | "kg-gallery-card" | "wp-block-jetpack-tiled-gallery" => {
                    if !figures::is_gallery(node) {
                        return false;
                    }
                    let images: Vec<HtmlNode<'_>> =
                        dom::elements(node).filter(|inside| dom::name(*inside) == "img").collect();
                    self.gallery(node, &images, blocks);
                }
                "flourish-embed" | "fb-post" | "fb-video" => return self.service_box(node, blocks),
                "wp-block-spacer" => {}
                _ => continue,
            }
            return true;
        }
        false
    }

    /// A preview of another page: title, description and names as one paragraph.
    fn bookmark(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let href = dom::first(node, &["a"]).and_then(|link| dom::filled(link, "href"));
        let Some(url) = href.and_then(|href| self.link(href)) else { return };
        let words = |class: &str| dom::first_of_class(node, &[class]).map(dom::text).filter(|text| !text.is_empty());
        let title = words("kg-bookmark-title").unwrap_or_else(|| url.clone());
        let mark = TextMark::Link { url, title: String::new() };
        let mut pieces = vec![Piece::Open(mark.clone()), Piece::Text(title), Piece::Close(mark)];
        let names = [words("kg-bookmark-author"), words("kg-bookmark-publisher")];
        let names: Vec<String> = names.into_iter().flatten().collect();
        let others = [words("kg-bookmark-description"), Some(names.join(" · ")).filter(|names| !names.is_empty())];
        for line in others.into_iter().flatten() {
            pieces.extend([Piece::Break, Piece::Text(line)]);
        }
        if dom::first(node, &["img"]).is_some() {
            self.notes.dropped("the picture of a bookmark");
        }
        self.notes.changed("a bookmark became a paragraph with a link");
        blocks.extend(pieces::paragraphs(pieces, false).iter().map(|pieces| writing::markdown(pieces)));
        if let Some(caption) = dom::child_elements(node).find(|child| dom::name(*child) == "figcaption") {
            let inside = self.blocks(caption.children());
            blocks.extend(inside);
        }
    }

    fn callout(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let inside = self.blocks(node.children());
        self.push_aside("", inside, blocks);
    }

    fn toggle(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let title = dom::first_of_class(node, &["kg-toggle-heading-text"]).map(dom::text).unwrap_or_default();
        let inside = match dom::first_of_class(node, &["kg-toggle-content"]) {
            Some(content) => self.blocks(content.children()),
            None => Vec::new(),
        };
        self.push_details(&title, false, inside, blocks);
    }

    fn file_card(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let href = dom::first(node, &["a"]).and_then(|link| dom::filled(link, "href"));
        let Some(url) = href.and_then(|href| self.file(href)) else { return };
        let words = |class: &str| dom::first_of_class(node, &[class]).map(dom::text).unwrap_or_default();
        let (name, size) = (words("kg-file-card-filename"), words("kg-file-card-filesize"));
        let title = Some(words("kg-file-card-title")).filter(|title| !title.is_empty()).unwrap_or_else(|| name.clone());
        let note: Vec<String> = [words("kg-file-card-caption"), name, size]
            .into_iter()
            .filter(|word| !word.is_empty() && *word != title)
            .collect();
        self.push_document(&url, &title, &note.join(", "), blocks);
    }

    fn file_block(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let is_button = |link: &HtmlNode<'_>| dom::has_class(*link, &["wp-block-file__button"]);
        let mut links = dom::elements(node).filter(|inside| dom::name(*inside) == "a");
        let Some(link) = links.find(|link| !is_button(link)) else { return };
        let Some(url) = dom::filled(link, "href").and_then(|href| self.file(href)) else { return };
        let button = dom::elements(node).find(is_button).map(dom::text).unwrap_or_default();
        self.push_document(&url, &dom::text(link), &button, blocks);
    }

    fn push_document(&mut self, url: &str, title: &str, note: &str, blocks: &mut Vec<String>) {
        let title = if title.is_empty() { url } else { title };
        if self.depth > 0 {
            return self.push_link(url.to_owned(), title.to_owned(), blocks);
        }
        let mut arguments = vec![("href", url), ("title", title)];
        if !note.is_empty() {
            arguments.push(("note", note));
        }
        blocks.push(call("document", &arguments));
    }

    fn audio_card(&mut self, node: HtmlNode<'_>, blocks: &mut Vec<String>) {
        let title = dom::first_of_class(node, &["kg-audio-title"]).map(dom::text);
        match dom::first(node, &["audio"]) {
            Some(audio) => self.recording_with(audio, title, blocks),
            None => self.notes.dropped("a card with a sound, but no file"),
        }
    }
}
