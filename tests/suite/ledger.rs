//! The ledger is only a cache: whatever happens to it, the right files are published.

mod damage;
mod rendered;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{self, newsroom, snapshot, stamps, touched};
use crate::tree::{self, Tree, difference};
use serde_json::Value;
use tempfile::TempDir;

/// A project that has been built.
struct Project {
    folder: TempDir,
    root: PathBuf,
    /// The output of a clean build of the sources.
    clean: Tree,
}

/// The output of a build.
struct Said {
    code: Option<i32>,
    /// The JSON objects of standard output.
    lines: Vec<Value>,
    err: String,
}

impl Said {
    #[track_caller]
    fn exits(self, code: i32) -> Said {
        assert_eq!(self.code, Some(code), "{:?}\n{}", self.lines, self.err);
        self
    }

    /// A number in the summary.
    #[track_caller]
    fn number(&self, key: &str) -> u64 {
        let summary = self.lines.last().and_then(|summary| summary[key].as_u64());
        summary.unwrap_or_else(|| panic!("no `{key}` in {:?}\n{}", self.lines, self.err))
    }

    /// Checks that the build prints one line with the reason why it renders everything again, and nothing else.
    #[track_caller]
    fn notes(self) -> Said {
        let is_one_line = self.err.lines().count() == 1 && self.err.starts_with("note: ");
        assert!(is_one_line, "one note is wanted: {:?}", self.err);
        self
    }

    #[track_caller]
    fn says_nothing(self) -> Said {
        assert_eq!(self.err, "");
        self
    }

    #[track_caller]
    fn renders(self, outputs: u64) -> Said {
        assert_eq!(self.number("rendered"), outputs, "{:?}\n{}", self.lines, self.err);
        self
    }
}

impl Project {
    /// Publishes a site with this many stories.
    fn new(stories: usize) -> Project {
        let folder = support::scratch();
        let root = folder.path().join("site");
        let sources = newsroom::sources(stories, "first");
        tree::write(&root, &sources).unwrap();
        let project = Project { folder, root, clean: newsroom::clean(&sources) };
        project.build(&[]).exits(0);
        project.assert_clean();
        project
    }

    fn ledger(&self) -> PathBuf {
        self.root.join(".presswork/ledger")
    }

    /// The ledgers of all other output folders, and of previews.
    fn other_ledgers(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.root.join(".presswork")).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("ledger-")).collect()
    }

    fn build(&self, more: &[&str]) -> Said {
        build(&self.root, more)
    }

    #[track_caller]
    fn assert_clean(&self) {
        assert_eq!(difference(&self.clean, &snapshot(&self.root.join("public"))), None);
    }

    /// The output of a clean build of the present sources.
    fn clean_now(&self) -> Tree {
        let mut sources = tree::read(&self.root).unwrap();
        sources.retain(|path, _| !["public", "other", ".presswork"].iter().any(|folder| path.starts_with(folder)));
        newsroom::clean(&sources)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::write(self.root.join(path), text).unwrap();
    }

    /// Builds, and returns the outputs that were written, replaced or removed, except the manifest.
    fn touches(&self) -> (Said, Vec<String>) {
        let before = stamps(&self.root.join("public"));
        let said = self.build(&[]).exits(0);
        let mut touched = touched(&before, &stamps(&self.root.join("public")));
        touched.retain(|path| path != tree::MANIFEST);
        (said, touched)
    }
}

fn build(root: &Path, more: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command
        .args(["build", "--format", "json", "--allow-removals", "99"])
        .args(["--root".as_ref(), root])
        .args(more)
        .env("TZ", "UTC");
    if !more.contains(&"--now") {
        command.args(["--now", "2026-11-22"]);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!err.contains("panicked"), "{err}");
    let out = String::from_utf8(output.stdout).unwrap();
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Said { code: output.status.code(), lines, err }
}
