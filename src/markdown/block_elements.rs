//! The HTML elements that are blocks, and those that are parts of words.

/// Elements that a paragraph can't contain: it ends where they begin (HTML, section 4.4.1).
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "dialog",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "table",
    "ul",
];

/// True if a paragraph ends where the element begins.
pub(super) fn ends_paragraph(name: &str) -> bool {
    BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block))
}

/// Elements whose tags don't end a word, also old ones, in alphabetical order.
#[rustfmt::skip]
const WITHIN_WORDS: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
];

/// True if a tag of the element, by its lower-case name, doesn't end the word that it is in.
pub fn is_within_word(name: &str) -> bool {
    WITHIN_WORDS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn elements_within_words_are_in_order() {
        assert!(super::WITHIN_WORDS.is_sorted());
    }
}
