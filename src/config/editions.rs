//! `languages:` in `site.yaml`: the editions of the site, one for each language that it publishes in.
//!
//! A site with one edition is the ordinary case: it costs nothing and has the bytes that it had before there were
//! editions.
//!
//! - **A configuration for each.** `Config` is that of the main edition, and holds those of the others
//!   (`Config::others`), which differ from it in language, title, time zone and the like. `Config::in_edition` gives
//!   the one for an `EditionId`. Stages that make something for one edition are given its configuration, and know
//!   nothing of the others.
//! - **Everything belongs to one.** Reading gives each file a language, by its front matter, its name or its folder
//!   (`read/edition.rs`), and a language belongs to one edition. So stories, sections, authors, terms, series, pages
//!   and outputs have an `edition`. An author with stories in three editions is three `Person`s; a tag is three `Term`s
//!   with one identity. Listings, related stories and neighbours follow from these and never mix editions.
//! - **Translations are a relation** between stories (`site/translations.rs`): each has one original, which has none.
//!   It is worked out from all articles, whatever their states, so that errors don't come and go with the clock; what
//!   is public is linked.
//! - **Counterparts** (`plan/counterparts.rs`) are the outputs that are the same page in several editions. Switchers,
//!   `hreflang` and sitemaps read them, pages through a key of the reader.
//! - **Fronts may be filled** (`site/filling.rs`): blocks show stories of other editions after their own ones. Only fronts
//!   do: lists are split into pages that never change, and a translation would take a story out of the middle.
//! - **A renderer for each** (`render/editions.rs`): an `EditionRenderer` has the views of one edition, and `Renderer`
//!   gives each output to its own. They share the site reader, so traces and ledger are one.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::content_path::{CONTENT, below_content, in_content};
use crate::language::{DateStyle, Language};
use crate::lenient::OneOrMany;
use crate::route::{Route, check_slug};

use super::{Config, ConfigCheck, NavigationItem, did_you_mean};
use crate::unicode::composed;

/// The most editions of a site.
const MAX_EDITIONS: usize = 64;

/// The place of an edition among those of the site; 0 is the main one.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    BorshSerialize,
    BorshDeserialize,
    serde::Serialize,
)]
pub struct EditionId(pub u8);

impl EditionId {
    /// The edition in the site's language, which every site has.
    pub const MAIN: EditionId = EditionId(0);
}

/// One entry of `languages:`, as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenEdition {
    #[serde(deserialize_with = "crate::lenient::required::text")]
    language: String,
    path: Option<String>,
    content_folder: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    fallback_for: Vec<String>,
    title: Option<String>,
    description: Option<String>,
    timezone: Option<String>,
    date_style: Option<DateStyle>,
    navigation: Option<Vec<NavigationItem>>,
    #[serde(default)]
    fill_from: OneOrMany<String>,
}

/// The part of the site in one language, with a front page, lists and feeds of its own.
#[derive(Debug, Clone, Default)]
pub struct Edition {
    /// Its place among all editions.
    pub id: EditionId,
    /// The path of its front page below the site's root: empty for the main edition, or `fr/`.
    pub path: String,
    /// Its folder in `content/`, without a slash at the end, if its stories are in one of their own.
    pub content_folder: Option<String>,
    /// Other languages whose stories belong to it, by tag.
    pub fallback_for: Vec<String>,
    /// The editions whose untranslated stories fill its fronts, in the order of preference.
    pub fill_from: Vec<EditionId>,
}

/// The edition that a path in `content/` names, and the path of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionPath<'p> {
    /// The edition that the name or the folder says; `None` if neither says any.
    pub edition: Option<EditionId>,
    /// The path without the language in its name and without the edition's folder: `content/world/vote.md` for
    /// `content/world/vote.fr.md`.
    pub original: Cow<'p, str>,
}

/// One edition, as reading a file needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionReading {
    /// Its place among all editions.
    pub id: EditionId,
    /// Its language, by tag.
    pub language: String,
    /// Other languages whose stories belong to it, by tag.
    pub fallback_for: Vec<String>,
    /// Its folder in `content/`.
    pub content_folder: Option<String>,
    /// The time zone of its dates.
    pub timezone: TimeZone,
}

/// All editions, as reading a file needs them; none on a site with one edition.
#[derive(Debug, Clone, Default)]
pub struct EditionPaths(Vec<EditionReading>);

impl EditionPaths {
    /// True if the site has more than one edition.
    pub fn are_several(&self) -> bool {
        !self.0.is_empty()
    }

    /// The editions, the main one first.
    pub fn all(&self) -> &[EditionReading] {
        &self.0
    }

    /// Returns the edition that a source's path names.
    pub fn of<'p>(&self, source: &'p str) -> EditionPath<'p> {
        let mut path = EditionPath { edition: None, original: Cow::Borrowed(source) };
        if self.0.is_empty() {
            return path;
        }
        let below = below_content(source).unwrap_or(source);
        let in_folder = self.0.iter().find_map(|edition| {
            let inside = below.strip_prefix(edition.content_folder.as_deref()?)?.strip_prefix('/')?;
            Some((edition.id, inside))
        });
        if let Some((id, inside)) = in_folder {
            path = EditionPath { edition: Some(id), original: Cow::Owned(in_content(inside)) };
        }
        let named = language_in_name(&path.original).and_then(|(stem, tag)| {
            let found = self.0.iter().find(|edition| edition.language.eq_ignore_ascii_case(tag))?;
            Some((found.id, format!("{stem}.md")))
        });
        match named {
            Some((id, original)) => EditionPath { edition: Some(id), original: Cow::Owned(original) },
            None => path,
        }
    }

    /// The edition to which a language belongs: see [`Config::edition_of`].
    pub fn of_language(&self, language: &Language) -> Option<&EditionReading> {
        let editions = self.0.iter().map(|edition| (edition.language.as_str(), &*edition.fallback_for));
        self.0.get(place_of(language, editions)?)
    }
}

/// The place of the edition to which a language belongs. `editions` are their languages, and the others that belong to
/// them.
fn place_of<'e>(language: &Language, editions: impl Iterator<Item = (&'e str, &'e [String])> + Clone) -> Option<usize> {
    let in_tag =
        |tag: &str| editions.clone().position(|(own, others)| own == tag || others.iter().any(|other| other == tag));
    language.fallbacks().find_map(in_tag)
}

/// Splits `content/world/vote.fr.md` into `content/world/vote` and `fr`.
pub fn language_in_name(source: &str) -> Option<(&str, &str)> {
    let stem = source.strip_suffix(".md")?;
    let name = stem.rfind('/').map_or(0, |slash| slash + 1);
    let dot = stem[name..].rfind('.')? + name;
    (dot > name).then(|| (&stem[..dot], &stem[dot + 1..]))
}

impl Config {
    /// The configurations of all editions, the main one first. All but what an edition has of its own is the same.
    pub fn editions(&self) -> impl Iterator<Item = &Config> + Clone {
        std::iter::once(self).chain(&self.others)
    }

    /// The edition whose pages are at a URL path below the site's root.
    pub fn edition_at(&self, path: &str) -> EditionId {
        let others = self.others.iter().filter(|of| path.starts_with(&of.edition.path));
        others.max_by_key(|of| of.edition.path.len()).map_or(EditionId::MAIN, |of| of.edition.id)
    }

    /// The edition of a file whose front matter names this language, which reading has checked.
    pub fn edition_named(&self, language: Option<&str>) -> EditionId {
        let language = language.filter(|_| self.has_editions()).and_then(|tag| Language::parse(tag).ok());
        language.and_then(|language| self.edition_of(&language)).unwrap_or_default()
    }

    /// True if the site has more than one edition.
    pub fn has_editions(&self) -> bool {
        !self.others.is_empty()
    }

    /// The configuration of an edition.
    pub fn in_edition(&self, EditionId(at): EditionId) -> &Config {
        usize::from(at).checked_sub(1).and_then(|at| self.others.get(at)).unwrap_or(self)
    }

    /// The edition to which a language belongs: its own, or that of a more general tag, or one that names it under
    /// `fallback_for`. On a site with one edition that is the one.
    pub fn edition_of(&self, language: &Language) -> Option<EditionId> {
        if !self.has_editions() {
            return Some(EditionId::MAIN);
        }
        let editions = self.editions().map(|config| (config.language.tag(), &*config.edition.fallback_for));
        place_of(language, editions).map(|at| EditionId(at as u8))
    }

    /// All editions, as reading a file needs them.
    pub fn edition_paths(&self) -> EditionPaths {
        if !self.has_editions() {
            return EditionPaths::default();
        }
        let reading = |config: &Config| EditionReading {
            id: config.edition.id,
            language: config.language.tag().to_owned(),
            fallback_for: config.edition.fallback_for.clone(),
            content_folder: config.edition.content_folder.clone(),
            timezone: config.timezone.clone(),
        };
        EditionPaths(self.editions().map(reading).collect())
    }

    /// The front page of this edition.
    pub fn front_route(&self) -> Route {
        Route::page(&self.edition.path).unwrap_or_else(|_| Route::front())
    }

    /// A path below the front page of this edition.
    pub fn edition_path(&self, path: &str) -> String {
        [self.edition.path.as_str(), path].concat()
    }
}

impl ConfigCheck<'_> {
    /// Checks `languages:`, and returns the configuration of the main edition with those of the others.
    pub(super) fn with_editions(&mut self, mut main: Config, written: Vec<WrittenEdition>) -> Config {
        if written.len() > MAX_EDITIONS {
            let message = format!("a site has at most {MAX_EDITIONS} editions, but `languages` has {}", written.len());
            self.report("languages", "", message, None);
            return main;
        }
        let reported = self.diagnostics.len();
        let mut others: Vec<Config> = Vec::new();
        let mut fill_from: Vec<(EditionId, Vec<String>)> = Vec::new();
        let mut is_main_given = false;
        for mut edition in written {
            let fills = std::mem::take(&mut edition.fill_from.0);
            let Some(language) = self.edition_language(&edition.language) else { continue };
            let is_main = language == main.language;
            if (is_main && is_main_given) || others.iter().any(|other| other.language == language) {
                let message = format!("there are two editions in `{}`", language.tag());
                self.report("languages", &edition.language, message, Some("remove one of the two".to_owned()));
            } else if is_main {
                is_main_given = true;
                fill_from.push((EditionId::MAIN, fills));
                self.describe_main(&mut main, edition);
            } else {
                let id = EditionId(others.len() as u8 + 1);
                others.extend(self.edition(&main, id, language, edition));
                fill_from.push((id, fills));
            }
        }
        self.check_editions(&main, &others);
        main.others = others;
        // What is missing because of an error is not reported again.
        let is_sound = self.diagnostics.len() == reported;
        for (id, fills) in fill_from.into_iter().filter(|_| is_sound) {
            self.fill(&mut main, id, &fills);
        }
        main
    }

    /// Sets the editions whose stories fill the fronts of an edition.
    fn fill(&mut self, main: &mut Config, id: EditionId, written: &[String]) {
        let mut found = Vec::new();
        for tag in written {
            let language = Language::parse(tag).ok();
            let other = main.editions().find(|of| Some(&of.language) == language.as_ref()).map(|of| of.edition.id);
            let (message, hint) = match other {
                Some(other) if other == id => (format!("the edition in `{tag}` cannot be filled from itself"), None),
                Some(other) if found.contains(&other) => (format!("`{tag}` is under `fill_from` twice"), None),
                Some(other) => {
                    found.push(other);
                    continue;
                }
                None => {
                    let tags: Vec<&str> = main.editions().map(|of| of.language.tag()).collect();
                    let near = did_you_mean(tag, tags.iter().copied());
                    let hint = near.unwrap_or_else(|| format!("the editions are {}", tags.join(", ")));
                    (format!("there is no edition in `{}` to fill from", tag.escape_debug()), Some(hint))
                }
            };
            self.report("languages", tag, message, hint);
        }
        let place = usize::from(id.0).checked_sub(1);
        let config = match place {
            Some(at) => main.others.get_mut(at),
            None => Some(main),
        };
        if let Some(config) = config {
            config.edition.fill_from = found;
        }
    }

    /// Reports languages, paths and folders that two editions have.
    fn check_editions(&mut self, main: &Config, others: &[Config]) {
        for (at, config) in others.iter().enumerate() {
            let before = &others[..at];
            let path = &config.edition.path;
            if before.iter().any(|other| other.edition.path == *path) {
                let message = format!("two editions have the path `{path}`");
                self.report("languages", path.trim_end_matches('/'), message, None);
            }
            let folder = config.edition.content_folder.as_ref();
            if let Some(folder) =
                folder.filter(|_| before.iter().any(|other| other.edition.content_folder.as_ref() == folder))
            {
                self.report("languages", folder, format!("two editions have the folder `{folder}`"), None);
            }
        }
        let all: Vec<&Config> = std::iter::once(main).chain(others).collect();
        let named = all.iter().flat_map(|config| &config.edition.fallback_for);
        for (at, tag) in named.clone().enumerate() {
            let has_own = all.iter().any(|config| config.language.tag() == tag);
            if has_own || named.clone().take(at).any(|other| other == tag) {
                let message = format!("`{tag}` is under `fallback_for` but belongs to another edition");
                self.report("languages", tag, message, Some("name each language once".to_owned()));
            }
        }
    }

    /// Sets what the entry of the main edition says.
    fn describe_main(&mut self, main: &mut Config, edition: WrittenEdition) {
        let WrittenEdition {
            path,
            content_folder,
            fallback_for,
            title,
            description,
            timezone,
            date_style,
            navigation,
            ..
        } = edition;
        if let Some(folder) = content_folder {
            let message = "the stories of the main edition have no folder of their own".to_owned();
            self.report("languages", &folder, message, Some("remove `content_folder` here".to_owned()));
        }
        if let Some(path) = path.filter(|path| !path.trim_matches('/').is_empty()) {
            let message = format!("the main edition cannot be at `{path}`");
            let hint = "it is at the root: remove `path` here, and give the other editions paths".to_owned();
            self.report("languages", &path, message, Some(hint));
        }
        let again = [
            ("title", title.is_some()),
            ("description", description.is_some()),
            ("timezone", timezone.is_some()),
            ("date_style", date_style.is_some()),
            ("navigation", navigation.is_some()),
        ];
        for (key, _) in again.into_iter().filter(|(_, is_given)| *is_given) {
            let message = format!("`{key}` of the main edition is given under `languages`");
            self.report("languages", key, message, Some(format!("write `{key}` at the top level of site.yaml")));
        }
        main.edition.fallback_for = self.fallback_tags(&fallback_for);
    }

    fn edition(&mut self, main: &Config, id: EditionId, language: Language, written: WrittenEdition) -> Option<Config> {
        let WrittenEdition {
            path,
            content_folder,
            fallback_for,
            title,
            description,
            timezone,
            date_style,
            navigation,
            ..
        } = written;
        let path = path.unwrap_or_else(|| language.tag().to_ascii_lowercase());
        let path = self.edition_folder(&path)?;
        let timezone = timezone.map(|name| (self.timezone("languages", &name), name));
        let fallback_for = self.fallback_tags(&fallback_for);
        let content_folder = self.content_folder(content_folder);
        let navigation = self.navigation("languages", navigation);
        if title.as_ref().is_some_and(|title| title.trim().is_empty()) {
            self.report("languages", "title", "the title of an edition is empty".to_owned(), None);
        }
        let (zone, timezone_name) = match timezone {
            Some((zone, name)) => (zone?, name),
            None => (main.timezone.clone(), main.timezone_name.clone()),
        };
        let tag = language.tag().to_owned();
        Some(Config {
            title: title.map_or_else(|| main.title.clone(), |title| title.trim().to_owned()),
            description: description.filter(|text| !text.trim().is_empty()),
            language,
            timezone: zone,
            timezone_name,
            date_style: date_style.unwrap_or(main.date_style),
            navigation,
            breaking: None,
            taxonomies: main.taxonomies.iter().map(|taxonomy| taxonomy.in_language(&tag)).collect(),
            edition: Edition { id, path, content_folder, fallback_for, fill_from: Vec::new() },
            others: Vec::new(),
            ..main.clone()
        })
    }

    /// Checks that a site whose hosts redirect by language has several.
    pub(super) fn redirects(&mut self, written: Option<bool>, editions: &[WrittenEdition]) -> bool {
        let redirects = written.unwrap_or_default();
        if redirects && editions.is_empty() {
            let hint = "add `languages`, or remove `redirect_by_language`".to_owned();
            self.report("redirect_by_language", "", "the site has only one edition".to_owned(), Some(hint));
        }
        redirects
    }

    fn edition_language(&mut self, tag: &str) -> Option<Language> {
        Language::parse(tag)
            .map_err(|why| {
                let hint = "use a BCP 47 tag such as en, zh-Hans or pt-BR".to_owned();
                self.report("languages", tag, format!("`{tag}` is not a valid language: {why}"), Some(hint));
            })
            .ok()
    }

    fn fallback_tags(&mut self, written: &[String]) -> Vec<String> {
        let tags = written.iter().filter_map(|tag| self.edition_language(tag));
        tags.map(|language| language.tag().to_owned()).collect()
    }

    /// The path of an edition with a slash at the end.
    fn edition_folder(&mut self, written: &str) -> Option<String> {
        let path = written.trim_matches('/');
        let problem = path.split('/').find_map(|folder| check_slug(folder).err());
        if let Some(why) = problem {
            let message = format!("`{written}` is not a valid path of an edition: {why}");
            let hint = "only the main edition is at the root; write a folder such as fr/".to_owned();
            self.report("languages", written, message, Some(hint));
            return None;
        }
        Some(format!("{path}/"))
    }

    fn content_folder(&mut self, written: Option<String>) -> Option<String> {
        let written = written?;
        let below = written.strip_prefix(CONTENT).and_then(|below| below.strip_prefix('/')).unwrap_or(&written);
        let folder = below.trim_matches('/');
        let is_reserved = ["authors", "pages", "static"].contains(&folder);
        if is_reserved || folder.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
            let message = format!("`{}` is not a folder for the stories of an edition", written.escape_debug());
            self.report("languages", &written, message, Some("write a folder in content/, such as fr".to_owned()));
            return None;
        }
        Some(composed(folder).into_owned())
    }
}

impl Edition {
    /// True for the edition in the site's language.
    pub fn is_main(&self) -> bool {
        self.id == EditionId::MAIN
    }
}
