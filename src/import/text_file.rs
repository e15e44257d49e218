//! A file as valid UTF-8, in pieces of limited size.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::rc::Rc;

/// The number of bytes that are read together.
const CHUNK: usize = 256 * 1024;

/// A file that is read as UTF-8. Bytes that are none are read as Windows-1252, which old exports have.
pub(super) struct TextFile {
    file: File,
    /// The bytes that may still be read before the limit is set again.
    left: Rc<Cell<usize>>,
    /// Bytes of a character that is not whole yet.
    waiting: Vec<u8>,
    text: Vec<u8>,
    /// The part of `text` that has been passed on.
    done: usize,
}

impl TextFile {
    /// A file with a limit, so that an element without an end can't fill the memory.
    pub fn new(file: File, left: Rc<Cell<usize>>) -> TextFile {
        TextFile { file, left, waiting: Vec::new(), text: Vec::new(), done: 0 }
    }

    /// Reads the next piece. False at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut bytes = std::mem::take(&mut self.waiting);
        let start = bytes.len();
        bytes.resize(start + CHUNK, 0);
        let count = self.file.read(&mut bytes[start..])?;
        bytes.truncate(start + count);
        let left = self.left.get();
        if count > left {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "an element is longer than 64 MiB"));
        }
        self.left.set(left - count);
        (self.text, self.done) = (Vec::with_capacity(bytes.len()), 0);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let Err(error) = std::str::from_utf8(rest) else {
                self.text.extend_from_slice(rest);
                break;
            };
            let (valid, others) = rest.split_at(error.valid_up_to());
            self.text.extend_from_slice(valid);
            let length = match error.error_len() {
                // The rest of the character may follow, unless this is the end.
                None if count > 0 => {
                    self.waiting = others.to_vec();
                    break;
                }
                None => others.len(),
                Some(length) => length,
            };
            for &byte in &others[..length] {
                let letter = char::from(byte);
                let letter = crate::control_characters::from_windows_1252(letter).unwrap_or(letter);
                self.text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            rest = &others[length..];
        }
        Ok(count > 0 || !self.text.is_empty())
    }
}

impl Read for TextFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.done == self.text.len() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let text = &self.text[self.done..];
        let count = text.len().min(buffer.len());
        buffer[..count].copy_from_slice(&text[..count]);
        self.done += count;
        Ok(count)
    }
}
