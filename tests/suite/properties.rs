//! Properties of any site: the same bytes however it is built, nothing outside the output folder, no panic.
//!
//! 64 cases each; `PROPTEST_CASES=1000 cargo test --test suite properties::` runs more.
#![allow(clippy::disallowed_methods, reason = "PROPTEST_CASES comes from the environment")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::tree::{self, Tree};
use presswork::build::{BuildOptions, NoProgress, Outcome, build};
use presswork::cli::report;
use presswork::diagnostic::{Code, has_errors};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use rayon::ThreadPoolBuilder;
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization;

mod sites;

use sites::{Files, Mutation, Story, any_site, hostile_site, mutation, site};

const INSTANT: &str = "2026-11-22T12:00:00Z";
/// A placeholder in generated texts for the folder around the site, so that absolute paths can try to reach it.
const OUTSIDE: &str = "@OUTSIDE@";

fn config() -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { 64 };
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn threads_and_order_on_disk_make_no_difference(Files(files) in any_site(), seed in any::<u64>()) {
        let (alone, together) = (SiteFolder::new(), SiteFolder::new());
        tree::write(&alone.root, &files).unwrap();
        tree::write(&together.root, shuffled(&files, seed)).unwrap();
        let first = with_threads(1, || alone.build());
        let second = with_threads(4, || together.build());
        prop_assert_eq!(alone.report(&first), together.report(&second));
        prop_assert_eq!(tree::difference(&alone.public(), &together.public()), None);
    }

    #[test]
    fn building_after_an_edit_gives_what_a_clean_build_gives(Files(before) in any_site(), Files(after) in any_site()) {
        let (edited, clean) = (SiteFolder::new(), SiteFolder::new());
        tree::write(&edited.root, &before).unwrap();
        edited.build();
        let old = edited.public();
        edited.rewrite(&after);
        tree::write(&clean.root, &after).unwrap();
        let (outcome, wanted) = (edited.build(), clean.build());
        prop_assert_eq!(edited.report(&outcome), clean.report(&wanted));
        let wanted = if wanted.summary.is_some() { clean.public() } else { old };
        prop_assert_eq!(tree::difference(&wanted, &edited.public()), None);
    }

    #[test]
    fn nothing_is_written_outside_the_output_folder(Files(files) in hostile_site()) {
        let site_folder = SiteFolder::new();
        let outside = site_folder.folder.path().to_string_lossy().into_owned();
        let here = |text: &Vec<u8>| String::from_utf8_lossy(text).replace(OUTSIDE, &outside).into_bytes();
        let files: Tree = files.iter().map(|(path, text)| (path.clone(), here(text))).collect();
        tree::write(&site_folder.root, &files).unwrap();
        let before = site_folder.surroundings();
        let outcome = site_folder.build();
        prop_assert_eq!(tree::difference(&before, &site_folder.surroundings()), None);
        if outcome.summary.is_none() {
            prop_assert_eq!(tree::difference(&Tree::new(), &site_folder.public()), None);
        }
    }

    #[test]
    fn routes_are_unique_even_by_case_and_normalization(Files(files) in hostile_site()) {
        let site_folder = SiteFolder::new();
        tree::write(&site_folder.root, &files).unwrap();
        site_folder.build();
        let mut seen = BTreeMap::new();
        for path in site_folder.public().into_keys() {
            let folded: String = path.to_string_lossy().nfc().collect::<String>().to_lowercase().nfc().collect();
            if let Some(other) = seen.insert(folded, path.clone()) {
                prop_assert!(false, "{} and {}", other.display(), path.display());
            }
        }
    }

    #[test]
    fn no_bytes_make_a_build_panic(
        file in select(sites::FILES.to_vec()),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let site_folder = SiteFolder::new();
        let mut files = site(&[Story::default()]);
        let bytes = files.get_mut(Path::new(file)).expect("a file of every site");
        mutations.into_iter().for_each(|mutation: Mutation| mutation.apply(bytes));
        tree::write(&site_folder.root, &files).unwrap();
        let outcome = site_folder.build();
        prop_assert_eq!(has_errors(&outcome.diagnostics), outcome.summary.is_none());
    }
}

/// Without this, the properties could hold because no generated site builds at all.
#[test]
fn the_generated_site_builds() {
    let site_folder = SiteFolder::new();
    tree::write(&site_folder.root, &site(&[Story::default()])).unwrap();
    let outcome = site_folder.build();
    assert_eq!(site_folder.report(&outcome), "");
    assert!(site_folder.public().len() > 1, "{:?}", site_folder.public().keys());
}

/// A temporary folder with a site in it.
struct SiteFolder {
    folder: TempDir,
    root: PathBuf,
}

impl SiteFolder {
    fn new() -> SiteFolder {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/themes/plain");
        tree::copy(&theme, &root.join("themes/plain"), &[]).unwrap();
        SiteFolder { folder, root }
    }

    /// Replaces the sources and keeps the files of earlier builds.
    fn rewrite(&self, files: &Tree) {
        std::fs::remove_dir_all(self.root.join("content")).unwrap();
        tree::write(&self.root, files).unwrap();
    }

    fn build(&self) -> Outcome {
        let options = BuildOptions {
            allow_removals: usize::MAX,
            ..BuildOptions::new(self.root.clone(), INSTANT.parse().unwrap())
        };
        build(&options, &NoProgress).unwrap_or_else(|error| panic!("the build could not run: {}", error.0))
    }

    /// The printed report, without warnings about moves, which depend on the last build.
    fn report(&self, outcome: &Outcome) -> String {
        let lasting = outcome
            .diagnostics
            .iter()
            .filter(|found| !matches!(found.code, Code::MovedUrl | Code::DeletedStory | Code::SilentEdit));
        report::to_plain_text(&lasting.cloned().collect::<Vec<_>>(), &self.root)
    }

    fn public(&self) -> Tree {
        tree::read(&self.root.join("public")).unwrap()
    }

    /// All files except those that a build may write.
    fn surroundings(&self) -> Tree {
        let mut files = tree::read(self.folder.path()).unwrap();
        files.retain(|path, _| !path.starts_with("site/public") && !path.starts_with("site/.presswork"));
        files
    }
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// The files in another order, so that the file system lists them differently.
fn shuffled(files: &Tree, seed: u64) -> Vec<(&PathBuf, &Vec<u8>)> {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_cached_key(|(path, _)| {
        let text = path.to_string_lossy();
        text.bytes().fold(seed | 1, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    });
    files
}
