//! Random small sites, and random pieces of them.

use std::collections::BTreeMap;

use serde_json::json;

use super::site::{Author, Page, Site, Story, Text};
use super::theme;
use super::translations::{EDITIONS, without_own_files};
use crate::support::{Call, Random};

/// The folders of stories. `world/2026` and `culture/arts` are not sections until somebody makes them one.
pub const FOLDERS: &[&str] = &["world", "world/asia", "world/2026", "business", "culture", "culture/arts"];
pub const TAGS: &[&str] = &["Ports", "ports", "Labour", "Trade & Industry", "Æther", "rare"];
pub const REGIONS: &[&str] = &["East Asia", "Europe", "europe"];
pub const SERIES: &[&str] = &["Harbour lights", "harbour-lights", "Night trains"];
pub const LANGUAGES: &[&str] = &["de", "zh", "zh-Hant-TW", "ar", "fr", "en-GB"];
pub const PERMALINKS: &[&str] = &[
    "{section}/{year}/{month}/{slug}/",
    "{slug}/",
    "{year}/{slug}.html",
    "news/{section}/{slug}/",
    "{section}/{year}/{month}/{day}/{slug}/",
];
const WORDS: &[&str] = &[
    "harbour",
    "strike",
    "cranes",
    "\"quoted\"",
    "it's",
    "--",
    "dusk...",
    "tonnes",
    "über",
    "新闻",
    "<b>bold</b>",
    "&",
    "*stressed*",
    "`code`",
    "second",
    "Monday",
];

/// A site with this many stories and no deliberate errors.
pub fn site(random: &mut Random, stories: usize) -> Site {
    let mut site = Site {
        settings: settings(random),
        redirects: BTreeMap::new(),
        comments: BTreeMap::new(),
        stories: BTreeMap::new(),
        authors: BTreeMap::new(),
        pages: BTreeMap::new(),
        sections: BTreeMap::new(),
        front: None,
        files: BTreeMap::new(),
        theme: theme::FILES.iter().map(|&path| (path.to_owned(), 1)).collect(),
        parent: if random.chance(80) { "plain" } else { "broadsheet" },
        hour: 0,
        call: Call::default(),
        next: 0,
    };
    for path in theme::optional() {
        if random.chance(30) {
            site.theme.insert(path, 1);
        }
    }
    for name in ["shared.png", "world/chart.svg", "static/robots.txt", "static/files/form.pdf", "authors/ana.png"] {
        site.files.insert(name.to_owned(), picture(random, name));
    }
    for _ in 0..random.between(2, 5) {
        add_author(&mut site, random);
    }
    for folder in ["world", "world/asia", "business"] {
        let mut text = Text::default();
        text.set("title", json!(title(random)).to_string());
        if random.chance(50) {
            text.body.push(words(random));
        }
        if random.chance(20) {
            text.set("style", "opinion");
        }
        site.sections.insert(folder.to_owned(), text);
    }
    for _ in 0..random.between(0, 2) {
        add_page(&mut site, random);
    }
    for _ in 0..stories {
        add_story(&mut site, random);
    }
    if random.chance(35) {
        add_editions(&mut site, random);
    }
    if random.chance(60) {
        site.front = Some(front(&site, random));
    }
    for _ in 0..random.below(4) {
        lay_out_list(&mut site, random);
    }
    site
}

/// Adds editions for all [`LANGUAGES`], and makes translations of some stories.
fn add_editions(site: &mut Site, random: &mut Random) {
    site.settings.insert("languages".to_owned(), (*random.pick(EDITIONS)).to_owned());
    let is_original = |story: &Story| !story.text.keys.contains_key("language");
    let originals = site.stories.iter().filter(|(_, story)| is_original(story));
    let originals: Vec<(u32, Story)> = originals.map(|(number, story)| (*number, story.clone())).collect();
    for (original, mut story) in originals {
        for language in ["fr", "ar"] {
            if !random.chance(40) {
                continue;
            }
            let number = site.number();
            story.text.set("title", json!(title(random)).to_string());
            story.text.keys.remove("aliases");
            story.text.keys.remove("series");
            let mut translation = story.clone();
            // A retraction of the original is no error then.
            if random.chance(80) {
                translation.text.set("translation_stands", "Checked again");
            }
            if random.chance(50) && !story.is_bundle {
                translation.name = format!("{}.{language}", story.name);
            } else {
                translation.name = format!("story-{number}");
                translation.is_bundle = false;
                translation.text.set("language", language);
                translation.text.set("translation_of", format!("\"@s{original}@\""));
                translation.text.keys.remove("image");
                without_own_files(&mut translation.text);
            }
            site.stories.insert(number, translation);
        }
    }
}

fn settings(random: &mut Random) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    let mut set = |key: &str, yaml: &str| settings.insert(key.to_owned(), yaml.to_owned());
    set("title", "The Test");
    set("base_url", if random.chance(30) { "https://example.org/news/" } else { "https://example.org/" });
    set("theme", "house");
    set("page_size", &random.between(1, 4).to_string());
    set("taxonomies", "[{name: region, singular: Region, plural: Regions}]");
    if random.chance(30) {
        set("feeds", "{items: 3}");
    }
    if random.chance(30) {
        set("outputs", "[ninjs, markdown, llms, text]");
    }
    if random.chance(30) {
        set("permalink", &json!(random.pick(PERMALINKS)).to_string());
    }
    if random.chance(50) {
        set("hosts", "[netlify, apache, nginx, s3]");
    }
    settings
}

/// Adds an author and returns the author's number.
pub fn add_author(site: &mut Site, random: &mut Random) -> u32 {
    let number = site.number();
    let mut text = Text::default();
    text.set("name", json!(format!("{} No. {number}", random.pick(&["Ana Lopes", "沈洁", "Sam O'Neill"]))).to_string());
    let details =
        [("role", "Reporter"), ("email", "ana@example.org"), ("location", "Lisbon"), ("sort_name", "\"A, b\"")];
    for (key, yaml) in details {
        if random.chance(30) {
            text.set(key, yaml);
        }
    }
    if random.chance(30) {
        text.set("links", "{mastodon: \"@ana@example.social\", github: ana}");
    }
    if random.chance(20) && site.files.contains_key("authors/ana.png") {
        text.set("image", "ana.png");
    }
    if random.chance(20) {
        text.set("kind", *random.pick(&["organization", "wire"]));
    }
    if random.chance(50) {
        text.body.push(words(random));
    }
    site.authors.insert(number, Author { id: format!("author-{number}"), text });
    number
}

/// Adds a standalone page.
pub fn add_page(site: &mut Site, random: &mut Random) {
    let number = site.number();
    let mut text = Text::default();
    text.set("title", json!(title(random)).to_string());
    text.body = paragraphs(site, random, "pages");
    site.pages.insert(number, Page { name: format!("page-{number}"), text });
}

/// Adds a story and returns its number.
pub fn add_story(site: &mut Site, random: &mut Random) -> u32 {
    let number = site.number();
    let mut text = Text::default();
    text.set("title", json!(title(random)).to_string());
    text.set("date", date(random));
    if !random.chance(8) {
        text.set("authors", authors(site, random));
    }
    if random.chance(60) {
        text.set("tags", tags(random));
    }
    for key in OPTIONAL {
        if random.chance(6) {
            set_optional(&mut text, key, site, random);
        }
    }
    let folder = (*random.pick(FOLDERS)).to_owned();
    let is_bundle = random.chance(25);
    let name = format!("story-{number}");
    if is_bundle {
        let picture_name = format!("{folder}/{name}/own.png");
        site.files.insert(picture_name.clone(), picture(random, &picture_name));
        if random.chance(50) {
            text.set("image", "own.png");
        }
    }
    let story = Story { folder, name, is_bundle, text, broken: None };
    let home = story.home();
    site.stories.insert(number, story);
    let body = paragraphs(site, random, &home);
    if let Some(story) = site.stories.get_mut(&number) {
        story.text.body = body;
    }
    number
}

/// Keys that a story may or may not have.
pub const OPTIONAL: &[&str] = &[
    "short_title",
    "seo_title",
    "deck",
    "kicker",
    "summary",
    "byline",
    "dateline",
    "kind",
    "comments",
    "noindex",
    "weight",
    "canonical",
    "sources",
    "corrections",
    "notes",
    "extra",
    "updated",
    "contributors",
    "wire",
    "taxonomies",
    "series",
    "language",
    "translated_from",
    "aliases",
];

/// Gives a story one of its [optional keys](OPTIONAL).
pub fn set_optional(text: &mut Text, key: &str, site: &Site, random: &mut Random) {
    let number = random.below(100);
    let author = random.pick_any(site.authors.keys().copied());
    let author = author.map_or("{name: Guest}".to_owned(), |author| format!("@a{author}@"));
    let yaml = match key {
        "kind" => (*random.pick(&["opinion", "live", "press-release", "analysis"])).to_owned(),
        "comments" | "noindex" => random.chance(50).to_string(),
        "weight" => number.to_string(),
        "canonical" => format!("https://example.com/{number}/"),
        "sources" => format!("[Archive {number}, {{name: Wire, url: \"https://example.com/{number}\"}}]"),
        "corrections" => {
            let one = |day: usize| format!("{{date: 2026-09-{day:02}, text: Number {number} of {day} was wrong}}");
            let days: Vec<String> = (0..random.between(1, 3)).map(|_| one(random.between(1, 28))).collect();
            format!("[{}]", days.join(", "))
        }
        "notes" => format!("[{{kind: editors-note, date: 2026-09-{:02}, text: Note {number}}}]", number % 28 + 1),
        "extra" => format!("{{sponsor: Acme {number}, list: [1, {number}]}}"),
        "translated_from" => format!("2026-11-{:02}", number % 28 + 1),
        "updated" => format!("2026-12-{:02}", number % 28 + 1),
        "contributors" => format!("{{photography: [{author}], editing: {{name: Guest {number}}}}}"),
        "wire" => author,
        "taxonomies" => format!("{{region: [{}]}}", random.pick(REGIONS)),
        "series" if random.chance(50) => json!(random.pick(SERIES)).to_string(),
        "series" => format!("{{id: {}, part: {}}}", json!(random.pick(SERIES)), number % 6 + 1),
        "language" => (*random.pick(LANGUAGES)).to_owned(),
        "aliases" => format!("[/old/{number}/, /moved/{number}.html]"),
        _ => json!(title(random)).to_string(),
    };
    text.set(key, yaml);
}

/// A day of 2026, sometimes with a time.
pub fn date(random: &mut Random) -> String {
    let (month, day) = (random.between(6, 10), random.between(1, 12));
    let time = if random.chance(30) { format!(" {:02}:30", random.below(24)) } else { String::new() };
    format!("2026-{month:02}-{day:02}{time}")
}

/// The authors of a story, as YAML.
pub fn authors(site: &Site, random: &mut Random) -> String {
    let mut names: Vec<String> = Vec::new();
    for _ in 0..random.between(1, 2) {
        names.extend(random.pick_any(site.authors.keys().map(|number| format!("@a{number}@"))));
    }
    names.dedup();
    if names.is_empty() || random.chance(20) {
        names.push(format!("{{name: Guest {}, url: \"https://example.com/guest\"}}", random.below(5)));
    }
    format!("[{}]", names.join(", "))
}

/// Tags, as YAML.
pub fn tags(random: &mut Random) -> String {
    let mut tags: Vec<&str> = (0..random.between(1, 3)).map(|_| *random.pick(TAGS)).collect();
    tags.dedup();
    json!(tags).to_string()
}

/// A headline.
pub fn title(random: &mut Random) -> String {
    let words: Vec<&str> = (0..random.between(1, 4)).map(|_| *random.pick(WORDS)).collect();
    format!("A {} {}", words.join(" "), random.below(1000))
}

/// A few words.
pub fn words(random: &mut Random) -> String {
    let words: Vec<&str> = (0..random.between(3, 12)).map(|_| *random.pick(WORDS)).collect();
    format!("Text {} {}", random.below(1000), words.join(" "))
}

/// A body of a file in `home`, a folder below `content/`.
pub fn paragraphs(site: &Site, random: &mut Random, home: &str) -> Vec<String> {
    (0..random.between(1, 4)).map(|_| paragraph(site, random, home)).collect()
}

/// A paragraph of a file in `home`.
pub fn paragraph(site: &Site, random: &mut Random, home: &str) -> String {
    match random.below(24) {
        0..=3 => link(site, random).unwrap_or_else(|| words(random)),
        4 => random
            .pick_any(site.authors.keys())
            .map_or_else(|| words(random), |author| format!("Says [one of us](@A{author}@)")),
        5 => random
            .pick_any(site.pages.keys())
            .map_or_else(|| words(random), |page| format!("More on [a page](@g{page}@#part)")),
        6..=8 => picture_in_text(site, random, home).unwrap_or_else(|| words(random)),
        9 => format!("{{{{< box title=\"Box {}\" >}}}}\n{}\n{{{{< /box >}}}}", random.below(100), words(random)),
        10 => format!("## Heading {}\n\n- one\n- two[^1]\n\n[^1]: A note.", random.below(3)),
        11 => "<p onclick=\"go()\">raw</p><script>alert(1)</script>".to_owned(),
        12 if random.chance(40) => "See [the scan](/files/scan.pdf).".to_owned(),
        13 => format!("[All of it](/{}/)", random.pick(&["world", "business"])),
        14 if random.chance(20) => "[A topic](/tags/ports/)".to_owned(),
        15 => "[A form](/static/files/form.pdf)".to_owned(),
        _ => words(random),
    }
}

/// A paragraph that links to a story.
pub fn link(site: &Site, random: &mut Random) -> Option<String> {
    let plain = site.stories.iter().filter(|(_, story)| story.is_plain()).map(|(number, _)| *number);
    let target = random.pick_any(plain)?;
    let kind = random.pick(&['s', 's', 'r', 'u']);
    let part =
        if random.chance(40) { random.pick(&["#heading-0", "#heading-1", "#fn:1", "#page:content"]) } else { "" };
    Some(format!("As [we {} reported](@{kind}{target}@{part})", random.below(100)))
}

fn picture_in_text(site: &Site, random: &mut Random, home: &str) -> Option<String> {
    let shown = |path: &String| !path.starts_with("static/");
    let path = random.pick_any(site.files.keys().filter(|path| shown(path)).cloned())?;
    let beside = path.strip_prefix(home).and_then(|rest| rest.strip_prefix('/')).filter(|rest| !rest.contains('/'));
    let src = beside.map_or_else(|| format!("/{path}"), str::to_owned);
    Some(match random.below(3) {
        0 => format!("![Alt {}]({src})", random.below(100)),
        1 => format!("{{{{< figure src=\"{src}\" alt=\"x\" caption=\"y\" >}}}}"),
        _ => format!("{{{{< chart src=\"{src}\" >}}}}"),
    })
}

/// A front page with blocks, as `_index.md` has them.
pub fn front(site: &Site, random: &mut Random) -> Text {
    let mut text = Text::default();
    text.set("blocks", blocks(site, random));
    if random.chance(60) {
        text.body.push(paragraph(site, random, ""));
    }
    if random.chance(30) {
        text.set("description", json!(title(random)).to_string());
    }
    text
}

/// Gives the first page of a section, an author or a tag other blocks, or none, and returns which.
pub fn lay_out_list(site: &mut Site, random: &mut Random) -> String {
    let written = random.chance(80).then(|| blocks(site, random));
    let (name, text) = match random.below(5) {
        0 => {
            // Story numbers in site.yaml would not follow when stories are deleted.
            let tags = "{tags: {Ports: {blocks: [{kind: news, limit: 1}, {tag: labour, limit: 2}, {limit: 1}]}}}";
            match written {
                Some(_) => site.settings.insert("terms".to_owned(), tags.to_owned()),
                None => site.settings.remove("terms"),
            };
            return "the tag Ports".to_owned();
        }
        1 => {
            let number = random.pick_any(site.authors.keys().copied());
            (
                format!("author {number:?}"),
                number.and_then(|number| site.authors.get_mut(&number)).map(|it| &mut it.text),
            )
        }
        _ => {
            let folder = random.pick_any(site.sections.keys().cloned()).unwrap_or_default();
            (format!("section {folder}"), site.sections.get_mut(&folder))
        }
    };
    match (text, written) {
        (Some(text), Some(blocks)) => text.set("blocks", blocks),
        (Some(text), None) => {
            text.keys.remove("blocks");
        }
        (None, _) => {}
    }
    name
}

/// The blocks of a front, as YAML.
fn blocks(site: &Site, random: &mut Random) -> String {
    let mut blocks = Vec::new();
    for _ in 0..random.between(1, 4) {
        let mut picks: Vec<String> = Vec::new();
        for _ in 0..random.below(3) {
            let pick = random.pick_any(site.stories.keys().map(|number| format!("@p{number}@")));
            picks.extend(pick.map(|pick| match random.chance(40) {
                true => format!("{{article: {pick}, until: 2026-11-{} 08:00}}", random.between(20, 28)),
                false => pick,
            }));
        }
        let query = match random.below(7) {
            0 => "section: world, whole_site: true, ".to_owned(),
            1 => "section: world, kind: news, heading: News, whole_site: true, ".to_owned(),
            2 => "tag: ports, ".to_owned(),
            3 => format!("kind: opinion, heading: Views {}, ", random.below(10)),
            4 => "whole_site: true, ".to_owned(),
            _ => String::new(),
        };
        let style = random.pick(&["lead", "river", "grid", "row", "opinion"]);
        let limit = random.between(1, 5);
        blocks.push(format!("{{{query}pick: [{}], style: {style}, limit: {limit}}}", picks.join(", ")));
    }
    format!("[{}]", blocks.join(", "))
}

/// The bytes of a picture or file of this name, different ones each time.
pub fn picture(random: &mut Random, name: &str) -> Vec<u8> {
    let (width, height) = (random.between(1, 40) as u32, random.between(1, 40) as u32);
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "png" => png(width, height, random.below(256) as u8),
        "svg" => {
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"/>").into_bytes()
        }
        _ => format!("file {}\n", random.below(100_000)).into_bytes(),
    }
}

/// A PNG picture of this size in one shade of grey. Most say who took them, and some what they show.
pub fn png(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let row = [&[0][..], &vec![shade; width as usize]].concat();
    (0..height).for_each(|_| std::io::Write::write_all(&mut pixels, &row).unwrap());
    let chunk = |name: &[u8; 4], data: &[u8]| {
        let mut hash = flate2::Crc::new();
        hash.update(name);
        hash.update(data);
        [&(data.len() as u32).to_be_bytes()[..], name, data, &hash.sum().to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let xmp = format!(
        "XML:com.adobe.xmp\0\0\0\0\0<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
         xmlns:ps='http://ns.adobe.com/photoshop/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' \
         xmlns:core='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/' tiff:Make='Camera' {}='Agency {}' {}='A shade'/></rdf:RDF>",
        if shade % 4 == 3 && shade > 100 { "tiff:None" } else { "ps:Credit" },
        shade % 7,
        if shade.is_multiple_of(3) { "core:AltTextAccessibility" } else { "tiff:None" },
    );
    let texts = chunk(b"iTXt", xmp.as_bytes());
    let pixels = chunk(b"IDAT", &pixels.finish().unwrap());
    let chunks = [chunk(b"IHDR", &header), texts, pixels, chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}
