//! Writes raw HTML: resolves its links and images, and passes on only what the policy allows.

use std::borrow::Cow;
use std::ops::Range;

use super::HtmlWriter;
use crate::diagnostic::Code;
use crate::markdown::placeholders::{self, Segment};
use crate::markdown::raw_html::token::{self, HtmlAttribute, HtmlTag, HtmlToken};
use crate::markdown::raw_html::{Enclosing, HtmlChunk, Nesting};
use crate::markdown::{BodyProblem, MAX_NESTING, escape, leftovers, sanitize, srcset, targets};
use crate::typography::joined_lines;

/// The raw HTML of a region.
#[derive(Default)]
pub(super) struct RawHtml {
    /// True if there is any, so all of the region must be sanitized.
    pub is_seen: bool,
    nesting: Nesting,
    /// The outermost hidden element.
    hidden: Option<HiddenElement>,
    /// An inline `<script>` that is open.
    pub cut: Option<OpenRawText>,
    /// The number of open `<pre>`, whose line ends stay.
    preformatted: usize,
    /// The starts of comments in the region's text.
    pub comments: Vec<usize>,
}

/// An inline element with raw text, such as `<script>`, that has not ended yet.
pub(super) struct OpenRawText {
    name: String,
    /// The start of its contents in the output.
    start: usize,
    /// The place of its tag in the body, in bytes.
    place: (usize, usize),
}

/// An element of raw HTML that the page hides.
struct HiddenElement {
    name: String,
    /// The number of open elements with its name, from this one on.
    depth: usize,
    /// The heading levels before it.
    levels: Vec<u8>,
}

impl HtmlWriter<'_, '_> {
    /// Writes raw HTML according to the policy.
    pub(super) fn write_raw_html(&mut self, chunk: &HtmlChunk, enclosing: Enclosing) {
        if memchr::memmem::find(chunk.text().as_bytes(), b"<!--").is_some() {
            self.check_block_of_comments(chunk);
        }
        if self.session.reports && enclosing == Enclosing::Block {
            for (range, problem) in leftovers::in_html::find(chunk.text()) {
                let (start, end) = self.places.original(&chunk.place(&range));
                self.session.report(problem, start, end);
            }
        }
        let is_sanitized = self.session.sanitized();
        self.raw.is_seen |= is_sanitized;
        for token in token::tokens(chunk.text()) {
            if let HtmlToken::Tag(tag) = &token
                && tag.name == "pre"
            {
                let open = self.raw.preformatted;
                self.raw.preformatted = if tag.closing { open.saturating_sub(1) } else { open + 1 };
            }
            match is_sanitized {
                true => self.sanitized_token(chunk, token, enclosing),
                false => self.trusted_token(chunk, token),
            }
        }
    }

    fn sanitized_token(&mut self, chunk: &HtmlChunk, token: HtmlToken, enclosing: Enclosing) {
        match token {
            HtmlToken::Text(range) if &chunk.text()[range.clone()] == "<" => self.out.push_str("&lt;"),
            HtmlToken::Text(range) => self.raw_text(&chunk.text()[range]),
            HtmlToken::Other(range) => {
                let text = &chunk.text()[range.clone()];
                if !text.starts_with("<!--") {
                    self.removed(chunk, &range, "a declaration or script");
                }
            }
            HtmlToken::Unfinished(range) => {
                self.removed(chunk, &range, "an unfinished tag");
                self.literal(&chunk.text()[range]);
            }
            HtmlToken::Tag(tag) => self.sanitized_tag(chunk, &tag, enclosing),
        }
    }

    /// Writes the text of an HTML block: character references stay, embeds are rendered.
    fn raw_text(&mut self, text: &str) {
        // As in Markdown, a line end is no gap between Chinese or Japanese characters.
        let text = &*if self.raw.preformatted == 0 { joined_lines(text) } else { Cow::Borrowed(text) };
        if self.session.nodes.is_empty() || !text.contains(placeholders::OPEN) {
            // In a text with embeds, this was done when the placeholders were inserted.
            let is_foreign = self.session.sanitized() && text.contains([placeholders::OPEN, placeholders::CLOSE]);
            let text =
                if is_foreign { &text.replace([placeholders::OPEN, placeholders::CLOSE], "\u{fffd}") } else { text };
            self.out.push_str(text);
            return;
        }
        for segment in placeholders::segments(text) {
            match segment {
                Segment::Text(text) => self.out.push_str(text),
                Segment::Node(number) => self.node(number, true),
            }
        }
    }

    fn literal(&mut self, text: &str) {
        let text = self.restored(text);
        escape::text(&mut self.out, &text);
    }

    fn removed(&mut self, chunk: &HtmlChunk, range: &Range<usize>, what: &str) {
        let (start, end) = self.places.original(&chunk.place(range));
        self.session.note_removed(start, end, what.to_owned());
    }

    /// Reports a frame, which writers paste because they want it, and so each by itself.
    fn removed_frame(&mut self, chunk: &HtmlChunk, tag: &HtmlTag) {
        let (start, end) = self.places.original(&chunk.place(&tag.range));
        let source = tag.attributes.iter().find(|attribute| attribute.name == "src");
        let url = source.map(|source| self.restored(&chunk.text()[source.value.clone()]).into_owned());
        let url = url.as_deref().and_then(|url| url.trim().split_once("//"));
        let url =
            url.filter(|(scheme, _)| ["", "https:", "http:"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
        let host = url.and_then(|(_, rest)| rest.split(['/', '?', '#']).next()).filter(|host| !host.is_empty());
        let of_host = host.map_or_else(String::new, |host| format!(" of {}", escape::decode(host).escape_debug()));
        let problem = BodyProblem::new(Code::HtmlRemoved, format!("the frame{of_host} was removed from the HTML"));
        const MAPS: [&str; 3] = ["www.google.com/maps", "maps.google.", "www.openstreetmap.org/"];
        let hint = match url.is_some_and(|(_, rest)| MAPS.iter().any(|map| rest.starts_with(map))) {
            true => "write `{{< map lat=… lon=… title=\"…\" >}}`, or link to the map; `html: trusted` keeps all HTML",
            false => "link to the page instead, or write an embed for it in the theme; `html: trusted` keeps all HTML",
        };
        self.session.report(problem.hint(hint), start, end);
    }

    /// Keeps the headings in hidden elements out of the levels of those that readers see.
    fn follow_hidden(&mut self, chunk: &HtmlChunk, tag: &HtmlTag) {
        let Some(hidden) = &mut self.raw.hidden else {
            let may_hide = !tag.closing && !tag.attributes.is_empty() && !token::is_void(&tag.name);
            if may_hide && tag.is_hidden(chunk.text()) {
                let levels = self.session.levels.saved();
                self.raw.hidden = Some(HiddenElement { name: tag.name.clone(), depth: 1, levels });
            }
            return;
        };
        if hidden.name != tag.name {
            return;
        }
        hidden.depth = if tag.closing { hidden.depth - 1 } else { hidden.depth + 1 };
        if hidden.depth == 0
            && let Some(hidden) = self.raw.hidden.take()
        {
            self.session.levels.restore(hidden.levels);
        }
    }

    fn sanitized_tag(&mut self, chunk: &HtmlChunk, tag: &HtmlTag, enclosing: Enclosing) {
        let name = tag.name.as_str();
        if !tag.closing {
            self.follow_hidden(chunk, tag);
        }
        let shown = self.session.levels.raw_name(name, tag.closing).unwrap_or(name);
        if tag.closing {
            self.follow_hidden(chunk, tag);
        }
        if !sanitize::is_allowed_tag(name, self.session.inline) {
            match name {
                "iframe" if tag.closing => {}
                "iframe" => self.removed_frame(chunk, tag),
                _ => self.removed(chunk, &tag.range, &format!("`<{name}>`")),
            }
            if name == "template" {
                // Sanitizing removes it with its contents.
                self.out.push_str(if tag.closing { "</template>" } else { "<template>" });
                let open = self.session.templates;
                self.session.templates = if tag.closing { open.saturating_sub(1) } else { open + 1 };
            }
            self.cut_raw_text(chunk, tag);
            return;
        }
        if tag.closing {
            if enclosing != Enclosing::Cell {
                self.raw.nesting.close(name);
            }
            self.out.push_str(&format!("</{shown}>"));
            return;
        }
        if enclosing != Enclosing::Cell && !self.raw.nesting.open(name) {
            self.raw_too_deep(chunk, &tag.range);
            return;
        }
        self.out.push('<');
        self.out.push_str(shown);
        self.mark_hidden(chunk, tag);
        self.make_focusable(tag);
        for (index, attribute) in tag.attributes.iter().enumerate() {
            let repeated = tag.attributes[..index].iter().any(|earlier| earlier.name == attribute.name);
            if repeated || !sanitize::is_allowed_attribute(name, &attribute.name) {
                self.removed(chunk, &tag.range, &format!("`{}` of `<{name}>`", self.restored(&attribute.name)));
                let is_given = tag.attributes.iter().any(|other| other.name == "hidden");
                if tag.is_hidden_by(attribute, chunk.text()) && !is_given {
                    // Hidden text must stay hidden after sanitizing.
                    self.out.push_str(" hidden=\"\"");
                }
                continue;
            }
            let written = self.restored(&chunk.text()[attribute.value.clone()]).into_owned();
            if let Some(value) = self.resolved(chunk, tag, attribute, &written) {
                self.out.push_str(&format!(" {}=\"{}\"", attribute.name, value));
            }
        }
        self.out.push('>');
    }

    /// Marks an element that the page hides, for formats outside the page, where styles don't apply. The
    /// mark comes first because the first of two equal attributes wins.
    fn mark_hidden(&mut self, chunk: &HtmlChunk, tag: &HtmlTag) {
        if self.session.context.base().is_some() && tag.is_hidden(chunk.text()) {
            self.out.push_str(" aria-hidden=\"true\"");
        }
    }

    /// Lets keyboards reach what a style sheet makes scroll by itself.
    fn make_focusable(&mut self, tag: &HtmlTag) {
        let is_given = tag.attributes.iter().any(|attribute| attribute.name == "tabindex");
        if matches!(tag.name.as_str(), "pre" | "table") && !is_given && self.session.context.base().is_none() {
            self.session.is_for_page = true;
            self.out.push_str(" tabindex=\"0\"");
        }
    }

    fn raw_too_deep(&mut self, chunk: &HtmlChunk, range: &Range<usize>) {
        if self.raw.nesting.report() {
            let (start, end) = self.places.original(&chunk.place(range));
            let message =
                format!("raw HTML is nested more than {MAX_NESTING} levels deep, or leaves too many tags open");
            self.session.report(BodyProblem::new(Code::InvalidValue, message), start, end);
        }
    }

    /// Cuts `<script>` from a line of text. Its start and end tags arrive separately; the text between
    /// them isn't published.
    fn cut_raw_text(&mut self, chunk: &HtmlChunk, tag: &HtmlTag) {
        if !token::RAW_TEXT.contains(&tag.name.as_str()) {
            return;
        }
        match self.raw.cut.take() {
            Some(open) if tag.closing && open.name == tag.name => self.out.truncate(open.start),
            _ if !tag.closing => {
                let place = self.places.original(&chunk.place(&tag.range));
                self.raw.cut = Some(OpenRawText { name: tag.name.clone(), start: self.out.len(), place });
            }
            other => self.raw.cut = other,
        }
    }

    /// Ends a stretch of inline text. Markdown ends an inline `<script>` there too, wherever its end tag is.
    pub(super) fn end_raw_text(&mut self) {
        let Some(OpenRawText { name, place: (start, end), .. }) = self.raw.cut.take() else { return };
        let message = format!(
            "the `<{name}>` that begins here does not end in its paragraph or block, so readers see its contents"
        );
        let hint = format!("delete it, or put `<{name}>` at the start of a line after an empty one");
        self.session.report(BodyProblem::new(Code::LeftoverMarkup, message).hint(hint), start, end);
    }

    /// Returns the attribute's escaped value; `None` if it must not be published.
    fn resolved(
        &mut self,
        chunk: &HtmlChunk,
        tag: &HtmlTag,
        attribute: &HtmlAttribute,
        written: &str,
    ) -> Option<String> {
        let mut value = String::new();
        match (tag.name.as_str(), attribute.name.as_str()) {
            (_, "id") => {
                let (start, end) = self.places.original(&chunk.place(&attribute.value));
                let id = self.session.own_id(&escape::decode(written), start, end)?;
                escape::attribute(&mut value, &id);
            }
            (name, "href" | "src" | "poster" | "cite" | "srcset" | "data") => {
                let (start, end) = self.places.original(&chunk.place(&attribute.value));
                let target = escape::decode(written);
                if target.trim().is_empty() {
                    self.removed(chunk, &tag.range, &format!("the empty `{}` of `<{name}>`", attribute.name));
                    return None;
                }
                let picture =
                    matches!(name, "img" | "source") && attribute.name != "href" || attribute.name == "poster";
                match attribute.name.as_str() {
                    "srcset" => self.source_set(&target, start, end, &mut value)?,
                    "src" | "poster" if picture && name != "source" => {
                        escape::url(&mut value, &targets::image(self.session, target.trim(), start, end)?.url);
                    }
                    _ => escape::url(&mut value, &targets::link(self.session, target.trim(), start, end)?),
                }
            }
            _ => {
                value = written.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
                value = value.replace([placeholders::OPEN, placeholders::CLOSE], "\u{fffd}");
            }
        }
        Some(value)
    }

    /// Resolves the candidates of `srcset`, each a URL with a width or density. On trusted sites, absolute
    /// URLs stay as written, as in other attributes.
    fn source_set(&mut self, written: &str, start: usize, end: usize, value: &mut String) -> Option<()> {
        for candidate in srcset::candidates(written) {
            if !value.is_empty() {
                value.push_str(", ");
            }
            if self.session.sanitized() || targets::is_internal(candidate.url) {
                escape::url(value, &targets::image(self.session, candidate.url, start, end)?.url);
            } else {
                escape::attribute(value, candidate.url);
            }
            for word in candidate.descriptors.split_ascii_whitespace() {
                value.push(' ');
                escape::attribute(value, word);
            }
        }
        Some(())
    }

    fn trusted_token(&mut self, chunk: &HtmlChunk, token: HtmlToken) {
        match token {
            HtmlToken::Text(range) => self.raw_text(&chunk.text()[range]),
            HtmlToken::Other(range) | HtmlToken::Unfinished(range) => {
                let text = self.restored(&chunk.text()[range]).into_owned();
                self.out.push_str(&text);
            }
            HtmlToken::Tag(tag) => self.trusted_tag(chunk, &tag),
        }
    }

    /// Writes a tag unchanged, except relative URLs.
    fn trusted_tag(&mut self, chunk: &HtmlChunk, tag: &HtmlTag) {
        let mut done = tag.range.start;
        if !tag.closing {
            self.follow_hidden(chunk, tag);
        }
        if let Some(shown) = self.session.levels.raw_name(&tag.name, tag.closing) {
            self.out.push_str(if tag.closing { "</" } else { "<" });
            self.out.push_str(shown);
            done += 1 + usize::from(tag.closing) + shown.len();
        }
        if tag.closing {
            self.follow_hidden(chunk, tag);
        } else {
            let name_end = tag.range.start + 1 + tag.name.len();
            let before = self.restored(&chunk.text()[done..name_end]).into_owned();
            self.out.push_str(&before);
            done = name_end;
            self.mark_hidden(chunk, tag);
            self.make_focusable(tag);
        }
        for attribute in &tag.attributes {
            let written = self.restored(&chunk.text()[attribute.value.clone()]).into_owned();
            if attribute.name == "id" {
                self.session.ids.keep(&escape::decode(&written));
            }
            let target = escape::decode(&written);
            // Each candidate of a `srcset` is internal or external by itself.
            let is_internal = attribute.name == "srcset" || targets::is_internal(target.trim());
            if !names_file(&tag.name, &attribute.name) || !is_internal || target.trim().is_empty() {
                continue;
            }
            if let Some(value) = self.resolved(chunk, tag, attribute, &written) {
                let before = self.restored(&chunk.text()[done..attribute.quoted.start]).into_owned();
                self.out.push_str(&format!("{before}\"{value}\""));
                done = attribute.quoted.end;
            } else {
                let before = self.restored(&chunk.text()[done..attribute.quoted.start]).into_owned();
                let before = before.trim_end().trim_end_matches('=').trim_end();
                self.out.push_str(before.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
                done = attribute.quoted.end;
            }
        }
        let rest = self.restored(&chunk.text()[done..tag.range.end]).into_owned();
        self.out.push_str(&rest);
    }
}

/// True if an attribute's value is resolved on trusted sites: the URL of a page or file beside the text.
fn names_file(element: &str, attribute: &str) -> bool {
    match attribute {
        "href" => matches!(element, "a" | "area" | "link" | "image" | "use"),
        "src" => {
            matches!(element, "img" | "video" | "audio" | "source" | "track" | "iframe" | "embed" | "script" | "input")
        }
        "srcset" => matches!(element, "img" | "source"),
        "poster" => element == "video",
        "cite" => matches!(element, "blockquote" | "q" | "ins" | "del"),
        "data" => element == "object",
        _ => false,
    }
}
