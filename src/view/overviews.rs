//! The views of pages that exist once: the staff, lists of terms, the archive, standalone pages, and the pages for
//! missing and withdrawn content.

use crate::config::TaxonomyConfig;
use crate::language::{Collation, Language, Numbers};
use crate::picture::slot::SlotName;
use crate::plan::{Listing, OutputKind, SourceRef, Year};
use crate::reader::{MonthAt, NearMonth, PageAt, TaxonomyAt};
use crate::route::Route;
use crate::site::AuthorId;

use super::contract::{
    ArchiveView, ContentView, LinkView, MonthLinkView, MonthView, PageView, StaffMemberView, TaxonomyView,
    TermCountView, TombstoneView, YearView,
};
use super::{Shown, Viewer};

impl<'a> Viewer<'a> {
    /// `page` of a page that exists once, with a string of the theme as its title.
    pub fn overview_page(&self, kind: &'a str, word: &str, route: &Route) -> PageView<'a> {
        self.page(kind, route, self.word(word).to_owned(), None, &self.config.language)
    }

    /// `staff`: all authors, present ones first, in the order of their sort names.
    pub fn staff(&self) -> Vec<StaffMemberView<'a>> {
        let (site, _) = self.reader.everything();
        let is_here = |id: &AuthorId| site.person(*id).has_page && site.person(*id).edition == self.edition();
        let mut ids: Vec<AuthorId> = (0..site.authors.len() as u32).map(AuthorId).filter(is_here).collect();
        let collation = Collation::of(&self.config.language);
        let name = |id: AuthorId| {
            let front = &site.person(id).author.front;
            front.sort_name.as_ref().unwrap_or(&front.name).as_str()
        };
        let author = |id: AuthorId| &site.person(id).author;
        ids.sort_by(|&one, &other| {
            let by_state = author(one).front.former.cmp(&author(other).front.former);
            let by_name = by_state.then_with(|| collation.compare(name(one), name(other)));
            by_name.then_with(|| author(one).id.cmp(&author(other).id))
        });
        let member = |id: AuthorId| StaffMemberView {
            author: self.shown_author(id),
            letter: collation.index_letter(name(id)),
            count: site.person(id).stories.len(),
        };
        ids.into_iter().map(member).collect()
    }

    /// The plural label of a taxonomy: for tags in the edition's language, for others from `site.yaml`.
    pub fn plural(&self, taxonomy: usize) -> &'a str {
        let tags = || self.strings.get(&self.config.language, "tags");
        let own = self.taxonomy_config(taxonomy).map(|of| of.plural.as_str());
        let own = own.unwrap_or_else(|| self.reader.taxonomy(TaxonomyAt(taxonomy)).plural);
        (taxonomy == 0).then(tags).flatten().unwrap_or(own)
    }

    /// The singular label of a taxonomy.
    pub(super) fn singular(&self, taxonomy: usize) -> &'a str {
        let own = self.taxonomy_config(taxonomy).map(|of| of.singular.as_str());
        own.unwrap_or_else(|| self.reader.taxonomy(TaxonomyAt(taxonomy)).singular)
    }

    /// The settings of a taxonomy besides tags, with its headings in the edition's language.
    fn taxonomy_config(&self, taxonomy: usize) -> Option<&'a TaxonomyConfig> {
        self.config.taxonomies.get(taxonomy.checked_sub(1)?)
    }

    /// `page` of a taxonomy's list of terms.
    pub fn terms_page(&self, taxonomy: usize, route: &Route) -> PageView<'a> {
        self.page("terms", route, self.plural(taxonomy).to_owned(), None, &self.config.language)
    }

    /// `taxonomy`.
    pub fn taxonomy(&self, at: usize) -> TaxonomyView<'a> {
        let taxonomy = &self.reader.everything().0.taxonomies[at];
        let terms = taxonomy.terms.iter().enumerate().filter(|(_, term)| term.edition == self.edition());
        let counts = terms.map(|(index, term)| TermCountView {
            title: &term.title,
            path: self.listing_path(Listing::Term(at, index)),
            count: term.stories.len(),
        });
        TaxonomyView {
            name: &taxonomy.name,
            singular: self.singular(at),
            plural: self.plural(at),
            terms: by_title(counts.collect(), &self.config.language),
        }
    }

    /// `taxonomy` of all series.
    pub fn all_series(&self) -> TaxonomyView<'a> {
        let series = self.reader.everything().0.series.iter().enumerate();
        let series = series.filter(|(_, series)| series.edition == self.edition());
        let counts = series.map(|(at, series)| TermCountView {
            title: &series.title,
            path: self.series_path(at),
            count: series.parts.len(),
        });
        let heading = self.strings.get(&self.config.language, "series").unwrap_or("series");
        let terms = by_title(counts.collect(), &self.config.language);
        TaxonomyView { name: "series", singular: heading, plural: heading, terms }
    }

    /// `archive` of all years.
    pub fn archive(&self) -> ArchiveView {
        let years = self.reader.everything().1.years.iter().rev().filter(|year| year.edition == self.edition());
        let years = years.map(|year| self.year(year)).collect();
        ArchiveView { year: None, years, month_names: self.month_names() }
    }

    /// `page` of one year.
    pub fn year_page(&self, at: usize) -> PageView<'a> {
        let year = &self.reader.everything().1.years[at];
        let mut page = self.page("archive", &year.route, self.year_title(year.year), None, &self.config.language);
        page.breadcrumbs = self.archive_trail();
        page
    }

    /// `archive` of one year.
    pub fn year_archive(&self, at: usize) -> ArchiveView {
        let year = &self.reader.everything().1.years[at];
        ArchiveView { year: Some(year.year), years: vec![self.year(year)], month_names: self.month_names() }
    }

    /// `Archive: 2018`, or the year alone if the theme has no string for it.
    fn year_title(&self, year: i16) -> String {
        let words = self.strings.get(&self.config.language, "archive_year");
        words.map_or_else(|| format!("{year:04}"), |words| words.replace("{year}", &self.year_number(year)))
    }

    /// `2018` in the digits and the calendar of the site's language.
    fn year_number(&self, year: i16) -> String {
        let language = &self.config.language;
        let counted = self.formats(language).map_or(year, |formats| formats.year(year));
        Numbers::of(language).map_or_else(|_| year.to_string(), |numbers| numbers.plain(counted.into()))
    }

    fn archive_trail(&self) -> Vec<Shown<LinkView<'a>>> {
        let title = self.strings.get(&self.config.language, "archive").unwrap_or("archive");
        let link = self
            .reader
            .overview_route(OutputKind::Archive(self.edition()))
            .map(|route| LinkView { title, path: self.path(route) });
        link.map(Shown::new).into_iter().collect()
    }

    fn year(&self, year: &Year) -> YearView {
        YearView {
            year: year.year,
            title: self.year_number(year.year),
            path: self.path(&year.route),
            count: year.months.iter().map(|month| month.stories.len()).sum(),
            months: year
                .months
                .iter()
                .rev()
                .map(|month| MonthLinkView {
                    month: month.month,
                    title: self.month_name(month.month),
                    path: self.path(&month.route),
                    count: month.stories.len(),
                })
                .collect(),
        }
    }

    fn month_link(&self, near: NearMonth<'_>) -> MonthLinkView {
        let NearMonth { year, month, route, count } = near;
        MonthLinkView { month, title: self.month_title(year, month), path: self.path(route), count }
    }

    fn month_name(&self, month: i8) -> String {
        self.formats(&self.config.language).map_or_else(|| month.to_string(), |formats| formats.month_name(month))
    }

    fn month_names(&self) -> Vec<String> {
        (1..=12).map(|month| self.month_name(month)).collect()
    }

    fn month_title(&self, year: i16, month: i8) -> String {
        self.formats(&self.config.language)
            .map_or_else(|| format!("{year}-{month:02}"), |formats| formats.month(year, month))
    }

    /// `page` of one month.
    pub fn month_page(&self, at: usize, index: usize) -> PageView<'a> {
        let month = self.reader.month(MonthAt(at, index));
        let title = self.month_title(month.year, month.month);
        let mut page = self.page("month", month.route, title, None, &self.config.language);
        page.breadcrumbs = self.archive_trail();
        // The last segment of its URL path.
        let title = month.year_route.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        page.breadcrumbs.push(Shown::new(LinkView { title, path: self.path(month.year_route) }));
        page
    }

    /// `month`.
    pub fn month(&self, at: usize, index: usize) -> MonthView<'a> {
        let month = self.reader.month(MonthAt(at, index));
        MonthView {
            title: self.month_title(month.year, month.month),
            articles: month.stories.iter().rev().map(|&id| self.teaser(id)).collect(),
            older: month.older.map(|near| self.month_link(near)),
            newer: month.newer.map(|near| self.month_link(near)),
        }
    }

    /// `page` of a standalone page.
    pub fn content_page(&self, at: usize) -> PageView<'a> {
        let standalone = self.reader.page(PageAt(at));
        let front = &standalone.page.front;
        let title = front.seo_title.as_ref().unwrap_or(&front.title).clone();
        let description = front.summary.as_deref().or(standalone.page.body.excerpt.as_deref()).map(str::to_owned);
        let mut page = self.page("page", standalone.route, title, description, standalone.language);
        page.noindex = front.noindex;
        page
    }

    /// `content`, with its body as HTML.
    pub fn content(&self, at: usize, body: String) -> ContentView<'a> {
        let standalone = self.reader.page(PageAt(at));
        let front = &standalone.page.front;
        ContentView {
            title: &front.title,
            deck: front.deck.as_deref(),
            body,
            image: front.image.as_ref().and_then(|image| self.image(SourceRef::Page(at), &image.0, SlotName::Lead)),
            updated: standalone.page.updated.map(|moment| self.date(moment, standalone.language)),
            extra: &front.extra,
        }
    }

    /// `page` of a tombstone, by the place of the withdrawn content; without one, `page` of the 410 page.
    pub fn gone_page(&self, at: Option<usize>, route: &Route) -> PageView<'a> {
        let tombstone = at.and_then(|at| self.reader.everything().0.gone.get(at)?.tombstone.as_ref());
        let language = tombstone.map_or(&self.config.language, |tombstone| &tombstone.language);
        let word = if tombstone.is_some() { "withdrawn" } else { "gone" };
        // A theme without a string for this uses the title of its 404 page.
        let title = [word, "not_found"].into_iter().find_map(|word| self.strings.get(language, word));
        let mut page = self.page("gone", route, title.unwrap_or(word).to_owned(), None, language);
        page.noindex = true;
        page
    }

    /// `tombstone`, by the place of the withdrawn content.
    pub fn tombstone(&self, at: usize) -> Option<TombstoneView<'a>> {
        let tombstone = self.reader.everything().0.gone.get(at)?.tombstone.as_ref()?;
        let date = self.date(tombstone.date, &tombstone.language);
        Some(TombstoneView { date, reason: tombstone.reason.as_deref() })
    }

    /// `page` of the search page.
    pub fn search_page(&self, route: &Route) -> PageView<'a> {
        let mut page = self.overview_page("search", "search", route);
        page.noindex = true;
        page
    }

    /// `page` of the 404 page.
    pub fn not_found_page(&self) -> PageView<'a> {
        let route =
            self.reader.overview_route(OutputKind::NotFound(self.edition())).cloned().unwrap_or_else(Route::front);
        let mut page = self.overview_page("not-found", "not_found", &route);
        page.noindex = true;
        page
    }
}

fn by_title<'a>(mut terms: Vec<TermCountView<'a>>, language: &Language) -> Vec<TermCountView<'a>> {
    Collation::of(language).sort_by_name(&mut terms, |term| (term.title, &term.path));
    terms
}
