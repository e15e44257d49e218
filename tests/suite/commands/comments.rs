//! `presswork comments`: exports become files, once; hiding and replying keep the rest of a file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::run;
use crate::support::{scratch, snapshot};

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

/// The user of WordPress who wrote the newsroom's comments.
const USERS: &str = "<wp:author><wp:author_id>4</wp:author_id><wp:author_login>editor</wp:author_login>\
    <wp:author_email>ana.private@example.net</wp:author_email>\
    <wp:author_display_name><![CDATA[Ana Lopes]]></wp:author_display_name></wp:author>\n";

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
        "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"x\"><channel><wp:wxr_version>1.2</wp:wxr_version>\n{USERS}<item>{item}\n{comments}</item></channel></rss>\n"
    )
}

#[test]
fn a_wordpress_export_becomes_files_once() {
    let folder = site("");
    let root = folder.path();
    let export = wxr(
        "<link>https://old.example.org/2018/old-ferry/</link>",
        &[
            (1, "1", 0, "Was it <b>insured</b>?"),
            (2, "0", 0, "Cheap watches"),
            (3, "1", 4, "It was.\n\nWe asked."),
            (4, "1", 77, "I only have her name."),
        ],
    );
    fs::write(root.join("export.xml"), &export).unwrap();
    let pull = ["comments", "pull", "--from", "wxr", "export.xml"];
    run(root, &[&pull[..], &["--dry-run"]].concat()).exits(0).prints("comments/news/ferry.yaml: 3 new");
    assert_eq!(read(root, "comments/news/ferry.yaml"), "");
    run(root, &pull).exits(0).says("3 comments added, 0 were there already, 1 were not approved");
    let expected = "comments:\n  - id: wp-1\n    name: Noor\n    date: 2018-12-13 21:40 +08:00\n    text: Was it **insured**?\n  \
                    - id: wp-3\n    staff: ana\n    date: 2018-12-13 21:40 +08:00\n    text: |-\n      It was.\n\n      We asked.\n  \
                    - id: wp-4\n    name: Ana Lopes\n    date: 2018-12-13 21:40 +08:00\n    text: I only have her name.\n";
    assert_eq!(read(root, "comments/news/ferry.yaml"), expected);
    run(root, &pull).exits(0).says("0 comments added, 3 were there already");
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
                    let has_some = |uri: &String| ["/news/2018/12/vote/", "/2018/old-ferry/"].contains(&uri.as_str());
                    json!(uris.iter().map(|uri| u8::from(has_some(uri))).collect::<Vec<_>>())
                }
                false if head.starts_with("GET /?uri=%2F2018%2Fold-ferry%2F") => json!({"replies": [
                    {"id": 9, "parent": null, "author": "Ben &amp; Jerry &lt;3", "website": "https://example.net/?a=1&amp;b=2",
                     "mode": 1, "created": 1_544_700_000.0, "text": "Before it moved"},
                    {"id": 10, "parent": null, "author": "Bom", "mode": 1, "created": 1_544_700_000.0,
                     "text": "\u{feff}\u{feff}\u{feff}"}]}),
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
    let pulled = run(root, &["comments", "pull"]).exits(0);
    let pulled = pulled.says("3 comments added, 0 were there already, 1 were not approved");
    pulled.says("left out: isso-10 for comments/news/ferry.yaml, since it has no text");
    let moved = read(root, "comments/news/ferry.yaml");
    assert!(moved.contains("name: Ben & Jerry <3\n    url: https://example.net/?a=1&b=2\n"), "{moved}");
    let text = read(root, "comments/news/vote.yaml");
    assert!(
        text.contains("- id: isso-1\n    name: Anonymous\n") && text.contains("parent: isso-1\n    name: Bo"),
        "{text}"
    );
    assert!(!text.contains("4505c1") && !text.contains("Waits"), "{text}");
    run(root, &["comments", "pull"]).exits(0).says("0 comments added, 3 were there already");
    run(root, &["comments", "pull", "--from", "isso", "http://127.0.0.1:1/"])
        .exits(2)
        .says("cannot ask http://127.0.0.1:1/count");
    let rows = r#"[{"uri": "/news/2018/12/vote/", "id": 7, "created": 1544700000, "mode": 1, "text": "From rows", "author": "Cy"}]"#;
    fs::write(root.join("rows.json"), rows).unwrap();
    run(root, &["comments", "pull", "--from", "isso", "rows.json"]).exits(0).says("1 comment added");
    fs::write(root.join("comments.db"), b"SQLite format 3\0\x10\0\xff").unwrap();
    run(root, &["comments", "pull", "--from", "isso", "comments.db"]).exits(2).says("sqlite3 -json");
}

/// A comment as WordPress exports it, with addresses in every field that can have one.
struct WxrSample<'a> {
    id: usize,
    parent: usize,
    name: &'a str,
    url: &'a str,
    /// `1` if it is approved, `0` if it waits, `spam` or `trash`.
    approved: &'a str,
    /// Empty for a comment, or `pingback`, `trackback`.
    kind: &'a str,
    user: usize,
    text: &'a str,
}

impl WxrSample<'_> {
    fn xml(&self) -> String {
        let WxrSample { id, parent, name, url, approved, kind, user, text } = self;
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[{name}]]></wp:comment_author>\
             <wp:comment_author_email>noor.secret@example.net</wp:comment_author_email>\
             <wp:comment_author_url>{url}</wp:comment_author_url>\
             <wp:comment_author_IP>203.0.113.77</wp:comment_author_IP>\
             <wp:comment_date_gmt>2018-12-13 13:{:02}:00</wp:comment_date_gmt>\
             <wp:comment_content><![CDATA[{text}]]></wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved>\
             <wp:comment_type>{kind}</wp:comment_type><wp:comment_parent>{parent}</wp:comment_parent>\
             <wp:comment_user_id>{user}</wp:comment_user_id></wp:comment>\n",
            id % 60
        )
    }
}

/// An export with all that the comments of WordPress's own test data have: a thread of ten levels, pingbacks, trackbacks,
/// comments that wait, one by the author, markup and long words. Addresses are in names and URLs, too.
fn full_export() -> String {
    let plain = WxrSample { id: 0, parent: 0, name: "Noor", url: "", approved: "1", kind: "", user: 0, text: "Yes." };
    let mut samples: Vec<String> = (1..=10).map(|id| WxrSample { id, parent: id - 1, ..plain }.xml()).collect();
    let long = "Rindfleischetikettierungsüberwachung".repeat(12);
    let marked = "<p>A <strong>bold</strong> <code>a < b</code></p><ul><li>one</li></ul><blockquote>said</blockquote>\
                  <script>alert(1)</script><a href=\"javascript:alert(1)\">link</a> <img src=\"https://example.net/x.png\">";
    samples.extend([
        WxrSample { id: 11, name: "A blog", kind: "pingback", text: "[...] pinged [...]", ..plain }.xml(),
        WxrSample { id: 12, name: "Another", kind: "trackback", text: "[...] tracked [...]", ..plain }.xml(),
        WxrSample { id: 13, approved: "0", text: "Waiting here", ..plain }.xml(),
        WxrSample { id: 14, approved: "spam", text: "Cheap watches", ..plain }.xml(),
        WxrSample { id: 15, approved: "trash", text: "Thrown away", ..plain }.xml(),
        WxrSample { id: 16, name: "Ana Lopes", user: 4, text: "From the newsroom.", ..plain }.xml(),
        WxrSample { id: 17, text: marked, ..plain }.xml(),
        WxrSample { id: 18, text: &long, ..plain }.xml(),
        WxrSample { id: 19, name: "", text: "Nameless.", ..plain }.xml(),
        // Two that reply to each other, as a damaged database has them.
        WxrSample { id: 20, parent: 21, ..plain }.xml(),
        WxrSample { id: 21, parent: 20, ..plain }.xml(),
        WxrSample { id: 22, text: "<p>&#65279;</p>", ..plain }.xml(),
    ]);
    let names = ["IP:203.0.113.77", "Guest_203.0.113.77", "noor.secret @ example.net", "noor.secret%40example.net"];
    samples.extend((30..).zip(names).map(|(id, name)| WxrSample { id, name, ..plain }.xml()));
    let urls =
        ["http://noor.secret@example.net", "https://203.0.113.77/", "https://example.net/?m=noor.secret@example.net"];
    samples.extend((40..).zip(urls).map(|(id, url)| WxrSample { id, url, ..plain }.xml()));
    format!(
        "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"x\"><channel><link>https://old.example.org</link>\
         <wp:wxr_version>1.2</wp:wxr_version>{USERS}<item><title>The ferry</title>\
         <link>https://old.example.org/2018/old-ferry/</link><dc:creator>editor</dc:creator><wp:post_id>3</wp:post_id>\
         <wp:post_type>post</wp:post_type><wp:status>publish</wp:status><wp:post_name>old-ferry</wp:post_name>\
         <wp:post_date>2018-12-13 12:00:00</wp:post_date><content:encoded><![CDATA[<p>It sank.</p>]]></content:encoded>\
         {}</item></channel></rss>",
        samples.concat()
    )
}

/// The words of an export that must be in no file of a project or of its site.
const SECRETS: &[&str] =
    &["noor.secret", "203.0.113.77", "ana.private", "pinged", "tracked", "Waiting here", "Cheap", "Thrown"];

/// Asserts that no file below a folder has any of the words.
fn assert_secret(folder: &Path) {
    for (path, bytes) in &snapshot(folder) {
        let text = String::from_utf8_lossy(bytes);
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} is in {}", path.display());
        }
    }
}

#[test]
fn comments_of_every_kind_come_from_wordpress_without_addresses() {
    let folder =
        site("outputs: [text, ninjs, markdown]\ncomments: {form: none, feeds: true, limits: {comments: 26}}\n");
    let root = folder.path();
    let outside = scratch();
    let export = outside.path().join("export.xml");
    fs::write(&export, full_export()).unwrap();
    let pulled = run(root, &["comments", "pull", "--from", "wxr", export.to_str().unwrap()]).exits(0);
    let pulled = pulled.says("23 comments added, 0 were there already, 5 were not approved");
    pulled.says("left out: wp-22 for comments/news/ferry.yaml, since it has no text");
    run(root, &["build"]).exits(0);
    assert_secret(root);
    let page = read(root, "public/news/2018/12/ferry/index.html");
    for shown in ["depth-6", "From the newsroom.", "A <strong>bold</strong> <code>a &lt; b</code>", ">Anonymous<"] {
        assert!(page.contains(shown), "{shown}");
    }
    assert_eq!(page.matches("depth-6").count(), 5, "levels 6 to 10");
    assert!(page.contains("is-staff") && !page.contains("alert(1)") && !page.contains("x.png"));
    // Twice as many as the site allows: the rest is left out, and the site still builds.
    fs::remove_dir_all(root.join("comments")).unwrap();
    let limits = "comments: {limits: {comments: 3}}\n";
    fs::write(root.join("site.yaml"), format!("title: The Test\nbase_url: https://example.org/\n{limits}")).unwrap();
    let pulled = run(root, &["comments", "pull", "--from", "wxr", export.to_str().unwrap()]).exits(0);
    pulled.says("3 comments added").says("would be more than the 3 comments that a story may have");
    run(root, &["build"]).exits(0);
}

#[test]
fn imported_projects_have_the_comments_without_addresses() {
    let folder = scratch();
    let export = folder.path().join("export.xml");
    fs::write(&export, full_export()).unwrap();
    let into = folder.path().join("paper");
    run(folder.path(), &["import", "wordpress", "export.xml", "--into", "paper"]).exits(0);
    run(&into, &["build"]).exits(0);
    let mut found = String::new();
    for (path, bytes) in &snapshot(&into.join("comments")) {
        assert!(path.extension().is_some_and(|extension| extension == "yaml"));
        found.push_str(&String::from_utf8_lossy(bytes));
    }
    assert!(found.matches("- id: wp-").count() >= 22, "{found}");
    for secret in SECRETS {
        assert!(!found.contains(secret), "{secret}");
    }
    assert_secret(&into.join("public"));
}

#[test]
fn a_closed_thread_says_so_beside_a_post() {
    let folder = site("outputs: [text]\n");
    let root = folder.path();
    let story = |keys: &str| {
        let text = format!("---\ntitle: The vote\ndate: 2018-12-13\nauthors: ana\n{keys}---\n\nIt was close.\n");
        fs::write(root.join("content/news/vote.md"), text).unwrap();
        run(root, &["build"]).exits(0);
        let pages = ["public/news/2018/12/vote/index.html", "public/text/news/2018/12/vote/index.html"];
        pages.map(|page| read(root, page))
    };
    let post = "comments_thread: https://mastodon.example/@lin/109\n";
    for page in story(&format!("comments: false\n{post}")) {
        assert!(page.contains("https://mastodon.example/@lin/109") && page.contains("Comments are closed."), "{page}");
    }
    for page in story(post) {
        assert!(page.contains("https://mastodon.example/@lin/109") && !page.contains("Comments are closed."), "{page}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_pulled_into_a_folder_outside_of_the_project() {
    let (folder, outside) = (site(""), scratch());
    let root = folder.path();
    std::os::unix::fs::symlink(outside.path(), root.join("comments")).unwrap();
    let item = "<link>https://old.example.org/2018/old-ferry/</link>";
    fs::write(root.join("export.xml"), wxr(item, &[(1, "1", 0, "Yes.")])).unwrap();
    run(root, &["comments", "pull", "--from", "wxr", "export.xml"]).exits(2).says("leads out of the project's folder");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn readers_without_a_name_get_one_that_may_be_published() {
    let folder = site("");
    let root = folder.path();
    let item = "<link>https://old.example.org/2018/old-ferry/</link>";
    fs::write(root.join("export.xml"), wxr(item, &[(1, "1", 0, "Yes.")])).unwrap();
    let pull = ["comments", "pull", "--from", "wxr", "export.xml", "--anonymous"];
    run(root, &[&pull[..], &["noor@example.org"]].concat()).exits(2).says("the name holds an e-mail address");
    assert!(!root.join("comments").exists());
    run(root, &[&pull[..], &["A reader"]].concat()).exits(0).says("1 comment added");
}
