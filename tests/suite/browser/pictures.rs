//! Pictures in several sizes: which one a browser loads.

use super::driver::Browser;
use super::newsroom::Newsroom;

/// A story whose lead picture is a JPEG file of 1,200 × 800 pixels.
const STORY: &str = "business/2026/10/port-strike/";
const LEAD: &str = "document.querySelector('.lead-picture img')";

#[test]
fn a_browser_loads_the_smallest_lead_that_is_sharp_and_no_other() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    for (width, scale, wanted) in [(390, 1, 480), (390, 2, 800), (1280, 1, 800), (1280, 2, 1200)] {
        browser.resize_at(width, 900, scale);
        browser.requests();
        browser.open(&newsroom.page(STORY));
        let loaded =
            browser.execute(&format!("return {LEAD}.complete && {LEAD}.naturalWidth > 0 && {LEAD}.currentSrc"));
        let loaded = loaded.as_str().unwrap_or_default();
        let is_wanted = loaded.contains(&format!("/port-strike-{wanted}.")) && loaded.ends_with(".webp");
        assert!(is_wanted, "{width} pixels at {scale}x: {loaded}");
        let leads: Vec<String> = browser.requests().into_iter().filter(|url| url.contains("/port-strike-")).collect();
        assert_eq!(leads, [loaded], "{width} pixels at {scale}x: the lead is preloaded, and no other file of it is");
    }
}

#[test]
fn pictures_have_their_places_before_they_are_loaded() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let pages = [STORY, "business/2026/11/cranes-without-drivers/", "", "business/"];
    for path in pages {
        browser.resize(390, 844);
        browser.open(&newsroom.page(path));
        // Another typeface may move lines when it comes.
        let moved = browser.execute_until_done(
            "const moved = [];
             const name = node => node ? node.nodeName + '.' + (node.className || '') : 'gone';
             const note = e => moved.push(e.value + ' ' + e.sources.map(s => name(s.node)));
             const frames = () => new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
             const all = [...document.images];
             document.fonts.ready.then(frames).then(() => {
                 new PerformanceObserver(list => list.getEntries().forEach(note)).observe({type: 'layout-shift'});
                 all.forEach(e => e.loading = 'eager');
                 return Promise.all(all.map(e => e.decode().catch(() => 0)));
             }).then(frames).then(() => done(moved));",
        );
        assert!(moved.as_array().is_some_and(Vec::is_empty), "{path}: {moved}");
        // The lead was loaded before. Style sheets give drawings their sizes.
        let sizeless = browser.execute(
            "return [...document.images].filter(e => !e.currentSrc.endsWith('.svg'))
                 .filter(e => !e.getAttribute('width') || !e.getAttribute('height')).length",
        );
        assert_eq!(sizeless, 0, "{path}: pictures without a size");
    }
}

#[test]
fn pictures_are_seen_without_scripts() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    browser.allow_scripts(false);
    for path in [STORY, "", "business/"] {
        browser.open(&newsroom.page(path));
        // Browsers without scripts load lazy pictures at once (HTML, "lazy loading attributes"), so all are there.
        let unseen = browser.execute(
            "return [...document.images].filter(e => !e.complete || !e.naturalWidth || !e.checkVisibility())
                 .map(e => e.outerHTML.slice(0, 200))",
        );
        assert!(unseen.as_array().is_some_and(Vec::is_empty), "{path}: {unseen}");
        let shown = browser.execute("return document.images.length");
        assert!(shown.as_u64().is_some_and(|shown| shown > 0), "{path} has no pictures");
    }
}
