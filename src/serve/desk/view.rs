//! The desk as its template sees it.

use serde::Serialize;

use super::super::desk_comments::CommentRow;
use super::super::problems::Problem;

/// The desk as its template sees it.
#[derive(Serialize)]
pub(super) struct DeskView {
    pub(super) paper: String,
    /// The instant that is shown, in words and as the value of the clock's field.
    pub(super) now: String,
    pub(super) clock: String,
    pub(super) zone: String,
    /// True if that is not the present.
    pub(super) is_elsewhere: bool,
    /// True if the reader has asked for that instant, and can go back.
    pub(super) is_asked: bool,
    pub(super) drafts: bool,
    pub(super) articles: usize,
    pub(super) front: String,
    /// The search page of the preview, which finds what the preview shows.
    pub(super) search: Option<String>,
    pub(super) authors: Vec<Choice>,
    pub(super) sections: Vec<Choice>,
    /// The languages of the editions, if there are several.
    pub(super) languages: Vec<Choice>,
    pub(super) states: Vec<Choice>,
    /// The filters, which the clock's form keeps.
    pub(super) kept: Vec<(&'static str, String)>,
    pub(super) is_filtered: bool,
    pub(super) groups: Vec<GroupView>,
    pub(super) comments: Option<CommentsView>,
    pub(super) forms: Option<FormsView>,
    pub(super) notice: String,
    pub(super) is_refused: bool,
    /// A reply that was not saved, to a comment that is not listed.
    pub(super) unsaved: String,
    pub(super) coming: Vec<ChangeView>,
    pub(super) files: Vec<FileView>,
    pub(super) more_files: usize,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) is_checked: bool,
    pub(super) checked_pages: usize,
    pub(super) slowest: Vec<SlowView>,
}

/// One value of a filter.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

/// Stories of one kind.
#[derive(Serialize)]
pub(super) struct GroupView {
    pub(super) name: &'static str,
    pub(super) heading: &'static str,
    pub(super) entries: Vec<DeskEntry>,
    /// The number of all stories in the group.
    pub(super) count: usize,
    /// The URLs of the stories before and after these.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// One story.
#[derive(Serialize)]
pub(super) struct DeskEntry {
    pub(super) title: String,
    /// Its page in the preview.
    pub(super) url: Option<String>,
    pub(super) source: String,
    pub(super) editor: Option<String>,
    /// The page with the crops of its picture.
    pub(super) crops: Option<String>,
    pub(super) authors: String,
    pub(super) section: String,
    pub(super) when: Option<String>,
    pub(super) countdown: Option<String>,
}

/// Comments, newest first.
#[derive(Serialize)]
pub(super) struct CommentsView {
    pub(super) heading: &'static str,
    pub(super) rows: Vec<CommentRow>,
    /// The number of all.
    pub(super) count: usize,
    /// The URL of all comments, and those of the comments before and after these.
    pub(super) all: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// The forms that change comments.
#[derive(Serialize)]
pub(super) struct FormsView {
    /// The URL that they are sent to.
    pub(super) action: String,
    /// The secret that tells the desk's own forms from those of other pages.
    pub(super) token: String,
    pub(super) authors: Vec<Choice>,
}

/// A change that time alone makes.
#[derive(Serialize)]
pub(super) struct ChangeView {
    pub(super) when: String,
    pub(super) countdown: String,
    pub(super) title: String,
    pub(super) what: &'static str,
    pub(super) url: Option<String>,
    /// The URL of the desk as of then.
    pub(super) moment: String,
}

/// The problems of one file.
#[derive(Serialize)]
pub(super) struct FileView {
    pub(super) path: String,
    pub(super) editor: Option<String>,
    pub(super) problems: Vec<Problem>,
}

/// A page that took long to render.
#[derive(Serialize)]
pub(super) struct SlowView {
    pub(super) url: String,
    pub(super) milliseconds: String,
}
