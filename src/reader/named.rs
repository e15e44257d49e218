//! Names for the subjects of keys, by which the next build finds them again even if their places in lists have changed.

use std::sync::OnceLock;

use ahash::HashMap;
use memchr::{memchr, memchr2};

use crate::chart::is_data;
use crate::config::EditionId;
use crate::plan::{FeedSource, Listing, PagePart, Plan, SourceRef};
use crate::site::{ArticleId, AuthorId, SectionId, Site};

use super::asked::{AskedId, Questions, ReferenceId};

/// A list or one of its pages, in few bytes, since builds hold very many keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListAt {
    kind: u8,
    part: u8,
    first: u32,
    second: u32,
    number: u32,
}

const FRONT: u8 = 0;
const FROZEN: u8 = 1;
const NEXT: u8 = 2;
const LATEST: u8 = 0;
const SECTION: u8 = 1;
const AUTHOR: u8 = 2;
const TERM: u8 = 3;
const SERIES: u8 = 4;
const CORRECTIONS: u8 = 5;

impl ListAt {
    /// One of its pages.
    #[must_use]
    pub fn page(self, part: PagePart) -> ListAt {
        let (part, number) = match part {
            PagePart::Front => (FRONT, 0),
            PagePart::Frozen(number) => (FROZEN, number),
            PagePart::Next(number) => (NEXT, number),
        };
        ListAt { part, number: number as u32, ..self }
    }

    /// A list.
    pub fn new(feed_source: FeedSource) -> ListAt {
        let (kind, first, second) = match feed_source {
            FeedSource::Listing(Listing::Latest(edition)) => (LATEST, edition.0.into(), 0),
            FeedSource::Listing(Listing::Section(id)) => (SECTION, id.0, 0),
            FeedSource::Listing(Listing::Author(id)) => (AUTHOR, id.0, 0),
            FeedSource::Listing(Listing::Term(taxonomy, term)) => (TERM, taxonomy as u32, term as u32),
            FeedSource::Series(at) => (SERIES, at as u32, 0),
            FeedSource::Corrections(edition) => (CORRECTIONS, edition.0.into(), 0),
        };
        ListAt { kind, part: FRONT, first, second, number: 0 }
    }

    /// The list.
    pub(super) fn feed_source(self) -> FeedSource {
        FeedSource::Listing(match self.kind {
            SECTION => Listing::Section(SectionId(self.first)),
            AUTHOR => Listing::Author(AuthorId(self.first)),
            TERM => Listing::Term(self.first as usize, self.second as usize),
            SERIES => return FeedSource::Series(self.first as usize),
            CORRECTIONS => return FeedSource::Corrections(EditionId(self.first as u8)),
            _ => Listing::Latest(EditionId(self.first as u8)),
        })
    }

    /// The page of the list.
    pub(super) fn part(self) -> PagePart {
        match self.part {
            FROZEN => PagePart::Frozen(self.number as usize),
            NEXT => PagePart::Next(self.number as usize),
            _ => PagePart::Front,
        }
    }
}

/// A term, by the place of its taxonomy and its own place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermAt(pub usize, pub usize);
/// A taxonomy, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaxonomyAt(pub usize);
/// A series, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeriesAt(pub usize);
/// A standalone page, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageAt(pub usize);
/// A file of the project, by its place in [`Site::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileAt(pub usize);
/// A part of the search index, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SegmentAt(pub usize);
/// A month of the archive, by the place of its year and its own place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MonthAt(pub usize, pub usize);

/// The places of sources in the ledger being written, and in the last one.
pub struct SourcePlaces<'d> {
    /// The place of a source in the ledger being written.
    pub place: &'d (dyn Fn(SourceRef) -> Option<u32> + Sync),
    /// The present identity of each source of the last ledger.
    pub before: &'d [Option<SourceRef>],
    /// True if all sources are in the same places and all references lead where they did: see [`Plan::link_targets`].
    pub has_same_link_targets: bool,
}

/// Writes names and finds their subjects.
pub(super) struct NameDirectory<'d> {
    pub site: &'d Site,
    pub plan: &'d Plan,
    pub questions: &'d Questions,
    pub sources: &'d SourcePlaces<'d>,
    found: OnceLock<Found<'d>>,
}

/// The subjects found by name.
struct Found<'d> {
    authors: HashMap<(EditionId, &'d str), AuthorId>,
    sections: HashMap<(EditionId, &'d str), SectionId>,
    terms: HashMap<(EditionId, &'d str, &'d str), TermAt>,
    series: HashMap<(EditionId, &'d str), SeriesAt>,
}

impl<'d> NameDirectory<'d> {
    pub(super) fn new(
        site: &'d Site,
        plan: &'d Plan,
        questions: &'d Questions,
        sources: &'d SourcePlaces<'d>,
    ) -> NameDirectory<'d> {
        NameDirectory { site, plan, questions, sources, found: OnceLock::new() }
    }

    fn found(&self) -> &Found<'d> {
        self.found.get_or_init(|| {
            let site = self.site;
            let authors = site.authors.iter().zip((0..).map(AuthorId));
            let authors = authors.map(|(person, at)| ((person.edition, person.author.id.as_str()), at));
            let sections = site.sections.iter().zip((0..).map(SectionId));
            let sections = sections.map(|(section, at)| ((section.edition, section.id.as_str()), at));
            let terms = site.taxonomies.iter().enumerate().flat_map(|(taxonomy, of)| {
                let terms = of.terms.iter().enumerate();
                terms
                    .map(move |(at, term)| ((term.edition, of.name.as_str(), term.slug.as_str()), TermAt(taxonomy, at)))
            });
            let series = site.series.iter().enumerate();
            let series = series.map(|(at, series)| ((series.edition, series.slug.as_str()), SeriesAt(at)));
            Found {
                authors: authors.collect(),
                sections: sections.collect(),
                terms: terms.collect(),
                series: series.collect(),
            }
        })
    }
}

/// A subject of keys.
pub(super) trait StableName: Sized {
    /// Writes its name.
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>);
    /// Reads a name and finds its subject in this build, if that still exists.
    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<Self>;
}

/// The place of a source that is not in the ledger.
const NOWHERE: u32 = u32::MAX;

fn write_number(number: u32, name: &mut Vec<u8>) {
    name.extend_from_slice(&number.to_le_bytes());
}

fn read_number(name: &mut &[u8]) -> Option<u32> {
    let (number, rest) = name.split_first_chunk()?;
    *name = rest;
    Some(u32::from_le_bytes(*number))
}

fn write_text(text: &str, name: &mut Vec<u8>) {
    write_number(text.len() as u32, name);
    name.extend_from_slice(text.as_bytes());
}

fn read_text<'n>(name: &mut &'n [u8]) -> Option<&'n str> {
    let length = read_number(name)?;
    let (text, rest) = name.split_at_checked(length as usize)?;
    *name = rest;
    std::str::from_utf8(text).ok()
}

impl StableName for EditionId {
    fn write(&self, _: &NameDirectory<'_>, name: &mut Vec<u8>) {
        name.push(self.0);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<EditionId> {
        let (&edition, rest) = name.split_first()?;
        *name = rest;
        (usize::from(edition) < directory.site.editions.len()).then_some(EditionId(edition))
    }
}

impl StableName for SourceRef {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        write_number((directory.sources.place)(*self).unwrap_or(NOWHERE), name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<SourceRef> {
        *directory.sources.before.get(read_number(name)? as usize)?
    }
}

impl StableName for ArticleId {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        SourceRef::Article(*self).write(directory, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<ArticleId> {
        match SourceRef::read(directory, name)? {
            SourceRef::Article(id) => Some(id),
            _ => None,
        }
    }
}

impl StableName for AuthorId {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let person = directory.site.person(*self);
        person.edition.write(directory, name);
        write_text(&person.author.id, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<AuthorId> {
        let edition = EditionId::read(directory, name)?;
        directory.found().authors.get(&(edition, read_text(name)?)).copied()
    }
}

impl StableName for PageAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        SourceRef::Page(self.0).write(directory, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<PageAt> {
        match SourceRef::read(directory, name)? {
            SourceRef::Page(at) => Some(PageAt(at)),
            _ => None,
        }
    }
}

impl StableName for FileAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        SourceRef::File(self.0).write(directory, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<FileAt> {
        match SourceRef::read(directory, name)? {
            SourceRef::File(at) => Some(FileAt(at)),
            _ => None,
        }
    }
}

impl StableName for SectionId {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let section = directory.site.section(*self);
        section.edition.write(directory, name);
        write_text(&section.id, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<SectionId> {
        let edition = EditionId::read(directory, name)?;
        directory.found().sections.get(&(edition, read_text(name)?)).copied()
    }
}

impl StableName for TaxonomyAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        write_text(&directory.site.taxonomies[self.0].name, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<TaxonomyAt> {
        let name = read_text(name)?;
        directory.site.taxonomies.iter().position(|taxonomy| taxonomy.name == name).map(TaxonomyAt)
    }
}

impl StableName for TermAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let taxonomy = &directory.site.taxonomies[self.0];
        taxonomy.terms[self.1].edition.write(directory, name);
        write_text(&taxonomy.name, name);
        write_text(&taxonomy.terms[self.1].slug, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<TermAt> {
        let edition = EditionId::read(directory, name)?;
        directory.found().terms.get(&(edition, read_text(name)?, read_text(name)?)).copied()
    }
}

impl StableName for SeriesAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let series = &directory.site.series[self.0];
        series.edition.write(directory, name);
        write_text(&series.slug, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<SeriesAt> {
        let edition = EditionId::read(directory, name)?;
        directory.found().series.get(&(edition, read_text(name)?)).copied()
    }
}

impl StableName for MonthAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let year = &directory.plan.years[self.0];
        year.edition.write(directory, name);
        name.extend_from_slice(&year.year.to_le_bytes());
        name.extend_from_slice(&year.months[self.1].month.to_le_bytes());
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<MonthAt> {
        let edition = EditionId::read(directory, name)?;
        let ([first, second, month], rest) = name.split_first_chunk()?;
        *name = rest;
        let (year, month) = (i16::from_le_bytes([*first, *second]), i8::from_le_bytes([*month]));
        let at = directory.plan.years.binary_search_by_key(&(edition, year), |year| (year.edition, year.year)).ok()?;
        let index = directory.plan.years[at].months.binary_search_by_key(&month, |month| month.month).ok()?;
        Some(MonthAt(at, index))
    }
}

impl StableName for SegmentAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        write_text(&directory.plan.segments()[self.0].folder, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<SegmentAt> {
        let folder = read_text(name)?;
        directory.plan.segments().iter().position(|segment| segment.folder == folder).map(SegmentAt)
    }
}

impl StableName for Listing {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        match *self {
            Listing::Latest(edition) => {
                name.push(0);
                edition.write(directory, name);
            }
            Listing::Section(id) => {
                name.push(1);
                id.write(directory, name);
            }
            Listing::Author(id) => {
                name.push(2);
                id.write(directory, name);
            }
            Listing::Term(taxonomy, term) => {
                name.push(3);
                TermAt(taxonomy, term).write(directory, name);
            }
        }
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<Listing> {
        let (kind, rest) = name.split_first()?;
        *name = rest;
        match kind {
            0 => EditionId::read(directory, name).map(Listing::Latest),
            1 => SectionId::read(directory, name).map(Listing::Section),
            2 => AuthorId::read(directory, name).map(Listing::Author),
            3 => TermAt::read(directory, name).map(|TermAt(taxonomy, term)| Listing::Term(taxonomy, term)),
            _ => None,
        }
    }
}

impl StableName for PagePart {
    fn write(&self, _: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let (kind, number) = match *self {
            PagePart::Front => (0, 0),
            PagePart::Frozen(number) => (1, number),
            PagePart::Next(number) => (2, number),
        };
        name.push(kind);
        write_number(u32::try_from(number).unwrap_or(NOWHERE), name);
    }

    fn read(_: &NameDirectory<'_>, name: &mut &[u8]) -> Option<PagePart> {
        let (kind, rest) = name.split_first()?;
        *name = rest;
        let number = read_number(name)? as usize;
        match kind {
            0 => Some(PagePart::Front),
            1 => Some(PagePart::Frozen(number)),
            2 => Some(PagePart::Next(number)),
            _ => None,
        }
    }
}

impl StableName for FeedSource {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        match *self {
            FeedSource::Listing(listing) => {
                name.push(0);
                listing.write(directory, name);
            }
            FeedSource::Series(at) => {
                name.push(1);
                SeriesAt(at).write(directory, name);
            }
            FeedSource::Corrections(edition) => {
                name.push(2);
                edition.write(directory, name);
            }
        }
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<FeedSource> {
        let (kind, rest) = name.split_first()?;
        *name = rest;
        match kind {
            0 => Listing::read(directory, name).map(FeedSource::Listing),
            1 => SeriesAt::read(directory, name).map(|SeriesAt(at)| FeedSource::Series(at)),
            2 => EditionId::read(directory, name).map(FeedSource::Corrections),
            _ => None,
        }
    }
}

impl StableName for ListAt {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        self.feed_source().write(directory, name);
        self.part().write(directory, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<ListAt> {
        let list = ListAt::new(FeedSource::read(directory, name)?);
        Some(list.page(PagePart::read(directory, name)?))
    }
}

impl StableName for ReferenceId {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        self.0.write(directory, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<ReferenceId> {
        let (from, text) = read_question(directory, name)?;
        let is_needed = !directory.sources.has_same_link_targets || may_be_data(text);
        let id = if is_needed { directory.questions.add(from, text) } else { AskedId::new(from, text) };
        Some(ReferenceId(id))
    }
}

/// True if a reference may lead to a file that charts are made from, whose contents a page shows.
fn may_be_data(reference: &str) -> bool {
    let end = memchr2(b'?', b'#', reference.as_bytes()).unwrap_or(reference.len());
    let path = &reference[..end];
    let is_source = path.ends_with(".md") || path.ends_with('/');
    memchr(b'%', reference.as_bytes()).is_some() || (!is_source && is_data(path))
}

pub(super) fn read_question<'n>(
    directory: &NameDirectory<'_>,
    name: &mut &'n [u8],
) -> Option<(Option<SourceRef>, &'n str)> {
    let (kind, rest) = name.split_first()?;
    *name = rest;
    let from = if *kind == 1 { Some(SourceRef::read(directory, name)?) } else { None };
    Some((from, read_text(name)?))
}

impl StableName for AskedId {
    fn write(&self, directory: &NameDirectory<'_>, name: &mut Vec<u8>) {
        let Some(asked) = directory.questions.get(*self) else { return };
        name.push(asked.from.is_some().into());
        if let Some(from) = asked.from {
            from.write(directory, name);
        }
        write_text(&asked.text, name);
    }

    fn read(directory: &NameDirectory<'_>, name: &mut &[u8]) -> Option<AskedId> {
        let (from, text) = read_question(directory, name)?;
        Some(directory.questions.add(from, text))
    }
}
