//! The settings that reading a file depends on.

use jiff::tz::TimeZone;

use crate::config::{CommentLimits, Config, EditionPaths};
use crate::language::Language;
use crate::markdown::{self, FootnotePlacement};
use crate::route::SlugStyle;

/// The settings that reading a file depends on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The time zone of dates without an offset.
    pub zone: TimeZone,
    /// The letters that slugs keep.
    pub slugs: SlugStyle,
    /// The language of texts without their own.
    pub language: Language,
    /// The editions of the site, if it has several.
    pub editions: EditionPaths,
    /// The rendering options of bodies in that language.
    pub text: markdown::Options,
    /// The limits of files of comments.
    pub comments: CommentLimits,
}

impl From<&Config> for Settings {
    fn from(config: &Config) -> Settings {
        // The placement of footnotes doesn't affect anything that is read.
        let text = markdown::Options::new(config, FootnotePlacement::default(), &config.language);
        Settings {
            zone: config.timezone.clone(),
            slugs: config.slugs,
            language: config.language.clone(),
            editions: config.edition_paths(),
            text,
            comments: config.comments.limits,
        }
    }
}
