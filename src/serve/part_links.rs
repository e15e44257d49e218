//! Links of a page to parts of other pages, checked when the page is rendered.

use std::sync::PoisonError;

use crate::config;
use crate::diagnostic::Diagnostic;
use crate::plan::{Class, PartLink, by_part};
use crate::render::Rendered;
use crate::route::Route;

use super::site_server::Snapshot;

impl Snapshot<'_> {
    /// The diagnostics of links to missing parts: in the page's text and template, and in the front matter of its file.
    pub(super) fn missing_parts(&self, at: usize, rendered: &Rendered) -> Vec<Diagnostic> {
        let Some(parts) = &rendered.parts else { return Vec::new() };
        let output = &self.plan.outputs[at];
        let file = output.source_path(self.site);
        let is_front = output.route == Route::front();
        // A text version has the links of its page, which are looked up there.
        let is_its = |link: &&PartLink| {
            let is_in_config = is_front && link.path == config::FILE;
            output.class() != Class::TextVersion && (is_in_config || file == Some(link.path.as_str()))
        };
        let shared = self.renderer.shared_links().iter().filter(is_its).cloned();
        let links: Vec<PartLink> = parts.links.iter().cloned().chain(shared).collect();
        let mut missing = Vec::new();
        for (part, links) in by_part(&links) {
            let target = self.renderer.output(&part.route).and_then(|output| self.plan.file_at(output.route.path()));
            let Some(target) = target else { continue };
            self.with_ids(target, |ids| {
                if !ids.contains(&part.id) {
                    missing.extend(links.iter().map(|link| link.missing(ids)));
                }
            });
        }
        missing
    }

    fn with_ids(&self, at: usize, look: impl FnOnce(&[String])) {
        let lock = || self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ids) = lock().get(&at) {
            return look(ids);
        }
        // Not under the lock: rendering takes a while.
        let ids = self.renderer.ids(&self.plan.outputs[at]);
        look(&ids);
        lock().insert(at, ids);
    }
}
