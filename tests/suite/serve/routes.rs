//! URLs, as on a static host.

use super::preview::{Preview, paper, path_of};
use crate::support;
use crate::tree;

#[test]
fn a_folder_url_without_a_slash_redirects_to_the_one_with_it() {
    let preview = Preview::of(&paper(3), &[]);
    assert_eq!(preview.get("/").status, 200);
    let page = preview.get(&path_of(1));
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("<h1>Story 1</h1>"), "{}", page.text());
    let bare = preview.get("/world/2026/01/story-1?a=b&c");
    assert_eq!((bare.status, bare.header("location")), (301, "/world/2026/01/story-1/?a=b&c"));
    assert_eq!(preview.get("/world/2026/01/story-1/index.html").page(), page.page());
    let missing = preview.get("/no/such/");
    assert_eq!(missing.status, 404);
    assert_eq!(missing.page(), preview.get("/404.html").page());
}

#[test]
fn pages_are_what_a_build_publishes() {
    let files = paper(30);
    let preview = Preview::of(&files, &["--no-drafts"]);
    let folder = support::scratch();
    tree::write(folder.path(), &files).unwrap();
    assert_eq!(support::run(folder.path(), &support::Call::default()).code, 0);
    let built = tree::read(&folder.path().join("public")).unwrap();
    assert!(built.len() > 60, "{}", built.len());
    for (path, bytes) in built {
        let path = path.to_string_lossy().into_owned();
        if !path.starts_with(".presswork") {
            let answer = preview.get(&format!("/{path}"));
            assert_eq!(answer.status, 200, "{path}");
            assert!(
                answer.page() == bytes,
                "{path} is\n{}\nand not\n{}",
                answer.text(),
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}

#[test]
fn a_site_with_a_path_prefix_is_served_there_and_nowhere_else() {
    let mut files = paper(2);
    files.insert("site.yaml".into(), b"title: P\nbase_url: https://example.org/news/\ntheme: plain\n".to_vec());
    let preview = Preview::of(&files, &[]);
    for start in ["/", "/news"] {
        let answer = preview.get(start);
        assert_eq!((answer.status, answer.header("location")), (302, "/news/"), "{start}");
    }
    assert_eq!(preview.get(&format!("/news{}", path_of(1))).status, 200);
    assert_eq!(preview.get(&path_of(1)).status, 404);
    assert_eq!(preview.get("/newsworld/").status, 404);
    assert_eq!(preview.get("/news/world").header("location"), "/news/world/");
}

#[test]
fn files_come_in_parts_with_tags_and_types() {
    let mut files = paper(1);
    let film: Vec<u8> = (0..200_000u32).map(|at| at as u8).collect();
    files.insert("content/static/film.mp4".into(), film.clone());
    files.insert("content/static/Ünï 100%.txt".into(), b"text".to_vec());
    files.insert("content/static/.well-known/security.txt".into(), b"Contact: x".to_vec());
    let preview = Preview::of(&files, &[]);
    let whole = preview.get("/film.mp4");
    assert_eq!((whole.status, whole.header("content-type")), (200, "video/mp4"));
    assert_eq!((whole.header("accept-ranges"), whole.header("content-length")), ("bytes", "200000"));
    assert!(whole.body == film);
    let part = preview.get_with("/film.mp4", &[("range", "bytes=1000-1999")]);
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 1000-1999/200000"));
    assert!(part.body == film[1000..2000]);
    assert_eq!(preview.get_with("/film.mp4", &[("range", "bytes=-5")]).body, film[199_995..]);
    let beyond = preview.get_with("/film.mp4", &[("range", "bytes=200000-")]);
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */200000"));
    let tag = whole.header("etag");
    assert_eq!(preview.get_with("/film.mp4", &[("if-none-match", tag)]).status, 304);
    assert_eq!(preview.get_with("/film.mp4", &[("range", "bytes=0-1"), ("if-range", "\"old\"")]).status, 200);
    let text = preview.get("/%C3%9Cn%C3%AF%20100%25.txt");
    assert_eq!((text.status, text.header("content-type"), &*text.text()), (200, "text/plain; charset=utf-8", "text"));
    assert_eq!(preview.get("/.well-known/security.txt").status, 200);
    let page = preview.get("/");
    let again = preview.get_with("/", &[("if-none-match", page.header("etag"))]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(page.header("cache-control"), "no-cache");
}

#[test]
fn a_missing_page_is_never_sent_in_parts() {
    let preview = Preview::of(&paper(1), &[]);
    for header in [("range", "bytes=0-9"), ("range", "bytes=999999-"), ("if-none-match", "*")] {
        let answer = preview.get_with("/nope/", &[header]);
        assert_eq!(answer.status, 404, "{header:?}");
        assert!(answer.text().contains("</html>"), "{header:?}");
    }
}

#[test]
fn videos_are_not_compressed_and_compressed_text_has_a_weak_etag() {
    let mut files = paper(30);
    for name in ["film.mp4", "talk.mp3", "paper.pdf", "all.zip", "data.bin", "part.ts"] {
        files.insert(format!("content/static/{name}").into(), vec![b'a'; 20_000]);
    }
    let preview = Preview::of(&files, &[]);
    let gzip = ("accept-encoding", "gzip");
    for name in ["film.mp4", "talk.mp3", "paper.pdf", "all.zip", "data.bin", "part.ts"] {
        let answer = preview.get_with(&format!("/{name}"), &[gzip]);
        let said = ["content-encoding", "content-length", "accept-ranges"].map(|header| answer.header(header));
        assert_eq!(said, ["", "20000", "bytes"], "{name}");
    }
    let (plain, packed) = (preview.get("/"), preview.get_with("/", &[gzip]));
    assert_eq!(packed.header("etag"), format!("W/{}", plain.header("etag")));
    assert_eq!(preview.get_with("/", &[gzip, ("if-none-match", packed.header("etag"))]).status, 304);
    assert!(
        preview
            .raw("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .to_ascii_lowercase()
            .contains("\nallow: get, head\r")
    );
}

#[test]
fn texts_are_compressed_for_clients_that_accept_it() {
    let preview = Preview::of(&paper(30), &[]);
    let plain = preview.get("/");
    let packed = preview.get_with("/", &[("accept-encoding", "gzip")]);
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*packed.body), &mut text).unwrap();
    assert!(text == plain.body && packed.body.len() < plain.body.len());
}

#[test]
fn head_requests_get_no_body_and_other_methods_are_refused() {
    let mut files = paper(1);
    files.insert("content/static/a.svg".into(), b"<svg/>".to_vec());
    let preview = Preview::of(&files, &[]);
    let ask =
        |method: &str| preview.raw(&format!("{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    let head = ask("HEAD");
    assert!(
        head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n") && head.contains("content-length: "),
        "{head}"
    );
    // Only GET can ask for parts of a file.
    let part = preview.raw("HEAD /a.svg HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nConnection: close\r\n\r\n");
    assert!(part.starts_with("HTTP/1.1 200") && part.contains("content-length: 6"), "{part}");
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        assert!(ask(method).starts_with("HTTP/1.1 405"), "{method}");
    }
}

/// A site whose host has redirect rules, with an old path and a story that is gone.
fn hosted(hosts: &str) -> tree::Tree {
    let mut files = paper(2);
    let yaml =
        format!("title: P\nbase_url: https://example.org/\ntheme: plain\nhosts: [{hosts}]\nheaders: {{X-Own: here}}\n");
    files.insert("site.yaml".into(), yaml.into_bytes());
    let withdrawn = "---\ntitle: Gone\ndate: 2026-01-02\nauthors: [ana]\naliases: [/once/gone/]\nwithdrawn: {date: 2026-02-01}\n---\n\nText.\n";
    files.insert("content/world/gone.md".into(), withdrawn.into());
    let moved = "---\ntitle: Moved\ndate: 2026-01-02\nauthors: [ana]\naliases: [/old/place/]\n---\n\nText.\n";
    files.insert("content/world/moved.md".into(), moved.into());
    files
}

#[test]
fn the_hosts_rules_and_headers_hold() {
    let preview = Preview::of(&hosted("netlify"), &[]);
    let old = preview.get("/old/place/");
    assert_eq!((old.status, old.header("location")), (301, "/world/2026/01/moved/"));
    assert_eq!(preview.get("/old/place").status, 301);
    assert_eq!(preview.get("/world/2026/01/gone/").status, 410);
    // Browsers keep permanent redirects and 410s for ever, unless told to ask again (RFC 9111, 4.2.2): after the next
    // edit, or with another paper at this port, the URL may have something else.
    for path in ["/old/place/", "/old/place", "/world", "/_presswork", "/world/2026/01/gone/", "/nothing/", "/..%2fx"] {
        assert_eq!(preview.get(path).header("cache-control"), "no-cache", "{path}");
    }
    let page = preview.get("/");
    assert_eq!(page.header("x-own"), "here");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && !policy.contains("upgrade-insecure-requests"), "{policy}");
    assert_eq!(page.header("strict-transport-security"), "", "it would lock the preview out");
}

#[test]
fn no_header_of_the_site_breaks_the_preview() {
    let mut files = hosted("netlify");
    let site = String::from_utf8(files[std::path::Path::new("site.yaml")].clone()).unwrap();
    let set = |policy: &str| {
        let headers =
            format!("X-Own: here, Content-Security-Policy: \"{policy}\", Clear-Site-Data: '*', Refresh: 0;url=/x");
        site.replace("X-Own: here", &headers)
    };
    files.insert("site.yaml".into(), set("default-src 'none'; img-src *").into_bytes());
    let preview = Preview::of(&files, &[]);
    let page = preview.get("/");
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; img-src *; script-src 'self'; style-src 'self'; connect-src 'self'"
    );
    assert_eq!((page.header("clear-site-data"), page.header("refresh"), page.header("x-own")), ("", "", "here"));
    for (policy, expected) in [
        ("script-src https://a.example; object-src 'none'", "script-src https://a.example 'self'; object-src 'none'"),
        ("default-src 'self'; script-src-elem 'none'", "script-src-elem 'self'"),
    ] {
        preview.write("site.yaml", set(policy));
        preview.wait("/", policy, |answer| answer.header("content-security-policy").contains(expected));
    }
}

/// docs/PUBLISHING.md says which status each host sends.
#[test]
fn each_host_sends_the_documented_status() {
    for (host, gone, has_headers) in [
        ("netlify", 410, true),
        ("apache", 410, true),
        ("nginx", 410, true),
        ("caddy", 410, true),
        ("cloudflare", 200, true),
        ("vercel", 200, true),
        ("firebase", 200, true),
        ("s3", 200, false),
        // The first host counts.
        ("s3, netlify", 200, false),
    ] {
        let preview = Preview::of(&hosted(host), &[]);
        assert_eq!(preview.get("/old/place/").status, 301, "{host}");
        assert_eq!(preview.get("/world/2026/01/gone/").status, gone, "{host}: a tombstone");
        let alias = if gone == 410 { 410 } else { 404 };
        assert_eq!(preview.get("/once/gone/").status, alias, "{host}: nothing stands there");
        assert_eq!(preview.get("/").header("x-own") == "here", has_headers, "{host}");
    }
}

#[test]
fn a_hosts_limit_holds() {
    let mut files = hosted("s3");
    let aliases: Vec<String> = (0..60).map(|number| format!("/was/at-{number:02}/")).collect();
    let text = format!(
        "---\ntitle: Often moved\ndate: 2026-01-02\nauthors: [ana]\naliases: [{}]\n---\n\nText.\n",
        aliases.join(", ")
    );
    files.insert("content/world/often.md".into(), text.into_bytes());
    let preview = Preview::of(&files, &[]);
    // `/old/place/` is the first of the 50.
    assert_eq!((preview.get("/was/at-48/").status, preview.get("/was/at-49/").status), (301, 200));
}

#[test]
fn the_newsrooms_own_file_is_not_read() {
    let mut files = hosted("netlify");
    files.insert("content/static/_redirects".into(), b"/mine /world/ 302\n".to_vec());
    let preview = Preview::of(&files, &[]);
    assert_eq!(preview.get("/old/place/").status, 200, "Presswork has written no rule, so the page there leads on");
    assert_eq!(preview.get("/").header("x-own"), "here");
    preview.write("content/static/_headers", "/*\n  X-Mine: yes\n");
    preview.wait("/", "no header of Presswork's", |answer| answer.header("x-own").is_empty());
}

#[test]
fn without_a_host_old_paths_are_redirect_pages() {
    let preview = Preview::of(&hosted(""), &[]);
    let old = preview.get("/old/place/");
    assert_eq!(old.status, 200);
    assert!(old.text().contains("http-equiv=\"refresh\""), "{}", old.text());
    assert_eq!(preview.get("/").header("content-security-policy"), "");
}

#[test]
fn search_engines_are_kept_away() {
    let preview = Preview::of(&paper(1), &[]);
    for path in ["/", "/nope", "/_presswork/", "/rss.xml"] {
        assert_eq!(preview.get(path).header("x-robots-tag"), "noindex, nofollow", "{path}");
    }
}
