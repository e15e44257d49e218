//! Renders the text of a reader's comment: a few plain elements, no raw HTML, no pictures, no embeds.
//!
//! The writer knows only the elements that it writes itself, so nothing that a reader types can become another one.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::escape;
use crate::comment::{Tamer, tamed};
use crate::urls::{is_complete_url, normalized};

/// The most elements inside each other. Deeper ones lose their tags and keep their words.
const MAX_DEPTH: usize = 8;

/// The text of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommentText {
    /// As HTML: paragraphs, quotations, lists, code, emphasis, and links with `rel="ugc nofollow"`.
    pub html: String,
    /// As plain text, with a space between paragraphs.
    pub plain: String,
}

/// Renders a comment. Raw HTML is shown as typed, a picture as its alternative text, and a link that does not lead to a
/// complete URL with `http` or `https` as its text.
///
/// ```
/// use presswork::markdown::comment_text;
/// let text = comment_text("*So* <b>it</b> [is](javascript:x), see <https://example.org/>");
/// assert_eq!(
///     text.html,
///     "<p><em>So</em> &lt;b&gt;it&lt;/b&gt; is, see <a href=\"https://example.org/\" \
///      rel=\"ugc nofollow\">https://example.org/</a></p>\n"
/// );
/// assert_eq!(text.plain, "So <b>it</b> is, see https://example.org/");
/// let deep = comment_text(&format!("{} one\n\n{} two", "> ".repeat(20), "> ".repeat(30)));
/// assert_eq!(deep.plain, "one two");
/// assert_eq!(comment_text("turn &#x202e;around").plain, "turn around");
/// ```
pub fn comment_text(markdown: &str) -> CommentText {
    let mut writer = CommentWriter::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        writer.event(event);
    }
    let CommentWriter { mut html, plain, .. } = writer;
    let plain = plain.trim().to_owned();
    // A text of link definitions alone, for example.
    if plain.is_empty() {
        let typed = tamed(markdown.trim());
        html = "<p>".to_owned();
        escape::text(&mut html, &typed);
        html.push_str("</p>\n");
        return CommentText { html, plain: typed.into_owned() };
    }
    CommentText { html, plain }
}

#[derive(Default)]
struct CommentWriter {
    html: String,
    plain: String,
    /// The end tag of each open element; `None` for one without tags.
    open: Vec<Option<&'static str>>,
    /// The URL of the open link, and where its text begins.
    link: Option<(String, usize)>,
    /// Tames what is written: character references are decoded only here.
    tamer: Tamer,
}

impl CommentWriter {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(_) => self.end(),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => {
                self.html.push_str("<code>");
                self.text(&text);
                self.html.push_str("</code>");
            }
            Event::SoftBreak => self.space("\n"),
            Event::HardBreak => self.space("<br>\n"),
            Event::Rule => self.html.push_str("<hr>\n"),
            // These need extensions that are off.
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        let text = self.tamer.tamed(text);
        escape::text(&mut self.html, &text);
        self.plain.push_str(&text);
    }

    fn space(&mut self, html: &str) {
        self.html.push_str(html);
        self.plain.push(' ');
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let has_room = self.open.len() < MAX_DEPTH;
        let in_list = matches!(self.open.last(), Some(Some("</ul>\n" | "</ol>\n")));
        let (start, end) = match tag {
            Tag::Paragraph | Tag::HtmlBlock => ("<p>", "</p>\n"),
            Tag::Heading { .. } => ("<p><strong>", "</strong></p>\n"),
            Tag::BlockQuote(_) => ("<blockquote>\n", "</blockquote>\n"),
            Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) => ("<pre><code>", "</code></pre>\n"),
            Tag::List(None) => ("<ul>\n", "</ul>\n"),
            Tag::List(Some(_)) => ("", "</ol>\n"),
            Tag::Item => ("<li>", "</li>\n"),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::Strikethrough => ("<del>", "</del>"),
            Tag::Link { dest_url, .. } => return self.start_link(dest_url),
            _ => return self.open.push(None),
        };
        let is_written = match tag {
            // A list without its items would not be one.
            Tag::List(_) => self.open.len() + 1 < MAX_DEPTH,
            Tag::Item => in_list,
            _ => has_room,
        };
        if !is_written {
            if !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough) {
                self.separate();
            }
            return self.open.push(None);
        }
        match tag {
            Tag::List(Some(1)) => self.html.push_str("<ol>\n"),
            Tag::List(Some(first)) => self.html.push_str(&format!("<ol start=\"{first}\">\n")),
            _ => self.html.push_str(start),
        }
        self.open.push(Some(end));
    }

    /// Keeps words of blocks apart that have lost their tags.
    fn separate(&mut self) {
        if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
        if !self.plain.is_empty() && !self.plain.ends_with(' ') {
            self.plain.push(' ');
        }
    }

    fn start_link(&mut self, url: &str) {
        let url = url.trim();
        if !is_complete_url(url) || self.link.is_some() {
            return self.open.push(None);
        }
        let url = normalized(url).into_owned();
        self.html.push_str("<a href=\"");
        escape::attribute(&mut self.html, &url);
        self.html.push_str("\" rel=\"ugc nofollow\">");
        self.link = Some((url, self.html.len()));
        self.open.push(Some("</a>"));
    }

    fn end(&mut self) {
        let Some(end) = self.open.pop().flatten() else { return };
        if end == "</a>"
            && let Some((url, start)) = self.link.take()
            && self.html[start..].trim().is_empty()
        {
            self.text(&url);
        }
        if end.ends_with('\n') && !self.plain.is_empty() && !self.plain.ends_with(' ') {
            self.plain.push(' ');
        }
        self.html.push_str(end);
    }
}
