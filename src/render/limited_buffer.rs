//! Limits how much templates can print.

use std::io::{self, Write};

/// The maximum size of a page in bytes, so that no template can fill the disk.
pub const MAX_PAGE_BYTES: usize = 64 << 20;
/// The message of the error about a page that is larger.
pub(super) const TOO_LARGE: &str = "larger than a page may be";

/// A buffer with a maximum size.
#[derive(Debug, Default)]
pub(super) struct LimitedBuffer(pub(super) Vec<u8>);

impl Write for LimitedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_PAGE_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TOO_LARGE));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
