//! The front matter of articles: as written, and as kept in memory.
//!
//! A large archive has hundreds of thousands of articles, so rare keys are kept apart in [`RareFields`], which most
//! articles don't have at all.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde_json::Value;

use crate::date::WrittenDate;
use crate::lenient::{Named, OneOrMany, TextOr};

use super::{CommentRule, Correction, Credit, Image, Kind, Note, Retraction, SeriesPart, SourceLink, Withdrawal};

/// Declares [`ArticleFront`] and [`RareFields`]: each rare key is declared once and is a field of both.
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
    /// The front matter of an article, as written. Frequent keys are declared here, and dates, which
    /// [`Dates`](super::Dates) holds in UTC; all others are in [`RareFields`].
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
        /// The summary for cards, feeds and the meta description; default: the first paragraph.
        #[serde(default, deserialize_with = "crate::lenient::text")]
        pub summary: Option<String>,
        /// The date of first publication.
        pub date: Option<WrittenDate>,
        /// The date of the last significant update.
        pub updated: Option<WrittenDate>,
        /// The end of the embargo, before which the article is not public.
        pub embargo: Option<WrittenDate>,
        /// The date of the original's version that a translation has, if it is one.
        pub translated_from: Option<WrittenDate>,
        /// The date from which the article is no longer public.
        pub expires: Option<WrittenDate>,
        /// The authors, in the order of the byline.
        #[serde(default, alias = "author")]
        pub authors: OneOrMany<TextOr<Credit>>,
        /// The tags.
        #[serde(default)]
        pub tags: OneOrMany<String>,
        /// The kind of story.
        #[serde(default, deserialize_with = "crate::lenient::or_default")]
        pub kind: Kind,
        /// The lead picture.
        #[serde(default, deserialize_with = "super::values::named_image")]
        pub image: Option<TextOr<Image>>,
        /// The last segment of the URL; default: the file's name.
        pub slug: Option<String>,
        /// Old paths that redirect to the article.
        #[serde(default)]
        pub aliases: OneOrMany<String>,
        /// The rule for comments; default: the site's.
        pub comments: Option<CommentRule>,
        /// True if search engines must not index the page.
        #[serde(default, deserialize_with = "crate::lenient::or_default")]
        pub noindex: bool,
        /// True if the article is not public at all.
        #[serde(default, deserialize_with = "crate::lenient::or_default")]
        pub draft: bool,
    }

    /// The keys that few articles have. A new key needs only a field here: it is optional, and kept in memory.
    ///
    /// `lenient::text` treats an empty text as missing, `lenient::or_default` a null.
    pub struct RareFields {
        /// The headline for cards.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub short_title: Option<String>,
        /// The headline for `<title>`.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub seo_title: Option<String>,
        /// The other contributors, by role.
        pub contributors: Named<OneOrMany<TextOr<Credit>>>,
        /// The byline to print instead of the derived one.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub byline: Option<String>,
        /// The place of reporting.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub dateline: Option<String>,
        /// The series that the story is part of.
        pub series: Option<TextOr<SeriesPart>>,
        /// Terms of the taxonomies of `site.yaml`, by taxonomy.
        pub taxonomies: Named<OneOrMany<String>>,
        /// The corrections.
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub corrections: Vec<Correction>,
        /// Clarifications and editors' notes.
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub notes: Vec<Note>,
        /// The retraction: the story was wrong, and its page stays and says so.
        pub retracted: Option<Retraction>,
        /// The withdrawal: the story is gone.
        pub withdrawn: Option<Withdrawal>,
        /// The sources of its facts.
        pub sources: OneOrMany<TextOr<SourceLink>>,
        /// The agency that supplied it.
        pub wire: Option<TextOr<Credit>>,
        /// The URL of the original, if the story is syndicated.
        pub canonical: Option<String>,
        /// The permanent id for feed readers, a URI, if the story was first published in another system.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub guid: Option<String>,
        /// The path of its page on this site, if the permalink pattern gives another.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub url: Option<String>,
        /// The language, if it is not the site's (BCP 47).
        pub language: Option<String>,
        /// The story that it is a translation of: a source file, relative to this one or from `content/` on.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub translation_of: Option<String>,
        /// The reason why the translation stays although its original was retracted.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub translation_stands: Option<String>,
        /// The order among stories of the same day or instant; higher is newer.
        #[serde(deserialize_with = "crate::lenient::or_default")]
        pub weight: i64,
        /// The URL of a post on Mastodon or Bluesky, whose replies readers can load.
        #[serde(deserialize_with = "crate::lenient::text")]
        pub comments_thread: Option<String>,
        /// Files to publish although nothing refers to them: paths, folders or patterns, relative to the file.
        pub publish: OneOrMany<String>,
        /// Free data for templates.
        #[serde(deserialize_with = "crate::lenient::free_map")]
        #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
        pub extra: BTreeMap<String, Value>,
    }
}

/// The front matter of an article as kept in memory, without dates and slug.
#[derive(Debug, Clone, Default, BorshSerialize, BorshDeserialize)]
pub struct Front {
    /// The headline.
    pub title: Box<str>,
    /// The line under the headline.
    pub deck: Option<Box<str>>,
    /// The short label above the headline.
    pub kicker: Option<Box<str>>,
    /// The summary for cards, feeds and the meta description; default: the first paragraph.
    pub summary: Option<Box<str>>,
    /// The authors, in the order of the byline.
    pub authors: Box<[Credit]>,
    /// The tags.
    pub tags: Box<[Box<str>]>,
    /// Old paths that redirect to the article.
    pub aliases: Box<[Box<str>]>,
    /// The lead picture.
    pub image: Option<Box<TextOr<Image>>>,
    /// The kind of story.
    pub kind: Kind,
    /// True if the slug is given in front matter and not derived from the file's name.
    pub has_slug: bool,
    /// The rule for comments; default: the site's.
    pub comments: Option<CommentRule>,
    /// True if search engines must not index the page.
    pub noindex: bool,
    /// True if the article is not public at all.
    pub draft: bool,
    /// See [`Front::rare`].
    pub(crate) rare: Option<Box<RareFields>>,
}

/// The rare fields of an article without any.
static NO_RARE_FIELDS: LazyLock<RareFields> = LazyLock::new(RareFields::default);

impl Front {
    /// Returns the keys that few articles have.
    pub fn rare(&self) -> &RareFields {
        self.rare.as_deref().unwrap_or(&NO_RARE_FIELDS)
    }

    /// Returns the rare fields for modification; `None` if the article has none.
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
