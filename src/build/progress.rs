//! The phases of a build, and the interface that reports them.

use crate::route::Route;

/// A phase of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Waiting for another build of the project to end.
    Waiting,
    /// Loading the theme, the list of the sources and the last build's ledger.
    Scanning,
    /// Comparing the sources with the last build's.
    Comparing,
    /// Reading sources.
    Reading,
    /// Assembling the records into the site as of an instant.
    Assembling,
    /// Planning the outputs and their routes.
    Planning,
    /// Rendering outputs.
    Rendering,
    /// Making smaller pictures.
    Encoding,
    /// Moving files into the output folder.
    Publishing,
    /// Putting files to a target.
    Deploying,
}

impl Phase {
    /// The name of the phase, as shown by progress bars and `--timings`.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Waiting => "waiting for another build",
            Phase::Scanning => "scanning",
            Phase::Comparing => "comparing",
            Phase::Reading => "reading",
            Phase::Assembling => "assembling",
            Phase::Planning => "planning",
            Phase::Rendering => "rendering",
            Phase::Encoding => "encoding pictures",
            Phase::Publishing => "publishing",
            Phase::Deploying => "deploying",
        }
    }
}

/// Receives a build's progress.
pub trait Progress: Sync {
    /// Begins a phase with this many items.
    fn begin(&self, phase: Phase, items: usize);
    /// Reports that this many more items are done.
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
