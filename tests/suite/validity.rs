//! The pages of the example newsroom, of other editions a sample, its style sheet and its drawings are valid for the Nu
//! checker.
//!
//! Needs Java and the tools that `tests/proof/install.sh` installs; without them, prints `skipped: no Nu checker`, or
//! fails if `PRESSWORK_REQUIRE_CHECKER=1`.
#![allow(clippy::disallowed_methods, reason = "whether the checker is required is in the environment")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::browser::kinds::sampled;
use crate::browser::newsroom::Newsroom;
use crate::tree;

const CHECKER: &str = "target/proof/node_modules/vnu-jar/build/dist/vnu.jar";

/// Wrong reports of the checker: a part of the message, and the reason.
///
/// All other errors and warnings count; remarks (`info` without a warning) do not.
const WRONG: &[(&str, &str)] = &[
    // CSS Text Decoration 4 allows a single value; the checker only knows level 3.
    (
        "“text-emphasis-position”: “over” is not",
        "https://www.w3.org/TR/css-text-decor-4/#text-emphasis-position-property",
    ),
    (
        "“text-emphasis-position”: “under” is not",
        "https://www.w3.org/TR/css-text-decor-4/#text-emphasis-position-property",
    ),
    // Newer than the checker.
    ("“position-area”: Property", "https://www.w3.org/TR/css-anchor-position-1/#position-area"),
];

#[test]
fn the_example_newsroom_is_valid() {
    let newsroom = Newsroom::shared();
    let Some(messages) = check(newsroom.folder(), &[]) else { return };
    let mut problems: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in messages.iter().filter(|message| counts(message)) {
        let file = message["url"].as_str().unwrap_or_default();
        let file = file.rsplit_once("/public/").map_or(file, |(_, path)| path);
        let place = format!("{file}:{}: {}", message["lastLine"], message["extract"]);
        problems.entry(text(message, "message").to_owned()).or_default().push(place);
    }
    let line = |(message, places): (&String, &Vec<String>)| format!("{message} ({} ×) {}", places.len(), places[0]);
    let lines: Vec<String> = problems.iter().map(line).collect();
    assert!(lines.is_empty(), "{} to fix:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn a_thread_of_hostile_comments_is_valid() {
    let newsroom = Newsroom::of_thread();
    let Some(messages) = check(newsroom.folder(), &[]) else { return };
    let problems: Vec<&Value> = messages.iter().filter(|message| counts(message)).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn the_checker_finds_errors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
    write("nested.html", "<!doctype html><html lang=en><title>A</title><p><a href=/>A <button>B</button></a></p>");
    write("twice.html", "<!doctype html><html lang=en><title>A</title><p id=a>A</p><p id=a>B</p>");
    write("sheet.css", "p { colour: red }");
    let Some(messages) = check(folder.path(), &[]) else { return };
    for name in ["nested.html", "twice.html", "sheet.css"] {
        let found = messages.iter().any(|message| counts(message) && text(message, "url").ends_with(name));
        assert!(found, "{name}: {messages:?}");
    }
}

/// True if a message is an error or a warning, and not wrong.
fn counts(message: &Value) -> bool {
    let is_remark = text(message, "type") == "info" && text(message, "subType") != "warning";
    !is_remark && !WRONG.iter().any(|(part, _)| text(message, "message").contains(part))
}

fn text<'a>(message: &'a Value, key: &str) -> &'a str {
    message[key].as_str().unwrap_or_default()
}

/// The checker's messages about every page, style sheet and drawing in a folder; `None` with a message if there is no
/// checker and none is required.
fn check(folder: &Path, options: &[&str]) -> Option<Vec<Value>> {
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join(CHECKER);
    let output = checker.is_file().then(|| {
        let mut java = Command::new("java");
        java.arg("-jar").arg(&checker).args(["--format", "json", "--exit-zero-always", "--stdout"]);
        java.args(["--also-check-css", "--also-check-svg"]).args(options).args(files(folder)).output()
    });
    let Some(Ok(output)) = output else {
        let required = std::env::var_os("PRESSWORK_REQUIRE_CHECKER").is_some_and(|value| value == "1");
        assert!(!required, "no Java or no {CHECKER}: run tests/proof/install.sh");
        let _ = writeln!(std::io::stderr(), "skipped: no Nu checker");
        return None;
    };
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Some(said["messages"].as_array().expect("messages").clone())
}

/// The files of the types that the checker knows.
fn files(folder: &Path) -> Vec<PathBuf> {
    let known = |path: &Path| {
        path.extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| ["html", "css", "svg"].contains(&extension))
    };
    let paths = tree::read(folder).expect("the folder can be read").into_keys();
    let paths =
        sampled(paths.filter(|path| known(path)).collect(), |path: &PathBuf| path.to_string_lossy().into_owned());
    let files: Vec<PathBuf> = paths.into_iter().map(|path| folder.join(path)).collect();
    assert!(files.len() > 2, "there is something to check in {}", folder.display());
    files
}
