//! The text edition: each page again from one plain template, without pictures, and with links that stay in the edition.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::diagnostic::Diagnostic;
use crate::markdown;
use crate::plan::Output;
use crate::route::Route;
use crate::view::Viewer;
use crate::view::contract::FrontView;

use super::bodies::{Body, PageLink, Source};
use super::prepared::Content;
use super::templates::TEXT;
use super::{PreparedOutput, PreparedPage, References, Renderer};

impl<'a> Renderer<'a> {
    /// Prepares the text version of an output: the same views for another template, or a redirect to the text version of the
    /// target.
    pub(super) fn text_version(&self, full: &'a Output) -> PreparedOutput<'a> {
        match self.prepare(full) {
            PreparedOutput::Page(mut page) => {
                page.template = TEXT;
                page.full_page = Some(&full.route);
                PreparedOutput::Page(page)
            }
            PreparedOutput::Redirect(mut redirect) => {
                if let Some(path) = self.linked(&redirect.path) {
                    redirect.url = self.viewer.config.base_url.absolute(&path);
                    redirect.path = path;
                }
                PreparedOutput::Redirect(redirect)
            }
            prepared => prepared,
        }
    }

    /// The body of a page for its text version. Its references are the pages of this site that it links to.
    ///
    /// # Errors
    /// When the file can no longer be read. Errors in it are reported with the full page.
    pub(super) fn text_version_body(&self, source: Source<'_>, page: &PreparedPage<'_>) -> Result<Body, Diagnostic> {
        let link = PageLink { url: &page.page.url, title: &page.page.title };
        let body = self.surroundings().portable(source, link)?;
        let mut links = BTreeSet::new();
        let html = markdown::text_only(body.html.as_deref().unwrap_or_default(), &mut |url| {
            links.extend(self.path_of(url).map(|(path, _)| path));
            self.linked(url)
        });
        let references: Vec<String> = links.into_iter().collect();
        let fingerprint = body.fingerprint.map(|text| self.linking(text, &references));
        Ok(Body { html: Some(html), references, fingerprint, is_simple: false, ..body })
    }

    /// The fingerprint of the body of a text version at `route`, without rendering it.
    pub(super) fn text_version_fingerprint(
        &self,
        route: &Route,
        full: &Route,
        source: &Source<'_>,
        known: &References<'_>,
    ) -> Option<u128> {
        let text = self.surroundings().fingerprint(source, &known(full)?)?;
        Some(self.linking(text, &known(route)?))
    }

    /// The hash that decides which links around a page's text stay in the edition: those in `site.yaml`. All other links in
    /// views point to pages.
    pub(super) fn edition(&self, page: &PreparedPage<'_>) -> u128 {
        let paths = |links: &mut dyn Iterator<Item = &str>| -> Vec<String> {
            links.filter_map(|url| self.path_of(url).map(|(path, _)| path)).collect()
        };
        let frame = *self.edition.get_or_init(|| {
            let site = self.viewer.site_view();
            let links = site.navigation.iter().chain(&site.publisher.policies);
            self.linking(xxh3_128(TEXT.as_bytes()), &paths(&mut links.map(|link| link.path.as_str())))
        });
        match &page.content {
            Content::Front(FrontView { breaking: Some(line), .. }) => {
                self.linking(frame, &paths(&mut line.path.as_deref().into_iter()))
            }
            _ => frame,
        }
    }

    /// The hash of a text, and of which pages that it links to have text versions.
    fn linking<L: AsRef<str>>(&self, text: u128, links: &[L]) -> u128 {
        let mut hasher = Xxh3::new();
        hasher.update(&text.to_le_bytes());
        for link in links {
            let link = link.as_ref();
            hasher.update(link.as_bytes());
            hasher.update(&[u8::from(self.viewer.plan.text_version_at(link).is_some())]);
        }
        hasher.digest128()
    }

    /// A filled template without pictures and with links that stay in the edition.
    pub(super) fn as_text(&self, html: &[u8]) -> Vec<u8> {
        markdown::text_only(&String::from_utf8_lossy(html), &mut |url| self.linked(url)).into_bytes()
    }

    /// The URL of a link within the text edition; `None` if its target isn't in it.
    fn linked(&self, url: &str) -> Option<String> {
        let Viewer { config, plan, .. } = self.viewer;
        let (path, rest) = self.path_of(url)?;
        Some(config.base_url.path(plan.text_version_at(&path)?) + rest)
    }

    /// The decoded path of a link below the site's root, with its query and fragment; `None` for a link to another site.
    pub(super) fn path_of<'u>(&self, url: &'u str) -> Option<(String, &'u str)> {
        let base = &self.viewer.config.base_url;
        let (path, rest) = url.split_at(url.find(['#', '?']).unwrap_or(url.len()));
        let path = path.strip_prefix(base.origin()).unwrap_or(path).strip_prefix(base.prefix())?;
        Some((percent_decode_str(path).decode_utf8().ok()?.into_owned(), rest))
    }
}
