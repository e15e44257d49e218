//! Reads the sources and checks what no compiler does: layering, size, documentation and tests of every diagnostic.
//!
//! `docs/ARCHITECTURE.md` says why the rules are as they are.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use presswork::diagnostic::Code;
use source::{Layers, crate_paths, line_of, occurrences};

mod files;
mod recipes;
mod source;

/// Diagnostics that depend on the machine or on an earlier build, so that no golden site can show them, with the test that does: a file in
/// `tests/` and a function in it.
const PROVEN_ELSEWHERE: &[(Code, &str, &str)] = &[
    (Code::ChangedWhileBuilding, "sites.rs", "a_change_while_building_is_reported"),
    (Code::EmbargoLeak, "suite/embargo.rs", "every_kind_of_leak_is_found_in_its_place"),
    (Code::SilentEdit, "suite/silent.rs", "a_silent_edit_is_reported_until_readers_are_informed"),
    (Code::DeletedStory, "suite/removals.rs", "a_deleted_file_stops_the_build_until_someone_decides"),
    (Code::StoriesRemoved, "suite/removals.rs", "another_time_zone_unpublishes_nothing_unasked"),
    (Code::EarlyPublication, "suite/removals/early.rs", "another_time_zone_publishes_nothing_early"),
    (Code::NoticesRemoved, "suite/notices.rs", "another_time_zone_brings_nothing_back"),
    (Code::MovedUrl, "suite/moved.rs", "a_moved_article_is_reported_until_its_old_url_works"),
];

#[test]
fn modules_use_only_modules_declared_above_them() {
    let order = modules(&read("src/lib.rs"));
    let mut problems = Vec::new();
    for file in sources("src") {
        let Some(place) = order.iter().position(|module| file.belongs_to(module)) else { continue };
        for (at, name) in crate_paths(&file.layers.code) {
            if order.iter().position(|module| *module == name).is_some_and(|used| used > place) {
                let advice = "declared below it in src/lib.rs; move what both need up, or pass it in";
                problems.push(file.problem(at, format!("`{}` uses `{name}`, which is {advice}", order[place])));
            }
        }
        for at in file.supers_of_the_root() {
            problems.push(file.problem(at, "`super::` leads to the crate's root here; write `crate::`"));
        }
    }
    assert_none(&problems);
}

/// The file that may match on the kind of an output, besides those of `plan`.
const KNOWS_KINDS: &str = "src/render/prepare.rs";

#[test]
fn only_planning_and_preparing_match_on_the_kinds_of_outputs() {
    let mut problems = Vec::new();
    let knows = |path: &str| path.starts_with("src/plan") || path == KNOWS_KINDS;
    for file in sources("src").into_iter().filter(|file| !knows(&file.path)) {
        let is_matched = |line: &str| {
            line.match_indices("OutputKind::").any(|(at, _)| {
                let (before, rest) = line.split_at(at);
                let is_compared = ["let ", "== ", "!= "].iter().any(|way| before.trim_end_matches('(').ends_with(way));
                is_compared || before.contains("matches!(") || rest.contains("=>")
            })
        };
        for (number, line) in file.layers.code.lines().enumerate().filter(|(_, line)| is_matched(line)) {
            let advice = "plan what is needed as a field of `Output`, or ask for its `Class`";
            problems.push(format!("{}:{}: `{}`: {advice}", file.path, number + 1, line.trim()));
        }
    }
    assert_none(&problems);
}

#[test]
fn every_template_that_pages_are_made_with_is_required_or_optional() {
    let names = |text: &str| -> Vec<String> {
        text.split('"').skip(1).step_by(2).filter(|name| name.ends_with(".html")).map(str::to_owned).collect()
    };
    let known = names(&read("src/render/templates.rs"));
    let used = names(&read("src/render/prepare.rs"));
    let problems = used.iter().filter(|name| !known.contains(name));
    assert_none(&problems.map(|name| format!("src/render/templates.rs: `{name}` is missing")).collect::<Vec<_>>());
}

#[test]
fn every_declared_module_has_its_file() {
    let mut problems = Vec::new();
    for module in modules(&read("src/lib.rs")) {
        if !at(&format!("src/{module}.rs")).exists() {
            problems.push(format!("src/lib.rs: `mod {module};` has no src/{module}.rs"));
        }
    }
    assert_none(&problems);
}

#[test]
fn every_diagnostic_is_documented_and_no_other() {
    let page = "docs/DIAGNOSTICS.md";
    let text = fs::read_to_string(at(page)).unwrap_or_default();
    let heading = |line: &str| line.strip_prefix("## `")?.trim_end().strip_suffix('`').map(str::to_owned);
    let documented: Vec<(usize, String)> =
        text.lines().enumerate().filter_map(|(line, text)| heading(text).map(|code| (line + 1, code))).collect();
    let mut problems = Vec::new();
    for code in Code::ALL.iter().map(|code| code.as_str()) {
        match documented.iter().filter(|(_, name)| name == code).count() {
            0 => problems.push(format!("{page}: add a section \"## `{code}`\" that says why it comes and what to do")),
            1 => {}
            times => problems.push(format!("{page}: `{code}` has {times} sections; keep one")),
        }
    }
    for (line, name) in documented {
        if !Code::ALL.iter().any(|code| code.as_str() == name) {
            problems.push(format!("{page}:{line}: there is no diagnostic `{name}`; remove the section"));
        }
    }
    assert_none(&problems);
}

#[test]
fn every_diagnostic_has_a_test() {
    let mut reports = String::new();
    for site in fs::read_dir(at("tests/sites")).into_iter().flatten().flatten() {
        // A site that is built at several instants has a report of each.
        let of_instants = fs::read_dir(site.path().join("expected")).into_iter().flatten().flatten();
        let paths =
            of_instants.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "txt"));
        for path in paths.chain([site.path().join("expected.txt")]) {
            reports += &fs::read_to_string(path).unwrap_or_default();
        }
    }
    let mut problems = Vec::new();
    for &code in Code::ALL {
        let elsewhere = PROVEN_ELSEWHERE.iter().find(|(known, ..)| *known == code);
        match elsewhere {
            Some((_, file, function)) if !read(&format!("tests/{file}")).contains(&format!("fn {function}(")) => {
                problems.push(format!("tests/{file}: `fn {function}` is gone, which proved `{}`", code.as_str()));
            }
            None if !reports.contains(&format!("[{}]", code.as_str())) => problems.push(format!(
                "tests/sites/: no expected.txt holds `[{}]`; add a golden site that provokes it",
                code.as_str()
            )),
            _ => {}
        }
    }
    assert_none(&problems);
}

#[test]
fn one_module_names_the_yaml_parser() {
    let parser = concat!("serde", "_yaml");
    let mut problems = Vec::new();
    for file in sources("src").into_iter().filter(|file| file.path != "src/yaml.rs") {
        for (at, _) in file.text.match_indices(parser) {
            problems.push(file.problem(at, format!("only src/yaml.rs names {parser}; use crate::yaml")));
        }
    }
    assert_none(&problems);
}

#[test]
fn nothing_that_ships_panics_on_purpose() {
    const METHODS: &[&str] = &[".unwrap()", ".expect(", ".unwrap_err()", ".expect_err("];
    const MACROS: &[&str] = &["panic!", "todo!", "unimplemented!", "unreachable!"];
    let files = sources("src");
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| !file.is_test(&files)) {
        let shipped = file.layers.shipped();
        let methods = METHODS.iter().flat_map(|word| shipped.match_indices(word).map(move |(at, _)| (at, word)));
        let macros = MACROS.iter().flat_map(|word| occurrences(&shipped, word).map(move |(at, _)| (at, word)));
        for (at, word) in methods.chain(macros) {
            problems.push(file.problem(at, format!("`{word}` outside tests; report a diagnostic or return an error")));
        }
    }
    assert_none(&problems);
}

#[test]
fn comments_have_no_banners_and_no_loose_ends() {
    const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut problems = Vec::new();
    for file in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        for (number, line) in file.layers.comments.lines().enumerate() {
            let place = format!("{}:{}", file.path, number + 1);
            let comment = line.trim();
            if is_banner(comment.trim_start_matches('/').trim_start_matches('!')) {
                problems.push(format!("{place}: a banner; a file that needs headings should be two files"));
            }
            if MARKS.iter().any(|mark| occurrences(comment, mark).next().is_some()) && !names_an_issue(comment) {
                problems.push(format!("{place}: unfinished work without the `#number` of its issue"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn doc_comments_begin_with_a_noun_or_a_verb() {
    let mut problems = Vec::new();
    for file in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        for (number, line) in first_doc_lines(&file.layers.comments) {
            let first = line.split_whitespace().next();
            if let Some(word) = first.filter(|word| ["What", "Whether"].contains(word)) {
                let advice = "say what it is or does: \"The …\", \"True if …\", \"Returns …\"";
                problems.push(format!("{}:{number}: a doc comment begins with `{word}`; {advice}", file.path));
            }
        }
    }
    assert_none(&problems);
}

/// A name stands for one type, so that a search for it finds that type alone.
#[test]
fn types_have_names_of_their_own() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in sources("src") {
        for (number, line) in file.layers.code.lines().enumerate() {
            let Some(name) = declared_type(line) else { continue };
            let places = found.entry(name.to_owned()).or_default();
            // A macro may declare what it matches.
            if !places.iter().any(|place| place.starts_with(&format!("{}:", file.path))) {
                places.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    assert!(found.len() > 300, "{} types", found.len());
    let repeated = found.iter().filter(|(_, places)| places.len() > 1);
    let problems: Vec<String> =
        repeated.map(|(name, places)| format!("{}: `{name}` is a type in each", places.join(", "))).collect();
    assert_none(&problems);
}

/// The name of the type that a line declares. In a macro the name may be a parameter; associated types are indented.
fn declared_type(line: &str) -> Option<&str> {
    let declaration = without_visibility(line.trim_start());
    let (kind, rest) = declaration.split_once(' ')?;
    let is_alias = kind == "type" && !line.starts_with(' ');
    let name = rest.split(|letter: char| !letter.is_alphanumeric()).next()?;
    (is_alias || matches!(kind, "struct" | "enum" | "trait")).then_some(name).filter(|name| !name.is_empty())
}

/// A declaration without `pub`, `pub(super)` or `pub(in crate::markdown)`.
fn without_visibility(declaration: &str) -> &str {
    let Some(rest) = declaration.strip_prefix("pub") else { return declaration };
    let rest = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
    rest.strip_prefix(' ').unwrap_or(declaration)
}

#[test]
fn types_are_found_with_any_visibility() {
    let names = ["pub(in crate::markdown) struct HtmlTag {", "    pub enum A<T> {", "type Found = u8;", "trait B: C {"]
        .map(declared_type);
    assert_eq!(names, [Some("HtmlTag"), Some("A"), Some("Found"), Some("B")]);
    let others = ["    type Item = u8;", "public struct", "let structure = 1;", "struct $name {"].map(declared_type);
    assert_eq!(others, [None; 4]);
}

/// The first line of each doc comment, with its number.
fn first_doc_lines(comments: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_doc = |line: &str| line.starts_with("///") || line.starts_with("//!");
    let mut is_inside = false;
    comments.lines().enumerate().filter_map(move |(number, line)| {
        let line = line.trim();
        let was_inside = std::mem::replace(&mut is_inside, is_doc(line));
        (is_inside && !was_inside).then(|| (number + 1, line[3..].trim_start()))
    })
}

#[test]
fn doc_comments_are_found_by_their_first_line() {
    let comments = "//! What it is.\n\n/// One\n/// What follows.\n\n    /// Whether.\n// What\n";
    let lines: Vec<(usize, &str)> = first_doc_lines(comments).collect();
    assert_eq!(lines, [(1, "What it is."), (3, "One"), (6, "Whether.")]);
}

/// True if a comment's text is a rule, or words between rules.
fn is_banner(text: &str) -> bool {
    let is_rule = |part: &str| part.len() >= 3 && part.chars().all(|char| "-=*#~_+<>/".contains(char));
    let words: Vec<&str> = text.split_whitespace().collect();
    matches!(words.as_slice(), [first, .., last] if is_rule(first) && is_rule(last))
        || (words.len() == 1 && is_rule(words[0]))
}

/// True if a comment contains `#` and a digit.
fn names_an_issue(comment: &str) -> bool {
    comment.split('#').skip(1).any(|after| after.starts_with(|char: char| char.is_ascii_digit()))
}

#[test]
fn banners_are_distinguished_from_comments() {
    assert!(is_banner(" ---- parsing ----") && is_banner("=======") && is_banner(" ***"));
    assert!(!is_banner(" -- vocabulary") && !is_banner(" the closing `---` line") && !is_banner(" # Errors"));
    assert!(names_an_issue("see #12") && !names_an_issue("# Errors"));
}

/// One source file.
struct Source {
    /// Relative to the repository, with `/`.
    path: String,
    text: String,
    layers: Layers,
}

impl Source {
    fn problem(&self, at: usize, message: impl Display) -> String {
        format!("{}:{}: {message}", self.path, line_of(&self.text, at))
    }

    /// True if it is `src/<module>.rs` or in `src/<module>/`.
    fn belongs_to(&self, module: &str) -> bool {
        let rest = self.path.strip_prefix("src/").and_then(|path| path.strip_prefix(module));
        rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    /// The places where `super::` climbs from this file's own module to the crate's root.
    fn supers_of_the_root(&self) -> Vec<usize> {
        let climb = "super::".repeat(self.path.matches('/').count());
        let shipped = self.layers.shipped();
        occurrences(&shipped, &climb).map(|(at, _)| at).collect()
    }

    /// True if another file declares it as `#[cfg(test)] mod …;`.
    fn is_test(&self, files: &[Source]) -> bool {
        files.iter().any(|parent| {
            let folder = parent.path.trim_end_matches("/lib.rs").trim_end_matches(".rs");
            let own = |name: &String| {
                self.path == format!("{folder}/{name}.rs") || self.path.starts_with(&format!("{folder}/{name}/"))
            };
            source::test_files(&parent.layers.code).iter().any(own)
        })
    }
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap_or_default()
}

/// The names of the `mod x;` lines, in order.
fn modules(lib: &str) -> Vec<String> {
    let name = |line: &str| {
        let declared = line.trim().trim_start_matches("pub ").strip_prefix("mod ")?;
        declared.strip_suffix(';').map(str::to_owned)
    };
    Layers::of(lib).shipped().lines().filter_map(name).collect()
}

/// The Rust files below a folder of the repository, sorted; none when it does not exist. Golden sites are data.
fn sources(folder: &str) -> Vec<Source> {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(at(folder))
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| !path.starts_with(at("tests/sites")))
        .collect();
    paths.sort();
    let source = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let relative = path.strip_prefix(at("")).unwrap_or(path);
        let path = relative.to_string_lossy().replace('\\', "/");
        Source { path, layers: Layers::of(&text), text }
    };
    paths.iter().map(source).collect()
}

#[track_caller]
fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}
