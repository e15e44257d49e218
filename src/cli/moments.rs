//! Instants and durations as people type and read them.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Failure;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A time span as it is typed: `7d`, `36h`, `2 weeks`.
pub(super) fn span(text: &str) -> Result<Span, String> {
    let span = text.trim().parse::<Span>().map_err(|_| "write a time such as 7d, 36h or 2w".to_owned())?;
    if span.is_positive() { Ok(span) } else { Err("it must be a time ahead, such as 7d, 36h or 2w".to_owned()) }
}

/// The instant that lies so far behind `now` on the calendar of a zone.
pub(super) fn ahead(now: Timestamp, span: Span, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let end = now.to_zoned(zone.clone()).checked_add(span);
    end.map(|end| end.timestamp()).map_err(|_| Failure::new("--within: that is beyond the year 9999"))
}

/// The instant that lies so far before `now` on the calendar of a zone.
pub(super) fn back(now: Timestamp, span: Span, zone: &TimeZone) -> Timestamp {
    let start = now.to_zoned(zone.clone()).checked_sub(span);
    start.map_or(Timestamp::MIN, |start| start.timestamp())
}

/// `Tue 2026-12-01 08:00`, with seconds where there are any.
pub(super) fn shown(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    let form = if zoned.second() == 0 { "%a %Y-%m-%d %H:%M" } else { "%a %Y-%m-%d %H:%M:%S" };
    zoned.strftime(form).to_string()
}

/// The name of a zone as `site.yaml` has it.
pub(super) fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// `in 3 h 20 min`, or `3 h 20 min ago`.
pub(super) fn countdown(at: Timestamp, now: Timestamp) -> String {
    // What is half a second ahead is still ahead.
    let seconds = at.as_second() - now.as_second();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", length(seconds)),
        _ => format!("{} ago", length(-seconds)),
    }
}

/// The two largest parts of so many seconds.
fn length(seconds: i64) -> String {
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
    fn lengths_have_two_parts_at_most() {
        let cases = [(59, "59 s"), (60, "1 min"), (12_000, "3 h 20 min"), (7_200, "2 h"), (86_400, "1 day")];
        for (seconds, text) in cases.into_iter().chain([(180_000, "2 days 2 h")]) {
            assert_eq!(length(seconds), text);
        }
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!([countdown(at(9), at(9)), countdown(at(5), at(9))], ["now", "4 s ago"]);
    }

    #[test]
    fn spans_are_typed_in_short() {
        for text in ["7d", "36h", "2w", "90 min", "1 month", "1d12h"] {
            assert!(span(text).is_ok(), "{text}");
        }
        for text in ["", "7", "-7d", "0d", "soon"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
