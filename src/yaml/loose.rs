//! Reads YAML of other programs: any data, where a key that is written twice has its last value, as their parsers read it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Value};

use super::syntax::{self, YamlSyntaxError};
use super::{YamlError, bracket_error, controls, is_blank, parser};

/// Data of another program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LooseYaml {
    /// The data.
    pub value: Value,
    /// The keys that are written twice in one mapping.
    pub repeated: Vec<String>,
}

/// Parses YAML of any shape. An empty text is an empty mapping.
///
/// # Errors
/// A syntax error with its place.
pub fn parse_loose(text: &str) -> Result<LooseYaml, YamlError> {
    if is_blank(text) {
        return Ok(LooseYaml { value: Value::Object(Map::new()), repeated: Vec::new() });
    }
    if let Some(error) = controls::first(text).or_else(|| bracket_error(text)) {
        return Err(error);
    }
    parser(text).map_err(|error| {
        let YamlSyntaxError { error, .. } = syntax::describe(&error, text);
        error
    })
}

impl<'de> Deserialize<'de> for LooseYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LooseYaml, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

fn scalar<E>(value: impl Into<Value>) -> Result<LooseYaml, E> {
    Ok(LooseYaml { value: value.into(), repeated: Vec::new() })
}

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = LooseYaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_bool<E>(self, value: bool) -> Result<LooseYaml, E> {
        scalar(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<LooseYaml, E> {
        scalar(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<LooseYaml, E> {
        scalar(value)
    }

    fn visit_i128<E>(self, value: i128) -> Result<LooseYaml, E> {
        scalar(value.to_string())
    }

    fn visit_u128<E>(self, value: u128) -> Result<LooseYaml, E> {
        scalar(value.to_string())
    }

    fn visit_f64<E>(self, value: f64) -> Result<LooseYaml, E> {
        scalar(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<LooseYaml, E> {
        scalar(value)
    }

    fn visit_unit<E>(self) -> Result<LooseYaml, E> {
        scalar(Value::Null)
    }

    fn visit_none<E>(self) -> Result<LooseYaml, E> {
        scalar(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<LooseYaml, A::Error> {
        let mut list = Vec::new();
        let mut repeated = Vec::new();
        while let Some(item) = items.next_element::<LooseYaml>()? {
            list.push(item.value);
            repeated.extend(item.repeated);
        }
        Ok(LooseYaml { value: Value::Array(list), repeated })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<LooseYaml, A::Error> {
        let mut map = Map::new();
        let mut repeated = Vec::new();
        while let Some((key, value)) = entries.next_entry::<LooseYaml, LooseYaml>()? {
            let key = match key.value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            repeated.extend(value.repeated);
            if map.insert(key.clone(), value.value).is_some() {
                repeated.push(key);
            }
        }
        Ok(LooseYaml { value: Value::Object(map), repeated })
    }

    /// A value with a tag of its program is read without the tag.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<LooseYaml, A::Error> {
        let (_, variant) = data.variant::<String>()?;
        variant.newtype_variant()
    }
}
