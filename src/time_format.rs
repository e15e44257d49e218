//! Times and durations for people to read.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Formats a time as `Tue 2026-12-01 08:00`, with seconds if they are not zero.
pub fn format_time(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    let form = if zoned.second() == 0 { "%a %Y-%m-%d %H:%M" } else { "%a %Y-%m-%d %H:%M:%S" };
    zoned.strftime(form).to_string()
}

/// The IANA name of a time zone.
pub fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// Formats the time from `now` to `at` as `in 3 h 20 min` or `3 h 20 min ago`.
pub fn countdown(at: Timestamp, now: Timestamp) -> String {
    // Half a second ahead is still ahead.
    let seconds = at.as_second() - now.as_second();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", format_duration(seconds)),
        _ => format!("{} ago", format_duration(-seconds)),
    }
}

/// Formats a number of seconds in its two largest units.
fn format_duration(seconds: i64) -> String {
    let parts = |large: i64, one: &str, many: &str, small: i64, word: &str| {
        let (count, rest) = (seconds / large, seconds % large / small);
        let noun = if count == 1 { one } else { many };
        if rest == 0 { format!("{count} {noun}") } else { format!("{count} {noun} {rest} {word}") }
    };
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => parts(HOUR, "h", "h", MINUTE, "min"),
        _ => parts(DAY, "day", "days", HOUR, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_parts_at_most() {
        let cases = [(59, "59 s"), (60, "1 min"), (12_000, "3 h 20 min"), (7_200, "2 h"), (86_400, "1 day")];
        for (seconds, text) in cases.into_iter().chain([(180_000, "2 days 2 h")]) {
            assert_eq!(format_duration(seconds), text);
        }
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!([countdown(at(9), at(9)), countdown(at(5), at(9))], ["now", "4 s ago"]);
    }
}
