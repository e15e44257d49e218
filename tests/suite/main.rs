//! Every test that uses the crate or the program from outside, except the golden sites (`tests/sites.rs`).
//!
//! They are one program, because each program is linked with the whole crate. A file is a module: `cargo test --test
//! suite feeds::` runs the tests of `feeds.rs` and of `feeds/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod browser;
mod commands;
mod comments;
mod contract;
mod deploy;
mod due;
mod editions;
mod embargo;
mod embeds;
#[cfg(feature = "import")]
mod exports;
mod extraction;
mod feeds;
#[cfg(feature = "import")]
mod from_html;
mod hosts;
#[cfg(feature = "import")]
mod import;
mod incremental;
mod interruption;
mod languages;
mod ledger;
mod markdown;
mod metadata;
mod mirrors;
mod moved;
mod pictures;
mod properties;
mod reading;
mod notices;
mod removals;
mod retracted;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod servers;
mod silent;
mod sitemaps;
mod slots;
mod support;
mod tidy;
mod typography;
mod untranslated;
mod validity;
#[cfg(feature = "serve")]
mod watch;
mod weight;
mod window;
mod words;
mod zones;
#[path = "../tree/mod.rs"]
mod tree;
