//! Local times at every clock change in every time zone: skipped or repeated ones stand for no instant, and all others
//! for the one that is shown as that time.
#![allow(clippy::disallowed_methods, reason = "the machine's time zone comes from the environment")]

use std::process::Command;

use crate::support;
use crate::tree;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use presswork::date::{DateError, Moment, WrittenDate, iso};

/// A clock change: the instant, and the offsets before and after it.
struct Change {
    instant: Timestamp,
    before: Offset,
    after: Offset,
}

/// Every time zone, by name.
fn zones() -> Vec<(String, TimeZone)> {
    let names = jiff::tz::db().available();
    let zones: Vec<_> = names.map(|name| (name.to_string(), jiff::tz::db().get(name.as_str()).unwrap())).collect();
    assert!(zones.len() > 400, "{}", zones.len());
    zones
}

/// All changes of the years 2020 to 2029 that move the clocks.
fn changes(zone: &TimeZone) -> Vec<Change> {
    let (first, last): (Timestamp, Timestamp) =
        ("2020-01-01T00:00:00Z".parse().unwrap(), "2030-01-01T00:00:00Z".parse().unwrap());
    let instants = zone.following(first).map(|change| change.timestamp()).take_while(|&instant| instant < last);
    let changes = instants.map(|instant| Change {
        instant,
        before: zone.to_offset(instant - SignedDuration::from_secs(1)),
        after: zone.to_offset(instant),
    });
    changes.filter(|change| change.before != change.after).collect()
}

fn written(local: DateTime) -> String {
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn resolved(text: &str, zone: &TimeZone) -> Result<Moment, DateError> {
    WrittenDate::parse(text).unwrap().resolve(zone)
}

/// Checks that a local time stands for one instant, which is shown as that time and can be read back.
fn names_one(local: DateTime, zone: &TimeZone, name: &str) {
    let text = written(local);
    let moment = resolved(&text, zone).unwrap_or_else(|error| panic!("{name} {text}: {error:?}"));
    let shown = moment.in_zone(zone);
    assert_eq!(shown.datetime(), local, "{name} {text}");
    assert_eq!(iso(&shown).parse::<Timestamp>().unwrap(), moment.instant, "{name} {text}");
    assert_eq!(resolved(&iso(&shown), &TimeZone::UTC).unwrap().instant, moment.instant, "{name} {text}");
}

/// Checks that a local time stands for no instant, and that the error names these two instants.
fn names_none(local: DateTime, change: &Change, zone: &TimeZone, name: &str) {
    let text = written(local);
    let Err(DateError::Ambiguous(one, other)) = resolved(&text, zone) else { panic!("{name} {text} was taken") };
    for (possible, offset) in [(one, change.before), (other, change.after)] {
        let meant = offset.to_timestamp(local).unwrap();
        assert_eq!(possible.parse::<Timestamp>().unwrap(), meant, "{name} {text}");
        assert_eq!(resolved(&possible, zone).unwrap(), Moment::at(meant), "{name} {text}");
    }
}

#[test]
fn skipped_and_repeated_times_stand_for_no_instant() {
    let mut found = 0;
    for (name, zone) in zones() {
        for change in changes(&zone) {
            let (old, new) = (change.before.to_datetime(change.instant), change.after.to_datetime(change.instant));
            // Skipped, or shown twice: from the earlier of the two to the later.
            let (first, end) = (old.min(new), old.max(new));
            names_one(first - 1.second(), &zone, &name);
            names_one(end, &zone, &name);
            for local in [first, first + 1.second(), first + end.duration_since(first) / 2, end - 1.second()] {
                names_none(local, &change, &zone, &name);
            }
            found += 1;
        }
    }
    assert!(found > 2_000, "{found}");
}

#[test]
fn a_day_begins_at_its_first_instant() {
    for (name, zone) in zones() {
        for change in changes(&zone) {
            let day = change.after.to_datetime(change.instant).date();
            for day in [day.yesterday().unwrap(), day, day.tomorrow().unwrap()] {
                let Moment { instant, has_time, .. } = resolved(&day.to_string(), &zone).unwrap();
                let date = |instant: Timestamp| -> Date { instant.to_zoned(zone.clone()).date() };
                assert!(!has_time);
                assert_eq!(date(instant), day, "{name} {day}");
                assert!(date(instant - SignedDuration::from_secs(1)) < day, "{name} {day}");
            }
        }
    }
}

#[test]
fn datetimes_carry_the_offset_in_force() {
    for (name, zone) in zones() {
        for change in changes(&zone) {
            for seconds in [-86_400, -1, 0, 1, 86_400] {
                let instant = change.instant + SignedDuration::from_secs(seconds);
                let shown = iso(&Moment::at(instant).in_zone(&zone));
                assert_eq!(shown.parse::<Timestamp>().unwrap(), instant, "{name} {shown}");
                let offset = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%:z", &shown).unwrap().offset().unwrap();
                assert_eq!(offset, zone.to_offset(instant), "{name} {shown}");
            }
        }
    }
}

/// Before standard time, local times differed from UTC by seconds, which RFC 3339 cannot express.
#[test]
fn historical_times_are_shown_as_their_instants() {
    let mut found = 0;
    for (name, zone) in zones() {
        let first: Timestamp = "1700-01-01T00:00:00Z".parse().unwrap();
        let last: Timestamp = "1975-01-01T00:00:00Z".parse().unwrap();
        for change in zone.following(first).take_while(|change| change.timestamp() < last) {
            for seconds in [-1, 0] {
                let instant = change.timestamp() + SignedDuration::from_secs(seconds);
                let shown = iso(&instant.to_zoned(zone.clone()));
                assert_eq!(shown.parse::<Timestamp>().unwrap(), instant, "{name} {shown}");
                found += usize::from(zone.to_offset(instant).seconds() % 60 != 0);
            }
        }
    }
    assert!(found > 100, "{found}");
}

/// The same sources at the same instant, on machines in any time zone.
#[test]
fn the_time_zone_of_the_machine_never_matters() {
    let folder = support::scratch();
    let root = folder.path().join("site");
    tree::write(&root, support::plain_theme()).unwrap();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "site.yaml",
        "title: T\nbase_url: https://example.org/\ntheme: plain\ntimezone: America/New_York\npermalink: \"{year}/{month}/{day}/{slug}/\"\n",
    );
    write("content/authors/ana.md", "---\nname: Ana\n---\n");
    for (name, date) in [("eve", "2025-12-31 23:30"), ("day", "2026-07-01"), ("later", "2026-11-22 08:00")] {
        write(
            &format!("content/news/{name}.md"),
            &format!("---\ntitle: {name}\ndate: {date}\nauthors: ana\n---\nText.\n"),
        );
    }
    let built =
        ["UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns", ":/nowhere", "EST5EDT,M3.2.0,M11.1.0"].map(
            |zone| {
                let output = folder.path().join("public");
                let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
                command.args(["build", "--at", "2026-11-22T12:59:59Z", "--quiet", "--clean", "--output"]).arg(&output);
                let status = command.current_dir(&root).env("TZ", zone).status().unwrap();
                assert!(status.success(), "{zone}");
                support::snapshot(&output)
            },
        );
    assert!(built.iter().all(|tree| *tree == built[0]));
    let pages: Vec<String> = built[0].keys().map(|path| path.to_string_lossy().into_owned()).collect();
    assert!(pages.contains(&"2025/12/31/eve/index.html".to_owned()), "{pages:?}");
    assert!(!pages.iter().any(|page| page.contains("later")), "it is 07:59:59 in New York: {pages:?}");
    let page = support::holding(&output_of(&folder), "2025-12-31T23:30:00-05:00");
    assert!(!page.is_empty());
    assert!(!support::holding(&output_of(&folder), "2026-07-01T00:00:00-04:00").is_empty());
}

fn output_of(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("public")
}

#[test]
fn odd_days_and_times_mean_what_they_say() {
    let zone = |name: &str| TimeZone::get(name).unwrap();
    let instant = |text: &str, name: &str| resolved(text, &zone(name)).map(|moment| moment.instant.to_string());
    assert_eq!(instant("1919-03-31", "America/Toronto"), Ok("1919-03-31T04:30:00Z".to_owned()));
    assert!(
        matches!(instant("2011-12-30", "Pacific/Apia"), Err(DateError::Invalid { message, .. }) if message.contains("skipped"))
    );
    assert!(WrittenDate::parse("0000-01-01").is_err());
    let early = instant("2026-12-01 12:00:00.999", "UTC");
    assert_eq!(early, Ok("2026-12-01T12:00:00.999Z".to_owned()));
}
