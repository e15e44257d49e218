//! The phases of a build, and who hears of them.

use crate::route::Route;

/// A phase of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Another build of the project has to end first.
    Waiting,
    /// The theme, the list of the sources and the last build's ledger are loaded.
    Scanning,
    /// The sources are compared with the last build's.
    Comparing,
    /// Sources are read.
    Reading,
    /// The records become the site as of an instant.
    Assembling,
    /// The outputs and their routes are listed.
    Planning,
    /// Outputs are rendered.
    Rendering,
    /// Files move into the output folder.
    Publishing,
}

impl Phase {
    /// The phase in words, as progress bars and `--timings` show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Waiting => "waiting for another build",
            Phase::Scanning => "scanning",
            Phase::Comparing => "comparing",
            Phase::Reading => "reading",
            Phase::Assembling => "assembling",
            Phase::Planning => "planning",
            Phase::Rendering => "rendering",
            Phase::Publishing => "publishing",
        }
    }
}

/// Receives a build's progress.
pub trait Progress: Sync {
    /// A phase begins that has this many items.
    fn begin(&self, phase: Phase, items: usize);
    /// This many more items are done.
    fn advance(&self, items: usize);
    /// Calls `work`, which renders and stages one output. An implementation can measure it.
    fn output(&self, _route: &Route, work: &mut dyn FnMut()) {
        work();
    }
}

/// Ignores all progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _phase: Phase, _items: usize) {}
    fn advance(&self, _items: usize) {}
}
