//! Stops a build that would take published stories away by accident.

use std::collections::BTreeSet;

use crate::article::Article;
use crate::commit::OutputFolder;
use crate::config;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Ledger;
use crate::plan::Removed;
use crate::read::{self, Record, Settings};
use crate::site::State;

use super::draft::Draft;
use super::moved::{History, MAX_NAMED, Move, NewPlace, ServedPaths, page_path};

/// A published story or page whose URL would lead nowhere after this build.
#[derive(Debug)]
pub(super) struct Removal {
    path: String,
    /// Its source, or the published file if only the manifest knows it.
    source: String,
    cause: Cause,
}

/// The reason why a URL would lead nowhere.
#[derive(Debug)]
enum Cause {
    /// The story would be at another URL.
    Moved { to: String, is_meant: bool },
    /// The story would have no page. `is_edited` is true if its file has changed since the last build; `date` describes the
    /// date that hides it, if it was looked up.
    Hidden { state: State, is_edited: bool, date: Option<HidingDate> },
    /// Its file is gone.
    Deleted,
    /// There is no record of the last build, only the list of its files.
    Unrecorded,
}

/// The key of front matter that hides a story, and the reason in words: "its date is in the future".
#[derive(Debug, Clone, Copy)]
struct HidingDate {
    key: &'static str,
    reason: &'static str,
}

impl HidingDate {
    fn of(article: &Article, state: State) -> Option<HidingDate> {
        let (rare, opens) = (article.dates.rare(), article.dates.opens());
        let (key, reason) = match state {
            State::Expired => ("expires", "it is expired"),
            State::Embargoed if rare.withdrawn.is_some_and(|moment| moment.instant < opens) => {
                ("withdrawn", "it is withdrawn before its date")
            }
            State::Embargoed if rare.expires.is_some_and(|moment| moment.instant <= opens) => {
                ("expires", "it expires before its date")
            }
            State::Embargoed if opens > article.dates.published.instant => ("embargo", "its embargo is in the future"),
            State::Embargoed => ("date", "its date is in the future"),
            State::Draft => ("draft", "it is a draft"),
            State::Published | State::Retracted | State::Withdrawn => return None,
        };
        Some(HidingDate { key, reason })
    }
}

impl History<'_> {
    /// The stories and pages of the last build that readers would no longer find at their URLs, although nobody has
    /// withdrawn them and they have not expired. `moves` are this build's moves, `digests` the hashes of the sources,
    /// and `known` their places in the ledger.
    pub(super) fn removals(&self, moves: &[Move], digests: &[Option<u128>], known: &[Option<usize>]) -> Vec<Removal> {
        let mut found = Vec::new();
        for moved in moves {
            let Some(at) = moved.before else { continue };
            let source = &moved.old.source;
            let is_edited = self.sources.place(source).is_some_and(|place| self.is_edited(place, digests, known));
            let cause = match &moved.new {
                NewPlace::Deleted => Cause::Deleted,
                NewPlace::Path(to) => {
                    let is_meant = is_edited && self.is_own_move(at, source);
                    Cause::Moved { to: to.clone(), is_meant }
                }
                NewPlace::Hidden(State::Expired) if self.has_run_out(at) => continue,
                &NewPlace::Hidden(state) => {
                    let date = (found.len() < MAX_NAMED).then(|| self.hiding_date(source, state)).flatten();
                    Cause::Hidden { state, is_edited, date }
                }
            };
            found.push(Removal { path: moved.old.path.clone(), source: source.clone(), cause });
        }
        found
    }

    /// True if a story of the last build has reached the date on which it expires.
    fn has_run_out(&self, at: usize) -> bool {
        let Some((Record::Article(article), _)) = self.ledger.record(at) else { return false };
        article.dates.rare().expires.is_some_and(|moment| moment.instant <= self.now)
    }

    /// True if a story has another URL because an editor gave it one: its file was renamed, or its front matter has another
    /// slug or `url`. Otherwise the cause is a folder that was renamed, the configuration, or another date, which may be a
    /// slip even if the slug is another one, too.
    fn is_own_move(&self, at: usize, source: &str) -> bool {
        let (Some(before), Some((record, _))) = (self.ledger.source(at), self.ledger.record(at)) else { return false };
        if before.path != source && self.is_folder_renamed(before.path, source) {
            return false;
        }
        let is_elsewhere = folder(before.path) != folder(source);
        match record {
            Record::Article(old) => self.site.article_of(source).is_some_and(|id| {
                let new = &self.site.story(id).article;
                let has_own_url = new.front.rare().url.is_some() && old.front.rare().url != new.front.rare().url;
                let has_other_url = old.slug != new.slug || old.front.rare().url != new.front.rare().url;
                // A date in the URL may be mistyped in the same edit.
                let day = |article: &Article| article.dates.published.in_zone(&self.config.timezone).date();
                has_own_url || (has_other_url || is_elsewhere) && day(&old) == day(new)
            }),
            Record::Page(old) => {
                self.site.pages.iter().find(|standalone| standalone.page.source == source).is_some_and(|standalone| {
                    let new = &standalone.page;
                    old.slug != new.slug || old.front.url != new.front.url || is_elsewhere
                })
            }
            _ => false,
        }
    }

    /// True if a file has another path because a folder was renamed: that of a story with pictures, or a section's.
    fn is_folder_renamed(&self, old: &str, new: &str) -> bool {
        let of_old = folder(old);
        let is_inside = |path: &str| path.strip_prefix(of_old).is_some_and(|rest| rest.starts_with('/'));
        let is_left = self.sources.files.iter().any(|file| is_inside(&file.path));
        of_old != folder(new) && (old.ends_with("/index.md") || !is_left)
    }

    /// The date that hides a story now.
    fn hiding_date(&self, source: &str, state: State) -> Option<HidingDate> {
        let file = self.sources.files.get(self.sources.place(source)?)?;
        match read::read(self.root, file, &Settings::from(self.config)).value {
            Some(Record::Article(article)) => HidingDate::of(&article, state),
            _ => None,
        }
    }
}

/// The folder of a file.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The published stories and pages that would be removed, of which no ledger has a record: it was deleted or damaged, or
/// another build or machine has published since. `online` are the routes of those at a deploy's target, and `ledger` is the
/// last build's, as far as it is usable.
pub(super) fn unrecorded(
    draft: &Draft,
    published: &OutputFolder,
    online: &[String],
    ledger: Option<&Ledger>,
) -> Vec<Removal> {
    let is_recorded = ledger.is_some_and(|ledger| published.manifest_digest() == Some(ledger.header.manifest));
    if is_recorded && online.is_empty() {
        return Vec::new();
    }
    let served = ServedPaths::new(draft);
    let here = published.published_stories().filter(|_| !is_recorded);
    let published_anywhere = here.chain(online.iter().map(String::as_str));
    let mut missing: BTreeSet<&str> = published_anywhere.filter(|route| !served.has(page_path(route))).collect();
    if let Some(ledger) = ledger.filter(|_| !missing.is_empty()) {
        let known: ahash::HashSet<&str> = ledger.outputs().map(|output| output.route).collect();
        // An earlier build has taken these away, with permission.
        let moved: ahash::HashSet<&str> = ledger.header.moved.iter().map(|old| old.path.as_str()).collect();
        missing.retain(|route| !known.contains(route) && !moved.contains(page_path(route)));
    }
    let has_expired = |route: &str| draft.plan.removed_from(page_path(route)) == Some(Removed::Story(State::Expired));
    let missing = missing.into_iter().filter(|route| !has_expired(route));
    missing.map(|route| Removal::unrecorded(route, &published.shown(route))).collect()
}

impl Removal {
    /// The removal of a published file of which no ledger knows the source. `shown` is its name in the error.
    pub(super) fn unrecorded(route: &str, shown: &str) -> Removal {
        Removal { path: page_path(route).to_owned(), source: shown.to_owned(), cause: Cause::Unrecorded }
    }

    /// True if the removal must be intended: an editor has made the story a draft, renamed its file or given it another
    /// URL.
    fn is_meant(&self) -> bool {
        match self.cause {
            Cause::Moved { is_meant, .. } => is_meant,
            Cause::Hidden { state: State::Draft, is_edited, .. } => is_edited,
            Cause::Hidden { .. } | Cause::Deleted | Cause::Unrecorded => false,
        }
    }

    /// The reason why its URL would lead nowhere, for the error.
    fn explanation(&self) -> String {
        let path = &self.path;
        match &self.cause {
            Cause::Moved { to, .. } => format!("`/{path}` would become `/{to}`, without a redirect"),
            Cause::Deleted => format!("`/{path}` would disappear: its file is gone"),
            Cause::Hidden { date: Some(date), .. } => format!("`/{path}` would disappear: {}", date.reason),
            Cause::Hidden { state, .. } => format!("`/{path}` would disappear: it is {}", state.describe()),
            Cause::Unrecorded => format!("`/{path}` would disappear"),
        }
    }

    /// The error without a place yet: in the story's file if an edit of it is the cause, else in the configuration.
    fn place(&self, code: Code, message: String) -> Diagnostic {
        match &self.cause {
            Cause::Deleted => Diagnostic::new(code, &*self.source, message),
            Cause::Hidden { is_edited: true, date, .. } => {
                let diagnostic = Diagnostic::new(code, &*self.source, message);
                match date {
                    Some(date) => diagnostic.in_key(date.key, ""),
                    None => diagnostic,
                }
            }
            Cause::Hidden { .. } | Cause::Moved { .. } | Cause::Unrecorded => {
                Diagnostic::new(code, config::FILE, message)
            }
        }
    }
}

/// The number of removals that need permission. An editor may make one story a draft or rename it; anything else, and
/// more than one, needs permission.
pub(super) fn count(removals: &[Removal]) -> usize {
    let is_meant = matches!(removals, [removal] if removal.is_meant());
    if is_meant { 0 } else { removals.len() }
}

/// The error for removals without permission. `needed` is the number that `--allow-removals` would need.
pub(super) fn error(removals: &[Removal], needed: usize) -> Option<Diagnostic> {
    let first = removals.first()?;
    let count = removals.len();
    let stories = if count == 1 { "a published story".to_owned() } else { format!("{count} published stories") };
    let message = format!("{stories} would no longer be at {}", if count == 1 { "its URL" } else { "their URLs" });
    let diagnostic = match count {
        1 => first.place(Code::StoriesRemoved, message),
        _ => Diagnostic::new(Code::StoriesRemoved, config::FILE, message),
    };
    let hint = format!("{}; {}", hint(removals), permission(needed));
    let named = removals.iter().take(MAX_NAMED);
    Some(named.fold(diagnostic.hint(hint), |error, removal| error.related(removal.explanation(), &removal.source)))
}

/// The end of a hint: the option that lets the build go on.
pub(super) fn permission(needed: usize) -> String {
    format!("if this is meant, run the command again with `--allow-removals {needed}`")
}

/// The hint for the likely cause.
fn hint(removals: &[Removal]) -> String {
    let all = |is: fn(&Cause) -> bool| removals.iter().all(|removal| is(&removal.cause));
    let is_dated = |cause: &Cause| matches!(cause, Cause::Hidden { state: State::Embargoed | State::Expired, .. });
    match () {
        () if all(|cause| matches!(cause, Cause::Moved { .. })) => {
            "run `presswork build --keep-urls` to redirect the old URLs".to_owned()
        }
        () if all(|cause| matches!(cause, Cause::Unrecorded)) => format!(
            "there is no ledger of the build that published them: check `timezone` and `permalink` in {}, the dates, and \
             whether files were moved or deleted",
            config::FILE
        ),
        () if all(is_dated) && all(|cause| matches!(cause, Cause::Hidden { is_edited, .. } if !is_edited)) => {
            format!("no file has been edited: check `timezone` in {} and the computer's clock", config::FILE)
        }
        () if all(is_dated) => {
            "check the dates; to withdraw a story, write `withdrawn:` into its front matter".to_owned()
        }
        () => format!(
            "restore the files; to withdraw a story, write `withdrawn:` into its front matter, or its old URL into {} with \
             `gone` or another page",
            config::REDIRECTS_FILE
        ),
    }
}
