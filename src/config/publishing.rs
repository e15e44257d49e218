//! Settings in `site.yaml` for search engines, hosts and formats other than HTML.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::lenient::strings;
use crate::yaml;

use super::ConfigCheck;

/// An optional output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtraOutput {
    /// `article.json` beside each article: IPTC ninjs 3.
    Ninjs,
    /// The article as Markdown, beside its page.
    Markdown,
    /// `llms.txt`: <https://llmstxt.org>.
    Llms,
    /// A light text version of every page in `text/`, without pictures and styles.
    Text,
}

/// A host that reads its own files for redirects and headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Host {
    /// Netlify.
    Netlify,
    /// Cloudflare Pages.
    Cloudflare,
    /// The Apache HTTP server.
    Apache,
    /// nginx.
    Nginx,
    /// Caddy.
    Caddy,
    /// Vercel.
    Vercel,
    /// Firebase Hosting.
    Firebase,
    /// Amazon S3, as a website.
    S3,
}

impl Host {
    /// The name in `site.yaml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Host::Netlify => "netlify",
            Host::Cloudflare => "cloudflare",
            Host::Apache => "apache",
            Host::Nginx => "nginx",
            Host::Caddy => "caddy",
            Host::Vercel => "vercel",
            Host::Firebase => "firebase",
            Host::S3 => "s3",
        }
    }

    /// True if the host can answer 410 for content that is gone for good (RFC 9110, section 15.5.11).
    pub fn supports_gone(self) -> bool {
        match self {
            Host::Netlify | Host::Apache | Host::Nginx | Host::Caddy => true,
            Host::Cloudflare | Host::Vercel | Host::Firebase | Host::S3 => false,
        }
    }

    /// True if the host can send custom headers.
    pub fn supports_headers(self) -> bool {
        self != Host::S3
    }

    /// True if the host's file can express a header value without changing it.
    pub fn can_send(self, value: &str) -> bool {
        let has_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        match self {
            // Backslashes escape the braces of placeholders, but `import` removes them; `{$` is replaced before
            // anything else; there is no third kind of quotes (<https://caddyserver.com/docs/caddyfile/concepts>).
            Host::Caddy => {
                let is_escape = value.contains("\\{") || value.contains("\\}") || value.contains("{$");
                !(is_escape || value.contains('\\') && value.contains('`'))
            }
            // <https://developers.cloudflare.com/pages/configuration/headers/>
            Host::Cloudflare => !value.contains(":splat"),
            // `$1` refers to a group of the pattern, a regular expression.
            Host::Vercel => !value.split('$').skip(1).any(has_digit),
            Host::Netlify | Host::Apache | Host::Nginx | Host::Firebase | Host::S3 => true,
        }
    }

    /// The files that the host reads, relative to the output folder. Those of servers are in folders that begin with a
    /// dot, which the files themselves hide from readers.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Host::Netlify | Host::Cloudflare => &["_headers", "_redirects"],
            Host::Apache => {
                &[".htaccess", ".apache/vhost.conf", ".apache/moved.txt", ".apache/gone.txt", ".apache/queries.txt"]
            }
            Host::Nginx => &[".nginx/http.conf", ".nginx/server.conf"],
            Host::Caddy => &[".caddy/site.caddy"],
            Host::Vercel => &["vercel.json"],
            Host::Firebase => &["firebase.json"],
            Host::S3 => &[".s3/website.json"],
        }
    }
}

/// Headers that differ between responses: servers describe with them the bytes and the connection (RFC 9110, sections
/// 6.6, 7.6.1, 8, 10.2, 11.6 and 14; RFC 9112, section 6.1; RFC 9530), or set cookies (RFC 6265). Browsers could not
/// read a response with a wrong one, or would redirect readers.
const OF_EACH_ANSWER: [&str; 30] = [
    "accept-ranges",
    "age",
    "allow",
    "connection",
    "content-digest",
    "content-encoding",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "digest",
    "etag",
    "host",
    "keep-alive",
    "last-modified",
    "location",
    "proxy-authenticate",
    "repr-digest",
    "retry-after",
    "set-cookie",
    "set-cookie2",
    "status",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "want-content-digest",
    "www-authenticate",
];

/// Checks that a header can be sent: its name is a token, and its value is visible ASCII with spaces (RFC 9110,
/// sections 5.1 and 5.5).
///
/// # Errors
/// Returns the reason why it cannot be sent.
pub(super) fn check_header(name: &str, value: Option<&str>) -> Result<(), &'static str> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(is_token) {
        return Err("its name is not a valid header name");
    }
    if OF_EACH_ANSWER.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err("it differs between responses, but this one would be sent with all of them");
    }
    let Some(value) = value else { return Ok(()) };
    if value.trim().is_empty() {
        return Err("its value is empty; use `null` to remove the header");
    }
    match value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        true => Ok(()),
        false => Err("its value contains a character that headers cannot carry"),
    }
}

/// Returns the message and hint for a header that one of these hosts would change.
pub(super) fn unsendable(name: &str, value: Option<&str>, hosts: &[Host]) -> Option<(String, String)> {
    let host = hosts.iter().find(|host| value.is_some_and(|value| !host.can_send(value)))?;
    let message = format!("the header `{}` cannot be written for {}", name.escape_debug(), host.as_str());
    Some((message, "that host would substitute something for part of it, and cannot escape it".to_owned()))
}

/// The rule for crawlers that collect text for language models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AiPolicy {
    /// The same as for other crawlers.
    #[default]
    Allow,
    /// They are asked to stay away.
    Deny,
}

/// `robots:` in `site.yaml`: the contents of `robots.txt` (RFC 9309).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robots {
    /// The rule for crawlers of language models.
    #[serde(default)]
    pub ai: AiPolicy,
    /// Paths that no crawler should visit; they begin with a slash.
    #[serde(default)]
    pub disallow: Vec<String>,
}

impl ConfigCheck<'_> {
    /// Checks the paths of `robots`.
    pub(super) fn robots(&mut self, robots: Option<Robots>) -> Option<Robots> {
        for path in robots.iter().flat_map(|robots| &robots.disallow) {
            if !path.starts_with('/') || path.chars().any(|c| c.is_control() || c == '#') {
                let hint = "write a path on this site, such as /search/".to_owned();
                self.report("robots", path, format!("`{}` is not a path", path.escape_debug()), Some(hint));
            }
        }
        robots
    }

    /// The hosts, whose headers are checked; true if the list is written and empty.
    pub(super) fn hosts(
        &mut self,
        written: Option<Vec<Host>>,
        headers: &BTreeMap<String, Option<String>>,
    ) -> (Vec<Host>, bool) {
        let is_without_host = written.as_ref().is_some_and(Vec::is_empty);
        let mut hosts = Vec::new();
        for host in written.unwrap_or_default() {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        if hosts.contains(&Host::Netlify) && hosts.contains(&Host::Cloudflare) {
            let message = "netlify and cloudflare read files with the same names but different formats".to_owned();
            let hint = "keep the one that you publish to".to_owned();
            self.report("hosts", "cloudflare", message, Some(hint));
        }
        self.headers(headers, &hosts);
        (hosts, is_without_host)
    }

    fn headers(&mut self, headers: &BTreeMap<String, Option<String>>, hosts: &[Host]) {
        for (name, value) in headers {
            let shown = name.escape_debug();
            if let Err(why) = check_header(name, value.as_deref()) {
                let hint = "use letters, digits and hyphens in the name, and one line of ASCII as the value".to_owned();
                self.report("headers", name, format!("the header `{shown}` cannot be sent: {why}"), Some(hint));
            } else if headers.keys().any(|other| other < name && other.eq_ignore_ascii_case(name)) {
                self.report("headers", name, format!("the header `{shown}` is given twice"), None);
            } else if let Some((message, hint)) = unsendable(name, value.as_deref(), hosts) {
                self.report("headers", name, message, Some(hint));
            }
        }
    }
}

/// Returns every string in `site.yaml` except the patterns of `publish`, the targets of `deploy` and the files of
/// `tolerate`.
pub(super) fn texts_of(text: &str) -> Vec<String> {
    let Ok(Value::Object(mut values)) = yaml::parse(text.trim_start_matches('\u{feff}')) else { return Vec::new() };
    values.remove("publish");
    values.remove("deploy");
    values.remove("tolerate");
    values.values().flat_map(strings).map(str::to_owned).collect()
}
