//! Text for XML 1.0, which forbids some characters altogether.

use std::borrow::Cow;

use quick_xml::escape::escape;

/// How an XML document begins.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A text as an element or attribute holds it: escaped, and without the characters that XML has no form for.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    match allowed(text) {
        Cow::Borrowed(text) => escape(text),
        Cow::Owned(text) => Cow::Owned(escape(&text).into_owned()),
    }
}

/// A text without the characters that XML 1.0 forbids (section 2.2, production 2).
pub(super) fn allowed(text: &str) -> Cow<'_, str> {
    let is_forbidden =
        |c: char| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) { Cow::Owned(text.replace(is_forbidden, "")) } else { Cow::Borrowed(text) }
}
