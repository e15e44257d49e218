//! Tests of the format of comments, and of changes to its files.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::*;
use crate::config::CommentLimits;

fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

fn comment(id: &str, parent: Option<&str>, text: &str) -> NewComment {
    NewComment {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        name: Some("Noor Rahimi".to_owned()),
        url: None,
        date: Timestamp::UNIX_EPOCH,
        text: text.to_owned(),
        staff: None,
        hidden: false,
    }
}

fn appended(text: &str, new: &[NewComment], limits: CommentLimits) -> Result<Appended, CannotChange> {
    append(text, new, AppendRules { zone: &zone(), anonymous: "A reader", limits })
}

fn added(text: &str, new: &[NewComment]) -> Result<String, CannotChange> {
    appended(text, new, CommentLimits::default()).map(|appended| appended.text)
}

#[test]
fn comments_are_added_below_those_of_the_file() -> Result<(), CannotChange> {
    let first = added("", &[comment("wp-1", None, "Short: yes.\n\n* a list\n"), comment("wp-2", Some("wp-1"), "No.")])?;
    let expected = "comments:\n  - id: wp-1\n    name: Noor Rahimi\n    date: 1970-01-01 08:00 +08:00\n    text: |-\n      \
                    Short: yes.\n\n      * a list\n  - id: wp-2\n    parent: wp-1\n    name: Noor Rahimi\n    date: \
                    1970-01-01 08:00 +08:00\n    text: No.\n";
    assert_eq!(first, expected);
    assert_eq!(added(&first, &[comment("wp-2", None, "Another text")])?, first, "an id is added once");
    let kept = "# By hand\r\ncomments:\r\n- {id: a, name: B, date: 2018-11-22, text: C}";
    let with_new = added(kept, &[comment("wp-2", None, "No.")])?;
    assert!(with_new.starts_with(kept) && with_new.contains("text: C}\r\n- id: wp-2\r\n  name"), "{with_new}");
    assert!(added("comments: [{id: a, name: B, date: 2018-11-22, text: C}]", &[comment("b", None, "x")]).is_err());
    assert!(added("comments: []\n\n", &[comment("b", None, "x")])?.starts_with("comments:\n  - id: b\n"));
    Ok(())
}

#[test]
fn what_a_comment_must_not_hold_is_dropped() -> Result<(), CannotChange> {
    let hostile = NewComment {
        parent: Some("gone".to_owned()),
        name: Some("noor@example.org".to_owned()),
        url: Some("javascript:alert(1)".to_owned()),
        ..comment("x", None, "\u{0}\u{feff}a\u{2028}b\r\nc\u{7}")
    };
    let list = parse(&added("", &[hostile])?).value.unwrap_or_default();
    let [Comment { parent: None, name, url: None, text, .. }] = &*list.comments else {
        return Err(CannotChange(format!("{list:?}")));
    };
    assert_eq!((name.as_deref(), text.as_str()), (Some("A reader"), "a\nb\nc"));
    for name in ["Bo (192.0.2.7)", "Bo <bo@example.org>", "\u{3164}", "\u{ffa0}\u{200b}"] {
        assert!(check_name(name).is_err(), "{name}");
    }
    for url in ["http://noor@example.net", "https://192.0.2.7/", "https://example.net/?mail=noor%40example.net"] {
        assert!(check_url(url).is_err(), "{url}");
        let written = added("", &[NewComment { url: Some(url.to_owned()), ..comment("x", None, "y") }])?;
        assert!(!written.contains("url"), "{written}");
    }
    let long = NewComment {
        name: Some("ñ".repeat(5_000)),
        url: Some(format!("https://example.net/{}", "a".repeat(9_000))),
        ..comment("x", None, "y")
    };
    let written = added("", &[long])?;
    let list = parse(&written).value.unwrap_or_default();
    assert_eq!(list.comments[0].name.as_ref().map(|name| name.chars().count()), Some(MAX_NAME), "{written}");
    assert_eq!(list.comments[0].url, None);
    Ok(())
}

#[test]
fn a_comment_that_cannot_be_added_keeps_out_no_other() -> Result<(), CannotChange> {
    let date = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
    let new = [
        comment("a", None, "One."),
        comment("bom", None, "\u{feff}\u{feff}\u{feff}"),
        comment("space", None, "\u{200b} \u{7}"),
        comment("a b", None, "Two."),
        NewComment { date: date(-70_000_000_000), ..comment("roman", None, "Three.") },
        comment("a", None, "Once more."),
        comment("long", None, &"x".repeat(51)),
        comment("b", Some("bom"), "Four."),
        comment("c", None, "Five."),
        comment("d", None, "Six."),
    ];
    let limits = CommentLimits { characters: 50, comments: 4 };
    let before = added("", &[comment("old", None, "Zero.")])?;
    let Appended { text, added, known, refused } = appended(&before, &new, limits)?;
    assert_eq!((added, known), (3, 0), "{text}");
    let refused: Vec<(&str, &str)> = refused.iter().map(|one| (&*one.id, &*one.reason)).collect();
    let expected = [
        ("bom", "has no text"),
        ("space", "has no text"),
        ("a b", "has no valid id: a b"),
        ("roman", "has no date between the years 0 and 9999"),
        ("a", "has the id of another new comment"),
        ("long", "has 51 characters, but at most 50 are published"),
        ("d", "would be more than the 4 comments that a story may have"),
    ];
    assert_eq!(refused, expected);
    assert!(!text.contains("parent"), "the comment that `b` replies to is not there: {text}");
    assert_eq!(appended(&text, &new, limits)?.known, 4);
    Ok(())
}

#[test]
fn a_date_from_before_time_zones_is_written_in_utc() -> Result<(), CannotChange> {
    let zone = TimeZone::get("Asia/Singapore").map_err(|error| CannotChange(error.to_string()))?;
    let old =
        NewComment { date: Timestamp::from_second(-2_500_000_000).unwrap_or_default(), ..comment("a", None, "x") };
    let rules = AppendRules { zone: &zone, anonymous: "A reader", limits: CommentLimits::default() };
    let text = append("", &[old], rules)?.text;
    assert!(text.contains("date: 1890-10-11 19:33:20 +00:00\n"), "{text}");
    Ok(())
}

#[test]
fn loops_of_replies_are_opened() -> Result<(), CannotChange> {
    let new = [
        comment("1", Some("2"), "x"),
        comment("2", Some("1"), "x"),
        comment("3", Some("2"), "x"),
        comment("self", Some("self"), "x"),
        comment("top", None, "x"),
        comment("reply", Some("top"), "x"),
    ];
    let list = parse(&added("", &new)?).value.unwrap_or_default().comments;
    let parents: Vec<Option<&str>> = list.iter().map(|comment| comment.parent.as_deref()).collect();
    assert_eq!(parents, [None, Some("1"), Some("2"), None, None, Some("top")]);
    assert!(loops(&list).is_empty());
    Ok(())
}

#[test]
fn a_comment_is_hidden_and_shown_again() -> Result<(), CannotChange> {
    let text = added("", &[comment("a", None, "One.\nTwo."), comment("b", None, "Three.")])?;
    let hidden = set_hidden(&text, "a", true)?;
    assert!(hidden.contains("Two.\n    hidden: true\n  - id: b"), "{hidden}");
    assert_eq!(set_hidden(&hidden, "a", false)?, text);
    assert!(set_hidden(&text, "c", true).is_err());
    for (before, after) in [
        ("comments:\r\n- id: a\n  name: N\r\n  date: 2018-11-22\r\n  text: x", "\r\n  hidden: true\r\n"),
        ("comments:\n- {id: a, name: N, date: 2018-11-22, text: \"}\"} # by hand }\n", ", hidden: true} # by hand }\n"),
        ("comments: # of readers\n- id: a\n  name: N\n  date: 2018-11-22\n  text: x\n", "text: x\n  hidden: true\n"),
        ("comments:\n- {id: a, name: N, date: 2018-11-22, text: x}\n# end\n", ", hidden: true}\n# end\n"),
    ] {
        match set_hidden(before, "a", true) {
            Ok(hidden) => {
                assert!(hidden.ends_with(after), "{hidden}");
                assert_eq!(set_hidden(&hidden, "a", false)?.trim_end(), before.trim_end());
            }
            // The last brace is one of a remark.
            Err(why) => assert!(before.contains("by hand }") && why.0.contains("cannot be changed"), "{why}"),
        }
    }
    Ok(())
}

#[test]
fn a_text_of_any_form_is_a_block() -> Result<(), CannotChange> {
    let brackets = "[".repeat(9_000);
    for text in [
        "    code\n\ntext",
        "\tcode",
        " x\n   \n\n  y: |",
        &brackets,
        &format!(" {brackets}\n{{"),
        "# a",
        "- b: [",
        "|-",
        "''",
    ] {
        let long = comment("b", Some("a"), &format!("{text} {}", "[ ".repeat(400)));
        let written = added("", &[comment("a", None, text), long, comment("c", None, ": [")])?;
        let read = parse(&written);
        assert!(read.errors.is_empty(), "{:?}\n{written}", read.errors);
        assert_eq!(read.value.unwrap_or_default().comments[0].text, text, "{written}");
    }
    Ok(())
}

#[test]
fn places_of_values_are_found() {
    let place_in = |text: &str, at, key| place(text, at, key).map(|span| (span.line, span.column, span.length));
    let text = "comments:\n  - id: a\n    text: |-\n      - id: b\n  -\n    id: \"c\"\n";
    assert_eq!(place_in(text, 0, "id"), Some((2, 9, 1)));
    assert_eq!(place_in(text, 1, "id"), Some((6, 9, 3)));
    assert_eq!(place_in(text, 1, "url").map(|(line, ..)| line), Some(6));
    assert_eq!(place_in(text, 2, "id"), None);
    for (text, expected) in [
        ("comments: [{id: a, parent: zz, text: x}]", (1, 28, 2)),
        ("comments: # of readers\n- id: a\n  parent: zz\n", (3, 11, 2)),
        ("comments:\n- {id: a, parent: zz, text: x}\n", (2, 19, 2)),
        ("comments:\n- id: a\n  \"parent\": zz\n", (3, 13, 2)),
        ("comments:\n- id: a\n  parent : zz\n", (3, 12, 2)),
        ("comments:\n- text: |-\n    parent: yy\n  parent: zz\n", (4, 11, 2)),
    ] {
        assert_eq!(place_in(text, 0, "parent"), Some(expected), "{text}");
    }
}

#[test]
fn threads_are_ordered_and_flattened() {
    let written = |id: &str, parent: Option<&str>, hidden| Comment {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        name: None,
        url: None,
        date: WrittenDate::parse("2018-11-22").unwrap_or_else(|_| unreachable!()),
        text: "x".to_owned(),
        staff: None,
        hidden,
    };
    let mut comments = vec![written("0", None, false)];
    comments.extend((1..100_000).map(|at| written(&at.to_string(), Some(&(at - 1).to_string()), at == 2)));
    let shown = threaded(&comments, |_| 0);
    assert_eq!(shown.len(), 99_999);
    assert_eq!(shown[2], InThread { at: 3, depth: 3, parent: Some(1) });
    assert!(shown[6..].iter().all(|place| place.depth == MAX_DEPTH));
    let looped = [written("a", Some("b"), false), written("b", Some("a"), false), written("c", Some("b"), false)];
    assert_eq!(loops(&looped), [0, 1, 2]);
    assert!(threaded(&looped, |_| 0).is_empty());
    let by_date = [written("a", None, false), written("b", None, false)];
    assert_eq!(threaded(&by_date, |at| 9 - at).iter().map(|place| place.at).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn the_fast_parser_reads_what_is_written_and_leaves_the_rest() -> Result<(), CannotChange> {
    let written = added("", &[comment("wp-1", None, "One: two.\n\n  three"), comment("wp-2", Some("wp-1"), "No.")])?;
    assert!(quick::read(&written).is_some(), "{written}");
    assert!(quick::read(&format!("# By hand\n\n{written}\n")).is_some());
    for other in [
        "",
        "comments: []\n",
        "comments:\n- {id: a, name: B, date: 2018-11-22, text: C}\n",
        "comments:\n- id: a\n  name: B\n  date: 2018-11-22\n  text: C # not of the text\n",
        "comments:\n- id: a\n  name: B\n  date: 2018-11-22\n  text: C\n    and more\n",
        "comments:\n- id: a\n  name: null\n  date: 2018-11-22\n  text: C\n",
        "comments:\n- id: a\n  id: b\n  name: B\n  date: 2018-11-22\n  text: C\n",
        "comments:\n- id: a\n  name: a@example.org\n  date: 2018-11-22\n  text: C\n",
        "comments:\n- id: a\n  name: B\n  date: 2018-11-22\n  text: |-\n    C\n   D\n",
        "comments:\n- id: a\n  name: B\n  date: 2018-11-22\n  text: |-\n    C\n      \n",
        "comments:\n  - id: a\n    name: B\n    date: 2018-11-22\n    text: C\n  extra: x\n",
    ] {
        assert_eq!(quick::read(other), None, "{other}");
    }
    Ok(())
}
