//! Finds silent edits: stories whose text has changed since the last note to readers, without a new one.

use jiff::Timestamp;

use crate::article::Article;
use crate::config::Config;
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{AnnouncedText, Ledger, UnannouncedEdit};
use crate::read::Record;
use crate::site::{Site, state};

/// The last build's texts and the present ones.
pub(super) struct Texts<'a> {
    pub ledger: &'a Ledger,
    /// For each source that the last build knew, its place in the ledger.
    pub known: &'a [Option<usize>],
    /// The hash of each source's bytes, if known.
    pub digests: &'a [Option<u128>],
    pub site: &'a Site,
    pub now: Timestamp,
}

impl Texts<'_> {
    /// The stories whose text has changed since the last note to readers, by source. Only stories that have changed
    /// since the last build, or were already changed silently before, are compared.
    pub(super) fn unannounced(&self) -> Vec<UnannouncedEdit> {
        let known = &self.ledger.header.unannounced;
        let edited = self.edited().filter_map(|at| self.published(at));
        let is_known = |unannounced: &UnannouncedEdit| known.iter().any(|known| known.source == unannounced.source);
        let edited: Vec<UnannouncedEdit> = edited.filter(|unannounced| !is_known(unannounced)).collect();
        let mut unannounced: Vec<UnannouncedEdit> =
            known.iter().chain(&edited).filter(|unannounced| self.is_unannounced(unannounced)).cloned().collect();
        unannounced.sort_by(|one, other| one.source.cmp(&other.source));
        unannounced
    }

    /// The places in the ledger of the sources that have changed.
    fn edited(&self) -> impl Iterator<Item = usize> {
        self.known.iter().zip(self.digests).filter_map(|(&known, &digest)| {
            let at = known?;
            (digest != Some(self.ledger.source(at)?.digest)).then_some(at)
        })
    }

    /// An article as of the last build, if it was public then.
    fn published(&self, at: usize) -> Option<UnannouncedEdit> {
        let (Record::Article(article), _) = self.ledger.record(at)? else { return None };
        // The site was the same from this instant on.
        let then = self.ledger.header.window.since?;
        let is_public = state(&article, then, false).is_public();
        is_public.then(|| UnannouncedEdit { source: article.source.to_string(), announced: announced(&article, then) })
    }

    /// True if a story has changed since without a note.
    fn is_unannounced(&self, unannounced: &UnannouncedEdit) -> bool {
        // With errors in its front matter, its notes and its text are uncertain.
        if self.site.faulty.contains(&unannounced.source) {
            return false;
        }
        let Some(article) = self.article(&unannounced.source) else {
            // A story that is hidden for a while and changed meanwhile still counts as changed.
            return self.site.hidden.contains_key(&unannounced.source);
        };
        let now = announced(article, self.now);
        let before = &unannounced.announced;
        let is_announced =
            now.updated > before.updated || now.amendments > before.amendments || now.amended > before.amended;
        !is_announced && article.sketch != before.sketch
    }

    fn article(&self, source: &str) -> Option<&Article> {
        let article = &self.site.story(self.site.article_of(source)?).article;
        state(article, self.now, false).is_public().then_some(article)
    }
}

/// The notes to readers as of an instant.
fn announced(article: &Article, now: Timestamp) -> AnnouncedText {
    let dates = &article.dates;
    let is_due = |moment: &&Moment| moment.instant <= now;
    let amendments =
        dates.rare().corrections.iter().chain(&dates.rare().notes).chain(&dates.rare().retracted).filter(is_due);
    let amended = amendments.clone().map(|moment| moment.instant.as_nanosecond()).max();
    // A date before the story's own says nothing about changes in it.
    let is_later = |moment: &&Moment| moment.instant >= dates.published.instant;
    let updated = dates.updated.as_ref().filter(is_due).filter(is_later).map(|moment| moment.instant.as_nanosecond());
    AnnouncedText { sketch: article.sketch, updated, amendments: amendments.count() as u64, amended }
}

/// The warnings about stories that have changed by more than typos.
pub(super) fn warnings(unannounced: &[UnannouncedEdit], site: &Site, config: &Config) -> Vec<Diagnostic> {
    let Some(typos) = config.corrections.silent_edits else { return Vec::new() };
    let warnings = unannounced.iter().filter_map(|unannounced| {
        let article = &site.story(site.article_of(&unannounced.source)?).article;
        let change = article.sketch.since(&unannounced.announced.sketch);
        let what = match change.words {
            _ if change.has_other_figures && change.words <= typos => "a figure in its text has".to_owned(),
            1 if typos == 0 => "a word of its text or more has".to_owned(),
            words if words > typos => format!("{words} words of its text or more have"),
            _ => return None,
        };
        let message = format!("{what} changed since it was published or last amended, without a note to readers");
        let hint = format!("run `presswork correct {} \"…\"`, or set `updated:`", unannounced.source);
        Some(Diagnostic::new(Code::SilentEdit, &*unannounced.source, message).hint(hint))
    });
    warnings.collect()
}
