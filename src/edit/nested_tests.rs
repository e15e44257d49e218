//! Keys inside mappings are set and removed in every style of YAML, or the change is refused.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{Edit, Scalar, edit};
use crate::read::split;

const CARD: [&str; 3] = ["image", "crops", "card"];

fn file(yaml: &str) -> String {
    format!("---\ntitle: A\n{yaml}---\nBody\n")
}

fn set(yaml: &str, path: &[&str], value: &str) -> Option<String> {
    edit(&file(yaml), &[Edit::SetInside(path, Scalar::Plain(value.to_owned()))]).ok()
}

#[track_caller]
fn becomes(before: &str, after: &str) {
    assert_eq!(set(before, &CARD, "[1, 2, 3, 4]"), Some(file(after)));
}

#[test]
fn a_key_inside_others_is_set_in_their_style() {
    let card = "crops: {card: [1, 2, 3, 4]}";
    becomes("image: a.jpg\n", &format!("image: {{src: a.jpg, {card}}}\n"));
    becomes("image: 'a, b.jpg' # ours\n", &format!("image: {{src: 'a, b.jpg', {card}}} # ours\n"));
    becomes("image: {src: a.jpg}\nslug: a\n", &format!("image: {{src: a.jpg, {card}}}\nslug: a\n"));
    becomes("image: {src: a.jpg, }\n", &format!("image: {{src: a.jpg, {card} }}\n"));
    becomes("image: {src: a.jpg,\n  alt: \"} x\"}\n", &format!("image: {{src: a.jpg,\n  alt: \"}} x\", {card}}}\n"));
    becomes("image: {crops: {}, src: a}\n", "image: {crops: {card: [1, 2, 3, 4]}, src: a}\n");
    becomes("image: {crops: ~, src: a}\n", "image: {crops: {card: [1, 2, 3, 4]}, src: a}\n");
    becomes(
        "image: {crops: {card: [9, 9, 9, 9], lead: [5, 5, 5, 5]}}\n",
        "image: {crops: {card: [1, 2, 3, 4], lead: [5, 5, 5, 5]}}\n",
    );
    becomes("image: {crops: {lead: [5, 5, 5, 5]}}\n", "image: {crops: {lead: [5, 5, 5, 5], card: [1, 2, 3, 4]}}\n");
    let block = "image:\n  # ours\n  src: a.jpg   # the file\n  alt: |\n    card: no\n  # the end\nslug: a\n";
    becomes(block, &block.replace("card: no\n", &format!("card: no\n  {card}\n")));
    let crops = "image:\n    src: a.jpg\n    crops:\n      lead: [5, 5, 5, 5] # wide\n      card:\n        - 9\n        - 9\n    credit: x\n";
    becomes(crops, &crops.replace("card:\n        - 9\n        - 9\n", "card: [1, 2, 3, 4]\n"));
    let open = "image:\n  src: a.jpg\n  crops: # none yet\nslug: a\n";
    becomes(open, &open.replace("crops: #", "crops: {card: [1, 2, 3, 4]} #"));
    let dos = "image:\r\n  src: a.jpg\r\n";
    becomes(dos, &format!("{dos}  {card}\r\n"));
}

#[test]
fn a_key_inside_others_is_removed_alone() {
    let removed = |yaml: &str, path: &[&str]| edit(&file(yaml), &[Edit::RemoveInside(path)]).ok();
    let becomes = |before: &str, after: &str| assert_eq!(removed(before, &CARD), Some(file(after)), "{before}");
    becomes("image: {crops: {card: [1, 2], lead: [3, 4]}}\n", "image: {crops: {lead: [3, 4]}}\n");
    becomes("image: {crops: {lead: [3, 4], card: [1, 2]}}\n", "image: {crops: {lead: [3, 4]}}\n");
    becomes("image: {crops: {card: [1, 2]}}\n", "image: {crops: {}}\n");
    becomes("image:\n  crops:\n    card:\n    - 1\n    lead: [3, 4]\n", "image:\n  crops:\n    lead: [3, 4]\n");
    for same in ["image: {src: a.jpg}\n", "image:\n  src: a.jpg\n", "image: {crops: {lead: [1, 2]}}\n", "slug: a\n"] {
        assert_eq!(removed(same, &CARD).unwrap_or_else(|| file(same)), file(same));
    }
    let focus = removed("image: {src: a.jpg, focus: top}\n", &["image", "focus"]);
    assert_eq!(focus, Some(file("image: {src: a.jpg}\n")));
}

#[test]
fn what_cannot_be_read_is_refused() {
    for yaml in [
        "",
        "image: &a {src: a}\n",
        "image: [a]\n",
        "image: |\n  a\n",
        "image: {src: a, # ours\n  alt: b}\n",
        "image: *a\n",
    ] {
        assert_eq!(set(yaml, &CARD, "[1, 2, 3, 4]"), None, "{yaml}");
    }
}

/// Values of `image:` in many styles.
const PICTURES: &[&str] = &[
    "image: a.jpg\n",
    "image: \"a # b.jpg\" # c\n",
    "image: {src: 'it''s', alt: \"a, {b}: c\"} # d\n",
    "image: { src : a.jpg , crops : { card : [1, 2] , } , }\n",
    "image: {crops: {lead: [1, 2, 3, 4]}, focus: 50% 20%}\n",
    "image:\n  src: a.jpg\n\n  # note\n  crops:\n    lead: [1, 2, 3, 4]\n\n    # end\n  focus: top # of the tower\n",
    "image:\n    focus:\n    src: >-\n      a\n      b\n    crops: {card: [1, 2]}\n",
    "image:\n  \"src\": a.jpg\n  'crops':\n    \"card\": [1]\n",
    "image:\n",
    "image: ~\n",
];
const OTHERS: &[&str] = &[
    "# image: x\n",
    "\n",
    "deck: |\n  image: no\n  src: b\n\n",
    "tags: [image, {a: b}] # }\n",
    "extra:\n  image: {src: c}\n",
];

proptest! {
    #[test]
    fn only_the_named_value_changes(
        before in vec(select(OTHERS), 0..3), picture in select(PICTURES), after in vec(select(OTHERS), 0..3),
        path in select(vec![vec!["image", "focus"], CARD.to_vec(), vec!["image", "crops", "social"], vec!["image", "crops"]]),
        is_dos in any::<bool>(),
    ) {
        let yaml = [&before.concat(), picture, &after.concat()].concat();
        let text = file(&if is_dos { yaml.replace('\n', "\r\n") } else { yaml });
        let value = if path.len() == 2 && path[1] == "crops" { "{card: [7]}" } else { "7" };
        for change in [Edit::SetInside(&path, Scalar::Plain(value.to_owned())), Edit::RemoveInside(&path)] {
            let Ok(edited) = edit(&text, std::slice::from_ref(&change)) else { continue };
            let ((old, old_body), (new, new_body)) = (said(&text), said(&edited));
            prop_assert_eq!(old_body, new_body);
            let found = path.iter().try_fold(&new, |value, key| value.get(*key));
            let wanted: Value = crate::yaml::parse(value).unwrap_or_else(|_| Value::from(7));
            match change {
                Edit::SetInside(..) => prop_assert_eq!(found, Some(&wanted), "{}", edited),
                _ => prop_assert_eq!(found, None, "{}", edited),
            }
            prop_assert_eq!(without(old, &path), without(new, &path), "{}", edited);
            // Comments are no values, and stay too, but for one beside a value that is removed.
            let comments = |text: &str| text.matches("# ").count();
            let is_kept = comments(&text) == comments(&edited) || path == ["image", "crops"];
            prop_assert!(is_kept || matches!(change, Edit::RemoveInside(_)), "{text} became {edited}");
        }
    }
}

/// The front matter's values and the body of a file.
fn said(text: &str) -> (Value, String) {
    let front = split(text).unwrap().unwrap();
    let said: serde_json::Map<String, Value> = crate::yaml::parse(front.yaml).unwrap();
    (said.into(), text[front.body..].to_owned())
}

/// The values without the one at a path, and with a picture's short form written out.
fn without(mut values: Value, path: &[&str]) -> Value {
    let image = &mut values["image"];
    if image.is_string() {
        *image = serde_json::json!({ "src": image.take() });
    }
    let (last, above) = path.split_last().unwrap();
    let mut at = &mut values;
    for key in above {
        if at.get(*key).is_none_or(Value::is_null) {
            at[*key] = serde_json::json!({});
        }
        at = &mut at[*key];
    }
    at.as_object_mut().unwrap().remove(*last);
    values
}
