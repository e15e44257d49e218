//! Writes text, emphasis, links and images.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use unicode_width::UnicodeWidthChar;

use super::HtmlWriter;
use crate::markdown::placeholders::{self, Segment};
use crate::markdown::raw_html::{Enclosing, HtmlChunk};
use crate::markdown::{ImageSizes, ImageTarget, escape, footnotes, targets};

/// An image whose alternative text is being gathered.
pub(super) struct OpenImage {
    target: Option<ImageTarget>,
    title: String,
    alt: String,
    /// The number of open images in this one's alternative text.
    nested: usize,
}

impl HtmlWriter<'_, '_> {
    pub(super) fn inline(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.image.is_some() {
            self.alternative(&event);
            return;
        }
        if self.code.is_none() {
            self.touch();
        }
        match event {
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                let code = self.restored(&code);
                if let Some(heading) = &mut self.heading {
                    heading.text.push_str(&code);
                }
                self.out.push_str("<code>");
                escape::text(&mut self.out, &code);
                self.out.push_str("</code>");
            }
            Event::InlineHtml(html) => self.inline_html(&html, range),
            Event::SoftBreak => {
                self.push_heading_text(" ");
                self.out.push('\n');
            }
            Event::HardBreak => {
                self.push_heading_text(" ");
                self.out.push_str("<br>\n");
            }
            Event::FootnoteReference(label) => {
                let linked = self.links.iter().all(|&open| !open);
                if linked {
                    let (number, occurrence) = self.refer(&label);
                    let (page, prefix) = (self.session.context.base().unwrap_or_default(), self.session.ids.prefix());
                    let link = (occurrence, footnotes::FootnoteUrls { page, prefix });
                    footnotes::push_reference(&mut self.out, number, Some(link));
                } else if let Some(number) = self.number(&label) {
                    footnotes::push_reference(&mut self.out, number, None);
                }
            }
            _ => {}
        }
    }

    fn push_heading_text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
    }

    /// Appends an event's text to an image's alternative text.
    fn alternative(&mut self, event: &Event<'_>) {
        let text = match event {
            Event::Text(text) | Event::Code(text) => self.restored(text).into_owned(),
            Event::SoftBreak | Event::HardBreak => " ".to_owned(),
            _ => return,
        };
        if let Some(image) = &mut self.image {
            image.alt.push_str(&text);
        }
    }

    fn text(&mut self, text: &str) {
        let text = match std::mem::take(&mut self.guarded) {
            true => text.strip_prefix('(').unwrap_or(text),
            false => text,
        };
        if self.code.is_some() {
            let text = self.restored(text);
            if let Some(code) = &mut self.code {
                code.text.push_str(&text);
            }
            return;
        }
        if self.session.nodes.is_empty() || !text.contains(placeholders::OPEN) {
            self.push_heading_text(text);
            self.push_text(text);
            return;
        }
        let block = self.paragraph.as_ref().is_some_and(|paragraph| paragraph.embeds);
        for segment in placeholders::segments(text) {
            match segment {
                Segment::Text(text) => {
                    self.push_heading_text(text);
                    self.push_text(text);
                }
                Segment::Node(number) => self.node(number, block),
            }
        }
    }

    /// Writes text; Latin words in emphasis that a style sheet shows as dots are marked, so that it can
    /// leave them out.
    fn push_text(&mut self, text: &str) {
        let is_for_page = self.session.context.base().is_none();
        if self.emphasis == 0 || !self.session.options.emphasis_dots || !is_for_page {
            escape::text(&mut self.out, text);
            return;
        }
        let is_wide = |letter: char| letter.width() == Some(2);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|letter| is_wide(letter) != is_wide(first)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            let is_latin = !is_wide(first) && run.contains(char::is_alphanumeric);
            if is_latin {
                self.session.is_for_page = true;
            }
            self.out.push_str(if is_latin { "<span class=\"latin\">" } else { "" });
            escape::text(&mut self.out, run);
            self.out.push_str(if is_latin { "</span>" } else { "" });
            rest = after;
        }
    }

    pub(super) fn inline_html(&mut self, html: &str, range: Range<usize>) {
        let mut chunk = HtmlChunk::default();
        chunk.push(html, range.start);
        self.write_raw_html(&chunk, if self.table.in_cell { Enclosing::Cell } else { Enclosing::Line });
    }

    pub(super) fn start_inline(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if let Some(image) = &mut self.image {
            image.nested += usize::from(matches!(tag, Tag::Image { .. }));
            return;
        }
        match tag {
            Tag::Emphasis => {
                self.emphasis += 1;
                self.start_span("<em>");
            }
            Tag::Strong => self.start_span("<strong>"),
            Tag::Strikethrough => self.start_span("<del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title, &range),
            Tag::Image { link_type, dest_url, title, .. } => {
                let dest_url = self.restored(&dest_url).into_owned();
                let (start, end) = self.places.original(&range);
                let target = targets::image(self.session, &dest_url, start, end);
                if target.is_none() {
                    self.point_to_destination(link_type, &dest_url);
                }
                let title = self.restored(&title).into_owned();
                self.image = Some(OpenImage { target, title, alt: String::new(), nested: 0 });
            }
            _ => {}
        }
    }

    fn start_span(&mut self, html: &str) {
        self.touch();
        self.spans += 1;
        self.out.push_str(html);
    }

    fn end_span(&mut self, html: &str) {
        self.spans = self.spans.saturating_sub(1);
        self.out.push_str(html);
    }

    pub(super) fn end_inline(&mut self, tag: TagEnd) {
        if let Some(image) = &mut self.image {
            match tag {
                TagEnd::Image if image.nested == 0 => self.end_image(),
                TagEnd::Image => image.nested -= 1,
                _ => {}
            }
            return;
        }
        match tag {
            TagEnd::Emphasis => {
                self.emphasis = self.emphasis.saturating_sub(1);
                self.end_span("</em>");
            }
            TagEnd::Strong => self.end_span("</strong>"),
            TagEnd::Strikethrough => self.end_span("</del>"),
            TagEnd::Link => self.end_link(),
            _ => {}
        }
    }

    fn start_link(&mut self, link_type: LinkType, destination: &str, title: &str, range: &Range<usize>) {
        let destination = self.restored(destination).into_owned();
        let (start, end) = self.places.original(range);
        let before = self.session.links.len();
        let url = match link_type {
            LinkType::Email => targets::link(self.session, &format!("mailto:{destination}"), start, end),
            _ => targets::link(self.session, &destination, start, end),
        };
        self.links.push(url.is_some());
        let Some(url) = url else {
            self.point_to_destination(link_type, &destination);
            return;
        };
        if let Some(link) = self.session.links.get_mut(before)
            && let Some(found) = destination_in(self.session.text, start..end, link_type, &destination)
        {
            (link.start, link.end) = (found.start, found.end);
        }
        self.out.push_str("<a");
        // On paper its address would stand there twice.
        if link_type == LinkType::Autolink && self.session.context.base().is_none() {
            self.session.is_for_page = true;
            self.out.push_str(" class=\"address\"");
        }
        self.out.push_str(" href=\"");
        escape::url(&mut self.out, &url);
        self.push_title(title);
        self.out.push_str("\">");
    }

    fn end_link(&mut self) {
        if self.links.pop() == Some(true) {
            self.out.push_str("</a>");
        }
    }

    /// Continues an open attribute with a title, whose own quote stays open.
    fn push_title(&mut self, title: &str) {
        if !title.is_empty() {
            self.out.push_str("\" title=\"");
            let title = self.restored(title);
            escape::attribute(&mut self.out, &title);
        }
    }

    fn end_image(&mut self) {
        let Some(OpenImage { target, title, alt, .. }) = self.image.take() else {
            return;
        };
        self.push_heading_text(&alt);
        let Some(target) = target else {
            self.touch();
            escape::text(&mut self.out, &alt);
            return;
        };
        // Readers elsewhere get one size.
        let is_for_page = self.session.context.base().is_none();
        let sizes = target.sizes.as_deref();
        let candidates = sizes.filter(|_| is_for_page);
        if let Some(ImageSizes { sources, sizes, .. }) = candidates.filter(|candidates| !candidates.sources.is_empty())
        {
            self.out.push_str("<picture>");
            for (media_type, srcset) in sources {
                self.out.push_str(&format!("<source type=\"{media_type}\" srcset=\""));
                escape::attribute(&mut self.out, srcset);
                self.out.push_str("\" sizes=\"");
                escape::attribute(&mut self.out, sizes);
                self.out.push_str("\">");
            }
        }
        self.out.push_str("<img src=\"");
        escape::url(&mut self.out, sizes.map_or(&target.url, |sizes| &sizes.url));
        if let Some(ImageSizes { srcset, sizes, .. }) = candidates {
            self.out.push_str("\" srcset=\"");
            escape::attribute(&mut self.out, srcset);
            self.out.push_str("\" sizes=\"");
            escape::attribute(&mut self.out, sizes);
        }
        self.out.push_str("\" alt=\"");
        escape::attribute(&mut self.out, &alt);
        let title_start = self.out.len();
        self.push_title(&title);
        let title_end = self.out.len();
        self.out.push('"');
        let size = sizes.map(|sizes| sizes.largest).or(target.width.zip(target.height));
        if let Some((width, height)) = size {
            self.out.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        self.out.push_str(" loading=\"lazy\" decoding=\"async\">");
        if candidates.is_some_and(|candidates| !candidates.sources.is_empty()) {
            self.out.push_str("</picture>");
        }
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.images += 1;
            paragraph.title = (!title.is_empty()).then_some((title_start..title_end, title));
            paragraph.credit = target.credit;
        }
    }

    /// Narrows the last problem from a whole link to its destination, if that can be found.
    fn point_to_destination(&mut self, link_type: LinkType, destination: &str) {
        let text = self.session.text;
        let Some(placed) = self.session.problems.last_mut() else {
            return;
        };
        if let Some(found) = destination_in(text, placed.start..placed.end, link_type, destination) {
            (placed.start, placed.end) = (found.start, found.end);
        }
    }
}

/// The range of a link's destination within it, if that can be found.
fn destination_in(text: &str, link: Range<usize>, link_type: LinkType, destination: &str) -> Option<Range<usize>> {
    if !matches!(link_type, LinkType::Inline | LinkType::Autolink | LinkType::Email) || destination.is_empty() {
        return None;
    }
    // Only the end of a link contains its destination; a limit keeps the search short.
    let earliest = link.end.saturating_sub(2_000).max(link.start);
    let tail = (earliest..link.end).find(|&at| text.is_char_boundary(at)).unwrap_or(link.start);
    let at = tail + text.get(tail..link.end)?.rfind(destination)?;
    Some(at..at + destination.len())
}
