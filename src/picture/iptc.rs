//! IPTC-IIM (IIM 4.2): reads creator, credit, copyright and caption as agencies and older archives write them.

use super::texts::Statements;
use super::{decoded, text};

/// The record of a picture's description, and its datasets.
const APPLICATION: u8 = 2;
const BYLINE: u8 = 80;
const CREDIT: u8 = 110;
const COPYRIGHT: u8 = 116;
const CAPTION: u8 = 120;

/// The signature of a resource of Photoshop, and the number of the one that holds IPTC.
const RESOURCE: &[u8] = b"8BIM";
const IPTC: u16 = 0x0404;

/// The IPTC block among the resources of a JPEG's APP13 segment.
pub(super) fn of_photoshop(mut resources: &[u8]) -> Option<&[u8]> {
    while let Some(rest) = resources.strip_prefix(RESOURCE) {
        let (number, rest) = rest.split_first_chunk()?;
        let (&length, _) = rest.split_first()?;
        // The name, with its length before it, and the data are each padded to an even number of bytes.
        let rest = rest.get((1 + usize::from(length)).next_multiple_of(2)..)?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let data = rest.get(..length)?;
        if u16::from_be_bytes(*number) == IPTC {
            return Some(data);
        }
        resources = rest.get(length.next_multiple_of(2)..)?;
    }
    None
}

/// Reads a block, up to the first damaged dataset.
pub(super) fn read(mut block: &[u8]) -> Statements {
    let mut statements = Statements::default();
    while let Some((&[marker, record, dataset, high, low], rest)) = block.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low]));
        // Datasets of more than 32,767 bytes have another form; none that is read here is so long.
        let Some((value, rest)) = rest.split_at_checked(length).filter(|_| marker == 0x1c && length < 0x8000) else {
            break;
        };
        block = rest;
        let value = text(&decoded(value));
        let rights = &mut statements.rights;
        match (record, dataset) {
            (APPLICATION, BYLINE) => rights.creators.extend(value),
            (APPLICATION, CREDIT) => rights.credit = rights.credit.take().or(value),
            (APPLICATION, COPYRIGHT) => rights.copyright = rights.copyright.take().or(value),
            (APPLICATION, CAPTION) => statements.caption = statements.caption.take().or(value),
            _ => {}
        }
    }
    statements
}
