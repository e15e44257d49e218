//! The page of the desk with all crops of a picture: its forms write the focus and crops into front matter.

use std::os::unix::fs::symlink;

use super::preview::{Answer, Preview, paper};
use crate::pictures::files::jpeg;
use crate::tree::Tree;

pub const FILE: &str = "content/world/story-0.md";
pub const PAGE: &str = "/_presswork/crops?source=content%2Fworld%2Fstory-0.md";
const STORY: &str = "---\ntitle: Story 0 # kept\ndate: 2026-01-01\nauthors: [ana]\nimage:\n  # ours\n  src: crane.jpg\n  alt: 'A crane'\n---\n\nText.\n";

/// A paper whose first story and whose first author have a photo.
pub fn with_photo() -> Tree {
    let mut files = paper(2);
    let mut add = |path: &str, bytes: Vec<u8>| files.insert(path.into(), bytes);
    add("site.yaml", b"title: The Paper\nbase_url: https://example.org/\ntheme: own\n".to_vec());
    let theme = "name: own\nextends: plain\npictures:\n  lead: {widths: [100]}\n  card: {ratio: \"1:1\", widths: [80]}\n  \
                 portrait: {ratio: \"1:1\", widths: [50]}\n";
    add("themes/own/theme.yaml", theme.into());
    add("content/world/crane.jpg", jpeg(6, true));
    add("content/authors/ana.jpg", jpeg(1, true));
    add("content/authors/ana.md", b"---\nname: Ana Lopez\nimage: ana.jpg\n---\n".to_vec());
    add(FILE, STORY.into());
    files
}

fn field(page: &str, name: &str) -> String {
    let value = page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name}: {page}")).to_owned()
}

/// Sends a form as the page does; the secret and the version are filled in.
fn send(preview: &Preview, page: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = preview.get(page).text();
    let own = ["token", "version"].map(|name| (name, field(&shown, name)));
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in own.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name)) {
        form.append_pair(name, value);
    }
    let origin = preview.url("");
    let headers = [
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    preview.post(page, &headers, form.extend_pairs(fields).finish().as_bytes())
}

#[test]
fn focus_and_crops_are_written_into_the_file_and_nothing_else_changes() {
    let preview = Preview::of(&with_photo(), &[]);
    let desk = preview.get("/_presswork/?state=published").text();
    assert!(desk.contains(&format!("<a href=\"{PAGE}\">Crops")), "{desk}");
    let before = preview.get(PAGE).text();
    for label in ["Lead picture", "Card", "Link previews", "Search results"] {
        assert!(before.contains(&format!("<h3>{label}</h3>")), "{label}: {before}");
    }
    assert!(before.matches("automatic").count() == 4 && before.contains("/assets/pictures/crane-80."), "{before}");

    // The photo is upright: 800 × 1,200 pixels, drawn with 320 × 480.
    let clicked = send(&preview, PAGE, &[("action", "point"), ("point.x", "240"), ("point.y", "48")]);
    assert_eq!(clicked.status, 303, "{}", clicked.text());
    let focused = STORY.replace("'A crane'\n", "'A crane'\n  focus: 75% 10%\n");
    assert_eq!(preview.read(FILE), focused);
    let after = preview.get(clicked.header("location")).text();
    assert!(after.contains("The focus is saved.") && after.contains("around the focus"), "{after}");
    assert!(after.contains("cx=\"240"), "the page draws the focus: {after}");

    let crop =
        [("action", "crop"), ("slot", "card"), ("left", "50"), ("top", "0"), ("width", "40.5"), ("height", "25")];
    assert_eq!(send(&preview, PAGE, &crop).status, 303);
    let cropped = focused.replace("10%\n", "10%\n  crops: {card: [50, 0, 40.5, 25]}\n");
    assert_eq!(preview.read(FILE), cropped);
    let (card, again) = (preview.get(PAGE).text(), before);
    assert!(card.contains(">chosen<"), "{card}");
    let url = |page: &str| {
        let url = page.split('"').find(|word| word.contains("/crane-80.")).map(str::to_owned);
        url.unwrap_or_else(|| panic!("no card: {page}"))
    };
    assert_ne!(url(&card), url(&again), "the card is another one now");
    assert_eq!(preview.get(&url(&card)).status, 200);

    assert_eq!(send(&preview, PAGE, &[("action", "no-crop"), ("slot", "card")]).status, 303);
    assert_eq!(preview.read(FILE), focused);
    assert_eq!(send(&preview, PAGE, &[("action", "no-focus")]).status, 303);
    assert_eq!(preview.read(FILE), STORY);

    // The picture of an author, which is only the name of a file.
    let author = "/_presswork/crops?source=content%2Fauthors%2Fana.md";
    assert!(preview.get(PAGE).text().contains(&format!("<a href=\"{author}\">Ana Lopez</a>")));
    let crop =
        [("action", "crop"), ("slot", "portrait"), ("left", "10"), ("top", "5"), ("width", "20"), ("height", "30")];
    assert_eq!(send(&preview, author, &crop).status, 303);
    let portrait = "image: {src: ana.jpg, crops: {portrait: [10, 5, 20, 30]}}";
    assert!(preview.read("content/authors/ana.md").contains(portrait));
}

#[test]
fn a_change_that_a_build_would_refuse_is_not_saved() {
    let preview = Preview::of(&with_photo(), &[]);
    let refused = |page: &str, fields: &[(&str, &str)], status: u16, why: &str| {
        let answer = send(&preview, page, fields);
        assert_eq!(answer.status, status, "{fields:?}: {}", answer.text());
        assert!(answer.text().contains(why), "{why}: {}", answer.text());
        assert_eq!(preview.read(FILE), STORY, "{fields:?}");
    };
    let crop = |numbers: [&'static str; 4]| {
        let names = ["left", "top", "width", "height"];
        let fields = names.into_iter().zip(numbers).collect::<Vec<_>>();
        [vec![("action", "crop"), ("slot", "card")], fields].concat()
    };
    refused(PAGE, &crop(["50", "0", "60", "50"]), 422, "beyond the right edge");
    refused(PAGE, &crop(["0", "90", "10", "20"]), 422, "beyond the lower edge");
    refused(PAGE, &crop(["0", "0", "0", "20"]), 422, "the crop is empty");
    refused(PAGE, &crop(["0", "0", "800", "600"]), 422, "from 0 to 100");
    refused(PAGE, &crop(["NaN", "0", "10", "20"]), 422, "from 0 to 100");
    refused(PAGE, &crop(["left", "0", "10", "20"]), 422, "`left` is not a number");
    refused(PAGE, &[("action", "no-crop"), ("slot", "inline")], 422, "no such slot");
    refused(PAGE, &[("action", "no-crop"), ("slot", "portrait; x")], 422, "no such slot");
    refused(PAGE, &[("action", "point"), ("point.x", "-4"), ("point.y", "5")], 422, "not in the picture");
    refused(PAGE, &[("action", "delete")], 422, "asks for no change");
    // Stories have no portraits.
    let portrait = [&[("action", "crop"), ("slot", "portrait")], &crop(["0", "0", "50", "50"])[2..]].concat();
    refused(PAGE, &portrait, 422, "unknown key `portrait`");
    let good = crop(["0", "0", "50", "50"]);
    refused(PAGE, &[&good[..], &[("token", "00000000000000000000000000000000")]].concat(), 403, "was restarted");
    refused(PAGE, &[&good[..], &[("version", "0")]].concat(), 409, "has changed since this page was loaded");
    // No field is joined to a folder: the preview must have read the file, and it must have a picture.
    for source in [
        "..%2Fother.md",
        "%2Fetc%2Fhosts",
        "site.yaml",
        "content%2Fworld%2Fcrane.jpg",
        "",
        "content%2Fworld%2Fstory-1.md",
    ] {
        assert_eq!(preview.get(&format!("/_presswork/crops?source={source}")).status, 404, "{source}");
    }
    // Pages of other sites cannot send it.
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(&good).finish();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for headers in [vec![kind], vec![kind, ("origin", "http://evil.example")]] {
        assert_eq!(preview.post(PAGE, &headers, form.as_bytes()).status, 403);
    }
    assert_eq!(preview.read(FILE), STORY);
}

#[test]
fn a_file_outside_the_project_is_left_alone() {
    let preview = Preview::of(&with_photo(), &[]);
    let outside = preview.root.parent().unwrap().join("other.md");
    std::fs::write(&outside, STORY).unwrap();
    let page = preview.get(PAGE).text();
    let (token, version) = (field(&page, "token"), field(&page, "version"));
    let place = preview.root.join(FILE);
    std::fs::remove_file(&place).unwrap();
    symlink(&outside, &place).unwrap();
    let form = format!("token={token}&version={version}&action=no-focus");
    let origin = preview.url("");
    let headers = [("origin", origin.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = preview.post(PAGE, &headers, form.as_bytes());
    assert!(matches!(answer.status, 409 | 500), "{}", answer.text());
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), STORY);
}

#[test]
fn a_preview_for_other_machines_has_no_forms() {
    let preview = Preview::of(&with_photo(), &["--bind", "0.0.0.0", "--drafts"]);
    let page = preview.get(PAGE).text();
    assert!(page.contains("<h3>Card</h3>") && !page.contains("<form"), "{page}");
    let preview = Preview::of(&with_photo(), &["--bind", "0.0.0.0"]);
    assert_eq!(preview.get(PAGE).status, 403);
}
