//! The files that tell hosts of old paths and headers, each in its host's own form.

mod apache;
mod caddy;
mod headers;
mod json;
mod lines;
mod nginx;
mod policy;
mod uses;

use percent_encoding::percent_decode_str;

use crate::config::{self, Config, Host};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::{Plan, Subject};
use crate::route::Route;

use headers::Headers;

pub use uses::Uses;

/// Everything that hosts are told.
#[derive(Debug)]
pub struct Rules<'a> {
    /// Old paths that lead on, in order.
    moved: Vec<Moved>,
    /// Old paths of what is gone for good, in order.
    gone: Vec<Gone>,
    headers: Headers,
    config: &'a Config,
    /// Every file of the site, in order, for the hosts whose rules depend on what else there is.
    files: Vec<&'a str>,
}

/// What hosts answer where there is something else to say than what a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead<'r> {
    /// It is elsewhere for good (RFC 9110, section 15.4.2): root-relative or absolute, percent-encoded.
    Moved(&'r str),
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
        let mut moved: Vec<Moved> = Vec::new();
        for output in &plan.outputs {
            let to = match output.subject {
                Subject::Alias(target) => plan.outputs.get(target).map(|target| config.base_url.path(&target.route)),
                Subject::Redirect(at) => plan.lead(at).map(|lead| lead.url.clone()),
                _ => None,
            };
            moved.extend(to.map(|to| Moved { from: old(&output.route), to }));
        }
        moved.sort_by(|one, other| one.from.path.cmp(&other.from.path));
        let gone = plan.gone().iter().map(|gone| Gone {
            old: old(&gone.route),
            page: gone.page.as_str().to_owned(),
            has_tombstone: gone.page == gone.route,
        });
        let gone = gone.collect();
        let mut files: Vec<&str> = Vec::new();
        if config.hosts.iter().any(|host| matches!(host, Host::Apache | Host::S3)) {
            files.extend(plan.outputs.iter().map(|output| output.route.as_str()));
            files.sort_unstable();
        }
        Rules { moved, gone, headers: Headers::new(plan, config, uses), config, files }
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

    /// What the hosts answer instead of a file, at a path as readers ask for it: decoded, with the prefix under which the
    /// site lives.
    pub fn instead(&self, path: &str) -> Option<Instead<'_>> {
        let is_asked = |old: &OldUrl| old.forms().any(|form| form == path);
        let moved = self.moved.iter().find(|moved| is_asked(&moved.from)).map(|moved| Instead::Moved(&moved.to));
        let gone = || self.gone.iter().find(|gone| is_asked(&gone.old)).map(|gone| Instead::Gone(&gone.page));
        moved.or_else(gone)
    }

    /// The headers of every answer, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.all()
    }

    /// Warns of each host whose limit leaves rules out of the file that is written for it.
    pub fn limits(&self, plan: &Plan) -> Vec<Diagnostic> {
        let is_ours = |host: Host| {
            let mut last = plan.outputs.iter().rev();
            last.any(|output| matches!(output.subject, Subject::HostFile(of, name) if of == host && name != "_headers"))
        };
        let warnings = self.config.hosts.iter().filter(|&&host| is_ours(host)).filter_map(|&host| {
            let Limited { written, limit, omitted, .. } = match host {
                Host::Cloudflare => lines::cloudflare(self),
                Host::Vercel => json::vercel(self),
                Host::S3 => json::s3(self),
                _ => return None,
            };
            let name = host.as_str();
            let message = format!("{name} takes {limit} redirect rules; {written} are written and {omitted} left out");
            let hint = "what is left out leads on by its page alone, which readers hardly notice";
            let warning = Diagnostic::new(Code::HostLimit, config::FILE, message);
            (omitted > 0).then(|| warning.in_key("hosts", name).hint(hint))
        });
        warnings.collect()
    }
}

/// A host's file of which a limit may have left rules out.
struct Limited {
    text: String,
    /// How many rules the host takes.
    limit: usize,
    written: usize,
    omitted: usize,
}

/// The page of what is gone for good and has no tombstone.
const GONE_PAGE: &str = "410.html";

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
