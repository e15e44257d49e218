//! Templates receive exactly what `docs/THEMES.md` promises: every variable and every field, of the documented type.
//!
//! `UPDATE_EXPECTED=1 cargo test --test suite contract::` rewrites the generated section of `docs/THEMES.md`. The other
//! tests build `tests/suite/contract/site/`, which has a value for every field, with a theme made from the contract.
#![allow(clippy::disallowed_methods, reason = "UPDATE_EXPECTED comes from the environment")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use presswork::build::{BuildOptions, NoProgress, Outcome, build};
use presswork::cli::report;
use presswork::render::{OPTIONAL, REQUIRED};
use presswork::view::contract::{self, Documented, VERSION};

mod types;

use crate::tree;
use types::Type;

const PAGE: &str = "docs/THEMES.md";
const BEGIN: &str = "<!-- contract -->";
const END: &str = "<!-- /contract -->";

/// The variables of every template.
const EVERYWHERE: &[(&str, &str, &str)] = &[
    ("site", "SiteView", "The publication."),
    ("page", "PageView", "The page being rendered."),
    ("t", "BTreeMap<&str, &str>", "The theme's words in the page's language."),
    ("assets", "BTreeMap<&str, String>", "Root-relative URLs of the theme's files, by path below `assets/`."),
];

/// Names and types of variables.
type Variables = &'static [(&'static str, &'static str)];

/// Every template: the pages that it renders, and its own variables.
const TEMPLATES: &[(&str, &str, Variables)] = &[
    ("front.html", "The front page.", &[("front", "FrontView")]),
    ("article.html", "An article.", &[("article", "ArticleView")]),
    ("page.html", "A standalone page.", &[("content", "ContentView")]),
    ("section.html", "A page of a section.", &[("section", "SectionView"), ("listing", "ListingView")]),
    ("author.html", "A page of an author.", &[("author", "AuthorView"), ("listing", "ListingView")]),
    (
        "term.html",
        "A page of a tag, or of a term of a further taxonomy.",
        &[("term", "TermView"), ("listing", "ListingView")],
    ),
    ("terms.html", "The list of tags, of a taxonomy's terms, or of series.", &[("taxonomy", "TaxonomyView")]),
    ("series.html", "A series.", &[("series", "SeriesView")]),
    ("latest.html", "A page of the list of all stories.", &[("listing", "ListingView")]),
    ("staff.html", "The staff page.", &[("authors", "Vec<AuthorView>"), ("staff", "Vec<StaffMemberView>")]),
    (
        "corrections.html",
        "A page of all corrections, notes and retractions. A theme without this template has no such page.",
        &[("corrections", "CorrectionsView")],
    ),
    ("archive.html", "The years of the archive, or one year.", &[("archive", "ArchiveView")]),
    ("month.html", "A month of the archive.", &[("month", "MonthView")]),
    (
        "gone.html",
        "A tombstone of a withdrawn story, or the 410 page. A theme without this template shows its `not-found.html`.",
        &[("tombstone", "Option<TombstoneView>")],
    ),
    ("not-found.html", "The 404 page.", &[]),
    ("search.html", "The search page. A theme without this template has no search.", &[]),
    (
        "text.html",
        "Every page of the text edition. It has the variables of the full page's template, which depend on `page.kind`.",
        &[],
    ),
];

#[test]
fn the_documentation_lists_the_views() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the page has the mark where the contract begins");
    let (written, after) = rest.split_once(END).expect("the page has the mark where the contract ends");
    let generated = format!("\n{}", documentation());
    if std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value != "0") {
        fs::write(&path, format!("{before}{BEGIN}{generated}{END}{after}")).unwrap();
        return;
    }
    if written != generated {
        let difference = tree::line_difference(generated.as_bytes(), written.as_bytes());
        panic!("{PAGE} is not what src/view/contract.rs says; UPDATE_EXPECTED=1 rewrites it\n{difference}");
    }
}

/// The table of the default theme's options lists the options that its `theme.yaml` declares.
#[test]
fn the_options_of_the_default_theme_are_documented() {
    let manifest = presswork::render::built_in_files().remove("theme.yaml").unwrap();
    let manifest: serde_json::Value = presswork::yaml::parse(std::str::from_utf8(&manifest).unwrap()).unwrap();
    let mut table = "| Option | Values | Default | |\n|---|---|---|---|\n".to_owned();
    for (name, option) in manifest["options"].as_object().unwrap() {
        let choices = option["choices"].as_array().into_iter().flatten();
        let choices: Vec<String> = choices.map(|choice| format!("`{}`", choice.as_str().unwrap())).collect();
        let values = match option["type"].as_str().unwrap() {
            "choice" => choices.join(", "),
            "bool" => "`true`, `false`".to_owned(),
            kind => format!("a {kind}"),
        };
        let default = &option["default"];
        let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned).replace("null", "");
        let default = if default.is_empty() { default } else { format!("`{default}`") };
        let about = option["about"].as_str().unwrap();
        table.push_str(&format!("| `{name}` | {values} | {default} | {about} |\n"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let begin = "<!-- options: tests/suite/contract.rs checks them -->\n";
    let (before, rest) = page.split_once(begin).unwrap();
    let (written, after) = rest.split_once("<!-- end of options -->").unwrap();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, format!("{before}{begin}{table}<!-- end of options -->{after}")).unwrap();
    } else {
        assert_eq!(written, table, "UPDATE_EXPECTED=1 rewrites it");
    }
}

#[test]
fn every_template_is_documented() {
    let documented: BTreeSet<&str> = TEMPLATES.iter().map(|(template, ..)| *template).collect();
    let optional = OPTIONAL.iter().map(|(template, _)| *template);
    let known: BTreeSet<&str> = REQUIRED.iter().copied().chain(optional).collect();
    assert_eq!(documented, known);
}

#[test]
fn every_view_is_reached_from_a_variable() {
    let mut reached = BTreeSet::new();
    for (_, ty) in variables() {
        reach(&Type::parse(ty), &mut reached);
    }
    let all: BTreeSet<&str> = contract::all().map(|view| view.name).collect();
    assert_eq!(reached, all);
}

#[test]
fn templates_get_every_field_that_is_documented_and_of_its_type() {
    let built = Built::with_theme(&probing_theme());
    assert_eq!(built.report(), "");
    let found: BTreeSet<String> = built.lines("is: ");
    let wrong = built.lines("is not: ");
    assert!(wrong.is_empty(), "of another type than {PAGE} says: {wrong:#?}");
    let mut missing = BTreeSet::new();
    for view in contract::all() {
        missing.extend(view.fields.iter().map(|(field, ..)| format!("{}.{field}", view.name)));
    }
    missing.extend(variables().map(|(name, _)| name.to_owned()));
    missing.retain(|name| !found.contains(name));
    assert!(missing.is_empty(), "tests/suite/contract/site/ shows nothing in: {missing:#?}");
}

#[test]
fn a_theme_may_lack_an_optional_template() {
    let mut theme = probing_theme();
    theme.remove("templates/corrections.html");
    let built = Built::with_theme(&theme);
    assert_eq!(built.report(), "");
    let is_there = |path: &str| built.folder.path().join("site/public/corrections").join(path).exists();
    // The newsroom's own page is unchanged.
    assert!(is_there("index.html") && !is_there("page/1/index.html") && !is_there("rss.xml"));
}

#[test]
fn templates_get_no_variable_that_is_not_documented() {
    let mut theme = empty_theme();
    for (template, ..) in TEMPLATES {
        theme.insert(format!("templates/{template}"), format!("template: {template}\n{{{{ __tera_context | safe }}}}"));
    }
    let built = Built::with_theme(&theme);
    assert_eq!(built.report(), "");
    let wanted = |own: &[(&'static str, &str)]| -> BTreeSet<&str> {
        EVERYWHERE.iter().map(|(name, ..)| *name).chain(own.iter().map(|(name, _)| *name)).collect()
    };
    // The site has a search page of its own, which `page.html` shows.
    for (template, _, own) in TEMPLATES.iter().filter(|(template, ..)| *template != "search.html") {
        let page = built.pages.iter().find_map(|page| page.strip_prefix(&format!("template: {template}\n")));
        let found = types::keys(page.expect(template));
        match *template {
            "text.html" => assert!(TEMPLATES.iter().any(|(.., own)| found == wanted(own)), "{found:?}"),
            _ => assert_eq!(found, wanted(own), "{template}"),
        }
    }
}

#[test]
fn a_mistyped_field_is_an_error_and_an_absent_one_is_not() {
    let with_article = |template: &str| {
        let mut theme = probing_theme();
        theme.insert("templates/article.html".to_owned(), template.to_owned());
        Built::with_theme(&theme).report()
    };
    assert_eq!(
        with_article("<p>{% if article.wire %}wire{% endif %}{% if article.retracted %}retracted{% endif %}"),
        ""
    );
    let report = with_article("<h1>\n{{ article.titel }}");
    assert!(report.contains("error[template-failed]"), "{report}");
    assert!(report.contains("themes/contract/templates/article.html:2:"), "{report}");
}

/// All variables of all templates with their types.
fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = TEMPLATES.iter().flat_map(|(_, _, own)| own.iter().copied());
    EVERYWHERE.iter().map(|&(name, ty, _)| (name, ty)).chain(own)
}

fn view(name: &str) -> &'static Documented {
    contract::all().find(|view| view.name == name).unwrap_or_else(|| panic!("no view {name}"))
}

fn reach(ty: &Type, reached: &mut BTreeSet<&'static str>) {
    match ty {
        Type::View(name) => {
            let view = view(name);
            if reached.insert(view.name) {
                view.fields.iter().for_each(|(_, ty, _)| reach(&Type::parse(ty), reached));
            }
        }
        Type::List(inner) | Type::Map(inner) | Type::Maybe(inner) => reach(inner, reached),
        Type::Text | Type::Number | Type::Truth | Type::Anything => {}
    }
}

/// The generated section of the page.
fn documentation() -> String {
    let mut page = format!("\nThis is version {VERSION} of the contract; templates read it as `site.contract`.\n\n");
    page.push_str("### Variables of every template\n\n| variable | type | meaning |\n|---|---|---|\n");
    for (name, ty, about) in EVERYWHERE {
        let _ = writeln!(page, "| `{name}` | {} | {about} |", Type::parse(ty).shown());
    }
    page.push_str("\n### Variables of one template\n\n| template | renders | variables |\n|---|---|---|\n");
    for (template, about, own) in TEMPLATES {
        let own: Vec<String> = own.iter().map(|(name, ty)| format!("`{name}`: {}", Type::parse(ty).shown())).collect();
        let _ = writeln!(
            page,
            "| `{template}` | {about} | {} |",
            if own.is_empty() { "none".into() } else { own.join("; ") }
        );
    }
    for view in contract::all() {
        let about: Vec<&str> = view.about.iter().map(|line| line.trim()).collect();
        let _ = writeln!(
            page,
            "\n### {}\n\n{}\n\n| field | type | meaning |\n|---|---|---|",
            title(view.name),
            about.join(" ")
        );
        for (field, ty, meaning) in view.fields {
            let meaning: Vec<&str> = meaning.iter().map(|line| line.trim()).collect();
            let _ = writeln!(
                page,
                "| `{field}` | {} | {} |",
                Type::parse(ty).shown(),
                meaning.join(" ").replace('|', "\\|")
            );
        }
    }
    page.push('\n');
    page
}

/// `ArticleSeriesView` becomes `Article series`.
fn title(name: &str) -> String {
    types::words(name.trim_end_matches("View"))
}

/// A theme that checks the type of every field; a missing field stops the build.
fn probing_theme() -> BTreeMap<String, String> {
    let mut theme = empty_theme();
    for view in contract::all() {
        let name = component(view.name);
        let mut text = format!("{{% component {name}(v: map) %}}\n");
        for (field, ty, _) in view.fields {
            text.push_str(&Type::parse(ty).probe(&format!("v.{field}"), &format!("{}.{field}", view.name), 0));
        }
        let _ = writeln!(text, "{{% endcomponent {name} %}}");
        theme.insert(format!("components/{name}.html"), text);
    }
    for (template, _, own) in TEMPLATES {
        let everywhere = EVERYWHERE.iter().map(|&(name, ty, _)| (name, ty));
        let probes = everywhere.chain(own.iter().copied()).map(|(name, ty)| Type::parse(ty).probe(name, name, 0));
        theme.insert(format!("templates/{template}"), probes.collect());
    }
    theme
}

/// The name of the component that checks a view.
fn component(view: &str) -> String {
    types::words(view).to_lowercase().replace(' ', "_")
}

/// A theme without templates but with a file and a string.
fn empty_theme() -> BTreeMap<String, String> {
    let manifest = "name: contract\noptions: {tone: {type: choice, choices: [calm, loud], default: calm}}\n\
                    pictures: {lead: {widths: [300]}}\n";
    let files = [("theme.yaml", manifest), ("i18n/en.yaml", "latest: Latest\n"), ("assets/a.txt", "a\n")];
    files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// The site of `tests/suite/contract/`, built.
struct Built {
    outcome: Outcome,
    pages: Vec<String>,
    folder: tempfile::TempDir,
}

impl Built {
    fn with_theme(theme: &BTreeMap<String, String>) -> Built {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        tree::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/contract/site"), &root, &[]).unwrap();
        let files = theme.iter().map(|(path, text)| (path.into(), text.clone().into_bytes()));
        tree::write(&root.join("themes/contract"), &files.collect::<tree::Tree>()).unwrap();
        let options = BuildOptions::new(root.clone(), "2026-11-22T12:00:00Z".parse().unwrap());
        let outcome = build(&options, &NoProgress).unwrap();
        let built = tree::read(&root.join("public")).unwrap();
        let pages = built.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "html"));
        let pages = pages.map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap()).collect();
        Built { outcome, pages, folder }
    }

    fn report(&self) -> String {
        report::to_plain_text(&self.outcome.diagnostics, &self.folder.path().join("site"))
    }

    /// The text after `mark` on each line of all pages that has it.
    fn lines(&self, mark: &str) -> BTreeSet<String> {
        let lines = self.pages.iter().flat_map(|page| page.lines());
        lines.filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
    }
}
