//! The ledger's encoding of traces: key numbers in ascending order, as differences of seven bits a byte.

/// Encodes key numbers, which are sorted and unique.
pub(super) fn encode(keys: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(keys.len() + keys.len() / 2);
    let mut last = 0;
    for &key in keys {
        let mut difference = key - last;
        last = key;
        while difference >= 0x80 {
            bytes.push(difference as u8 | 0x80);
            difference >>= 7;
        }
        bytes.push(difference as u8);
    }
    bytes
}

/// Encoded key numbers.
#[derive(Debug, Clone, Copy)]
pub struct Trace<'l> {
    pub(super) bytes: &'l [u8],
}

impl Trace<'_> {
    /// Iterates over the numbers, in ascending order.
    pub fn keys(self) -> impl Iterator<Item = usize> {
        let mut bytes = self.bytes.iter();
        let mut last = 0u32;
        std::iter::from_fn(move || {
            // Most differences take one byte.
            let mut byte = *bytes.next()?;
            let mut difference = u32::from(byte & 0x7f);
            let mut shift = 7;
            while byte & 0x80 != 0 {
                byte = *bytes.next()?;
                difference |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
                shift += 7;
            }
            last = last.wrapping_add(difference);
            Some(last as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Trace, encode};

    #[test]
    fn traces_are_read_as_they_were_written() {
        for keys in [vec![], vec![0], vec![0, 1, 127, 128, 300], vec![5, 16_384, 2_097_152, u32::MAX]] {
            let bytes = encode(&keys);
            let read: Vec<u32> = Trace { bytes: &bytes }.keys().map(|key| key as u32).collect();
            assert_eq!(read, keys);
        }
    }
}
