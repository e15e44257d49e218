//! Builds of one project at the same time.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{command, said};
use crate::support::{self, Random, newsroom, snapshot};
use crate::tree::difference;

#[test]
fn simultaneous_builds_give_the_right_site() {
    let folder = support::scratch();
    let root = folder.path().join("site");
    let sources = ["first", "second"].map(|edition| newsroom::sources(8, edition));
    let clean = sources.clone().map(|sources| newsroom::clean(&sources));
    crate::tree::write(&root, &sources[1]).unwrap();
    let mut random = Random::new(4);
    let start = || command(&root, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for round in 0..12 {
        let edition = round % 2;
        let mut children: Vec<Child> = (0..random.between(1, 3)).map(|_| start()).collect();
        // The sources change while the first builds read them: those may fail, or publish either edition.
        newsroom::publish_sources(&root, &sources[1 - edition], &sources[edition]);
        children.extend((0..3).map(|_| start()));
        for child in children {
            let (code, out, err) = said(child.wait_with_output().unwrap());
            assert!(matches!(code, Some(0..=2)), "{code:?}\n{out}\n{err}");
        }
        // Whichever finishes last, builds of the same sources leave the same as a clean build.
        let children: Vec<Child> = (0..3).map(|_| start()).collect();
        for child in children {
            let (code, out, err) = said(child.wait_with_output().unwrap());
            assert_eq!(code, Some(0), "{out}\n{err}");
        }
        assert_eq!(difference(&clean[edition], &snapshot(&root.join("public"))), None, "round {round}");
    }
}

/// Builds a site and takes its lock, as a build would.
fn locked() -> (tempfile::TempDir, File) {
    let folder = support::scratch();
    crate::tree::write(folder.path(), &newsroom::sources(4, "first")).unwrap();
    assert_eq!(support::run(folder.path(), &support::Call::default()).code, 0);
    let lock = File::options().write(true).open(folder.path().join(".presswork/lock")).unwrap();
    lock.lock().unwrap();
    (folder, lock)
}

#[test]
fn a_build_that_waits_for_another_says_so() {
    let (folder, lock) = locked();
    fs::write(folder.path().join(newsroom::path_of(2, "")), newsroom::story(2, "third")).unwrap();
    let before = snapshot(&folder.path().join("public"));
    let mut child = command(folder.path(), &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (said_line, line) = mpsc::channel();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let reader = thread::spawn(move || {
        let mut text = String::new();
        err.read_line(&mut text).unwrap();
        let _ = said_line.send(text);
        err
    });
    let line = line.recv_timeout(Duration::from_secs(60));
    let was_waiting = child.try_wait().unwrap().is_none();
    let meanwhile = snapshot(&folder.path().join("public"));
    drop(lock);
    let line = line.expect("a line on standard error while the lock is held");
    assert!(line.contains("waiting for another build"), "{line:?}");
    assert!(was_waiting, "the build has ended while another held the lock");
    assert_eq!(difference(&before, &meanwhile), None);
    let mut rest = String::new();
    reader.join().unwrap().read_line(&mut rest).unwrap();
    assert_eq!((child.wait().unwrap().code(), rest.as_str()), (Some(0), ""));
    let page = fs::read_to_string(folder.path().join("public/latest/index.html")).unwrap();
    assert!(page.contains("Story 2 of the third edition"), "{page}");
}

#[test]
fn a_build_that_may_not_wait_stops_with_a_message() {
    let (folder, lock) = locked();
    fs::write(folder.path().join(newsroom::path_of(2, "")), newsroom::story(2, "third")).unwrap();
    let before = snapshot(&folder.path().join("public"));
    let (code, out, err) = said(command(folder.path(), &["--no-wait"]).output().unwrap());
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.starts_with("error: ") && err.contains("another build"), "{err}");
    assert_eq!(difference(&before, &snapshot(&folder.path().join("public"))), None);
    drop(lock);
    assert_eq!(said(command(folder.path(), &["--no-wait"]).output().unwrap()).0, Some(0));
}
