//! Checks the links to parts of pages, once the parts of all pages are known.

use ahash::HashMap;

use crate::diagnostic::Diagnostic;
use crate::plan::{Output, PartLink, by_part};
use crate::render::{Parts, Renderer};

use super::baseline::Baseline;

/// The maximum number of pages whose ids are searched for suggestions.
const MAX_HINTS: usize = 50;

/// The links of all pages, and the parts of the rendered ones.
#[derive(Default)]
pub(super) struct Fragments<'o> {
    links: Vec<PartLink>,
    /// The hashes of ids, by route; `None` for outputs that were rendered and have none.
    rendered: HashMap<&'o str, Option<Vec<u32>>>,
}

impl<'o> Fragments<'o> {
    /// Adds a page that was not rendered again.
    pub(super) fn add_left(&mut self, links: Vec<PartLink>) {
        self.links.extend(links);
    }

    /// Adds a rendered output.
    pub(super) fn add_rendered(&mut self, output: &'o Output, parts: Option<Parts>) {
        let ids = parts.map(|parts| {
            self.links.extend(parts.links);
            parts.ids
        });
        self.rendered.insert(output.route.as_str(), ids);
    }

    /// Returns the links to parts that do not exist. A page with other errors, whose parts are unknown, is assumed to
    /// have them.
    pub(super) fn missing(mut self, renderer: &Renderer<'_>, remembered: Option<&Baseline>) -> Vec<Diagnostic> {
        self.links.extend_from_slice(renderer.shared_links());
        let mut missing = Vec::new();
        let mut hints: HashMap<&str, Vec<String>> = HashMap::default();
        for (part, links) in by_part(&self.links) {
            let Some(output) = renderer.output(&part.route) else { continue };
            let left = || remembered?.output(&output.route)?.0.ids();
            let ids = self.rendered.get(part.route.as_str()).cloned().unwrap_or_else(left);
            if ids.is_none_or(|ids| Parts::has(&ids, &part.id)) {
                continue;
            }
            if hints.len() < MAX_HINTS {
                hints.entry(&part.route).or_insert_with(|| renderer.ids(output));
            }
            let ids = hints.get(part.route.as_str()).map(Vec::as_slice).unwrap_or_default();
            missing.extend(links.into_iter().map(|link| link.missing(ids)));
        }
        missing
    }
}
