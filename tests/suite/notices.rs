//! Withdrawals, retractions and corrections that readers have seen never disappear by accident.

use std::fs;

use crate::removals::{NOW, Paper, SETTINGS, source, story};

/// A paper with a story of each kind of notice, all dated before noon UTC.
fn told() -> Paper {
    let of = |more: &str| format!("date: 2026-11-20 08:00\n{more}");
    let paper = Paper::of(&[
        ("news/withdrawn", of("")),
        ("news/retracted", of("")),
        ("news/corrected", of("")),
        ("news/expired", of("")),
        ("news/plain", of("")),
    ]);
    paper.add("news/withdrawn", "withdrawn: {date: 2026-11-22 11:00, reason: It named a minor}");
    paper.add("news/retracted", "retracted: {date: 2026-11-22 11:00, reason: The papers are forged}");
    paper.add("news/corrected", "corrections: [{date: 2026-11-22 11:00, text: It was Monday}]");
    paper.add("news/expired", "expires: 2026-11-23 08:00");
    paper.build(&[]).exits(0);
    paper.build(&["--now", LATER]).exits(0);
    paper
}

/// After all notices and the expiry.
const LATER: &str = "2026-11-23T08:30:00Z";
/// All of them are ahead again.
const WEST: &str = "Pacific/Honolulu";

fn page(paper: &Paper, name: &str) -> String {
    let path = format!("public/news/2026/11/{name}/index.html");
    fs::read_to_string(paper.root.join(path)).unwrap_or_default()
}

#[test]
fn another_time_zone_brings_nothing_back() {
    let paper = told();
    let before = paper.pages();
    // 21:00 UTC on the day of the notices.
    paper.write("site.yaml", &format!("{SETTINGS}timezone: {WEST}\n"));
    let built = paper.build(&["--now", "2026-11-22T20:00:00Z"]).exits(1);
    assert_eq!(built.codes(), ["notices-removed"], "{:?}", built.diagnostics);
    let error = &built.diagnostics[0];
    assert_eq!(error["message"], "4 notices that readers have seen would disappear");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.starts_with("no file has been edited: check `timezone` in site.yaml"), "{hint}");
    assert!(hint.ends_with("with `--allow-removals 4`"), "{hint}");
    assert_eq!(paper.pages(), before);
    paper.build(&["--now", "2026-11-22T20:00:00Z", "--allow-removals", "3"]).exits(1);
    // An edit elsewhere in the file decides nothing, the removal of the key does.
    let now = ["--now", "2026-11-22T20:00:00Z"];
    paper.change("news/withdrawn", |text| text.replace("voted", "has voted"));
    assert_eq!(paper.build(&now).exits(1).diagnostics[0]["message"], error["message"]);
    paper.change("news/withdrawn", |text| {
        text.replace("withdrawn: {date: 2026-11-22 11:00, reason: It named a minor}\n", "")
    });
    let built = paper.build(&now).exits(1);
    assert_eq!(built.diagnostics[0]["message"], "3 notices that readers have seen would disappear");
    // With the time zone of before all is well again.
    paper.write("site.yaml", SETTINGS);
    paper.build(&["--now", LATER]).exits(0);
    assert!(page(&paper, "withdrawn").contains("The council has voted"));
}

#[test]
fn a_return_that_is_permitted_can_be_undone() {
    let paper = told();
    paper.write("site.yaml", &format!("{SETTINGS}timezone: {WEST}\n"));
    paper.build(&["--now", "2026-11-22T20:00:00Z", "--allow-removals", "4"]).exits(0);
    assert!(page(&paper, "withdrawn").contains("The council voted"));
    paper.write("site.yaml", SETTINGS);
    // Every date has passed, whatever the time zone.
    paper.build(&["--now", "2026-11-23T20:00:00Z"]).exits(0);
    assert!(page(&paper, "withdrawn").contains("It named a minor") && page(&paper, "expired").is_empty());
}

#[test]
fn a_clock_that_was_put_back_brings_nothing_back() {
    let paper = told();
    let before = paper.pages();
    let built = paper.build(&["--now", "2026-11-22T10:00:00Z"]).exits(1);
    assert_eq!(built.codes(), ["notices-removed"]);
    assert_eq!(paper.pages(), before);
    paper.build(&["--verify", "--now", "2026-11-22T10:00:00Z"]).exits(1);
}

#[test]
fn a_mistyped_date_of_a_notice_is_reported_at_its_place() {
    for (name, key) in [("withdrawn", "withdrawn"), ("retracted", "retracted")] {
        let paper = told();
        let name = format!("news/{name}");
        paper.change(&name, |text| text.replace("2026-11-22 11:00", "2062-11-22 11:00"));
        let built = paper.build(&["--now", LATER]).exits(1);
        let error = &built.diagnostics[0];
        assert_eq!((&error["code"], &error["path"]), (&"notices-removed".into(), &source(&name).into()));
        assert_eq!(error["line"], 2, "{key}: {error}");
    }
    // A correction that is deleted, or a note that is dated ahead from the beginning, is an editor's decision.
    let paper = told();
    paper.change("news/corrected", |text| {
        text.replace("corrections:", "notes: [{kind: clarification, date: 2027-01-01, text: So}]\n#")
    });
    paper.build(&["--now", LATER]).exits(0);
}

#[test]
fn a_notice_that_is_put_off_is_reported_and_one_that_is_deleted_is_not() {
    let was = "corrections: [{date: 2026-11-22 11:00, text: It was Monday}]";
    for now in [
        "corrections: [{date: 2027-11-22 11:00, text: It was Monday}]",
        "corrections: [{date: 2027-11-22 11:00, text: It was a Monday}]\ntags: votes",
        "corrections: [{date: 2026-12-22 11:00, text: It was Monday}, {date: 2028-01-01, text: It was July}]",
    ] {
        let paper = told();
        let before = paper.pages();
        paper.change("news/corrected", |text| text.replace(was, now).replace("voted", "has voted"));
        let built = paper.build(&["--now", LATER]).exits(1);
        assert!(built.codes().contains(&"notices-removed"), "{:?}", built.diagnostics);
        let error = built.diagnostics.iter().find(|found| found["code"] == "notices-removed").unwrap();
        assert_eq!(error["path"], source("news/corrected"));
        assert_eq!(paper.pages(), before);
    }
    let paper = told();
    paper.change("news/corrected", |text| text.replace(was, ""));
    paper.build(&["--now", LATER]).exits(0);
    // A second one may be announced ahead.
    let paper = told();
    let two = was.replace("}]", "}, {date: 2027-01-01, text: It was July}]");
    paper.change("news/corrected", |text| text.replace(was, &two));
    paper.build(&["--now", LATER]).exits(0);
    assert!(page(&paper, "corrected").contains("It was Monday"));
}

#[test]
fn another_time_zone_brings_no_expired_story_back_whatever_else_was_edited() {
    let paper = told();
    let before = paper.pages();
    paper.write("site.yaml", &format!("{SETTINGS}timezone: {WEST}\n"));
    paper.change("news/expired", |text| text.replace("voted", "has voted"));
    let built = paper.build(&["--now", LATER]).exits(1);
    assert!(built.codes().contains(&"notices-removed"), "{:?}", built.diagnostics);
    assert_eq!(paper.pages(), before);
    // An editor may let it stay longer.
    paper.change("news/expired", |text| text.replace("2026-11-23 08:00", "2026-12-24"));
    paper.write("site.yaml", SETTINGS);
    paper.build(&["--now", LATER]).exits(0);
    assert!(page(&paper, "expired").contains("has voted"));
}

#[test]
fn a_story_is_withdrawn_in_the_minute_or_on_the_day_of_its_publication() {
    for date in ["2026-11-22 08:00", "2026-11-22", "2026-11-22 11:00"] {
        let paper = Paper::of(&[
            ("news/short", "date: 2026-11-22 08:00\n".to_owned()),
            ("news/other", "date: 2026-11-20\n".to_owned()),
        ]);
        paper.add("news/short", &format!("withdrawn: {{date: {date}, reason: An error}}"));
        paper.build(&[]).exits(0);
        assert!(page(&paper, "short").contains("An error"), "{date}");
    }
    // Before its publication it was called off, and readers learn nothing of it.
    let paper = Paper::of(&[("news/other", "date: 2026-11-20\n".to_owned())]);
    let ahead = "date: 2026-11-22 20:00\nwithdrawn: {date: 2026-11-22, reason: An error}\n";
    paper.write(&source("news/short"), &story(ahead));
    paper.build(&["--now", NOW]).exits(0);
    assert_eq!(page(&paper, "short"), "");
    // A date before that of a published story is a mistake.
    let paper = Paper::of(&[("news/short", "date: 2026-11-22 08:00\n".to_owned())]);
    paper.add("news/short", "withdrawn: {date: 2026-11-20, reason: An error}");
    let built = paper.build(&[]).exits(1);
    assert_eq!(
        (&built.diagnostics[0]["path"], &built.diagnostics[0]["line"]),
        (&source("news/short").into(), &2.into())
    );
    // So is one in a story that is withdrawn already.
    let paper = told();
    paper.change("news/withdrawn", |text| text.replace("2026-11-22 11:00", "2026-11-02 11:00"));
    assert_eq!(paper.build(&["--now", LATER]).exits(1).codes(), ["notices-removed"]);
}

#[test]
fn the_two_newest_notices_are_shown_and_older_ones_folded_whatever_their_kind() {
    let paper = Paper::of(&[("news/story", "date: 2026-11-20 08:00\n".to_owned())]);
    paper.write("site.yaml", &SETTINGS.replace("theme: plain\n", ""));
    paper.add(
        "news/story",
        "corrections: [{date: 2026-11-21, text: Piers}, {date: 2026-11-22 10:00, text: Ropes}]\n\
         notes: [{date: 2026-11-22 09:00, text: Quays, kind: clarification}, {date: 2026-11-22 11:00, text: Sails, kind: editors-note}]",
    );
    paper.build(&[]).exits(0);
    let page = page(&paper, "story");
    let (_, page) = page.split_once("<body").expect("a body");
    let texts = ["Sails", "Ropes", "earlier-notices", "Quays", "Piers"];
    let places = texts.map(|text| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}")));
    assert!(places.is_sorted(), "{places:?}");
    assert!(page.contains("2 earlier notices"), "{page}");
}
