//! A deploy that is killed at any point leaves a site whose links work, and the next one completes it.

use std::sync::atomic::{AtomicUsize, Ordering};

use presswork::store::{Patient, StoreErrorKind};

use super::*;

/// Deploys until the store fails for good after this many changes, as if the process had been killed. Returns the number of
/// changes that it wanted to make.
fn killed_after(paper: &Paper, changes: usize) -> usize {
    let calls = AtomicUsize::new(0);
    let fails = move |call| (call >= changes).then_some(StoreErrorKind::Permanent);
    let target = Unreliable::new(paper.online(), &calls, fails);
    let state = Unreliable::new(paper.state(), &calls, fails);
    let result = paper.with(&target, &state, "one", OPTIONS, |deployment| deploy(deployment, &paper.files()));
    assert!(result.is_ok() == (calls.load(Ordering::SeqCst) <= changes), "{result:?}");
    calls.load(Ordering::SeqCst)
}

/// The number of changes between two places at which a deploy is killed.
const STEP: usize = 5;

#[test]
fn wherever_a_deploy_is_killed_links_work_and_the_next_completes_it() {
    let mut paper = Paper::new(6);
    paper.build(0);
    paper.deploy();
    let (old, state) = (paper.readable(), tree::read(&paper.state()).unwrap());
    paper.build(1);
    let restore = |paper: &Paper| {
        for (folder, files) in [(paper.online(), &old), (paper.state(), &state)] {
            fs::remove_dir_all(&folder).unwrap();
            tree::write(&folder, files).unwrap();
        }
    };
    let all = killed_after(&paper, usize::MAX);
    paper.assert_complete();
    let new = paper.readable();
    assert!(all > 60, "{all}");
    for changes in (0..all).step_by(STEP) {
        restore(&paper);
        killed_after(&paper, changes);
        let starts = old.keys().filter(|path| new.contains_key(*path)).cloned();
        assert_links_work(&paper.readable(), starts, &format!("killed after {changes} of {all} changes"));
        // The next one is killed a little later.
        killed_after(&paper, 20);
        let starts = old.keys().filter(|path| new.contains_key(*path)).cloned();
        assert_links_work(&paper.readable(), starts, &format!("killed after {changes} of {all} changes, and 20"));
        paper.deploy();
        assert_eq!(tree::difference(&new, &paper.readable()), None, "killed after {changes} of {all} changes");
        let left: Vec<_> = snapshot(&paper.state()).into_keys().filter(|path| path.starts_with("journal")).collect();
        assert!(left.len() <= 3, "{left:?}");
    }
}

#[test]
fn a_killed_first_deploy_is_continued() {
    let mut paper = Paper::new(4);
    paper.build(0);
    for changes in [1, 5, 30] {
        for folder in [paper.online(), paper.state()] {
            let _ = fs::remove_dir_all(folder);
        }
        killed_after(&paper, changes);
        assert_links_work(&paper.readable(), [file_of("")].into_iter(), "the first deploy");
        paper.deploy();
        paper.assert_complete();
    }
}

#[test]
fn the_way_back_after_a_killed_deploy_is_safe_too() {
    let mut paper = Paper::new(6);
    paper.build(0);
    paper.deploy();
    let old = paper.readable();
    for changes in (4..).step_by(9) {
        paper.build(1);
        let all = killed_after(&paper, changes);
        paper.build(0);
        killed_after(&paper, changes / 2);
        let starts = old.keys().filter(|path| path.ends_with("index.html")).cloned();
        let online = paper.readable();
        assert_links_work(&online, starts.filter(|path| *path == file_of("")), &format!("after {changes}"));
        paper.deploy();
        assert_eq!(tree::difference(&old, &paper.readable()), None, "killed after {changes}");
        if all <= changes {
            break;
        }
    }
}

#[test]
fn errors_that_pass_are_survived() {
    let mut paper = Paper::new(4);
    paper.build(0);
    let calls = AtomicUsize::new(0);
    // Every ninth change fails.
    let fails = |call: usize| (call % 9 == 8).then_some(StoreErrorKind::Temporary);
    let wrap = |folder: PathBuf, calls: &'static AtomicUsize| {
        // A store without a lifetime of its own, for `Patient`.
        Patient::new(Box::new(Unreliable::new(folder, calls, fails)), Interrupt::default())
    };
    let calls: &'static AtomicUsize = Box::leak(Box::new(calls));
    let (target, state) = (wrap(paper.online(), calls), wrap(paper.state(), calls));
    let report = paper.with(&target, &state, "one", OPTIONS, |deployment| deploy(deployment, &paper.files())).unwrap();
    assert_eq!(report.put.len(), paper.files().files.len());
    paper.assert_complete();
    assert!(calls.load(Ordering::SeqCst) > report.put.len());
}

#[test]
fn an_interrupted_deploy_stops_between_files_and_continues() {
    let mut paper = Paper::new(6);
    paper.build(0);
    let calls = AtomicUsize::new(0);
    let interrupt = Interrupt::default();
    let fails = |call: usize| {
        if call == 25 {
            interrupt.set();
        }
        None
    };
    let (target, state) = (Unreliable::new(paper.online(), &calls, fails), FolderStore::new(paper.state()));
    let result = paper.with(&target, &state, "one", OPTIONS, |deployment| {
        let deployment = Deployment {
            cache: deployment.cache.clone(),
            owner: deployment.owner.clone(),
            commit: None,
            interrupt: interrupt.clone(),
            ..*deployment
        };
        deploy(&deployment, &paper.files())
    });
    assert_eq!(result.unwrap_err().message, "interrupted");
    assert!(!paper.state().join("lock.json").exists());
    let put = paper.deploy().put.len();
    let all = paper.files().files.len();
    assert!((all - 32..all - 15).contains(&put), "{put} of {all}");
    paper.assert_complete();
}
