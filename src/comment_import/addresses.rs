//! Finds the story that a page of another system has become: by its URL, by an alias, or by its id for feed readers.

use ahash::HashMap;
use percent_encoding::percent_decode_str;

use crate::build::Draft;

/// The stories of a site by their old and new addresses.
pub(super) struct Addresses<'d> {
    draft: &'d Draft,
    by_guid: HashMap<&'d str, &'d str>,
}

impl<'d> Addresses<'d> {
    pub(super) fn new(draft: &'d Draft) -> Addresses<'d> {
        let articles = draft.site.articles.iter().map(|story| &story.article);
        let guids = articles.filter_map(|article| Some((article.front.rare().guid.as_deref()?, &*article.source)));
        Addresses { draft, by_guid: guids.collect() }
    }

    /// The source of the story with one of these addresses.
    pub(super) fn find(&self, pages: &[String]) -> Option<&'d str> {
        pages.iter().find_map(|page| self.by_guid.get(page.as_str()).copied().or_else(|| self.at(page)))
    }

    /// The source of the story at a URL or path, which may be an alias.
    fn at(&self, url: &str) -> Option<&'d str> {
        let Draft { plan, site, config, .. } = self.draft;
        let path = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let prefix = config.base_url.prefix();
        let below = [decoded.strip_prefix(prefix), Some(decoded.trim_start_matches('/'))];
        below.into_iter().flatten().find_map(|path| {
            let tried = [path.to_owned(), format!("{}/", path.trim_end_matches('/'))];
            let found = tried.iter().find_map(|path| plan.output_at(path))?;
            found.article().and_then(|_| found.source_path(site))
        })
    }
}
