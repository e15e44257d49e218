//! Finds stories in an index, as the script on the search page does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::dictionary::{DamagedIndex, Posting, TermFile, decode, decompress};
use super::index::{FORMAT, FoundStory, SearchFilter, SearchRoot, key_of, read_titles};
use super::query::{QueryWord, SearchQuery};
use super::segments::{STORIES_A_LIST, SegmentSpan, bucket};
use super::stems::{key, stem};
use super::tokens::{TermKind, first_characters};

/// The stories for a query.
#[derive(Debug, Default)]
pub struct SearchResults {
    /// The stories, best first.
    pub stories: Vec<FoundStory>,
    /// The number of all stories that match.
    pub total: usize,
    /// The words that were searched for in place of words that no story has: the one typed, and the one found.
    pub corrected: Vec<(String, String)>,
}

/// An index, of which files are read when a query needs them.
pub struct SearchIndex<'i> {
    root: SearchRoot,
    segments: Vec<(String, SegmentSpan)>,
    read: &'i dyn Fn(&str) -> Result<Vec<u8>, DamagedIndex>,
}

/// The weight of another form of a word, and of a longer word.
const FORM: f64 = 0.8;
const LONGER: f64 = 0.5;
/// The share of its score that an old story keeps, and a year in seconds.
const OLD: f64 = 0.6;
const YEAR: f64 = 31_557_600.0;
/// The number of stories whose texts are compared with a phrase.
const PHRASE_STORIES: usize = 50;

/// A story that matches: its segment, its place in it, and its score.
#[derive(Debug, Clone, Copy)]
struct Hit {
    segment: usize,
    story: u32,
    score: f64,
}

/// For each segment, the stories that have a word in one of its forms, with how much it counts there.
type WordStories = Vec<BTreeMap<u32, f64>>;

impl<'i> SearchIndex<'i> {
    /// Opens an index. `read` returns a file of it by its path in the index's folder.
    ///
    /// # Errors
    /// If the root is damaged or of another version.
    pub fn open(
        root: &[u8],
        read: &'i dyn Fn(&str) -> Result<Vec<u8>, DamagedIndex>,
    ) -> Result<SearchIndex<'i>, DamagedIndex> {
        let root: SearchRoot = serde_json::from_slice(root).map_err(|_| DamagedIndex)?;
        if root.format != FORMAT {
            return Err(DamagedIndex);
        }
        let segments = root.segments.iter().map(|segment| Ok((segment.0.clone(), segment.span()?)));
        let segments = segments.collect::<Result<_, DamagedIndex>>()?;
        Ok(SearchIndex { root, segments, read })
    }

    /// Finds the stories for a query. `text` returns the text of a story, to look for phrases in it, by its path; texts are
    /// in the form of [`comparable`](super::tokens::comparable).
    ///
    /// # Errors
    /// If a file of the index is missing or damaged.
    pub fn search(
        &self,
        query: &SearchQuery,
        most: usize,
        text: &dyn Fn(&str) -> String,
    ) -> Result<SearchResults, DamagedIndex> {
        let mut found = SearchResults::default();
        let mut hits = self.hits(query, &mut found.corrected)?;
        let key = |hit: &Hit| (hit.segment, hit.story);
        if query.newest {
            hits.sort_by_key(|hit| std::cmp::Reverse(key(hit)));
        } else {
            hits.sort_by(|one, other| other.score.total_cmp(&one.score).then(key(other).cmp(&key(one))));
        }
        if !query.phrases.is_empty() {
            hits.truncate(PHRASE_STORIES);
            let mut kept = Vec::new();
            for hit in hits {
                let story = self.story(hit)?;
                let has = |phrase: &String| {
                    text(&story.path).contains(phrase) || super::tokens::comparable(&story.title).contains(phrase)
                };
                if query.phrases.iter().all(has) {
                    kept.push(hit);
                }
            }
            hits = kept;
        }
        found.total = hits.len();
        found.stories = hits.into_iter().take(most).map(|hit| self.story(hit)).collect::<Result<_, _>>()?;
        Ok(found)
    }

    fn hits(&self, query: &SearchQuery, corrected: &mut Vec<(String, String)>) -> Result<Vec<Hit>, DamagedIndex> {
        let total: f64 = self.segments.iter().map(|(_, span)| span.stories.len() as f64).sum();
        let mut words = Vec::new();
        for word in &query.wanted {
            let mut stories = self.stories(word)?;
            if stories.iter().all(BTreeMap::is_empty)
                && let Some(nearest) = self.nearest(&word.term)?
            {
                corrected.push((word.term.clone(), nearest.clone()));
                stories = self.stories(&QueryWord { term: nearest, is_prefix: false, has_forms: true })?;
            }
            let count: usize = stories.iter().map(BTreeMap::len).sum();
            words.push(((1.0 + total / count.max(1) as f64).ln(), stories));
        }
        let unwanted = query.unwanted.iter().map(|word| self.stories(word)).collect::<Result<Vec<_>, _>>()?;
        let newest = self.segments.last().map_or(0, |(_, span)| span.period().1);
        let mut hits = Vec::new();
        for (segment, (_, span)) in self.segments.iter().enumerate() {
            let Some(allowed) = self.allowed(query, segment)? else { continue };
            let candidates: Vec<u32> = match words.first() {
                Some((_, stories)) => stories[segment].keys().copied().collect(),
                None => (0..span.stories.len() as u32).collect(),
            };
            for story in candidates {
                let is_excluded = unwanted.iter().any(|stories: &WordStories| stories[segment].contains_key(&story));
                let is_allowed = allowed.iter().all(|stories| stories.contains(&story));
                let weights = words.iter().map(|(rarity, stories)| Some(rarity * stories[segment].get(&story)?));
                let Some(score) = weights.sum::<Option<f64>>().filter(|_| is_allowed && !is_excluded) else { continue };
                let age = age(span, story, newest) / YEAR;
                hits.push(Hit { segment, story, score: score * (OLD + (1.0 - OLD) / (1.0 + age)) });
            }
        }
        Ok(hits)
    }

    /// The stories of a segment that each filter and the dates allow; `None` if that is none of them.
    fn allowed(&self, query: &SearchQuery, segment: usize) -> Result<Option<Vec<BTreeSet<u32>>>, DamagedIndex> {
        let mut allowed = Vec::new();
        for (filter, value) in &query.filters {
            let beginning = filter.beginning(value);
            allowed.push(self.filtered(segment, *filter, &|term| term.starts_with(&beginning))?);
        }
        if query.from.is_some() || query.to.is_some() {
            let is_inside = |term: &str| {
                let day = SearchFilter::parts(term).map_or("", |(day, _)| day);
                query.from.as_deref().is_none_or(|from| day >= from) && query.to.as_deref().is_none_or(|to| day <= to)
            };
            allowed.push(self.filtered(segment, SearchFilter::Day, &is_inside)?);
        }
        Ok(allowed.iter().all(|stories| !stories.is_empty()).then_some(allowed))
    }

    fn filtered(
        &self,
        segment: usize,
        filter: SearchFilter,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<BTreeSet<u32>, DamagedIndex> {
        let prefix = filter.prefix();
        let file = self.bucket(segment, &prefix)?;
        let terms = file.terms.range(prefix.clone()..).take_while(|(term, _)| term.starts_with(&prefix));
        let wanted = terms.filter(|(term, _)| is_wanted(term));
        Ok(wanted.flat_map(|(_, postings)| postings.iter().map(|posting| posting.story)).collect())
    }

    /// The stories that have a word.
    fn stories(&self, word: &QueryWord) -> Result<WordStories, DamagedIndex> {
        let QueryWord { term, is_prefix, has_forms } = word;
        let languages = if *has_forms { &self.root.languages[..] } else { &[] };
        let stems: Vec<(&String, String)> = languages.iter().map(|language| (language, stem(term, language))).collect();
        let is_form = |other: &str| stems.iter().any(|(language, stem_of)| stem(other, language) == *stem_of);
        let mut keys: BTreeSet<&str> = [key_of(term)].into();
        keys.extend(stems.iter().map(|(_, stem)| key(stem)));
        let mut all = Vec::new();
        for segment in 0..self.segments.len() {
            let mut stories: BTreeMap<u32, f64> = BTreeMap::new();
            let buckets: BTreeSet<usize> = keys.iter().map(|key| self.bucket_of(segment, key)).collect();
            for bucket in buckets {
                for (other, postings) in &self.file(segment, bucket)?.terms {
                    let factor = match () {
                        () if other == term => 1.0,
                        () if is_form(other) => FORM,
                        () if *is_prefix && other.starts_with(term) => LONGER,
                        () => continue,
                    };
                    for Posting { story, weight } in postings {
                        let value = stories.entry(*story).or_default();
                        *value = value.max(factor * f64::from(weight + 1) / 8.0);
                    }
                }
            }
            all.push(stories);
        }
        Ok(all)
    }

    /// The word of the index that a word was probably meant to be: among those with the same first letters, the one with
    /// the fewest differences, and of these the most frequent.
    fn nearest(&self, word: &str) -> Result<Option<String>, DamagedIndex> {
        let length = word.chars().count();
        if TermKind::of(word) != TermKind::Word || length < 4 {
            return Ok(None);
        }
        let most = if length < 7 { 1 } else { 2 };
        let mut found: HashMap<String, (usize, usize)> = HashMap::new();
        for segment in 0..self.segments.len() {
            for (other, postings) in self.bucket(segment, word)?.terms {
                if key(&other) != key(word) {
                    continue;
                }
                let distance = strsim::osa_distance(word, &other);
                if distance <= most {
                    found.entry(other).or_insert((distance, 0)).1 += postings.len();
                }
            }
        }
        let best = found.into_iter().min_by(|(one, (near, count)), (other, (nearer, more))| {
            near.cmp(nearer).then(more.cmp(count)).then(one.cmp(other))
        });
        Ok(best.map(|(word, _)| word))
    }

    fn bucket_of(&self, segment: usize, key: &str) -> usize {
        bucket(key, self.segments[segment].1.buckets())
    }

    fn bucket(&self, segment: usize, term: &str) -> Result<TermFile, DamagedIndex> {
        self.file(segment, self.bucket_of(segment, key_of(term)))
    }

    fn file(&self, segment: usize, bucket: usize) -> Result<TermFile, DamagedIndex> {
        decode(&(self.read)(&format!("{}/{bucket}.idx", self.segments[segment].0))?)
    }

    fn story(&self, hit: Hit) -> Result<FoundStory, DamagedIndex> {
        let (folder, span) = &self.segments[hit.segment];
        let at = hit.story as usize;
        let stories = match span.lists() {
            0 => read_titles(self.file(hit.segment, 0)?.titles.as_bytes())?,
            _ => read_titles(&decompress(&(self.read)(&format!("{folder}/d{}.idx", at / STORIES_A_LIST))?)?)?,
        };
        let at = if span.lists() == 0 { at } else { at % STORIES_A_LIST };
        stories.into_iter().nth(at).ok_or(DamagedIndex)
    }
}

/// The age of a story in seconds, estimated from its place in its segment, at the end of the newest segment.
fn age(span: &SegmentSpan, story: u32, newest: i64) -> f64 {
    let (begin, end) = span.period();
    let part = (f64::from(story) + 0.5) / span.stories.len().max(1) as f64;
    (newest as f64 - begin as f64 - (end - begin) as f64 * part).max(0.0)
}

/// True if a term is one for filters.
pub fn is_filter(term: &str) -> bool {
    first_characters(term, 1) == first_characters(&SearchFilter::Day.prefix(), 1)
}
