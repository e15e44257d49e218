//! Writes the source files of a project: stories, pages, sections and authors.

use serde_json::Value;

use super::layout::{ImportLayout, ItemTarget, SectionTarget};
use super::model::{Credited, ItemFacts, ItemKind, SectionFacts, SourceItem, SourcePerson, SourceState};
use super::yaml_text::{YamlText, data, flow, key_text, scalar};

/// The date of a draft without a date: a story needs one.
const NO_DATE: &str = "1970-01-01";

/// The text of a story's or page's file.
pub(super) fn item_file(facts: &ItemFacts, item: &SourceItem, target: &ItemTarget, layout: &ImportLayout) -> String {
    let mut yaml = YamlText::default();
    let title = if facts.title.trim().is_empty() { "Untitled" } else { &facts.title };
    yaml.line("title", title);
    match target.kind {
        ItemKind::Story => story_keys(&mut yaml, facts, item, layout),
        ItemKind::Page => page_keys(&mut yaml, item, layout),
    }
    if let Some(slug) = &target.slug {
        yaml.line("slug", slug);
    }
    if let Some(url) = &target.own_url {
        yaml.line("url", url);
    }
    yaml.list("aliases", &target.aliases);
    yaml.line_maybe("language", item.language.as_deref());
    if item.noindex {
        yaml.raw("noindex", "true");
    }
    if matches!(target.state, SourceState::Draft(_)) {
        yaml.raw("draft", "true");
    }
    yaml.list("publish", &item.publish);
    extra(&mut yaml, &item.extra);
    whole(yaml, &item.body)
}

fn page_keys(yaml: &mut YamlText, item: &SourceItem, layout: &ImportLayout) {
    yaml.line_maybe("deck", item.deck.as_deref());
    yaml.line_maybe("summary", item.summary.as_deref());
    if let Some(updated) = item.updated {
        yaml.raw("updated", &updated.written(&layout.zone));
    }
    image(yaml, item);
}

fn story_keys(yaml: &mut YamlText, facts: &ItemFacts, item: &SourceItem, layout: &ImportLayout) {
    for (key, value) in [
        ("short_title", &item.short_title),
        ("seo_title", &item.seo_title),
        ("deck", &item.deck),
        ("kicker", &item.kicker),
        ("summary", &item.summary),
    ] {
        yaml.line_maybe(key, value.as_deref());
    }
    let zone = &layout.zone;
    yaml.raw("date", &facts.date.map_or_else(|| NO_DATE.to_owned(), |date| date.written(zone)));
    for (key, date) in [("updated", item.updated), ("embargo", item.embargo), ("expires", item.expires)] {
        if let Some(date) = date {
            yaml.raw(key, &date.written(zone));
        }
    }
    let authors = credits(&item.authors, layout);
    if !authors.is_empty() {
        yaml.raw("authors", &format!("[{}]", authors.join(", ")));
    }
    yaml.line_maybe("byline", item.byline.as_deref());
    let contributors = item
        .contributors
        .iter()
        .map(|(role, people)| (role.clone(), format!("[{}]", credits(people, layout).join(", "))));
    yaml.mapping("contributors", &contributors.collect::<Vec<_>>());
    yaml.line_maybe("dateline", item.dateline.as_deref());
    if let Some(kind) = item.kind {
        yaml.raw("kind", kind);
    }
    yaml.list("tags", &item.tags);
    let taxonomies = item.taxonomies.iter().filter(|(_, terms)| !terms.is_empty());
    let taxonomies = taxonomies.map(|(key, terms)| {
        (key.clone(), format!("[{}]", terms.iter().map(|term| flow(term)).collect::<Vec<_>>().join(", ")))
    });
    yaml.mapping("taxonomies", &taxonomies.collect::<Vec<_>>());
    match &item.series {
        Some((series, Some(part))) => yaml.raw("series", &format!("{{id: {}, part: {part}}}", flow(series))),
        Some((series, None)) => yaml.line("series", series),
        None => {}
    }
    image(yaml, item);
    yaml.line_maybe("canonical", item.canonical.as_deref());
    yaml.line_maybe("guid", item.guid.as_deref());
    if let Some(open) = item.comments_open {
        yaml.raw("comments", if open { "true" } else { "false" });
    }
    if let Some(weight) = item.weight {
        yaml.raw("weight", &weight.to_string());
    }
}

fn image(yaml: &mut YamlText, item: &SourceItem) {
    let Some(picture) = item.image.as_ref().filter(|picture| !picture.src.trim().is_empty()) else { return };
    let mut entries = vec![("src".to_owned(), scalar(picture.src.trim()))];
    if let Some(alt) = &picture.alt {
        let alt = super::yaml_text::on_one_line(alt);
        entries.push(("alt".to_owned(), if alt.is_empty() { "\"\"".to_owned() } else { scalar(&alt) }));
    }
    for (key, value) in [("caption", &picture.caption), ("credit", &picture.credit)] {
        let value = value.as_deref().map(super::yaml_text::on_one_line).filter(|value| !value.is_empty());
        entries.extend(value.map(|value| (key.to_owned(), scalar(&value))));
    }
    match &entries[..] {
        [(_, src)] => yaml.raw("image", src),
        _ => yaml.mapping("image", &entries),
    }
}

/// Credits for a list in brackets; each person once.
fn credits(people: &[Credited], layout: &ImportLayout) -> Vec<String> {
    let mut written: Vec<String> = Vec::new();
    for credit in people {
        let credit = match credit {
            Credited::Person(key) => layout.author_id(key).map_or_else(|| guest(key, None, None), flow),
            Credited::Guest { name, role, url } => guest(name, role.as_deref(), url.as_deref()),
        };
        if !written.contains(&credit) {
            written.push(credit);
        }
    }
    written
}

fn guest(name: &str, role: Option<&str>, url: Option<&str>) -> String {
    let mut entries = format!("name: {}", flow(name));
    for (key, value) in [("role", role), ("url", url)] {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            entries.push_str(&format!(", {key}: {}", flow(value)));
        }
    }
    format!("{{{entries}}}")
}

fn extra(yaml: &mut YamlText, extra: &std::collections::BTreeMap<String, Value>) {
    let entries = extra.iter().filter(|(_, value)| !value.is_null());
    let entries: Vec<(String, String)> = entries.map(|(key, value)| (key.clone(), data(value))).collect();
    yaml.mapping("extra", &entries);
}

/// The text of `_index.md`.
pub(super) fn section_file(target: &SectionTarget, facts: Option<&SectionFacts>) -> String {
    let mut yaml = YamlText::default();
    let name = target.source_path.rsplit('/').next().unwrap_or(&target.source_path);
    let title = facts.and_then(|facts| facts.title.clone()).unwrap_or_else(|| readable(name));
    yaml.line("title", &title);
    let Some(facts) = facts else {
        section_keys(&mut yaml, target);
        return whole(yaml, "");
    };
    yaml.line_maybe("description", facts.description.as_deref());
    if let Some(weight) = facts.weight {
        yaml.raw("weight", &weight.to_string());
    }
    section_keys(&mut yaml, target);
    extra(&mut yaml, &facts.extra);
    whole(yaml, &facts.body)
}

fn section_keys(yaml: &mut YamlText, target: &SectionTarget) {
    yaml.line_maybe("slug", target.slug.as_deref());
    yaml.line_maybe("permalink", target.permalink.as_deref());
}

/// A folder's name as a title: `city-hall` becomes `City hall`.
fn readable(name: &str) -> String {
    crate::language::capitalized(&name.replace(['-', '_'], " "))
}

/// The text of an author's file.
pub(super) fn author_file(person: &SourcePerson) -> String {
    let mut yaml = YamlText::default();
    yaml.line("name", if person.name.trim().is_empty() { &person.key } else { &person.name });
    if person.is_organization {
        yaml.raw("kind", "organization");
    }
    for (key, value) in
        [("role", &person.role), ("email", &person.email), ("url", &person.url), ("image", &person.image)]
    {
        yaml.line_maybe(key, value.as_deref());
    }
    let links = person.links.iter().map(|(service, link)| (service.clone(), flow(link)));
    yaml.mapping("links", &links.collect::<Vec<_>>());
    extra(&mut yaml, &person.extra);
    whole(yaml, &person.biography)
}

/// Front matter and body.
fn whole(yaml: YamlText, body: &str) -> String {
    let body = body.trim_matches(['\n', '\r']).trim_end();
    let yaml = yaml.finish();
    match body.is_empty() {
        true => format!("---\n{yaml}---\n"),
        false => format!("---\n{yaml}---\n\n{body}\n"),
    }
}

/// The navigation as lines of `site.yaml`.
pub(super) fn navigation(entries: &[(String, String)]) -> String {
    let lines = entries.iter().map(|(title, url)| format!("  - title: {}\n    url: {}\n", scalar(title), scalar(url)));
    lines.collect()
}

/// Data as lines of a mapping.
pub(super) fn extra_lines(extra: &std::collections::BTreeMap<String, Value>) -> String {
    extra.iter().map(|(key, value)| format!("  {}: {}\n", key_text(key), data(value))).collect()
}
