//! The views that templates receive, version 1, with every field documented. `docs/THEMES.md` is generated from this file.

mod comments;
mod editions;
mod lists;
mod overviews;
mod pictures;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Value;

use super::documented::views;
use super::shown::Shown;

pub use super::documented::Documented;
pub use comments::{CommentView, PostView, ThreadView};
pub use editions::{AlternateView, EditionLinkView, TranslationView};
pub use lists::{
    AuthorView, ContentView, ProfileView, SectionView, SeriesView, StaffMemberView, TaxonomyView, TermCountView,
    TermView,
};
pub use overviews::{
    AmendmentView, ArchiveView, BlockView, BreakingView, CorrectionsView, FrontView, MonthLinkView, MonthView,
    TombstoneView, YearView,
};
pub use pictures::{ImageView, PictureRightsView, PictureSourceView, ShareView};

/// The version of this contract. It goes up when a field is removed or changes its meaning.
pub const VERSION: u32 = 1;

/// Every view with its fields, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Documented> {
    let lists = lists::VIEWS.iter().chain(overviews::VIEWS);
    VIEWS.iter().chain(pictures::VIEWS).chain(comments::VIEWS).chain(editions::VIEWS).chain(lists)
}

/// The fields that hold HTML, each after the name under which templates get its view: `article` and `body`.
pub fn html_fields() -> &'static [(String, &'static str)] {
    // Every expression of every template is compared with them.
    static FIELDS: LazyLock<Vec<(String, &str)>> = LazyLock::new(|| {
        let of_view = |view: &'static Documented| {
            let name = view.name.trim_end_matches("View").to_lowercase();
            let fields = view.fields.iter().filter(|(_, _, about)| about.iter().any(|line| line.contains("`| safe`")));
            fields.map(move |(field, _, _)| (name.clone(), *field))
        };
        all().flat_map(of_view).collect()
    });
    &FIELDS
}

views! {
    /// `site`: the same on every page.
    SiteView<'a> {
        /// The publication's name.
        title: &'a str,
        /// A description in one sentence.
        description: Option<&'a str>,
        /// The language of the site (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Absolute URL of the front page.
        url: String,
        /// Root-relative URL of the front page, with a slash at both ends: `/` or `/news/`.
        path: String,
        /// The publisher.
        publisher: PublisherView<'a>,
        /// The picture that link previews show for pages without one of their own: `share_image` of `site.yaml`.
        share_image: Option<ImageView<'a>>,
        /// The navigation of `site.yaml`, or else the top-level sections.
        navigation: Vec<LinkView<'a>>,
        /// The top-level sections, by weight, then by title.
        sections: Vec<LinkView<'a>>,
        /// The standalone pages, by title, except those that search engines must not index.
        pages: Vec<LinkView<'a>>,
        /// Root-relative URL of the search page: the first standalone page with `search: true` in its `extra`, or the theme's.
        search: Option<String>,
        /// Root-relative URL of the script of the search page, if there is an index to search.
        search_script: Option<String>,
        /// The icons and the web app manifest found in `content/static/`, for `<link>` elements.
        icons: Vec<IconView<'a>>,
        /// The button that leads to subscriptions: `subscribe` of `site.yaml`.
        subscribe: Option<LinkView<'a>>,
        /// The button that leads to donations: `donate` of `site.yaml`.
        donate: Option<LinkView<'a>>,
        /// The form for the newsletter: `newsletter` of `site.yaml`.
        newsletter: Option<NewsletterView<'a>>,
        /// The advertisement on the front page as HTML; print it with `| safe`, and say what it is.
        front_advertisement: Option<&'a str>,
        /// The number of blocks above it, at least 1.
        front_advertisement_after: usize,
        /// The advertisement in stories as HTML; print it with `| safe`, and say what it is.
        article_advertisement: Option<&'a str>,
        /// The number of paragraphs of the text above it, at least 1; none for its end.
        article_advertisement_after: Option<usize>,
        /// The year of the newest story, for a copyright line.
        year: Option<i16>,
        /// Links to overview pages, by name: `latest`, `archive`, `staff`, `tags`, `series`, `corrections` and each taxonomy of `site.yaml`. A page with nothing to show is left out.
        links: BTreeMap<&'a str, LinkView<'a>>,
        /// The feeds of the whole site.
        feeds: Vec<AlternateView<'a>>,
        /// The position of a story's corrections and notes relative to its text: `above` or `below`.
        notices_position: &'a str,
        /// `extra` of `site.yaml`.
        extra: &'a BTreeMap<String, Value>,
        /// The theme's options, by name: the values under `theme` in `site.yaml`, or their defaults.
        theme: &'a BTreeMap<String, Value>,
        /// The version of this contract.
        contract: u32,
    }
    /// `site.publisher`.
    PublisherView<'a> {
        /// The publisher's name.
        name: &'a str,
        /// Absolute URL of the publisher's own site, or of this one.
        url: String,
        /// URL of its logo.
        logo: Option<String>,
        /// URLs of its profiles on other sites.
        same_as: &'a [String],
        /// Its policies, with their URLs, by name.
        policies: Vec<LinkView<'a>>,
    }
    /// A link to a page of this site. Links of the navigation can also lead to other sites.
    LinkView<'a> {
        /// The text.
        title: &'a str,
        /// URL for `href`; root-relative if it is on this site.
        path: String,
    }
    /// A form that sends an e-mail address to a newsletter service.
    NewsletterView<'a> {
        /// Absolute URL for `action`; the method is POST.
        action: &'a str,
        /// The name of the field for the address.
        field: &'a str,
        /// The line above the field.
        text: &'a str,
    }
    /// An icon or web app manifest in `content/static/`.
    IconView<'a> {
        /// The relation for `rel`: `icon`, `apple-touch-icon` or `manifest`.
        rel: &'a str,
        /// Root-relative URL.
        path: String,
        /// The media type for `type`, if browsers choose by it.
        media_type: Option<&'a str>,
    }
    /// `page`: the page being rendered, of any kind.
    PageView<'a> {
        /// `front`, `article`, `page`, `section`, `author`, `staff`, `term`, `terms`, `series`, `latest`, `corrections`, `archive`, `month`, `gone` or `not-found`.
        kind: &'a str,
        /// The text for `<title>`, without the publication's name.
        title: String,
        /// The text for the meta description; never empty.
        description: String,
        /// Absolute URL of this page.
        url: String,
        /// Root-relative URL of this page.
        path: String,
        /// Absolute URL for `<link rel=canonical>`: of this page, or of the original if the story is syndicated.
        canonical: String,
        /// Language of the page's text (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// True if search engines must not index the page.
        noindex: bool,
        /// The path from the front page to this page, without this page.
        breadcrumbs: Vec<Shown<LinkView<'a>>>,
        /// The feeds of the section, author, term, series or corrections that the page belongs to. Those of the whole site are in `site.feeds`.
        feeds: Vec<AlternateView<'a>>,
        /// All editions of the site, with links to this page there; empty on a site with one edition.
        editions: Vec<EditionLinkView<'a>>,
        /// Root-relative URL of this page in the text edition; none without a text edition.
        text_path: Option<String>,
        /// An article's other formats, ninjs and Markdown, as configured by `outputs` in `site.yaml`.
        alternates: Vec<AlternateView<'a>>,
    }
    /// A day, with or without a time, in the site's time zone and the page's language.
    DateView {
        /// The date for `datetime`: ISO 8601 with offset.
        iso: String,
        /// The day in the format of the language: `22 November 2018`.
        day: String,
        /// The day in short: `22 Nov`; with its year, `22 Nov 2018`, unless that is the year of the newest story.
        short: String,
        /// The time in the format of the language: `09:30`; none if only a day is known.
        time: Option<String>,
        /// The text between the day and the time in that language: the theme's string `before_time`, or a space.
        between: String,
        /// The year.
        year: i16,
    }
    /// A part of a list of names: a name, with or without a link, or the text between names.
    NameView<'a> {
        /// The text.
        text: Cow<'a, str>,
        /// The target of the name's link.
        path: Option<String>,
        /// The job title; only for names.
        role: Option<&'a str>,
        /// `person`, `organization` or `wire`; only for names.
        kind: Option<&'a str>,
        /// True for a name, false for the text between names.
        is_name: bool,
        /// Language of the name (BCP 47), for authors with a file; `en` for words of the theme that are in English on this page.
        language: Option<&'a str>,
        /// `ltr` or `rtl`, if the language is known.
        direction: Option<&'a str>,
    }
    /// The byline as it is printed.
    BylineView<'a> {
        /// The whole line as plain text: `By A, B and C`.
        text: String,
        /// The parts of the line, in order.
        parts: Vec<NameView<'a>>,
    }
    /// The contributors to a story in one role.
    ContributorsView<'a> {
        /// The role as written in front matter.
        role: &'a str,
        /// The role as shown to readers: in the page's language if the theme has a string for it.
        label: String,
        /// The parts of the list of names, in order.
        parts: Vec<NameView<'a>>,
    }
    /// An article shown as a single line: the older and newer stories, related stories, the archive.
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
        /// The date of first publication, in the site's language.
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
        /// The date of first publication, in the site's language.
        published: Shown<DateView>,
        /// The date of the last significant update, in the site's language.
        updated: Option<DateView>,
        /// The byline.
        byline: Shown<BylineView<'a>>,
        /// The section.
        section: Shown<LinkView<'a>>,
        /// The lead picture.
        image: Option<ImageView<'a>>,
        /// The author's portrait, for an opinion piece by a single author who has one.
        portrait: Option<ImageView<'a>>,
        /// The number of the part, if the story belongs to a series.
        part: Option<u32>,
        /// The reading time in minutes, at least 1.
        reading_minutes: u32,
        /// The number of readers' comments, if `comments` of `site.yaml` has `counts: true`.
        comments: Option<usize>,
        /// The name of its language in that language, if the story belongs to another edition than the page: `Français`.
        other_language: Option<&'a str>,
    }
    /// `listing`: one page of a listing. Archive pages are numbered from the oldest, always full, and never change when stories are added; the front holds the newest stories.
    ListingView<'a> {
        /// The articles, newest first.
        articles: Vec<Shown<CardView<'a>>>,
        /// The blocks that lay out the first page, in order; none is empty. There are none on other pages, nor if nothing lays it out.
        blocks: Vec<BlockView<'a>>,
        /// With blocks, the articles that none of them shows, newest first; empty without blocks.
        remaining: Vec<Shown<CardView<'a>>>,
        /// The number of an archive page, from 1 for the oldest; none for the front.
        number: Option<usize>,
        /// Root-relative URL of the page with older articles.
        older: Option<String>,
        /// Root-relative URL of the page with newer articles.
        newer: Option<String>,
    }
    /// `article`: a story with everything its page shows.
    ArticleView<'a> {
        /// The source's path below `content/`, without `.md`.
        id: &'a str,
        /// The headline.
        title: &'a str,
        /// The headline for cards.
        short_title: &'a str,
        /// The headline for machines: `title`, or, if that has more than 110 characters, the first of `seo_title` and `short_title` with at most 110.
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
        /// The date of first publication.
        published: Shown<DateView>,
        /// The date of the last significant update.
        updated: Option<DateView>,
        /// The date of the last change of any kind, for machines: the latest of `updated`, the corrections, the notes and the retraction.
        modified: Option<DateView>,
        /// The section.
        section: Shown<LinkView<'a>>,
        /// The byline.
        byline: Shown<BylineView<'a>>,
        /// Everyone in the byline, including guests, in order. Without authors, the agency; empty if the byline is the publisher's.
        signers: Vec<NameView<'a>>,
        /// The authors with an author page, in order, for the author box.
        authors: Vec<Shown<AuthorView<'a>>>,
        /// The other contributors, by role.
        contributors: Vec<ContributorsView<'a>>,
        /// The agency that supplied it.
        wire: Option<NameView<'a>>,
        /// The lead picture.
        image: Option<ImageView<'a>>,
        /// The text as HTML; print it with `| safe`.
        body: String,
        /// Its tags.
        tags: Vec<Shown<LinkView<'a>>>,
        /// Its terms in each taxonomy of `site.yaml`.
        taxonomies: Vec<ArticleTermsView<'a>>,
        /// The series that it belongs to.
        series: Option<ArticleSeriesView<'a>>,
        /// The corrections, newest first.
        corrections: Vec<CorrectionView<'a>>,
        /// Clarifications and editors' notes, newest first.
        notes: Vec<NoteView<'a>>,
        /// Both in one list, newest first.
        notices: Vec<NoteView<'a>>,
        /// The retraction, with its date and reason.
        retracted: Option<RetractionView<'a>>,
        /// The sources.
        sources: Vec<SourceView<'a>>,
        /// The URL of the original, if the story is syndicated.
        canonical: Option<&'a str>,
        /// The story that it is a translation of; none if that isn't public.
        original: Option<TranslationView<'a>>,
        /// The date of the original's version that it has.
        translated_from: Option<DateView>,
        /// The reason why it stays although its original was retracted.
        translation_stands: Option<&'a str>,
        /// Its translations into other languages, if it is the original.
        translations: Vec<TranslationView<'a>>,
        /// The next older story of the section.
        older: Option<Shown<TeaserView<'a>>>,
        /// The next newer story of the section.
        newer: Option<Shown<TeaserView<'a>>>,
        /// Related stories.
        related: Vec<Shown<CardView<'a>>>,
        /// The number of words in scripts that separate them with spaces.
        words: u32,
        /// The number of Han and Kana characters, and of letters in other scripts without spaces between words, such as Thai.
        characters: u32,
        /// The reading time in minutes, at least 1.
        reading_minutes: u32,
        /// True if readers may comment; none leaves the choice to the theme.
        comments: Option<bool>,
        /// Readers' comments; none for a story without any that takes none, and for a retracted one.
        thread: Option<ThreadView<'a>>,
        /// `extra` of the front matter.
        extra: &'a BTreeMap<String, Value>,
    }
    /// An article's terms in one taxonomy of `site.yaml`.
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
        /// The name of the series.
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
        /// The number of the part, from 1.
        part: u32,
        /// The headline for cards.
        title: &'a str,
        /// Root-relative URL.
        path: String,
        /// Language of the headline (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// True for the article being shown.
        is_current: bool,
    }
    /// A correction.
    CorrectionView<'a> {
        /// The `id` for the element that shows it: the fragment of links to the correction.
        id: String,
        /// The date of the correction.
        date: DateView,
        /// The text: what was wrong, and what is right.
        text: &'a str,
    }
    /// A clarification or an editors' note.
    NoteView<'a> {
        /// The `id` for the element that shows it.
        id: String,
        /// `clarification` or `editors-note`; in `notices` also `correction`.
        kind: &'a str,
        /// The date of the note.
        date: DateView,
        /// The text.
        text: &'a str,
    }
    /// A retraction.
    RetractionView<'a> {
        /// The `id` for the element that shows it.
        id: String,
        /// The date of the retraction.
        date: DateView,
        /// The reason.
        reason: &'a str,
    }
    /// A source of a story's facts.
    SourceView<'a> {
        /// The name of the source.
        name: &'a str,
        /// The URL of the source.
        url: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::{all, altered_fields, comments, editions, lists, overviews, pictures};

    #[test]
    fn every_field_that_templates_see_is_in_the_fingerprint() {
        let fields = [
            altered_fields(),
            pictures::altered_fields(),
            comments::altered_fields(),
            editions::altered_fields(),
            lists::altered_fields(),
            overviews::altered_fields(),
        ]
        .concat();
        assert_eq!(fields.len(), all().map(|view| view.fields.len()).sum::<usize>());
        for (view, field, one, other) in fields {
            assert!(one.is_ok() && other.is_ok(), "{view}.{field} cannot be hashed");
            assert_ne!(one, other, "{view}.{field} is not hashed");
        }
    }
}
