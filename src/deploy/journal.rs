//! The journal of a deploy: what it is about to change, and what it has changed, so that the next one can continue.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::hosts::StoredHeaders;
use crate::plan::Class;
use crate::store::{Put, PutCondition, Store};

use super::error::DeployError;
use super::objects::{ObjectEntry, ObjectState, Objects};

/// An entry of the journal.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub(super) enum JournalEntry {
    /// A file is about to be put or deleted.
    Intends(String, Class),
    /// A file has been put.
    Done(String, ObjectEntry),
}

/// The journal of the deploys that began from one generation. Its parts are numbered, so no listing is needed.
pub(super) struct Journal<'s> {
    state: &'s dyn Store,
    generation: u64,
    next: u32,
    /// True if interrupted deploys have left parts.
    continues: bool,
    /// The entries since the last part.
    pending: Vec<JournalEntry>,
}

/// The number of files after which what was done is written down.
const PART: usize = 500;

impl<'s> Journal<'s> {
    /// Reads the journal that interrupted deploys from this generation have left, and marks the objects that they may have
    /// changed.
    pub(super) fn open(
        state: &'s dyn Store,
        generation: u64,
        objects: &mut Objects,
    ) -> Result<Journal<'s>, DeployError> {
        let mut journal = Journal { state, generation, next: 0, continues: false, pending: Vec::new() };
        while let Some(stored) = state.get(&journal.name(journal.next))? {
            let damaged = |error| DeployError::new(format!("{} is damaged: {error}", journal.name(journal.next)));
            let entries: Vec<JournalEntry> = borsh::from_slice(&stored.bytes).map_err(damaged)?;
            for entry in entries {
                match entry {
                    JournalEntry::Intends(route, class) => {
                        let entry = ObjectEntry {
                            hash: 0,
                            headers: 0,
                            class,
                            is_story: true,
                            text: 0,
                            state: ObjectState::Uncertain,
                        };
                        objects.insert(route, entry);
                    }
                    JournalEntry::Done(route, entry) => drop(objects.insert(route, entry)),
                }
            }
            journal.next += 1;
        }
        journal.continues = journal.next > 0;
        Ok(journal)
    }

    /// True if a deploy from this generation was interrupted.
    pub(super) fn continues(&self) -> bool {
        self.continues
    }

    fn name(&self, number: u32) -> String {
        format!("journal/{}/{number}", self.generation)
    }

    /// Writes down what is about to change. Nothing may change before.
    pub(super) fn intend(&mut self, entries: Vec<JournalEntry>) -> Result<(), DeployError> {
        if entries.is_empty() { Ok(()) } else { self.write(&entries) }
    }

    /// Notes what was done, and writes it down now and then.
    pub(super) fn done(&mut self, route: &str, entry: ObjectEntry) -> Result<(), DeployError> {
        self.pending.push(JournalEntry::Done(route.to_owned(), entry));
        if self.pending.len() < PART { Ok(()) } else { self.flush() }
    }

    /// Writes down what was done so far.
    pub(super) fn flush(&mut self) -> Result<(), DeployError> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() { Ok(()) } else { self.write(&pending) }
    }

    fn write(&mut self, entries: &[JournalEntry]) -> Result<(), DeployError> {
        let bytes = borsh::to_vec(entries).map_err(|error| DeployError::new(error.to_string()))?;
        let name = self.name(self.next);
        match self.state.put(&name, &bytes, &StoredHeaders::private(), PutCondition::New)? {
            Put::Done(_) => {}
            // A call that was repeated may have succeeded the first time.
            Put::Refused if self.state.get(&name)?.is_some_and(|stored| stored.bytes == bytes) => {}
            Put::Refused => return Err(DeployError::new("another deploy is running").hint("deploy again")),
        }
        self.next += 1;
        Ok(())
    }

    /// Removes the journal after the head was replaced; the last part first, so that what is left is never read as whole.
    pub(super) fn remove(self) -> Result<(), DeployError> {
        (0..self.next).rev().try_for_each(|number| Ok(self.state.delete(&self.name(number))?))
    }
}
