//! Reads files of comments: `comments/<section>/<story>.yaml`, and `comments.yaml` in a story's folder.

use std::collections::BTreeSet;

use ahash::{HashMap, HashSet};

use crate::comment::{self, Comment, CommentFile, CommentList, loops};
use crate::date::{DateError, Moment};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::yaml::Parsed;

use super::story::LONG_PAST;
use super::{FileReader, MAX_PLACES, digest};

impl FileReader<'_> {
    /// Reads a file of comments.
    pub(super) fn comments(&mut self) -> Option<CommentFile> {
        let Parsed { value, errors, .. } = comment::parse(self.text);
        self.diagnostics.extend(errors.into_iter().map(|error| error.diagnose(self.path, 1)));
        let CommentList { mut comments } = value?;
        // With errors, a value may be a stand-in for another.
        if self.diagnostics.is_empty() {
            self.check_ids(&comments);
            self.check_limits(&comments);
        }
        let mut ids = HashSet::default();
        comments.retain(|comment| ids.insert(comment.id.clone()));
        let dates: Vec<Moment> = (0..).zip(&comments).map(|(at, comment)| self.comment_date(at, comment)).collect();
        Some(CommentFile {
            source: self.path.into(),
            comments: comments.into(),
            dates: dates.into(),
            digest: digest(self.original),
        })
    }

    /// Reports a problem of the comment at `at`.
    fn report_comment(&mut self, at: usize, key: &str, code: Code, message: String, hint: Option<String>) {
        // Each lookup scans the file, and nobody needs the lines of thousands of problems.
        let is_one_of_few = self.diagnostics.len() < MAX_PLACES;
        let span = is_one_of_few.then(|| comment::place(self.text, at, key)).flatten();
        self.diagnostics.push(Diagnostic::new(code, self.path, message).at_maybe(span).hint_maybe(hint));
    }

    fn check_ids(&mut self, comments: &[Comment]) {
        let mut by_id: HashMap<&str, usize> = HashMap::default();
        for (at, comment) in comments.iter().enumerate() {
            let id = comment.id.as_str();
            if by_id.contains_key(id) {
                let message = format!("two comments have the id `{id}`");
                let hint = "give the newer one another id; the id of the older one is part of its URL".to_owned();
                self.report_comment(at, "id", Code::DuplicateComment, message, Some(hint));
            }
            by_id.entry(id).or_insert(at);
            if comment.name.is_none() && comment.staff.is_none() {
                let message = format!("the comment `{id}` has no name");
                let hint = "add `name: …`, or `staff: …` with the id of the author who replies".to_owned();
                self.report_comment(at, "id", Code::MissingKey, message, Some(hint));
            }
        }
        for (at, comment) in comments.iter().enumerate() {
            let Some(parent) = comment.parent.as_deref().filter(|parent| !by_id.contains_key(parent)) else { continue };
            let message = format!("`{}` replies to `{parent}`, which is not in this file", comment.id);
            let hint = did_you_mean(parent, by_id.keys().copied().collect::<BTreeSet<_>>());
            let hint = hint.unwrap_or_else(|| "write the `id` of another comment, or remove `parent`".to_owned());
            self.report_comment(at, "parent", Code::UnknownComment, message, Some(hint));
        }
        if let Some(&at) = loops(comments).first() {
            let message = format!("the comment `{}` replies to itself, perhaps through others", comments[at].id);
            let hint = "remove the `parent` of the oldest of them".to_owned();
            self.report_comment(at, "parent", Code::UnknownComment, message, Some(hint));
        }
    }

    fn check_limits(&mut self, comments: &[Comment]) {
        let limits = self.settings.comments;
        let raise = |key: &str| format!("raise `comments: {{limits: {{{key}: …}}}}` in site.yaml if that is right");
        if comments.len() > limits.comments {
            let (count, limit) = (comments.len(), limits.comments);
            let message = format!("the story has {count} comments, but at most {limit} are published");
            self.report_comment(limit, "id", Code::CommentLimit, message, Some(raise("comments")));
        }
        for (at, comment) in comments.iter().enumerate() {
            // Counting bytes is faster, and most comments are short.
            if comment.text.len() > limits.characters && comment.text.chars().nth(limits.characters).is_some() {
                let (count, limit) = (comment.text.chars().count(), limits.characters);
                let message = format!("the comment has {count} characters, but at most {limit} are published");
                self.report_comment(at, "text", Code::CommentLimit, message, Some(raise("characters")));
            }
        }
    }

    /// The date of a comment; a local time that a clock change skips or repeats is reported, and long past.
    fn comment_date(&mut self, at: usize, comment: &Comment) -> Moment {
        let error = match comment.date.resolve(&self.settings.zone) {
            Ok(moment) => return moment,
            Err(error) => error,
        };
        let (code, message, hint) = match error {
            DateError::Invalid { message, hint } => (Code::InvalidDate, message, hint),
            DateError::Ambiguous(one, other) => {
                let message = "the clocks change at this local time, so it is ambiguous".to_owned();
                (Code::AmbiguousDate, message, format!("write {one} or {other}"))
            }
        };
        self.report_comment(at, "date", code, message, Some(hint));
        LONG_PAST
    }
}
