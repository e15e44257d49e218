//! Whatever a reader writes becomes a few plain elements, and whatever an importer adds reads back as it was.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use presswork::comment::{AppendRules, Comment, NewComment, append, parse, set_hidden, tamed, threaded};
use presswork::config::CommentLimits;
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
    "&#x202e;",
    "&#8295;",
    "&#x301;&#x301;&#769;&#x301;&#x301;",
    "\u{200b}",
    "\u{200d}\u{301}",
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

/// The text of a page.
fn visible_text(html: &Html) -> String {
    html.root_element().text().collect()
}

/// The most marks on one letter; invisible characters are no letters.
fn most_marks(text: &str) -> usize {
    let (mut most, mut count) = (0, 0);
    for letter in text.chars() {
        let is_joiner = matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
        count = match letter {
            '\u{301}' => count + 1,
            _ if is_joiner => count,
            _ => 0,
        };
        most = most.max(count);
    }
    most
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
        for shown in [visible_text(&html), shown.plain] {
            prop_assert!(most_marks(&shown) <= 6, "{shown:?}");
        }
        let tame = tamed(&text);
        prop_assert!(most_marks(&tame) <= 6, "{tame:?}");
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
            text: text.clone(),
            staff: None,
            hidden: false,
        }).collect();
        let rules = AppendRules { zone: &TimeZone::UTC, anonymous: "A reader", limits: CommentLimits::default() };
        let first = append("", &new, rules).unwrap();
        prop_assert_eq!(first.added + first.refused.len(), new.len());
        for refused in &first.refused {
            let text = &new.iter().find(|new| new.id == refused.id).unwrap().text;
            prop_assert!(refused.reason == "has no text" && !text.contains(char::is_alphanumeric), "{refused:?} {text:?}");
        }
        let list = parse(&first.text);
        prop_assert!(list.errors.is_empty(), "{:?}\n{}", list.errors, first.text);
        let comments = list.value.unwrap().comments;
        prop_assert_eq!(comments.len(), first.added);
        for comment in &comments {
            let new = new.iter().find(|new| new.id == comment.id).unwrap();
            prop_assert!(comment.name.as_deref().is_some_and(|name| !name.is_empty()));
            let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(letters(&comment.text), letters(&new.text));
        }
        prop_assert_eq!(threaded(&comments, |at| at).len(), comments.len(), "no loop is left");
        // Once more adds nothing, and a hidden comment is shown again without a trace.
        prop_assert_eq!(&append(&first.text, &new, rules).unwrap().text, &first.text);
        if let Some(Comment { id, .. }) = comments.first() {
            let hidden = set_hidden(&first.text, id, true).unwrap();
            prop_assert_eq!(&set_hidden(&hidden, id, false).unwrap(), &first.text);
        }
    }
}
