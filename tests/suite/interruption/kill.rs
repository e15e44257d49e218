//! A build killed at any point leaves whole files, and the next build gives the same as a clean one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{command, said};
use crate::support::{self, Call, Random, newsroom, snapshot};
use crate::tree::{Tree, difference};

const STORIES: usize = 24;
const FILES: usize = 200;
/// The number of builds that must have been killed. The test with `strace` kills before every call; here the order of
/// kills and complete builds varies.
const KILLS: usize = 110;

/// The step that a build must have begun before the delay starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// The process has started.
    Start,
    /// It has begun to stage files.
    Staging,
    /// It has begun to publish, and has replaced the manifest this many times.
    Manifest(usize),
    /// It has begun to write into its own folder: a file there has been added or removed this many times.
    Own(usize),
}

const MOMENTS: [Moment; 9] = [
    Moment::Start,
    Moment::Start,
    Moment::Staging,
    Moment::Manifest(1),
    Moment::Manifest(1),
    Moment::Manifest(2),
    Moment::Own(1),
    Moment::Own(2),
    Moment::Own(3),
];

/// A project whose sources change between two editions.
struct Project {
    root: PathBuf,
    editions: [(Tree, Tree); 2],
    now: usize,
}

impl Project {
    fn turn_to(&mut self, edition: usize) {
        let (old, new) = (&self.editions[self.now].0, &self.editions[edition].0);
        newsroom::publish_sources(&self.root, old, new);
        self.now = edition;
    }

    fn public(&self) -> PathBuf {
        self.root.join("public")
    }

    /// Completes a build, and checks that the output folder is the same as after a clean build.
    fn complete(&self, after: &str) -> Duration {
        let begun = Instant::now();
        let (code, out, err) = said(command(&self.root, &["--format", "json"]).output().unwrap());
        let took = begun.elapsed();
        assert_eq!(code, Some(0), "{after}\n{out}\n{err}");
        if let Some(difference) = difference(&self.editions[self.now].1, &snapshot(&self.public())) {
            panic!("after builds were killed ({after}) the next one did not end right:\n{difference}");
        }
        assert!(!self.root.join(".presswork/staging").exists(), "staged files are left ({after})");
        took
    }

    /// Checks that every file is whole and of one of the editions.
    fn assert_whole(&self, after: &str) {
        let files = snapshot(&self.public());
        let visible = files.iter().filter(|(path, _)| !path.to_string_lossy().starts_with('.'));
        for (path, bytes) in visible {
            let is_known = self.editions.iter().any(|(_, clean)| clean.get(path) == Some(bytes));
            let is_empty_folder = bytes == b"an empty folder";
            assert!(is_known || is_empty_folder, "{after}: {} is of neither edition", path.display());
        }
    }

    /// Builds, and kills the build at the moment after the delay. Returns false if the build had already finished.
    fn kill(&self, moment: Moment, delay: Duration) -> bool {
        let manifest = self.public().join(crate::tree::MANIFEST);
        let (mut seen, mut replaced) = (identity(&manifest), 0);
        let (mut own, mut moves) = (names(&self.root), 0);
        let mut child = command(&self.root, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut since = (moment == Moment::Start).then(Instant::now);
        let mut looks = 0_u32;
        let status = loop {
            looks += 1;
            // Publishing is so short that most of the time only the manifest is checked.
            if looks.is_multiple_of(32)
                && let Some(status) = child.try_wait().unwrap()
            {
                break status;
            }
            if since.is_some_and(|since| since.elapsed() >= delay) {
                let _ = child.kill();
                break child.wait().unwrap();
            }
            let has_come = match moment {
                Moment::Start => true,
                Moment::Staging => self.root.join(".presswork/staging").exists(),
                Moment::Manifest(times) => {
                    let now = identity(&manifest);
                    if now != seen {
                        (seen, replaced) = (now, replaced + 1);
                    }
                    replaced >= times
                }
                Moment::Own(times) => {
                    let now = names(&self.root);
                    if now != own {
                        (own, moves) = (now, moves + 1);
                    }
                    moves >= times
                }
            };
            if since.is_none() && has_come {
                since = Some(Instant::now());
            }
        };
        assert!(status.success() || status.signal() == Some(9), "{status:?}");
        status.signal() == Some(9)
    }
}

/// The parts of a file's metadata that change when it is replaced: inode and mtime.
type Identity = Option<(u64, i64, i64)>;

fn identity(path: &Path) -> Identity {
    fs::metadata(path).ok().map(|metadata| (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()))
}

/// The files that builds keep in the project, except staged ones.
fn names(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root.join(".presswork")) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut kept: Vec<PathBuf> = paths.filter(|path| !path.ends_with("staging")).collect();
    kept.sort();
    kept
}

/// Sources for which publishing takes long compared with rendering.
fn many_files(edition: &str) -> Tree {
    let mut sources = newsroom::sources(STORIES, edition);
    for number in 0..FILES {
        let path = format!("content/static/{}/file-{}.txt", number % 7, number + usize::from(edition == "first"));
        sources.insert(PathBuf::from(path), format!("{edition} {number}").into_bytes());
    }
    sources
}

#[test]
fn a_build_killed_at_any_point_is_repaired_by_the_next() {
    let folder = support::scratch();
    let sources = ["first", "second"].map(many_files);
    let editions = sources.map(|sources| (sources.clone(), newsroom::clean(&sources)));
    let mut project = Project { root: folder.path().join("site"), editions, now: 0 };
    crate::tree::write(&project.root, &project.editions[0].0).unwrap();
    project.complete("nothing");
    let mut random = Random::new(9);
    let (mut killed, mut tried, mut since_complete) = (0, 0, Vec::new());
    let mut by_moment: BTreeMap<Moment, (usize, usize)> = BTreeMap::new();
    let mut whole = Duration::ZERO;
    for edition in [1, 0, 1] {
        project.turn_to(edition);
        whole = whole.max(project.complete("nothing"));
    }
    while killed < KILLS {
        tried += 1;
        assert!(tried < 10 * KILLS, "of {tried} builds only {killed} could be killed in time");
        if random.chance(70) {
            project.turn_to(1 - project.now);
        }
        if random.chance(3) {
            let _ = fs::remove_dir_all(project.root.join(".presswork"));
        }
        let moment = *random.pick(&MOMENTS);
        // Some moments are rare, or come too late for a kill: they are tried less often.
        let (tries, kills) = by_moment.entry(moment).or_default();
        if *tries > 6 && *kills * 3 < *tries && random.chance(90) {
            tried -= 1;
            continue;
        }
        // Publishing takes a few milliseconds, the steps before it most of the time.
        let longest = match moment {
            Moment::Start | Moment::Staging => whole,
            Moment::Manifest(1) => whole / 10,
            Moment::Manifest(_) | Moment::Own(3) => whole / 100,
            Moment::Own(1) => whole / 2,
            Moment::Own(_) => whole / 20,
        };
        let delay = longest.mul_f64(random.below(1000) as f64 / 1000.0);
        let was_killed = project.kill(moment, delay);
        killed += usize::from(was_killed);
        (*tries, *kills) = (*tries + 1, *kills + usize::from(was_killed));
        since_complete.push(format!("{moment:?} + {delay:?}{}", if was_killed { "" } else { ", too late" }));
        let after = since_complete.join("; ");
        project.assert_whole(&after);
        if since_complete.len() >= random.between(1, 6) {
            if random.chance(50) {
                project.turn_to(1 - project.now);
            }
            project.complete(&after);
            since_complete.clear();
        }
    }
    project.complete(&since_complete.join("; "));
    println!("{killed} of {tried} builds were killed, each of which would have taken up to {whole:?}");
    println!("tries and kills by the moment after which the delay began: {by_moment:?}");
}

/// Files staged but not published do no harm to another instant or another output folder either.
#[test]
fn a_killed_build_leaves_other_builds_alone() {
    let folder = support::scratch();
    let sources = newsroom::sources(6, "first");
    crate::tree::write(folder.path(), &sources).unwrap();
    let project = Project {
        root: folder.path().to_owned(),
        editions: [(Tree::new(), Tree::new()), (Tree::new(), Tree::new())],
        now: 0,
    };
    let mut killed = 0;
    for _ in 0..20 {
        killed += usize::from(project.kill(Moment::Staging, Duration::ZERO));
        let call = Call { output: Some("other".to_owned()), ..Call::default() };
        assert_eq!(support::run(folder.path(), &call).code, 0);
        assert_eq!(difference(&newsroom::clean(&sources), &snapshot(&folder.path().join("other"))), None);
        fs::remove_dir_all(folder.path().join("other")).unwrap();
    }
    assert!(killed > 0);
}

/// With `strace`, a build can be killed before every single call that changes something on disk.
#[test]
fn a_build_killed_before_any_call_is_repaired_by_the_next() {
    let folder = support::scratch();
    if !support::has_strace() {
        return;
    }
    let sources = ["first", "second"].map(|edition| newsroom::sources(5, edition));
    let editions = sources.map(|sources| (sources.clone(), newsroom::clean(&sources)));
    let mut project = Project { root: folder.path().join("site"), editions, now: 0 };
    crate::tree::write(&project.root, &project.editions[0].0).unwrap();
    project.complete("nothing");
    let mut kills = Vec::new();
    for call in ["rename", "unlink", "rmdir", "mkdir", "write", "unlinkat"] {
        for number in 1.. {
            project.turn_to(1 - project.now);
            let inject = format!("inject={call}:signal=KILL:when={number}");
            let mut strace = Command::new("strace");
            strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
            let build = command(&project.root, &[]);
            let output = strace.arg(build.get_program()).args(build.get_args()).output().unwrap();
            let after = format!("killed before {call} number {number}");
            project.assert_whole(&after);
            if number % 3 == 0 {
                project.turn_to(1 - project.now);
            }
            project.complete(&after);
            if output.status.success() {
                kills.push((call, number - 1));
                break;
            }
        }
    }
    println!("killed before each of: {kills:?}");
    assert!(kills.iter().map(|(_, count)| count).sum::<i32>() > 60, "{kills:?}");
}
