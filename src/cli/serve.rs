//! `presswork serve`: the preview and the desk, on this machine.

use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Args;

use super::build::written_date;
use super::{Failure, clock, find_root, print_line, say};
use crate::build::MachineError;
use crate::config;
use crate::date::WrittenDate;
use crate::serve::{Editor, Guard, ServeOptions, is_loopback, serve};

const DETAILS: &str = "\
Show the site as it will be, and keep every open page as the files are: type, save, see. Each page is made when a browser \
asks for it, so an archive of any size is there at once. Nothing is written, and public/ stays as it is.

What is wrong appears on the page, over the last state that was right; fixing the file takes it away. The desk, at \
/_presswork/, shows drafts, embargoes, corrections and what is due, and lets you look at the whole site as of another moment.";

const EXAMPLES: &str = "\
Examples:
  presswork serve
  presswork serve --open                       in the browser
  presswork serve --at 2026-12-01T08:00        as it will be that morning
  presswork serve --editor vscode              links on the page open the file there
  presswork serve --no-drafts                  what the public will see
  presswork serve --poll                       on a network mount, or in Docker on macOS or Windows
  presswork serve --bind 0.0.0.0               for other machines too: no drafts, unless --drafts says so

Drafts and embargoed stories are shown to this machine alone. With a wider --bind nobody is shown them, nor the desk, other \
moments and what is wrong, unless --drafts says so; --at is for everybody, and what is public at that moment is shown. Requests must name this machine as \
localhost, by an address, or by a name that --host tells: other names could be made to lead here by somebody else.

Exit code: 0 it was ended with Ctrl-C, 2 the command or the machine is at fault. What is wrong with the site ends nothing.";

/// So many ports behind a taken one are tried for one to propose.
const NEAR: u16 = 100;

/// Preview the site while writing, with a desk for editors
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct Serve {
    /// The site's folder [default: the current folder or the nearest one above it that has a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The port; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 4000)]
    port: u16,
    /// The address that is listened on; 0.0.0.0 or :: for other machines too
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Show the site as of an instant, such as 2026-12-01T08:00 [default: now, as it goes on]
    #[arg(long, value_name = "INSTANT", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Show drafts and embargoed stories [default: to this machine alone]
    #[arg(long, overrides_with = "no_drafts")]
    drafts: bool,
    /// Show what the public will see
    #[arg(long)]
    no_drafts: bool,
    /// Open the preview in the browser
    #[arg(long)]
    open: bool,
    /// What opens files: vscode, zed, idea, sublime and others, or a URL with {path}, {line} and {column} [default: what
    /// $VISUAL or $EDITOR starts]
    #[arg(long, value_name = "EDITOR", value_parser = Editor::parse)]
    editor: Option<Editor>,
    /// A further name of this machine under which the preview is asked for; may be repeated
    #[arg(long = "host", value_name = "NAME", value_parser = host_name)]
    hosts: Vec<String>,
    /// Look for changes every so many seconds, 1 unless another number is given: for network mounts and for containers, where
    /// the system tells of none
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "1", value_parser = pause)]
    poll: Option<Duration>,
    /// How many pages are made at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    threads: Option<u16>,
}

impl Serve {
    /// Serves until Ctrl-C.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let root = find_root(self.root.clone())?;
        let root = root.canonicalize().map_err(|error| Failure::file("find", &root, &error))?;
        let listener = self.listen()?;
        let address = listener.local_addr().map_err(|error| Failure::new(format!("cannot listen: {error}")))?;
        let is_wide = !is_loopback(address.ip());
        let drafts = self.drafts || !(is_wide || self.no_drafts);
        let url = format!("http://{}{}", reachable(address), prefix(&root));
        if is_wide {
            let told = if drafts {
                ", drafts and embargoed stories"
            } else {
                "; it has no desk and no errors without --drafts"
            };
            let then = if self.at.is_some() { ", and shows what is public at the moment of --at" } else { "" };
            say(&format!("warning: whoever can reach this machine can read the preview{told}{then}\n"));
        }
        let threads = self.threads.map_or_else(|| thread::available_parallelism().map_or(2, usize::from), usize::from);
        let options = ServeOptions {
            root,
            at: self.at,
            drafts,
            threads,
            poll: self.poll,
            editor: self.editor.or_else(clock::editor),
            guard: Guard { is_wide, names: self.hosts },
            clock: clock::now,
            say: |message| say(&format!("{message}\n")),
        };
        let begun = || {
            let desk = (!is_wide || drafts).then(|| format!("\nDesk:    http://{}/_presswork/", reachable(address)));
            print_line(&format_args!("Preview: {url}{}", desk.unwrap_or_default()))
                .map_err(|failure| MachineError(failure.message))?;
            if self.open
                && let Err(error) = open::that_detached(&url)
            {
                say(&format!("no browser could be started: {error}\n"));
            }
            Ok(())
        };
        serve(listener, options, begun).map_err(|error| Failure::new(error.to_string()))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The command to be given for another port.
    fn command_at(&self, port: u16) -> String {
        let mut command = format!("presswork serve --port {port}");
        if self.bind != IpAddr::from([127, 0, 0, 1]) {
            command.push_str(&format!(" --bind {}", self.bind));
        }
        if let Some(root) = &self.root {
            command.push_str(&format!(" --root {}", root.display()));
        }
        command
    }

    fn listen(&self) -> Result<TcpListener, Failure> {
        let at = |port| TcpListener::bind(SocketAddr::new(self.bind, port));
        at(self.port).map_err(|error| {
            let failure = Failure::new(format!("cannot listen on {}: {error}", SocketAddr::new(self.bind, self.port)));
            match error.kind() {
                ErrorKind::AddrInUse => {
                    let free = (1..=NEAR).filter_map(|more| self.port.checked_add(more)).find(|&port| at(port).is_ok());
                    let failure = Failure::new(format!("the port {} is taken by another program", self.port));
                    match free {
                        Some(free) => failure.hint(format!("port {free} is free: {}", self.command_at(free))),
                        None => failure.hint("name another with --port; with --port 0 any free one is taken"),
                    }
                }
                ErrorKind::PermissionDenied => {
                    failure.hint("ports below 1024 belong to the system; name a higher one with --port")
                }
                ErrorKind::AddrNotAvailable => {
                    failure.hint("--bind takes an address of this machine, such as 127.0.0.1 or 0.0.0.0")
                }
                _ => failure,
            }
        })
    }
}

/// A pause between two looks, in seconds.
fn pause(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.05..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or("a number of seconds from 0.05 to 3600")
}

/// A name under which a machine is asked for.
fn host_name(name: &str) -> Result<String, &'static str> {
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.');
    if is_name {
        Ok(name.trim_end_matches('.').to_lowercase())
    } else {
        Err("a name such as desk.example.org, without a port")
    }
}

/// Where a browser on this machine finds what is listened for at an address.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            SocketAddr::new(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), address.port())
        }
        _ => address,
    }
}

/// The path under which the site lives, as far as `site.yaml` can be understood.
fn prefix(root: &Path) -> String {
    let text = fs::read_to_string(root.join(config::FILE)).unwrap_or_default();
    config::parse(&text).value.map_or_else(|| "/".to_owned(), |config| config.base_url.prefix().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_neither_none_nor_endless() {
        assert_eq!(pause("2.5"), Ok(Duration::from_millis(2500)));
        for wrong in ["0", "-1", "NaN", "inf", "1e9", "often"] {
            assert!(pause(wrong).is_err(), "{wrong}");
        }
    }
}
