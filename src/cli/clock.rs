//! The only module that reads the system's clock and environment; all other code receives these values.
#![allow(clippy::disallowed_methods, reason = "the command line is where the clock enters")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The current time, which decides what is public unless `--at` gives another.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// Starts a stopwatch.
pub(super) fn start() -> Instant {
    Instant::now()
}

/// The CPU time of this process, on all cores together.
#[cfg(unix)]
pub(super) fn cpu() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(spent.tv_sec).unwrap_or_default(), u32::try_from(spent.tv_nsec).unwrap_or_default())
}

/// Not available on this system.
#[cfg(not(unix))]
pub(super) fn cpu() -> Duration {
    Duration::ZERO
}

/// The environment, for the credentials and endpoints of targets.
pub(super) fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The names of this machine and user, for messages to others who deploy.
pub(super) fn machine() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let user = variable("USER").or_else(|| variable("USERNAME")).unwrap_or_else(|| "someone".to_owned());
    let host = std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned());
    let host =
        host.filter(|name| !name.is_empty()).or_else(|| variable("HOSTNAME")).or_else(|| variable("COMPUTERNAME"));
    host.map_or_else(|| user.clone(), |host| format!("{user} on {host}"))
}

/// The path of this program, for timers that run it.
pub(super) fn program() -> std::io::Result<std::path::PathBuf> {
    std::env::current_exe()
}

/// The IANA name of this machine's time zone, for a new site's configuration; UTC if it has none.
pub(super) fn local_zone() -> String {
    let zone = TimeZone::try_system().ok();
    let name = zone.as_ref().and_then(TimeZone::iana_name).filter(|name| *name != "Etc/UTC");
    name.filter(|name| jiff::tz::db().get(name).is_ok()).unwrap_or("UTC").to_owned()
}

/// The editor that the environment names, for people who work in a terminal.
#[cfg(feature = "serve")]
pub(super) fn editor() -> Option<crate::serve::Editor> {
    if std::env::var("TERM_PROGRAM").is_ok_and(|program| program == "vscode") {
        return crate::serve::Editor::parse("vscode").ok();
    }
    let commands = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    commands.into_iter().find_map(|command| crate::serve::Editor::of_command(&command))
}
