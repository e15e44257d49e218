//! Takes what Presswork knows out of foreign front matter; what remains is extra data.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::import::dates::SourceDate;
use crate::import::model::Picture;

/// Foreign front matter. Keys are compared without regard to case.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Map<String, Value>);

impl Fields {
    /// Takes the value of the first of these keys that has one.
    pub fn take(&mut self, keys: &[&str]) -> Option<Value> {
        let mut found = None;
        for key in keys {
            let name = self.0.keys().find(|name| name.eq_ignore_ascii_case(key)).cloned();
            if let Some(value) = name.filter(|_| found.is_none()).and_then(|name| self.0.remove(&name)) {
                found = Some(value).filter(|value| !is_empty(value));
            }
        }
        found
    }

    /// Takes a text; numbers and flags become texts.
    pub fn text(&mut self, keys: &[&str]) -> Option<String> {
        self.take(keys).as_ref().and_then(text_of).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Takes a flag: `true`, `yes`, `1`.
    pub fn flag(&mut self, keys: &[&str]) -> Option<bool> {
        match self.take(keys)? {
            Value::Bool(flag) => Some(flag),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(true),
                "false" | "no" | "off" | "0" => Some(false),
                _ => None,
            },
            Value::Number(number) => Some(number.as_f64() != Some(0.0)),
            _ => None,
        }
    }

    /// Takes a whole number.
    pub fn number(&mut self, keys: &[&str]) -> Option<i64> {
        match self.take(keys)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Takes a date. The text is returned if it can't be read as one.
    pub fn date(&mut self, keys: &[&str]) -> Option<Result<SourceDate, String>> {
        let text = self.text(keys)?;
        Some(SourceDate::parse(&text).ok_or(text))
    }

    /// Takes a list of texts: a list, or one text, which `separator` splits if it is given.
    pub fn texts(&mut self, keys: &[&str], separator: Option<char>) -> Vec<String> {
        let Some(value) = self.take(keys) else { return Vec::new() };
        texts_of(&value, separator)
    }

    /// Takes a map.
    pub fn map(&mut self, keys: &[&str]) -> Option<Map<String, Value>> {
        match self.take(keys)? {
            Value::Object(map) => Some(map),
            _ => None,
        }
    }

    /// The remaining keys.
    pub fn into_extra(self) -> BTreeMap<String, Value> {
        self.0.into_iter().filter(|(_, value)| !is_empty(value)).collect()
    }

    /// Takes the lead picture: a path, a map, or a list whose first entry is one; its caption, credit and alternative
    /// text in keys of their own.
    pub fn picture(&mut self, keys: &[&str]) -> Option<Picture> {
        let alt =
            self.text(&["image_alt", "imageAlt", "alt", "image_description", "featured_image_alt", "thumbnail_alt"]);
        let caption =
            self.text(&["image_caption", "imageCaption", "caption", "featured_image_caption", "image-caption"]);
        let credit =
            self.text(&["image_credit", "imageCredit", "credit", "photo_credit", "image-credit", "picture_credit"]);
        let value = self.take(keys)?;
        let mut picture = picture_of(&value)?;
        picture.alt = picture.alt.or(alt);
        picture.caption = picture.caption.or(caption);
        picture.credit = picture.credit.or(credit);
        Some(picture)
    }
}

/// A picture as front matter writes it.
pub fn picture_of(value: &Value) -> Option<Picture> {
    match value {
        Value::String(src) => Some(Picture { src: src.trim().to_owned(), ..Picture::default() }),
        Value::Array(items) => picture_of(items.first()?),
        Value::Object(map) => {
            let mut fields = Fields(map.clone());
            let src = match fields.take(&["src", "url", "path", "file", "image", "feature", "filename", "source"])? {
                Value::String(src) => src,
                _ => return None,
            };
            Some(Picture {
                src: src.trim().to_owned(),
                alt: fields.text(&["alt", "alt_text", "alttext", "description"]),
                caption: fields.text(&["caption", "title"]),
                credit: fields.text(&["credit", "credits", "photographer", "attribution", "by"]),
            })
        }
        _ => None,
    }
    .filter(|picture| !picture.src.is_empty())
}

/// A scalar as text.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Texts of a list, of one text, or the names in maps.
pub fn texts_of(value: &Value, separator: Option<char>) -> Vec<String> {
    let texts: Vec<String> = match value {
        Value::Array(items) => items.iter().flat_map(|item| texts_of(item, None)).collect(),
        Value::Object(map) => {
            let name = ["name", "title", "id"].iter().find_map(|key| map.get(*key).and_then(text_of));
            name.into_iter().collect()
        }
        other => {
            let text = text_of(other).unwrap_or_default();
            match separator {
                Some(separator) => text.split(separator).map(str::to_owned).collect(),
                None => vec![text],
            }
        }
    };
    texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// True for a value that says nothing.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
