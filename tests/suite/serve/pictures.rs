//! Pictures in several sizes, which the preview makes when they are asked for.

use std::path::Path;

use presswork::picture::{Codec, header};

use super::preview::{Preview, paper, path_of};
use crate::pictures::files::jpeg;
use crate::support::snapshot;

const PICTURE: &str = "content/world/crane.jpg";

/// A paper whose first story has a photo.
fn with_photo() -> crate::tree::Tree {
    let mut files = paper(1);
    let mut add = |path: &str, bytes: Vec<u8>| files.insert(path.into(), bytes);
    add("site.yaml", b"title: The Paper\nbase_url: https://example.org/\ntheme: own\n".to_vec());
    add("themes/own/theme.yaml", b"name: own\nextends: plain\npictures: {inline: {widths: [100, 200]}}\n".to_vec());
    add(PICTURE, jpeg(6, true));
    let text = String::from_utf8_lossy(&files[Path::new("content/world/story-0.md")]).into_owned();
    files.insert("content/world/story-0.md".into(), format!("{text}\n![A crane](crane.jpg)\n").into_bytes());
    files
}

fn urls(page: &str) -> Vec<String> {
    let words = page.split(['"', ' ', ',']).filter(|word| word.starts_with("/assets/pictures/"));
    words.map(str::to_owned).collect()
}

/// The pictures that have been made.
fn made(preview: &Preview) -> usize {
    snapshot(&preview.root).keys().filter(|path| path.starts_with(".presswork/pictures")).count()
}

#[test]
fn a_picture_is_made_when_a_browser_asks_for_it() {
    let preview = Preview::of(&with_photo(), &[]);
    let page = preview.get(&path_of(0)).text();
    let urls = urls(&page);
    assert!(urls.len() >= 4, "{page}");
    assert_eq!(made(&preview), 0, "the page waits for no picture");
    let webp = urls.iter().find(|url| url.ends_with(".webp")).unwrap();
    let first = preview.get(webp);
    assert_eq!((first.status, first.header("content-type")), (200, "image/webp"));
    assert_eq!(header(&first.body).unwrap().codec, Codec::WebP);
    assert_eq!(made(&preview), 1, "and no other than the one that was asked for");
    assert_eq!(preview.get(webp).body, first.body);
    assert_eq!(preview.get(&webp.replace(".webp", ".jpg")).status, 404, "a size that no page asks for");
}

#[test]
fn a_changed_picture_has_other_urls_and_a_damaged_one_is_reported() {
    let preview = Preview::of(&with_photo(), &[]);
    let before = urls(&preview.get(&path_of(0)).text());
    preview.write(PICTURE, jpeg(1, true));
    let changed = |text: &str| urls(text).iter().all(|url| !before.contains(url));
    let page = preview.wait(&path_of(0), "other pictures", |answer| changed(&answer.text())).text();
    assert_eq!(preview.get(&urls(&page)[0]).status, 200);
    let mut damaged = jpeg(1, true);
    for at in memchr::memmem::find_iter(&damaged.clone(), &[0xff, 0xc4]) {
        damaged[at + 4..at + 20].fill(0xff);
    }
    preview.write(PICTURE, damaged);
    let page = preview.wait(&path_of(0), "the damaged picture", |answer| {
        let found = urls(&answer.text());
        !found.is_empty() && !found.iter().any(|url| page.contains(url.as_str()))
    });
    assert_ne!(preview.get(&urls(&page.text())[0]).status, 200);
}
