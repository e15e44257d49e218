//! Views with one field changed, for the test that each field changes the fingerprint.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Shown, Unserializable};

/// A type with two sample values.
pub trait Sample {
    fn sample(is_other: bool) -> Self;
}

/// A view, one of its fields, and the fingerprints with two different values in that field.
pub type Altered = (&'static str, &'static str, Result<u128, Unserializable>, Result<u128, Unserializable>);

/// Makes views [`Sample`]s, and defines `altered_fields` for all of them.
macro_rules! sampled {
    ($($name:ident $(<$life:lifetime>)? { $($field:ident)+ })+) => {
        $(
            impl $(<$life>)? crate::view::samples::Sample for $name $(<$life>)? {
                fn sample(is_other: bool) -> Self {
                    $name { $($field: crate::view::samples::Sample::sample(is_other)),+ }
                }
            }
        )+

        /// For each field of these views, the fingerprints of two views that differ in it alone.
        pub(super) fn altered_fields() -> Vec<crate::view::samples::Altered> {
            let mut found = Vec::new();
            $(
                for (at, field) in [$(stringify!($field)),+].into_iter().enumerate() {
                    let view = |altered: Option<usize>| {
                        let mut fields = 0..;
                        $name { $($field: crate::view::samples::Sample::sample(fields.next() == altered)),+ }
                    };
                    let hash = |altered| crate::view::fingerprint(&view(altered));
                    found.push((stringify!($name), field, hash(None), hash(Some(at))));
                }
            )+
            found
        }
    };
}

pub(super) use sampled;

macro_rules! samples {
    ($($type:ty: $one:expr, $other:expr;)+) => {
        $(impl Sample for $type {
            fn sample(is_other: bool) -> Self {
                if is_other { $other } else { $one }
            }
        })+
    };
}

samples! {
    bool: false, true;
    i8: 1, 2;
    i16: 1, 2;
    u32: 1, 2;
    usize: 1, 2;
    String: "one".to_owned(), "other".to_owned();
    &str: "one", "other";
    Cow<'_, str>: Cow::Borrowed("one"), Cow::Borrowed("other");
    &[String]: &[], Box::leak(Box::new(["other".to_owned()]));
}

impl<T: Sample> Sample for Option<T> {
    fn sample(is_other: bool) -> Self {
        Some(T::sample(is_other))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(is_other: bool) -> Self {
        vec![T::sample(is_other)]
    }
}

impl<T: Sample + Serialize> Sample for Shown<T> {
    fn sample(is_other: bool) -> Self {
        Shown::new(T::sample(is_other))
    }
}

impl<K: Sample + Ord, T: Sample> Sample for BTreeMap<K, T> {
    fn sample(is_other: bool) -> Self {
        BTreeMap::from([(K::sample(false), T::sample(is_other))])
    }
}

impl Sample for &BTreeMap<String, Value> {
    fn sample(is_other: bool) -> Self {
        Box::leak(Box::new(BTreeMap::from([("key".to_owned(), Value::from(is_other))])))
    }
}
