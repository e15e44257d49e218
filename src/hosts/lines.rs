//! `_redirects` and `_headers`, of which Netlify and Cloudflare Pages read one line for each rule.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{Host, REST};
use crate::plan::RedirectTarget;

use super::headers::{Files, IMMUTABLE};
use super::patterns::takes_folder;
use super::{GONE_PAGE, Limited, NOTE, Rules, TEXTS};

/// What stays in a path as browsers send it (RFC 3986, `pchar`), but for `:` and `*`, which mean placeholders here.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// A decoded path as browsers send it.
pub(super) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// Netlify's `_redirects`. A `!` lets a rule count although a file is there; a slash at the end makes no difference;
/// with a status that is no redirect, the target is shown under the old path
/// (<https://docs.netlify.com/routing/redirects/redirect-options/>).
pub(super) fn netlify(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    let gone_page = rules.config.base_url.path_of(GONE_PAGE);
    for asked in &rules.patterns.queries {
        let Some(path) = asked.forms().last() else { continue };
        let (to, status) = asked.to.map_or((gone_page.as_str(), 410), |url| (url, 301));
        let parameters = asked.query.text().replace('&', " ");
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{} {parameters} {to} {status}!", encoded(path));
    }
    for moved in &rules.moved {
        let _ = writeln!(text, "{} {} 301!", encoded(&moved.from.path), moved.to);
    }
    for gone in &rules.gone {
        let page = rules.config.base_url.path_of(&gone.page);
        let _ = writeln!(text, "{} {page} 410!", encoded(&gone.old.path));
    }
    for folder in &rules.patterns.folders {
        let path = encoded(&folder.path);
        let _ = match folder.to {
            RedirectTarget::Gone => writeln!(text, "{path}* {gone_page} 410"),
            RedirectTarget::To(url) => writeln!(text, "{path}* {url} 301"),
            RedirectTarget::Below(url) => writeln!(text, "{path}* {url}{REST} 301"),
        };
    }
    // What it reads itself it shows nobody.
    let not_found = rules.config.base_url.path_of("404.html");
    let files = rules.config.hosts.iter().flat_map(|host| host.files());
    let hidden: BTreeSet<&str> =
        files.filter_map(|file| file.split('/').next()).filter(|name| name.starts_with('.')).collect();
    for folder in hidden {
        let path = rules.config.base_url.path_of(folder);
        let _ = write!(text, "{path} {not_found} 404!\n{path}/* {not_found} 404!\n");
    }
    text
}

/// How many rules without a wildcard Cloudflare takes.
const STATIC_RULES: usize = 2_000;
/// How many characters a rule may have there.
const RULE_CHARACTERS: usize = 1_000;

/// The `_redirects` of Cloudflare Pages: rules count although a file is there, each for its very path, and cannot say
/// that something is gone (<https://developers.cloudflare.com/pages/configuration/redirects/>).
pub(super) fn cloudflare<'r>(rules: &'r Rules<'_>) -> Limited<'r> {
    let mut file = Limited { text: NOTE.to_owned(), limit: STATIC_RULES, written: 0, omitted: 0, followed: Vec::new() };
    for moved in &rules.moved {
        for form in moved.from.forms() {
            let line = format!("{} {} 301\n", encoded(form), moved.to);
            if file.written < STATIC_RULES && line.len() <= RULE_CHARACTERS {
                file.text.push_str(&line);
                file.written += 1;
                file.followed.push(form);
            } else {
                file.omitted += 1;
            }
        }
    }
    for (at, folder) in rules.patterns.folders.iter().enumerate() {
        let to = match folder.to {
            RedirectTarget::To(url) => Cow::Borrowed(url.as_str()),
            RedirectTarget::Below(url) => Cow::Owned(format!("{url}{REST}")),
            RedirectTarget::Gone => continue,
        };
        if takes_folder(Host::Cloudflare, at, folder, rules) {
            let _ = writeln!(file.text, "{}* {to} 301", encoded(&folder.path));
        }
    }
    file
}

/// How many rules `_headers` may have on Cloudflare Pages; those for a theme with more files are left out.
const HEADER_RULES: usize = 100;

/// `_headers` for both: headers of all matching rules are sent. Neither host needs to be told how long pages may be
/// kept: both let browsers ask again each time, and forget their own copies with each publication
/// (<https://docs.netlify.com/routing/headers/>, <https://developers.cloudflare.com/pages/configuration/headers/>:
/// 100 rules, 2,000 characters a line).
pub(super) fn headers(rules: &Rules<'_>, host: Host) -> String {
    let prefix = encoded(rules.config.base_url.prefix());
    let mut text = format!("{NOTE}{prefix}*\n");
    for (name, value) in rules.headers.all() {
        let _ = writeln!(text, "  {name}: {value}");
    }
    let own = rules.headers.own_caching();
    if let Some(value) = own {
        let _ = writeln!(text, "  Cache-Control: {value}");
    }
    for (ending, kind) in TEXTS {
        let _ = writeln!(text, "{prefix}*.{ending}\n  Content-Type: {kind}; charset=utf-8");
    }
    // Netlify joins the values of all matching rules, and knows no way out.
    if own.is_some() && host == Host::Netlify {
        return text;
    }
    let paths: Vec<String> = match rules.headers.hashed() {
        Files::Folder(folder) => vec![format!("{prefix}{folder}*")],
        Files::Named(files) => {
            files.iter().take(HEADER_RULES - 1 - TEXTS.len()).map(|file| rules.config.base_url.path_of(file)).collect()
        }
    };
    for path in paths {
        // Without this line the values of both rules would be joined.
        let forget = if own.is_some() { "  ! Cache-Control\n" } else { "" };
        let _ = write!(text, "{path}\n{forget}  Cache-Control: {IMMUTABLE}\n");
    }
    text
}
