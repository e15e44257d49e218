//! Hostile and random texts: rendering ends soon, and nothing unsafe is published.

use presswork::markdown::{render, render_inline};
use proptest::prelude::*;

use super::{SANITIZED, Site, TRUSTED, attributes, body, has, html, ids, lacks, notes, problems};

#[test]
#[expect(clippy::disallowed_methods, reason = "a quadratic program shows in nothing but time")]
fn hostile_text_ends_soon() {
    let started = std::time::Instant::now();
    assert_eq!(problems(&"{{<".repeat(100_000)).len(), 100_000);
    assert_eq!(problems(&"{{< video a=\"".repeat(20_000)).len(), 20_000);
    assert_eq!(problems(&("{{< note >}}".repeat(10_000) + &"{{< /note >}}".repeat(10_000))).len(), 1);
    assert_eq!(problems(&"{{< note >}}\n\n".repeat(10_000)).len(), 10_000);
    assert_eq!(html(&"word ".repeat(1_000_000)).len(), 5_000_007);
    let notes: String = (0..10_000).map(|i| format!("[^{i}]: see [^{}]\n\n", i + 1)).collect();
    assert_eq!(html(&(notes + "[^0]\n\n[^10000]: n")).matches("doc-backlink").count(), 10_001);
    assert_eq!(html(&("# a\n".repeat(20_000) + "# b {#a}")).matches("<h2").count(), 20_001);
    for unit in ["![", "[", "[a](", "<a ", "<script>", "<!-- ", "`` ` ", "<p>", "&#x", "\u{202e}", "<a aria-a=1 ", "|a"]
    {
        let text = unit.repeat(50_000);
        assert!(body(&text).html.len() < text.len() * 10, "{unit}");
    }
    // A linear algorithm needs a second or two unoptimized, a quadratic one minutes.
    assert!(started.elapsed().as_secs() < 120);
}

#[test]
fn a_problem_never_ends_beyond_the_text() {
    for text in ["![](\\# ", "![](\\> ", "[](\\#\n"] {
        for placed in &render(text, &SANITIZED, &Site::default()).problems {
            assert!(text.get(placed.start..placed.end).is_some(), "{text:?}: {placed:?}");
        }
    }
}

#[test]
fn no_text_can_forge_a_placeholder() {
    let found = html(
        "{{< video id=1 >}}\n\n\u{fdd0}0\u{fdd1} &#xFDD0;0&#xFDD1; [a](/x \"&#xFDD0;0&#xFDD1;\") <b>&#xFDD0;0&#xFDD1;</b>",
    );
    assert_eq!(found.matches("video-box").count(), 2);
    let titled = html("[a](/x \"{{< video id=1 >}}\") ![{{< video id=2 >}}](pic.jpg)");
    has(&titled, "title=\"{{&lt; video id=1 &gt;}}\"");
    has(&titled, "alt=\"{{&lt; video id=2 &gt;}}\"");
    lacks(&html("a\u{1}b \u{fdd0} &#1;"), "\u{1}");
    lacks(&html("<b title=\"\u{fdd0}0\u{fdd1}\">a</b>"), "\u{fdd0}");
    lacks(&html("<b title='{{< video id=\"\u{fdd0}\" >}}'>a</b>"), "\u{fdd0}");
}

/// Pieces of text that have a meaning in some part of the stage.
const PIECES: &[&str] = &[
    "{{< note >}}",
    "{{< /note >}}",
    "{{< video id=\"x\" >}}",
    "{{< quote >}}",
    "{{< /quote >}}",
    "{{<",
    ">}}",
    "{{< x",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "    ",
    "1. ",
    "# ",
    "`",
    "```\n",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "](",
    ")",
    "![",
    "javascript:alert(1)",
    "[^1]",
    "[^1]: ",
    "| a |\n|---|\n",
    "<div>",
    "</div>",
    "<a href=\"javascript:x\">",
    "<img src=javascript:x>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<b title='",
    "\"",
    "'",
    "é",
    "\u{fdd0}",
    "0\u{fdd1}",
    "&#xfdd0;",
    "&#106;avascript:",
    "<p>",
    "</p>",
    "<td>",
    "<table>",
    "\\",
    "(",
    "text ",
    ": ",
    "{#id}",
    "<p id=\"a\">",
    "<p id=id>",
    "# a\n",
    "\t",
    "\u{202e}",
    "<a href=\"java&Tab;script:x\">",
    "pic.jpg",
    "https://x.org",
    "\r\n",
    "<textarea>",
    "<svg>",
    "<math>",
];

/// Texts made of such pieces.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(prop_oneof![9 => piece.prop_map(|piece: &str| piece.to_owned()), 1 => ".{0,4}"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

/// True if a tag has a URL that runs code.
fn has_unsafe_url(html: &str) -> bool {
    let is_url = |name: &str| ["href", "src", "srcset", "poster", "cite"].contains(&name);
    let lower = html.to_lowercase();
    let urls = attributes(&lower).into_iter().filter(|(name, _)| is_url(name));
    urls.into_iter().flat_map(|(_, value)| value.split([' ', ','])).any(|url| url.starts_with("javascript:"))
}

#[test]
fn the_search_for_unsafe_urls_finds_them() {
    assert!(has_unsafe_url("<p><a class=\"x\" HREF=\"JavaScript:x\">"));
    assert!(has_unsafe_url("<img srcset=\"/a 1x, javascript:x 2x\">"));
    assert!(!has_unsafe_url("<p>javascript:x</p>"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_rendered_safely(text in fragments().prop_map(|text| text.replace('\0', ""))) {
        for (body, is_clean) in [
            (render(&text, &SANITIZED, &Site::default()), true),
            (render(&text, &notes::BESIDE, &Site::default()), true),
            (render(&text, &TRUSTED, &Site::default()), false),
            (render_inline(&text, &SANITIZED, &Site::default()), true),
        ] {
            for placed in &body.problems {
                prop_assert!(text.get(placed.start..placed.end).is_some(), "{placed:?}");
            }
            if is_clean {
                prop_assert!(!has_unsafe_url(&body.html), "{}", body.html);
                prop_assert!(!body.html.contains("<script"), "{}", body.html);
                let ids = ids(&body.html);
                let unique: std::collections::HashSet<_> = ids.iter().collect();
                prop_assert_eq!(unique.len(), ids.len(), "{}", body.html);
                // The only source of a noncharacter is a character reference in an author's raw HTML, which is never a
                // placeholder.
                prop_assert!(!body.html.contains("\u{fdd0}0\u{fdd1}") || text.contains("&#xfdd0;"), "{}", body.html);
            }
            let is_slot = |rest: &str| rest.split_once('.').is_some_and(|(nonce, _)| nonce.len() > 8 && u64::from_str_radix(nonce, 16).is_ok());
            prop_assert!(!body.html.split('\u{fdd0}').skip(1).any(is_slot), "{}", body.html);
        }
    }
}
