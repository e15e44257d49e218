//! Many readers at once, while files change.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::preview::{Preview, paper, path_of, story, until};

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
                let mut seen = [0; STORIES];
                while !is_over.load(Ordering::Relaxed) {
                    check(preview, at % STORIES, &mut seen);
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
            // Each edition is read by some.
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

/// A story that names its edition at its beginning and its end.
fn text(number: usize, edition: usize) -> String {
    story(number, &format!("Text {number} of edition {edition}.\n\nMore.\n\nThe end of edition {edition}."))
}

/// Checks that a page is whole, is the one that was requested, has the same edition in all its parts, and is not older
/// than the edition that the reader has `seen`.
fn check(preview: &Preview, number: usize, seen: &mut [usize; STORIES]) {
    let answer = preview.get(&path_of(number));
    let page = answer.text();
    assert_eq!(answer.status, 200, "{page}");
    assert!(page.contains(&format!("<h1>Story {number}</h1>")) && page.contains("</html>"), "{page}");
    assert!(page.contains(&format!("Text {number} of edition ")), "{page}");
    assert!(page.trim_end().ends_with("labels.css\">"), "{page}");
    let said = page.split("of edition ").skip(1).map(|rest| rest.split('.').next().unwrap().parse().unwrap());
    let said: Vec<usize> = said.collect();
    assert!(said.len() >= 2 && said.iter().all(|edition| *edition == said[0]), "{said:?} in {page}");
    assert!(seen[number] <= said[0], "edition {} after {}", said[0], seen[number]);
    seen[number] = said[0];
}
