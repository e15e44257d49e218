//! What links and pictures lead to: absolute URLs are checked, everything else is asked of the context.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Context, Fault, ImageTarget, Link, Session};
use crate::diagnostic::{Code, Severity};
use crate::route::{UrlError, absolute, check_url, scheme};

/// Whether the context decides what the destination means.
pub(super) fn is_internal(destination: &str) -> bool {
    scheme(destination).is_none() && !destination.starts_with("//")
}

/// The URL of a link; `None` when it has none, which is reported.
pub(super) fn link(session: &mut Session<'_>, destination: &str, start: usize, end: usize) -> Option<String> {
    let context = session.context;
    if destination.trim().is_empty() {
        let fault = Fault::new(Code::UncheckedLink, "the link leads nowhere, so only its words are published");
        session.fault(fault.hint("write where it leads, or take the brackets away"), start, end);
        return None;
    }
    let found = if is_internal(destination) { context.link(destination) } else { Ok(destination.to_owned()) };
    let found = found.map(|url| followed(session, url));
    let found = as_written(session, found, || destination.to_owned(), start, end);
    let checked = found.and_then(|url| check(&url).map(|()| url));
    let url = report(session, checked, start, end)?;
    if context.base().is_none() && url.contains('#') {
        session.links.push(Link { url: url.clone(), start, end });
    }
    Some(based(context, url))
}

/// A link in the same text follows what it names: another element of the page may have had its id first.
fn followed(session: &mut Session<'_>, url: String) -> String {
    let Some(fragment) = url.strip_prefix('#').filter(|fragment| !fragment.is_empty()) else { return url };
    let decoded = percent_decode_str(fragment).decode_utf8().unwrap_or(Cow::Borrowed(fragment));
    match session.ids.follow(&decoded) {
        Some(id) => ["#", id].concat(),
        None => url,
    }
}

/// A picture; `None` when there is none, which is reported.
pub(super) fn image(session: &mut Session<'_>, destination: &str, start: usize, end: usize) -> Option<ImageTarget> {
    let context = session.context;
    let found = if is_internal(destination) {
        context.image(destination)
    } else {
        Ok(ImageTarget { url: destination.to_owned(), width: None, height: None })
    };
    let written = || ImageTarget { url: destination.to_owned(), width: None, height: None };
    let found = as_written(session, found, written, start, end);
    let checked =
        found.and_then(|target| check(&target.url).map(|()| ImageTarget { url: based(context, target.url), ..target }));
    report(session, checked, start, end)
}

/// The URL as it must be written where the text is read.
fn based(context: &dyn Context, url: String) -> String {
    match context.base() {
        Some(page) => absolute(page, &url),
        None => url,
    }
}

/// A warning does not take a link or picture away: it stays as it was written, unless there is nothing to show.
fn as_written<T>(
    session: &mut Session<'_>,
    found: Result<T, Fault>,
    written: impl Fn() -> T,
    start: usize,
    end: usize,
) -> Result<T, Fault> {
    match found {
        Err(fault) if fault.code.severity() == Severity::Warning && fault.code != Code::LinkToGone => {
            session.fault(fault, start, end);
            Ok(written())
        }
        other => other,
    }
}

fn check(url: &str) -> Result<(), Fault> {
    check_url(url).map_err(|error| match error {
        UrlError::Scheme(scheme) => {
            Fault::new(Code::UnsafeUrl, format!("a URL with the scheme `{scheme}:` is not published"))
                .hint("use an https:// URL, or the path of a file of this site")
        }
        error => Fault::new(Code::UnsafeUrl, format!("the URL cannot be published: {error}"))
            .hint("write a URL without blanks and control characters"),
    })
}

fn report<T>(session: &mut Session<'_>, result: Result<T, Fault>, start: usize, end: usize) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(fault) => {
            session.fault(fault, start, end);
            None
        }
    }
}
