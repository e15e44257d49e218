//! The last build, as the header of its ledger describes it.

use std::path::Path;

use jiff::Timestamp;

use crate::commit::ledger_of;
use crate::ledger::{Ledger, Unusable};
use crate::manifest::Manifest;
use crate::site::Window;

use super::OUTPUT;

/// The site that was published last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastBuild {
    /// The instant as of which it was assembled. Later builds that changed nothing do not count.
    pub as_of: Timestamp,
    /// The period in which it would have come out the same.
    pub window: Window,
}

/// The last build into the project's own output folder. It reads only the ledger's header and the list of published
/// files.
///
/// # Errors
/// The reason why it is not known.
pub fn last_build(root: &Path) -> Result<LastBuild, Unusable> {
    let header = Ledger::read_header(&ledger_of(root))?;
    let as_of = Timestamp::from_second(header.as_of).map_err(|_| Unusable::Damaged)?;
    let manifest = Manifest::read(&root.join(OUTPUT)).map_err(|_| Unusable::Unpublished)?;
    if manifest.is_preview() {
        return Err(Unusable::Preview);
    }
    // The folder may be gone while the ledger is there, as where a cache brings back only one of them.
    if manifest.digest() == header.manifest {
        Ok(LastBuild { as_of, window: header.window })
    } else {
        Err(Unusable::Unpublished)
    }
}
