//! Hashes of the site's data that are the same in every build: places in lists are replaced by their subjects.

use borsh::BorshSerialize;
use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::article::{Page, SectionFile};
use crate::author::Author;
use crate::config::EditionId;
use crate::date::Moment;
use crate::language::Language;
use crate::plan::{Counterpart, LinkedPart, Listing, PagePart, PictureRendition};
use crate::read::PictureFile;
use crate::route::Route;
use crate::site::{
    Amendment, ArticleId, AuthorId, Commenting, FrontBlock, SectionId, Signer, Site, Story, Subject, Term, Thread,
};

use super::named::PageAt;

/// A value whose hash is the same in every build as long as its content is.
pub(super) trait Stable {
    /// Adds its content.
    fn add(&self, names: &Names, hash: &mut Hasher);
}

/// The bytes of a value. Texts and lists begin with their lengths, so that no two values have the same bytes.
pub(super) struct Hasher(Vec<u8>);

impl Hasher {
    pub(super) fn new() -> Hasher {
        Hasher(Vec::with_capacity(256))
    }

    pub(super) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Adds a record in the ledger's encoding.
    fn record(&mut self, record: &impl BorshSerialize) {
        // Writing to memory fails only for lists of more than four billion items.
        let _ = record.serialize(&mut self.0);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn done(&self) -> u64 {
        xxh3_64(&self.0)
    }
}

/// For each item of a list, a hash of its name; for each story, also the hash of its record without its text, which is
/// read by a key of its own.
#[derive(Debug, Default)]
pub struct Names {
    stories: Vec<u64>,
    records: Vec<Option<u128>>,
    authors: Vec<u64>,
    sections: Vec<u64>,
    terms: Vec<Vec<u64>>,
    series: Vec<u64>,
    pages: Vec<u64>,
}

impl Names {
    /// Hashes the names of a site. `records` are the hashes of the stories' records, by story.
    pub fn new(site: &Site, records: Vec<Option<u128>>) -> Names {
        let of = |name: &str| xxh3_64(name.as_bytes());
        // The same name in another edition is another subject.
        let own = |name: &str, edition: EditionId| xxh3_64_with_seed(name.as_bytes(), edition.0.into());
        Names {
            stories: site.articles.par_iter().with_min_len(256).map(|story| of(&story.article.source)).collect(),
            records,
            authors: site.authors.iter().map(|person| own(&person.author.source, person.edition)).collect(),
            sections: site.sections.iter().map(|section| own(&section.id, section.edition)).collect(),
            terms: site
                .taxonomies
                .iter()
                .map(|taxonomy| {
                    let name = |term: &Term| own(&format!("{}/{}", taxonomy.name, term.slug), term.edition);
                    taxonomy.terms.iter().map(name).collect()
                })
                .collect(),
            series: site.series.iter().map(|series| own(&series.slug, series.edition)).collect(),
            pages: site.pages.iter().map(|standalone| of(&standalone.page.source)).collect(),
        }
    }

    fn term(&self, taxonomy: usize, term: usize) -> u64 {
        self.terms.get(taxonomy).and_then(|terms| terms.get(term)).copied().unwrap_or_default()
    }
}

/// Defines a struct that views read, with each of its fields in its hash.
macro_rules! entry {
    ($(#[$doc:meta])* pub struct $name:ident<$life:lifetime> {
        $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name<$life> {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::reader::stable::Stable for $name<'_> {
            fn add(&self, names: &$crate::reader::stable::Names, hash: &mut $crate::reader::stable::Hasher) {
                let Self { $($field),* } = self;
                $($field.add(names, hash);)*
            }
        }
    };
}

pub(super) use entry;

macro_rules! stable {
    ($($type:ty: |$value:ident, $names:pat_param, $hash:ident| $add:expr;)*) => {
        $(impl Stable for $type {
            fn add(&self, $names: &Names, $hash: &mut Hasher) {
                let $value = self;
                $add;
            }
        })*
    };
}

stable! {
    bool: |value, _, hash| hash.number(u64::from(*value));
    i8: |value, _, hash| hash.number(*value as u64);
    i16: |value, _, hash| hash.number(*value as u64);
    u32: |value, _, hash| hash.number(u64::from(*value));
    u64: |value, _, hash| hash.number(*value);
    u128: |value, _, hash| hash.0.extend_from_slice(&value.to_le_bytes());
    usize: |value, _, hash| hash.number(*value as u64);
    str: |value, _, hash| hash.bytes(value.as_bytes());
    String: |value, _, hash| hash.bytes(value.as_bytes());
    EditionId: |value, _, hash| hash.number(value.0.into());
    Route: |value, _, hash| hash.bytes(value.as_str().as_bytes());
    Language: |value, _, hash| hash.bytes(value.tag().as_bytes());
    Moment: |value, _, hash| hash.record(value);
    Author: |value, _, hash| hash.record(value);
    Page: |value, _, hash| hash.record(value);
    SectionFile: |value, _, hash| hash.record(value);
    ArticleId: |id, names, hash| hash.number(names.stories[id.0 as usize]);
    AuthorId: |id, names, hash| hash.number(names.authors[id.0 as usize]);
    SectionId: |id, names, hash| hash.number(names.sections[id.0 as usize]);
    PageAt: |page, names, hash| hash.number(names.pages[page.0]);
}

impl<T: Stable + ?Sized> Stable for &T {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        (**self).add(names, hash);
    }
}

impl<T: Stable> Stable for Option<T> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        self.is_some().add(names, hash);
        self.iter().for_each(|value| value.add(names, hash));
    }
}

impl<T: Stable> Stable for [T] {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        self.len().add(names, hash);
        self.iter().for_each(|value| value.add(names, hash));
    }
}

impl<T: Stable, const N: usize> Stable for [T; N] {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        self.iter().for_each(|value| value.add(names, hash));
    }
}

impl<T: Stable> Stable for Box<[T]> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        (**self).add(names, hash);
    }
}

impl<T: Stable> Stable for Vec<T> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        self.as_slice().add(names, hash);
    }
}

impl<T: Stable, U: Stable> Stable for (T, U) {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        self.0.add(names, hash);
        self.1.add(names, hash);
    }
}

impl Stable for Signer {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        match self {
            Signer::Author(id) => (0usize, *id).add(names, hash),
            // The story's record contains all data about a guest.
            Signer::Guest(_) => 1usize.add(names, hash),
        }
    }
}

/// A story, by its place.
pub(super) struct StoryAt<'a>(pub ArticleId, pub &'a Story);

impl Stable for StoryAt<'_> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let &StoryAt(ArticleId(at), story) = self;
        let Story {
            article,
            is_as_written,
            state,
            unpublished,
            language,
            edition,
            original,
            translations,
            section,
            authors,
            contributors,
            wire,
            tags,
            terms,
            series,
            older,
            newer,
            related,
            commenting,
        } = story;
        match names.records.get(at as usize).copied().flatten().filter(|_| *is_as_written) {
            Some(record) => (0usize, record).add(names, hash),
            None => {
                1usize.add(names, hash);
                hash.record(&**article);
            }
        }
        (*state as usize).add(names, hash);
        unpublished.map(|state| state as usize).add(names, hash);
        language.add(names, hash);
        edition.add(names, hash);
        original.add(names, hash);
        translations.add(names, hash);
        section.add(names, hash);
        authors.add(names, hash);
        contributors.add(names, hash);
        wire.add(names, hash);
        for (taxonomy, terms) in std::iter::once((0, tags)).chain(terms.iter().map(|(at, of)| (*at, of))) {
            (taxonomy, terms.len()).add(names, hash);
            terms.iter().for_each(|&term| hash.number(names.term(taxonomy, term as usize)));
        }
        series.map(|(series, part)| (names.series[series], part)).add(names, hash);
        (*older, *newer).add(names, hash);
        related[..].add(names, hash);
        commenting.add(names, hash);
    }
}

impl Stable for Commenting {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        match self {
            Commenting::Unsaid => 0usize.add(names, hash),
            Commenting::Open => 1usize.add(names, hash),
            Commenting::OpenUntil(closing) => (2usize, *closing).add(names, hash),
            Commenting::Closed => 3usize.add(names, hash),
            Commenting::ClosedOn(closing) => (4usize, *closing).add(names, hash),
        }
    }
}

/// The digest stands for the comments, which are published in the order that their dates and replies give.
impl Stable for Thread {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        self.digest().add(names, hash);
        self.staff().add(names, hash);
    }
}

impl Stable for Amendment {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let Amendment { date, story, kind, at } = self;
        date.add(names, hash);
        story.add(names, hash);
        (*kind as usize, *at).add(names, hash);
    }
}

impl Stable for Counterpart<'_> {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let Counterpart { edition, route, is_indexed } = self;
        edition.add(names, hash);
        (route, is_indexed).add(names, hash);
    }
}

impl Stable for FrontBlock {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let FrontBlock { heading, style, subject, stories } = self;
        heading.add(names, hash);
        style.add(names, hash);
        let subject = subject.map(|subject| match subject {
            Subject::Section(id) => (0usize, names.sections[id.0 as usize]),
            Subject::Tag(at) => (1, names.term(0, at)),
            Subject::Series(at) => (2, names.series[at]),
        });
        subject.add(names, hash);
        stories.add(names, hash);
    }
}

/// The names of variants follow from everything else about them.
impl Stable for PictureRendition {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let PictureRendition { slot, focus, crop, sizes, variants } = self;
        (*slot as usize).add(names, hash);
        focus.is_some().add(names, hash);
        focus.as_deref().unwrap_or_default().add(names, hash);
        crop.is_some().add(names, hash);
        hash.record(crop);
        sizes.as_ref().add(names, hash);
        variants.len().add(names, hash);
        variants.iter().for_each(|variant| variant.route.add(names, hash));
    }
}

/// Views show what the file says, and its bytes only through the routes of its variants.
impl Stable for PictureFile {
    fn add(&self, _: &Names, hash: &mut Hasher) {
        let PictureFile { digest: _, codec: _, orientation: _, rights, texts, kind: _, unsuited: _ } = self;
        hash.record(rights);
        hash.record(texts);
    }
}

impl Stable for LinkedPart {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        let LinkedPart { route, id } = self;
        route.add(names, hash);
        id.add(names, hash);
    }
}

impl Stable for PagePart {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        match *self {
            PagePart::Front => (0usize, 0usize),
            PagePart::Frozen(number) => (1, number),
            PagePart::Next(number) => (2, number),
        }
        .add(names, hash);
    }
}

impl Stable for Listing {
    fn add(&self, names: &Names, hash: &mut Hasher) {
        match *self {
            Listing::Latest(edition) => (0usize, u64::from(edition.0)),
            Listing::Section(id) => (1, names.sections[id.0 as usize]),
            Listing::Author(id) => (2, names.authors[id.0 as usize]),
            Listing::Term(taxonomy, term) => (3, names.term(taxonomy, term)),
        }
        .add(names, hash);
    }
}
