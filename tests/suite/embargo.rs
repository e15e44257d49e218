//! No byte of any output and no file name gives away a story that is not public, and `check --embargo` finds anything
//! that does.
//!
//! 48 cases; `PROPTEST_CASES=2000 cargo test --test suite embargo::` runs more.
#![allow(clippy::disallowed_methods, reason = "the number of cases comes from the environment")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use presswork::build::Project;
use presswork::check;
use presswork::diagnostic::Diagnostic;
use proptest::prelude::*;

use crate::support::{self, Call, INSTANT, run, scratch};

const SITE: &str = "\
title: The Test
base_url: https://example.org/
description: A paper of many formats
language: en
outputs: [ninjs, markdown, llms, text]
hosts: [netlify, apache, nginx, caddy, vercel, firebase, s3]
taxonomies:
- {name: places, singular: Place, plural: Places}
feeds: {min_articles: 1}
";

/// The state of a story, and its front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Published,
    Draft,
    Embargoed,
    DatedAhead,
    Expired,
    Withdrawn,
}

impl Fate {
    fn front(self) -> &'static str {
        match self {
            Fate::Published => "date: 2026-11-20\n",
            Fate::Draft => "date: 2026-11-20\ndraft: true\n",
            Fate::Embargoed => "date: 2026-11-20\nembargo: 2026-11-22T12:00:01Z\n",
            Fate::DatedAhead => "date: 2026-11-22T12:00:01Z\n",
            Fate::Expired => "date: 2026-11-01\nexpires: 2026-11-22T12:00:00Z\n",
            Fate::Withdrawn => "date: 2026-11-01\nwithdrawn: {date: 2026-11-22T12:00:00Z, reason: It named a source}\n",
        }
    }

    fn is_hidden(self) -> bool {
        self != Fate::Published
    }
}

/// A story whose words occur in no other one.
#[derive(Debug, Clone)]
struct StorySpec {
    fate: Fate,
    section: u8,
    is_bundle: bool,
    /// The keys of its front matter, as bits.
    keys: u32,
    /// The stories that its text links to, by their places.
    links: Vec<usize>,
    is_picked: bool,
    /// The [`FORMS`] in which it names a picture, each with true if others name the same picture.
    shows: Vec<(usize, bool)>,
}

/// A way to name a picture: a key of the front matter, a part of the body, and the end of the picture's name. `@`
/// stands for the beginning of the name with its folder, `$` for the same as a path of the site, `~` for a word that
/// only this story has.
const FORMS: &[(&str, &str, &str)] = &[
    ("", "![~][r@]\n\n[r@]: @.png", ".png"),
    ("", "![~][r@]\n\n[r@]:@.png", ".png"),
    ("", "![~][r@]\n\n[r@]: <@ of (2).png> 'Title'", " of (2).png"),
    ("", "![~](@%20name.png)", " name.png"),
    ("", "![~](<@ name.png>)", " name.png"),
    ("", "![~](  @.png )", ".png"),
    ("", "![~](\n@.png\n\"Title\")", ".png"),
    ("", "![~](@(1).png)", "(1).png"),
    ("", "![~](<@ (1).png>)", " (1).png"),
    ("", "![~](@\\_name\\.png)", "_name.png"),
    ("", "![~](@&amp;name.png)", "&name.png"),
    ("", "![~](@&eacute;.png)", "é.png"),
    ("", "![~](@%C3%A9.png)", "é.png"),
    ("", "![~](@%2Ep%6eg)", ".png"),
    ("", "![~](@&#46;png)", ".png"),
    ("", "<img src='@ name.png' alt='~'>", " name.png"),
    ("", "<img src=@.png alt=~>", ".png"),
    ("", "<img alt=~ src = \"@, name.png\">", ", name.png"),
    ("", "{{< figure src='@ name.png' alt='~' >}}", " name.png"),
    ("", "{{< figure alt=\"~\" src = \"@.png\" >}}", ".png"),
    ("", "![~](https://example.org$.png)", ".png"),
    ("", "[~](HTTPS://EXAMPLE.ORG$%20name.png)", " name.png"),
    ("image: {src: \"@%20a.png\", alt: ~}\n", "", " a.png"),
    ("image: {src: '@, a.png', alt: ~}\n", "", ", a.png"),
    ("extra:\n  picture: @ name.png\n", "", " name.png"),
    ("extra: {pictures: [@ name.png]}\n", "", " name.png"),
    ("sources: [{name: Office, url: \"https://example.org$.png\"}]\n", "", ".png"),
];

/// The key, the text and the file of a picture that a story names.
fn shown(stories: &[StorySpec], at: usize, place: usize) -> (String, String, String) {
    let (form, is_shared) = stories[at].shows[place];
    let (key, text, end) = FORMS[form];
    let section = stories[at].section;
    let (written, path) = match is_shared {
        true => (format!("/desk{section}/common{form}q"), format!("/desk{section}/common{form}q")),
        false => {
            let folder = if stories[at].is_bundle { format!("slug{at}q/") } else { String::new() };
            (format!("own{form}of{at}q"), format!("/desk{section}/{folder}own{form}of{at}q"))
        }
    };
    let filled = |text: &str| {
        text.replace("r@", &format!("r{form}"))
            .replace('@', &written)
            .replace('$', &path)
            .replace('~', &format!("view{form}of{at}q"))
    };
    (filled(key), filled(text), format!("content{path}{end}"))
}

/// Keys with words that only this story has; `@` stands for the story.
const KEYS: &[&str] = &[
    "short_title: Shorttitle@q of the day\n",
    "seo_title: Seotitle@q of the day\n",
    "deck: The deck says deck@q\n",
    "kicker: Kicker@q\n",
    "summary: In short summary@q happened\n",
    "dateline: Dateline@q\n",
    "authors: [ana, {name: Guest@q Smith, url: \"https://example.net/guest@q\"}]\n",
    "contributors: {photography: {name: Photographer@q Jones}}\n",
    "byline: By somebody byline@q\n",
    "tags: [shared, Tag@q]\n",
    "series: {id: Series@q}\n",
    "taxonomies: {places: [Here, Place@q]}\n",
    "corrections: [{date: 2026-11-21, text: The number was number@q}]\n",
    "notes: [{kind: clarification, date: 2026-11-21, text: Clearer is note@q}]\n",
    "sources: [{name: Source@q office, url: \"https://example.com/source@q\"}]\n",
    "wire: {name: Wire@q agency}\n",
    "canonical: https://example.com/canonical@q/\n",
    "aliases: [/old/alias@q/]\n",
    "extra: {note: Extra@q}\n",
    "guid: \"urn:guid@q\"\n",
    "image: {src: lead@q.png, alt: Alternative@q view, caption: Caption@q, credit: Credit@q}\n",
];

fn story_spec() -> impl Strategy<Value = StorySpec> {
    let fate = prop_oneof![
        3 => Just(Fate::Published),
        1 => Just(Fate::Draft),
        1 => Just(Fate::Embargoed),
        1 => Just(Fate::DatedAhead),
        1 => Just(Fate::Expired),
        1 => Just(Fate::Withdrawn),
    ];
    let links = prop::collection::vec(0..8usize, 0..3);
    let shows = prop::collection::vec((0..FORMS.len(), any::<bool>()), 0..6);
    (fate, 0..2u8, any::<bool>(), any::<u32>(), links, any::<bool>(), shows).prop_map(
        |(fate, section, is_bundle, keys, links, is_picked, mut shows)| {
            // Each key of front matter occurs once.
            let mut taken: Vec<&str> =
                KEYS.iter().enumerate().filter(|(bit, _)| keys >> bit & 1 == 1).map(|(_, key)| *key).collect();
            shows.sort_unstable();
            shows.dedup_by_key(|(form, _)| *form);
            shows.retain(|&(form, is_shared)| {
                let key = FORMS[form].0;
                let name = key.split(':').next().unwrap();
                let is_free = key.is_empty() || !taken.iter().any(|other| other.split(':').next() == Some(name));
                taken.push(key);
                // A bundle's own file is published where its page is: only a path of the project leads there.
                is_free && (is_shared || !is_bundle || !(key.contains('$') || FORMS[form].1.contains('$')))
            });
            StorySpec { fate, section, is_bundle, keys, links, is_picked, shows }
        },
    )
}

fn path(stories: &[StorySpec], at: usize) -> String {
    let StorySpec { section, is_bundle, .. } = stories[at];
    let name = if is_bundle { format!("slug{at}q/index.md") } else { format!("slug{at}q.md") };
    format!("content/desk{section}/{name}")
}

fn text(stories: &[StorySpec], at: usize) -> String {
    let told = &stories[at];
    let mut text = format!("---\ntitle: Title{at}q of the story\n{}", told.fate.front());
    let keys = KEYS.iter().enumerate().filter(|(bit, _)| told.keys >> bit & 1 == 1);
    for (_, key) in keys {
        // The old URLs of a withdrawn story answer 410, so hosts have to know them.
        if told.fate == Fate::Withdrawn && key.starts_with("aliases") {
            continue;
        }
        text.push_str(&key.replace('@', &at.to_string()));
    }
    let shows: Vec<_> = (0..told.shows.len()).map(|place| shown(stories, at, place)).collect();
    shows.iter().for_each(|(key, ..)| text.push_str(key));
    writeln!(text, "---\nText{at}q begins and goes on for some more{at}q words.\n\n![See{at}q](inside{at}q.png)\n")
        .unwrap();
    shows.iter().for_each(|(_, body, _)| writeln!(text, "{body}\n").unwrap());
    writeln!(text, "<!-- ![](remark{at}w.png) -->\n\n`[a](code{at}w.csv)`\n").unwrap();
    // A public story may link only to public ones.
    for &link in told.links.iter().filter(|&&link| link < stories.len()) {
        if told.fate.is_hidden() || !stories[link].fate.is_hidden() {
            writeln!(text, "[Link{at}q](/{})\n", path(stories, link).trim_start_matches("content/")).unwrap();
        }
    }
    text
}

/// Files beside a story that it does not refer to: it mentions the first in a comment, and the second in code.
fn loose(stories: &[StorySpec], at: usize) -> [String; 4] {
    let path = path(stories, at);
    let folder = path.rsplit_once('/').unwrap().0;
    let beside = |name: &str| format!("{folder}/{name}");
    let names = [format!("remark{at}w.png"), format!("code{at}w.csv"), format!("tape{at}w.docx")];
    let [remark, code, tape] = names.map(|name| beside(&name));
    [remark, code, tape, format!("{path}.bak")]
}

/// The file of readers' comments on a story, by the story's.
fn comments_path(story: &str) -> String {
    story.replace("content/", "comments/").replace("/index.md", ".md").replace(".md", ".yaml")
}

/// A comment, a hidden comment, and a reply to that.
fn comments(at: usize) -> String {
    format!(
        "comments:\n- {{id: a, name: Reader{at}q, url: \"https://page{at}q.example\", date: 2018-01-02, text: Said{at}q here}}\n\
         - {{id: b, name: Hidden{at}w, date: 2018-01-03, text: Hush{at}w word, hidden: true}}\n\
         - {{id: c, parent: b, name: Reader{at}q, date: 2018-01-04, text: Answered{at}q there}}\n"
    )
}

/// Writes a project with these stories.
fn write(root: &Path, stories: &[StorySpec]) {
    let put = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put("site.yaml", SITE.as_bytes());
    put("content/authors/ana.md", b"---\nname: Ana Lopes\n---\nShe writes.\n");
    put("content/pages/about.md", b"---\ntitle: About us\n---\nWho we are.\n");
    let mut front = String::from("---\nblocks:\n- heading: First\n  limit: 3\n  pick:\n");
    for at in (0..stories.len()).filter(|&at| stories[at].is_picked) {
        writeln!(front, "  - {}", path(stories, at).trim_start_matches("content/")).unwrap();
    }
    put("content/_index.md", (front.replace("pick:\n---", "pick: []\n---") + "---\n").as_bytes());
    for at in 0..stories.len() {
        let path = path(stories, at);
        put(&path, text(stories, at).as_bytes());
        let folder = path.rsplit_once('/').unwrap().0;
        let has_lead = stories[at].keys >> (KEYS.len() - 1) & 1 == 1;
        for name in ["lead", "inside"].into_iter().filter(|&name| name == "inside" || has_lead) {
            put(&format!("{folder}/{name}{at}q.png"), format!("the bytes of {name}{at}q").as_bytes());
        }
        for place in 0..stories[at].shows.len() {
            let (_, _, file) = shown(stories, at, place);
            put(&file, format!("the bytes of {file}").as_bytes());
        }
        put(&comments_path(&path), comments(at).as_bytes());
        for file in loose(stories, at) {
            put(&file, format!("the bytes of {file}").as_bytes());
        }
    }
}

/// Every word that only this story has, and that must not be found.
fn marks(stories: &[StorySpec], at: usize) -> Vec<String> {
    let mut marks: BTreeSet<String> = BTreeSet::new();
    for word in (text(stories, at) + &comments(at)).split(|c: char| !c.is_ascii_alphanumeric()) {
        if word.ends_with(&format!("{at}q")) {
            marks.insert(word.to_lowercase());
        }
    }
    for name in ["slug", "lead", "inside"] {
        marks.insert(format!("{name}{at}q"));
    }
    // Pictures that other stories may show are checked separately.
    marks.retain(|mark| !mark.starts_with("common"));
    // Links in its text name other stories.
    marks.retain(|mark| !mark.starts_with("slug") || *mark == format!("slug{at}q"));
    if stories[at].fate == Fate::Withdrawn {
        marks.remove(&format!("slug{at}q"));
    }
    marks.into_iter().collect()
}

/// Runs `check --embargo` on the published site.
fn checked(root: &Path) -> Vec<Diagnostic> {
    let project = Project::open(root).unwrap().value.unwrap();
    let draft = project.at(INSTANT.parse().unwrap());
    let found = check::find_leaks(&project, &draft, &root.join("public")).unwrap();
    assert_eq!(found.value.hidden, draft.site.hidden.keys().filter(|source| source.ends_with(".md")).count());
    found.diagnostics
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_hidden_is_in_any_byte(stories in prop::collection::vec(story_spec(), 2..8), planted in any::<prop::sample::Index>()) {
        let folder = scratch();
        let root = folder.path();
        write(root, &stories);
        let built = run(root, &Call::default());
        prop_assert_eq!(built.code, 0, "{:?}", built);
        let published = support::snapshot(&root.join("public"));
        for at in (0..stories.len()).filter(|&at| stories[at].fate.is_hidden()) {
            for mark in marks(&stories, at) {
                for (file, bytes) in published.iter() {
                    let text = String::from_utf8_lossy(bytes).to_lowercase();
                    prop_assert!(!text.contains(&mark), "{mark} is in {file:?}");
                    prop_assert!(!format!("{file:?}").to_lowercase().contains(&mark), "{mark} is in the name {file:?}");
                }
            }
        }
        // Nor is a hidden comment, whatever story it is on. Comments on a public story are.
        for (at, story) in stories.iter().enumerate() {
            let holds = |word: &str| published.values().any(|bytes| String::from_utf8_lossy(bytes).contains(word));
            let (hush, name, answer) = (format!("Hush{at}w"), format!("Hidden{at}w"), format!("Answered{at}q"));
            prop_assert!(!holds(&hush) && !holds(&name), "a hidden comment of {} is published", at);
            prop_assert!(story.fate.is_hidden() || holds(&answer), "a comment of {} is missing", at);
        }
        // A picture is published if a public story names it, and not otherwise.
        let names = |at: usize| {
            let stories = &stories;
            (0..stories[at].shows.len()).map(move |place| shown(stories, at, place).2)
        };
        let public: BTreeSet<String> = (0..stories.len()).filter(|&at| !stories[at].fate.is_hidden()).flat_map(names).collect();
        for file in (0..stories.len()).flat_map(names) {
            let bytes = format!("the bytes of {file}").into_bytes();
            let is_there = published.iter().any(|(_, content)| content.windows(bytes.len()).any(|part| part == bytes));
            prop_assert_eq!(is_there, public.contains(&file), "{}", file);
        }
        // A file that no story refers to is never published.
        for file in (0..stories.len()).flat_map(|at| loose(&stories, at)) {
            let bytes = format!("the bytes of {file}").into_bytes();
            let found = published.iter().find(|(_, content)| content.windows(bytes.len()).any(|part| part == bytes));
            prop_assert!(found.is_none(), "{file} is published: {:?}", found.map(|(route, _)| route));
        }
        let found = checked(root);
        prop_assert!(found.is_empty(), "{found:?}");
        // Planted leaks are found.
        let hidden: Vec<usize> = (0..stories.len()).filter(|&at| stories[at].fate.is_hidden()).collect();
        if !hidden.is_empty() {
            let at = hidden[planted.index(hidden.len())];
            fs::write(root.join("public/planted.html"), format!("<p>Next: <b>Title</b>{at}q of the <i>story</i></p>")).unwrap();
            let found = checked(root);
            prop_assert_eq!(found.len(), 1, "{:?}", found);
            prop_assert!(found[0].path == "public/planted.html" && found[0].message.contains(&path(&stories, at)), "{:?}", found);
        }
    }
}

/// A public story with a title and a text.
fn plain() -> StorySpec {
    StorySpec {
        fate: Fate::Published,
        section: 0,
        is_bundle: false,
        keys: 0,
        links: Vec::new(),
        is_picked: false,
        shows: Vec::new(),
    }
}

/// A published site with one draft and one public story.
fn published() -> (tempfile::TempDir, Vec<StorySpec>) {
    let plain = plain();
    let stories = vec![plain.clone(), StorySpec { fate: Fate::Draft, keys: u32::MAX, ..plain }];
    let folder = scratch();
    write(folder.path(), &stories);
    assert_eq!(run(folder.path(), &Call::default()).code, 0);
    (folder, stories)
}

#[test]
fn addresses_in_files_of_comments_are_leaks() {
    let (folder, stories) = published();
    let root = folder.path();
    let with_address =
        comments(0) + "- {id: d, name: D, email: noor@example.net, ip: 203.0.113.77, date: 2018-01-05, text: x}\n";
    fs::write(root.join(comments_path(&path(&stories, 0))), with_address).unwrap();
    assert_eq!((run(root, &Call::default()).code, checked(root).len()), (1, 0));
    for text in ["<a href='mailto:noor@example.net'>D</a>", "<p>From 203.0.113.77</p>"] {
        fs::write(root.join("public/a.html"), text).unwrap();
        assert_eq!(checked(root).first().map(|found| found.path.as_str()), Some("public/a.html"), "{text}");
    }
}

#[test]
fn every_kind_of_leak_is_found_in_its_place() {
    let (folder, _) = published();
    let root = folder.path();
    let traces: &[(&str, &str, &str)] = &[
        ("a.html", "<title>Title1q of the story</title>", "the `title`"),
        ("b.html", "<meta content=\"In short summary1q happened\">", "the `summary`"),
        ("c.json", "{\"text\": \"Text1q begins and\\ngoes on for some more1q words.\"}", "words"),
        ("d.xml", "<a>&lt;p&gt;begins and goes on for some more1q&lt;/p&gt;</a>", "words"),
        ("e.html", "<a href=\"/desk0/2026/11/slug1q/\">x</a>", "the URL"),
        ("f.txt", "filed under Tag1q", "the `tags`"),
        ("i.html", "<a href=\"/tags/tag1q/\">x</a>", "the URL"),
        ("g.html", "<p>By Guest1q Smith</p>", "the `authors`"),
        ("slug1q/index.html", "nothing", "in its name the URL"),
        ("j.html", "<a href='alias1q/'>x</a>", "the URL"),
        ("k.html", "<p>Photographer1q Jones</p>", "the `contributors`"),
        ("l.html", "<p>Schl\u{fc}ssel: Title1q of the story</p>", "the `title`"),
        ("h.html", "<img alt='Alternative1q view'>", "the `image`"),
    ];
    for (file, bytes, what) in traces {
        let path = root.join("public").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("line one\n{bytes}\n")).unwrap();
        let found = checked(root);
        assert_eq!(found.len(), 1, "{file}: {found:?}");
        assert_eq!(found[0].path, format!("public/{file}"));
        assert!(found[0].message.contains(what), "{file}: {}", found[0].message);
        assert!(
            found[0].message.contains("content/desk0/slug1q.md, which is a draft")
                || found[0].message.contains("`content/desk0/slug1q.md`, which is a draft")
        );
        let line = found[0].line;
        assert_eq!(line, (*what != "in its name the URL").then_some(2), "{file}");
        fs::remove_file(path).unwrap();
    }
    fs::write(root.join("public/copied.bin"), "the bytes of lead1q").unwrap();
    let found = checked(root);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("content/desk0/lead1q.png"), "{}", found[0].message);
}

#[test]
fn words_of_public_stories_are_not_leaks() {
    let (folder, _) = published();
    let root = folder.path();
    let public = root.join("content/desk0/slug0q.md");
    let text = fs::read_to_string(&public).unwrap();
    fs::write(&public, text + "\nKicker1q. Text1q begins and goes on for some more1q words.\n").unwrap();
    assert_eq!(run(root, &Call::default()).code, 0);
    let found = checked(root);
    assert!(found.is_empty(), "{found:?}");
    // A draft's headline is a leak, whatever file contains it.
    let text = fs::read_to_string(&public).unwrap();
    fs::write(&public, text + "\nSoon: Title1q of the story!\n").unwrap();
    assert_eq!(run(root, &Call::default()).code, 0);
    assert!(!checked(root).is_empty());
}

#[test]
fn binary_files_are_searched_too() {
    let (folder, _) = published();
    let root = folder.path();
    let latin = b"<p>caf\xe9</p>\n<p>Title1q of the story</p>".to_vec();
    let units = "Title1q of the story".encode_utf16().flat_map(u16::to_le_bytes);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(units).collect();
    for (file, bytes) in [("latin.html", latin), ("utf16.txt", utf16), ("lead1q.png", b"other bytes".to_vec())] {
        let path = root.join("public").join(file);
        fs::write(&path, bytes).unwrap();
        let found = checked(root);
        assert_eq!(found.len(), 1, "{file}: {found:?}");
        assert_eq!(found[0].path, format!("public/{file}"));
        fs::remove_file(path).unwrap();
    }
    std::os::unix::fs::symlink(root.join("content/desk0"), root.join("public/linked")).unwrap();
    std::os::unix::fs::symlink(root.join("public"), root.join("public/loop")).unwrap();
    std::os::unix::fs::symlink(root.join("nothing"), root.join("public/nowhere")).unwrap();
    assert!(checked(root).iter().any(|found| found.path == "public/linked/slug1q.md"));
}

#[test]
fn common_words_are_not_leaks() {
    let folder = scratch();
    let root = folder.path();
    write(root, &[plain()]);
    let site = fs::read_to_string(root.join("site.yaml")).unwrap();
    fs::write(root.join("site.yaml"), site.replace("example.org/", "example.org/news/")).unwrap();
    let public = root.join("content/desk0/slug0q.md");
    let text = fs::read_to_string(&public).unwrap();
    fs::write(&public, text + "\n[Elsewhere](https://elsewhere.example/news/economy/)\n").unwrap();
    let tags = "[News, Title, Main, Time, Schema, November, Georgia, Style, Public, Item, Version, Content, Policy]";
    let draft = format!("---\ntitle: Zyxw\ndate: 2026-11-20\ndraft: true\ntags: {tags}\n---\nQuux.\n");
    fs::write(root.join("content/desk0/economy.md"), draft).unwrap();
    assert_eq!(run(root, &Call::default()).code, 0);
    let found = checked(root);
    assert!(found.is_empty(), "{found:#?}");
}
