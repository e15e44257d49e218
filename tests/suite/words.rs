//! The default theme has all its strings in every language: they are in `i18n/`, and nowhere else.
#![allow(clippy::disallowed_methods, reason = "the theme's files are read as they are")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use presswork::language::{Language, Numbers, OTHER};
use serde::Deserialize;

const LANGUAGES: &[&str] = &[
    "ar", "bn", "de", "el", "en", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv",
    "sw", "th", "tr", "uk", "ur", "vi", "zh-Hans", "zh-Hant",
];

/// Names that are the same in every language.
const NAMES: &[&str] = &["Bluesky", "Mastodon", "OpenStreetMap", "Telegram", "Vimeo", "WhatsApp", "X", "YouTube"];

/// The beginnings of keys that are put together with a value.
const COMPOSED: &[&str] = &["alert_", "kind_", "policy_", "role_", "task_"];

#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Plural(BTreeMap<String, String>),
}

impl Word {
    fn main(&self) -> &str {
        match self {
            Word::Text(text) => text,
            Word::Plural(forms) => &forms[OTHER],
        }
    }

    fn all(&self) -> Vec<&str> {
        match self {
            Word::Text(text) => vec![text],
            Word::Plural(forms) => forms.values().map(String::as_str).collect(),
        }
    }
}

fn theme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/broadsheet")
}

fn words(language: &str) -> BTreeMap<String, Word> {
    let text = fs::read_to_string(theme().join(format!("i18n/{language}.yaml"))).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{language}: {error}"))
}

/// The templates, components and embeds, by path.
fn templates() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["templates", "templates/text", "components", "embeds"] {
        for entry in fs::read_dir(theme().join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(found.len() > 30, "the theme's templates are found");
    found
}

/// The placeholders in a string: `{name}`.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn there_is_a_file_for_each_language() {
    let files = fs::read_dir(theme().join("i18n")).unwrap().map(|entry| entry.unwrap().path());
    let found: BTreeSet<String> = files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let wanted: BTreeSet<String> = LANGUAGES.iter().map(|language| (*language).to_owned()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_language_has_every_string_with_the_same_placeholders() {
    let english = words("en");
    let mut problems = Vec::new();
    for language in LANGUAGES {
        let known = words(language);
        problems.extend(
            english.keys().filter(|key| !known.contains_key(*key)).map(|key| format!("{language} lacks {key}")),
        );
        for (key, word) in &known {
            let Some(original) = english.get(key) else {
                problems.push(format!("{language} has {key}, which English has not"));
                continue;
            };
            if places(original.main()) != places(word.main()) {
                problems.push(format!("{language}: {key} has other places than in English: {}", word.main()));
            }
            if matches!(original, Word::Plural(_)) != matches!(word, Word::Plural(_)) {
                problems.push(format!("{language}: {key} is a text in one language and has forms in the other"));
            }
            let is_strange = |text: &&str| !places(text).is_subset(&places(word.main()));
            problems.extend(word.all().into_iter().filter(is_strange).map(|text| format!("{language}: {key}: {text}")));
        }
    }
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn plural_forms_are_those_that_the_language_has() {
    for language in LANGUAGES {
        let numbers = Numbers::of(&Language::parse(language).unwrap()).unwrap();
        // In these languages, numbers with decimals have no plural form that whole numbers lack.
        let mut wanted: BTreeSet<&str> = (0..=200).chain([1_000_000]).map(|number| numbers.category(number)).collect();
        wanted.insert(OTHER);
        for (key, word) in words(language) {
            if let Word::Plural(forms) = &word {
                let found: BTreeSet<&str> = forms.keys().map(String::as_str).collect();
                assert_eq!(found, wanted, "{language}: {key}");
            }
        }
    }
}

/// French puts a space before these signs, and no line may break at it.
#[test]
fn french_punctuation_stays_with_its_word() {
    for (key, word) in words("fr") {
        for text in word.all() {
            let is_loose = |sign: char| text.contains(&format!(" {sign}"));
            assert!(!"!:;?»".chars().any(is_loose) && !text.contains("« "), "{key}: {text}");
        }
    }
}

#[test]
fn every_string_is_used_and_every_used_string_exists() {
    let (english, templates) = (words("en"), templates());
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (file, text) in &templates {
        for (at, _) in text.match_indices("t.") {
            let is_alone = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "_.]".contains(c));
            let end = text[at + 2..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(0);
            let key = &text[at + 2..at + 2 + end];
            // Presswork adds these, which are not for readers.
            let is_own = ["words_language", "words_direction", "page_language"].contains(&key);
            if is_alone && !key.is_empty() && !is_own {
                assert!(english.contains_key(key), "{file} wants t.{key}, which en.yaml has not");
                used.insert(key.to_owned());
            }
        }
    }
    let mut sources = String::new();
    for folder in ["src/view", "src/view/contract", "src/render", "src/render/feeds", "src/plan", "src/hosts"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).into_iter().flatten() {
            sources.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap_or_default());
        }
    }
    let quoted = |key: &str| templates.values().chain([&sources]).any(|text| text.contains(&format!("\"{key}\"")));
    let is_used =
        |key: &&String| used.contains(*key) || COMPOSED.iter().any(|prefix| key.starts_with(prefix)) || quoted(key);
    let idle: Vec<&String> = english.keys().filter(|key| !is_used(key)).collect();
    assert_eq!(idle, Vec::<&String>::new(), "nothing prints these words");
}

#[test]
fn templates_contain_no_untranslated_text() {
    let mut problems = Vec::new();
    for (file, text) in templates() {
        let (text, read_out) = visible(&text);
        let is_word = |word: &&str| word.chars().any(char::is_alphabetic) && !NAMES.contains(word);
        let letters = |c: char| !c.is_alphanumeric();
        let found = text.split(letters).chain(read_out.iter().flat_map(|value| value.split(letters))).filter(is_word);
        problems.extend(found.map(|word| format!("{file}: {word}")));
    }
    assert_eq!(problems, Vec::<String>::new(), "words belong into i18n/");
}

/// The text that a template shows outside expressions: between tags, and in attributes that are read aloud.
fn visible(template: &str) -> (String, Vec<String>) {
    let mut bare = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{{", "}}"), ("{%", "%}"), ("<!--", "-->")] {
        bare = without(&bare, open, close);
    }
    let mut read_out = Vec::new();
    for name in ["aria-label", "title", "alt", "placeholder", "aria-description", "label"] {
        for part in bare.split(&format!(" {name}=\"")).skip(1) {
            read_out.extend(part.split('"').next().map(str::to_owned));
        }
    }
    // Entities are single characters, and no `>` of an expression is left here.
    let text = without(&without(&bare, "<", ">"), "&", ";");
    // Attributes in variables are outside tags.
    let text: Vec<&str> = text.split_whitespace().filter(|word| !word.contains("=\"")).collect();
    (text.join(" "), read_out)
}

fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    kept + rest
}

#[test]
fn untranslated_text_in_a_template_is_noticed() {
    let (text, read_out) =
        visible("{# no #}<p title=\"Hello\" class=\"no\">{{ t.no }} Read&nbsp;this {% if no %}—{% endif %}</p>");
    assert_eq!((text.as_str(), read_out), ("Readthis —", vec!["Hello".to_owned()]));
}

/// The beginning of a component's definition; its arguments follow.
const COMPONENT: &str = "component ";

#[test]
fn every_component_says_what_it_takes() {
    let mut silent = Vec::new();
    for file in fs::read_dir(theme().join("components")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let starts = text.match_indices(COMPONENT).filter(|(at, _)| text[..*at].trim_end().ends_with(['%', '-']));
        for (at, _) in starts {
            let (name, rest) = text[at + COMPONENT.len()..].split_once('(').unwrap();
            let parameters = rest.split(')').next().unwrap().split(',').map(str::trim);
            let named = parameters.filter_map(|one| one.split([':', '=']).next()).map(str::trim);
            let comment = text[..at].rsplit("{#").next().unwrap_or_default();
            for parameter in named.filter(|name| !name.is_empty() && !name.starts_with('@')) {
                if !comment.contains(&format!("`{parameter}`")) {
                    silent.push(format!("{}: {name}: `{parameter}`", path.display()));
                }
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}
