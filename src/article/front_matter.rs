//! The front matter of articles: as it is written, and as it stays in memory.
//!
//! A large archive has hundreds of thousands of articles, so the keys that few of them have are kept apart in
//! [`RareFields`], which most articles don't have at all.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::WrittenDate;
use crate::lenient::{Named, OneOrMany, TextOr};

use super::{Correction, Credit, Image, Kind, Note, Retraction, SeriesPart, SourceLink, Withdrawal};

/// Declares [`ArticleFront`] and [`RareFields`]: each rare key is written once and is a field of both.
macro_rules! front_matter {
    (
        $(#[doc = $written_doc:expr])*
        pub struct ArticleFront { $($common:tt)* }
        $(#[doc = $rare_doc:expr])*
        pub struct RareFields {
            $(
                $(#[doc = $doc:expr])*
                $(#[serde($($serde:tt)*)])?
                $(#[borsh($($borsh:tt)*)])?
                pub $key:ident: $type:ty,
            )*
        }
    ) => {
        $(#[doc = $written_doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct ArticleFront {
            $($common)*
            $(
                $(#[doc = $doc])*
                #[serde(default $(, $($serde)*)?)]
                pub $key: $type,
            )*
        }

        $(#[doc = $rare_doc])*
        #[derive(Debug, Clone, Default, PartialEq, BorshSerialize, BorshDeserialize)]
        pub struct RareFields {
            $(
                $(#[doc = $doc])*
                $(#[borsh($($borsh)*)])?
                pub $key: $type,
            )*
        }

        impl ArticleFront {
            /// Moves the rare fields out.
            fn take_rare(&mut self) -> RareFields {
                RareFields { $($key: std::mem::take(&mut self.$key)),* }
            }
        }
    };
}

front_matter! {
    /// The front matter of an article, as it is written. Keys that most articles have stand here, and dates, which
    /// [`Dates`](super::Dates) holds in UTC; all others stand in [`RareFields`].
    pub struct ArticleFront {
        /// The headline.
        #[serde(deserialize_with = "crate::lenient::required::title")]
        pub title: String,
        /// The line under the headline.
        #[serde(default, deserialize_with = "crate::lenient::text")]
        pub deck: Option<String>,
        /// The short label above the headline.
        #[serde(default, deserialize_with = "crate::lenient::text")]
        pub kicker: Option<String>,
        /// For cards, feeds and the meta description; default: the first paragraph.
        #[serde(default, deserialize_with = "crate::lenient::text")]
        pub summary: Option<String>,
        /// First publication.
        pub date: Option<WrittenDate>,
        /// The last change worth telling.
        pub updated: Option<WrittenDate>,
        /// Not public before.
        pub embargo: Option<WrittenDate>,
        /// Not public after.
        pub expires: Option<WrittenDate>,
        /// Who signs, in order.
        #[serde(default, alias = "author")]
        pub authors: OneOrMany<TextOr<Credit>>,
        /// Topics.
        #[serde(default)]
        pub tags: OneOrMany<String>,
        /// What sort of story it is.
        #[serde(default, deserialize_with = "crate::lenient::or_default")]
        pub kind: Kind,
        /// The lead picture.
        #[serde(default, deserialize_with = "super::values::named_image")]
        pub image: Option<TextOr<Image>>,
        /// The last part of the URL; default: the file's name.
        pub slug: Option<String>,
        /// Old paths that lead here.
        #[serde(default)]
        pub aliases: OneOrMany<String>,
        /// Whether readers may comment; default: the theme's.
        pub comments: Option<bool>,
        /// Keeps search engines away.
        #[serde(default, deserialize_with = "crate::lenient::or_default")]
        pub noindex: bool,
        /// Not public at all.
        #[serde(default, deserialize_with = "crate::lenient::or_default")]
        pub draft: bool,
    }

    /// The keys that few articles have. A new key is a field here and nothing more: it is optional, and kept in memory.
    ///
    /// `lenient::text` takes a blank text for a missing one, `lenient::or_default` a null.
    pub struct RareFields {
        /// The headline for cards.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub short_title: Option<String>,
        /// The headline for `<title>`.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub seo_title: Option<String>,
        /// Who else worked on it, by role.
        pub contributors: Named<OneOrMany<TextOr<Credit>>>,
        /// The printed line, instead of the derived one.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub byline: Option<String>,
        /// The place of reporting.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub dateline: Option<String>,
        /// The project that it is a part of.
        pub series: Option<TextOr<SeriesPart>>,
        /// Terms of the further taxonomies of `site.yaml`, by taxonomy.
        pub taxonomies: Named<OneOrMany<String>>,
        /// What was wrong and has been set right.
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub corrections: Vec<Correction>,
        /// Clarifications and editors' notes.
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub notes: Vec<Note>,
        /// The story was wrong; the page stays and says so.
        pub retracted: Option<Retraction>,
        /// The story is gone.
        pub withdrawn: Option<Withdrawal>,
        /// Where the facts come from.
        pub sources: OneOrMany<TextOr<SourceLink>>,
        /// The agency that supplied it.
        pub wire: Option<TextOr<Credit>>,
        /// The original's URL, when syndicated.
        pub canonical: Option<String>,
        /// What feed readers know the story by, when it has been published elsewhere before: a URI.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub guid: Option<String>,
        /// Another language than the site's (BCP 47).
        pub language: Option<String>,
        /// Orders stories of the same day or instant; higher first.
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub weight: i64,
        /// Files that are published though nothing refers to them: paths, folders or patterns, relative to the file.
        pub publish: OneOrMany<String>,
        /// Free data for templates.
        #[serde(deserialize_with = "crate::lenient::free_map")]
        #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
        pub extra: BTreeMap<String, Value>,
    }
}

/// The front matter of an article as it stays in memory, without dates and slug.
#[derive(Debug, Clone, Default, BorshSerialize, BorshDeserialize)]
pub struct Front {
    /// The headline.
    pub title: Box<str>,
    /// The line under the headline.
    pub deck: Option<Box<str>>,
    /// The short label above the headline.
    pub kicker: Option<Box<str>>,
    /// For cards, feeds and the meta description; default: the first paragraph.
    pub summary: Option<Box<str>>,
    /// Who signs, in order.
    pub authors: Box<[Credit]>,
    /// Topics.
    pub tags: Box<[Box<str>]>,
    /// Old paths that lead here.
    pub aliases: Box<[Box<str>]>,
    /// The lead picture.
    pub image: Option<Box<TextOr<Image>>>,
    /// What sort of story it is.
    pub kind: Kind,
    /// Whether the slug was written, and not made from the file's name.
    pub has_slug: bool,
    /// Whether readers may comment; default: the theme's.
    pub comments: Option<bool>,
    /// Keeps search engines away.
    pub noindex: bool,
    /// Not public at all.
    pub draft: bool,
    /// See [`Front::rare`].
    pub(crate) rare: Option<Box<RareFields>>,
}

/// The rare fields of an article that has none of them.
static NO_RARE_FIELDS: LazyLock<RareFields> = LazyLock::new(RareFields::default);

impl Front {
    /// The keys that few articles have.
    pub fn rare(&self) -> &RareFields {
        self.rare.as_deref().unwrap_or(&NO_RARE_FIELDS)
    }

    /// The rare fields, to change them; `None` when the article has none.
    pub fn rare_mut(&mut self) -> Option<&mut RareFields> {
        self.rare.as_deref_mut()
    }
}

impl From<ArticleFront> for Front {
    fn from(mut written: ArticleFront) -> Front {
        let text = |text: Option<String>| text.map(String::into_boxed_str);
        let texts = |texts: OneOrMany<String>| texts.0.into_iter().map(String::into_boxed_str).collect();
        let rare = written.take_rare();
        Front {
            title: written.title.into(),
            deck: text(written.deck),
            kicker: text(written.kicker),
            summary: text(written.summary),
            authors: written.authors.0.into_iter().map(|credit| credit.0).collect(),
            tags: texts(written.tags),
            aliases: texts(written.aliases),
            image: written.image.map(Box::new),
            kind: written.kind,
            has_slug: written.slug.is_some(),
            comments: written.comments,
            noindex: written.noindex,
            draft: written.draft,
            rare: (rare != *NO_RARE_FIELDS).then(|| Box::new(rare)),
        }
    }
}
