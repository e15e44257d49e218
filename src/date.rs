//! Parses dates as people type them, and resolves them in the site's time zone.

mod advice;

use std::fmt;
use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::de::{Deserialize, Deserializer, Visitor};

use crate::diagnostic::Code;
use crate::yaml::coded_error;

/// A date as written: a day with an optional time of day and UTC offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenDate {
    day: civil::Date,
    time: Option<civil::Time>,
    offset: Option<Offset>,
}

/// An instant, with or without a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The instant; midnight in the site's time zone if only a day was given.
    pub instant: Timestamp,
    /// True if a time of day was given.
    pub has_time: bool,
    /// True if the time zone of the site gave the instant, because no offset was written.
    pub is_local: bool,
}

impl BorshSerialize for WrittenDate {
    fn serialize<W: Write>(&self, out: &mut W) -> io::Result<()> {
        let time = self.time.map(|time| (time.hour(), time.minute(), time.second(), time.subsec_nanosecond()));
        (self.day.year(), self.day.month(), self.day.day()).serialize(out)?;
        (time, self.offset.map(Offset::seconds)).serialize(out)
    }
}

impl BorshDeserialize for WrittenDate {
    fn deserialize_reader<R: Read>(from: &mut R) -> io::Result<WrittenDate> {
        let (year, month, day) = BorshDeserialize::deserialize_reader(from)?;
        let time = Option::<(i8, i8, i8, i32)>::deserialize_reader(from)?;
        let offset = Option::<i32>::deserialize_reader(from)?;
        let time = time.map(|(hour, minute, second, rest)| civil::Time::new(hour, minute, second, rest));
        Ok(WrittenDate {
            day: civil::Date::new(year, month, day).map_err(io::Error::other)?,
            time: time.transpose().map_err(io::Error::other)?,
            offset: offset.map(Offset::from_seconds).transpose().map_err(io::Error::other)?,
        })
    }
}

impl BorshSerialize for Moment {
    fn serialize<W: Write>(&self, out: &mut W) -> io::Result<()> {
        (self.instant.as_second(), self.instant.subsec_nanosecond(), self.has_time, self.is_local).serialize(out)
    }
}

impl BorshDeserialize for Moment {
    fn deserialize_reader<R: Read>(from: &mut R) -> io::Result<Moment> {
        let (second, rest, has_time, is_local) = BorshDeserialize::deserialize_reader(from)?;
        Ok(Moment { instant: Timestamp::new(second, rest).map_err(io::Error::other)?, has_time, is_local })
    }
}

/// The reason that a written date can't be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateError {
    /// It has no supported format, or is not a day of the calendar.
    Invalid {
        /// One sentence.
        message: String,
        /// The fix.
        hint: String,
    },
    /// A change of the clocks skips or repeats this local time; the two instants that may be meant.
    Ambiguous(String, String),
}

impl DateError {
    fn new(message: impl Into<String>) -> DateError {
        DateError::Invalid { message: message.into(), hint: FORMS.to_owned() }
    }

    /// Replaces the hint if there is a more specific one.
    fn hint_maybe(self, special: Option<String>) -> DateError {
        match (self, special) {
            (DateError::Invalid { message, .. }, Some(hint)) => DateError::Invalid { message, hint },
            (error, _) => error,
        }
    }
}

impl WrittenDate {
    /// Parses `2018-11-22`, `2018-11-22 09:30`, `2018-11-22T09:30:15`, each time optionally with `Z`,
    /// `+08:00` or `-0500`.
    pub fn parse(text: &str) -> Result<WrittenDate, DateError> {
        let invalid = |why: &str| DateError::new(format!("`{text}` {why}"));
        let not_a_date = || invalid("is not a date that Presswork reads").hint_maybe(advice::suggestion(text));
        let text = text.trim();
        let (day, rest) = text.split_at_checked(10).ok_or_else(not_a_date)?;
        let day = match parse_day(day) {
            Some(day) => day,
            None if is_year_first(day) => return Err(invalid("is not a day of the calendar")),
            None => return Err(not_a_date()),
        };
        let rest = rest.trim_start_matches([' ', 'T', 't']);
        if rest.is_empty() {
            return Ok(WrittenDate { day, time: None, offset: None });
        }
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
        if let Some(is_afternoon) = half_of_day(rest[end..].trim()) {
            return Err(twelve_hours(text, day, &rest[..end], is_afternoon));
        }
        let no_time = || invalid("has no valid time of day").hint_maybe(advice::suggestion(text));
        let time = parse_time(&rest[..end]).ok_or_else(no_time)?;
        // The half of the day comes before a zone: `2:30 PM GMT`.
        let half = rest[end..].trim().split_once(' ').and_then(|(half, _)| half_of_day(half));
        if half.is_some() {
            return Err(invalid("uses a 12-hour time").hint_maybe(advice::suggestion(text)));
        }
        let offset = match rest[end..].trim() {
            "" => None,
            zone => Some(parse_offset(zone).ok_or_else(|| {
                let hint = advice::zone_suggestion(day, rest[..end].trim_end_matches('.'), zone);
                invalid("has no valid offset, such as Z or +08:00").hint_maybe(Some(hint))
            })?),
        };
        Ok(WrittenDate { day, time: Some(time), offset })
    }

    /// The spellings of the date without seconds and offset, for finding it in its file.
    pub fn spellings(self) -> Vec<String> {
        let day = self.day.to_string();
        let clock = self.time.map(|time| format!("{:02}:{:02}", time.hour(), time.minute()));
        let with_time = clock.into_iter().flat_map(|clock| [format!("{day} {clock}"), format!("{day}T{clock}")]);
        with_time.chain([day.clone()]).collect()
    }

    /// Resolves the date to an instant, in `zone` unless it has an offset.
    ///
    /// # Errors
    /// If a change of the clocks skips or repeats the local time.
    pub fn resolve(self, zone: &TimeZone) -> Result<Moment, DateError> {
        let has_time = self.time.is_some();
        let local = self.day.to_datetime(self.time.unwrap_or(civil::Time::midnight()));
        let outside = |_: jiff::Error| DateError::new("this date is after the year 9999");
        if let Some(offset) = self.offset {
            let instant = offset.to_timestamp(local).map_err(outside)?;
            return Ok(Moment { instant, has_time, is_local: false });
        }
        let ambiguous = zone.to_ambiguous_timestamp(local);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => {}
            _ if !has_time => return self.first_instant(zone),
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                return Err(DateError::Ambiguous(with_offset(local, before), with_offset(local, after)));
            }
        }
        let instant = ambiguous.compatible().map_err(outside)?;
        Ok(Moment { instant, has_time, is_local: true })
    }

    /// A day without a time begins with its first minute, even if midnight is skipped or repeated.
    fn first_instant(self, zone: &TimeZone) -> Result<Moment, DateError> {
        let midnight = self.day.to_datetime(civil::Time::midnight());
        let outside = |_: jiff::Error| DateError::new("this date is after the year 9999");
        let ambiguous = zone.to_ambiguous_timestamp(midnight);
        let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let later = ambiguous.compatible().map_err(outside)?;
        // If midnight is skipped, the day begins when the clocks change.
        let after = later.checked_add(SignedDuration::from_secs(1)).map_err(outside)?;
        let change = is_skipped.then(|| zone.preceding(after).next()).flatten();
        let instant = change.map_or(later, |change| change.timestamp());
        if zone.to_datetime(instant).date() != self.day {
            return Err(DateError::new(format!("`{}` was skipped in the time zone of the site", self.day)));
        }
        Ok(Moment { instant, has_time: false, is_local: true })
    }
}

/// Formats `2018-11-22T09:30:00+08:00`, digit by digit, because every page has several.
fn with_offset(local: civil::DateTime, offset: Offset) -> String {
    // Historical local times differ from UTC by seconds, which RFC 3339 can't express; UTC gives the
    // same instant.
    if offset.seconds() % 60 != 0
        && let Ok(instant) = offset.to_timestamp(local)
    {
        return with_offset(Offset::UTC.to_datetime(instant), Offset::UTC);
    }
    let minutes = offset.seconds().unsigned_abs() / 60;
    let mut text = String::with_capacity(25);
    let mut push = |number: u32, separator: &str| {
        text.push(char::from(b'0' + (number / 10 % 10) as u8));
        text.push(char::from(b'0' + (number % 10) as u8));
        text.push_str(separator);
    };
    // Years have four digits, because only those can be parsed.
    let year = u32::from(local.year().unsigned_abs());
    push(year / 100, "");
    push(year, "-");
    push(local.month().unsigned_abs().into(), "-");
    push(local.day().unsigned_abs().into(), "T");
    push(local.hour().unsigned_abs().into(), ":");
    push(local.minute().unsigned_abs().into(), ":");
    push(local.second().unsigned_abs().into(), if offset.is_negative() { "-" } else { "+" });
    push(minutes / 60, ":");
    push(minutes % 60, "");
    text
}

/// True if ten characters have the form of a day: `2026-02-30`.
fn is_year_first(day: &str) -> bool {
    let is_digit = |at: usize, byte: u8| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    day.bytes().enumerate().all(|(at, byte)| is_digit(at, byte))
}

/// Returns whether `PM` (true) or `AM` (false) follows a time.
fn half_of_day(text: &str) -> Option<bool> {
    match text.replace('.', "").to_ascii_lowercase().as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// The error for a 12-hour time, with the 24-hour time as the hint.
fn twelve_hours(text: &str, day: civil::Date, clock: &str, is_afternoon: bool) -> DateError {
    let clock = clock.trim_end_matches('.');
    let time = parse_time(clock).or_else(|| parse_time(&format!("{clock}:00"))).filter(|time| time.hour() <= 12);
    let hint = time.map_or_else(
        || "use a 24-hour time, from 00:00 to 23:59".to_owned(),
        |time| {
            let hour = time.hour() % 12 + if is_afternoon { 12 } else { 0 };
            format!("write {day} {hour:02}:{:02}", time.minute())
        },
    );
    DateError::new(format!("`{text}` uses a 12-hour time")).hint_maybe(Some(hint))
}

fn parse_day(text: &str) -> Option<civil::Date> {
    let bytes = text.as_bytes();
    let shape =
        bytes.iter().enumerate().all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if !shape || bytes.len() != 10 {
        return None;
    }
    let day = civil::Date::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok();
    // In some zones, an instant of the year 0 belongs to the previous year, which has no four digits.
    day.filter(|day| day.year() > 0)
}

fn parse_time(text: &str) -> Option<civil::Time> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || text.ends_with('.') {
        return None;
    }
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|part| part.is_empty() || part.len() > 2) {
        return None;
    }
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.parse::<i8>().ok());
    civil::Time::new(number(0)?, number(1)?, number(2)?, nanoseconds).ok()
}

fn parse_offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|&c| c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !(digits.len() == 2 || digits.len() == 4) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 { digits[2..].parse().ok()? } else { 0 };
    if minutes > 59 || hours > 18 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

impl<'de> Deserialize<'de> for WrittenDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WrittenDate, D::Error> {
        struct DateVisitor;
        impl Visitor<'_> for DateVisitor {
            type Value = WrittenDate;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2018-11-22 or 2018-11-22 09:30")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<WrittenDate, E> {
                WrittenDate::parse(text).map_err(|error| match error {
                    DateError::Invalid { message, hint } => coded_error(Code::InvalidDate, &message, &hint),
                    DateError::Ambiguous(one, _) => coded_error(Code::InvalidDate, &one, FORMS),
                })
            }
        }
        deserializer.deserialize_str(DateVisitor)
    }
}

/// The formats of dates, for hints.
pub const FORMS: &str = "write 2018-11-22, 2018-11-22 09:30 or 2018-11-22T09:30:00+08:00";

impl Moment {
    /// An instant with its time of day, in no time zone.
    pub const fn at(instant: Timestamp) -> Moment {
        Moment { instant, has_time: true, is_local: false }
    }

    /// The day and time in a zone.
    pub fn in_zone(self, zone: &TimeZone) -> Zoned {
        self.instant.to_zoned(zone.clone())
    }
}

/// Formats ISO 8601 with seconds and a numeric offset: `2018-11-22T09:30:00+08:00` (the format of RFC
/// 3339).
pub fn iso(zoned: &Zoned) -> String {
    with_offset(zoned.datetime(), zoned.offset())
}
