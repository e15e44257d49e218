//! The places of files in the project's content folder, and what an article's path says: its folder, its name and its day.

use crate::date::WrittenDate;

/// The content folder, below the project folder.
pub const CONTENT: &str = "content";

/// The folder beside the content folder for files that Presswork keeps between and during builds.
pub const WORK_FOLDER: &str = ".presswork";

/// The file of the front page.
pub const FRONT_PAGE: &str = "content/_index.md";

/// The folder of authors, with a slash at the end.
pub const AUTHORS: &str = "content/authors/";

/// The folder of standalone pages, with a slash at the end.
pub const PAGES: &str = "content/pages/";

/// The folder of files that are copied as they are, with a slash at the end.
pub const STATIC: &str = "content/static/";

/// The folder of readers' comments beside the content folder, with a slash at the end.
pub const COMMENTS: &str = "comments/";

/// The same folder without the slash.
pub const COMMENTS_FOLDER: &str = "comments";

/// True for a file of comments: `comments/world/vote.yaml`, `content/world/vote/comments.yaml`, or
/// `content/world/vote/comments.fr.yaml` for the French translation in that folder.
pub fn is_comments(path: &str) -> bool {
    match path.strip_prefix(COMMENTS) {
        Some(below) => below.ends_with(".yaml"),
        None => !path.starts_with(STATIC) && path.rsplit('/').next().is_some_and(|name| language_part(name).is_some()),
    }
}

/// The language in the name of a file of comments in its story's folder, with its dot: `.fr` of `comments.fr.yaml`, nothing
/// of `comments.yaml`; `None` for other names.
fn language_part(name: &str) -> Option<&str> {
    let part = name.strip_prefix("comments")?.strip_suffix(".yaml")?;
    let is_language = |tag: &str| {
        let primary = tag.split('-').next().unwrap_or_default();
        matches!(primary.len(), 2 | 3)
            && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
            && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (part.is_empty() || part.strip_prefix('.').is_some_and(is_language)).then_some(part)
}

/// The sources that the story of a file of comments may have, the likelier one first.
pub fn commented_stories(path: &str) -> Vec<String> {
    let Some(below) = path.strip_prefix(COMMENTS).map(|below| below.strip_suffix(".yaml").unwrap_or(below)) else {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        return vec![format!("{folder}/index{}.md", language_part(name).unwrap_or_default())];
    };
    let mut stories = vec![in_content(&format!("{below}.md")), in_content(&format!("{below}/index.md"))];
    // A translation in the folder of its original: `world/vote.fr` is `world/vote/index.fr.md`.
    let translated = below.rsplit_once('.').filter(|(folder, language)| !folder.is_empty() && !language.contains('/'));
    stories.extend(translated.map(|(folder, language)| in_content(&format!("{folder}/index.{language}.md"))));
    stories
}

/// The files that may hold the comments on a story: the one that a new thread gets, then others.
pub fn comment_files(story: &str) -> Vec<String> {
    let stem = stem(story);
    let stem = below_content(stem).unwrap_or(stem);
    let in_comments = |stem: &str| format!("{COMMENTS}{stem}.yaml");
    let (folder, name) = story.rsplit_once('/').unwrap_or(("", story));
    let Some(language) = name.strip_prefix("index").and_then(|rest| rest.strip_suffix(".md")) else {
        return vec![in_comments(stem)];
    };
    if !(language.is_empty() || language.starts_with('.')) {
        return vec![in_comments(stem)];
    }
    let below = below_content(folder).unwrap_or(folder);
    let named = in_comments(&format!("{below}{language}"));
    vec![named, format!("{folder}/comments{language}.yaml"), in_comments(&format!("{below}/index{language}"))]
}

/// The path below the content folder; `None` outside it.
pub fn below_content(path: &str) -> Option<&str> {
    path.strip_prefix(CONTENT)?.strip_prefix('/')
}

/// The path from the project folder, of a path below the content folder.
pub fn in_content(below: &str) -> String {
    format!("{CONTENT}/{below}")
}

/// The top-level folder of an article in the content folder, which is its section or the section above it.
pub fn top_folder(path: &str) -> Option<&str> {
    let below = below_content(path)?;
    below.strip_suffix("/index.md").unwrap_or(below).split_once('/').map(|(top, _)| top)
}

/// A source path without its extension, and without `index` where a folder holds the article: `content/world/vote` for
/// `content/world/vote.md` and for `content/world/vote/index.md`.
pub fn stem(path: &str) -> &str {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    stem.strip_suffix("/index").unwrap_or(stem)
}

/// The folder of an article below `content/`, with a slash at the end unless it is `content/` itself, and the article's
/// own name with the day that it may begin with: `content/world/2018-11-22-vote.md` gives `world/` and
/// `2018-11-22-vote`.
pub fn folder_and_name(path: &str) -> (&str, &str) {
    let stem = stem(path);
    let stem = below_content(stem).unwrap_or(stem);
    stem.split_at(stem.rfind('/').map_or(0, |slash| slash + 1))
}

/// Splits `2018-11-22-vote` into the day and `vote`. Without a day of the calendar, a hyphen or underscore after it, and
/// something after that, all of it is the name.
pub fn dated_name(name: &str) -> (Option<WrittenDate>, &str) {
    let Some((day, rest)) = name.split_at_checked(10) else { return (None, name) };
    let Some(rest) = rest.strip_prefix(['-', '_']).filter(|rest| !rest.is_empty()) else { return (None, name) };
    // Most names begin with anything else.
    if !day.starts_with(|first: char| first.is_ascii_digit()) {
        return (None, name);
    }
    match WrittenDate::parse(day) {
        Ok(date) => (Some(date), rest),
        Err(_) => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::{comment_files, commented_stories, dated_name, folder_and_name, is_comments};

    #[test]
    fn comments_are_beside_the_content_or_in_the_folder_of_their_story() {
        for (story, files) in [
            ("content/world/vote.md", &["comments/world/vote.yaml"][..]),
            ("content/world/vote.fr.md", &["comments/world/vote.fr.yaml"]),
            ("content/world/indexed.md", &["comments/world/indexed.yaml"]),
            (
                "content/world/vote/index.md",
                &["comments/world/vote.yaml", "content/world/vote/comments.yaml", "comments/world/vote/index.yaml"],
            ),
            (
                "content/world/vote/index.pt-BR.md",
                &[
                    "comments/world/vote.pt-BR.yaml",
                    "content/world/vote/comments.pt-BR.yaml",
                    "comments/world/vote/index.pt-BR.yaml",
                ],
            ),
        ] {
            assert_eq!(comment_files(story), files);
            for file in files {
                assert!(is_comments(file) && commented_stories(file).iter().any(|found| found == story), "{file}");
            }
        }
        let stories = commented_stories("comments/world/vote.yaml");
        assert_eq!(stories, ["content/world/vote.md", "content/world/vote/index.md"]);
        assert_eq!(commented_stories("content/world/vote/comments.yaml"), ["content/world/vote/index.md"]);
        for other in [
            "content/static/comments.yaml",
            "comments/README.md",
            "content/a/comments.backup.yaml",
            "content/a/comments-fr.yaml",
        ] {
            assert!(!is_comments(other), "{other}");
        }
    }

    #[test]
    fn a_path_is_a_folder_a_name_and_an_optional_day() {
        assert_eq!(folder_and_name("content/world/vote.md"), ("world/", "vote"));
        assert_eq!(folder_and_name("content/world/asia/vote/index.md"), ("world/asia/", "vote"));
        assert_eq!(folder_and_name("content/vote.md"), ("", "vote"));
        for (name, day, rest) in [
            ("2018-11-22-vote", true, "vote"),
            ("2018-11-22_vote", true, "vote"),
            ("2018-11-22vote", false, "2018-11-22vote"),
            ("2018-11-22-", false, "2018-11-22-"),
            ("2018-11-22", false, "2018-11-22"),
            ("2018-02-30-vote", false, "2018-02-30-vote"),
            ("vote", false, "vote"),
            ("投票二〇一八", false, "投票二〇一八"),
        ] {
            let (date, name) = dated_name(name);
            assert_eq!((date.is_some(), name), (day, rest));
        }
    }
}
