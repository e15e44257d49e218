//! The message at the top of the desk after a change, or after one that was refused.

use axum::http::StatusCode;

use super::super::desk_comments::UnsavedReply;

/// A message at the top of the desk.
#[derive(Debug, Clone, Default)]
pub struct DeskNotice {
    /// The status of a refused change; `None` for a desk that was only opened.
    pub(in super::super) refused: Option<StatusCode>,
    /// The message; empty for none.
    pub(super) text: String,
    /// The reply that was not saved.
    pub(super) unsaved: UnsavedReply,
}

impl DeskNotice {
    /// The notice of a refused change, with the reason and what the editor has typed.
    pub(in super::super) fn refused(status: StatusCode, text: String, unsaved: UnsavedReply) -> DeskNotice {
        DeskNotice { refused: Some(status), text, unsaved }
    }

    /// The notice of a change, by its name in the desk's URL. Other names have none, so that a link cannot put words on
    /// the desk.
    pub(super) fn done(name: &str) -> DeskNotice {
        let text = match name {
            "hidden" => "The comment is hidden. The next build takes it off the site.",
            "shown" => "The comment is shown. The next build publishes it.",
            "replied" => "The reply is saved. The next build publishes it.",
            _ => "",
        };
        DeskNotice { text: text.to_owned(), ..DeskNotice::default() }
    }
}
