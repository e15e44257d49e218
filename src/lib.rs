//! Presswork, a static news-site generator: a folder of Markdown articles with author metadata becomes a news site.
//!
//! Modules stand in reading order. **A module may use only the modules declared above it**; `tests/suite/tidy.rs` checks it.

// -- vocabulary
pub mod unicode;
pub mod similar_names;
pub mod diagnostic;
pub mod route;
pub mod old_url;
pub mod urls;
pub mod control_characters;
pub mod media;
pub mod picture;
pub mod yaml;
pub mod lenient;
pub mod date;
pub mod content_path;
pub mod language;
pub mod typography;
pub mod article;
pub mod author;
pub mod config;
pub mod comment;
pub mod chart;
pub mod search;

// -- stages
pub mod source;
pub mod markdown;
pub mod read;
pub mod site;
pub mod plan;
pub mod manifest;
pub mod hosts;
pub mod reader;
pub mod view;
pub mod render;
pub mod ledger;
pub mod commit;
pub mod build;

// -- services
pub mod edit;
pub mod check;
pub mod schedule;
pub mod status;
pub mod moderation;
#[cfg(feature = "import")]
pub mod import;
pub mod comment_import;
pub mod comments_overview;
pub mod pictures_overview;
pub mod store;
pub mod deploy;
pub mod source_snippet;
pub mod time_format;
#[cfg(feature = "serve")]
pub mod serve;
pub mod cli;
