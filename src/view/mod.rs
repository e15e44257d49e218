//! What templates see of a page: one serializable struct for each, borrowing from the site.

pub mod contract;
