//! Another time zone publishes no story before its time.

use super::*;

#[test]
fn another_time_zone_publishes_nothing_early() {
    for line in ["embargo: 2026-11-22 20:00", "date: 2026-11-22 20:00"] {
        let paper = Paper::new();
        let before = paper.pages();
        let date = if line.starts_with("embargo") { "date: 2026-11-22 06:00\n" } else { "" };
        paper.write("content/news/later.md", &story(&format!("{date}{line}\n")));
        paper.build(&[]).exits(0);
        assert_eq!(paper.pages(), before);
        paper.write("site.yaml", &format!("{SETTINGS}timezone: Asia/Tokyo\n"));
        let built = paper.build(&[]).exits(1);
        assert_eq!(built.codes(), ["early-publication"]);
        assert!(built.diagnostics[0]["hint"].as_str().unwrap().contains("check `timezone`"));
        assert_eq!(paper.pages(), before);
        // An editor may decide so.
        let now = line.replace("22 20:00", "22T20:00+09:00");
        paper.change("news/later", |text| text.replace(line, &now));
        paper.build(&[]).exits(0);
        assert_eq!(paper.pages().len(), before.len() + 1);
    }
}

#[test]
fn another_time_zone_publishes_nothing_early_whatever_else_was_edited() {
    let edits: [fn(&Paper); 3] = [
        |paper| paper.change("news/later", |text| text.replace("voted", "has voted")),
        |paper| paper.change("news/later", |text| text.replace("A story", "The story\ntags: votes")),
        |paper| {
            let [old, new] = ["news/later", "news/moved"].map(|name| paper.root.join(source(name)));
            fs::rename(old, new).unwrap();
        },
    ];
    for line in
        ["date: 2026-11-22 06:00\nembargo: 2026-11-22 20:00\n", "date: 2026-11-22 20:00\n", "date: 2026-11-23\n"]
    {
        for edit in edits {
            let paper = Paper::new();
            let before = paper.pages();
            paper.write("content/news/later.md", &story(line));
            paper.build(&[]).exits(0);
            edit(&paper);
            // There it is 2 o'clock on the next day.
            paper.write("site.yaml", &format!("{SETTINGS}timezone: Pacific/Kiritimati\n"));
            let built = paper.build(&[]).exits(1);
            assert_eq!(built.codes(), ["early-publication"], "{line}");
            assert_eq!(paper.pages(), before);
        }
    }
    // A date that was edited is meant.
    let paper = Paper::new();
    paper.write("content/news/later.md", &story("date: 2026-11-22 20:00\n"));
    paper.build(&[]).exits(0);
    paper.change("news/later", |text| text.replace("20:00", "21:30"));
    paper.write("site.yaml", &format!("{SETTINGS}timezone: Pacific/Kiritimati\n"));
    paper.build(&[]).exits(0);
    assert_eq!(paper.pages().len(), STORIES.len() + 1);
}
