//! Dates of WordPress, which stores the local time and that of Greenwich but not the time zone.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::wxr::WxrItem;
use crate::import::dates::SourceDate;

/// The publication; `None` if no field has a day.
pub(super) fn published(item: &WxrItem) -> Option<SourceDate> {
    pair(&item.date, &item.date_gmt).or_else(|| SourceDate::parse(&item.published)).or_else(|| modified(item))
}

/// The last change.
pub(super) fn modified(item: &WxrItem) -> Option<SourceDate> {
    pair(&item.modified, &item.modified_gmt)
}

/// A date from a local column and one of Greenwich. Either may be `0000-00-00 00:00:00`, for "none".
pub(super) fn pair(local: &str, gmt: &str) -> Option<SourceDate> {
    let local = SourceDate::parse(local).map(|date| date.local);
    let gmt = SourceDate::parse(gmt).map(|date| date.local);
    match (local, gmt) {
        (Some(local), Some(gmt)) => {
            let seconds = local.duration_since(gmt).as_secs();
            let offset = i32::try_from(seconds).ok().and_then(|seconds| Offset::from_seconds(seconds).ok());
            // No zone is further away than 14 hours, and all are whole quarters of an hour.
            let offset = offset.filter(|offset| offset.seconds().abs() <= 14 * 3_600 && offset.seconds() % 900 == 0);
            Some(SourceDate { offset, has_time: true, ..SourceDate::local(local) })
        }
        (Some(local), None) => Some(SourceDate { has_time: true, ..SourceDate::local(local) }),
        (None, Some(gmt)) => Some(SourceDate { has_time: true, ..SourceDate::utc(gmt) }),
        (None, None) => None,
    }
}

/// The date without its offset if the zone has the same one then, so that front matter shows the local time alone.
pub(super) fn in_zone(date: SourceDate, zone: &TimeZone) -> SourceDate {
    let Some(offset) = date.offset else { return date };
    let ambiguous = zone.to_ambiguous_zoned(date.local);
    let is_same = !ambiguous.is_ambiguous() && ambiguous.compatible().is_ok_and(|zoned| zoned.offset() == offset);
    if is_same { SourceDate { offset: None, ..date } } else { date }
}

/// Zones that most newsrooms are in, for exports whose dates fit several.
const LIKELY: &[&str] = &[
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Europe/Moscow",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Jakarta",
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Africa/Nairobi",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// Zones of languages that are spoken mostly in one of several places with the same clock.
const BY_LANGUAGE: &[(&str, &str)] = &[
    ("fr", "Europe/Paris"),
    ("it", "Europe/Rome"),
    ("es-ES", "Europe/Madrid"),
    ("nl", "Europe/Amsterdam"),
    ("pl", "Europe/Warsaw"),
    ("sv", "Europe/Stockholm"),
    ("da", "Europe/Copenhagen"),
    ("nb", "Europe/Oslo"),
    ("cs", "Europe/Prague"),
    ("hu", "Europe/Budapest"),
    ("de-AT", "Europe/Vienna"),
    ("de-CH", "Europe/Zurich"),
    ("de", "Europe/Berlin"),
    ("pt-PT", "Europe/Lisbon"),
    ("uk", "Europe/Kyiv"),
    ("el", "Europe/Athens"),
    ("ja", "Asia/Tokyo"),
    ("ko", "Asia/Seoul"),
    ("he", "Asia/Jerusalem"),
    ("en-GB", "Europe/London"),
];

/// The most dates that are compared with zones.
const MAX_SAMPLES: usize = 500;

/// The name of the zone that fits the most dates: of several the site's language's, then a likely one, then the first in
/// the alphabet. `None` if no date has an offset.
pub(super) fn zone(dates: &[SourceDate], language: Option<&str>) -> Option<String> {
    let known: Vec<(DateTime, Offset)> = dates.iter().filter_map(|date| Some((date.local, date.offset?))).collect();
    if known.is_empty() {
        return None;
    }
    let step = known.len().div_ceil(MAX_SAMPLES);
    let samples: Vec<(DateTime, Offset)> = known.into_iter().step_by(step).collect();
    let of_language = BY_LANGUAGE.iter().filter(|(tag, _)| language.is_some_and(|language| language.starts_with(tag)));
    let first = of_language.map(|(_, zone)| *zone).chain(LIKELY.iter().copied()).map(str::to_owned);
    let mut all: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    all.retain(|name| name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/"));
    all.sort_unstable();
    let mut best: Option<(usize, String)> = None;
    for name in first.chain(all) {
        let Ok(zone) = jiff::tz::db().get(&name) else { continue };
        let fits = |(local, offset): &&(DateTime, Offset)| {
            offset.to_timestamp(*local).is_ok_and(|instant| zone.to_offset(instant) == *offset)
        };
        let count = samples.iter().filter(fits).count();
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            let is_complete = count == samples.len();
            best = Some((count, name));
            if is_complete {
                break;
            }
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{pair, zone};

    #[test]
    fn the_zone_is_that_of_the_dates() {
        let dates = [("2024-01-10 09:00:00", "2024-01-10 08:00:00"), ("2024-07-10 09:00:00", "2024-07-10 07:00:00")];
        let dates: Vec<_> = dates.iter().filter_map(|(local, gmt)| pair(local, gmt)).collect();
        assert_eq!(zone(&dates, None).as_deref(), Some("Europe/Berlin"));
        assert_eq!(zone(&dates, Some("fr-FR")).as_deref(), Some("Europe/Paris"));
        assert_eq!(zone(&[], None), None);
        assert_eq!(pair("0000-00-00 00:00:00", "0000-00-00 00:00:00"), None);
        assert!(pair("2024-01-10 09:00:00", "0000-00-00 00:00:00").is_some_and(|date| date.offset.is_none()));
    }
}
