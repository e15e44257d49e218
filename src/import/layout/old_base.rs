//! The old site's host names and path prefix, and references to it.

use percent_encoding::percent_decode_str;

use crate::unicode::composed;

/// The old site's host names and path prefix.
#[derive(Debug, Clone, Default)]
pub struct OldBase {
    /// Host names in lower case, without `www.`.
    hosts: Vec<String>,
    /// The path prefix with slashes at both ends.
    prefix: String,
}

/// A reference as the old site wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OldReference {
    /// A path on the old site.
    Here {
        /// The path below the site's root, percent-decoded, without a leading slash.
        path: String,
        /// The query without `?`.
        query: Option<String>,
        /// The fragment with `#`, or nothing.
        fragment: String,
        /// True if the path began with a slash or a host; false if it is relative.
        is_rooted: bool,
    },
    /// Another site, or another scheme.
    Elsewhere,
}

impl OldBase {
    /// The base of a site at `base_url` that also answers at other hosts.
    pub fn new(base_url: Option<&str>, other_hosts: &[String]) -> OldBase {
        let (host, prefix) = match base_url.and_then(|url| url.split_once("://")) {
            Some((_, rest)) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => ("", "/"),
        };
        let hosts = other_hosts.iter().map(String::as_str).chain([host]).filter(|host| !host.is_empty());
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { "/".to_owned() } else { format!("/{prefix}/") };
        OldBase { hosts: hosts.map(bare_host).collect(), prefix }
    }

    /// True for a host name of the old site.
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.contains(&bare_host(host))
    }

    /// Reads a reference. `None` for an empty one and a fragment alone.
    pub fn read(&self, reference: &str) -> Option<OldReference> {
        let reference = reference.trim();
        let rest = match reference.split_once("://") {
            Some((scheme, rest)) if matches!(&*scheme.to_ascii_lowercase(), "http" | "https") => Some(rest),
            Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                return Some(OldReference::Elsewhere);
            }
            _ => reference.strip_prefix("//"),
        };
        let (path, is_rooted) = match rest {
            Some(rest) => {
                let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
                if !self.has_host(host) {
                    return Some(OldReference::Elsewhere);
                }
                (path, true)
            }
            None => (reference, reference.starts_with('/')),
        };
        if rest.is_none() && has_scheme(path) {
            return Some(OldReference::Elsewhere);
        }
        let (path, fragment) = path.find('#').map_or((path, ""), |at| path.split_at(at));
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        if path.is_empty() && query.is_none() && rest.is_none() {
            return None;
        }
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let below = match is_rooted {
            true => decoded.strip_prefix(&*self.prefix).unwrap_or_else(|| decoded.trim_start_matches('/')),
            false => &*decoded,
        };
        Some(OldReference::Here {
            path: composed(below).into_owned(),
            query: query.filter(|query| !query.is_empty()).map(str::to_owned),
            fragment: fragment.to_owned(),
            is_rooted,
        })
    }
}

/// A host name without its port and `www.`, in lower case.
fn bare_host(host: &str) -> String {
    let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    host.strip_prefix("www.").map(str::to_owned).unwrap_or(host)
}

/// True for `mailto:…` and the like; a colon after a slash is part of a path.
fn has_scheme(path: &str) -> bool {
    let Some((scheme, _)) = path.split_once(':') else { return false };
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(is_scheme)
}

/// The form in which old URLs are compared: decoded, composed, without slashes at the ends and without `index.html`.
pub fn url_key(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let path = composed(&decoded);
    let path = path.strip_suffix("index.html").or_else(|| path.strip_suffix("index.htm")).unwrap_or(&path);
    let path = path.trim_end_matches('/');
    match query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}
