//! Reads data that PHP has serialized, as WordPress stores it in fields of its database.

/// A value of PHP.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PhpValue {
    Text(String),
    Number(String),
    /// Keys and values in order.
    Array(Vec<(String, PhpValue)>),
    Null,
}

/// The greatest depth of arrays.
const MAX_DEPTH: usize = 32;

impl PhpValue {
    /// Parses `a:1:{s:6:"credit";s:3:"Ana";}`. `None` if the text isn't such data. Lengths count bytes, as in PHP.
    pub fn parse(text: &str) -> Option<PhpValue> {
        let mut parser = PhpParser { bytes: text.as_bytes(), at: 0 };
        parser.value(0)
    }

    /// The value at a path of keys.
    pub fn get(&self, path: &[&str]) -> Option<&PhpValue> {
        let Some((key, rest)) = path.split_first() else { return Some(self) };
        match self {
            PhpValue::Array(entries) => entries.iter().find(|(name, _)| name == key)?.1.get(rest),
            _ => None,
        }
    }

    /// The text of a string or number.
    pub fn text(&self) -> Option<&str> {
        match self {
            PhpValue::Text(text) | PhpValue::Number(text) => Some(text),
            _ => None,
        }
    }
}

struct PhpParser<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl PhpParser<'_> {
    fn take(&mut self, expected: u8) -> Option<()> {
        (self.bytes.get(self.at) == Some(&expected)).then(|| self.at += 1)
    }

    fn until(&mut self, end: u8) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let length = memchr::memchr(end, rest)?;
        self.at += length + 1;
        Some(String::from_utf8_lossy(&rest[..length]).into_owned())
    }

    fn value(&mut self, depth: usize) -> Option<PhpValue> {
        let kind = *self.bytes.get(self.at)?;
        self.at += 1;
        match kind {
            b'N' => self.take(b';').map(|()| PhpValue::Null),
            b'i' | b'd' | b'b' => {
                self.take(b':')?;
                self.until(b';').map(PhpValue::Number)
            }
            b's' => {
                self.take(b':')?;
                let length: usize = self.until(b':')?.parse().ok()?;
                self.take(b'"')?;
                let text = self.bytes.get(self.at..self.at.checked_add(length)?)?;
                let text = String::from_utf8_lossy(text).into_owned();
                self.at += length;
                self.take(b'"')?;
                self.take(b';').map(|()| PhpValue::Text(text))
            }
            b'a' if depth < MAX_DEPTH => {
                self.take(b':')?;
                let count: usize = self.until(b':')?.parse().ok()?;
                self.take(b'{')?;
                let mut entries = Vec::new();
                for _ in 0..count {
                    let key = self.value(depth + 1)?.text()?.to_owned();
                    entries.push((key, self.value(depth + 1)?));
                }
                self.take(b'}').map(|()| PhpValue::Array(entries))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PhpValue;

    #[test]
    fn serialized_data_is_read() {
        let value =
            PhpValue::parse("a:2:{s:4:\"size\";i:3;s:10:\"image_meta\";a:1:{s:6:\"credit\";s:4:\"Zoé\";}}").unwrap();
        assert_eq!(value.get(&["image_meta", "credit"]).and_then(PhpValue::text), Some("Zoé"));
        assert_eq!(value.get(&["size"]).and_then(PhpValue::text), Some("3"));
        for broken in ["", "a", "s:9:\"x\";", "s:99999999999999999999:\"x\";", "a:5:{}", "O:1:\"x\":0:{}"] {
            assert_eq!(PhpValue::parse(broken), None, "{broken}");
        }
    }
}
