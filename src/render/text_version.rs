//! The text edition: each page again from one plain template, without pictures, and with links that stay in the edition.

use percent_encoding::percent_decode_str;

use crate::diagnostic::Diagnostic;
use crate::markdown;
use crate::plan::Output;
use crate::view::Viewer;

use super::bodies::{Body, PageLink, Source};
use super::templates::TEXT;
use super::{EditionRenderer, PreparedOutput, PreparedPage};

impl<'a> EditionRenderer<'a> {
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

    /// The body of a page for its text version.
    ///
    /// # Errors
    /// When the file can no longer be read. Errors in it are reported with the full page.
    pub(super) fn text_version_body(&self, source: Source<'_>, page: &PreparedPage<'_>) -> Result<Body, Diagnostic> {
        let link = PageLink { url: &page.page.url, title: &page.page.title };
        let body = self.reference_targets().portable(source, link)?;
        let html = markdown::text_only(body.html.as_deref().unwrap_or_default(), &mut |url| self.linked(url));
        Ok(Body { html: Some(html), is_simple: false, ..body })
    }

    /// A filled template without pictures and with links that stay in the edition.
    pub(super) fn as_text(&self, html: &[u8]) -> Vec<u8> {
        markdown::text_only(&String::from_utf8_lossy(html), &mut |url| self.linked(url)).into_bytes()
    }

    /// The URL of a link within the text edition; `None` if its target isn't in it.
    fn linked(&self, url: &str) -> Option<String> {
        let Viewer { config, reader, .. } = &self.viewer;
        let (path, rest) = self.path_of(url)?;
        Some(config.base_url.path(reader.text_version_at(&path)?) + rest)
    }

    /// The decoded path of a link below the site's root, with its query and fragment; `None` for a link to another site.
    pub(super) fn path_of<'u>(&self, url: &'u str) -> Option<(String, &'u str)> {
        let base = &self.viewer.config.base_url;
        let (path, rest) = url.split_at(url.find(['#', '?']).unwrap_or(url.len()));
        let path = path.strip_prefix(base.origin()).unwrap_or(path).strip_prefix(base.prefix())?;
        Some((percent_decode_str(path).decode_utf8().ok()?.into_owned(), rest))
    }
}
