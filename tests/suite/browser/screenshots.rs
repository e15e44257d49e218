//! Screenshots of each kind of page, for people: `cargo test --test suite screenshots -- --ignored`.
//!
//! They are PNG files in `target/screenshots/`, named after the kind, the screen and the colour scheme.

use std::path::{Path, PathBuf};

use super::driver::Browser;
use super::kinds::kinds;
use super::newsroom::Newsroom;

/// Name, width and colour scheme of each screenshot of a page.
const LOOKS: &[(&str, u32, &str)] =
    &[("desktop-light", 1280, "light"), ("desktop-dark", 1280, "dark"), ("phone-light", 390, "light")];
/// Taller pages are cut off here.
const HIGHEST: u64 = 6_000;

/// Chinese, right-to-left, retracted and text pages are separate kinds; see `kinds.rs`.
#[test]
#[ignore = "makes pictures and tests nothing"]
fn screenshots() {
    let Some(browser) = Browser::start() else { return };
    let newsroom = Newsroom::shared();
    let folder = folder();
    browser.hide_scroll_bars();
    for kind in kinds(&newsroom) {
        for (look, width, scheme) in LOOKS {
            browser.emulate("screen", &[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]);
            shoot(&browser, &kind.url, *width, &folder.join(format!("{}-{look}.png", kind.name)));
        }
    }
    browser.emulate("screen", &[]);
    for width in [1024, 2560] {
        shoot(&browser, &newsroom.front, width, &folder.join(format!("front-{width}.png")));
    }
    browser.emulate("print", &[]);
    for kind in kinds(&newsroom).iter().filter(|kind| kind.name.starts_with("article-")) {
        shoot(&browser, &kind.url, 800, &folder.join(format!("{}-print.png", kind.name)));
    }
    browser.emulate("screen", &[]);
    for (name, stories, language) in [("small", 3, "en"), ("large", 300, "en"), ("arabic", 40, "ar")] {
        let other = Newsroom::of_stories(stories, language);
        for (look, width, _) in LOOKS.iter().filter(|(_, _, scheme)| *scheme == "light") {
            for (page, path) in [("front", ""), ("section", "world/"), ("archive", "archive/2026/")] {
                shoot(&browser, &other.page(path), *width, &folder.join(format!("{name}-{page}-{look}.png")));
            }
        }
    }
}

/// Takes a screenshot of a whole page, after loading all pictures.
fn shoot(browser: &Browser, url: &str, width: u32, file: &Path) {
    browser.resize(width, 900);
    browser.open(url);
    browser.execute_until_done(
        "document.querySelectorAll('[loading=lazy]').forEach(image => image.loading = 'eager');
        const decoded = [...document.images].map(image => image.decode().catch(() => null));
        Promise.all([document.fonts.ready, ...decoded]).then(() => done(null));",
    );
    let height = browser.execute("return document.documentElement.scrollHeight").as_u64().unwrap_or(900);
    let height = u32::try_from(height.clamp(900, HIGHEST)).unwrap_or(900);
    browser.resize(width, height);
    browser.screenshot(file);
}

/// The folder for screenshots, without those of the last run.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}
