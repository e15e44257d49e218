//! Recognizes dates in other formats and suggests the right one.

use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// Formats with a full or abbreviated month name, for `strptime`.
const WITH_MONTH_NAMES: &[&str] =
    &["%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%d. %B %Y", "%d-%b-%Y"];

/// Suggests the right format of a date, if its meaning is clear enough.
pub(super) fn suggestion(text: &str) -> Option<String> {
    let text = &*with_ascii_marks(text);
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(format!("write {}", zoned.strftime("%Y-%m-%d %H:%M%:z")));
    }
    if let Some(day) = without_zone(text) {
        return Some(format!("write {day}, or add the time of day: {day} 09:30Z"));
    }
    let (days, clock) = readings(text);
    shown(&days, |day| Some(format!("{day}{clock}"))).or_else(|| with_zone(text))
}

/// The days that a date may mean, and its time of day as it is written here: ` 09:30`, or nothing.
fn readings(text: &str) -> (Vec<Date>, String) {
    let (day, clock) = split_clock(text);
    let named =
        WITH_MONTH_NAMES.iter().find_map(|form| strtime::parse(form, without_ordinal(day)).ok()?.to_date().ok());
    (named.map(|date| vec![date]).unwrap_or_else(|| of_numbers(day)), clock)
}

/// The advice to write one of a few days.
fn shown(days: &[Date], write: impl Fn(Date) -> Option<String>) -> Option<String> {
    match *days {
        [day] => Some(format!("write {}", write(day)?)),
        [one, other] => {
            let shown = |day: Date| Some(format!("{} ({})", write(day)?, day.strftime("%-d %B")));
            Some(format!("write {} or {}", shown(one)?, shown(other)?))
        }
        _ => None,
    }
}

/// Suggests the format of a date in another one with a time and a zone: `11/01/2026 2:30 PM GMT`.
fn with_zone(text: &str) -> Option<String> {
    let (rest, zone) = text.rsplit_once(' ')?;
    let (days, clock) = readings(&with_ascii_marks(rest));
    let clock = Some(clock.trim_start()).filter(|clock| !clock.is_empty())?;
    // Hours of one digit have no offset elsewhere.
    let clock = if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
    if is_utc(zone) {
        return shown(&days, |day| Some(format!("{day} {clock}Z")));
    }
    let named = shown(&days, |day| Some(format!("{day} {clock}{}", offset_in(zone, day, &clock)?)));
    let is_short_name = (2..=5).contains(&zone.len()) && zone.bytes().all(|byte| byte.is_ascii_uppercase());
    let by_hand = || {
        let advice = shown(&days, |day| Some(format!("{day} {clock}")))?;
        Some(format!("{advice} and the offset from UTC instead of `{zone}`, such as +08:00"))
    };
    named.or_else(|| by_hand().filter(|_| is_short_name && !matches!(zone, "AM" | "PM")))
}

fn is_utc(zone: &str) -> bool {
    ["GMT", "UTC", "UT", "Z"].iter().any(|known| zone.eq_ignore_ascii_case(known))
}

/// The offset of a zone with an IANA name at a local time: `+01:00`.
fn offset_in(zone: &str, day: Date, clock: &str) -> Option<String> {
    // `EST` is a zone name as well, but people also write it in summer.
    let zone = Some(zone).filter(|zone| zone.contains('/')).and_then(|zone| TimeZone::get(zone).ok())?;
    let time = strtime::parse("%H:%M", clock.get(..5)?).ok()?.to_time().ok()?;
    Some(zone.to_ambiguous_zoned(day.to_datetime(time)).unambiguous().ok()?.strftime("%:z").to_string())
}

/// The text with the marks of ISO 8601 in place of those of Chinese, Japanese and Korean dates (`2026年5月4日`), of times
/// with a dot or an h (`09.30`, `9h30`, `09.30 Uhr`), and of dates without any (`20260504`).
fn with_ascii_marks(text: &str) -> String {
    let text = text.replace(['年', '月', '년', '월'], "-").replace(['日', '일'], " ");
    let text = text.trim();
    if let Some(text) = in_24_hours(text) {
        return text;
    }
    let text = text.strip_suffix("Uhr").or_else(|| text.strip_suffix(" h")).unwrap_or(text).trim_end();
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((day, clock)) = text.rsplit_once(' ')
        && let Some((hour, minute)) = clock.split_once(['.', 'h'])
        && is_number(hour)
        && is_number(minute)
        && minute.len() == 2
    {
        return format!("{day} {hour}:{minute}");
    }
    let is_compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_compact { format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]) } else { text.to_owned() }
}

/// A text that ends with a time of the 12-hour clock, with that of the 24-hour clock: `2:30 PM` as `14:30`.
fn in_24_hours(text: &str) -> Option<String> {
    let small = text.to_ascii_lowercase();
    let halves = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)];
    let (rest, later) = halves.iter().find_map(|(half, later)| Some((small.strip_suffix(half)?.trim_end(), later)))?;
    let at = rest.rfind([' ', ','])? + 1;
    let (hour, minute) = rest[at..].split_once([':', '.']).unwrap_or((&rest[at..], "00"));
    let hour: u8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let is_minute = minute.len() == 2 && minute.bytes().all(|byte| byte.is_ascii_digit());
    is_minute.then(|| format!("{} {:02}:{minute}", text[..at].trim_end_matches([' ', ',']), hour % 12 + later))
}

/// The day of a text with a zone and no time: `2026-11-01 GMT`.
fn without_zone(text: &str) -> Option<Date> {
    let (day, zone) = text.split_once(' ')?;
    let zone = zone.trim();
    let is_zone = is_utc(zone) || zone.contains('/') && TimeZone::get(zone).is_ok();
    day.parse().ok().filter(|_| is_zone)
}

/// Suggests an offset for a time zone name after a time: `GMT`, `Europe/Paris`, `EST`.
pub(super) fn zone_suggestion(day: Date, clock: &str, zone: &str) -> String {
    if is_utc(zone) {
        return format!("write {day} {clock}Z");
    }
    let named = offset_in(zone, day, clock).map(|offset| format!("write {day} {clock}{offset}"));
    named.unwrap_or_else(|| format!("write the offset from UTC instead of `{zone}`, such as {day} {clock}+08:00"))
}

/// The days that a numeric date may mean, in each order of its parts.
fn of_numbers(day: &str) -> Vec<Date> {
    let parts: Option<Vec<i16>> = day.split(['/', '.', '-']).map(|part| part.trim().parse().ok()).collect();
    let Some(&[first, second, third]) = parts.as_deref() else { return Vec::new() };
    let orders = match (first, third) {
        (1000.., _) => vec![(first, second, third)],
        (_, 1000..) => vec![(third, second, first), (third, first, second)],
        _ => Vec::new(),
    };
    let date = |(year, month, day): (i16, i16, i16)| Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok();
    let mut dates: Vec<Date> = orders.into_iter().filter_map(date).collect();
    dates.dedup();
    dates
}

/// Splits off the time of day, in the right format.
fn split_clock(text: &str) -> (&str, String) {
    let Some(at) = text.rfind(':').and_then(|colon| text[..colon].rfind([' ', 'T'])) else {
        return (text, String::new());
    };
    let (day, clock) = (text[..at].trim_end_matches([' ', ',']), text[at + 1..].trim());
    match strtime::parse("%H:%M", clock).or_else(|_| strtime::parse("%H:%M:%S", clock)) {
        Ok(_) => (day, format!(" {clock}")),
        Err(_) => (text, String::new()),
    }
}

/// Changes `1st November` to `1 November`.
fn without_ordinal(day: &str) -> String {
    let words = day.split(' ').map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |word| (word, ","));
        let number = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix));
        let number = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty());
        [number.unwrap_or(word), comma].concat()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_other_forms_are_shown_as_they_are_written_here() {
        let cases = [
            ("11/01/2026", "write 2026-01-11 (11 January) or 2026-11-01 (1 November)"),
            ("29/11/2026", "write 2026-11-29"),
            ("11/29/2026 09:30", "write 2026-11-29 09:30"),
            ("1.11.2026", "write 2026-11-01 (1 November) or 2026-01-11 (11 January)"),
            ("11.11.2026", "write 2026-11-11"),
            ("2026/11/1", "write 2026-11-01"),
            ("2026-1-5 9:30", "write 2026-01-05 9:30"),
            ("Nov 1, 2026", "write 2026-11-01"),
            ("November 1st, 2026", "write 2026-11-01"),
            ("1 November 2026, 18:00", "write 2026-11-01 18:00"),
            ("20261101", "write 2026-11-01"),
            ("2026年11月1日 9:30", "write 2026-11-01 9:30"),
            ("2026년 11월 1일", "write 2026-11-01"),
            ("11.11.2026 18.00 Uhr", "write 2026-11-11 18:00"),
            ("2026/11/1 9h30", "write 2026-11-01 9:30"),
            ("11/29/2026 2:30 PM", "write 2026-11-29 14:30"),
            ("11/01/2026, 12:05 a.m.", "write 2026-01-11 00:05 (11 January) or 2026-11-01 00:05 (1 November)"),
            ("Nov 1, 2026 9 AM", "write 2026-11-01 09:00"),
            ("2026-11-01, 09:30", "write 2026-11-01 09:30"),
            ("2026-11-01 09h30", "write 2026-11-01 09:30"),
            ("11/01/2026 2:30 PM GMT", "write 2026-01-11 14:30Z (11 January) or 2026-11-01 14:30Z (1 November)"),
            ("2026-11-01 2:30 PM GMT", "write 2026-11-01 14:30Z"),
            ("2026-11-01 2:30pm Europe/Paris", "write 2026-11-01 14:30+01:00"),
            ("Nov 1, 2026 9:05 UTC", "write 2026-11-01 09:05Z"),
            (
                "11/29/2026 2:30 PM EST",
                "write 2026-11-29 14:30 and the offset from UTC instead of `EST`, such as +08:00",
            ),
            ("2026-11-01 GMT", "write 2026-11-01, or add the time of day: 2026-11-01 09:30Z"),
            ("Sun, 01 Nov 2026 09:30:00 +0100", "write 2026-11-01 09:30+01:00"),
        ];
        for (text, expected) in cases {
            assert_eq!(suggestion(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["soon", "2026", "31/31/2026", "1/2", "11/01/26", "", "::", " : ", "20261399", "年月日", "5.4", "13 PM"]
        {
            assert_eq!(suggestion(text), None, "{text}");
        }
    }

    #[test]
    fn zones_are_written_as_offsets() {
        let day = Date::constant(2026, 11, 1);
        assert_eq!(zone_suggestion(day, "09:30", "GMT"), "write 2026-11-01 09:30Z");
        assert_eq!(zone_suggestion(day, "09:30", "Europe/Paris"), "write 2026-11-01 09:30+01:00");
        assert!(zone_suggestion(day, "09:30", "EST").starts_with("write the offset from UTC instead of `EST`"));
    }
}
