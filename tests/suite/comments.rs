//! Whatever a reader writes becomes a few plain elements, and whatever an importer adds reads back as it was.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use presswork::comment::{NewComment, append, parse, set_hidden, tamed, threaded};
use presswork::markdown::comment_text;
use proptest::prelude::*;
use scraper::Html;

/// The elements that a comment may have, each with its attributes.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("p", &[]),
    ("blockquote", &[]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &[]),
    ("pre", &[]),
    ("code", &[]),
    ("em", &[]),
    ("strong", &[]),
    ("del", &[]),
    ("br", &[]),
    ("hr", &[]),
    ("a", &["href", "rel"]),
];

/// Pieces that together make markup, half of it broken.
const PIECES: &[&str] = &[
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "<!--",
    "-->",
    "<a href=\"javascript:alert(1)\">",
    "</p>",
    "[x](javascript:alert(1))",
    "[x](https://example.net/\"onclick=alert(1))",
    "[x](https://example.net/a b)",
    "![a](https://example.net/x.png)",
    "<https://example.net/?a=1&b=2>",
    "<javascript:alert(1)>",
    "[a]: data:text/html,x\n",
    "[a]",
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "~~~\n",
    "> ",
    "- ",
    "1. ",
    "7) ",
    "# ",
    "---\n",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "&lt;",
    "&#106;",
    "&colon;",
    "\\",
    "~~",
    "\u{202e}",
    "\u{2067}",
    "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "words",
    "שלום",
    "مرحبا",
    "汉字",
    "\u{0}",
    "\u{7}",
    "\u{feff}",
    "{{ youtube(id=\"x\") }}",
    "| a | b |\n|--|--|\n",
    "[^1]",
    "\"",
    "'",
    "<",
    ">",
    "]",
    "(",
    ")",
];

/// Any of them, in any order.
fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|chosen| chosen.concat())
}

/// Any text, or pieces of markup.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![3 => pieces(), 1 => any::<String>(), 1 => "\\PC{0,200}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_becomes_plain_elements(text in hostile()) {
        let shown = comment_text(&text);
        let html = Html::parse_fragment(&shown.html);
        prop_assert!(html.errors.is_empty(), "{:?}\n{}", html.errors, shown.html);
        let elements = html.root_element().descendants().skip(1).filter_map(|node| node.value().as_element());
        for element in elements {
            let known = ELEMENTS.iter().find(|(name, _)| *name == element.name());
            let attributes: BTreeSet<&str> = element.attrs().map(|(name, _)| name).collect();
            prop_assert!(known.is_some_and(|(_, known)| attributes.iter().all(|name| known.contains(name))), "{}", shown.html);
            if let Some(url) = element.attr("href") {
                let is_web = url.starts_with("https://") || url.starts_with("http://");
                prop_assert!(is_web && element.attr("rel") == Some("ugc nofollow"), "{url}");
            }
        }
        let is_turning = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert!(!shown.html.contains(is_turning) && !shown.plain.contains(is_turning));
        let tame = tamed(&text);
        prop_assert_eq!(tamed(&tame), tame.as_ref());
    }

    #[test]
    fn whatever_is_added_reads_back(
        texts in prop::collection::vec((hostile(), prop::option::of(hostile()), prop::option::of(hostile()), any::<prop::sample::Index>()), 1..6),
        seconds in 0i64..4_000_000_000,
    ) {
        let new: Vec<NewComment> = texts.iter().enumerate().map(|(at, (text, name, url, parent))| NewComment {
            id: format!("wp-{at}"),
            parent: Some(format!("wp-{}", parent.index(texts.len() + 1))),
            name: name.clone(),
            url: url.clone(),
            date: Timestamp::from_second(seconds).unwrap(),
            // A text of nothing visible is refused, which the unit tests show.
            text: format!("a{text}b"),
            staff: None,
            hidden: false,
        }).collect();
        let zone = TimeZone::UTC;
        let first = append("", &new, &zone, "A reader").unwrap();
        prop_assert_eq!(first.added, new.len());
        let list = parse(&first.text);
        prop_assert!(list.errors.is_empty(), "{:?}\n{}", list.errors, first.text);
        let comments = list.value.unwrap().comments;
        for (comment, new) in comments.iter().zip(&new) {
            prop_assert_eq!(&comment.id, &new.id);
            prop_assert!(comment.name.as_deref().is_some_and(|name| !name.is_empty()));
            let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(letters(&comment.text), letters(&new.text));
        }
        prop_assert!(threaded(&comments, |at| at).len() <= comments.len());
        // Once more adds nothing, and a hidden comment is shown again without a trace.
        prop_assert_eq!(&append(&first.text, &new, &zone, "A reader").unwrap().text, &first.text);
        let hidden = set_hidden(&first.text, "wp-0", true).unwrap();
        prop_assert_eq!(&set_hidden(&hidden, "wp-0", false).unwrap(), &first.text);
    }
}
