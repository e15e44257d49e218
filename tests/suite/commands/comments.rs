//! `presswork comments`: exports become files, once; hiding and replying keep the rest of a file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::run;
use crate::support::scratch;

/// A site with two stories; the second has the URLs that it had in WordPress.
fn site(comments: &str) -> TempDir {
    let folder = scratch();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("site.yaml", &format!("title: The Test\nbase_url: https://example.org/\ntimezone: Asia/Singapore\n{comments}"));
    put("content/authors/ana.md", "---\nname: Ana Lopes\n---\n");
    put("content/news/vote.md", "---\ntitle: The vote\ndate: 2018-12-13\nauthors: ana\n---\n\nIt was close.\n");
    put(
        "content/news/ferry/index.md",
        "---\ntitle: The ferry\ndate: 2018-12-13\nauthors: ana\naliases: /2018/old-ferry/\nguid: \"https://old.example.org/?p=3\"\n---\n\nIt sank.\n",
    );
    folder
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_default()
}

fn wxr(item: &str, comments: &[(u32, &str, u32, &str)]) -> String {
    let comments: String = comments
        .iter()
        .map(|(id, approved, user, text)| {
            format!(
                "<wp:comment>\n<wp:comment_id>{id}</wp:comment_id>\n<wp:comment_author><![CDATA[{}]]></wp:comment_author>\n\
                 <wp:comment_author_email><![CDATA[noor@example.net]]></wp:comment_author_email>\n\
                 <wp:comment_author_IP><![CDATA[192.0.2.77]]></wp:comment_author_IP>\n\
                 <wp:comment_date_gmt><![CDATA[2018-12-13 13:40:00]]></wp:comment_date_gmt>\n\
                 <wp:comment_content><![CDATA[{text}]]></wp:comment_content>\n\
                 <wp:comment_approved><![CDATA[{approved}]]></wp:comment_approved>\n<wp:comment_type/>\n\
                 <wp:comment_parent>0</wp:comment_parent>\n<wp:comment_user_id>{user}</wp:comment_user_id>\n</wp:comment>\n",
                if *user == 0 { "Noor" } else { "Ana Lopes" }
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"x\"><channel><wp:wxr_version>1.2</wp:wxr_version>\n<item>{item}\n{comments}</item></channel></rss>\n"
    )
}

#[test]
fn a_wordpress_export_becomes_files_once() {
    let folder = site("");
    let root = folder.path();
    let export = wxr(
        "<link>https://old.example.org/2018/old-ferry/</link>",
        &[(1, "1", 0, "Was it <b>insured</b>?"), (2, "0", 0, "Cheap watches"), (3, "1", 4, "It was.\n\nWe asked.")],
    );
    fs::write(root.join("export.xml"), &export).unwrap();
    let pull = ["comments", "pull", "--from", "wxr", "export.xml"];
    run(root, &[&pull[..], &["--dry-run"]].concat()).exits(0).prints("comments/news/ferry.yaml: 2 new");
    assert_eq!(read(root, "comments/news/ferry.yaml"), "");
    run(root, &pull).exits(0).says("2 comments added, 0 were there already, 1 were not approved");
    let expected = "comments:\n  - id: wp-1\n    name: Noor\n    date: 2018-12-13 21:40 +08:00\n    text: Was it **insured**?\n  \
                    - id: wp-3\n    staff: ana\n    date: 2018-12-13 21:40 +08:00\n    text: |-\n      It was.\n\n      We asked.\n";
    assert_eq!(read(root, "comments/news/ferry.yaml"), expected);
    run(root, &pull).exits(0).says("0 comments added, 2 were there already");
    assert_eq!(read(root, "comments/news/ferry.yaml"), expected);
    run(root, &["build"]).exits(0);
    let page = read(root, "public/news/2018/12/ferry/index.html");
    assert!(page.contains("Was it <strong>insured</strong>?") && page.contains("id=\"comment-wp-3\""));
    assert!(!page.contains("Cheap watches"));
    // By its id for feed readers; a page that no story has become is reported.
    let other = wxr("<guid>https://old.example.org/?p=3</guid>", &[(9, "1", 0, "Later.")]);
    fs::write(root.join("export.xml"), other).unwrap();
    run(root, &pull).exits(0).says("1 comment added");
    let lost = wxr("<link>https://old.example.org/elsewhere/</link>", &[(10, "1", 0, "Where?")]);
    fs::write(root.join("export.xml"), lost).unwrap();
    run(root, &pull).exits(0).says("left out: 1 on https://old.example.org/elsewhere/");
    fs::write(root.join("export.xml"), "<rss><channel>\n<item>\n").unwrap();
    run(root, &pull).exits(2).says("export.xml:2: the file ends within `<item>`");
    // A file that cannot be changed keeps every other file as it is.
    fs::write(root.join("comments/news/ferry.yaml"), "comments: [{id: a, name: B, date: 2018-12-13, text: C}]\n")
        .unwrap();
    fs::write(root.join("export.xml"), &export).unwrap();
    run(root, &pull).exits(1).says("comments/news/ferry.yaml: the list of comments is in brackets");
}

#[test]
fn comments_are_hidden_shown_and_answered() {
    let folder = site("");
    let root = folder.path();
    fs::create_dir_all(root.join("comments/news")).unwrap();
    let text = "# By hand\ncomments:\n- id: a\n  name: Noor\n  date: 2018-12-14 # a day\n  text: Who counted?\n";
    fs::write(root.join("comments/news/vote.yaml"), text).unwrap();
    run(root, &["comments", "hide", "news/vote.md", "a"]).exits(0).prints("comments/news/vote.yaml");
    assert_eq!(read(root, "comments/news/vote.yaml"), format!("{text}  hidden: true\n"));
    run(root, &["comments", "status", "--at", "2018-12-15"])
        .exits(0)
        .prints("Noor [hidden]")
        .prints("1 comment in all, 1 hidden");
    run(root, &["comments", "show", "news/vote.md", "a"]).exits(0);
    assert_eq!(read(root, "comments/news/vote.yaml"), text);
    run(root, &["comments", "hide", "news/vote.md", "b"]).exits(2).says("there is no comment `b`");
    run(root, &["comments", "hide", "news/ferry", "a"])
        .exits(2)
        .says("there are no comments on content/news/ferry/index.md");
    let reply = ["comments", "reply", "news/vote.md", "a", "--author", "ana", "--text", "The clerk: twice."];
    let before = read(root, "comments/news/vote.yaml");
    for (author, text, why) in [
        ("anna", "Yes.", "unknown author `anna`"),
        ("ana", " \n", "the reply is empty"),
        ("ana", &"word ".repeat(2_001), "the reply has 10004 characters, but at most 10000 are published"),
    ] {
        let reply = ["comments", "reply", "news/vote.md", "a", "--author", author, "--text", text];
        run(root, &reply).exits(2).says(why);
        assert_eq!(read(root, "comments/news/vote.yaml"), before, "{why}");
    }
    run(root, &reply).exits(0);
    let after = read(root, "comments/news/vote.yaml");
    assert!(after.starts_with(text) && after.contains("- id: reply-1\n  parent: a\n  staff: ana\n"), "{after}");
    run(root, &["build"]).exits(0);
    let listed =
        run(root, &["comments", "status", "--at", "2030-01-01", "--within", "20y", "--format", "json"]).exits(0);
    let lines: Vec<Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["staff"], &lines[0]["text"]), (&json!("ana"), &json!("The clerk: twice.")));
    assert_eq!((&lines[1]["story"], &lines[1]["id"]), (&json!("content/news/vote.md"), &json!("a")));
}

/// Answers requests as an Isso server with one approved comment on the vote, and one that waits.
#[cfg(feature = "comment-server")]
fn isso() -> String {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::thread;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).is_ok_and(|length| length > 2) {}
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            let answer = match head.starts_with("POST /count") {
                true => {
                    let uris: Vec<String> = serde_json::from_slice(&body).unwrap();
                    json!(uris.iter().map(|uri| u8::from(uri == "/news/2018/12/vote/")).collect::<Vec<_>>())
                }
                false if head.starts_with("GET /?uri=%2Fnews%2F2018%2F12%2Fvote%2F") => json!({"replies": [
                    {"id": 1, "parent": null, "author": null, "website": null, "mode": 1, "created": 1_544_700_000.25,
                     "text": "First *here*", "hash": "4505c1eeda98", "replies": [
                        {"id": 3, "parent": 1, "author": "Bo", "mode": 1, "created": 1_544_700_060.0, "text": "Second"}]},
                    {"id": 2, "parent": null, "author": "Spam", "mode": 2, "created": 1.0, "text": "Waits"}]}),
                false => json!({"replies": []}),
            };
            let answer = answer.to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            );
        }
    });
    url
}

#[cfg(feature = "comment-server")]
#[test]
fn approved_comments_come_from_a_server() {
    let server = isso();
    let folder = site(&format!("comments: {{form: isso, server: \"{server}\"}}\n"));
    let root = folder.path();
    run(root, &["comments", "pull"]).exits(0).says("2 comments added, 0 were there already, 1 were not approved");
    let text = read(root, "comments/news/vote.yaml");
    assert!(
        text.contains("- id: isso-1\n    name: Anonymous\n") && text.contains("parent: isso-1\n    name: Bo"),
        "{text}"
    );
    assert!(!text.contains("4505c1") && !text.contains("Waits"), "{text}");
    run(root, &["comments", "pull"]).exits(0).says("0 comments added, 2 were there already");
    run(root, &["comments", "pull", "--from", "isso", "http://127.0.0.1:1/"])
        .exits(2)
        .says("cannot ask http://127.0.0.1:1/count");
    let rows = r#"[{"uri": "/news/2018/12/vote/", "id": 7, "created": 1544700000, "mode": 1, "text": "From rows", "author": "Cy"}]"#;
    fs::write(root.join("rows.json"), rows).unwrap();
    run(root, &["comments", "pull", "--from", "isso", "rows.json"]).exits(0).says("1 comment added");
}
