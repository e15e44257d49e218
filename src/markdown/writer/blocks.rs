//! Writes paragraphs, headings, lists, tables and other blocks.

use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CowStr, HeadingLevel, Tag, TagEnd};

use super::HtmlWriter;
use crate::markdown::raw_html::{Enclosing, HtmlChunk};
use crate::markdown::{BodyProblem, Code, escape, headings, sanitize};

/// A heading that is being written.
pub(super) struct OpenHeading {
    /// The position of its start tag.
    start: usize,
    /// Its text so far.
    pub text: String,
    level: u8,
    id: Option<String>,
    /// Its range in the parsed text.
    range: Range<usize>,
    /// Classes and other attributes, escaped.
    attributes: String,
    /// The heading levels before it.
    levels: Vec<u8>,
}

/// A paragraph that is being written; its contents decide which element it becomes.
pub(super) struct OpenParagraph {
    /// The position of its `<p>`.
    pub start: usize,
    /// The range and value of its last image's title attribute.
    pub title: Option<(Range<usize>, String)>,
    /// The credit of its last image.
    pub credit: Option<String>,
    pub images: usize,
    /// True if it contains more than images and links around them.
    pub text: bool,
    /// True if it contains only embeds, which need no paragraph.
    pub embeds: bool,
}

/// The open table.
#[derive(Default)]
pub(super) struct TableState {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    pub in_cell: bool,
}

impl HtmlWriter<'_, '_> {
    /// Starts a quote, or an alert with the theme's label for it.
    fn start_quote(&mut self, kind: Option<BlockQuoteKind>) {
        self.fresh_line();
        let Some(name) = kind.map(alert_name) else { return self.out.push_str("<blockquote>\n") };
        self.out.push_str("<aside class=\"alert alert-");
        self.out.push_str(name);
        self.out.push_str("\" role=\"note\">\n");
        if let Some(word) = self.session.context.word(&format!("alert_{name}")) {
            self.out.push_str("<p class=\"alert-title\"");
            self.word_language(&word);
            self.out.push('>');
            escape::text(&mut self.out, &word);
            self.out.push_str("</p>\n");
        }
    }
}

impl HtmlWriter<'_, '_> {
    pub(super) fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.start_paragraph(),
            Tag::Heading { level, id, classes, attrs } => self.start_heading(level, id, &classes, &attrs, &range),
            Tag::BlockQuote(kind) => {
                self.start_quote(kind);
            }
            Tag::CodeBlock(kind) => self.start_code(&kind),
            Tag::HtmlBlock => self.html = Some(HtmlChunk::default()),
            Tag::List(Some(1)) => self.line("<ol>\n"),
            Tag::List(Some(first)) => self.line(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.line("<ul>\n"),
            Tag::Item => self.line("<li>"),
            Tag::DefinitionList => self.line("<dl>\n"),
            Tag::DefinitionListTitle => self.line("<dt>"),
            Tag::DefinitionListDefinition => self.line("<dd>"),
            Tag::Table(alignments) => {
                self.table.alignments = alignments;
                self.line("<div class=\"table\" tabindex=\"0\">\n<table>\n");
            }
            Tag::TableHead => {
                (self.table.in_head, self.table.column) = (true, 0);
                self.out.push_str("<thead>\n<tr>\n");
            }
            Tag::TableRow => {
                self.table.column = 0;
                self.out.push_str("<tr>\n");
            }
            Tag::TableCell => self.start_cell(),
            other => self.start_inline(other, range),
        }
    }

    pub(super) fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(None) => self.line("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.line("</aside>\n"),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                if let Some(chunk) = self.html.take() {
                    self.fresh_line();
                    self.write_raw_html(&chunk, Enclosing::Block);
                }
                self.end_raw_text();
            }
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.end_item("</li>\n"),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.end_item("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.end_item("</dd>\n"),
            TagEnd::Table => self.out.push_str("</tbody>\n</table>\n</div>\n"),
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.out.push_str("</tr>\n</thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.end_raw_text();
                self.table.in_cell = false;
                self.table.column += 1;
                self.out.push_str(if self.table.in_head { "</th>\n" } else { "</td>\n" });
            }
            other => self.end_inline(other),
        }
    }

    /// Writes the checkbox of a task, with the theme's string for its state.
    pub(super) fn task(&mut self, is_done: bool) {
        self.touch();
        // Where forms aren't allowed, a character says the same.
        if self.session.context.base().is_some() {
            return self.out.push_str(if is_done { "\u{2611} " } else { "\u{2610} " });
        }
        self.out.push_str("<input type=\"checkbox\" disabled");
        self.out.push_str(if is_done { " checked" } else { "" });
        if let Some(word) = self.session.context.word(if is_done { "task_done" } else { "task_open" }) {
            self.out.push_str(" aria-label=\"");
            escape::attribute(&mut self.out, &word);
            self.out.push('"');
            self.word_language(&word);
        }
        self.out.push_str("> ");
    }

    /// Writes the attributes of an element with a string of the theme that is not in the text's language.
    fn word_language(&mut self, word: &str) {
        let Some((language, direction)) = self.session.context.language_of_word(word) else { return };
        self.out.push_str(" lang=\"");
        escape::attribute(&mut self.out, &language);
        self.out.push_str("\" dir=\"");
        escape::attribute(&mut self.out, &direction);
        self.out.push('"');
    }

    fn line(&mut self, html: &str) {
        self.fresh_line();
        self.out.push_str(html);
    }

    fn end_item(&mut self, html: &str) {
        self.end_raw_text();
        self.out.push_str(html);
    }

    fn start_paragraph(&mut self) {
        if self.session.inline {
            return;
        }
        self.fresh_line();
        let start = self.out.len();
        self.paragraph =
            Some(OpenParagraph { start, title: None, credit: None, images: 0, text: false, embeds: false });
        self.out.push_str("<p>");
    }

    /// Records that the open paragraph contains only embeds.
    pub(super) fn become_embeds(&mut self) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.embeds = true;
            self.out.truncate(paragraph.start);
        }
    }

    /// Ends the paragraph before a block inside it. Returns false if no paragraph was open or something
    /// else is open in it.
    pub(super) fn split_paragraph(&mut self) -> bool {
        let open = self.paragraph.as_ref().is_some_and(|paragraph| !paragraph.embeds);
        if !open || self.links.len() + self.spans > 0 {
            return false;
        }
        self.close_paragraph();
        true
    }

    /// Ends a paragraph, or removes it if it is empty.
    fn close_paragraph(&mut self) {
        match self.out.trim_end().strip_suffix("<p>").map(str::len) {
            Some(before) => self.out.truncate(before),
            None => self.out.push_str("</p>\n"),
        }
    }

    /// Records that the paragraph contains more than images.
    pub(super) fn touch(&mut self) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.text = true;
        }
    }

    fn end_paragraph(&mut self) {
        self.end_raw_text();
        let Some(paragraph) = self.paragraph.take() else {
            return;
        };
        if paragraph.embeds {
            self.fresh_line();
        } else if paragraph.images == 1 && !paragraph.text {
            self.end_figure(paragraph);
        } else {
            self.close_paragraph();
        }
    }

    fn end_figure(&mut self, paragraph: OpenParagraph) {
        let caption = paragraph.title.map(|(place, title)| {
            self.out.replace_range(place, "");
            title
        });
        self.out.replace_range(paragraph.start..paragraph.start + 3, "<figure>");
        if caption.is_some() || paragraph.credit.is_some() {
            self.out.push_str("<figcaption>");
            caption.iter().for_each(|title| escape::text(&mut self.out, title));
            if let Some(credit) = &paragraph.credit {
                // Outside the page nothing else separates the two.
                self.out.push_str(if caption.is_some() { "<span hidden> ·</span> " } else { "" });
                self.out.push_str("<span class=\"credit\">");
                escape::text(&mut self.out, credit);
                self.out.push_str("</span>");
            }
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>\n");
    }

    fn start_heading(
        &mut self,
        level: HeadingLevel,
        id: Option<CowStr<'_>>,
        classes: &[CowStr<'_>],
        attrs: &[(CowStr<'_>, Option<CowStr<'_>>)],
        range: &Range<usize>,
    ) {
        self.fresh_line();
        let mut attributes = String::new();
        if !classes.is_empty() {
            attributes.push_str(" class=\"");
            escape::attribute(&mut attributes, &self.restored(&classes.join(" ")));
            attributes.push('"');
        }
        for (index, (name, value)) in attrs.iter().enumerate() {
            let name = name.to_ascii_lowercase();
            let repeated = attrs[..index].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(&name));
            if repeated || !self.heading_attribute(&name, range) {
                continue;
            }
            attributes.push_str(&format!(" {name}=\""));
            escape::attribute(&mut attributes, &self.restored(value.as_deref().unwrap_or_default()));
            attributes.push('"');
        }
        let id = id.map(|id| self.restored(&id).into_owned());
        let levels = self.session.levels.saved();
        let level = self.session.levels.next(level as u8);
        let (start, range) = (self.out.len(), range.clone());
        self.heading = Some(OpenHeading { start, text: String::new(), level, id, range, attributes, levels });
    }

    fn heading_attribute(&mut self, name: &str, range: &Range<usize>) -> bool {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let well_formed = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(valid);
        let trusted = !self.session.sanitized() && !matches!(name, "id" | "class");
        let allowed = well_formed && (trusted || sanitize::is_allowed_heading_attribute(name));
        if !allowed {
            let (start, end) = self.places.original(range);
            self.session.note_removed(start, end, format!("the attribute `{name}` of a heading"));
        }
        allowed
    }

    fn end_heading(&mut self) {
        self.end_raw_text();
        let Some(heading) = self.heading.take() else {
            return;
        };
        let (start, end) = self.places.original(&heading.range);
        if self.out[heading.start..].trim().is_empty() {
            self.session.levels.restore(heading.levels);
            self.out.truncate(heading.start);
            let message = "the heading has no text, so it is not published";
            let problem = BodyProblem::new(Code::LeftoverMarkup, message);
            self.session.report(problem.hint("write its words, or remove the `#`; `\\#` is plain text"), start, end);
            return;
        }
        if heading.attributes.contains(" hidden=\"") {
            self.session.levels.restore(heading.levels);
        }
        let written = heading.id.as_deref().and_then(|id| self.session.own_id(id, start, end));
        let context = self.session.context;
        let id = written.unwrap_or_else(|| self.session.ids.of_heading(&heading.text, context));
        let level = headings::name_of(heading.level);
        let mut start = ["<", level, " id=\""].concat();
        escape::attribute(&mut start, &id);
        start.extend(["\"", &heading.attributes, ">"]);
        self.out.insert_str(heading.start, &start);
        self.out.push_str("</");
        self.out.push_str(level);
        self.out.push_str(">\n");
    }

    fn start_cell(&mut self) {
        self.table.in_cell = true;
        self.out.push_str(if self.table.in_head { "<th scope=\"col\"" } else { "<td" });
        self.out.push_str(match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => " class=\"align-left\">",
            Some(Alignment::Center) => " class=\"align-center\">",
            Some(Alignment::Right) => " class=\"align-right\">",
            Some(Alignment::None) | None => ">",
        });
    }
}

/// The name of an alert (`> [!NOTE]`) in classes and strings.
fn alert_name(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}
