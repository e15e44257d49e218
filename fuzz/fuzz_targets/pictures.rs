//! Any bytes as the file of a picture: no panic, and what is published of it stays as it is when it is cleaned again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presswork::picture::{Codec, cleaned, header};

fuzz_target!(|data: &[u8]| {
    let read = header(data);
    let Some(published) = cleaned(data) else { return };
    let codec = read.expect("what can be cleaned has a header").codec;
    // In boxes, only what fits in the place of the old metadata is kept.
    if codec == Codec::Boxes {
        assert_eq!(published.bytes.len(), data.len(), "nothing in boxes may move");
        return;
    }
    if let Some(again) = cleaned(&published.bytes) {
        assert!(again.bytes == published.bytes, "a published picture changes when it is cleaned again");
    }
});
