//! Anything can be read: positions are inside the text, and routes are valid file names.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use presswork::article::BodyScan;
use presswork::config::{self, HtmlPolicy};
use presswork::diagnostic::Diagnostic;
use presswork::ledger;
use presswork::markdown::{self, BodyProblem, Context, EmbedCall, EmbedKind, ImageTarget};
use presswork::read::{Record, Settings, read_text};
use presswork::route::{Route, RouteError, SlugStyle};
use presswork::source::{SourceFile, SourceKind};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

mod bodies;

/// Line ends in YAML that are none in an editor.
const INNER_BREAKS: [&str; 4] = ["\r", "\u{85}", "\u{2028}", "\u{2029}"];

/// The settings for reading the sources of a plain English site.
fn settings() -> Settings {
    let config = config::parse("title: Probe\nbase_url: https://example.org/\n").value.unwrap();
    Settings { zone: TimeZone::UTC, slugs: SlugStyle::Ascii, ..Settings::from(&config) }
}

fn article(text: &str) -> Vec<Diagnostic> {
    let file = SourceFile { path: "content/world/vote.md".to_owned(), kind: SourceKind::Article, stamp: None };
    read_text(text, &file, &settings()).diagnostics
}

fn places(diagnostics: &[Diagnostic]) -> Vec<(Option<usize>, Option<usize>)> {
    diagnostics.iter().map(|diagnostic| (diagnostic.line, diagnostic.column)).collect()
}

#[test]
fn lines_are_counted_as_editors_do() {
    for inner in INNER_BREAKS {
        let text = format!("---\ntitle: \"One{inner}two\"\nkind: gossip\ndate: 2026-05-04\n---\n");
        assert_eq!(places(&article(&text)), [(Some(3), Some(7))], "{inner:?}");
        let text = format!("---\ntitle: \"One{inner}two\"\ntags: [a, b\ndate: 2026-05-04\n---\n");
        assert_eq!(places(&article(&text)), [(Some(3), Some(7))], "{inner:?}");
        let text = format!("title: \"One{inner}two\"\r\nbase_url: https://example.org/\r\npage_size: many\r\n");
        assert_eq!(places(&config::parse(&text).diagnostics), [(Some(3), Some(12))], "{inner:?}");
    }
}

#[test]
fn an_error_on_a_broken_line_has_a_column_of_that_line() {
    for inner in INNER_BREAKS {
        let text = format!("---\ntitle: One{inner}kind: gossip\n---\n");
        for diagnostic in article(&text) {
            let line = text.lines().nth(diagnostic.line.unwrap() - 1).unwrap_or_default();
            assert!(diagnostic.column.unwrap() <= line.chars().count() + 1, "{diagnostic:?}");
        }
    }
}

#[test]
fn a_route_is_measured_as_it_is_written() {
    // Composed, this letter is three characters and six bytes; as written, one and three.
    assert_eq!(Route::file(&"\u{fb2c}".repeat(80)), Err(RouteError::TooLong(255)));
    assert!(Route::file(&"\u{fb2c}".repeat(40)).is_ok());
    // The Kelvin sign becomes a K.
    assert!(Route::file(".pressworK").is_err() && Route::file(".presswor\u{212a}").is_err());
}

/// The scan of a body.
fn scan(body: &str, html: HtmlPolicy) -> BodyScan {
    let file = SourceFile { path: "content/world/vote.md".to_owned(), kind: SourceKind::Article, stamp: None };
    let text = format!("---\ntitle: Vote\ndate: 2026-01-01\n---\n{body}\n");
    let mut settings = settings();
    settings.text.html = html;
    match read_text(&text, &file, &settings).value {
        Some(Record::Article(article)) => article.body.clone(),
        _ => panic!("{body} is no article"),
    }
}

fn excerpt(body: &str) -> Option<String> {
    let excerpt = |html| scan(body, html).excerpt.map(String::from);
    let sanitized = excerpt(HtmlPolicy::Sanitized);
    assert_eq!(sanitized, excerpt(HtmlPolicy::Trusted), "{body}");
    sanitized
}

/// Bodies and their summaries.
const LEADS: &[(&str, &str)] = &[
    // Hidden text.
    ("<!-- Ask Mia Quill.\n\nHer number is 12. -->\n\nThe ferry sank.", "The ferry sank."),
    ("<!-- <!-- twice -->\n\nThe ferry sank.", "The ferry sank."),
    ("<script>\nlet a = 1;\n\nlet b = 2;\n</script>\n\nThe ferry sank.", "The ferry sank."),
    ("<style>\n.a {}\n\n.b {}\n</style>\nThe ferry sank.", "The ferry sank."),
    ("<?php if ($a > 1) {\n\necho 'x'; } ?>\n\nThe ferry sank.", "The ferry sank."),
    ("<![CDATA[ x > y\n\nmore ]]>\n\nThe ferry sank.", "The ferry sank."),
    ("<template>\n\nDraft lead.\n\n</template>\n\nThe ferry sank.", "The ferry sank."),
    ("<noscript>\n\nTurn it on.\n\n</noscript>\n\nThe ferry sank.", "The ferry sank."),
    ("<div hidden>\n\nOld lead.\n\n</div>\n\nThe ferry sank.", "The ferry sank."),
    ("<div style=\"color:red; DISPLAY : none !important\">\n\nOld.\n\n</div>\n\nThe ferry sank.", "The ferry sank."),
    ("<p hidden>Old lead.</p>\n<p>The ferry sank.</p>", "The ferry sank."),
    ("<p hidden>Old lead.\n\nThe ferry sank.", "The ferry sank."),
    ("The <span hidden>old </span>ferry <!-- rusty -->sank.", "The ferry sank."),
    ("The <script>let a = 'b'</script>ferry sank.", "The ferry sank."),
    ("The <span hidden>old\n\nThe ferry sank.", "The"),
    // Other people's words, and text that belongs to no paragraph.
    ("> He wept.\n\nThe ferry sank.", "The ferry sank."),
    ("> [!NOTE]\n> Updated.\n\nThe ferry sank.", "The ferry sank."),
    ("- One.\n\n- Two.\n\nThe ferry sank.", "The ferry sank."),
    ("# Harbour {#harbour}\nThe ferry sank.", "The ferry sank."),
    ("Harbour\n=======\nThe ferry sank.", "The ferry sank."),
    ("| a |\n|---|\n| b |\n\nThe ferry sank.", "The ferry sank."),
    ("Ferry\n: A boat.\n\nThe ferry sank.", "The ferry sank."),
    ("[^1]: Counted.\n\nThe ferry[^1] sank.", "The ferry sank."),
    ("<aside>\n\nA box.\n\n</aside>\n\nThe ferry sank.", "The ferry sank."),
    ("<div class=\"box\">\n\nA box.\n\n</div>\n\nThe ferry sank.", "The ferry sank."),
    (
        "<figure><img src=\"a.png\" alt=\"b\"><figcaption>A caption.</figcaption></figure>\n\nThe ferry sank.",
        "The ferry sank.",
    ),
    ("<details><summary>More</summary>Told.</details>\n\nThe ferry sank.", "The ferry sank."),
    ("{{< box >}}\nA box.\n{{< /box >}}\n\nThe ferry sank.", "The ferry sank."),
    ("{{< video id=\"x\" >}}\n\nThe {{< mark >}}whole {{< /mark >}}ferry sank.", "The ferry sank."),
    ("```\nls\n\n```\n\n    rm\n\nThe ferry sank.", "The ferry sank."),
    ("![A boat](a.png \"A caption\")\n\n***\n\n—\n\n&nbsp;\n\nThe ferry sank.", "The ferry sank."),
    ("[report]: /a\n\n[![A boat](a.png)](/b)\n\nThe ferry sank.", "The ferry sank."),
    // The beginning of the paragraph.
    ("*The* ferry sank.", "The ferry sank."),
    ("***The*** __ferry__ sank.", "The ferry sank."),
    ("[The ferry](/a) [sank][].\n\n[sank]: /b", "The ferry sank."),
    ("<https://a.example/> says: the ferry sank.", "https://a.example/ says: the ferry sank."),
    ("#ferry sank.", "#ferry sank."),
    ("2026 was bad.\n\nMore.", "2026 was bad."),
    ("`ferry` sank.", "ferry sank."),
    ("![A boat](a.png) The ferry sank.", "The ferry sank."),
    ("![A boat](a.png), the ferry, sank.", "the ferry, sank."),
    ("<em>The</em> ferry&nbsp;&mdash;&nbsp;sank.", "The ferry — sank."),
    ("<!-- rusty --> The ferry sank.", "The ferry sank."),
    ("<!-- rusty -->\nThe ferry sank.", "The ferry sank."),
    ("\\# The ferry sank.", "# The ferry sank."),
    // The end of the paragraph, and its contents.
    ("The ferry sank.\n# Next", "The ferry sank."),
    ("The ferry sank:\n- at nine", "The ferry sank:"),
    ("The ferry sank:\n> Help", "The ferry sank:"),
    ("The ferry sank:\n```\nlog\n```", "The ferry sank:"),
    ("The ferry sank.\n<!-- rusty -->", "The ferry sank."),
    ("The ferry<br>sank\\\nat\tnine  \nand\r\nten.", "The ferry sank at nine and ten."),
    ("The ~~boat~~ <del>raft</del> <s>ship</s> <ins>ferry</ins> sank.", "The ferry sank."),
    ("The <b>f</b>erry <ruby>船<rp>(</rp><rt>ふね</rt></ruby> sank.", "The ferry 船 sank."),
    ("<p>The <b>ferry</b>\nsank &amp; burnt&hellip;</p><p>More.</p>", "The ferry sank & burnt…"),
    ("<div>\n\nThe ferry sank.\n\n</div>", "The ferry sank."),
    ("<section><div><p>The ferry sank.</p></div></section>", "The ferry sank."),
    ("AT&T's \"ferry\" -- it sank...", "AT&T’s “ferry” – it sank…"),
    ("<p>投票\n通过<b>\n预算</b>\nof a\ncity，\n<i>以及</i></p>", "投票通过预算 of a city，以及"),
];

#[test]
fn a_summary_is_the_first_paragraph_as_its_page_shows_it() {
    for (body, expected) in LEADS {
        assert_eq!(excerpt(body).as_deref(), Some(*expected), "{body}");
        assert_eq!(excerpt(&body.replace("\r\n", "\n").replace('\n', "\r\n")).as_deref(), Some(*expected), "{body}");
    }
    for body in ["", "<!-- x -->", "![a](b.png)\n\n![c](d.png)", "- a", "> b", "<div hidden>x</div>", "<!-- x\n\ny"] {
        assert_eq!(excerpt(body), None, "{body}");
    }
}

#[test]
fn a_summary_is_cut_between_words_or_characters_that_readers_see() {
    let text = "some words ".repeat(60);
    let long = excerpt(&text).unwrap();
    let kept = long.strip_suffix('…').unwrap();
    assert!(text.starts_with(&format!("{kept} ")) && (270..=300).contains(&kept.len()), "{long}");
    for cluster in ["e\u{301}", "👩\u{200d}👩\u{200d}👧", "🇫🇷", "क\u{94d}ष\u{93f}"] {
        let cut = excerpt(&format!("a{}", cluster.repeat(300))).unwrap();
        let whole = cut.trim_end_matches('…').replace(cluster, "");
        assert_eq!(whole, "a", "{cut}");
    }
    assert!(excerpt(&format!("a{}", "\u{301}".repeat(900))).is_some());
}

#[test]
fn only_visible_words_count() {
    let words = |body: &str| {
        let scan = scan(body, HtmlPolicy::Sanitized);
        (scan.words, scan.characters, scan.letters)
    };
    for (body, expected) in [
        ("See [the plan](https://example.org/a/b/c?d=e) <https://example.org/f> now", (4, 0, 0)),
        ("One <!-- two three --> four\n\n```\nfive six\n```\n\n`seven`", (2, 0, 0)),
        ("<div hidden>\n\nOne two\n\n</div>\n\n*thr*ee<br>four", (2, 0, 0)),
        (
            "# One two\n\n> three\n\n- four\n\n| five |\n|---|\n| six |\n\nSeven[^a].\n\n[^a]: Eight.\n[^b]: Nine.",
            (8, 0, 0),
        ),
        ("<p title=\"one two\">three</p>{{< box title=\"four\" >}}five{{< /box >}}", (2, 0, 0)),
        ("![one two](a.png \"three\") four", (1, 0, 0)),
        ("议会*三*点开会", (0, 6, 0)),
    ] {
        assert_eq!(words(body), expected, "{body}");
    }
}

#[test]
fn pictures_are_those_that_readers_see() {
    let body = "![a](a.png) <!-- ![b](b.png) --> `![c](c.png)`\n\n<div hidden>\n\n![d](d.png)\n\n</div>\n\n\
        <img src=\"e.png\" srcset=\"f.png 1x, g.png 2x\">\n\n```\n![h](h.png)\n```\n\n[i](i.png) \
        {{< figure src=\"j.png\" >}}\n\n![k][k]\n\n[k]: k.png?v=2\n\n> ![l](l.png)\n\n<video src=\"m.mp4\" poster=\"n.png\">\
        <track src=\"o.vtt\"></video>\n\n[^p]: ![q](q.png)";
    let files = |html| scan(body, html).files.iter().map(|file| file.to_string()).collect::<Vec<_>>();
    let expected = ["a.png", "e.png", "f.png", "g.png", "j.png", "k.png", "l.png", "m.mp4", "n.png"];
    assert_eq!(files(HtmlPolicy::Sanitized), expected);
    assert_eq!(files(HtmlPolicy::Trusted), expected);
}

/// Parts of bodies, some of which hide the next ones; `@` becomes a unique word.
const PARTS: &[&str] = &[
    "Plain @ words",
    "*Em @* then @",
    "[@][r]",
    "[r]: https://a.example/@",
    "<!-- @ -->",
    "<!-- @",
    "@ -->",
    "<div hidden>",
    "<div>",
    "</div>",
    "<aside>@",
    "</aside>",
    "<script>",
    "</script>",
    "<style>@</style>",
    "<p>@",
    "</p>",
    "<p hidden>@",
    "> @",
    "- @",
    "| @ |\n|---|\n| @ |",
    "@ <span hidden>@</span> @",
    "@ <span hidden>@",
    "<template>",
    "</template> @",
    "<?php @ > @ ?>",
    "<![CDATA[@ > @]]>",
    "```\n@\n```",
    "# @",
    "@[^n]",
    "[^n]: @",
    "{{< box >}}@{{< /box >}}",
    "<b hidden>@",
    "</b>@",
    "<table><tr><td hidden>@<td>@</table>",
    "<ul><li hidden>@<li>@</ul>",
    "@ <br> @",
    "@&amp;@",
    "@ <del>@</del>",
    "<ruby>@<rt>@</rt></ruby>",
    "<details><summary>@</summary>@</details>",
    "<noscript>@</noscript>",
    "<span style='display:none'>@</span> @",
    "@ <div hidden>@</div> @",
    "<textarea>@</textarea>@",
    "<!doctype @>@",
    "<select><option>@</select>",
    "<video>@</video>",
    "</script> @",
    "<a hidden>@",
    "<h2 hidden>@</h2>",
    "<dialog>@</dialog>",
];

struct Everything;

impl Context for Everything {
    fn link(&self, destination: &str) -> Result<String, BodyProblem> {
        Ok(format!("/{destination}"))
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> {
        Ok(ImageTarget { url: format!("/{destination}"), width: None, height: None, sizes: None, credit: None })
    }

    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        Ok(format!("<div class=\"box\">{}</div>", call.body.clone().unwrap_or_default()))
    }

    fn embed_kind(&self, _: &str) -> Option<EmbedKind> {
        Some(EmbedKind::Paired)
    }

    fn embed_names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The words of a page that a browser shows.
fn visible(html: &str) -> String {
    fn add(node: scraper::ElementRef<'_>, out: &mut String) {
        let name = node.value().name();
        let style = node.attr("style").unwrap_or_default().replace(' ', "");
        let is_closed = name == "dialog" && node.attr("open").is_none();
        let is_hidden = node.attr("hidden").is_some() || style.contains("display:none") || is_closed;
        let is_mark = node.attr("class") == Some("footnote-ref");
        if is_hidden || is_mark || ["script", "style", "template", "noscript", "option"].contains(&name) {
            return;
        }
        let is_in_line = ["a", "b", "em", "span", "ruby", "strong", "del", "sup"].contains(&name);
        out.push_str(if is_in_line { "" } else { " " });
        for child in node.children() {
            match (child.value(), scraper::ElementRef::wrap(child)) {
                (scraper::Node::Text(text), _) => out.push_str(text),
                (_, Some(element)) => add(element, out),
                _ => {}
            }
        }
        out.push_str(if is_in_line { "" } else { " " });
    }
    let mut out = String::new();
    add(scraper::Html::parse_fragment(html).root_element(), &mut out);
    out
}

fn words_of(text: &str) -> Vec<&str> {
    text.unicode_words().collect()
}

/// Lines of front matter that each have one error, and its code.
const FAULTY_LINES: &[(&str, &str)] = &[
    ("kind: gossip", "invalid-value"),
    ("draft: maybe", "invalid-value"),
    ("tags: {a: b}", "invalid-value"),
    ("embargo: tomorrow", "invalid-date"),
    ("updated: 29/11/2026", "invalid-date"),
    ("sumary: x", "unknown-key"),
    ("image: {src: a.png, alt: b, colour: c}", "unknown-key"),
    ("language: en_", "invalid-value"),
    ("slug: a/b", "bad-slug"),
    ("aliases: [https://example.org/a]", "bad-alias"),
    ("series: {id: a, part: 0}", "invalid-value"),
    ("corrections: [{date: soon, text: x}, {date: 2026-05-05, text: y}]", "invalid-date"),
    ("sources: [{name: }]", "missing-key"),
    ("date: 2026-05-05", "duplicate-key"),
    ("kicker: 'open", "invalid-yaml"),
    ("deck: A: b", "invalid-yaml"),
    ("byline: [a", "invalid-yaml"),
    ("dateline: !Ahoy there", "invalid-value"),
];

proptest! {
    #[test]
    fn as_many_errors_are_found_as_there_are_lines_with_one(
        chosen in proptest::sample::subsequence((0..FAULTY_LINES.len()).collect::<Vec<_>>(), 0..FAULTY_LINES.len())
            .prop_shuffle(),
        others in Just(vec!["authors: ana", "short_title: A", "noindex: true", "extra:\n  a: b"]).prop_shuffle(),
    ) {
        let (mut lines, mut expected) = (vec!["title: Sound", "date: 2026-05-04"], Vec::new());
        for (at, other) in others.iter().enumerate() {
            lines.push(other);
            for &chosen in chosen.iter().skip(at).step_by(others.len()) {
                let (line, code) = FAULTY_LINES[chosen];
                let above: usize = lines.iter().map(|line| line.lines().count()).sum();
                lines.push(line);
                expected.push((Some(above + 2), code));
            }
        }
        let text = format!("---\n{}\n---\nText.\n", lines.join("\n"));
        let mut found: Vec<_> = article(&text).iter().map(|found| (found.line, found.code.as_str())).collect();
        found.sort_unstable();
        prop_assert_eq!(found, expected, "{}", text);
    }

    #[test]
    fn a_summary_says_nothing_that_the_page_does_not_show(
        parts in proptest::collection::vec((0..PARTS.len(), any::<bool>()), 1..9),
        is_trusted in any::<bool>(),
    ) {
        let mut body = String::new();
        for (part, ends_block) in parts {
            for (at, piece) in PARTS[part].split('@').enumerate() {
                let word = format!("word{}", body.len());
                body.push_str(if at == 0 { "" } else { &word });
                body.push_str(piece);
            }
            body.push_str(if ends_block { "\n\n" } else { "\n" });
        }
        let html = if is_trusted { HtmlPolicy::Trusted } else { HtmlPolicy::Sanitized };
        let scan = scan(&body, html);
        let mut options = settings().text;
        options.html = html;
        let page = markdown::render(&format!("{body}\n"), &options, &Everything).html;
        let shown = visible(&page);
        let shown = words_of(&shown);
        for word in words_of(scan.excerpt.as_deref().unwrap_or_default()) {
            prop_assert!(shown.contains(&word), "{word} is not shown\n{body}\n{page}");
        }
        prop_assert!(scan.words as usize <= shown.len(), "{} words\n{body}\n{page}", scan.words);
    }
}

#[test]
fn a_removed_element_ends_no_other() {
    let found = scan("<p hidden>one\n<script>\n\n<p>two\n\nThree.\n", HtmlPolicy::Sanitized);
    assert_eq!((found.excerpt.as_deref(), found.words), (None, 0));
    let found = scan("<p hidden>one\n<dialog>two</dialog>\nthree\n\nFour.\n", HtmlPolicy::Sanitized);
    assert_eq!((found.excerpt.as_deref(), found.words), (Some("Four."), 1));
}

/// The `mentions` of a text.
fn mentions(body: &str) -> String {
    scan(body, HtmlPolicy::Sanitized).mentions.into()
}

#[test]
fn comments_and_code_name_no_files() {
    assert_eq!(mentions("<!-- ![a](a.png) --> `![b](b.png)`\n\n```\n![c](c.png)\n```\n\nSee d.png."), "");
    let body = "<div style=\"background: url(e.png)\" hidden><img src=f.png></div>\n\n<script>fetch('g.json')</script>";
    assert_eq!(mentions(body), "f.png\n");
    let found = scan(body, HtmlPolicy::Trusted).mentions;
    let last: BTreeSet<_> = found.lines().filter_map(|ways| ways.rsplit('\t').next()).collect();
    assert_eq!(last, BTreeSet::from(["e.png", "f.png", "g.json"]));
}

#[test]
fn prose_names_hardly_any_files() {
    assert_eq!(
        mentions("It rose by 3.5 per cent. See [this](https://example.net/2026/story.html) or [that](vote.md)."),
        ""
    );
    assert_eq!(mentions("![a](a.png) and ![a](a.png)"), "a.png\n");
}

#[test]
fn the_longest_reading_of_a_name_comes_first() {
    assert_eq!(mentions("![x](<chart 1.png>)"), "chart 1.png\n");
    let found = scan("<script>load('chart 1.png')</script>", HtmlPolicy::Trusted).mentions;
    let ways: Vec<&str> = found.trim_end().split('\t').collect();
    assert_eq!((ways.first(), ways.last()), (Some(&"chart 1.png"), Some(&"1.png")), "{found:?}");
}

/// The hash of an article's record that decides whether cards and lists may have changed.
fn hash_without_text(text: &str) -> u128 {
    let file = SourceFile { path: "content/world/vote.md".to_owned(), kind: SourceKind::Article, stamp: None };
    let read = read_text(text, &file, &settings());
    let record = read.value.unwrap();
    ledger::hash_without_text(&ledger::encode(&record, &read.diagnostics).unwrap(), &record, &read.diagnostics)
}

#[test]
fn a_word_of_the_text_alone_changes_nothing_else_of_a_record() {
    let text = "---\ntitle: Vote\ndate: 2026-05-04\nauthors: ana\ntags: [Ports]\n---\nThe ferry sank.\n\nIt was old.\n";
    let hash = hash_without_text(text);
    for (old, new) in [("It was old", "It was new"), ("was old.", "was old!")] {
        assert_eq!(hash_without_text(&text.replace(old, new)), hash, "{new}");
    }
    for (old, new) in [
        ("Vote", "Note"),
        ("05-04", "05-05"),
        ("ana", "ann"),
        ("Ports", "Sorts"),
        ("sank", "rose"),
        ("It was old", "It was very old"),
        ("old", "[old](old.pdf)"),
        ("authors: ana", "authors: ana\nweight: 1"),
        ("title: Vote", "title:  Vote"),
    ] {
        assert_ne!(hash_without_text(&text.replace(old, new)), hash, "{new}");
    }
}
