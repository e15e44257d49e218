//! Deploys to a folder: what is put and deleted, in which order, and what is left after a deploy was killed.

#[cfg(feature = "announce")]
mod announce;
mod branch;
mod command;
mod kill;
mod readers;
mod refusals;
mod travel;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use presswork::build::NoProgress;
use presswork::config::{self, Config, StoreUrl, TargetUrl};
use presswork::deploy::{
    DeployError, DeployOptions, DeployReport, Deployment, LockOwner, SiteFiles, deploy, rollback, verify,
};
use presswork::hosts::StoredHeaders;
use presswork::store::{FolderStore, Interrupt, Put, PutCondition, Store, StoreError, StoreErrorKind, StoredFile};
use tempfile::TempDir;

use crate::support::{self, Call, newsroom, snapshot};
use crate::tree::{self, Tree};

/// The instant of the builds, in seconds of Unix time.
const NOW: i64 = 1_795_348_800;

/// A project with two editions, and a target with a private state.
struct Paper {
    folder: TempDir,
    editions: [Tree; 2],
    edition: Option<usize>,
    clock: AtomicI64,
}

impl Paper {
    fn new(stories: usize) -> Paper {
        let editions = ["first", "second"].map(|edition| newsroom::sources(stories, edition));
        Paper { folder: support::scratch(), editions, edition: None, clock: AtomicI64::new(NOW) }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn online(&self) -> PathBuf {
        self.folder.path().join("online")
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Builds an edition.
    fn build(&mut self, edition: usize) {
        match self.edition {
            Some(known) => newsroom::publish_sources(&self.root(), &self.editions[known], &self.editions[edition]),
            None => tree::write(&self.root(), &self.editions[edition]).unwrap(),
        }
        self.edition = Some(edition);
        let built = support::run(&self.root(), &Call::default());
        assert_eq!((built.code, built.problem), (0, None));
    }

    /// The files of the last build, as of the time on the clock.
    fn files(&self) -> SiteFiles {
        let config = self.config();
        let mut files = SiteFiles::of_last_build(&self.root(), &config, &TARGET).unwrap();
        files.as_of = self.clock.load(Ordering::Relaxed);
        files
    }

    fn config(&self) -> Config {
        config::parse(&fs::read_to_string(self.root().join("site.yaml")).unwrap()).value.unwrap()
    }

    /// Calls `work` with a deployment to these stores, by a project folder of this name.
    fn with<R>(
        &self,
        target: &dyn Store,
        state: &dyn Store,
        folder: &str,
        options: DeployOptions,
        work: impl FnOnce(&Deployment<'_>) -> R,
    ) -> R {
        let root = self.root();
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let deployment = Deployment {
            target,
            state,
            cache: self.folder.path().join("cache").join(folder),
            root: &root,
            commit: None,
            owner: LockOwner { id: id.to_string(), folder: folder.to_owned(), name: format!("{folder} on test") },
            now: &|| self.clock.load(Ordering::Relaxed),
            interrupt: Interrupt::default(),
            progress: &NoProgress,
            options,
        };
        work(&deployment)
    }

    fn deploy_with(&self, options: DeployOptions) -> Result<DeployReport, DeployError> {
        let (target, state) = (FolderStore::new(self.online()), FolderStore::new(self.state()));
        self.with(&target, &state, "one", options, |deployment| deploy(deployment, &self.files()))
    }

    fn deploy(&self) -> DeployReport {
        self.deploy_with(OPTIONS).unwrap()
    }

    /// The files of readers at the target.
    fn readable(&self) -> Tree {
        readable(&self.online())
    }

    /// Checks that the target has the files of the last build and no other.
    fn assert_complete(&self) {
        let built = tree::read(&self.root().join("public")).unwrap();
        if let Some(difference) = tree::difference(&built, &self.readable()) {
            panic!("{difference}");
        }
    }
}

const TARGET: TargetUrl = TargetUrl::Store(StoreUrl::Folder(String::new()));
const OPTIONS: DeployOptions = DeployOptions {
    keep_assets: 0,
    max_delete: Some(usize::MAX),
    take_over: false,
    put_all: false,
    allow_older: false,
    break_lock: false,
    is_private: true,
};

/// Files below a folder, without Presswork's own.
fn readable(folder: &Path) -> Tree {
    let files = snapshot(folder).into_iter();
    files.filter(|(path, _)| !path.starts_with(presswork::store::PRIVATE_FOLDER)).collect()
}

/// The links of a page to files of the site, as paths below its root.
fn links(page: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(page);
    let found = ["href=\"/", "src=\"/"].into_iter().flat_map(|start| {
        text.split(start)
            .skip(1)
            .filter_map(|rest| rest.split(['"', '#', '?']).next())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    found.filter(|link| !link.starts_with('/')).collect()
}

/// The file that a server sends for a path.
fn file_of(path: &str) -> PathBuf {
    PathBuf::from(if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() })
}

/// Checks that whoever begins at one of these pages finds what every link leads to.
fn assert_links_work(online: &Tree, starts: impl Iterator<Item = PathBuf>, context: &str) {
    let mut open: Vec<PathBuf> = starts.filter(|start| online.contains_key(start)).collect();
    let mut seen: BTreeMap<PathBuf, ()> = open.iter().map(|path| (path.clone(), ())).collect();
    while let Some(page) = open.pop() {
        if page.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        for link in links(&online[&page]) {
            let file = file_of(&link);
            assert!(online.contains_key(&file), "{context}: {} links to /{link}", page.display());
            if seen.insert(file.clone(), ()).is_none() {
                open.push(file);
            }
        }
    }
}

#[test]
fn only_what_has_changed_is_put_and_only_own_files_are_deleted() {
    let mut paper = Paper::new(12);
    paper.build(0);
    let first = paper.deploy();
    assert_eq!(first.put.len(), paper.files().files.len());
    assert_eq!((first.generation, first.unchanged), (1, 0));
    paper.assert_complete();
    // Nothing has changed.
    let before = support::stamps(&paper.online());
    let second = paper.deploy();
    assert_eq!((second.generation, second.put.len(), second.deleted.len()), (1, 0, 0));
    assert_eq!(support::touched(&before, &support::stamps(&paper.online())), Vec::<String>::new());
    // One story.
    let story = paper.root().join(newsroom::path_of(2, ""));
    let text = fs::read_to_string(&story).unwrap();
    fs::write(&story, text.replace("The text of", "Another text of")).unwrap();
    assert_eq!(support::run(&paper.root(), &Call::default()).code, 0);
    let third = paper.deploy();
    assert!(third.put.iter().any(|route| route.contains("story-2")), "{:?}", third.put);
    assert!(third.put.len() < 40 && third.unchanged > 80, "{:?}", third.put);
    paper.assert_complete();
    // Files of others stay.
    fs::write(paper.online().join("notes.txt"), "not ours").unwrap();
    fs::write(&story, text).unwrap();
    paper.build(1);
    let fourth = paper.deploy();
    assert!(!fourth.deleted.is_empty());
    assert_eq!(fs::read_to_string(paper.online().join("notes.txt")).unwrap(), "not ours");
    fs::remove_file(paper.online().join("notes.txt")).unwrap();
    paper.assert_complete();
}

#[test]
fn a_rollback_restores_the_generation_before_and_another_one_undoes_it() {
    let mut paper = Paper::new(12);
    paper.build(0);
    paper.deploy();
    let first = paper.readable();
    paper.build(1);
    paper.deploy();
    let second = paper.readable();
    assert_ne!(first, second);
    let back = |paper: &Paper| {
        let (target, state) = (FolderStore::new(paper.online()), FolderStore::new(paper.state()));
        paper.with(&target, &state, "one", OPTIONS, |deployment| rollback(deployment, &paper.config(), &TARGET))
    };
    assert_eq!(back(&paper).unwrap().generation, 3);
    assert_eq!(tree::difference(&first, &paper.readable()), None);
    assert_eq!(back(&paper).unwrap().generation, 4);
    assert_eq!(tree::difference(&second, &paper.readable()), None);
    // A deploy replaces what is kept.
    paper.build(0);
    paper.deploy();
    back(&paper).unwrap();
    assert_eq!(tree::difference(&second, &paper.readable()), None);
    // What is no longer needed is removed.
    assert!(snapshot(&paper.state()).len() < 14, "{:?}", snapshot(&paper.state()).keys());
}

#[test]
fn without_a_private_place_nothing_is_kept() {
    let mut paper = Paper::new(4);
    let options = DeployOptions { is_private: false, ..OPTIONS };
    paper.build(0);
    paper.deploy_with(options).unwrap();
    paper.build(1);
    paper.deploy_with(options).unwrap();
    let (target, state) = (FolderStore::new(paper.online()), FolderStore::new(paper.state()));
    let result =
        paper.with(&target, &state, "one", options, |deployment| rollback(deployment, &paper.config(), &TARGET));
    assert!(result.unwrap_err().message.contains("no earlier generation"));
}

#[test]
fn old_files_of_the_theme_stay_for_a_while() {
    let mut paper = Paper::new(4);
    let options = DeployOptions { keep_assets: 1_000, ..OPTIONS };
    paper.build(0);
    paper.deploy_with(options).unwrap();
    let is_style = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "css");
    let styles = |paper: &Paper| paper.readable().keys().filter(is_style).cloned().collect::<Vec<_>>();
    let first = styles(&paper);
    paper.build(1);
    assert!(!paper.deploy_with(options).unwrap().deleted.iter().any(|route| route.ends_with(".css")));
    let both = styles(&paper);
    assert_eq!(both.len(), first.len() + 1);
    // What comes back in time is not put again.
    paper.build(0);
    assert!(!paper.deploy_with(options).unwrap().put.iter().any(|route| route.ends_with(".css")));
    paper.build(1);
    paper.deploy_with(options).unwrap();
    paper.clock.fetch_add(1_001, Ordering::Relaxed);
    let report = paper.deploy_with(options).unwrap();
    assert_eq!(report.deleted.iter().filter(|route| route.ends_with(".css")).count(), 1);
    paper.assert_complete();
}

#[test]
fn verifying_finds_what_others_have_changed() {
    let mut paper = Paper::new(4);
    paper.build(0);
    paper.deploy();
    let (target, state) = (FolderStore::new(paper.online()), FolderStore::new(paper.state()));
    let differing = |paper: &Paper| {
        let found = paper.with(&target, &state, "one", OPTIONS, |deployment| verify(deployment, &paper.files()));
        found.unwrap().into_iter().map(|(route, found)| format!("{route} {}", found.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(differing(&paper), Vec::<String>::new());
    fs::write(paper.online().join("index.html"), "hacked").unwrap();
    fs::remove_file(paper.online().join("about/index.html")).unwrap();
    assert_eq!(differing(&paper), ["about/index.html is missing", "index.html is not what a build gives"]);
    // They are believed to be online, so only `--all` puts them again.
    assert_eq!(paper.deploy().put.len(), 0);
    paper.deploy_with(DeployOptions { put_all: true, ..OPTIONS }).unwrap();
    assert_eq!(differing(&paper), Vec::<String>::new());
}

/// A store that stands for a connection: its calls are counted, and may fail.
struct Unreliable<'c> {
    store: FolderStore,
    calls: &'c AtomicUsize,
    /// Decides by the number of a call that changes something if it fails, and how.
    fails: Box<dyn Fn(usize) -> Option<StoreErrorKind> + Send + Sync + 'c>,
    keeps_conditions: bool,
}

impl<'c> Unreliable<'c> {
    fn new(
        folder: PathBuf,
        calls: &'c AtomicUsize,
        fails: impl Fn(usize) -> Option<StoreErrorKind> + Send + Sync + 'c,
    ) -> Unreliable<'c> {
        Unreliable { store: FolderStore::new(folder), calls, fails: Box::new(fails), keeps_conditions: true }
    }

    fn count(&self) -> Result<(), StoreError> {
        match (self.fails)(self.calls.fetch_add(1, Ordering::SeqCst)) {
            Some(kind) => Err(StoreError::new(kind, "the connection failed")),
            None => Ok(()),
        }
    }
}

impl Store for Unreliable<'_> {
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError> {
        self.store.get(name)
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError> {
        self.count()?;
        let condition = if self.keeps_conditions { condition } else { PutCondition::Always };
        self.store.put(name, bytes, headers, condition)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.count()?;
        self.store.delete(name)
    }

    fn concurrency(&self) -> usize {
        3
    }

    fn address(&self) -> String {
        self.store.address()
    }
}
