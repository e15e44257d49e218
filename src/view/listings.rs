//! The views of pages that list stories: section fronts, authors, terms, the latest, series and the front page.

use std::collections::HashSet;

use crate::language::Language;
use crate::picture::slot::SlotName;
use crate::plan::{FeedSource, Listing, OutputKind, PagePart, SourceRef};
use crate::reader::{ListAt, SeriesAt, TaxonomyAt, TermAt};
use crate::route::Route;
use crate::site::{self, ArticleId, AuthorId, FrontBlock, SectionId};

use super::contract::{
    BlockView, BreakingView, FrontView, LinkView, ListingView, PageView, SectionView, SeriesView, TermView,
};
use super::{Shown, Viewer};

impl<'a> Viewer<'a> {
    /// `page` of one page of a listing.
    pub fn listing_page(&self, listing: Listing, part: PagePart, route: &Route) -> PageView<'a> {
        let (reader, config) = (&self.reader, self.config);
        let (kind, title, language) = match listing {
            Listing::Latest(_) => ("latest", self.word("latest").to_owned(), &config.language),
            Listing::Section(id) => ("section", reader.section(id).title.to_owned(), reader.section(id).language),
            Listing::Author(id) => {
                ("author", reader.author(id).author.front.name.clone(), self.author_page_language(id))
            }
            Listing::Term(taxonomy, term) => {
                ("term", reader.term(TermAt(taxonomy, term)).title.to_owned(), &config.language)
            }
        };
        let feeds = match listing {
            Listing::Latest(_) => Vec::new(),
            listing => self.feeds_of(FeedSource::Listing(listing), &title),
        };
        // Titles must be unique within a listing, for search results and tabs.
        let title = match part {
            PagePart::Frozen(number) => format!("{title} ({number})"),
            PagePart::Front | PagePart::Next(_) => title,
        };
        let mut page = self.page(kind, route, title, self.listing_description(listing), language);
        page.noindex =
            matches!(listing, Listing::Section(id) if reader.section(id).file.is_some_and(|file| file.front.noindex));
        page.breadcrumbs = self.trail(listing, part);
        page.feeds = feeds;
        page
    }

    pub(super) fn listing_description(&self, listing: Listing) -> Option<String> {
        match listing {
            Listing::Section(id) => self.reader.section(id).file?.front.description.clone(),
            Listing::Author(id) => self.reader.author(id).author.body.excerpt.as_deref().map(str::to_owned),
            Listing::Latest(_) | Listing::Term(..) => None,
        }
    }

    fn trail(&self, listing: Listing, part: PagePart) -> Vec<Shown<LinkView<'a>>> {
        let mut trail = match listing {
            Listing::Section(id) => self.section_trail(self.reader.section(id).parent),
            Listing::Author(_) => self.overview_trail(OutputKind::Staff(self.edition()), "staff"),
            Listing::Term(taxonomy, _) => {
                let plural = self.plural(taxonomy);
                let route = self.terms_route(taxonomy);
                route.map(|route| Shown::new(LinkView { title: plural, path: self.path(route) })).into_iter().collect()
            }
            Listing::Latest(_) => Vec::new(),
        };
        if part != PagePart::Front {
            trail.extend(self.listing_title(listing).map(|title| self.shown_link(title, listing)));
        }
        trail
    }

    fn listing_title(&self, listing: Listing) -> Option<&'a str> {
        match listing {
            Listing::Latest(_) => self.strings.get(&self.config.language, "latest"),
            Listing::Section(id) => Some(self.reader.section(id).title),
            Listing::Author(id) => Some(&self.reader.author(id).author.front.name),
            Listing::Term(taxonomy, term) => Some(self.reader.term(TermAt(taxonomy, term)).title),
        }
    }

    /// The language of an author's page: that of the author's file, if this edition has one of its own.
    pub(super) fn author_page_language(&self, id: AuthorId) -> &'a Language {
        let author = self.reader.author(id);
        if author.file_of == id { author.language } else { &self.config.language }
    }

    /// The list of a taxonomy's terms in this edition.
    pub(super) fn terms_route(&self, taxonomy: usize) -> Option<&'a Route> {
        self.reader.taxonomy(TaxonomyAt(taxonomy)).routes.get(usize::from(self.edition().0)).copied().flatten()
    }

    pub(super) fn overview_trail(&self, subject: OutputKind, word: &str) -> Vec<Shown<LinkView<'a>>> {
        let title = self.strings.get(&self.config.language, word);
        let link = self
            .reader
            .overview_route(subject)
            .zip(title)
            .map(|(route, title)| LinkView { title, path: self.path(route) });
        link.map(Shown::new).into_iter().collect()
    }

    /// The breadcrumbs from the top-level section down to `section`.
    pub(super) fn section_trail(&self, section: Option<SectionId>) -> Vec<Shown<LinkView<'a>>> {
        let mut trail = Vec::new();
        let mut next = section;
        while let Some(id) = next {
            let section = self.reader.section(id);
            trail.push(self.shown_link(section.title, Listing::Section(id)));
            next = section.parent;
        }
        trail.reverse();
        trail
    }

    /// A string of the theme in the site's language, or its key.
    pub(super) fn word<'k>(&self, key: &'k str) -> &'k str
    where
        'a: 'k,
    {
        self.strings.get(&self.config.language, key).unwrap_or(key)
    }

    /// `listing`.
    pub fn listing(&self, listing: Listing, part: PagePart) -> ListingView<'a> {
        let shown = self.reader.listing_part(ListAt::new(FeedSource::Listing(listing)).page(part));
        let Some((shown, front)) = shown.zip(self.reader.listing_route(listing)) else {
            return ListingView {
                articles: Vec::new(),
                blocks: Vec::new(),
                remaining: Vec::new(),
                number: None,
                older: None,
                newer: None,
            };
        };
        let front = self.path(front);
        let in_blocks: HashSet<ArticleId> = shown.blocks.iter().flat_map(|block| &block.stories).copied().collect();
        // Without blocks, templates show all articles.
        let is_left = |id: &&ArticleId| !shown.blocks.is_empty() && !in_blocks.contains(*id);
        ListingView {
            articles: shown.stories.iter().rev().map(|&id| self.card(id)).collect(),
            blocks: self.blocks(shown.blocks),
            remaining: shown.stories.iter().rev().filter(is_left).map(|&id| self.card(id)).collect(),
            number: match part {
                PagePart::Front => None,
                PagePart::Frozen(number) | PagePart::Next(number) => Some(number),
            },
            older: shown.older.map(|part| format!("{front}{}", part.path())),
            newer: shown.newer.map(|part| format!("{front}{}", part.path())),
        }
    }

    /// `section`, with the body of its `_index.md` as HTML.
    pub fn section(&self, id: SectionId, body: Option<String>) -> SectionView<'a> {
        let section = self.reader.section(id);
        let file = section.file;
        let inside = self.reader.subsections(id).into_iter();
        SectionView {
            id: section.id,
            title: section.title,
            description: file.and_then(|file| file.front.description.as_deref()),
            body,
            image: file
                .and_then(|file| self.image(SourceRef::Section(id), &file.front.image.as_ref()?.0, SlotName::Lead)),
            subsections: inside
                .map(|inner| self.link(self.reader.section(inner).title, Listing::Section(inner)))
                .collect(),
            path: self.listing_path(Listing::Section(id)),
            style: file.and_then(|file| file.front.style.as_deref()),
            extra: file.map(|file| &file.front.extra),
        }
    }

    /// `term`.
    pub fn term(&self, taxonomy: usize, term: usize) -> TermView<'a> {
        let of = self.reader.taxonomy(TaxonomyAt(taxonomy));
        TermView {
            title: self.reader.term(TermAt(taxonomy, term)).title,
            taxonomy: of.name,
            label: self.singular(taxonomy),
            path: self.listing_path(Listing::Term(taxonomy, term)),
        }
    }

    /// `page` of a series.
    pub fn series_page(&self, at: usize, route: &Route) -> PageView<'a> {
        let mut page =
            self.page("series", route, self.reader.series(SeriesAt(at)).title.to_owned(), None, &self.config.language);
        page.breadcrumbs = self.overview_trail(OutputKind::AllSeries(self.edition()), "series");
        page.feeds = self.feeds_of(FeedSource::Series(at), &page.title);
        page
    }

    /// `series`.
    pub fn series(&self, at: usize) -> SeriesView<'a> {
        let series = self.reader.series(SeriesAt(at));
        SeriesView {
            title: series.title,
            path: self.series_path(at),
            articles: series.parts.iter().map(|&id| self.card(id)).collect(),
        }
    }

    /// `page` of the front page.
    pub fn front_page(&self) -> PageView<'a> {
        let front = self.reader.front(self.edition()).file.map(|file| &file.front);
        let title = front.and_then(|front| front.title.as_ref()).unwrap_or(&self.config.title).clone();
        let about = front.and_then(|front| front.description.as_ref()).or(self.config.description.as_ref());
        let about = about.unwrap_or(&self.config.title).clone();
        let mut page = self.page("front", &self.config.front_route(), title, Some(about), &self.config.language);
        page.noindex = front.is_some_and(|front| front.noindex);
        page
    }

    /// `front`, with the body of `content/_index.md` as HTML.
    pub fn front(&self, body: Option<String>) -> FrontView<'a> {
        let front = self.reader.front(self.edition());
        let breaking = self.config.breaking.as_ref().filter(|_| front.is_breaking);
        let breaking = breaking.map(|line| BreakingView {
            text: &line.text,
            path: line.link.as_ref().and_then(|link| self.resolved(None, link)),
        });
        let extra = front.file.map(|file| &file.front.extra);
        FrontView { breaking, body, extra, blocks: self.blocks(front.blocks) }
    }

    fn blocks(&self, blocks: &'a [FrontBlock]) -> Vec<BlockView<'a>> {
        let blocks = blocks.iter().map(|block| BlockView {
            heading: block.heading.as_deref(),
            style: &block.style,
            path: block.subject.map(|subject| self.subject_path(subject)),
            articles: block.stories.iter().map(|&id| self.card(id)).collect(),
        });
        blocks.collect()
    }

    fn subject_path(&self, subject: site::Subject) -> String {
        match subject {
            site::Subject::Section(id) => self.listing_path(Listing::Section(id)),
            site::Subject::Tag(at) => self.listing_path(Listing::Term(0, at)),
            site::Subject::Series(at) => self.series_path(at),
        }
    }
}
