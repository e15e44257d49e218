//! The only place that asks the machine what time it is; everything else is told.
#![allow(clippy::disallowed_methods, reason = "the command line is where the clock enters")]

use std::time::Instant;

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

/// The IANA name of the time zone that this machine is set to, for a new site's configuration; UTC when it has none.
pub(super) fn local_zone() -> String {
    let zone = TimeZone::try_system().ok();
    let name = zone.as_ref().and_then(TimeZone::iana_name).filter(|name| *name != "Etc/UTC");
    name.filter(|name| jiff::tz::db().get(name).is_ok()).unwrap_or("UTC").to_owned()
}
