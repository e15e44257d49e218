//! Counts the words of texts, to compare a story here with its source.

use ahash::{HashMap, HashMapExt};
use pulldown_cmark::{Event, Options, Parser, TagEnd};

/// The words of a text with their numbers. Han and Kana characters count as words.
#[derive(Debug, Default)]
pub struct WordBag {
    words: HashMap<String, usize>,
    total: usize,
}

impl WordBag {
    /// The words of a plain text.
    pub fn of(text: &str) -> WordBag {
        let mut bag = WordBag { words: HashMap::new(), total: 0 };
        let mut word = String::new();
        for letter in text.chars() {
            if is_ideograph(letter) {
                bag.add(&mut word);
                word.push(letter);
                bag.add(&mut word);
            } else if letter.is_alphanumeric() {
                word.extend(letter.to_lowercase());
            } else if !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\'' | '’') {
                bag.add(&mut word);
            }
        }
        bag.add(&mut word);
        bag
    }

    fn add(&mut self, word: &mut String) {
        if !word.is_empty() {
            *self.words.entry(std::mem::take(word)).or_default() += 1;
            self.total += 1;
        }
    }

    /// The number of words.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The number of this text's words that `other` has too, each as often as it has it.
    pub fn kept_in(&self, other: &WordBag) -> usize {
        let kept = self.words.iter().map(|(word, count)| (*count).min(other.words.get(word).copied().unwrap_or(0)));
        kept.sum()
    }
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
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

/// The text of an HTML text without tags, comments, scripts and styles.
pub fn html_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let tag = &rest[at..];
        let end = match tag {
            _ if tag.starts_with("<!--") => tag.find("-->").map(|end| end + 3),
            _ => tag.find('>').map(|end| end + 1),
        };
        let Some(end) = end else { break };
        rest = &tag[end..];
        for (name, close) in [("<script", "</script"), ("<style", "</style"), ("<head>", "</head>")] {
            if tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
                let lower = rest.to_ascii_lowercase();
                rest = lower.find(close).map_or("", |at| &rest[at..]);
            }
        }
        if !is_inline(&tag[..end]) {
            text.push(' ');
        }
    }
    if !rest.starts_with('<') {
        text.push_str(rest);
    }
    unescaped(&text)
}

fn is_inline(tag: &str) -> bool {
    const INLINE: &[&str] =
        &["a", "abbr", "b", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"];
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name);
    INLINE.contains(&name.to_ascii_lowercase().as_str())
}

/// Decodes the character references that texts have most often; others don't matter for counting.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    quick_xml::escape::unescape_with(text, |name| match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => Some(" "),
        "lsquo" | "rsquo" | "apos" => Some("'"),
        "ldquo" | "rdquo" | "quot" => Some("\""),
        "ndash" | "mdash" | "hellip" => Some(" "),
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        _ => None,
    })
    .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
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
