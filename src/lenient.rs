//! Lenient deserialization: a single value for a list, a string for a mapping, maps that keep their
//! order.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::marker::PhantomData;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::diagnostic::Code;
use crate::yaml::{VALUE, coded_error};

/// A value written either as a string or as a mapping. (serde's `untagged` would lose the places of
/// errors.)
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TextOr<T>(pub T);

impl<'de, T: Deserialize<'de> + From<String>> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + From<String>> Visitor<'de> for TextOrVisitor<T> {
            type Value = TextOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a mapping")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TextOr(T::from(text.to_owned())))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
                Err(not_a_name())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(TextOr)
            }
        }
        deserializer.deserialize_any(TextOrVisitor(PhantomData))
    }
}

/// The error for a number or boolean where a name is expected: `1.10` would lose its zero.
fn not_a_name<E: Error>() -> E {
    let hint = format!("write it in quotes: \"{VALUE}\"");
    coded_error(Code::InvalidValue, "YAML reads this as a number or boolean, not as a name", &hint)
}

/// A mapping, or `false` to turn something off; `true` and null mean the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrOff<T>(pub Option<T>);

impl<T: Default> Default for OrOff<T> {
    fn default() -> Self {
        OrOff(Some(T::default()))
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for OrOff<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OrOffVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for OrOffVisitor<T> {
            type Value = OrOff<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping or `false`")
            }
            fn visit_bool<E: Error>(self, is_on: bool) -> Result<Self::Value, E> {
                Ok(OrOff(is_on.then(T::default)))
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(OrOff::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| OrOff(Some(value)))
            }
        }
        deserializer.deserialize_any(OrOffVisitor(PhantomData))
    }
}

/// One value or a list of values: `authors: lin-tan` is the same as `authors: [lin-tan]`. Nulls (`~`) in
/// a list are skipped.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        OneOrMany(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
            type Value = OneOrMany<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value or a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element::<Option<T>>()? {
                    values.extend(value);
                }
                Ok(OneOrMany(values))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(StrDeserializer::new(text)).map(|value| OneOrMany(vec![value]))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
                Err(not_a_name())
            }
            fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
                Err(not_a_name())
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(OneOrMany(Vec::new()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| OneOrMany(vec![value]))
            }
        }
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

/// A map that keeps the order in which it is written and refuses repeated keys. Keys with a null value
/// are skipped.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OrderedMapVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OrderedMapVisitor<T> {
            type Value = Named<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Option<T>>()? {
                    if entries.iter().any(|(known, _)| *known == name) {
                        return Err(repeated(&name));
                    }
                    entries.extend(value.map(|value| (name, value)));
                }
                Ok(Named(entries))
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Named::default())
            }
        }
        deserializer.deserialize_any(OrderedMapVisitor(PhantomData))
    }
}

/// Deserializes a map with free keys, for `deserialize_with`; a repeated key is an error, as it is for
/// known keys.
///
/// # Errors
/// The deserializer's errors, or a repeated key.
pub fn unique_map<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    struct UniqueMapVisitor<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for UniqueMapVisitor<T> {
        type Value = BTreeMap<String, T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a mapping")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            while let Some(key) = map.next_key::<String>()? {
                if found.contains_key(&key) {
                    return Err(repeated(&key));
                }
                found.insert(key, map.next_value()?);
            }
            Ok(found)
        }
    }
    deserializer.deserialize_map(UniqueMapVisitor(PhantomData))
}

/// Worded like the YAML parser's own error, so that both are handled in one place.
fn repeated<E: Error>(key: &str) -> E {
    E::custom(format!("duplicate entry with key {key:?}"))
}

/// Deserializes a value that may be null, for `deserialize_with`: null is the same as a missing key.
///
/// # Errors
/// The deserializer's errors.
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    <Option<T> as Deserialize>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Deserializes an optional text, for `deserialize_with`: null and white space are the same as a missing key.
///
/// # Errors
/// The deserializer's errors.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = <Option<String> as Deserialize>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

/// All strings in a value, including those in lists and mappings.
pub fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(values) => values.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// Defines deserializers for required strings, for `deserialize_with`. YAML's `~` is null, which the
/// parser would also accept as a string.
macro_rules! required {
    ($($key:ident)+) => {
        /// Deserializers for required strings, by key.
        pub mod required {
            use serde::de::{Deserialize, Deserializer, Error};
            $(
                /// Deserializes the string of this key.
                ///
                /// # Errors
                /// The deserializer's errors, or a missing key if the value is null.
                pub fn $key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
                    <Option<String> as Deserialize>::deserialize(deserializer)?.ok_or_else(|| D::Error::missing_field(stringify!($key)))
                }
            )+
        }
    };
}

required! { title name text reason id article html base_url }

/// Deserializes free data, for `deserialize_with`; no mapping in it may repeat a key.
///
/// # Errors
/// The deserializer's errors, or a repeated key.
pub fn free_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    struct FreeMap(BTreeMap<String, FreeValue>);
    impl<'de> Deserialize<'de> for FreeMap {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FreeMap, D::Error> {
            unique_map(deserializer).map(FreeMap)
        }
    }
    let map = <Option<FreeMap> as Deserialize>::deserialize(deserializer)?.map(|entries| entries.0).unwrap_or_default();
    Ok(map.into_iter().map(|(key, free)| (key, free.0)).collect())
}

/// A value of any shape.
struct FreeValue(Value);

impl<'de> Deserialize<'de> for FreeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FreeValue, D::Error> {
        deserializer.deserialize_any(FreeValueVisitor).map(FreeValue)
    }
}

struct FreeValueVisitor;

impl<'de> Visitor<'de> for FreeValueVisitor {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, `true` or `false`, a list or a mapping")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::from(flag))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::from(number))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut found = Vec::new();
        while let Some(FreeValue(value)) = list.next_element()? {
            found.push(value);
        }
        Ok(Value::Array(found))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut found = serde_json::Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if found.contains_key(&key) {
                return Err(repeated(&key));
            }
            let FreeValue(value) = map.next_value()?;
            found.insert(key, value);
        }
        Ok(Value::Object(found))
    }
}

/// Writes free data for the ledger. (JSON would not keep every number exactly.)
///
/// # Errors
/// The writer's errors.
pub fn write_free_map<W: Write>(map: &BTreeMap<String, Value>, out: &mut W) -> io::Result<()> {
    (map.len() as u32).serialize(out)?;
    map.iter().try_for_each(|(key, value)| {
        key.serialize(out)?;
        write_free(value, out)
    })
}

fn write_free<W: Write>(value: &Value, out: &mut W) -> io::Result<()> {
    match value {
        Value::Null => 0u8.serialize(out),
        Value::Bool(flag) => (1u8, flag).serialize(out),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => (2u8, number).serialize(out),
            (None, Some(number)) => (3u8, number).serialize(out),
            (None, None) => (4u8, number.as_f64().unwrap_or_default().to_bits()).serialize(out),
        },
        Value::String(text) => (5u8, text).serialize(out),
        Value::Array(list) => {
            (6u8, list.len() as u32).serialize(out)?;
            list.iter().try_for_each(|value| write_free(value, out))
        }
        Value::Object(map) => {
            (7u8, map.len() as u32).serialize(out)?;
            map.iter().try_for_each(|(key, value)| {
                key.serialize(out)?;
                write_free(value, out)
            })
        }
    }
}

/// Reads data written by [`write_free_map`].
///
/// # Errors
/// If the data has another format.
pub fn read_free_map<R: Read>(from: &mut R) -> io::Result<BTreeMap<String, Value>> {
    let length = u32::deserialize_reader(from)?;
    (0..length).map(|_| Ok((String::deserialize_reader(from)?, read_free(from)?))).collect()
}

fn read_free<R: Read>(from: &mut R) -> io::Result<Value> {
    Ok(match u8::deserialize_reader(from)? {
        0 => Value::Null,
        1 => Value::from(bool::deserialize_reader(from)?),
        2 => Value::from(i64::deserialize_reader(from)?),
        3 => Value::from(u64::deserialize_reader(from)?),
        4 => Value::from(f64::from_bits(u64::deserialize_reader(from)?)),
        5 => Value::from(String::deserialize_reader(from)?),
        6 => {
            let length = u32::deserialize_reader(from)?;
            Value::Array((0..length).map(|_| read_free(from)).collect::<io::Result<_>>()?)
        }
        7 => {
            let length = u32::deserialize_reader(from)?;
            let entries = (0..length).map(|_| Ok((String::deserialize_reader(from)?, read_free(from)?)));
            Value::Object(entries.collect::<io::Result<_>>()?)
        }
        _ => return Err(io::Error::from(io::ErrorKind::InvalidData)),
    })
}
