//! Reads the sources: unchanged ones from the ledger, the others from the disk.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use crate::commit::MachineError;
use crate::diagnostic::{Diagnostic, Reported};
use crate::ledger::{self, Writer};
use crate::read::{self, Record, Settings};
use crate::source::{SourceFile, Sources};

use super::baseline::{Baseline, Comparison};
use super::{Phase, Progress};

/// The number of sources read at once, while the records of the previous batch are written to the ledger.
const BATCH: usize = 4_096;

/// The records of all sources, and their differences from the last build.
pub(super) struct Read {
    pub records: Vec<Record>,
    /// The records of sources with errors, only to find more errors.
    pub faulty_records: Vec<Record>,
    /// The hash of each source's record without its text, by the source's place; `None` for sources that cannot be used.
    pub hashes: Vec<Option<u128>>,
    /// The places of the articles among the sources, in their order, with those that have errors.
    pub articles: Vec<u32>,
    /// The paths of the sources that cannot be used.
    pub faulty: BTreeSet<String>,
}

/// One source.
struct ReadSource {
    reported: Reported<Option<Record>>,
    encoded: Encoded,
    /// The hash of the record without its text, if it could be encoded.
    hash: Option<u128>,
}

/// The encoded record for the ledger.
enum Encoded {
    Kept(usize),
    New(Vec<u8>),
}

/// Reads every source, and adds each record to the new ledger if there will be one. Adds the digests to `comparison`.
pub(super) fn read_all(
    root: &Path,
    sources: &Sources,
    settings: &Settings,
    remembered: Option<&Baseline>,
    comparison: &mut Comparison,
    writer: Option<&mut Writer>,
    progress: &dyn Progress,
) -> Result<Reported<Read>, MachineError> {
    progress.begin(Phase::Reading, sources.files.len());
    let Comparison { same, digests, .. } = comparison;
    let read = Read {
        records: Vec::with_capacity(sources.files.len()),
        faulty_records: Vec::new(),
        hashes: Vec::with_capacity(sources.files.len()),
        articles: Vec::with_capacity(sources.files.len()),
        faulty: BTreeSet::new(),
    };
    let mut collector = Collector { sources, remembered, writer, digests, read, diagnostics: Vec::new() };
    let one = |at: usize| {
        let one = one(root, &sources.files[at], settings, remembered.zip(same[at]));
        progress.advance(1);
        one
    };
    let mut done = (0, Vec::new());
    for start in (0..sources.files.len()).step_by(BATCH) {
        let batch = start..(start + BATCH).min(sources.files.len());
        // Meanwhile the ledger is written.
        let (next, put) =
            rayon::join(|| batch.into_par_iter().map(one).collect(), || collector.put(std::mem::take(&mut done)));
        put?;
        done = (start, next);
    }
    collector.put(done)?;
    Ok(Reported { value: collector.read, diagnostics: collector.diagnostics })
}

/// Collects the records, in the order of the sources.
struct Collector<'a> {
    sources: &'a Sources,
    remembered: Option<&'a Baseline>,
    writer: Option<&'a mut Writer>,
    digests: &'a mut [Option<u128>],
    read: Read,
    diagnostics: Vec<Diagnostic>,
}

impl Collector<'_> {
    /// Appends the records of the sources from `start` on.
    fn put(&mut self, (start, found): (usize, Vec<ReadSource>)) -> Result<(), MachineError> {
        let Collector { sources, remembered, writer, digests, read, diagnostics } = self;
        for (at, ReadSource { reported, encoded, hash }) in (start..).zip(found) {
            let added = match (&mut *writer, &encoded, &*remembered) {
                (Some(writer), Encoded::Kept(place), Some(remembered)) => {
                    writer.add_record(remembered.ledger.encoded(*place))
                }
                (Some(writer), Encoded::New(bytes), _) => writer.add_record(bytes),
                (None, ..) | (_, Encoded::Kept(_), None) => Ok(()),
            };
            added.map_err(|error| MachineError(format!("cannot write the ledger: {error}")))?;
            let is_faulty = reported.is_faulty();
            let record = reported.take(diagnostics);
            if let Some(Record::Article(_)) = record {
                read.articles.extend(u32::try_from(at));
            }
            read.hashes.push(hash);
            if is_faulty {
                read.faulty.insert(sources.files[at].path.clone());
                read.faulty_records.extend(record);
            } else if let Some(record) = record {
                digests[at] = record.digest().or(digests[at]);
                read.records.push(record);
            }
        }
        Ok(())
    }
}

fn one(root: &Path, file: &SourceFile, settings: &Settings, same: Option<(&Baseline, usize)>) -> ReadSource {
    if let Some((remembered, place)) = same
        && let Some((record, diagnostics)) = remembered.ledger.record(place)
    {
        let hash = Some(ledger::hash_without_text(remembered.ledger.encoded(place), &record, &diagnostics));
        let reported = Reported { value: Some(record), diagnostics };
        return ReadSource { reported, encoded: Encoded::Kept(place), hash };
    }
    let reported = read::read(root, file, settings);
    let Reported { value, diagnostics } = &reported;
    let sound = value.as_ref().filter(|_| !reported.is_faulty());
    let encoded = sound.map(|record| encode(record, diagnostics)).unwrap_or_default();
    let record = sound.filter(|_| !encoded.is_empty());
    let hash = record.map(|record| ledger::hash_without_text(&encoded, record, diagnostics));
    ReadSource { reported, encoded: Encoded::New(encoded), hash }
}

/// The bytes for the ledger. If a record cannot be encoded, the next build reads its source again.
fn encode(record: &Record, diagnostics: &[Diagnostic]) -> Vec<u8> {
    ledger::encode(record, diagnostics).unwrap_or_default()
}
