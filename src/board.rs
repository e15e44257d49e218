//! The news desk's board: stories that wait for something, and those that something has happened to lately.

use ahash::HashMap;
use jiff::Timestamp;

use crate::article::{Article, Credit};
use crate::read::Record;
use crate::site::{State, state};

/// Why a story is on the board, in the order in which the board shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Its author is not done.
    Draft,
    /// Its time has not come.
    Embargoed,
    /// Its time will soon be over.
    Expiring,
    /// Its page says that it was wrong.
    Retracted,
    /// It was taken back.
    Withdrawn,
    /// A correction or a note has been added lately.
    Corrected,
}

impl Group {
    /// Every group, in its order.
    pub const ALL: [Group; 6] =
        [Group::Draft, Group::Embargoed, Group::Expiring, Group::Retracted, Group::Withdrawn, Group::Corrected];

    /// The word that machines are told.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::Draft => "draft",
            Group::Embargoed => "embargoed",
            Group::Expiring => "expiring",
            Group::Retracted => "retracted",
            Group::Withdrawn => "withdrawn",
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
    /// The names of those who sign.
    pub authors: Vec<String>,
}

/// The board at `now`, group by group: what is ahead soonest first, what has happened latest first. Expiry counts up to
/// `until`, corrections and notes from `since` on.
pub fn board(records: &[Record], now: Timestamp, since: Timestamp, until: Timestamp) -> Vec<Entry> {
    let names: HashMap<&str, &str> = records
        .iter()
        .filter_map(|record| match record {
            Record::Author(author) => Some((author.id.as_str(), author.front.name.as_str())),
            _ => None,
        })
        .collect();
    let mut entries = Vec::new();
    for record in records {
        if let Record::Article(article) = record {
            for (group, at) in groups(article, now, since, until).into_iter().flatten() {
                let title = article.front.title.to_string();
                let authors = article.front.authors.iter().map(|credit| name(credit, &names)).collect();
                entries.push(Entry { group, at, source: article.source.to_string(), title, authors });
            }
        }
    }
    entries.sort_unstable();
    let is_past = |group: Group| group >= Group::Retracted;
    entries.chunk_by_mut(|one, next| one.group == next.group && is_past(one.group)).for_each(<[Entry]>::reverse);
    entries
}

/// Why an article is on the board, and the instant of each: its state is one reason, a correction may be another.
fn groups(
    article: &Article,
    now: Timestamp,
    since: Timestamp,
    until: Timestamp,
) -> [Option<(Group, Option<Timestamp>)>; 2] {
    let dates = &article.dates;
    let state = state(article, now, false);
    let instant = |moment: crate::date::Moment| moment.instant;
    let expires = dates.expires.map(instant).filter(|&end| now < end && end <= until);
    let of_state = match state {
        State::Draft => Some((Group::Draft, None)),
        State::Embargoed => {
            let end =
                dates.embargo.map_or(dates.published.instant, |embargo| embargo.instant.max(dates.published.instant));
            Some((Group::Embargoed, Some(end)))
        }
        State::Retracted => Some((Group::Retracted, dates.retracted.map(instant))),
        State::Withdrawn => Some((Group::Withdrawn, dates.withdrawn.map(instant))),
        State::Published => expires.map(|end| (Group::Expiring, Some(end))),
        State::Expired => None,
    };
    let told = dates.corrections.iter().chain(&dates.notes).map(|moment| moment.instant);
    let lately = told.filter(|&at| since <= at && at <= now).max().filter(|_| state.is_public());
    [of_state, lately.map(|at| (Group::Corrected, Some(at)))]
}

/// The name of somebody who signs; the id where no file has it.
fn name(credit: &Credit, names: &HashMap<&str, &str>) -> String {
    match credit {
        Credit::Id(id) => names.get(id.as_str()).copied().unwrap_or(id).to_owned(),
        Credit::Guest(guest) => guest.name.clone(),
    }
}
