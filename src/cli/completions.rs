//! `presswork completions`: prints a script with which a shell completes commands and options.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Cli, Failure, print};

const DETAILS: &str = "\
Print a script with which your shell completes Presswork's commands and options when you press Tab.";

const EXAMPLES: &str = "\
Examples:
  presswork completions bash > ~/.local/share/bash-completion/completions/presswork
  presswork completions zsh > ~/.zfunc/_presswork         with ~/.zfunc in fpath
  presswork completions fish > ~/.config/fish/completions/presswork.fish

Exit code: 0 success, 2 wrong usage or an error of the machine.";

/// Print a script that completes commands in a shell
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl CompletionsArgs {
    /// Prints the script.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut command = Cli::command();
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        print(&mut std::io::stdout().lock(), &String::from_utf8_lossy(&script))?;
        Ok(ExitCode::SUCCESS)
    }
}
