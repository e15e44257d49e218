//! Decides where embeds are embeds: in text, not in code, comments, URLs or titles.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::EmbedMark;
use crate::markdown::{Session, parser, placeholders};

/// Returns which marks are live.
pub(super) fn marks(session: &Session<'_>, marks: &[EmbedMark<'_>]) -> Vec<bool> {
    let ranges: Vec<_> = marks.iter().map(|mark| mark.range().clone()).enumerate().collect();
    let rewritten = placeholders::insert(session.text, &(0..session.text.len()), &ranges, "", session.inline);
    let mut search = Search { marks, live: vec![false; marks.len()], containers: 0, paragraph: None };
    let mut code = 0_usize;
    let mut images = 0_usize;
    let mut comment = false;
    for event in Parser::new_ext(&rewritten.text, parser::extensions(session)) {
        search.follow(&event);
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code -= 1,
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images -= 1,
            Event::End(TagEnd::HtmlBlock) => comment = false,
            Event::Text(text) if code == 0 && images == 0 => search.mark(&text),
            Event::Html(html) => search.mark_outside_comments(&html, &mut comment),
            _ => {}
        }
    }
    search.live
}

struct Search<'m, 'a> {
    marks: &'m [EmbedMark<'a>],
    live: Vec<bool>,
    /// The number of open lists, quotes and notes, in which URLs stay text.
    containers: usize,
    /// The URLs in the open paragraph, as long as it contains only embeds.
    paragraph: Option<Vec<usize>>,
}

impl Search<'_, '_> {
    fn mark(&mut self, text: &str) {
        for number in placeholders::numbers(text) {
            if self.marks.get(number).is_some_and(|mark| !mark.is_url()) {
                self.live[number] = true;
            }
        }
    }

    fn mark_outside_comments(&mut self, html: &str, comment: &mut bool) {
        let mut rest = html;
        while !rest.is_empty() {
            let end = rest.find(if *comment { "-->" } else { "<!--" });
            let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
            if !*comment {
                self.mark(part);
            }
            rest = after.get(3..).unwrap_or("");
            *comment ^= end.is_some();
        }
    }

    /// Finds the paragraphs that contain only embeds.
    fn follow(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Paragraph) => self.paragraph = (self.containers == 0).then(Vec::new),
            Event::End(TagEnd::Paragraph) => {
                for number in self.paragraph.take().unwrap_or_default() {
                    self.live[number] = true;
                }
            }
            Event::Start(tag) if is_container(&tag.to_end()) => self.containers += 1,
            Event::End(tag) if is_container(tag) => self.containers -= 1,
            Event::Text(text) if placeholders::are_all(text) => {
                if let Some(paragraph) = &mut self.paragraph {
                    let urls = placeholders::numbers(text);
                    paragraph.extend(urls.filter(|&number| self.marks.get(number).is_some_and(EmbedMark::is_url)));
                }
            }
            Event::SoftBreak | Event::HardBreak => {}
            _ => self.paragraph = None,
        }
    }
}

fn is_container(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::FootnoteDefinition | TagEnd::DefinitionList | TagEnd::Table
    )
}
