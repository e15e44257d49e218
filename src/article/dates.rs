//! The dates of an article, and the period in which they make it public.

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::Timestamp;

use crate::date::Moment;

/// The instants of an article, in UTC. Rare ones are kept apart in [`RareDates`].
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Dates {
    /// The date of first publication.
    pub published: Moment,
    /// The date of the last significant update.
    pub updated: Option<Moment>,
    rare: Option<Box<RareDates>>,
}

/// The instants that few articles have.
#[derive(Debug, Clone, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RareDates {
    /// The end of the embargo, before which the article is not public.
    pub embargo: Option<Moment>,
    /// The instant from which the article is no longer public.
    pub expires: Option<Moment>,
    /// The date of each correction, in the order listed.
    pub corrections: Vec<Moment>,
    /// The date of each note, in the order listed.
    pub notes: Vec<Moment>,
    /// The date of the retraction.
    pub retracted: Option<Moment>,
    /// The date of the withdrawal.
    pub withdrawn: Option<Moment>,
    /// The date of the original's version that a translation has.
    pub translated_from: Option<Moment>,
}

/// The rare dates of an article without any.
static NO_RARE_DATES: RareDates = RareDates {
    embargo: None,
    expires: None,
    corrections: Vec::new(),
    notes: Vec::new(),
    retracted: None,
    withdrawn: None,
    translated_from: None,
};

impl Dates {
    /// Creates the dates of an article, without storing empty rare dates.
    pub fn new(published: Moment, updated: Option<Moment>, rare: RareDates) -> Dates {
        let rare = (rare != NO_RARE_DATES).then(|| Box::new(rare));
        Dates { published, updated, rare }
    }

    /// Returns the instants that few articles have.
    pub fn rare(&self) -> &RareDates {
        self.rare.as_deref().unwrap_or(&NO_RARE_DATES)
    }

    /// True if it has any of the instants that few articles have.
    pub fn has_rare(&self) -> bool {
        self.rare.is_some()
    }

    /// Returns the rare instants for modification; `None` if the article has none.
    pub fn rare_mut(&mut self) -> Option<&mut RareDates> {
        self.rare.as_deref_mut()
    }

    /// Sets the end of the embargo.
    pub fn set_embargo(&mut self, embargo: Moment) {
        self.rare.get_or_insert_default().embargo = Some(embargo);
    }

    /// The date of first publication, or the end of the embargo if that is later.
    pub fn opening(&self) -> Moment {
        self.rare().embargo.map_or(self.published, |embargo| embargo.max(self.published))
    }

    /// Returns the instant from which the article is public, unless something else prevents it.
    pub fn opens(&self) -> Timestamp {
        self.opening().instant
    }

    /// Returns the instant at which the article stops being public, if it does.
    pub fn closes(&self) -> Option<Timestamp> {
        self.rare().expires.into_iter().chain(self.rare().withdrawn).map(|moment| moment.instant).min()
    }

    /// True if the article expires, or is withdrawn, before it opens. Stories are withdrawn in the minute of their
    /// publication too, and dates of that minute are the same.
    pub fn is_never_open(&self) -> bool {
        let (opens, rare) = (self.opens(), self.rare());
        rare.expires.is_some_and(|end| end.instant <= opens) || rare.withdrawn.is_some_and(|end| end.instant < opens)
    }

    /// Returns the date of the last change of any kind: an update, a correction, a note or the retraction, if they are
    /// due (the dates of a [story](crate::site::Story) contain no future ones); never before publication. `None` if
    /// nothing has changed since publication.
    pub fn modified(&self) -> Option<Moment> {
        let rare = self.rare();
        let changes = self.updated.iter().chain(&rare.corrections).chain(&rare.notes).chain(&rare.retracted);
        changes.max_by_key(|moment| moment.instant).map(|&last| last.max(self.published))
    }
}
