//! Configuration files for hosts: redirects and headers, in the format of each host.
//!
//! No path, target or header can end the syntax that it is written in; each host has its own escaping, and what a
//! host's syntax can't hold is left out, since the page at the old URL redirects anyway.

mod apache;
mod by_language;
mod caddy;
mod headers;
mod json;
mod netlify_cloudflare;
mod nginx;
mod patterns;
mod content_security_policy;
mod stored;
mod theme_uses;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::config::{self, Config, Host};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Plan;
use crate::route::Route;

use by_language::LanguageRule;
use headers::Headers;
use patterns::Patterns;

pub use stored::{StoredHeaders, is_host_file};
pub use theme_uses::{ThemeUses, without, without_comments};

/// The redirects and headers of a site.
#[derive(Debug)]
pub struct HostRules<'a> {
    /// Old paths that redirect, in order.
    moved: Vec<RedirectRule>,
    /// Old paths of content that is gone for good, in order.
    gone: Vec<GoneRule>,
    /// Old URLs with a query or `*`.
    patterns: Patterns<'a>,
    /// The editions to which the front page redirects by language.
    by_language: Vec<LanguageRule>,
    headers: Headers,
    config: &'a Config,
    /// Every file of the site, in order, for hosts whose rules depend on the other files.
    files: Vec<&'a str>,
    /// The host files that Presswork writes, because the newsroom has none of its own.
    written: Vec<(Host, &'static str)>,
}

/// A host's response where it is not a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostAnswer<'r> {
    /// A permanent redirect (RFC 9110, section 15.4.2): root-relative or absolute, percent-encoded.
    Moved(Cow<'r, str>),
    /// Gone for good (section 15.5.11): the file of the 410 page, relative to the output folder.
    Gone(&'r str),
}

/// An old path that redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RedirectRule {
    from: RequestPath,
    /// The target: root-relative or absolute, percent-encoded.
    to: String,
}

/// An old path of content that is gone for good.
#[derive(Debug, Clone, PartialEq, Eq)]
struct GoneRule {
    old: RequestPath,
    /// The file of its 410 page, relative to the output folder.
    page: String,
    /// True if that page is at the old path itself.
    has_tombstone: bool,
}

/// An old path as readers request it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RequestPath {
    /// The decoded path with the site's prefix: `/news/old/story/`.
    path: String,
    /// True if readers also request it without the slash at its end.
    is_folder: bool,
    /// The file at the old path, relative to the output folder.
    file: String,
}

impl RequestPath {
    /// The decoded forms in which readers request it: with and without the slash at the end.
    fn forms(&self) -> impl Iterator<Item = &str> {
        let bare = self.is_folder.then(|| self.bare());
        bare.into_iter().chain([self.path.as_str()])
    }

    /// The path without the slash at the end.
    fn bare(&self) -> &str {
        self.path.strip_suffix('/').filter(|_| self.is_folder).unwrap_or(&self.path)
    }
}

impl<'a> HostRules<'a> {
    /// Collects the redirects and headers of a site whose theme uses this.
    pub fn new(plan: &'a Plan, config: &'a Config, uses: &ThemeUses) -> HostRules<'a> {
        let prefix = percent_decode_str(config.base_url.prefix()).decode_utf8_lossy();
        let old = |route: &Route| {
            let path = [&prefix, route.path()].concat();
            let bare = route.path().strip_suffix('/');
            let is_folder = bare.is_some_and(|bare| plan.output_at(bare).is_none());
            RequestPath { path, is_folder, file: route.as_str().to_owned() }
        };
        let redirects = plan.redirecting(config);
        let mut moved: Vec<RedirectRule> = redirects.map(|(route, to)| RedirectRule { from: old(route), to }).collect();
        moved.sort_by(|one, other| one.from.path.cmp(&other.from.path));
        let gone = plan.gone().iter().map(|gone| GoneRule {
            old: old(&gone.route),
            page: gone.page.as_str().to_owned(),
            has_tombstone: gone.page == gone.route,
        });
        let gone: Vec<GoneRule> = gone.collect();
        let mut files: Vec<&str> = Vec::new();
        if config.hosts.iter().any(|host| matches!(host, Host::Apache | Host::S3)) {
            files.extend(plan.outputs.iter().map(|output| output.route.as_str()));
            files.sort_unstable();
        }
        let patterns = Patterns::new(plan, config, &gone);
        HostRules {
            moved,
            gone,
            patterns,
            by_language: by_language::rules(config),
            headers: Headers::new(plan, config, uses),
            config,
            files,
            written: plan.host_files().collect(),
        }
    }

    /// The folder of each edition but the main one, and its 404 page, below the site's root.
    fn not_found_pages(&self) -> impl Iterator<Item = (&str, String)> {
        self.config.others.iter().map(|of| (of.edition.path.as_str(), of.edition_path("404.html")))
    }

    /// The decoded path of an output file with the site's prefix.
    fn decoded(&self, file: &str) -> String {
        let prefix = percent_decode_str(self.config.base_url.prefix()).decode_utf8_lossy();
        [&*prefix, file].concat()
    }

    /// The contents of a host's file, by its name in [`Host::files`].
    pub fn file(&self, host: Host, name: &str) -> Vec<u8> {
        let text = match (host, name) {
            (Host::Netlify, "_redirects") => netlify_cloudflare::netlify(self),
            (Host::Cloudflare, "_redirects") => netlify_cloudflare::cloudflare(self).text,
            (Host::Netlify | Host::Cloudflare, _) => netlify_cloudflare::headers(self, host),
            (Host::Apache, ".apache/vhost.conf") => apache::vhost(self),
            (Host::Apache, ".apache/moved.txt") => apache::moved_table(self),
            (Host::Apache, ".apache/gone.txt") => apache::gone_table(self),
            (Host::Apache, ".apache/queries.txt") => apache::queries_table(self),
            (Host::Apache, _) => apache::htaccess(self),
            (Host::Nginx, ".nginx/http.conf") => nginx::maps(self),
            (Host::Nginx, _) => nginx::server(self),
            (Host::Caddy, _) => caddy::snippet(self),
            (Host::Vercel, _) => json::vercel(self).text,
            (Host::Firebase, _) => json::firebase(self),
            (Host::S3, _) => json::s3(self).text,
        };
        text.into_bytes()
    }

    /// The response of a host instead of a file, for a requested path (decoded, with the site's prefix) and query. The
    /// newsroom's own host files are not taken into account.
    pub fn answer(&self, host: Host, path: &str, query: Option<&str>) -> Option<HostAnswer<'_>> {
        if !self.redirects(host) {
            return None;
        }
        if let Some(found) = self.patterns.of_query(host, path, query) {
            return Some(found);
        }
        let matches = |old: &RequestPath| old.forms().any(|form| form == path);
        if let Some(moved) = self.moved.iter().find(|moved| matches(&moved.from)) {
            return self.has_rule(host, moved, path).then(|| HostAnswer::Moved(with_query(&moved.to, query)));
        }
        let gone = self.gone.iter().filter(|_| host.supports_gone()).find(|gone| matches(&gone.old));
        let gone = gone.map(|gone| HostAnswer::Gone(&gone.page));
        gone.or_else(|| self.patterns.of_folder(host, path, query))
    }

    /// True if a host's file has a rule for one of an old path's forms.
    fn has_rule(&self, host: Host, moved: &RedirectRule, form: &str) -> bool {
        match host {
            Host::Cloudflare | Host::Vercel | Host::S3 => {
                self.limited(host).is_none_or(|limited| limited.followed.contains(&form))
            }
            Host::Apache => apache::target(&moved.to).is_some(),
            Host::Caddy => caddy::is_plain(form),
            Host::Netlify | Host::Nginx | Host::Firebase => true,
        }
    }

    /// The headers of every response of a host, in order.
    pub fn headers(&self, host: Host) -> impl Iterator<Item = (&str, &str)> {
        let is_told =
            host.supports_headers() && host.files().iter().all(|&name| name == REDIRECTS || self.writes(host, name));
        self.headers.all().filter(move |_| is_told)
    }

    /// True if Presswork writes a host's redirects, not the newsroom.
    fn redirects(&self, host: Host) -> bool {
        host.files().iter().all(|&name| name == HEADERS || self.writes(host, name))
    }

    fn writes(&self, host: Host, name: &'static str) -> bool {
        self.written.contains(&(host, name))
    }

    /// The redirects of a host that accepts a limited number.
    fn limited(&self, host: Host) -> Option<LimitedRules<'_>> {
        match host {
            Host::Cloudflare => Some(netlify_cloudflare::cloudflare(self)),
            Host::Vercel => Some(json::vercel(self)),
            Host::S3 => Some(json::s3(self)),
            _ => None,
        }
    }

    /// Warns about each host whose limit leaves rules out of its file, and about redirects that no file can express.
    pub fn limits(&self) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        for &host in self.config.hosts.iter().filter(|&&host| self.redirects(host)) {
            let name = host.as_str();
            let mut warn = |message: String, hint: &str| {
                let warning = Diagnostic::new(Code::HostLimit, config::FILE, message);
                warnings.push(warning.in_key("hosts", name).hint(hint));
            };
            if let Some(LimitedRules { written, limit, omitted, .. }) = self.limited(host)
                && omitted > 0
            {
                let message =
                    format!("{name} accepts {limit} redirect rules; {written} are written and {omitted} are left out");
                warn(message, "redirects without a rule still work through their pages, which readers hardly notice");
            }
            let count = self.moved.len() + self.gone.len() + self.patterns.written().count();
            if host == Host::Apache && count > HTACCESS_RULES {
                let message = format!("Apache reads the {count} rules of .htaccess again for every request");
                warn(message, "include .apache/vhost.conf in the server's configuration instead: see PUBLISHING.md");
            }
            if !self.by_language.is_empty() && !by_language::supports(host) {
                warn(format!("{name} has no rules that redirect by language"), NOT_BY_LANGUAGE);
            }
            let left_out: Vec<&str> = self.patterns.left_out(host, self).collect();
            if !left_out.is_empty() {
                warn(left_out_of(name, &left_out), "such a URL has no page: readers get the 404 page");
            }
        }
        if self.config.hosts.is_empty() && !self.by_language.is_empty() {
            let warning = Diagnostic::new(Code::HostLimit, config::FILE, "no host redirects by language");
            let hint = "list nginx, apache or caddy under `hosts` in site.yaml";
            warnings.push(warning.in_key("redirect_by_language", "true").hint(hint));
        }
        if self.config.hosts.is_empty() && !self.config.is_without_host {
            let all: Vec<&str> = self.patterns.written().collect();
            if let Some(first) = all.first() {
                let message = format!("no host redirects `{first}`{}", and_more(all.len() - 1));
                let hint = "a URL with a query or `*` cannot have a page: list the host under `hosts` in site.yaml";
                warnings.push(Diagnostic::new(Code::HostLimit, config::FILE, message).hint(hint));
            }
        }
        warnings
    }
}

/// The hint for a host that cannot ask where a reader comes from.
const NOT_BY_LANGUAGE: &str = "its rules would take readers who have chosen the main edition away from it again; nginx, \
                               Apache and Caddy see where a reader comes from";
/// The number of rules above which `.htaccess` makes every response noticeably slower: with 200, Apache serves a
/// quarter of the requests per second that it serves without rules.
const HTACCESS_RULES: usize = 200;
/// The number of URLs that a warning lists.
const NAMED: usize = 5;

fn left_out_of(host: &str, left_out: &[&str]) -> String {
    let named: Vec<String> = left_out.iter().take(NAMED).map(|written| format!("`{written}`")).collect();
    let more = and_more(left_out.len() - named.len());
    format!("{host} has no rule for {}{more}", named.join(", "))
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

/// Appends the request's query to a target, unless it has its own.
fn with_query<'u>(url: &'u str, query: Option<&str>) -> Cow<'u, str> {
    let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    match query {
        Some(query) if !path.contains('?') => Cow::Owned(format!("{path}?{query}{fragment}")),
        _ => Cow::Borrowed(url),
    }
}

/// The files of hosts that have one file for headers and one for redirects.
const HEADERS: &str = "_headers";
const REDIRECTS: &str = "_redirects";

/// A host's file from which a limit may have left rules out.
struct LimitedRules<'r> {
    text: String,
    /// The number of rules that the host accepts.
    limit: usize,
    written: usize,
    omitted: usize,
    /// The paths that have a rule, as readers request them.
    followed: Vec<&'r str>,
}

/// The page of gone content without a tombstone.
const GONE_PAGE: &str = "410.html";

/// The folders of host files, which no reader may see: they name content that a court has had removed.
const HOST_FOLDERS: &[&str] = &[".nginx", ".caddy", ".apache", ".s3"];

/// The host files outside these folders.
const HOST_FILES: &[&str] = &[".htaccess", "_redirects", "_headers", "vercel.json", "firebase.json"];

/// The paths that no reader may see, as a regular expression on a decoded path: the host files, in whatever folder the
/// site is, and the manifest.
fn hidden() -> String {
    let names = || HOST_FOLDERS.iter().chain(HOST_FILES);
    let dotted: Vec<&str> = names().filter_map(|name| name.strip_prefix('.')).chain(["presswork[^/]*"]).collect();
    let plain = names().filter(|name| !name.starts_with('.')).map(|name| name.replace('.', "\\."));
    let plain: Vec<String> = plain.collect();
    format!("(?:^|/)(?:\\.(?:{})|{})(?:/|$)", dotted.join("|"), plain.join("|"))
}

/// The extensions and media types of text files (RFC 2046; RFC 7763; <http://opml.org/spec2.opml>).
const TEXTS: &[(&str, &str)] = &[("txt", "text/plain"), ("md", "text/markdown"), ("opml", "text/x-opml")];

/// The comment at the top of every file that can have one.
const NOTE: &str = "# Written by Presswork from redirects.yaml, aliases, withdrawn articles and site.yaml. Don't edit it:\n\
    # the next build writes it again. A file of the same name in content/static/ takes its place.\n";

/// Escapes text for quotes that only a quote or backslash ends, as in Apache, nginx and Caddy
/// (<https://caddyserver.com/docs/caddyfile/concepts#tokens-and-quotes>).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Quotes and escapes text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The characters that stay unencoded in a path (RFC 3986, `pchar`), except `:` and `*`, which are placeholders here.
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

/// Encodes a decoded path as browsers send it.
fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}
