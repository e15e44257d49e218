//! The only access of views and rendering to the site. It records the reads of each output, so that the next build
//! knows which answers to compare.
//!
//! An output's reads are a list of [keys](Key), its *trace*. A key names one answer of the reader, such as a story or
//! the target of a reference. As long as all answers in its trace have the same hashes as in the last build, an output
//! is the same: it can read something else only after a different answer.

mod asked;
mod data;
mod entries;
mod named;
mod numbers;
mod recorder;
mod search;
mod stable;

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::config::{Config, EditionId, ExtraOutput};
use crate::language::Language;
use crate::plan::{
    Counterpart, LinkError, LinkedPart, Listing, Output, OutputKind, PagePart, Plan, SourceRef, Variant,
};
use crate::read::CopiedFile;
use crate::route::Route;
use crate::site::{Amendment, ArticleId, AuthorId, Preview, SectionId, Site, Story, Thread};

pub use asked::{AskedId, ReferenceId};
pub use entries::{
    AuthorEntry, DataFile, FrontEntry, ListingPart, MonthEntry, NearMonth, PageEntry, PictureEntry, SearchEntry,
    SectionEntry, SeriesEntry, StoryEntry, Target, TargetFile, TaxonomyEntry, TermEntry, TextEntry,
};
pub use named::{FileAt, ListAt, MonthAt, PageAt, SegmentAt, SeriesAt, SourcePlaces, TaxonomyAt, TermAt};
pub use recorder::{note_all, record};
pub use search::SearchFact;
pub use stable::Names;

use data::{Data, OVERVIEWS, overviews};
use named::{NameDirectory, StableName};
use numbers::KeyNumbers;
use stable::{Hasher, Stable};

/// Reads the site.
#[derive(Debug)]
pub struct SiteReader<'a> {
    data: Data<'a>,
    numbers: KeyNumbers,
}

/// Defines the keys, with the getter of each and the hash of its answer. `data.rs` has the functions that find the
/// answers.
macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident($at:ty) => $visible:vis $getter:ident -> $answer:ty;)*) => {
        /// A question that the reader can answer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Key {
            /// The whole site, so that no change can be ruled out.
            Everything,
            $($(#[$doc])* $key($at),)*
        }

        /// The kinds of keys by their places, for encoding their names.
        #[repr(u8)]
        enum KeyKind {
            Everything,
            $($key,)*
        }

        impl<'a> SiteReader<'a> {
            $(
                $(#[$doc])*
                $visible fn $getter(&self, at: $at) -> $answer {
                    self.note(Key::$key(at));
                    self.data.$getter(at)
                }
            )*

            /// Adds the present answer to a key; `false` if it has no comparable hash.
            fn add_answer(&self, key: Key, names: &Names, hash: &mut Hasher) -> bool {
                match key {
                    Key::Everything => return false,
                    $(Key::$key(at) => self.data.$getter(at).add(names, hash),)*
                }
                true
            }
        }

        impl Key {
            fn write(self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
                match self {
                    Key::Everything => name.push(KeyKind::Everything as u8),
                    $(Key::$key(at) => {
                        name.push(KeyKind::$key as u8);
                        at.write(directory, name);
                    })*
                }
            }

            fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<Key> {
                let (kind, rest) = name.split_first()?;
                *name = rest;
                match *kind {
                    kind if kind == KeyKind::Everything as u8 => Some(Key::Everything),
                    $(kind if kind == KeyKind::$key as u8 => <$at as StableName>::read(directory, name).map(Key::$key),)*
                    _ => None,
                }
            }
        }
    };
}

keys! {
    /// A story: its record, its place among others, its page.
    Story(ArticleId) => pub story_entry -> StoryEntry<'a>;
    /// The text of a story.
    Text(ArticleId) => pub text -> TextEntry<'a>;
    /// The comments on a story.
    Thread(ArticleId) => pub thread -> Option<&'a Thread>;
    /// The number of comments on a story.
    CommentCount(ArticleId) => pub comment_count -> usize;
    /// An author.
    Author(AuthorId) => pub author -> AuthorEntry<'a>;
    /// A section.
    Section(SectionId) => pub section -> SectionEntry<'a>;
    /// The sections directly inside a section.
    Subsections(SectionId) => pub subsections -> Vec<SectionId>;
    /// A taxonomy.
    Taxonomy(TaxonomyAt) => pub taxonomy -> TaxonomyEntry<'a>;
    /// A term.
    Term(TermAt) => pub term -> TermEntry<'a>;
    /// A series.
    Series(SeriesAt) => pub series -> SeriesEntry<'a>;
    /// A standalone page.
    Page(PageAt) => pub page -> PageEntry<'a>;
    /// A picture of the project: what its published copy is made from.
    Picture(FileAt) => pub picture -> Option<PictureEntry<'a>>;
    /// The parts of the site that only the front page of an edition shows.
    Front(EditionId) => pub front -> FrontEntry<'a>;
    /// The front of the list of all stories.
    Latest(EditionId) => latest_route -> Option<&'a Route>;
    /// One page of a listing; `None` if there is no such listing.
    ListingPart(ListAt) => pub listing_part -> Option<ListingPart<'a>>;
    /// The stories of a feed, newest first.
    FeedStories(ListAt) => pub feed_stories -> Vec<ArticleId>;
    /// The feeds of a list, in the order of the configured formats.
    FeedRoutes(ListAt) => pub feed_routes -> Vec<Option<&'a Route>>;
    /// Outputs that an edition has once.
    OverviewRoutes(EditionId) => overview_routes -> [Option<&'a Route>; OVERVIEWS];
    /// The year of the newest story in lists.
    NewestYear(EditionId) => pub newest_year -> Option<i16>;
    /// The standalone page that introduces the list of corrections.
    Introduction(EditionId) => pub introduction -> Option<PageAt>;
    /// The amendments on one page of the corrections, oldest first, and the pages with older and newer ones.
    Amendments(ListAt) => pub amendments -> (&'a [Amendment], (Option<PagePart>, Option<PagePart>));
    /// The entries of the corrections feed, newest first.
    NewestAmendments(EditionId) => pub newest_amendments -> Vec<&'a Amendment>;
    /// A month of the archive.
    Month(MonthAt) => pub month -> MonthEntry<'a>;
    /// A part of the search index.
    Segment(SegmentAt) => pub segment -> SearchEntry<'a>;
    /// The target of a reference: see [`SiteReader::target`].
    Target(ReferenceId) => asked_target -> Result<Target<'a>, LinkError>;
    /// The copied file at a path: see [`SiteReader::copy_at`].
    Copy(AskedId) => asked_copy -> Option<TargetFile<'a>>;
    /// The text version of a page: see [`SiteReader::text_version_at`].
    TextVersion(AskedId) => asked_text_version -> Option<&'a Route>;
    /// The part of a page that a URL points to: see [`SiteReader::part`].
    Part(AskedId) => asked_part -> Option<LinkedPart>;
    /// The same page in all editions: see [`SiteReader::counterparts`].
    Counterparts(AskedId) => asked_counterparts -> Vec<Counterpart<'a>>;
}

impl<'a> SiteReader<'a> {
    /// Reads a site. `biographies` are those of its authors as HTML.
    pub fn new(
        root: &'a Path,
        config: &'a Config,
        site: &'a Site,
        plan: &'a Plan,
        biographies: &'a [Option<String>],
    ) -> SiteReader<'a> {
        let (questions, numbers) = (asked::Questions::default(), KeyNumbers::new(site.articles.len()));
        let versions = plan.segments().iter().map(|_| OnceLock::new()).collect();
        SiteReader { data: Data { root, config, site, plan, biographies, questions, versions }, numbers }
    }

    fn note(&self, key: Key) {
        if recorder::is_recording() {
            recorder::note(self.numbers.of(key, &self.data.questions));
        }
    }

    /// The whole site, for outputs that list nearly all of it. Every build prepares them again.
    pub fn everything(&self) -> (&'a Site, &'a Plan) {
        self.note(Key::Everything);
        (self.data.site, self.data.plan)
    }

    /// A story.
    pub fn story(&self, id: ArticleId) -> &'a Story {
        self.story_entry(id).story
    }

    /// The page of a story.
    pub fn article_route(&self, id: ArticleId) -> &'a Route {
        self.story_entry(id).route
    }

    /// The route of a story in another format, if the configuration asks for it. It is derived from the route of its
    /// page.
    pub fn format_route(&self, id: ArticleId, form: ExtraOutput) -> Option<Route> {
        self.note(Key::Story(id));
        self.data.plan.format_route(self.data.config, id, form)
    }

    /// The front of a listing.
    pub fn listing_route(&self, listing: Listing) -> Option<&'a Route> {
        match listing {
            Listing::Latest(edition) => self.latest_route(edition),
            Listing::Section(id) => self.section(id).route,
            Listing::Author(id) => self.author(id).route,
            Listing::Term(taxonomy, term) => self.term(TermAt(taxonomy, term)).route,
        }
    }

    /// The route of an output that exists once.
    pub fn overview_route(&self, kind: OutputKind) -> Option<&'a Route> {
        let edition = kind.edition();
        match overviews(edition).iter().position(|overview| *overview == kind) {
            Some(at) => self.overview_routes(edition)[at],
            None => self.everything().1.route(kind),
        }
    }

    /// The target of a reference in a file of the project, or in `site.yaml`.
    ///
    /// # Errors
    /// The reason why the reference has no target.
    pub fn target(&self, from: Option<SourceRef>, reference: &str) -> Result<Target<'a>, LinkError> {
        if !recorder::is_recording() {
            return self.data.target(from, reference);
        }
        let id = ReferenceId(self.data.questions.add(from, reference));
        let target = self.asked_target(id);
        if target.as_ref().is_ok_and(Target::is_data) {
            self.value(Key::Target(id), &Names::default(), &mut Hasher::new());
        }
        target
    }

    /// The copied file at a URL path below the site's root.
    pub fn copy_at(&self, path: &str) -> Option<TargetFile<'a>> {
        self.asked_copy(self.data.questions.add(None, path))
    }

    /// The text version of a page.
    pub fn text_version(&self, page: &Route) -> Option<&'a Route> {
        self.text_version_at(page.path())
    }

    /// The text version of the page at a URL path below the site's root. The existence of a text edition depends only
    /// on the configuration and the theme.
    pub fn text_version_at(&self, path: &str) -> Option<&'a Route> {
        if !self.data.plan.has_text_edition() {
            return None;
        }
        match recorder::is_recording() {
            true => self.asked_text_version(self.data.questions.add(None, path)),
            false => self.data.plan.text_version_at(path),
        }
    }

    /// The same page in all editions that have it, itself included, in the order of the editions; empty if it is in one
    /// edition alone.
    pub fn counterparts(&self, page: &Route) -> Vec<Counterpart<'a>> {
        if !self.data.config.has_editions() {
            return Vec::new();
        }
        match recorder::is_recording() {
            true => self.asked_counterparts(self.data.questions.add(None, page.path())),
            false => self.data.plan.counterparts_at(page.path()),
        }
    }

    /// The part of a page that a URL with a fragment points to, in a link on the page at `from`.
    pub fn part(&self, from: Option<&str>, url: &str) -> Option<LinkedPart> {
        match recorder::is_recording() && !url.starts_with(['#', '?']) && url.contains('#') {
            true => self.asked_part(self.data.questions.add(None, url)),
            false => self.data.plan.part(self.data.config, from, url),
        }
    }

    /// The page that a text version is made from, by its place. Nothing is recorded: the two routes differ in the
    /// folder alone, so a text version is always made from the page with that route.
    pub fn full_page(&self, at: usize) -> &'a Output {
        &self.data.plan.outputs[at]
    }

    /// The path of a copied file, by its place. Nothing is recorded: copies are compared by their bytes.
    pub fn copied_file(&self, at: usize) -> &'a str {
        &self.data.site.files[at].source
    }

    /// A smaller picture, by its place among the plan's. Nothing is recorded: its route says all that decides its bytes.
    pub fn variant(&self, at: usize) -> &'a Variant {
        self.data.plan.variant(at)
    }

    /// A file of the project, by its place, for making smaller pictures of it. Nothing is recorded, as for these.
    pub fn copied(&self, at: usize) -> &'a CopiedFile {
        &self.data.site.files[at]
    }

    /// The route of the feed of a story's comments, if it has one. It is derived from the route of its page.
    pub fn comment_feed_route(&self, id: ArticleId) -> Option<Route> {
        let has_feed = self.data.config.comments.feeds && self.thread(id).is_some();
        self.note(Key::Story(id));
        has_feed.then(|| self.data.plan.comment_feed(id)).flatten()
    }

    /// The stories whose texts are in outputs other than their pages. Nothing is recorded: this only decides which
    /// texts to keep.
    pub fn held_texts(&self) -> impl Iterator<Item = ArticleId> {
        let Data { site, plan, config, .. } = self.data;
        plan.outputs.iter().flat_map(|output| output.held_texts(site, config))
    }

    /// The configuration of the main edition.
    pub fn main_config(&self) -> &'a Config {
        self.data.config
    }

    /// The configurations of all editions, the main one first.
    pub fn editions(&self) -> impl Iterator<Item = &'a Config> + use<'a> {
        self.data.config.editions()
    }

    /// The kind of preview, if this is one. A preview and the published site don't share a ledger.
    pub fn preview(&self) -> Option<Preview> {
        self.data.site.preview
    }

    /// The languages of all pages.
    pub fn languages(&self) -> impl Iterator<Item = &'a Language> + use<'a> {
        self.data.site.languages(self.data.config)
    }
}

/// Appends the entry of a key to the ledger.
pub type EncodeKey = fn(KeyEntry<'_>, &mut Vec<u8>);
/// The name of a key and the hash of its answer; `None` for a number without a key.
pub type KeyEntry<'n> = Option<(&'n [u8], u64)>;

/// The keys of the last build.
pub struct KeysBefore<'k> {
    /// How many numbers there are.
    pub count: usize,
    /// The key with a number.
    pub entry: &'k (dyn Fn(usize) -> KeyEntry<'k> + Sync),
}

/// The number of keys that are encoded together.
const PART: usize = 4_096;

/// Carries the keys over from one build to the next.
impl SiteReader<'_> {
    /// Gives the keys of the last build their numbers again, and returns which of their answers have changed.
    pub fn compare(&self, before: &KeysBefore<'_>, sources: &SourcePlaces<'_>, names: &Names) -> Vec<KnownKey> {
        let questions = &self.data.questions;
        let directory = NameDirectory::new(self.data.site, self.data.plan, questions, sources);
        self.numbers.begin_restoring(before.count);
        questions.reserve(before.count.saturating_sub(3 * self.data.site.articles.len()));
        let compare = |hash: &mut Hasher, number: usize| {
            let entry = (before.entry)(number);
            let key = entry.and_then(|(mut name, _)| Key::read(&directory, &mut name));
            self.numbers.restore(key, number as u32, questions);
            let Some((key, (name, value))) = key.zip(entry) else { return KnownKey::Unknown };
            if self.leads_where_it_did(key) {
                debug_assert_eq!(self.target_of(&directory, name), Some(value), "a link leads elsewhere");
                return KnownKey::Same;
            }
            match self.value(key, names, hash) {
                Some(now) if now == value => KnownKey::Same,
                Some(_) => KnownKey::Changed,
                None => KnownKey::Unknown,
            }
        };
        (0..before.count).into_par_iter().with_min_len(256).map_init(Hasher::new, compare).collect()
    }

    /// True for a reference that has not been looked up because all links lead where they did.
    fn leads_where_it_did(&self, key: Key) -> bool {
        matches!(key, Key::Target(ReferenceId(id)) if !self.data.questions.has(id))
    }

    /// The hash of the answer to a reference, by the name of its key.
    fn target_of(&self, directory: &NameDirectory<'_>, mut name: &[u8]) -> Option<u64> {
        let (_, rest) = name.split_first()?;
        name = rest;
        let (from, text) = named::read_question(directory, &mut name)?;
        let mut hash = Hasher::new();
        self.data.target(from, text).add(&Names::default(), &mut hash);
        Some(hash.done())
    }

    /// Encodes the name and the hash of each key in the order of their numbers, and passes the bytes to `write` in
    /// several parts. Keys that are not used are encoded as empty. `known` are the answers from
    /// [`SiteReader::compare`].
    ///
    /// # Errors
    /// The first error that `write` returns.
    pub fn encode_keys(
        &self,
        encode: EncodeKey,
        is_used: &(dyn Fn(usize) -> bool + Sync),
        (before, known): (&KeysBefore<'_>, &[KnownKey]),
        (sources, names): (&SourcePlaces<'_>, &Names),
        write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let directory = NameDirectory::new(self.data.site, self.data.plan, &self.data.questions, sources);
        // The name of a reference that has not been looked up is not known otherwise.
        let as_before = |number: usize| {
            let is_same = sources.has_same_link_targets && known.get(number) == Some(&KnownKey::Same);
            if is_same { (before.entry)(number) } else { None }
        };
        let keys = self.numbers.keys(&self.data.questions, |number| {
            let number = number as usize;
            is_used(number) && as_before(number).is_none()
        });
        let encoded = |numbers: Range<usize>| {
            let (mut bytes, mut new_name) = (Vec::with_capacity(48 * numbers.len()), Vec::with_capacity(64));
            let mut hash = Hasher::new();
            let first = keys.partition_point(|(number, _)| (*number as usize) < numbers.start);
            let mut keys = keys[first..].iter().peekable();
            for number in numbers {
                let Some((_, key)) = keys.next_if(|(next, _)| *next as usize == number) else {
                    encode(as_before(number).filter(|_| is_used(number)), &mut bytes);
                    continue;
                };
                new_name.clear();
                key.write(&directory, &mut new_name);
                let is_same = known.get(number) == Some(&KnownKey::Same);
                let value = if is_same { (before.entry)(number).map(|(_, value)| value) } else { None };
                let value = value.or_else(|| self.value(*key, names, &mut hash));
                encode(Some((&new_name, value.unwrap_or_default())), &mut bytes);
            }
            bytes
        };
        let (count, at_once) = (self.numbers.count(), PART * rayon::current_num_threads());
        for start in (0..count).step_by(at_once) {
            let parts = (start..count.min(start + at_once)).into_par_iter().step_by(PART);
            let parts = parts.map(|start| encoded(start..count.min(start + PART)));
            parts.collect::<Vec<_>>().iter().try_for_each(|part| write(part))?;
        }
        Ok(())
    }

    /// The hash of the answer to a key.
    fn value(&self, key: Key, names: &Names, hash: &mut Hasher) -> Option<u64> {
        hash.clear();
        if let Key::Target(ReferenceId(id)) = key {
            let target = self.data.asked_target(ReferenceId(id));
            let is_data = target.as_ref().is_ok_and(Target::is_data);
            target.add(names, hash);
            // A data file may change during the build, after it has been rendered.
            return Some(if is_data { self.data.questions.fixed(id, hash.done()) } else { hash.done() });
        }
        self.add_answer(key, names, hash).then(|| hash.done())
    }
}

/// The present answer to a key of the last build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownKey {
    /// It has the same hash.
    Same,
    /// It has another one.
    Changed,
    /// There is no such key now, or its answer has no comparable hash.
    Unknown,
}
