//! Says that a site is shown to those who make it, and not to the public.

use jiff::Timestamp;

/// What is shown instead of the public site: its pages say so, and search engines are kept away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preview {
    /// The instant that somebody wanted to see; `None` for now.
    pub at: Option<Timestamp>,
    /// Whether drafts and embargoed stories are shown as if they were published.
    pub drafts: bool,
}
