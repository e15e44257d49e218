//! What templates can see: the views, version 1, each field documented; `docs/THEMES.md` is generated from here.

mod lists;
mod overviews;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::documented::views;
use super::shown::Shown;

pub use super::documented::Documented;
pub use lists::{AuthorView, ContentView, ProfileView, SectionView, SeriesView, TaxonomyView, TermCountView, TermView};
pub use overviews::{
    AmendmentView, ArchiveView, BlockView, BreakingView, CorrectionsView, FrontView, MonthLinkView, MonthView, YearView,
};

/// The version of this contract; it grows when a field is removed or changes its meaning.
pub const VERSION: u32 = 1;

/// Every view with its fields, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Documented> {
    VIEWS.iter().chain(lists::VIEWS).chain(overviews::VIEWS)
}

/// For each field of each view, the fingerprints of two views that differ in it alone.
#[cfg(test)]
pub(super) fn all_altered_fields() -> Vec<super::samples::Altered> {
    [altered_fields(), lists::altered_fields(), overviews::altered_fields()].concat()
}

views! {
    /// `site`: the same on every page.
    SiteView<'a> {
        /// The publication's name.
        title: &'a str,
        /// One sentence about it.
        description: Option<&'a str>,
        /// Its language (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Absolute URL of the front page.
        url: String,
        /// Root-relative URL of the front page, with a slash at both ends: `/` or `/news/`.
        path: &'a str,
        /// Who publishes.
        publisher: PublisherView<'a>,
        /// The picture that link previews show for pages without one of their own: `share_image` of `site.yaml`.
        share_image: Option<ImageView<'a>>,
        /// The navigation of `site.yaml`, or else the top-level sections.
        navigation: Vec<LinkView<'a>>,
        /// The top-level sections, by weight, then by title.
        sections: Vec<LinkView<'a>>,
        /// Pages that every site has, by name: `latest`, `archive`, `staff`, `tags`, `series`, `corrections` and each taxonomy of `site.yaml`; each is there only when it has something to show.
        links: BTreeMap<&'a str, LinkView<'a>>,
        /// The feeds of the whole site.
        feeds: Vec<AlternateView<'a>>,
        /// `above` or `below` its text: where a story's corrections and notes stand.
        notices_position: &'a str,
        /// `extra` of `site.yaml`.
        extra: &'a BTreeMap<String, Value>,
        /// The theme's options, by name: what `theme` of `site.yaml` says, or else their defaults.
        theme: &'a BTreeMap<String, Value>,
        /// The version of this contract.
        contract: u32,
    }
    /// `site.publisher`.
    PublisherView<'a> {
        /// The publisher's name.
        name: &'a str,
        /// Absolute URL of its own site.
        url: String,
        /// URL of its logo.
        logo: Option<String>,
        /// Its profiles elsewhere.
        same_as: &'a [String],
        /// Its rules: name and URL, by name.
        policies: Vec<LinkView<'a>>,
    }
    /// A link to a page of this site, or from the navigation also to elsewhere.
    LinkView<'a> {
        /// The words.
        title: &'a str,
        /// URL for `href`: root-relative on this site.
        path: String,
    }
    /// A feed, or a story in another format.
    AlternateView<'a> {
        /// The name of its list and of its format: `World – The Monsoon Courier (RSS)`; of a story, the format's name alone.
        title: String,
        /// Root-relative URL.
        path: String,
        /// `application/rss+xml`, `application/atom+xml`, `application/feed+json`, `application/json` or `text/markdown`.
        media_type: &'a str,
    }
    /// `page`: about the page being rendered, whatever its kind.
    PageView<'a> {
        /// `front`, `article`, `page`, `section`, `author`, `staff`, `term`, `terms`, `series`, `latest`, `corrections`, `archive`, `month`, `gone` or `not-found`.
        kind: &'a str,
        /// For `<title>`, without the publication's name.
        title: String,
        /// For the meta description; never empty.
        description: String,
        /// Absolute URL of this page.
        url: String,
        /// Root-relative URL of this page.
        path: String,
        /// Absolute URL for `<link rel=canonical>`: this page's, or the original's when syndicated.
        canonical: String,
        /// Language of the page's text (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Whether search engines are kept away.
        noindex: bool,
        /// The way from the front page to here, without the page itself.
        breadcrumbs: Vec<Shown<LinkView<'a>>>,
        /// The feeds of the section, author, term, series or corrections that this is a page of; the whole site's are in `site.feeds`.
        feeds: Vec<AlternateView<'a>>,
        /// Root-relative URL of this page in the text edition, if there is one.
        text_path: Option<String>,
        /// An article's other formats: ninjs and Markdown, as `outputs` of `site.yaml` asks for them.
        alternates: Vec<AlternateView<'a>>,
    }
    /// A day, perhaps with a time, in the site's time zone and the page's language.
    DateView {
        /// ISO 8601 with offset, for `datetime`.
        iso: String,
        /// As the language writes it: `22 November 2018`.
        day: String,
        /// As the language writes it: `09:30`; none when only a day was given.
        time: Option<String>,
        /// What that language puts between the day and the time: the theme's word `before_time`, or a blank.
        between: String,
        /// The year.
        year: i16,
    }
    /// A piece of a line of names: plain words, or a name that may lead somewhere.
    NameView<'a> {
        /// The words.
        text: Cow<'a, str>,
        /// Where the name leads.
        path: Option<String>,
        /// Job title, of a name that has one.
        role: Option<&'a str>,
        /// `person`, `organization` or `wire`, of a name.
        kind: Option<&'a str>,
        /// Whether it is a name and not what joins names.
        is_name: bool,
        /// Language of the name (BCP 47), where an author's file says it.
        language: Option<&'a str>,
        /// `ltr` or `rtl`, where the language is known.
        direction: Option<&'a str>,
    }
    /// The printed line of who signs.
    BylineView<'a> {
        /// The whole line as plain text: `By A, B and C`.
        text: String,
        /// The same in pieces, in order.
        parts: Vec<NameView<'a>>,
    }
    /// Others who worked on a story, by role.
    ContributorsView<'a> {
        /// The role as front matter says it.
        role: &'a str,
        /// The role as readers see it, in the page's language when the theme knows it.
        label: String,
        /// The names, in pieces.
        parts: Vec<NameView<'a>>,
    }
    /// A picture.
    ImageView<'a> {
        /// URL for `src`.
        src: String,
        /// Absolute URL.
        url: String,
        /// What is to be seen; empty when the picture only decorates.
        alt: &'a str,
        /// The line below.
        caption: Option<&'a str>,
        /// Who took or drew it.
        credit: Option<&'a str>,
        /// What crops should keep, for `object-position`.
        focus: Option<&'a str>,
        /// Width in pixels, of raster pictures of this site.
        width: Option<u32>,
        /// Height in pixels, of raster pictures of this site.
        height: Option<u32>,
    }
    /// An article where only a line of it is shown: neighbours, related stories, the archive.
    TeaserView<'a> {
        /// The headline for cards.
        title: &'a str,
        /// Root-relative URL.
        path: String,
        /// The label above the headline.
        kicker: Option<&'a str>,
        /// `news`, `analysis`, `opinion`, `review`, `feature`, `interview`, `obituary`, `press-release`, `sponsored` or `live`.
        kind: &'a str,
        /// Language of the headline (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// First publication, as the site's language writes it.
        published: Shown<DateView>,
    }
    /// An article in a listing.
    CardView<'a> {
        /// The headline for cards.
        title: &'a str,
        /// Root-relative URL.
        path: String,
        /// The label above the headline.
        kicker: Option<&'a str>,
        /// The line under the headline.
        deck: Option<&'a str>,
        /// `summary`, or the first paragraph.
        summary: Option<&'a str>,
        /// `news`, `analysis`, `opinion`, `review`, `feature`, `interview`, `obituary`, `press-release`, `sponsored` or `live`.
        kind: &'a str,
        /// Language of the article (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// First publication, as the site's language writes it.
        published: Shown<DateView>,
        /// The last change worth telling, as the site's language writes it.
        updated: Option<DateView>,
        /// Who signs.
        byline: Shown<BylineView<'a>>,
        /// The section.
        section: Shown<LinkView<'a>>,
        /// The lead picture.
        image: Option<ImageView<'a>>,
        /// The face of an opinion's author, where one person signs who has a picture.
        portrait: Option<ImageView<'a>>,
        /// The number of the part, in a series.
        part: Option<u32>,
        /// Minutes it takes to read, at least 1.
        reading_minutes: u32,
    }
    /// `listing`: one page of a listing. Archive pages hold full pages, the oldest first, and never change again; the front holds what is newer.
    ListingView<'a> {
        /// The articles, newest first.
        articles: Vec<Shown<CardView<'a>>>,
        /// The number of an archive page, from 1 for the oldest; none on the front.
        number: Option<usize>,
        /// The page with older articles.
        older: Option<String>,
        /// The page with newer articles.
        newer: Option<String>,
    }
    /// `article`: a story with everything that its page shows.
    ArticleView<'a> {
        /// The source's path below `content/`, without `.md`.
        id: &'a str,
        /// The headline.
        title: &'a str,
        /// The headline for cards.
        short_title: &'a str,
        /// The headline for machines: `title`; where that has more than 110 characters, the first of `seo_title` and `short_title` that has not.
        headline: &'a str,
        /// The line under the headline.
        deck: Option<&'a str>,
        /// The label above the headline.
        kicker: Option<&'a str>,
        /// `summary`, or the first paragraph.
        summary: Option<&'a str>,
        /// The place of reporting.
        dateline: Option<&'a str>,
        /// `news`, `analysis`, `opinion`, `review`, `feature`, `interview`, `obituary`, `press-release`, `sponsored` or `live`.
        kind: &'a str,
        /// Absolute URL.
        url: String,
        /// Root-relative URL.
        path: String,
        /// First publication.
        published: Shown<DateView>,
        /// The last change worth telling.
        updated: Option<DateView>,
        /// The last change of any sort, for machines: the latest of `updated`, the corrections, the notes and the retraction.
        modified: Option<DateView>,
        /// The section.
        section: Shown<LinkView<'a>>,
        /// Who signs.
        byline: Shown<BylineView<'a>>,
        /// Everybody who signs, guests too, in order; the agency, where nobody else does; empty, where the publisher does.
        signers: Vec<NameView<'a>>,
        /// The authors who have a page here, in order, for the author box.
        authors: Vec<Shown<AuthorView<'a>>>,
        /// Who else worked on it, by role.
        contributors: Vec<ContributorsView<'a>>,
        /// The agency that supplied it.
        wire: Option<NameView<'a>>,
        /// The lead picture.
        image: Option<ImageView<'a>>,
        /// The text as HTML; print it with `| safe`.
        body: String,
        /// Its tags.
        tags: Vec<Shown<LinkView<'a>>>,
        /// Its terms in each further taxonomy.
        taxonomies: Vec<ArticleTermsView<'a>>,
        /// The series that it belongs to.
        series: Option<ArticleSeriesView<'a>>,
        /// What was wrong and has been set right.
        corrections: Vec<CorrectionView<'a>>,
        /// Clarifications and editors' notes.
        notes: Vec<NoteView<'a>>,
        /// Why and when it was retracted.
        retracted: Option<RetractionView<'a>>,
        /// Where the facts come from.
        sources: Vec<SourceView<'a>>,
        /// The original, when syndicated.
        canonical: Option<&'a str>,
        /// The next older story of the section.
        older: Option<Shown<TeaserView<'a>>>,
        /// The next newer story of the section.
        newer: Option<Shown<TeaserView<'a>>>,
        /// Stories about the same.
        related: Vec<Shown<TeaserView<'a>>>,
        /// Words, of scripts that put blanks between them.
        words: u32,
        /// Characters of Han and Kana, and letters of other scripts without spaces between words, such as Thai.
        characters: u32,
        /// Minutes it takes to read, at least 1.
        reading_minutes: u32,
        /// Whether readers may comment; none leaves it to the theme.
        comments: Option<bool>,
        /// `extra` of the front matter.
        extra: &'a BTreeMap<String, Value>,
    }
    /// An article's terms in one further taxonomy.
    ArticleTermsView<'a> {
        /// The taxonomy's name.
        name: &'a str,
        /// Its label in the singular.
        singular: &'a str,
        /// Its label in the plural.
        plural: &'a str,
        /// The terms.
        terms: Vec<Shown<LinkView<'a>>>,
    }
    /// The series of an article.
    ArticleSeriesView<'a> {
        /// The series' name.
        title: &'a str,
        /// Root-relative URL of its page.
        path: String,
        /// The number of this part, from 1.
        part: u32,
        /// All parts, in order.
        parts: Vec<PartView<'a>>,
    }
    /// One part of a series.
    PartView<'a> {
        /// Its number, from 1.
        part: u32,
        /// The headline for cards.
        title: &'a str,
        /// Root-relative URL.
        path: String,
        /// Language of the headline (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Whether it is the article being shown.
        is_current: bool,
    }
    /// A correction.
    CorrectionView<'a> {
        /// For the `id` of the element that shows it: links to the correction end in it.
        id: String,
        /// When it was made.
        date: DateView,
        /// What was wrong and what is right.
        text: &'a str,
    }
    /// A clarification or an editors' note.
    NoteView<'a> {
        /// For the `id` of the element that shows it.
        id: String,
        /// `clarification` or `editors-note`.
        kind: &'a str,
        /// When it was made.
        date: DateView,
        /// What it says.
        text: &'a str,
    }
    /// A retraction.
    RetractionView<'a> {
        /// For the `id` of the element that shows it.
        id: String,
        /// When it was retracted.
        date: DateView,
        /// Why.
        reason: &'a str,
    }
    /// `tombstone`: what readers are told of a withdrawn story where it was.
    TombstoneView<'a> {
        /// When it was withdrawn.
        date: DateView,
        /// Why.
        reason: Option<&'a str>,
    }
    /// Where facts come from.
    SourceView<'a> {
        /// Who or what.
        name: &'a str,
        /// Where to read it.
        url: Option<String>,
    }
}
