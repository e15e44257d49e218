//! Edits of editors and designers, the passing of time, and accidents.

use serde_json::json;

use super::generate::{self as new, FOLDERS, LANGUAGES, OPTIONAL, PERMALINKS};
use super::site::{Site, Text};
use super::theme;
use crate::support::Random;

/// A change to files that the editor of the site does not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accident {
    /// Some sources, a percentage of them, get another mtime and keep their bytes.
    Touch(usize),
    /// The whole project is copied to another place and used there; files may keep their mtimes.
    Copy { stamped: bool },
    /// Outputs are changed, emptied or removed by hand.
    Tamper,
    /// The files that builds keep in the project are lost.
    LoseCache,
    /// The output folder is lost.
    LoseOutput,
    /// The output folder is restored from after an earlier build.
    RestoreOutput { stamped: bool },
    /// The changed sources get their old mtime back, and the build is one that verifies.
    Mask,
    /// Somebody puts an unrelated file into the output folder.
    Foreign,
}

/// An edit that was made.
#[derive(Debug, Clone)]
pub struct Edit {
    /// For the report of a failure.
    pub words: String,
    pub accident: Option<Accident>,
}

impl From<String> for Edit {
    fn from(words: String) -> Edit {
        Edit { words, accident: None }
    }
}

impl From<Accident> for Edit {
    fn from(accident: Accident) -> Edit {
        Edit { words: format!("{accident:?}"), accident: Some(accident) }
    }
}

/// Makes an edit.
type Maker = fn(&mut Site, &mut Random) -> Edit;

/// Every kind of edit, by its name.
pub const KINDS: &[(&str, Maker)] = &[
    ("story added", |site, random| format!("story {} added", new::add_story(site, random)).into()),
    ("story deleted", |site, random| delete_story(site, random, true)),
    ("story deleted carelessly", |site, random| delete_story(site, random, false)),
    ("story moved", |site, random| move_story(site, random, true)),
    ("story moved carelessly", |site, random| move_story(site, random, false)),
    ("story moved with alias", move_with_alias),
    ("stories change places", swap_stories),
    ("bundle made or undone", toggle_bundle),
    ("body changed", change_body),
    ("typo corrected", correct_typo),
    ("body rewritten", rewrite_body),
    ("link added", add_link),
    ("title changed", |site, random| set(site, random, "title", |_, random| json!(new::title(random)).to_string())),
    ("re-dated", |site, random| set(site, random, "date", |_, random| new::date(random))),
    ("re-tagged", |site, random| set(site, random, "tags", |_, random| new::tags(random))),
    ("authors changed", |site, random| set(site, random, "authors", new::authors)),
    ("draft toggled", |site, random| toggle(site, random, "draft", |_, _| "true".to_owned())),
    ("embargo toggled", |site, random| toggle(site, random, "embargo", |_, random| near(random))),
    ("expiry toggled", |site, random| toggle(site, random, "expires", |_, random| near(random))),
    ("retraction toggled", |site, random| {
        toggle(site, random, "retracted", |_, random| format!("{{date: {}, reason: \"forged\"}}", near(random)))
    }),
    ("withdrawal toggled", |site, random| {
        toggle(site, random, "withdrawn", |_, random| format!("{{date: {}}}", near(random)))
    }),
    ("slug changed", |site, random| toggle(site, random, "slug", |_, random| format!("slug-{}", random.below(100)))),
    ("lead picture changed", change_lead_picture),
    ("optional key set", set_optional),
    ("optional key set", set_optional),
    ("optional key removed", remove_optional),
    ("series changed", |site, random| {
        let number = some_story(site, random);
        change_text(site, number, |text, site| new::set_optional(text, "series", site, random));
        format!("story {number:?}: series").into()
    }),
    ("story breaks a page", |site, random| {
        toggle(site, random, "kicker", |_, _| json!(theme::FATAL_KICKER).to_string())
    }),
    ("file broken", break_story),
    ("author added", |site, random| format!("author {} added", new::add_author(site, random)).into()),
    ("author renamed", |site, random| {
        change_author(site, random, |text, random| text.set("name", json!(new::title(random)).to_string()))
    }),
    ("author's id changed", |site, random| change_author_id(site, random, true)),
    ("author's id changed carelessly", |site, random| change_author_id(site, random, false)),
    ("biography changed", |site, random| {
        change_author(site, random, |text, random| text.body = vec![new::words(random)])
    }),
    ("biography links", |site, random| {
        let link = new::link(site, random).unwrap_or_default();
        change_author(site, random, |text, _| text.body = vec![link.clone()])
    }),
    ("author's details changed", |site, random| change_author(site, random, change_details)),
    ("author deleted", |site, random| delete_author(site, random, true)),
    ("author deleted carelessly", |site, random| delete_author(site, random, false)),
    ("section changed", change_section),
    ("section made or undone", toggle_section),
    ("page changed", change_page),
    ("front page laid out", |site, random| {
        site.front = random.chance(80).then(|| new::front(site, random));
        "another front page".to_owned().into()
    }),
    ("settings changed", change_settings),
    ("settings changed", change_settings),
    ("redirects changed", change_redirects),
    ("breaking line changed", |site, random| {
        let line = format!("{{text: {}, link: /, until: {}}}", json!(new::title(random)), near(random));
        let is_shown = random.chance(70);
        match is_shown {
            true => site.settings.insert("breaking".to_owned(), line),
            false => site.settings.remove("breaking"),
        };
        format!("a breaking line: {is_shown}").into()
    }),
    ("permalink changed", |site, random| {
        let permalink = *random.pick(PERMALINKS);
        site.settings.insert("permalink".to_owned(), json!(permalink).to_string());
        format!("permalink {permalink}").into()
    }),
    ("theme file changed", change_theme),
    ("theme file changed", change_theme),
    ("theme file added or removed", toggle_theme_file),
    ("theme switched", switch_theme),
    ("picture changed", change_picture),
    ("picture replaced by one of its size", change_picture_bytes),
    ("file added", add_file),
    ("file removed", remove_file),
    ("file renamed", rename_file),
    ("clock moved", move_clock),
    ("drafts toggled", |site, _| {
        site.call.drafts = !site.call.drafts;
        format!("drafts: {}", site.call.drafts).into()
    }),
    ("address toggled", |site, _| {
        let url = "https://preview.example.org/x/".to_owned();
        site.call.base_url = if site.call.base_url.is_none() { Some(url) } else { None };
        format!("--base-url {:?}", site.call.base_url).into()
    }),
    ("output folder toggled", |site, _| {
        site.call.output = if site.call.output.is_none() { Some("other".to_owned()) } else { None };
        format!("--output {:?}", site.call.output).into()
    }),
    ("nothing", |_, _| "nothing".to_owned().into()),
    ("touched", |_, random| Accident::Touch(*random.pick(&[10, 50, 100])).into()),
    ("touched and edited", |site, random| with(Accident::Touch(50), change_body(site, random))),
    ("copied", |_, random| Accident::Copy { stamped: random.chance(50) }.into()),
    ("copied and edited", |site, random| with(Accident::Copy { stamped: false }, set_optional(site, random))),
    ("tampered", |_, _| Accident::Tamper.into()),
    ("tampered and edited", |site, random| with(Accident::Tamper, change_body(site, random))),
    ("cache lost", |site, random| with(Accident::LoseCache, change_body(site, random))),
    ("output lost", |site, random| with(Accident::LoseOutput, change_body(site, random))),
    ("old output restored", |_, random| Accident::RestoreOutput { stamped: random.chance(50) }.into()),
    ("masked", mask),
    ("foreign file", |_, _| Accident::Foreign.into()),
];

fn with(accident: Accident, edit: Edit) -> Edit {
    Edit { words: format!("{}, and {accident:?}", edit.words), accident: Some(accident) }
}

/// A time near the instant of the build.
fn near(random: &mut Random) -> String {
    format!("2026-11-{:02} 06:00", random.between(19, 27))
}

fn some_story(site: &Site, random: &mut Random) -> Option<u32> {
    random.pick_any(site.stories.keys().copied())
}

/// Changes the text of a story, with access to the site.
fn change_text(site: &mut Site, number: Option<u32>, change: impl FnOnce(&mut Text, &Site)) {
    let Some(number) = number else { return };
    let mut text = site.stories[&number].text.clone();
    change(&mut text, site);
    if let Some(story) = site.stories.get_mut(&number) {
        story.text = text;
        story.broken = None;
    }
}

fn set(site: &mut Site, random: &mut Random, key: &str, yaml: impl FnOnce(&Site, &mut Random) -> String) -> Edit {
    let number = some_story(site, random);
    change_text(site, number, |text, site| text.set(key, yaml(site, random)));
    format!("story {number:?}: {key}").into()
}

/// Sets a key of a story, or removes it if the story has it.
fn toggle(site: &mut Site, random: &mut Random, key: &str, yaml: impl FnOnce(&Site, &mut Random) -> String) -> Edit {
    let with_key: Vec<u32> =
        site.stories.iter().filter(|(_, story)| story.text.keys.contains_key(key)).map(|(number, _)| *number).collect();
    if !with_key.is_empty() && random.chance(50) {
        let number = *random.pick(&with_key);
        change_text(site, Some(number), |text, _| {
            text.keys.remove(key);
        });
        return format!("story {number}: no {key}").into();
    }
    set(site, random, key, yaml)
}

fn change_redirects(site: &mut Site, random: &mut Random) -> Edit {
    let path = (*random.pick(&["/old/", "/old/news/", "/old.html", "/feeds/all.xml"])).to_owned();
    let target = *random.pick(&["https://example.com/one", "https://example.com/two", "/", "gone", ""]);
    match target {
        "" => site.redirects.remove(&path),
        target => site.redirects.insert(path.clone(), target.to_owned()),
    };
    format!("{path} leads to {target:?}").into()
}

fn set_optional(site: &mut Site, random: &mut Random) -> Edit {
    let (number, key) = (some_story(site, random), *random.pick(OPTIONAL));
    change_text(site, number, |text, site| new::set_optional(text, key, site, random));
    format!("story {number:?}: {key}").into()
}

fn remove_optional(site: &mut Site, random: &mut Random) -> Edit {
    let number = some_story(site, random);
    let mut removed = None;
    change_text(site, number, |text, _| {
        removed = random.pick_any(text.keys.keys().filter(|key| OPTIONAL.contains(&key.as_str())).cloned());
        removed.iter().for_each(|key| {
            text.keys.remove(key);
        });
    });
    format!("story {number:?}: no {removed:?}").into()
}

fn delete_story(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    if carefully {
        let other = site.stories.keys().find(|other| **other != number);
        let instead = other.map_or("gone.md".to_owned(), |other| format!("@p{other}@"));
        site.forget("sru", number, "");
        site.forget("p", number, &instead);
    } else {
        site.freeze("srup", number);
    }
    let home = site.stories[&number].home();
    let is_bundle = site.stories[&number].is_bundle;
    site.stories.remove(&number);
    if is_bundle && (carefully || random.chance(50)) {
        site.files.retain(|path, _| !path.starts_with(&format!("{home}/")));
    }
    format!("story {number} deleted, carefully: {carefully}").into()
}

fn move_story(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    move_to_random_place(site, random, number, carefully)
}

fn move_to_random_place(site: &mut Site, random: &mut Random, number: u32, carefully: bool) -> Edit {
    if !carefully {
        site.freeze("srup", number);
    }
    let folder = (*random.pick(FOLDERS)).to_owned();
    let name = match random.below(10) {
        0..=4 => site.stories[&number].name.clone(),
        5 => format!("2026-07-{:02}-day", number % 28 + 1),
        6 => "twin".to_owned(),
        _ => format!("moved-{}", random.below(1000)),
    };
    let words = format!("story {number} to {folder}/{name}, carefully: {carefully}");
    relocate(site, number, |site| {
        if let Some(story) = site.stories.get_mut(&number) {
            (story.folder, story.name) = (folder, name);
        }
    });
    words.into()
}

/// Moves a story, and the files in its folder if it has one.
fn relocate(site: &mut Site, number: u32, change: impl FnOnce(&mut Site)) {
    let before = site.stories[&number].clone();
    change(site);
    let after = &site.stories[&number];
    let taken = site.stories.iter().any(|(other, story)| *other != number && story.path() == after.path());
    if taken {
        site.stories.insert(number, before);
        return;
    }
    let (old, new) = (format!("{}/", before.home()), after.home());
    if before.is_bundle && after.is_bundle {
        let moved: Vec<String> = site.files.keys().filter(|path| path.starts_with(&old)).cloned().collect();
        for path in moved {
            let bytes = site.files.remove(&path).unwrap_or_default();
            site.files.insert(format!("{new}/{}", &path[old.len()..]), bytes);
        }
    }
}

fn move_with_alias(site: &mut Site, random: &mut Random) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    let url = site.url(&site.stories[&number]);
    site.freeze("u", number);
    let edit = move_to_random_place(site, random, number, true);
    if site.url(&site.stories[&number]) != url {
        change_text(site, Some(number), |text, _| text.set("aliases", format!("[{url}]")));
    }
    format!("{}, from {url}", edit.words).into()
}

fn swap_stories(site: &mut Site, random: &mut Random) -> Edit {
    let (Some(one), Some(other)) = (some_story(site, random), some_story(site, random)) else {
        return "no story".to_owned().into();
    };
    let (mut first, mut second) = (site.stories[&one].clone(), site.stories[&other].clone());
    if first.is_bundle == second.is_bundle && one != other {
        std::mem::swap(&mut first.text, &mut second.text);
        std::mem::swap(&mut first.broken, &mut second.broken);
        site.stories.insert(one, first);
        site.stories.insert(other, second);
    }
    format!("stories {one} and {other} change places").into()
}

fn toggle_bundle(site: &mut Site, random: &mut Random) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    if let Some(story) = site.stories.get_mut(&number) {
        story.is_bundle = !story.is_bundle;
    }
    format!("story {number} becomes a bundle or no longer is one").into()
}

fn change_body(site: &mut Site, random: &mut Random) -> Edit {
    let number = some_story(site, random);
    let home = number.map(|number| site.stories[&number].home()).unwrap_or_default();
    change_text(site, number, |text, site| {
        let at = random.below(text.body.len() + 1);
        let paragraph = new::paragraph(site, random, &home);
        match text.body.get_mut(at) {
            Some(old) if random.chance(70) => *old = paragraph,
            _ => text.body.insert(at, paragraph),
        }
    });
    format!("story {number:?}: body").into()
}

fn rewrite_body(site: &mut Site, random: &mut Random) -> Edit {
    let number = some_story(site, random);
    let home = number.map(|number| site.stories[&number].home()).unwrap_or_default();
    change_text(site, number, |text, site| text.body = new::paragraphs(site, random, &home));
    format!("story {number:?}: whole body").into()
}

/// Changes one letter of a story, so that its file keeps its size.
fn correct_typo(site: &mut Site, random: &mut Random) -> Edit {
    let number = some_story(site, random);
    change_text(site, number, |text, _| {
        let last = text.body.last_mut().filter(|last| last.starts_with("Text"));
        match last {
            Some(last) => last.replace_range(..4, ["Teyt", "Tezt", "Tewt"][random.below(3)]),
            None => text.body.push("Text anew".to_owned()),
        }
    });
    format!("story {number:?}: a letter").into()
}

fn add_link(site: &mut Site, random: &mut Random) -> Edit {
    let number = some_story(site, random);
    change_text(site, number, |text, site| text.body.extend(new::link(site, random)));
    format!("story {number:?}: a link").into()
}

fn change_lead_picture(site: &mut Site, random: &mut Random) -> Edit {
    let picture = random.pick_any(site.files.keys().filter(|path| path.ends_with(".png")).cloned());
    let Some(picture) = picture else { return "no picture".to_owned().into() };
    toggle(site, random, "image", |_, random| match random.chance(50) {
        true => format!("/{picture}"),
        false => format!("{{src: /{picture}, alt: A, caption: \"C {}\", focus: top}}", random.below(9)),
    })
}

fn break_story(site: &mut Site, random: &mut Random) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    let fault = *random.pick(&[
        "---\ntitle: [unclosed\n---\n",
        "no front matter",
        "---\ntitle: X\ndate: 2026-02-30\n---\n",
        "---\ntitle: X\ndate: 2026-08-01\nauthors: [nobody]\nlayout: x\n---\n",
        "---\ntitle: X\ndate: 2026-08-01\nauthors: [nobody]\n---\n[gone](gone.md) {{< nothing >}}\n",
    ]);
    if let Some(story) = site.stories.get_mut(&number) {
        story.broken = if story.broken.is_none() { Some(fault.to_owned()) } else { None };
    }
    format!("story {number} broken or mended: {fault:?}").into()
}

fn change_author(site: &mut Site, random: &mut Random, change: impl FnOnce(&mut Text, &mut Random)) -> Edit {
    let number = random.pick_any(site.authors.keys().copied());
    if let Some(author) = number.and_then(|number| site.authors.get_mut(&number)) {
        change(&mut author.text, random);
    }
    format!("author {number:?} changed").into()
}

fn change_details(text: &mut Text, random: &mut Random) {
    let (key, yaml) = *random.pick(&[
        ("role", "Chief"),
        ("native_name", "沈洁"),
        ("sort_name", "\"Zz, a\""),
        ("email", "desk@example.org"),
        ("links", "{bluesky: ana.example.org}"),
        ("language", "zh"),
        ("kind", "organization"),
        ("image", "ana.png"),
        ("slug", "the-author"),
        ("extra", "{a: 1}"),
        ("url", "https://example.com/ana"),
        ("location", "Macau"),
    ]);
    if text.keys.remove(key).is_none() {
        text.set(key, yaml);
    }
}

fn change_author_id(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
    let Some(number) = random.pick_any(site.authors.keys().copied()) else { return "no author".to_owned().into() };
    if !carefully {
        site.freeze("aA", number);
    }
    let id = format!("renamed-{}", random.below(1000));
    if !site.authors.values().any(|author| author.id == id)
        && let Some(author) = site.authors.get_mut(&number)
    {
        author.id.clone_from(&id);
    }
    format!("author {number} is now {id}, carefully: {carefully}").into()
}

fn delete_author(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
    let Some(number) = random.pick_any(site.authors.keys().copied()) else { return "no author".to_owned().into() };
    if carefully {
        site.forget("A", number, "");
        site.forget("a", number, "{name: Somebody}");
    } else {
        site.freeze("aA", number);
    }
    site.authors.remove(&number);
    format!("author {number} deleted, carefully: {carefully}").into()
}

fn change_section(site: &mut Site, random: &mut Random) -> Edit {
    let Some(folder) = random.pick_any(site.sections.keys().cloned()) else { return "no section".to_owned().into() };
    let key = *random.pick(&["title", "description", "weight", "slug", "body", "language", "image", "extra"]);
    let body = new::paragraphs(site, random, &folder);
    let Some(text) = site.sections.get_mut(&folder) else { return "no section".to_owned().into() };
    match key {
        "body" => text.body = body,
        "title" => text.set("title", json!(new::title(random)).to_string()),
        _ if text.keys.remove(key).is_some() => {}
        "weight" => text.set(key, random.below(9).to_string()),
        "slug" => text.set(key, format!("part-{}", random.below(9))),
        "language" => text.set(key, *random.pick(LANGUAGES)),
        "image" => text.set(key, "/shared.png"),
        "extra" => text.set(key, format!("{{a: {}}}", random.below(9))),
        _ => text.set(key, json!(new::title(random)).to_string()),
    }
    format!("section {folder}: {key}").into()
}

fn toggle_section(site: &mut Site, random: &mut Random) -> Edit {
    let folder = *random.pick(&["world", "world/asia", "world/2026", "business", "culture", "culture/arts", "empty"]);
    if site.sections.remove(folder).is_none() {
        let mut text = Text::default();
        text.set("title", json!(new::title(random)).to_string());
        site.sections.insert(folder.to_owned(), text);
    }
    format!("_index.md of {folder} made or removed").into()
}

fn change_page(site: &mut Site, random: &mut Random) -> Edit {
    let number = random.pick_any(site.pages.keys().copied());
    let Some(number) = number.filter(|_| random.chance(70)) else {
        new::add_page(site, random);
        return "page added".to_owned().into();
    };
    match random.below(5) {
        0 => {
            if random.chance(50) {
                site.forget("g", number, "");
            } else {
                site.freeze("g", number);
            }
            site.pages.remove(&number);
        }
        1 => {
            if let Some(page) = site.pages.get_mut(&number) {
                page.name = format!("legal/page-{}", random.below(1000));
            }
        }
        at => {
            let body = new::paragraphs(site, random, "pages");
            let Some(page) = site.pages.get_mut(&number) else { return "no page".to_owned().into() };
            match at {
                2 => page.text.body = body,
                3 => page.text.set("title", json!(new::title(random)).to_string()),
                _ if page.text.keys.remove("draft").is_none() => page.text.set("draft", "true"),
                _ => {}
            }
        }
    }
    format!("page {number}").into()
}

const FEEDS: &[&str] = &[
    "false",
    "{items: 2}",
    "{content: summary}",
    "{formats: [atom], items: 3}",
    "{formats: [json], lists: [site, series]}",
    "{lists: [sections, tags, taxonomies], min_articles: 2}",
];

fn change_settings(site: &mut Site, random: &mut Random) -> Edit {
    let page = site.pages.keys().next().map(|page| format!(", {{title: About, url: @g{page}@}}")).unwrap_or_default();
    let number = random.below(10);
    let (key, yaml) = match random.below(24) {
        0 => ("title", format!("The {number} Test")),
        1 => ("base_url", format!("https://example.{}/", random.pick(&["org", "org/news", "org/a/b", "net"]))),
        2 => ("language", (*random.pick(LANGUAGES)).to_owned()),
        3 => ("page_size", random.between(1, 5).to_string()),
        4 => ("slugs", (*random.pick(&["ascii", "unicode"])).to_owned()),
        5 => ("smart_punctuation", random.chance(50).to_string()),
        6 => ("html", (*random.pick(&["sanitized", "trusted"])).to_owned()),
        7 => ("navigation", format!("[{{title: \"Nav {number}\", url: /world/}}{page}]")),
        8 => ("publisher", format!("{{name: \"Press {number}\", policies: {{ethics: /world/}}}}")),
        9 => ("publisher", "{logo: /shared.png, same_as: [\"https://example.com/x\"]}".to_owned()),
        10 => ("timezone", (*random.pick(&["UTC", "Asia/Singapore", "America/Lima"])).to_owned()),
        11 => ("description", format!("Described {number} times")),
        12..=14 => ("feeds", (*random.pick(FEEDS)).to_owned()),
        15 => ("taxonomies", format!("[{{name: region, plural: \"Regions {number}\"}}]")),
        16 => ("hosts", (*random.pick(&["[cloudflare, caddy]", "[vercel, firebase]", "[netlify, s3]"])).to_owned()),
        17 => ("headers", format!("{{X-Number: \"{number}\", X-Frame-Options: null}}")),
        18 => (
            "outputs",
            (*random.pick(&["[]", "[ninjs]", "[text]", "[markdown, llms]", "[ninjs, markdown, llms, text]"]))
                .to_owned(),
        ),
        19 => ("sitemaps", (*random.pick(&["true", "false"])).to_owned()),
        21..=22 => ("publish", (*random.pick(&["[\"**\"]", "[\"*/*.png\"]", "world"])).to_owned()),
        20 => ("robots", (*random.pick(&["false", "{ai: deny}", "{disallow: [/search/]}"])).to_owned()),
        _ => ("extra", format!("{{motto: \"Motto {number}\"}}")),
    };
    let is_needed = ["title", "base_url", "page_size", "taxonomies"].contains(&key);
    if is_needed || random.chance(75) {
        site.settings.insert(key.to_owned(), yaml.clone());
    } else {
        site.settings.remove(key);
    }
    format!("site.yaml: {key} (to {yaml}, or removed)").into()
}

fn change_theme(site: &mut Site, random: &mut Random) -> Edit {
    let path = random.pick_any(site.theme.keys().cloned()).unwrap_or_default();
    if let Some(version) = site.theme.get_mut(&path) {
        *version = *version % 7 + 1;
    }
    format!("theme: {path}").into()
}

fn toggle_theme_file(site: &mut Site, random: &mut Random) -> Edit {
    let path = random.pick(&theme::optional()).clone();
    if site.theme.remove(&path).is_none() {
        site.theme.insert(path.clone(), random.between(1, 7) as u32);
    }
    format!("theme: {path} added or removed").into()
}

fn switch_theme(site: &mut Site, random: &mut Random) -> Edit {
    if random.chance(30) {
        site.parent = if site.parent == theme::PARENTS[0] { theme::PARENTS[1] } else { theme::PARENTS[0] };
        return format!("house extends {}", site.parent).into();
    }
    let is_house = site.settings.get("theme").is_some_and(|theme| theme == "house");
    let theme = if is_house { *random.pick(&["annex", "annex", "annex", "plain", "nowhere"]) } else { "house" };
    site.settings.insert("theme".to_owned(), theme.to_owned());
    format!("theme {theme}").into()
}

fn change_picture(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    let bytes = new::picture(random, &path);
    site.files.insert(path.clone(), bytes);
    format!("file {path} changed").into()
}

/// Other bytes of the same length, and of the same width and height.
fn change_picture_bytes(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    if path.ends_with(".png")
        && let Some(last) = site.files.get_mut(&path).and_then(|bytes| bytes.last_mut())
    {
        *last = last.wrapping_add(1);
    }
    format!("file {path}: a byte").into()
}

fn add_file(site: &mut Site, random: &mut Random) -> Edit {
    let number = random.below(100);
    let folder = *random.pick(&["static", "static/.well-known", "world", "culture", "pages", "authors"]);
    let ending = *random.pick(&["png", "svg", "txt"]);
    let path = format!("{folder}/new-{number}.{ending}");
    let bytes = new::picture(random, &path);
    site.files.insert(path.clone(), bytes);
    format!("file {path} added").into()
}

fn remove_file(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    site.files.remove(&path);
    format!("file {path} removed").into()
}

fn rename_file(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    let (stem, ending) = path.rsplit_once('.').unwrap_or((&path, "txt"));
    let new = format!("{stem}-{}.{ending}", random.below(100));
    let bytes = site.files.remove(&path).unwrap_or_default();
    site.files.insert(new.clone(), bytes);
    format!("file {path} is now {new}").into()
}

fn move_clock(site: &mut Site, random: &mut Random) -> Edit {
    site.hour = match random.below(10) {
        0 => -24 * 100,
        1 => 24 * 400,
        _ => random.between(0, 240) as i64 - 96,
    };
    let instant: jiff::Timestamp = crate::support::INSTANT.parse().unwrap();
    site.call.at = (instant + jiff::SignedDuration::from_hours(site.hour)).to_string();
    format!("the clock says {}", site.call.at).into()
}

/// An edit that keeps the size of files, which then get their old mtime back.
fn mask(site: &mut Site, random: &mut Random) -> Edit {
    let edit = match random.below(3) {
        0 => change_picture_bytes(site, random),
        1 => change_theme(site, random),
        _ => correct_typo(site, random),
    };
    with(Accident::Mask, edit)
}
