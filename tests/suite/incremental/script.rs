//! A site and a list of edits, both from a seed: made in one project that is kept, and compared after each edit with a
//! clean build of the same sources in another folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Write as _};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use super::edits::{Accident, Edit, KINDS};
use super::generate;
use super::site::Site;
use crate::support::{self, Built, Call, Random, snapshot};
use crate::tree::{self, Tree, difference};

/// The number of edits in a script.
pub const EDITS: usize = 12;

/// The parameters of a script; the seed decides everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub seed: u64,
    /// The number of stories at the start.
    pub stories: usize,
    /// The edits of the seed that are made; leaving some out does not change the others.
    pub edits: Vec<usize>,
}

/// The results of a script.
#[derive(Debug, Default)]
pub struct Tally {
    /// For each kind of edit, how often a build after it published, and how often it failed.
    pub kinds: BTreeMap<&'static str, (usize, usize)>,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        for (kind, (published, failed)) in other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            *sum = (sum.0 + published, sum.1 + failed);
        }
    }

    pub fn published(&self) -> usize {
        self.kinds.values().map(|(published, _)| published).sum()
    }

    /// Kinds after which no site could be published, although they break none by themselves.
    pub fn unpublished(&self) -> Vec<&'static str> {
        let breaks =
            |kind: &str| kind.ends_with("carelessly") || ["file broken", "story breaks a page"].contains(&kind);
        let never = self.kinds.iter().filter(|(kind, (published, _))| *published == 0 && !breaks(kind));
        never.map(|(kind, _)| *kind).collect()
    }

    pub fn cases(&self) -> usize {
        self.kinds.values().map(|(published, failed)| published + failed).sum()
    }
}

/// The failure, and the edits that led to it.
#[derive(Debug)]
pub struct Failure {
    script: Script,
    words: Vec<String>,
    complaint: String,
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "an incremental build is not what a clean build is\n{}", self.complaint)?;
        writeln!(f, "a site of {} stories, then:", self.script.stories)?;
        for words in &self.words {
            writeln!(f, "  - {words}")?;
        }
        write!(f, "again: PRESSWORK_REPLAY={} cargo test --test suite incremental::any_edits", self.script)
    }
}

impl Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edits: Vec<String> = self.edits.iter().map(usize::to_string).collect();
        write!(f, "{}:{}:{}", self.seed, self.stories, edits.join(","))
    }
}

impl Script {
    /// The whole script of a seed.
    pub fn of(seed: u64) -> Script {
        let stories = Random::new(seed).between(5, 16);
        // One seed in eight has a larger site.
        let stories = if seed % 8 == 7 { stories + 24 } else { stories };
        Script { seed, stories, edits: (0..EDITS).collect() }
    }

    /// Parses a script from the output of a failure.
    pub fn parse(text: &str) -> Option<Script> {
        let mut parts = text.split(':');
        let (seed, stories, edits) = (parts.next()?, parts.next()?, parts.next()?);
        let edits = edits.split(',').filter(|edit| !edit.is_empty()).map(str::parse).collect::<Result<_, _>>();
        Some(Script { seed: seed.parse().ok()?, stories: stories.parse().ok()?, edits: edits.ok()? })
    }

    /// Runs the script.
    pub fn run(&self) -> Result<Tally, Box<Failure>> {
        let mut tally = Tally::default();
        let mut words = Vec::new();
        let mut site = generate::site(&mut Random::new(self.seed), self.stories);
        let mut project = Project::new(&site);
        let fail =
            |words: &[String], complaint| Box::new(Failure { script: self.clone(), words: words.to_vec(), complaint });
        let mut good = site.clone();
        let mut is_good = project.compare(&site, false, false).map_err(|complaint| fail(&words, complaint))?;
        for &at in &self.edits {
            let mut random = Random::new(self.seed.wrapping_mul(1_000_003) ^ at as u64);
            let (kind, maker) = kind(self.seed as usize * EDITS + at);
            let mut reverted = "";
            if !is_good && random.chance(75) {
                site.clone_from(&good);
                reverted = "all back to the last state that could be published; ";
            }
            let edit: Edit = maker(&mut site, &mut random);
            words.push(format!("{reverted}{kind}: {}", edit.words));
            project.apply(&site, edit.accident, &mut random);
            let verifies = edit.accident == Some(Accident::Mask);
            is_good =
                project.compare(&site, verifies, random.chance(20)).map_err(|complaint| fail(&words, complaint))?;
            let count = tally.kinds.entry(kind).or_default();
            *count = if is_good { (count.0 + 1, count.1) } else { (count.0, count.1 + 1) };
            if is_good {
                good.clone_from(&site);
            }
            project.remember(&site.call, is_good && random.chance(40));
        }
        Ok(tally)
    }

    /// The smallest script found that still fails, and its failure.
    pub fn shrink(self, failure: Box<Failure>) -> Box<Failure> {
        let made = failure.words.len();
        let mut best = (Script { edits: self.edits[..made].to_vec(), ..self }, failure);
        for at in (0..made.saturating_sub(1)).rev() {
            let mut fewer = best.0.clone();
            if at < fewer.edits.len() {
                fewer.edits.remove(at);
                best = fewer.clone().run().err().map_or(best, |failure| (fewer, failure));
            }
        }
        for stories in [1, 2, 3, 5, 8, 12] {
            let fewer = Script { stories, ..best.0.clone() };
            if stories < best.0.stories
                && let Err(failure) = fewer.clone().run()
            {
                best = (fewer, failure);
                break;
            }
        }
        best.1
    }
}

/// The kind of an edit, by its number among all edits of all seeds: each kind occurs equally often, in any order.
fn kind(number: usize) -> (&'static str, fn(&mut Site, &mut Random) -> Edit) {
    let mut order: Vec<usize> = (0..KINDS.len()).collect();
    let mut random = Random::new((number / KINDS.len()) as u64);
    for at in (1..order.len()).rev() {
        order.swap(at, random.below(at + 1));
    }
    KINDS[order[number % KINDS.len()]]
}

/// A project that is kept through the edits, and a folder beside it for clean builds.
struct Project {
    folder: TempDir,
    root: PathBuf,
    copies: usize,
    /// The sources on disk.
    sources: Tree,
    /// Unrelated files in output folders.
    foreign: BTreeMap<PathBuf, Tree>,
    /// Earlier states of output folders, with their unrelated files.
    saved: BTreeSet<PathBuf>,
    /// The clean build of the last sources and call, to be reused.
    clean: Option<(Tree, Call, Built, Tree)>,
}

impl Project {
    fn new(site: &Site) -> Project {
        let folder = support::scratch();
        let root = folder.path().join("project-0");
        let sources = site.tree();
        tree::write(&root, &sources).unwrap();
        Project { root, folder, copies: 0, sources, foreign: BTreeMap::new(), saved: BTreeSet::new(), clean: None }
    }

    /// Updates the files to match the site, and applies the accident.
    fn apply(&mut self, site: &Site, accident: Option<Accident>, random: &mut Random) {
        let output = site.call.output(&self.root);
        let wanted = site.tree();
        let changed: Vec<&PathBuf> = wanted
            .iter()
            .filter(|(path, bytes)| self.sources.get(*path) != Some(*bytes))
            .map(|(path, _)| path)
            .collect();
        let times: Vec<(PathBuf, SystemTime)> = changed
            .iter()
            .filter(|path| accident == Some(Accident::Mask) && self.sources.contains_key(**path))
            .map(|path| self.root.join(path))
            .map(|path| (path.clone(), path.metadata().unwrap().modified().unwrap()))
            .collect();
        let keeps_folders = random.chance(50);
        for path in self.sources.keys().filter(|path| !wanted.contains_key(*path)) {
            remove(&self.root, path, keeps_folders);
        }
        tree::write(&self.root, changed.into_iter().map(|path| (path, &wanted[path]))).unwrap();
        times.iter().for_each(|(path, time)| support::set_modified(path, *time));
        self.sources = wanted;
        match accident {
            Some(Accident::Touch(percent)) => {
                let later = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(random.below(1 << 31) as u64);
                for path in self.sources.keys().filter(|_| random.chance(percent)) {
                    support::set_modified(&self.root.join(path), later);
                }
            }
            Some(Accident::Copy { stamped }) => {
                self.copies += 1;
                let root = self.folder.path().join(format!("project-{}", self.copies));
                support::copy(&self.root, &root, stamped);
                fs::remove_dir_all(&self.root).unwrap();
                self.root = root;
            }
            Some(Accident::Tamper) => self.tamper(&output, random),
            Some(Accident::LoseCache) => remove_all(&self.root.join(".presswork")),
            Some(Accident::LoseOutput) => {
                remove_all(&output);
                self.foreign.remove(&self.name_of(&output));
            }
            Some(Accident::RestoreOutput { stamped }) => self.restore(&output, stamped),
            Some(Accident::Foreign) if output.exists() => {
                let path = PathBuf::from(format!("of-mine-{}.txt", random.below(3)));
                fs::write(output.join(&path), "mine").unwrap();
                self.foreign.entry(self.name_of(&output)).or_default().insert(path, b"mine".to_vec());
            }
            Some(Accident::Foreign | Accident::Mask) | None => {}
        }
    }

    /// The output folder's path in the project, in any copy of the project.
    fn name_of(&self, output: &Path) -> PathBuf {
        output.strip_prefix(&self.root).unwrap().to_owned()
    }

    fn tamper(&self, output: &Path, random: &mut Random) {
        let foreign = self.foreign.get(&self.name_of(output));
        let mut ours = tree::read(output).unwrap();
        ours.retain(|path, _| foreign.is_none_or(|foreign| !foreign.contains_key(path)));
        for _ in 0..random.between(1, 6) {
            let Some((name, bytes)) = random.pick_any(&ours) else { return };
            let path = output.join(name);
            let way = random.below(6);
            if way == 0 || way == 5 {
                let _ = fs::remove_file(&path);
            }
            match way {
                0 => {}
                1 => File::options().append(true).open(&path).unwrap().write_all(b"more").unwrap(),
                2 => drop(File::create(&path).unwrap()),
                3 => fs::write(&path, vec![b'x'; bytes.len()]).unwrap(),
                4 => remove_all(path.parent().filter(|folder| *folder != output).unwrap_or(&path)),
                _ => symlink("/nowhere", &path).unwrap(),
            }
            if way >= 4 {
                return;
            }
        }
    }

    /// Puts an earlier state of the output folder back.
    fn restore(&mut self, output: &Path, stamped: bool) {
        let name = self.name_of(output);
        if self.saved.contains(&name) {
            remove_all(output);
            support::copy(&self.folder.path().join("saved").join(&name), output, stamped);
            let foreign = tree::read(output).unwrap().into_iter();
            let foreign = foreign.filter(|(path, _)| path.to_string_lossy().starts_with("of-mine"));
            self.foreign.insert(name, foreign.collect());
        }
    }

    /// Keeps a copy of the output folder for later.
    fn remember(&mut self, call: &Call, wanted: bool) {
        if wanted {
            let output = call.output(&self.root);
            let name = self.name_of(&output);
            let saved = self.folder.path().join("saved").join(&name);
            remove_all(&saved);
            support::copy(&output, &saved, true);
            self.saved.insert(name);
        }
    }

    /// Builds here and in a clean folder, and compares. Returns true if the site was published.
    fn compare(&mut self, site: &Site, verifies: bool, twice: bool) -> Result<bool, String> {
        let call = &site.call;
        let output = call.output(&self.root);
        let before = snapshot(&output);
        let built = if verifies { support::verify(&self.root, call) } else { support::run(&self.root, call) };
        let built = built.without_moves();
        let after = snapshot(&output);
        self.build_clean(call);
        let Some((_, _, wanted, published)) = &self.clean else { return Err("no clean build".to_owned()) };
        if (built.code, &built.diagnostics, &built.problem) != (wanted.code, &wanted.diagnostics, &wanted.problem) {
            return Err(said(wanted, &built));
        }
        let mut expected = if built.code == 0 { published.clone() } else { before };
        if built.code == 0 {
            expected.extend(self.foreign.get(&self.name_of(&output)).cloned().unwrap_or_default());
        }
        if let Some(difference) = difference(&expected, &after) {
            return Err(format!("exit code {}, and the output folder differs:\n{difference}", built.code));
        }
        if self.root.join(".presswork/staging").exists() {
            return Err("staged files were left behind".to_owned());
        }
        if built.code == 0 && twice {
            self.build_again(call, &output)?;
        }
        Ok(built.code == 0)
    }

    /// Makes a clean build of the present sources, unless it is the last one made.
    fn build_clean(&mut self, call: &Call) {
        let same = |(sources, made, ..): &(Tree, Call, Built, Tree)| (sources, made) == (&self.sources, call);
        if self.clean.as_ref().is_some_and(same) {
            return;
        }
        let root = self.folder.path().join("clean");
        remove_all(&root);
        tree::write(&root, &self.sources).unwrap();
        let built = support::run(&root, call);
        self.clean = Some((self.sources.clone(), call.clone(), built, snapshot(&call.output(&root))));
    }

    /// Building again without changes writes nothing.
    fn build_again(&self, call: &Call, output: &Path) -> Result<(), String> {
        let before = support::stamps(output);
        let again = support::run(&self.root, call);
        let touched = support::touched(&before, &support::stamps(output));
        match (again.summary.map(|summary| (summary.written, summary.removed)), touched.is_empty()) {
            (Some((0, 0)), true) => Ok(()),
            _ => Err(format!("a second build of the same says {again:?} and has touched {touched:?}")),
        }
    }
}

fn said(wanted: &Built, built: &Built) -> String {
    let mut text = format!("exit code {} instead of {}\n", built.code, wanted.code);
    for (name, one, other) in [("missing", wanted, built), ("not expected", built, wanted)] {
        let lines = one.diagnostics.iter().chain(&one.problem);
        for line in lines.filter(|line| !other.diagnostics.contains(line) && other.problem.as_ref() != Some(*line)) {
            let _ = writeln!(text, "  {name}: {line}");
        }
    }
    text
}

/// Removes a file and, unless they are to be kept, folders that are empty afterwards.
fn remove(root: &Path, path: &Path, keeps_folders: bool) {
    fs::remove_file(root.join(path)).unwrap();
    let folders = path.ancestors().skip(1).filter(|folder| *folder != Path::new("") && !keeps_folders);
    for folder in folders {
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}

fn remove_all(path: &Path) {
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    if metadata.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
}
