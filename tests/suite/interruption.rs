//! Builds that are killed, that run out of space, that may not write or that meet another build; and readers who look
//! on while a build publishes.
#![allow(clippy::disallowed_methods, reason = "when to kill is measured, and whether to mount comes from the system")]

mod kill;
mod machine;
mod readers;
mod together;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program, told to build a project.
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

/// Exit code, standard output and standard error of a finished run, none of which may be a panic.
fn said(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    (output.status.code(), out, err)
}
