//! Errors of a deploy.

use std::fmt;

use crate::store::{StoreError, StoreErrorKind};

/// The reason why a deploy stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployError {
    /// One sentence without a full stop.
    pub message: String,
    /// The way on.
    pub hint: Option<String>,
}

impl DeployError {
    /// Creates an error without a hint.
    pub fn new(message: impl Into<String>) -> DeployError {
        DeployError { message: message.into(), hint: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> DeployError {
        DeployError { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for DeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DeployError {}

impl From<StoreError> for DeployError {
    fn from(error: StoreError) -> DeployError {
        let hint = match error.kind {
            StoreErrorKind::Temporary => Some("run the command again: it continues where it stopped"),
            StoreErrorKind::Denied => Some("check the credentials and what they may do"),
            StoreErrorKind::Clock => Some("set this machine's clock: stores refuse requests that seem to be old"),
            StoreErrorKind::Interrupted => Some("run the command again to continue"),
            StoreErrorKind::Permanent => None,
        };
        DeployError { message: error.message, hint: hint.map(str::to_owned) }
    }
}
