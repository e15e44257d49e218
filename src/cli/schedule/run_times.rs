//! Converts times for timers: whole minutes of UTC, never early, some minutes apart.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const MINUTE: i64 = 60;

/// Returns the minutes at which to run for sorted times, no two less than `apart` minutes from each other. Each time
/// has a run at or soon after it, and none before it.
pub(super) fn minutes(instants: impl Iterator<Item = Timestamp>, apart: i64) -> Vec<Timestamp> {
    let mut slots: Vec<Timestamp> = Vec::new();
    for instant in instants {
        let minute = -(-instant.as_second()).div_euclid(MINUTE) * MINUTE;
        let earliest = slots.last().map(|last| last.as_second() + apart * MINUTE);
        let is_met = slots.last().is_some_and(|last| minute <= last.as_second());
        if !is_met {
            let second = earliest.map_or(minute, |earliest| earliest.max(minute));
            slots.extend(Timestamp::from_second(second));
        }
    }
    slots
}

/// Formats the five fields of a cron line, which has no year.
pub(super) fn cron(at: Timestamp) -> String {
    let utc = in_utc(at);
    format!("{} {} {} {} *", utc.minute(), utc.hour(), utc.day(), utc.month())
}

/// Formats a time in UTC: `2026-12-01 08:00`.
pub(super) fn readable(at: Timestamp) -> String {
    in_utc(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Formats a time for systemd: `2026-12-01 08:00:00 UTC`.
pub(super) fn calendar(at: Timestamp) -> String {
    in_utc(at).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn in_utc(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_seconds(seconds: &[i64]) -> Vec<i64> {
        let instants = seconds.iter().map(|&second| Timestamp::from_second(second).unwrap());
        minutes(instants, 5).into_iter().map(Timestamp::as_second).collect()
    }

    #[test]
    fn no_run_is_early_and_none_follows_soon() {
        assert_eq!(run_seconds(&[0]), [0]);
        assert_eq!(run_seconds(&[1]), [60]);
        assert_eq!(run_seconds(&[0, 60, 240, 300]), [0, 300]);
        assert_eq!(run_seconds(&[0, 301, 361, 7200]), [0, 360, 660, 7200]);
    }

    #[test]
    fn a_cron_line_is_in_utc() {
        let at: Timestamp = "2026-12-01T08:05:00+08:00".parse().unwrap();
        assert_eq!((cron(at), readable(at)), ("5 0 1 12 *".to_owned(), "2026-12-01 00:05".to_owned()));
        assert_eq!(calendar(at), "2026-12-01 00:05:00 UTC");
    }
}
