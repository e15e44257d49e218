//! The cost of I/O alone: reads every source of a site and writes files with the names and sizes of its output.
//!
//! ```text
//! io_floor list OUTPUT LIST             records names and sizes of a finished site (not timed)
//! io_floor run SOURCES LIST NEW N       with N threads, reads SOURCES and writes the files of LIST into the folder NEW
//! ```
//!
//! No generator that writes these files can be faster. The files contain text of the sources.

#![allow(clippy::expect_used, clippy::panic, reason = "a failed measurement has no results")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The number of files that a thread takes at once: neighbours, which are in one folder.
const BATCH: usize = 32;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list", output, list] => remember(Path::new(output), Path::new(list)),
        ["run", sources, list, new, threads] => {
            run(Path::new(sources), Path::new(list), Path::new(new), threads.parse().expect("a number of threads"));
        }
        _ => panic!("usage: io_floor list OUTPUT LIST, or io_floor run SOURCES LIST NEW N"),
    }
}

fn remember(output: &Path, list: &Path) {
    let mut files = Vec::new();
    walk(output, &mut files);
    files.sort();
    let mut lines = String::new();
    for file in files {
        let size = fs::metadata(&file).expect("a file's size").len();
        let name = file.strip_prefix(output).expect("a path below the folder").display();
        writeln!(lines, "{size} {name}").expect("text can be written");
    }
    fs::write(list, lines).expect("the list can be written");
}

fn run(sources: &Path, list: &Path, new: &Path, threads: usize) {
    let mut files = Vec::new();
    walk(sources, &mut files);
    share(files.len(), threads, |range| {
        let mut text = Vec::new();
        for file in &files[range] {
            text.clear();
            File::open(file).and_then(|mut file| file.read_to_end(&mut text)).expect("a readable source");
        }
    });
    let list = fs::read_to_string(list).expect("a list made by `io_floor list`");
    let outputs: Vec<(usize, &str)> = list
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(size, name)| (size.parse().expect("a size"), name))
        .collect();
    let text = text(&files, outputs.iter().map(|(size, _)| *size).max().unwrap_or(0));
    fs::create_dir_all(new).expect("the folder can be made");
    share(outputs.len(), threads, |range| {
        let mut folder = "";
        for (size, name) in &outputs[range] {
            let own = name.rsplit_once('/').map_or("", |(own, _)| own);
            if own != folder {
                make(&new.join(own));
                folder = own;
            }
            let mut file = File::create(new.join(name)).expect("a file can be made");
            file.write_all(&text[..*size]).expect("a file can be written");
        }
    });
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        if entry.file_type().expect("a file's type").is_dir() {
            walk(&entry.path(), files);
        } else {
            files.push(entry.path());
        }
    }
}

/// Distributes the items over threads, in ranges.
fn share(items: usize, threads: usize, work: impl Fn(std::ops::Range<usize>) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let start = next.fetch_add(BATCH, Ordering::Relaxed);
                    if start >= items {
                        break;
                    }
                    work(start..items.min(start + BATCH));
                }
            });
        }
    });
}

/// Returns this many bytes of the sources, repeating them if necessary.
fn text(files: &[PathBuf], bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes);
    for file in files.iter().cycle() {
        if text.len() >= bytes {
            break;
        }
        File::open(file).and_then(|mut file| file.read_to_end(&mut text)).expect("a readable source");
    }
    text
}

/// Creates a folder that another thread may be creating too.
fn make(folder: &Path) {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir_all(folder).expect("a folder can be made"),
        Err(error) if error.kind() != ErrorKind::AlreadyExists => panic!("cannot make {}: {error}", folder.display()),
        _ => {}
    }
}
