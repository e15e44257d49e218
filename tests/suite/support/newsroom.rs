//! A site of any size in two editions, whose pages all have the same end and name their edition.

use std::fs;
use std::path::{Path, PathBuf};

use super::{plain_theme, snapshot};
use crate::tree::{self, Tree};

/// The end of every page.
pub const END: &str = "</html>\n";

const SECTIONS: [&str; 4] = ["world", "business", "culture", "world/asia"];
const BASE: &str = "{% block page %}<!doctype html>
<html lang=\"{{ page.language }}\"><head><title>{{ page.title }}</title>
<link rel=\"stylesheet\" href=\"{{ assets[\"site.css\"] }}\"></head>
<body>{% block main %}{% endblock main %}
<p>{{ site.extra.edition }}</p></body>
</html>
{% endblock page %}";

/// The sources of a site with this many stories, of which each edition has some that the other lacks.
pub fn sources(stories: usize, edition: &str) -> Tree {
    let mut tree = plain_theme().clone();
    let mut add = |path: &str, text: String| {
        tree.insert(PathBuf::from(path), text.into_bytes());
    };
    add(
        "site.yaml",
        format!(
            "title: The Archive\nbase_url: https://example.org/\ntheme: ended\npage_size: 10\n\
             extra: {{edition: {edition}}}\n"
        ),
    );
    add("themes/ended/theme.yaml", "name: ended\nextends: plain\n".to_owned());
    add("themes/ended/templates/base.html", BASE.to_owned());
    add("themes/ended/assets/site.css", format!("body {{ --edition: {edition} }}\n"));
    for section in SECTIONS {
        let name = section.rsplit('/').next().unwrap_or(section);
        add(&format!("content/{section}/_index.md"), format!("---\ntitle: The {name}\n---\n"));
    }
    for author in 0..10 {
        let text = format!("---\nname: Author {author}\n---\n\nWrites as number {author}.\n");
        add(&format!("content/authors/author-{author}.md"), text);
    }
    add("content/pages/about.md", "---\ntitle: About\n---\n\nAbout us.\n".to_owned());
    add("content/static/large.txt", edition.repeat(200_000));
    // A file in one edition is a folder in the other.
    match edition {
        "first" => add("content/static/either", "a file\n".to_owned()),
        _ => add("content/static/either/other.txt", "in a folder\n".to_owned()),
    }
    // A whole section that the other edition lacks, with a folder for each year and month.
    for number in 0..3 {
        add(&format!("content/{edition}-desk/desk-{number}.md"), story(number * 10, edition));
    }
    for number in 0..stories {
        if number % 5 != if edition == "first" { 3 } else { 4 } {
            let path = if number % 7 == 1 { format!("-{edition}") } else { String::new() };
            add(&path_of(number, &path), story(number, edition));
        }
    }
    tree
}

/// The file of a story.
pub fn path_of(number: usize, suffix: &str) -> String {
    format!("content/{}/story-{number}{suffix}.md", SECTIONS[number % SECTIONS.len()])
}

/// The file of a story, with an edition's words.
pub fn story(number: usize, edition: &str) -> String {
    let (year, month, day) = (2022 + number / 120 % 5, number / 10 % 12 + 1, number % 10 * 2 + 1);
    let year = if month > 10 { year - 1 } else { year };
    let (one, other) = (number % 10, (number * 3 + 1) % 10);
    let authors = if one == other { format!("author-{one}") } else { format!("author-{one}, author-{other}") };
    let tags: Vec<String> = (1..=4).map(|at| format!("tag {}", number * at % 41)).collect();
    format!(
        "---\ntitle: Story {number} of the {edition} edition\ndate: {year}-{month:02}-{day:02}\nauthors: [{authors}]\n\
         tags: [{}]\n---\n\nThe text of number {number} for the {edition} edition.\n",
        tags.join(", ")
    )
}

/// Changes the sources of a project into these; equal files are not touched.
pub fn publish_sources(root: &Path, before: &Tree, after: &Tree) {
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        fs::remove_file(root.join(path)).unwrap();
    }
    for folder in before.keys().filter(|path| !after.contains_key(*path)).filter_map(|path| path.parent()) {
        let _ = fs::remove_dir(root.join(folder));
    }
    let changed = after.iter().filter(|(path, bytes)| before.get(*path) != Some(*bytes));
    tree::write(root, changed).unwrap();
}

/// The output of a clean build of these sources.
pub fn clean(sources: &Tree) -> Tree {
    let folder = super::scratch();
    tree::write(folder.path(), sources).unwrap();
    let built = super::run(folder.path(), &super::Call::default());
    assert_eq!((built.code, built.diagnostics, built.problem), (0, Vec::new(), None));
    snapshot(&folder.path().join("public"))
}
