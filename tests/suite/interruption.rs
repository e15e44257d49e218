//! Builds that are killed, run out of space, lack permissions or meet another build; and readers during a build.
#![allow(clippy::disallowed_methods, reason = "when to kill is measured, and whether to mount comes from the system")]

mod kill;
mod machine;
mod readers;
mod together;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with the arguments for building a project.
fn command(root: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command
        .args(["build", "--now", "2026-11-22", "--allow-removals", "99", "--root"])
        .arg(root)
        .args(more)
        .stdin(Stdio::null())
        .env("TZ", "UTC");
    command
}

/// Exit code, standard output and standard error of a finished run; fails if it panicked.
fn said(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    (output.status.code(), out, err)
}
