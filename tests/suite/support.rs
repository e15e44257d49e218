//! Shared parts of tests of whole builds: a project in a folder, builds of it, snapshots of folders, and reproducible
//! random numbers.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use presswork::build::{BuildOptions, NoProgress, Progress, Summary, build};
use presswork::diagnostic::to_json;
use tempfile::TempDir;

use crate::tree::{self, Tree};

mod keys;
pub mod newsroom;

pub use keys::keys;

/// The default instant of builds.
pub const INSTANT: &str = "2026-11-22T12:00:00Z";

/// A temporary folder, in memory if possible: tests of whole builds create many small files.
pub fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// True if a build's system calls can be traced. Without `strace`, prints that the test is skipped, or fails if
/// `PRESSWORK_REQUIRE_TRACE` is 1.
#[allow(clippy::disallowed_methods, reason = "whether a test may be left out comes from the environment")]
pub fn has_strace() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let can_trace = traced.is_ok_and(|output| output.status.success());
    if !can_trace {
        let is_required = std::env::var_os("PRESSWORK_REQUIRE_TRACE").is_some_and(|value| value == "1");
        assert!(!is_required, "no strace, or it may not trace here, with PRESSWORK_REQUIRE_TRACE=1");
        eprintln!("skipped: no strace, or it may not trace here");
    }
    can_trace
}

/// The options of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The instant that decides what is public.
    pub at: String,
    /// True if drafts are shown.
    pub drafts: bool,
    /// A base URL to use instead of the configuration's.
    pub base_url: Option<String>,
    /// An output folder other than `public`, below the project's folder.
    pub output: Option<String>,
}

impl Default for Call {
    fn default() -> Call {
        Call { at: INSTANT.to_owned(), drafts: false, base_url: None, output: None }
    }
}

impl Call {
    /// The output folder of a project.
    pub fn output(&self, root: &Path) -> PathBuf {
        root.join(self.output.as_deref().unwrap_or("public"))
    }
}

/// The result of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The exit code that the command would have.
    pub code: u8,
    /// The diagnostics as JSON, sorted.
    pub diagnostics: Vec<String>,
    /// The message of a machine error, or of a panic.
    pub problem: Option<String>,
    /// The numbers of a build that has published.
    pub summary: Option<Summary>,
}

impl Built {
    /// Without diagnostics that need the last build: that an article has moved, is gone, or has another text.
    pub fn without_moves(mut self) -> Built {
        let knows_more = |line: &String| {
            ["moved-url", "deleted-story", "silent-edit", "no-longer-published"]
                .iter()
                .any(|code| line.contains(&format!("\"code\":\"{code}\"")))
        };
        self.diagnostics.retain(|line| !knows_more(line));
        self
    }
}

/// Builds a project in this process.
pub fn run(root: &Path, call: &Call) -> Built {
    run_watched(root, call, &NoProgress)
}

/// Builds a project with `--verify`, without the diagnostics about outputs that differed.
pub fn verify(root: &Path, call: &Call) -> Built {
    let mut built = run_with(root, call, true, &NoProgress);
    built.diagnostics.retain(|line| !line.contains("\"code\":\"output-differs\""));
    built
}

/// Builds a project in this process and reports its progress.
pub fn run_watched(root: &Path, call: &Call, progress: &dyn Progress) -> Built {
    run_with(root, call, false, progress)
}

fn run_with(root: &Path, call: &Call, verify: bool, progress: &dyn Progress) -> Built {
    let options = BuildOptions {
        output: call.output.as_ref().map(|folder| root.join(folder)),
        base_url: call.base_url.clone(),
        drafts: call.drafts,
        verify,
        allow_removals: usize::MAX,
        ..BuildOptions::new(root.to_owned(), call.at.parse().unwrap())
    };
    match catch_unwind(AssertUnwindSafe(|| build(&options, progress))) {
        Ok(Ok(outcome)) => {
            let mut diagnostics: Vec<String> = outcome.diagnostics.iter().map(to_json).collect();
            diagnostics.sort();
            Built { code: u8::from(outcome.summary.is_none()), diagnostics, problem: None, summary: outcome.summary }
        }
        Ok(Err(error)) => Built { code: 2, diagnostics: Vec::new(), problem: Some(error.0), summary: None },
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            let problem = Some(format!("panic: {}", text.unwrap_or_default()));
            Built { code: 101, diagnostics: Vec::new(), problem, summary: None }
        }
    }
}

/// Every file below a folder with its bytes, including hidden ones and the manifest; a symbolic link as its target, an
/// empty folder by its name.
pub fn snapshot(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut empty = |path: &Path, tree: &mut Tree| drop(tree.insert(path.to_owned(), b"an empty folder".to_vec()));
    tree::read_below(folder, Path::new(""), &mut tree, &mut empty).unwrap();
    tree
}

/// The metadata that shows that a file was written or replaced: size, mtime and inode.
pub type Stamp = (u64, SystemTime, u64);

/// The stamps of all files below a folder.
pub fn stamps(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    files
        .map(|entry| {
            let metadata = fs::symlink_metadata(entry.path()).unwrap();
            let path = entry.path().strip_prefix(folder).unwrap().to_path_buf();
            (path, (metadata.len(), metadata.modified().unwrap(), metadata.ino()))
        })
        .collect()
}

/// The files whose stamps differ: changed, new and removed ones.
pub fn touched(before: &BTreeMap<PathBuf, Stamp>, after: &BTreeMap<PathBuf, Stamp>) -> Vec<String> {
    let changed = after.iter().filter(|(path, stamp)| before.get(*path) != Some(*stamp)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    changed.chain(gone).map(|path| path.display().to_string()).collect()
}

/// True if an output is a feed.
pub fn is_feed(path: &str) -> bool {
    ["rss.xml", "atom.xml", "feed.json"].iter().any(|name| path.rsplit('/').next() == Some(*name))
}

/// The outputs that contain these words, except the manifest.
pub fn holding(public: &Path, words: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(words.len()).any(|window| window == words.as_bytes());
    let files = snapshot(public).into_iter().filter(|(_, bytes)| holds(bytes));
    files.map(|(path, _)| path.display().to_string()).collect()
}

/// Sets a file's mtime.
pub fn set_modified(path: &Path, time: SystemTime) {
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Copies a folder; with `stamped`, files keep their times.
pub fn copy(from: &Path, to: &Path, stamped: bool) {
    tree::copy(from, to, &[]).unwrap();
    if stamped {
        for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
            if entry.file_type().is_file() {
                let time = entry.metadata().unwrap().modified().unwrap();
                set_modified(&to.join(entry.path().strip_prefix(from).unwrap()), time);
            }
        }
    }
}

/// The files of the theme `plain`, by their paths in a project.
pub fn plain_theme() -> &'static Tree {
    static THEME: OnceLock<Tree> = OnceLock::new();
    THEME.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/themes/plain");
        let files = tree::read(&folder).unwrap();
        files.into_iter().map(|(path, bytes)| (Path::new("themes/plain").join(path), bytes)).collect()
    })
}

/// Random numbers from a seed (the generator "SplitMix64" by Steele, Lea and Flood).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// True with a probability of this percentage.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A random item.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A random item, if there is any.
    pub fn pick_any<T: Clone>(&mut self, from: impl IntoIterator<Item = T>) -> Option<T> {
        let all: Vec<T> = from.into_iter().collect();
        (!all.is_empty()).then(|| self.pick(&all).clone())
    }
}
