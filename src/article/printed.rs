//! Front matter in its printed form: each value on one line, with the quotation marks of its language.

use crate::language::Quotes;
use crate::lenient::TextOr;
use crate::typography::{joins_lines, line};

use super::{ArticleFront, Credit, Image, PageFront, SectionFront};

/// Puts a value on one line, and replaces straight quotation marks if `quotes` are given.
fn set(text: &mut String, quotes: Option<&Quotes>) {
    fold(text);
    if let Some(quotes) = quotes
        && let std::borrow::Cow::Owned(set) = line(text, quotes)
    {
        *text = set;
    }
}

/// Puts a text on one line: trims it, and replaces each run of spaces, tabs and line ends with a space, or with nothing
/// for a line end between Chinese or Japanese characters.
fn fold(text: &mut String) {
    let is_space = |letter: char| matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
    let is_folded = !text.contains(|letter| letter != ' ' && is_space(letter))
        && !text.contains("  ")
        && !text.starts_with(' ')
        && !text.ends_with(' ');
    if is_folded {
        return;
    }
    let mut folded = String::with_capacity(text.len());
    let mut rest = text.trim_matches(is_space);
    while let Some(at) = rest.find(is_space) {
        let (word, after) = rest.split_at(at);
        let next = after.trim_start_matches(is_space);
        let has_line_end = after[..after.len() - next.len()].contains('\n');
        let edges = word.chars().next_back().zip(next.chars().next());
        folded.push_str(word);
        if !(has_line_end && edges.is_some_and(|(before, after)| joins_lines(before, after))) {
            folded.push(' ');
        }
        rest = next;
    }
    folded.push_str(rest);
    *text = folded;
}

/// Puts each string on one line, with the quotation marks of its language if `quotes` are given.
pub fn print_lines<'t>(texts: impl IntoIterator<Item = &'t mut String>, quotes: Option<&Quotes>) {
    texts.into_iter().for_each(|text| set(text, quotes));
}

fn set_image(image: &mut Option<TextOr<Image>>, quotes: Option<&Quotes>) {
    let Some(TextOr(image)) = image else { return };
    for text in [&mut image.alt, &mut image.caption, &mut image.credit].into_iter().flatten() {
        let mut set_text = std::mem::take(text).into_string();
        set(&mut set_text, quotes);
        *text = set_text.into();
    }
}

impl ArticleFront {
    /// Converts the values that readers see to their printed form; `quotes` are the marks of the story's language.
    /// Names are put on one line but keep their marks, because they are compared.
    pub fn print(&mut self, quotes: Option<&Quotes>) {
        set(&mut self.title, quotes);
        let texts = [
            &mut self.short_title,
            &mut self.seo_title,
            &mut self.deck,
            &mut self.kicker,
            &mut self.summary,
            &mut self.dateline,
        ];
        print_lines(texts.into_iter().flatten(), quotes);
        set_image(&mut self.image, quotes);
        print_lines(self.corrections.iter_mut().map(|correction| &mut correction.text), quotes);
        print_lines(self.notes.iter_mut().map(|note| &mut note.text), quotes);
        print_lines(self.retracted.iter_mut().map(|retraction| &mut retraction.reason), quotes);
        print_lines(self.withdrawn.iter_mut().filter_map(|withdrawal| withdrawal.reason.as_mut()), quotes);
        print_lines(self.sources.0.iter_mut().map(|source| &mut source.0.name), quotes);
        print_lines(&mut self.byline, quotes);
        let contributors = self.contributors.0.iter_mut().flat_map(|(_, credits)| &mut credits.0);
        let credits = self.authors.0.iter_mut().chain(&mut self.wire).chain(contributors);
        print_lines(credits.filter_map(|credit| name(&mut credit.0)), None);
    }
}

fn name(credit: &mut Credit) -> Option<&mut String> {
    match credit {
        Credit::Guest(guest) => Some(&mut guest.name),
        Credit::Id(_) => None,
    }
}

impl PageFront {
    /// See [`ArticleFront::print`].
    pub fn print(&mut self, quotes: Option<&Quotes>) {
        set(&mut self.title, quotes);
        print_lines([&mut self.seo_title, &mut self.deck, &mut self.summary].into_iter().flatten(), quotes);
        set_image(&mut self.image, quotes);
    }
}

impl SectionFront {
    /// See [`ArticleFront::print`].
    pub fn print(&mut self, quotes: Option<&Quotes>) {
        print_lines([&mut self.title, &mut self.description].into_iter().flatten(), quotes);
        set_image(&mut self.image, quotes);
        print_lines(self.blocks.iter_mut().filter_map(|block| block.heading.as_mut()), quotes);
    }
}
