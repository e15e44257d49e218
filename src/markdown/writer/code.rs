//! Blocks of code: gathered whole, for a grammar has to see all of it.

use pulldown_cmark::CodeBlockKind;
use unicode_width::UnicodeWidthStr;

use super::Writer;
use crate::markdown::escape;
#[cfg(feature = "highlight")]
use crate::markdown::highlight;

/// A wider line does not fit on a telephone, so the block scrolls, and keyboards must reach it (WCAG 2.1.1).
const NARROW: usize = 30;

/// So many bytes of one body's code are marked up; other blocks are written as they are. Nobody reads so much code for
/// its colours, and grammars take their time.
#[cfg(feature = "highlight")]
const MAX_MARKED: usize = 200_000;

/// A block of code that is being read.
pub(super) struct Code {
    /// What it is written in, as its writer names it; empty where nothing is said.
    language: String,
    pub text: String,
}

impl Writer<'_, '_> {
    pub(super) fn start_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.fresh_line();
        let info = match kind {
            CodeBlockKind::Fenced(info) => self.restored(info).into_owned(),
            CodeBlockKind::Indented => String::new(),
        };
        let language = info.split([' ', ',', '\t', '{']).next().unwrap_or_default().to_owned();
        self.code = Some(Code { language, text: String::new() });
    }

    pub(super) fn end_code(&mut self) {
        let Some(Code { language, text }) = self.code.take() else { return };
        let is_for_page = self.session.context.base().is_none();
        self.out.push_str("<pre");
        if is_for_page {
            self.session.is_for_page = true;
            self.out.push_str(" class=\"code\"");
            if text.lines().any(|line| line.width() > NARROW) {
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

    /// Writes code with its parts marked up; whether that could be done.
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
