//! `presswork build --watch`: publishes what is saved and what falls due, and goes on after errors.
#![allow(clippy::disallowed_methods, reason = "the command has no other clock than this machine's")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::support::{self, newsroom};
use crate::tree;

/// The longest wait for anything; on a busy machine builds take a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running command that ends with the test.
struct Running {
    child: Child,
    health: PathBuf,
}

impl Running {
    fn start(root: &Path, arguments: &[&str]) -> Running {
        let health = root.join("health.json");
        let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
        command.args(arguments).arg("--watch").arg("--health").arg(&health).current_dir(root);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Running { child, health }
    }

    /// The state in the health file.
    fn state(&self) -> Option<String> {
        let health: serde_json::Value = serde_json::from_slice(&fs::read(&self.health).ok()?).unwrap();
        health["state"].as_str().map(str::to_owned)
    }

    fn health(&self) -> Option<Vec<u8>> {
        fs::read(&self.health).ok()
    }

    /// Ends it, and returns what it has printed.
    fn end(mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.child.stdout.take().unwrap(), &mut text).unwrap();
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds, and returns how long it took.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
    begun.elapsed()
}

fn contains(path: &Path, words: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.contains(words))
}

#[test]
fn saves_and_embargoes_are_published_without_another_command() {
    let folder = support::scratch();
    let root = folder.path();
    tree::write(root, &newsroom::sources(6, "first")).unwrap();
    let running = Running::start(root, &["build"]);
    until("the first build", || running.state().as_deref() == Some("published"));
    let front = root.join("public/index.html");
    assert!(front.exists());
    // A word.
    let story = root.join(newsroom::path_of(5, ""));
    let text = fs::read_to_string(&story).unwrap();
    fs::write(&story, text.replace("title: Story 5", "title: Extra")).unwrap();
    until("a new headline", || contains(&front, "Extra of the first edition"));
    // An error, while the site stays online, and its correction.
    fs::write(&story, text.replace("authors: [", "authors: [nobody, ")).unwrap();
    until("an error", || running.state().as_deref() == Some("errors"));
    assert!(contains(&front, "Extra of the first edition"));
    let instant = Timestamp::from_second(Timestamp::now().as_second() + 4).unwrap();
    let embargoed = text.replace("title: Story 5", "title: Embargoed");
    let start = embargoed.find("date: ").unwrap();
    let end = start + embargoed[start..].find('\n').unwrap();
    fs::write(&story, &text).unwrap();
    let new = root.join("content/world/embargoed.md");
    fs::write(new, [&embargoed[..start], &format!("date: {instant}"), &embargoed[end..]].concat()).unwrap();
    until("the embargoed story", || contains(&front, "Embargoed of the first edition"));
    assert!(Timestamp::now() >= instant, "it is public before its time");
    let health = fs::read_to_string(root.join("health.json")).unwrap();
    assert!(health.contains("\"time\""), "{health}");
    let printed = running.end();
    assert!(printed.lines().count() >= 3 && printed.contains(" written, "), "{printed}");
}

#[test]
fn saves_are_deployed_without_another_command() {
    let folder = support::scratch();
    let root = folder.path().join("site");
    let mut sources = newsroom::sources(3, "first");
    let config = sources.get_mut(Path::new("site.yaml")).unwrap();
    config.extend(b"deploy: {targets: {live: {url: ../online}}}\n");
    tree::write(&root, &sources).unwrap();
    let running = Running::start(&root, &["deploy"]);
    until("the first deploy", || running.state().as_deref() == Some("published"));
    let first = running.health();
    let story = root.join(newsroom::path_of(0, ""));
    let text = fs::read_to_string(&story).unwrap();
    fs::write(&story, text.replace("title: Story 0", "title: Extra")).unwrap();
    until("a new headline", || contains(&folder.path().join("online/index.html"), "Extra of the first edition"));
    // The health file is written after the report.
    until("the second report", || running.health() != first);
    let printed = running.end();
    assert_eq!(printed.lines().filter(|line| line.contains("generation")).count(), 2, "{printed}");
}
