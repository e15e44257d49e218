//! The ledger: what a build remembers of sources and outputs, so that the next one does only what has to be done.
//!
//! It is a cache. Whatever is wrong with it, the next build does without it and says why.

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

pub use known::{Facts, KeysRead, KnownOutput, KnownSource, encode_output};
pub use traces::Trace;

/// What the file begins with; the number grows with its form.
const MAGIC: &[u8; 20] = b"presswork ledger 4\n\0";
/// The hash of the program's own code: another program may read or render otherwise.
const PROGRAM: &str = env!("PRESSWORK_PROGRAM");
/// Four lengths: of records, outputs, keys and sources.
const LENGTHS: usize = 4 * 8;
/// Behind everything else: the lengths, the hash of the header, by which that can be read alone, and the hash of all
/// before it.
const TRAILER: usize = LENGTHS + 2 * 16;

/// What a build depended on as a whole, and what it had to say.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Header {
    /// The instant as of which the site was assembled, in seconds of Unix time. A later build that finds everything as
    /// it is leaves it: within the window one instant is as good as another.
    pub as_of: i64,
    /// The project's folder.
    pub root: String,
    /// The output folder.
    pub output: String,
    /// The hash of what reading a source depends on besides the file.
    pub settings: u128,
    /// The hash of everything else that the site depends on besides the sources and the clock.
    pub inputs: u128,
    /// The hash of what all pages have in common besides: see [`crate::render::Renderer::shared`].
    pub shared: u128,
    /// The instants at which the site is the same.
    pub window: Window,
    /// Public articles.
    pub articles: u64,
    /// Files that are not published because nothing refers to them.
    pub unpublished: u64,
    /// All warnings, with their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The hash of the manifest.
    pub manifest: u128,
    /// Paths where articles and pages were and where nothing is now.
    pub moved: Vec<OldAddress>,
    /// Stories whose text has changed without a word to readers, by source.
    pub untold: Vec<Untold>,
}

/// A public story that has another text than when readers were last told of a change.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Untold {
    /// The source.
    pub source: String,
    /// What it was then.
    pub told: Told,
}

/// What a story says of its changes, and its words.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Told {
    /// Its words.
    pub sketch: Sketch,
    /// The last change worth telling, in nanoseconds since 1970.
    pub updated: Option<i128>,
    /// How many corrections and notes it has, with the retraction.
    pub amendments: u64,
    /// The date of the latest of them, in nanoseconds since 1970.
    pub amended: Option<i128>,
}

/// Where an article or page was, and nothing is now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct OldAddress {
    /// The URL path below the site's root.
    pub path: String,
    /// The source, under its present name.
    pub source: String,
}

/// Why there is no ledger to go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// There is none.
    Missing,
    /// It cannot be read, or is not what was written.
    Damaged,
    /// It was written by another version of the program.
    OtherVersion,
    /// It tells of a site that is not what stands in the output folder.
    Unpublished,
    /// It tells of the site, and a preview has taken its place.
    Preview,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unusable::Missing => "there is no ledger of an earlier build",
            Unusable::Damaged => "the ledger of the last build is damaged",
            Unusable::OtherVersion => "the ledger was written by another version of Presswork",
            Unusable::Unpublished => "what the last build published is not in the output folder",
            Unusable::Preview => "a preview stands in its place",
        })
    }
}

/// The ledger of the last build. Its sources and outputs are understood where they stand, each when it is asked for.
#[derive(Debug)]
pub struct Ledger {
    /// What it depended on as a whole.
    pub header: Header,
    bytes: Vec<u8>,
    /// Where each source begins, by path; where its record begins, and at the end where the last one ends.
    sources: Vec<usize>,
    records: Vec<usize>,
    /// Where each output begins, in the order in which they were published.
    outputs: Vec<usize>,
    /// The place of the keys that outputs read.
    keys: Range<usize>,
}

impl Ledger {
    /// Reads a ledger. Nothing in a damaged one is believed.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(path: &Path) -> Result<Ledger, Unusable> {
        check_file(path)?;
        fs::read(path).map_err(unusable).and_then(Ledger::parse)
    }

    /// Reads nothing but the header of a ledger, which takes no time however large the ledger is.
    ///
    /// # Errors
    /// Why it cannot be used.
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

    /// Understands a ledger's bytes.
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

    /// How many sources there were.
    pub fn source_count(&self) -> usize {
        self.sources.len()
    }

    /// How many outputs there were.
    pub fn output_count(&self) -> usize {
        self.outputs.len()
    }

    /// A source, by its place among all, which are in the order of their paths.
    pub fn source(&self, at: usize) -> Option<KnownSource<'_>> {
        let mut rest = self.bytes.get(*self.sources.get(at)?..)?;
        RawSource::decode(&mut rest).map(|raw| raw.known)
    }

    /// All sources.
    pub fn sources(&self) -> impl Iterator<Item = KnownSource<'_>> + Clone {
        (0..self.sources.len()).filter_map(|at| self.source(at))
    }

    /// An output, by its place in the order in which they were published.
    pub fn output(&self, at: usize) -> Option<KnownOutput<'_>> {
        let (bytes, _) = take(self.bytes.get(*self.outputs.get(at)?..)?)?;
        KnownOutput::decode(bytes)
    }

    /// All outputs.
    pub fn outputs(&self) -> impl Iterator<Item = KnownOutput<'_>> + Clone {
        (0..self.outputs.len()).filter_map(|at| self.output(at))
    }

    /// The keys that outputs read, by their numbers: the name of each, and the hash of what it held. `None` where no key
    /// has a number.
    pub fn keys(&self) -> Vec<Option<(&[u8], u64)>> {
        let mut keys = Vec::new();
        let mut rest = self.encoded_keys();
        while let Some((key, behind)) = take(rest) {
            keys.push(key.split_first_chunk().map(|(hash, name)| (name, u64::from_le_bytes(*hash))));
            rest = behind;
        }
        keys
    }

    /// The same as it is written in the ledger.
    pub fn encoded_keys(&self) -> &[u8] {
        self.bytes.get(self.keys.clone()).unwrap_or_default()
    }

    /// The record of a source, by the source's place, and what reading it had to say.
    pub fn record(&self, at: usize) -> Option<(Record, Vec<Diagnostic>)> {
        decode(self.encoded(at))
    }

    /// The same as it is written in the ledger.
    pub fn encoded(&self, at: usize) -> &[u8] {
        let range = self.records.get(at).zip(self.records.get(at + 1));
        range.and_then(|(&start, &end)| self.bytes.get(start..end)).unwrap_or_default()
    }
}

/// What the file begins with.
fn prologue() -> Vec<u8> {
    [MAGIC.as_slice(), PROGRAM.as_bytes(), b"\n"].concat()
}

/// Whether this version of the program wrote what begins so.
fn check_prologue(bytes: &[u8]) -> Result<(), Unusable> {
    if bytes.starts_with(&prologue()) {
        return Ok(());
    }
    Err(if bytes.starts_with(&MAGIC[..16]) { Unusable::OtherVersion } else { Unusable::Damaged })
}

/// Whether there is a file, and no pipe that would be waited for.
fn check_file(path: &Path) -> Result<(), Unusable> {
    let metadata = fs::symlink_metadata(path).map_err(unusable)?;
    if metadata.is_file() { Ok(()) } else { Err(Unusable::Damaged) }
}

/// Why a file that cannot be read is no ledger.
fn unusable(error: io::Error) -> Unusable {
    match error.kind() {
        io::ErrorKind::NotFound => Unusable::Missing,
        _ => Unusable::Damaged,
    }
}

/// Where records, outputs, keys and sources stand; `None` when their lengths cannot be.
fn sections(start: usize, lengths: &[u8], end: usize) -> Option<[Range<usize>; 4]> {
    let mut next = start;
    let mut section = |bytes: &[u8]| {
        let length = usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok()?;
        let range = next..next.checked_add(length).filter(|&behind| behind <= end)?;
        next = range.end;
        Some(range)
    };
    Some([section(&lengths[..8])?, section(&lengths[8..16])?, section(&lengths[16..24])?, section(&lengths[24..32])?])
}

fn decode<T: BorshDeserialize>(bytes: &[u8]) -> Option<T> {
    borsh::from_slice(bytes).ok()
}

/// A record as the ledger keeps it, with what reading its source had to say.
///
/// # Errors
/// When it is too large to be kept.
pub fn encode(record: &Record, diagnostics: &[Diagnostic]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
    record.serialize(&mut bytes)?;
    diagnostics.serialize(&mut bytes)?;
    Ok(bytes)
}

/// Adds a key as the ledger holds it: its name, and the hash of what it holds; nothing for a number that no key has.
pub fn encode_key(key: Option<(&[u8], u64)>, bytes: &mut Vec<u8>) {
    let (name, hash) = key.unwrap_or_default();
    let length = if key.is_some() { 8 + name.len() } else { 0 };
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    if key.is_some() {
        bytes.extend_from_slice(&hash.to_le_bytes());
        bytes.extend_from_slice(name);
    }
}

/// So many bytes of sources are written at once.
const AT_ONCE: usize = 64 << 10;

/// A ledger being written. Records come first, then outputs, so that neither need be kept until the build is done.
pub struct Writer {
    file: BufWriter<File>,
    hasher: Xxh3,
    records: Vec<u32>,
    outputs: u64,
    keys: u64,
    sources: u64,
}

impl Writer {
    /// Begins a ledger in a new file.
    ///
    /// # Errors
    /// When it cannot be written.
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
    /// When it cannot be written, or is larger than four gigabytes.
    pub fn add_record(&mut self, encoded: &[u8]) -> io::Result<()> {
        self.records.push(u32::try_from(encoded.len()).map_err(io::Error::other)?);
        self.put(encoded)
    }

    /// Adds an output as [`encode_output`] gives it; all records have been added.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_output(&mut self, encoded: &[u8]) -> io::Result<()> {
        self.outputs += 4 + encoded.len() as u64;
        self.put(&u32::try_from(encoded.len()).map_err(io::Error::other)?.to_le_bytes())?;
        self.put(encoded)
    }

    /// Adds keys as [`encode_key`] gives them, in the order of their numbers; all outputs have been added.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn add_keys(&mut self, encoded: &[u8]) -> io::Result<()> {
        self.keys += encoded.len() as u64;
        self.put(encoded)
    }

    /// Adds the sources, in the order of their records: path, stamp and digest; all keys have been added.
    ///
    /// # Errors
    /// When it cannot be written.
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

    /// Adds everything else; all sources have been added.
    ///
    /// # Errors
    /// When it cannot be written.
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
