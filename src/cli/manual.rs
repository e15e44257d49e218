//! `presswork manual`: writes manual pages, for packages.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory};

use super::{Cli, Failure};

const DETAILS: &str = "\
Write a manual page for each command into a folder: presswork.1, presswork-build.1 … For whoever makes a package of \
Presswork; `presswork help COMMAND` prints the same.

Exit code: 0 success, 2 wrong usage or an error of the machine.";

/// Write manual pages, for packages
#[derive(Debug, Args)]
#[command(long_about = DETAILS, hide = true)]
pub(super) struct ManualArgs {
    /// The folder, which is made if there is none
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
}

impl ManualArgs {
    /// Writes the pages.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let into = &self.into;
        fs::create_dir_all(into).map_err(|error| Failure::file("make", into, &error))?;
        clap_mangen::generate_to(Cli::command(), into).map_err(|error| Failure::file("write to", into, &error))?;
        Ok(ExitCode::SUCCESS)
    }
}
