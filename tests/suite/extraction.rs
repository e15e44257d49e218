//! Stories as programs that extract articles find them: Firefox's Reader View (Readability), trafilatura and
//! newspaper4k, against the sources.
//!
//! `tests/proof/install.sh` installs them; without them, prints `skipped: …`, or fails if
//! `PRESSWORK_REQUIRE_CHECKER=1`.
#![allow(clippy::disallowed_methods, reason = "whether the readers are required is in the environment")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::support;
use crate::tree;
use presswork::article::{Front, Kind};
use presswork::author::AuthorKind;
use presswork::build::{Draft, Project};
use presswork::site::{Signer, Site, Story};
use serde::Deserialize;

mod paper;

const TOOLS: &str = "target/proof";

/// A program that extracts articles from pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Readability,
    Trafilatura,
    Newspaper,
}

const READERS: [Reader; 3] = [Reader::Readability, Reader::Trafilatura, Reader::Newspaper];

/// The extracted article.
#[derive(Debug, Deserialize)]
struct Found {
    title: String,
    authors: Vec<String>,
    date: String,
    language: Option<String>,
    image: Option<String>,
    text: String,
}

/// The data of a source.
struct Wanted {
    page: PathBuf,
    title: String,
    people: Vec<String>,
    others: Vec<String>,
    date: String,
    language: String,
    image: Option<String>,
    paragraphs: Vec<String>,
    /// The notices of its editors: corrections, notes, a retraction.
    notices: Vec<String>,
}

#[test]
fn stories_of_all_kinds_and_languages_are_extracted() {
    let folder = support::scratch();
    tree::write(folder.path(), &paper::paper()).unwrap();
    check(folder.path());
}

#[test]
fn the_example_newsroom_is_extracted() {
    let folder = support::scratch();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["content", "comments"] {
        tree::copy(&repository.join(part), &folder.path().join(part), &[]).unwrap();
    }
    for file in ["site.yaml", "redirects.yaml"] {
        fs::copy(repository.join(file), folder.path().join(file)).unwrap();
    }
    check(folder.path());
}

#[test]
fn a_misread_story_is_reported() {
    let story = Wanted {
        page: PathBuf::from("a.html"),
        title: "The ferry is back".to_owned(),
        people: vec!["Ana Lopez".to_owned()],
        others: vec!["Data and Maps Desk".to_owned()],
        date: "2026-10-01".to_owned(),
        language: "en".to_owned(),
        image: Some("https://example.org/a.jpg".to_owned()),
        paragraphs: vec![letters("Forty people waited.")],
        notices: vec![letters("Thirty waited.")],
    };
    let found = |authors: &[&str]| Found {
        title: story.title.clone(),
        authors: authors.iter().map(|name| (*name).to_owned()).collect(),
        date: "2026-10-01T08:30:00+00:00".to_owned(),
        language: Some("en".to_owned()),
        image: story.image.clone(),
        text: "Correction: thirty waited. Forty people waited.".to_owned(),
    };
    let right = found(&["Ana Lopez", "Data and Maps Desk"]);
    assert_eq!(differences(Reader::Newspaper, &story, &right), [""; 0]);
    assert_eq!(differences(Reader::Trafilatura, &story, &found(&["Ana Lopez"])), [""; 0]);
    for authors in [&["Ana Lopez", "example.org"][..], &["By Ana Lopez"], &[]] {
        assert_eq!(differences(Reader::Readability, &story, &found(authors)).len(), 1, "{authors:?}");
    }
    let wrong = Found { title: "The Gazette".to_owned(), date: String::new(), text: String::new(), ..right };
    assert_eq!(differences(Reader::Readability, &story, &wrong).len(), 4);
}

/// Builds a project and extracts all its stories.
fn check(root: &Path) {
    let built = support::run(root, &support::Call::default());
    assert_eq!((built.code, &built.problem), (0, &None), "{built:?}");
    let wanted = wanted(root);
    assert!(wanted.len() > 15, "{}", wanted.len());
    let with_text = wanted.iter().filter(|story| !story.paragraphs.is_empty()).count();
    assert!(with_text * 10 > wanted.len() * 9, "{with_text} of {}", wanted.len());
    // All stories at once, because starting a program takes most of the time.
    let stories = wanted.as_slice();
    let found = thread::scope(|scope| {
        let running = READERS.map(|reader| scope.spawn(move || (reader, read(reader, stories))));
        running.map(|running| running.join().unwrap())
    });
    let mut problems = Vec::new();
    for (reader, found) in &found {
        let Some(found) = found else { return };
        for story in &wanted {
            let of = &found[story.page.to_str().unwrap()];
            let differences = differences(*reader, story, of);
            problems.extend(differences.into_iter().map(|it| format!("{reader:?}: {}: {it}", story.page.display())));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The stories that are published with their texts, from the sources alone.
fn wanted(root: &Path) -> Vec<Wanted> {
    let project = Project::open(root).unwrap().value.unwrap();
    let Draft { site, plan, .. } = &project.at(support::INSTANT.parse().unwrap());
    let stories = site
        .articles
        .iter()
        .filter(|story| story.article.front.rare().retracted.as_ref().is_none_or(|it| it.keep_body));
    let wanted = stories.filter(|story| !story.authors.is_empty()).map(|story| {
        let article = &story.article;
        let route = plan.article(site.article_of(&article.source).unwrap());
        let image = article.front.image.as_ref().map(|image| &*image.0.src);
        let image = image.and_then(|image| plan.resolve(site, &project.config, &article.source, image).ok());
        let published = article.dates.published.in_zone(&project.config.timezone);
        Wanted {
            page: root.join("public").join(route.as_str()),
            title: article.front.title.to_string(),
            people: signers(site, story, true),
            others: signers(site, story, false),
            date: published.date().to_string(),
            language: story.language.tag().to_owned(),
            image: image.map(|target| project.config.base_url.absolute(&target.url)),
            paragraphs: paragraphs(&fs::read_to_string(root.join(&*article.source)).unwrap()),
            notices: notices(&article.front),
        }
    });
    wanted.collect()
}

/// The names in the byline: people, or desks and agencies.
fn signers(site: &Site, story: &Story, are_people: bool) -> Vec<String> {
    let names = story.authors.iter().filter_map(|signer| {
        let (name, is_person) = match signer {
            Signer::Author(id) => {
                let front = &site.person(*id).author.front;
                (front.name.as_str(), front.kind == AuthorKind::Person)
            }
            Signer::Guest(guest) => (guest.name.as_str(), true),
        };
        (is_person == are_people).then(|| name.to_owned())
    });
    names.collect()
}

/// The notices on a story's page, as letters and digits.
fn notices(front: &Front) -> Vec<String> {
    let corrections = front.rare().corrections.iter().map(|correction| &*correction.text);
    let notes = front.rare().notes.iter().map(|note| &*note.text);
    let retraction = front.rare().retracted.iter().map(|retraction| &*retraction.reason);
    let opinion = (front.kind == Kind::Opinion).then_some("This is the author’s opinion.");
    let opinion = opinion.filter(|_| front.rare().language.is_none());
    let all = corrections.chain(notes).chain(retraction).chain(opinion);
    all.filter(|text| !text.contains(['[', '<', '`'])).map(letters).collect()
}

/// The paragraphs of a source that are plain text, as letters and digits.
fn paragraphs(source: &str) -> Vec<String> {
    let body = source.splitn(3, "---\n").nth(2).unwrap();
    let is_plain = |text: &&str| {
        let is_text = text.starts_with(|first: char| first.is_alphabetic());
        is_text
            && !text.contains(['*', '_', '`', '[', ']', '{', '<', '|', '#', '^', '~', '=', '&'])
            && !text.contains("\n:")
    };
    body.split("\n\n").map(str::trim).filter(is_plain).map(letters).filter(|text| text.chars().count() > 40).collect()
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The differences between an extracted story and its source.
fn differences(reader: Reader, story: &Wanted, found: &Found) -> Vec<String> {
    let mut differences = Vec::new();
    let mut differs = |what: &str, wanted: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug, is_right: bool| {
        if !is_right {
            differences.push(format!("the {what} is {found:?} and not {wanted:?}"));
        }
    };
    // newspaper4k counts words, and treats a title of one word, as all Chinese ones are, as cut off: then it returns
    // the element's text.
    let is_one_word = reader == Reader::Newspaper && !story.title.contains(' ');
    let is_title = found.title == story.title || is_one_word && found.title.starts_with(&story.title);
    differs("title", &story.title, &found.title, letters(&found.title) == letters(&story.title) || is_title);
    let everybody = [story.people.as_slice(), &story.others].concat();
    let wanted = match reader {
        // It returns the people in structured data, or else the names in the head.
        Reader::Trafilatura if !story.people.is_empty() => story.people.clone(),
        _ => everybody,
    };
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    // It splits names at every "and": without people, the name in the head is a desk's.
    let is_taken_apart = |names: &[String]| story.people.is_empty() && names.concat().contains(&story.others[0]);
    let are_authors = sorted(&found.authors) == sorted(&wanted) || is_taken_apart(&found.authors);
    differs("authors", &wanted, &found.authors, are_authors);
    differs("date", &story.date, &found.date, found.date.starts_with(&story.date));
    if let Some(language) = &found.language {
        let is_language = story.language.to_lowercase().starts_with(&language.to_lowercase()) && !language.is_empty();
        differs("language", &story.language, language, is_language);
    }
    if let (Some(wanted), Some(found)) = (&story.image, &found.image) {
        let is_drawing = wanted.ends_with(".svg");
        differs("picture", wanted, found, is_drawing || wanted == found || is_version(found, wanted));
    }
    let text = letters(&found.text);
    let missing: Vec<&String> = story.paragraphs.iter().filter(|paragraph| !text.contains(*paragraph)).collect();
    // newspaper4k leaves out short paragraphs between others by design; it only has to find the story.
    let may_miss = if reader == Reader::Newspaper { story.paragraphs.len() / 2 } else { 0 };
    let lost: Vec<&String> = story.notices.iter().filter(|notice| !text.contains(*notice)).collect();
    // Short paragraphs again.
    let is_lost = !lost.is_empty() && !story.paragraphs.is_empty() && reader != Reader::Newspaper;
    differs("text without the notices", &lost, &found.text.chars().take(80).collect::<String>(), !is_lost);
    differs("text without", &missing, &found.text.chars().take(80).collect::<String>(), missing.len() <= may_miss);
    differences
}

/// True if a URL is that of a picture in another size: `/assets/pictures/crane-1200.0123456789.jpg` of `…/crane.jpg`.
fn is_version(url: &str, of: &str) -> bool {
    let name = of.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or(of, |(stem, _)| stem);
    let version = url.strip_prefix("https://example.org/assets/pictures/").and_then(|rest| rest.strip_prefix(name));
    version.and_then(|rest| rest.strip_prefix('-')).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The articles that a program extracts from the pages, by their paths; `None` with a message if it is neither
/// installed nor required.
fn read(reader: Reader, stories: &[Wanted]) -> Option<BTreeMap<String, Found>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (tools, scripts) = (repository.join(TOOLS), repository.join("tests/proof"));
    let python = tools.join("python/bin/python");
    let (program, script, name, needed) = match reader {
        Reader::Readability => {
            (PathBuf::from("node"), "articles.mjs", None, tools.join("node_modules/@mozilla/readability"))
        }
        Reader::Trafilatura => (python, "articles.py", Some("trafilatura"), tools.join("python/requirements.txt")),
        Reader::Newspaper => (python, "articles.py", Some("newspaper4k"), tools.join("python/requirements.txt")),
    };
    let started = needed.exists().then(|| {
        let mut command = Command::new(program);
        command.arg(scripts.join(script)).args(name).current_dir(&tools);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    });
    let Some(Ok(mut child)) = started else {
        let required = std::env::var_os("PRESSWORK_REQUIRE_CHECKER").is_some_and(|value| value == "1");
        assert!(!required, "{reader:?} is not installed: run tests/proof/install.sh");
        let _ = writeln!(std::io::stderr(), "skipped: no {reader:?}");
        return None;
    };
    let paths: String = stories.iter().map(|story| format!("{}\n", story.page.display())).collect();
    child.stdin.take().unwrap().write_all(paths.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{reader:?}: {said}");
    Some(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{reader:?}: {error}: {said}")))
}
