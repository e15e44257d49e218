//! The dates of an article, and when they make it public.

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;

use crate::date::Moment;

/// The instants of an article, in UTC. Those that few articles have are kept apart in [`RareDates`].
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Dates {
    /// First publication.
    pub published: Moment,
    /// The last change worth telling.
    pub updated: Option<Moment>,
    rare: Option<Box<RareDates>>,
}

/// The instants that few articles have.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RareDates {
    /// Not public before.
    pub embargo: Option<Moment>,
    /// Not public after.
    pub expires: Option<Moment>,
    /// When each correction was made, as listed.
    pub corrections: Vec<Moment>,
    /// When each note was made, as listed.
    pub notes: Vec<Moment>,
    /// When it was retracted.
    pub retracted: Option<Moment>,
    /// When it was withdrawn.
    pub withdrawn: Option<Moment>,
}

/// The rare dates of an article that has none of them.
static NO_RARE_DATES: RareDates = RareDates {
    embargo: None,
    expires: None,
    corrections: Vec::new(),
    notes: Vec::new(),
    retracted: None,
    withdrawn: None,
};

impl Dates {
    /// The dates of an article, as small as they can be.
    pub fn new(published: Moment, updated: Option<Moment>, rare: RareDates) -> Dates {
        let rare = (rare != NO_RARE_DATES).then(|| Box::new(rare));
        Dates { published, updated, rare }
    }

    /// The instants that few articles have.
    pub fn rare(&self) -> &RareDates {
        self.rare.as_deref().unwrap_or(&NO_RARE_DATES)
    }

    /// True if it has any of the instants that few articles have.
    pub fn has_rare(&self) -> bool {
        self.rare.is_some()
    }

    /// The rare instants, to change them; `None` when the article has none.
    pub fn rare_mut(&mut self) -> Option<&mut RareDates> {
        self.rare.as_deref_mut()
    }

    /// The date of first publication, or the end of the embargo if that is later.
    pub fn opening(&self) -> Moment {
        self.rare().embargo.map_or(self.published, |embargo| embargo.max(self.published))
    }

    /// When it becomes public, unless something keeps it from that.
    pub fn opens(&self) -> Timestamp {
        self.opening().instant
    }

    /// When it stops being public, if it does.
    pub fn closes(&self) -> Option<Timestamp> {
        self.rare().expires.into_iter().chain(self.rare().withdrawn).map(|moment| moment.instant).min()
    }

    /// Whether its time is over before it comes.
    pub fn is_never_open(&self) -> bool {
        self.closes().is_some_and(|end| end <= self.opens())
    }

    /// The last change of any sort: an update, a correction, a note or the retraction, as far as they are due (what is
    /// dated ahead is not among a [story](crate::site::Story)'s dates); never before publication. `None` when nothing
    /// has changed since.
    pub fn modified(&self) -> Option<Moment> {
        let rare = self.rare();
        let changes = self.updated.iter().chain(&rare.corrections).chain(&rare.notes).chain(&rare.retracted);
        changes.max_by_key(|moment| moment.instant).map(|&last| last.max(self.published))
    }
}
