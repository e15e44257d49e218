//! Readers' comments as files of the newsroom: the format, its parser, and changes that keep the rest of a file.
//!
//! `comments/<section>/<story>.yaml`, or `comments.yaml` in a story's folder (`comments.fr.yaml` for its translation), has
//! one key, `comments`, with a list:
//!
//! ```yaml
//! comments:
//!   - id: wp-1204
//!     name: Noor Rahimi
//!     url: https://example.net/noor
//!     date: 2018-11-23 08:15 +08:00
//!     text: I met my wife in that chat room.
//!   - id: reply-1
//!     parent: wp-1204
//!     staff: lin-tan
//!     date: 2018-11-23 09:02 +08:00
//!     text: |-
//!       Would you tell us more?
//! ```

mod addresses;
mod file;
mod order;
mod quick;
mod tame;
mod values;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;

use crate::date::{Moment, WrittenDate};
use crate::diagnostic::Span;
use crate::yaml::{self, Parsed, YamlStep};

pub use addresses::addresses_in;
pub use file::{AppendRules, Appended, CannotChange, NewComment, RefusedComment, append, set_hidden};
pub use order::{InThread, MAX_DEPTH, loop_heads, loops, threaded};
pub use tame::{Tamer, tamed};
pub use values::{MAX_ID, MAX_NAME, MAX_URL, check_id, check_name, check_url};

/// A comment as its file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The id, unique in its file: at most [`MAX_ID`] ASCII letters, digits, hyphens and underscores.
    #[serde(deserialize_with = "values::id")]
    pub id: String,
    /// The id of the comment that this one replies to.
    #[serde(default, deserialize_with = "values::parent")]
    pub parent: Option<String>,
    /// The name of the writer; staff need none.
    #[serde(default, deserialize_with = "values::name")]
    pub name: Option<String>,
    /// The writer's own site, a complete URL.
    #[serde(default, deserialize_with = "values::url")]
    pub url: Option<String>,
    /// The date on which it was written.
    pub date: WrittenDate,
    /// The text: Markdown without raw HTML, pictures and embeds.
    #[serde(deserialize_with = "values::comment_text")]
    pub text: String,
    /// The id of the author who replies for the newsroom.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub staff: Option<String>,
    /// True if it is kept, but not published.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub hidden: bool,
}

/// A file of comments as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentList {
    /// The comments, in any order.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub comments: Vec<Comment>,
}

/// The comments on one story, as read from their file.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct CommentFile {
    /// The file, relative to the project's folder: `comments/world/vote.yaml`.
    pub source: Box<str>,
    /// The comments, in the order of the file.
    pub comments: Box<[Comment]>,
    /// The date of each, in UTC.
    pub dates: Box<[Moment]>,
    /// The xxh3 hash of the file's bytes.
    pub digest: u128,
}

/// Parses a file of comments, and finds all errors of its syntax and values. An empty file has no comments.
pub fn parse(text: &str) -> Parsed<CommentList> {
    match quick::read(text) {
        Some(list) => {
            debug_assert_eq!(yaml::parse(text), Ok(list.clone()), "{text}");
            Parsed::whole(list)
        }
        None => {
            let mut parsed: Parsed<CommentList> = yaml::parse_all(text.trim_start_matches('\u{feff}'));
            for error in &mut parsed.errors {
                error.hint.get_or_insert_with(|| FORM.to_owned());
            }
            parsed
        }
    }
}

/// The hint for an error that has no other.
const FORM: &str =
    "write `comments:`, and below it for each comment `- id: …` and indented lines `name: …`, `date: …` and `text: …`";

/// The place of the value of a key of the comment at `at`, counted from 0; of the comment itself if it has no such key.
/// Returns `None` if the text cannot be parsed or has no such comment.
pub fn place(text: &str, at: usize, key: &str) -> Option<Span> {
    let steps = [YamlStep::Key("comments"), YamlStep::Item(at), YamlStep::Key(key)];
    yaml::place_of(text.trim_start_matches('\u{feff}'), &steps)
}

#[cfg(test)]
mod tests;
