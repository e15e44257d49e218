//! Finds silent edits: stories whose text has changed since the last note to readers, without a new one.

use jiff::Timestamp;

use crate::article::Article;
use crate::config::Config;
use crate::date::Moment;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Ledger, Told, Untold};
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
    pub(super) fn untold(&self) -> Vec<Untold> {
        let known = &self.ledger.header.untold;
        let edited = self.edited().filter_map(|at| self.published(at));
        let is_known = |untold: &Untold| known.iter().any(|known| known.source == untold.source);
        let edited: Vec<Untold> = edited.filter(|untold| !is_known(untold)).collect();
        let mut untold: Vec<Untold> =
            known.iter().chain(&edited).filter(|untold| self.is_untold(untold)).cloned().collect();
        untold.sort_by(|one, other| one.source.cmp(&other.source));
        untold
    }

    /// The places in the ledger of the sources that have changed.
    fn edited(&self) -> impl Iterator<Item = usize> {
        self.known.iter().zip(self.digests).filter_map(|(&known, &digest)| {
            let at = known?;
            (digest != Some(self.ledger.source(at)?.digest)).then_some(at)
        })
    }

    /// An article as of the last build, if it was public then.
    fn published(&self, at: usize) -> Option<Untold> {
        let (Record::Article(article), _) = self.ledger.record(at)? else { return None };
        // The site was the same from this instant on.
        let then = self.ledger.header.window.since?;
        let is_public = state(&article, then, false).is_public();
        is_public.then(|| Untold { source: article.source.to_string(), told: told(&article, then) })
    }

    /// True if a story has changed since without a note.
    fn is_untold(&self, untold: &Untold) -> bool {
        let Some(article) = self.article(&untold.source) else {
            // A story that is hidden for a while and changed meanwhile still counts as changed.
            return self.site.hidden.contains_key(&untold.source);
        };
        let now = told(article, self.now);
        let before = &untold.told;
        let is_told =
            now.updated > before.updated || now.amendments > before.amendments || now.amended > before.amended;
        !is_told && article.sketch != before.sketch
    }

    fn article(&self, source: &str) -> Option<&Article> {
        let article = &self.site.story(self.site.article_of(source)?).article;
        state(article, self.now, false).is_public().then_some(article)
    }
}

/// The notes to readers as of an instant.
fn told(article: &Article, now: Timestamp) -> Told {
    let dates = &article.dates;
    let is_due = |moment: &&Moment| moment.instant <= now;
    let amendments =
        dates.rare().corrections.iter().chain(&dates.rare().notes).chain(&dates.rare().retracted).filter(is_due);
    let amended = amendments.clone().map(|moment| moment.instant.as_nanosecond()).max();
    // A date before the story's own says nothing about changes in it.
    let is_later = |moment: &&Moment| moment.instant >= dates.published.instant;
    let updated = dates.updated.as_ref().filter(is_due).filter(is_later).map(|moment| moment.instant.as_nanosecond());
    Told { sketch: article.sketch, updated, amendments: amendments.count() as u64, amended }
}

/// The warnings about stories that have changed by more than typos.
pub(super) fn warnings(untold: &[Untold], site: &Site, config: &Config) -> Vec<Diagnostic> {
    let Some(typos) = config.corrections.silent_edits else { return Vec::new() };
    let warnings = untold.iter().filter_map(|untold| {
        let article = &site.story(site.article_of(&untold.source)?).article;
        let change = article.sketch.since(&untold.told.sketch);
        let what = match change.words {
            _ if change.has_other_figures && change.words <= typos => "a figure in its text has".to_owned(),
            1 if typos == 0 => "a word of its text or more has".to_owned(),
            words if words > typos => format!("{words} words of its text or more have"),
            _ => return None,
        };
        let message = format!("{what} changed since it was published or last amended, without a note to readers");
        let hint = format!("run `presswork correct {} \"…\"`, or set `updated:`", untold.source);
        Some(Diagnostic::new(Code::SilentEdit, &*untold.source, message).hint(hint))
    });
    warnings.collect()
}
