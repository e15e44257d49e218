//! `redirects.yaml`: old URLs and their targets.

use std::collections::BTreeMap;

use ahash::HashMap;
use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::old_url::{OldUrl, OldUrlError};
use crate::route::{Route, SAFE_URLS, check_url, scheme};
use crate::yaml;

/// The file's name in the project's folder.
pub const REDIRECTS_FILE: &str = "redirects.yaml";

/// The target of a URL whose content is gone for good.
const GONE: &str = "gone";

/// One entry of `redirects.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldPath {
    /// The old path as the file writes it.
    pub written: String,
    /// The route of the page at the old path.
    pub route: Route,
    /// The redirect target; `None` if the content is gone for good (HTTP 410, RFC 9110 section 15.5.11).
    pub target: Option<String>,
}

/// A redirect with a query or `*`, which only hosts can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldPattern {
    /// The old URL as the file writes it.
    pub written: String,
    /// The parsed old URL; never an [`OldUrl::Path`].
    pub from: OldUrl,
    /// The redirect target, which for a folder may end in [`REST`]; `None` if the content is gone for good.
    pub target: Option<String>,
}

/// The placeholder in a target for the rest of the path below a folder.
pub const REST: &str = ":splat";

/// All entries of `redirects.yaml`, ordered by old URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redirects {
    /// Redirects of single paths, which a page can also serve.
    pub paths: Vec<OldPath>,
    /// Redirects of URLs with a query and of folders.
    pub patterns: Vec<OldPattern>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct WrittenRedirects(#[serde(deserialize_with = "crate::lenient::unique_map")] BTreeMap<String, String>);

/// Parses and checks the text of `redirects.yaml`; returns the valid entries.
pub fn parse_redirects(text: &str) -> Reported<Redirects> {
    let mut value = Redirects::default();
    let parsed = yaml::parse_all(text.trim_start_matches('\u{feff}'));
    let mut diagnostics: Vec<Diagnostic> =
        parsed.errors.into_iter().map(|error| error.diagnose(REDIRECTS_FILE, 1)).collect();
    let Some(WrittenRedirects(written)) = parsed.value else { return Reported { value, diagnostics } };
    let mut seen: BTreeMap<OldUrl, String> = BTreeMap::new();
    for (path, target) in written {
        let checked = entry(&path, &target).and_then(|entry| match seen.insert(entry.from.clone(), path.clone()) {
            Some(other) => {
                Err(bad(&path, &path, format!("`{path}` and `{other}` are the same path")).hint("keep one of them"))
            }
            None => Ok(entry),
        });
        match checked {
            Ok(OldPattern { written, from: OldUrl::Path(route), target }) => {
                value.paths.push(OldPath { written, route, target });
            }
            Ok(pattern) => value.patterns.push(pattern),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    Reported { value, diagnostics }
}

/// Returns the text of `redirects.yaml` with new entries at its end and with the targets in `changed` (old value, new
/// value) replaced. Comments and order stay. Returns `None` if the file's format does not allow line-by-line edits.
pub fn with_redirects(text: &str, added: &[(String, String)], changed: &[(String, String)]) -> Option<String> {
    let WrittenRedirects(mut wanted) = yaml::parse(text.trim_start_matches('\u{feff}')).ok()?;
    let changes: HashMap<&str, &str> = changed.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    for target in wanted.values_mut() {
        if let Some(new) = changes.get(target.as_str()) {
            *target = (*new).to_owned();
        }
    }
    wanted.extend(added.iter().cloned());
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = text.lines().map(|line| with_target(line, &changes)).collect();
    if text.is_empty() {
        lines.push(HEADING.to_owned());
    }
    lines.extend(added.iter().map(|(path, target)| format!("{}: {}", scalar(path), scalar(target))));
    let mut written = lines.join(end);
    written.push_str(end);
    // Check the result, since the text may be formatted in any way.
    let WrittenRedirects(found) = yaml::parse(written.trim_start_matches('\u{feff}')).ok()?;
    (found == wanted).then_some(written)
}

/// The comment at the top of a new file.
const HEADING: &str = "# Old URLs and where they redirect: a source file inside content/, a URL, or `gone`.";

/// Replaces the target in a line, if it is one of `changes`: the last word or the last quoted string.
fn with_target(line: &str, changes: &HashMap<&str, &str>) -> String {
    let last = |ends: fn(char) -> bool| {
        let mut end = line.len();
        line.rsplit(ends).find_map(|word| {
            let at = end - word.len();
            end = at - line[..at].chars().next_back().map_or(0, char::len_utf8);
            Some((at, word, *changes.get(word)?))
        })
    };
    let found = last(|c| c.is_whitespace() || "\"',{}".contains(c)).or_else(|| last(|c| "\"'".contains(c)));
    match found {
        Some((at, old, new)) => [&line[..at], new, &line[at + old.len()..]].concat(),
        None => line.to_owned(),
    }
}

/// Formats a string as YAML, in quotes if it needs them.
fn scalar(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/._~-".contains(c));
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn entry(path: &str, target: &str) -> Result<OldPattern, Diagnostic> {
    let shown = path.escape_debug();
    let from = OldUrl::parse(path).map_err(|OldUrlError { why, hint }| {
        bad(path, path, format!("`{shown}` is not a valid old path: {why}")).hint_maybe(hint)
    })?;
    if !path.starts_with('/') {
        let diagnostic = bad(path, path, format!("the old path `{shown}` does not begin with a slash"));
        return Err(diagnostic.hint("write the part after the host name: /2009/old-story.html"));
    }
    let written = path.to_owned();
    if target == GONE {
        return Ok(OldPattern { written, from, target: None });
    }
    let escaped = target.escape_debug();
    check_url(target).map_err(|why| {
        let message = format!("`{escaped}` is not a safe URL: {why}");
        Diagnostic::new(Code::UnsafeUrl, REDIRECTS_FILE, message).in_key(path, target).hint(SAFE_URLS)
    })?;
    let is_web = matches!(scheme(target).as_deref(), Some("https" | "http"));
    if !(is_web || target.starts_with('/') && !target.starts_with("//")) {
        let hint = "write a source file inside content/ (/world/vote.md), a path on this site, a full URL, or `gone`";
        return Err(bad(path, target, format!("`{shown}` cannot redirect to `{escaped}`")).hint(hint));
    }
    check_rest(&from, target).map_err(|why| {
        bad(path, target, format!("`{shown}` cannot redirect to `{escaped}`: {why}"))
            .hint(format!("write it like this: /old/*: /new/{REST}"))
    })?;
    Ok(OldPattern { written, from, target: Some(target.to_owned()) })
}

/// Checks the placeholder in a target: it must be at the end, after a slash and after the host, so that no request can
/// redirect to another site.
fn check_rest(from: &OldUrl, target: &str) -> Result<(), &'static str> {
    let Some((before, after)) = target.split_once(REST) else {
        return match target.contains('*') && matches!(from, OldUrl::Below(_)) {
            true => Err("a target uses `:splat` for the part that `*` matches"),
            false => Ok(()),
        };
    };
    if !matches!(from, OldUrl::Below(_)) {
        return Err("`:splat` is the part that `*` matches, but the old path has no `*`");
    }
    let path = before.split_once("://").map_or(before, |(_, rest)| &rest[rest.find('/').unwrap_or(rest.len())..]);
    match after.is_empty() && path.ends_with('/') && !before.contains(['?', '#', '*']) {
        true => Ok(()),
        false => Err("`:splat` must be at the end, after a slash"),
    }
}

fn bad(path: &str, value: &str, message: String) -> Diagnostic {
    Diagnostic::new(Code::BadRedirect, REDIRECTS_FILE, message).in_key(path, value)
}
