//! Dates as other systems write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// A date of another system: a day, usually with a time, often with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceDate {
    /// The day and time as written.
    pub local: DateTime,
    /// The offset from UTC, if it is known.
    pub offset: Option<Offset>,
    /// True if a time was written that is not midnight, which most systems write for "no time".
    pub has_time: bool,
}

impl SourceDate {
    /// A date without an offset, in the site's time zone.
    pub fn local(local: DateTime) -> SourceDate {
        SourceDate { local, offset: None, has_time: local.time() != Time::midnight() }
    }

    /// A date in UTC.
    pub fn utc(local: DateTime) -> SourceDate {
        SourceDate { offset: Some(Offset::UTC), ..SourceDate::local(local) }
    }

    /// Parses the forms that other systems write: `2019-05-03`, `2019-5-3 9:30`, `2019-05-03T09:30:15.5+02:00`,
    /// `2019-05-03 09:30:00 +0200`, `2019/05/03`, and those of RFC 2822. `None` for anything else and for
    /// `0000-00-00`.
    pub fn parse(text: &str) -> Option<SourceDate> {
        let text = text.trim().trim_matches(['"', '\'']);
        numeric(text).or_else(|| worded(text))
    }

    /// The date as front matter writes it. A local time that a clock change skips or repeats gets its offset.
    pub fn written(&self, zone: &TimeZone) -> String {
        let day = self.local.date();
        if !self.has_time {
            return day.to_string();
        }
        let time = self.local.time();
        let time = match time.second() {
            0 => format!("{:02}:{:02}", time.hour(), time.minute()),
            second => format!("{:02}:{:02}:{second:02}", time.hour(), time.minute()),
        };
        let offset = match self.offset {
            Some(offset) => Some(offset),
            None => {
                let ambiguous = zone.to_ambiguous_zoned(self.local);
                let is_ambiguous = ambiguous.is_ambiguous();
                let resolved = ambiguous.compatible().ok();
                resolved.filter(|_| is_ambiguous).map(|zoned| zoned.offset())
            }
        };
        match offset {
            None => format!("{day} {time}"),
            Some(offset) if offset == Offset::UTC => format!("{day} {time}Z"),
            Some(offset) => format!("{day} {time}{}", written_offset(offset)),
        }
    }

    /// The instant, in nanoseconds since 1970; a day without a time is its midnight in the zone.
    pub fn instant(&self, zone: &TimeZone) -> Option<jiff::Timestamp> {
        match self.offset.filter(|_| self.has_time) {
            Some(offset) => offset.to_timestamp(self.local).ok(),
            None => zone.to_ambiguous_zoned(self.local).compatible().ok().map(|zoned| zoned.timestamp()),
        }
    }

    /// The day that URLs of Presswork show: that of the instant in the site's zone, or the written day if there is no
    /// time.
    pub fn day_in(&self, zone: &TimeZone) -> Date {
        match self.instant(zone).filter(|_| self.has_time) {
            Some(instant) => zone.to_datetime(instant).date(),
            None => self.local.date(),
        }
    }
}

fn written_offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `2019-5-3`, `2019/05/03 9:30`, with anything that follows a time.
fn numeric(text: &str) -> Option<SourceDate> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '/' || c == '.')).unwrap_or(text.len());
    let (day, rest) = text.split_at(end);
    let separator = day.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = day.split(separator).collect();
    let [year, month, day] = parts[..] else { return None };
    if year.len() != 4 {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    with_time(date, rest.trim_start_matches(['T', 't', ' ', ',']))
}

/// `Fri, 03 May 2019 09:30:00 +0200`, `May 3, 2019`, `3 May 2019`.
fn worded(text: &str) -> Option<SourceDate> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let (mut day, mut month, mut year) = (None, None, None);
    let mut rest = Vec::new();
    while let Some(word) = words.next() {
        let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if let Some(found) = month_of(word).filter(|_| month.is_none()) {
            month = Some(found);
        } else if !number.is_empty() && is_number(number) && number.len() <= 2 && day.is_none() {
            day = number.parse::<i8>().ok();
        } else if is_number(word) && word.len() == 4 && year.is_none() {
            year = word.parse::<i16>().ok();
            rest = words.by_ref().collect();
        } else if day.is_some() || word.len() < 3 {
            return None;
        }
    }
    with_time(Date::new(year?, month?, day?).ok()?, &rest.join(" "))
}

fn month_of(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_ascii_lowercase();
    let start = word.get(..3)?;
    let at = MONTHS.iter().position(|month| *month == start)?;
    i8::try_from(at + 1).ok()
}

/// Adds `9:30`, `09:30:15.5`, `9:30 pm` and an offset after it.
fn with_time(date: Date, rest: &str) -> Option<SourceDate> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(SourceDate { local: date.to_datetime(Time::midnight()), offset: None, has_time: false });
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let whole = clock.split('.').next().unwrap_or(clock);
    let mut numbers = whole.split(':').map(str::parse::<i8>);
    let mut hour = numbers.next()?.ok()?;
    let minute = numbers.next()?.ok()?;
    let second = numbers.next().unwrap_or(Ok(0)).ok()?;
    let mut zone = zone.trim();
    for (half, is_afternoon) in [("am", false), ("pm", true)] {
        if zone.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(half)) {
            zone = zone[2..].trim();
            hour = hour % 12 + if is_afternoon { 12 } else { 0 };
        }
    }
    let local = date.to_datetime(Time::new(hour, minute, second.min(59), 0).ok()?);
    Some(SourceDate { offset: offset(zone), ..SourceDate::local(local) })
}

/// `Z`, `UTC`, `GMT`, `+02:00`, `-0500`, `+02`; `None` for names of zones.
fn offset(zone: &str) -> Option<Offset> {
    if ["z", "utc", "gmt"].iter().any(|name| zone.eq_ignore_ascii_case(name)) {
        return Some(Offset::UTC);
    }
    let zone = zone.split_whitespace().next()?;
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    let minutes = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
    Offset::from_seconds(sign * minutes * 60).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        SourceDate::parse(text).map(|date| date.written(&zone))
    }

    #[test]
    fn dates_of_other_systems_are_read() {
        for (text, date) in [
            ("2019-05-03", "2019-05-03"),
            ("2019-5-3 9:30", "2019-05-03 09:30"),
            ("2019-05-03T00:00:00Z", "2019-05-03"),
            ("2019-05-03T09:30:15.123+02:00", "2019-05-03 09:30:15+02:00"),
            ("2019-05-03 09:30:00 -0500", "2019-05-03 09:30-05:00"),
            ("2019/05/03 09:30 pm", "2019-05-03 21:30"),
            ("Fri, 03 May 2019 09:30:00 +0000", "2019-05-03 09:30Z"),
            ("May 3rd, 2019", "2019-05-03"),
            ("3 May 2019", "2019-05-03"),
            // The clocks go back: the first of the two.
            ("2019-10-27 02:30", "2019-10-27 02:30+02:00"),
        ] {
            assert_eq!(written(text).as_deref(), Some(date), "{text}");
        }
        for text in ["", "0000-00-00 00:00:00", "2019-02-30", "soon", "03.05.2019", "2019-05-03 29:00"] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
