//! Builds the layout from the survey.

use std::collections::{BTreeMap, BTreeSet};

use ahash::{HashMap, HashMapExt};
use jiff::tz::TimeZone;

use crate::content_path::dated_name;
use crate::old_url::OldUrl;
use crate::route::{Route, SlugStyle, check_slug, slugify};
use crate::source::unwanted;

use super::super::model::{ItemKind, MediaPlace, SiteFacts, SourceState, Survey};
use super::super::names::{Taken, safe_name};
use super::super::notes::{ImportNoteKind, Notes};
use super::super::patterns::{self, KnownUrl, filled, slug_of};
use super::addresses::{AliasState, Routes, alias, page_path};
use super::{ImportLayout, ItemTarget, OldBase, Place, SectionTarget, day_of, url_key};

/// The pattern if no old URL is known: the default of `site.yaml`.
const DEFAULT_PERMALINK: &str = "{section}/{year}/{month}/{slug}/";

/// The folder of stories without a section.
const HOME: &str = "news";

/// The day of stories without a date, which stay drafts.
const NO_DATE: jiff::civil::Date = jiff::civil::Date::constant(1970, 1, 1);

impl ImportLayout {
    /// Decides the file and the URL of everything in an archive.
    pub fn new(survey: &Survey, base_url: Option<&str>, notes: &mut Notes) -> ImportLayout {
        let (zone_name, zone) = zone(&survey.site, notes);
        let base = OldBase::new(base_url.or(survey.site.base_url.as_deref()), &survey.site.other_hosts);
        let mut building = Building {
            survey,
            routes: Routes::new(survey.taxonomies.iter().map(|taxonomy| taxonomy.key.as_str())),
            files: Taken::default(),
            slugs: slug_style(survey),
            sections: Vec::new(),
            section_of: HashMap::new(),
            home: safe_name(survey.site.home_section.as_deref().unwrap_or(HOME), HOME),
            urls: survey.items.iter().map(|item| old_path(&base, item.url.as_deref())).collect(),
            zone,
            people: Vec::new(),
            notes,
        };
        building.own_pages();
        building.sections();
        let permalink = building.choose_patterns();
        let mut items = building.items(&permalink);
        building.aliases(&mut items, &base);
        let media = building.media(&items);
        let Building { slugs, sections, zone, people, .. } = building;
        let mut layout = ImportLayout {
            base,
            zone,
            zone_name,
            slugs,
            permalink,
            sections,
            items,
            people,
            media,
            beside: HashMap::new(),
            by_id: HashMap::new(),
            by_person: HashMap::new(),
            by_url: HashMap::new(),
            by_path: HashMap::new(),
        };
        layout.index(survey);
        layout
    }

    fn index(&mut self, survey: &Survey) {
        let mut urls: Vec<(String, Place)> = vec![(String::new(), Place::Front)];
        for (at, (facts, target)) in survey.items.iter().zip(&self.items).enumerate() {
            self.by_id.insert(facts.id.clone(), at);
            if target.file.is_none() {
                continue;
            }
            if let Some(path) = &facts.path_in_source {
                self.by_path.insert(path.clone(), Place::Item(at));
            }
            urls.push((target.path.clone(), Place::Item(at)));
            urls.extend(facts.url.iter().chain(&facts.other_urls).map(|url| (url.clone(), Place::Item(at))));
        }
        for (at, section) in self.sections.iter().enumerate() {
            let facts = section.facts.and_then(|at| survey.sections.get(at));
            urls.push((section.path.clone(), Place::Section(at)));
            if let Some(facts) = facts {
                urls.extend(facts.url.iter().chain(&facts.other_urls).map(|url| (url.clone(), Place::Section(at))));
                if let Some(path) = &facts.path_in_source {
                    self.by_path.insert(path.clone(), Place::Section(at));
                }
            }
        }
        for (at, person) in survey.people.iter().enumerate() {
            self.by_person.insert(person.key.clone(), at);
            urls.extend(person.old_urls.iter().map(|url| (url.clone(), Place::Person(at))));
        }
        for (at, file) in survey.media.iter().enumerate() {
            urls.extend(file.old_urls.iter().map(|url| (url.clone(), Place::Media(at))));
            if let Some(path) = &file.path_in_source {
                self.by_path.insert(path.clone(), Place::Media(at));
            }
            if let (MediaPlace::Beside { item, name }, Some(_), Some(_)) = (&file.place, &file.file, &self.media[at])
                && let Some(item) = self.by_id.get(item)
            {
                self.beside.entry(*item).or_default().push(name.clone());
            }
        }
        for (url, place) in urls {
            let key = match self.base.read(&url) {
                Some(super::OldReference::Here { path, query: Some(query), .. }) => url_key(&format!("{path}?{query}")),
                Some(super::OldReference::Here { path, .. }) => url_key(&path),
                Some(super::OldReference::Elsewhere) => url,
                None => String::new(),
            };
            self.by_url.entry(key).or_insert(place);
        }
    }
}

/// The site's time zone: UTC if it is unknown.
fn zone(site: &SiteFacts, notes: &mut Notes) -> (String, TimeZone) {
    let Some(name) = &site.timezone else { return ("UTC".to_owned(), TimeZone::UTC) };
    let known = jiff::tz::db().get(name).ok().and_then(|zone| Some((zone.iana_name()?.to_owned(), zone)));
    known.unwrap_or_else(|| {
        notes.add(
            ImportNoteKind::Guessed,
            "time zone",
            "the site",
            format!("`{name}` is unknown; the project has UTC"),
        );
        ("UTC".to_owned(), TimeZone::UTC)
    })
}

/// Slugs keep letters of other scripts if the old URLs or terms have any.
fn slug_style(survey: &Survey) -> SlugStyle {
    let urls = survey
        .items
        .iter()
        .filter_map(|item| item.url.as_deref())
        .chain(survey.terms.iter().flat_map(|term| term.old_urls.iter().map(String::as_str)));
    let is_other = |url: &str| !percent_encoding::percent_decode_str(url).decode_utf8_lossy().is_ascii();
    if urls.into_iter().any(is_other) { SlugStyle::Unicode } else { SlugStyle::Ascii }
}

fn old_path(base: &OldBase, url: Option<&str>) -> Option<String> {
    match base.read(url?)? {
        super::OldReference::Here { path, query: None, .. } => Some(path),
        _ => None,
    }
}

struct Building<'a> {
    survey: &'a Survey,
    routes: Routes,
    /// Files of stories and pages without their ending, and folders.
    files: Taken,
    slugs: SlugStyle,
    sections: Vec<SectionTarget>,
    section_of: HashMap<String, usize>,
    home: String,
    /// The old path of each item, decoded, without a leading slash.
    urls: Vec<Option<String>>,
    zone: TimeZone,
    people: Vec<String>,
    notes: &'a mut Notes,
}

impl Building<'_> {
    /// The pages of people and terms. Blogs have pages of their own for each of them, `tags/ports.md`.
    fn own_pages(&mut self) {
        self.people = self.people();
        for id in &self.people {
            self.routes.take(&format!("authors/{id}"));
        }
        for (taxonomy, name) in &self.survey.used_terms {
            self.routes.take(&format!("{taxonomy}/{}", slugify(name, self.slugs)));
        }
    }

    /// All sections and the folders above them.
    fn sections(&mut self) {
        let survey = self.survey;
        let mut paths: BTreeSet<String> = BTreeSet::new();
        let of_items = survey.items.iter().filter(|item| is_story(item)).map(|item| item.section.as_deref());
        let home = self.home.clone();
        let named = survey.sections.iter().map(|section| Some(section.path.as_str())).chain(of_items);
        for path in named {
            let path = path.filter(|path| !path.is_empty()).unwrap_or(&home);
            paths.extend(crate::route::folders(path).map(str::to_owned));
            paths.insert(path.to_owned());
        }
        let facts: BTreeMap<&str, usize> =
            survey.sections.iter().enumerate().map(|(at, section)| (section.path.as_str(), at)).collect();
        for path in paths {
            let above = path.rsplit_once('/').and_then(|(above, _)| self.section_of.get(above)).copied();
            let target = self.section(&path, above, facts.get(path.as_str()).copied());
            self.section_of.insert(path, self.sections.len());
            self.sections.push(target);
        }
    }

    fn section(&mut self, path: &str, above: Option<usize>, facts: Option<usize>) -> SectionTarget {
        let name = path.rsplit('/').next().unwrap_or(path);
        let above = above.and_then(|at| self.sections.get(at));
        let (folder_above, path_above) = above.map_or(("", ""), |above| (&*above.folder, &*above.path));
        let mut wanted = safe_name(name, "section");
        if above.is_none() && ["authors", "pages", "static"].contains(&wanted.as_str()) {
            wanted.push_str("-1");
        }
        let folder_name = self.files.free(folder_above, &wanted);
        let folder = joined(folder_above, &folder_name);
        let url = facts.and_then(|at| self.survey.sections.get(at)?.url.as_deref()).map(url_key);
        let below = url.as_deref().and_then(|url| match path_above {
            "" => Some(url),
            above => url.strip_prefix(above)?.strip_prefix('/'),
        });
        let is_slug = |slug: &&str| slug.split('/').all(|part| check_slug(part).is_ok());
        let kept = below.filter(is_slug).unwrap_or(&folder_name).to_owned();
        let mut slug = kept.clone();
        let mut number = 1;
        while !self.routes.take(&joined(path_above, &slug)) {
            slug = format!("{kept}-{number}");
            number += 1;
        }
        let path_here = joined(path_above, &slug);
        if slug != kept {
            let detail =
                format!("its page is /{path_here}/, because something else is at /{}/", joined(path_above, &kept));
            self.notes.add(ImportNoteKind::Renamed, "section", path, detail);
        }
        let slug = (slug != slugify(&folder_name, self.slugs)).then_some(slug);
        SectionTarget { source_path: path.to_owned(), folder, path: path_here, slug, permalink: None, facts }
    }

    fn section_at(&self, path: Option<&str>) -> Option<usize> {
        let path = path.filter(|path| !path.is_empty()).unwrap_or(&self.home);
        self.section_of.get(path).copied()
    }

    fn choose_patterns(&mut self) -> String {
        let known = self.survey.items.iter().zip(&self.urls).filter_map(|(item, url)| {
            if !is_story(item) || item.state != SourceState::Public {
                return None;
            }
            let section = self.sections.get(self.section_at(item.section.as_deref())?)?;
            Some(KnownUrl {
                path: url.clone()?,
                section: section.folder.clone(),
                section_path: section.path.clone(),
                day: day_of(item.date, &self.zone)?,
            })
        });
        let known: Vec<KnownUrl> = known.collect();
        let chosen = patterns::choose(&known);
        for section in &mut self.sections {
            section.permalink = chosen.sections.get(&section.folder).cloned();
        }
        chosen.site.unwrap_or_else(|| DEFAULT_PERMALINK.to_owned())
    }

    /// Places public items first, so that no draft takes the URL of one.
    fn items(&mut self, permalink: &str) -> Vec<ItemTarget> {
        let mut targets: Vec<Option<ItemTarget>> = vec![None; self.survey.items.len()];
        for public in [true, false] {
            for (at, item) in self.survey.items.iter().enumerate() {
                if (item.state == SourceState::Public) != public {
                    continue;
                }
                let target = match &item.state {
                    SourceState::Skipped(_) => nowhere(item.kind, item.state.clone()),
                    _ if is_story(item) => self.story(at, permalink),
                    _ => self.page(at),
                };
                if let Some(place) = targets.get_mut(at) {
                    *place = Some(target);
                }
            }
        }
        targets.into_iter().flatten().collect()
    }

    fn story(&mut self, at: usize, permalink: &str) -> ItemTarget {
        let item = &self.survey.items[at];
        // Without a date, a URL that begins with the day is not what it will be.
        let url = self.urls[at].clone().filter(|url| !url.is_empty() && item.date.is_some());
        let section = self.section_at(item.section.as_deref()).unwrap_or_default();
        let SectionTarget { folder, path: section_path, permalink: own, .. } = self.sections[section].clone();
        let inherited = || {
            let mut above = folder.as_str();
            while let Some((up, _)) = above.rsplit_once('/') {
                let found = self.sections.iter().find(|section| section.folder == up)?;
                if found.permalink.is_some() {
                    return found.permalink.clone();
                }
                above = up;
            }
            None
        };
        let pattern = own.or_else(inherited).unwrap_or_else(|| permalink.to_owned());
        let day = day_of(item.date, &self.zone);
        let shown_day = day.filter(|_| pattern.contains("{day}-{slug}"));
        let from_url = url.as_deref().map(|url| slug_of(url, shown_day)).filter(|slug| check_slug(slug).is_ok());
        let wanted = from_url.or_else(|| check_slug(&item.slug).ok().filter(|slug| !slug.is_empty()));
        let mut slug = wanted.unwrap_or_else(|| safe_name(&item.slug, "story"));
        let day = day.unwrap_or(NO_DATE);
        let by_pattern = |slug: &str| filled(&pattern, &section_path, day, slug);
        let kept = url.as_deref().and_then(page_path);
        let mut own_url = kept.filter(|kept| url_key(kept) != url_key(&by_pattern(&slug)));
        let mut path = own_url.clone().unwrap_or_else(|| by_pattern(&slug));
        if !self.routes.take(&path) {
            own_url = None;
            let wanted = slug.clone();
            let mut number = 2;
            while !self.routes.take(&by_pattern(&slug)) {
                slug = format!("{wanted}-{number}");
                number += 1;
            }
            self.renamed(at, &path, &by_pattern(&slug));
            path = by_pattern(&slug);
        }
        // A day or a number says nothing to people who look for a file.
        let is_number = slug.bytes().all(|byte| byte.is_ascii_digit());
        let name = if is_number && !item.slug.is_empty() { &item.slug } else { &slug };
        let stem = self.files.free(&folder, &safe_name(name, "story"));
        let is_given = own_url.is_none() && slugify(dated_name(&stem).1, self.slugs) != slug;
        ItemTarget {
            file: Some(file(&format!("content/{folder}"), &stem, item.has_files)),
            kind: ItemKind::Story,
            state: item.state.clone(),
            section: folder,
            slug: is_given.then_some(slug),
            own_url: own_url.map(|url| format!("/{url}")),
            path,
            aliases: Vec::new(),
        }
    }

    fn page(&mut self, at: usize) -> ItemTarget {
        let item = &self.survey.items[at];
        let url = self.urls[at].as_deref().and_then(page_path);
        let wanted = url.clone().unwrap_or_else(|| format!("{}/", safe_name(&item.slug, "page")));
        let body = wanted.trim_end_matches('/').trim_end_matches(".html").trim_end_matches(".htm");
        let (above, last) = body.rsplit_once('/').unwrap_or(("", body));
        let above: Vec<String> =
            above.split('/').filter(|part| !part.is_empty()).map(|part| safe_name(part, "pages")).collect();
        let folder = above.iter().fold("pages".to_owned(), |folder, part| joined(&folder, part));
        let stem = self.files.free(&folder, &safe_name(last, "page"));
        let route = |slug: &str| above.iter().fold(String::new(), |path, part| path + part + "/") + slug + "/";
        let mut path = wanted;
        if !self.routes.take(&path) {
            let mut slug = stem.clone();
            let mut number = 2;
            while !self.routes.take(&route(&slug)) {
                slug = format!("{stem}-{number}");
                number += 1;
            }
            self.renamed(at, &path, &route(&slug));
            path = route(&slug);
        }
        let is_own = path != route(&stem);
        ItemTarget {
            file: Some(file(&format!("content/{folder}"), &stem, item.has_files)),
            kind: ItemKind::Page,
            state: item.state.clone(),
            section: String::new(),
            slug: None,
            own_url: is_own.then(|| format!("/{path}")),
            path,
            aliases: Vec::new(),
        }
    }

    fn renamed(&mut self, at: usize, old: &str, new: &str) {
        let item = &self.survey.items[at];
        let detail = format!("`{}` is at /{new}, because something else is at /{old}", item.title);
        self.notes.add(ImportNoteKind::Renamed, "URL", &item.place, detail);
    }

    /// Old URLs that redirect, when all routes are known.
    fn aliases(&mut self, items: &mut [ItemTarget], base: &OldBase) {
        let mut order: Vec<usize> = (0..items.len()).collect();
        // No draft takes the old URL of a public item.
        order.sort_by_key(|at| items[*at].state != SourceState::Public);
        for at in order {
            let (item, target) = (&self.survey.items[at], &mut items[at]);
            if target.file.is_none() {
                continue;
            }
            for old in item.url.iter().chain(&item.other_urls) {
                let below = match base.read(old) {
                    Some(super::OldReference::Here { path, query, .. }) => match query {
                        Some(query) => format!("{path}?{query}"),
                        None => path,
                    },
                    _ => continue,
                };
                if url_key(&below) == url_key(&target.path) || url_key(&below).is_empty() {
                    continue;
                }
                let written = alias(&below);
                match OldUrl::parse(&written).map(|parsed| self.routes.take_alias(&parsed, at)) {
                    Ok(AliasState::New) => target.aliases.push(written),
                    Ok(AliasState::Known) => {}
                    Ok(AliasState::Page | AliasState::Other) => {
                        let detail = format!("`{written}` leads to something else");
                        self.notes.add(ImportNoteKind::Dropped, "old URL", &item.place, detail);
                    }
                    Err(error) => {
                        let detail = format!("`{written}` can't redirect: {}", error.why);
                        self.notes.add(ImportNoteKind::Dropped, "old URL", &item.place, detail);
                    }
                }
            }
        }
    }

    fn people(&mut self) -> Vec<String> {
        let people = self.survey.people.iter();
        people
            .map(|person| {
                let wanted = if person.slug.is_empty() { &person.name } else { &person.slug };
                self.files.free("authors", &safe_name(wanted, "author"))
            })
            .collect()
    }

    fn media(&mut self, items: &[ItemTarget]) -> Vec<Option<String>> {
        let ids: HashMap<&str, usize> =
            self.survey.items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
        let mut taken = Taken::default();
        let mut places = Vec::with_capacity(self.survey.media.len());
        for file in &self.survey.media {
            let shown = file.path_in_source.as_deref().or(file.old_urls.first().map(String::as_str)).unwrap_or("media");
            let path = match &file.place {
                MediaPlace::Static(path) => Some(format!("content/static/{}", path.trim_start_matches('/'))),
                MediaPlace::Beside { item, name } => {
                    let target = ids.get(item.as_str()).and_then(|at| items.get(*at));
                    let folder = target.and_then(|target| target.file.as_deref()?.strip_suffix("index.md"));
                    folder.map(|folder| format!("{folder}{name}"))
                }
            };
            let refused = match &path {
                None => Some("the story that it belongs to isn't imported"),
                Some(path) => self.refusal(path, &mut taken),
            };
            if let Some(why) = refused {
                self.notes.add(ImportNoteKind::Dropped, "file", shown, why);
            }
            places.push(path.filter(|_| refused.is_none()));
        }
        places
    }

    /// The reason that a file can't be in the project.
    fn refusal(&self, path: &str, taken: &mut Taken) -> Option<&'static str> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let in_static = path.strip_prefix("content/static/");
        if Route::file(path).is_err() {
            return Some("its name isn't safe");
        }
        if path.split('/').any(|part| part.starts_with('.') && part != ".well-known") {
            return Some("it is hidden");
        }
        if in_static.is_none() && name.ends_with(".md") {
            return Some("a Markdown file beside a story would be a story");
        }
        if unwanted(path).is_some() {
            return Some("it looks like a backup or a copy of a story");
        }
        if in_static.is_some_and(|path| self.routes.has(path)) {
            return Some("a page is at its URL");
        }
        (!taken.take(path)).then_some("another file has this name, apart from capital letters")
    }
}

fn is_story(item: &super::super::model::ItemFacts) -> bool {
    let has_date = item.date.is_some() || item.state != SourceState::Public;
    item.kind == ItemKind::Story && has_date && !matches!(item.state, SourceState::Skipped(_))
}

fn nowhere(kind: ItemKind, state: SourceState) -> ItemTarget {
    let section = String::new();
    ItemTarget { file: None, kind, state, section, slug: None, own_url: None, path: String::new(), aliases: Vec::new() }
}

fn file(folder: &str, stem: &str, is_folder: bool) -> String {
    if is_folder { format!("{folder}/{stem}/index.md") } else { format!("{folder}/{stem}.md") }
}

fn joined(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") }
}
