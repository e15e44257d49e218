//! The ledger: a build's record of its sources and outputs, so that the next build only does the work that is needed.
//!
//! It is a cache. If it cannot be used, the next build works without it and reports the reason.

mod known;
mod traces;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use borsh::{BorshDeserialize, BorshSerialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::article::Sketch;
use crate::diagnostic::Diagnostic;
use crate::read::Record;
use crate::site::Window;
use crate::source::Stamp;

use known::{RawSource, offsets, take};

pub use known::{Facts, KeysRead, KnownKeys, KnownOutput, KnownSource, encode_output};
pub use traces::Trace;

/// The first bytes of the file; the number changes with its format.
const MAGIC: &[u8; 20] = b"presswork ledger 5\n\0";
/// The hash of the program's own code: another version may read or render differently.
const PROGRAM: &str = env!("PRESSWORK_PROGRAM");
/// The size of four lengths: of records, outputs, keys and sources.
const LENGTHS: usize = 4 * 8;
/// The size of the end of the file: the lengths, the hash of the header, so that it can be read alone, and the hash of
/// everything before it.
const TRAILER: usize = LENGTHS + 2 * 16;

/// The inputs and results of a build as a whole.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Header {
    /// The instant as of which the site was assembled, in seconds of Unix time. A later build that changes nothing
    /// keeps it: all instants within the window give the same site.
    pub as_of: i64,
    /// The project's folder.
    pub root: String,
    /// The output folder.
    pub output: String,
    /// The hash of everything besides the file that affects how a source is read.
    pub settings: u128,
    /// The IANA names of the time zones of the site and of its editions.
    pub zones: Vec<String>,
    /// The hash of everything else the site depends on, except the sources and the clock.
    pub inputs: u128,
    /// The hash of everything else that all pages share: see [`crate::render::Renderer::shared`].
    pub shared: u128,
    /// The hash of [`crate::plan::Plan::link_targets`].
    pub link_targets: u64,
    /// The period in which the site stays the same.
    pub window: Window,
    /// The number of public articles.
    pub articles: u64,
    /// The number of files that are not published because nothing refers to them.
    pub unpublished: u64,
    /// All warnings, with their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The hash of the manifest.
    pub manifest: u128,
    /// Old paths of articles and pages where nothing is published now.
    pub moved: Vec<MissingUrl>,
    /// Stories whose text has changed without a note to readers, by source.
    pub unannounced: Vec<UnannouncedEdit>,
}

/// A public story whose text has changed since its last note to readers.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct UnannouncedEdit {
    /// The source.
    pub source: String,
    /// Its state at that time.
    pub announced: AnnouncedText,
}

/// A story's text, and the dates of its notes to readers.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AnnouncedText {
    /// The sketch of its text.
    pub sketch: Sketch,
    /// The last significant update, in nanoseconds since 1970.
    pub updated: Option<i128>,
    /// The number of corrections and notes, including the retraction.
    pub amendments: u64,
    /// The date of the latest of them, in nanoseconds since 1970.
    pub amended: Option<i128>,
}

/// The old URL of an article or page, where nothing is published now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct MissingUrl {
    /// The URL path below the site's root.
    pub path: String,
    /// The source, under its present name.
    pub source: String,
}

/// The reason why the ledger cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It does not exist.
    Missing,
    /// It cannot be read, or was altered after it was written.
    Damaged,
    /// It was written by another version of the program.
    OtherVersion,
    /// The output folder holds a different site.
    Unpublished,
    /// A preview has replaced the site in the output folder.
    Preview,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unusable::Missing => "there is no ledger of an earlier build",
            Unusable::Damaged => "the ledger of the last build is damaged",
            Unusable::OtherVersion => "the ledger was written by another version of Presswork",
            Unusable::Unpublished => "what the last build published is not in the output folder",
            Unusable::Preview => "a preview has replaced it",
        })
    }
}

/// The ledger of the last build. Sources and outputs are decoded in place, on demand.
#[derive(Debug)]
pub struct Ledger {
    /// The data of the build as a whole.
    pub header: Header,
    bytes: Vec<u8>,
    /// The offset of each source, by path, and of its record; at the end the offset where the last record ends.
    sources: Vec<usize>,
    records: Vec<usize>,
    /// The offset of each output, in the order of publication.
    outputs: Vec<usize>,
    /// The range of the keys that outputs read.
    keys: Range<usize>,
}

impl Ledger {
    /// Reads a ledger. A damaged one is rejected as a whole.
    ///
    /// # Errors
    /// The reason why it cannot be used.
    pub fn read(path: &Path) -> Result<Ledger, Unusable> {
        check_file(path)?;
        fs::read(path).map_err(unusable).and_then(Ledger::parse)
    }

    /// Reads only the header of a ledger, which is fast even if the ledger is large.
    ///
    /// # Errors
    /// The reason why it cannot be used.
    pub fn read_header(path: &Path) -> Result<Header, Unusable> {
        check_file(path)?;
        let mut file = File::open(path).map_err(unusable)?;
        let mut start = vec![0; prologue().len()];
        let end = file.seek(SeekFrom::End(0)).map_err(unusable)?.checked_sub(TRAILER as u64);
        let (Some(end), Ok(_)) = (end, file.rewind()) else { return Err(Unusable::Damaged) };
        file.read_exact(&mut start).map_err(unusable)?;
        check_prologue(&start)?;
        let mut trailer = [0; TRAILER];
        file.seek(SeekFrom::Start(end)).and_then(|_| file.read_exact(&mut trailer)).map_err(unusable)?;
        let end = usize::try_from(end).map_err(|_| Unusable::Damaged)?;
        let [.., sources] = sections(start.len(), &trailer[..LENGTHS], end).ok_or(Unusable::Damaged)?;
        let mut header = vec![0; end - sources.end];
        file.seek(SeekFrom::Start(sources.end as u64)).and_then(|_| file.read_exact(&mut header)).map_err(unusable)?;
        if xxh3_128(&header).to_le_bytes() != trailer[LENGTHS..LENGTHS + 16] {
            return Err(Unusable::Damaged);
        }
        decode(&header).ok_or(Unusable::Damaged)
    }

    /// Parses a ledger's bytes.
    fn parse(bytes: Vec<u8>) -> Result<Ledger, Unusable> {
        let prologue = prologue();
        if bytes.len() <= prologue.len() + TRAILER {
            return Err(Unusable::Damaged);
        }
        check_prologue(&bytes)?;
        let end = bytes.len().checked_sub(TRAILER).filter(|end| *end >= prologue.len()).ok_or(Unusable::Damaged)?;
        let (lengths, hash) = bytes[end..].split_at(TRAILER - 16);
        if xxh3_128(&bytes[..end + lengths.len()]).to_le_bytes() != hash {
            return Err(Unusable::Damaged);
        }
        let [records, outputs, keys, sources] = sections(prologue.len(), lengths, end).ok_or(Unusable::Damaged)?;
        let header = decode(&bytes[sources.end..end]).ok_or(Unusable::Damaged)?;
        let mut starts = vec![records.start];
        let (sources, outputs) = rayon::join(
            || {
                let mut next = records.start;
                offsets(&bytes, sources, |mut rest| {
                    let length = RawSource::decode(&mut rest)?.length;
                    next = next.checked_add(length as usize)?;
                    starts.push(next);
                    Some(rest)
                })
            },
            || offsets(&bytes, outputs, |rest| take(rest).map(|(_, rest)| rest)),
        );
        let (Some(sources), Some(outputs)) = (sources, outputs) else { return Err(Unusable::Damaged) };
        if starts.last() != Some(&records.end) {
            return Err(Unusable::Damaged);
        }
        Ok(Ledger { header, bytes, sources, records: starts, outputs, keys })
    }

    /// Returns the bytes of a ledger as if the build had been that of another project and output folder.
    ///
    /// # Errors
    /// The reason why it cannot be used.
    pub fn of_other_folder(bytes: Vec<u8>, root: &str, output: &str) -> Result<Vec<u8>, Unusable> {
        let ledger = Ledger::parse(bytes)?;
        let end = ledger.bytes.len() - TRAILER;
        let lengths = &ledger.bytes[end..end + LENGTHS];
        let [.., sources] = sections(prologue().len(), lengths, end).ok_or(Unusable::Damaged)?;
        let header = Header { root: root.to_owned(), output: output.to_owned(), ..ledger.header.clone() };
        let header = borsh::to_vec(&header).map_err(unusable)?;
        let mut moved = [&ledger.bytes[..sources.end], &header, lengths, &xxh3_128(&header).to_le_bytes()].concat();
        let hash = xxh3_128(&moved);
        moved.extend_from_slice(&hash.to_le_bytes());
        Ok(moved)
    }

    /// Returns the number of sources.
    pub fn source_count(&self) -> usize {
        self.sources.len()
    }

    /// Returns the number of outputs.
    pub fn output_count(&self) -> usize {
        self.outputs.len()
    }

    /// Returns a source by its place; sources are in the order of their paths.
    pub fn source(&self, at: usize) -> Option<KnownSource<'_>> {
        let mut rest = self.bytes.get(*self.sources.get(at)?..)?;
        RawSource::decode(&mut rest).map(|raw| raw.known)
    }

    /// Iterates over all sources.
    pub fn sources(&self) -> impl Iterator<Item = KnownSource<'_>> + Clone {
        (0..self.sources.len()).filter_map(|at| self.source(at))
    }

    /// Returns an output by its place in the order of publication.
    pub fn output(&self, at: usize) -> Option<KnownOutput<'_>> {
        let (bytes, _) = take(self.bytes.get(*self.outputs.get(at)?..)?)?;
        KnownOutput::decode(bytes)
    }

    /// Iterates over all outputs.
    pub fn outputs(&self) -> impl Iterator<Item = KnownOutput<'_>> + Clone {
        (0..self.outputs.len()).filter_map(|at| self.output(at))
    }

    /// Returns the keys that outputs read.
    pub fn keys(&self) -> KnownKeys<'_> {
        KnownKeys::new(self.encoded_keys())
    }

    /// Returns the keys as encoded in the ledger.
    pub fn encoded_keys(&self) -> &[u8] {
        self.bytes.get(self.keys.clone()).unwrap_or_default()
    }

    /// Returns the record of a source, by the source's place, and the diagnostics from reading it.
    pub fn record(&self, at: usize) -> Option<(Record, Vec<Diagnostic>)> {
        decode(self.encoded(at))
    }

    /// Returns the record of a source as encoded in the ledger.
    pub fn encoded(&self, at: usize) -> &[u8] {
        let range = self.records.get(at).zip(self.records.get(at + 1));
        range.and_then(|(&start, &end)| self.bytes.get(start..end)).unwrap_or_default()
    }
}

/// Returns the first bytes of the file.
fn prologue() -> Vec<u8> {
    [MAGIC.as_slice(), PROGRAM.as_bytes(), b"\n"].concat()
}

/// Checks that a file with these first bytes was written by this version of the program.
fn check_prologue(bytes: &[u8]) -> Result<(), Unusable> {
    if bytes.starts_with(&prologue()) {
        return Ok(());
    }
    Err(if bytes.starts_with(&MAGIC[..16]) { Unusable::OtherVersion } else { Unusable::Damaged })
}

/// Checks that the path is a regular file: opening a pipe would block.
fn check_file(path: &Path) -> Result<(), Unusable> {
    let metadata = fs::symlink_metadata(path).map_err(unusable)?;
    if metadata.is_file() { Ok(()) } else { Err(Unusable::Damaged) }
}

/// Maps the error of a file that cannot be read.
fn unusable(error: io::Error) -> Unusable {
    match error.kind() {
        io::ErrorKind::NotFound => Unusable::Missing,
        _ => Unusable::Damaged,
    }
}

/// Locates the records, outputs, keys and sources; `None` if the lengths are not valid.
fn sections(start: usize, lengths: &[u8], end: usize) -> Option<[Range<usize>; 4]> {
    let mut next = start;
    let mut section = |bytes: &[u8]| {
        let length = usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok()?;
        let range = next..next.checked_add(length).filter(|&after| after <= end)?;
        next = range.end;
        Some(range)
    };
    Some([section(&lengths[..8])?, section(&lengths[8..16])?, section(&lengths[16..24])?, section(&lengths[24..32])?])
}

fn decode<T: BorshDeserialize>(bytes: &[u8]) -> Option<T> {
    borsh::from_slice(bytes).ok()
}

/// Encodes a record for the ledger, with the diagnostics from reading its source.
///
/// # Errors
/// If it is too large.
pub fn encode(record: &Record, diagnostics: &[Diagnostic]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    record.serialize(&mut bytes)?;
    diagnostics.serialize(&mut bytes)?;
    Ok(bytes)
}

/// Returns the hash of the part of a record that tells something about a source besides its text. Of an article, the
/// digest and the sketch of the words are left out: they are at the end, and only those who show the text depend on it.
pub fn hash_without_text(encoded: &[u8], record: &Record, diagnostics: &[Diagnostic]) -> u128 {
    let is_plain = matches!(record, Record::Article(_)) && diagnostics.is_empty();
    // The digest, and the number of diagnostics.
    let tail = if is_plain { Sketch::ENCODED + 16 + 4 } else { 0 };
    xxh3_128(encoded.get(..encoded.len().saturating_sub(tail)).unwrap_or_default())
}

/// Appends a key in the ledger's encoding: its name, and the hash of its answer. An unused number is encoded as empty.
pub fn encode_key(key: Option<(&[u8], u64)>, bytes: &mut Vec<u8>) {
    let (name, hash) = key.unwrap_or_default();
    let length = if key.is_some() { 8 + name.len() } else { 0 };
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    if key.is_some() {
        bytes.extend_from_slice(&hash.to_le_bytes());
        bytes.extend_from_slice(name);
    }
}

/// The number of bytes of sources that are written at once.
const AT_ONCE: usize = 64 << 10;

/// Writes a ledger. Records come first, then outputs, so that neither has to be kept in memory until the end of the
/// build.
pub struct Writer {
    file: BufWriter<File>,
    hasher: Xxh3,
    records: Vec<u32>,
    outputs: u64,
    keys: u64,
    sources: u64,
}

impl Writer {
    /// Starts a ledger in a new file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(path: &Path) -> io::Result<Writer> {
        let file = BufWriter::with_capacity(1 << 20, File::create_new(path)?);
        let mut writer = Writer { file, hasher: Xxh3::new(), records: Vec::new(), outputs: 0, keys: 0, sources: 0 };
        writer.put(&prologue())?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.file.write_all(bytes)
    }

    /// Adds the record of the next source.
    ///
    /// # Errors
    /// If it cannot be written, or is larger than four gigabytes.
    pub fn add_record(&mut self, encoded: &[u8]) -> io::Result<()> {
        self.records.push(u32::try_from(encoded.len()).map_err(io::Error::other)?);
        self.put(encoded)
    }

    /// Adds an output encoded by [`encode_output`], after all records.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_output(&mut self, encoded: &[u8]) -> io::Result<()> {
        self.outputs += 4 + encoded.len() as u64;
        self.put(&u32::try_from(encoded.len()).map_err(io::Error::other)?.to_le_bytes())?;
        self.put(encoded)
    }

    /// Adds keys encoded by [`encode_key`], in the order of their numbers, after all outputs.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn add_keys(&mut self, encoded: &[u8]) -> io::Result<()> {
        self.keys += encoded.len() as u64;
        self.put(encoded)
    }

    /// Adds the sources, in the order of their records: path, stamp and digest. They come after all keys.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_sources<'s>(&mut self, sources: impl Iterator<Item = (&'s str, Option<Stamp>, u128)>) -> io::Result<()> {
        let mut known = Vec::with_capacity(2 * AT_ONCE);
        for ((path, stamp, digest), at) in sources.zip(0..self.records.len()) {
            (path, stamp, digest, self.records[at]).serialize(&mut known)?;
            if known.len() >= AT_ONCE {
                self.sources += known.len() as u64;
                self.put(&known)?;
                known.clear();
            }
        }
        self.sources += known.len() as u64;
        self.put(&known)
    }

    /// Adds everything else, after all sources.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, header: &Header) -> io::Result<()> {
        let header = borsh::to_vec(header)?;
        self.put(&header)?;
        let records = self.records.iter().copied().map(u64::from).sum::<u64>();
        for length in [records, self.outputs, self.keys, self.sources] {
            self.put(&length.to_le_bytes())?;
        }
        self.put(&xxh3_128(&header).to_le_bytes())?;
        let hash = self.hasher.digest128();
        self.file.write_all(&hash.to_le_bytes())?;
        self.file.flush()
    }
}
