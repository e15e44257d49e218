//! Gathers code blocks whole, because a grammar must see all of the code.

use pulldown_cmark::CodeBlockKind;
use unicode_width::UnicodeWidthStr;

use super::HtmlWriter;
use crate::markdown::escape;
#[cfg(feature = "highlight")]
use crate::markdown::highlight;

/// The widest line, in columns, that fits on a phone of 320 pixels, also in a footnote. Wider blocks
/// scroll, and keyboards must reach them (WCAG 2.1.1).
const NARROW: usize = 20;
/// The columns that the indentation of a list, a quote or an embed takes at most, for each open element.
const INDENTED: usize = 2;

/// The maximum number of bytes that are highlighted in one body. Grammars are slow, and nobody reads so
/// much code for its colours.
#[cfg(feature = "highlight")]
const MAX_MARKED: usize = 200_000;

/// A code block that is being read.
pub(super) struct CodeBlock {
    /// Its language, as the writer named it; empty if not given.
    language: String,
    pub text: String,
}

impl HtmlWriter<'_, '_> {
    pub(super) fn start_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.fresh_line();
        let info = match kind {
            CodeBlockKind::Fenced(info) => self.restored(info).into_owned(),
            CodeBlockKind::Indented => String::new(),
        };
        let language = info.split([' ', ',', '\t', '{']).next().unwrap_or_default().to_owned();
        self.code = Some(CodeBlock { language, text: String::new() });
    }

    pub(super) fn end_code(&mut self) {
        let Some(CodeBlock { language, text }) = self.code.take() else { return };
        let is_for_page = self.session.context.base().is_none();
        self.out.push_str("<pre");
        if is_for_page {
            self.session.is_for_page = true;
            self.out.push_str(" class=\"code\"");
            let room = NARROW.saturating_sub(INDENTED * (self.depth + 2 * self.session.embed_depth));
            if text.lines().any(|line| line.width() > room) {
                self.out.push_str(" tabindex=\"0\"");
            }
        }
        self.out.push_str("><code");
        if !language.is_empty() {
            self.out.push_str(" class=\"language-");
            escape::attribute(&mut self.out, &language);
            self.out.push('"');
        }
        self.out.push('>');
        if !(is_for_page && self.push_marked(&text, &language)) {
            escape::text(&mut self.out, &text);
        }
        self.out.push_str("</code></pre>\n");
    }

    /// Writes highlighted code. Returns false if that isn't possible.
    #[cfg(feature = "highlight")]
    fn push_marked(&mut self, text: &str, language: &str) -> bool {
        let total = self.session.code_marked.saturating_add(text.len());
        let is_wanted = self.session.options.highlight_code && !language.is_empty() && total <= MAX_MARKED;
        let is_marked = is_wanted && highlight::push(&mut self.out, text, language);
        if is_marked {
            self.session.code_marked = total;
        }
        is_marked
    }

    #[cfg(not(feature = "highlight"))]
    fn push_marked(&mut self, _: &str, _: &str) -> bool {
        false
    }
}
