//! The default theme's embeds: their HTML on the page and in feeds, the arguments that they refuse, and that other
//! hosts are asked for nothing before the reader clicks.

use std::fs;
use std::path::Path;

use crate::support;
use tempfile::TempDir;

/// Every embed, and text that the page must contain.
const EMBEDS: &[(&str, &[&str])] = &[
    (
        "{{< youtube id=\"a-B_9\" title=\"A \\\"film\\\"\" >}}",
        &[
            "data-load=\"Load\"",
            "href=\"https://www.youtube.com/watch?v=a-B_9\">A “film”</a>",
            "<template><iframe src=\"https://www.youtube-nocookie.com/embed/a-B_9?autoplay=1\" title=\"A “film”\"",
        ],
    ),
    (
        "{{< vimeo id=123 title=\"Film\" >}}",
        &["href=\"https://vimeo.com/123\"", "<template><iframe src=\"https://player.vimeo.com/video/123?dnt=1&amp;"],
    ),
    (
        "{{< x href=\"https://x.com/ana/status/1\" author=\"Ana <b>\" date=\"1 May\" id=\"12\" >}}\nI **said** it.\n{{< /x >}}",
        &[
            "cite=\"https://x.com/ana/status/1\"",
            "<p>I <strong>said</strong> it.</p>",
            "<bdi>Ana &lt;b&gt;</bdi> <a rel=\"external\" href=\"https://x.com/ana/status/1\">on X</a> · <bdi>1 May</bdi>",
            "Tweet.html?dnt=true&amp;id=12\" title=\"Ana &lt;b&gt;\"",
        ],
    ),
    (
        "{{< mastodon href=\"https://social.example/@ana/1\" author=\"Ana\" >}}\nOn Mastodon.\n{{< /mastodon >}}",
        &["<p>On Mastodon.</p>", "href=\"https://social.example/@ana/1\">on Mastodon</a>"],
    ),
    (
        "{{< bluesky href=\"https://bsky.app/profile/ana/post/1\" author=\"Ana\" >}}\nOn Bluesky.\n{{< /bluesky >}}",
        &["<p>On Bluesky.</p>", "href=\"https://bsky.app/profile/ana/post/1\">on Bluesky</a>"],
    ),
    (
        "{{< timeline title=\"How it went\" >}}\n3 May\n: The dock closes.\n\n4 May\n: It opens.\n{{< /timeline >}}",
        &["<div class=\"timeline\" role=\"group\" aria-label=\"How it went\">", "<dt>3 May</dt>", "<dd>It opens.</dd>"],
    ),
    (
        "{{< map lat=53.5 lon=-9.9 title=\"The dock\" zoom=12 >}}",
        &["https://www.openstreetmap.org/?mlat=53.5&amp;mlon=-9.9#map=12/53.5/-9.9\">The dock</a>"],
    ),
    (
        "{{< map lat=1 lon=2 title=\"The pier\" image=\"still.png\" alt=\"A pier\" >}}",
        &["<img src=\"/world/still.png\" alt=\"A pier\" width=\"4\" height=\"3\"", "?mlat=1&amp;mlon=2#map=14/1/2"],
    ),
    (
        "{{< newsletter href=\"https://letters.example/in\" title=\"Morning letter\" note=\"We keep your address.\" field=\"EMAIL\" >}}",
        &[
            "action=\"https://letters.example/in\" method=\"post\"",
            "<input type=\"email\" name=\"EMAIL\" autocomplete=\"email\" required>",
            "We keep your address.",
        ],
    ),
    (
        "{{< document href='https://example.org/a\"b?c=%20&d=e' title=\"Odd\" >}}",
        &["<a href=\"https://example.org/a%22b?c=%20&amp;d=e\">Odd</a>"],
    ),
    (
        "{{< document href=\"report.pdf\" title=\"The report\" note=\"PDF, 2 MB\" >}}",
        &["<a href=\"/world/report.pdf\">The report</a> <small>PDF, 2 MB</small>"],
    ),
    (
        "{{< audio src=\"dock.mp3\" title=\"Cranes\" href=\"report.pdf\" >}}",
        &["src=\"/world/dock.mp3\"", "<a href=\"/world/report.pdf\">Transcript</a>", "preload=\"none\""],
    ),
    (
        "{{< video src=\"dock.mp4\" title=\"Cranes\" captions=\"dock.vtt\" poster=\"still.png\" >}}",
        &[
            "src=\"/world/dock.mp4\" poster=\"/world/still.png\" width=\"4\" height=\"3\"",
            "<track kind=\"captions\" src=\"/world/dock.vtt\" srclang=\"en\" label=\"Captions\" default>",
        ],
    ),
    (
        "{{< gallery caption=\"Two views\" >}}\n{{< figure src=\"map.svg\" alt=\"One\" caption=\"The gate\" credit=\"Ana\" >}}\n{{< figure src=\"map.svg\" alt=\"Two\" size=\"wide\" credit=\"Ana\" >}}\n{{< /gallery >}}",
        &[
            "<div class=\"gallery-pictures\">",
            "<figure class=\"picture picture-wide\">",
            "<figcaption>Two views</figcaption>",
            "<figcaption>The gate<span hidden> ·</span> <span class=\"credit\">Ana</span></figcaption>",
        ],
    ),
    (
        "{{< aside title=\"How we counted\" >}}\nTwice.\n{{< /aside >}}",
        &["<aside class=\"box\" aria-label=\"How we counted\">", "<p>Twice.</p>"],
    ),
    (
        "{{< pull-quote author=\"Ana\" >}}\nNever again.\n{{< /pull-quote >}}",
        &["<p>Never again.</p>", "<figcaption>Ana</figcaption>"],
    ),
];

/// A site of one story, with the built-in theme.
struct Site {
    folder: TempDir,
    built: support::Built,
}

impl Site {
    fn with(body: &str) -> Site {
        let folder = support::scratch();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("site.yaml", "title: The Test\nbase_url: https://example.org/\nhosts: [netlify]\n");
        write("content/world/_index.md", "---\ntitle: World\n---\n");
        write("content/world/story.md", &format!("---\ntitle: A story\ndate: 2026-11-01\nbyline: Desk\n---\n{body}\n"));
        write("content/world/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\"/>");
        let still = include_bytes!("metadata/harbour.png");
        fs::write(folder.path().join("content/world/still.png"), still).unwrap();
        for file in ["report.pdf", "dock.mp3", "dock.mp4", "dock.vtt"] {
            write(&format!("content/world/{file}"), "a file");
        }
        let built = support::run(folder.path(), &support::Call::default());
        Site { folder, built }
    }

    fn with_all() -> Site {
        let calls: Vec<&str> = EMBEDS.iter().map(|(call, _)| *call).collect();
        let site = Site::with(&format!("Some words.\n\n{}", calls.join("\n\n")));
        assert_eq!(site.built.diagnostics, Vec::<String>::new());
        site
    }

    fn file(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join("public").join(path)).unwrap()
    }

    fn page(&self) -> String {
        self.file("world/2026/11/story/index.html")
    }
}

#[test]
fn every_embed_gives_the_expected_html() {
    let page = Site::with_all().page();
    let missing: Vec<&&str> =
        EMBEDS.iter().flat_map(|(_, wanted)| *wanted).filter(|part| !page.contains(**part)).collect();
    assert_eq!(missing, Vec::<&&str>::new(), "{page}");
}

#[test]
fn every_embed_is_tested_and_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(root.join("docs/WRITING.md")).unwrap();
    for entry in fs::read_dir(root.join("themes/broadsheet/embeds")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        // Texts cannot call it: URLs of services stand for it.
        if name.starts_with('_') {
            continue;
        }
        assert!(guide.contains(&format!("| `{name}`")), "docs/WRITING.md has no line for `{name}`");
        // Charts have tests of their own.
        let is_proven = name == "chart" || EMBEDS.iter().any(|(call, _)| call.contains(&format!("{{{{< {name} ")));
        assert!(is_proven, "`{name}` stands in no test");
    }
}

/// Returns the page without the parts that browsers ignore until a script uses them.
fn before_a_click(page: &str) -> String {
    let parts = page.split("<template>").enumerate();
    parts.map(|(at, part)| if at == 0 { part } else { part.split_once("</template>").unwrap().1 }).collect()
}

#[test]
fn no_other_host_is_asked_before_a_click() {
    let site = Site::with_all();
    let page = before_a_click(&site.page());
    assert!(!page.contains("<iframe"), "no frame is open");
    for attribute in [" src=\"", " srcset=\"", " poster=\"", " data=\""] {
        let mut urls = page.split(attribute).skip(1);
        assert!(urls.all(|url| url.starts_with('/')), "another host stands in `{attribute}`");
    }
    assert_eq!(page.matches("<script src=\"/assets/js/embeds.").count(), 1, "the script is asked for once");
    let headers = site.file("_headers");
    let frames =
        "frame-src 'self' https://platform.twitter.com https://player.vimeo.com https://www.youtube-nocookie.com;";
    assert!(headers.contains(frames), "the policy lets in these frames and no others: {headers}");
    assert!(headers.contains("script-src 'self';"), "{headers}");
}

#[test]
fn a_story_with_nothing_to_load_has_no_script() {
    let page = Site::with("Plain words.\n\n{{< aside title=\"A box\" >}}\nMore.\n{{< /aside >}}").page();
    assert!(!page.contains("embeds."), "{page}");
}

#[test]
fn feeds_contain_what_can_be_read_without_the_page() {
    let feed = Site::with_all().file("rss.xml");
    for part in [
        "https://www.youtube.com/watch?v=a-B_9",
        "https://vimeo.com/123",
        "I <strong>said</strong> it.",
        "https://social.example/@ana/1",
        "<dt>3 May</dt>",
        "https://www.openstreetmap.org/?mlat=53.5",
        "Morning letter",
        "<a rel=\"alternate\" href=\"https://example.org/world/2026/11/story/#\">Subscribe</a>",
        "The gate<span> ·</span> <span>Ana</span>",
        "https://example.org/world/report.pdf",
        "src=\"https://example.org/world/dock.mp3\"",
        "src=\"https://example.org/world/map.svg\"",
        "Never again.",
    ] {
        assert!(feed.contains(part), "no {part} in {feed}");
    }
    for part in ["<iframe", "<template", "<form", "<input", "<button", "<p> </p>", ">E-mail", "data-load", "class="] {
        assert!(!feed.contains(part), "{part} in {feed}");
    }
}

#[test]
fn errors_have_a_place() {
    for (call, code) in [
        ("{{< youtube title=\"No id\" >}}", "embed-arguments"),
        ("{{< youtube id=12 title=\"A number\" >}}", "embed-arguments"),
        ("{{< map lat=\"53\" lon=1 title=\"A text\" >}}", "embed-arguments"),
        ("{{< mastodon href=\"javascript:alert(1)\" author=\"A\" >}}x{{< /mastodon >}}", "unsafe-url"),
        ("{{< x href=\"data:text/html,x\" author=\"A\" >}}x{{< /x >}}", "unsafe-url"),
        ("{{< newsletter href=\" JavaScript:alert(1)\" title=\"A\" >}}", "unsafe-url"),
        ("{{< video src=\"dock.mp4\" title=\"A\" captions=\"none.vtt\" >}}", "broken-link"),
        ("{{< figure src=\"map.svg\" alt=\"\" size=\"huge\" >}}", "template-failed"),
        ("{{< youtube id=\"\" title=\"A\" >}}", "template-failed"),
        ("{{< youtube id=\"https://www.youtube.com/watch?v=abc\" title=\"A\" >}}", "template-failed"),
        ("{{< vimeo id=\"12/../3\" title=\"A\" >}}", "template-failed"),
        ("{{< x href=\"https://x.com/a/1\" author=\"A\" id=\"1&x=2\" >}}x{{< /x >}}", "template-failed"),
        ("{{< map lat=953 lon=1 title=\"A\" >}}", "template-failed"),
        ("{{< map lat=1.5 lon=-180.5 title=\"A\" >}}", "template-failed"),
        ("{{< map lat=1 lon=1 title=\"A\" zoom=9999 >}}", "template-failed"),
        ("{{< chart data=\"https://example.com/d.csv\" title=\"A\" >}}", "bad-data"),
    ] {
        let built = Site::with(&format!("Words.\n\n{call}")).built;
        assert_eq!((built.code, built.problem.as_deref()), (1, None), "{call}");
        let found: Vec<&String> =
            built.diagnostics.iter().filter(|line| line.contains(&format!("\"code\":\"{code}\""))).collect();
        assert_eq!(found.len(), 1, "{call}: {:?}", built.diagnostics);
        assert!(found[0].contains("\"line\":8"), "{call}: {}", found[0]);
    }
}
