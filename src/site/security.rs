//! Warns before and after `security.txt` expires.

use jiff::{SignedDuration, Timestamp};

use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnostic};

/// The time before expiry at which the warning begins.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Returns the times at which the warning begins and changes. No file of the site changes then.
pub(super) fn steps(config: &Config) -> impl Iterator<Item = Timestamp> {
    let expires = config.security.as_ref().map(|security| security.expires.instant);
    expires.and_then(notice).into_iter().chain(expires)
}

fn notice(expires: Timestamp) -> Option<Timestamp> {
    expires.checked_sub(NOTICE).ok()
}

/// The warning at `now`, if one is due.
pub(super) fn warning(config: &Config, now: Timestamp) -> Option<Diagnostic> {
    let expires = config.security.as_ref()?.expires;
    let date = config.timezone.to_datetime(expires.instant).date();
    let message = if expires.instant <= now {
        format!("security.txt expired on {date}")
    } else if notice(expires.instant)? <= now {
        format!("security.txt expires on {date}")
    } else {
        return None;
    };
    let hint = "check that the contacts are still right, then set `expires` to a date at most a year ahead";
    Some(Diagnostic::new(Code::SecurityExpires, config::FILE, message).in_key("security", "expires").hint(hint))
}
