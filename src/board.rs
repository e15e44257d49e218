//! The news desk's board: stories that wait for something, and those that something has happened to lately.

use ahash::HashMap;
use jiff::Timestamp;

use crate::article::{Article, Credit};
use crate::date::Moment;
use crate::read::Record;
use crate::site::{State, state};

/// Why a story is on the board, in the order in which the board shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Its author is not done.
    Draft,
    /// Its time has not come.
    Embargoed,
    /// Its time is over before it comes.
    NeverPublic,
    /// Its time will soon be over.
    Expiring,
    /// Its page is going to say that it was wrong.
    Retracting,
    /// It is going to be taken back.
    Withdrawing,
    /// Its page says that it was wrong.
    Retracted,
    /// It was taken back.
    Withdrawn,
    /// Its time was over lately.
    Expired,
    /// A correction or a note has been added lately.
    Corrected,
}

impl Group {
    /// Every group, in its order.
    pub const ALL: [Group; 10] = [
        Group::Draft,
        Group::Embargoed,
        Group::NeverPublic,
        Group::Expiring,
        Group::Retracting,
        Group::Withdrawing,
        Group::Retracted,
        Group::Withdrawn,
        Group::Expired,
        Group::Corrected,
    ];

    /// What stands above its stories.
    pub fn heading(self) -> &'static str {
        match self {
            Group::Draft => "Drafts",
            Group::Embargoed => "Embargoed until",
            Group::NeverPublic => "Never public: over before its time comes",
            Group::Expiring => "Expiring",
            Group::Retracting => "To be retracted",
            Group::Withdrawing => "To be withdrawn",
            Group::Retracted => "Retracted",
            Group::Withdrawn => "Withdrawn",
            Group::Expired => "Expired lately",
            Group::Corrected => "Corrected or noted lately",
        }
    }

    /// The word that machines are told.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::Draft => "draft",
            Group::Embargoed => "embargoed",
            Group::NeverPublic => "never-public",
            Group::Expiring => "expiring",
            Group::Retracting => "retracting",
            Group::Withdrawing => "withdrawing",
            Group::Retracted => "retracted",
            Group::Withdrawn => "withdrawn",
            Group::Expired => "expired",
            Group::Corrected => "corrected",
        }
    }
}

/// A story on the board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Why it is there.
    pub group: Group,
    /// When that ends (an embargo, a story's time) or came about; drafts have no such instant.
    pub at: Option<Timestamp>,
    /// The story's file.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Who signs, as readers see it: the names of the authors; without any the agency, without that the publisher; or
    /// the line that is printed instead.
    pub authors: Vec<String>,
}

/// The board at `now`, group by group: what is ahead soonest first, what has happened latest first. Expiry counts up to
/// `until`; what has expired, corrections and notes count from `since` on. `publisher` signs what nobody else does.
pub fn board(records: &[Record], publisher: &str, now: Timestamp, since: Timestamp, until: Timestamp) -> Vec<Entry> {
    let names = names(records);
    let mut entries = Vec::new();
    for record in records {
        if let Record::Article(article) = record {
            for (group, at) in groups(article, now, since, until).into_iter().flatten() {
                let title = article.front.title.to_string();
                let authors = signers(article, &names, publisher);
                entries.push(Entry { group, at, source: article.source.to_string(), title, authors });
            }
        }
    }
    entries.sort_unstable();
    let is_past = |group: Group| group >= Group::Retracted;
    entries.chunk_by_mut(|one, next| one.group == next.group && is_past(one.group)).for_each(<[Entry]>::reverse);
    entries
}

/// Names by the ids of authors.
pub type Names<'r> = HashMap<&'r str, &'r str>;

/// The names of everybody with a file.
pub fn names(records: &[Record]) -> Names<'_> {
    let named = records.iter().filter_map(|record| match record {
        Record::Author(author) => Some((author.id.as_str(), author.front.name.as_str())),
        _ => None,
    });
    named.collect()
}

/// Why an article is on the board, and the instant of each: its state is one reason, what is ahead of it and a
/// correction may be others.
fn groups(
    article: &Article,
    now: Timestamp,
    since: Timestamp,
    until: Timestamp,
) -> [Option<(Group, Option<Timestamp>)>; 4] {
    let dates = &article.dates;
    let state = state(article, now, false);
    let instant = |moment: Moment| moment.instant;
    let is_late = |at: &Timestamp| since <= *at && *at <= now;
    let (ends, retracts, withdraws) =
        (dates.expires.map(instant), dates.retracted.map(instant), dates.withdrawn.map(instant));
    let of_state = match state {
        State::Draft => Some((Group::Draft, None)),
        State::Embargoed if dates.is_never_open() => Some((Group::NeverPublic, dates.closes())),
        State::Embargoed => Some((Group::Embargoed, Some(dates.opens()))),
        State::Retracted => Some((Group::Retracted, retracts)),
        State::Withdrawn => Some((Group::Withdrawn, withdraws)),
        State::Expired if dates.is_never_open() => ends.filter(is_late).map(|end| (Group::NeverPublic, Some(end))),
        State::Expired => ends.filter(is_late).map(|end| (Group::Expired, Some(end))),
        State::Published => None,
    };
    let is_public = state.is_public();
    let expiring = ends.filter(|&end| is_public && now < end && end <= until).map(|end| (Group::Expiring, Some(end)));
    // What ends a story's time keeps it from what is dated later.
    let is_ahead = |at: &Timestamp| now < *at && dates.closes().is_none_or(|end| *at <= end);
    let withdrawing = withdraws.filter(is_ahead).map(|at| (Group::Withdrawing, Some(at)));
    let retracting = retracts.filter(is_ahead).map(|at| (Group::Retracting, Some(at)));
    let ahead = expiring.or(withdrawing.filter(|_| is_public));
    let told = dates.corrections.iter().chain(&dates.notes).map(|moment| moment.instant);
    let lately = told.filter(is_late).max().filter(|_| is_public).map(|at| (Group::Corrected, Some(at)));
    [of_state, ahead, retracting.filter(|_| is_public), lately]
}

/// Who signs, as readers see it.
pub fn signers(article: &Article, names: &Names<'_>, publisher: &str) -> Vec<String> {
    let front = &article.front;
    if let Some(line) = &front.byline {
        return vec![line.to_string()];
    }
    let authors: Vec<String> = front.authors.iter().map(|credit| name(credit, names)).collect();
    if !authors.is_empty() {
        return authors;
    }
    vec![front.wire.as_ref().map_or_else(|| publisher.to_owned(), |agency| name(&agency.0, names))]
}

/// The name of somebody who signs; the id where no file has it.
fn name(credit: &Credit, names: &Names<'_>) -> String {
    match credit {
        Credit::Id(id) => names.get(id.as_str()).copied().unwrap_or(id).to_owned(),
        Credit::Guest(guest) => guest.name.clone(),
    }
}
