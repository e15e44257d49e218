//! Previews, which are shown to the newsroom and not to the public.

use jiff::Timestamp;

/// The kind of a preview: its pages have a banner, and search engines must not index them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preview {
    /// The instant chosen for the preview; `None` for the present.
    pub at: Option<Timestamp>,
    /// True if drafts and embargoed stories are shown as if they were published.
    pub drafts: bool,
}
