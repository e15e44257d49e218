//! The only place that asks the machine what time it is, and where the program lies; everything else is told.
#![allow(clippy::disallowed_methods, reason = "the command line is where the clock enters")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The present instant, which decides what is public unless `--at` names another.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// A stopwatch, started.
pub(super) fn start() -> Instant {
    Instant::now()
}

/// How much time all cores together have spent on this process.
#[cfg(unix)]
pub(super) fn cpu() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(spent.tv_sec).unwrap_or_default(), u32::try_from(spent.tv_nsec).unwrap_or_default())
}

/// The system does not tell.
#[cfg(not(unix))]
pub(super) fn cpu() -> Duration {
    Duration::ZERO
}

/// The program that is running, for timers that are to call it.
pub(super) fn program() -> std::io::Result<std::path::PathBuf> {
    std::env::current_exe()
}

/// The IANA name of the time zone that this machine is set to, for a new site's configuration; UTC when it has none.
pub(super) fn local_zone() -> String {
    let zone = TimeZone::try_system().ok();
    let name = zone.as_ref().and_then(TimeZone::iana_name).filter(|name| *name != "Etc/UTC");
    name.filter(|name| jiff::tz::db().get(name).is_ok()).unwrap_or("UTC").to_owned()
}

/// The editor that the environment names: who works in a terminal has said so there.
#[cfg(feature = "serve")]
pub(super) fn editor() -> Option<crate::serve::Editor> {
    if std::env::var("TERM_PROGRAM").is_ok_and(|program| program == "vscode") {
        return crate::serve::Editor::parse("vscode").ok();
    }
    let commands = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    commands.into_iter().find_map(|command| crate::serve::Editor::of_command(&command))
}
