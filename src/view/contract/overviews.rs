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
        /// What is breaking; none when nothing is.
        breaking: Option<BreakingView<'a>>,
        /// The text of `content/_index.md` as HTML; print it with `| safe`.
        body: Option<String>,
        /// `extra` of `content/_index.md`.
        extra: Option<&'a BTreeMap<String, Value>>,
        /// The blocks, in order; none is empty.
        blocks: Vec<BlockView<'a>>,
    }
    /// The line above everything else on the front page.
    BreakingView<'a> {
        /// What it says.
        text: &'a str,
        /// Where it leads: a root-relative URL, or one elsewhere; none without a link.
        path: Option<String>,
    }
    /// One block of the front page.
    BlockView<'a> {
        /// The line above it.
        heading: Option<&'a str>,
        /// How to show it: `lead`, `river`, `grid`, `row`, `strip`, `opinion`, `ranked` or the theme's own.
        style: &'a str,
        /// Where the heading leads: the section, tag or series that the block queries.
        path: Option<String>,
        /// The articles.
        articles: Vec<Shown<CardView<'a>>>,
    }
    /// `corrections`: one page of all corrections, notes and retractions. It is paged as `listing` is.
    CorrectionsView<'a> {
        /// The standalone page whose text stands above the list: the newsroom's `content/pages/corrections.md`.
        content: Option<ContentView<'a>>,
        /// What has been amended, newest first.
        amendments: Vec<AmendmentView<'a>>,
        /// The number of an archive page, from 1 for the oldest; none on the front.
        number: Option<usize>,
        /// The page with older amendments.
        older: Option<String>,
        /// The page with newer amendments.
        newer: Option<String>,
    }
    /// A correction, a note or a retraction in the list of all of them.
    AmendmentView<'a> {
        /// `correction`, `clarification`, `editors-note` or `retraction`.
        kind: &'a str,
        /// For the `id` of the element that shows it.
        id: String,
        /// When it was made, as the site's language writes it.
        date: DateView,
        /// What it says, in the language of the story.
        text: &'a str,
        /// Root-relative URL of the notice on the story's page.
        path: String,
        /// The story.
        story: Shown<TeaserView<'a>>,
        /// The story's section.
        section: Shown<LinkView<'a>>,
    }
    /// `archive`: the years of the archive, or one of them.
    ArchiveView {
        /// The year, on the page of one.
        year: Option<i16>,
        /// The years, newest first.
        years: Vec<YearView>,
        /// The names of the twelve months as the language writes them, for calendars.
        month_names: Vec<String>,
    }
    /// A year of the archive.
    YearView {
        /// The year of the Gregorian calendar.
        year: i16,
        /// The year as the language writes it: in its digits and, in Thai, of the Buddhist calendar.
        title: String,
        /// Root-relative URL.
        path: String,
        /// How many articles it has.
        count: usize,
        /// Its months that have articles, newest first.
        months: Vec<MonthLinkView>,
    }
    /// A month of the archive, as a link.
    MonthLinkView {
        /// The month, from 1.
        month: i8,
        /// Its name as the language writes it.
        title: String,
        /// Root-relative URL.
        path: String,
        /// How many articles it has.
        count: usize,
    }
    /// `month`: one month of the archive.
    MonthView<'a> {
        /// Month and year as the language writes them.
        title: String,
        /// The articles, newest first.
        articles: Vec<Shown<TeaserView<'a>>>,
        /// The month before that has articles.
        older: Option<MonthLinkView>,
        /// The month after that has articles.
        newer: Option<MonthLinkView>,
    }
}
