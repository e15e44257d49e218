//! Prints the result of a deploy.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::super::report::{byte_count, count};
use super::super::shared::Format;
use super::super::{Failure, SITE_HAS_ERRORS, print_line, print_message};
use super::DeployArgs;
use crate::deploy::{DeployPlan, DeployReport, Differing, GitReport};

/// A finished call.
pub(super) enum DeployResult {
    Deployed(DeployReport),
    Planned(DeployPlan),
    /// The number of files compared, and those that differ.
    Verified(usize, Vec<(String, Differing)>),
}

/// Prints results in the format that was asked for.
pub(super) struct Printer<'p> {
    pub arguments: &'p DeployArgs,
    pub name: &'p str,
    pub calls: u64,
    pub took: Duration,
}

impl Printer<'_> {
    pub(super) fn print(&self, done: DeployResult) -> Result<ExitCode, Failure> {
        match done {
            DeployResult::Deployed(report) => self.deployed(&report),
            DeployResult::Planned(plan) => self.planned(&plan),
            DeployResult::Verified(files, differing) => self.verified(files, &differing),
        }
    }

    fn seconds(&self) -> f64 {
        (self.took.as_secs_f64() * 1000.0).round() / 1000.0
    }

    fn deployed(&self, report: &DeployReport) -> Result<ExitCode, Failure> {
        let DeployReport { generation, put, bytes, unchanged, deleted, notes, .. } = report;
        for note in notes.iter().filter(|_| !self.arguments.quiet) {
            print_message(&format!("note: {note}\n"));
        }
        let is_idle = put.is_empty() && deleted.is_empty() && self.arguments.stays();
        if self.arguments.quiet || is_idle {
            return Ok(ExitCode::SUCCESS);
        }
        let (seconds, calls, target) = (self.seconds(), self.calls, self.name);
        match self.arguments.format {
            Format::Human => {
                let (files, calls) = (count(put.len(), "file"), count(calls as usize, "call"));
                let deleted = deleted.len();
                print_line(&format_args!(
                    "{target}, generation {generation}: {files} put ({}), {unchanged} unchanged, {deleted} deleted; \
                     {calls} in {seconds:.2} s",
                    byte_count(*bytes)
                ))?;
            }
            Format::Json => print_line(&json!({
                "target": target, "generation": generation, "put": put.len(), "bytes": bytes, "unchanged": unchanged,
                "deleted": deleted.len(), "calls": calls, "seconds": seconds,
            }))?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn planned(&self, plan: &DeployPlan) -> Result<ExitCode, Failure> {
        let (mut puts, mut deletes) = (0, 0);
        for (wave, route) in plan.puts() {
            puts += 1;
            self.line("put", Some(wave.as_str()), route)?;
        }
        for route in plan.deletes() {
            deletes += 1;
            self.line("delete", None, route)?;
        }
        let (target, unchanged) = (self.name, plan.unchanged);
        match self.arguments.format {
            Format::Human if self.arguments.quiet => {}
            Format::Human => print_message(&format!(
                "{target}: {} to put, {unchanged} unchanged, {deletes} to delete; nothing was changed\n",
                count(puts, "file")
            )),
            Format::Json => print_line(&json!({
                "target": target, "put": puts, "unchanged": unchanged, "deleted": deletes, "calls": self.calls,
                "seconds": self.seconds(),
            }))?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Prints what has changed, or would change, on a branch.
    pub(super) fn branch(&self, report: &GitReport) -> Result<ExitCode, Failure> {
        let GitReport { put, deleted, unchanged } = report;
        if self.arguments.dry_run {
            put.iter().try_for_each(|route| self.line("put", None, route))?;
            deleted.iter().try_for_each(|route| self.line("delete", None, route))?;
        }
        let (target, put, deleted, seconds) = (self.name, put.len(), deleted.len(), self.seconds());
        let ending = if self.arguments.dry_run { "nothing was changed".to_owned() } else { format!("{seconds:.2} s") };
        match self.arguments.format {
            Format::Human if self.arguments.quiet => {}
            Format::Human => print_line(&format_args!(
                "{target}: {} put, {unchanged} unchanged, {deleted} deleted; {ending}",
                count(put, "file")
            ))?,
            Format::Json => print_line(&json!({
                "target": target, "put": put, "unchanged": unchanged, "deleted": deleted, "seconds": seconds,
            }))?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Prints that a host has, or would have, the site.
    pub(super) fn service(&self, files: usize) -> Result<ExitCode, Failure> {
        let (target, seconds) = (self.name, self.seconds());
        let ending = if self.arguments.dry_run { "nothing was changed".to_owned() } else { format!("{seconds:.2} s") };
        match self.arguments.format {
            Format::Human if self.arguments.quiet => {}
            Format::Human => print_line(&format_args!("{target}: {}; {ending}", count(files, "file")))?,
            Format::Json => print_line(&json!({"target": target, "files": files, "seconds": seconds}))?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn line(&self, action: &str, wave: Option<&str>, route: &str) -> Result<(), Failure> {
        match (self.arguments.format, wave) {
            (Format::Human, Some(wave)) => print_line(&format_args!("{action:6} /{route}  ({wave})")),
            (Format::Human, None) => print_line(&format_args!("{action:6} /{route}")),
            (Format::Json, _) => print_line(&json!({"action": action, "wave": wave, "file": route})),
        }
    }

    fn verified(&self, files: usize, differing: &[(String, Differing)]) -> Result<ExitCode, Failure> {
        for (route, difference) in differing {
            match self.arguments.format {
                Format::Human => print_line(&format_args!("/{route} {}", difference.as_str()))?,
                Format::Json => print_line(&json!({"file": route, "difference": difference.as_str()}))?,
            }
        }
        let (target, differences) = (self.name, differing.len());
        match self.arguments.format {
            Format::Human if self.arguments.quiet => {}
            Format::Human if differences == 0 => {
                print_line(&format_args!("{target}: all {files} files are what a clean build gives"))?;
            }
            Format::Human => print_message(&format!(
                "{target}: {} that should be what a clean build gives; `presswork deploy --all` puts every file again\n",
                count(differences, "file")
            )),
            Format::Json => print_line(&json!({
                "target": target, "files": files, "differences": differences, "calls": self.calls,
                "seconds": self.seconds(),
            }))?,
        }
        Ok(if differences == 0 { ExitCode::SUCCESS } else { ExitCode::from(SITE_HAS_ERRORS) })
    }
}

/// Prints a URL whose copies in caches are old.
#[cfg(feature = "announce")]
pub(super) fn purge_line(arguments: &DeployArgs, url: &str) -> Result<(), Failure> {
    match arguments.format {
        Format::Human => print_line(&format_args!("purge {url}")),
        Format::Json => print_line(&json!({"purge": url})),
    }
}
