//! Who reads the output folder while a build publishes gets whole files: the old ones or the new ones.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::support::{self, Call, newsroom};

const COMMITS: usize = 100;

#[test]
fn a_reader_never_gets_half_a_file() {
    let folder = support::scratch();
    let root = folder.path().join("site");
    let sources = ["first", "second"].map(|edition| newsroom::sources(8, edition));
    let clean = sources.clone().map(|sources| newsroom::clean(&sources));
    crate::tree::write(&root, &sources[0]).unwrap();
    assert_eq!(support::run(&root, &Call::default()).code, 0);
    let paths: Vec<&PathBuf> =
        clean[0].keys().chain(clean[1].keys()).filter(|path| !path.to_string_lossy().starts_with('.')).collect();
    let (is_done, read, changes) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let public = root.join("public");
    let look = || {
        let mut last: Vec<Option<Vec<u8>>> = vec![None; paths.len()];
        while !is_done.load(Ordering::Relaxed) {
            for (path, last) in paths.iter().zip(&mut last) {
                let editions = [clean[0].get(*path), clean[1].get(*path)];
                let found = fs::read(public.join(path)).ok();
                let shown = path.display();
                let is_whole = found.is_none() || editions.contains(&found.as_ref());
                assert!(is_whole, "{shown} is of neither edition: {:?}", found.map(|bytes| bytes.len()));
                let is_in_both = editions.iter().all(Option::is_some);
                assert!(found.is_some() || !is_in_both, "{shown} was not there for a moment, and is in both editions");
                if let Some(bytes) = found.as_ref().filter(|_| path.extension().is_some_and(|ending| ending == "html"))
                {
                    assert!(bytes.ends_with(newsroom::END.as_bytes()), "{shown} has no end");
                }
                read.fetch_add(1, Ordering::Relaxed);
                changes.fetch_add(usize::from(last.is_some() && *last != found), Ordering::Relaxed);
                *last = found;
            }
        }
    };
    thread::scope(|scope| {
        let readers = [scope.spawn(look), scope.spawn(look)];
        for commit in 1..=COMMITS {
            newsroom::publish_sources(&root, &sources[(commit + 1) % 2], &sources[commit % 2]);
            let built = support::run(&root, &Call::default());
            if built.code != 0 || readers.iter().any(thread::ScopedJoinHandle::is_finished) {
                is_done.store(true, Ordering::Relaxed);
                assert_eq!(built.code, 0, "{built:?}");
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });
    let (read, changes) = (read.into_inner(), changes.into_inner());
    println!("{read} files read through {COMMITS} commits; {changes} times one had changed since");
    assert!(changes > COMMITS, "the readers have seen only {changes} changes");
}
