//! Changes a file of comments and keeps every other byte: new comments at its end, hidden ones.
//!
//! A change counts only if the changed text has the wanted comments when it is parsed again.

use std::fmt;
use std::ops::Range;

use ahash::HashSet;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::values::is_empty_text;
use super::{Comment, MAX_NAME, check_id, check_name, check_url, loop_heads, parse};
use crate::config::CommentLimits;
use crate::control_characters::is_control;
use crate::date::WrittenDate;
use crate::yaml;

/// A comment to add to a file. [`append`] drops what a comment must not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// The id, unique in its file and the same each time the comment is imported: `wp-1204`. See [`check_id`].
    pub id: String,
    /// The id of the comment that it replies to. One that neither the file nor the import has is dropped, and one that makes
    /// a comment reply to itself.
    pub parent: Option<String>,
    /// The name of the writer. One with an e-mail or IP address (see [`check_name`]) is replaced by `anonymous`; a long one is
    /// cut.
    pub name: Option<String>,
    /// The writer's own site; dropped if [`check_url`] refuses it.
    pub url: Option<String>,
    /// The instant at which it was written.
    pub date: Timestamp,
    /// The text as Markdown. Raw HTML is published as typed.
    pub text: String,
    /// The id of the author who replies for the newsroom.
    pub staff: Option<String>,
    /// True if it must not be published.
    pub hidden: bool,
}

/// The rules for comments that are added to a file.
#[derive(Debug, Clone, Copy)]
pub struct AppendRules<'r> {
    /// The time zone in which dates are written. A date from before it had whole minutes is written in UTC.
    pub zone: &'r TimeZone,
    /// The name of readers who gave none.
    pub anonymous: &'r str,
    /// The most that a file may hold.
    pub limits: CommentLimits,
}

/// A file of comments with new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The text of the file.
    pub text: String,
    /// The number of comments that it did not have before.
    pub added: usize,
    /// The number of comments that it had already.
    pub known: usize,
    /// The comments that were not added.
    pub refused: Vec<RefusedComment>,
}

/// A comment that a file cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedComment {
    /// Its id.
    pub id: String,
    /// The reason, after "it": `has no text`.
    pub reason: String,
}

impl RefusedComment {
    /// A refusal for a reason that goes on after "it": `has no text`.
    pub fn new(id: &str, reason: impl Into<String>) -> RefusedComment {
        RefusedComment { id: id.to_owned(), reason: reason.into() }
    }
}

/// The reason why a file of comments was not changed: one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannotChange(pub String);

impl fmt::Display for CannotChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adds comments at the end of a file (`""` for a new one), except those whose ids it has. A comment that the file cannot
/// hold is refused, and the others are added.
///
/// # Errors
/// If the file has errors, or its list is in brackets.
pub fn append(text: &str, new: &[NewComment], rules: AppendRules<'_>) -> Result<Appended, CannotChange> {
    let mut wanted = parsed(text)?;
    let Fresh { comments: fresh, known, refused } = fresh(&wanted, new, rules);
    let added = fresh.len();
    if fresh.is_empty() {
        return Ok(Appended { text: text.to_owned(), added, known, refused });
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (mut written, indent) = opened(text, end)?;
    for (comment, date) in &fresh {
        written.push_str(&item(comment, date, &indent).replace('\n', end));
    }
    wanted.extend(fresh.into_iter().map(|(comment, _)| comment));
    match parsed(&written)? == wanted {
        true => Ok(Appended { text: written, added, known, refused }),
        false => Err(CannotChange("the file is in a format to which nothing can be added".to_owned())),
    }
}

/// The new comments of an import.
struct Fresh {
    /// Those to add, each with its date as written.
    comments: Vec<(Comment, String)>,
    known: usize,
    refused: Vec<RefusedComment>,
}

/// Sorts new comments into those to add to `before`, those that it has, and those that it cannot hold.
fn fresh(before: &[Comment], new: &[NewComment], rules: AppendRules<'_>) -> Fresh {
    let known: HashSet<&str> = before.iter().map(|comment| comment.id.as_str()).collect();
    let mut found = Fresh { comments: Vec::new(), known: 0, refused: Vec::new() };
    let mut ids = HashSet::default();
    for comment in new {
        if known.contains(comment.id.as_str()) {
            found.known += 1;
            continue;
        }
        let cleaned = match ids.insert(comment.id.as_str()) {
            true => cleaned(comment, rules),
            false => Err("has the id of another new comment".to_owned()),
        };
        match cleaned {
            Ok(cleaned) => found.comments.push(cleaned),
            Err(reason) => found.refused.push(RefusedComment::new(&comment.id, reason)),
        }
    }
    let room = rules.limits.comments.saturating_sub(before.len());
    for (comment, _) in found.comments.drain(room.min(found.comments.len())..) {
        let reason = format!("would be more than the {} comments that a story may have", rules.limits.comments);
        found.refused.push(RefusedComment::new(&comment.id, reason));
    }
    let added: HashSet<String> = found.comments.iter().map(|(comment, _)| comment.id.clone()).collect();
    for (comment, _) in &mut found.comments {
        comment.parent.take_if(|parent| !known.contains(parent.as_str()) && !added.contains(parent));
    }
    // Comments already in the file reply only to one another, so every loop is among the new ones.
    let comments: Vec<Comment> = found.comments.iter().map(|(comment, _)| comment.clone()).collect();
    for at in loop_heads(&comments) {
        found.comments[at].0.parent = None;
    }
    found
}

/// Hides the comment with an id, or shows it again.
///
/// # Errors
/// If the file has errors, no such comment, or its list is in brackets.
pub fn set_hidden(text: &str, id: &str, hidden: bool) -> Result<String, CannotChange> {
    let mut wanted = parsed(text)?;
    let at = wanted.iter().position(|comment| comment.id == id);
    let at = at.ok_or_else(|| CannotChange(format!("there is no comment `{}`", id.escape_debug())))?;
    if wanted[at].hidden == hidden {
        return Ok(text.to_owned());
    }
    wanted[at].hidden = hidden;
    let refused = || {
        CannotChange(
            "the file is in a format that cannot be changed: write each key of the comment on a line of its own"
                .to_owned(),
        )
    };
    let item = items(text).and_then(|items| items.get(at).cloned()).ok_or_else(refused)?;
    let ways = [Some(with_hidden(&text[item.clone()], hidden)), in_braces(&text[item.clone()], hidden)];
    let written = ways.into_iter().flatten().map(|changed| [&text[..item.start], &changed, &text[item.end..]].concat());
    let is_changed = |written: &String| parsed(written).is_ok_and(|comments| comments == wanted);
    written.into_iter().find(is_changed).ok_or_else(refused)
}

/// An item in braces, `- {id: a, …}`, with `hidden: true` as its last key, or without it.
fn in_braces(item: &str, hidden: bool) -> Option<String> {
    const KEY: &str = ", hidden: true";
    match hidden {
        true => item.rfind('}').map(|end| [&item[..end], KEY, &item[end..]].concat()),
        false => item.rfind(KEY).map(|start| [&item[..start], &item[start + KEY.len()..]].concat()),
    }
}

/// An item with `hidden: true` as its last line, or without such a line.
fn with_hidden(item: &str, hidden: bool) -> String {
    let end = if item.contains("\r\n") { "\r\n" } else { "\n" };
    let first = item.lines().next().unwrap_or_default();
    let indent = first.len() - first.trim_start_matches([' ', '-']).len();
    let is_key = |line: &str| line.get(indent..).is_some_and(|rest| rest.starts_with("hidden:"));
    let mut lines: Vec<&str> = item.split_inclusive('\n').filter(|line| !is_key(line)).collect();
    let line = format!("{}hidden: true{end}", " ".repeat(indent));
    if hidden {
        // A deeper line with `#` is part of a text.
        let is_remark =
            |line: &str| line.trim_start().starts_with('#') && line.len() - line.trim_start().len() <= indent;
        let last = lines.iter().rposition(|line| !line.trim().is_empty() && !is_remark(line));
        let at = last.map_or(lines.len(), |last| last + 1);
        lines.insert(at, &line);
        if at > 0 && !lines[at - 1].ends_with('\n') {
            lines.insert(at, end);
        }
    }
    lines.concat()
}

/// The comments of a text without errors.
fn parsed(text: &str) -> Result<Vec<Comment>, CannotChange> {
    let parsed = parse(text);
    match (parsed.value, parsed.errors.first()) {
        (Some(list), None) => Ok(list.comments),
        (_, error) => {
            let line = error.and_then(|error| error.span).map(|span| format!(" (line {})", span.line));
            let why = error.map_or("it cannot be read", |error| error.message.as_str());
            Err(CannotChange(format!("the file has an error{}: {why}", line.unwrap_or_default())))
        }
    }
}

/// True for the line of the key above a list: `comments:`, perhaps with a remark.
fn is_list_key(line: &str) -> bool {
    let rest = line.trim_start_matches('\u{feff}').strip_prefix("comments").map(str::trim_start);
    let value = rest.and_then(|rest| rest.strip_prefix(':'));
    value.is_some_and(|value| value.trim().is_empty() || value.trim_start().starts_with('#') && value.starts_with(' '))
}

/// The byte ranges of the items of the list, each up to the next one; `None` for a list in brackets.
pub(super) fn items(text: &str) -> Option<Vec<Range<usize>>> {
    let mut starts = Vec::new();
    let mut indent = None;
    let mut offset = 0;
    let mut is_below = false;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end();
        let depth = line.len() - line.trim_start_matches(' ').len();
        let is_item = shown[depth.min(shown.len())..].starts_with("- ") || shown.get(depth..) == Some("-");
        if !is_below {
            is_below = is_list_key(shown);
        } else if is_item && *indent.get_or_insert(depth) == depth {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    (!starts.is_empty()).then(|| starts.iter().zip(ends).map(|(&start, end)| start..end).collect())
}

/// The text up to its last comment, and the indentation of its items.
fn opened(text: &str, end: &str) -> Result<(String, String), CannotChange> {
    if let Some(first) = items(text).and_then(|items| items.first().cloned()) {
        let line = &text[first];
        let indent = line.len() - line.trim_start_matches(' ').len();
        let newline = if text.ends_with('\n') { "" } else { end };
        return Ok(([text, newline].concat(), " ".repeat(indent)));
    }
    let key = |line: &str| line.trim_start_matches('\u{feff}').trim_end().to_owned();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match lines.iter().position(|line| key(line).starts_with("comments:")) {
        Some(at) if matches!(key(&lines[at]).as_str(), "comments:" | "comments: []") => {
            "comments:".clone_into(&mut lines[at]);
            // The items follow their key directly.
            let rest = lines.split_off(at + 1);
            let kept = if rest.iter().all(|line| line.trim().is_empty()) { Vec::new() } else { rest };
            lines.extend(kept);
        }
        Some(_) => {
            return Err(CannotChange(
                "the list of comments is in brackets: write one comment below another".to_owned(),
            ));
        }
        None => lines.push("comments:".to_owned()),
    }
    let opened = lines.iter().flat_map(|line| [line.as_str(), end]).collect();
    Ok((opened, "  ".to_owned()))
}

/// A new comment as its file will have it, and its date as written; or the reason why the file cannot have it, after "it".
fn cleaned(new: &NewComment, rules: AppendRules<'_>) -> Result<(Comment, String), String> {
    check_id(&new.id).map_err(|_| format!("has no valid id: {}", new.id.escape_debug()))?;
    let text = clean_text(&new.text);
    if is_empty_text(&text) {
        return Err("has no text".to_owned());
    }
    let limit = rules.limits.characters;
    if text.len() > limit && text.chars().nth(limit).is_some() {
        return Err(format!("has {} characters, but at most {limit} are published", text.chars().count()));
    }
    let (written, date) = dated(new.date, rules.zone).ok_or("has no date between the years 0 and 9999")?;
    let name = new.name.as_deref().map(|name| cut(&clean_line(name), MAX_NAME)).filter(|name| check_name(name).is_ok());
    let url = new.url.as_deref().map(clean_line).filter(|url| check_url(url).is_ok());
    let staff = new.staff.clone();
    let name = name.or_else(|| staff.is_none().then(|| rules.anonymous.to_owned()));
    let parent = new.parent.clone().filter(|parent| check_id(parent).is_ok());
    let comment = Comment { id: new.id.clone(), parent, name, url, date: written, text, staff, hidden: new.hidden };
    let alone = format!("comments:\n{}", item(&comment, &date, ""));
    match parsed(&alone).is_ok_and(|comments| comments == [comment.clone()]) {
        true => Ok((comment, date)),
        false => Err("cannot be written as YAML".to_owned()),
    }
}

/// An instant as a date of a file, and as it is written there; `None` if it cannot be.
fn dated(instant: Timestamp, zone: &TimeZone) -> Option<(WrittenDate, String)> {
    // Before there were time zones, clocks were set by the sun: Singapore was 6 hours, 55 minutes and 25 seconds ahead.
    let has_minutes = zone.to_offset(instant).seconds() % 60 == 0;
    let zoned = instant.to_zoned(if has_minutes { zone.clone() } else { TimeZone::UTC });
    let seconds = if zoned.second() == 0 { "" } else { ":%S" };
    let date = zoned.strftime(&format!("%Y-%m-%d %H:%M{seconds} %:z")).to_string();
    Some((WrittenDate::parse(&date).ok()?, date))
}

/// A text without control characters, with `\n` for each line end and no empty lines around it.
fn clean_text(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let is_kept =
        |letter: char| !is_control(letter) && !matches!(letter, '\u{c}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let kept: String = lines.chars().filter(|&letter| is_kept(letter)).collect();
    kept.trim_start_matches('\n').trim_end().to_owned()
}

/// A text on one line.
fn clean_line(text: &str) -> String {
    clean_text(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `most` characters of a text, with an ellipsis for the others.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// Formats a comment as an item of the list.
fn item(comment: &Comment, date: &str, indent: &str) -> String {
    let Comment { id, parent, name, url, text, staff, hidden, .. } = comment;
    let mut lines = vec![("id", yaml::scalar(id))];
    let optional = [("parent", parent), ("staff", staff), ("name", name), ("url", url)];
    lines.extend(optional.into_iter().filter_map(|(key, value)| Some((key, yaml::scalar(value.as_deref()?)))));
    lines.push(("date", date.to_owned()));
    lines.push(("text", text_value(text, indent)));
    lines.extend(hidden.then(|| ("hidden", "true".to_owned())));
    let lines = lines.into_iter().enumerate();
    lines.map(|(at, (key, value))| format!("{indent}{} {key}: {value}\n", if at == 0 { "-" } else { " " })).collect()
}

/// The longest text that is written on the line of its key, in bytes.
const ONE_LINE: usize = 100;

/// Formats a text: on one line if it is short, otherwise as a block, which people can read and edit.
fn text_value(text: &str, indent: &str) -> String {
    let plain = || Some(yaml::scalar(text)).filter(|written| written == text);
    if let Some(written) = (text.len() <= ONE_LINE && !text.contains('\n')).then(plain).flatten() {
        return written;
    }
    // A block would take spaces at its beginning for indentation, unless its header says how deep it is.
    let header = if text.starts_with([' ', '\t']) { "|2-" } else { "|-" };
    let lines =
        text.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("\n{indent}    {line}") });
    let lines = lines.map(|line| if line.is_empty() { "\n".to_owned() } else { line });
    [header.to_owned(), lines.collect()].concat()
}
