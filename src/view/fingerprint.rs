//! Fingerprints of views: hashes of their full serialization, so that no field can be left out.

use std::fmt;

use serde::ser::{self, Serialize};

/// The fingerprint of a view (xxh3, 128 bit): views that a template can distinguish have different ones.
///
/// # Errors
/// If the view cannot be serialized; templates could not receive it either.
pub fn fingerprint<T: Serialize + ?Sized>(view: &T) -> Result<u128, Unserializable> {
    let mut encoding = Encoding(Vec::with_capacity(1_024));
    view.serialize(&mut encoding)?;
    Ok(xxhash_rust::xxh3::xxh3_128(&encoding.0))
}

/// The reason why a view has no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserializable(pub String);

impl fmt::Display for Unserializable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unserializable {}

impl ser::Error for Unserializable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Unserializable(message.to_string())
    }
}

/// The bytes to hash: each value after a mark of its type, texts and lists with their lengths, so that no two views
/// have the same encoding. Field names are left out; adding or removing a field changes the program.
struct Encoding(Vec<u8>);

#[derive(Clone, Copy)]
enum Mark {
    None,
    Some,
    False,
    True,
    Integer,
    Large,
    Float,
    Text,
    Bytes,
    List,
    End,
    Variant,
}

impl Encoding {
    fn mark(&mut self, mark: Mark) {
        self.0.push(mark as u8);
    }

    fn put(&mut self, mark: Mark, bytes: &[u8]) -> Result<(), Unserializable> {
        self.mark(mark);
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn put_sized(&mut self, mark: Mark, bytes: &[u8]) -> Result<(), Unserializable> {
        self.mark(mark);
        self.0.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

impl ser::Serializer for &mut Encoding {
    type Ok = ();
    type Error = Unserializable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    /// A shared view serializes as its own fingerprint here, and in full for templates.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unserializable> {
        self.mark(if value { Mark::True } else { Mark::False });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unserializable> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unserializable> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unserializable> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unserializable> {
        self.put(Mark::Integer, &value.to_le_bytes())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Unserializable> {
        self.put(Mark::Large, &value.to_le_bytes())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unserializable> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unserializable> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unserializable> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unserializable> {
        match i64::try_from(value) {
            Ok(value) => self.serialize_i64(value),
            Err(_) => self.serialize_u128(value.into()),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<(), Unserializable> {
        self.put(Mark::Large, &value.to_le_bytes())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unserializable> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unserializable> {
        self.put(Mark::Float, &value.to_bits().to_le_bytes())
    }

    fn serialize_char(self, value: char) -> Result<(), Unserializable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unserializable> {
        self.put_sized(Mark::Text, value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Unserializable> {
        self.put_sized(Mark::Bytes, value)
    }

    fn serialize_none(self) -> Result<(), Unserializable> {
        self.mark(Mark::None);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unserializable> {
        self.mark(Mark::Some);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unserializable> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unserializable> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Unserializable> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Unserializable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unserializable> {
        self.put_sized(Mark::Variant, variant.as_bytes())?;
        value.serialize(self)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Self, Unserializable> {
        self.mark(Mark::List);
        Ok(self)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self, Unserializable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Self, Unserializable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self, Unserializable> {
        self.put_sized(Mark::Variant, variant.as_bytes())?;
        self.serialize_seq(Some(length))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, Unserializable> {
        self.serialize_seq(length)
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<Self, Unserializable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self, Unserializable> {
        self.serialize_tuple_variant("", index, variant, length)
    }
}

/// Lists, tuples and structs are encoded alike: their items, then an end.
macro_rules! sequence {
    ($($kind:ident { $item:ident $(, $name:ident)? })+) => {$(
        impl ser::$kind for &mut Encoding {
            type Ok = ();
            type Error = Unserializable;

            fn $item<T: Serialize + ?Sized>(&mut self, $($name: &'static str,)? value: &T) -> Result<(), Unserializable> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unserializable> {
                self.mark(Mark::End);
                Ok(())
            }
        }
    )+};
}

sequence! {
    SerializeSeq { serialize_element }
    SerializeTuple { serialize_element }
    SerializeTupleStruct { serialize_field }
    SerializeTupleVariant { serialize_field }
    SerializeStruct { serialize_field, _name }
    SerializeStructVariant { serialize_field, _name }
}

impl ser::SerializeMap for &mut Encoding {
    type Ok = ();
    type Error = Unserializable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unserializable> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unserializable> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unserializable> {
        self.mark(Mark::End);
        Ok(())
    }
}
