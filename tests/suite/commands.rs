//! The program as people and scripts call it: its output, the files that it writes, and its exit code.

mod build;
mod check;
mod clock;
mod comments;
mod correct;
mod editions;
mod new;
mod packages;
mod pictures;
mod preview;
mod schedule;
mod story;
mod theme;
mod tolerate;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The output of a finished run.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Ran {
        assert!(self.err.contains(text), "not `{text}` but: {}", self.err);
        self
    }

    #[track_caller]
    fn prints(self, text: &str) -> Ran {
        assert!(self.out.contains(text), "not `{text}` but: {}", self.out);
        self
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env("TZ", "UTC").env_remove("CLICOLOR_FORCE");
    command
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    ran(command(folder, arguments).output().unwrap())
}

/// A new site in `<temporary folder>/paper`.
fn new_site() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "site", "paper"]).exits(0);
    let root = folder.path().join("paper");
    (folder, root)
}

fn new_article<'a>(root: &Path, title: &'a str, more: &[&'a str]) -> Ran {
    let mut arguments = vec!["new", "article", "--section", "local", "--author", "jane-doe"];
    arguments.extend(more);
    arguments.extend(["--", title]);
    run(root, &arguments)
}

/// Every file below a folder, with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_path_buf(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn every_command_has_help_for_newcomers() {
    let here = tempfile::tempdir().unwrap();
    let of_the_clock = [&["due"][..], &["status"], &["schedule"], &["theme"]];
    for command in [&["build"][..], &["new"], &["new", "site"], &["new", "author"], &["new", "article"]]
        .into_iter()
        .chain(of_the_clock)
    {
        let long =
            run(here.path(), &[command, &["--help"]].concat()).exits(0).prints("Usage: presswork").prints("Examples:");
        assert_eq!(long.err, "");
        run(here.path(), &[&["help"], command].concat()).exits(0).prints("Usage: presswork");
    }
    run(here.path(), &["--help"]).exits(0).prints("build").prints("new").prints("presswork new site my-paper");
    run(here.path(), &["--version"]).exits(0).prints(&format!("presswork {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_bare_program_prints_its_help() {
    let here = tempfile::tempdir().unwrap();
    run(here.path(), &[]).exits(0).prints("Usage: presswork").prints("Start a paper:");
    run(here.path(), &["new"]).exits(2).says("Usage: presswork new");
}

#[test]
fn the_help_of_build_names_every_flag() {
    let here = tempfile::tempdir().unwrap();
    let help = run(here.path(), &["build", "--help"]).exits(0).out;
    for flag in "root output base-url at drafts threads clean deny-warnings keep-urls format quiet".split(' ') {
        assert!(help.contains(&format!("--{flag}")), "{flag}");
    }
}

#[test]
fn mistyped_commands_and_flags_get_a_suggestion() {
    let here = tempfile::tempdir().unwrap();
    run(here.path(), &["biuld"]).exits(2).says("'build'");
    run(here.path(), &["new", "artcle"]).exits(2).says("'article'");
    run(here.path(), &["build", "--draft"]).exits(2).says("'--drafts'");
    run(here.path(), &["build", "--deny-warning"]).exits(2).says("'--deny-warnings'");
    run(here.path(), &["build", "--format", "jsn"]).exits(2).says("'json'");
}

#[test]
fn impossible_values_are_refused() {
    let (_keep, root) = new_site();
    for threads in ["0", "-1", "1025", "many"] {
        run(&root, &["build", &format!("--threads={threads}")]).exits(2).says("--threads");
    }
    run(&root, &["build", "--at", "2026-02-30"]).exits(2).says("2026-02-30").says("2018-11-22");
    run(&root, &["build", "--now", "noon"]).exits(2).says("--now");
    run(&root, &["build", "--base-url", "example.org"]).exits(2).says("https://");
    assert!(!root.join("public").exists());
}

#[test]
fn a_local_time_is_in_the_sites_time_zone() {
    let (_keep, root) = new_site();
    let text = fs::read_to_string(root.join("site.yaml")).unwrap();
    let lines = text.lines().map(|line| if line.starts_with("timezone:") { "timezone: Europe/Lisbon" } else { line });
    fs::write(root.join("site.yaml"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    let twice = "2026-10-25T01:30";
    run(&root, &["build", "--at", twice]).exits(2).says("2026-10-25T01:30:00+01:00").says("2026-10-25T01:30:00+00:00");
    run(&root, &["build", "--at", "2026-10-25T01:30+01:00"]).exits(0);
}

#[test]
fn without_a_site_the_program_says_where_to_begin() {
    let here = tempfile::tempdir().unwrap();
    run(here.path(), &["build"]).exits(2).says("site.yaml").says("presswork new site");
    run(here.path(), &["new", "article", "A", "--section", "b", "--author", "c"]).exits(2).says("--root");
    run(here.path(), &["new", "author", "A", "--root", "nowhere"]).exits(2).says("nowhere");
}

#[test]
fn nothing_is_coloured_outside_a_terminal() {
    let (_keep, root) = new_site();
    fs::write(root.join("site.yaml"), "titel: x\n").unwrap();
    for arguments in [&["build"][..], &["build", "--help"], &["biuld"], &["new", "author", "A"]] {
        let ran = run(&root, arguments);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{}{}", ran.out, ran.err);
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_an_error() {
    let (_keep, root) = new_site();
    for arguments in
        [&["--help"][..], &["build"], &["build", "--format", "json"], &["new", "author", "Ann"], &["--version"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(&root, arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        ran(output).exits(0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_at_standard_output_is_a_machine_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let here = tempfile::tempdir().unwrap();
    let output = command(here.path(), &["--help"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    ran(output).exits(2).says("standard output");
}
