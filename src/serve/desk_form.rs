//! The forms of the desk: reading them, and saving what they change.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use tokio::time::{Instant, timeout_at};

use crate::edit::ReplaceError;
use crate::read::Record;
use crate::source::on_disk;

use super::Server;
use super::rebuilder::Message;
use super::site_server::Snapshot;

/// The most bytes of a form: far more than a reply has.
const MAX_FORM: usize = 1 << 20;
/// The longest wait until the preview has read a changed file. Open pages are updated later, too.
const PATIENCE: Duration = Duration::from_secs(2);

/// A refused change: the status, and a sentence for the editor.
pub(super) struct RefusedChange(pub(super) StatusCode, pub(super) String);

/// The fields of a form, by name. Of fields with the same name it has the last.
#[derive(Debug, Default)]
pub(super) struct FormFields(BTreeMap<String, String>);

impl FormFields {
    /// Parses the body of a request.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<FormFields, RefusedChange> {
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
        let pairs = form_urlencoded::parse(&bytes);
        Ok(FormFields(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }

    /// The value of a field; empty if it is missing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl Server {
    /// Checks that a form comes from a page that this preview has made.
    pub(super) fn check_token(&self, form: &FormFields) -> Result<(), RefusedChange> {
        match form.get("token") == self.token {
            true => Ok(()),
            false => {
                let why = "The preview was restarted since this page was loaded. Try again.";
                Err(RefusedChange(StatusCode::FORBIDDEN, why.to_owned()))
            }
        }
    }

    /// Saves in the background what a form asks for, so that other requests go on, and waits until the preview has read the
    /// new version of the file. `save` returns that version.
    pub(super) async fn save_change(
        &self,
        path: &str,
        save: impl FnOnce() -> Result<u128, RefusedChange> + Send + 'static,
    ) -> Result<(), RefusedChange> {
        let saved = tokio::task::spawn_blocking(save).await.map_err(|_| {
            let why = "The change failed; that is a bug in Presswork.";
            RefusedChange(StatusCode::INTERNAL_SERVER_ERROR, why.to_owned())
        })?;
        self.wait_for_version(path, saved?).await;
        Ok(())
    }

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

/// The record of a file that the preview has read.
pub(super) fn record<'s>(snapshot: &'s Snapshot<'_>, path: &str) -> Option<&'s Record> {
    let at = snapshot.records.binary_search_by(|record| record.source().cmp(path)).ok()?;
    snapshot.records.get(at)
}

/// The refusal to change a file that is no longer in the version that the desk showed.
pub(super) fn changed_meanwhile(path: &str) -> RefusedChange {
    let why = format!("{path} has changed since this page was loaded, so nothing was saved. Look at it and try again.");
    RefusedChange(StatusCode::CONFLICT, why)
}

/// The reason why a file was not replaced, for the editor.
pub(super) fn not_saved(path: &str, error: ReplaceError) -> RefusedChange {
    let failed = |why: String| RefusedChange(StatusCode::INTERNAL_SERVER_ERROR, why);
    match error {
        ReplaceError::Changed(_) => changed_meanwhile(path),
        ReplaceError::ReadOnly(_) => failed(format!("Nothing was saved: {path} is not writable.")),
        ReplaceError::System(verb, at, error) => {
            failed(format!("Nothing was saved: cannot {verb} {}: {error}.", at.display()))
        }
    }
}
