//! Gives each public story its comments, without hidden ones.

use std::borrow::Cow;
use std::sync::Arc;

use ahash::HashMap;

use crate::comment::{Comment, CommentFile, InThread, threaded};
use crate::content_path::commented_stories;
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

use super::{ArticleId, AuthorId, Site, State};

/// The published comments on a story; at least one.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The comments in the order of the file. Those that are not published are not in it.
    comments: Arc<CommentFile>,
    /// The order in which they are shown, with their depths.
    pub order: Box<[InThread]>,
    /// For each comment of the newsroom, the author; in the order of the file.
    staff: Box<[Option<AuthorId>]>,
}

impl Thread {
    /// The comment at a place of the file, with its date and the author who replies for the newsroom.
    pub fn comment(&self, at: usize) -> (&Comment, Moment, Option<AuthorId>) {
        (&self.comments.comments[at], self.comments.dates[at], self.staff[at])
    }

    /// The number of comments.
    pub fn count(&self) -> usize {
        self.order.len()
    }

    /// The date of the newest comment.
    pub fn newest(&self) -> Option<Moment> {
        self.comments.dates.iter().max().copied()
    }

    /// The hash of the file.
    pub fn digest(&self) -> u128 {
        self.comments.digest
    }

    /// The authors who reply, in the order of the file.
    pub fn staff(&self) -> &[Option<AuthorId>] {
        &self.staff
    }
}

/// Finds the story of each file of comments. Comments on stories that are not listed are left out: a retracted story
/// hides its thread, a withdrawn one loses it.
pub(super) fn collect(
    files: Vec<Arc<CommentFile>>,
    site: &Site,
    diagnostics: &mut Vec<Diagnostic>,
) -> HashMap<ArticleId, Thread> {
    let mut threads: HashMap<ArticleId, Thread> = HashMap::default();
    let mut owners: HashMap<String, Box<str>> = HashMap::default();
    for file in files {
        let staff = staff(&file, site, diagnostics);
        let stories = commented_stories(&file.source);
        let is_known = |source: &&String| {
            site.article_of(source).is_some() || site.hidden.contains_key(*source) || site.faulty.contains(*source)
        };
        let Some(source) = stories.iter().find(is_known) else {
            diagnostics.push(orphan(&file.source, &stories, site));
            continue;
        };
        if let Some(other) = owners.insert(source.clone(), file.source.clone()) {
            let message = format!("two files hold the comments on `{source}`");
            let diagnostic = Diagnostic::new(Code::DuplicateComment, &*file.source, message);
            diagnostics.push(diagnostic.related("the other file", &*other).hint("move all comments into one of them"));
            continue;
        }
        let Some(id) = site.article_of(source).filter(|&id| site.story(id).state == State::Published) else { continue };
        threads.extend(thread(file, &staff).map(|thread| (id, thread)));
    }
    threads
}

/// The authors who reply for the newsroom. Errors in hidden comments are reported too, since nobody should find them
/// when a comment is shown again.
fn staff(file: &CommentFile, site: &Site, diagnostics: &mut Vec<Diagnostic>) -> Vec<Option<AuthorId>> {
    let find = |id: &str| site.authors.iter().zip(0..).find(|(person, _)| person.author.id == id);
    let mut known: HashMap<&str, Option<AuthorId>> = HashMap::default();
    let mut staff = Vec::with_capacity(file.comments.len());
    for (at, comment) in file.comments.iter().enumerate() {
        let Some(id) = comment.staff.as_deref() else {
            staff.push(None);
            continue;
        };
        let author = *known.entry(id).or_insert_with(|| {
            let author = find(id).map(|(_, at)| AuthorId(at));
            if author.is_none() && !site.faulty.contains(&format!("{}{id}.md", crate::content_path::AUTHORS)) {
                let message = format!("unknown author `{}`", id.escape_debug());
                let ids = site.authors.iter().map(|person| person.author.id.as_str());
                let hint = did_you_mean(id, ids);
                let hint =
                    hint.unwrap_or_else(|| format!("add content/authors/{id}.md, or write `name:` for a reader"));
                let diagnostic = Diagnostic::new(Code::UnknownAuthor, &*file.source, message);
                diagnostics.push(diagnostic.in_key("staff", at.to_string()).hint(hint));
            }
            author
        });
        staff.push(author);
    }
    staff
}

/// The thread of a file; `None` if it has no published comment.
fn thread(file: Arc<CommentFile>, staff: &[Option<AuthorId>]) -> Option<Thread> {
    let (file, staff) = match file.comments.iter().any(|comment| comment.hidden) {
        true => without_hidden(&file, staff),
        false => (file, Cow::Borrowed(staff)),
    };
    let order = threaded(&file.comments, |at| file.dates[at].instant).into_boxed_slice();
    (!order.is_empty()).then(|| Thread { order, staff: staff.into_owned().into(), comments: file })
}

/// The file without hidden comments. Replies to them move up.
fn without_hidden<'s>(
    file: &CommentFile,
    staff: &'s [Option<AuthorId>],
) -> (Arc<CommentFile>, Cow<'s, [Option<AuthorId>]>) {
    let shown: Vec<usize> = (0..file.comments.len()).filter(|&at| !file.comments[at].hidden).collect();
    let parents: HashMap<usize, Option<usize>> =
        threaded(&file.comments, |at| at).into_iter().map(|place| (place.at, place.parent)).collect();
    let comments = shown.iter().map(|&at| {
        let parent = parents.get(&at).copied().flatten().map(|parent| file.comments[parent].id.clone());
        Comment { parent, ..file.comments[at].clone() }
    });
    let left = CommentFile {
        source: file.source.clone(),
        comments: comments.collect(),
        dates: shown.iter().map(|&at| file.dates[at]).collect(),
        digest: file.digest,
    };
    (Arc::new(left), shown.iter().map(|&at| staff[at]).collect())
}

/// The warning for comments on no story.
fn orphan(path: &str, stories: &[String], site: &Site) -> Diagnostic {
    let wanted = stories.first().map_or("", String::as_str);
    let message = format!("there is no story `{wanted}` with these comments, so they are not published");
    let sources = site.articles.iter().map(|story| &*story.article.source);
    let hint = did_you_mean(wanted, sources).map(|near| format!("{near} The file has the name of its story"));
    let hint = hint.unwrap_or_else(|| "rename the file as you renamed the story, or remove it".to_owned());
    Diagnostic::new(Code::OrphanComments, path, message).hint(hint)
}
