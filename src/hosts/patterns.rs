//! Redirects of URLs with a query and of whole folders, for hosts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::config::{Config, Host};
use crate::old_url::{OldUrl, QueryUrl};
use crate::plan::{Plan, RedirectPattern, RedirectTarget};

use super::{GONE_PAGE, GoneRule, HostAnswer, HostRules, with_query};

/// All such redirects of a site.
#[derive(Debug)]
pub(super) struct Patterns<'a> {
    /// Redirects of paths with a query.
    pub(super) queries: Vec<QueryRedirect<'a>>,
    /// Redirects of folders, deepest first.
    pub(super) folders: Vec<FolderRedirect<'a>>,
}

/// The redirect of a path with certain parameters.
#[derive(Debug)]
pub(super) struct QueryRedirect<'a> {
    pub(super) written: &'a str,
    pub(super) query: &'a QueryUrl,
    /// The decoded path with the site's prefix.
    path: String,
    /// The target; `None` for gone content.
    pub(super) to: Option<&'a str>,
}

impl QueryRedirect<'_> {
    /// The decoded forms in which readers request the path: with and without the slash at the end.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        let bare = self.path.strip_suffix('/').filter(|bare| !bare.is_empty());
        bare.into_iter().chain([self.path.as_str()])
    }

    /// The decoded parameters.
    pub(super) fn decoded(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        // In queries a `+` is a space (<https://url.spec.whatwg.org/#application/x-www-form-urlencoded>).
        self.query.parameters.iter().map(|(name, value)| {
            let value = value.replace('+', " ");
            (name.as_str(), Cow::Owned(percent_decode_str(&value).decode_utf8_lossy().into_owned()))
        })
    }
}

/// The redirect of everything in a folder.
#[derive(Debug)]
pub(super) struct FolderRedirect<'a> {
    pub(super) written: &'a str,
    /// Its decoded path with the site's prefix and a slash at its end.
    pub(super) path: String,
    pub(super) to: &'a RedirectTarget,
    /// True if something in it is gone for good.
    pub(super) holds_gone: bool,
}

impl<'a> Patterns<'a> {
    pub(super) fn new(plan: &'a Plan, config: &Config, gone: &[GoneRule]) -> Patterns<'a> {
        let prefix = percent_decode_str(config.base_url.prefix()).decode_utf8_lossy();
        let mut patterns = Patterns { queries: Vec::new(), folders: Vec::new() };
        for RedirectPattern { written, from, to } in plan.patterns() {
            match from {
                OldUrl::Query(query) => {
                    let to = match to {
                        RedirectTarget::To(url) => Some(url.as_str()),
                        RedirectTarget::Gone | RedirectTarget::Below(_) => None,
                    };
                    patterns.queries.push(QueryRedirect { written, query, path: [&prefix, &*query.path].concat(), to });
                }
                OldUrl::Below(folder) => {
                    let path = [&prefix, folder.as_str()].concat();
                    let holds_gone = gone.iter().any(|gone| gone.old.path.starts_with(&path));
                    patterns.folders.push(FolderRedirect { written, path, to, holds_gone });
                }
                OldUrl::Path(_) => {}
            }
        }
        patterns
    }

    /// Query redirects by parameter names, which hosts with tables look up together.
    pub(super) fn by_names(&self) -> BTreeMap<Vec<&'a str>, Vec<&QueryRedirect<'a>>> {
        let mut groups: BTreeMap<Vec<&str>, Vec<&QueryRedirect<'_>>> = BTreeMap::new();
        for entry in &self.queries {
            let names = entry.query.parameters.iter().map(|(name, _)| name.as_str()).collect();
            groups.entry(names).or_default().push(entry);
        }
        groups
    }

    /// The old URLs as `redirects.yaml` writes them.
    pub(super) fn written(&self) -> impl Iterator<Item = &'a str> {
        self.queries.iter().map(|entry| entry.written).chain(self.folders.iter().map(|folder| folder.written))
    }

    /// The redirects for which a host's file has no rule.
    pub(super) fn left_out(&self, host: Host, rules: &HostRules<'_>) -> impl Iterator<Item = &'a str> {
        let queries = self.queries.iter().filter(move |entry| !supports_query(host, entry)).map(|entry| entry.written);
        let folders = self.folders.iter().enumerate();
        let folders = folders.filter(move |(at, folder)| !supports_folder(host, *at, folder, rules));
        queries.chain(folders.map(|(_, folder)| folder.written))
    }

    /// The response of a host at a path with a query.
    pub(super) fn of_query(&self, host: Host, path: &str, query: Option<&str>) -> Option<HostAnswer<'a>> {
        let asked_for: Vec<(&str, &str)> = query?.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let has = |(name, value): &(String, String)| {
            asked_for.iter().any(|(other, sent)| other == name && sent.eq_ignore_ascii_case(value))
        };
        let matches = |entry: &&QueryRedirect<'_>| {
            supports_query(host, entry)
                && entry.forms().any(|form| form == path)
                && entry.query.parameters.iter().all(has)
        };
        let found = self.queries.iter().find(matches)?;
        Some(found.to.map_or(HostAnswer::Gone(GONE_PAGE), |url| HostAnswer::Moved(Cow::Borrowed(url))))
    }

    /// The response of a host inside an old folder.
    pub(super) fn of_folder(&self, host: Host, path: &str, query: Option<&str>) -> Option<HostAnswer<'a>> {
        let found = self.folders.iter().find(|folder| path.starts_with(&folder.path))?;
        let rest = &path[found.path.len()..];
        match found.to {
            RedirectTarget::Gone => host.supports_gone().then_some(HostAnswer::Gone(GONE_PAGE)),
            _ if found.holds_gone && !host.supports_gone() => None,
            RedirectTarget::To(url) => Some(HostAnswer::Moved(with_query(url, query))),
            // Such a path would redirect to another site.
            RedirectTarget::Below(_) if rest.starts_with(['/', '\\']) => None,
            RedirectTarget::Below(url) => {
                let url = format!("{url}{}", super::encoded(rest));
                Some(HostAnswer::Moved(Cow::Owned(with_query(&url, query).into_owned())))
            }
        }
    }
}

/// True if a host's file can express a query.
pub(super) fn supports_query(host: Host, entry: &QueryRedirect<'_>) -> bool {
    let is_plain = |text: &str| !text.contains(['{', '}', '\\']);
    match host {
        Host::Netlify | Host::Nginx | Host::Apache => true,
        Host::Caddy => is_plain(&entry.path) && entry.decoded().all(|(_, value)| is_plain(&value)),
        Host::Vercel => entry.to.is_some(),
        Host::Cloudflare | Host::Firebase | Host::S3 => false,
    }
}

/// The largest number of rules with a `*` on Cloudflare.
pub(super) const CLOUDFLARE_FOLDERS: usize = 100;

/// True if a host's file can express an old folder. A host that cannot express that content is gone must not redirect
/// from its folder.
pub(super) fn supports_folder(host: Host, at: usize, folder: &FolderRedirect<'_>, rules: &HostRules<'_>) -> bool {
    let redirects = *folder.to != RedirectTarget::Gone && !folder.holds_gone;
    match host {
        Host::Netlify | Host::Nginx | Host::Apache => true,
        Host::Caddy => !folder.path.contains(['{', '}']),
        Host::Cloudflare => redirects && at < CLOUDFLARE_FOLDERS,
        Host::Vercel | Host::Firebase => redirects,
        // An S3 rule applies to all keys with a prefix.
        Host::S3 => redirects && !rules.files.iter().any(|file| rules.decoded(file).starts_with(&folder.path)),
    }
}
