//! The files for nginx, Apache and Caddy, read by the servers themselves.

mod running;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::{self, Call};
use crate::tree;
use running::{ALL, Kind, Server};
use tempfile::TempDir;

const SETTINGS: &str = "title: The Ledger\nbase_url: https://www.example.org/\ntheme: plain\nrobots: false\n\
    outputs: [markdown, llms]\nhosts: [nginx, apache, caddy, netlify, s3, vercel, firebase]\n";

/// A site with a story that has an alias, one that has been withdrawn, and these files.
struct Site {
    folder: TempDir,
    public: PathBuf,
}

fn site(settings: &str, files: &[(&str, &str)]) -> Site {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let root = folder.path().join("site");
    tree::write(&root, support::plain_theme()).unwrap();
    let own = [
        ("site.yaml", settings),
        ("content/authors/ana.md", "---\nname: Ana López\n---\n"),
        (
            "content/news/vote.md",
            "---\ntitle: Vote\ndate: 2026-05-04\nauthors: ana\naliases: /2018/vote/\n---\nBy Ana López.\n",
        ),
        (
            "content/news/leak.md",
            "---\ntitle: Leak\ndate: 2026-05-04\nauthors: ana\naliases: /leak/\n\
             withdrawn: {date: 2026-05-05, reason: Forged.}\n---\nText.\n",
        ),
    ];
    for (path, text) in own.iter().chain(files) {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    }
    let built = support::run(&root, &Call::default());
    assert_eq!(built.code, 0, "{built:?}");
    Site { public: root.join("public"), folder }
}

/// Runs a test with each server that is installed.
fn with_each(site: &Site, test: impl Fn(Kind, &Server)) {
    assert!(site.folder.path().exists());
    for kind in ALL {
        if let Some(server) = Server::start(kind, &site.public) {
            test(kind, &server);
        }
    }
}

const NEW: &str = "/news/2026/05/vote/";

#[test]
fn redirects_point_where_readers_can_go_and_keep_the_query() {
    let redirects =
        "/shop/: https://example.com/shop?a=1&b=$2\n/old/: /news/vote.md#top\n/with space/: /news/vote.md\n";
    let site = site(SETTINGS, &[("redirects.yaml", redirects)]);
    with_each(&site, |kind, server| {
        for (path, location) in [
            ("/2018/vote", NEW),
            ("/2018/vote/", NEW),
            ("/2018/vote/?utm_source=letter&x=%20y", "/news/2026/05/vote/?utm_source=letter&x=%20y"),
            ("/old/?a=1", "/news/2026/05/vote/?a=1#top"),
            ("/with%20space", NEW),
            ("/shop/?c=3", "https://example.com/shop?a=1&b=%242"),
            ("/news", "/news/"),
        ] {
            let answer = server.get(path);
            // Caddy redirects to the URL with a slash with a status of its own.
            assert!([301, 308].contains(&answer.status), "{kind:?} {path}: {answer:?}");
            assert_eq!(answer.location(), location, "{kind:?} {path}");
        }
    });
}

#[test]
fn a_removed_page_is_gone_and_an_unknown_one_is_not_found() {
    let site = site(SETTINGS, &[("redirects.yaml", "/gone/for good/: gone\n"), ("content/static/files/a.txt", "a")]);
    with_each(&site, |kind, server| {
        for (path, words) in [
            ("/news/2026/05/leak/", "Forged."),
            ("/news/2026/05/leak", "Forged."),
            ("/leak/", ""),
            ("/gone/for%20good", ""),
        ] {
            let answer = server.get(path);
            assert_eq!(answer.status, 410, "{kind:?} {path}: {answer:?}\n{}", server.log());
            assert!(answer.body.contains(words) && answer.body.contains("noindex"), "{kind:?} {path}: {answer:?}");
        }
        let not_found = fs::read_to_string(site.public.join("404.html")).unwrap();
        for path in
            ["/news/2026/05/", "/news/2026/", "/files/", "/assets/", "/2018/", "/nowhere/", "/news/2026/nowhere"]
        {
            let answer = server.get(path);
            assert_eq!(answer.status, 404, "{kind:?} {path}: {answer:?}");
            assert!(answer.body.contains(not_found.trim()), "{kind:?} {path}: {answer:?}");
        }
    });
}

#[test]
fn texts_have_a_media_type_with_a_charset() {
    let well_known = "security: {contact: ana@example.org, expires: 2099-01-01}\ntrust: {contact: ana@example.org}\n";
    let site = site(&[SETTINGS, well_known].concat(), &[("content/static/notes.txt", "Ana López")]);
    with_each(&site, |kind, server| {
        for (path, expected) in [
            ("/llms.txt", "text/plain"),
            ("/notes.txt", "text/plain"),
            ("/.well-known/security.txt", "text/plain"),
            ("/trust.txt", "text/plain"),
            ("/news/2026/05/vote/index.md", "text/markdown"),
            ("/feeds.opml", "text/x-opml"),
        ] {
            let answer = server.get(path);
            let kind_of = answer.header("content-type").to_ascii_lowercase();
            assert_eq!(answer.status, 200, "{kind:?} {path}: {answer:?}");
            assert!(kind_of.starts_with(expected) && kind_of.ends_with("charset=utf-8"), "{kind:?} {path}: {kind_of}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{kind:?} {path}");
            assert_eq!(answer.header("cache-control"), "public, max-age=60, must-revalidate", "{kind:?} {path}");
        }
    });
}

#[test]
fn no_server_shows_the_files_for_hosts() {
    let site = site(SETTINGS, &[]);
    let all = support::snapshot(&site.public);
    let hidden: Vec<String> = all
        .keys()
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|path| path.starts_with(['.', '_']) || ["vercel.json", "firebase.json"].contains(&path.as_str()))
        .collect();
    assert!(hidden.len() >= 12, "{hidden:?}");
    // As on a disk that ignores case, and with the site in a subfolder.
    for path in &hidden {
        for copy in [path.to_uppercase(), format!("news/{path}"), format!("news/{}", path.to_uppercase())] {
            let copy = site.public.join(copy);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            // The files that Apache reads in its own folders are left out.
            if !copy.ends_with(".htaccess") {
                fs::copy(site.public.join(path), copy).unwrap();
            }
        }
    }
    with_each(&site, |kind, server| {
        for path in &hidden {
            let encoded = path.replacen('.', "%2e", 1).replacen('_', "%5F", 1);
            let (_, rest) = path.split_at(1);
            let first = format!("%{:02X}{rest}", path.as_bytes()[0]);
            for asked in [path.clone(), path.to_uppercase(), encoded, first] {
                for before in ["/", "//", "/news/", "/news//", "/./", "/x/../", "/%2e/"] {
                    let asked = format!("{before}{asked}");
                    let answer = server.get(&asked);
                    let is_hidden = [400, 403, 404].contains(&answer.status);
                    // A server may first redirect to the normalized path.
                    let leads_on = [301, 308].contains(&answer.status)
                        && [400, 403, 404].contains(&server.get(answer.location()).status);
                    assert!(is_hidden || leads_on, "{kind:?} {asked}: {answer:?}");
                }
            }
        }
        assert_eq!(server.get(NEW).status, 200, "{kind:?}");
    });
}

#[test]
fn headers_are_sent_as_they_are_written() {
    let values = [
        r#"{"group":"csp","max_age":600,"endpoints":[{"url":"https://example.org/r"}]}"#,
        "{http.request.host} {env.HOME} {path}",
        "${HOME} $HOME $uri $1 %{HOME}e %h 100% 5%%",
        r#"say "hi" for \d, \n, \\ and C:\new\"#,
        "it's `quoted`; # no comment",
        "{ open } {} {presswork_moved}",
        "expr=%{HTTP_HOST}",
        "expr=${HOME}",
    ];
    // Vercel has its own meaning for one of them.
    let mut settings = SETTINGS.replace(", vercel", "") + "headers:\n";
    for (at, value) in values.iter().enumerate() {
        settings.push_str(&format!("  X-Note-{at}: {}\n", serde_json::to_string(value).unwrap()));
    }
    let site = site(&settings, &[]);
    with_each(&site, |kind, server| {
        for path in ["/", "/nowhere/", "/leak/"] {
            let answer = server.get(path);
            for (at, value) in values.iter().enumerate() {
                assert_eq!(answer.header(&format!("x-note-{at}")), *value, "{kind:?} {path}");
            }
        }
    });
}

#[test]
fn queries_and_folders_redirect_in_their_order() {
    let redirects = "/?p=417: /news/vote.md\n/index.php?id=4:vote&view=article: /news/vote.md#top\n/?p=9: gone\n\
        /index.php?q=caf%c3%a9+noir: /news/vote.md\n/old/*: /archive/:splat\n/old/deep/*: https://example.com/x/:splat\n\
        /old/one/: /news/vote.md\n/old/secret/: gone\n/alle/*: /news/\n/weg/*: gone\n/weg/doch/: /news/vote.md\n\
        /caf%C3%A9/*: /:splat\n/old name/*: /news/\n";
    let story = "---\ntitle: Later\ndate: 2026-06-04\nauthors: ana\naliases: [\"/?p=500\", \"/serie/*\"]\n---\nText.\n";
    let site = site(SETTINGS, &[("redirects.yaml", redirects), ("content/news/later.md", story)]);
    with_each(&site, |kind, server| {
        for (path, location) in [
            ("/?p=417", NEW),
            ("/?x=1&p=417&y=2", NEW),
            ("/?p=500", "/news/2026/06/later/"),
            ("/index.php?view=article&id=4:vote", "/news/2026/05/vote/#top"),
            ("/index.php?q=caf%C3%A9+noir", NEW),
            ("/index.php?q=caf%c3%a9+noir", NEW),
            ("/old/2009/x.html", "/archive/2009/x.html"),
            ("/old/2009/x%20y/%C3%A9?a=1&b=%202", "/archive/2009/x%20y/%C3%A9?a=1&b=%202"),
            ("/old/", "/archive/"),
            ("/old/one/", NEW),
            ("/old/deep/a/b", "https://example.com/x/a/b"),
            ("/alle/x/y?a=1", "/news/?a=1"),
            ("/weg/doch/", NEW),
            ("/serie/teil-2/", "/news/2026/06/later/"),
            ("/caf%C3%A9/x", "/x"),
            ("/old%20name/x", "/news/"),
        ] {
            let answer = server.get(path);
            // Apache writes percent-encoded digits in lower case.
            let is_there = answer.status == 301 && answer.location().eq_ignore_ascii_case(location);
            assert!(is_there, "{kind:?} {path}: {answer:?}\n{}", server.log());
        }
        for path in ["/?p=9", "/old/secret/", "/old/secret", "/weg/x/", "/weg/"] {
            let answer = server.get(path);
            assert!(answer.status == 410 && answer.body.contains("noindex"), "{kind:?} {path}: {answer:?}");
        }
        for path in ["/", "/?p=4", "/?p=4170", "/?xp=417", "/?page=417&q=p"] {
            assert_eq!(server.get(path).status, 200, "{kind:?} {path}");
        }
        for path in ["/index.php?id=4:vote", "/older/x", "/archive/2009/x.html"] {
            assert_eq!(server.get(path).status, 404, "{kind:?} {path}");
        }
        // No redirect leads to another site, and no header can be injected.
        for path in [
            "/caf%C3%A9//evil.example/",
            "/caf%C3%A9/%5Cevil.example/",
            "/caf%C3%A9/%2Fevil.example/",
            "/old/a%0d%0aSet-Cookie:%20x=1",
            "/caf%C3%A9/\\evil.example/",
            "/caf%C3%A9/%2e%2e//evil.example",
        ] {
            let answer = server.get(path);
            let location = answer.location();
            let is_here = location.is_empty() || location.starts_with('/') && !location[1..].starts_with(['/', '\\']);
            assert!(is_here && answer.header("set-cookie").is_empty(), "{kind:?} {path}: {answer:?}");
        }
    });
}

#[test]
fn a_site_with_a_path_prefix_has_the_same() {
    for (prefix, folder) in [("paper", "paper"), ("caf%C3%A9", "café"), ("a%20b/c", "a b/c")] {
        let settings = SETTINGS.replace("www.example.org/", &format!("www.example.org/{prefix}/"));
        let site = site(&settings, &[("redirects.yaml", "/old/: /news/vote.md\n\"/an old/\": /news/vote.md#top\n")]);
        // The folder as configured in the server.
        let above = site.public.parent().unwrap().join("root");
        fs::create_dir_all(above.join(folder).parent().unwrap()).unwrap();
        fs::rename(&site.public, above.join(folder)).unwrap();
        let not_found = fs::read_to_string(above.join(folder).join("404.html")).unwrap();
        for kind in ALL {
            let Some(server) = Server::start_below(kind, &above, folder) else { continue };
            assert_eq!(server.get(&format!("/{prefix}/")).status, 200, "{kind:?}\n{}", server.log());
            for (old, to) in [("old/?a=1", "/?a=1"), ("an%20old/?a=1", "/?a=1#top")] {
                let moved = server.get(&format!("/{prefix}/{old}"));
                let location = format!("/{prefix}/news/2026/05/vote{to}");
                let is_there = moved.status == 301 && moved.location().eq_ignore_ascii_case(&location);
                assert!(is_there, "{kind:?} {prefix}: {moved:?}");
            }
            let gone = server.get(&format!("/{prefix}/news/2026/05/leak/"));
            assert!(gone.status == 410 && gone.body.contains("Forged."), "{kind:?} {prefix}: {gone:?}");
            for path in [".nginx/http.conf", ".apache/gone.txt", "_redirects", ".htaccess", "news/2026/", "nothing"] {
                let answer = server.get(&format!("/{prefix}/{path}"));
                assert_eq!(answer.status, 404, "{kind:?} {prefix} {path}");
                let has_page = answer.body.contains(not_found.trim());
                assert!(has_page || path.contains(['.', '_']), "{kind:?} {prefix} {path}: {answer:?}");
            }
        }
    }
}

#[test]
fn the_front_page_redirects_by_language_if_the_site_asks_for_it() {
    let editions = "redirect_by_language: true\nlanguages:\n  - {language: fr, fallback_for: [oc]}\n  - {language: zh-Hans}\n  \
                    - {language: zh-Hant, path: hk/}\n";
    let settings = SETTINGS.replace(", netlify, s3, vercel, firebase", "") + editions;
    let site = site(&settings, &[]);
    with_each(&site, |kind, server| {
        for (language, target) in [
            ("fr-CA,fr;q=0.9,en;q=0.8", "/fr/"),
            ("FR", "/fr/"),
            ("oc;q=1", "/fr/"),
            ("zh-CN,zh;q=0.9", "/zh-hans/"),
            ("zh", "/zh-hans/"),
            ("zh-TW,zh;q=0.9,en", "/hk/"),
            ("zh-Hant-HK", "/hk/"),
        ] {
            let answer = server.get_with("/?a=1", &format!("Accept-Language: {language}\r\n"));
            assert_eq!((answer.status, answer.location()), (302, &*format!("{target}?a=1")), "{kind:?} {language}");
            let vary = answer.header("vary").to_ascii_lowercase();
            assert!(vary.contains("accept-language") && vary.contains("referer"), "{kind:?} {language}: {vary}");
        }
        let inside = "Accept-Language: fr\r\nReferer: https://www.example.org/fr/\r\n";
        for (path, headers) in [
            ("/", ""),
            ("/", "Accept-Language: en-GB,fr;q=0.5\r\n"),
            ("/", "Accept-Language: fro\r\n"),
            // Whoever chooses the main edition gets it.
            ("/", inside),
            ("/news/", "Accept-Language: fr\r\n"),
        ] {
            let answer = server.get_with(path, headers);
            assert_eq!(answer.status, 200, "{kind:?} {path} {headers}");
            let vary = answer.header("vary").to_ascii_lowercase();
            assert_eq!(vary.contains("accept-language"), path == "/", "{kind:?} {path} {headers}: {vary}");
        }
        let elsewhere = "Accept-Language: fr\r\nReferer: https://search.example.com/\r\n";
        assert_eq!(server.get_with("/", elsewhere).status, 302, "{kind:?}");
    });
}
