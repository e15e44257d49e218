//! Writes `redirects.yaml` of an imported project: old URLs of sections, people and terms, and the old site's redirects.

use std::collections::{BTreeMap, BTreeSet};

use crate::old_url::OldUrl;
use crate::route::{check_url, slugify};
use crate::unicode::folded;

use super::layout::{ImportLayout, OldReference, Place, url_key};
use super::links::{Origin, Resolver};
use super::model::{OldRedirect, Survey};
use super::notes::{ImportNoteKind, Notes};
use super::yaml_text::scalar;

/// The name of the feed of a story's comments.
const COMMENT_FEED: &str = "comments.xml";

/// The old URLs that `redirects.yaml` is to have, each with its target.
pub(super) struct OldUrls<'a> {
    survey: &'a Survey,
    layout: &'a ImportLayout,
    /// Old URLs that lead somewhere already, in the form of [`url_key`], folded.
    taken: BTreeSet<String>,
    entries: BTreeMap<String, String>,
}

impl<'a> OldUrls<'a> {
    /// Old URLs of a project whose pages are at these paths besides those of the layout.
    pub fn new(survey: &'a Survey, layout: &'a ImportLayout) -> OldUrls<'a> {
        let pages = layout.items.iter().filter(|item| item.file.is_some());
        let pages = pages.flat_map(|item| item.aliases.iter().chain([&item.path]));
        let sections = layout.sections.iter().map(|section| &section.path);
        let files = layout.media.iter().flatten().filter_map(|path| path.strip_prefix("content/static/"));
        let taken = pages.chain(sections).map(|path| url_key(path)).chain(files.map(url_key));
        let own =
            ["atom.xml", "rss.xml", "feed.json", "sitemap.xml", "feeds.opml", "404.html", "robots.txt"].map(url_key);
        let taken = taken.chain(own).map(|key| folded(&key)).collect();
        OldUrls { survey, layout, taken, entries: BTreeMap::new() }
    }

    /// All entries. `terms` are the slugs of terms that public stories have, by taxonomy.
    pub fn collect(
        mut self,
        terms: &BTreeMap<String, BTreeSet<String>>,
        notes: &mut Notes,
    ) -> BTreeMap<String, String> {
        let (survey, layout) = (self.survey, self.layout);
        for section in &layout.sections {
            let facts = section.facts.and_then(|at| survey.sections.get(at));
            for url in facts.into_iter().flat_map(|facts| facts.url.iter().chain(&facts.other_urls)) {
                self.add(url, format!("/{}/_index.md", section.folder), "section", notes);
            }
        }
        for (person, id) in survey.people.iter().zip(&layout.people) {
            for url in &person.old_urls {
                if url_key(url) != format!("authors/{id}") {
                    self.add(url, format!("/authors/{id}.md"), "author", notes);
                }
            }
        }
        for term in &survey.terms {
            let taxonomy = term.taxonomy.as_deref().unwrap_or("tags");
            let slug = slugify(&term.name, layout.slugs);
            let path = format!("{taxonomy}/{slug}");
            let is_used = terms.get(taxonomy).is_some_and(|terms| terms.contains(&slug));
            for url in &term.old_urls {
                if is_used && url_key(url) != path {
                    self.add(url, format!("/{path}/"), "term", notes);
                }
            }
        }
        for redirect in &survey.redirects {
            self.redirect(redirect, terms, notes);
        }
        self.entries
    }

    fn redirect(&mut self, old: &OldRedirect, terms: &BTreeMap<String, BTreeSet<String>>, notes: &mut Notes) {
        let OldRedirect { from, to, place } = old;
        let Some(to) = to else { return self.add(from, "gone".to_owned(), place, notes) };
        let resolver = Resolver { layout: self.layout, roots: &self.survey.site.roots, origin: Origin::default() };
        let found = resolver.target(to).filter(|found| self.layout.is_public(found));
        let target = match found {
            Some(Place::Front) => Some("/".to_owned()),
            Some(found) => self.layout.reference(found),
            None if to.ends_with(COMMENT_FEED) => self.comment_feed(to, &resolver),
            None => match self.layout.base.read(to) {
                Some(OldReference::Elsewhere) if check_url(to).is_ok() && to.contains("://") => Some(to.to_owned()),
                Some(OldReference::Here { path, query: None, .. }) if is_made(&path, terms) => Some(format!("/{path}")),
                _ => None,
            },
        };
        match target {
            Some(target) => self.add(from, target, place, notes),
            None => notes.add(ImportNoteKind::Dropped, "redirect", place, format!("`{from}`: nothing is at `{to}`")),
        }
    }

    /// The feed of the comments on a story, by the story's old URL and [`COMMENT_FEED`].
    fn comment_feed(&self, old: &str, resolver: &Resolver<'_>) -> Option<String> {
        let place = resolver.target(old.strip_suffix(COMMENT_FEED)?).filter(|place| self.layout.is_public(place))?;
        let Place::Item(at) = place else { return None };
        let path = self.layout.items.get(*at)?.path.as_str();
        Some(match path.strip_suffix(".html") {
            Some(name) => format!("/{name}-{COMMENT_FEED}"),
            None => format!("/{path}{COMMENT_FEED}"),
        })
    }

    fn add(&mut self, from: &str, target: String, place: &str, notes: &mut Notes) {
        let written = match self.layout.base.read(from) {
            Some(OldReference::Here { path, query: Some(query), .. }) => format!("/{path}?{query}"),
            Some(OldReference::Here { path, query: None, .. }) => format!("/{path}"),
            _ => return,
        };
        let key = folded(&url_key(&written));
        if key.is_empty() || self.taken.contains(&key) {
            return;
        }
        match OldUrl::parse(&written) {
            Ok(_) => {
                self.taken.insert(key);
                self.entries.insert(written, target);
            }
            Err(error) => {
                notes.add(
                    ImportNoteKind::Dropped,
                    "old URL",
                    place,
                    format!("`{written}` can't redirect: {}", error.why),
                );
            }
        }
    }
}

/// True for the site's feeds and the lists of the archive, which every site has, and for the lists of public terms.
fn is_made(path: &str, terms: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let term = path.trim_end_matches('/').split_once('/');
    let is_term = term.is_some_and(|(taxonomy, slug)| terms.get(taxonomy).is_some_and(|slugs| slugs.contains(slug)));
    matches!(path, "rss.xml" | "atom.xml" | "feed.json") || path.starts_with("archive/") || is_term
}

/// The text of `redirects.yaml`.
pub(super) fn redirects_file(entries: &BTreeMap<String, String>) -> String {
    let lines = entries.iter().map(|(from, to)| format!("{}: {}\n", key(from), scalar(to)));
    "# Old URLs and where they redirect: a source file inside content/, a URL, or `gone`.\n".to_owned()
        + &lines.collect::<String>()
}

fn key(path: &str) -> String {
    let is_plain = path.chars().all(|c| c.is_alphanumeric() || "/._~-".contains(c));
    if is_plain { path.to_owned() } else { crate::edit::quoted(path) }
}
