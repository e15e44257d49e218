//! The facts about a text that all systems of text files write alike.

use crate::import::dates::SourceDate;
use crate::import::model::{ItemFacts, ItemKind, SourceState};
use crate::import::notes::{ImportNoteKind, Notes};

use super::titles::plain_title;
use super::{Fields, FolderFile, TextDocument};

/// A path split into its folders and the parts of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPath {
    /// The folders, without a slash at the end.
    pub folder: String,
    /// The name without its ending and without a day in front.
    pub name: String,
    /// The day in front of the name.
    pub day: Option<SourceDate>,
    /// True for `folder/index.md`; `name` is then the folder's.
    pub is_index: bool,
}

/// Splits a path.
pub fn text_path(path: &str) -> TextPath {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let is_index = stem == "index" && !folder.is_empty();
    let (folder, stem) = match is_index {
        true => folder.rsplit_once('/').unwrap_or(("", folder)),
        false => (folder, stem),
    };
    let (day, name) = dated(stem);
    TextPath { folder: folder.to_owned(), name: name.to_owned(), day, is_index }
}

/// `2019-05-03-vote` as its day and `vote`; unpadded days count.
pub fn dated(stem: &str) -> (Option<SourceDate>, &str) {
    let mut ends = stem.match_indices(['-', '_']).map(|(at, _)| at).skip(2);
    let Some(end) = ends.next().filter(|end| *end <= 10 && *end + 1 < stem.len()) else { return (None, stem) };
    match SourceDate::parse(&stem[..end].replace('_', "-")) {
        Some(day) => (Some(day), &stem[end + 1..]),
        None => (None, stem),
    }
}

/// The date of a text: from its keys, or else from its name, or else from a URL such as `/2019/05/03/vote/`.
pub fn date_of(
    fields: &mut Fields,
    day: Option<SourceDate>,
    url: Option<&str>,
    place: &str,
    notes: &mut Notes,
) -> Option<SourceDate> {
    for keys in [&["date"][..], &["pubDate", "publishDate", "pubdate", "published_at", "datePublished"]] {
        match fields.date(keys) {
            Some(Ok(date)) => return Some(date),
            Some(Err(text)) => {
                notes.add(
                    ImportNoteKind::Dropped,
                    "date",
                    place,
                    format!("`{text}` is not a date that Presswork can read"),
                );
            }
            None => {}
        }
    }
    if day.is_some() {
        return day;
    }
    let parts: Vec<&str> = url?.trim_start_matches('/').split('/').collect();
    let found = parts.windows(3).find_map(|three| SourceDate::parse(&three.join("-")));
    if found.is_some() {
        notes.add(ImportNoteKind::Guessed, "date", place, "it is from the URL");
    }
    found
}

/// The first heading of a text, if it begins with one.
pub fn first_heading(body: &str) -> Option<String> {
    let line = body.lines().find(|line| !line.trim().is_empty())?;
    let heading = line.strip_prefix("# ")?.trim().trim_end_matches('#').trim();
    (!heading.is_empty()).then(|| heading.to_owned())
}

/// The facts about a text; `url` is its old path.
pub fn facts_of(
    file: &FolderFile,
    document: &TextDocument,
    path: &TextPath,
    url: Option<String>,
    notes: &mut Notes,
) -> ItemFacts {
    let mut fields = Fields(document.front.clone());
    let title = fields.text(&["title"]).or_else(|| first_heading(&document.body));
    let date = date_of(&mut fields, path.day, url.as_deref(), &file.path, notes);
    let is_draft = fields.flag(&["draft"]).unwrap_or(false) || fields.flag(&["published"]) == Some(false);
    let mut other_urls = fields.texts(&["aliases", "alias"], None);
    other_urls.extend(fields.texts(&["redirect_from"], None));
    ItemFacts {
        id: file.path.clone(),
        place: file.path.clone(),
        path_in_source: Some(file.path.clone()),
        kind: if date.is_some() { ItemKind::Story } else { ItemKind::Page },
        title: plain_title(&title.unwrap_or_else(|| path.name.replace(['-', '_'], " "))),
        url,
        other_urls: other_urls.into_iter().map(|url| rooted(&url)).collect(),
        section: Some(path.folder.clone()).filter(|folder| !folder.is_empty()),
        slug: fields.text(&["slug"]).unwrap_or_else(|| path.name.clone()),
        date,
        state: if is_draft { SourceState::Draft("a draft".to_owned()) } else { SourceState::Public },
        has_files: path.is_index,
    }
}

/// A path or URL with a slash in front.
pub fn rooted(url: &str) -> String {
    if url.contains("://") || url.starts_with('/') { url.to_owned() } else { format!("/{url}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_folders_day_and_name() {
        let path = text_path("blog/2019-5-3-vote/index.md");
        assert_eq!((path.folder.as_str(), path.name.as_str(), path.is_index), ("blog", "vote", true));
        assert!(path.day.is_some());
        for (stem, has_day, name) in [
            ("2019-05-03-vote", true, "vote"),
            ("2019_05_03_vote", true, "vote"),
            ("2019-05-03", false, "2019-05-03"),
            ("2019-13-03-vote", false, "2019-13-03-vote"),
            ("a-b-c-d", false, "a-b-c-d"),
        ] {
            assert_eq!((dated(stem).0.is_some(), dated(stem).1), (has_day, name), "{stem}");
        }
    }
}
