//! Footnotes beside the text: each after the block that first refers to it, none lost and none twice.

use presswork::markdown::{FootnotePlacement, Options, render};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{SANITIZED, Site, TRUSTED};

pub(super) const BESIDE: Options = Options { footnotes: FootnotePlacement::Beside, ..SANITIZED };

#[track_caller]
fn html(text: &str) -> String {
    let body = render(text, &BESIDE, &Site::default());
    assert_eq!(body.problems, [], "{text}");
    body.html
}

fn reference(number: usize, id: &str) -> String {
    format!("<sup class=\"footnote-ref\"><a id=\"{id}\" href=\"#fn:{number}\" role=\"doc-noteref\">{number}</a></sup>")
}

fn back(id: &str, letter: &str) -> String {
    let letter = if letter.is_empty() { String::new() } else { format!("<sup>{letter}</sup>") };
    format!(" <a href=\"#{id}\" class=\"footnote-back\" role=\"doc-backlink\">\u{21a9}\u{fe0e}{letter}</a>")
}

fn aside(number: usize, text: &str) -> String {
    format!(
        "<aside class=\"footnote\" id=\"fn:{number}\" role=\"doc-footnote\">\n\
         <p><span class=\"footnote-number\">{number}</span> {text}</p>\n</aside>\n"
    )
}

#[test]
fn a_note_follows_the_block_that_first_refers_to_it() {
    let found = html("One[^b] and two[^a].\n\nThree[^b].\n\n[^a]: The *first*.\n[^b]: The second.\n");
    let expected = [
        format!("<p>One{} and two{}.</p>\n", reference(1, "fnref:1"), reference(2, "fnref:2")),
        aside(1, &format!("The second.{}{}", back("fnref:1", "a"), back("fnref:1:2", "b"))),
        aside(2, &format!("The <em>first</em>.{}", back("fnref:2", ""))),
        format!("<p>Three{}.</p>\n", reference(1, "fnref:1:2")),
    ];
    assert_eq!(found, expected.concat());
}

#[test]
fn lists_tables_quotes_and_headings_are_not_torn_apart() {
    for (text, end) in [
        ("- a[^1]\n- b\n\n  c\n", "</ul>\n"),
        ("> a[^1]\n>\n> b\n", "</blockquote>\n"),
        ("| a[^1] |\n|---|\n| b |\n", "</table>\n</div>\n"),
        ("## a[^1]\n", "</h2>\n"),
        ("a\n: b[^1]\n: c\n", "</dl>\n"),
        ("> [!NOTE]\n> a[^1]\n> > b\n", "</aside>\n"),
    ] {
        let found = html(&format!("{text}\nLast.\n\n[^1]: N.\n"));
        let wanted = format!("{end}{}<p>Last.</p>\n", aside(1, &format!("N.{}", back("fnref:1", ""))));
        assert!(found.ends_with(&wanted), "{text}\n{found}");
    }
}

#[test]
fn a_note_may_have_paragraphs_and_lists_and_may_be_empty() {
    let found = html("a[^1] b[^2] c[^3]\n\n[^1]: One.\n\n    Two.\n\n[^2]: - x\n    - y\n\n[^3]:\n");
    let start = |number| format!("<aside class=\"footnote\" id=\"fn:{number}\" role=\"doc-footnote\">\n");
    let number = |number| format!("<span class=\"footnote-number\">{number}</span> ");
    let wanted = format!("{}<p>{}One.</p>\n<p>Two.{}</p>\n</aside>\n", start(1), number(1), back("fnref:1", ""));
    assert!(found.contains(&wanted), "{found}");
    let wanted = format!("{}{}<ul>\n<li>x</li>\n<li>y</li>\n</ul>\n", start(2), number(2));
    assert!(found.contains(&wanted), "{found}");
    let wanted = format!("{}{}{}</aside>\n", start(3), number(3), back("fnref:3", ""));
    assert!(found.contains(&wanted), "{found}");
}

#[test]
fn a_footnote_of_a_footnote_follows_it() {
    let found = html(
        "a[^1]\n\nb[^2]\n\n[^1]: See [^deep].\n[^2]: Second.\n[^deep]: Deep, see [^2] and [^deeper].\n[^deeper]: Deeper.\n",
    );
    let places: Vec<usize> =
        ["See ", "Deep,", "Deeper.", "<p>b", "Second."].iter().map(|text| found.find(text).unwrap()).collect();
    assert!(places.is_sorted(), "{found}");
    assert!(
        found.contains("id=\"fn:3\" role=\"doc-footnote\">\n<p><span class=\"footnote-number\">3</span> Deep,"),
        "{found}"
    );
}

#[test]
fn notes_of_an_embeds_text_follow_it() {
    let found = html("{{< note >}}\na[^1]\n\n[^1]: Inner.\n{{< /note >}}\n\nb[^1]\n\n[^1]: Outer.\n");
    let inner = aside(1, &format!("Inner.{}", back("fnref:1", "")));
    let outer = aside(2, &format!("Outer.{}", back("fnref:2", "")));
    let wanted = format!("</note-box>\n{inner}<p>b{}</p>\n{outer}", reference(2, "fnref:2"));
    assert!(found.ends_with(&wanted), "{found}");
}

#[test]
fn a_note_may_hold_an_embed_and_raw_html() {
    let found =
        html("<b>a</b>[^1]\n\nb\n\n[^1]: {{< note >}}\n    c[^2]\n\n    [^2]: Deep.\n    {{< /note >}} <i>d</i>\n");
    assert!(found.contains("<note-box>"), "{found}");
    assert!(found.contains("<i>d</i>"), "{found}");
    assert_eq!(found.matches("<aside").count(), found.matches("role=\"doc-noteref\"").count(), "{found}");
    assert!(found.ends_with("<p>b</p>\n"), "{found}");
}

#[test]
fn a_text_without_references_has_no_notes() {
    let body = render("a[^x]\n\n[^1]: N.\n", &BESIDE, &Site::default());
    assert_eq!((body.html.as_str(), body.is_for_page), ("<p>a[^x]</p>\n", false));
    assert!(render("a[^1]\n\n[^1]: N.\n", &BESIDE, &Site::default()).is_for_page);
}

#[test]
fn many_footnotes_are_rendered_quickly() {
    let words = "nine words that leave room for a note beside ".repeat(3);
    let notes: String = (0..10_000).map(|i| format!("{words}[^{i}]\n\n[^{i}]: see [^{}]\n\n", i + 1)).collect();
    assert_eq!(html(&(notes + "[^10000]: n")).matches("<aside").count(), 10_001);
}

const PIECES: &[&str] = &[
    "a[^1]\n\n",
    "b[^2] c[^1]",
    "[^3]",
    "- d[^2]\n",
    "> e[^3]\n",
    "| f[^1] |\n|-|\n| g[^2] |\n\n",
    "# h[^3]\n",
    "{{< note >}}\ni[^1]\n\n[^1]: INNER\n{{< /note >}}\n",
    "{{< note >}}j[^2]{{< /note >}}",
    "[k[^1]](/k)",
    "\n\n[^1]: ONE\n\n",
    "\n\n[^2]: TWO [^1] [^3]\n\n    and <i>two</i>\n\n",
    "\n\n[^3]: THREE [^3] {{< note >}}l[^2]{{< /note >}}\n\n",
    "> [^1]: QUOTED\n",
    "<div>",
    "</div>\n\n",
    "<b>m",
    "<table><tr><td>\n\n",
    "</td></tr></table>",
    "<!-- n\n",
    "-->\n\n",
    "```\no[^1]\n```\n",
    "\n\n",
    "p",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_note_is_lost_or_doubled(pieces in vec(select(PIECES), 0..14)) {
        let text = pieces.concat();
        for options in [SANITIZED, TRUSTED] {
            let end = render(&text, &options, &Site::default());
            let beside = render(&text, &Options { footnotes: FootnotePlacement::Beside, ..options }, &Site::default());
            prop_assert_eq!(end.problems, beside.problems);
            for word in ["INNER", "ONE", "TWO", "THREE", "QUOTED", "and ", "doc-noteref", "doc-backlink"] {
                let count = |html: &str| html.matches(word).count();
                prop_assert_eq!(count(&end.html), count(&beside.html), "{}\n{}\n{}", word, end.html, beside.html);
            }
            let places = ["doc-endnotes", "<aside class=\"footnote\""].map(|place| beside.html.contains(place));
            prop_assert!(places != [true, true], "in one place: {}", beside.html);
        }
    }
}
