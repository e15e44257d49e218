//! `permalink:` in `site.yaml`: the pattern of article URLs.

use crate::route::Route;

/// The pattern of article URLs: literal text and placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permalink(Vec<PermalinkPart>);

/// A part of a permalink pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermalinkPart {
    /// Literal text.
    Text(String),
    /// The path of the section.
    Section,
    /// The year, four digits.
    Year,
    /// Two digits.
    Month,
    /// Two digits.
    Day,
    /// The article's slug.
    Slug,
}

impl Permalink {
    /// Parses a pattern of `{section} {year} {month} {day} {slug}`.
    ///
    /// # Errors
    /// Returns the reason why the pattern is not valid.
    pub fn parse(pattern: &str) -> Result<Permalink, String> {
        let mut parts = Vec::new();
        let mut rest = pattern.trim_start_matches('/');
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or("a `{` is not closed")? + open;
            if open > 0 {
                parts.push(PermalinkPart::Text(rest[..open].to_owned()));
            }
            parts.push(match &rest[open + 1..close] {
                "section" => PermalinkPart::Section,
                "year" => PermalinkPart::Year,
                "month" => PermalinkPart::Month,
                "day" => PermalinkPart::Day,
                "slug" => PermalinkPart::Slug,
                other => return Err(format!("`{{{other}}}` is not a placeholder")),
            });
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(PermalinkPart::Text(rest.to_owned()));
        }
        if !parts.contains(&PermalinkPart::Slug) {
            return Err("it has no `{slug}`".to_owned());
        }
        if !(pattern.ends_with('/') || pattern.ends_with(".html")) {
            return Err("it must end in `/` or `.html`".to_owned());
        }
        check_literals(&parts)?;
        Ok(Permalink(parts))
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[PermalinkPart] {
        &self.0
    }
}

/// Checks that the pattern, with a sample in place of each placeholder, makes a route without characters to escape.
fn check_literals(parts: &[PermalinkPart]) -> Result<(), String> {
    let sample: String = parts
        .iter()
        .map(|part| match part {
            PermalinkPart::Text(text) => text.as_str(),
            _ => "x",
        })
        .collect();
    if let Some(bad) = sample.chars().find(|c| "?#%<>\"'&`{} ".contains(*c)) {
        return Err(format!("it contains the character {bad:?}"));
    }
    Route::page(&sample).map(drop).map_err(|why| why.to_string())
}
