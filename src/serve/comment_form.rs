//! The forms of the desk that hide a comment, show it again and reply to it: the only requests that change a file.
//!
//! Such a request is answered only if the preview listens on this machine alone, comes from a page of the preview
//! (`origin_check.rs`) and has the token of its desk, so that no other page can send one. It names a file that the preview
//! has read, in the version that the desk showed.

use std::path::Path;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use crate::config::Config;
use crate::edit::ReplaceError;
use crate::moderation::{Moderation, NotModerated, ReplyRules, ThreadFile};
use crate::read::{Record, digest};
use crate::source::on_disk;

use super::desk::{DeskNotice, DeskQuery};
use super::desk_comments::{UnsavedReply, anchor};
use super::rebuilder::Message;
use super::response::{plain, redirect};
use super::site_server::Snapshot;
use super::{PageRequest, Server};

/// The most bytes of a form: far more than a reply has.
const MAX_FORM: usize = 1 << 20;
/// The longest wait until the preview has read a changed file. Open pages are updated later, too.
const PATIENCE: Duration = Duration::from_secs(2);

/// A form as it was sent.
#[derive(Debug, Default)]
pub(super) struct DeskForm {
    token: String,
    action: String,
    path: String,
    version: String,
    id: String,
    author: String,
    text: String,
}

/// A refused change: the status, and a sentence for the editor.
struct RefusedChange(StatusCode, String);

/// Facts about the site that a change needs.
struct ChangeFacts {
    config: Config,
    authors: Vec<String>,
}

impl DeskForm {
    /// Parses the body of a request.
    async fn read(headers: &HeaderMap, body: Body) -> Result<DeskForm, RefusedChange> {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let why = "The desk reads only forms (application/x-www-form-urlencoded).";
            return Err(RefusedChange(StatusCode::UNSUPPORTED_MEDIA_TYPE, why.to_owned()));
        }
        let bytes = to_bytes(body, MAX_FORM).await.map_err(|_| {
            let why = "The form is larger than 1 MiB, or did not arrive.";
            RefusedChange(StatusCode::PAYLOAD_TOO_LARGE, why.to_owned())
        })?;
        let mut form = DeskForm::default();
        for (name, value) in form_urlencoded::parse(&bytes) {
            let field = match &*name {
                "token" => &mut form.token,
                "action" => &mut form.action,
                "path" => &mut form.path,
                "version" => &mut form.version,
                "id" => &mut form.id,
                "author" => &mut form.author,
                "text" => &mut form.text,
                _ => continue,
            };
            *field = value.into_owned();
        }
        Ok(form)
    }

    /// The change that the form asks for, and its name in the URL of the desk that reports it.
    fn change(&self) -> Option<(Moderation, &'static str)> {
        match self.action.as_str() {
            "hide" => Some((Moderation::Hide, "hidden")),
            "show" => Some((Moderation::Show, "shown")),
            "reply" => {
                let (author, text) = (self.author.clone(), self.text.clone());
                Some((Moderation::Reply { author, text }, "replied"))
            }
            _ => None,
        }
    }
}

impl Server {
    /// Makes the change that a form of the desk asks for, and shows the desk again: with the change, or with the reason why
    /// there was none and whatever the editor has typed.
    pub(super) async fn change_comment(&self, request: &PageRequest, body: Body) -> Response<Body> {
        let form = match DeskForm::read(&request.headers, body).await {
            Ok(form) => form,
            Err(RefusedChange(status, why)) => return plain(status, &why),
        };
        let anchor = anchor(&form.path, &form.id);
        match self.change(&form).await {
            Ok(done) => {
                let url = DeskQuery::parse(request.query.as_deref()).after(done);
                redirect(StatusCode::SEE_OTHER, &format!("{url}#{anchor}"))
            }
            Err(RefusedChange(status, why)) => {
                let DeskForm { author, text, .. } = form;
                let unsaved = UnsavedReply { anchor, author, text };
                self.desk(request, DeskNotice::refused(status, why, unsaved)).await
            }
        }
    }

    async fn change(&self, form: &DeskForm) -> Result<&'static str, RefusedChange> {
        let refused = |status, why: &str| Err(RefusedChange(status, why.to_owned()));
        if form.token != self.token {
            return refused(StatusCode::FORBIDDEN, "The preview was restarted since this page was loaded. Try again.");
        }
        let Some((change, done)) = form.change() else {
            return refused(StatusCode::BAD_REQUEST, "The form asks for no change that the desk knows.");
        };
        let wanted = form.path.clone();
        let Ok((facts, _)) = self.query(None, move |snapshot| facts(snapshot, &wanted)).await else {
            return refused(StatusCode::SERVICE_UNAVAILABLE, "The site cannot be read at the moment.");
        };
        let Some(facts) = facts else {
            return refused(StatusCode::CONFLICT, "There is no such file of comments any more.");
        };
        let (root, path, id, version) =
            (self.options.root.clone(), form.path.clone(), form.id.clone(), form.version.clone());
        let now = self.rebuilder.now();
        let save = move || {
            let rules = ReplyRules { config: &facts.config, authors: &facts.authors, now };
            save(&root, &path, &id, &version, &change, rules)
        };
        // Writing may take a while, and other requests go on.
        let saved = tokio::task::spawn_blocking(save).await.map_err(|_| {
            RefusedChange(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The change failed; that is a bug in Presswork.".to_owned(),
            )
        })?;
        self.wait_for_version(&form.path, saved?).await;
        Ok(done)
    }

    /// Waits until the preview has read this version of a file of comments, so that the desk shows it.
    async fn wait_for_version(&self, path: &str, version: u128) {
        let mut watch = self.rebuilder.watch();
        let deadline = Instant::now() + PATIENCE;
        self.rebuilder.send(Message::Changed([on_disk(&self.options.root, path)].into()));
        loop {
            let path = path.to_owned();
            let read = self.query(None, move |snapshot| record(snapshot, &path).and_then(Record::digest)).await;
            let is_over = Instant::now() >= deadline;
            if is_over || read.is_ok_and(|(read, _)| read == Some(version)) {
                return;
            }
            // Without another site, after an error elsewhere, the desk is shown as it is.
            let _ = timeout_at(deadline, watch.changed()).await;
        }
    }
}

/// The record of a file of comments.
fn record<'s>(snapshot: &'s Snapshot<'_>, path: &str) -> Option<&'s Record> {
    let at = snapshot.records.binary_search_by(|record| record.source().cmp(path)).ok()?;
    snapshot.records.get(at).filter(|record| matches!(record, Record::Comments(_)))
}

/// The facts for a change of a file of comments; `None` if the preview has read no such file.
fn facts(snapshot: &Snapshot<'_>, path: &str) -> Option<ChangeFacts> {
    record(snapshot, path)?;
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
    let changed_meanwhile = || {
        let why =
            format!("{path} has changed since this page was loaded, so nothing was saved. Look at it and try again.");
        RefusedChange(StatusCode::CONFLICT, why)
    };
    let file = ThreadFile::open(root, path).map_err(|error| failed(format!("Cannot read {path}: {error}.")))?;
    if format!("{:032x}", file.digest()) != version {
        return Err(changed_meanwhile());
    }
    let text = file.changed(id, change, rules).map_err(|NotModerated { message, hint }| {
        let hint = hint.map(|hint| format!(" Hint: {hint}")).unwrap_or_default();
        RefusedChange(StatusCode::UNPROCESSABLE_ENTITY, format!("Nothing was saved: {message}.{hint}"))
    })?;
    file.save(&text).map_err(|error| match error {
        ReplaceError::Changed(_) => changed_meanwhile(),
        ReplaceError::ReadOnly(_) => failed(format!("Nothing was saved: {path} is not writable.")),
        ReplaceError::System(verb, at, error) => {
            failed(format!("Nothing was saved: cannot {verb} {}: {error}.", at.display()))
        }
    })?;
    Ok(digest(&text))
}
