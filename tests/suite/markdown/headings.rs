//! Headings have levels without gaps, and ids that links reach in every script.

use presswork::config::{HeadingLevels, HtmlPolicy};
use presswork::diagnostic::Code;
use presswork::markdown::{BodyProblem, Context, EmbedCall, EmbedKind, ImageTarget, Options, render};
use proptest::prelude::*;

use super::{SANITIZED, Site, TRUSTED, body, has, html, ids, lacks};

/// The levels of all headings, in order.
fn levels(html: &str) -> Vec<u8> {
    let found = html.match_indices("<h").filter_map(|(at, _)| html.as_bytes().get(at + 2));
    found.filter(|digit| (b'1'..=b'6').contains(digit)).map(|digit| digit - b'0').collect()
}

#[test]
fn the_top_level_is_h2_and_none_is_skipped() {
    for (text, wanted) in [
        ("# A\n\n## B\n\n# C", vec![2, 3, 2]),
        ("### A\n\n##### B\n\n### C", vec![2, 3, 2]),
        ("### A\n\n## B\n\n### C", vec![2, 2, 3]),
        ("## A\n\n#### B\n\n### C\n\n#### D", vec![2, 3, 3, 4]),
        ("A\n=\n\nB\n-\n\n#### C", vec![2, 3, 4]),
        ("###### A\n\n# B\n\n###### C", vec![2, 2, 3]),
        ("# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F", vec![2, 3, 4, 5, 6, 6]),
        ("> # A\n\n#### B", vec![2, 3]),
        ("# A\n\n<h4>B</h4>\n\n<H5 class=x>C</H5>\n\n<h1>D</h1>", vec![2, 3, 4, 2]),
        ("{{< note >}}\n#### A\n{{< /note >}}\n\n##### B", vec![2, 3]),
        ("# A\n\n### B[^1]\n\n[^1]:\n    ##### C", vec![2, 3, 2]),
    ] {
        for options in [SANITIZED, TRUSTED] {
            let found = render(text, &options, &Site::default()).html;
            assert_eq!(levels(&found), wanted, "{text}: {found}");
            for level in 1..=6 {
                let tags = |tag: &str| found.matches(&format!("<{tag}h{level}")).count();
                assert_eq!(tags(""), tags("/"), "{found}");
            }
        }
    }
}

#[test]
fn heading_levels_are_kept_if_configured() {
    let keep = Options { heading_levels: HeadingLevels::Keep, ..TRUSTED };
    let found = render("# A\n\n#### B\n\n<h3>C</h3>", &keep, &Site::default()).html;
    assert_eq!(levels(&found), [1, 4, 3]);
}

#[test]
fn ids_keep_the_letters_and_marks_of_every_script() {
    // Devanagari with a virama, Thai with tone marks, Tamil, Sinhala and Persian with joiners, Hebrew and Arabic with
    // points, and a Latin letter with a mark of its own.
    for word in
        ["हिन्दी", "ที่นี่", "தமிழ்", "ශ්\u{200d}රී", "می\u{200c}خواهم", "שָׁלוֹם", "مُحَمَّد", "a.b:c", "50%-off?", "Straße_1"]
    {
        let found = body(&format!("[x](#{word})\n\n## A heading {{#{word}}}"));
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        assert_eq!(ids(&found.html), [fragment(&found.html)], "{word}");
    }
    for word in ["हिन्दी", "ที่นี่", "தமிழ்", "ශ්\u{200d}රී", "می\u{200c}خواهم"]
    {
        assert_eq!(ids(&html(&format!("## {word}"))), [word]);
    }
}

#[test]
fn an_id_is_found_in_any_normalization_and_encoding() {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
    for written in [composed, decomposed] {
        assert_eq!(ids(&html(&format!("## A {{#{written}}}"))), [composed]);
        assert_eq!(ids(&html(&format!("## {written}"))), [composed]);
    }
}

#[test]
fn links_follow_an_id_that_had_to_be_renamed() {
    let found = render("[a](#taken) [b](#Taken) [c](#free)\n\n## Taken\n\n## Taken\n\n## Free", &SANITIZED, &Crowded);
    assert_eq!(ids(&found.html), ["taken-2", "taken-3", "free"]);
    has(&found.html, "<a href=\"#taken-2\">a</a> <a href=\"#Taken\">b</a> <a href=\"#free\">c</a>");
    assert!(found.problems.is_empty());

    let found = render("[a](#taken)\n\n## B {#taken}", &SANITIZED, &Crowded);
    has(&found.html, "<a href=\"#taken-2\">a</a>");
    assert_eq!(found.problems[0].problem.code, Code::TakenId);
    assert_eq!((found.problems[0].start, found.problems[0].end), (20, 25));

    // The text itself has the link's target.
    let found = render("[a](#b)\n\n## B\n\n## C {#b}", &SANITIZED, &Crowded);
    assert_eq!(ids(&found.html), ["b-2", "b"]);
    has(&found.html, "<a href=\"#b\">a</a>");

    // Both at once take three passes.
    let found = render("[a](#b) [c](#taken)\n\n## B\n\n## Taken\n\n## C {#b}", &SANITIZED, &Crowded);
    assert_eq!(ids(&found.html), ["b-2", "taken-2", "b"]);
    has(&found.html, "<a href=\"#b\">a</a> <a href=\"#taken-2\">c</a>");

    // Ids that a theme numbers are avoided, whatever the number.
    let found = render("[a](#tag-1)\n\n## Tag 1\n\n## Tag 1", &SANITIZED, &Crowded);
    assert_eq!(ids(&found.html), ["section-tag-1", "section-tag-1-2"]);
    has(&found.html, "<a href=\"#section-tag-1\">a</a>");
}

#[test]
fn the_ids_of_footnotes_cannot_be_written() {
    for (written, id) in [("fn:1", "fn-1"), ("fnref:1", "fnref-1"), ("author:lin", "author-lin"), ("page:x", "page-x")]
    {
        let found = html(&format!("[a](#{written})[^1]\n\n## A {{#{written}}}\n\n[^1]: Note."));
        has(&found, &format!("<h2 id=\"{id}\">"));
        has(&found, &format!("<a href=\"#{id}\">a</a>"));
    }
}

#[test]
fn trusted_html_keeps_its_ids_and_headings_avoid_them() {
    let found = render("## Map\n\n<div id=\"map\"></div>\n\n[x](#map)", &TRUSTED, &Site::default());
    assert_eq!(ids(&found.html), ["map-2", "map"]);
    has(&found.html, "<a href=\"#map\">");
}

#[test]
fn texts_on_one_page_have_ids_of_their_own() {
    let found = render("[a](#life)[^1]\n\n# Life\n\n### Later\n\n[^1]: Note.", &SANITIZED, &Shared);
    assert_eq!(ids(&found.html), ["p:fnref:1", "p:life", "p:later", "p:fn:1"]);
    has(&found.html, "<a href=\"#p:life\">a</a>");
    has(&found.html, "href=\"#p:fn:1\"");
    has(&found.html, "href=\"#p:fnref:1\"");
    assert!(found.problems.is_empty());
}

proptest! {
    /// Whatever the text, no id occurs twice, and every link to a heading leads to one.
    #[test]
    fn ids_are_unique(parts in prop::collection::vec(prop::sample::select(&[
        "# A", "## A {#a}", "### B {#a-2}", "<h4 id=a>A</h4>", "[x](#a)", "[x](#taken)", "## Taken", "<p id=b>", "# B",
        "## C {#taken}", "a[^1]\n\n[^1]: n", "{{< note >}}\n# A\n{{< /note >}}", "## A 2", "# Tag 2", "##### fn:1 {#fn:1}",
    ][..]), 0..12)) {
        let text = parts.join("\n\n");
        let found = render(&text, &SANITIZED, &Crowded).html;
        let mut all = ids(&found);
        let count = all.len();
        all.sort();
        all.dedup();
        prop_assert_eq!(count, all.len(), "{}", found);
        prop_assert!(!all.iter().any(|id| *id == "taken" || id.starts_with("tag-")), "{}", found);
        if text.contains("# Taken") || text.contains("{#taken}") {
            lacks(&found, "href=\"#taken\"");
        }
        let mut deepest = 1;
        for level in levels(&found) {
            prop_assert!((2..=deepest + 1).contains(&level), "{}", found);
            deepest = level;
        }
    }
}

/// The fragment of the first link, decoded.
fn fragment(html: &str) -> String {
    let link = html.split("href=\"#").nth(1).and_then(|rest| rest.split('"').next()).unwrap().replace("&amp;", "&");
    let decoded = percent_encoding::percent_decode_str(&link).decode_utf8().unwrap().into_owned();
    if html.contains(&format!("id=\"{link}\"")) { link } else { decoded }
}

/// A page whose theme has the ids `taken` and `tag-1`, `tag-2`, …
struct Crowded;

/// A page with several texts.
struct Shared;

macro_rules! context {
    ($name:ident { $($own:item)* }) => {
        impl Context for $name {
            fn link(&self, destination: &str) -> Result<String, BodyProblem> { Site::default().link(destination) }
            fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> { Site::default().image(destination) }
            fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> { Site::default().embed(call) }
            fn embed_kind(&self, name: &str) -> Option<EmbedKind> { Site::default().embed_kind(name) }
            fn embed_names(&self) -> Vec<String> { Vec::new() }
            $($own)*
        }
    };
}

context!(Crowded {
    fn is_id_taken(&self, id: &str) -> bool {
        id == "taken"
    }
    fn is_id_prefix_taken(&self, id: &str) -> bool {
        id.starts_with("tag-")
    }
});

context!(Shared {
    fn id_prefix(&self) -> &str {
        "p:"
    }
});

#[test]
fn both_policies_shift_headings_alike() {
    let text = "# A\n\n<h3 id=x>B</h3>\n\n#### C";
    for html in [HtmlPolicy::Sanitized, HtmlPolicy::Trusted] {
        let found = render(text, &Options { html, ..SANITIZED }, &Site::default()).html;
        assert_eq!(levels(&found), [2, 3, 4]);
    }
}
