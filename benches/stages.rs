//! One benchmark per stage of the pipeline, on a generated site of 2,000 articles: `cargo bench`.

#![allow(clippy::disallowed_methods, reason = "where the theme to compare with lies is in the environment")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use presswork::build::{BuildOptions, Draft, NoProgress, Project, build};
use presswork::plan::plan;
use presswork::read::{self, Record, Settings};
use presswork::reader::record;
use presswork::render::{self, Renderer};
use presswork::site::assemble;
use presswork::source::{Sources, discover};
use rayon::prelude::*;
use tempfile::TempDir;

const ARTICLES: usize = 2_000;
const AUTHORS: usize = 40;
const TAGS: usize = 120;
const SECTIONS: [&str; 6] = ["world", "politics", "business", "science", "sport", "culture"];
/// The variable with the folder of an earlier theme.
const EARLIER: &str = "PRESSWORK_BENCH_EARLIER";
const NOW: i64 = 1_800_000_000;

static NEWSROOM: LazyLock<Newsroom> = LazyLock::new(Newsroom::generate);

fn main() {
    divan::main();
}

/// A generated project, and the results of its stages.
struct Newsroom {
    folder: TempDir,
    project: Project,
    draft: Draft,
}

impl Newsroom {
    fn generate() -> Newsroom {
        let folder = TempDir::new().expect("a temporary folder can be made");
        write_site(folder.path());
        let project = open(folder.path());
        let draft = project.at(now());
        Newsroom { folder, project, draft }
    }

    /// A draft with a theme that is not the project's own.
    fn draft_with(&self, theme: &str) -> Draft {
        let theme = render::load(self.folder.path(), theme, &BTreeMap::new()).value.expect("the theme loads");
        let mut project = open(self.folder.path());
        project.theme = Some(Arc::new(theme));
        project.at(now())
    }
}

fn open(root: &Path) -> Project {
    Project::open(root).expect("the machine is sound").value.expect("the configuration is valid")
}

const SITE: &str = "title: The Bench\nbase_url: https://example.org/\ntheme: bare\n";

fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(NOW).expect("a valid instant")
}

fn read_all(root: &Path, sources: &Sources, settings: &Settings) -> Vec<Record> {
    sources.files.par_iter().filter_map(|file| read::read(root, file, settings).value).collect()
}

/// A generator of numbers that is the same on every machine (a linear congruential one).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
    fs::write(path, text).expect("files can be written");
}

fn write_site(root: &Path) {
    put(root, "site.yaml", SITE);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&repository.join("benches/themes/bare"), &root.join("themes/bare"));
    copy(&repository.join("themes/broadsheet"), &root.join("themes/broadsheet"));
    if let Some(earlier) = std::env::var_os(EARLIER) {
        copy(Path::new(&earlier), &root.join("themes/earlier"));
    }
    for id in 0..AUTHORS {
        put(
            root,
            &format!("content/authors/author-{id}.md"),
            &format!(
                "---\nname: Author Number {id}\nrole: Reporter\nemail: a{id}@example.org\n---\n\nCovers beat {id}.\n"
            ),
        );
    }
    let mut dice = Dice(1);
    for number in 0..ARTICLES {
        let section = SECTIONS[dice.below(SECTIONS.len())];
        put(root, &format!("content/{section}/story-{number}.md"), &article(number, &mut dice));
    }
}

fn article(number: usize, dice: &mut Dice) -> String {
    let mut text = format!(
        "---\ntitle: \"Story {number}: what happened\"\ndate: {}-{:02}-{:02} {:02}:30\nauthors: [author-{}, author-{}]\ntags: [tag-{}, tag-{}]\nsummary: A summary of story {number} in one sentence.\n---\n\n",
        2016 + number * 10 / ARTICLES,
        1 + dice.below(12),
        1 + dice.below(28),
        dice.below(24),
        dice.below(AUTHORS),
        dice.below(AUTHORS),
        dice.below(TAGS),
        dice.below(TAGS),
    );
    for paragraph in 0..8 {
        for _ in 0..6 {
            // Writing to a String cannot fail.
            let _ = write!(text, "The council met on matter {} and *agreed* to look again. ", dice.below(1000));
        }
        text.push_str(if paragraph == 3 { "\n\n## What comes next\n\n" } else { "\n\n" });
    }
    text
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a file's type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::create_dir_all(to).expect("folders can be made");
            fs::copy(entry.path(), target).expect("files can be copied");
        }
    }
}

#[divan::bench]
fn discover_sources(bencher: Bencher) {
    let root = NEWSROOM.folder.path();
    bencher.bench(|| discover(black_box(root)));
}

#[divan::bench]
fn read_records(bencher: Bencher) {
    let Project { root, config, sources, .. } = &NEWSROOM.project;
    let settings = Settings::from(&**config);
    bencher.bench(|| read_all(root, black_box(sources), &settings));
}

#[divan::bench]
fn assemble_site(bencher: Bencher) {
    let Project { config, records, .. } = &NEWSROOM.project;
    bencher
        .with_inputs(|| records.clone())
        .bench_values(|records| assemble(records, BTreeSet::new(), config, now(), false));
}

#[divan::bench]
fn plan_outputs(bencher: Bencher) {
    let Draft { site, config, .. } = &NEWSROOM.draft;
    bencher.bench(|| plan(black_box(site), config, &[], &[], &[], &|_| true));
}

#[divan::bench]
fn render_outputs(bencher: Bencher) {
    let mut draft = NEWSROOM.project.at(now());
    let renderer = renderer(&mut draft);
    let (_, plan) = renderer.viewer().reader.everything();
    bencher.bench(|| {
        plan.outputs.par_iter().for_each(|output| {
            black_box(renderer.render(output, renderer.prepare(output)));
        });
        renderer.viewer().forget();
    });
}

fn renderer(draft: &mut Draft) -> Renderer<'_> {
    draft.renderer().expect("views can be shown").expect("the theme loads").value
}

/// The themes that `render_articles` compares: the default theme, and an earlier one in a folder that
/// `benches/theme.sh` names.
fn themes() -> Vec<&'static str> {
    let mut themes = vec!["bare", "broadsheet"];
    if std::env::var_os(EARLIER).is_some() {
        themes.push("earlier");
    }
    themes
}

/// The articles alone, one after the other, with one theme and another.
#[divan::bench(args = themes(), sample_count = 10)]
fn render_articles(bencher: Bencher, name: &str) {
    let mut draft = NEWSROOM.draft_with(name);
    let renderer = renderer(&mut draft);
    let (_, plan) = renderer.viewer().reader.everything();
    bencher.bench(|| {
        for output in plan.outputs.iter().filter(|output| output.article().is_some()) {
            black_box(renderer.render(output, renderer.prepare(output)));
        }
        renderer.viewer().forget();
    });
}

/// The work of a build with a ledger for outputs whose answers may have changed.
#[divan::bench]
fn fingerprint_outputs(bencher: Bencher) {
    let mut draft = NEWSROOM.project.at(now());
    let renderer = renderer(&mut draft);
    let (_, plan) = renderer.viewer().reader.everything();
    bencher.bench(|| {
        plan.outputs.par_iter().for_each(|output| {
            black_box(record(|| renderer.fingerprint(output, &renderer.prepare(output))));
        });
        renderer.forget();
    });
}

fn options(output: &TempDir) -> BuildOptions {
    let output = Some(output.path().join("public"));
    BuildOptions { output, ..BuildOptions::new(NEWSROOM.folder.path().to_owned(), now()) }
}

#[divan::bench(sample_count = 10)]
fn build_cold(bencher: Bencher) {
    bencher
        .with_inputs(|| TempDir::new().expect("a temporary folder can be made"))
        .bench_refs(|output| build(&options(output), &NoProgress).expect("the machine is sound"));
}

#[divan::bench(sample_count = 10)]
fn build_unchanged(bencher: Bencher) {
    let output = TempDir::new().expect("a temporary folder can be made");
    let options = options(&output);
    bencher.bench(|| build(&options, &NoProgress).expect("the machine is sound"));
}
