//! `presswork serve` from outside: a real server, real files that change, requests as browsers and attackers send them.
//!
//! `PRESSWORK_EDITS=20000 cargo test --test serve soak` makes more than the usual 2,000 edits.
#![cfg(feature = "serve")]
#![allow(
    clippy::disallowed_methods,
    reason = "patience has a deadline, and the number of edits comes from the environment"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "serve/desk.rs"]
mod desk;
#[path = "incremental/edits.rs"]
#[allow(dead_code, reason = "each test crate uses a part")]
mod edits;
#[path = "serve/faults.rs"]
mod faults;
#[path = "serve/files.rs"]
mod files;
#[path = "incremental/generate.rs"]
#[allow(dead_code, reason = "each test crate uses a part")]
mod generate;
#[path = "serve/preview.rs"]
mod preview;
#[path = "serve/readers.rs"]
mod readers;
#[path = "serve/routes.rs"]
mod routes;
#[path = "serve/security.rs"]
mod security;
#[path = "incremental/site.rs"]
#[allow(dead_code, reason = "each test crate uses a part")]
mod site;
#[path = "serve/soak.rs"]
mod soak;
#[allow(dead_code, reason = "each test crate uses a part")]
mod support;
#[path = "incremental/theme.rs"]
#[allow(dead_code, reason = "each test crate uses a part")]
mod theme;
#[allow(dead_code, reason = "each test crate uses a part")]
mod tree;
