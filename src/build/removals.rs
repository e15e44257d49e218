//! Stops a build that would take published stories away by accident.

use crate::config;
use crate::diagnostic::{Code, Diagnostic};
use crate::site::State;

use super::moved::{History, Move, NewPlace};

/// The maximum number of stories that the error names; its message has their number.
const MAX_NAMED: usize = 10;

/// A published story or page whose URL would lead nowhere after this build.
#[derive(Debug)]
pub(super) struct Removal {
    path: String,
    source: String,
    new: NewPlace,
    /// True if its file has changed since the last build.
    is_edited: bool,
}

impl History<'_> {
    /// The stories and pages of the last build that readers would no longer find at their URLs, although nobody has
    /// withdrawn them and they have not expired. `moves` are this build's moves, `digests` the hashes of the sources,
    /// and `known` their places in the ledger.
    pub(super) fn removals(&self, moves: &[Move], digests: &[Option<u128>], known: &[Option<usize>]) -> Vec<Removal> {
        let is_edited = |place: usize| {
            let before = known.get(place).copied().flatten().and_then(|at| self.ledger.source(at));
            before.is_none_or(|before| digests.get(place).copied().flatten() != Some(before.digest))
        };
        let removals = moves.iter().filter(|moved| moved.is_new).map(|moved| Removal {
            path: moved.old.path.clone(),
            source: moved.old.source.clone(),
            new: moved.new.clone(),
            is_edited: self.sources.place(&moved.old.source).is_some_and(is_edited),
        });
        let has_run_out = |removal: &Removal| removal.new == NewPlace::Hidden(State::Expired) && !removal.is_edited;
        removals.filter(|removal| !has_run_out(removal)).collect()
    }
}

impl Removal {
    /// True if the removal must be intended: an editor has made the story a draft or renamed its file.
    fn is_meant(&self) -> bool {
        match self.new {
            NewPlace::Path(_) => true,
            NewPlace::Hidden(State::Draft) => self.is_edited,
            NewPlace::Hidden(_) | NewPlace::Deleted => false,
        }
    }

    /// The reason why its URL would lead nowhere, for the error.
    fn explanation(&self) -> String {
        let path = &self.path;
        match &self.new {
            NewPlace::Path(new) => format!("`/{path}` would become `/{new}`, without a redirect"),
            NewPlace::Deleted => format!("`/{path}` would disappear: its file is gone"),
            NewPlace::Hidden(State::Embargoed) => {
                format!("`/{path}` would disappear: its date or embargo is in the future")
            }
            NewPlace::Hidden(state) => format!("`/{path}` would disappear: it is {}", state.describe()),
        }
    }
}

/// The error for removals without permission. An editor may make one story a draft or rename it; anything else, and
/// more than one, needs permission.
pub(super) fn check(removals: &[Removal], allowed: usize) -> Option<Diagnostic> {
    let count = removals.len();
    let is_meant = matches!(removals, [removal] if removal.is_meant());
    if is_meant || count <= allowed {
        return None;
    }
    let stories = if count == 1 { "a published story".to_owned() } else { format!("{count} published stories") };
    let message = format!("{stories} would no longer be at {}", if count == 1 { "its URL" } else { "their URLs" });
    let mut diagnostic = Diagnostic::new(Code::StoriesRemoved, config::FILE, message).hint(hint(removals));
    for removal in removals.iter().take(MAX_NAMED) {
        diagnostic = diagnostic.related(removal.explanation(), &removal.source);
    }
    Some(diagnostic)
}

/// The hint for the likely cause.
fn hint(removals: &[Removal]) -> String {
    let all = |is: fn(&Removal) -> bool| removals.iter().all(is);
    let fix = match () {
        () if all(|removal| matches!(removal.new, NewPlace::Path(_))) => {
            "run `presswork build --keep-urls` to redirect the old URLs".to_owned()
        }
        () if all(|removal| removal.new == NewPlace::Hidden(State::Embargoed) && !removal.is_edited) => {
            format!("no file has been edited: check `timezone` in {} and the computer's clock", config::FILE)
        }
        () if all(|removal| matches!(removal.new, NewPlace::Hidden(State::Embargoed | State::Expired))) => {
            "check the dates; to withdraw a story, write `withdrawn:` into its front matter".to_owned()
        }
        () => format!(
            "restore the files; to withdraw a story, write `withdrawn:` into its front matter, or its old URL into {} with \
             `gone` or another page",
            config::REDIRECTS_FILE
        ),
    };
    format!("{fix}; if this is meant, run `presswork build --allow-removals {}`", removals.len())
}
