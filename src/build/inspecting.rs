//! A look at a project that waits for nobody and writes nothing: what its files say, and what the site would be at any
//! instant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::commit::{MachineError, ledger_of};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Reported};
use crate::ledger::{Ledger, Unusable};
use crate::manifest::Manifest;
use crate::plan::{Plan, plan};
use crate::read::{Record, Settings};
use crate::render::{self, Theme};
use crate::site::{Change, Site, What, Window, assemble, changes};
use crate::source::{Sources, discover};
use crate::view::resolve_pictures;

use super::reading::{Read, read_all};
use super::remembered::{Comparison, Remembered};
use super::{OUTPUT, Progress, configure, inputs, report};

/// What a project's files say, by themselves.
#[derive(Debug)]
pub struct Inspection {
    /// The configuration.
    pub config: Config,
    /// What each source says.
    pub records: Vec<Record>,
    /// All files of the project.
    pub sources: Sources,
    /// The theme; `None` when something is wrong with it.
    pub theme: Option<Theme>,
    root: PathBuf,
    faulty: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

/// What the ledger tells about the site that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastBuild {
    /// The instant as of which it was assembled. A build that had nothing to change since is not counted.
    pub as_of: Timestamp,
    /// The instants at which it would have been the same.
    pub window: Window,
}

/// What is known of the last build into the project's own output folder. Nothing is read but the ledger's header and
/// the list of what was published.
///
/// # Errors
/// Why nothing is known.
pub fn last_build(root: &Path) -> Result<LastBuild, Unusable> {
    let header = Ledger::read_header(&ledger_of(root))?;
    let as_of = Timestamp::from_second(header.as_of).map_err(|_| Unusable::Damaged)?;
    let manifest = Manifest::read(&root.join(OUTPUT)).map_err(|_| Unusable::Unpublished)?;
    if manifest.is_preview() {
        return Err(Unusable::Preview);
    }
    // The folder may be gone while the ledger is there, as where a cache brings back only one of them.
    if manifest.digest() == header.manifest {
        Ok(LastBuild { as_of, window: header.window })
    } else {
        Err(Unusable::Unpublished)
    }
}

/// Reads a project, what has not changed since the last build from its ledger. There is no value when `site.yaml`
/// cannot be used.
///
/// # Errors
/// Only faults of the machine.
pub fn inspect(root: &Path) -> Result<Reported<Option<Inspection>>, MachineError> {
    if !root.is_dir() {
        return Err(MachineError(format!("there is no folder {}", root.display())));
    }
    let mut diagnostics = Vec::new();
    let Some(config) = configure(root, None)?.take(&mut diagnostics) else {
        return Ok(Reported { value: None, diagnostics: report(root, diagnostics) });
    };
    let remembered = Ledger::read(&ledger_of(root)).ok().map(|ledger| {
        let is_here = ledger.header.root == inputs::folder(root);
        Remembered::of_sources(ledger, inputs::settings(&config), is_here)
    });
    let (theme, sources) = rayon::join(|| render::load(root, &config.theme, &config.theme_options), || discover(root));
    let (theme, sources) = (theme.take(&mut diagnostics), sources.take(&mut diagnostics));
    let mut comparison = match &remembered {
        Some(remembered) => remembered.compare(root, &sources),
        None => Comparison::none(&sources),
    };
    let settings = Settings::from(&config);
    let read = read_all(root, &sources, &settings, remembered.as_ref(), &mut comparison, None, &Unwatched)?;
    let Read { records, faulty, .. } = read.take(&mut diagnostics);
    let root = root.to_owned();
    let inspection = Inspection { config, records, sources, theme, root, faulty, diagnostics };
    Ok(Reported::clean(Some(inspection)))
}

impl Inspection {
    /// The site as of an instant, and everything that is wrong with it but for what only rendering finds, in order.
    pub fn site(&self, now: Timestamp) -> Reported<Site> {
        let Reported { value: (site, _), diagnostics } = self.planned(now);
        Reported { value: site, diagnostics }
    }

    /// The same, with where everything is.
    pub fn planned(&self, now: Timestamp) -> Reported<(Site, Plan)> {
        let mut diagnostics = self.diagnostics.clone();
        let assembled = assemble(self.records.clone(), self.faulty.clone(), &self.config, now, false);
        let site = assembled.take(&mut diagnostics);
        let theme = self.theme.as_ref();
        let assets = theme.map(|theme| theme.assets.routes()).unwrap_or_default();
        let theme_files = theme.map(|theme| theme.names.as_slice()).unwrap_or_default();
        let has_template = |name: &str| theme.is_none_or(|theme| theme.templates.has(name));
        let plan = plan(&site, &self.config, &assets, theme_files, &has_template).take(&mut diagnostics);
        if let Some(theme) = theme {
            let mut options = theme.options.clone();
            diagnostics.extend(resolve_pictures(&mut options, &theme.pictures, &self.config, &site, &plan));
        }
        Reported { value: (site, plan), diagnostics: report(&self.root, diagnostics) }
    }

    /// What is wrong with files by themselves, in order.
    pub fn faults(&self) -> Vec<Diagnostic> {
        report(&self.root, self.diagnostics.clone())
    }

    /// Every change that time alone makes behind `after` and no later than `until`, in the order of time.
    pub fn changes(&self, after: Timestamp, until: Timestamp) -> Vec<Change> {
        let mut found = changes(&self.records, &self.config, false, after, until);
        let mut last: Option<(Timestamp, bool)> = None;
        found.retain(|change| {
            if change.what != What::PickEnds {
                return true;
            }
            match last {
                Some((at, ends)) if at == change.at => ends,
                _ => {
                    let assembled = assemble(self.records.clone(), self.faulty.clone(), &self.config, change.at, false);
                    let ends = assembled.value.ends_picks(change.at);
                    last = Some((change.at, ends));
                    ends
                }
            }
        });
        found
    }
}

/// Nobody is told how far it has come: it takes moments.
pub(super) struct Unwatched;

impl Progress for Unwatched {
    fn begin(&self, _phase: &'static str, _items: usize) {}
    fn advance(&self, _items: usize) {}
}
