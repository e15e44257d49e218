//! Finds the permalink pattern that keeps the most old URLs, for the site and for each section.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::config::Permalink;
use crate::route::check_slug;

/// A public story with an old URL.
#[derive(Debug, Clone)]
pub(super) struct KnownUrl {
    /// Its path below the site's root, decoded, without a leading slash.
    pub path: String,
    /// The folder of its section.
    pub section: String,
    /// The URL path of its section, without slashes at the ends.
    pub section_path: String,
    /// Its day in the site's time zone.
    pub day: Date,
}

/// The chosen patterns.
#[derive(Debug, Default)]
pub(super) struct ChosenPatterns {
    /// That of the site; `None` if no old URL is known.
    pub site: Option<String>,
    /// Those of sections in which another pattern keeps more URLs, by folder.
    pub sections: BTreeMap<String, String>,
}

/// Chooses the patterns that keep the most URLs.
pub(super) fn choose(urls: &[KnownUrl]) -> ChosenPatterns {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_section: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for url in urls {
        for pattern in candidates(url) {
            *by_section.entry(&url.section).or_default().entry(pattern.clone()).or_default() += 1;
            *all.entry(pattern).or_default() += 1;
        }
    }
    let Some((site, _)) = best(&all) else { return ChosenPatterns::default() };
    let sections = by_section.iter().filter_map(|(section, counts)| {
        let (pattern, count) = best(counts)?;
        let kept = counts.get(&site).copied().unwrap_or_default();
        (count > kept).then(|| ((*section).to_owned(), pattern))
    });
    let sections = sections.collect();
    ChosenPatterns { site: Some(site), sections }
}

/// The most frequent pattern; of equals the one with the most placeholders, then the first in the alphabet.
fn best(counts: &BTreeMap<String, usize>) -> Option<(String, usize)> {
    let rank = |(pattern, count): &(&String, &usize)| {
        (**count, pattern.matches('{').count(), std::cmp::Reverse((*pattern).clone()))
    };
    counts.iter().max_by_key(rank).map(|(pattern, count)| (pattern.clone(), *count))
}

/// The patterns that give a story's URL.
pub(super) fn candidates(url: &KnownUrl) -> Vec<String> {
    let path = url.path.trim_start_matches('/');
    let end = if path.ends_with(".html") { ".html" } else { "/" };
    let body = path.strip_suffix(end).unwrap_or(path).trim_end_matches('/');
    let (folders, last) = body.rsplit_once('/').map_or(("", body), |(folders, last)| (folders, last));
    let Some(last) = last_segment(last, url.day) else { return Vec::new() };
    let with = |start: &str, rest: &str| {
        let mut parts: Vec<String> = Vec::new();
        if !start.is_empty() {
            parts.push(start.to_owned());
        }
        parts.extend(dated(rest, url.day));
        parts.push(last.clone());
        parts.join("/") + end
    };
    let mut found = vec![with("", folders)];
    let below = folders.strip_prefix(&url.section_path).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some(rest) = below.filter(|_| !url.section_path.is_empty()) {
        found.push(with("{section}", rest.trim_start_matches('/')));
    }
    found.retain(|pattern| Permalink::parse(pattern).is_ok());
    found
}

/// The last segment with the slug's placeholder, and the day's if it begins with one.
fn last_segment(last: &str, day: Date) -> Option<String> {
    if check_slug(last).is_err() {
        return None;
    }
    let prefix = format!("{:04}-{:02}-{:02}-", day.year(), day.month(), day.day());
    match last.strip_prefix(&prefix) {
        Some(rest) if !rest.is_empty() => Some("{year}-{month}-{day}-{slug}".to_owned()),
        _ => Some("{slug}".to_owned()),
    }
}

/// Folders with placeholders for the year, the month after it and the day after that.
fn dated(folders: &str, day: Date) -> Vec<String> {
    let parts = [
        (format!("{:04}", day.year()), "{year}"),
        (format!("{:02}", day.month()), "{month}"),
        (format!("{:02}", day.day()), "{day}"),
    ];
    let mut expected = parts.iter();
    let mut next = expected.next();
    let segments = folders.split('/').filter(|segment| !segment.is_empty());
    segments
        .map(|segment| match next {
            Some((value, placeholder)) if value == segment => {
                next = expected.next();
                (*placeholder).to_owned()
            }
            _ => segment.to_owned(),
        })
        .collect()
}

/// The slug in a URL that `pattern` gives: the last segment without the day and the ending.
pub(super) fn slug_of(path: &str, day: Option<Date>) -> String {
    let body = path.trim_end_matches('/');
    let last = body.rsplit('/').next().unwrap_or(body);
    let last = last.strip_suffix(".html").or_else(|| last.strip_suffix(".htm")).unwrap_or(last);
    let prefix = day.map(|day| format!("{:04}-{:02}-{:02}-", day.year(), day.month(), day.day()));
    let rest = prefix.and_then(|prefix| last.strip_prefix(&prefix)).filter(|rest| !rest.is_empty());
    rest.unwrap_or(last).to_owned()
}

/// The path that a pattern gives, below the site's root.
pub(super) fn filled(pattern: &str, section_path: &str, day: Date, slug: &str) -> String {
    let path = pattern
        .replace("{section}", section_path)
        .replace("{year}", &format!("{:04}", day.year()))
        .replace("{month}", &format!("{:02}", day.month()))
        .replace("{day}", &format!("{:02}", day.day()));
    path.replace("{slug}", slug).trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str, section: &str, day: &str) -> KnownUrl {
        let section = section.to_owned();
        KnownUrl { path: path.to_owned(), section_path: section.clone(), section, day: day.parse().unwrap() }
    }

    #[test]
    fn the_pattern_that_keeps_most_urls_wins() {
        let urls = [
            url("2019/05/vote/", "world", "2019-05-03"),
            url("2019/06/flood/", "world", "2019-06-03"),
            url("opinion/why/", "opinion", "2019-06-03"),
            url("somewhere/else/", "world", "2019-06-03"),
        ];
        let patterns = choose(&urls);
        assert_eq!(patterns.site.as_deref(), Some("{year}/{month}/{slug}/"));
        let opinion = ("opinion".to_owned(), "{section}/{slug}/".to_owned());
        assert_eq!(patterns.sections.into_iter().collect::<Vec<_>>(), [opinion]);
    }

    #[test]
    fn a_pattern_gives_the_url_it_was_found_in() {
        for (path, day) in [
            ("world/2019/05/03/vote/", "2019-05-03"),
            ("world/2005/05/05/vote.html", "2005-05-05"),
            ("2019-05-03-vote/", "2019-05-03"),
            ("blog/Vote_2.0/", "2019-05-03"),
        ] {
            let known = url(path, "world", day);
            let slug = slug_of(path, Some(known.day));
            for pattern in candidates(&known) {
                let slug = if pattern.contains("{day}-{slug}") { slug.clone() } else { slug_of(path, None) };
                assert_eq!(filled(&pattern, "world", known.day, &slug), path, "{pattern}");
            }
        }
    }
}
