//! The forms of the desk that hide a comment, show it again and reply to it: requests that change a file of comments.
//!
//! Such a request is answered only if the preview listens on this machine alone, comes from a page of the preview
//! (`origin_check.rs`) and has the token of its desk, so that no other page can send one. It names a file that the preview
//! has read, in the version that the desk showed.

use std::path::Path;

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::config::Config;
use crate::moderation::{Moderation, NotModerated, ReplyRules, ThreadFile};
use crate::read::{Record, digest};

use super::desk::{DeskNotice, DeskQuery};
use super::desk_comments::{UnsavedReply, anchor};
use super::desk_form::{FormFields, RefusedChange, changed_meanwhile, not_saved, record};
use super::response::{plain, redirect};
use super::site_server::Snapshot;
use super::{PageRequest, Server};

/// Facts about the site that a change needs.
struct ChangeFacts {
    config: Config,
    authors: Vec<String>,
}

/// The change that a form asks for, and its name in the URL of the desk that reports it.
fn wanted(form: &FormFields) -> Option<(Moderation, &'static str)> {
    match form.get("action") {
        "hide" => Some((Moderation::Hide, "hidden")),
        "show" => Some((Moderation::Show, "shown")),
        "reply" => {
            let (author, text) = (form.get("author").to_owned(), form.get("text").to_owned());
            Some((Moderation::Reply { author, text }, "replied"))
        }
        _ => None,
    }
}

impl Server {
    /// Makes the change that a form of the desk asks for, and shows the desk again: with the change, or with the reason why
    /// there was none and whatever the editor has typed.
    pub(super) async fn change_comment(&self, request: &PageRequest, body: Body) -> Response<Body> {
        let form = match FormFields::read(&request.headers, body).await {
            Ok(form) => form,
            Err(RefusedChange(status, why)) => return plain(status, &why),
        };
        let anchor = anchor(form.get("path"), form.get("id"));
        match self.change(&form).await {
            Ok(done) => {
                let url = DeskQuery::parse(request.query.as_deref()).after(done);
                redirect(StatusCode::SEE_OTHER, &format!("{url}#{anchor}"))
            }
            Err(RefusedChange(status, why)) => {
                let (author, text) = (form.get("author").to_owned(), form.get("text").to_owned());
                let unsaved = UnsavedReply { anchor, author, text };
                self.desk(request, DeskNotice::refused(status, why, unsaved)).await
            }
        }
    }

    async fn change(&self, form: &FormFields) -> Result<&'static str, RefusedChange> {
        let refused = |status, why: &str| Err(RefusedChange(status, why.to_owned()));
        self.check_token(form)?;
        let Some((change, done)) = wanted(form) else {
            return refused(StatusCode::BAD_REQUEST, "The form asks for no change that the desk knows.");
        };
        let path = form.get("path").to_owned();
        let wanted = path.clone();
        let Ok((facts, _)) = self.query(None, move |snapshot| facts(snapshot, &wanted)).await else {
            return refused(StatusCode::SERVICE_UNAVAILABLE, "The site cannot be read at the moment.");
        };
        let Some(facts) = facts else {
            return refused(StatusCode::CONFLICT, "There is no such file of comments any more.");
        };
        let (root, id, version) =
            (self.options.root.clone(), form.get("id").to_owned(), form.get("version").to_owned());
        let (now, file) = (self.rebuilder.now(), path.clone());
        let save = move || {
            let rules = ReplyRules { config: &facts.config, authors: &facts.authors, now };
            save(&root, &file, &id, &version, &change, rules)
        };
        self.save_change(&path, save).await?;
        Ok(done)
    }
}

/// The facts for a change of a file of comments; `None` if the preview has read no such file.
fn facts(snapshot: &Snapshot<'_>, path: &str) -> Option<ChangeFacts> {
    record(snapshot, path).filter(|record| matches!(record, Record::Comments(_)))?;
    let authors = snapshot.site.authors.iter().map(|person| person.author.id.to_string()).collect();
    Some(ChangeFacts { config: snapshot.config.clone(), authors })
}

/// Changes a file and returns its new version.
fn save(
    root: &Path,
    path: &str,
    id: &str,
    version: &str,
    change: &Moderation,
    rules: ReplyRules<'_>,
) -> Result<u128, RefusedChange> {
    let failed = |why: String| RefusedChange(StatusCode::INTERNAL_SERVER_ERROR, why);
    let file = ThreadFile::open(root, path).map_err(|error| failed(format!("Cannot read {path}: {error}.")))?;
    if format!("{:032x}", file.digest()) != version {
        return Err(changed_meanwhile(path));
    }
    let text = file.changed(id, change, rules).map_err(|NotModerated { message, hint }| {
        let hint = hint.map(|hint| format!(" Hint: {hint}")).unwrap_or_default();
        RefusedChange(StatusCode::UNPROCESSABLE_ENTITY, format!("Nothing was saved: {message}.{hint}"))
    })?;
    file.save(&text).map_err(|error| not_saved(path, error))?;
    Ok(digest(&text))
}
