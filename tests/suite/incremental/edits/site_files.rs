//! Edits of authors, sections, pages, settings, the theme and files, and of the clock.

use super::super::generate as new;
use super::*;

pub(super) fn change_author(site: &mut Site, random: &mut Random, change: impl FnOnce(&mut Text, &mut Random)) -> Edit {
    let number = random.pick_any(site.authors.keys().copied());
    if let Some(author) = number.and_then(|number| site.authors.get_mut(&number)) {
        change(&mut author.text, random);
    }
    format!("author {number:?} changed").into()
}

pub(super) fn change_details(text: &mut Text, random: &mut Random) {
    let (key, yaml) = *random.pick(&[
        ("role", "Chief"),
        ("native_name", "沈洁"),
        ("sort_name", "\"Zz, a\""),
        ("former", "true"),
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

pub(super) fn change_author_id(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
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

pub(super) fn delete_author(site: &mut Site, random: &mut Random, carefully: bool) -> Edit {
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

pub(super) fn change_section(site: &mut Site, random: &mut Random) -> Edit {
    let Some(folder) = random.pick_any(site.sections.keys().cloned()) else { return "no section".to_owned().into() };
    let key = *random.pick(&["title", "description", "weight", "slug", "body", "language", "image", "style", "extra"]);
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
        "style" => text.set(key, "opinion"),
        "extra" => text.set(key, format!("{{a: {}}}", random.below(9))),
        _ => text.set(key, json!(new::title(random)).to_string()),
    }
    format!("section {folder}: {key}").into()
}

pub(super) fn toggle_section(site: &mut Site, random: &mut Random) -> Edit {
    let folder = *random.pick(&["world", "world/asia", "world/2026", "business", "culture", "culture/arts", "empty"]);
    if site.sections.remove(folder).is_none() {
        let mut text = Text::default();
        text.set("title", json!(new::title(random)).to_string());
        site.sections.insert(folder.to_owned(), text);
    }
    format!("_index.md of {folder} made or removed").into()
}

pub(super) fn change_page(site: &mut Site, random: &mut Random) -> Edit {
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

pub(super) fn change_settings(site: &mut Site, random: &mut Random) -> Edit {
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

pub(super) fn change_theme(site: &mut Site, random: &mut Random) -> Edit {
    let path = random.pick_any(site.theme.keys().cloned()).unwrap_or_default();
    if let Some(version) = site.theme.get_mut(&path) {
        *version = *version % 7 + 1;
    }
    format!("theme: {path}").into()
}

pub(super) fn toggle_theme_file(site: &mut Site, random: &mut Random) -> Edit {
    let path = random.pick(&theme::optional()).clone();
    if site.theme.remove(&path).is_none() {
        site.theme.insert(path.clone(), random.between(1, 7) as u32);
    }
    format!("theme: {path} added or removed").into()
}

pub(super) fn switch_theme(site: &mut Site, random: &mut Random) -> Edit {
    if random.chance(30) {
        site.parent = if site.parent == theme::PARENTS[0] { theme::PARENTS[1] } else { theme::PARENTS[0] };
        return format!("house extends {}", site.parent).into();
    }
    let is_house = site.settings.get("theme").is_some_and(|theme| theme == "house");
    let theme = if is_house { *random.pick(&["annex", "annex", "annex", "plain", "nowhere"]) } else { "house" };
    site.settings.insert("theme".to_owned(), theme.to_owned());
    format!("theme {theme}").into()
}

pub(super) fn change_picture(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    let bytes = new::picture(random, &path);
    site.files.insert(path.clone(), bytes);
    format!("file {path} changed").into()
}

/// Other bytes of the same length, and of the same width and height.
pub(super) fn change_picture_bytes(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    if path.ends_with(".png")
        && let Some(last) = site.files.get_mut(&path).and_then(|bytes| bytes.last_mut())
    {
        *last = last.wrapping_add(1);
    }
    format!("file {path}: a byte").into()
}

pub(super) fn add_file(site: &mut Site, random: &mut Random) -> Edit {
    let number = random.below(100);
    let folder = *random.pick(&["static", "static/.well-known", "world", "culture", "pages", "authors"]);
    let ending = *random.pick(&["png", "svg", "txt"]);
    let path = format!("{folder}/new-{number}.{ending}");
    let bytes = new::picture(random, &path);
    site.files.insert(path.clone(), bytes);
    format!("file {path} added").into()
}

pub(super) fn remove_file(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    site.files.remove(&path);
    format!("file {path} removed").into()
}

pub(super) fn rename_file(site: &mut Site, random: &mut Random) -> Edit {
    let Some(path) = random.pick_any(site.files.keys().cloned()) else { return "no file".to_owned().into() };
    let (stem, ending) = path.rsplit_once('.').unwrap_or((&path, "txt"));
    let new = format!("{stem}-{}.{ending}", random.below(100));
    let bytes = site.files.remove(&path).unwrap_or_default();
    site.files.insert(new.clone(), bytes);
    format!("file {path} is now {new}").into()
}

pub(super) fn move_clock(site: &mut Site, random: &mut Random) -> Edit {
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
pub(super) fn mask(site: &mut Site, random: &mut Random) -> Edit {
    let edit = match random.below(3) {
        0 => change_picture_bytes(site, random),
        1 => change_theme(site, random),
        _ => correct_typo(site, random),
    };
    with(Accident::Mask, edit)
}
