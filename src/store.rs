//! Stores: places that keep files by name, with conditions under which a file is put.

mod below;
mod folder;
#[cfg(feature = "object-stores")]
mod object_stores;
mod patient;
mod ssh;

use std::fmt;
use std::path::Path;

use crate::config::StoreUrl;
use crate::hosts::StoredHeaders;

pub use below::Below;
pub use folder::FolderStore;
pub use patient::{Interrupt, Patient};

/// The folder in which a store keeps unfinished files, and a target without a place for its state keeps that. The hosts'
/// files hide it from readers.
pub const PRIVATE_FOLDER: &str = ".presswork-deploy";

/// A place that keeps files by name: paths with `/`. Readers of a file get the old bytes or the new ones, never a part.
pub trait Store: Send + Sync {
    /// Returns a file; `None` if there is none.
    ///
    /// # Errors
    /// If the store cannot say.
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError>;

    /// Puts a file, under a condition.
    ///
    /// # Errors
    /// If the store cannot do it, or it is not known if it has. A condition that is not met is no error.
    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError>;

    /// Deletes a file. One that does not exist is no error.
    ///
    /// # Errors
    /// If the store cannot do it.
    fn delete(&self, name: &str) -> Result<(), StoreError>;

    /// Removes what interrupted calls have left. Nobody else may be writing.
    ///
    /// # Errors
    /// If the store cannot do it.
    fn tidy(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Returns the number of calls that are worth making at the same time.
    fn concurrency(&self) -> usize;

    /// Returns its address, for messages.
    fn address(&self) -> String;
}

/// A file from a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its version, for [`PutCondition::Same`].
    pub version: Version,
}

/// The version of a file, which only its own store can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(Vec<u8>);

/// The condition for putting a file.
#[derive(Debug, Clone, Copy)]
pub enum PutCondition<'v> {
    /// None: an existing file is replaced.
    Always,
    /// No file has this name.
    New,
    /// The file still has this version.
    Same(&'v Version),
}

/// The result of putting a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is there, with this version.
    Done(Version),
    /// The condition was not met, and nothing has changed.
    Refused,
}

/// The kind of an error, which decides what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Trying again may help.
    Temporary,
    /// Credentials are missing or not sufficient.
    Denied,
    /// The store refuses requests because this machine's clock is wrong.
    Clock,
    /// A person has to do something.
    Permanent,
    /// The user has interrupted the command.
    Interrupted,
}

/// An error of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// The kind, which says how to go on.
    pub kind: StoreErrorKind,
    /// One sentence without a full stop.
    pub message: String,
}

impl StoreError {
    /// Creates an error.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> StoreError {
        StoreError { kind, message: message.into() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}

/// Opens the place at a URL. `root` is the project's folder, and `environment` has the variables that name endpoints and
/// credentials.
///
/// # Errors
/// If this program does not know that kind of place, or the environment does not name what it needs.
pub fn open(url: &StoreUrl, root: &Path, environment: &[(String, String)]) -> Result<Box<dyn Store>, StoreError> {
    match url {
        StoreUrl::Folder(path) => Ok(Box::new(FolderStore::new(root.join(path)))),
        StoreUrl::Ssh { host, port, path } => Ok(Box::new(ssh::SshStore::new(host, *port, path))),
        #[cfg(feature = "object-stores")]
        StoreUrl::Bucket { service, bucket, prefix } => {
            object_stores::open(*service, bucket, prefix, environment).map(|store| Box::new(store) as Box<dyn Store>)
        }
        #[cfg(not(feature = "object-stores"))]
        StoreUrl::Bucket { service, bucket, .. } => {
            let _ = environment;
            let message = format!(
                "{}://{bucket} needs a program with the feature `object-stores`, which this one was built without",
                service.scheme()
            );
            Err(StoreError::new(StoreErrorKind::Permanent, message))
        }
    }
}
