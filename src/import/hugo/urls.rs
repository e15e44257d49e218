//! URLs as Hugo makes them: <https://gohugo.io/content-management/urls/>.

use crate::import::dates::SourceDate;

use super::config::HugoConfig;

/// A page and everything that its URL is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageName<'a> {
    /// The folders below the content folder.
    pub folder: &'a str,
    /// The name of the file or bundle.
    pub name: &'a str,
    pub slug: Option<&'a str>,
    pub title: &'a str,
    pub date: Option<SourceDate>,
    pub language: Option<&'a str>,
}

impl HugoConfig {
    /// The path of a page, with a leading slash.
    pub(super) fn url(&self, page: &PageName<'_>) -> String {
        let start = page.language.map_or(String::new(), |language| format!("/{}", language.to_lowercase()));
        let top = page.folder.split('/').next().unwrap_or_default();
        if let Some(pattern) = self.permalinks.get(top) {
            return format!("{start}{}", self.filled(pattern, page));
        }
        let last = urlized(page.slug.unwrap_or(page.name), self);
        let folder = path(page.folder, self);
        let body = if folder.is_empty() { format!("{start}/{last}") } else { format!("{start}/{folder}/{last}") };
        if self.has_ugly_urls { format!("{body}.html") } else { format!("{body}/") }
    }

    /// The path of a page with a `url` of its own, which may have the placeholders of patterns, too.
    pub(super) fn own_url(&self, url: &str, page: &PageName<'_>) -> String {
        let url = if url.contains("://") { url.splitn(4, '/').nth(3).unwrap_or_default() } else { url };
        let url = if url.contains("/:") || url.starts_with(':') { self.filled(url, page) } else { url.to_owned() };
        format!("/{}", url.trim_start_matches('/'))
    }

    fn filled(&self, pattern: &str, page: &PageName<'_>) -> String {
        let mut filled = String::from("/");
        let mut rest = pattern.trim_start_matches('/');
        while let Some(at) = rest.find(':') {
            filled.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
            let part = self.part(&after[..end], page);
            rest = &after[end..];
            match rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
                Some((slice, tail)) => {
                    filled.push_str(&sliced(&part, slice));
                    rest = tail;
                }
                None => filled.push_str(&part),
            }
        }
        while filled.contains("//") {
            filled = filled.replace("//", "/");
        }
        filled + rest
    }

    fn part(&self, token: &str, page: &PageName<'_>) -> String {
        let date = page.date.map(|date| date.local);
        // A page without a date has the first day of the calendar.
        let number = |value: Option<i32>, width: usize| format!("{:0width$}", value.unwrap_or(1));
        let name = || urlized(page.name, self);
        let slug = || page.slug.map_or_else(|| urlized(page.title, self), |slug| urlized(slug, self));
        match token {
            "year" => number(date.map(|date| date.year().into()), 4),
            "month" => number(date.map(|date| date.month().into()), 2),
            "day" => number(date.map(|date| date.day().into()), 2),
            "yearday" => number(date.map(|date| date.date().day_of_year().into()), 1),
            "monthname" => date.map_or(String::new(), |date| date.strftime("%B").to_string().to_lowercase()),
            "weekdayname" => date.map_or(String::new(), |date| date.strftime("%A").to_string().to_lowercase()),
            "slug" => slug(),
            "title" => urlized(page.title, self),
            "filename" | "contentbasename" => name(),
            "slugorfilename" | "slugorcontentbasename" => page.slug.map_or_else(name, |slug| urlized(slug, self)),
            "section" => path(page.folder.split('/').next().unwrap_or_default(), self),
            "sections" => path(page.folder, self),
            _ => String::new(),
        }
    }
}

/// A part of a path: `1:` is all but the first folder, `last` the last one.
fn sliced(path: &str, slice: &str) -> String {
    let folders: Vec<&str> = path.split('/').filter(|folder| !folder.is_empty()).collect();
    let place = |text: &str, default: usize| match text.trim() {
        "" => default,
        "last" => folders.len().saturating_sub(1),
        number => number.parse().map_or(default, |place: usize| place.min(folders.len())),
    };
    let (from, to) = match slice.split_once(':') {
        Some((from, to)) => (place(from, 0), place(to, folders.len())),
        None => (place(slice, 0), place(slice, 0) + 1),
    };
    folders.get(from..to.min(folders.len())).unwrap_or_default().join("/")
}

/// A path with its folders in Hugo's form.
pub(super) fn path(path: &str, config: &HugoConfig) -> String {
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty()).map(|part| urlized(part, config)).collect();
    parts.join("/")
}

/// A name in Hugo's form: lower case, spaces as hyphens, without most signs.
pub(super) fn urlized(name: &str, config: &HugoConfig) -> String {
    let mut form = String::with_capacity(name.len());
    for letter in name.trim().chars() {
        if letter.is_whitespace() || letter == '-' {
            if letter == '-' || !form.ends_with('-') {
                form.push('-');
            }
        } else if letter.is_alphanumeric() || "._+~@%#".contains(letter) || unicode_mark(letter) {
            form.push(letter);
        }
    }
    if config.keeps_case { form } else { form.to_lowercase() }
}

fn unicode_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// An alias as a path: one without a leading slash begins at the folder above the page.
pub(super) fn alias(alias: &str, url: &str) -> String {
    let alias = if alias.contains("://") { &alias[alias.find("://").map_or(0, |at| at + 3)..] } else { alias };
    if alias.starts_with('/') {
        return alias.to_owned();
    }
    let above = url.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above);
    format!("{above}/{alias}")
}
