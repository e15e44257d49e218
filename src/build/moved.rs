//! Finds articles and pages whose URL has changed since the last build, leaving nothing at the old one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ahash::{HashMap, HashSet};
use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::{Article, Page};
use crate::commit::{MachineError, WORK_FOLDER};
use crate::config::{self, Config, REDIRECTS_FILE, may_be_known, with_redirects};
use crate::content_path::CONTENT;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::ledger::{Ledger, MissingUrl};
use crate::plan::{Output, Plan};
use crate::read::Record;
use crate::route::Route;
use crate::site::{Site, State, has_opened};
use crate::source::{self, Sources};

use super::draft::Draft;

/// The last build's ledger and the present site.
pub(super) struct History<'a> {
    pub ledger: &'a Ledger,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub sources: &'a Sources,
    pub config: &'a Config,
    pub root: &'a Path,
    pub now: Timestamp,
    served: ServedPaths<'a>,
    /// The files with errors, whose URLs are uncertain until these are corrected.
    wrong: HashSet<&'a str>,
}

/// The URL paths at which something is: an output, a redirect or a 410 page.
pub(super) struct ServedPaths<'a> {
    plan: &'a Plan,
    /// The old paths with a redirect or a 410 page.
    redirected: HashSet<&'a str>,
}

impl<'a> ServedPaths<'a> {
    pub(super) fn new(draft: &'a Draft) -> ServedPaths<'a> {
        let redirects = draft.config.redirects.iter().map(|entry| &entry.route);
        let routes = redirects.chain(draft.plan.gone().iter().map(|gone| &gone.route));
        ServedPaths { plan: &draft.plan, redirected: routes.map(Route::path).collect() }
    }

    /// True if an output, a redirect or a 410 page is at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.plan.output_at(path).is_some() || self.redirects(path)
    }

    /// True if a redirect or a 410 page is at a path.
    pub(super) fn redirects(&self, path: &str) -> bool {
        self.redirected.contains(path)
    }
}

/// The URL path of a page, by its route.
pub(super) fn page_path(route: &str) -> &str {
    let folder = route.strip_suffix("index.html");
    folder.filter(|path| path.is_empty() || path.ends_with('/')).unwrap_or(route)
}

/// The maximum number of stories that an error of a build names; its message has their number.
pub(super) const MAX_NAMED: usize = 10;

/// A URL at which nothing is published any more.
#[derive(Debug)]
pub(super) struct Move {
    pub old: MissingUrl,
    pub new: NewPlace,
    /// The source of the page that the last build had there, by its place in the ledger; `None` if it had none.
    pub before: Option<usize>,
}

/// The new place of the content that was at a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NewPlace {
    /// At this path.
    Path(String),
    /// It has no page, for now or for good.
    Hidden(State),
    /// Its source is gone.
    Deleted,
}

impl Move {
    /// The warning for editors.
    fn warning(&self) -> Option<Diagnostic> {
        let MissingUrl { path, source } = &self.old;
        match &self.new {
            NewPlace::Path(new) => {
                let message = format!("the URL changed from `/{path}` to `/{new}`, and the old one does not redirect");
                let hint = format!("add `aliases: [/{path}]`, or run `presswork build --keep-urls`");
                Some(Diagnostic::new(Code::MovedUrl, source, message).hint(hint))
            }
            NewPlace::Hidden(_) => None,
            NewPlace::Deleted => {
                let message = format!("the file of a published story is gone, and its URL `/{path}` leads nowhere");
                let hint = format!(
                    "if that was a mistake, restore the file; to withdraw the story, restore it and write `withdrawn:`, or \
                     write `/{path}: gone` into {REDIRECTS_FILE}; to redirect readers, write another page instead of `gone`"
                );
                Some(Diagnostic::new(Code::DeletedStory, source, message).hint(hint))
            }
        }
    }
}

/// The maximum number of moves with a warning each: a change of `permalink` moves a whole archive.
const MOST_WARNINGS: usize = 100;

/// The warnings for all moves.
pub(super) fn warnings(moves: &[Move]) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> = moves.iter().filter_map(Move::warning).collect();
    let more = warnings.len().saturating_sub(MOST_WARNINGS);
    if more > 0 {
        warnings.truncate(MOST_WARNINGS);
        let message = format!("{more} more old URLs lead nowhere");
        let hint = "run `presswork build --keep-urls`, or write them into redirects.yaml";
        warnings.push(Diagnostic::new(Code::MovedUrl, config::FILE, message).hint(hint));
    }
    warnings
}

/// True if `redirects.yaml` may be extended: there are no errors except targets that have been renamed.
pub(super) fn may_write(diagnostics: &[Diagnostic]) -> bool {
    let is_of_renamed = |found: &Diagnostic| found.path == REDIRECTS_FILE && found.code == Code::BrokenLink;
    diagnostics.iter().filter(|found| found.severity == Severity::Error).all(is_of_renamed)
}

impl<'a> History<'a> {
    pub(super) fn new(ledger: &'a Ledger, draft: &'a Draft, sources: &'a Sources, now: Timestamp) -> History<'a> {
        let Draft { config, site, plan, root, diagnostics, .. } = draft;
        let is_uncertain = |found: &&Diagnostic| found.severity == Severity::Error && !may_be_known(found.code);
        let wrong = diagnostics.iter().filter(is_uncertain).map(|found| found.path.as_str()).collect();
        History { ledger, site, plan, sources, config, root, now, served: ServedPaths::new(draft), wrong }
    }

    /// True if a source has changed since the last build, or is new. `place` is its place among the sources, `digests` are
    /// their hashes, and `known` their places in the ledger.
    pub(super) fn is_edited(&self, place: usize, digests: &[Option<u128>], known: &[Option<usize>]) -> bool {
        let before = known.get(place).copied().flatten().and_then(|at| self.ledger.source(at));
        before.is_none_or(|before| digests.get(place).copied().flatten() != Some(before.digest))
    }

    /// True if the URL of a source is uncertain, since its own front matter or that of a section around it has errors.
    pub(super) fn is_uncertain(&self, source: &str) -> bool {
        let is_above = |path: &str| path.strip_suffix("_index.md").is_some_and(|folder| source.starts_with(folder));
        self.wrong.contains(source) || self.wrong.iter().any(|path| is_above(path))
    }

    /// Returns every URL of a former article or page where nothing is published now, in order, including those found by
    /// earlier builds that are still open.
    pub(super) fn moves(&self) -> Vec<Move> {
        let unserved = self.unserved();
        let waiting = self.ledger.header.moved.iter().filter(|old| !self.served.has(&old.path));
        let mut old: Vec<MissingUrl> = unserved.iter().map(|(old, _)| old).chain(waiting).cloned().collect();
        if old.is_empty() {
            return Vec::new();
        }
        let is_there = |source: &str| self.route_of(source).is_some() || self.site.hidden.contains_key(source);
        let renames = if old.iter().all(|old| is_there(&old.source)) { HashMap::default() } else { self.renames() };
        old.sort();
        old.dedup();
        let pages: HashMap<&str, usize> = unserved.iter().map(|(old, at)| (old.path.as_str(), *at)).collect();
        let moves = old.into_iter().filter_map(|MissingUrl { path, source }| {
            let source = match renames.get(source.as_str()) {
                Some(now) if !is_there(&source) => now.clone(),
                _ => source,
            };
            if self.is_uncertain(&source) {
                return None;
            }
            let new = self.route_of(&source);
            // Some disks treat the two names as the same file, so one cannot redirect to the other.
            let key = |route: &Route| route.collision_key().into_owned();
            if new.is_some_and(|new| Route::old_page(&path).is_ok_and(|old| key(&old) == key(new))) {
                return None;
            }
            let new = match (new, self.site.hidden.get(&source)) {
                (Some(new), _) => NewPlace::Path(new.path().to_owned()),
                (None, Some(State::Withdrawn)) => return None,
                (None, Some(&state)) => NewPlace::Hidden(state),
                (None, None) if self.sources.place(&source).is_some() => return None,
                (None, None) => NewPlace::Deleted,
            };
            let before = pages.get(&*path).copied();
            Some(Move { old: MissingUrl { path, source }, new, before })
        });
        moves.collect()
    }

    fn route_of(&self, source: &str) -> Option<&Route> {
        self.plan.route_of_source(source, self.site)
    }

    /// The URLs of the last build's pages that lead nowhere now, each with the place of its source in the ledger. This
    /// takes one lookup for each page; nothing is read or hashed.
    fn unserved(&self) -> Vec<(MissingUrl, usize)> {
        let pages = (0..self.ledger.output_count()).into_par_iter().with_min_len(256).filter_map(|at| {
            let known = self.ledger.output(at)?;
            let at = known.facts.source? as usize;
            let path = page_path(known.route);
            let is_left = match self.plan.output_at(path) {
                Some(output) => !self.is_taken(path, at, output),
                None => self.served.has(path),
            };
            if is_left || !self.was_public(at) {
                return None;
            }
            let source = self.ledger.source(at)?.path.to_owned();
            Some((MissingUrl { path: path.to_owned(), source }, at))
        });
        pages.collect()
    }

    /// True if the URL of a page that is gone or hidden now shows another source's page. `at` is the place of its source in
    /// the ledger, and `output` is what is planned for the URL.
    fn is_taken(&self, path: &str, at: usize, output: &Output) -> bool {
        let Some(before) = self.ledger.source(at) else { return false };
        // Not the story to which it redirects.
        let is_page = output.is_story() && page_path(output.route.as_str()) == path;
        let now = output.source.filter(|_| is_page);
        let is_other = now.is_some_and(|now| now.path(self.site) != Some(before.path));
        is_other && self.route_of(before.path).is_none()
    }

    /// True if the last build's page of a source was public: a preview shows drafts too.
    fn was_public(&self, at: usize) -> bool {
        // The clock may have been set back since then.
        let last = Timestamp::from_second(self.ledger.header.as_of).unwrap_or(self.now).max(self.now);
        match self.ledger.record(at) {
            Some((Record::Article(article), _)) => has_opened(&article, last),
            Some((Record::Page(page), _)) => !page.front.draft,
            _ => false,
        }
    }

    /// The new names of sources that have been renamed: those with the same bytes, the same slug and date, or the same
    /// title and date.
    fn renames(&self) -> HashMap<String, String> {
        let now: BTreeSet<&str> = self.sources.files.iter().map(|file| file.path.as_str()).collect();
        let before: HashSet<&str> = self.ledger.sources().map(|source| source.path).collect();
        let mut by_sign: HashMap<RenameClue, &str> = HashMap::default();
        for source in now.iter().filter(|source| !before.contains(*source)) {
            for sign in self.signs_of(source).into_iter().flatten() {
                by_sign.entry(sign).or_insert(source);
            }
        }
        let gone = self.ledger.sources().enumerate().filter(|(_, source)| !now.contains(source.path));
        let renames = gone.filter_map(|(at, source)| {
            let (record, _) = self.ledger.record(at)?;
            let signs = match &record {
                Record::Article(article) => signs_of_article(article),
                Record::Page(page) => signs_of_page(page),
                _ => return None,
            };
            let same = signs.iter().find_map(|sign| by_sign.get(sign))?;
            Some((source.path.to_owned(), (*same).to_owned()))
        });
        renames.collect()
    }

    /// The signs by which a public source is recognized under another name.
    fn signs_of(&self, source: &str) -> Option<[RenameClue; 3]> {
        if let Some(id) = self.site.article_of(source) {
            return Some(signs_of_article(&self.site.story(id).article));
        }
        let standalone = self.site.pages.iter().find(|standalone| standalone.page.source == source)?;
        Some(signs_of_page(&standalone.page))
    }

    /// Adds every move to `redirects.yaml`, and updates the targets of entries whose source was renamed. Returns true
    /// if the file has changed.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn keep_urls(&self, root: &Path, moves: &[Move]) -> Result<bool, MachineError> {
        let renames = self.renames();
        let paths = self.config.redirects.iter().map(|entry| &entry.target);
        let targets = paths.chain(self.config.patterns.iter().map(|entry| &entry.target)).flatten();
        let changed: Vec<(String, String)> = targets.filter_map(|target| renamed_target(target, &renames)).collect();
        let has_moved = |moved: &&Move| matches!(moved.new, NewPlace::Path(_));
        let added: Vec<(String, String)> = moves.iter().filter(has_moved).map(entry).collect();
        if added.is_empty() && changed.is_empty() {
            return Ok(false);
        }
        let path = root.join(REDIRECTS_FILE);
        let text = if path.exists() { fs::read_to_string(&path).map_err(cannot_write)? } else { String::new() };
        let Some(text) = with_redirects(&text, &added, &changed) else {
            let entries: Vec<String> = added.iter().map(|(path, target)| format!("{path}: {target}")).collect();
            let what = entries.join("; ");
            return Err(MachineError(format!(
                "cannot add redirects to {REDIRECTS_FILE} in its present format; add by hand: {what}"
            )));
        };
        write(root, &path, &text)?;
        Ok(true)
    }
}

/// A clue that a file under another name is the same story, the most reliable first.
#[derive(PartialEq, Eq, Hash)]
enum RenameClue {
    Digest(u128),
    Slug(String, Option<Timestamp>),
    Title(String, Option<Timestamp>),
}

fn signs_of_article(article: &Article) -> [RenameClue; 3] {
    let date = Some(article.dates.published.instant);
    let (slug, title) = (article.slug.to_string(), article.front.title.to_string());
    [RenameClue::Digest(article.digest), RenameClue::Slug(slug, date), RenameClue::Title(title, date)]
}

fn signs_of_page(page: &Page) -> [RenameClue; 3] {
    [
        RenameClue::Digest(page.digest),
        RenameClue::Slug(page.slug.clone(), None),
        RenameClue::Title(page.front.title.clone(), None),
    ]
}

/// The entry for a move. The target is the source and not its URL, so that it stays valid after the next move.
fn entry(moved: &Move) -> (String, String) {
    let MissingUrl { path, source } = &moved.old;
    (format!("/{path}"), source.strip_prefix(CONTENT).unwrap_or(source).to_owned())
}

/// The old and the new target of an entry whose source was renamed.
fn renamed_target(target: &str, renames: &HashMap<String, String>) -> Option<(String, String)> {
    let (path, tail) = target.split_at(target.find(['?', '#']).unwrap_or(target.len()));
    let now = renames.get(&source::resolve(REDIRECTS_FILE, path)?)?;
    let now = now.strip_prefix(CONTENT).unwrap_or(now);
    Some((target.to_owned(), format!("{now}{tail}")))
}

/// Replaces the file atomically, so that nobody reads half of it.
fn write(root: &Path, path: &Path, text: &str) -> Result<(), MachineError> {
    let before = fs::metadata(path).ok();
    if before.as_ref().is_some_and(|before| before.permissions().readonly()) {
        return Err(MachineError(format!("{REDIRECTS_FILE} is not writable")));
    }
    let new = root.join(WORK_FOLDER).join("redirects.new");
    fs::write(&new, text).map_err(cannot_write)?;
    if let Some(before) = before {
        fs::set_permissions(&new, before.permissions()).map_err(cannot_write)?;
    }
    fs::rename(&new, path).map_err(cannot_write)
}

fn cannot_write(error: std::io::Error) -> MachineError {
    MachineError(format!("cannot write {REDIRECTS_FILE}: {error}"))
}
