//! The survey of WordPress exports: everything that stories refer to, and the facts about each item.

use std::collections::{BTreeMap, BTreeSet};

use super::comments;
use super::dates;
use super::library::Library;
use super::menus::Menus;
use super::old_pages::{self, UNCATEGORIZED};
use super::people::People;
use super::wxr::WxrItem;
use crate::import::dates::SourceDate;
use crate::import::html::plain_text;
use crate::import::model::{
    ItemFacts, ItemKind, SectionFacts, SiteFacts, SourceState, SourceTaxonomy, SourceTerm, Survey,
};
use crate::import::notes::{ImportNoteKind, Notes};
use crate::import::xml_stream::XmlElement;
use crate::route::{SlugStyle, slugify};

/// A category, tag or other term of the export.
#[derive(Debug, Clone, Default)]
struct ExportedTerm {
    name: String,
    description: String,
    parent: String,
}

/// Everything that is known of the exports before their texts are read again.
#[derive(Debug, Default)]
pub(super) struct Archive {
    pub site: SiteFacts,
    pub people: People,
    pub library: Library,
    /// The texts of reusable blocks by their ids.
    pub reusable: BTreeMap<u64, String>,
    items: Vec<ItemFacts>,
    menus: Menus,
    categories: BTreeMap<String, ExportedTerm>,
    /// The slugs of categories by their ids.
    category_ids: BTreeMap<String, String>,
    /// By taxonomy and slug.
    terms: BTreeMap<(String, String), ExportedTerm>,
    /// The taxonomies and slugs of terms that public items have.
    used_terms: BTreeSet<(String, String)>,
    /// The keys of items, since several files may have the same; true for those that are imported.
    pub keys: BTreeMap<String, bool>,
    /// The URLs of public posts with comments that readers could see.
    commented: Vec<String>,
    /// The hashes of the items that have each id for feeds, by its hash: sites that were merged have some twice.
    guids: BTreeMap<u64, u64>,
}

/// Types of posts that hold no text for readers, and their names in the report.
const OTHER_TYPES: &[(&str, &str)] = &[
    ("revision", "a revision"),
    ("nav_menu_item", "a menu entry"),
    ("wp_block", "a reusable block, which is part of the stories that use it"),
    ("guest-author", "an author's profile"),
    ("custom_css", "a style sheet of the theme"),
    ("customize_changeset", "a change of settings"),
    ("wp_global_styles", "a style sheet of the theme"),
    ("wp_template", "a template of the theme"),
    ("wp_template_part", "a template of the theme"),
    ("wp_navigation", "a menu"),
    ("wp_font_family", "a font of the theme"),
    ("wp_font_face", "a font of the theme"),
    ("oembed_cache", "a cache"),
    ("user_request", "a request about personal data"),
    ("feedback", "a message that a reader sent"),
    ("acf-field-group", "a field definition"),
    ("acf-field", "a field definition"),
    ("wpcf7_contact_form", "a form"),
    ("mc4wp-form", "a form"),
    ("jp_pay_order", "an order"),
    ("shop_order", "an order"),
];

/// Taxonomies that aren't terms for readers.
const INTERNAL: &[&str] = &[
    "category",
    "post_tag",
    "author",
    "nav_menu",
    "post_format",
    "language",
    "post_translations",
    "term_language",
    "link_category",
    "wp_theme",
    "wp_pattern_category",
    "following_users",
    "ef_usergroup",
    "ef_editorial_meta",
    "series",
    "translation_priority",
    "wp_template_part_area",
    "product_type",
    "product_visibility",
    "product_shipping_class",
    "elementor_library_type",
    "term_translations",
    "amp_validation_error",
    "action-group",
];

/// True for a taxonomy whose terms readers see.
pub(super) fn is_for_readers(domain: &str) -> bool {
    !INTERNAL.contains(&domain) && !domain.starts_with("pa_")
}

/// A slug with its letters instead of percent signs.
pub(super) fn decoded(slug: &str) -> String {
    percent_encoding::percent_decode_str(slug).decode_utf8_lossy().into_owned()
}

/// The key of a taxonomy in front matter.
pub(super) fn taxonomy_key(domain: &str) -> String {
    slugify(domain, SlugStyle::Ascii)
}

impl Archive {
    /// Adds an element of the channel, except the texts of items.
    pub fn add(&mut self, element: XmlElement, place: &str, notes: &mut Notes) {
        let text = |name: &str| plain_text(element.get(name));
        match element.name.as_str() {
            "title" if self.site.title.is_empty() => self.site.title = plain_text(&element.text),
            "description" if self.site.description.is_none() => {
                self.site.description = Some(plain_text(&element.text)).filter(|text| !text.is_empty());
            }
            "language" if self.site.language.is_none() => {
                self.site.language = Some(element.text.trim().to_owned()).filter(|tag| !tag.is_empty());
            }
            "link" | "wp:base_blog_url" => self.base(element.name == "wp:base_blog_url", element.text.trim()),
            "wp:author" => self.people.add_user(&element, notes),
            "wp:category" => {
                let slug = element.get("wp:category_nicename").to_owned();
                self.category_ids.insert(element.get("wp:term_id").to_owned(), slug.clone());
                let (name, description) = (text("wp:cat_name"), text("wp:category_description"));
                let parent = element.get("wp:category_parent").to_owned();
                self.categories.entry(slug).or_insert(ExportedTerm { name, description, parent });
            }
            "wp:tag" => {
                let (name, description) = (text("wp:tag_name"), text("wp:tag_description"));
                self.add_term("post_tag", element.get("wp:tag_slug"), name, description);
            }
            "wp:term" if element.get("wp:term_taxonomy") == "author" => self.people.add_term(&element),
            "wp:term" => {
                let (name, description) = (text("wp:term_name"), text("wp:term_description"));
                let (taxonomy, slug) = (element.get("wp:term_taxonomy"), element.get("wp:term_slug"));
                match taxonomy {
                    "category" => {
                        self.category_ids.insert(element.get("wp:term_id").to_owned(), slug.to_owned());
                        let parent = element.get("wp:term_parent").to_owned();
                        self.categories.entry(slug.to_owned()).or_insert(ExportedTerm { name, description, parent });
                    }
                    _ => self.add_term(taxonomy, slug, name, description),
                }
            }
            "item" => self.add_item(WxrItem::read(element), place, notes),
            _ => {}
        }
    }

    fn base(&mut self, is_own: bool, url: &str) {
        if url.is_empty() {
            return;
        }
        if is_own || self.site.base_url.is_none() {
            let slash = if url.ends_with('/') { "" } else { "/" };
            self.site.base_url = Some(format!("{url}{slash}"));
        }
        let host = url.split_once("://").and_then(|(_, rest)| rest.split('/').next());
        if let Some(host) = host.map(str::to_ascii_lowercase).filter(|host| !self.site.other_hosts.contains(host)) {
            self.site.other_hosts.push(host);
        }
    }

    fn add_term(&mut self, taxonomy: &str, slug: &str, name: String, description: String) {
        let key = (taxonomy.to_owned(), slug.to_owned());
        self.terms.entry(key).or_insert(ExportedTerm { name, description, parent: String::new() });
    }

    fn add_item(&mut self, item: WxrItem, place: &str, notes: &mut Notes) {
        if self.keys.insert(item.key(), false).is_some() {
            return notes.add(
                ImportNoteKind::Merged,
                "item that is exported twice",
                place,
                format!("{}: the first counts", item.key()),
            );
        }
        match item.kind.as_str() {
            "attachment" => {
                self.library.add(&item);
                return;
            }
            "wp_block" => {
                self.library.collect_named(&item.content);
                self.reusable.insert(item.id, item.content.clone());
            }
            "guest-author" => self.people.add_guest(&item),
            "nav_menu_item" => self.menus.add(&item),
            _ => self.library.collect_named(&item.content),
        }
        let facts = self.facts(&item, place);
        let is_wanted = !matches!(facts.state, SourceState::Skipped(_)) && !item.guid.is_empty();
        let key = item.key_hash();
        if is_wanted && *self.guids.entry(item.guid_hash()).or_insert(key) != key {
            notes.add(
                ImportNoteKind::Dropped,
                "id for feeds",
                place,
                format!("`{}` is the id of another post, too", item.guid),
            );
        }
        if facts.state == SourceState::Public {
            let is_commented = facts.kind == ItemKind::Story && item.comments.iter().any(comments::is_shown);
            self.commented.extend(facts.url.clone().filter(|_| is_commented));
            for term in &item.terms {
                let key = (term.domain.clone(), term.slug.clone());
                if !self.used_terms.contains(&key) {
                    self.used_terms.insert(key);
                }
            }
        }
        if !matches!(facts.state, SourceState::Skipped(_)) {
            self.keys.insert(item.key(), true);
            self.people.collect_credits(&item);
            self.menus.collect_url(&item);
        }
        self.items.push(facts);
    }

    fn facts(&self, item: &WxrItem, place: &str) -> ItemFacts {
        let title = plain_text(&item.title);
        let state = state(item);
        let kind = if item.kind == "page" { ItemKind::Page } else { ItemKind::Story };
        let is_plain = item.link.contains("?p=") || item.link.contains("?page_id=") || item.link.contains("post_type=");
        let url = Some(item.link.clone()).filter(|link| !link.is_empty() && !is_plain);
        let mut other_urls = Vec::new();
        if item.id > 0 {
            other_urls.push(format!("/?p={}", item.id));
        }
        if kind == ItemKind::Page && item.id > 0 {
            other_urls.push(format!("/?page_id={}", item.id));
        }
        if let Some(url) = url.as_deref().map(|url| url.trim_end_matches('/')) {
            let folder = url.rsplit_once('/').map_or("", |(folder, _)| folder);
            let others = item.metas("_wp_old_slug").filter(|old| *old != item.slug);
            other_urls.extend(others.map(|old| format!("{folder}/{old}/")));
            other_urls.extend(item.metas("_wp_old_date").filter_map(|old| on_old_date(url, &item.date, old)));
        }
        let section = if kind == ItemKind::Story { self.section(item) } else { None };
        let slug = match (item.slug.is_empty(), title.is_empty()) {
            (false, _) => decoded(&item.slug),
            (true, false) => title.clone(),
            (true, true) => item.key(),
        };
        let title = if title.is_empty() { format!("Untitled {}", item.key()) } else { title };
        ItemFacts {
            id: item.key(),
            place: place.to_owned(),
            path_in_source: None,
            kind,
            title,
            url,
            other_urls,
            section,
            slug,
            date: dates::published(item),
            state,
            has_files: false,
        }
    }

    /// The path of an item's section: its primary category, or the one in its URL, or its first.
    fn section(&self, item: &WxrItem) -> Option<String> {
        self.primary(item).map(|slug| self.path_of(&slug)).or_else(|| {
            // Other types are like sections of their own.
            let name = slugify(&item.kind, SlugStyle::Ascii);
            (item.kind != "post" && !name.is_empty()).then_some(name)
        })
    }

    /// True if an item is the first one with its id for feeds.
    pub fn owns_guid(&self, item: &WxrItem) -> bool {
        self.guids.get(&item.guid_hash()) == Some(&item.key_hash())
    }

    /// The slug of the category that is an item's section.
    pub fn primary(&self, item: &WxrItem) -> Option<String> {
        const FIELDS: &[&str] = &[
            "_yoast_wpseo_primary_category",
            "rank_math_primary_category",
            "_primary_term_category",
            "epc_primary_category",
        ];
        let of_field =
            FIELDS.iter().filter_map(|field| item.meta(field)).filter_map(|id| self.category_ids.get(id.trim()));
        let has = |slug: &&str| item.terms_of("category").any(|term| term.slug == **slug);
        if let Some(slug) = of_field.map(String::as_str).find(has) {
            return Some(slug.to_owned());
        }
        let own: Vec<&str> = item
            .terms_of("category")
            .map(|term| term.slug.as_str())
            .filter(|slug| !UNCATEGORIZED.contains(slug))
            .collect();
        let path = item.link.split_once("://").map_or(item.link.as_str(), |(_, rest)| rest);
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
        let folders = segments.split_last().map_or(&[][..], |(_, folders)| folders);
        let in_url = folders.iter().rev().find(|segment| own.contains(segment)).copied();
        in_url.or_else(|| own.first().copied()).map(str::to_owned)
    }

    /// The path of a category below those above it.
    pub fn path_of(&self, slug: &str) -> String {
        let mut path = vec![decoded(slug)];
        let mut above = self.categories.get(slug).map(|category| category.parent.as_str()).unwrap_or_default();
        while let Some(category) = self.categories.get(above).filter(|_| path.len() < 8) {
            path.push(decoded(above));
            above = &category.parent;
        }
        path.reverse();
        path.dedup();
        path.join("/")
    }

    /// The name of a category for readers.
    pub fn category_name<'a>(&'a self, slug: &str, written: &'a str) -> &'a str {
        self.categories.get(slug).map_or(written, |category| category.name.as_str())
    }

    /// The survey of everything that was added.
    pub fn survey(&mut self, media: Option<&std::path::Path>, now: jiff::Timestamp, notes: &mut Notes) -> Survey {
        let all: Vec<SourceDate> = self.items.iter().filter_map(|item| item.date).collect();
        self.site.timezone = dates::zone(&all, self.site.language.as_deref());
        if let Some(zone) = &self.site.timezone {
            let detail = format!("exports don't name the zone; `{zone}` fits the dates");
            notes.add(ImportNoteKind::Guessed, "time zone", "the site", detail);
        }
        if let Some(zone) = self.zone() {
            for item in &mut self.items {
                item.date = item.date.map(|date| dates::in_zone(date, &zone));
            }
        }
        let used: BTreeSet<String> = self.items.iter().filter_map(|item| item.section.clone()).collect();
        self.site.navigation = self.menus.main(&self.categories_by_id(), notes);
        let sections = self.sections(&used);
        let taxonomies: BTreeSet<&str> =
            self.terms.keys().map(|(taxonomy, _)| taxonomy.as_str()).filter(|key| is_for_readers(key)).collect();
        let taxonomies =
            taxonomies.into_iter().map(|domain| SourceTaxonomy { key: taxonomy_key(domain), title: None }).collect();
        let media = self.library.files(media);
        let zone = self.zone().unwrap_or(jiff::tz::TimeZone::UTC);
        let mut redirects = old_pages::attachments(&self.items, &self.library, &media);
        let categories = self.used_terms.iter().filter(|(domain, _)| domain == "category");
        redirects.extend(old_pages::uncategorized(categories.map(|(_, slug)| slug.as_str())));
        redirects.extend(old_pages::lists(&self.items, &zone, now));
        redirects.extend(self.commented.iter().map(|url| old_pages::comment_feed(url)));
        Survey {
            site: self.site.clone(),
            sections,
            people: self.people.finish(&self.library),
            taxonomies,
            terms: self.public_terms(&used, notes),
            items: std::mem::take(&mut self.items),
            media,
            redirects,
            ..Survey::default()
        }
    }

    /// The zone of the site, if the dates say it.
    pub fn zone(&self) -> Option<jiff::tz::TimeZone> {
        jiff::tz::db().get(self.site.timezone.as_deref()?).ok()
    }

    fn categories_by_id(&self) -> BTreeMap<String, String> {
        self.category_ids.iter().map(|(id, slug)| (id.clone(), format!("/category/{}/", self.path_of(slug)))).collect()
    }

    /// The sections that stories are in, and those above them.
    fn sections(&self, used: &BTreeSet<String>) -> Vec<SectionFacts> {
        let needed = |path: &str| used.iter().any(|used| used == path || used.starts_with(&format!("{path}/")));
        let mut sections = Vec::new();
        for (slug, category) in &self.categories {
            let path = self.path_of(slug);
            if !needed(&path) {
                continue;
            }
            let url = format!("/category/{path}/");
            sections.push(SectionFacts {
                title: Some(category.name.clone()).filter(|name| !name.is_empty()),
                description: Some(category.description.clone()).filter(|text| !text.is_empty()),
                other_urls: vec![format!("{url}feed/"), url, format!("/category/{}/", decoded(slug))],
                path,
                ..SectionFacts::default()
            });
        }
        sections.sort_by(|one, other| one.path.cmp(&other.path));
        sections.dedup_by(|one, other| one.path == other.path);
        sections
    }

    /// Tags, terms of other taxonomies, and categories that are no section, if public items have them.
    fn public_terms(&self, used: &BTreeSet<String>, notes: &mut Notes) -> Vec<SourceTerm> {
        let mut terms = Vec::new();
        let mut unused = Vec::new();
        let is_used = |taxonomy: &str, slug: &str| self.used_terms.contains(&(taxonomy.to_owned(), slug.to_owned()));
        for ((taxonomy, slug), term) in &self.terms {
            let (key, folder) = match taxonomy.as_str() {
                "post_tag" => (None, "tag"),
                domain if is_for_readers(domain) => (Some(taxonomy_key(domain)), domain),
                _ => continue,
            };
            if !is_used(taxonomy, slug) {
                unused.push(term.name.as_str());
                continue;
            }
            let url = format!("/{folder}/{}/", decoded(slug));
            terms.push(SourceTerm {
                taxonomy: key,
                name: term.name.clone(),
                old_urls: vec![format!("{url}feed/"), url],
                description: Some(term.description.clone()).filter(|text| !text.is_empty()),
            });
        }
        for (slug, category) in &self.categories {
            let path = self.path_of(slug);
            if !used.contains(&path) && !UNCATEGORIZED.contains(&slug.as_str()) {
                if !is_used("category", slug) {
                    if !used.iter().any(|used| used.starts_with(&format!("{path}/"))) {
                        unused.push(category.name.as_str());
                    }
                    continue;
                }
                let url = format!("/category/{path}/");
                terms.push(SourceTerm {
                    taxonomy: None,
                    name: category.name.clone(),
                    old_urls: vec![format!("{url}feed/"), url],
                    description: None,
                });
            }
        }
        if !unused.is_empty() {
            let detail = format!("no public story has {} terms: {}", unused.len(), unused.join(", "));
            notes.add(ImportNoteKind::Dropped, "terms without stories", "the site", detail);
        }
        terms
    }
}

/// Who may read an item.
fn state(item: &WxrItem) -> SourceState {
    if let Some((_, why)) = OTHER_TYPES.iter().find(|(kind, _)| *kind == item.kind) {
        return SourceState::Skipped((*why).to_owned());
    }
    if item.has_password {
        return SourceState::Draft("protected by a password".to_owned());
    }
    let is_known = matches!(item.kind.as_str(), "post" | "page");
    match item.status.as_str() {
        // A page has no date, so it would be public at once.
        "future" if item.kind == "page" => SourceState::Draft("a page that is scheduled".to_owned()),
        // A type without pages of its own has no URL but this: orders, messages, tables.
        "publish" | "future" if !is_known && item.link.contains("post_type=") => {
            SourceState::Draft(format!("of the type `{}`, which has no pages", item.kind))
        }
        "publish" | "future" => SourceState::Public,
        "private" => SourceState::Draft("private".to_owned()),
        "trash" => SourceState::Skipped("in the trash".to_owned()),
        "inherit" => SourceState::Skipped("a revision".to_owned()),
        "auto-draft" if item.content.trim().is_empty() => SourceState::Skipped("an empty draft".to_owned()),
        "pending" => SourceState::Draft("a draft that waits for review".to_owned()),
        "draft" | "auto-draft" => SourceState::Draft("a draft".to_owned()),
        // Plugins have states of their own; only what is known to be public is.
        other => SourceState::Draft(format!("its state is `{other}`")),
    }
}

/// The URL that an item had on an earlier date, if its URL has the date.
fn on_old_date(url: &str, date: &str, old: &str) -> Option<String> {
    let slashes = |date: &str| date.get(..10).map(|day| day.replace('-', "/"));
    let (new, old) = (slashes(date)?, slashes(old)?);
    let by_month = || url.contains(&new[..7]).then(|| url.replacen(&new[..7], &old[..7], 1));
    let moved = if url.contains(&new) { Some(url.replacen(&new, &old, 1)) } else { by_month() };
    moved.filter(|moved| moved != url).map(|moved| moved + "/")
}
