//! `presswork serve` from outside: a real server, real files that change, requests as browsers and attackers send them.
//!
//! `PRESSWORK_EDITS=20000 cargo test --test suite serve::soak` makes more than the usual 1,000 edits.
#![allow(
    clippy::disallowed_methods,
    reason = "patience has a deadline, and the number of edits comes from the environment"
)]

mod comments;
#[cfg(feature = "pictures")]
pub mod crops;
mod desk;
mod problems;
mod files;
pub mod preview;
#[cfg(feature = "pictures")]
mod pictures;
mod readers;
mod routes;
mod security;
mod soak;
