//! What views are made from, as hashes: much quicker to tell than the views, of which a large archive has very many.
//!
//! Where what a page's views are made from is as it was, so are they. The fingerprint of the views themselves decides
//! in all other cases; builds with debug assertions make it in these too, and compare.

use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::plan::{FeedSource, Listing, OutputKind, PagePart, feed_stories, stories};
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, SectionId, Signer, Story};

use super::{Cache, Unserializable, Viewer, fingerprint};

/// The hashes of everything that several pages show.
#[derive(Debug)]
pub struct Inputs<'v, 'a> {
    viewer: &'v Viewer<'a>,
    /// Configuration, theme, and whatever else is the same for all.
    circumstances: u128,
    /// Of each story, what lists and other stories show of it; `None` when its record cannot be told from another.
    stories: Vec<Option<u128>>,
    authors: Vec<u128>,
    /// The links to sections, and the ways down to them.
    sections: Vec<(u128, u128)>,
    /// The links to terms, by taxonomy.
    terms: Vec<Vec<u128>>,
    /// The parts of each series.
    series: Vec<OnceLock<Option<u128>>>,
    /// What all pages of a listing show but its stories.
    listings: Cache<Listing, Option<u128>>,
    /// The stories of feeds, with what feeds say of each.
    feeds: Cache<FeedSource, Option<u128>>,
}

impl<'v, 'a> Inputs<'v, 'a> {
    /// Hashes what many pages show. `circumstances` is the hash of everything that views depend on besides what the
    /// sources say; `records` are the hashes of what the stories' files say, by story.
    ///
    /// # Errors
    /// When a view cannot be serialized.
    pub fn new(
        viewer: &'v Viewer<'a>,
        circumstances: u128,
        records: &[Option<u128>],
    ) -> Result<Inputs<'v, 'a>, Unserializable> {
        let site = viewer.site;
        let all = |count: usize, of: &(dyn Fn(usize) -> Result<u128, Unserializable> + Sync)| {
            (0..count).into_par_iter().map(of).collect::<Result<Vec<u128>, _>>()
        };
        let authors = all(site.authors.len(), &|at| fingerprint(&viewer.author(AuthorId(at as u32))))?;
        let id = |at: usize| SectionId(at as u32);
        let link = |at| fingerprint(&viewer.link(&site.section(id(at)).title, Listing::Section(id(at))));
        let way = |at| fingerprint(&viewer.section_trail(Some(id(at))));
        let sections = site.sections.len();
        let sections = all(sections, &link)?.into_iter().zip(all(sections, &way)?).collect();
        let terms = site.taxonomies.iter().enumerate().map(|(taxonomy, of)| {
            let link = |at: usize| fingerprint(&viewer.link(&of.terms[at].title, Listing::Term(taxonomy, at)));
            all(of.terms.len(), &link)
        });
        let mut inputs = Inputs {
            viewer,
            circumstances,
            stories: Vec::new(),
            authors,
            sections,
            terms: terms.collect::<Result<_, _>>()?,
            series: site.series.iter().map(|_| OnceLock::new()).collect(),
            listings: Cache::new(),
            feeds: Cache::new(),
        };
        let told = site.articles.par_iter().zip(records).enumerate();
        inputs.stories = told.map(|(at, (story, record))| inputs.told(story, ArticleId(at as u32), *record)).collect();
        Ok(inputs)
    }

    /// The hash of everything that the views of an output are made from, but texts. `None` where nothing less than the
    /// views can tell.
    pub fn of(&self, kind: OutputKind, route: &Route) -> Option<u128> {
        let Viewer { site, plan, config, .. } = self.viewer;
        let mut hash = Hash::new();
        hash.add(self.circumstances);
        match kind {
            OutputKind::Article(id) => self.add_page(&mut hash, id)?,
            OutputKind::Ninjs(id) | OutputKind::Markdown(id) => {
                self.add_own(&mut hash, id)?;
                let series = site.story(id).series.map(|(at, _)| (&site.series[at].title, self.viewer.series_path(at)));
                hash.view(&(series, self.viewer.entry_id(id)))?;
            }
            OutputKind::Listing(listing, part) => {
                hash.add(self.listing(listing)?);
                hash.text(route.as_str());
                self.add_text_version(&mut hash, route);
                let paging = plan.paging(listing)?;
                for part in [Some(part), paging.older(part), paging.newer(part)] {
                    hash.text(&part.map(PagePart::path).unwrap_or_default());
                }
                self.add_stories(&mut hash, &stories(site, listing)[paging.range(part)])?;
            }
            OutputKind::Month(at, index) => {
                hash.view(&(self.viewer.month_page(at, index), self.viewer.month_neighbours(at, index)))?;
                self.add_stories(&mut hash, &plan.years[at].months[index].stories)?;
            }
            OutputKind::Feed(FeedSource::Corrections, _) => return None,
            OutputKind::Feed(feed_source, format) => {
                hash.view(&self.viewer.feed(feed_source, format, &[]))?;
                hash.add(self.feeds.get(feed_source, || self.entries(&feed_stories(site, config, feed_source)))?);
            }
            _ => return None,
        }
        Some(hash.done())
    }

    fn story(&self, id: ArticleId) -> Option<u128> {
        *self.stories.get(id.0 as usize)?
    }

    fn add_stories(&self, hash: &mut Hash, ids: &[ArticleId]) -> Option<()> {
        hash.number(ids.len());
        ids.iter().try_for_each(|&id| self.story(id).map(|story| hash.add(story)))
    }

    /// What its record says, where its page is, and whom and what its card links to.
    fn told(&self, story: &'a Story, id: ArticleId, record: Option<u128>) -> Option<u128> {
        let dates = &story.article.dates;
        let mut hash = Hash::new();
        hash.add(record?);
        hash.text(self.viewer.plan.article(id).as_str());
        hash.add(self.sections[story.section.0 as usize].0);
        // What is dated ahead is held back, and a retracted story loses its text: its record is more than what is told.
        hash.add(story.state as u128);
        hash.flags([story.has_body(), dates.updated.is_some(), dates.retracted.is_some()]);
        hash.number(dates.corrections.len());
        hash.number(dates.notes.len());
        hash.number(story.series.map_or(0, |(_, part)| part as usize));
        self.add_signers(&mut hash, story, &story.authors);
        self.add_signers(&mut hash, story, story.wire.as_slice());
        if let Some(image) = &story.article.front.image {
            hash.view(&self.viewer.image(&story.article.source, &image.0))?;
        }
        Some(hash.done())
    }

    /// Everything that is a story's own, wherever it is told.
    fn add_own(&self, hash: &mut Hash, id: ArticleId) -> Option<()> {
        let story = self.viewer.site.story(id);
        hash.add(self.story(id)?);
        hash.add(self.sections[story.section.0 as usize].1);
        for (_, signers) in &story.contributors {
            self.add_signers(hash, story, signers);
        }
        self.add_sources(hash, story);
        self.add_terms(hash, story);
        self.add_text_version(hash, self.viewer.plan.article(id));
        hash.view(&self.viewer.alternates(id))
    }

    fn add_text_version(&self, hash: &mut Hash, page: &Route) {
        hash.text(self.viewer.plan.text_version(page).map_or("", Route::as_str));
    }

    /// The same, and the stories that stand beside it on its page.
    fn add_page(&self, hash: &mut Hash, id: ArticleId) -> Option<()> {
        self.add_own(hash, id)?;
        let story = self.viewer.site.story(id);
        for neighbour in [story.older, story.newer] {
            self.add_stories(hash, neighbour.as_slice())?;
        }
        self.add_stories(hash, &story.related)?;
        if let Some((at, _)) = story.series {
            let parts = &self.viewer.site.series[at].parts;
            hash.add((*self.series[at].get_or_init(|| self.parts(at, parts)))?);
            hash.number(parts.iter().position(|&part| part == id).unwrap_or(parts.len()));
        }
        Some(())
    }

    fn parts(&self, at: usize, parts: &[ArticleId]) -> Option<u128> {
        let mut hash = Hash::new();
        hash.text(&self.viewer.series_path(at));
        hash.text(&self.viewer.site.series[at].title);
        self.add_stories(&mut hash, parts)?;
        Some(hash.done())
    }

    /// Where the sources that it names are; the record tells everything else of them.
    fn add_sources(&self, hash: &mut Hash, story: &Story) {
        for source in &story.article.front.sources.0 {
            let url = source.0.url.as_deref();
            add_target(hash, url.and_then(|url| self.viewer.resolved(&story.article.source, url)));
        }
    }

    fn add_terms(&self, hash: &mut Hash, story: &Story) {
        for (taxonomy, terms) in std::iter::once((0, &story.tags)).chain(story.terms.iter().map(|(at, of)| (*at, of))) {
            hash.number(taxonomy);
            hash.number(terms.len());
            terms.iter().for_each(|&term| hash.add(self.terms[taxonomy][term as usize]));
        }
    }

    /// Who signs; of guests the record tells everything but where their pages are now.
    fn add_signers(&self, hash: &mut Hash, story: &Story, signers: &[Signer]) {
        hash.number(signers.len());
        for signer in signers {
            match signer {
                Signer::Author(id) => hash.add(self.authors[id.0 as usize]),
                Signer::Guest(guest) => add_target(hash, self.viewer.guest_path(story, guest)),
            }
        }
    }

    /// The stories of a feed, whatever its format.
    fn entries(&self, ids: &[ArticleId]) -> Option<u128> {
        let mut hash = Hash::new();
        for &id in ids {
            hash.add(self.story(id)?);
            let story = self.viewer.site.story(id);
            self.add_terms(&mut hash, story);
            self.add_sources(&mut hash, story);
            hash.view(&story.series.map(|(at, _)| (&self.viewer.site.series[at].title, self.viewer.series_path(at))))?;
            hash.text(&self.viewer.entry_id(id));
        }
        Some(hash.done())
    }

    /// What all pages of a listing show but its stories.
    fn listing(&self, listing: Listing) -> Option<u128> {
        self.listings.get(listing, || {
            let viewer = self.viewer;
            let front = viewer.plan.listing(listing)?;
            let mut hash = Hash::new();
            hash.view(&viewer.listing_page(listing, PagePart::Front, front))?;
            match listing {
                Listing::Latest => {}
                Listing::Section(id) => hash.view(&viewer.section(id, None))?,
                Listing::Author(AuthorId(at)) => hash.add(self.authors[at as usize]),
                Listing::Term(taxonomy, term) => hash.view(&viewer.term(taxonomy, term))?,
            }
            Some(hash.done())
        })
    }
}

/// Where a reference of front matter leads; nowhere, when there is none or what it led to is over.
fn add_target(hash: &mut Hash, url: Option<String>) {
    hash.flags([url.is_some()]);
    hash.text(&url.unwrap_or_default());
}

/// A hash that is being put together; each part has a fixed length, or is hashed itself.
struct Hash(Vec<u8>);

impl Hash {
    fn new() -> Hash {
        Hash(Vec::with_capacity(512))
    }

    fn add(&mut self, part: u128) {
        self.0.extend_from_slice(&part.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.add(xxh3_128(text.as_bytes()));
    }

    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&(number as u64).to_le_bytes());
    }

    fn flags<const N: usize>(&mut self, flags: [bool; N]) {
        self.0.extend(flags.map(u8::from));
    }

    fn view(&mut self, view: &impl Serialize) -> Option<()> {
        self.add(fingerprint(view).ok()?);
        Some(())
    }

    fn done(self) -> u128 {
        xxh3_128(&self.0)
    }
}
