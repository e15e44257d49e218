//! The search index: a small one of its own, cut by time, which a script in the browser reads, and this program.
//!
//! Nothing here knows the site. `plan` decides which stories are in which segment, `render` collects their words.
//!
//! ```text
//! stories by date ─► segments (plan) ─► terms of each (render) ─► buckets, titles ─► root.json
//! ```
//!
//! - **Segments follow from dates alone.** Time is a tree of 4^k hours. A node with at most 4,096 stories is a segment;
//!   nodes with the newest story are split until 32 are left. So another story changes the smallest segment and the
//!   root, and the index depends on the sources and on no earlier build.
//! - **All addresses are planned.** A segment has a bucket for every eight stories, and a term belongs to the one that
//!   the hash of its first four characters gives (of one in Han, kana and Hangul, of two in Thai and its neighbours):
//!   words that begin alike, and most forms of a word, are in one file. A segment of up to 32 stories is one file, with
//!   the titles in it.
//! - **A segment's folder** has a hash of *which* stories are in it, and the root a hash of what they say
//!   (`Key::Segment`), which is the query of its files' URLs. A corrected word changes the root and a few buckets; all
//!   files can be cached for ever. `reader/search.rs` gives the facts for both hash and index, so that none can be
//!   forgotten.
//! - **A word is read the same way twice**, in `search/tokens.rs` and in `search/client.js`, by the rules of
//!   `search/rules.json`: NFKC, lower case, no accents, pairs of Han, kana and Hangul, triples of Thai, Lao, Burmese
//!   and Khmer. `tests/suite/search/client.rs` compares them. Endings are removed only when a query is answered, among
//!   the terms of a bucket.
//! - **Ranking**: for each word its rarity times a weight of 0 to 7 (as BM25, headline 5, names 4, tags 3, deck 2, text
//!   1, with a fixed average length, so that no story changes another's weight), times 0.6 + 0.4 / (1 + age in years).
//! - **Texts aren't shipped twice**: the lines below a result, and phrases, come from the stories' own pages.
//! - All files of a segment are made together when the first is needed, by threads of their own: rayon's could take up
//!   another file of the segment and wait for themselves.
//! - A theme without `search.html` has no index, so that small themes and their tests don't pay for one.

mod client;
mod dictionary;
mod find;
mod index;
mod query;
mod rules;
mod segments;
mod stems;
mod tokens;
mod words;

pub use client::{script, script_name, with_rules};
pub use dictionary::{DamagedIndex, Posting, TermFile, decode};
pub use find::{SearchIndex, SearchResults, is_filter};
pub use index::{FORMAT, FoundStory, RootSegment, SearchFilter, SearchRoot, SegmentFiles, read_titles, segment_files};
pub use query::SearchQuery;
pub use segments::{SegmentSpan, segments};
pub use stems::{key as term_key, stem};
pub use tokens::{comparable, terms};
pub use words::{SegmentTerms, StoryField, StoryWords};
