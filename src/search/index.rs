//! Makes the files of a segment.

use serde::{Deserialize, Serialize};

use super::dictionary::{DamagedIndex, Posting, compress, encode};
use super::segments::{STORIES_A_LIST, SegmentSpan, bucket};
use super::stems::key;
use super::words::SegmentTerms;

/// The version of the format. Another one gets other addresses, so that no script reads an index that it doesn't know.
pub const FORMAT: u32 = 1;

/// A story in the list of results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundStory {
    /// The headline.
    pub title: String,
    /// The root-relative URL of its page.
    pub path: String,
    /// The day of publication, in the site's time zone: `2026-11-22`.
    pub date: String,
    /// The section's title.
    pub section: String,
    /// The byline.
    pub byline: String,
    /// The language (BCP 47).
    pub language: String,
}

/// The files of a segment.
#[derive(Debug, Default)]
pub struct SegmentFiles {
    /// The files with terms, by bucket.
    pub buckets: Vec<Vec<u8>>,
    /// The files with titles; none if the only bucket has them.
    pub lists: Vec<Vec<u8>>,
}

/// Makes the files of a segment from its terms and stories.
pub fn segment_files(span: &SegmentSpan, terms: &SegmentTerms, stories: &[FoundStory]) -> SegmentFiles {
    let count = span.buckets();
    let mut sorted: Vec<Vec<(&str, &[Posting])>> = vec![Vec::new(); count];
    for (term, postings) in terms.terms() {
        sorted[bucket(key_of(term), count)].push((term, postings));
    }
    let titles = |stories: &[FoundStory]| serde_json::to_string(&rows(stories)).unwrap_or_default();
    let is_small = span.lists() == 0;
    let own = if is_small { titles(stories) } else { String::new() };
    let buckets = sorted.into_iter().map(|mut terms| {
        terms.sort_unstable_by_key(|(term, _)| *term);
        encode(&own, terms.into_iter())
    });
    let lists = stories.chunks(STORIES_A_LIST).filter(|_| !is_small).map(|part| compress(titles(part).as_bytes()));
    SegmentFiles { buckets: buckets.collect(), lists: lists.collect() }
}

/// Stories as arrays, which are shorter than objects.
fn rows(stories: &[FoundStory]) -> Vec<[&str; 6]> {
    fn row(story: &FoundStory) -> [&str; 6] {
        let FoundStory { title, path, date, section, byline, language } = story;
        [title, path, date, section, byline, language].map(String::as_str)
    }
    stories.iter().map(row).collect()
}

/// Reads a list of stories.
///
/// # Errors
/// If it is damaged.
pub fn read_titles(json: &[u8]) -> Result<Vec<FoundStory>, DamagedIndex> {
    let rows: Vec<[String; 6]> = serde_json::from_slice(json).map_err(|_| DamagedIndex)?;
    let story = |[title, path, date, section, byline, language]: [String; 6]| FoundStory {
        title,
        path,
        date,
        section,
        byline,
        language,
    };
    Ok(rows.into_iter().map(story).collect())
}

/// The mark with which terms for filters begin. No word contains it.
const FILTER: char = '\u{1}';
/// The end of a value in the term of a filter; its label follows.
const LABEL: char = '\u{2}';

/// A group of terms for filters, all of which are in one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchFilter {
    /// A section, by its folder.
    Section,
    /// An author, by id, or by name if they have no page.
    Author,
    /// A day: `2026-11-22`.
    Day,
    /// A language (BCP 47).
    Language,
    /// A kind of story: `analysis`.
    Kind,
}

impl SearchFilter {
    fn letter(self) -> char {
        match self {
            SearchFilter::Section => 's',
            SearchFilter::Author => 'a',
            SearchFilter::Day => 'd',
            SearchFilter::Language => 'l',
            SearchFilter::Kind => 'k',
        }
    }

    /// The beginning of all its terms, which decides their bucket.
    pub fn prefix(self) -> String {
        [FILTER, self.letter()].iter().collect()
    }

    /// The beginning of the term of a value.
    pub fn beginning(self, value: &str) -> String {
        format!("{FILTER}{}{value}{LABEL}", self.letter())
    }

    /// The term of a value with its label.
    pub fn term(self, value: &str, label: &str) -> String {
        format!("{FILTER}{}{value}{LABEL}{label}", self.letter())
    }

    /// The value and the label in one of its terms.
    pub fn parts(term: &str) -> Option<(&str, &str)> {
        term.strip_prefix(FILTER)?.get(1..)?.split_once(LABEL)
    }
}

/// The characters that decide the bucket of a term.
pub(super) fn key_of(term: &str) -> &str {
    if term.starts_with(FILTER) { term.get(..2).unwrap_or(term) } else { key(term) }
}

/// The file that the search begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRoot {
    /// The version of the format.
    pub format: u32,
    /// The languages of the stories (BCP 47).
    pub languages: Vec<String>,
    /// The segments, oldest first.
    pub segments: Vec<RootSegment>,
}

/// A segment in the file that the search begins with: its folder, the number of its stories, and a hash of what they say.
///
/// The folder has the level and the number of its node: `2-9327143-0f3a6c51`. The hash is the query of its files' URLs, so
/// that these may be cached for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootSegment(pub String, pub u32, pub String);

impl RootSegment {
    /// The period that it covers, in seconds since 1970.
    ///
    /// # Errors
    /// If its name is not one of a segment.
    pub fn span(&self) -> Result<SegmentSpan, DamagedIndex> {
        let mut parts = self.0.split('-').map(str::parse);
        let (Some(Ok(level)), Some(Ok(node))) = (parts.next(), parts.next()) else { return Err(DamagedIndex) };
        SegmentSpan::known(level, node, self.1).ok_or(DamagedIndex)
    }
}
