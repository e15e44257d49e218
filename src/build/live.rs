//! A project in memory that follows its files: only changed files are read again.
//!
//! If a file can no longer be read, its last readable state stays: the preview shows it under the new error.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::Article;
use crate::commit::MachineError;
use crate::config::{self, Config};
use crate::content_path::{COMMENTS, COMMENTS_FOLDER, CONTENT, below_content};
use crate::diagnostic::{Diagnostic, Reported};
use crate::read::{self, Record, Settings};
use crate::render::{self, Theme};
use crate::source::{SourceFile, SourceKind, Sources, Stamp, discover_at, on_disk};
use crate::unicode::composed;

use super::configure;
use super::draft::{AsOf, Draft, DraftInput};
use super::inputs;
use super::next_build::NextBuild;
use super::progress::NoProgress;
use super::project::Project;

/// A project in memory.
#[derive(Debug)]
pub struct LiveProject {
    root: PathBuf,
    /// The last usable configuration.
    config: Option<Arc<Config>>,
    /// The last usable theme.
    theme: Option<Arc<Theme>>,
    files: BTreeMap<String, LiveFile>,
    /// The diagnostics of the configuration.
    of_config: Vec<Diagnostic>,
    /// The diagnostics of the theme.
    of_theme: Vec<Diagnostic>,
    /// The diagnostics of paths that are not usable sources.
    of_paths: BTreeMap<String, Vec<Diagnostic>>,
    /// The digests of articles that are gone: an article that is moved or restored is not new.
    gone: HashSet<u128>,
}

/// One source.
#[derive(Debug)]
struct LiveFile {
    kind: SourceKind,
    stamp: Option<Stamp>,
    /// The record of the file when it could last be read.
    record: Option<Record>,
    diagnostics: Box<[Diagnostic]>,
}

/// The changes found in a project.
#[derive(Debug, Default)]
pub struct Changes {
    /// True if the configuration has changed.
    pub config: bool,
    /// True if the theme or its diagnostics have changed.
    pub theme: bool,
    /// Articles whose records have changed, with the old and the new record.
    pub articles: Vec<(Arc<Article>, Arc<Article>)>,
    /// True if any other record is new, has changed or is gone.
    pub records: bool,
    /// Copied files that have changed, by source.
    pub files: Vec<String>,
    /// New articles, except renamed ones, by source.
    pub added: Vec<String>,
    /// True if diagnostics have been added or removed.
    pub diagnostics: bool,
}

impl Changes {
    /// True if nothing has changed.
    pub fn is_empty(&self) -> bool {
        let Changes { config, theme, articles, records, files, diagnostics, added: _ } = self;
        !(*config || *theme || *records || *diagnostics) && articles.is_empty() && files.is_empty()
    }
}

impl LiveProject {
    /// Opens and reads a project like [`Project::open`]. While `site.yaml` cannot be used, the project has no draft.
    ///
    /// # Errors
    /// Only machine errors.
    pub fn open(root: &Path) -> Result<LiveProject, MachineError> {
        let Reported { value: config, diagnostics } = configure(root, None)?;
        let mut live = LiveProject {
            root: root.to_owned(),
            config: None,
            theme: None,
            files: BTreeMap::new(),
            of_config: Vec::new(),
            of_theme: Vec::new(),
            of_paths: BTreeMap::new(),
            gone: HashSet::new(),
        };
        match config {
            Some(config) => live.read_everything(config, diagnostics)?,
            None => live.of_config = diagnostics,
        }
        Ok(live)
    }

    /// Reads all sources with a configuration.
    fn read_everything(&mut self, config: Config, diagnostics: Vec<Diagnostic>) -> Result<(), MachineError> {
        let project = Project::open_with(&self.root, config, diagnostics)?;
        let Project { config, theme, sources, records, findings, .. } = project;
        let mut of_file = by_path(findings.reading);
        // Records come in the order of their sources.
        let mut records = records.into_iter().peekable();
        let files = sources.files.into_iter().map(|SourceFile { path, kind, stamp }| {
            let record = records.next_if(|record| record.source() == path);
            let diagnostics = of_file.remove(&path).unwrap_or_default().into_boxed_slice();
            (path, LiveFile { kind, stamp, record, diagnostics })
        });
        self.files = files.collect();
        (self.config, self.theme) = (Some(config), theme);
        (self.of_config, self.of_theme) = (findings.config, findings.theme);
        self.of_paths = by_path(findings.discovery);
        Ok(())
    }

    /// The last usable configuration; `None` if there never was one.
    pub fn config(&self) -> Option<&Arc<Config>> {
        self.config.as_ref()
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The records of all sources, by source.
    pub fn records(&self) -> Vec<Record> {
        self.files.values().filter_map(|file| file.record.clone()).collect()
    }

    /// The date of publication of a source's story.
    pub fn published(&self, source: &str) -> Option<Timestamp> {
        self.files.get(source)?.record.as_ref()?.published()
    }

    /// The sources that could not be read so far.
    pub fn faulty(&self) -> BTreeSet<String> {
        let faulty = self.files.iter().filter(|(_, file)| file.record.is_none());
        faulty.map(|(path, _)| path.clone()).collect()
    }

    /// The diagnostics of the project's files by themselves.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let LiveProject { of_config, of_theme, of_paths, files, .. } = self;
        let of_files = files.values().flat_map(|file| file.diagnostics.iter());
        of_config.iter().chain(of_theme).chain(of_paths.values().flatten()).chain(of_files).cloned().collect()
    }

    /// The site as of an instant, from `records`, which are those of this project. `None` without a usable
    /// configuration. The draft's diagnostics are only those of the files together.
    pub fn at(&self, as_of: AsOf, records: Vec<Record>) -> Option<Draft> {
        let input = DraftInput {
            root: self.root.clone(),
            config: Arc::clone(self.config.as_ref()?),
            theme: self.theme.clone(),
            records,
            faulty: self.faulty(),
            diagnostics: Vec::new(),
        };
        Some(Draft::new(input, as_of, &NoProgress))
    }

    /// The project as a build at `now` would find it; `None` without a usable configuration.
    pub fn next_build(&self, now: Timestamp) -> Option<NextBuild> {
        let input = DraftInput {
            root: self.root.clone(),
            config: Arc::clone(self.config.as_ref()?),
            theme: self.theme.clone(),
            records: self.records(),
            faulty: self.faulty(),
            diagnostics: self.diagnostics(),
        };
        let files = self.files.iter();
        let files = files.map(|(path, file)| SourceFile { path: path.clone(), kind: file.kind, stamp: file.stamp });
        let sources = Sources { files: files.collect(), secrets: Vec::new() };
        let digests = self.files.values().map(|file| file.record.as_ref().and_then(Record::digest)).collect();
        Some(NextBuild { input, sources, digests, now })
    }

    /// Compares these paths, files and folders, with the disk, and reads the files that have changed.
    ///
    /// # Errors
    /// Only machine errors.
    pub fn look_at(&mut self, paths: &BTreeSet<PathBuf>) -> Result<Changes, MachineError> {
        let mut changes = Changes::default();
        let names: BTreeSet<String> = paths.iter().filter_map(|path| self.name_of(path)).collect();
        if [config::FILE, config::REDIRECTS_FILE, config::KNOWN_ERRORS_FILE].iter().any(|name| names.contains(*name)) {
            self.configure(&mut changes)?;
        }
        if changes.config || names.iter().any(|name| matches!(name.split('/').next(), Some("themes" | "i18n"))) {
            self.load_theme(&mut changes);
        }
        let mut last: Option<&str> = None;
        for name in &names {
            let is_inside = |folder: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            let is_source =
                name == CONTENT || below_content(name).is_some() || format!("{name}/").starts_with(COMMENTS);
            if !is_source || last.is_some_and(is_inside) {
                continue;
            }
            last = Some(name);
            self.look_below(name, true, &mut changes);
        }
        self.forget_moved(&mut changes);
        Ok(changes)
    }

    /// Compares everything with the disk and reads all files with new stamps, for when the changed paths are unknown.
    ///
    /// # Errors
    /// Only machine errors.
    pub fn look_everywhere(&mut self) -> Result<Changes, MachineError> {
        let mut changes = Changes::default();
        self.configure(&mut changes)?;
        self.load_theme(&mut changes);
        self.look_below(CONTENT, false, &mut changes);
        self.look_below(COMMENTS_FOLDER, false, &mut changes);
        self.forget_moved(&mut changes);
        Ok(changes)
    }

    /// Removes articles that existed before from the new ones.
    fn forget_moved(&self, changes: &mut Changes) {
        let record = |source: &String| self.files.get(source).and_then(|known| known.record.as_ref());
        let is_new =
            |source: &String| record(source).and_then(Record::digest).is_none_or(|it| !self.gone.contains(&it));
        changes.added.retain(is_new);
    }

    /// A path below the project's folder, in the notation of sources.
    fn name_of(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
        match parts {
            Some(parts) => Some(composed(&parts.join("/")).into_owned()),
            // Files with such names are found only through their folder.
            None => self.name_of(path.parent()?),
        }
    }

    /// Reads the configuration again. If it cannot be used, the last one stays.
    fn configure(&mut self, changes: &mut Changes) -> Result<(), MachineError> {
        let Reported { value: config, diagnostics } = configure(&self.root, None)?;
        changes.diagnostics |= diagnostics != self.of_config;
        let (config, before) = match (config, &self.config) {
            (Some(config), Some(before)) => (Arc::new(config), Arc::clone(before)),
            (Some(config), None) => {
                changes.config = true;
                return self.read_everything(config, diagnostics);
            }
            (None, _) => {
                self.of_config = diagnostics;
                return Ok(());
            }
        };
        self.of_config = diagnostics;
        changes.config = before.digest != config.digest;
        let reads_differently = inputs::settings(&before) != inputs::settings(&config);
        self.config = Some(config);
        if reads_differently {
            changes.records = true;
            let files = std::mem::take(&mut self.files);
            let sources = files.iter().map(|(path, file)| (path.clone(), file.kind, file.stamp)).collect();
            self.read(sources, files, changes);
        }
        Ok(())
    }

    /// Loads the theme again. If it cannot be used, the last one stays.
    fn load_theme(&mut self, changes: &mut Changes) {
        let Some(config) = &self.config else { return };
        let Reported { value: theme, diagnostics } = render::load(&self.root, &config.theme, &config.theme_options);
        changes.theme |= diagnostics != self.of_theme;
        self.of_theme = diagnostics;
        let Some(theme) = theme else { return };
        let is_same = self.theme.as_ref().is_some_and(|known| {
            known.digest == theme.digest && known.options == theme.options && known.pictures == theme.pictures
        });
        if !is_same {
            changes.theme = true;
            self.theme = Some(Arc::new(theme));
        }
    }

    /// Compares the files below a path with the disk. A path reported as changed is `suspect`: it is read again even if
    /// its stamp is the same.
    fn look_below(&mut self, path: &str, suspect: bool, changes: &mut Changes) {
        let Reported { value: Sources { files: there, .. }, diagnostics } = discover_at(&self.root, path);
        let found = by_path(diagnostics);
        let before = split_below(&mut self.of_paths, path);
        changes.diagnostics |= before != found;
        self.of_paths.extend(found);
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

    /// Reads files; `before` are their previous states, and those of files that are gone.
    fn read(
        &mut self,
        files: Vec<(String, SourceKind, Option<Stamp>)>,
        mut before: BTreeMap<String, LiveFile>,
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
        for (file, reported) in read {
            let is_faulty = reported.is_faulty();
            let Reported { value, diagnostics } = reported;
            // It was removed in the meantime.
            if value.is_none() && on_disk(&self.root, &file.path).symlink_metadata().is_err() {
                continue;
            }
            let known = before.remove(&file.path);
            let diagnostics = diagnostics.into_boxed_slice();
            let was = known.as_ref().map_or(&[][..], |known| &known.diagnostics);
            changes.diagnostics |= *was != *diagnostics;
            let is_new = known.is_none();
            // If the settings have changed, every file is read again, including untouched ones.
            let is_touched = known.as_ref().is_none_or(|known| known.stamp.is_none() || known.stamp != file.stamp);
            let was = known.and_then(|known| known.record);
            let record = value.filter(|_| !is_faulty).or_else(|| was.clone());
            note(&file, was, record.as_ref(), (is_new, is_touched), changes);
            let SourceFile { path, kind, stamp } = file;
            self.files.insert(path, LiveFile { kind, stamp, record, diagnostics });
        }
        self.gone.extend(before.values().filter_map(|known| known.record.as_ref().and_then(Record::digest)));
        changes.records |= !before.is_empty();
        changes.diagnostics |= before.values().any(|known| !known.diagnostics.is_empty());
    }
}

/// Records the changes to a file that has been read again. Most editors create an empty file first, so an article
/// counts as new when it first has content.
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

/// Removes and returns the entries at a path and below it.
fn split_below<V>(map: &mut BTreeMap<String, V>, path: &str) -> BTreeMap<String, V> {
    let (first, after) = ([path, "/"].concat(), [path, "0"].concat());
    let below = (Bound::Included(first), Bound::Excluded(after));
    let mut taken: BTreeMap<String, V> = map.extract_if(below, |_, _| true).collect();
    taken.extend(map.remove_entry(path));
    taken
}
