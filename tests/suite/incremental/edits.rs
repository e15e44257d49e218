//! Edits of editors and designers, the passing of time, and accidents.

use serde_json::json;

use super::generate::{self as new, FOLDERS, LANGUAGES, OPTIONAL, PERMALINKS};
use super::site::{Site, Text};
use super::theme;
use super::translations::EDITIONS;
use crate::support::Random;

mod site_files;

use site_files::{
    add_file, change_author, change_author_id, change_details, change_page, change_picture, change_picture_bytes,
    change_section, change_settings, change_theme, delete_author, mask, move_clock, remove_file, rename_file,
    switch_theme, toggle_section, toggle_theme_file,
};

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
    ("comment added", |site, random| {
        let number = some_story(site, random);
        let words = json!(new::words(random)).to_string();
        if let Some(number) = number {
            site.comments.entry(number).or_default().push((words, false));
        }
        format!("story {number:?}: a comment").into()
    }),
    ("comment hidden or shown", |site, random| {
        let number = random.pick_any(site.comments.keys().copied());
        let comments = number.and_then(|number| site.comments.get_mut(&number));
        if let Some((_, hidden)) = comments.and_then(|comments| comments.last_mut()) {
            *hidden = !*hidden;
        }
        format!("story {number:?}: its last comment").into()
    }),
    ("comment settings changed", |site, random| {
        let rules = ["true", "false", "{counts: true}", "{feeds: true, close_after: 3d}", "{form: none, counts: true}"];
        let rule = *random.pick(&rules);
        site.settings.insert("comments".to_owned(), rule.to_owned());
        format!("comments: {rule}").into()
    }),
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
    ("front of a list laid out", |site, random| format!("{} laid out", new::lay_out_list(site, random)).into()),
    ("front of a list laid out", |site, random| format!("{} laid out", new::lay_out_list(site, random)).into()),
    ("settings changed", change_settings),
    ("settings changed", change_settings),
    ("redirects changed", change_redirects),
    ("breaking-news banner changed", |site, random| {
        let line = format!("{{text: {}, link: /, until: {}}}", json!(new::title(random)), near(random));
        let is_shown = random.chance(70);
        match is_shown {
            true => site.settings.insert("breaking".to_owned(), line),
            false => site.settings.remove("breaking"),
        };
        format!("a breaking-news banner: {is_shown}").into()
    }),
    ("editions changed", |site, random| {
        let editions = *random.pick(EDITIONS);
        if let Some(written) = site.settings.get_mut("languages") {
            editions.clone_into(written);
        }
        format!("languages: {editions}").into()
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
    let (number, mut key) = (some_story(site, random), *random.pick(OPTIONAL));
    // A translation in another language than its name says, or in that of its original, is an error.
    if key == "language" && number.is_some_and(|number| site.is_related(number)) {
        key = "translated_from";
    }
    change_text(site, number, |text, site| new::set_optional(text, key, site, random));
    format!("story {number:?}: {key}").into()
}

fn remove_optional(site: &mut Site, random: &mut Random) -> Edit {
    let number = some_story(site, random);
    let is_related = number.is_some_and(|number| site.is_related(number));
    let mut removed = None;
    change_text(site, number, |text, _| {
        let may_go = |key: &&String| OPTIONAL.contains(&key.as_str()) && !(is_related && *key == "language");
        removed = random.pick_any(text.keys.keys().filter(may_go).cloned());
        removed.iter().for_each(|key| {
            text.keys.remove(key);
        });
    });
    format!("story {number:?}: no {removed:?}").into()
}

fn delete_story(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    if carefully {
        site.release_translations(number);
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
    site.name_plainly(number, true);
    let before = site.stories[&number].clone();
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
    if carefully {
        site.take_along(&before, number);
    }
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
    let is_related = site.is_related(one) || site.is_related(other);
    if first.is_bundle == second.is_bundle && one != other && !is_related {
        std::mem::swap(&mut first.text, &mut second.text);
        std::mem::swap(&mut first.broken, &mut second.broken);
        site.stories.insert(one, first);
        site.stories.insert(other, second);
    }
    format!("stories {one} and {other} change places").into()
}

fn toggle_bundle(site: &mut Site, random: &mut Random) -> Edit {
    let Some(number) = some_story(site, random) else { return "no story".to_owned().into() };
    site.name_plainly(number, true);
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
    let problem = *random.pick(&[
        "---\ntitle: [unclosed\n---\n",
        "no front matter",
        "---\ntitle: X\ndate: 2026-02-30\n---\n",
        "---\ntitle: X\ndate: 2026-08-01\nauthors: [nobody]\nlayout: x\n---\n",
        "---\ntitle: X\ndate: 2026-08-01\nauthors: [nobody]\n---\n[gone](gone.md) {{< nothing >}}\n",
    ]);
    if let Some(story) = site.stories.get_mut(&number) {
        story.broken = if story.broken.is_none() { Some(problem.to_owned()) } else { None };
    }
    format!("story {number} broken or fixed: {problem:?}").into()
}
