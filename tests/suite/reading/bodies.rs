//! Bodies as they are read: no text that a style hides, and the same words whatever typography does.

use presswork::article::Difference;
use presswork::config::HtmlPolicy;
use presswork::markdown;
use presswork::read::{Record, read_text};
use presswork::source::{SourceFile, SourceKind};
use proptest::prelude::*;

use super::{Everything, excerpt, scan, settings};

/// Styles that hide text, and some like them that don't.
const HIDDEN_STYLES: &[&str] = &[
    "position:absolute;width:1px;height:1px;padding:0;margin:-1px;overflow:hidden;clip:rect(0,0,0,0);border:0",
    "position: absolute; clip: rect(1px 1px 1px 1px)",
    "clip-path: inset(50%)",
    "clip-path:inset(100% 0 0)",
    "-webkit-clip-path: circle(0 at center)",
    "clip-path: polygon(0 0, 0 0, 0 0)",
    "height:0;overflow:hidden",
    "max-height:0px;overflow:hidden",
    "width:0; overflow: hidden; white-space:nowrap",
    "block-size: 0; overflow-y: clip",
    "position:absolute;right:-9999px",
    "position:absolute; left: -100vw",
    "position:fixed;left:-100%",
    "position:absolute;inset:-9999px auto auto -9999px",
    "margin-left: -9999px",
    "margin: -999em 0 0",
    "text-indent:-99em",
    "text-indent:100%;white-space:nowrap;overflow:hidden",
    "transform:scale(0)",
    "transform: rotate(4deg) scaleY( 0.0 )",
    "transform:translateX(-9999px)",
    "transform: translate3d(0, -9999px, 0)",
    "transform: rotateY(90deg)",
    "transform: matrix(0, 0, 0, 0, 1, 1)",
    "scale:0",
    "translate: -9999px",
    "filter: blur(0) opacity(0%)",
    "opacity: 0.0",
    "font-size: 1px",
    "font: 0/0 a",
    "color:rgba(0,0,0,0)",
    "color: rgb(0 0 0 / 0%)",
    "color:#fff0",
    "color:#11223300",
    "-webkit-text-fill-color: transparent",
    "color: white; background: #ffffff",
    "/* x */display:none",
    "dis/**/play:block;display/* x */:/* y */none/* z",
    "content-visibility:hidden",
    "DISPLAY : none !important",
    "display:none;color:red",
    "display:none ! important;display:block",
    "d\\69splay:none",
    "\\64 isplay:none",
    "position:absolute;height:1px;overflow:hidden",
    "max-width:1px;overflow:hidden",
    "font-size:.01em",
    "height:calc(0px);overflow:hidden",
    "position:fixed;top:-100%",
    "position:relative;left:-9999px",
];
const SHOWN_STYLES: &[&str] = &[
    "position:relative;padding-bottom:56.25%;height:0;overflow:hidden",
    "height:0",
    "max-width:100%;overflow:hidden",
    "clip-path: inset(0 10% 20px)",
    "clip-path: polygon(0 0, 100% 0, 100% 90%, 0 100%)",
    "clip: rect(0, 100px, 100px, 0)",
    "margin-left:-50vw;left:50%;width:100vw",
    "margin-left: -9999px; padding-left: 9999px",
    "text-indent:-1.5em;padding-left:1.5em",
    "transform: translate(-50%, -50%) scale(0.9)",
    "transform: matrix(1, 0, 0, 1, 0, 0)",
    "opacity: 0.8; filter: opacity(90%)",
    "font: 400 1em/1.5 Georgia; letter-spacing: -0.5px",
    "color:#f00;background:#fff0",
    "color: rgba(0,0,0,.6)",
    "color: inherit; background: inherit",
    "background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent",
    "/* display:none */ color:red",
    "left:-20px;top:0",
    "left:-9999px",
    "top:-9999px;position:static",
    "clip:rect(0,0,0,0)",
    "display:none;display:block",
    "visibility:hidden;visibility:visible",
    "font-size:0;font:16px Georgia",
    "color:transparent;color:#222",
];

#[test]
fn text_that_a_style_hides_is_in_no_summary_and_its_pictures_are_not_listed() {
    let body =
        |style: &str| format!("<p style=\"{style}\">Old <img src=\"a.png\" alt=\"\"> lead.</p>\n\nThe ferry sank.");
    for style in HIDDEN_STYLES {
        assert_eq!(excerpt(&body(style)).as_deref(), Some("The ferry sank."), "{style}");
        let found = scan(&body(style), HtmlPolicy::Trusted);
        assert_eq!((found.words, found.files.len()), (3, 0), "{style}");
    }
    for style in SHOWN_STYLES {
        assert_eq!(excerpt(&body(style)).as_deref(), Some("Old lead."), "{style}");
        let found = scan(&body(style), HtmlPolicy::Trusted);
        assert_eq!((found.words, found.files.len()), (5, 1), "{style}");
    }
    let popover = "<div popover id=\"note\">Old lead.</div>\n\nThe ferry sank.";
    assert_eq!(excerpt(popover).as_deref(), Some("The ferry sank."));
    // Without its styles the page hides the same.
    for body in HIDDEN_STYLES.iter().map(|style| body(style)).chain([popover.to_owned()]) {
        let page = markdown::render(&body, &settings().text, &Everything).html;
        assert!(page.starts_with("<p hidden=\"\"") || page.starts_with("<div hidden=\"\""), "{page}");
    }
}

#[test]
fn text_that_an_element_shows_again_is_kept() {
    for (outer, inner) in [
        ("font-size:0;line-height:0", "font-size:13px"),
        ("font-size:0", "font:16px/1.5 Georgia"),
        ("visibility:hidden", "visibility:visible"),
        ("color:transparent", "color:#222"),
        ("font-size:0;color:#fff0", "color:red;font-size:1rem"),
    ] {
        let body = format!(
            "<div style=\"{outer}\">Not seen. <section><p style=\"{inner}\">The ferry sank.</p></section> Nor this.</div>\n\n\
             Four more words here."
        );
        // Trusted styles are published, and the rest stays hidden.
        let trusted = scan(&body, HtmlPolicy::Trusted);
        assert_eq!(trusted.words, 7, "{outer}");
        let page = markdown::render(&body, &settings().text, &Everything).html;
        assert!(page.contains("The ferry sank.") && !page.contains("hidden"), "{page}");
    }
    // Sizes in `em` are shares of nothing, and a style after the element shows nothing in it.
    for body in [
        "<div style=\"font-size:0\">Old <b style=\"font-size:2em\">lead</b>.</div>",
        "<div style=\"font-size:0\">Old lead.</div><p style=\"font-size:1rem\">&nbsp;</p>",
        "<div style=\"font-size:0;color:transparent\">Old <b style=\"font-size:1rem\">lead</b>.</div>",
        "<div style=\"display:none\">Old <b style=\"display:block;font-size:1rem\">lead</b>.</div>",
    ] {
        let page = markdown::render(body, &settings().text, &Everything).html;
        assert!(page.starts_with("<div hidden=\"\">"), "{page}");
        assert_eq!(scan(body, HtmlPolicy::Trusted).words, 0, "{body}");
    }
    // Pictures have no letters, so their size is their own.
    let picture = |style: &str| {
        scan(
            &format!("<div style=\"{style}\"><img src=\"a.png\" alt=\"\"><b style=\"font-size:9px\">A</b></div>"),
            HtmlPolicy::Trusted,
        )
    };
    assert_eq!(picture("font-size:0").files.len(), 1);
}

#[test]
fn pictures_that_only_measure_readers_are_not_listed() {
    for size in ["width=\"1\" height=\"1\"", "width=0", "height='1'"] {
        let body = format!("<p>Text <img src=\"a.png\" alt=\"\" {size}> <img src=\"b.png\" alt=\"\" width=\"10\"></p>");
        let found = scan(&body, HtmlPolicy::Trusted).files;
        assert_eq!(found.concat(), "b.png", "{size}");
    }
}

#[test]
fn a_line_end_is_no_gap_between_chinese_characters_in_html() {
    let body = "<div>投票\n  通过\nthe vote\n한국\n어</div>\n\n<pre>投票\n通过</pre>";
    for html in [HtmlPolicy::Sanitized, HtmlPolicy::Trusted] {
        let mut options = settings().text;
        options.html = html;
        let page = markdown::render(body, &options, &Everything).html;
        assert!(page.contains("<div>投票通过\nthe vote\n한국\n어</div>"), "{page}");
        assert!(page.contains(">投票\n通过</pre>"), "{page}");
    }
}

/// A text has the same words with a summary in its front matter, where quotation marks stay as typed, and without one.
fn with_and_without_summary(body: &str) -> [(u32, u32, u32, Option<Difference>); 2] {
    let file = SourceFile { path: "content/world/vote.md".to_owned(), kind: SourceKind::Article, stamp: None };
    let read = |more: &str, language: &str| {
        let text = format!("---\ntitle: Vote\ndate: 2026-01-01\nlanguage: {language}\n{more}---\n{body}\n");
        match read_text(&text, &file, &settings()).value {
            Some(Record::Article(article)) => article.clone(),
            _ => panic!("{body} is no article"),
        }
    };
    ["", "summary: x\n"].map(|more| {
        let (article, other) = (read(more, "en"), read("", "en"));
        let difference = article.sketch.since(&other.sketch);
        (article.body.words, article.body.characters, article.body.letters, Some(difference))
    })
}

proptest! {
    #[test]
    fn typography_changes_no_words(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "\"", "'", "--", "...", " ", "a", "b", "5", "ש", "ב", "הארץ", "好", "，", "。", "x@y.org", "½",
                "https://e.org/a", "www.e.org", "/", "-", "é", "(", ")", ",", "ก", "가",
            ]),
            0..14,
        ),
    ) {
        let [without, with] = with_and_without_summary(&format!("x {}", pieces.concat()));
        prop_assert_eq!(without, with);
    }
}
