//! Entries are added to front matter of any style, and nothing else changes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::{CannotEdit, Edit, Item, NewValue, Scalar, edit};
use crate::read::split;

fn correction(text: &str) -> Item {
    Item(vec![("date", Scalar::Plain("2026-11-23 08:00".to_owned())), ("text", Scalar::Text(text.to_owned()))])
}

fn add(text: &str, item: &Item) -> Result<String, CannotEdit> {
    edit(text, &[Edit::Append("corrections", item.clone())])
}

/// The front matter's values and the body of a file.
fn said(text: &str) -> (Value, &str) {
    let front = split(text).unwrap().unwrap();
    let said: Map<String, Value> = crate::yaml::parse(front.yaml).unwrap();
    (said.into(), &text[front.body..])
}

#[track_caller]
fn becomes(before: &str, after: &str) {
    let file = |yaml: &str| format!("---\ntitle: A\n{yaml}---\nBody\n");
    assert_eq!(add(&file(before), &correction("B")).unwrap(), file(after));
}

#[test]
fn an_entry_has_the_style_of_the_others() {
    let own = "corrections:\n  - date: 2026-11-23 08:00\n    text: \"B\"\n";
    let flow = "{date: 2026-11-23 08:00, text: \"B\"}";
    becomes("", own);
    becomes("# the end\n", &format!("# the end\n{own}"));
    becomes("corrections:\nslug: a\n", &format!("{own}slug: a\n"));
    becomes("corrections: # none yet\n", "corrections: # none yet\n  - date: 2026-11-23 08:00\n    text: \"B\"\n");
    becomes("corrections: []\n", &format!("corrections: [{flow}]\n"));
    becomes("corrections: ~ # none\n", &format!("corrections: [{flow}] # none\n"));
    becomes("\"corrections\" : null\n", &format!("\"corrections\" : [{flow}]\n"));
    let one = "{date: 2026-11-22, text: it's [one, 'x'}";
    let one = &one.replace("[one, 'x'", "one");
    becomes(&format!("corrections: [{one}] # ]\n"), &format!("corrections: [{one}, {flow}] # ]\n"));
    becomes(
        &format!("corrections: [\n    {one}, # first, ]\n    {one} # second\n  ]\nslug: a\n"),
        &format!("corrections: [\n    {one}, # first, ]\n    {one}, # second\n    {flow}\n  ]\nslug: a\n"),
    );
    becomes(&format!("corrections: [\n  {one},\n]\n"), &format!("corrections: [\n  {one},\n  {flow},\n]\n"));
    becomes(
        &format!("corrections:\n- {one} # a\n# b\n\nslug: a\n"),
        &format!("corrections:\n- {one} # a\n- {flow}\n# b\n\nslug: a\n"),
    );
    becomes(
        "corrections:\n    # of November\n    -   date: 2026-11-22\n        text: |+\n          # No comment\n\n    # of December\nslug: a\n",
        "corrections:\n    # of November\n    -   date: 2026-11-22\n        text: |+\n          # No comment\n\n    # of December\n    -   \
         date: 2026-11-23 08:00\n        text: \"B\"\nslug: a\n",
    );
    becomes(
        "corrections:\n  - text: >-\n      Folded\n      text\n    date: 2026-11-22\n\n# end\n",
        "corrections:\n  - text: >-\n      Folded\n      text\n    date: 2026-11-22\n  - date: 2026-11-23 08:00\n    text: \"B\"\n\n# end\n",
    );
}

#[test]
fn marks_and_line_ends_stay() {
    let before =
        "\u{feff}---\r\ntitle: A\r\ncorrections:\r\n  - {date: 2026-11-22, text: x}\r\n---  \r\n\r\nBody  \r\n---\r\n";
    let after = before.replace("x}\r\n", "x}\r\n  - {date: 2026-11-23 08:00, text: \"B\"}\r\n");
    assert_eq!(add(before, &correction("B")).unwrap(), after);
}

#[test]
fn a_note_has_its_kind() {
    let Item(fields) = correction("B");
    let kind = ("kind", Scalar::Plain("editors-note".to_owned()));
    let note = Item(std::iter::once(kind).chain(fields).collect());
    let text = edit("---\ntitle: A\n---\n", &[Edit::Append("notes", note)]).unwrap();
    assert_eq!(
        text,
        "---\ntitle: A\nnotes:\n  - kind: editors-note\n    date: 2026-11-23 08:00\n    text: \"B\"\n---\n"
    );
}

#[test]
fn lists_that_cannot_be_extended_are_refused() {
    for yaml in [
        "{title: A}\n",
        "title: A\ncorrections: &all\n  - {date: 2026-11-22, text: x}\n",
        "extra: &all []\ncorrections: *all\ntitle: A\n",
        "title: A\ncorrections: !!seq []\n",
        "title: A\ncorrections: none\n",
        "title: A\ncorrections: {date: 2026-11-22}\n",
        "title: \"A\n",
        "? title\n: A\n? corrections\n: []\n",
        "corrections:\n\t- {date: 2026-11-22, text: x}\n",
        "corrections: [{date: 2026-11-22, text: x}\n",
    ] {
        let text = format!("---\n{yaml}---\nBody\n");
        if let Ok(amended) = add(&text, &correction("B")) {
            panic!("{yaml} became {amended}");
        }
    }
    assert!(add("No front matter\n", &correction("B")).is_err());
    assert!(add("---\ntitle: A\n", &correction("B")).is_err());
}

#[track_caller]
fn set(before: &str, key: &str, value: NewValue, after: &str) {
    let file = |yaml: &str| format!("---\ntitle: A\n{yaml}---\nBody\n");
    assert_eq!(edit(&file(before), &[Edit::Set(key, value)]).unwrap(), file(after));
}

#[test]
fn a_key_is_set_in_its_place() {
    let date = || NewValue::Scalar(Scalar::Plain("2026-11-23 08:00".to_owned()));
    set("", "date", date(), "date: 2026-11-23 08:00\n");
    set("date: 2026-11-22 # a guess\nslug: a\n", "date", date(), "date: 2026-11-23 08:00 # a guess\nslug: a\n");
    set("date:\nslug: a\n", "date", date(), "date: 2026-11-23 08:00\nslug: a\n");
    set("\"date\" :  '2026-11-22'\n", "date", date(), "\"date\" :  2026-11-23 08:00\n");
    set("deck: \"a # b\"\n", "deck", NewValue::Scalar(Scalar::Text("c: d".to_owned())), "deck: \"c: d\"\n");
    set("deck: >-\n  a\n\n  b\n# c\nslug: a\n", "deck", date(), "deck: 2026-11-23 08:00\n# c\nslug: a\n");
    let withdrawal = || {
        let reason = ("reason", Scalar::Text("It was wrong.".to_owned()));
        NewValue::Mapping(Item(vec![("date", Scalar::Plain("2026-11-23".to_owned())), reason]))
    };
    let block = "withdrawn:\n  date: 2026-11-23\n  reason: \"It was wrong.\"\n";
    set("slug: a\n", "withdrawn", withdrawal(), &format!("slug: a\n{block}"));
    let flow = "withdrawn: {date: 2026-11-23, reason: \"It was wrong.\"}\n";
    set("withdrawn:\n  date: 2026-11-22\nslug: a\n", "withdrawn", withdrawal(), &format!("{flow}slug: a\n"));
}

#[test]
fn a_key_is_removed_with_its_value_and_nothing_else() {
    let remove = |yaml: &str| edit(&format!("---\ntitle: A\n{yaml}---\nBody\n"), &[Edit::Remove("draft")]).unwrap();
    assert_eq!(
        remove("draft: true # not yet\n# about the slug\nslug: a\n"),
        "---\ntitle: A\n# about the slug\nslug: a\n---\nBody\n"
    );
    assert_eq!(remove("draft:\n  true\nslug: a\n"), "---\ntitle: A\nslug: a\n---\nBody\n");
    assert_eq!(remove("slug: a\n"), "---\ntitle: A\nslug: a\n---\nBody\n");
    assert!(edit("---\n{title: A, draft: true}\n---\n", &[Edit::Remove("draft")]).is_err());
}

/// Styles of a list of corrections, and keys around it.
const LISTS: &[&str] = &[
    "",
    "corrections:\n",
    "corrections: []\n",
    "corrections: [ ] # none\n",
    "corrections: null\n",
    "corrections:\n  []\n",
    "corrections:\n  - {date: 2026-11-22, text: 'it''s, [this]'}\n",
    "corrections:\n- date: 2026-11-22\n  text: plain\n  # inside\n",
    "corrections:\n\n  # before\n  -\n    text: \"a\\\"]\"\n    date: 2026-11-22\n\n  # after\n\n",
    "corrections:\n  - date: 2026-11-22\n    text: |\n      # a\n      - b\n\n",
    "corrections:\n  - date: 2026-11-22\n    text: |+\n      a\n\n\n",
    "corrections: [{date: 2026-11-22, text: a]\n",
    "corrections: [{date: 2026-11-22, text: a}]\n",
    "corrections: [{date: 2026-11-22, text: \"#]\"}, # ]\n  {date: 2026-11-22, text: ok},\n  ]\n",
    "corrections: [\n{date: 2026-11-22, text: it's}\n]\n",
    "corrections: *x\n",
];
const OTHERS: &[&str] = &[
    "# a comment\n",
    "\n",
    "deck: |\n  corrections:\n  - no\n\n",
    "summary: >+\n  folded\n  # no comment\n\n",
    "tags: [a, 'b', \"c\"] # ]\n",
    "kicker: 'corrections: []'\n",
    "byline: \"corrections:\n  []\"\n",
    "extra: {corrections: [1, 2], x: &x [1]}\n",
    "notes:\n  - {kind: clarification, date: 2026-11-22, text: x}\n",
    "correction: 1\n",
    "   \n",
    "  # indented\n",
];

proptest! {
    #[test]
    fn nothing_but_the_entry_changes(
        before in vec(select(OTHERS), 0..4),
        list in select(LISTS),
        after in vec(select(OTHERS), 0..4),
        text in any::<String>(),
        body in "(?s).{0,40}",
        is_dos in any::<bool>(),
    ) {
        let yaml = format!("title: A\n{}{list}{}", before.concat(), after.concat());
        let yaml = if is_dos { yaml.replace('\n', "\r\n") } else { yaml };
        let file = format!("---\n{yaml}---\n{body}");
        check(&file, &text)?;
    }

    #[test]
    fn hostile_front_matter_is_kept_or_refused(yaml in "(?s)[\\[\\]{}:,'\"#|>&*!?~ \\n\\ta-]{0,60}", text in any::<String>()) {
        check(&format!("---\n{yaml}\n---\nBody"), &text)?;
        check(&format!("---\ntitle: A\ncorrections:{yaml}\n---\nBody"), &text)?;
        check(&format!("---\ntitle: A\ncorrections: [{yaml}\n---\nBody"), &text)?;
    }
}

proptest! {
    #[test]
    fn setting_or_removing_a_key_changes_no_other(
        before in vec(select(OTHERS), 0..4),
        list in select(LISTS),
        after in vec(select(OTHERS), 0..4),
        text in any::<String>(),
        body in "(?s).{0,40}",
    ) {
        let file = format!("---\ntitle: A\n{}{list}{}---\n{body}", before.concat(), after.concat());
        for key in ["corrections", "deck", "summary", "extra", "new"] {
            let value = NewValue::Scalar(Scalar::Text(text.clone()));
            for change in [Edit::Set(key, value), Edit::Remove(key)] {
                let Ok(edited) = edit(&file, std::slice::from_ref(&change)) else { continue };
                let ((old, old_body), (new, new_body)) = (said(&file), said(&edited));
                prop_assert_eq!(old_body, new_body);
                let without = |values: &Value| {
                    let mut values = values.as_object().unwrap().clone();
                    values.remove(key);
                    values
                };
                prop_assert_eq!(without(&old), without(&new), "{:?}", change);
                prop_assert_eq!(new.get(key).is_some(), matches!(change, Edit::Set(..)));
            }
        }
    }
}

/// Checks that a corrected file is the old one with bytes inserted, and has one more correction.
fn check(file: &str, text: &str) -> Result<(), TestCaseError> {
    let Ok(amended) = add(file, &correction(text)) else { return Ok(()) };
    let (old, old_body) = said(file);
    let (mut new, new_body) = said(&amended);
    prop_assert_eq!(old_body, new_body);
    let notice = new["corrections"].as_array_mut().unwrap().pop();
    prop_assert_eq!(notice, Some(json!({"date": "2026-11-23 08:00", "text": text})));
    let mut rest = old.clone();
    if old["corrections"].is_null() {
        rest["corrections"] = json!([]);
    }
    prop_assert_eq!(rest, new);
    let is_kept = |kept: &str| {
        let mut bytes = amended.bytes();
        kept.bytes().all(|byte| bytes.any(|found| found == byte))
    };
    // A null value is replaced by the list.
    let is_nothing = |word: &str| is_kept(&file.replacen(word, "", 1));
    prop_assert!(is_kept(file) || ["null", "~"].into_iter().any(is_nothing), "{file:?} became {amended:?}");
    Ok(())
}
