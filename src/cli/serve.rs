//! `presswork serve`: runs the preview and the desk on this machine.

use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Args;

use super::shared::written_date;
use super::{Failure, clock, find_root, print_line, print_message};
use crate::build::MachineError;
use crate::config;
use crate::date::WrittenDate;
use crate::serve::{Editor, OriginCheck, ServeOptions, is_loopback, serve};

const DETAILS: &str = "\
Preview the site, and keep every open page up to date as files change: type, save, see. Each page is rendered when a \
browser requests it, so the preview starts instantly, however large the archive. public/ does not change.

Errors appear over the page, on top of its last valid state; fixing the file removes them. The desk, at /_presswork/, \
shows drafts, embargoes, corrections and scheduled changes, and lets you view the whole site as of another time. It \
also lists readers' comments: hide them or reply there. That changes their files; nothing else is ever written.";

const EXAMPLES: &str = "\
Examples:
  presswork serve
  presswork serve --open                       open the preview in the browser
  presswork serve --at 2026-12-01T08:00        as the site will be that morning
  presswork serve --editor vscode              links on the page open the file there
  presswork serve --no-drafts                  what the public will see
  presswork serve --poll                       on a network mount, or in Docker on macOS or Windows
  presswork serve --bind 0.0.0.0               for other machines too: no drafts without --drafts

Only this machine sees drafts and embargoed stories. With a wider --bind nobody sees them, nor the desk, other times or \
errors, without --drafts, and nobody can change comments on it; --at applies to everybody and shows what is public at \
that time. Requests must name this machine as localhost, by an IP address, or by a name given with --host: other people could make other names point here.

Exit code: 0 stopped with Ctrl-C, 2 wrong usage or an error of the machine. Errors of the site do not stop it.";

/// The number of ports to try after one that is in use, to suggest a free one.
const NEAR: u16 = 100;

/// Preview the site while writing, with a desk for editors
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct ServeArgs {
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The port; 0 for any free port
    #[arg(long, value_name = "PORT", default_value_t = 4000)]
    port: u16,
    /// The IP address to listen on; 0.0.0.0 or :: for other machines too
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Show the site as of this time, such as 2026-12-01T08:00 [default: now, following the clock]
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Show drafts and embargoed stories [default: only to this machine]
    #[arg(long, overrides_with = "no_drafts")]
    drafts: bool,
    /// Hide drafts and embargoed stories
    #[arg(long)]
    no_drafts: bool,
    /// Open the preview in the browser
    #[arg(long)]
    open: bool,
    /// The editor that opens files: vscode, zed, idea, sublime and others, or a URL with {path}, {line} and {column}
    /// [default: from $VISUAL or $EDITOR]
    #[arg(long, value_name = "EDITOR", value_parser = Editor::parse)]
    editor: Option<Editor>,
    /// Another host name under which to serve the preview; may be repeated
    #[arg(long = "host", value_name = "NAME", value_parser = host_name)]
    hosts: Vec<String>,
    /// Check for changes every so many seconds, 1 by default: for network mounts and containers, where the system does
    /// not report changes
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "1", value_parser = pause)]
    poll: Option<Duration>,
    /// Number of pages to render at once [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    threads: Option<u16>,
}

impl ServeArgs {
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
            let extent = if drafts {
                ", drafts and embargoed stories"
            } else {
                "; without --drafts it has no desk and shows no errors"
            };
            let then = if self.at.is_some() { ", and shows the site as of --at" } else { "" };
            print_message(&format!("warning: whoever can reach this machine can read the preview{extent}{then}\n"));
        }
        let threads = self.threads.map_or_else(|| thread::available_parallelism().map_or(2, usize::from), usize::from);
        let options = ServeOptions {
            root,
            at: self.at,
            drafts,
            threads,
            poll: self.poll,
            editor: self.editor.or_else(clock::editor),
            origin_check: OriginCheck { is_wide, names: self.hosts },
            clock: clock::now,
            say: |message| print_message(&format!("{message}\n")),
        };
        let begun = || {
            let desk = (!is_wide || drafts).then(|| format!("\nDesk:    http://{}/_presswork/", reachable(address)));
            print_line(&format_args!("Preview: {url}{}", desk.unwrap_or_default()))
                .map_err(|failure| MachineError(failure.message))?;
            if self.open
                && let Err(error) = open::that_detached(&url)
            {
                print_message(&format!("cannot start a browser: {error}\n"));
            }
            Ok(())
        };
        serve(listener, options, begun)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The command line for another port.
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
                    let failure = Failure::new(format!("port {} is in use by another program", self.port));
                    match free {
                        Some(free) => failure.hint(format!("port {free} is free: {}", self.command_at(free))),
                        None => failure.hint("choose another with --port, or any free one with --port 0"),
                    }
                }
                ErrorKind::PermissionDenied => {
                    failure.hint("ports below 1024 belong to the system; choose a higher one with --port")
                }
                ErrorKind::AddrNotAvailable => {
                    failure.hint("--bind takes an IP address of this machine, such as 127.0.0.1 or 0.0.0.0")
                }
                _ => failure,
            }
        })
    }
}

/// Parses a polling interval in seconds.
fn pause(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.05..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or("a number of seconds from 0.05 to 3600")
}

/// Parses a host name.
fn host_name(name: &str) -> Result<String, &'static str> {
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.');
    if is_name {
        Ok(name.trim_end_matches('.').to_lowercase())
    } else {
        Err("a name such as desk.example.org, without a port")
    }
}

/// The address at which a browser on this machine reaches the server.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            SocketAddr::new(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), address.port())
        }
        _ => address,
    }
}

/// The path prefix of the site, if `site.yaml` can be parsed.
fn prefix(root: &Path) -> String {
    let text = fs::read_to_string(root.join(config::FILE)).unwrap_or_default();
    config::parse(&text).value.map_or_else(|| "/".to_owned(), |config| config.base_url.prefix().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polling_intervals_have_a_minimum_and_a_maximum() {
        assert_eq!(pause("2.5"), Ok(Duration::from_millis(2500)));
        for wrong in ["0", "-1", "NaN", "inf", "1e9", "often"] {
            assert!(pause(wrong).is_err(), "{wrong}");
        }
    }
}
