//! Golden sites: every folder of `tests/sites/` is a site with its expected output or report.
//!
//! A folder `tests/sites/<behaviour>/` contains a site (`site.yaml`, `content/`, `themes/`, …) and beside it
//!
//! - `expected/`, the whole output tree, compared byte by byte; missing and extra files fail,
//! - `expected.txt`, the report as people read it, for a site with errors or warnings (both, for a site with
//!   warnings whose tree matters too),
//! - `at` (optional): the instant of the build instead of 2026-11-22T12:00:00Z, or several in order, each on a line
//!   `name instant`: then the tree and the report of each are in `expected/name/` and `expected/name.txt`, and the
//!   site is also built at one after the other with the ledger, with the same results,
//! - `options` (optional): lines of `drafts`, `preview`, `deny-warnings`, `base-url URL`,
//! - `setup` (optional): files that git cannot hold (see `tests/setup/mod.rs`).
//!
//! Themes of `tests/themes/` that `site.yaml` or a `theme.yaml` names are supplied. Each site is built in a copy,
//! twice: the second build must change nothing. `UPDATE_EXPECTED=1 cargo test --test sites` rewrites what is
//! expected; read the diff.
#![allow(clippy::disallowed_methods, reason = "UPDATE_EXPECTED comes from the environment")]

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use libtest_mimic::{Arguments, Trial};
use presswork::build::{BuildOptions, NoProgress, Outcome, Phase, Progress, Project, build};
use presswork::cli::report;
use presswork::diagnostic::{Code, Diagnostic, has_errors};
use presswork::site::Preview;
use unicode_normalization::UnicodeNormalization;

mod setup;
mod tree;

const INSTANT: &str = "2026-11-22T12:00:00Z";
const NOT_OF_THE_SITE: &[&str] = &["expected", "expected.txt", "at", "options", "setup", ".presswork"];

fn main() -> io::Result<()> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut trials = vec![
        Trial::test("setup_words_are_read", || Ok(setup::check_words()?)),
        Trial::test("a_change_while_building_is_reported", || Ok(a_change_while_building_is_reported()?)),
        Trial::test("a_frozen_page_never_changes", || Ok(a_frozen_page_never_changes()?)),
        Trial::test("decomposed_names_give_the_same_site", || Ok(decomposed_names_give_the_same_site()?)),
    ];
    let update = std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value != "0");
    let bound = !is_root()?;
    for folder in folders(&tests.join("sites"))? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let needs = fs::read_to_string(folder.join("setup")).is_ok_and(|script| setup::needs_permissions(&script));
        if needs && !bound {
            eprintln!("skipped: {name}: root may read every file, so its `chmod` would mean nothing");
        }
        let golden = Golden { folder, themes: tests.join("themes"), moment: None, update };
        let moments = golden.moments().map_err(io::Error::other)?;
        for moment in &moments {
            let golden = Golden { moment: Some(moment.clone()), ..golden.clone() };
            trials.push(Trial::test(format!("{name}/{}", moment.name), move || Ok(golden.prove()?)));
        }
        trials.push(match moments.is_empty() {
            true => Trial::test(name, move || Ok(golden.prove()?)).with_ignored_flag(needs && !bound),
            false => Trial::test(name, move || Ok(golden.prove_by_the_clock(&moments)?)),
        });
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// An editor saves an article after its front matter has been read and before its text has.
fn a_change_while_building_is_reported() -> Result<(), String> {
    struct Editor(PathBuf);
    impl Progress for Editor {
        fn begin(&self, phase: Phase, _items: usize) {
            if phase == Phase::Rendering {
                let _ = fs::write(&self.0, "---\ntitle: Saved just now\ndate: 2026-05-02\n---\nOther words.\n");
            }
        }
        fn advance(&self, _items: usize) {}
    }
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let golden =
        Golden { folder: tests.join("sites/paging-3"), themes: tests.join("themes"), moment: None, update: false };
    let temporary = tempfile::tempdir().map_err(text)?;
    let root = temporary.path().join("site");
    golden.prepare(&root)?;
    let editor = Editor(root.join("content/news/story-2.md"));
    let outcome = build(&golden.options(&root)?, &editor).map_err(|error| error.0)?;
    let printed = report::to_plain_text(&outcome.diagnostics, &root);
    let expected = "error[changed-while-building]: the file changed while the site was being built\n  \
        ┌ content/news/story-2.md\n  hint: build again\n\n";
    match printed == expected && outcome.summary.is_none() && !root.join("public").exists() {
        true => Ok(()),
        false => Err(format!("another report was wanted, and nothing published:\n{printed}")),
    }
}

/// The sites `paging-3` to `paging-6` are one section that grows: a page that was full once never changes.
fn a_frozen_page_never_changes() -> Result<(), String> {
    let sites = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    let page = |stories: usize, number: usize| {
        let path = sites.join(format!("paging-{stories}/expected/news/page/{number}/index.html"));
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let first = page(4, 1)?;
    if first != page(5, 1)? || first != page(6, 1)? {
        return Err("page 1 changes when stories come".to_owned());
    }
    match page(4, 2)?.contains("url=/news/\"") && page(6, 2)?.contains("<p>Page 2</p>") {
        true => Ok(()),
        false => Err("page 2 must lead to the front until it is full".to_owned()),
    }
}

/// Archives packed on a Mac have decomposed file names (Unicode form D). They are the same names.
fn decomposed_names_give_the_same_site() -> Result<(), String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut sites = 0;
    for folder in folders(&tests.join("sites")).map_err(text)? {
        let name = folder.display().to_string();
        let golden = Golden { folder, themes: tests.join("themes"), moment: None, update: false };
        if !golden.moments()?.is_empty() || golden.read("setup").is_some_and(|script| setup::needs_permissions(&script))
        {
            continue;
        }
        let temporary = tempfile::tempdir().map_err(text)?;
        let root = temporary.path().join("site");
        golden.prepare(&root)?;
        if decompose(&root.join("content")).map_err(text)? == 0 {
            continue;
        }
        sites += 1;
        let outcome = run(&golden.options(&root)?)?;
        let printed = report::to_plain_text(&outcome.diagnostics, &root);
        let built = tree::read(&root.join("public")).map_err(text)?;
        golden.compare(outcome.summary.is_none(), &printed, &built).map_err(|why| format!("{name}: {why}"))?;
    }
    match sites {
        0..5 => Err(format!("only {sites} sites have names that can be decomposed")),
        _ => Ok(()),
    }
}

/// Decomposes every name in a folder, and returns the number of names that have changed.
fn decompose(folder: &Path) -> io::Result<usize> {
    let mut changed = 0;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    for entry in entries {
        if entry.file_type()?.is_dir() {
            changed += decompose(&entry.path())?;
        }
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let decomposed: String = name.nfd().collect();
        if decomposed != name && !folder.join(&decomposed).exists() {
            fs::rename(entry.path(), folder.join(decomposed))?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// True if files created by this process belong to root.
fn is_root() -> io::Result<bool> {
    Ok(tempfile::tempdir()?.path().metadata()?.uid() == 0)
}

/// The folders in `parent`, sorted; none if it does not exist.
fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    if !parent.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(parent)?.map(|entry| entry.map(|entry| entry.path()));
    let mut folders: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    folders.retain(|path| path.is_dir());
    folders.sort();
    Ok(folders)
}

/// One folder of `tests/sites/`, at one of its instants if it has several.
#[derive(Clone)]
struct Golden {
    folder: PathBuf,
    themes: PathBuf,
    moment: Option<Instant>,
    update: bool,
}

/// One of several instants.
#[derive(Clone)]
struct Instant {
    name: String,
    now: Timestamp,
}

impl Golden {
    fn prove(&self) -> Result<(), String> {
        let temporary = tempfile::tempdir().map_err(text)?;
        let root = temporary.path().join("site");
        self.prepare(&root)?;
        let options = self.options(&root)?;
        let public = root.join("public");
        let before = tree::read(&public).map_err(text)?;
        let first = run(&options)?;
        let built = tree::read(&public).map_err(text)?;
        let printed = report::to_plain_text(&first.diagnostics, &root);
        if has_errors(&first.diagnostics) && first.summary.is_some() {
            return Err(format!("there are errors, but the build went on to commit:\n{printed}"));
        }
        reports_alike(&options, &first.diagnostics)?;
        let failed = first.summary.is_none();
        if failed && let Some(difference) = tree::difference(&before, &built) {
            return Err(format!("the build failed, but the output folder changed:\n{difference}"));
        }
        if !failed {
            build_again(&options, &public, &built)?;
        }
        match self.update {
            true => self.update(failed, &printed, &built).map_err(text),
            false => self.compare(failed, &printed, &built),
        }
    }

    /// The instants of a site that is built at several.
    fn moments(&self) -> Result<Vec<Instant>, String> {
        let at = self.read("at").unwrap_or_default();
        let named = at.lines().filter_map(|line| line.trim().split_once(' '));
        named.map(|(name, now)| Ok(Instant { name: name.to_owned(), now: instant(now)? })).collect()
    }

    /// Only time passes: each build has the ledger of the previous one, and gives the same as a clean build.
    fn prove_by_the_clock(&self, moments: &[Instant]) -> Result<(), String> {
        let temporary = tempfile::tempdir().map_err(text)?;
        let root = temporary.path().join("site");
        self.prepare(&root)?;
        for moment in moments.iter().filter(|_| !self.update) {
            let golden = Golden { moment: Some(moment.clone()), ..self.clone() };
            let outcome = run(&golden.options(&root)?)?;
            let printed = report::to_plain_text(&outcome.diagnostics, &root);
            let built = tree::read(&root.join("public")).map_err(text)?;
            let compared = golden.compare(outcome.summary.is_none(), &printed, &built);
            compared.map_err(|difference| format!("{}: {difference}", moment.name))?;
        }
        Ok(())
    }

    /// The expected tree and report.
    fn expected(&self) -> (PathBuf, PathBuf) {
        let expected = self.folder.join("expected");
        match &self.moment {
            Some(Instant { name, .. }) => (expected.join(name), expected.join(format!("{name}.txt"))),
            None => (expected, self.folder.join("expected.txt")),
        }
    }

    /// Copies the site, with its themes and the files that `setup` creates.
    fn prepare(&self, root: &Path) -> Result<(), String> {
        tree::copy(&self.folder, root, NOT_OF_THE_SITE).map_err(text)?;
        for theme in folders(&self.themes).map_err(text)? {
            let name = theme.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let to = root.join("themes").join(&name);
            if !to.exists() && uses_theme(root, &name) {
                tree::copy(&theme, &to, &[]).map_err(text)?;
            }
        }
        match self.read("setup") {
            Some(script) => setup::run(&script, root),
            None => Ok(()),
        }
    }

    fn options(&self, root: &Path) -> Result<BuildOptions, String> {
        let now = match &self.moment {
            Some(moment) => moment.now,
            None => instant(&self.read("at").unwrap_or_else(|| INSTANT.to_owned()))?,
        };
        let mut options = BuildOptions::new(root.to_owned(), now);
        for line in self.read("options").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once(' ') {
                None if line == "drafts" => options.drafts = true,
                None if line == "preview" => {
                    options.preview = Some(Preview { at: Some(now), drafts: options.drafts });
                }
                None if line == "deny-warnings" => options.deny_warnings = true,
                None if line == "verify" => options.verify = true,
                Some(("base-url", url)) => options.base_url = Some(url.trim().to_owned()),
                _ => {
                    return Err(format!(
                        "options: no option `{line}`; there are drafts, preview, deny-warnings, verify, base-url URL"
                    ));
                }
            }
        }
        Ok(options)
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }

    fn compare(&self, failed: bool, printed: &str, built: &tree::Tree) -> Result<(), String> {
        let (expected, report) = self.expected();
        let report = fs::read_to_string(report).ok();
        if !expected.exists() && report.is_none() {
            return Err("neither expected/ nor expected.txt; UPDATE_EXPECTED=1 writes them".to_owned());
        }
        if report.as_deref().unwrap_or_default() != printed {
            let difference = tree::line_difference(report.unwrap_or_default().as_bytes(), printed.as_bytes());
            return Err(format!("the report differs: expected.txt{difference}\n  the whole report:\n{printed}"));
        }
        if expected.exists() && failed {
            return Err("there is an expected/, but the build failed".to_owned());
        }
        let difference = expected.exists().then(|| tree::read(&expected)).transpose().map_err(text)?;
        match difference.and_then(|wanted| tree::difference(&wanted, built)) {
            Some(difference) => Err(format!("the output differs:\n{difference}")),
            None => Ok(()),
        }
    }

    /// Writes the actual results as the expected ones. If somebody has removed `expected/` from a site with warnings,
    /// only the report is written.
    fn update(&self, failed: bool, printed: &str, built: &tree::Tree) -> io::Result<()> {
        let (expected, report) = self.expected();
        let only_report = !printed.is_empty() && report.exists() && !expected.exists();
        if expected.exists() {
            fs::remove_dir_all(&expected)?;
        }
        if !failed && !only_report {
            tree::write(&expected, built)?;
        }
        match printed.is_empty() {
            true if report.exists() => fs::remove_file(report),
            true => Ok(()),
            false => fs::write(report, printed),
        }
    }
}

/// True if `site.yaml` or the `theme.yaml` of one of the site's own themes names this theme.
fn uses_theme(root: &Path, name: &str) -> bool {
    let names = |file: PathBuf, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().any(|line| line.split_once(':').is_some_and(|(k, value)| k == key && value.trim() == name))
    };
    let own = folders(&root.join("themes")).unwrap_or_default();
    names(root.join("site.yaml"), "theme") || own.iter().any(|theme| names(theme.join("theme.yaml"), "extends"))
}

/// Codes that only reading, assembling and planning report.
const BEFORE_RENDERING: [Code; 9] = [
    Code::DuplicateId,
    Code::HostLimit,
    Code::NoAuthor,
    Code::RouteCollision,
    Code::UnknownAuthor,
    Code::UnknownPick,
    Code::UnknownTaxonomy,
    Code::UnmatchedPublish,
    Code::UnusedTerm,
];

/// Commands that build nothing report the same as a build, except for the problems that only rendering finds.
fn reports_alike(options: &BuildOptions, built: &[Diagnostic]) -> Result<(), String> {
    if options.drafts || options.preview.is_some() || options.base_url.is_some() {
        return Ok(());
    }
    let opened = Project::open(&options.root).map_err(|error| error.0)?;
    let draft = opened.value.map_or(opened.diagnostics, |project| project.at(options.now).report());
    if let Some(extra) = draft.iter().find(|found| !built.contains(found)) {
        return Err(format!("a draft has a diagnostic that the build does not report: {extra:?}"));
    }
    let is_missing = |found: &&Diagnostic| !draft.contains(found) && BEFORE_RENDERING.contains(&found.code);
    match built.iter().find(is_missing) {
        Some(missing) => Err(format!("the build reports what a draft does not have: {missing:?}")),
        None => Ok(()),
    }
}

/// A second build of unchanged sources writes nothing and removes nothing.
fn build_again(options: &BuildOptions, public: &Path, built: &tree::Tree) -> Result<(), String> {
    let summary = run(options)?.summary.ok_or("the second build of the same sources failed")?;
    if let Some(difference) = tree::difference(built, &tree::read(public).map_err(text)?) {
        return Err(format!("the second build of the same sources changed the output:\n{difference}"));
    }
    match (summary.written, summary.removed) {
        (0, 0) => Ok(()),
        (written, removed) => Err(format!("the second build says {written} written, {removed} removed")),
    }
}

fn instant(written: &str) -> Result<Timestamp, String> {
    written.trim().parse().map_err(|error| format!("at: `{}` is no instant: {error}", written.trim()))
}

fn run(options: &BuildOptions) -> Result<Outcome, String> {
    build(options, &NoProgress).map_err(|error| format!("the build could not run: {}", error.0))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
