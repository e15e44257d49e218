//! A fast parser for files of comments in the form in which Presswork writes them: a key on each line, plain values, and
//! texts as blocks that begin with `|-`.
//!
//! Everything else, and all errors, are left to the full parser, which then reads the text from the beginning.
//! *Invariant:* both parsers read the same; builds with debug assertions compare them. An archive has several comments for
//! each of its stories, and the full parser would take as long for them as everything else takes for the stories.

use super::values::{MAX_ID, check_id, check_name, check_url, is_empty_text};
use super::{Comment, CommentList};
use crate::date::WrittenDate;

/// Parses a text if it has this form and no errors.
pub(super) fn read(text: &str) -> Option<CommentList> {
    if !text.chars().all(is_literal) {
        return None;
    }
    let mut lines = text.split('\n').peekable();
    while lines.next_if(|line| line.starts_with('#') || line.is_empty()).is_some() {}
    lines.next_if_eq(&"comments:")?;
    let mut comments: Vec<Comment> = Vec::new();
    let mut indent = None;
    let mut draft: Option<CommentDraft<'_>> = None;
    while let Some(line) = lines.next() {
        let entry = line.trim_start_matches(' ');
        let depth = line.len() - entry.len();
        if entry.is_empty() {
            // An empty line within a block is read with the block.
            lines.peek().is_none_or(|next| next.is_empty()).then_some(())?;
            continue;
        }
        let entry = match entry.strip_prefix("- ") {
            Some(entry) => {
                (*indent.get_or_insert(depth) == depth).then_some(())?;
                if let Some(done) = draft.replace(CommentDraft::default()) {
                    comments.push(done.comment()?);
                }
                entry
            }
            None => (Some(depth) == indent.map(|indent| indent + 2)).then_some(entry)?,
        };
        let (key, value) = entry.split_once(": ")?;
        let draft = draft.as_mut()?;
        match value {
            "|-" if key == "text" => draft.set_block(&mut lines, indent? + 2)?,
            value => draft.set(key, value)?,
        }
    }
    comments.push(draft?.comment()?);
    Some(CommentList { comments })
}

/// True if YAML reads a character literally: no control characters, tabs and unusual line ends.
fn is_literal(letter: char) -> bool {
    match letter {
        '\n' | ' '..='~' => true,
        '\0'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

/// True if YAML reads a value on one line as this very text.
fn is_plain(value: &str) -> bool {
    value.starts_with(char::is_alphabetic)
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.ends_with([':', ' '])
        && !matches!(value.to_ascii_lowercase().as_str(), "null" | "true" | "false")
}

/// A comment whose keys have been read up to here.
#[derive(Default)]
struct CommentDraft<'t> {
    id: Option<&'t str>,
    parent: Option<&'t str>,
    name: Option<&'t str>,
    url: Option<&'t str>,
    date: Option<WrittenDate>,
    text: Option<String>,
    staff: Option<&'t str>,
    hidden: Option<bool>,
}

impl<'t> CommentDraft<'t> {
    /// Sets a key, once.
    fn set(&mut self, key: &str, value: &'t str) -> Option<()> {
        let is_id = || value.len() <= MAX_ID && is_plain(value) && check_id(value).is_ok();
        let field = match key {
            "id" if is_id() => &mut self.id,
            "parent" if is_id() => &mut self.parent,
            "staff" if is_id() => &mut self.staff,
            "name" if is_plain(value) && check_name(value).is_ok() => &mut self.name,
            "url" if is_plain(value) && check_url(value).is_ok() => &mut self.url,
            "date" => return once(&mut self.date, plain_date(value)?),
            "hidden" if value == "true" => return once(&mut self.hidden, true),
            "text" if is_plain(value) => return once(&mut self.text, value.to_owned()),
            _ => return None,
        };
        once(field, value)
    }

    /// Reads the text as a block whose lines are deeper than `depth`.
    fn set_block(&mut self, lines: &mut std::iter::Peekable<std::str::Split<'t, char>>, depth: usize) -> Option<()> {
        let first = lines.peek()?;
        let indent = first.len() - first.trim_start_matches(' ').len();
        (indent > depth && indent < first.len()).then_some(())?;
        let mut text = String::new();
        while let Some(line) = lines.next_if(|line| line.is_empty() || line.get(..indent).is_some_and(is_blank)) {
            // Spaces alone mean something only beyond the indentation.
            (line.is_empty() || !is_blank(line)).then_some(())?;
            text.push_str(line.get(indent..).unwrap_or_default());
            text.push('\n');
        }
        // A line that is less deep must be the next key or the next comment.
        let length = text.trim_end_matches('\n').len();
        text.truncate(length);
        once(&mut self.text, text)
    }

    fn comment(self) -> Option<Comment> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(Comment {
            id: owned(self.id)?,
            parent: owned(self.parent),
            name: owned(self.name),
            url: owned(self.url),
            date: self.date?,
            text: self.text.filter(|text| !is_empty_text(text))?,
            staff: owned(self.staff),
            hidden: self.hidden.unwrap_or_default(),
        })
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ')
}

fn once<T>(field: &mut Option<T>, value: T) -> Option<()> {
    field.replace(value).is_none().then_some(())
}

/// A date of the characters that dates have, so that no comment of YAML is in it.
fn plain_date(value: &str) -> Option<WrittenDate> {
    let is_of_date = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b' ' | b'+' | b'T' | b'Z');
    (value.bytes().all(is_of_date) && !value.contains(": ") && !value.ends_with([':', ' ']))
        .then(|| WrittenDate::parse(value).ok())
        .flatten()
}
