//! What stays in memory of an article: a large archive has hundreds of thousands of them.

use std::collections::BTreeMap;
use std::ops::Deref;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;
use serde_json::Value;

use crate::date::Moment;
use crate::lenient::{Named, OneOrMany, TextOr};

use super::{
    ArticleFront, BodyScan, Correction, Credit, Image, Kind, Note, Retraction, SeriesPart, Sketch, SourceLink,
    Withdrawal,
};

/// An article as read from one file.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Article {
    /// The file, relative to the project's folder: `content/world/vote.md`.
    pub source: Box<str>,
    /// Its front matter.
    pub front: Front,
    /// Its dates in UTC.
    pub dates: Dates,
    /// The last part of its URL.
    pub slug: Box<str>,
    /// Its body.
    pub body: BodyScan,
    /// The words of its body.
    pub sketch: Sketch,
    /// xxh3 of the file's bytes.
    pub digest: u128,
}

/// What front matter says besides dates and slug. What few articles have lies apart in [`Seldom`], and is read as if
/// it stood here.
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
    /// What few articles have; absent when this one has nothing of it.
    pub seldom: Option<Box<Seldom>>,
}

/// What few articles say.
#[derive(Debug, Clone, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Seldom {
    /// The headline for cards.
    pub short_title: Option<String>,
    /// The headline for `<title>`.
    pub seo_title: Option<String>,
    /// Who else worked on it, by role.
    pub contributors: Named<OneOrMany<TextOr<Credit>>>,
    /// The printed line, instead of the derived one.
    pub byline: Option<String>,
    /// The place of reporting.
    pub dateline: Option<String>,
    /// The project that it is a part of.
    pub series: Option<TextOr<SeriesPart>>,
    /// Terms of the further taxonomies of `site.yaml`, by taxonomy.
    pub taxonomies: Named<OneOrMany<String>>,
    /// What was wrong and has been set right.
    pub corrections: Vec<Correction>,
    /// Clarifications and editors' notes.
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
    pub guid: Option<String>,
    /// Another language than the site's (BCP 47).
    pub language: Option<String>,
    /// Orders stories of the same day or instant; higher first.
    pub weight: i64,
    /// Files that are published though nothing refers to them: paths, folders or patterns, relative to the file.
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

impl Seldom {
    /// What an article has that says nothing of it.
    const NOTHING: &Seldom = &Seldom {
        short_title: None,
        seo_title: None,
        contributors: Named(Vec::new()),
        byline: None,
        dateline: None,
        series: None,
        taxonomies: Named(Vec::new()),
        corrections: Vec::new(),
        notes: Vec::new(),
        retracted: None,
        withdrawn: None,
        sources: OneOrMany(Vec::new()),
        wire: None,
        canonical: None,
        guid: None,
        language: None,
        weight: 0,
        publish: OneOrMany(Vec::new()),
        extra: BTreeMap::new(),
    };
}

impl Deref for Front {
    type Target = Seldom;

    fn deref(&self) -> &Seldom {
        self.seldom.as_deref().unwrap_or(Seldom::NOTHING)
    }
}

impl From<ArticleFront> for Front {
    fn from(written: ArticleFront) -> Front {
        let text = |text: Option<String>| text.map(String::into_boxed_str);
        let texts = |texts: OneOrMany<String>| texts.0.into_iter().map(String::into_boxed_str).collect();
        let seldom = Seldom {
            short_title: written.short_title,
            seo_title: written.seo_title,
            contributors: written.contributors,
            byline: written.byline,
            dateline: written.dateline,
            series: written.series,
            taxonomies: written.taxonomies,
            corrections: written.corrections,
            notes: written.notes,
            retracted: written.retracted,
            withdrawn: written.withdrawn,
            sources: written.sources,
            wire: written.wire,
            canonical: written.canonical,
            guid: written.guid,
            language: written.language,
            weight: written.weight,
            publish: written.publish,
            extra: written.extra,
        };
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
            seldom: (seldom != *Seldom::NOTHING).then(|| Box::new(seldom)),
        }
    }
}

/// The instants of an article, in UTC. Those that few articles have lie apart in [`SeldomDates`], and are read as if
/// they stood here.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Dates {
    /// First publication.
    pub published: Moment,
    /// The last change worth telling.
    pub updated: Option<Moment>,
    /// What few articles have; absent when this one has nothing of it.
    pub seldom: Option<Box<SeldomDates>>,
}

/// The instants that few articles have.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SeldomDates {
    /// Not public before.
    pub embargo: Option<Moment>,
    /// Not public after.
    pub expires: Option<Moment>,
    /// When each correction was made, as listed.
    pub corrections: Vec<Moment>,
    /// When each note was made, as listed.
    pub notes: Vec<Moment>,
    /// When it was retracted.
    pub retracted: Option<Moment>,
    /// When it was withdrawn.
    pub withdrawn: Option<Moment>,
}

impl SeldomDates {
    /// What an article has that has none of them.
    const NOTHING: &SeldomDates = &SeldomDates {
        embargo: None,
        expires: None,
        corrections: Vec::new(),
        notes: Vec::new(),
        retracted: None,
        withdrawn: None,
    };
}

impl Dates {
    /// The dates of an article, as small as they can be.
    pub fn new(published: Moment, updated: Option<Moment>, seldom: SeldomDates) -> Dates {
        let seldom = (seldom != *SeldomDates::NOTHING).then(|| Box::new(seldom));
        Dates { published, updated, seldom }
    }

    /// When it becomes public, unless something keeps it from that.
    pub fn opens(&self) -> Timestamp {
        self.embargo.map_or(self.published.instant, |embargo| embargo.instant.max(self.published.instant))
    }

    /// When it stops being public, if it does.
    pub fn closes(&self) -> Option<Timestamp> {
        self.expires.into_iter().chain(self.withdrawn).map(|moment| moment.instant).min()
    }

    /// Whether its time is over before it comes.
    pub fn is_never_open(&self) -> bool {
        self.closes().is_some_and(|end| end <= self.opens())
    }

    /// The last change of any sort: an update, a correction, a note or the retraction, as far as they are due (what is
    /// dated ahead is not among a [story](crate::site::Story)'s dates); never before publication. `None` when nothing
    /// has changed since.
    pub fn modified(&self) -> Option<Moment> {
        let changes = self.updated.iter().chain(&self.corrections).chain(&self.notes).chain(&self.retracted);
        changes.max_by_key(|moment| moment.instant).map(|&last| last.max(self.published))
    }
}

impl Deref for Dates {
    type Target = SeldomDates;

    fn deref(&self) -> &SeldomDates {
        self.seldom.as_deref().unwrap_or(SeldomDates::NOTHING)
    }
}
