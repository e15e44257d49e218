//! What is read from any text can be used: places lie in the text, routes are names that file systems take.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use jiff::tz::TimeZone;
use presswork::config;
use presswork::diagnostic::Diagnostic;
use presswork::language::Language;
use presswork::read::{Record, Settings, read_text};
use presswork::route::{Route, RouteError, SlugStyle};
use presswork::source::{Role, SourceFile};

/// What ends a line for YAML and not for an editor.
const INNER_BREAKS: [&str; 4] = ["\r", "\u{85}", "\u{2028}", "\u{2029}"];

/// How the sources of a plain English site are read.
fn settings() -> Settings {
    Settings {
        zone: TimeZone::UTC,
        slugs: SlugStyle::Ascii,
        language: Language::parse("en").unwrap(),
        smart_punctuation: true,
    }
}

fn article(text: &str) -> Vec<Diagnostic> {
    let file = SourceFile { path: "content/world/vote.md".to_owned(), role: Role::Article, stamp: None };
    read_text(text, &file, &settings()).diagnostics
}

fn places(diagnostics: &[Diagnostic]) -> Vec<(Option<usize>, Option<usize>)> {
    diagnostics.iter().map(|diagnostic| (diagnostic.line, diagnostic.column)).collect()
}

#[test]
fn lines_are_counted_as_editors_do() {
    for inner in INNER_BREAKS {
        let text = format!("---\ntitle: \"One{inner}two\"\nkind: gossip\n---\n");
        assert_eq!(places(&article(&text)), [(Some(3), Some(7))], "{inner:?}");
        let text = format!("---\ntitle: \"One{inner}two\"\ntags: [a, b\n---\n");
        assert_eq!(places(&article(&text)), [(Some(3), Some(7))], "{inner:?}");
        let text = format!("title: \"One{inner}two\"\r\nbase_url: https://example.org/\r\npage_size: many\r\n");
        assert_eq!(places(&config::parse(&text).diagnostics), [(Some(3), Some(12))], "{inner:?}");
    }
}

#[test]
fn a_fault_on_a_broken_line_has_a_column_of_that_line() {
    for inner in INNER_BREAKS {
        let text = format!("---\ntitle: One{inner}kind: gossip\n---\n");
        for diagnostic in article(&text) {
            let line = text.lines().nth(diagnostic.line.unwrap() - 1).unwrap_or_default();
            assert!(diagnostic.column.unwrap() <= line.chars().count() + 1, "{diagnostic:?}");
        }
    }
}

#[test]
fn a_route_is_measured_as_it_is_written() {
    // Composed, this letter is three characters and six bytes; as it stands, one and three.
    assert_eq!(Route::file(&"\u{fb2c}".repeat(80)), Err(RouteError::TooLong(255)));
    assert!(Route::file(&"\u{fb2c}".repeat(40)).is_ok());
    // The Kelvin sign becomes a K.
    assert!(Route::file(".pressworK").is_err() && Route::file(".presswor\u{212a}").is_err());
}

#[test]
fn an_excerpt_has_neither_marks_of_footnotes_nor_scripts() {
    let text = "---\ntitle: Water\ndate: 2026-01-01\n---\nWater rose[^1] by *a* metre[^note], <script>alert(1)</script>and \
        fell [^ not a note].\n\n[^1]: Measured.\n";
    let settings = settings();
    let file = SourceFile { path: "content/a/water.md".to_owned(), role: Role::Article, stamp: None };
    let Some(Record::Article(article)) = read_text(text, &file, &settings).value else { panic!("it is an article") };
    assert_eq!(article.body.excerpt.as_deref(), Some("Water rose by a metre, and fell [^ not a note]."));
}

/// What `mentions` keeps of a text.
fn mentions(body: &str) -> String {
    let file = SourceFile { path: "content/world/vote.md".to_owned(), role: Role::Article, stamp: None };
    let text = format!("---\ntitle: Vote\ndate: 2026-01-01\n---\n{body}\n");
    match read_text(&text, &file, &settings()).value {
        Some(Record::Article(article)) => article.body.mentions.to_string(),
        _ => panic!("{body} is no article"),
    }
}

#[test]
fn prose_names_hardly_any_files() {
    assert_eq!(
        mentions("It rose by 3.5 per cent. See [this](https://example.net/2026/story.html) or [that](vote.md)."),
        ""
    );
    assert_eq!(mentions("![a](a.png) and ![a](a.png)"), "a.png\n");
}

#[test]
fn of_a_name_the_whole_is_read_before_its_parts() {
    let found = mentions("![x](<chart 1.png>)");
    let ways: Vec<&str> = found.trim_end().split('\t').collect();
    assert_eq!((ways.first(), ways.last()), (Some(&"chart 1.png"), Some(&"1.png")), "{found:?}");
}
