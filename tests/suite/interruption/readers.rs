//! A reader of the output folder during publication gets whole files: the old ones or the new ones.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
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

/// With `strace`, the order of moves can be seen.
#[test]
fn linking_pages_are_published_after_what_they_link_to() {
    if !support::has_strace() {
        return;
    }
    let folder = support::scratch();
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("site.yaml", "title: T\nbase_url: https://example.org\npermalink: \"{year}/{month}/{slug}/\"\n");
    write("content/authors/ana.md", "---\nname: Ana\n---\n");
    write("content/news/a.md", "---\ntitle: A\ndate: 2026-05-04\nauthors: ana\n---\nText.\n");
    assert_eq!(support::run(root, &Call::default()).code, 0);
    // The section is new, and one of its pictures is the first file to be moved.
    write("content/sport/x.md", "---\ntitle: X\ndate: 2026-11-02\nauthors: ana\n---\n![A dock](dock.svg)\n");
    write("content/sport/dock.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let log = root.join("log");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-s", "4096", "-e", "trace=rename,renameat,renameat2", "-o"]).arg(&log);
    strace
        .arg(env!("CARGO_BIN_EXE_presswork"))
        .args(["build", "--now", "2026-11-22", "--allow-removals", "99", "--root"])
        .arg(root);
    assert!(strace.output().unwrap().status.success());
    let log = fs::read_to_string(log).unwrap();
    let public = format!("{}/", root.join("public").display());
    let moved: Vec<&str> = log.lines().filter_map(|line| line.rsplit_once(&public)?.1.split('"').next()).collect();
    let place = |output: &str| moved.iter().position(|unit| output == *unit || output.starts_with(&format!("{unit}/")));
    let order =
        ["sport/dock.svg", "2026/11/x/index.html", "sport/index.html", "index.html", "sport/rss.xml"].map(place);
    assert!(order.iter().all(Option::is_some) && order.is_sorted_by(|one, next| one < next), "{order:?} in {moved:?}");
}
