//! Finds the output for a URL, as a static host does.

use percent_encoding::percent_decode_str;

use crate::config::Host;
use crate::hosts::{HostAnswer, HostRules};
use crate::plan::{OutputKind, SourceRef};
use crate::route::Route;
use crate::site::State;

use super::site_server::Snapshot;

/// The answer of a static host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The output at this place, with this status.
    Output(usize, u16),
    /// A redirect to this URL, with this status.
    Redirect(String, u16),
    /// No page, with this status.
    Empty(u16),
}

/// The path of a URL, decoded once: what is encoded twice names nothing. `None` when it is not UTF-8 or cannot be a path
/// of the site.
pub fn decoded(path: &str) -> Option<String> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_odd = path.contains(['\0', '\\']) || path.split('/').any(|part| part == "." || part == "..");
    (!is_odd && path.starts_with('/')).then(|| path.into_owned())
}

impl Snapshot<'_> {
    /// The answer for a path, decoded and with its leading slash. A redirect that adds a slash keeps the `query`.
    pub fn answer(&self, path: &str, query: Option<&str>) -> Answer {
        let prefix = percent_decode_str(self.config.base_url.prefix()).decode_utf8_lossy();
        let with_query = |url: String| match query {
            Some(query) => format!("{url}?{query}"),
            None => url,
        };
        let Some(below) = path.strip_prefix(&*prefix) else {
            let is_above = path == "/" || prefix.strip_suffix('/') == Some(path);
            return match is_above {
                true => Answer::Redirect(with_query(self.config.base_url.prefix().to_owned()), 302),
                false => self.not_found(""),
            };
        };
        if let Some(answer) = self.host_answer(path, query) {
            return answer;
        }
        if let Some(at) = self.place(below) {
            return Answer::Output(at, 200);
        }
        let folder = [below, "/"].concat();
        if !below.is_empty() && !below.ends_with('/') && self.place(&folder).is_some() {
            return Answer::Redirect(with_query(self.config.base_url.path_of(&folder)), 301);
        }
        self.not_found(below)
    }

    /// The answer of the site's host where a rule takes precedence over files.
    fn host_answer(&self, path: &str, query: Option<&str>) -> Option<Answer> {
        let (host, rules) = self.host()?;
        match rules.answer(host, path, query)? {
            HostAnswer::Moved(url) => Some(Answer::Redirect(self.local_url(&url), 301)),
            HostAnswer::Gone(page) => {
                let page = Route::file(page).ok().and_then(|route| self.place(route.path()));
                Some(page.map_or(Answer::Empty(410), |at| Answer::Output(at, 410)))
            }
        }
    }

    /// A URL of the published site as one of the preview; others as they are.
    fn local_url(&self, url: &str) -> String {
        let origin = self.config.base_url.origin();
        url.strip_prefix(origin).filter(|path| path.starts_with('/')).unwrap_or(url).to_owned()
    }

    /// The host that the preview imitates, which is the first that the site names, and its rules.
    pub fn host(&self) -> Option<(Host, &HostRules<'_>)> {
        let rules = || HostRules::new(self.plan, self.config, &self.renderer.templates().uses(self.site));
        self.config.hosts.first().map(|&host| (host, self.rules.get_or_init(rules)))
    }

    /// The place of the output at a path below the site's root.
    pub fn place(&self, below: &str) -> Option<usize> {
        self.plan.file_at(below)
    }

    /// The root-relative URL of an output.
    pub fn url(&self, at: usize) -> String {
        self.config.base_url.path(&self.plan.outputs[at].route)
    }

    /// The source file of an output, for editors.
    pub fn source_of(&self, at: usize) -> Option<&str> {
        self.plan.outputs.get(at)?.source_path(self.site)
    }

    /// The state of an output that the public does not see; `None` when it is public.
    pub fn state_of(&self, at: usize) -> Option<State> {
        match self.plan.outputs.get(at)?.source? {
            SourceRef::Article(id) => self.site.story(id).unpublished,
            SourceRef::Page(at) if self.site.pages[at].page.front.draft => Some(State::Draft),
            _ => None,
        }
    }

    fn not_found(&self, below: &str) -> Answer {
        let edition = self.config.edition_at(below);
        let page = self.plan.route(OutputKind::NotFound(edition)).and_then(|route| self.place(route.path()));
        page.map_or(Answer::Empty(404), |at| Answer::Output(at, 404))
    }

    /// The root-relative URL of a source's page, if it has one.
    pub fn url_of(&self, source: &str) -> Option<String> {
        self.plan.route_of_source(source, self.site).map(|route| self.config.base_url.path(route))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once_and_stay_in_the_site() {
        assert_eq!(decoded("/a%20b/%E4%B8%AD/").as_deref(), Some("/a b/中/"));
        assert_eq!(decoded("/%252e%252e/x").as_deref(), Some("/%2e%2e/x"));
        for odd in ["/../x", "/a/%2e%2e/x", "/%2e/", "/a%00b", "/a%5c..%5cb", "/\\x", "/%ff", "*", "a"] {
            assert_eq!(decoded(odd), None, "{odd}");
        }
    }
}
