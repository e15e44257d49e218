//! The front page: the stories of each block.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::article::{self, Article, Kind, SectionFile};
use crate::content_path::{below_content, in_content, top_folder};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::unicode::{composed, name_key};

use super::{ArticleId, SectionId, Series, Site, Term};

/// The number of stories in a block without a `limit`.
const DEFAULT_LIMIT: usize = 6;

/// The number of stories at the top of a front page without blocks of its own.
const LEAD_LIMIT: usize = 5;

/// One block of the front page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontBlock {
    /// The heading.
    pub heading: Option<String>,
    /// The style in which the theme shows it.
    pub style: String,
    /// The subject of its query, for a link from the heading.
    pub subject: Option<Subject>,
    /// Its stories; never empty.
    pub stories: Vec<ArticleId>,
}

/// The subject of a block's query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A section.
    Section(SectionId),
    /// A tag, by its place.
    Tag(usize),
    /// A series, by its place.
    Series(usize),
}

/// Lays out the front page according to `content/_index.md`, or by default rules without it. An article shown by one
/// block is not repeated by a later one.
pub(super) fn lay_out(site: &Site, now: Timestamp, diagnostics: &mut Vec<Diagnostic>) -> Vec<FrontBlock> {
    let mut shown = HashSet::new();
    match &site.front {
        Some(file) if !file.front.blocks.is_empty() => {
            let blocks = file.front.blocks.iter().zip(&file.until);
            let laid = blocks.map(|(block, until)| {
                let until: Vec<Option<Timestamp>> =
                    until.iter().map(|moment| moment.map(|moment| moment.instant)).collect();
                written(site, file, block, &until, now, &mut shown, diagnostics)
            });
            laid.flatten().collect()
        }
        _ => by_default(site, &mut shown),
    }
}

fn written(
    site: &Site,
    file: &SectionFile,
    block: &article::Block,
    until: &[Option<Timestamp>],
    now: Timestamp,
    shown: &mut HashSet<ArticleId>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FrontBlock> {
    let mut stories = Vec::new();
    for (pick, until) in block.pick.0.iter().zip(until) {
        let is_full = block.limit.is_some_and(|limit| stories.len() >= limit);
        if let Some(id) = picked(site, file, &pick.0.article, diagnostics)
            && until.is_none_or(|until| until > now)
            && site.story(id).is_listed()
            && !is_full
            && shown.insert(id)
        {
            stories.push(id);
        }
    }
    let query = Query::new(site, file, block, diagnostics)?;
    if query.is_asked || block.pick.0.is_empty() {
        let limit = block.limit.unwrap_or(DEFAULT_LIMIT).saturating_sub(stories.len());
        let newest = site.latest.iter().rev().copied().filter(|&id| query.finds(site, block, id));
        stories.extend(take_new(newest, limit, shown));
    }
    let style = block.style.clone().unwrap_or_else(|| "river".to_owned());
    let subject = query.subject;
    (!stories.is_empty()).then(|| FrontBlock { heading: block.heading.clone(), style, subject, stories })
}

fn take_new(ids: impl Iterator<Item = ArticleId>, limit: usize, shown: &mut HashSet<ArticleId>) -> Vec<ArticleId> {
    ids.filter(|&id| shown.insert(id)).take(limit).collect()
}

/// A block's query: a story must match every part.
struct Query<'s> {
    is_asked: bool,
    subject: Option<Subject>,
    lists: Vec<&'s [ArticleId]>,
}

impl<'s> Query<'s> {
    /// `None` for an unknown subject, which is reported.
    fn new(
        site: &'s Site,
        file: &SectionFile,
        block: &article::Block,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Query<'s>> {
        let mut found: Vec<(Subject, &'s [ArticleId])> = Vec::new();
        let mut add = |what: &str, name: &str, subject: Result<(Subject, &'s [ArticleId]), Option<String>>| {
            match subject {
                Ok(subject) => found.push(subject),
                // A subject that only unlisted articles have gives an empty block, not an error: the file need not
                // change with the clock.
                Err(_) if site.dormant.contains(&name_key(name.trim_matches('/'))) => return false,
                Err(_) if site.may_have_lost(what) => return false,
                Err(hint) => {
                    let message = format!("unknown {what} `{}`", name.escape_debug());
                    let diagnostic = Diagnostic::new(Code::UnknownPick, file.source.as_str(), message);
                    diagnostics.push(diagnostic.in_key("blocks", name).hint_maybe(hint));
                    return false;
                }
            }
            true
        };
        let mut is_known = true;
        if let Some(name) = &block.section {
            is_known &= add("section", name, section(site, name));
        }
        if let Some(name) = &block.tag {
            is_known &= add("tag", name, tag(site, name));
        }
        if let Some(name) = &block.series {
            is_known &= add("series", name, series(site, name));
        }
        let subject = found.first().map(|(subject, _)| *subject);
        let lists: Vec<&[ArticleId]> = found.into_iter().map(|(_, list)| list).collect();
        is_known.then(|| Query { is_asked: !lists.is_empty() || block.kind.is_some(), subject, lists })
    }

    fn finds(&self, site: &Site, block: &article::Block, id: ArticleId) -> bool {
        let is_kind = block.kind.is_none_or(|kind| site.story(id).article.front.kind == kind);
        is_kind && self.lists.iter().all(|list| list.contains(&id))
    }
}

type Found<'s> = Result<(Subject, &'s [ArticleId]), Option<String>>;

fn section<'s>(site: &'s Site, name: &str) -> Found<'s> {
    let id = composed(name.trim_matches('/'));
    let at = site.sections.iter().position(|section| section.id == id);
    let at = at.ok_or_else(|| {
        // Editors may know a section by its title.
        let titled = site.sections.iter().find(|section| name_key(&section.title) == name_key(&id));
        let titled = titled.map(|section| format!("did you mean `{}`?", section.id));
        titled.or_else(|| did_you_mean(&id, site.sections.iter().map(|section| section.id.as_str())))
    })?;
    Ok((Subject::Section(SectionId(at as u32)), &site.sections[at].stories))
}

fn tag<'s>(site: &'s Site, name: &str) -> Found<'s> {
    let terms = site.taxonomies.first().map_or(&[][..], |tags| &tags.terms);
    let key = name_key(name);
    let is_meant = |term: &Term| name_key(&term.written) == key || name_key(&term.title) == key || term.slug == name;
    let at = terms.iter().position(is_meant);
    let at = at.ok_or_else(|| did_you_mean(name, terms.iter().map(|term| term.title.as_str())))?;
    Ok((Subject::Tag(at), &terms[at].stories))
}

fn series<'s>(site: &'s Site, name: &str) -> Found<'s> {
    let key = name_key(name);
    let is_meant =
        |series: &Series| name_key(&series.written) == key || name_key(&series.title) == key || series.slug == name;
    let at = site.series.iter().position(is_meant);
    let at = at.ok_or_else(|| {
        let slug = did_you_mean(name, site.series.iter().map(|series| series.slug.as_str()));
        slug.or_else(|| did_you_mean(name, site.series.iter().map(|series| series.title.as_str())))
    })?;
    Ok((Subject::Series(at), &site.series[at].parts))
}

/// Returns the names under which an article is filed, by [`name_key`].
pub(super) fn names_of(article: &Article) -> impl Iterator<Item = String> + '_ {
    let front = &article.front;
    let section = top_folder(&article.source);
    let names =
        front.tags.iter().map(AsRef::as_ref).chain(front.rare().series.as_ref().map(|series| series.0.id.as_str()));
    let terms = front.rare().taxonomies.0.iter().flat_map(|(_, terms)| terms.0.iter().map(String::as_str));
    names.chain(terms).chain(section).map(name_key)
}

fn below(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    below_content(path).unwrap_or(path)
}

/// Returns the possible sources of a pick.
pub(super) fn candidates(path: &str) -> [String; 3] {
    let path = composed(path);
    let below = below(&path);
    [
        in_content(below),
        in_content(&format!("{below}.md")),
        in_content(&format!("{}/index.md", below.trim_end_matches('/'))),
    ]
}

/// Returns the picked article: a path below `content/`, with or without a leading slash and `.md`.
fn picked(site: &Site, file: &SectionFile, path: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<ArticleId> {
    let candidates = candidates(path);
    if let Some(id) = candidates.iter().find_map(|source| site.article_of(source)) {
        return Some(id);
    }
    // A pick that is not public yet, or no longer, is just left out: the file need not change with the clock.
    if candidates.iter().any(|source| site.hidden.contains_key(source) || site.faulty.contains(source)) {
        return None;
    }
    let below = below(path);
    let sources = site.articles.iter().filter_map(|story| below_content(&story.article.source));
    let hint = did_you_mean(below, sources).unwrap_or_else(|| "write the file's path inside content/".to_owned());
    let message = format!("unknown article `{}`", path.escape_debug());
    diagnostics
        .push(Diagnostic::new(Code::UnknownPick, file.source.as_str(), message).in_key("blocks", path).hint(hint));
    None
}

/// The default front page: the newest story with a picture leads, with other new ones beside it, then the newest
/// stories, then each section if there are several.
fn by_default(site: &Site, shown: &mut HashSet<ArticleId>) -> Vec<FrontBlock> {
    let newest = || site.latest.iter().rev().copied();
    let has_image = |id: &ArticleId| site.story(*id).article.front.image.is_some();
    // Sponsored stories and press releases never lead the front page.
    let is_own = |id: &ArticleId| !matches!(site.story(*id).article.front.kind, Kind::Sponsored | Kind::PressRelease);
    let own = || newest().filter(is_own);
    let lead = own().take(DEFAULT_LIMIT).find(has_image).or_else(|| own().next());
    let mut blocks = Vec::new();
    let mut add = |heading: Option<String>, style: &str, subject, stories: Vec<ArticleId>| {
        if !stories.is_empty() {
            blocks.push(FrontBlock { heading, style: style.to_owned(), subject, stories });
        }
    };
    add(None, "lead", None, take_new(lead.into_iter().chain(own()), LEAD_LIMIT, shown));
    let main = || site.sections.iter().zip(0..).filter(|(section, _)| section.parent.is_none());
    // The only section has nothing else than the newest stories.
    let is_alone = main().count() == 1;
    add(None, "river", None, take_new(newest(), if is_alone { 3 * DEFAULT_LIMIT } else { DEFAULT_LIMIT }, shown));
    if !is_alone {
        for (section, at) in main() {
            let stories = take_new(section.stories.iter().rev().copied(), 4, shown);
            add(Some(section.title.clone()), "row", Some(Subject::Section(SectionId(at))), stories);
        }
    }
    blocks
}
