//! The views of a page in other forms: other formats, other editions, and a story in other languages.

use serde::Serialize;

use super::super::documented::{Documented, views};

views! {
    /// A feed, or a story in another format.
    AlternateView<'a> {
        /// The name of the list and the format: `World – The Monsoon Courier (RSS)`. For a story, the format alone.
        title: String,
        /// Root-relative URL.
        path: String,
        /// `application/rss+xml`, `application/atom+xml`, `application/feed+json`, `application/json` or `text/markdown`.
        media_type: &'a str,
    }
    /// An edition of the site, and this page in it.
    EditionLinkView<'a> {
        /// The name of the edition's language in that language: `Français`.
        name: &'a str,
        /// The edition's title.
        title: &'a str,
        /// The edition's language (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Absolute URL of this page in the edition, or of the edition's front page if it doesn't have this page.
        url: String,
        /// The same, root-relative.
        path: String,
        /// True for the edition that this page belongs to.
        is_current: bool,
        /// True if the edition has this page.
        is_same_page: bool,
        /// True if another edition has this page, and search engines may index it in this one.
        is_indexed: bool,
    }
    /// A story in another language.
    TranslationView<'a> {
        /// Its headline.
        title: &'a str,
        /// The name of its language in that language: `Français`.
        name: &'a str,
        /// Its language (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Absolute URL.
        url: String,
        /// Root-relative URL.
        path: String,
    }
}
