//! `presswork pictures`: lists the pictures of a site, and deletes smaller ones that no page shows. Smaller pictures come from
//! the published site if `pictures: {fetch_from: …}` says so.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Ran, new_site, run};

/// A picture that is 300 pixels wide.
const PICTURE: &str = "tests/sites/picture-sizes/expected/assets/pictures/wall-300.14f31bb3d3.jpg";

fn site() -> (tempfile::TempDir, std::path::PathBuf) {
    let (keep, root) = new_site();
    let picture = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE)).unwrap();
    let other = [&*picture, b"other"].concat();
    for name in ["local/shown.jpg", "local/later.jpg", "local/unused.jpg", "static/loose.jpg"] {
        fs::create_dir_all(root.join("content/static")).unwrap();
        let bytes = if name == "local/later.jpg" { &other } else { &picture };
        fs::write(root.join("content").join(name), bytes).unwrap();
    }
    let story = |front: &str, picture: &str| {
        format!(
            "---\ntitle: Flood\ndate: 2026-05-04\nauthors: [jane-doe]\n{front}image: {{src: {picture}, alt: A wall}}\n---\nIt rained.\n"
        )
    };
    fs::write(root.join("content/local/flood.md"), story("", "shown.jpg")).unwrap();
    fs::write(root.join("content/local/again.md"), story("", "/local/shown.jpg")).unwrap();
    fs::write(root.join("content/local/later.md"), story("draft: true\n", "later.jpg")).unwrap();
    (keep, root)
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_picture_is_listed_with_its_uses() {
    let (_keep, root) = site();
    run(&root, &["build"]).exits(0);
    let found = lines(&run(&root, &["pictures", "--format", "json"]).exits(0));
    let of = |name: &str| found.iter().find(|line| line["path"] == format!("content/{name}")).unwrap();
    assert_eq!(
        of("local/shown.jpg")["used_in"],
        serde_json::json!(["content/local/again.md", "content/local/flood.md"])
    );
    assert_eq!((&of("local/shown.jpg")["published"], &of("local/shown.jpg")["width"]), (&true.into(), &300.into()));
    assert_eq!(of("local/later.jpg")["hidden"], "draft");
    assert_eq!(of("local/later.jpg")["used_in"], serde_json::json!(["content/local/later.md"]));
    assert_eq!(
        (&of("local/unused.jpg")["published"], &of("static/loose.jpg")["published"]),
        (&false.into(), &true.into())
    );
    let variants = &of("local/shown.jpg")["variants"];
    assert_eq!(variants["planned"], variants["made"]);
    let totals = found.last().unwrap();
    assert_eq!((&totals["pictures"], &totals["unused"], &totals["stale"]), (&4.into(), &2.into(), &0.into()));
    assert_eq!(cfg!(feature = "pictures"), totals["variants_made"].as_u64().unwrap() > 0, "{totals}");
    let unused = run(&root, &["pictures", "--unused"]).exits(0).says("4 pictures with ").says(", 2 unused; ");
    assert_eq!(unused.out.lines().count(), 2, "{}", unused.out);
    unused.prints("content/local/unused.jpg").prints("published, but nothing refers to it");
}

#[cfg(feature = "pictures")]
#[test]
fn what_no_page_shows_is_deleted_on_request() {
    let (_keep, root) = site();
    run(&root, &["build"]).exits(0);
    let kept = || {
        walkdir::WalkDir::new(root.join(".presswork/pictures"))
            .into_iter()
            .filter(|it| it.as_ref().unwrap().file_type().is_file())
    };
    let all = kept().count();
    run(&root, &["pictures", "--prune"]).exits(0).says("every kept smaller picture is shown");
    assert_eq!(kept().count(), all);
    // An error hides what a story uses.
    let story = fs::read_to_string(root.join("content/local/flood.md")).unwrap();
    fs::write(root.join("content/local/flood.md"), story.replace("title:", "titel:")).unwrap();
    fs::write(root.join("content/local/again.md"), story.replace("image:", "draft: true\nextra:")).unwrap();
    run(&root, &["pictures", "--prune"]).exits(1).says("the uses of these files are not known");
    assert_eq!(kept().count(), all);
    for name in ["flood", "again"] {
        fs::write(root.join(format!("content/local/{name}.md")), story.replace("image:", "extra:")).unwrap();
    }
    run(&root, &["pictures"]).exits(0).says("kept that no page shows any more (").says("presswork pictures --prune");
    run(&root, &["pictures", "--prune"]).exits(0).says("deleted ");
    assert_eq!(kept().count(), 0);
    run(&root, &["build"]).exits(0);
    run(&root, &["pictures", "--prune"]).exits(0).says("every kept smaller picture is shown");
}

/// Answers requests with the files of a folder, until the test ends. Returns its URL.
#[cfg(all(feature = "pictures", feature = "comment-server"))]
fn serve(folder: std::path::PathBuf) -> String {
    use std::io::{BufRead, BufReader, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/paper", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
            let path = head[0].split(' ').nth(1).unwrap().trim_start_matches("/paper/").to_owned();
            let (status, body) = match fs::read(folder.join(path)) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            // A client that has seen enough may be gone.
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    url
}

#[cfg(all(feature = "pictures", feature = "comment-server"))]
#[test]
fn missing_smaller_pictures_come_from_the_published_site() {
    let (_keep, root) = site();
    run(&root, &["build"]).exits(0);
    let published = root.join("online");
    fs::rename(root.join("public"), &published).unwrap();
    let names = || {
        let all = fs::read_dir(published.join("assets/pictures")).unwrap();
        let mut names: Vec<String> = all.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    // One is as large as its address says but shows something else, which proves that it isn't made here.
    let other = names().into_iter().find(|name| name.ends_with(".jpg")).unwrap();
    let path = published.join("assets/pictures").join(&other);
    let made = fs::read(&path).unwrap();
    let end = made.len() - 40;
    let online = [&made[..end], &[0x55; 38], &made[made.len() - 2..]].concat();
    fs::remove_file(&path).unwrap();
    fs::write(&path, &online).unwrap();
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    let url = serve(published.clone());
    fs::write(root.join("site.yaml"), format!("{settings}\npictures: {{fetch_from: \"{url}\"}}\n")).unwrap();
    let forget = || {
        fs::remove_dir_all(root.join(".presswork")).unwrap();
        let _ = fs::remove_dir_all(root.join("public"));
    };
    let here = || fs::read(root.join("public/assets/pictures").join(&other)).unwrap();
    forget();
    let built = run(&root, &["build", "--deny-warnings"]).exits(0);
    assert!(!built.err.contains("fetched"), "{}", built.err);
    assert!(here() == online, "{other} was not fetched");
    // A file that the site doesn't have is made.
    fs::remove_file(&path).unwrap();
    forget();
    run(&root, &["build"]).exits(0);
    assert!(here() == made);
    // So is one that isn't what it should be, and a note says why.
    for wrong in [&made[..made.len() / 2], b"<!DOCTYPE html>"] {
        fs::write(&path, wrong).unwrap();
        forget();
        run(&root, &["build", "--deny-warnings"]).exits(0).says("it is not the picture that its address names");
        assert!(here() == made);
    }
    fs::write(root.join("site.yaml"), format!("{settings}\npictures: {{fetch_from: example.org}}\n")).unwrap();
    run(&root, &["build"]).exits(1).says("error[bad-config]: pictures cannot be fetched from `example.org`");
}
