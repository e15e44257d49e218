//! Content that nobody may read, and requests that are refused.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::process::Command;

use super::preview::{Preview, paper, path_of, until};

const SECRET: &str = "the combination is 1-2-3";

#[test]
fn no_url_leads_out_of_the_site() {
    let preview = Preview::of(&paper(2), &[]);
    fs::write(preview.root.parent().unwrap().join("secret.txt"), SECRET).unwrap();
    fs::write(preview.root.join("secret.txt"), SECRET).unwrap();
    let secret = preview.root.join("secret.txt").display().to_string();
    let ways = [
        "/../secret.txt",
        "/../../secret.txt",
        "/world/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%5c..%5c..%5csecret.txt",
        "/secret.txt%00.html",
        "/%00secret.txt",
        "//secret.txt",
        "/./secret.txt",
        "/site.yaml",
        "/content/world/story-1.md",
        "/themes/plain/theme.yaml",
        "/.presswork/ledger",
        "/_presswork/../secret.txt",
        "/_presswork/%2e%2e/secret.txt",
        "/_presswork/live.js/../../secret.txt",
        "/_presswork/live?path=/../secret.txt",
        &format!("/{secret}"),
        &secret,
        &format!("/file://{secret}"),
    ];
    for way in ways {
        let answer = preview.raw(&format!("GET {way} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        assert!(
            !answer.contains(SECRET) && !answer.contains("title: ") && !answer.contains("name: plain"),
            "{way}: {answer}"
        );
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        assert!(["400", "404"].contains(&&*status), "{way}: {answer}");
    }
    for target in ["http://evil.example/", "evil.example:443", "*"] {
        let answer = preview.raw(&format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        assert!(!answer.starts_with("HTTP/1.1 200"), "{target}: {answer}");
    }
}

#[test]
fn symbolic_links_to_other_places_are_not_followed() {
    let mut files = paper(1);
    files.insert("content/static/open.txt".into(), b"open".to_vec());
    files.insert("content/static/folder/open.txt".into(), b"open".to_vec());
    let preview = Preview::of(&files, &[]);
    let outside = preview.root.parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("open.txt"), SECRET).unwrap();
    assert_eq!(preview.get("/open.txt").text(), "open");
    // A link has replaced the file, and another one a folder of its path.
    fs::remove_file(preview.root.join("content/static/open.txt")).unwrap();
    symlink(outside.join("open.txt"), preview.root.join("content/static/open.txt")).unwrap();
    fs::remove_dir_all(preview.root.join("content/static/folder")).unwrap();
    symlink(&outside, preview.root.join("content/static/folder")).unwrap();
    symlink(outside.join("open.txt"), preview.root.join("content/static/new.txt")).unwrap();
    let mut gone = [false; 3];
    until(
        || {
            for (at, path) in ["/open.txt", "/folder/open.txt", "/new.txt"].into_iter().enumerate() {
                let answer = preview.get(path);
                assert!(!answer.text().contains(SECRET), "{path}");
                gone[at] |= answer.status == 404;
            }
            gone.iter().all(|gone| *gone).then_some(())
        },
        || "links are still served".to_owned(),
    )
    .unwrap();
}

#[test]
fn pages_of_other_sites_are_refused() {
    let preview = Preview::of(&paper(1), &["--host", "Desk.Paper.Example"]);
    let status = |host: &str, more: &str| {
        let answer = preview.raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"));
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for host in ["localhost", "127.0.0.1", "[::1]:4000", "desk.paper.example:4000"] {
        assert_eq!(status(host, ""), "200", "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example", "paper.example"] {
        assert_eq!(status(host, ""), "421", "{host}");
    }
    assert_eq!(status("localhost", "Origin: http://evil.example\r\n"), "403");
    assert_eq!(status("localhost", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"), "403");
    let hint = preview.raw("GET / HTTP/1.1\r\nHost: news.test\r\nConnection: close\r\n\r\n");
    assert!(hint.contains("--host news.test"), "{hint}");
}

const DRAFT: &str = "---\ntitle: Not yet\ndate: 2026-01-02\nauthors: [ana]\ndraft: true\n---\n\nText.\n";

#[test]
fn drafts_are_served_to_this_machine_only_unless_asked_for() {
    let mut files = paper(1);
    files.insert("content/world/draft.md".into(), DRAFT.into());
    let status = |arguments: &[&str]| {
        let preview = Preview::of(&files, arguments);
        let answer = preview.get("/world/2026/01/draft/");
        (answer.status, preview.said())
    };
    assert_eq!(status(&[]), (200, String::new()));
    assert_eq!(status(&["--no-drafts"]), (404, String::new()));
    let (wide, said) = status(&["--bind", "0.0.0.0"]);
    assert_eq!(wide, 404);
    assert!(said.contains("warning: whoever can reach this machine") && said.contains("no desk"), "{said}");
    let (aloud, said) = status(&["--bind", "0.0.0.0", "--drafts"]);
    assert_eq!(aloud, 200);
    assert!(said.contains("drafts and embargoed stories"), "{said}");
}

const EMBARGOED: &str =
    "---\ntitle: Wait for it\ndate: 2026-01-02\nauthors: [ana]\nembargo: 2027-03-01\n---\n\nThe secret.\n";

#[test]
fn other_readers_learn_nothing_that_is_not_public() {
    let mut files = paper(1);
    files.insert("content/world/draft.md".into(), DRAFT.into());
    files.insert("content/world/wait.md".into(), EMBARGOED.into());
    files.insert("content/world/merger/index.md".into(), DRAFT.replace("Not yet", "A secret merger").into());
    files.insert("content/world/merger/photo.svg".into(), b"<svg/>".to_vec());
    files.insert("content/static/a.svg".into(), b"<svg/>".to_vec());
    let ways = ["/world/2026/01/wait/?at=2028-01-01", "/?at=2028-01-01", "/_presswork/", "/_presswork/?at=2028-01-01"];
    let preview = Preview::of(&files, &["--bind", "0.0.0.0"]);
    for way in ways {
        let answer = preview.get(way);
        assert_eq!(answer.status, 403, "{way}: {}", answer.text());
        assert!(answer.text().contains("--drafts") && !answer.text().contains("Wait for it"), "{way}");
    }
    assert_eq!(preview.get("/?at=now").status, 200);
    let cookie = format!("presswork-at-{}=2028-01-01T00:00:00Z", preview.address.port());
    let cookie = [("cookie", &*cookie)];
    assert_eq!(preview.get_with("/world/2026/01/wait/", &cookie).status, 404);
    assert!(!preview.get_with("/", &cookie).text().contains("Wait for it"));
    // Nor does an open page receive them, or the errors in their files.
    let mut open = preview.listen_from(&path_of(0), "state");
    preview.write("content/world/merger/photo.svg", "<svg></svg>");
    preview.write("content/static/a.svg", "<svg></svg>");
    let file: serde_json::Value = serde_json::from_str(&open.next("file")).unwrap();
    assert_eq!(file, serde_json::json!({"url": "/a.svg"}), "a draft's file has no name for others");
    preview.write("content/world/wait.md", EMBARGOED.replace("authors: [ana]", "authors: [nobody]"));
    preview.write("content/world/fresh.md", DRAFT.replace("Not yet", "Fresh"));
    preview.write("content/world/story-0.md", super::preview::story(0, "Changed."));
    open.next("reload");
    let heard = open.passed.join("\n");
    let is_quiet = ["problems", "article", ".md", "merger"].iter().all(|told| !heard.contains(told));
    assert!(is_quiet, "{heard}");
    assert!(!preview.get(&path_of(0)).text().contains("data-desk"));
    let aloud = Preview::of(&files, &["--bind", "0.0.0.0", "--drafts"]);
    for way in ways {
        assert_eq!(aloud.get(way).status, 200, "{way}");
    }
    assert!(aloud.get(&path_of(0)).text().contains("data-desk"));
}

#[test]
fn a_taken_port_is_named_with_a_free_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let preview = Preview::of(&paper(1), &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    let ran =
        command.args(["serve", "--root"]).arg(&preview.root).args(["--port", &port.to_string()]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2));
    assert!(said.contains(&format!("port {port} is in use")), "{said}");
    let proposed = said.split("--port ").nth(1).and_then(|text| text.split_whitespace().next()?.parse::<u16>().ok());
    assert!(said.contains(&format!("--root {}", preview.root.display())), "{said}");
    assert!(proposed.is_some_and(|free| TcpListener::bind(("127.0.0.1", free)).is_ok()), "{said}");
}

#[test]
fn ctrl_c_works_as_soon_as_the_server_reports_its_url() {
    let (code, _) = Preview::of(&paper(1), &[]).interrupt();
    assert_eq!(code, Some(0));
}

#[test]
fn a_name_is_a_name() {
    for name in ["", "a:80", "http://a", "a/b"] {
        let ran = Command::new(env!("CARGO_BIN_EXE_presswork")).args(["serve", "--host", name]).output().unwrap();
        assert_eq!(ran.status.code(), Some(2), "{name}");
    }
}

#[test]
fn ctrl_c_ends_it_at_once_though_pages_are_open() {
    let mut preview = Preview::of(&paper(3), &[]);
    let open: Vec<_> = (0..20).map(|_| preview.listen(&path_of(1))).collect();
    let (code, took) = preview.interrupt();
    assert_eq!(code, Some(0));
    assert!(took.as_millis() < 1_000, "{took:?}");
    drop(open);
}
