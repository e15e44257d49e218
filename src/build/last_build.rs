//! The last build, as described by the header of its ledger.

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
    /// The instant as of which it was assembled; later builds without changes do not count.
    pub as_of: Timestamp,
    /// The period in which its result would have been the same.
    pub window: Window,
}

/// The last build into the project's own output folder. Only the ledger's header and the list of published files are
/// read.
///
/// # Errors
/// The reason why it is unknown.
pub fn last_build(root: &Path) -> Result<LastBuild, Unusable> {
    let header = Ledger::read_header(&ledger_of(root))?;
    let as_of = Timestamp::from_second(header.as_of).map_err(|_| Unusable::Damaged)?;
    let manifest = Manifest::read(&root.join(OUTPUT)).map_err(|_| Unusable::Unpublished)?;
    if manifest.is_preview() {
        return Err(Unusable::Preview);
    }
    // The folder may be missing although the ledger exists, for example if a cache restores only one of them.
    if manifest.digest() == header.manifest {
        Ok(LastBuild { as_of, window: header.window })
    } else {
        Err(Unusable::Unpublished)
    }
}
