//! Any text as an article, section, author or page, or as `site.yaml`: no panic, and every place lies in the text.
//!
//! The first byte chooses how the text is read: `0` as an article, `1` as a section, `2` as the front page, `3` as an
//! author, `4` as a page, `5` to `7` as `site.yaml`; `8` and `9` as `0` and `1` with slugs of all letters.
#![no_main]

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use presswork::config;
use presswork::diagnostic::Diagnostic;
use presswork::read::{Settings, read_text};
use presswork::route::SlugStyle;
use presswork::source::{SourceFile, SourceKind};

/// A zone that changes its clocks, so that some local times are skipped and some come twice.
static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("America/New_York").expect("the time zones are bundled"));

/// How the sources of a plain English site are read.
static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let config = config::parse("title: Probe\nbase_url: https://example.org/\n").value;
    Settings::from(&config.expect("the configuration is valid"))
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (kind, path) = match choice & 7 {
        0 => (SourceKind::Article, "content/world/2018-11-22-vote/index.md"),
        1 => (SourceKind::Section, "content/world/_index.md"),
        2 => (SourceKind::Section, "content/_index.md"),
        3 => (SourceKind::Author, "content/authors/ana-lopes.md"),
        4 => (SourceKind::Page, "content/pages/legal/terms.md"),
        _ => return check(text, &config::parse(text).diagnostics),
    };
    let slugs = if choice & 8 == 0 { SlugStyle::Ascii } else { SlugStyle::Unicode };
    let file = SourceFile { path: path.to_owned(), kind, stamp: None };
    let settings = Settings { zone: ZONE.clone(), slugs, ..SETTINGS.clone() };
    let record = read_text(text, &file, &settings);
    check(text, &record.diagnostics);
});

/// Editors and the report itself go to the place that a diagnostic names.
fn check(text: &str, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let Some(line) = diagnostic.line else {
            assert_eq!(diagnostic.column, None, "a column without a line: {diagnostic:?}");
            continue;
        };
        let lines = text.lines().count();
        assert!((1..=lines + 1).contains(&line), "line {line} of {lines}: {diagnostic:?}");
        let letters = text.lines().nth(line - 1).map_or(0, |line| line.chars().count());
        if let Some(column) = diagnostic.column {
            assert!((1..=letters + 1).contains(&column), "column {column} of {letters}: {diagnostic:?}");
        }
    }
}
