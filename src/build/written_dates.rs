//! Compares dates as they are written with those of the last build: in another time zone, a date without an offset is
//! another instant, although nobody has changed it.

use jiff::tz::TimeZone;

use crate::config::Config;
use crate::date::Moment;
use crate::ledger::Header;

use super::inputs;

/// The time zones in which dates were read by the last build, and are read now.
pub(super) struct WrittenDates {
    before: Vec<TimeZone>,
    now: Vec<TimeZone>,
}

impl WrittenDates {
    pub(super) fn new(header: &Header, config: &Config) -> WrittenDates {
        let zone = |name: &String| jiff::tz::db().get(name).ok();
        WrittenDates { before: header.zones.iter().filter_map(zone).collect(), now: inputs::zones(config) }
    }

    /// True if a date of the last build and one of now may be the same text of front matter.
    pub(super) fn are_same(&self, before: Moment, now: Moment) -> bool {
        let is_written_alike = |then: &TimeZone| {
            let written = before.in_zone(then).datetime();
            self.now.iter().any(|zone| now.in_zone(zone).datetime() == written)
        };
        let is_alike = before.is_local && now.is_local && before.has_time == now.has_time;
        before == now || is_alike && self.before.iter().any(is_written_alike)
    }
}
