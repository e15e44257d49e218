//! Splits texts into terms: words without accents, and pairs or triples of characters in scripts without spaces.

use std::sync::LazyLock;

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::rules::RULES;

/// The kind of a term, by its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// A word between spaces or punctuation.
    Word,
    /// One or two characters of Han, kana or Hangul.
    Pair,
    /// One to three characters of Thai, Lao, Burmese or Khmer.
    Triple,
}

impl TermKind {
    /// The number of characters of a full term in scripts without spaces.
    fn width(self) -> usize {
        match self {
            TermKind::Word => usize::MAX,
            TermKind::Pair => 2,
            TermKind::Triple => 3,
        }
    }

    /// The number of its first characters that decide its bucket, so that all words that begin alike are together.
    pub(super) fn key_length(self) -> usize {
        match self {
            TermKind::Word => RULES.key,
            TermKind::Pair => 1,
            TermKind::Triple => 2,
        }
    }

    /// The kind of a term.
    pub fn of(term: &str) -> TermKind {
        term.chars().next().map_or(TermKind::Word, kind_of)
    }
}

fn kind_of(letter: char) -> TermKind {
    match letter {
        ..'\u{e00}' => TermKind::Word,
        _ if RULES.triples.contain(letter) => TermKind::Triple,
        _ if RULES.pairs.contain(letter) => TermKind::Pair,
        _ => TermKind::Word,
    }
}

/// Calls `each` with every term of a text, in order.
pub fn terms(text: &str, each: &mut impl FnMut(&str)) {
    runs(text, &mut |kind, run| match kind {
        TermKind::Word => each(cut(run)),
        kind => {
            for (at, _) in run.char_indices() {
                each(first_characters(&run[at..], kind.width()));
            }
        }
    });
}

/// The runs of a query. Those in scripts without spaces stay whole.
pub(super) fn query_runs(text: &str) -> Vec<(TermKind, String)> {
    let mut found = Vec::new();
    runs(text, &mut |kind, run| {
        let run = if kind == TermKind::Word { cut(run) } else { run };
        found.push((kind, run.to_owned()));
    });
    found
}

/// The terms that a story with this run must have: full pairs or triples, or the run itself if it is shorter.
pub(super) fn full_terms(kind: TermKind, run: &str) -> Vec<String> {
    let letters: Vec<char> = run.chars().collect();
    if kind == TermKind::Word || letters.len() <= kind.width() {
        return vec![run.to_owned()];
    }
    letters.windows(kind.width()).map(|term| term.iter().collect()).collect()
}

/// A text as it is compared: folded, with single spaces for everything between words.
pub fn comparable(text: &str) -> String {
    let mut out = String::from(" ");
    runs(text, &mut |_, run| {
        out.push_str(run);
        out.push(' ');
    });
    out
}

fn cut(word: &str) -> &str {
    if word.len() <= RULES.longest { word } else { first_characters(word, RULES.longest) }
}

/// At most this many characters from the start of a text.
pub(super) fn first_characters(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

/// Calls `each` with every run of word characters of one kind.
fn runs(text: &str, each: &mut impl FnMut(TermKind, &str)) {
    let mut folded = String::new();
    // No ASCII character but letters and digits is part of a word or combines with a neighbour into one, so that what is
    // between two of them can be folded alone. Most words are short.
    for piece in text.split(|letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric()) {
        if piece.is_empty() {
            continue;
        }
        folded.clear();
        if fold_piece(piece, &mut folded) {
            each(TermKind::Word, &folded);
        } else {
            split(&folded, each);
        }
    }
}

/// Splits a folded text into runs.
fn split(text: &str, each: &mut impl FnMut(TermKind, &str)) {
    let mut open: Option<(TermKind, usize)> = None;
    for (at, letter) in text.char_indices() {
        let kind = is_word_character(letter).then(|| kind_of(letter));
        if open.map(|(kind, _)| kind) == kind {
            continue;
        }
        if let Some((kind, start)) = open {
            each(kind, &text[start..at]);
        }
        open = kind.map(|kind| (kind, at));
    }
    if let Some((kind, start)) = open {
        each(kind, &text[start..]);
    }
}

/// True for letters, numbers and marks (general categories L, N and M).
fn is_word_character(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(letter);
    let groups = [GeneralCategoryGroup::Letter, GeneralCategoryGroup::Number, GeneralCategoryGroup::Mark];
    groups.iter().any(|group| group.contains(category))
}

/// Appends a text in its folded form. Returns true if that is a single word of ASCII.
fn fold_piece(piece: &str, out: &mut String) -> bool {
    if piece.is_ascii() {
        out.push_str(piece);
        out.make_ascii_lowercase();
        return true;
    }
    let start = out.len();
    for letter in piece.chars() {
        match LETTERS.get(letter) {
            Some(Folded::Same) => out.push(letter),
            Some(Folded::To(text)) => out.push_str(text),
            None => {
                out.truncate(start);
                out.push_str(&fold(piece));
                return false;
            }
        }
    }
    false
}

/// Folds a text: compatibility forms, lower case, letters without accents (NFKC, NFKD, NFC of UAX #15). The script
/// for browsers does the same.
fn fold(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let bare: String = lower.nfkd().filter(|letter| !RULES.marks.contain(*letter)).nfc().collect();
    let mut out = String::with_capacity(bare.len());
    for letter in bare.chars() {
        match RULES.letters.get(&letter) {
            Some(other) => out.push_str(other),
            None => out.push(letter),
        }
    }
    out
}

/// The folded form of a character that combines with no neighbour.
#[derive(Debug, Clone)]
enum Folded {
    Same,
    To(Box<str>),
}

/// The folded forms of all characters of alphabets that can be folded one by one. Everything else is folded with its
/// neighbours.
struct FoldedLetters(Vec<Option<Folded>>);

static LETTERS: LazyLock<FoldedLetters> = LazyLock::new(|| {
    let one = |code: u32| {
        let letter = char::from_u32(code)?;
        let mut buffer = [0; 4];
        let text = &*letter.encode_utf8(&mut buffer);
        let is_alone = canonical_combining_class(letter) == 0
            && is_nfc_quick(std::iter::once(letter)) == IsNormalized::Yes
            && !RULES.marks.contain(letter);
        let folded = is_alone.then(|| fold(text))?;
        // A form that begins with a character which combines would combine with a neighbour, too.
        let begins_alone = folded.chars().next().is_none_or(|first| {
            canonical_combining_class(first) == 0 && is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes
        });
        begins_alone.then(|| if folded == text { Folded::Same } else { Folded::To(folded.into()) })
    };
    FoldedLetters((0..TABLE_END).map(one).collect())
});

/// The end of the table: alphabets and punctuation come before it.
const TABLE_END: u32 = 0x2070;

impl FoldedLetters {
    fn get(&self, letter: char) -> Option<&Folded> {
        static SAME: Folded = Folded::Same;
        match letter {
            // Han, kana without the marks of voicing, Hangul syllables, and their punctuation.
            '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{3011}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30fe}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}' => Some(&SAME),
            letter => self.0.get(letter as usize)?.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, &mut |term| found.push(term.to_owned()));
        found
    }

    #[test]
    fn words_have_no_accents_and_one_width() {
        assert_eq!(all("Zürich’s Œuvre, ＡＢＣ１２ Łódź"), ["zurich", "s", "oeuvre", "abc12", "lodz"]);
        assert_eq!(all("cafe\u{301} CAFÉ Straße ΟΔΟΣ İzmir"), ["cafe", "cafe", "strasse", "οδοσ", "izmir"]);
        assert_eq!(all("ёлка Йод"), ["елка", "иод"]);
        assert_eq!(all("مدرسةٌ الـقـمر إسلام"), ["مدرسه", "القمر", "اسلام"]);
    }

    #[test]
    fn scripts_without_spaces_have_pairs_and_triples() {
        assert_eq!(all("学习Rust编程。"), ["学习", "习", "rust", "编程", "程"]);
        assert_eq!(all("がく"), ["がく", "く"]);
        assert_eq!(all("한국어"), ["한국", "국어", "어"]);
        assert_eq!(all("ภาษา"), ["ภาษ", "าษา", "ษา", "า"]);
    }

    /// The table must give what folding the whole text gives, whatever the neighbours are.
    #[test]
    fn letters_fold_alone_as_they_do_together() {
        let letters: Vec<char> = (0x80..TABLE_END).chain(0x3001..0x3100).filter_map(char::from_u32).collect();
        let near = ['a', 'é', 'Σ', 'ا', '学', 'が', '한', 'ก', '\u{301}', 'ᅡ'];
        for &letter in &letters {
            for &other in &near {
                for text in [[letter, other], [other, letter]].map(|pair| pair.iter().collect::<String>()) {
                    let mut quick = String::new();
                    fold_piece(&text, &mut quick);
                    assert_eq!(quick, fold(&text), "{text:?}");
                }
            }
        }
    }
}
