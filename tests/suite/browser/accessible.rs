//! Violations of the Web Content Accessibility Guidelines 2.2, A and AA, that axe-core finds on a page of each kind.
//!
//! `tests/proof/install.sh` installs axe-core; without it, prints `skipped: no axe-core`, or fails if
//! `PRESSWORK_REQUIRE_BROWSER=1`.

use std::path::Path;

use super::driver::Browser;
use super::kinds::{Kind, kinds};
use super::newsroom::Newsroom;

const AXE: &str = "target/proof/node_modules/axe-core/axe.min.js";

/// Runs axe and returns a line for each violation: the rule, the problem, and the first elements.
pub const LOOK: &str = "
    const options = {
        runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']},
        resultTypes: ['violations'],
    };
    const place = node => node.target.join(' ') + ': ' + node.failureSummary.replace(/\\s+/g, ' ');
    const line = found => found.id + ': ' + found.nodes.length + ' × ' + found.nodes.slice(0, 3).map(place).join(' | ');
    axe.run(document, options).then(
        results => done(results.violations.map(line)),
        error => done(['axe cannot run: ' + error]));";

#[test]
fn axe_finds_no_barrier_in_light_or_dark() {
    let Some(browser) = Browser::start() else { return };
    let Some(axe) = axe() else { return };
    let newsroom = Newsroom::shared();
    browser.bring_along(&axe);
    browser.resize(1280, 900);
    let mut problems = Vec::new();
    let papers = [Newsroom::of_stories(3, "en"), Newsroom::of_stories(30, "ar")];
    let [small, arabic] = &papers;
    let others = [
        Kind { name: "front of 3 stories", url: small.front.clone() },
        Kind { name: "Arabic front", url: arabic.front.clone() },
        Kind { name: "Arabic section", url: arabic.page("world/") },
        Kind { name: "Arabic article", url: arabic.page("world/2026/01/story-0/") },
        Kind { name: "English article in an Arabic paper", url: arabic.page("science/2026/01/story-8/") },
    ];
    for kind in kinds(&newsroom).into_iter().chain(others) {
        browser.open(&kind.url);
        let mut papers = Vec::new();
        for scheme in ["light", "dark"] {
            // Without this, elements in transition from one colour to another would be measured halfway.
            browser.emulate("screen", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]);
            let found = browser.execute_until_done(LOOK);
            let found = found.as_array().into_iter().flatten().filter_map(|line| line.as_str());
            problems.extend(found.map(|line| format!("{} ({scheme}): {line}", kind.name)));
            papers.push(browser.execute(
                "return getComputedStyle(document.documentElement).backgroundColor \
                + getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color",
            ));
        }
        if papers[0] == papers[1] {
            problems.push(format!("{}: light and dark look the same: {}", kind.name, papers[0]));
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn axe_finds_no_barrier_in_a_thread_from_right_to_left_on_a_phone() {
    let Some(browser) = Browser::start() else { return };
    let Some(axe) = axe() else { return };
    let newsroom = Newsroom::of_thread();
    browser.bring_along(&axe);
    browser.resize(320, 900);
    browser.open(&newsroom.page("news/2026/06/story/"));
    assert_eq!(browser.texts(".comment").len(), 8);
    // The form to write a comment is part of what is looked at.
    browser.click(".comments > button");
    let mut problems = Vec::new();
    for scheme in ["light", "dark"] {
        browser.emulate("screen", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]);
        let found = browser.execute_until_done(LOOK);
        let found = found.as_array().into_iter().flatten().filter_map(|line| line.as_str());
        problems.extend(found.map(|line| format!("{scheme}: {line}")));
        if browser.execute("return document.documentElement.scrollWidth > innerWidth") == true {
            problems.push(format!("{scheme}: the page scrolls sideways"));
        }
    }
    assert!(problems.is_empty(), "{} to fix:\n{}", problems.len(), problems.join("\n"));
}

/// The script; `None` with a message if it is not installed and not required.
pub fn axe() -> Option<String> {
    let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE)).ok();
    if script.is_none() {
        super::driver::skip("axe-core", "run tests/proof/install.sh");
    }
    script
}
