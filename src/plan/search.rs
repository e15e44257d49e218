//! Routes of the search: its page, its script, and the files of its index.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use crate::config::{self, Config, EditionId};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::route::Route;
use crate::search::{FORMAT, SegmentSpan, script_name, segments};
use crate::site::{ArticleId, Site, Story};

use super::corrections::is_taken;
use super::{Output, OutputKind, Plan};

/// The template of the page. A theme without it has no search.
pub(super) const TEMPLATE: &str = "search.html";
/// The folder of the page and of the file that a search begins with.
pub const SEARCH: &str = "search/";
/// The folder of all files that may be cached for ever.
pub const SEARCH_INDEX: &str = "search/index/";

/// A part of the index: the stories of a period.
#[derive(Debug, Clone)]
pub struct SearchSegment {
    /// The name of its folder below [`SEARCH_INDEX`], which changes with the list of its stories.
    pub folder: String,
    /// Its period, and the places of its stories in the list of all.
    pub span: SegmentSpan,
    /// Its stories, by the hour of their dates.
    pub stories: Vec<ArticleId>,
}

/// A file of a part of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentFile {
    /// Terms with their stories, by bucket.
    Terms(usize),
    /// Titles and other facts of some stories.
    Titles(usize),
}

impl SegmentFile {
    fn name(self) -> String {
        match self {
            SegmentFile::Terms(at) => format!("{at}.idx"),
            SegmentFile::Titles(at) => format!("d{at}.idx"),
        }
    }

    /// The file with a name.
    pub fn parse(name: &str) -> Option<SegmentFile> {
        let name = name.strip_suffix(".idx")?;
        match name.strip_prefix('d') {
            Some(number) => number.parse().ok().map(SegmentFile::Titles),
            None => name.parse().ok().map(SegmentFile::Terms),
        }
    }
}

/// Adds the search, unless `site.yaml` turns it off, the theme has no template for it, or there is nothing to search.
pub(super) fn search(
    plan: &mut Plan,
    site: &Site,
    config: &Config,
    has_template: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    plan.search_pages = own_pages(plan, site);
    let Some(search) = &config.search else { return };
    check_sections(&search.sections, site, diagnostics);
    let page = Route::page(SEARCH).ok().filter(|_| !plan.search_pages.contains_key(&EditionId::MAIN));
    let page = page.filter(|route| !is_taken(plan, site, config, std::slice::from_ref(route), None));
    if !has_template || (plan.search_pages.is_empty() && page.is_none()) {
        return;
    }
    let mut stories: Vec<(i64, ArticleId)> = Vec::new();
    for (story, id) in site.articles.iter().zip((0..).map(ArticleId)) {
        if is_searched(story, site, &search.sections, &search.languages) {
            stories.push((story.article.dates.published.instant.as_second().div_euclid(3_600), id));
        }
    }
    if stories.is_empty() {
        return;
    }
    stories.sort_by_key(|&(hour, id)| (hour, id));
    let seconds: Vec<i64> = stories.iter().map(|&(hour, _)| hour.saturating_mul(3_600)).collect();
    for span in segments(&seconds) {
        let stories = stories[span.stories.clone()].iter().map(|&(_, id)| id).collect();
        plan.add_segment(span, stories);
    }
    if let Ok(route) = Route::file(&[SEARCH_INDEX, &script_name()].concat()) {
        plan.add_named(Output::new(route, OutputKind::SearchScript));
    }
    // It names the other files, so it comes after them.
    plan.add_file(&[SEARCH, "root.json"].concat(), OutputKind::SearchRoot);
    if let Some(route) = page {
        plan.search_pages.insert(EditionId::MAIN, route.clone());
        plan.add_named(Output::new(route, OutputKind::SearchPage));
    }
}

/// The standalone pages that are the newsroom's own search pages: the first of each edition with `search: true` in its
/// `extra`.
fn own_pages(plan: &Plan, site: &Site) -> BTreeMap<EditionId, Route> {
    let is_search = |extra: &std::collections::BTreeMap<_, serde_json::Value>| {
        extra.get("search").is_some_and(|value| *value == true)
    };
    let mut pages = BTreeMap::new();
    for (at, standalone) in site.pages.iter().enumerate().filter(|(_, of)| is_search(&of.page.front.extra)) {
        pages.entry(standalone.edition).or_insert_with(|| plan.page(at).clone());
    }
    pages
}

/// True if readers can find a story: it is in lists, and its page may be indexed.
fn is_searched(story: &Story, site: &Site, sections: &[String], languages: &[crate::language::Language]) -> bool {
    let is_inside = |section: &String| {
        let id = site.section(story.section).id.as_str();
        id.strip_prefix(section.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    story.is_listed()
        && !story.article.front.noindex
        && (sections.is_empty() || sections.iter().any(is_inside))
        && (languages.is_empty() || languages.contains(&story.language))
}

fn check_sections(sections: &[String], site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let ids = || site.sections.iter().map(|section| section.id.as_str());
    for section in sections {
        let is_known = ids().any(|id| id == section) || site.dormant.contains(&crate::unicode::name_key(section));
        if !is_known {
            let message = format!("there is no section `{section}` to search");
            let hint = nearest(section, ids()).map_or_else(
                || "write the folder of a section, such as world or world/asia".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let found = Diagnostic::new(Code::BadConfig, config::FILE, message).in_key("search", section);
            diagnostics.push(found.hint(hint));
        }
    }
}

impl Plan {
    /// The parts of the search index, oldest first; none without a search.
    pub fn segments(&self) -> &[SearchSegment] {
        &self.segments
    }

    /// The page on which readers of an edition search: the newsroom's own, or else that of the main edition or the theme.
    pub fn search_page(&self, edition: EditionId) -> Option<&Route> {
        self.search_pages.get(&edition).or_else(|| self.search_pages.values().next())
    }

    fn add_segment(&mut self, span: SegmentSpan, stories: Vec<ArticleId>) {
        let mut hash = Xxh3::new();
        for &id in &stories {
            hash.update(self.article(id).as_str().as_bytes());
            hash.update(b"\n");
        }
        hash.update(&FORMAT.to_le_bytes());
        let folder = format!("{}-{}-{:08x}", span.level, span.node, hash.digest() as u32);
        let newest = stories.last().copied();
        let at = self.segments.len();
        let terms = (0..span.buckets()).map(SegmentFile::Terms);
        for file in terms.chain((0..span.lists()).map(SegmentFile::Titles)) {
            if let Ok(route) = Route::file(&[SEARCH_INDEX, &folder, "/", &file.name()].concat()) {
                self.add(Output::new(route, OutputKind::SearchSegment(at, file)).showing(newest));
            }
        }
        self.segments.push(SearchSegment { folder, span, stories });
    }
}
