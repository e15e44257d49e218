//! The command line: arguments, messages and exit codes.

mod build;
mod check;
mod clock;
mod completions;
mod comments;
mod correct;
mod create;
mod deploy;
mod due;
#[cfg(feature = "import")]
mod import;
mod manual;
mod times;
mod new;
mod pictures;
mod progress;
mod publish;
pub mod report;
mod schedule;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod shared;
mod status;
mod story;
mod table;
mod take_back;
mod theme;
mod timings;
mod unpublished;
#[cfg(feature = "serve")]
mod watch;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{CommandFactory, Parser, Subcommand};

use crate::build::MachineError;
use crate::config;
use crate::source_snippet::visible;

/// The exit code when the site has errors.
const SITE_HAS_ERRORS: u8 = 1;
/// The exit code for a wrong command or an error of the machine.
const USAGE_OR_MACHINE: u8 = 2;

const ABOUT: &str = "Presswork publishes articles: a folder of Markdown becomes a news site";

const EXAMPLES: &str = "\
Start a paper:
  presswork new site my-paper
  cd my-paper
  presswork new author \"Lin Tan\"
  presswork new article \"First story\" --section local --author lin-tan
  presswork serve
  presswork publish local/first-story.md
  presswork build

The site is then in public/, ready for any web server.
`presswork help build` explains one command.";

/// Styles of the help: only headings and names stand out.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

#[derive(Debug, Parser)]
#[command(name = "presswork", version, about = ABOUT, after_help = EXAMPLES, styles = STYLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(build::BuildArgs),
    Check(check::CheckArgs),
    Completions(completions::CompletionsArgs),
    Comments(comments::CommentsArgs),
    Correct(correct::CorrectArgs),
    Deploy(deploy::DeployArgs),
    Due(due::DueArgs),
    #[cfg(feature = "import")]
    Import(import::ImportArgs),
    Manual(manual::ManualArgs),
    New(new::NewArgs),
    Pictures(pictures::PicturesArgs),
    Publish(publish::PublishArgs),
    Retract(take_back::RetractArgs),
    Schedule(schedule::ScheduleArgs),
    Search(search::SearchArgs),
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    Status(status::StatusArgs),
    Theme(theme::ThemeArgs),
    Withdraw(take_back::WithdrawArgs),
}

/// The reason why a command failed: the arguments or the machine, never the content.
#[derive(Debug)]
struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// A failed operation on a file, with the system's reason.
    fn file(verb: &str, path: &Path, error: &io::Error) -> Failure {
        Failure::new(format!("cannot {verb} {}: {error}", path.display()))
    }
}

impl From<MachineError> for Failure {
    fn from(error: MachineError) -> Failure {
        Failure::new(error.0)
    }
}

/// Runs the program with its arguments, including the program's name.
///
/// The exit code is 0 for success, 1 if the site has errors, 2 for a wrong command or an error of the machine. A closed
/// pipe (`presswork … | head`) is not an error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let wants_json = wants_json(&arguments);
    let done = match Cli::try_parse_from(arguments) {
        Ok(Cli { command: Some(Command::Build(build)) }) => build.run(),
        Ok(Cli { command: Some(Command::Check(check)) }) => check.run(),
        Ok(Cli { command: Some(Command::Completions(completions)) }) => completions.run(),
        Ok(Cli { command: Some(Command::Comments(comments)) }) => comments.run(),
        Ok(Cli { command: Some(Command::Correct(correct)) }) => correct.run(),
        Ok(Cli { command: Some(Command::Deploy(deploy)) }) => deploy.run(),
        Ok(Cli { command: Some(Command::Due(due)) }) => due.run(),
        #[cfg(feature = "import")]
        Ok(Cli { command: Some(Command::Import(import)) }) => import.run(),
        Ok(Cli { command: Some(Command::Manual(manual)) }) => manual.run(),
        Ok(Cli { command: Some(Command::New(new)) }) => new.run(),
        Ok(Cli { command: Some(Command::Pictures(pictures)) }) => pictures.run(),
        Ok(Cli { command: Some(Command::Publish(publish)) }) => publish.run(),
        Ok(Cli { command: Some(Command::Retract(retract)) }) => retract.run(),
        Ok(Cli { command: Some(Command::Schedule(schedule)) }) => schedule.run(),
        Ok(Cli { command: Some(Command::Search(search)) }) => search.run(),
        #[cfg(feature = "serve")]
        Ok(Cli { command: Some(Command::Serve(serve)) }) => serve.run(),
        Ok(Cli { command: Some(Command::Status(status)) }) => status.run(),
        Ok(Cli { command: Some(Command::Theme(theme)) }) => theme.run(),
        Ok(Cli { command: Some(Command::Withdraw(withdraw)) }) => withdraw.run(),
        Ok(Cli { command: None }) => return print_help(&Cli::command().render_help().ansi()),
        Err(error) if error.use_stderr() => {
            let text = error.render();
            match wants_json {
                true => print_failure_as_json(&Failure::new(text.to_string().trim())),
                false => print_message(&text.ansi().to_string()),
            }
            return ExitCode::from(USAGE_OR_MACHINE);
        }
        Err(help_or_version) => return print_help(&help_or_version.render().ansi()),
    };
    done.unwrap_or_else(|failure| {
        match wants_json {
            true => print_failure_as_json(&failure),
            false => print_failure(&failure),
        }
        ExitCode::from(USAGE_OR_MACHINE)
    })
}

/// True if the command line asks for `--format json`. Checked before parsing, because usage errors use that format,
/// too.
fn wants_json(arguments: &[OsString]) -> bool {
    let is_pair = |pair: &[OsString]| pair[0] == "--format" && pair[1] == "json";
    arguments.iter().any(|argument| argument == "--format=json") || arguments.windows(2).any(is_pair)
}

/// Prints a failure as a JSON object with the keys of a diagnostic. It has no code and no place, because it concerns
/// the command or the machine and not a file of the site.
fn print_failure_as_json(failure: &Failure) {
    let line = serde_json::json!({
        "severity": "error", "code": null, "message": failure.message,
        "path": null, "line": null, "column": null, "hint": failure.hint,
    });
    if let Err(error) = print_line(&line) {
        print_failure(&error);
    }
}

/// Prints help or the version.
fn print_help(text: &dyn Display) -> ExitCode {
    match print(&mut anstream::stdout().lock(), text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print_failure(&failure);
            ExitCode::from(USAGE_OR_MACHINE)
        }
    }
}

fn print_failure(failure: &Failure) {
    let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
    let mut text = format!("{red}error{red:#}: {}\n", visible(&failure.message));
    if let Some(hint) = &failure.hint {
        text.push_str(&format!("  {cyan}hint{cyan:#}: {}\n", visible(hint)));
    }
    print_message(&text);
}

/// Prints a result. If standard output is closed early, the reader has seen enough.
fn print(out: &mut dyn Write, text: &dyn Display) -> Result<(), Failure> {
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a result as one line on standard output.
fn print_line(text: &dyn Display) -> Result<(), Failure> {
    print(&mut io::stdout().lock(), &format_args!("{text}\n"))
}

/// Prints a message on standard error; if that is closed too, nobody is there to read it.
fn print_message(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// The project's folder: the given one, the current folder, or its nearest parent with a `site.yaml`.
fn find_root(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    if let Some(root) = given {
        return Ok(root);
    }
    if Path::new(config::FILE).is_file() {
        return Ok(PathBuf::from("."));
    }
    let here = std::env::current_dir().map_err(|error| Failure::file("find", Path::new("."), &error))?;
    let found = here.ancestors().skip(1).find(|folder| folder.join(config::FILE).is_file());
    found.map(Path::to_path_buf).ok_or_else(|| {
        Failure::new(format!("no {} in {} or a folder above it", config::FILE, here.display()))
            .hint("change to your site's folder, pass it with --root, or start a site: presswork new site my-paper")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
