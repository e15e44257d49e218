//! Fronts of sections, authors and tags that blocks lay out, and opinions.

use serde_json::json;

use super::TOO_WIDE;
use super::accessible::{LOOK, axe};
use super::driver::Browser;
use super::newsroom::Newsroom;

/// A paper whose section `views`, author Ina Holm and tag `Rain` have blocks.
fn paper() -> Newsroom {
    let site = "terms: {tags: {Rain: {blocks: [{style: grid, kind: opinion, limit: 4}]}}}\n";
    let face =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><circle cx=\"5\" cy=\"5\" r=\"4\"/></svg>";
    let mut files = vec![
        ("content/authors/ole.svg".to_owned(), face.to_owned()),
        (
            "content/authors/ole.md".to_owned(),
            "---\nname: Ole Brandt\nimage: ole.svg\nblocks: [{heading: Often read, style: row, pick: views/one-0.md}]\n---\n"
                .to_owned(),
        ),
        (
            "content/views/_index.md".to_owned(),
            "---\ntitle: Views\nstyle: opinion\nblocks:\n- {style: lead, limit: 3}\n\
             - {heading: Elsewhere, section: town, whole_site: true, style: opinion, limit: 2}\n---\n"
                .to_owned(),
        ),
    ];
    for (folder, kind) in [("views", "opinion"), ("town", "news")] {
        for at in 0..8 {
            let author = if at % 2 == 0 { "ole" } else { "ina-holm" };
            let text = format!(
                "---\ntitle: The {kind} of a rather rainy day, number {at}\ndate: 2026-06-0{}\nkind: {kind}\n\
                 authors: {author}\ntags: [Rain]\n---\nWords about the rain.\n",
                at + 1
            );
            files.push((format!("content/{folder}/one-{at}.md"), text));
        }
    }
    Newsroom::of_files(site, &files)
}

/// The pages that blocks lay out.
const FRONTS: [&str; 3] = ["views/", "authors/ole/", "tags/rain/"];

#[test]
fn a_front_laid_out_by_blocks_shows_each_story_once_and_fits_every_screen() {
    let Some(browser) = Browser::start() else { return };
    let paper = paper();
    for front in FRONTS {
        browser.open(&paper.page(front));
        let count = "const links = [...document.querySelectorAll('main .card-title a')].map(a => a.href);
            return [links.length > 3, links.filter((link, at) => links.indexOf(link) !== at)];";
        assert_eq!(browser.execute(count), json!([true, []]), "{front}");
        let skips = "const levels = [...document.querySelectorAll('main :is(h1, h2, h3, h4)')].map(h => +h.tagName[1]);
            return levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1);";
        assert_eq!(browser.execute(skips), json!([]), "no level of headings is skipped on {front}");
        for width in [320, 390, 768, 1280] {
            browser.resize(width, 800);
            assert_eq!(browser.execute(TOO_WIDE), json!([]), "{front} at {width} px");
        }
    }
}

#[test]
fn an_opinion_shows_its_author_before_a_headline_in_quotation_marks() {
    let Some(browser) = Browser::start() else { return };
    let paper = paper();
    browser.resize(1280, 800);
    browser.open(&paper.page("views/"));
    let first = browser.execute(
        "const card = document.querySelector('main .opinion-card');
        const [author, title] = ['.opinion-author', '.card-title'].map(css => card.querySelector(css));
        const above = author.getBoundingClientRect().bottom <= title.getBoundingClientRect().top + 1;
        return [author.innerText.trim(), above, getComputedStyle(title, '::before').content.includes('open-quote')];",
    );
    assert_eq!(first, json!(["Ina Holm", true, true]));
    let portraits = "return document.querySelectorAll('main .card-opinion .opinion-portrait').length";
    assert_eq!(browser.execute(portraits), json!(4), "those of Ole Brandt's opinions");
    // Reports are never set like the words of a person.
    let news = "return getComputedStyle(document.querySelector('main .card-news .card-title'), '::before').content";
    assert_eq!(browser.execute(news), json!("none"));
}

#[test]
fn axe_finds_no_barrier_on_fronts_in_light_or_dark() {
    let Some(browser) = Browser::start() else { return };
    let Some(axe) = axe() else { return };
    let paper = paper();
    browser.bring_along(&axe);
    browser.resize(1280, 900);
    for front in FRONTS {
        browser.open(&paper.page(front));
        for scheme in ["light", "dark"] {
            browser.emulate("screen", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]);
            assert_eq!(browser.execute_until_done(LOOK), json!([]), "{front} ({scheme})");
        }
    }
}
