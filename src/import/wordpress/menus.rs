//! Menus of WordPress, whose entries are posts.

use std::collections::BTreeMap;

use super::wxr::WxrItem;
use crate::import::html::plain_text;
use crate::import::notes::{ImportNoteKind, Notes};

/// All menus of an export.
#[derive(Debug, Default)]
pub(super) struct Menus {
    /// The entries of each menu, by its slug.
    entries: BTreeMap<String, Vec<MenuEntry>>,
    /// Titles and URLs of posts by their ids.
    targets: BTreeMap<String, (String, String)>,
}

#[derive(Debug)]
struct MenuEntry {
    order: i64,
    id: u64,
    title: String,
    /// `post_type`, `taxonomy` or `custom`.
    kind: String,
    target: String,
    url: String,
    is_below: bool,
}

/// Words in the names of menus that are the main one.
const MAIN: &[&str] = &["main", "primary", "header", "top", "navigation", "haupt", "principal", "nav"];

impl Menus {
    /// Adds an entry.
    pub fn add(&mut self, item: &WxrItem) {
        let meta = |key: &str| item.meta(key).unwrap_or_default().to_owned();
        let parent = meta("_menu_item_menu_item_parent");
        let entry = MenuEntry {
            order: item.order,
            id: item.id,
            title: plain_text(&item.title),
            kind: meta("_menu_item_type"),
            target: meta("_menu_item_object_id"),
            url: meta("_menu_item_url"),
            is_below: !matches!(parent.as_str(), "" | "0"),
        };
        if let Some(menu) = item.terms_of("nav_menu").next()
            && item.status == "publish"
        {
            self.entries.entry(menu.slug.clone()).or_default().push(entry);
        }
    }

    /// Notes the URL of a post, which entries name by its id.
    pub fn collect_url(&mut self, item: &WxrItem) {
        if item.kind != "post" {
            self.targets.insert(item.id.to_string(), (plain_text(&item.title), item.link.clone()));
        }
    }

    /// The entries of the main menu: texts and URLs. `categories` are the URLs of categories by their ids.
    pub fn main(&self, categories: &BTreeMap<String, String>, notes: &mut Notes) -> Vec<(String, String)> {
        let rank = |(slug, entries): &(&String, &Vec<MenuEntry>)| {
            (MAIN.iter().any(|word| slug.contains(word)), entries.len(), std::cmp::Reverse((*slug).clone()))
        };
        let Some((main, entries)) = self.entries.iter().max_by_key(rank) else { return Vec::new() };
        for slug in self.entries.keys().filter(|slug| *slug != main) {
            notes.add(
                ImportNoteKind::Dropped,
                "menu",
                &format!("menu `{slug}`"),
                "only the main menu becomes the navigation",
            );
        }
        notes.add(
            ImportNoteKind::Guessed,
            "main menu",
            &format!("menu `{main}`"),
            "exports don't say which menu is the main one",
        );
        let mut entries: Vec<&MenuEntry> = entries.iter().collect();
        entries.sort_by_key(|entry| (entry.order, entry.id));
        let mut found = Vec::new();
        for entry in entries {
            if entry.is_below {
                let detail = format!("`{}` is below another entry; the navigation has one level", entry.title);
                notes.add(ImportNoteKind::Dropped, "menu entry", &format!("menu `{main}`"), detail);
                continue;
            }
            let target = self.targets.get(&entry.target).filter(|_| entry.kind == "post_type");
            let url = match entry.kind.as_str() {
                "custom" => entry.url.clone(),
                "taxonomy" => categories.get(&entry.target).cloned().unwrap_or_default(),
                _ => target.map(|(_, url)| url.clone()).unwrap_or_default(),
            };
            let title = match target {
                Some((title, _)) if entry.title.is_empty() => title.clone(),
                _ if entry.title.is_empty() => last_part(&url),
                _ => entry.title.clone(),
            };
            found.push((title, url));
        }
        found
    }
}

/// The last part of a URL as words.
fn last_part(url: &str) -> String {
    let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    crate::language::capitalized(&last.replace('-', " "))
}
