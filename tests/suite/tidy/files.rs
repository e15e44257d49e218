//! The sizes of files and functions, their first sentences, and imports between files.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{used_modules, word_at};
use super::{Source, assert_none, sources, without_visibility};

/// The maximum number of lines of a file.
const LONGEST_FILE: usize = 500;
/// The maximum number of lines of a function.
const LONGEST_FUNCTION: usize = 60;

/// All files with code of this repository.
fn all() -> impl Iterator<Item = Source> {
    ["src", "tests", "benches", "fuzz"].into_iter().flat_map(sources)
}

#[test]
fn files_are_short_and_begin_with_one_sentence() {
    let mut problems = Vec::new();
    for file in all() {
        let lines = file.text.lines().count();
        if lines > LONGEST_FILE {
            problems.push(file.problem(0, format!("{lines} lines; split it by noun, {LONGEST_FILE} are enough")));
        }
        let text = file.text.lines().map_while(|line| line.strip_prefix("//! ")).collect::<Vec<_>>().join(" ");
        let sentence = text.trim_end().strip_suffix('.').is_some_and(|sentence| !sentence.trim().is_empty());
        if !sentence {
            let advice = "must begin with `//! ` and one sentence that says what the file is for";
            problems.push(file.problem(0, advice));
        }
    }
    assert_none(&problems);
}

/// The first line (from 1), the name and the number of lines of each function.
fn functions(code: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let mut words = without_visibility(line.trim_start()).split_whitespace();
        let mut words = words.by_ref().skip_while(|word| ["const", "async", "unsafe", "extern"].contains(word));
        if words.next() != Some("fn") {
            continue;
        }
        let name = words.next().and_then(word_at).unwrap_or_default();
        // Formatted code ends a function with a brace below its first line, and a signature with a semicolon.
        let is_end =
            |line: &&str| line.len() > indent && line[..indent].trim().is_empty() && line[indent..].starts_with('}');
        let is_short = line.ends_with('}') || line.ends_with(';');
        let length = if is_short { 1 } else { lines[at..].iter().position(is_end).map_or(1, |end| end + 1) };
        found.push((at + 1, name, length));
    }
    found
}

#[test]
fn functions_are_short() {
    let (mut problems, mut count) = (Vec::new(), 0);
    for file in all() {
        for (line, name, length) in functions(&file.layers.code) {
            count += 1;
            if length > LONGEST_FUNCTION {
                let advice = format!("the function `{name}` has {length} lines; {LONGEST_FUNCTION} are enough");
                problems.push(format!("{}:{line}: {advice}", file.path));
            }
        }
    }
    assert!(count > 2_000, "{count} functions");
    assert_none(&problems);
}

#[test]
fn functions_are_measured() {
    let code = "fn a() {}\nimpl X {\n    pub(in crate::x) fn b<T>(\n        c: T,\n    ) -> T {\n        c\n    }\n}\n";
    assert_eq!(functions(code), [(1, "a".to_owned(), 1), (3, "b".to_owned(), 5)]);
}

/// For each file of `src`, by its module path, the other files that it uses, except those above and inside it: a parent
/// and its children belong together.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let files = sources("src");
    let name = |file: &Source| file.path["src/".len()..file.path.len() - ".rs".len()].to_owned();
    let names: BTreeSet<String> = files.iter().map(name).collect();
    let is_inside = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
    let mut uses = BTreeMap::new();
    for file in &files {
        let own = name(file);
        let used = used_modules(&file.layers.shipped(), &own, &names);
        let used = used.into_iter().filter(|used| *used != own && !is_inside(used, &own) && !is_inside(&own, used));
        uses.insert(own.clone(), used.collect());
    }
    uses
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let uses = uses();
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 500, "the imports are not found");
    let mut problems = Vec::new();
    for file in uses.keys() {
        // Everything that the file uses, directly or not.
        let (mut reached, mut open) = (BTreeSet::new(), vec![file]);
        while let Some(next) = open.pop() {
            open.extend(uses.get(next).into_iter().flatten().filter(|used| reached.insert(*used)));
        }
        if reached.contains(file) {
            problems.push(format!("src/{file}.rs: it is part of a circle of imports; move what both sides need"));
        }
    }
    assert_none(&problems);
}
