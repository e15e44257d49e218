//! A project in memory, kept as its files are: what has changed is read again, and nothing else.
//!
//! What cannot be read any more stays as it was when it last could: whoever writes sees the last good state of a file
//! under what is wrong with it now.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Article;
use crate::commit::{MachineError, ledger_of};
use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Reported};
use crate::ledger::Ledger;
use crate::read::{self, Record, Settings};
use crate::source::{CONTENT, SourceFile, SourceKind, Sources, Stamp, discover, discover_at, on_disk};
use crate::unicode::composed;

use super::inspecting::Unwatched;
use super::reading::{Read, read_all};
use super::remembered::{Comparison, Remembered};
use super::{configure, inputs};

/// A project's configuration and sources.
#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    /// The configuration as it last could be used.
    config: Option<Arc<Config>>,
    config_faults: Vec<Diagnostic>,
    files: BTreeMap<String, Known>,
    /// What was found where no file is that can be used.
    found: BTreeMap<String, Vec<Diagnostic>>,
    /// What articles said that are gone: whoever moves one or brings it back has not written a new one.
    gone: HashSet<u128>,
}

/// One source.
#[derive(Debug)]
struct Known {
    kind: SourceKind,
    stamp: Option<Stamp>,
    /// What it says, or said when it last could be read.
    record: Option<Record>,
    diagnostics: Box<[Diagnostic]>,
}

/// What has become of a project.
#[derive(Debug, Default)]
pub struct Changes {
    /// Whether the configuration is another.
    pub config: bool,
    /// Whether files of themes may be others.
    pub theme: bool,
    /// Articles that were there and say something else: before and now.
    pub articles: Vec<(Arc<Article>, Arc<Article>)>,
    /// Whether any other record is new, another or gone.
    pub records: bool,
    /// Copied files that have changed, by source.
    pub files: Vec<String>,
    /// Articles that were not there and never have been, under any name, by source.
    pub added: Vec<String>,
    /// Whether other things are wrong than before, or something has been mended.
    pub diagnostics: bool,
}

impl Changes {
    /// Whether everything is as it was.
    pub fn is_empty(&self) -> bool {
        let Changes { config, theme, articles, records, files, diagnostics, added: _ } = self;
        !(*config || *theme || *records || *diagnostics) && articles.is_empty() && files.is_empty()
    }
}

impl Project {
    /// Reads a project, what has not changed since the last build from its ledger.
    ///
    /// # Errors
    /// Only faults of the machine.
    pub fn open(root: &Path) -> Result<Project, MachineError> {
        let mut config_faults = Vec::new();
        let config = configure(root, None)?.take(&mut config_faults).map(Arc::new);
        let root = root.to_owned();
        let (files, found, gone) = Default::default();
        let mut project = Project { root, config, config_faults, files, found, gone };
        project.read_everything()?;
        Ok(project)
    }

    /// The configuration as it last could be used; `None` when it never could.
    pub fn config(&self) -> Option<&Arc<Config>> {
        self.config.as_ref()
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What every source says, by source.
    pub fn records(&self) -> Vec<Record> {
        self.files.values().filter_map(|known| known.record.clone()).collect()
    }

    /// The sources that never said anything usable.
    pub fn faulty(&self) -> BTreeSet<String> {
        let faulty = self.files.iter().filter(|(_, known)| known.record.is_none());
        faulty.map(|(path, _)| path.clone()).collect()
    }

    /// What is wrong with the configuration and with sources by themselves.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let read = self.files.values().flat_map(|known| known.diagnostics.iter());
        self.config_faults.iter().chain(self.found.values().flatten()).chain(read).cloned().collect()
    }

    /// Reads everything, with the configuration as it is known.
    fn read_everything(&mut self) -> Result<(), MachineError> {
        let Some(config) = &self.config else { return Ok(()) };
        let settings = inputs::settings(config);
        let (remembered, sources) = rayon::join(
            || {
                let ledger = Ledger::read(&ledger_of(&self.root)).ok()?;
                let is_here = ledger.header.root == inputs::folder(&self.root);
                Some(Remembered::of_sources(ledger, settings, is_here))
            },
            || discover(&self.root),
        );
        let Reported { value: sources, diagnostics: found } = sources;
        let mut comparison = match &remembered {
            Some(remembered) => remembered.compare(&self.root, &sources),
            None => Comparison::none(&sources),
        };
        let settings = Settings::from(&**config);
        let read = read_all(&self.root, &sources, &settings, remembered.as_ref(), &mut comparison, None, &Unwatched)?;
        let Reported { value: Read { records, .. }, diagnostics } = read;
        let mut of_file = by_path(diagnostics);
        // Records come in the order of their sources.
        let mut records = records.into_iter().peekable();
        let files = sources.files.into_iter().map(|SourceFile { path, kind, stamp }| {
            let record = records.next_if(|record| record.source() == path);
            let diagnostics = of_file.remove(&path).unwrap_or_default().into_boxed_slice();
            (path, Known { kind, stamp, record, diagnostics })
        });
        self.files = files.collect();
        self.found = by_path(found);
        Ok(())
    }

    /// Looks again at what is at these paths, files and folders, and reads what is there.
    ///
    /// # Errors
    /// Only faults of the machine.
    pub fn look_at(&mut self, paths: &BTreeSet<PathBuf>) -> Result<Changes, MachineError> {
        let mut changes = Changes::default();
        let names: BTreeSet<String> = paths.iter().filter_map(|path| self.name_of(path)).collect();
        if names.contains(config::FILE) || names.contains(config::REDIRECTS_FILE) {
            self.configure(&mut changes)?;
        }
        changes.theme = names.iter().any(|name| name == "themes" || name.starts_with("themes/"));
        let mut last: Option<&str> = None;
        for name in &names {
            let is_inside = |folder: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            if (name != CONTENT && !name.starts_with("content/")) || last.is_some_and(is_inside) {
                continue;
            }
            last = Some(name);
            self.look_below(name, true, &mut changes);
        }
        self.forget_moved(&mut changes);
        Ok(changes)
    }

    /// Looks at everything again and reads what has another stamp: for when it is not known what has changed.
    ///
    /// # Errors
    /// Only faults of the machine.
    pub fn look_everywhere(&mut self) -> Result<Changes, MachineError> {
        let mut changes = Changes { theme: true, ..Changes::default() };
        self.configure(&mut changes)?;
        self.look_below(CONTENT, false, &mut changes);
        self.forget_moved(&mut changes);
        Ok(changes)
    }

    /// Leaves only those articles among the new ones that have not been there before.
    fn forget_moved(&self, changes: &mut Changes) {
        let record = |source: &String| self.files.get(source).and_then(|known| known.record.as_ref());
        let is_new =
            |source: &String| record(source).and_then(Record::digest).is_none_or(|it| !self.gone.contains(&it));
        changes.added.retain(is_new);
    }

    /// A path below the project's folder as sources are named.
    fn name_of(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
        match parts {
            Some(parts) => Some(composed(&parts.join("/")).into_owned()),
            // What has such a name is only ever found with its folder.
            None => self.name_of(path.parent()?),
        }
    }

    /// Reads the configuration again; when it cannot be used, the last one stays.
    fn configure(&mut self, changes: &mut Changes) -> Result<(), MachineError> {
        let mut faults = Vec::new();
        let config = configure(&self.root, None)?.take(&mut faults);
        changes.diagnostics |= faults != self.config_faults;
        self.config_faults = faults;
        let Some(config) = config else { return Ok(()) };
        let Some(before) = self.config.replace(Arc::new(config)) else {
            changes.config = true;
            return self.read_everything();
        };
        let now = self.config.as_deref().unwrap_or(&before);
        changes.config = before.digest != now.digest;
        if inputs::settings(&before) != inputs::settings(now) {
            changes.records = true;
            let files = std::mem::take(&mut self.files);
            let sources = files.iter().map(|(path, known)| (path.clone(), known.kind, known.stamp)).collect();
            self.read(sources, files, changes);
        }
        Ok(())
    }

    /// Compares what is known below a path with what is there. What was named is `suspect`: it is read again even if
    /// its stamp is the old one.
    fn look_below(&mut self, path: &str, suspect: bool, changes: &mut Changes) {
        let Reported { value: Sources { files: there, .. }, diagnostics } = discover_at(&self.root, path);
        let found = by_path(diagnostics);
        let before = split_below(&mut self.found, path);
        changes.diagnostics |= before != found;
        self.found.extend(found);
        let mut before = split_below(&mut self.files, path);
        let is_known = |file: &SourceFile| {
            let is_named = suspect && file.path == path;
            before.get(&file.path).is_some_and(|known| known.stamp.is_some() && known.stamp == file.stamp) && !is_named
        };
        let (kept, read): (Vec<SourceFile>, Vec<SourceFile>) = there.into_iter().partition(is_known);
        for file in kept {
            if let Some(known) = before.remove(&file.path) {
                self.files.insert(file.path, known);
            }
        }
        self.read(read.into_iter().map(|file| (file.path, file.kind, file.stamp)).collect(), before, changes);
    }

    /// Reads files; `before` is what was known of them, and of others that are gone.
    fn read(
        &mut self,
        files: Vec<(String, SourceKind, Option<Stamp>)>,
        mut before: BTreeMap<String, Known>,
        changes: &mut Changes,
    ) {
        let Some(config) = &self.config else { return };
        let settings = Settings::from(&**config);
        let read: Vec<(SourceFile, Reported<Option<Record>>)> = files
            .into_par_iter()
            .map(|(path, kind, stamp)| {
                let file = SourceFile { path, kind, stamp };
                let reported = read::read(&self.root, &file, &settings);
                (file, reported)
            })
            .collect();
        for (file, Reported { value, diagnostics }) in read {
            // It has gone while it was looked at.
            if value.is_none() && on_disk(&self.root, &file.path).symlink_metadata().is_err() {
                continue;
            }
            let known = before.remove(&file.path);
            let diagnostics = diagnostics.into_boxed_slice();
            let was = known.as_ref().map_or(&[][..], |known| &known.diagnostics);
            changes.diagnostics |= *was != *diagnostics;
            let is_new = known.is_none();
            // Settings that are others have every file read again.
            let is_touched = known.as_ref().is_none_or(|known| known.stamp.is_none() || known.stamp != file.stamp);
            let was = known.and_then(|known| known.record);
            let record = value.or_else(|| was.clone());
            note(&file, was, record.as_ref(), (is_new, is_touched), changes);
            let SourceFile { path, kind, stamp } = file;
            self.files.insert(path, Known { kind, stamp, record, diagnostics });
        }
        self.gone.extend(before.values().filter_map(|known| known.record.as_ref().and_then(Record::digest)));
        changes.records |= !before.is_empty();
        changes.diagnostics |= before.values().any(|known| !known.diagnostics.is_empty());
    }
}

/// Notes how a file that has been read again differs. Most editors make an empty file first, so an article is new when it
/// first says something.
fn note(
    file: &SourceFile,
    was: Option<Record>,
    now: Option<&Record>,
    (is_new, is_touched): (bool, bool),
    changes: &mut Changes,
) {
    if was.is_none() && now.is_some() && file.kind == SourceKind::Article {
        changes.added.push(file.path.clone());
    }
    match (was, now) {
        (Some(Record::Article(was)), Some(Record::Article(now))) => {
            if was.digest != now.digest {
                changes.articles.push((was, Arc::clone(now)));
            }
        }
        (Some(Record::File(was)), Some(Record::File(now))) if was == *now => {
            changes.files.extend(is_touched.then(|| file.path.clone()));
        }
        (None, None) => changes.records |= is_new,
        (Some(was), Some(now)) if was.digest().is_some() && was.digest() == now.digest() => {}
        _ => changes.records = true,
    }
}

fn by_path(diagnostics: Vec<Diagnostic>) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut found: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics {
        found.entry(diagnostic.path.clone()).or_default().push(diagnostic);
    }
    found
}

/// Takes out what is at a path and below it.
fn split_below<V>(map: &mut BTreeMap<String, V>, path: &str) -> BTreeMap<String, V> {
    let (first, behind) = ([path, "/"].concat(), [path, "0"].concat());
    let below = (Bound::Included(first), Bound::Excluded(behind));
    let mut taken: BTreeMap<String, V> = map.extract_if(below, |_, _| true).collect();
    taken.extend(map.remove_entry(path));
    taken
}
