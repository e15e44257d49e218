//! `_redirects` and `_headers` for Netlify and Cloudflare Pages, with one line for each rule.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use crate::config::{Host, REST};
use crate::plan::RedirectTarget;

use super::headers::{HashedFiles, IMMUTABLE};
use super::patterns::supports_folder;
use super::{GONE_PAGE, HostRules, LimitedRules, NOTE, TEXTS, encoded};

/// Netlify's `_redirects`. With `!` a rule applies even if a file exists; a slash at the end makes no difference; with
/// a status that is not a redirect, the target is shown at the old path
/// (<https://docs.netlify.com/routing/redirects/redirect-options/>).
pub(super) fn netlify(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    let gone_page = rules.config.base_url.path_of(GONE_PAGE);
    for entry in &rules.patterns.queries {
        let Some(path) = entry.forms().last() else { continue };
        let (to, status) = entry.to.map_or((gone_page.as_str(), 410), |url| (url, 301));
        let parameters = entry.query.text().replace('&', " ");
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
    // The host does not serve the files that it reads.
    let not_found = rules.config.base_url.path_of("404.html");
    let files = rules.config.hosts.iter().flat_map(|host| host.files());
    let hidden: BTreeSet<&str> =
        files.filter_map(|file| file.split('/').next()).filter(|name| name.starts_with('.')).collect();
    for folder in hidden {
        let path = rules.config.base_url.path_of(folder);
        let _ = write!(text, "{path} {not_found} 404!\n{path}/* {not_found} 404!\n");
    }
    // Cloudflare finds the nearest 404.html by itself.
    for (folder, page) in rules.not_found_pages() {
        let base = &rules.config.base_url;
        let _ = writeln!(text, "{}* {} 404", base.path_of(folder), base.path_of(&page));
    }
    text
}

/// The largest number of rules without a wildcard on Cloudflare.
const STATIC_RULES: usize = 2_000;
/// The longest rule on Cloudflare, in characters.
const RULE_CHARACTERS: usize = 1_000;

/// The `_redirects` of Cloudflare Pages: rules apply even if a file exists, each for its exact path, and cannot express
/// that content is gone (<https://developers.cloudflare.com/pages/configuration/redirects/>).
pub(super) fn cloudflare<'r>(rules: &'r HostRules<'_>) -> LimitedRules<'r> {
    let mut file =
        LimitedRules { text: NOTE.to_owned(), limit: STATIC_RULES, written: 0, omitted: 0, followed: Vec::new() };
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
        if supports_folder(Host::Cloudflare, at, folder, rules) {
            let _ = writeln!(file.text, "{}* {to} 301", encoded(&folder.path));
        }
    }
    file
}

/// The largest number of rules in `_headers` on Cloudflare Pages; themes with more files get rules only for the first
/// ones.
const HEADER_RULES: usize = 100;

/// `_headers` for both hosts, which send the headers of all matching rules. Neither host needs a cache lifetime for
/// pages: both let browsers revalidate each time, and drop their own copies with each deployment
/// (<https://docs.netlify.com/routing/headers/>, <https://developers.cloudflare.com/pages/configuration/headers/>: 100
/// rules, 2,000 characters a line).
pub(super) fn headers(rules: &HostRules<'_>, host: Host) -> String {
    let prefix = encoded(rules.config.base_url.prefix());
    let mut text = format!("{NOTE}{prefix}*\n");
    for (name, value) in rules.headers.all() {
        let _ = writeln!(text, "  {name}: {value}");
    }
    let own = rules.headers.own_caching();
    if let Some(value) = own {
        let _ = writeln!(text, "  Cache-Control: {value}");
    }
    for (extension, kind) in TEXTS {
        let _ = writeln!(text, "{prefix}*.{extension}\n  Content-Type: {kind}; charset=utf-8");
    }
    // Netlify joins the values of all matching rules, and has no way to avoid it.
    if own.is_some() && host == Host::Netlify {
        return text;
    }
    let HashedFiles { folders, files } = rules.headers.hashed();
    let folders = folders.iter().map(|folder| format!("{prefix}{folder}*"));
    let paths = folders.chain(files.iter().map(|file| rules.config.base_url.path_of(file)));
    for path in paths.take(HEADER_RULES - 1 - TEXTS.len()) {
        // Without this line the host would join the values of both rules.
        let forget = if own.is_some() { "  ! Cache-Control\n" } else { "" };
        let _ = write!(text, "{path}\n{forget}  Cache-Control: {IMMUTABLE}\n");
    }
    text
}
