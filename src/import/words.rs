//! Counts the words of texts, to compare a story here with its source.

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use crate::unicode::is_han_or_kana;

pub use crate::markdown::html_text;

/// The words of a text, to count those that another text has too. Han and Kana characters count as words.
#[derive(Debug, Default)]
pub struct WordBag {
    /// The hash of each word's lower-case letters, sorted. An archive has more words than strings for them would fit.
    words: Vec<u64>,
}

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl WordBag {
    /// The words of a plain text.
    pub fn of(text: &str) -> WordBag {
        let mut words = Vec::with_capacity(text.len() / 6);
        let mut open: Option<u64> = None;
        let add = |open: &mut Option<u64>, letter: char| {
            let hash = open.unwrap_or_default().rotate_left(5) ^ u64::from(letter);
            *open = Some(hash.wrapping_mul(MULTIPLIER));
        };
        for letter in text.chars() {
            if letter.is_ascii_alphanumeric() {
                add(&mut open, letter.to_ascii_lowercase());
            } else if is_han_or_kana(letter) {
                words.extend(open.take());
                add(&mut open, letter);
                words.extend(open.take());
            } else if !letter.is_ascii() && letter.is_alphanumeric() {
                letter.to_lowercase().for_each(|letter| add(&mut open, letter));
            } else if !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\'' | '’') {
                words.extend(open.take());
            }
        }
        words.extend(open);
        words.sort_unstable();
        WordBag { words }
    }

    /// The number of words.
    pub fn total(&self) -> usize {
        self.words.len()
    }

    /// The number of this text's words that `other` has too, each as often as it has it.
    pub fn kept_in(&self, other: &WordBag) -> usize {
        let mut others = other.words.iter().peekable();
        let is_there = |word: &&u64| {
            while others.next_if(|other| other < word).is_some() {}
            others.next_if(|other| other == word).is_some()
        };
        self.words.iter().filter(is_there).count()
    }
}

/// The text that readers see of a Markdown text, about: without markup, URLs and comments, with the words in arguments
/// of embeds.
pub fn markdown_text(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut text = String::with_capacity(markdown.len());
    let mut raw = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => raw.push_str(&html),
            Event::Text(words) | Event::Code(words) => {
                flush(&mut raw, &mut text);
                text.push_str(&words);
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            // An item of a list without empty lines has no paragraph that would end before a list in it.
            Event::Start(tag) if !is_in_line(&tag.to_end()) => text.push(' '),
            Event::End(tag) if !is_in_line(&tag) => text.push(' '),
            _ => {}
        }
    }
    flush(&mut raw, &mut text);
    text
}

/// True for marks within a line, at which no word ends.
fn is_in_line(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
}

fn flush(raw: &mut String, text: &mut String) {
    if !raw.is_empty() {
        text.push_str(&html_text(raw));
        raw.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_markdown_and_of_its_page_are_the_same() {
        let markdown = "# Isn’t it *late*?\n\nSee [the dock](/dock/), `41` <b>ships</b> 东京.\n\n<!-- no -->";
        let html =
            "<h1>Isn't it <em>late</em>?</h1><p>See <a href=\"/dock/\">the dock</a>, <code>41</code> ships 东京.</p>";
        let (source, page) = (WordBag::of(&markdown_text(markdown)), WordBag::of(&html_text(html)));
        // Chinese is counted by the letter.
        assert_eq!((source.total(), source.kept_in(&page), page.total()), (10, 10, 10));
    }
}
