//! Collects the ids of rendered pages and their links to parts of pages.

use ahash::HashSet;
use borsh::{BorshDeserialize, BorshSerialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::markdown::{self, FragmentLink};
use crate::plan::{LinkedPart, Output, PartLink, Plan};

use super::bodies::Body;
use super::templates::Templates;
use super::{Biographies, Contents, EditionRenderer};

/// The ids of a page, and its links to parts of other pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Parts {
    /// Its links to parts of other pages. First, so that reading them from the ledger takes least time.
    pub links: Vec<PartLink>,
    /// The hashes of its ids, sorted. Pages rarely have more than a few dozen, so 32 bits are enough.
    pub ids: Vec<u32>,
}

impl Parts {
    /// True if a page with these hashes has the id.
    pub fn has(ids: &[u32], id: &str) -> bool {
        ids.binary_search(&hash(id)).is_ok()
    }
}

fn hash(id: &str) -> u32 {
    xxh3_64(id.as_bytes()) as u32
}

/// Links to parts of pages that many pages share: those in front matter, configuration and biographies.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedLinks {
    pub links: Vec<PartLink>,
    parts: HashSet<LinkedPart>,
    /// The ids on the same page that biographies link to.
    ids: HashSet<String>,
}

impl SharedLinks {
    pub(super) fn new(links: &[PartLink], biographies: &Biographies) -> SharedLinks {
        let links: Vec<PartLink> = links.iter().chain(&biographies.links).cloned().collect();
        let parts = links.iter().map(|link| link.part.clone()).collect();
        SharedLinks { links, parts, ids: biographies.asked.iter().cloned().collect() }
    }
}

impl Biographies {
    /// Adds the links of a biography. Reports those to ids that neither the biography nor the theme has.
    pub(super) fn add_links(
        &mut self,
        body: &Body,
        config: &Config,
        plan: &Plan,
        templates: &Templates,
        route: Option<&str>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let source = body.path.as_str();
        if body.links.is_empty() {
            return;
        }
        let ids = markdown::anchors(body.html.as_deref().unwrap_or_default()).ids;
        let ids: Vec<String> = ids.into_iter().map(|id| id.into_owned()).collect();
        for (url, span) in &body.links {
            let Some(part) = plan.part(config, route, url) else { continue };
            let link = PartLink::new(part, source, Some(*span));
            if !url.starts_with('#') {
                self.links.push(link);
                continue;
            }
            if !ids.contains(&link.part.id) && !templates.ids.has(&link.part.id) {
                diagnostics.push(link.missing(&ids));
            }
            self.asked.push(link.part.id);
        }
    }
}

/// True if HTML has an attribute with this value.
fn holds(html: &str, value: &str) -> bool {
    let ends = |at: usize| html[at..].starts_with(|c: char| c == '"' || c == '\'' || c == '>' || c.is_whitespace());
    html.match_indices(value).any(|(at, _)| ends(at + value.len()))
}

/// A page after its template has been filled.
pub(super) struct FilledPage<'m> {
    pub output: &'m Output,
    pub template: &'static str,
    /// True for the text edition, where problems with the text were already reported for the full page.
    pub is_text_version: bool,
    pub body: Option<&'m Body>,
}

impl EditionRenderer<'_> {
    /// The links to parts of pages in front matter, configuration and biographies.
    pub fn shared_links(&self) -> &[PartLink] {
        &self.shared_links.links
    }

    /// The output with this route.
    pub fn output(&self, route: &str) -> Option<&Output> {
        let path = route.strip_suffix("index.html").unwrap_or(route);
        self.viewer.reader.everything().1.output_at(path).filter(|output| output.route.as_str() == route)
    }

    /// Renders a page and returns its ids.
    pub fn ids(&self, output: &Output) -> Vec<String> {
        match self.render(output, self.prepare(output)).value.map(|rendered| rendered.contents) {
            Some(Contents::Bytes(bytes)) => {
                let html = String::from_utf8_lossy(&bytes);
                markdown::anchors(&html).ids.into_iter().map(|id| id.into_owned()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Collects the ids and links of a rendered page, and reports problems within it.
    pub(super) fn parts(&self, page: &FilledPage<'_>, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Parts {
        // Templates only print text.
        let Ok(html) = std::str::from_utf8(bytes) else { return Parts::default() };
        let anchors = markdown::anchors(html);
        let mut ids: Vec<u32> = anchors.ids.iter().map(|id| hash(id)).collect();
        ids.sort_unstable();
        let mut parts = Parts { ids, links: Vec::new() };
        let mut seen = HashSet::default();
        for found in &anchors.links {
            let Some(part) = self.part(page, &found.url) else { continue };
            let is_here = part.route == page.output.route.as_str();
            if is_here && Parts::has(&parts.ids, &part.id) || !seen.insert(part.clone()) {
                continue;
            }
            let links = self.written(page, &part, found, is_here);
            if is_here {
                let ids: Vec<String> = anchors.ids.iter().map(|id| id.clone().into_owned()).collect();
                diagnostics.extend(links.iter().map(|link| link.missing(&ids)));
            } else {
                parts.links.extend(links);
            }
        }
        for id in &anchors.repeated {
            diagnostics.extend(self.repeated(page, id));
        }
        parts
    }

    fn part(&self, page: &FilledPage<'_>, url: &str) -> Option<LinkedPart> {
        self.viewer.reader.part(Some(page.output.route.as_str()), url)
    }

    /// The places of a link in the source: in the page's text, or else in its template. Empty if the link is
    /// looked up in its own file.
    fn written(
        &self,
        page: &FilledPage<'_>,
        part: &LinkedPart,
        found: &FragmentLink<'_>,
        is_here: bool,
    ) -> Vec<PartLink> {
        let body = page.body.filter(|body| body.html.as_deref().is_some_and(|html| holds(html, found.written)));
        if let Some(body) = body {
            let placed = body.links.iter().filter(|(url, _)| self.part(page, url).as_ref() == Some(part));
            let links: Vec<PartLink> = match page.is_text_version {
                true => return Vec::new(),
                false => placed.map(|(_, span)| PartLink::new(part.clone(), &body.path, Some(*span))).collect(),
            };
            // The link is in an embed.
            let nowhere = || vec![PartLink::new(part.clone(), &body.path, None)];
            return if links.is_empty() { nowhere() } else { links };
        }
        if self.shared_links.parts.contains(part) || (is_here && self.shared_links.ids.contains(&part.id)) {
            return Vec::new();
        }
        vec![PartLink::new(part.clone(), &self.template_file(page.template), None)]
    }

    /// Reports an id that occurs a second time on the page.
    fn repeated(&self, page: &FilledPage<'_>, id: &str) -> Option<Diagnostic> {
        let is_written = |body: &&Body| {
            let html = body.html.as_deref().unwrap_or_default();
            markdown::anchors(html).ids.iter().any(|own| own == id)
        };
        let message = format!("the page has the id `{}` more than once", id.escape_debug());
        match page.body.filter(is_written) {
            Some(_) if page.is_text_version => None,
            Some(body) => Some(Diagnostic::new(Code::TakenId, &body.path, message).hint("give one of them another id")),
            None => Some(Diagnostic::new(Code::TakenId, self.template_file(page.template), message)),
        }
    }

    fn template_file(&self, template: &str) -> String {
        self.templates.file_of(template).unwrap_or(template).to_owned()
    }
}
