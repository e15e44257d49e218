//! Authors of text archives: profiles, names, and strings that may name several people.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::import::model::{Credited, SourcePerson};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::route::{SlugStyle, slugify};

use super::fields::{Fields, is_empty, picture_of, text_of};

/// The people of an archive.
#[derive(Debug, Clone, Default)]
pub struct AuthorBook {
    people: Vec<SourcePerson>,
    /// The place in `people`, by id and by name in the form of [`name_key`].
    known: BTreeMap<String, usize>,
    /// Texts that stand alone in a list of authors somewhere, by [`name_key`], in their first spelling.
    names: BTreeMap<String, String>,
}

/// The authors of a story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextByline {
    /// The credits, in order.
    pub authors: Vec<Credited>,
    /// The printed byline, if the source's text is no name.
    pub byline: Option<String>,
}

/// The form in which names are compared.
fn name_key(name: &str) -> String {
    slugify(name, SlugStyle::Unicode)
}

/// Words between names in one text.
const SEPARATORS: &[&str] = &[" and ", " & ", " und ", " et ", " y ", ";", ",", " / ", " + ", " with "];

impl AuthorBook {
    /// Adds a person with a profile: `id` is the key by which stories name them.
    pub fn add_profile(&mut self, id: &str, profile: Map<String, Value>, biography: &str) {
        let mut fields = Fields(profile);
        let name = fields.text(&["name", "display_name", "title", "full_name"]).unwrap_or_else(|| id.to_owned());
        let mut links = BTreeMap::new();
        for service in SERVICES {
            let handle = fields.text(&[service]);
            if let Some(handle) = handle.filter(|handle| crate::author::profile_url(service, handle).is_some()) {
                links.insert((*service).to_owned(), handle);
            }
        }
        let short = fields.text(&["bio", "biography", "short_bio", "description", "about"]);
        let biography =
            if biography.trim().is_empty() { short.unwrap_or_default() } else { biography.trim().to_owned() };
        let image = fields.take(&["image", "avatar", "picture", "photo", "profile_image", "thumbnail"]);
        let person = SourcePerson {
            key: id.to_owned(),
            slug: id.to_owned(),
            role: fields.text(&["role", "job", "position", "job_title", "jobtitle"]),
            email: fields.text(&["email", "mail"]).filter(|email| is_email(email)),
            url: fields.text(&["url", "website", "site", "web", "homepage"]).filter(|url| url.starts_with("http")),
            image: image.as_ref().and_then(picture_of).map(|picture| picture.src),
            links,
            name,
            biography,
            extra: fields.into_extra(),
            ..SourcePerson::default()
        };
        self.add(person);
    }

    /// Adds a person.
    pub fn add(&mut self, person: SourcePerson) {
        let at = self.people.len();
        for name in [&person.key, &person.slug, &person.name] {
            let key = name_key(name);
            if !key.is_empty() {
                self.known.entry(key).or_insert(at);
            }
        }
        self.people.push(person);
    }

    /// Adds old URLs to the person with this id or name.
    pub fn add_urls(&mut self, name: &str, urls: impl IntoIterator<Item = String>) {
        if let Some(person) = self.known.get(&name_key(name)).and_then(|at| self.people.get_mut(*at)) {
            person.old_urls.extend(urls);
        }
    }

    /// The printed name of a person, by their key.
    pub fn name(&self, key: &str) -> Option<&str> {
        self.people.iter().find(|person| person.key == key).map(|person| person.name.as_str())
    }

    /// Learns the names in a story's front matter, before any is credited.
    pub fn learn(&mut self, value: Option<&Value>) {
        for text in names_in(value) {
            let key = name_key(&text);
            if !key.is_empty() && parts(&text).len() == 1 {
                self.names.entry(key).or_insert(text);
            }
        }
    }

    /// Makes a person of every name that was learned and has no profile, unless it looks like more than a name. Returns
    /// everybody.
    pub fn finish(&mut self) -> Vec<SourcePerson> {
        let names: Vec<String> = self.names.values().cloned().collect();
        for name in names {
            if !self.known.contains_key(&name_key(&name)) && is_name(&name) {
                self.add(SourcePerson { key: name.clone(), name, ..SourcePerson::default() });
            }
        }
        self.people.clone()
    }

    /// The credits of a story from its front matter: texts, lists, maps with names and roles.
    pub fn credit(&self, value: Option<&Value>, place: &str, notes: &mut Notes) -> TextByline {
        let mut byline = TextByline::default();
        let mut kept: Vec<String> = Vec::new();
        for entry in entries(value) {
            match entry {
                Value::Object(map) => byline.authors.extend(self.credit_of(map)),
                other => {
                    let Some(text) = text_of(other).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
                    else {
                        continue;
                    };
                    match self.credits_of(&text) {
                        Some(credits) => byline.authors.extend(credits),
                        None => kept.push(text),
                    }
                }
            }
        }
        if !kept.is_empty() {
            let text = kept.join(", ");
            let detail = format!("`{text}` may be several people, or a name and a role; it is printed as it is");
            notes.add(ImportNoteKind::Guessed, "author", place, detail);
            match byline.authors.is_empty() {
                true => byline.byline = Some(text),
                false => {
                    byline.authors.extend(kept.into_iter().map(|name| Credited::Guest { name, role: None, url: None }))
                }
            }
        }
        let mut seen = BTreeSet::new();
        byline.authors.retain(|credit| seen.insert(credit.clone()));
        byline
    }

    fn person(&self, name: &str) -> Option<Credited> {
        let person = self.people.get(*self.known.get(&name_key(name))?)?;
        Some(Credited::Person(person.key.clone()))
    }

    /// `None` if the text is no name and its parts are not all known.
    fn credits_of(&self, text: &str) -> Option<Vec<Credited>> {
        if let Some(person) = self.person(text) {
            return Some(vec![person]);
        }
        let parts = parts(text);
        let known: Option<Vec<Credited>> = parts.iter().map(|part| self.person(part)).collect();
        if let Some(known) = known.filter(|known| known.len() > 1) {
            return Some(known);
        }
        is_name(text).then(|| vec![Credited::Guest { name: text.to_owned(), role: None, url: None }])
    }

    fn credit_of(&self, map: &Map<String, Value>) -> Option<Credited> {
        let mut fields = Fields(map.clone());
        let name = fields.text(&["name", "id", "title", "display_name", "author", "key"])?;
        let known = self.person(&name);
        known.or_else(|| {
            let role = fields.text(&["role", "job", "position", "bio"]);
            let url = fields.text(&["url", "link", "website", "site"]);
            let url = url.filter(|url| crate::route::check_url(url).is_ok() && url.contains("://"));
            Some(Credited::Guest { name, role, url })
        })
    }
}

/// Services whose handles authors may have.
const SERVICES: &[&str] = &[
    "mastodon",
    "x",
    "twitter",
    "bluesky",
    "threads",
    "linkedin",
    "github",
    "gitlab",
    "instagram",
    "facebook",
    "youtube",
    "tiktok",
    "telegram",
];

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(' '))
}

fn entries(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(items)) => items.iter().filter(|item| !is_empty(item)).collect(),
        Some(value) if !is_empty(value) => vec![value],
        _ => Vec::new(),
    }
}

fn names_in(value: Option<&Value>) -> Vec<String> {
    entries(value).into_iter().filter_map(text_of).map(|text| text.trim().to_owned()).collect()
}

/// The parts of a text that names several people, or the text.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = vec![text];
    for separator in SEPARATORS {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// True if a text looks like one name: no separators, not long, no words of a byline.
fn is_name(text: &str) -> bool {
    let lower = format!(" {} ", text.to_lowercase());
    let words = text.split_whitespace().count();
    let has_more =
        [" of the ", " for the ", " from ", " by ", " at the ", " special to "].iter().any(|more| lower.contains(more));
    parts(text).len() == 1 && words <= 6 && !has_more && !text.contains(['(', ')', '|', '<', '>', ':', '@'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_is_split_only_if_every_part_is_known() {
        let mut book = AuthorBook::default();
        book.learn(Some(&json!(["Lin Tan", "Ana Lopez, Harbour reporter"])));
        book.learn(Some(&json!("Sam Okafor")));
        book.finish();
        let mut notes = Notes::default();
        let mut credit = |value: Value| book.credit(Some(&value), "a.md", &mut notes);
        let person = |name: &str| Credited::Person(name.to_owned());
        assert_eq!(credit(json!("Lin Tan and Sam Okafor")).authors, [person("Lin Tan"), person("Sam Okafor")]);
        assert_eq!(credit(json!(["lin-tan", "Sam  Okafor"])).authors, [person("Lin Tan"), person("Sam Okafor")]);
        let kept = credit(json!("Lin Tan and the desk, staff"));
        assert_eq!((kept.authors.len(), kept.byline.as_deref()), (0, Some("Lin Tan and the desk, staff")));
        let guest = Credited::Guest { name: "Mo Ray".into(), role: Some("Analyst".into()), url: None };
        assert_eq!(credit(json!({"name": "Mo Ray", "role": "Analyst"})).authors, [guest]);
        assert_eq!(notes.into_sorted().len(), 1);
    }
}
