//! A project: opened and read once, assembled as of any instant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::commit::{MachineError, ledger_of};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Reported};
use crate::ledger::{Ledger, Writer};
use crate::read::{Record, Settings};
use crate::render::{self, Theme};
use crate::site::{Change, Effect, assemble, changes, check_picture_texts};
use crate::source::{Sources, discover};

use super::baseline::{Baseline, Comparison};
use super::configuring::{configure, errors_elsewhere};
use super::draft::{AsOf, Draft, DraftInput};
use super::progress::{NoProgress, Progress};
use super::reading::{Read, read_all};
use super::{inputs, report};

/// A project: its configuration, its theme, and the records of its sources.
#[derive(Debug)]
pub struct Project {
    /// The project's folder.
    pub root: PathBuf,
    /// The configuration.
    pub config: Arc<Config>,
    /// The theme; `None` when it cannot be used.
    pub theme: Option<Arc<Theme>>,
    /// All files of the project.
    pub sources: Sources,
    /// The records of the sources without errors, in their order.
    pub records: Vec<Record>,
    /// The records of sources with errors, which only a draft has, to find more errors.
    faulty_records: Vec<Record>,
    /// The sources with errors.
    pub(super) faulty: BTreeSet<String>,
    pub(super) findings: Findings,
}

/// The diagnostics of a project's files, each on its own, by the step that found them.
#[derive(Debug, Clone, Default)]
pub(super) struct Findings {
    pub config: Vec<Diagnostic>,
    pub theme: Vec<Diagnostic>,
    pub discovery: Vec<Diagnostic>,
    pub reading: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn all(&self) -> Vec<Diagnostic> {
        let Findings { config, theme, discovery, reading } = self;
        [config, theme, discovery, reading].into_iter().flatten().cloned().collect()
    }
}

impl Project {
    /// Opens and reads a project without a lock and without writing anything. Records of sources that have not changed
    /// since the last build come from its ledger. No value is returned if `site.yaml` cannot be used.
    ///
    /// # Errors
    /// Only machine errors.
    pub fn open(root: &Path) -> Result<Reported<Option<Project>>, MachineError> {
        check_root(root)?;
        let Reported { value: config, diagnostics } = configure(root, None)?;
        match config {
            Some(config) => Project::open_with(root, config, diagnostics).map(|project| Reported::clean(Some(project))),
            None => {
                let diagnostics = diagnostics.into_iter().chain(errors_elsewhere(root)).collect();
                Ok(Reported { value: None, diagnostics: report(root, diagnostics) })
            }
        }
    }

    /// Opens and reads a project with its configuration already read.
    pub(super) fn open_with(
        root: &Path,
        config: Config,
        diagnostics: Vec<Diagnostic>,
    ) -> Result<Project, MachineError> {
        let settings = inputs::settings(&config);
        let baseline = || {
            let ledger = Ledger::read(&ledger_of(root)).ok()?;
            let is_here = ledger.header.root == inputs::folder(root);
            Some(Baseline::of_sources(ledger, settings, is_here))
        };
        let (mut project, baseline) = rayon::join(|| Project::scan(root, Arc::new(config), diagnostics), baseline);
        let mut comparison = Comparison::new(baseline.as_ref(), root, &project.sources);
        project.read(baseline.as_ref(), &mut comparison, None, &NoProgress)?;
        Ok(project)
    }

    /// Loads the theme and lists the sources, without reading them.
    pub(super) fn scan(root: &Path, config: Arc<Config>, diagnostics: Vec<Diagnostic>) -> Project {
        let (theme, sources) =
            rayon::join(|| render::load(root, &config.theme, &config.theme_options), || discover(root));
        Project {
            root: root.to_owned(),
            config,
            theme: theme.value.map(Arc::new),
            sources: sources.value,
            records: Vec::new(),
            faulty_records: Vec::new(),
            faulty: BTreeSet::new(),
            findings: Findings {
                config: diagnostics,
                theme: theme.diagnostics,
                discovery: sources.diagnostics,
                reading: Vec::new(),
            },
        }
    }

    /// Reads all sources: unchanged ones from the baseline's ledger, the others from the disk.
    pub(super) fn read(
        &mut self,
        baseline: Option<&Baseline>,
        comparison: &mut Comparison,
        writer: Option<&mut Writer>,
        progress: &dyn Progress,
    ) -> Result<Read, MachineError> {
        let settings = Settings::from(&*self.config);
        let read = read_all(&self.root, &self.sources, &settings, baseline, comparison, writer, progress)?;
        let mut read = read.take(&mut self.findings.reading);
        self.records = std::mem::take(&mut read.records);
        self.faulty_records = std::mem::take(&mut read.faulty_records);
        self.faulty = std::mem::take(&mut read.faulty);
        Ok(read)
    }

    /// The public site as of an instant.
    pub fn at(&self, now: Timestamp) -> Draft {
        self.as_of(AsOf::public(now))
    }

    /// The site as of an instant, for an audience.
    pub fn as_of(&self, as_of: AsOf) -> Draft {
        let input = DraftInput {
            root: self.root.clone(),
            config: Arc::clone(&self.config),
            theme: self.theme.clone(),
            records: in_order(self.records.clone(), self.faulty_records.clone()),
            faulty: self.faulty.clone(),
            diagnostics: self.findings.all(),
        };
        Draft::new(input, as_of, &NoProgress)
    }

    /// Makes the only draft of a project: it takes over the records and the theme, so that there is never a second copy
    /// of them.
    pub(super) fn take_draft(&mut self, as_of: AsOf, progress: &dyn Progress) -> Draft {
        let input = DraftInput {
            root: self.root.clone(),
            config: Arc::clone(&self.config),
            theme: self.theme.take(),
            records: in_order(std::mem::take(&mut self.records), std::mem::take(&mut self.faulty_records)),
            faulty: std::mem::take(&mut self.faulty),
            diagnostics: self.findings.all(),
        };
        Draft::new(input, as_of, progress)
    }

    /// The diagnostics of the project's files, each on its own, in order.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut found = self.findings.all();
        check_picture_texts(&self.records, &self.faulty, &self.config, &mut found);
        report(&self.root, found)
    }

    /// All changes that happen through time alone after `after` and no later than `until`, in order of time.
    pub fn changes(&self, after: Timestamp, until: Timestamp) -> Vec<Change> {
        let mut found = changes(&self.records, &self.config, false, after, until);
        let mut last: Option<(Timestamp, bool)> = None;
        found.retain(|change| {
            if change.effect != Effect::PickEnds {
                return true;
            }
            match last {
                Some((at, ends)) if at == change.at => ends,
                _ => {
                    let (records, faulty) = (self.records.clone(), self.faulty.clone());
                    let ends = assemble(records, faulty, &self.config, change.at, false)
                        .value
                        .ends_picks(&self.config, change.at);
                    last = Some((change.at, ends));
                    ends
                }
            }
        });
        found
    }
}

/// Adds the records of sources with errors at their places.
fn in_order(mut records: Vec<Record>, faulty: Vec<Record>) -> Vec<Record> {
    if !faulty.is_empty() {
        records.extend(faulty);
        records.sort_by(|one, other| one.source().cmp(other.source()));
    }
    records
}

/// Refuses a root that is not a folder.
pub(super) fn check_root(root: &Path) -> Result<(), MachineError> {
    match root.is_dir() {
        true => Ok(()),
        false => Err(MachineError(format!("there is no folder {}", root.display()))),
    }
}
