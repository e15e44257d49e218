//! Writes `site.yaml` of an imported project.

use std::collections::BTreeSet;

use crate::language::Language;
use crate::route::{BaseUrl, SlugStyle};

use super::front::{extra_lines, navigation};
use super::layout::ImportLayout;
use super::links::Resolver;
use super::model::Survey;
use super::notes::{ImportNoteKind, Notes};
use super::yaml_text::{YamlText, flow, on_one_line};

/// The base URL of a project whose own is unknown.
const UNKNOWN_BASE: &str = "https://example.org/";

/// The key for hosts: the import doesn't know where the site will be.
const HOSTS: &str =
    "# Old URLs with a query, such as /?p=12, redirect once this names your host: see PUBLISHING.md.\nhosts: []\n";

/// The text of `site.yaml`. `taxonomies` are the keys that public items use; with `has_queries`, old URLs have a query,
/// which only hosts can redirect.
pub(super) fn site_file(
    survey: &Survey,
    layout: &ImportLayout,
    base_url: Option<&str>,
    taxonomies: &BTreeSet<String>,
    has_queries: bool,
    notes: &mut Notes,
) -> String {
    let site = &survey.site;
    let mut yaml = YamlText::default();
    let title = on_one_line(&site.title);
    yaml.line("title", if title.is_empty() { "Imported site" } else { &title });
    yaml.line("base_url", &base(base_url.or(site.base_url.as_deref()), notes));
    language(&mut yaml, site.language.as_deref(), notes);
    yaml.line("timezone", &layout.zone_name);
    yaml.line_maybe("description", site.description.as_deref());
    yaml.line("permalink", &layout.permalink);
    if layout.slugs == SlugStyle::Unicode {
        yaml.raw("slugs", "unicode");
    }
    let declared = taxonomies_declared(survey, taxonomies);
    if !declared.is_empty() {
        yaml.lines(&format!("taxonomies:\n{declared}"));
    }
    if has_queries {
        yaml.lines(HOSTS);
    }
    let resolver = Resolver { layout, roots: &site.roots, origin: super::links::Origin::default() };
    let entries: Vec<(String, String)> = site
        .navigation
        .iter()
        .filter(|(title, url)| !on_one_line(title).is_empty() && !url.trim().is_empty())
        .filter_map(|(title, url)| menu_entry(title, url, &resolver, notes))
        .collect();
    if !entries.is_empty() {
        yaml.lines(&format!("navigation:\n{}", navigation(&entries)));
    }
    if !site.extra.is_empty() {
        yaml.lines(&format!("extra:\n{}", extra_lines(&site.extra)));
    }
    yaml.finish()
}

/// The lines for all taxonomies that items use, also those that the source didn't declare.
fn taxonomies_declared(survey: &Survey, used: &BTreeSet<String>) -> String {
    let named = survey.taxonomies.iter().filter(|taxonomy| used.contains(&taxonomy.key));
    let named: Vec<(&str, Option<&str>)> =
        named.map(|taxonomy| (taxonomy.key.as_str(), taxonomy.title.as_deref())).collect();
    let is_named = |key: &&String| named.iter().any(|(named, _)| named == key);
    let others = used.iter().filter(|key| !is_named(key)).map(|key| (key.as_str(), None));
    let mut seen = BTreeSet::new();
    let all = named.iter().copied().chain(others).filter(|(key, _)| seen.insert(*key));
    let line = |(key, title): (&str, Option<&str>)| {
        let title = title.map_or_else(|| crate::language::capitalized(&key.replace('-', " ")), str::to_owned);
        format!("  - {{name: {}, plural: {}}}\n", flow(key), flow(&title))
    };
    all.map(line).collect()
}

/// A navigation entry whose target is public; a menu must not name what nobody can open.
fn menu_entry(title: &str, url: &str, resolver: &Resolver<'_>, notes: &mut Notes) -> Option<(String, String)> {
    let title = on_one_line(title);
    let is_elsewhere = crate::route::scheme(url).is_some() && resolver.target(url).is_none() && {
        let here = resolver.layout.base.read(url);
        here == Some(super::layout::OldReference::Elsewhere)
    };
    if is_elsewhere {
        return Some((title, url.trim().to_owned()));
    }
    let place = resolver.target(url).filter(|place| resolver.layout.is_public(place));
    match place.and_then(|place| resolver.layout.reference(place)) {
        Some(reference) => Some((title, reference)),
        None => {
            notes.add(ImportNoteKind::Dropped, "menu entry", "the site", format!("{title}: nothing is at `{url}`"));
            None
        }
    }
}

fn base(url: Option<&str>, notes: &mut Notes) -> String {
    match url.map(|url| (url, BaseUrl::parse(url))) {
        Some((url, Ok(_))) => url.to_owned(),
        Some((url, Err(why))) => {
            notes.add(ImportNoteKind::Guessed, "base URL", "the site", format!("`{url}`: {why}; set it in site.yaml"));
            UNKNOWN_BASE.to_owned()
        }
        None => {
            let detail = "the source doesn't say; pass --base-url, or set it in site.yaml";
            notes.add(ImportNoteKind::Guessed, "base URL", "the site", detail);
            UNKNOWN_BASE.to_owned()
        }
    }
}

fn language(yaml: &mut YamlText, language: Option<&str>, notes: &mut Notes) {
    let Some(written) = language.map(|tag| tag.trim().replace('_', "-")).filter(|tag| !tag.is_empty()) else { return };
    match Language::parse(&written) {
        Ok(_) => yaml.line("language", &written),
        Err(_) => {
            notes.add(
                ImportNoteKind::Guessed,
                "language",
                "the site",
                format!("`{written}` is not a language tag (BCP 47); it is `en` now"),
            );
        }
    }
}
