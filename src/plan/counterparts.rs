//! The same page in several editions: a story and its translations, a section, an author, a term.

use ahash::HashMap;

use crate::config::{Config, EditionId};
use crate::route::Route;
use crate::site::{self, Site};
use crate::unicode::name_key;

use super::{Listing, Output, OutputKind, PagePart, Plan};

/// A page in one of the editions that have it.
#[derive(Debug, Clone, Copy)]
pub struct Counterpart<'p> {
    /// The edition.
    pub edition: EditionId,
    /// The page's route there.
    pub route: &'p Route,
    /// True if search engines may index it: they ignore links to translations that they may not index.
    pub is_indexed: bool,
}

/// The pages that several editions have.
#[derive(Debug, Clone, Default)]
pub(super) struct Counterparts {
    /// The places of the outputs, in the order of the editions.
    groups: Vec<Vec<(usize, bool)>>,
    by_kind: HashMap<OutputKind, usize>,
}

impl Counterparts {
    /// Finds them among all planned outputs.
    pub(super) fn new(plan: &Plan, site: &Site, config: &Config) -> Counterparts {
        if !config.has_editions() {
            return Counterparts::default();
        }
        let mut found: HashMap<String, Vec<(usize, bool)>> = HashMap::default();
        for (at, output) in plan.outputs.iter().enumerate() {
            if let Some(identity) = identity(plan, site, output) {
                found.entry(identity).or_default().push((at, is_indexed(site, output)));
            }
        }
        let mut groups: Vec<Vec<(usize, bool)>> = found.into_values().filter(|group| group.len() > 1).collect();
        groups.iter_mut().for_each(|group| group.sort_by_key(|&(at, _)| plan.outputs[at].edition));
        groups.sort();
        let places = groups.iter().enumerate();
        let by_kind =
            places.flat_map(|(at, group)| group.iter().map(move |&(output, _)| (plan.outputs[output].kind, at)));
        Counterparts { by_kind: by_kind.collect(), groups }
    }
}

/// A name that a page has in common with the same page in other editions; `None` for pages that have no counterparts.
fn identity(plan: &Plan, site: &Site, output: &Output) -> Option<String> {
    let name = match output.kind {
        OutputKind::Article(id) => {
            let story = site.story(id);
            let oldest = story.translations.iter().chain([&id]).min()?;
            return (!story.translations.is_empty()).then(|| format!("story {}", oldest.0));
        }
        OutputKind::Page(at) => return Some(format!("page {}", site.pages[at].original)),
        OutputKind::Listing(listing, PagePart::Front) => match listing {
            Listing::Latest(_) => "latest",
            Listing::Section(id) => return Some(format!("section {}", site.section(id).id)),
            Listing::Author(id) => return Some(format!("author {}", site.person(id).author.id)),
            Listing::Term(taxonomy, term) => {
                let taxonomy = &site.taxonomies[taxonomy];
                return Some(format!("term {} {}", taxonomy.name, name_key(&taxonomy.terms[term].written)));
            }
        },
        OutputKind::Series(at) => return Some(format!("series {}", name_key(&site.series[at].written))),
        OutputKind::Terms(_, at) => return Some(format!("terms {}", site.taxonomies[at].name)),
        OutputKind::Year(at) => return Some(format!("year {}", plan.years[at].year)),
        OutputKind::Month(at, index) => {
            let year = &plan.years[at];
            return Some(format!("month {} {}", year.year, year.months[index].month));
        }
        OutputKind::AllSeries(_) => "all series",
        OutputKind::Staff(_) => "staff",
        OutputKind::Corrections(_, PagePart::Front) => "corrections",
        OutputKind::Archive(_) => "archive",
        OutputKind::Front(_) => "front",
        _ => return None,
    };
    Some(name.to_owned())
}

/// True if search engines may index a page: it is not `noindex`, and a story is not retracted and has no `canonical` URL
/// elsewhere.
fn is_indexed(site: &Site, output: &Output) -> bool {
    match output.kind {
        OutputKind::Article(id) => site.story(id).is_listed() && site::is_indexed(&site.story(id).article),
        OutputKind::Page(at) => !site.pages[at].page.front.noindex,
        OutputKind::Listing(Listing::Section(id), _) => {
            !site.section(id).file.as_ref().is_some_and(|file| file.front.noindex)
        }
        OutputKind::Front(edition) => !site.edition(edition).front.as_ref().is_some_and(|file| file.front.noindex),
        _ => true,
    }
}

impl Plan {
    /// The same page in all editions that have it, itself included, in the order of the editions; empty if it is in one
    /// edition alone.
    pub fn counterparts(&self, kind: OutputKind) -> impl Iterator<Item = Counterpart<'_>> {
        let group = self.counterparts.by_kind.get(&kind).and_then(|&at| self.counterparts.groups.get(at));
        group.into_iter().flatten().map(|&(at, is_indexed)| {
            let Output { edition, route, .. } = &self.outputs[at];
            Counterpart { edition: *edition, route, is_indexed }
        })
    }

    /// The same for the page at a URL path below the site's root.
    pub fn counterparts_at(&self, path: &str) -> Vec<Counterpart<'_>> {
        let page = self.live_at(path).or_else(|| self.live_at(path.strip_suffix("index.html")?));
        page.map(|page| self.counterparts(page.kind).collect()).unwrap_or_default()
    }
}
