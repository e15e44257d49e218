//! The desk: its lists, its filters, and its clock.

use std::fs;

use super::preview::{Preview, paper, path_of, story, waiting};
use crate::support::{Call, run};
use crate::tree::Tree;

/// A paper with a story in each state that editors care about.
fn newsroom() -> Tree {
    waiting(paper(2))
}

/// A group of the desk, as text without tags.
fn group(desk: &str, name: &str) -> String {
    let start = format!("<section class=\"group {name}\"");
    let part = desk.split(&start).nth(1).unwrap_or_default().split("</section>").next().unwrap_or_default();
    let mut text = String::new();
    let mut is_tag = false;
    for letter in part.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            letter if !is_tag => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn status_shows_the_newsroom_at_a_glance() {
    let preview = Preview::of(&newsroom(), &["--editor", "zed"]);
    let desk = preview.get("/_presswork/").text();
    let shown = |name: &str| group(&desk, name);
    assert!(shown("today").contains("The today story"), "{}", shown("today"));
    assert!(!shown("today").contains("embargo"), "{}", shown("today"));
    assert!(shown("draft").contains("The draft story") && shown("draft").contains("Sam Okafor"));
    assert!(shown("embargoed").contains("Sun 2026-11-22 15:30 in 3 h 30 min"), "{}", shown("embargoed"));
    assert!(shown("expiring").contains("The expiring story") && shown("expiring").contains("in 2 days 12 h"));
    assert!(shown("retracted").contains("The retracted story"));
    assert!(shown("corrected").contains("The corrected story"));
    assert!(desk.contains("href=\"/local/2026/11/draft/\""), "a draft opens in the preview");
    let editor = format!("href=\"zed://file{}/content/local/draft.md:1:1\"", preview.root.display());
    assert!(desk.contains(&editor), "{desk}");
    let coming = desk.split("id=\"coming\"").nth(1).unwrap();
    let first = coming.split("</li>").next().unwrap();
    assert!(first.contains("The embargo story") && first.contains("is published"), "{first}");
}

#[test]
fn filters_show_only_the_selected_stories() {
    let preview = Preview::of(&newsroom(), &[]);
    let desk = |query: &str| preview.get(&format!("/_presswork/?{query}")).text();
    let by_sam = desk("author=sam");
    assert!(group(&by_sam, "draft").contains("draft story") && !by_sam.contains("The embargo story</a></p>"));
    let world = desk("section=world");
    assert_eq!(group(&world, "draft"), "");
    let drafts = desk("state=draft");
    assert!(group(&drafts, "draft").contains("The draft story"));
    assert_eq!((group(&drafts, "embargoed"), group(&drafts, "today")), (String::new(), String::new()));
    let published = desk("state=published&author=ana");
    assert!(group(&published, "published").contains("The today story"));
    assert!(!group(&published, "published").contains("embargo"), "{}", group(&published, "published"));
    for odd in ["author=%00", "state=nonsense", "section=..%2F..", "author=%3Cscript%3E", "&&&=&", "at="] {
        let desk = desk(odd);
        assert!(desk.contains("The desk") && !desk.contains("<script>"), "{odd}");
    }
}

#[test]
fn the_whole_site_is_shown_as_of_another_time() {
    let preview = Preview::of(&newsroom(), &["--no-drafts"]);
    let story = "/local/2026/11/embargo/";
    assert_eq!(preview.get(story).status, 404);
    let then = preview.get(&format!("{story}?at=2026-11-22T16:00"));
    assert_eq!(then.status, 200);
    let cookie = then.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with(&format!("presswork-at-{}=2026-11-22T16:00:00Z", preview.address.port())), "{cookie}");
    let with = |path: &str| preview.get_with(path, &[("cookie", &cookie)]);
    assert!(with("/").text().contains("The embargo story"), "the front page is of then");
    assert!(!preview.get("/").text().contains("The embargo story"), "for everybody else it is now");
    let desk = with("/_presswork/").text();
    assert!(desk.contains("Sun 2026-11-22 16:00") && desk.contains("Back to now"), "{desk}");
    assert!(group(&desk, "today").contains("The embargo story"));
    let back = with("/_presswork/?at=now");
    assert!(back.header("set-cookie").contains("=; Path=/; Max-Age=0"), "{}", back.header("set-cookie"));
    assert!(!back.text().contains("Back to now") || back.text().contains("12:00"));
    // A browser that has today's page is not told that it already has the page of another time, nor the other way
    // round.
    let page = path_of(0);
    let (now, then) = (preview.get(&page), with(&page));
    assert!(then.text().contains("data-at=") && !now.text().contains("data-at="));
    assert_eq!((then.header("vary").contains("cookie"), now.header("vary").contains("cookie")), (true, true));
    let asked =
        |tag: &str, more: &[(&str, &str)]| preview.get_with(&page, &[&[("if-none-match", tag)], more].concat()).status;
    let (of_now, of_then) = (now.header("etag"), then.header("etag"));
    let moment = [("cookie", cookie.as_str())];
    assert_eq!([asked(of_now, &[]), asked(of_then, &moment)], [304, 304]);
    assert_eq!([asked(of_now, &moment), asked(of_then, &[])], [200, 200]);
    // An expired story is gone by then.
    assert_eq!(with("/local/2026/11/expiring/").status, 200);
    assert_eq!(preview.get("/local/2026/11/expiring/?at=2026-11-26").status, 404);
    // At a clock change a local time exists twice or not at all; the suggested time works, also as people type it.
    let doubt = preview.get("/?at=9999-12-31T23:59:59Z");
    assert!(doubt.status == 400 && !doubt.text().contains("clocks"), "{}", doubt.text());
    assert_eq!(preview.get("/?at=2026-11-25T02:30+02:00").status, 200);
    assert_eq!(preview.get("/?at=2026-11-25%2002:30+02:00").status, 200);
    assert_eq!(preview.get("/?at=2026-11-25%2002:30").status, 200);
    let bad = preview.get("/?at=tomorrow");
    assert_eq!(bad.status, 400);
    assert!(bad.text().contains("`tomorrow` is not a valid time"), "{}", bad.text());
    // An edit shows at the other time too.
    preview.write("content/world/story-1.md", super::preview::story(1, "Edited."));
    preview.wait_for(&path_of(1), "Edited.");
    assert!(with(&path_of(1)).text().contains("Edited."));
}

#[test]
fn at_a_clock_change_both_instants_are_offered() {
    let mut files = paper(1);
    let yaml = "title: P\nbase_url: https://example.org/\ntheme: plain\ntimezone: Europe/Berlin\n";
    files.insert("site.yaml".into(), yaml.into());
    let preview = Preview::of(&files, &[]);
    let doubt = preview.get("/?at=2026-10-25T02:30");
    assert_eq!(doubt.status, 400);
    let told = doubt.text();
    let advised: Vec<&str> =
        told.split("?at=").skip(1).map(|rest| rest.split([' ', '\n']).next().unwrap().trim_end_matches('.')).collect();
    assert_eq!(advised.len(), 2, "{told}");
    for at in advised {
        assert_eq!(preview.get(&format!("/?at={at}")).status, 200, "{at}");
    }
}

#[test]
fn long_lists_are_read_part_by_part_with_the_same_filters() {
    let preview = Preview::of(&paper(130), &[]);
    let link = |desk: &str, words: &str| {
        let before = desk.split(&format!("\">{words}</a>")).next().filter(|before| before.len() < desk.len())?;
        Some(before.rsplit("href=\"").next().unwrap().replace("&amp;", "&"))
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut next = Some("/_presswork/?state=published&section=world".to_owned());
    let mut parts = 0;
    while let Some(address) = next {
        let desk = preview.get(&address).text();
        let stories = desk.split("class=\"group published\"").nth(1).unwrap().split("</section>").next().unwrap();
        seen.extend(stories.split("href=\"/world/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        assert_eq!(link(&desk, "Previous stories").is_some(), parts > 0);
        assert!(stories.contains("<span class=\"count\">130</span>"), "{stories}");
        next = link(&desk, "Next stories");
        parts += 1;
    }
    assert_eq!((parts, seen.len()), (3, 130));
    let beyond = preview.get("/_presswork/?state=published&from=18446744073709551615");
    assert_eq!(beyond.status, 200);
}

#[test]
fn problems_are_listed_by_file() {
    let mut files = newsroom();
    files.insert(
        "content/local/bad.md".into(),
        b"---\ntitle: Bad\ndate: 2026-01-01\nauthors: [anna]\n---\n\nText <b onclick=x>y</b>.\n".to_vec(),
    );
    let preview = Preview::of(&files, &[]);
    let answer =
        preview.wait("/_presswork/", "a look through all pages", |answer| answer.text().contains("html-removed"));
    let desk = answer.text();
    let wrong = desk.split("id=\"wrong\"").nth(1).unwrap();
    assert!(wrong.contains("1 error") && wrong.contains("1 warning"), "{wrong}");
    assert!(wrong.contains("content/local/bad.md:4:11") && wrong.contains("unknown-author"), "{wrong}");
    assert!(wrong.contains("<mark>anna</mark>"), "{wrong}");
}

/// Builds the paper of a preview, and returns the exit code.
fn build(preview: &Preview) -> u8 {
    run(&preview.root, &Call::default()).code
}

#[test]
fn the_desk_lists_what_a_build_would_report() {
    const DESK: &str = "/_presswork/";
    let preview = Preview::of(&newsroom(), &[]);
    assert_eq!(build(&preview), 0);
    let wrong = |text: &str| text.split("id=\"wrong\"").nth(1).unwrap_or_default().to_owned();
    assert!(wrong(&preview.get(DESK).text()).contains("0 errors, 0 warnings"));

    // The preview by itself knows neither the text nor the URL that were published, and it shows the draft.
    let text = "Quite another text of more than a few words";
    preview.write("content/world/story-0.md", story(0, &format!("{text} [by Sam](/local/draft.md).")));
    let moved = preview.read("content/world/story-1.md");
    preview.write("content/world/renamed.md", moved);
    fs::remove_file(preview.root.join("content/world/story-1.md")).unwrap();
    let is_all = |text: &str| ["silent-edit", "moved-url", "unpublished-link"].iter().all(|code| text.contains(code));
    let desk = wrong(&preview.wait(DESK, "what has changed", |answer| is_all(&answer.text())).text());
    assert!(desk.contains("1 error, 2 warnings"), "{desk}");
    assert!(desk.contains("presswork correct content/world/story-0.md"), "a hint: {desk}");
    assert!(desk.contains("content/world/story-0.md:8") && desk.contains("content/world/renamed.md"), "places: {desk}");

    // Two that go are no rename: the build would stop.
    fs::remove_file(preview.root.join("content/local/today.md")).unwrap();
    preview.wait_for(DESK, "2 published stories would no longer be at their URLs");

    // What a build has published is compared from then on.
    assert_eq!(build(&preview), 1, "the link to a draft stops it");
    preview.write("content/world/story-0.md", story(0, text));
    assert_eq!(build(&preview), 0);
    preview.wait(DESK, "the warnings that remain", |answer| {
        let text = answer.text();
        text.contains("deleted-story") && text.contains("moved-url") && !text.contains("stories-removed")
    });
}
