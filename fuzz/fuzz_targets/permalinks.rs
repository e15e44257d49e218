//! Any text as permalink, title, slug, alias, path, URL and base URL: no panic, and no route leaves the output folder.
//!
//! An input is seven texts, one on each line, in the order of [`Texts`]; what is missing is empty.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use presswork::config::{Permalink, PermalinkPart};
use presswork::route::{BaseUrl, Route, SAFE_SCHEMES, SlugStyle, alias_route, check_slug, check_url, scheme, slugify};

struct Texts<'a> {
    pattern: &'a str,
    title: &'a str,
    slug: &'a str,
    alias: &'a str,
    path: &'a str,
    base: &'a str,
    url: &'a str,
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(7, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let texts =
        Texts { pattern: next(), title: next(), slug: next(), alias: next(), path: next(), base: next(), url: next() };
    let base = BaseUrl::parse(texts.base).ok();
    let base = base.as_ref();
    for style in [SlugStyle::Ascii, SlugStyle::Unicode] {
        let slug = slugify(texts.title, style);
        check_made_slug(&slug, style);
        check_permalink(texts.pattern, &slug, base);
    }
    if let Ok(slug) = check_slug(texts.slug) {
        assert_eq!(check_slug(&slug), Ok(slug.clone()), "of {:?}", texts.slug);
        let route = Route::page(&format!("{slug}/")).unwrap_or_else(|why| panic!("{slug:?} is no route: {why}"));
        check_route(&route, base);
        check_permalink(texts.pattern, &slug, base);
    }
    let routes = [Route::page(texts.path).ok(), Route::file(texts.path).ok(), alias_route(texts.alias).ok()];
    routes.iter().flatten().for_each(|route| check_route(route, base));
    check_address(texts.url);
});

fn check_made_slug(slug: &str, style: SlugStyle) {
    if !slug.is_empty() {
        assert_eq!(check_slug(slug).as_deref(), Ok(slug), "made as {style:?}");
        assert_eq!(slugify(slug, style), slug, "made again as {style:?}");
    }
}

/// Where an article lies, as `plan` puts it together.
fn check_permalink(pattern: &str, slug: &str, base: Option<&BaseUrl>) {
    let Ok(permalink) = Permalink::parse(pattern) else { return };
    let part = |part: &PermalinkPart| match part {
        PermalinkPart::Text(text) => text.clone(),
        PermalinkPart::Section => "world/asia".to_owned(),
        PermalinkPart::Year => "2018".to_owned(),
        PermalinkPart::Month => "11".to_owned(),
        PermalinkPart::Day => "22".to_owned(),
        PermalinkPart::Slug => slug.to_owned(),
    };
    let path: String = permalink.parts().iter().map(part).collect();
    if let Ok(route) = Route::page(&path) {
        check_route(&route, base);
    }
}

fn check_route(route: &Route, base: Option<&BaseUrl>) {
    let text = route.as_str();
    assert!(!text.is_empty() && !text.starts_with('/'), "{text:?}");
    assert!(!text.contains('\\') && !text.chars().any(char::is_control), "{text:?}");
    assert!(text.split('/').all(|part| !matches!(part, "" | "." | "..")), "{text:?}");
    assert!(Path::new(text).components().all(|part| matches!(part, Component::Normal(_))), "{text:?}");
    assert_eq!(Route::file(text).as_ref(), Ok(route), "a route is one still when it is read again");
    assert_eq!(Route::page(route.path()).as_ref(), Ok(route), "a browser that asks for it gets it");
    if let Some(base) = base {
        let url = base.url(route);
        let below = url.strip_prefix(base.origin()).and_then(|url| url.strip_prefix(base.prefix()));
        let below = below.unwrap_or_else(|| panic!("{url:?} is not below {base:?}"));
        assert_eq!(percent_decode_str(below).decode_utf8().as_deref(), Ok(route.path()), "of {url:?}");
    }
}

fn check_address(url: &str) {
    if check_url(url).is_err() {
        return;
    }
    assert!(!url.trim().is_empty() && !url.chars().any(char::is_control), "{url:?}");
    let seen = url.trim_start_matches(|letter| letter <= ' ').to_ascii_lowercase();
    let can_run = ["javascript:", "vbscript:", "data:"].iter().any(|scheme| seen.starts_with(scheme));
    assert!(!can_run, "{url:?}");
    assert!(scheme(url).is_none_or(|scheme| SAFE_SCHEMES.contains(&scheme.as_str())), "{url:?}");
}
