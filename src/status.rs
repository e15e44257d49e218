//! The news desk's status list: stories that wait for something, and stories that recently changed state.

use ahash::HashMap;
use jiff::Timestamp;

use crate::article::{Article, Byline, Credit};
use crate::config::Config;
use crate::date::Moment;
use crate::read::Record;
use crate::site::{State, state, with_shared_embargoes};

/// The reason why a story is listed, in display order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusGroup {
    /// A draft.
    Draft,
    /// Its embargo or date is in the future.
    Embargoed,
    /// It expires before it is published.
    NeverPublic,
    /// It expires soon.
    Expiring,
    /// It will be retracted.
    Retracting,
    /// It will be withdrawn.
    Withdrawing,
    /// It is retracted.
    Retracted,
    /// It is withdrawn.
    Withdrawn,
    /// It expired recently.
    Expired,
    /// A correction or note was added recently.
    Corrected,
}

impl StatusGroup {
    /// Every group, in display order.
    pub const ALL: [StatusGroup; 10] = [
        StatusGroup::Draft,
        StatusGroup::Embargoed,
        StatusGroup::NeverPublic,
        StatusGroup::Expiring,
        StatusGroup::Retracting,
        StatusGroup::Withdrawing,
        StatusGroup::Retracted,
        StatusGroup::Withdrawn,
        StatusGroup::Expired,
        StatusGroup::Corrected,
    ];

    /// The heading above its stories.
    pub fn heading(self) -> &'static str {
        match self {
            StatusGroup::Draft => "Drafts",
            StatusGroup::Embargoed => "Scheduled",
            StatusGroup::NeverPublic => "Never public: expires before publication",
            StatusGroup::Expiring => "Expiring",
            StatusGroup::Retracting => "To be retracted",
            StatusGroup::Withdrawing => "To be withdrawn",
            StatusGroup::Retracted => "Retracted",
            StatusGroup::Withdrawn => "Withdrawn",
            StatusGroup::Expired => "Recently expired",
            StatusGroup::Corrected => "Recent corrections",
        }
    }

    /// The value in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            StatusGroup::Draft => "draft",
            StatusGroup::Embargoed => "embargoed",
            StatusGroup::NeverPublic => "never-public",
            StatusGroup::Expiring => "expiring",
            StatusGroup::Retracting => "retracting",
            StatusGroup::Withdrawing => "withdrawing",
            StatusGroup::Retracted => "retracted",
            StatusGroup::Withdrawn => "withdrawn",
            StatusGroup::Expired => "expired",
            StatusGroup::Corrected => "corrected",
        }
    }
}

/// A listed story.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusEntry {
    /// The reason why it is listed.
    pub group: StatusGroup,
    /// The time at which the state ends (an embargo) or began; drafts have none.
    pub at: Option<Timestamp>,
    /// The story's file.
    pub source: String,
    /// Its title.
    pub title: String,
    /// The names in the byline as readers see it: the authors; without authors the agency, and without that the
    /// publisher; or the custom byline.
    pub authors: Vec<String>,
}

/// Lists the entries at `now`, by group: future ones soonest first, past ones latest first. Expiry counts up to
/// `until`; past expiries, corrections and notes count from `since`. The publisher gets the byline of stories without
/// one.
pub fn status_entries(
    records: &[Record],
    config: &Config,
    now: Timestamp,
    since: Timestamp,
    until: Timestamp,
) -> Vec<StatusEntry> {
    let names = author_names(records);
    let mut entries = Vec::new();
    for article in with_shared_embargoes(records, config) {
        for (group, at) in groups(&article, now, since, until).into_iter().flatten() {
            let title = article.front.title.to_string();
            let authors = signers(&article, &names, &config.publisher.name);
            entries.push(StatusEntry { group, at, source: article.source.to_string(), title, authors });
        }
    }
    entries.sort_unstable();
    let is_past = |group: StatusGroup| group >= StatusGroup::Retracted;
    entries.chunk_by_mut(|one, next| one.group == next.group && is_past(one.group)).for_each(<[StatusEntry]>::reverse);
    entries
}

/// Author names by id.
pub type AuthorNames<'r> = HashMap<&'r str, &'r str>;

/// The names of all authors with a file.
pub fn author_names(records: &[Record]) -> AuthorNames<'_> {
    let named = records.iter().filter_map(|record| match record {
        Record::Author(author) => Some((author.id.as_str(), author.front.name.as_str())),
        _ => None,
    });
    named.collect()
}

/// The groups of an article and the time of each: its state gives one; what is scheduled, and a correction, may add
/// others.
fn groups(
    article: &Article,
    now: Timestamp,
    since: Timestamp,
    until: Timestamp,
) -> [Option<(StatusGroup, Option<Timestamp>)>; 4] {
    let dates = &article.dates;
    let state = state(article, now, false);
    let instant = |moment: Moment| moment.instant;
    let is_late = |at: &Timestamp| since <= *at && *at <= now;
    let (ends, retracts, withdraws) =
        (dates.rare().expires.map(instant), dates.rare().retracted.map(instant), dates.rare().withdrawn.map(instant));
    let of_state = match state {
        State::Draft => Some((StatusGroup::Draft, None)),
        State::Embargoed if dates.is_never_open() => Some((StatusGroup::NeverPublic, dates.closes())),
        State::Embargoed => Some((StatusGroup::Embargoed, Some(dates.opens()))),
        State::Retracted => Some((StatusGroup::Retracted, retracts)),
        State::Withdrawn => Some((StatusGroup::Withdrawn, withdraws)),
        State::Expired if dates.is_never_open() => {
            ends.filter(is_late).map(|end| (StatusGroup::NeverPublic, Some(end)))
        }
        State::Expired => ends.filter(is_late).map(|end| (StatusGroup::Expired, Some(end))),
        State::Published => None,
    };
    let is_public = state.is_public();
    let expiring =
        ends.filter(|&end| is_public && now < end && end <= until).map(|end| (StatusGroup::Expiring, Some(end)));
    // Nothing dated after the end of a story takes effect.
    let is_ahead = |at: &Timestamp| now < *at && dates.closes().is_none_or(|end| *at <= end);
    let withdrawing = withdraws.filter(is_ahead).map(|at| (StatusGroup::Withdrawing, Some(at)));
    let retracting = retracts.filter(is_ahead).map(|at| (StatusGroup::Retracting, Some(at)));
    let ahead = expiring.or(withdrawing.filter(|_| is_public));
    let amended = dates.rare().corrections.iter().chain(&dates.rare().notes).map(|moment| moment.instant);
    let lately = amended.filter(is_late).max().filter(|_| is_public).map(|at| (StatusGroup::Corrected, Some(at)));
    [of_state, ahead, retracting.filter(|_| is_public), lately]
}

/// The names in an article's byline as readers see it.
pub fn signers(article: &Article, names: &AuthorNames<'_>, publisher: &str) -> Vec<String> {
    let front = &article.front;
    if let Some(line) = &front.rare().byline {
        return vec![line.to_string()];
    }
    match Byline::new(&front.authors, front.rare().wire.as_ref().map(|agency| &agency.0)) {
        Byline::Authors(authors) => authors.iter().map(|credit| name(credit, names)).collect(),
        Byline::Agency(agency) => vec![name(agency, names)],
        Byline::Publisher => vec![publisher.to_owned()],
    }
}

/// The name of a credited person; the id if there is no file.
fn name(credit: &Credit, names: &AuthorNames<'_>) -> String {
    match credit {
        Credit::Id(id) => names.get(id.as_str()).copied().unwrap_or(id).to_owned(),
        Credit::Guest(guest) => guest.name.clone(),
    }
}
