//! The search index: a small one of its own, cut by time, which a script in the browser reads, and this program.
//!
//! Nothing here knows the site. `plan` decides which stories are in which segment, `render` collects their words.

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
