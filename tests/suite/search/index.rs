//! The published index: what it finds, what it hides, and how little of it changes.

use std::collections::BTreeSet;
use std::fs;

use presswork::search::{DamagedIndex, SearchFilter, SearchQuery, decode, is_filter, terms};

use super::{Searched, TEXTS, index_files, story};
use crate::support::{self, Call, Random, stamps, touched};
use crate::tree;

/// Stories in many languages.
fn world() -> Searched {
    let stories = TEXTS.iter().enumerate().map(|(number, (language, text))| {
        let keys = format!(
            "title: Number {number}\ndate: 2026-0{}-0{}\nlanguage: {language}\nauthors: lin-tan",
            1 + number / 9,
            1 + number % 9
        );
        story(&format!("news/story-{number}"), &keys, text)
    });
    Searched::new("", &stories.collect::<Vec<_>>())
}

#[test]
fn every_word_of_every_public_story_finds_it() {
    let world = world();
    for (number, (language, text)) in TEXTS.iter().enumerate() {
        let mut words = BTreeSet::new();
        terms(text, &mut |term| words.extend([term.to_owned()]));
        assert!(words.len() > 3, "{language}");
        for word in words {
            let found = world.titles(&word);
            assert!(found.contains(&format!("Number {number}")), "{language}: {word} finds {found:?}");
        }
        assert_eq!(world.titles(text)[0], format!("Number {number}"), "{language}");
    }
}

#[test]
fn fields_forms_and_slips_find_a_story() {
    let site = Searched::new(
        "",
        &[
            story(
                "world/harbour",
                "title: Harbour strike enters its second week\ndeck: Talks broke off\ndate: 2026-11-20\n\
                 authors: [lin-tan, {name: Zoë Müller}]\ntags: [Ports]\nkind: analysis\n\
                 image: {src: crane.svg, alt: A crane, caption: The eastern quay}",
                "The cranes have not moved. \n\n{{< figure src=\"crane.svg\" alt=\"x\" caption=\"Gantries at night\" >}}\n\nEnd.",
            ),
            (
                "content/world/crane.svg".to_owned(),
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".to_owned(),
            ),
            story("culture/concert", "title: A concert\ndate: 2026-10-01", "Strikingly good, in the old harbour."),
        ],
    );
    let both = ["Harbour strike enters its second week", "A concert"];
    for words in ["broke", "muller", "Ports", "world", "quay", "gantries night", "striking enters", "second weeks"] {
        assert_eq!(site.titles(words), both[..1], "{words}");
    }
    assert_eq!(site.titles("harbour"), both, "the headline counts most");
    assert_eq!(site.titles("harbuor"), both, "two letters are in the wrong order");
    assert_eq!(site.titles("harb"), both, "the last word may be a beginning");
    assert_eq!(site.titles("harb strike"), Vec::<String>::new(), "no other word may");
    assert_eq!(site.titles("harbour -concert"), both[..1]);
    assert_eq!(site.titles("lin tan"), both[..1]);
    let filtered = |filter, value: &str| {
        let mut query = SearchQuery::parse("harbour");
        query.filters.push((filter, value.to_owned()));
        site.find(&query).unwrap().total
    };
    assert_eq!(filtered(SearchFilter::Section, "world"), 1);
    assert_eq!(filtered(SearchFilter::Section, "wor"), 0);
    assert_eq!(filtered(SearchFilter::Author, "lin-tan"), 1);
    assert_eq!(filtered(SearchFilter::Author, "Zoë Müller"), 1);
    assert_eq!(filtered(SearchFilter::Kind, "analysis"), 1);
    assert_eq!(filtered(SearchFilter::Language, "en"), 2);
    let mut from = SearchQuery::parse("harbour");
    from.from = Some("2026-10-02".to_owned());
    assert_eq!(site.find(&from).unwrap().total, 1);
}

#[test]
fn no_word_of_a_hidden_story_is_in_the_index() {
    let secret = "Zanzibarquest klamottenkiste";
    let hidden = [
        "title: Zanzibarquest\ndate: 2026-01-01\ndraft: true",
        "title: Zanzibarquest\ndate: 2026-01-01\nembargo: 2027-01-01 00:00",
        "title: Zanzibarquest\ndate: 2027-01-01",
        "title: Zanzibarquest\ndate: 2025-01-01\nexpires: 2026-01-01 00:00",
        "title: Zanzibarquest\ndate: 2026-01-01\nnoindex: true",
        "title: Zanzibarquest\ndate: 2026-01-01\nretracted: {date: 2026-01-02, reason: It was wrong.}",
        "title: Zanzibarquest\ndate: 2026-01-01\nwithdrawn: {date: 2026-01-02}",
    ];
    let mut stories = vec![story("news/open", "title: Open\ndate: 2026-01-01", "An open story.")];
    stories.extend(hidden.iter().enumerate().map(|(at, keys)| story(&format!("news/hidden-{at}"), keys, secret)));
    let site = Searched::new("", &stories);
    assert_eq!(site.titles("open"), ["Open"]);
    let files = index_files(&site.public());
    assert!(!files.is_empty());
    for (path, bytes) in files {
        let file = decode(&bytes).unwrap();
        let words = file.terms.keys().chain([&file.titles]);
        let leaks: Vec<&String> =
            words.filter(|word| word.to_lowercase().contains("zanz") || word.contains("klam")).collect();
        assert!(leaks.is_empty(), "{}: {leaks:?}", path.display());
    }
}

#[test]
fn a_site_chooses_what_can_be_searched() {
    let stories = [
        story("world/asia/port", "title: In Asia\ndate: 2026-01-01\nlanguage: de", "Hafen."),
        story("worldwide/port", "title: Elsewhere\ndate: 2026-01-01", "Hafen."),
    ];
    let of_section = Searched::new("search: {sections: world}\n", &stories);
    assert_eq!(of_section.titles("hafen"), ["In Asia"]);
    let of_language = Searched::new("search: {languages: [de]}\n", &stories);
    assert_eq!(of_language.titles("hafen"), ["In Asia"]);
    let off = Searched::new("search: false\n", &stories);
    assert!(!off.public().join("search").exists());
}

#[test]
fn the_newsrooms_own_pages_come_first() {
    let one = story("news/one", "title: One\ndate: 2026-01-01", "Harbour.");
    let page =
        |keys: &str| ("content/pages/find.md".to_owned(), format!("---\ntitle: Find\n{keys}\n---\n\nFind a story.\n"));
    let own = Searched::new("", &[one.clone(), page("extra: {search: true}")]);
    assert!(!own.public().join("search/index.html").exists() && own.public().join("search/root.json").exists());
    let html = fs::read_to_string(own.public().join("find/index.html")).unwrap();
    assert!(html.contains("data-page=\"/find/\"") && html.contains("Find a story."));
    let section = Searched::new("", &[one.clone(), story("search/two", "title: Two\ndate: 2026-01-01", "Harbour.")]);
    assert!(fs::read_to_string(section.public().join("search/index.html")).unwrap().contains("Two"));
    assert!(!section.public().join("search/root.json").exists(), "no page would use the index");
    let page = Searched::new("", &[one, page("slug: search")]);
    assert!(fs::read_to_string(page.public().join("search/index.html")).unwrap().contains("Find a story."));
}

/// The files of the index that a build writes or removes.
fn index_touched(site: &Searched) -> Vec<String> {
    let before = stamps(&site.public());
    site.build();
    let touched = touched(&before, &stamps(&site.public()));
    touched.into_iter().filter(|path| path.starts_with("search/")).collect()
}

fn filler(random: &mut Random, number: usize) -> (String, String) {
    const WORDS: &[&str] = &["harbour", "council", "bridge", "river", "school", "budget", "winter", "train", "market"];
    let text: Vec<String> = (0..40).map(|_| format!("{}{}", random.pick(WORDS), random.below(30))).collect();
    let (day, hour) = (1 + number / 12 % 28, number % 12 * 2);
    let keys = format!("title: Story {number}\ndate: 2026-{:02}-{day:02} {hour:02}:00", 1 + number / 336);
    story(&format!("news/story-{number}"), &keys, &text.join(" "))
}

#[test]
fn another_story_and_a_correction_change_few_files() {
    let random = &mut Random::new(7);
    let stories: Vec<(String, String)> = (0..400).map(|number| filler(random, number)).collect();
    let site = Searched::new("feeds: false\n", &stories);
    let mut counts = Vec::new();
    for number in 400..406 {
        let (path, text) = filler(random, number);
        site.write(&path, &text);
        counts.push(index_touched(&site).len());
        assert!(site.titles(&format!("Story {number}")).contains(&format!("Story {number}")));
    }
    counts.sort_unstable();
    assert!(counts[3] <= 3, "a new file, an old one and the root: {counts:?}");
    let (path, text) = &stories[10];
    site.write(
        path,
        &text.replace("date: 2026-01-01 20:00", "date: 2026-01-01 20:00\nslug: story-10").replacen(
            "harbour",
            "lighthouse",
            1,
        ),
    );
    let touched = index_touched(&site);
    assert!((1..=5).contains(&touched.len()), "{touched:?}");
    let built = support::run(&site.root(), &Call::default());
    assert_eq!(built.summary.unwrap().rendered, 0, "nothing is left to do");
    let incremental = tree::read(&site.public()).unwrap();
    fs::remove_dir_all(site.root().join(".presswork")).unwrap();
    fs::remove_dir_all(site.public()).unwrap();
    site.build();
    assert_eq!(tree::difference(&tree::read(&site.public()).unwrap(), &incremental), None);
}

#[test]
fn damage_is_noticed() {
    let site = Searched::new("", &[story("news/one", "title: One\ndate: 2026-01-01", "Harbour.")]);
    let files = index_files(&site.public());
    let (path, bytes) = files.first_key_value().unwrap();
    for damaged in [bytes[..bytes.len() / 2].to_vec(), Vec::new(), b"<!doctype html>".to_vec()] {
        fs::write(site.public().join(path), damaged).unwrap();
        assert_eq!(site.find(&SearchQuery::parse("harbour")).unwrap_err(), DamagedIndex);
    }
    fs::write(site.public().join("search/root.json"), "{}").unwrap();
    assert!(site.find(&SearchQuery::parse("harbour")).is_err());
}

#[test]
fn terms_for_filters_are_no_words() {
    let mut words = Vec::new();
    terms(&SearchFilter::Section.term("world", "World"), &mut |term| words.push(term.to_owned()));
    assert_eq!(words, ["sworld", "world"]);
    assert!(is_filter(&SearchFilter::Author.term("a", "A")) && !is_filter("a"));
}
