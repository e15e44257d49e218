//! The files that tell hosts of old addresses and headers, each in its host's own form.

mod apache;
mod caddy;
mod headers;
mod json;
mod lines;
mod nginx;
mod patterns;
mod policy;
mod uses;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::config::{self, Config, Host};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Plan;
use crate::route::Route;

use headers::Headers;
use patterns::Patterns;

pub use uses::{Uses, without, without_comments};

/// Everything that hosts are told.
#[derive(Debug)]
pub struct Rules<'a> {
    /// Old paths that lead on, in order.
    moved: Vec<Moved>,
    /// Old paths of what is gone for good, in order.
    gone: Vec<Gone>,
    /// Old addresses that are more or less than a path.
    patterns: Patterns<'a>,
    headers: Headers,
    config: &'a Config,
    /// Every file of the site, in order, for the hosts whose rules depend on what else there is.
    files: Vec<&'a str>,
    /// The files for hosts that are not the newsroom's own.
    written: Vec<(Host, &'static str)>,
}

/// What a host answers where there is something else to say than what a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instead<'r> {
    /// It is elsewhere for good (RFC 9110, section 15.4.2): root-relative or absolute, percent-encoded.
    Moved(Cow<'r, str>),
    /// It is gone for good (section 15.5.11): the file of the page that says so, below the output folder.
    Gone(&'r str),
}

/// An old path that leads on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    from: OldUrl,
    /// Root-relative or absolute, percent-encoded.
    to: String,
}

/// An old path of what is gone for good.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Gone {
    old: OldUrl,
    /// The file of the page that tells so, below the output folder.
    page: String,
    /// Whether that page is at the old path itself.
    has_tombstone: bool,
}

/// An old path as readers ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OldUrl {
    /// The path, decoded, with the prefix under which the site lives: `/news/old/story/`.
    path: String,
    /// Whether it is asked for without the slash at its end too.
    is_folder: bool,
    /// The file at the old path, below the output folder.
    file: String,
}

impl OldUrl {
    /// The ways in which it is asked for, decoded: with and without the slash at the end.
    fn forms(&self) -> impl Iterator<Item = &str> {
        let bare = self.is_folder.then(|| self.bare());
        bare.into_iter().chain([self.path.as_str()])
    }

    /// Without the slash at the end.
    fn bare(&self) -> &str {
        self.path.strip_suffix('/').filter(|_| self.is_folder).unwrap_or(&self.path)
    }
}

impl<'a> Rules<'a> {
    /// Collects what hosts are told of a site whose theme uses this.
    pub fn new(plan: &'a Plan, config: &'a Config, uses: &Uses) -> Rules<'a> {
        let prefix = percent_decode_str(config.base_url.prefix()).decode_utf8_lossy();
        let old = |route: &Route| {
            let path = [&prefix, route.path()].concat();
            let bare = route.path().strip_suffix('/');
            let is_folder = bare.is_some_and(|bare| plan.output_at(bare).is_none());
            OldUrl { path, is_folder, file: route.as_str().to_owned() }
        };
        let redirects = plan.redirecting(config);
        let mut moved: Vec<Moved> = redirects.map(|(route, to)| Moved { from: old(route), to }).collect();
        moved.sort_by(|one, other| one.from.path.cmp(&other.from.path));
        let gone = plan.gone().iter().map(|gone| Gone {
            old: old(&gone.route),
            page: gone.page.as_str().to_owned(),
            has_tombstone: gone.page == gone.route,
        });
        let gone: Vec<Gone> = gone.collect();
        let mut files: Vec<&str> = Vec::new();
        if config.hosts.iter().any(|host| matches!(host, Host::Apache | Host::S3)) {
            files.extend(plan.outputs.iter().map(|output| output.route.as_str()));
            files.sort_unstable();
        }
        let patterns = Patterns::new(plan, config, &gone);
        Rules {
            moved,
            gone,
            patterns,
            headers: Headers::new(plan, config, uses),
            config,
            files,
            written: plan.host_files().collect(),
        }
    }

    /// The path of a file below the output folder with the prefix under which the site lives, decoded.
    fn decoded(&self, file: &str) -> String {
        let prefix = percent_decode_str(self.config.base_url.prefix()).decode_utf8_lossy();
        [&*prefix, file].concat()
    }

    /// A file for a host, by its name in [`Host::files`].
    pub fn file(&self, host: Host, name: &str) -> Vec<u8> {
        let text = match (host, name) {
            (Host::Netlify, "_redirects") => lines::netlify(self),
            (Host::Cloudflare, "_redirects") => lines::cloudflare(self).text,
            (Host::Netlify | Host::Cloudflare, _) => lines::headers(self, host),
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

    /// What a host answers instead of a file, at a path as readers ask for it: decoded, with the prefix under which the
    /// site lives, and its query. What a file of the newsroom's own tells the host is not known here.
    pub fn instead(&self, host: Host, path: &str, query: Option<&str>) -> Option<Instead<'_>> {
        if !self.redirects(host) {
            return None;
        }
        if let Some(found) = self.patterns.of_query(host, path, query) {
            return Some(found);
        }
        let is_asked = |old: &OldUrl| old.forms().any(|form| form == path);
        if let Some(moved) = self.moved.iter().find(|moved| is_asked(&moved.from)) {
            return self.follows(host, moved, path).then(|| Instead::Moved(with_query(&moved.to, query)));
        }
        let gone = self.gone.iter().filter(|_| host.tells_gone()).find(|gone| is_asked(&gone.old));
        let gone = gone.map(|gone| Instead::Gone(&gone.page));
        gone.or_else(|| self.patterns.of_folder(host, path, query))
    }

    /// Whether a host's file has a rule for one of an old path's forms.
    fn follows(&self, host: Host, moved: &Moved, form: &str) -> bool {
        match host {
            Host::Cloudflare | Host::Vercel | Host::S3 => {
                self.limited(host).is_none_or(|limited| limited.followed.contains(&form))
            }
            Host::Apache => apache::target(&moved.to).is_some(),
            Host::Caddy => caddy::is_plain(form),
            Host::Netlify | Host::Nginx | Host::Firebase => true,
        }
    }

    /// The headers of every answer of a host, in order.
    pub fn headers(&self, host: Host) -> impl Iterator<Item = (&str, &str)> {
        let is_told =
            host.takes_headers() && host.files().iter().all(|&name| name == REDIRECTS || self.writes(host, name));
        self.headers.all().filter(move |_| is_told)
    }

    /// Whether a host's redirects are Presswork's and not the newsroom's own.
    fn redirects(&self, host: Host) -> bool {
        host.files().iter().all(|&name| name == HEADERS || self.writes(host, name))
    }

    fn writes(&self, host: Host, name: &'static str) -> bool {
        self.written.contains(&(host, name))
    }

    /// The redirects of a host that takes only so many.
    fn limited(&self, host: Host) -> Option<Limited<'_>> {
        match host {
            Host::Cloudflare => Some(lines::cloudflare(self)),
            Host::Vercel => Some(json::vercel(self)),
            Host::S3 => Some(json::s3(self)),
            _ => None,
        }
    }

    /// Warns of each host whose limit leaves rules out of the file that is written for it, and of what no file holds.
    pub fn limits(&self) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        for &host in self.config.hosts.iter().filter(|&&host| self.redirects(host)) {
            let name = host.as_str();
            let mut warn = |message: String, hint: &str| {
                let warning = Diagnostic::new(Code::HostLimit, config::FILE, message);
                warnings.push(warning.in_key("hosts", name).hint(hint));
            };
            if let Some(Limited { written, limit, omitted, .. }) = self.limited(host)
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
            let left_out: Vec<&str> = self.patterns.left_out(host, self).collect();
            if !left_out.is_empty() {
                warn(left_out_of(name, &left_out), "such a URL has no page: readers get the 404 page");
            }
        }
        if self.config.hosts.is_empty() {
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

/// How many rules `.htaccess` has before they make every answer noticeably slower: with 200 Apache gives a quarter of
/// the answers a second that it gives without any.
const HTACCESS_RULES: usize = 200;
/// How many addresses a warning names.
const NAMED: usize = 5;

fn left_out_of(host: &str, left_out: &[&str]) -> String {
    let named: Vec<String> = left_out.iter().take(NAMED).map(|written| format!("`{written}`")).collect();
    let more = and_more(left_out.len() - named.len());
    format!("{host} has no rule for {}{more}", named.join(", "))
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

/// A target with the query that an old address is asked for with, unless it has one of its own.
fn with_query<'u>(url: &'u str, query: Option<&str>) -> Cow<'u, str> {
    let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    match query {
        Some(query) if !path.contains('?') => Cow::Owned(format!("{path}?{query}{fragment}")),
        _ => Cow::Borrowed(url),
    }
}

/// The files of hosts that have one for headers alone, and one for redirects.
const HEADERS: &str = "_headers";
const REDIRECTS: &str = "_redirects";

/// A host's file of which a limit may have left rules out.
struct Limited<'r> {
    text: String,
    /// How many rules the host takes.
    limit: usize,
    written: usize,
    omitted: usize,
    /// The paths that have a rule, as readers ask for them.
    followed: Vec<&'r str>,
}

/// The page of what is gone for good and has no tombstone.
const GONE_PAGE: &str = "410.html";

/// What no reader may see, as a regular expression on a decoded path: the files for hosts, in whatever folder the site
/// lies, and the list of the published files. They name what a court has had removed.
const HIDDEN: &str = "(?:^|/)(?:\\.(?:nginx|caddy|apache|s3|htaccess|presswork[^/]*)|_redirects|_headers|vercel\\.json|firebase\\.json)(?:/|$)";

/// Texts: how their names end, and their media types (RFC 2046; RFC 7763; <http://opml.org/spec2.opml>).
const TEXTS: &[(&str, &str)] = &[("txt", "text/plain"), ("md", "text/markdown"), ("opml", "text/x-opml")];

/// What stands at the top of every file that can hold a comment.
const NOTE: &str = "# Written by Presswork from redirects.yaml, aliases, withdrawn articles and site.yaml. Don't edit it:\n\
    # the next build writes it again. A file of the same name in content/static/ takes its place.\n";

/// Text between quotes of a kind that only themselves and backslashes end, as Apache, nginx and Caddy
/// (<https://caddyserver.com/docs/caddyfile/concepts#tokens-and-quotes>) have them.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The same with its quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}
