//! The inputs of a whole build, for the ledger, and the shortcut for builds without changes.

use std::hash::Hash;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use xxhash_rust::xxh3::Xxh3;

use crate::commit::{MachineError, OutputFolder, hash_of_file};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::{Facts, Header, Writer};
use crate::manifest::Manifest;
use crate::read::Settings;
use crate::render::Theme;
use crate::site::{Site, Window};
use crate::source::{Sources, Stamp, on_disk};

use super::baseline::{Baseline, Comparison};
use super::{BuildOptions, Outcome, Summary, no_ledger};

/// Describes a build whose configuration has been read, and nothing else.
pub(super) fn header(options: &BuildOptions, config: &Config, output: &Path) -> Header {
    let settings = settings(config);
    // The digest is that of the configuration files' bytes, so no key can be left out.
    let inputs = (config.digest, &config.base_url, settings, options.drafts, options.preview);
    Header {
        as_of: options.now.as_second(),
        root: folder(&options.root),
        output: absolute(output),
        settings,
        zones: zones(config).iter().filter_map(TimeZone::iana_name).map(str::to_owned).collect(),
        inputs: hash(&inputs),
        shared: 0,
        link_targets: 0,
        window: Window::default(),
        articles: 0,
        unpublished: 0,
        diagnostics: Vec::new(),
        manifest: 0,
        moved: Vec::new(),
        unannounced: Vec::new(),
    }
}

/// The project's folder, in the ledger's notation.
pub(super) fn folder(root: &Path) -> String {
    root.canonicalize().unwrap_or_else(|_| root.to_owned()).to_string_lossy().into_owned()
}

/// The output folder, in the ledger's notation.
pub(super) fn absolute(output: &Path) -> String {
    std::path::absolute(output).unwrap_or_else(|_| output.to_owned()).to_string_lossy().into_owned()
}

/// The hash of everything besides the file that affects how a source is read.
pub(super) fn settings(config: &Config) -> u128 {
    let Settings { zone, slugs, language, editions, text, comments } = Settings::from(config);
    let mut settings = Xxh3::new();
    (slugs, language.tag(), text, comments).hash(&mut settings);
    hash_zone(&zone, &mut settings);
    for edition in editions.all() {
        (&edition.language, &edition.fallback_for, &edition.content_folder).hash(&mut settings);
        hash_zone(&edition.timezone, &mut settings);
    }
    settings.digest128()
}

/// The time zones of the site and of its editions.
pub(super) fn zones(config: &Config) -> Vec<TimeZone> {
    let Settings { zone, editions, .. } = Settings::from(config);
    std::iter::once(zone).chain(editions.all().iter().map(|edition| edition.timezone.clone())).collect()
}

/// Adds the theme and the diagnostics so far, which every build finds again.
pub(super) fn add_theme(header: &mut Header, theme: Option<&Theme>, diagnostics: &[Diagnostic]) {
    header.inputs = hash(&(header.inputs, theme.map(|theme| theme.digest), diagnostics));
}

/// Hashes a value. Only this very program compares it with another one, since it takes no ledger of another version.
fn hash(value: &impl Hash) -> u128 {
    let mut hasher = Xxh3::new();
    value.hash(&mut hasher);
    hasher.digest128()
}

/// Hashes a time zone by its transitions, because the rules for a name change between versions of the database. Most
/// dates of articles lie between these years; the few others are read with the rules current at the time.
fn hash_zone(zone: &TimeZone, hasher: &mut Xxh3) {
    const FIRST: i64 = -2_208_988_800; // 1900-01-01T00:00:00Z
    const LAST: i64 = 4_102_444_800; // 2100-01-01T00:00:00Z
    hasher.update(zone.iana_name().unwrap_or_default().as_bytes());
    let (Ok(first), Ok(last)) = (Timestamp::from_second(FIRST), Timestamp::from_second(LAST)) else { return };
    hasher.update(&zone.to_offset(first).seconds().to_le_bytes());
    for transition in zone.following(first).take_while(|transition| transition.timestamp() < last) {
        hasher.update(&transition.timestamp().as_second().to_le_bytes());
        hasher.update(&transition.offset().seconds().to_le_bytes());
    }
}

/// Adds the data that is known after rendering.
pub(super) fn complete(
    header: &mut Header,
    site: &Site,
    summary: &Summary,
    manifest: &Manifest,
    diagnostics: &[Diagnostic],
) {
    header.window = site.window;
    header.articles = summary.articles as u64;
    header.unpublished = summary.unpublished as u64;
    // The build has repaired the differences and removed the files, so the next build must not report them again.
    let is_over = |found: &Diagnostic| matches!(found.code, Code::OutputDiffers | Code::NoLongerPublished);
    header.diagnostics = diagnostics.iter().filter(|found| !is_over(found)).cloned().collect();
    header.manifest = manifest.digest();
}

/// Describes each source for the ledger: its path, its stamp if that is reliable, and the hash of its bytes.
pub(super) fn known_sources<'s>(
    root: &Path,
    sources: &'s Sources,
    comparison: &Comparison,
    is_unpublished: impl Fn(&str) -> bool,
    began: i64,
) -> impl Iterator<Item = (&'s str, Option<Stamp>, u128)> {
    sources.files.iter().zip(&comparison.digests).map(move |(file, &digest)| {
        // Files of stories that are not public are not copied, so their digests are unknown. For files that are never
        // published the stamp is enough: audio and raw pictures may take minutes to read.
        let unread = || is_unpublished(&file.path).then_some(0);
        let digest = digest.or_else(unread).or_else(|| hash_of_file(&on_disk(root, &file.path)).ok());
        match file.stamp.filter(|stamp| stamp.is_before(began)) {
            Some(stamp) => (file.path.as_str(), digest.map(|_| stamp), digest.unwrap_or_default()),
            // The file may have changed after it was read. For a text, the digest of the bytes read is kept; a copy is
            // read again.
            None if file.kind.is_copied() => (file.path.as_str(), None, 0),
            None => (file.path.as_str(), None, digest.unwrap_or_default()),
        }
    })
}

/// Ends a build that would change nothing. If only stamps have changed, they are recorded, so that the next build need
/// not open the files again.
pub(super) fn keep(
    options: &BuildOptions,
    header: &Header,
    baseline: &Baseline,
    publication: &OutputFolder,
    sources: &Sources,
    stamps: Vec<Stamp>,
    note: Option<String>,
) -> Result<Outcome, MachineError> {
    let ledger = &baseline.ledger;
    let Header { root, output, .. } = header.clone();
    let header = Header { root, output, ..ledger.header.clone() };
    let diagnostics = ledger.header.diagnostics.clone();
    if options.deny_warnings && !diagnostics.is_empty() {
        return Ok(Outcome { diagnostics, summary: None, notes: note.into_iter().collect(), refused_removals: 0 });
    }
    let known = sources.files.iter().zip(ledger.sources());
    let known = known.map(|(file, known)| {
        let is_known = file.stamp == known.stamp;
        let stamp = file.stamp.filter(|stamp| is_known || stamp.is_before(publication.began));
        (file.path.as_str(), stamp, known.digest)
    });
    let is_stamped = header == ledger.header
        && !publication.was_interrupted
        && known.clone().zip(ledger.sources()).all(|((_, stamp, _), known)| stamp == known.stamp)
        && stamps.iter().zip(ledger.outputs()).all(|(stamp, known)| *stamp == known.facts.stamp);
    if !is_stamped {
        let mut writer = Writer::create(&publication.new_ledger()).map_err(no_ledger)?;
        (0..ledger.source_count()).try_for_each(|at| writer.add_record(ledger.encoded(at))).map_err(no_ledger)?;
        for (known, stamp) in ledger.outputs().zip(stamps) {
            let facts = Facts { stamp, ..known.facts };
            known.encode_with(&facts).and_then(|encoded| writer.add_output(&encoded)).map_err(no_ledger)?;
        }
        writer.add_keys(ledger.encoded_keys()).map_err(no_ledger)?;
        writer.add_sources(known).map_err(no_ledger)?;
        writer.finish(&header).map_err(no_ledger)?;
        publication.replace_ledger()?;
    }
    let (articles, outputs) = (ledger.header.articles as usize, ledger.output_count());
    let unpublished = ledger.header.unpublished as usize;
    let summary = Summary { articles, outputs, rendered: 0, written: 0, unchanged: outputs, removed: 0, unpublished };
    Ok(Outcome { diagnostics, summary: Some(summary), notes: note.into_iter().collect(), refused_removals: 0 })
}
