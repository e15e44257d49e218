//! Authors of WordPress: users, guests of Co-Authors Plus and authors of PublishPress.

use std::collections::{BTreeMap, BTreeSet};

use super::library::Library;
use super::wxr::{WxrItem, WxrTerm};
use crate::import::html::{HtmlOptions, convert, plain_text};
use crate::import::model::{Credited, SourcePerson};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::xml_stream::XmlElement;
use crate::route::{SlugStyle, slugify};

/// A person of the export.
#[derive(Debug, Default)]
struct Profile {
    name: String,
    slug: String,
    biography: String,
    url: String,
    /// The attachment with the portrait.
    portrait: u64,
    links: BTreeMap<String, String>,
    old_urls: Vec<String>,
}

/// All people of the export.
#[derive(Debug, Default)]
pub(super) struct People {
    /// By key: `user:` and the login, `guest:` and the slug, `term:` and the slug.
    profiles: BTreeMap<String, Profile>,
    /// The keys of users by their ids.
    by_id: BTreeMap<String, String>,
    /// The keys of users and guests by the slugs in their URLs.
    by_slug: BTreeMap<String, String>,
    /// The logins of users who wrote an item, and the slugs and names of terms that items have.
    creators: BTreeSet<String>,
    credited: BTreeSet<(String, String)>,
}

/// True for what is an e-mail address, which must never become public.
pub(super) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(' '))
}

/// The slug of a person without the prefix that Co-Authors Plus gives it.
fn bare(slug: &str) -> &str {
    slug.strip_prefix("cap-").unwrap_or(slug)
}

impl People {
    /// Adds a `<wp:author>`.
    pub fn add_user(&mut self, element: &XmlElement, notes: &mut Notes) {
        let text = |name: &str| plain_text(element.get(name));
        let (login, id) = (element.get("wp:author_login").to_owned(), text("wp:author_id"));
        if login.is_empty() {
            return;
        }
        let whole = format!("{} {}", text("wp:author_first_name"), text("wp:author_last_name"));
        let names = [text("wp:author_display_name"), whole.trim().to_owned(), login.clone()];
        let is_login_email = is_email(&login);
        let name = names.iter().find(|name| !name.is_empty() && !is_email(name)).cloned().unwrap_or_else(|| {
            let place = format!("user {id}");
            let detail =
                "the only names of the user are e-mail addresses, which aren't published: edit the author's file";
            notes.add(ImportNoteKind::Guessed, "author's name", &place, detail);
            format!("Author {id}")
        });
        let slug = slugify(if is_login_email { &name } else { &login }, SlugStyle::Ascii);
        let mut old_urls = vec![format!("/?author={id}")];
        if !is_login_email && !slug.is_empty() {
            old_urls.extend([format!("/author/{slug}/"), format!("/author/{slug}/feed/")]);
        }
        let key = format!("user:{login}");
        self.by_id.insert(id, key.clone());
        self.by_slug.entry(slug.clone()).or_insert_with(|| key.clone());
        let profile = Profile {
            name,
            slug,
            biography: element.get("wp:author_description").to_owned(),
            url: element.get("wp:author_url").to_owned(),
            old_urls,
            ..Profile::default()
        };
        self.profiles.entry(key).or_insert(profile);
    }

    /// Adds a guest author of Co-Authors Plus, which is a post.
    pub fn add_guest(&mut self, item: &WxrItem) {
        let slug = bare(&item.slug).to_owned();
        let name = item.meta("cap-display_name").map_or_else(|| plain_text(&item.title), plain_text);
        let mut links = BTreeMap::new();
        for (field, service) in [("cap-twitter", "x"), ("cap-facebook", "facebook"), ("cap-linkedin", "linkedin")] {
            if let Some(link) = item.meta(field).filter(|link| !is_email(link)) {
                links.insert(service.to_owned(), link.trim().to_owned());
            }
        }
        let profile = Profile {
            name: if is_email(&name) { format!("Guest {}", item.id) } else { name },
            biography: item.meta("cap-description").unwrap_or_default().to_owned(),
            url: item.meta("cap-website").unwrap_or_default().to_owned(),
            portrait: item.meta("_thumbnail_id").and_then(|id| id.parse().ok()).unwrap_or_default(),
            links,
            old_urls: vec![format!("/author/{slug}/"), format!("/author/cap-{slug}/")],
            slug: slug.clone(),
        };
        let key = format!("guest:{slug}");
        // A guest that is linked to a user is the user, with a biography.
        let linked = item.meta("cap-linked_account").map(|login| format!("user:{login}"));
        match linked.filter(|key| self.profiles.contains_key(key)) {
            Some(user) => {
                if let Some(known) = self.profiles.get_mut(&user) {
                    known.old_urls.extend(profile.old_urls);
                    (known.biography, known.portrait) = (profile.biography, profile.portrait);
                }
                self.by_slug.insert(slug, user);
            }
            None => {
                self.profiles.insert(key.clone(), profile);
                self.by_slug.insert(slug, key);
            }
        }
    }

    /// Adds a term of the taxonomy `author`. PublishPress keeps profiles in its fields.
    pub fn add_term(&mut self, element: &XmlElement) {
        let slug = bare(element.get("wp:term_slug")).to_owned();
        let fields: BTreeMap<&str, &str> =
            element.all("wp:termmeta").map(|meta| (meta.get("wp:meta_key"), meta.get("wp:meta_value"))).collect();
        let field = |name: &str| fields.get(name).copied().unwrap_or_default();
        if fields.is_empty() {
            return;
        }
        let user = self.by_id.get(field("user_id")).cloned();
        let name = plain_text(element.get("wp:term_name"));
        let key = user.unwrap_or_else(|| format!("term:{slug}"));
        let profile = self.profiles.entry(key.clone()).or_default();
        if !name.is_empty() && !is_email(&name) {
            profile.name = name;
        }
        for (place, value) in [(&mut profile.biography, field("description")), (&mut profile.url, field("user_url"))] {
            if !value.is_empty() {
                value.clone_into(place);
            }
        }
        profile.portrait = field("avatar").parse().unwrap_or(profile.portrait);
        profile.old_urls.push(format!("/author/{slug}/"));
        if profile.slug.is_empty() {
            profile.slug.clone_from(&slug);
        }
        self.by_slug.insert(slug, key);
    }

    /// The key of a user.
    pub fn user_with_id(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(String::as_str)
    }

    /// Notes who is credited, so that people without stories get no page. Guests may come after the items.
    pub fn collect_credits(&mut self, item: &WxrItem) {
        let mut terms = item.terms_of("author").peekable();
        if terms.peek().is_none() && !self.creators.contains(&item.creator) {
            self.creators.insert(item.creator.clone());
        }
        self.credited.extend(terms.map(|term| (term.slug.clone(), term.name.clone())));
    }

    /// The keys of an item's authors: those of its terms, with the user who wrote it first.
    fn keys(&self, item: &WxrItem) -> Vec<String> {
        let creator = format!("user:{}", item.creator);
        let names: Vec<&str> =
            item.meta("ppma_authors_name").map(|names| names.split(',').map(str::trim).collect()).unwrap_or_default();
        let mut terms: Vec<&WxrTerm> = item.terms_of("author").collect();
        // PublishPress stores the printed names in order.
        terms.sort_by_key(|term| names.iter().position(|name| *name == term.name).unwrap_or(usize::MAX));
        let mut keys: Vec<String> = Vec::new();
        for term in terms {
            let key = self.key_of(&term.slug, &term.name);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return vec![creator];
        }
        if names.is_empty()
            && let Some(at) = keys.iter().position(|key| *key == creator)
        {
            let first = keys.remove(at);
            keys.insert(0, first);
        }
        keys
    }

    fn key_of(&self, slug: &str, name: &str) -> String {
        let by_slug = self.by_slug.get(bare(slug)).cloned();
        by_slug.unwrap_or_else(|| {
            // The name of a term is the login in Co-Authors Plus, and the printed name in PublishPress.
            let user = format!("user:{name}");
            if self.profiles.contains_key(&user) { user } else { format!("name:{name}") }
        })
    }

    /// The credits of an item, in order.
    pub fn credits(&self, item: &WxrItem, place: &str, notes: &mut Notes) -> Vec<Credited> {
        let keys = self.keys(item);
        if keys.len() > 1 && item.meta("ppma_authors_name").is_none() {
            let detail =
                "the export doesn't say their order; the user who wrote it is first, the others are as exported";
            notes.add(ImportNoteKind::Guessed, "order of authors", place, detail);
        }
        let credits = keys.into_iter().filter_map(|key| {
            if self.profiles.contains_key(&key) {
                return Some(Credited::Person(key));
            }
            let name = key.split_once(':').map_or("", |(_, name)| name).to_owned();
            if name.is_empty() || is_email(&name) {
                notes.add(
                    ImportNoteKind::Dropped,
                    "author",
                    place,
                    "the export has no name for the author, or only an e-mail address",
                );
                return None;
            }
            let is_slug = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            let name = match key.starts_with("name:") && is_slug {
                true => {
                    let detail = format!("the export has only the slug `{name}` of the author");
                    notes.add(ImportNoteKind::Guessed, "author's name", place, detail);
                    name.split('-').map(crate::language::capitalized).collect::<Vec<_>>().join(" ")
                }
                false => name,
            };
            Some(Credited::Guest { name, role: None, url: None })
        });
        credits.collect()
    }

    /// The people with stories.
    pub fn finish(&self, library: &Library) -> Vec<SourcePerson> {
        let of_terms = self.credited.iter().map(|(slug, name)| self.key_of(slug, name));
        let keys: BTreeSet<String> =
            of_terms.chain(self.creators.iter().map(|login| format!("user:{login}"))).collect();
        let credited = self.profiles.iter().filter(|(key, _)| keys.contains(*key));
        let person = |(key, profile): (&String, &Profile)| SourcePerson {
            key: key.clone(),
            // The key may be an e-mail address, which must not stand in for a name.
            name: Some(profile.name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "Author".to_owned()),
            slug: profile.slug.clone(),
            biography: convert(&super::autop::with_paragraphs(&profile.biography), &HtmlOptions::default()).markdown,
            url: Some(profile.url.trim().to_owned()).filter(|url| crate::urls::is_complete_url(url)),
            image: library.attachments.get(&profile.portrait).map(|portrait| portrait.url.clone()),
            links: profile.links.clone(),
            old_urls: profile.old_urls.clone(),
            ..SourcePerson::default()
        };
        credited.map(person).collect()
    }
}
