//! Ghost's `routes.yaml` and `redirects.json` or `.yaml`: the URLs of posts, and old ones.

use serde_json::Value;

use crate::import::model::OldRedirect;
use crate::import::notes::{ImportNoteKind, Notes};

/// The URLs of posts, tags and authors.
#[derive(Debug)]
pub(super) struct GhostRoutes {
    collections: Vec<GhostCollection>,
    /// The URL of a tag, with `{slug}`.
    pub tag: String,
    /// The URL of an author, with `{slug}`.
    pub author: String,
}

#[derive(Debug)]
struct GhostCollection {
    permalink: String,
    filter: String,
}

/// The values of an item in patterns and filters.
pub(super) struct RoutedPost<'a> {
    pub id: &'a str,
    pub slug: &'a str,
    pub tags: &'a [String],
    pub author: &'a str,
    pub is_featured: bool,
    pub day: Option<jiff::civil::Date>,
}

impl Default for GhostRoutes {
    fn default() -> GhostRoutes {
        let collections = vec![GhostCollection { permalink: "/{slug}/".to_owned(), filter: String::new() }];
        GhostRoutes { collections, tag: "/tag/{slug}/".to_owned(), author: "/author/{slug}/".to_owned() }
    }
}

impl GhostRoutes {
    /// Takes over what `routes.yaml` says. `text` is the file's text, since the order of collections matters.
    pub fn read(&mut self, yaml: &Value, text: &str, place: &str, notes: &mut Notes) {
        if let Some(collections) = yaml.get("collections").and_then(Value::as_object).filter(|found| !found.is_empty())
        {
            let collection = |(root, data): (&String, &Value)| {
                let text = |key: &str| data.get(key).and_then(Value::as_str).map(str::to_owned);
                let permalink = text("permalink").unwrap_or_else(|| format!("{root}{{slug}}/"));
                // Old versions write parameters as `:slug`.
                let permalink = ["slug", "year", "month", "day", "id", "primary_tag", "primary_author"]
                    .iter()
                    .fold(permalink, |permalink, name| permalink.replace(&format!(":{name}"), &format!("{{{name}}}")));
                GhostCollection { permalink, filter: text("filter").unwrap_or_default() }
            };
            let line = |root: &str| {
                text.lines().position(|line| line.trim().trim_end_matches(':').trim_matches(['"', '\'']) == root)
            };
            let mut ordered: Vec<(&String, &Value)> = collections.iter().collect();
            ordered.sort_by_key(|(root, _)| line(root));
            self.collections = ordered.into_iter().map(collection).collect();
        }
        for (key, place) in [("tag", &mut self.tag), ("author", &mut self.author)] {
            let pattern = yaml.get("taxonomies").and_then(|taxonomies| taxonomies.get(key)?.as_str());
            if let Some(pattern) = pattern.filter(|pattern| pattern.contains("{slug}")) {
                pattern.clone_into(place);
            }
        }
        for (route, _) in yaml.get("routes").and_then(Value::as_object).into_iter().flatten() {
            notes.add(ImportNoteKind::Dropped, "route", place, format!("`{route}` has a template of the old theme"));
        }
    }

    /// The path of a post: the first collection that takes it decides.
    pub fn path(&self, post: &RoutedPost<'_>, place: &str, notes: &mut Notes) -> Option<String> {
        for collection in &self.collections {
            let takes = takes(&collection.filter, post);
            if takes.is_none() {
                let detail = format!("`{}` in routes.yaml isn't understood; it was taken to fit", collection.filter);
                notes.add(ImportNoteKind::Guessed, "filter", place, detail);
            }
            if takes.unwrap_or(true) {
                let date = post.day.map(|day| day.to_string()).unwrap_or_default();
                let part = |range: std::ops::Range<usize>| date.get(range).unwrap_or_default().to_owned();
                let tag = post.tags.first().map_or("all", String::as_str);
                let values = [
                    ("{slug}", post.slug.to_owned()),
                    ("{id}", post.id.to_owned()),
                    ("{year}", part(0..4)),
                    ("{month}", part(5..7)),
                    ("{day}", part(8..10)),
                    ("{primary_tag}", tag.to_owned()),
                    ("{primary_author}", post.author.to_owned()),
                ];
                return Some(
                    values.iter().fold(collection.permalink.clone(), |path, (name, value)| path.replace(name, value)),
                );
            }
        }
        None
    }
}

/// True if a filter takes a post; `None` if the filter isn't understood. `+` means "and", `,` means "or".
fn takes(filter: &str, post: &RoutedPost<'_>) -> Option<bool> {
    if filter.is_empty() {
        return Some(true);
    }
    if filter.contains(['(', ')', '>', '<', '~']) {
        return None;
    }
    let mut any = false;
    for alternative in filter.split(',') {
        let mut all = true;
        for condition in alternative.split('+') {
            let (key, value) = condition.trim().split_once(':')?;
            let (value, is_negated) = value.strip_prefix('-').map_or((value, false), |rest| (rest, true));
            let value = value.trim_matches(['\'', '"']);
            let values: Vec<&str> = value.trim_matches(['[', ']']).split(',').map(str::trim).collect();
            let fits = match key.trim_start_matches('-') {
                "tag" | "tags" => post.tags.iter().any(|tag| values.contains(&tag.as_str())),
                "primary_tag" => post.tags.first().is_some_and(|tag| values.contains(&tag.as_str())),
                "author" | "authors" | "primary_author" => values.contains(&post.author),
                "featured" => post.is_featured == (value == "true"),
                _ => return None,
            };
            all &= fits != is_negated;
        }
        any |= all;
    }
    Some(any)
}

/// The redirects of a file: a list of `{from, to}`, or paths by `301` and `302`.
pub(super) fn redirects(data: &Value, place: &str, notes: &mut Notes) -> Vec<OldRedirect> {
    let mut found: Vec<(String, String)> = Vec::new();
    for entry in data.as_array().into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        found.push((text("from"), text("to")));
    }
    for status in ["301", "302"] {
        let entries = data.get(status).and_then(Value::as_object).into_iter().flatten();
        found.extend(entries.map(|(from, to)| (from.clone(), to.as_str().unwrap_or_default().to_owned())));
    }
    let mut redirects = Vec::new();
    for (from, to) in found {
        // A redirect is a regular expression, mostly of a plain path.
        let plain = from
            .trim_start_matches('^')
            .trim_end_matches('$')
            .replace("\\/", "/")
            .replace("\\.", ".")
            .replace("\\-", "-");
        let plain = plain.strip_suffix("/?").map(|path| format!("{path}/")).unwrap_or(plain);
        if plain.contains(['(', ')', '[', ']', '*', '+', '?', '|', '\\', '^', '$'])
            || to.contains('$')
            || !plain.starts_with('/')
        {
            notes.add(
                ImportNoteKind::Dropped,
                "redirect by pattern",
                place,
                format!("`{from}` to `{to}`: add it to your host's rules"),
            );
        } else if !to.is_empty() {
            redirects.push(OldRedirect { from: plain, to: Some(to), place: place.to_owned() });
        }
    }
    redirects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_decide_by_their_filters() {
        let mut routes = GhostRoutes::default();
        let yaml = serde_json::json!({"collections": {
            "/news/": {"permalink": "/news/{year}/{slug}/", "filter": "primary_tag:news+featured:-true"},
            "/": {"permalink": "/{primary_tag}/:slug/"},
        }});
        let text = "collections:\n  /news/:\n  /:\n";
        routes.read(&yaml, text, "routes.yaml", &mut Notes::default());
        let tags = ["news".to_owned()];
        let post = |tags, is_featured| RoutedPost {
            id: "1",
            slug: "vote",
            tags,
            author: "ana",
            is_featured,
            day: "2024-05-03".parse().ok(),
        };
        let path = |post: RoutedPost<'_>| routes.path(&post, "x", &mut Notes::default()).unwrap();
        assert_eq!(path(post(&tags, false)), "/news/2024/vote/");
        assert_eq!(path(post(&tags, true)), "/news/vote/");
        assert_eq!(path(post(&[], false)), "/all/vote/");
    }

    #[test]
    fn redirects_of_plain_paths_are_read() {
        let data = serde_json::json!([{"from": "^/old\\/$", "to": "/new/"}, {"from": "/a/(.*)", "to": "/b/$1"}]);
        let mut notes = Notes::default();
        let found = redirects(&data, "redirects.json", &mut notes);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from.as_str(), found[0].to.as_deref()), ("/old/", Some("/new/")));
        assert_eq!(notes.into_sorted().len(), 1);
    }
}
