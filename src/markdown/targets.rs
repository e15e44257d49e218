//! Resolves the targets of links and images: absolute URLs are checked, everything else is left to the
//! context.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{BodyLink, BodyProblem, Context, ImageSizes, ImageTarget, Session};
use crate::diagnostic::{Code, Severity};
use crate::route::{UrlError, absolute, check_url, scheme};
use crate::urls::{leads_nowhere, whole_url};

/// True if the context must resolve the destination.
pub(super) fn is_internal(destination: &str) -> bool {
    scheme(destination).is_none() && !destination.starts_with("//")
}

/// The URL of a link; `None` if it has none, which is reported, or if the page loses the link.
pub(super) fn link(session: &mut Session<'_>, destination: &str, start: usize, end: usize) -> Option<String> {
    if session.templates > 0 {
        return None;
    }
    let context = session.context;
    if destination.trim().is_empty() {
        let problem = BodyProblem::new(Code::UncheckedLink, "the link has no target, so only its text is published");
        session.report(problem.hint("add its URL, or remove the brackets"), start, end);
        return None;
    }
    let found = if is_internal(destination) {
        context.link(destination)
    } else {
        report_incomplete(session, destination, start, end);
        Ok(destination.to_owned())
    };
    let found = found.map(|url| followed(session, url));
    let found = as_written(session, found, || destination.to_owned(), start, end);
    let checked = found.and_then(|url| check(&url).map(|()| url));
    let url = or_report(session, checked, start, end)?;
    if context.base().is_none() && url.contains('#') {
        session.links.push(BodyLink { url: url.clone(), start, end });
    }
    Some(based(context, url))
}

/// Reports a URL that has a scheme and leads nowhere. It is published as written, as old texts have some.
fn report_incomplete(session: &mut Session<'_>, url: &str, start: usize, end: usize) {
    if leads_nowhere(url) {
        let message = format!("`{}` is not a complete URL, so the link leads nowhere", url.escape_debug());
        let meant = whole_url(url).map(|meant| meant.hint(&format!("`{}`", meant.url)));
        let hint = meant.unwrap_or_else(|| "write the whole URL, or remove the link".to_owned());
        session.report(BodyProblem::new(Code::UncheckedLink, message).hint(hint), start, end);
    }
}

/// Follows a link within the text to a renamed id.
fn followed(session: &mut Session<'_>, url: String) -> String {
    let Some(fragment) = url.strip_prefix('#').filter(|fragment| !fragment.is_empty()) else { return url };
    let decoded = percent_decode_str(fragment).decode_utf8().unwrap_or(Cow::Borrowed(fragment));
    match session.ids.follow(&decoded) {
        Some(id) => ["#", id].concat(),
        None => url,
    }
}

/// Resolves an image; `None` if there is none, which is reported, or if the page loses the image.
pub(super) fn image(session: &mut Session<'_>, destination: &str, start: usize, end: usize) -> Option<ImageTarget> {
    if session.templates > 0 {
        return None;
    }
    let context = session.context;
    let written = || ImageTarget { url: destination.to_owned(), width: None, height: None, sizes: None, credit: None };
    let found = if is_internal(destination) { context.image(destination) } else { Ok(written()) };
    let found = as_written(session, found, written, start, end);
    let checked = found.and_then(|target| {
        check(&target.url).map(|()| ImageTarget {
            url: based(context, target.url),
            sizes: target.sizes.map(|sizes| Box::new(ImageSizes { url: based(context, sizes.url.clone()), ..*sizes })),
            ..target
        })
    });
    or_report(session, checked, start, end)
}

/// Makes the URL absolute if the text is read outside its page.
fn based(context: &dyn Context, url: String) -> String {
    match context.base() {
        Some(page) => absolute(page, &url),
        None => url,
    }
}

/// Keeps a link or image as written if its problem is only a warning and it shows anything.
fn as_written<T>(
    session: &mut Session<'_>,
    found: Result<T, BodyProblem>,
    written: impl Fn() -> T,
    start: usize,
    end: usize,
) -> Result<T, BodyProblem> {
    match found {
        Err(problem) if problem.code.severity() == Severity::Warning && problem.code != Code::LinkToGone => {
            session.report(problem, start, end);
            Ok(written())
        }
        other => other,
    }
}

fn check(url: &str) -> Result<(), BodyProblem> {
    check_url(url).map_err(|error| match error {
        UrlError::Scheme(scheme) => {
            let hint = whole_url(url).map(|meant| meant.hint(&format!("`{}`", meant.url)));
            let hint = hint.unwrap_or_else(|| "use an https:// URL, or the path of a file of this site".to_owned());
            BodyProblem::new(Code::UnsafeUrl, format!("a URL with the scheme `{scheme}:` is not published")).hint(hint)
        }
        error => BodyProblem::new(Code::UnsafeUrl, format!("the URL cannot be published: {error}"))
            .hint("remove spaces and control characters from the URL"),
    })
}

fn or_report<T>(session: &mut Session<'_>, result: Result<T, BodyProblem>, start: usize, end: usize) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(problem) => {
            session.report(problem, start, end);
            None
        }
    }
}
