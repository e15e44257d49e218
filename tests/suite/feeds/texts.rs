//! Texts outside their pages: complete, with absolute URLs, and harmless whatever an editor has written.

use presswork::config::{HeadingLevels, HtmlPolicy};
use presswork::language::Quotes;
use presswork::markdown::{
    BodyProblem, Context, EmbedCall, EmbedKind, FootnotePlacement, ImageTarget, Options, rebased, render,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use scraper::Html;

use super::{FORMATS, Project, SETTINGS, html, story, title};

/// Text that an editor, a theme or an attacker may write.
const BODY: &str = "[source](other.md) and [part](other.md#part), [here](#below), [page](/about/), \
    [site](https://example.com/a?b=c&d=e), [nowhere](www.example.com), [host](//example.com/x), <desk@example.org>.\n\n\
    ![Alt \"x\"](dock.svg \"A caption\")\n\n## Below\n\nA note.[^1]\n\n- [x] done\n- [ ] to do\n\n\
    <p onclick=\"go()\" style=\"color: red\">raw <a href=\"other.md\">link</a></p>\n\n\
    <script>alert('script')</script>\n\n<style>p { display: none }</style>\n\n<iframe src=\"https://example.com/\">\
    </iframe>\n\n<form action=\"/go\"><input name=\"q\"></form>\n\n<a href=\"javascript:alert(1)\">run</a>\n\n\
    {{< player id=\"42\" >}}\n\n{{< offer >}}\nInside a [card](other.md).\n{{< /offer >}}\n\n{{< figure src=\"dock.svg\" \
    alt=\"Cranes\" >}}\n\nEnd ]]> of <b>it</b> & \"all\".\n\n<img src=\"dock.svg\" srcset=\"dock.svg 2x\" alt=\"\">\n\n<blockquote cite=\"/about/\">Quoted.</blockquote>\n\n[^1]: The note.\n";

const PLAYER: &str = "{% component player(id: string) -%}\n<div class=\"player\" data-id=\"{{ id }}\"></div>\
    <script src=\"/player.js\"></script><style>.player { color: red }</style>\n{%- endcomponent player %}\n";
const OFFER: &str = "{% component offer() -%}\n<div class=\"offer\" style=\"top: 0\" onclick=\"go()\"><form><button>Buy\
    </button></form><a href=\"/about/\">About</a><img src=\"/x.png\" alt=\"\">{{ body | safe }}</div>\n\
    {%- endcomponent offer %}\n";

fn project(html: &str) -> Project {
    let project = Project::new(&[
        ("themes/mine/theme.yaml", "name: mine\nextends: broadsheet\n"),
        ("themes/mine/embeds/player.html", PLAYER),
        ("themes/mine/embeds/offer.html", OFFER),
        ("content/pages/about.md", "---\ntitle: About\n---\n\nWe.\n"),
        ("content/world/dock.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ]);
    project.write("site.yaml", format!("{SETTINGS}theme: mine\nhtml: {html}\n"));
    project.write("content/world/other.md", story("Other", "date: 2026-01-01\nauthors: ana", "## Part\n\nThe other."));
    // A body that only trusted people may write is refused otherwise.
    let body = if html == "trusted" { BODY.to_owned() } else { BODY.replace("javascript:alert(1)", "/about/") };
    project.write("content/world/all.md", story("All", "date: 2026-02-01\nauthors: ana", &body));
    project
}

#[test]
fn texts_are_whole_absolute_and_harmless() {
    for policy in ["sanitized", "trusted"] {
        let project = project(policy);
        project.build();
        for (feed, format) in project.feeds("world/").into_iter().zip(FORMATS) {
            let text = html(&feed.entries[0]).unwrap();
            assert_harmless(text);
            let page = "https://example.org/news/world/2026/02/all/";
            let other = "https://example.org/news/world/2026/01/other/";
            for wanted in [
                &format!("<a href=\"{other}\">source</a>"),
                &format!("<a href=\"{other}#part\">part</a>"),
                &format!("<a href=\"{page}#below\">here</a>"),
                "<a href=\"https://example.org/news/about/\">page</a>",
                "<a href=\"https://example.com/a?b=c&amp;d=e\">site</a>",
                &format!("<a href=\"{page}www.example.com\">nowhere</a>"),
                "<a href=\"https://example.com/x\">host</a>",
                "mailto:desk@example.org",
                "src=\"https://example.org/news/world/dock.svg\"",
                "<figcaption>A caption</figcaption>",
                &format!("href=\"{page}#fn:1\""),
                &format!("href=\"{page}#fnref:1\""),
                "\u{2611} done",
                "\u{2610} to do",
                &format!("raw <a href=\"{other}\">link</a>"),
                // The player itself is removed, so a link leads to its source.
                &format!("<a href=\"{page}\">All</a>"),
                &format!("Inside a <a href=\"{other}\">card</a>."),
                "<a href=\"https://example.org/about/\">About</a>",
                "alt=\"Cranes\"",
                "End ]]&gt; of <b>it</b> &amp; “all”.",
            ] {
                assert!(text.contains(wanted), "{policy} {format}: no {wanted} in\n{text}");
            }
            for refused in ["Buy", "alert", "display: none", "color: red"] {
                assert!(!text.contains(refused), "{policy} {format}: {refused} in\n{text}");
            }
        }
        // On its own page it is unchanged.
        assert!(project.read("world/2026/02/all/index.html").unwrap().contains("class=\"offer\""));
        assert_eq!(project.touches(), Vec::<String>::new());
    }
}

/// Nothing runs scripts, adds styles or loads anything; every URL works from anywhere.
#[track_caller]
fn assert_harmless(text: &str) {
    let html = Html::parse_fragment(text);
    for element in html.tree.values().filter_map(|node| node.as_element()) {
        let name = element.name();
        let refused = ["script", "style", "iframe", "object", "embed", "form", "input", "button", "link", "meta"];
        assert!(!refused.contains(&name), "<{name}> in\n{text}");
        for (attribute, value) in element.attrs() {
            assert!(!attribute.starts_with("on") && attribute != "style", "{attribute} of <{name}> in\n{text}");
            if ["href", "src", "poster", "cite", "srcset"].contains(&attribute) {
                let is_absolute = ["https://", "http://", "mailto:"].iter().any(|scheme| value.starts_with(scheme));
                assert!(is_absolute, "{attribute}=\"{value}\" in\n{text}");
            }
        }
    }
}

/// Words as a YAML string, in which some of them must be escaped.
fn yaml(words: &str) -> String {
    let escaped =
        |c: char| if c.is_control() || c == '\u{ffff}' { format!("\\u{:04x}", u32::from(c)) } else { c.into() };
    format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\"").chars().map(escaped).collect::<String>())
}

#[test]
fn hostile_text_stays_text() {
    let words = [
        "]]> ends it",
        "</script><script>alert(1)</script>",
        "<!-- & -- > &amp; &lt;",
        "\"double\" and 'single'",
        "emoji 🗞️ and 👩🏽‍🚀",
        "\u{202b}right\u{202c} to \u{200f}left \u{2067}עברית\u{2069}",
        // Control characters are refused where front matter is read.
        "f\u{ffff}g",
        "line\u{2028}sepa\u{2029}rators",
    ];
    for (at, hostile) in words.into_iter().enumerate() {
        let project = Project::new(&[]);
        let quoted = yaml(hostile);
        let more = format!(
            "date: 2026-05-01\nauthors: [{{name: {quoted}}}]\nsummary: {quoted}\ntags: [{}]\nimage: {{src: \
             \"https://example.com/x.jpg?a=1&b='2'\", alt: {quoted}, credit: {quoted}, caption: {quoted}}}",
            yaml(&format!("tag {hostile}"))
        );
        project.write(
            "site.yaml",
            format!("{SETTINGS}smart_punctuation: false\ndescription: {quoted}\n")
                .replace("The Test", "The Test & <b>"),
        );
        project.write("content/world/_index.md", format!("---\ntitle: {quoted}\n---\n"));
        project
            .write("content/world/hostile.md", format!("---\ntitle: {quoted}\n{more}\n---\n\nText {hostile} text.\n"));
        project.build();
        assert!(project.read("feeds.opml").is_some_and(|text| roxmltree::Document::parse(&text).is_ok()));
        let forbidden = |c: char| c == '\u{ffff}' || (c < ' ' && c != '\n');
        let clean: String = hostile.chars().filter(|&c| !forbidden(c)).collect();
        for path in project.feed_paths() {
            let feed = super::parsed(&project.read(&path).unwrap());
            let entry = &feed.entries[0];
            let wanted = if path.ends_with(".json") { hostile } else { clean.as_str() };
            assert_eq!(title(entry), wanted, "{at} {path}");
            let summary = &entry.summary.as_ref().unwrap().content;
            match path.ends_with("rss.xml") {
                // Here it is HTML.
                true => {
                    assert_eq!(Html::parse_fragment(summary).root_element().text().collect::<String>(), wanted, "{at}")
                }
                false => assert_eq!(summary, wanted, "{at} {path}"),
            }
            assert_eq!(entry.authors[0].name.as_deref(), Some(wanted), "{at} {path}");
            assert_harmless(html(entry).unwrap());
        }
    }
}

/// The targets of links in these tests: root-relative URLs, or as written.
struct Links(Option<&'static str>);

impl Context for Links {
    fn link(&self, destination: &str) -> Result<String, BodyProblem> {
        Ok(destination.to_owned())
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> {
        Ok(ImageTarget {
            url: format!("/pictures/{destination}"),
            width: Some(3),
            height: Some(2),
            sizes: None,
            credit: None,
        })
    }

    fn embed(&self, _call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        Ok(String::new())
    }

    fn embed_kind(&self, _name: &str) -> Option<EmbedKind> {
        None
    }

    fn embed_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn base(&self) -> Option<&str> {
        self.0
    }
}

/// Pieces of Markdown that make or look like links.
const PIECES: &[&str] = &[
    "[a](b.md)",
    "[a](/b/ \"href=\\\"/c\\\"\")",
    "![a > b](c.png \"d > e\")",
    "\n\n",
    "[^1]",
    "\n\n[^1]: note\n\n",
    "# H\n",
    "[x](#h)",
    "`href=\"/x\" src=\"/y\"`",
    "- [x] done\n",
    "word",
    " & ",
    "[q](?a=b&c='d')",
    "[![i](j.png)](k.md)",
    "| a |\n|-|\n| [l](m) |\n",
    "> [!NOTE]\n> [n](//example.com/o)\n\n",
    "[p](mailto:a@b.c)",
    "[é](ü/ß.md)",
    "\"",
    "a > b",
    "    src=\"/code\"\n",
    "[r]\n\n[r]: /s\n",
];

proptest! {
    /// A text taken from its page and one rendered again are the same: no build may depend on which it was.
    #[test]
    fn a_text_taken_from_its_page_is_the_same_as_one_rendered_for_feeds(pieces in vec(select(PIECES), 0..12)) {
        let page = "https://example.org/news/world/2026/02/all/";
        let text = pieces.concat();
        for html in [HtmlPolicy::Sanitized, HtmlPolicy::Trusted] {
            for footnotes in [FootnotePlacement::End, FootnotePlacement::Beside] {
                let heading_levels = HeadingLevels::Nested;
                let options = Options { html, heading_levels, smart_punctuation: true, quotes: Quotes::ROOT, emphasis_dots: true, highlight_code: true, embed_urls: true, footnotes };
                let here = render(&text, &options, &Links(None));
                let elsewhere = render(&text, &options, &Links(Some(page))).html;
                if let Some(taken) = rebased(&here.html, page).filter(|_| !here.is_for_page) {
                    prop_assert_eq!(taken, elsewhere);
                }
            }
        }
    }
}

#[test]
fn frames_of_trusted_pages_leave_a_link_and_pictures_without_scripts_stay() {
    let project = project("trusted");
    let body = "A.\n\n<iframe src=\"https://www.example.com/embed/abc?a=1&amp;b=2\" title=\"A film > none\"></iframe>\n\n\
        <OBJECT data='/films/b.swf'></OBJECT>\n\n<iframe srcdoc=\"<p>x</p>\"></iframe>\n\n\
        <noscript><img src=\"dock.svg\" alt=\"Lazy\"></noscript>\n";
    project.write("content/world/frames.md", story("Frames", "date: 2026-03-01\nauthors: ana", body));
    project.build();
    for feed in project.feeds("world/") {
        let entry = feed.entries.iter().find(|entry| title(entry) == "Frames").unwrap();
        let text = html(entry).unwrap();
        assert_harmless(text);
        for wanted in [
            "<a href=\"https://www.example.com/embed/abc?a=1&amp;b=2\">A film &gt; none</a>",
            "<a href=\"https://example.org/films/b.swf\">https://example.org/films/b.swf</a>",
            "<img src=\"https://example.org/news/world/dock.svg\" alt=\"Lazy\">",
        ] {
            assert!(text.contains(wanted), "{wanted}\n{text}");
        }
    }
}
