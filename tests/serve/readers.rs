//! Many readers at once, while files change.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::preview::{Preview, paper, path_of, story, until};

const READERS: usize = 200;
const STORIES: usize = 60;
const EDITIONS: usize = 12;

#[test]
fn two_hundred_readers_get_whole_pages_while_files_change() {
    let mut files = paper(STORIES);
    for number in 0..STORIES {
        files.insert(format!("content/world/story-{number}.md").into(), text(number, 0).into_bytes());
    }
    let preview = Preview::of(&files, &[]);
    let (is_over, read) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for reader in 0..READERS {
            let (preview, is_over, read) = (&preview, &is_over, &read);
            scope.spawn(move || {
                let mut at = reader;
                while !is_over.load(Ordering::Relaxed) {
                    check(preview, at % STORIES);
                    read.fetch_add(1, Ordering::Relaxed);
                    at += 7;
                }
            });
        }
        for edition in 1..=EDITIONS {
            let before = read.load(Ordering::Relaxed);
            for number in (0..STORIES).step_by(3) {
                preview.write(&format!("content/world/story-{number}.md"), text(number, edition));
            }
            // Every edition is read by some.
            until(|| (read.load(Ordering::Relaxed) > before + READERS).then_some(()), || "nobody reads".to_owned())
                .unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    for number in (0..STORIES).step_by(3) {
        preview.wait_for(&path_of(number), &format!("of edition {EDITIONS}."));
    }
    assert!(read.load(Ordering::Relaxed) > READERS * EDITIONS);
}

fn text(number: usize, edition: usize) -> String {
    story(number, &format!("Text {number} of edition {edition}."))
}

/// A page is whole, is the one that was asked for, and is of one edition.
fn check(preview: &Preview, number: usize) {
    let answer = preview.get(&path_of(number));
    let page = answer.text();
    assert_eq!(answer.status, 200, "{page}");
    assert!(page.contains(&format!("<h1>Story {number}</h1>")) && page.contains("</html>"), "{page}");
    assert!(page.contains(&format!("Text {number} of edition ")), "{page}");
    assert!(page.trim_end().ends_with("async></script>"), "{page}");
}
