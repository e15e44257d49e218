//! The recipes of docs/CONTRIBUTING.md: a place that was forgotten is found, where the compiler does not find it.

use presswork::article::{ArticleFront, PageFront, SectionFront};
use presswork::author::AuthorFront;

use super::{assert_none, read, sources};
use crate::support::keys;

#[test]
fn every_kind_of_output_is_planned() {
    let kinds = read("src/plan/kind.rs");
    let (_, kinds) = kinds.split_once("pub enum OutputKind {").expect("the kinds of outputs");
    let (kinds, _) = kinds.split_once("\n}").expect("the end of the kinds");
    let is_name = |line: &&str| line.starts_with(char::is_uppercase);
    let names = kinds.lines().map(str::trim).filter(is_name);
    let names: Vec<&str> = names.map(|line| line.split(['(', ',']).next().unwrap_or(line)).collect();
    assert!(names.len() > 20, "{names:?}");
    let plan = sources("src/plan").into_iter().filter(|file| file.path != "src/plan/kind.rs");
    let plan: String = plan
        .chain(sources("src").into_iter().filter(|file| file.path == "src/plan.rs"))
        .map(|file| file.layers.shipped())
        .collect();
    let is_used = |name: &str| {
        let path = format!("OutputKind::{name}");
        plan.match_indices(&path).any(|(at, _)| !plan[at + path.len()..].starts_with(char::is_alphanumeric))
    };
    let forgotten = names.iter().filter(|name| !is_used(name));
    let advice = "no file of src/plan/ adds an output of this kind";
    assert_none(&forgotten.map(|name| format!("src/plan/kind.rs: `{name}`: {advice}")).collect::<Vec<_>>());
}

#[test]
fn every_key_of_front_matter_is_documented() {
    let page = read("docs/WRITING.md");
    let section = |heading: &str| {
        let (_, rest) = page.split_once(&format!("\n## {heading}\n")).expect("the section");
        rest.split("\n## ").next().unwrap_or(rest)
    };
    let mut problems = Vec::new();
    for (headings, keys) in [
        (&["Articles"][..], keys::<ArticleFront>()),
        (&["Author files"], keys::<AuthorFront>()),
        (&["Sections", "The front page"], keys::<SectionFront>()),
        (&["Standalone pages"], keys::<PageFront>()),
    ] {
        assert!(keys.len() > 5, "{keys:?}");
        let text: String = headings.iter().map(|heading| section(heading)).collect();
        for key in keys.iter().filter(|key| !text.contains(&format!("`{key}`"))) {
            problems.push(format!("docs/WRITING.md: `{key}` is missing in \"{}\"", headings.join("\" and \"")));
        }
    }
    assert_none(&problems);
}
