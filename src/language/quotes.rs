//! The quotation marks of each language.

use super::Language;

/// The quotation marks of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quotes {
    /// Opens a quotation.
    pub open: &'static str,
    /// Closes a quotation.
    pub close: &'static str,
    /// Opens a quotation inside another.
    pub inner_open: &'static str,
    /// Closes a quotation inside another.
    pub inner_close: &'static str,
    /// The space inside guillemets: a no-break space in French, otherwise empty.
    pub padding: &'static str,
}

impl Quotes {
    /// The marks of the root locale, which English and most other languages inherit.
    pub const ROOT: Quotes = Quotes { open: "“", close: "”", inner_open: "‘", inner_close: "’", padding: "" };
}

/// The four marks, and the languages that use them: `characters/delimiters` of the Unicode CLDR 48.2. A
/// language without a row inherits from its parent, and finally from [`Quotes::ROOT`].
///
/// Japanese has no row, although CLDR lists 「」『』: keyboards have keys for those brackets, and a straight
/// quote stands for “ ”, which Japanese also uses.
const MARKS: &[([&str; 4], &str)] = &[
    (
        ["«", "»", "“", "”"],
        "ast blo bm br ca cv dyo el es-US eu ewo ie it kab kk lij mg mua nnh pms pt-AO pt-CH pt-CV pt-GQ pt-GW pt-LU \
         pt-MO pt-MZ pt-PT pt-ST pt-TL sc sg ti",
    ),
    (["„", "“", "‚", "‘"], "bs-Cyrl cs de dsb et hr hsb is ksh lb luy mk nds sk sl"),
    (["«", "»", "‹", "›"], "am az-Arab az-Cyrl fa fr-CH gsw jgo kkj mzn rm sdh wae"),
    (["«", "»", "„", "“"], "bas be bua ky os ru sah tyv uk"),
    (["”", "”", "’", "’"], "fi he lag rn se sn sv yi"),
    (["«", "»", "‘", "’"], "dua el-polyton ksf nb nn no rw"),
    (["”", "“", "’", "‘"], "ar lld ms-Arab syr ur"),
    (["«", "»", "«", "»"], "fr ht hy oc yav"),
    (["„", "“", "„", "“"], "bg lt prg sgs"),
    (["‘", "’", "“", "”"], "fur ia ti-ER tn"),
    (["「", "」", "『", "』"], "yue zh-Hant"),
    (["„", "”", "«", "»"], "nmg pl ro"),
    (["„", "”", "‚", "’"], "agq ff"),
    (["„", "”", "»", "«"], "hu szl"),
    (["»", "«", "›", "‹"], "kk-Arab ug"),
    (["«", "»", "„", "”"], "shi zgh"),
    (["„", "”", "‘", "’"], "bs"),
    (["“", "”", "«", "»"], "eo"),
    (["«", "»", "”", "“"], "fr-CA"),
    (["„", "“", "«", "»"], "ka"),
    (["‘", "’", "‘", "’"], "nl"),
    (["„", "”", "’", "’"], "sr"),
    (["“", "’", "“", "”"], "st"),
    (["“", "”", "“", "”"], "tk"),
    (["“", "”", "’", "‘"], "uz"),
    // Their parents have rows, but they inherit from the root.
    (["“", "”", "‘", "’"], "ff-Adlm uz-Arab uz-Cyrl"),
];

impl Language {
    /// The quotation marks of the language, according to the Unicode CLDR.
    ///
    /// ```
    /// use presswork::language::Language;
    /// let marks = |tag| Language::parse(tag).map(|found| [found.quotes().open, found.quotes().close].concat());
    /// assert_eq!(marks("de-AT")?, "„“");
    /// assert_eq!(marks("zh-TW")?, "「」");
    /// assert_eq!(marks("fr-CH")?, "«»");
    /// assert_eq!(marks("en-GB")?, "“”");
    /// # Ok::<(), String>(())
    /// ```
    pub fn quotes(&self) -> Quotes {
        self.0.quotes
    }
}

/// The marks of a language; `fallbacks` are its tags from the most specific to the most general.
pub(super) fn quotes(fallbacks: &[String]) -> Quotes {
    let row = |tag: &str| MARKS.iter().find(|(_, tags)| tags.split_ascii_whitespace().any(|known| known == tag));
    let Some((tag, &([open, close, inner_open, inner_close], _))) =
        fallbacks.iter().find_map(|tag| row(tag).map(|row| (tag.as_str(), row)))
    else {
        return Quotes::ROOT;
    };
    // Swiss papers print «so», those of France and Quebec « so ».
    let padding = if matches!(tag, "fr" | "fr-CA") { "\u{a0}" } else { "" };
    Quotes { open, close, inner_open, inner_close, padding }
}
