//! The views of pages that exist once: the front page, the corrections and the archive.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::super::documented::{Documented, views};
use super::super::shown::Shown;
use super::{CardView, ContentView, DateView, LinkView, TeaserView};

views! {
    /// `front`: the front page.
    FrontView<'a> {
        /// The breaking news; none if there is none.
        breaking: Option<BreakingView<'a>>,
        /// The text of `content/_index.md` as HTML; print it with `| safe`.
        body: Option<String>,
        /// `extra` of `content/_index.md`.
        extra: Option<&'a BTreeMap<String, Value>>,
        /// The blocks, in order; none is empty.
        blocks: Vec<BlockView<'a>>,
    }
    /// The line of breaking news at the top of the front page.
    BreakingView<'a> {
        /// The text.
        text: &'a str,
        /// The target of its link: root-relative, or on another site; none without a link.
        path: Option<String>,
    }
    /// One block of a front.
    BlockView<'a> {
        /// The heading.
        heading: Option<&'a str>,
        /// The style: `lead`, `river`, `grid`, `row`, `strip`, `opinion`, `ranked` or one of the theme's own.
        style: &'a str,
        /// The target of the heading: the page of the section, tag or series that the block selects.
        path: Option<String>,
        /// The articles.
        articles: Vec<Shown<CardView<'a>>>,
    }
    /// `corrections`: one page of the list of all corrections, notes and retractions, paginated like `listing`.
    CorrectionsView<'a> {
        /// The standalone page that introduces the list: the newsroom's `content/pages/corrections.md`.
        content: Option<ContentView<'a>>,
        /// The corrections, notes and retractions, newest first.
        amendments: Vec<AmendmentView<'a>>,
        /// The number of an archive page, from 1 for the oldest; none for the front.
        number: Option<usize>,
        /// Root-relative URL of the page with older amendments.
        older: Option<String>,
        /// Root-relative URL of the page with newer amendments.
        newer: Option<String>,
    }
    /// A correction, a note or a retraction in the list of all of them.
    AmendmentView<'a> {
        /// `correction`, `clarification`, `editors-note` or `retraction`.
        kind: &'a str,
        /// The `id` for the element that shows it.
        id: String,
        /// The date of the notice, in the site's language.
        date: DateView,
        /// The text, in the language of the story.
        text: &'a str,
        /// Root-relative URL of the notice on the story's page.
        path: String,
        /// The story.
        story: Shown<TeaserView<'a>>,
        /// The story's section.
        section: Shown<LinkView<'a>>,
    }
    /// `archive`: the years of the archive, or a single year.
    ArchiveView {
        /// The year, on the page of a single year.
        year: Option<i16>,
        /// The years, newest first.
        years: Vec<YearView>,
        /// The names of the twelve months in the site's language, for calendars.
        month_names: Vec<String>,
    }
    /// A year of the archive.
    YearView {
        /// The year in the Gregorian calendar.
        year: i16,
        /// The year in the digits and calendar of the site's language: Thai uses the Buddhist calendar.
        title: String,
        /// Root-relative URL.
        path: String,
        /// The number of articles.
        count: usize,
        /// The months with articles, newest first.
        months: Vec<MonthLinkView>,
    }
    /// A month of the archive, as a link.
    MonthLinkView {
        /// The month, from 1.
        month: i8,
        /// The name in the site's language.
        title: String,
        /// Root-relative URL.
        path: String,
        /// The number of articles.
        count: usize,
    }
    /// `month`: one month of the archive.
    MonthView<'a> {
        /// The month and year in the site's language.
        title: String,
        /// The articles, newest first.
        articles: Vec<Shown<TeaserView<'a>>>,
        /// The previous month with articles.
        older: Option<MonthLinkView>,
        /// The next month with articles.
        newer: Option<MonthLinkView>,
    }
    /// `tombstone`: the notice shown at the URL of a withdrawn story.
    TombstoneView<'a> {
        /// The date of the withdrawal.
        date: DateView,
        /// The reason.
        reason: Option<&'a str>,
    }
}
