//! Old addresses that are more or less than a path, as hosts are told of them: queries, and whole folders.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::config::{Config, Host};
use crate::old_url::{OldUrl, QueryUrl};
use crate::plan::{Plan, RedirectPattern, RedirectTarget};

use super::{GONE_PAGE, Gone, Instead, Rules, with_query};

/// All of a site.
#[derive(Debug)]
pub(super) struct Patterns<'a> {
    /// Paths with a query.
    pub(super) queries: Vec<Asked<'a>>,
    /// Folders, the deepest first.
    pub(super) folders: Vec<Folder<'a>>,
}

/// A path that is asked for with certain parameters.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) written: &'a str,
    pub(super) query: &'a QueryUrl,
    /// The path, decoded, with the prefix under which the site lives.
    path: String,
    /// Where it leads; `None` for what is gone.
    pub(super) to: Option<&'a str>,
}

impl Asked<'_> {
    /// The ways in which the path is asked for, decoded: with and without the slash at the end.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        let bare = self.path.strip_suffix('/').filter(|bare| !bare.is_empty());
        bare.into_iter().chain([self.path.as_str()])
    }

    /// Parameters, decoded.
    pub(super) fn decoded(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        // In queries a `+` is a space (<https://url.spec.whatwg.org/#application/x-www-form-urlencoded>).
        self.query.parameters.iter().map(|(name, value)| {
            let value = value.replace('+', " ");
            (name.as_str(), Cow::Owned(percent_decode_str(&value).decode_utf8_lossy().into_owned()))
        })
    }
}

/// A folder of old addresses.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    pub(super) written: &'a str,
    /// Its path, decoded, with the prefix under which the site lives and a slash at its end.
    pub(super) path: String,
    pub(super) to: &'a RedirectTarget,
    /// Whether something below it is gone for good.
    pub(super) holds_gone: bool,
}

impl<'a> Patterns<'a> {
    pub(super) fn new(plan: &'a Plan, config: &Config, gone: &[Gone]) -> Patterns<'a> {
        let prefix = percent_decode_str(config.base_url.prefix()).decode_utf8_lossy();
        let mut patterns = Patterns { queries: Vec::new(), folders: Vec::new() };
        for RedirectPattern { written, from, to } in plan.patterns() {
            match from {
                OldUrl::Query(query) => {
                    let to = match to {
                        RedirectTarget::To(url) => Some(url.as_str()),
                        RedirectTarget::Gone | RedirectTarget::Below(_) => None,
                    };
                    patterns.queries.push(Asked { written, query, path: [&prefix, &*query.path].concat(), to });
                }
                OldUrl::Below(folder) => {
                    let path = [&prefix, folder.as_str()].concat();
                    let holds_gone = gone.iter().any(|gone| gone.old.path.starts_with(&path));
                    patterns.folders.push(Folder { written, path, to, holds_gone });
                }
                OldUrl::Path(_) => {}
            }
        }
        patterns
    }

    /// Queries by the names of their parameters, which hosts with tables look up together.
    pub(super) fn by_names(&self) -> BTreeMap<Vec<&'a str>, Vec<&Asked<'a>>> {
        let mut groups: BTreeMap<Vec<&str>, Vec<&Asked<'_>>> = BTreeMap::new();
        for asked in &self.queries {
            let names = asked.query.parameters.iter().map(|(name, _)| name.as_str()).collect();
            groups.entry(names).or_default().push(asked);
        }
        groups
    }

    /// How all are written.
    pub(super) fn written(&self) -> impl Iterator<Item = &'a str> {
        self.queries.iter().map(|asked| asked.written).chain(self.folders.iter().map(|folder| folder.written))
    }

    /// Those for which a host's file has no rule.
    pub(super) fn left_out(&self, host: Host, rules: &Rules<'_>) -> impl Iterator<Item = &'a str> {
        let queries = self.queries.iter().filter(move |asked| !takes_query(host, asked)).map(|asked| asked.written);
        let folders = self.folders.iter().enumerate();
        let folders = folders.filter(move |(at, folder)| !takes_folder(host, *at, folder, rules));
        queries.chain(folders.map(|(_, folder)| folder.written))
    }

    /// What a host answers at a path with a query.
    pub(super) fn of_query(&self, host: Host, path: &str, query: Option<&str>) -> Option<Instead<'a>> {
        let asked_for: Vec<(&str, &str)> = query?.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let has = |(name, value): &(String, String)| {
            asked_for.iter().any(|(other, sent)| other == name && sent.eq_ignore_ascii_case(value))
        };
        let is_asked = |asked: &&Asked<'_>| {
            takes_query(host, asked) && asked.forms().any(|form| form == path) && asked.query.parameters.iter().all(has)
        };
        let found = self.queries.iter().find(is_asked)?;
        Some(found.to.map_or(Instead::Gone(GONE_PAGE), |url| Instead::Moved(Cow::Borrowed(url))))
    }

    /// What a host answers below an old folder.
    pub(super) fn of_folder(&self, host: Host, path: &str, query: Option<&str>) -> Option<Instead<'a>> {
        let found = self.folders.iter().find(|folder| path.starts_with(&folder.path))?;
        let rest = &path[found.path.len()..];
        match found.to {
            RedirectTarget::Gone => host.tells_gone().then_some(Instead::Gone(GONE_PAGE)),
            _ if found.holds_gone && !host.tells_gone() => None,
            RedirectTarget::To(url) => Some(Instead::Moved(with_query(url, query))),
            // Such a path would lead to another site.
            RedirectTarget::Below(_) if rest.starts_with(['/', '\\']) => None,
            RedirectTarget::Below(url) => {
                let url = format!("{url}{}", super::lines::encoded(rest));
                Some(Instead::Moved(Cow::Owned(with_query(&url, query).into_owned())))
            }
        }
    }
}

/// Whether a host's file can name a query.
pub(super) fn takes_query(host: Host, asked: &Asked<'_>) -> bool {
    let is_plain = |text: &str| !text.contains(['{', '}', '\\']);
    match host {
        Host::Netlify | Host::Nginx | Host::Apache => true,
        Host::Caddy => is_plain(&asked.path) && asked.decoded().all(|(_, value)| is_plain(&value)),
        Host::Vercel => asked.to.is_some(),
        Host::Cloudflare | Host::Firebase | Host::S3 => false,
    }
}

/// How many rules with a `*` Cloudflare takes.
pub(super) const CLOUDFLARE_FOLDERS: usize = 100;

/// Whether a host's file can name an old folder. One that cannot say what is gone must not lead on from there.
pub(super) fn takes_folder(host: Host, at: usize, folder: &Folder<'_>, rules: &Rules<'_>) -> bool {
    let leads = *folder.to != RedirectTarget::Gone && !folder.holds_gone;
    match host {
        Host::Netlify | Host::Nginx | Host::Apache => true,
        Host::Caddy => !folder.path.contains(['{', '}']),
        Host::Cloudflare => leads && at < CLOUDFLARE_FOLDERS,
        Host::Vercel | Host::Firebase => leads,
        // A rule there is for all keys that begin alike.
        Host::S3 => leads && !rules.files.iter().any(|file| rules.decoded(file).starts_with(&folder.path)),
    }
}
