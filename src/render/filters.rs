//! Template filters that differ from Tera's own: grouping keeps the order of what it groups, `safe` copies nothing,
//! and texts are made fit for URLs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tera::value::Key;
use tera::{Error, Kwargs, Map, State, TeraResult, Value};

/// Groups values by an attribute, in the order in which each group first appears. (Tera's own filter of this name
/// gives the groups in an arbitrary order, and pages must not change from build to build.)
///
/// # Errors
/// When a value lacks the attribute, or the attribute cannot be a key.
pub(super) fn group_by(values: Vec<Value>, arguments: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let attribute = arguments.must_get::<&str>("attribute")?;
    let mut groups: Vec<(Key<'static>, Vec<Value>)> = Vec::new();
    for value in values {
        let found = value.get_from_path(attribute);
        let found =
            found.ok_or_else(|| Error::message(format!("a value has no attribute `{attribute}` to group by")))?;
        if found.is_none() {
            continue;
        }
        let key =
            key(found).ok_or_else(|| Error::message(format!("the attribute `{attribute}` is no text or number")))?;
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    let map: Map = groups.into_iter().map(|(key, group)| (key, Value::from(group))).collect();
    Ok(Value::from(map))
}

/// Marks a text as HTML that is written as it is. (Tera's own filter of this name copies the text, and bodies are long.)
pub(super) fn safe(value: Value, _: Kwargs, _: &State<'_>) -> Value {
    if value.is_string() { value.mark_safe() } else { Value::safe_string(&value.to_string()) }
}

/// What may stand anywhere in a URL (RFC 3986, section 2.3, "unreserved").
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Makes a text fit to be one part of a URL: a segment of a path, or a value in a query.
pub(super) fn urlencode(text: &str, _: Kwargs, _: &State<'_>) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn key(value: &Value) -> Option<Key<'static>> {
    if let Some(text) = value.as_str() {
        return Some(Key::from(text.to_owned()));
    }
    if let Some(flag) = value.as_bool() {
        return Some(Key::from(flag.to_string()));
    }
    value.as_i128().map(Key::from)
}
