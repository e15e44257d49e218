//! Reads the sources: those that are as they were from the ledger, the others from the disk.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use crate::commit::MachineError;
use crate::diagnostic::{Diagnostic, Reported};
use crate::ledger::{self, Writer};
use crate::read::{self, Record, Settings};
use crate::source::Sources;

use super::Progress;
use super::remembered::{Comparison, Remembered};

/// Sources read before their records are written to the ledger.
const BATCH: usize = 4_096;

/// Everything that the sources say.
pub(super) struct Read {
    pub records: Vec<Record>,
    /// The paths of those that say nothing usable.
    pub faulty: BTreeSet<String>,
}

/// One source.
struct One {
    reported: Reported<Option<Record>>,
    encoded: Encoded,
}

/// What the ledger will hold of it.
enum Encoded {
    Kept(usize),
    New(Vec<u8>),
}

/// Reads every source, and adds each record to the new ledger. What is learnt of digests goes into `comparison`.
pub(super) fn read_all(
    root: &Path,
    sources: &Sources,
    settings: &Settings,
    remembered: Option<&Remembered>,
    comparison: &mut Comparison,
    writer: &mut Writer,
    progress: &dyn Progress,
) -> Result<Reported<Read>, MachineError> {
    progress.begin("reading", sources.files.len());
    let mut diagnostics = Vec::new();
    let mut read = Read { records: Vec::with_capacity(sources.files.len()), faulty: BTreeSet::new() };
    for start in (0..sources.files.len()).step_by(BATCH) {
        let batch = start..(start + BATCH).min(sources.files.len());
        let same = &comparison.same;
        let found: Vec<One> = batch
            .clone()
            .into_par_iter()
            .map(|at| {
                let one = one(root, sources, at, settings, remembered.zip(same[at]));
                progress.advance(1);
                one
            })
            .collect();
        for (at, One { reported, encoded }) in batch.zip(found) {
            let added = match (&encoded, remembered) {
                (Encoded::Kept(place), Some(remembered)) => writer.add_record(remembered.ledger.encoded(*place)),
                (Encoded::New(bytes), _) => writer.add_record(bytes),
                (Encoded::Kept(_), None) => Ok(()),
            };
            added.map_err(|error| MachineError(format!("cannot write the ledger: {error}")))?;
            match reported.take(&mut diagnostics) {
                Some(record) => {
                    comparison.digests[at] = record.digest().or(comparison.digests[at]);
                    read.records.push(record);
                }
                None => {
                    read.faulty.insert(sources.files[at].path.clone());
                }
            }
        }
    }
    Ok(Reported { value: read, diagnostics })
}

fn one(
    root: &Path,
    sources: &Sources,
    at: usize,
    settings: &Settings,
    remembered: Option<(&Remembered, usize)>,
) -> One {
    if let Some((remembered, place)) = remembered
        && let Some((record, diagnostics)) = remembered.ledger.record(place)
    {
        return One { reported: Reported { value: Some(record), diagnostics }, encoded: Encoded::Kept(place) };
    }
    let reported = read::read(root, &sources.files[at], settings);
    let encoded = reported.value.as_ref().map(|record| encode(record, &reported.diagnostics)).unwrap_or_default();
    One { reported, encoded: Encoded::New(encoded) }
}

/// A record that cannot be kept is read again by the next build.
fn encode(record: &Record, diagnostics: &[Diagnostic]) -> Vec<u8> {
    ledger::encode(record, diagnostics).unwrap_or_default()
}
