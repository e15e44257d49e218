//! Ghost: export files of versions 1 to 6, with `redirects` and `routes` files.

mod cards;
mod export;
mod lexical;
mod markup;
mod mobiledoc;
mod routes;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value;

use super::html::{HtmlUrls, plain_text};
use super::layout::ImportLayout;
use super::model::{
    ArchiveFile, ItemFacts, ItemKind, MediaPlace, OldRedirect, SectionFacts, SiteFacts, SourcePerson, SourceState,
    SourceTerm, Survey,
};
use super::notes::{ImportNoteKind, Notes};
use super::options::ImportOptions;
use super::{ArchiveSource, ImportError, ItemSink};
use crate::author::profile_url;
use crate::route::{SlugStyle, slugify};

use export::{GhostData, GhostPost, GhostTag, id, is_set};
use routes::{GhostRoutes, RoutedPost};
use story::{GhostUrls, PostParts, key};

/// The number of items that are converted together.
const BATCH: usize = 256;

/// An export of a Ghost site.
pub struct Ghost {
    data: GhostData,
    /// The name of the export file.
    name: String,
    media: Option<PathBuf>,
    routes: GhostRoutes,
    redirects: Vec<OldRedirect>,
    zone: jiff::tz::TimeZone,
    opening: Notes,
}

impl Ghost {
    /// Reads the export file, and the files named `redirects` and `routes` that are given with it.
    ///
    /// # Errors
    /// If a file can't be read, or none or several of them are exports.
    pub fn open(options: &ImportOptions) -> Result<Ghost, ImportError> {
        let mut opening = Notes::default();
        let (mut routes, mut redirects, mut exports) = (GhostRoutes::default(), Vec::new(), Vec::new());
        for path in &options.sources {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let is_of = |word: &str| name.to_ascii_lowercase().starts_with(word);
            if is_of("routes") {
                let (data, text) = other_file(path, &name)?;
                routes.read(&data, &text, &name, &mut opening);
            } else if is_of("redirects") {
                let (data, _) = other_file(path, &name)?;
                redirects.extend(routes::redirects(&data, &name, &mut opening));
            } else {
                exports.push((path, name));
            }
        }
        let [(path, name)] = &exports[..] else {
            let hint = "pass one export, and the files redirects.json (or .yaml) and routes.yaml if you have them";
            return Err(ImportError::new(format!("there are {} export files", exports.len())).hint(hint));
        };
        if let Some(media) = options.media.as_deref().filter(|media| !media.is_dir()) {
            let hint = "pass a copy of the folder content, or content/images";
            return Err(ImportError::new(format!("there is no folder {}", media.display())).hint(hint));
        }
        let data = GhostData::read(path)?;
        let zone = data.setting(&["timezone", "active_timezone", "activeTimezone"]).unwrap_or("UTC");
        let zone = jiff::tz::db().get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Ok(Ghost { data, name: name.clone(), media: options.media.clone(), routes, redirects, zone, opening })
    }

    fn place(&self, post: &GhostPost) -> String {
        format!("{}: {}", self.name, post.slug.as_deref().unwrap_or_default())
    }
}

/// The data and the text of a YAML or JSON file; JSON is YAML, too.
fn other_file(path: &Path, name: &str) -> Result<(Value, String), ImportError> {
    let text = std::fs::read_to_string(path).map_err(|error| ImportError::file("read", path, &error))?;
    match crate::yaml::parse_loose(&text) {
        Ok(data) => Ok((data.value, text)),
        Err(error) => {
            let (line, column) = error.span.as_ref().map_or((None, None), |span| (Some(span.line), Some(span.column)));
            Err(ImportError::new(error.message).at(name, line, column))
        }
    }
}

/// The relations of posts.
struct Relations<'a> {
    tags: BTreeMap<String, Vec<&'a GhostTag>>,
    authors: BTreeMap<String, Vec<String>>,
    metas: BTreeMap<String, &'a export::GhostPostMeta>,
}

impl<'a> Relations<'a> {
    fn new(data: &'a GhostData) -> Relations<'a> {
        let by_id: BTreeMap<String, &GhostTag> = data.tags.iter().map(|tag| (id(&tag.id), tag)).collect();
        let mut ordered: Vec<_> = data.posts_tags.iter().enumerate().collect();
        ordered.sort_by_key(|(at, link)| (link.sort_order.unwrap_or_default(), *at));
        let mut tags: BTreeMap<String, Vec<&GhostTag>> = BTreeMap::new();
        for (_, link) in ordered {
            if let Some(tag) = by_id.get(&id(&link.tag_id)) {
                tags.entry(id(&link.post_id)).or_default().push(tag);
            }
        }
        let users: BTreeSet<String> = data.users.iter().map(|user| id(&user.id)).collect();
        let mut ordered: Vec<_> = data.posts_authors.iter().enumerate().collect();
        ordered.sort_by_key(|(at, link)| (link.sort_order.unwrap_or_default(), *at));
        let mut authors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (_, link) in ordered.into_iter().filter(|(_, link)| users.contains(&id(&link.author_id))) {
            authors.entry(id(&link.post_id)).or_default().push(id(&link.author_id));
        }
        // Versions before 1.22 have one author.
        for post in data.posts.iter().filter(|post| users.contains(&id(&post.author_id))) {
            authors.entry(id(&post.id)).or_insert_with(|| vec![id(&post.author_id)]);
        }
        let metas = data.posts_meta.iter().map(|meta| (id(&meta.post_id), meta)).collect();
        Relations { tags, authors, metas }
    }

    fn parts(&self, post: &'a GhostPost) -> PostParts<'a> {
        let key = id(&post.id);
        let tags = self.tags.get(&key).map(Vec::as_slice).unwrap_or_default();
        PostParts {
            post,
            meta: self.metas.get(&key).copied(),
            tags: tags.iter().copied().filter(|tag| !is_internal(tag)).collect(),
            authors: self.authors.get(&key).cloned().unwrap_or_default(),
        }
    }

    /// The internal tags of a post, whose names begin with `#`.
    fn internal(&self, post: &GhostPost) -> Vec<String> {
        let tags = self.tags.get(&id(&post.id)).map(Vec::as_slice).unwrap_or_default();
        tags.iter().filter(|tag| is_internal(tag)).filter_map(|tag| tag.name.clone()).collect()
    }
}

fn is_internal(tag: &GhostTag) -> bool {
    tag.visibility.as_deref() == Some("internal") || tag.name.as_deref().is_some_and(|name| name.starts_with('#'))
}

fn slug_of(tag: &GhostTag) -> String {
    let slug = tag.slug.clone().filter(|slug| !slug.is_empty());
    slug.unwrap_or_else(|| slugify(tag.name.as_deref().unwrap_or_default(), SlugStyle::Ascii))
}

/// Who may read a post.
fn state(post: &GhostPost, email_only: bool) -> SourceState {
    let draft = |why: &str| SourceState::Draft(why.to_owned());
    if email_only || post.status.as_deref() == Some("sent") {
        return draft("sent as a newsletter only");
    }
    match (post.status.as_deref(), post.visibility.as_deref()) {
        (Some("published" | "scheduled"), None | Some("public" | "")) => SourceState::Public,
        (Some("published" | "scheduled"), Some("members")) => draft("for members only"),
        (Some("published" | "scheduled"), Some("paid")) => draft("for paying members only"),
        (Some("published" | "scheduled"), Some("tiers" | "filter")) => draft("for members of some tiers only"),
        (Some("published" | "scheduled"), Some(other)) => SourceState::Draft(format!("its visibility is `{other}`")),
        _ => draft("a draft"),
    }
}

impl Ghost {
    fn facts(&self, parts: &PostParts<'_>, notes: &mut Notes) -> ItemFacts {
        let post = parts.post;
        let place = self.place(post);
        let is_page = post.kind.as_deref() == Some("page") || is_set(&post.page);
        let mut state = state(post, parts.meta.is_some_and(|meta| is_set(&meta.email_only)));
        // A page has no date, so it would be public at once.
        if is_page && post.status.as_deref() == Some("scheduled") && state == SourceState::Public {
            state = SourceState::Draft("a page that is scheduled".to_owned());
        }
        let date = [&post.published_at, &post.created_at].into_iter().find_map(story::date);
        let date = date.map(|date| story::in_zone(date, &self.zone));
        let slug = post.slug.clone().unwrap_or_default();
        let slugs: Vec<String> = parts.tags.iter().map(|tag| slug_of(tag)).collect();
        let author =
            parts.authors.first().and_then(|author| self.data.users.iter().find(|user| id(&user.id) == *author));
        let routed = RoutedPost {
            id: &id(&post.id),
            slug: &slug,
            tags: &slugs,
            author: author.and_then(|user| user.slug.as_deref()).unwrap_or_default(),
            is_featured: is_set(&post.featured),
            day: date.map(|date| date.local.date()),
        };
        let url = match is_page {
            true => Some(format!("/{slug}/")),
            false => self.routes.path(&routed, &place, notes),
        };
        let is_known = state == SourceState::Public && !slug.is_empty();
        let title = plain_text(post.title.as_deref().unwrap_or_default());
        let amp = url.as_ref().map(|url| format!("{url}amp/"));
        ItemFacts {
            id: key(post),
            place,
            path_in_source: None,
            kind: if is_page { ItemKind::Page } else { ItemKind::Story },
            title: if title.is_empty() { "Untitled".to_owned() } else { title },
            other_urls: amp.into_iter().filter(|_| is_known && !is_page).collect(),
            url: url.filter(|_| is_known),
            section: slugs.first().cloned().filter(|_| !is_page),
            slug,
            date,
            state,
            has_files: false,
        }
    }

    fn people(&self, relations: &Relations<'_>) -> Vec<SourcePerson> {
        let credited: BTreeSet<&String> = relations.authors.values().flatten().collect();
        let users = self.data.users.iter().filter(|user| credited.contains(&id(&user.id)));
        let person = |user: &export::GhostUser| {
            let filled =
                |text: &Option<String>| text.clone().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let slug = filled(&user.slug).unwrap_or_default();
            let url = self.routes.author.replace("{slug}", &slug);
            let links = [
                ("facebook", &user.facebook),
                ("x", &user.twitter),
                ("threads", &user.threads),
                ("bluesky", &user.bluesky),
                ("mastodon", &user.mastodon),
                ("tiktok", &user.tiktok),
                ("youtube", &user.youtube),
                ("instagram", &user.instagram),
                ("linkedin", &user.linkedin),
            ];
            let name = filled(&user.name).filter(|name| !name.contains('@')).unwrap_or_else(|| "Author".to_owned());
            SourcePerson {
                key: id(&user.id),
                name,
                biography: filled(&user.bio)
                    .map(|bio| super::html::convert(&text_as_html(&bio), &super::html::HtmlOptions::default()).markdown)
                    .unwrap_or_default(),
                url: filled(&user.website).filter(|url| crate::urls::is_complete_url(url)),
                image: filled(&user.profile_image).map(|image| GhostUrls.file(&image)),
                links: links
                    .into_iter()
                    .filter_map(|(service, link)| Some((service.to_owned(), profile(service, &filled(link)?)?)))
                    .collect(),
                old_urls: vec![format!("{url}rss/"), url],
                slug,
                ..SourcePerson::default()
            }
        };
        users.map(person).collect()
    }

    /// The tags that had a page: those of published posts, whoever may read these. True if a post is public.
    fn lists_of_tags(&self, relations: &Relations<'_>) -> BTreeMap<String, bool> {
        let mut lists: BTreeMap<String, bool> = BTreeMap::new();
        for post in &self.data.posts {
            let parts = relations.parts(post);
            let is_sent = parts.meta.is_some_and(|meta| is_set(&meta.email_only));
            if post.status.as_deref() != Some("published") || is_sent {
                continue;
            }
            let is_public = state(post, is_sent) == SourceState::Public;
            for tag in &parts.tags {
                *lists.entry(slug_of(tag)).or_default() |= is_public;
            }
        }
        lists
    }

    fn site(&self, notes: &mut Notes) -> SiteFacts {
        let text = |keys: &[&str]| self.data.setting(keys).map(plain_text).filter(|text| !text.is_empty());
        let mut navigation = Vec::new();
        for entry in self
            .data
            .setting(&["navigation"])
            .and_then(|json| serde_json::from_str::<Vec<Value>>(json).ok())
            .into_iter()
            .flatten()
        {
            let part = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            navigation.push((part("label"), GhostUrls.link(&part("url"))));
        }
        if self.data.setting(&["secondary_navigation"]).is_some_and(|entries| entries.contains("label")) {
            notes.add(
                ImportNoteKind::Dropped,
                "menu",
                "secondary navigation",
                "only the main menu becomes the navigation",
            );
        }
        for key in ["codeinjection_head", "codeinjection_foot", "ghost_head", "ghost_foot"] {
            if let Some(code) = self.data.setting(&[key]) {
                notes.add(ImportNoteKind::Dropped, "code injection", "the site", code.trim());
            }
        }
        SiteFacts {
            title: text(&["title"]).unwrap_or_default(),
            description: text(&["description"]),
            language: text(&["locale", "lang", "default_locale"]),
            timezone: text(&["timezone", "active_timezone", "activeTimezone"]),
            navigation,
            ..SiteFacts::default()
        }
    }

    /// The files in the content folder that texts name.
    fn files(&self) -> Vec<ArchiveFile> {
        let mut named: BTreeSet<String> = BTreeSet::new();
        let users = self.data.users.iter().filter_map(|user| user.profile_image.as_deref());
        let posts = self.data.posts.iter().flat_map(|post| {
            [&post.lexical, &post.mobiledoc, &post.html, &post.feature_image].into_iter().flatten().map(String::as_str)
        });
        for text in posts.chain(users) {
            for at in memchr::memmem::find_iter(text.as_bytes(), b"/content/") {
                let path = &text[at + 1..];
                let end = path.find(|c: char| c.is_whitespace() || "\"'<>)]\\?#|,&;".contains(c)).unwrap_or(path.len());
                let path = percent_encoding::percent_decode_str(&path[..end]).decode_utf8_lossy();
                let is_file = ["content/images/", "content/media/", "content/files/"]
                    .iter()
                    .any(|folder| path.starts_with(folder));
                if is_file && path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
                    named.insert(story::whole(&format!("/{path}"))[1..].to_owned());
                }
            }
        }
        let file = |path: String| ArchiveFile {
            file: self.media.as_deref().and_then(|folder| copy_in(folder, &path)),
            old_urls: vec![format!("/{path}")],
            place: MediaPlace::Static(path),
            path_in_source: None,
        };
        named.into_iter().map(file).collect()
    }
}

/// The copy of a file in a folder that is the site's folder, `content`, or `content/images`.
fn copy_in(folder: &Path, path: &str) -> Option<PathBuf> {
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let below = path.strip_prefix("content/");
    let tails = [Some(path), below, path.strip_prefix("content/images/")];
    let found = tails.into_iter().flatten().map(|tail| folder.join(tail)).find(|file| file.is_file())?;
    // A link in the folder must not lead out of it.
    let (real, root) = (found.canonicalize().ok()?, folder.canonicalize().ok()?);
    real.starts_with(root).then_some(found)
}

fn text_as_html(text: &str) -> String {
    let mut html = markup::HtmlText::default();
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            html.raw("<br>");
        }
        html.text(line);
    }
    html.html
}

/// A profile as a handle without `@`, or as a URL where Ghost stores a part of one; `None` if it is neither.
fn profile(service: &str, written: &str) -> Option<String> {
    let handle = written.trim().trim_start_matches('@');
    let profile = match service {
        _ if handle.contains("://") || !handle.contains('/') => handle.to_owned(),
        "mastodon" => format!("https://{handle}"),
        "facebook" | "youtube" | "linkedin" => format!("https://www.{service}.com/{handle}"),
        _ => handle.to_owned(),
    };
    profile_url(service, &profile).is_some().then_some(profile)
}

impl ArchiveSource for Ghost {
    fn survey(&mut self, notes: &mut Notes) -> Result<Survey, ImportError> {
        notes.extend(std::mem::take(&mut self.opening));
        let relations = Relations::new(&self.data);
        let items: Vec<ItemFacts> =
            self.data.posts.iter().map(|post| self.facts(&relations.parts(post), notes)).collect();
        let used: BTreeSet<&String> = items.iter().filter_map(|item| item.section.as_ref()).collect();
        let (mut sections, mut terms) = (Vec::new(), Vec::new());
        let mut redirects = std::mem::take(&mut self.redirects);
        let lists = self.lists_of_tags(&relations);
        for tag in self.data.tags.iter().filter(|tag| !is_internal(tag)) {
            let slug = slug_of(tag);
            let url = self.routes.tag.replace("{slug}", &slug);
            let mut other_urls = vec![format!("{url}rss/"), url];
            match lists.get(&slug) {
                Some(true) => {}
                // The stories are drafts here, so there is no list.
                Some(false) if !used.contains(&slug) => {
                    let gone = |from| OldRedirect { from, to: None, place: format!("tag `{slug}`") };
                    redirects.extend(other_urls.drain(..).map(gone));
                }
                Some(false) => {}
                None => other_urls.clear(),
            }
            let description = tag.description.as_deref().map(plain_text).filter(|text| !text.is_empty());
            if tag
                .codeinjection_head
                .as_deref()
                .or(tag.codeinjection_foot.as_deref())
                .is_some_and(|code| !code.trim().is_empty())
            {
                notes.add(ImportNoteKind::Dropped, "code injection", &format!("tag `{slug}`"), "the code of a tag");
            }
            if used.contains(&slug) {
                sections.push(SectionFacts {
                    path: slug,
                    title: tag.name.clone(),
                    description,
                    other_urls,
                    ..SectionFacts::default()
                });
            } else if let Some(name) = tag.name.clone() {
                terms.push(SourceTerm { taxonomy: None, name, old_urls: other_urls, description });
            }
        }
        sections.sort_by(|one, other| one.path.cmp(&other.path));
        let people = self.people(&relations);
        let (site, media) = (self.site(notes), self.files());
        redirects.push(OldRedirect {
            from: "/rss/".to_owned(),
            to: Some("/rss.xml".to_owned()),
            place: "the site".to_owned(),
        });
        // A `guid` must be a URI, which the ids of Ghost's feeds aren't.
        let detail =
            "the ids of Ghost's feeds aren't URIs, so feed readers may show stories of the last days as new once";
        notes.add(ImportNoteKind::Dropped, "ids for feeds", "the site", detail);
        Ok(Survey { site, sections, people, terms, items, media, redirects, ..Survey::default() })
    }

    fn items(&mut self, _: &ImportLayout, notes: &mut Notes, sink: &mut dyn ItemSink) -> Result<(), ImportError> {
        let relations = Relations::new(&self.data);
        for batch in self.data.posts.chunks(BATCH) {
            let converted: Vec<_> = batch
                .par_iter()
                .map(|post| {
                    let (mut notes, place) = (Notes::default(), self.place(post));
                    let mut item = story::item(&relations.parts(post), &place, &mut notes);
                    item.updated = item.updated.map(|date| story::in_zone(date, &self.zone));
                    let internal = relations.internal(post);
                    if !internal.is_empty() {
                        notes.add(
                            ImportNoteKind::Kept,
                            "internal tag",
                            &place,
                            format!("{} under `extra`", internal.join(", ")),
                        );
                        item.extra.insert("internal_tags".to_owned(), internal.into());
                    }
                    (item, notes)
                })
                .collect();
            let mut items = Vec::with_capacity(converted.len());
            for (item, of_item) in converted {
                notes.extend(of_item);
                items.push(item);
            }
            sink.put(items)?;
        }
        Ok(())
    }
}
