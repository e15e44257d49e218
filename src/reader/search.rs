//! The facts about a story in the search index, besides its text. They make both the index and its version.

use std::hash::Hash;

use jiff::civil::Date;
use xxhash_rust::xxh3::Xxh3;

use crate::markdown::{FootnotePlacement, Options};
use crate::plan::Listing;
use crate::route::Route;
use crate::search::{FORMAT, SearchFilter, StoryField};
use crate::site::{ArticleId, SectionId, Signer};

use super::SiteReader;
use super::data::Data;
use super::entries::SearchEntry;
use super::named::SegmentAt;

/// A fact about a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchFact<'f> {
    /// Words that it can be found by.
    Words(StoryField, &'f str),
    /// A filter that it passes: the value, and the label for readers, who may get another from the browser.
    Filter(SearchFilter, &'f str, &'f str),
    /// A name in its byline, or the whole byline.
    Name(&'f str),
    /// Its section.
    Section(&'f str),
    /// The day of publication, in the site's time zone.
    Day(Date),
    /// Its page.
    Page(&'f Route),
}

impl<'a> Data<'a> {
    /// A hash of the list of stories and of what they say.
    pub(super) fn segment(&self, SegmentAt(at): SegmentAt) -> SearchEntry<'a> {
        let segment = &self.plan.segments()[at];
        let version = *self.versions[at].get_or_init(|| {
            let mut hash = Xxh3::new();
            (FORMAT, self.config.base_url.prefix()).hash(&mut hash);
            for &id in &segment.stories {
                let story = self.site.story(id);
                Options::new(self.config, FootnotePlacement::End, &story.language).hash(&mut hash);
                (story.article.digest, story.article.body.start, story.language.tag()).hash(&mut hash);
                self.search_facts(id, &mut |fact| fact.hash(&mut hash));
            }
            hash.digest()
        });
        SearchEntry { folder: &segment.folder, version }
    }

    /// Calls `each` with the facts about a story.
    fn search_facts(&self, id: ArticleId, each: &mut dyn FnMut(SearchFact<'_>)) {
        let story = self.site.story(id);
        let front = &story.article.front;
        let rare = front.rare();
        each(SearchFact::Page(self.plan.article(id)));
        let published = story.article.dates.published.instant;
        let day = self.config.timezone.to_datetime(published).date();
        each(SearchFact::Day(day));
        each(SearchFact::Words(StoryField::Title, &front.title));
        for text in [&front.deck, &front.kicker].into_iter().flatten() {
            each(SearchFact::Words(StoryField::Deck, text));
        }
        let image = front.image.as_ref().and_then(|image| image.0.caption.as_deref());
        for text in image.into_iter().chain(rare.dateline.as_deref()) {
            each(SearchFact::Words(StoryField::Text, text));
        }
        each(SearchFact::Filter(SearchFilter::Language, story.language.tag(), ""));
        each(SearchFact::Filter(SearchFilter::Kind, front.kind.as_str(), ""));
        self.section_facts(story.section, each);
        self.name_facts(id, each);
        let tags = story.tags.iter().map(|&tag| (0, tag));
        let others = story.terms.iter().flat_map(|(taxonomy, terms)| terms.iter().map(|&term| (*taxonomy, term)));
        for (taxonomy, term) in tags.chain(others) {
            each(SearchFact::Words(StoryField::Tags, &self.site.taxonomies[taxonomy].terms[term as usize].title));
        }
        if let Some((series, _)) = story.series {
            each(SearchFact::Words(StoryField::Tags, &self.site.series[series].title));
        }
    }

    fn section_facts(&self, id: SectionId, each: &mut dyn FnMut(SearchFact<'_>)) {
        each(SearchFact::Section(&self.site.section(id).title));
        let mut next = Some(id);
        while let Some(id) = next {
            let section = self.site.section(id);
            each(SearchFact::Words(StoryField::Tags, &section.title));
            each(SearchFact::Filter(SearchFilter::Section, &section.id, &section.title));
            next = section.parent;
        }
    }

    fn name_facts(&self, id: ArticleId, each: &mut dyn FnMut(SearchFact<'_>)) {
        let story = self.site.story(id);
        let written = story.article.front.rare().byline.as_deref();
        if let Some(line) = written {
            each(SearchFact::Name(line));
            each(SearchFact::Words(StoryField::Authors, line));
        }
        let contributors = story.contributors.iter().flat_map(|(_, signers)| signers.iter()).map(|one| (one, false));
        let signers = story.authors.iter().chain(story.wire.as_ref()).map(|one| (one, written.is_none()));
        for (signer, is_in_byline) in signers.chain(contributors) {
            let (value, name) = match signer {
                Signer::Author(id) => {
                    let author = &self.site.person(*id).author;
                    let has_page = self.plan.listing(Listing::Author(*id)).is_some();
                    (if has_page { &author.id } else { &author.front.name }, &author.front.name)
                }
                Signer::Guest(guest) => (&guest.name, &guest.name),
            };
            each(SearchFact::Words(StoryField::Authors, name));
            each(SearchFact::Filter(SearchFilter::Author, value, name));
            if is_in_byline {
                each(SearchFact::Name(name));
            }
        }
    }
}

impl SiteReader<'_> {
    /// Calls `each` with the facts that the search index has about a story, besides its text. Nothing is recorded: the hash of the part
    /// of the index that the story is in contains all of it.
    pub fn search_facts(&self, id: ArticleId, each: &mut dyn FnMut(SearchFact<'_>)) {
        self.data.search_facts(id, each);
    }
}
