//! Finds the answers to the reader's questions.

use std::path::Path;
use std::sync::OnceLock;

use crate::chart;
use crate::config::{Config, EditionId, FILE};
use crate::plan::{
    Counterpart, FeedSource, LinkError, LinkedPart, Listing, OutputKind, PagePart, Plan, SourceRef, feed_stories,
    newest_amendments, stories,
};
use crate::route::Route;
use crate::site::{Amendment, ArticleId, AuthorId, FrontId, SectionId, Site, Thread};
use crate::source::on_disk;

use super::asked::{AskedId, Questions, ReferenceId};
use super::entries::{
    AuthorEntry, DataFile, FrontEntry, ListingPart, MonthEntry, NearMonth, PageEntry, PictureEntry, SectionEntry,
    SeriesEntry, StoryEntry, Target, TargetFile, TaxonomyEntry, TermEntry, TextEntry,
};
use super::named::{FileAt, ListAt, MonthAt, PageAt, SeriesAt, TaxonomyAt, TermAt};

/// The number of outputs that an edition has once and that other pages link to.
pub(super) const OVERVIEWS: usize = 7;

/// Those outputs; the style sheets are the same for all editions.
pub(super) fn overviews(edition: EditionId) -> [OutputKind; OVERVIEWS] {
    [
        OutputKind::Archive(edition),
        OutputKind::Staff(edition),
        OutputKind::AllSeries(edition),
        OutputKind::Corrections(edition, PagePart::Front),
        OutputKind::NotFound(edition),
        OutputKind::FeedStyle,
        OutputKind::PreviewStyle,
    ]
}

/// The data that can be read.
#[derive(Debug)]
pub(super) struct Data<'a> {
    pub root: &'a Path,
    pub config: &'a Config,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub biographies: &'a [Option<String>],
    pub questions: Questions,
    /// The versions of the parts of the search index, when they have been asked for.
    pub versions: Vec<OnceLock<u64>>,
}

impl<'a> Data<'a> {
    pub(super) fn story_entry(&self, id: ArticleId) -> StoryEntry<'a> {
        StoryEntry { id, story: self.site.story(id), route: self.plan.article(id) }
    }

    pub(super) fn text(&self, id: ArticleId) -> TextEntry<'a> {
        let (story, route) = (self.site.story(id), self.plan.article(id));
        let article = &story.article;
        TextEntry {
            path: &article.source,
            start: article.body.start,
            digest: article.digest,
            language: &story.language,
            title: &article.front.title,
            route,
        }
    }

    pub(super) fn thread(&self, id: ArticleId) -> Option<&'a Thread> {
        self.site.threads.get(&id)
    }

    pub(super) fn comment_count(&self, id: ArticleId) -> usize {
        self.thread(id).map_or(0, Thread::count)
    }

    pub(super) fn author(&self, id: AuthorId) -> AuthorEntry<'a> {
        let person = self.site.person(id);
        AuthorEntry {
            author: &person.author,
            language: &person.language,
            file_of: person.file_of,
            edition: person.edition,
            biography: self.biographies.get(id.0 as usize).and_then(Option::as_deref),
            route: self.plan.listing(Listing::Author(id)),
        }
    }

    pub(super) fn section(&self, id: SectionId) -> SectionEntry<'a> {
        let section = self.site.section(id);
        SectionEntry {
            id: &section.id,
            title: &section.title,
            language: &section.language,
            parent: section.parent,
            file: section.file.as_ref(),
            route: self.plan.listing(Listing::Section(id)),
        }
    }

    pub(super) fn subsections(&self, id: SectionId) -> Vec<SectionId> {
        let sections = self.site.sections.iter().zip((0..).map(SectionId));
        sections.filter(|(section, _)| section.parent == Some(id)).map(|(_, at)| at).collect()
    }

    pub(super) fn taxonomy(&self, TaxonomyAt(at): TaxonomyAt) -> TaxonomyEntry<'a> {
        let taxonomy = &self.site.taxonomies[at];
        TaxonomyEntry {
            name: &taxonomy.name,
            singular: &taxonomy.singular,
            plural: &taxonomy.plural,
            routes: self.config.editions().map(|of| self.plan.route(OutputKind::Terms(of.edition.id, at))).collect(),
        }
    }

    pub(super) fn term(&self, TermAt(taxonomy, at): TermAt) -> TermEntry<'a> {
        let term = &self.site.taxonomies[taxonomy].terms[at];
        TermEntry { title: &term.title, route: self.plan.listing(Listing::Term(taxonomy, at)) }
    }

    pub(super) fn series(&self, SeriesAt(at): SeriesAt) -> SeriesEntry<'a> {
        let series = &self.site.series[at];
        SeriesEntry { title: &series.title, parts: &series.parts, route: self.plan.route(OutputKind::Series(at)) }
    }

    pub(super) fn page(&self, PageAt(at): PageAt) -> PageEntry<'a> {
        let standalone = &self.site.pages[at];
        PageEntry {
            page: &standalone.page,
            language: &standalone.language,
            route: self.plan.page(at),
            is_introduction: self.plan.introduction(standalone.edition) == Some(at),
        }
    }

    pub(super) fn picture(&self, FileAt(at): FileAt) -> Option<PictureEntry<'a>> {
        let file = self.site.files.get(at)?;
        file.picture.as_ref().map(|picture| PictureEntry { source: &file.source, digest: picture.digest })
    }

    pub(super) fn front(&self, edition: EditionId) -> FrontEntry<'a> {
        let site = self.site;
        let (file, blocks) = (site.edition(edition).front.as_ref(), site.blocks(FrontId::Home(edition)));
        FrontEntry { file, blocks, is_breaking: site.is_breaking }
    }

    pub(super) fn latest_route(&self, edition: EditionId) -> Option<&'a Route> {
        self.plan.listing(Listing::Latest(edition))
    }

    pub(super) fn listing_part(&self, at: ListAt) -> Option<ListingPart<'a>> {
        let (FeedSource::Listing(listing), part) = (at.feed_source(), at.part()) else { return None };
        let paging = self.plan.paging(listing)?;
        let stories = stories(self.site, listing).get(paging.range(part))?;
        let front = listing.front().filter(|_| part == PagePart::Front);
        let blocks = front.map_or(&[][..], |front| self.site.blocks(front));
        Some(ListingPart { stories, blocks, older: paging.older(part), newer: paging.newer(part) })
    }

    pub(super) fn feed_stories(&self, at: ListAt) -> Vec<ArticleId> {
        feed_stories(self.site, self.config, at.feed_source())
    }

    /// In the order of the configured formats.
    pub(super) fn feed_routes(&self, at: ListAt) -> Vec<Option<&'a Route>> {
        let feed_source = at.feed_source();
        let formats = self.config.feeds.formats.iter();
        formats.map(|&format| self.plan.route(OutputKind::Feed(feed_source, format))).collect()
    }

    pub(super) fn newest_year(&self, edition: EditionId) -> Option<i16> {
        self.plan.years.iter().rfind(|year| year.edition == edition).map(|year| year.year)
    }

    /// In the order of [`overviews`].
    pub(super) fn overview_routes(&self, edition: EditionId) -> [Option<&'a Route>; OVERVIEWS] {
        overviews(edition).map(|kind| self.plan.route(kind))
    }

    pub(super) fn introduction(&self, edition: EditionId) -> Option<PageAt> {
        self.plan.introduction(edition).map(PageAt)
    }

    pub(super) fn amendments(&self, at: ListAt) -> (&'a [Amendment], (Option<PagePart>, Option<PagePart>)) {
        let FeedSource::Corrections(edition) = at.feed_source() else { return (&[], (None, None)) };
        let (paging, part) = (self.plan.corrections(edition), at.part());
        let shown =
            paging.and_then(|paging| self.site.edition(edition).amendments.get(paging.range(part))).unwrap_or_default();
        (shown, (paging.and_then(|paging| paging.older(part)), paging.and_then(|paging| paging.newer(part))))
    }

    pub(super) fn newest_amendments(&self, edition: EditionId) -> Vec<&'a Amendment> {
        newest_amendments(self.site, self.config, edition).collect()
    }

    pub(super) fn month(&self, MonthAt(at, index): MonthAt) -> MonthEntry<'a> {
        let years = &self.plan.years;
        let (year, month) = (&years[at], &years[at].months[index]);
        let edition = year.edition;
        let near = |at: usize, index: usize| {
            let year = years.get(at).filter(|year| year.edition == edition)?;
            let month = year.months.get(index)?;
            Some(NearMonth { year: year.year, month: month.month, route: &month.route, count: month.stories.len() })
        };
        let older = match (index.checked_sub(1), at.checked_sub(1)) {
            (Some(index), _) => near(at, index),
            (None, Some(before)) => near(before, years[before].months.len().saturating_sub(1)),
            (None, None) => None,
        };
        MonthEntry {
            year: year.year,
            year_route: &year.route,
            month: month.month,
            route: &month.route,
            stories: &month.stories,
            older,
            newer: near(at, index + 1).or_else(|| near(at + 1, 0)),
        }
    }

    /// A question that was never asked has no answer.
    pub(super) fn asked_target(&self, ReferenceId(id): ReferenceId) -> Result<Target<'a>, LinkError> {
        match self.questions.get(id) {
            Some(asked) => self.target(asked.from, &asked.text),
            None => Err(LinkError::Broken(None)),
        }
    }

    pub(super) fn target(&self, from: Option<SourceRef>, reference: &str) -> Result<Target<'a>, LinkError> {
        let source = from.map_or(FILE, |from| from.path(self.site).unwrap_or_default());
        let target = self.plan.resolve(self.site, self.config, source, reference)?;
        Ok(Target { url: target.url, file: target.file.map(|at| self.file(at)) })
    }

    fn file(&self, at: usize) -> TargetFile<'a> {
        let file = &self.site.files[at];
        let data = chart::is_data(&file.source).then(|| DataFile(on_disk(self.root, &file.source)));
        TargetFile {
            source: &file.source,
            size: file.size,
            bytes: file.bytes,
            picture: file.picture.as_deref(),
            renditions: self.plan.renditions(at),
            data,
        }
    }

    pub(super) fn asked_copy(&self, id: AskedId) -> Option<TargetFile<'a>> {
        let path = &self.questions.get(id)?.text;
        self.plan.output_at(path)?.copied_file().map(|at| self.file(at))
    }

    pub(super) fn asked_text_version(&self, id: AskedId) -> Option<&'a Route> {
        self.plan.text_version_at(&self.questions.get(id)?.text)
    }

    pub(super) fn asked_counterparts(&self, id: AskedId) -> Vec<Counterpart<'a>> {
        self.questions.get(id).map(|asked| self.plan.counterparts_at(&asked.text)).unwrap_or_default()
    }

    pub(super) fn asked_part(&self, id: AskedId) -> Option<LinkedPart> {
        self.plan.part(self.config, None, &self.questions.get(id)?.text)
    }
}
