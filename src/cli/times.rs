//! Durations on the command line.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Failure;

/// Parses a duration: `7d`, `36h`, `2 weeks`.
pub(super) fn parse_span(text: &str) -> Result<Span, String> {
    let span = text.trim().parse::<Span>().map_err(|_| "write a duration such as 7d, 36h or 2w".to_owned())?;
    if span.is_positive() { Ok(span) } else { Err("it must be a positive duration, such as 7d, 36h or 2w".to_owned()) }
}

/// The time that is `span` after `now`, on the calendar of a time zone.
pub(super) fn after(now: Timestamp, span: Span, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let end = now.to_zoned(zone.clone()).checked_add(span);
    end.map(|end| end.timestamp()).map_err(|_| Failure::new("--within: that is beyond the year 9999"))
}

/// The time that is `span` before `now`, on the calendar of a time zone.
pub(super) fn before(now: Timestamp, span: Span, zone: &TimeZone) -> Timestamp {
    let start = now.to_zoned(zone.clone()).checked_sub(span);
    start.map_or(Timestamp::MIN, |start| start.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_typed_in_short() {
        for text in ["7d", "36h", "2w", "90 min", "1 month", "1d12h"] {
            assert!(parse_span(text).is_ok(), "{text}");
        }
        for text in ["", "7", "-7d", "0d", "soon"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }
}
