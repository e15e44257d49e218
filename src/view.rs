//! The data that templates receive: one serializable struct for each kind of page, borrowing from the site.

pub mod comments;
pub mod contract;
mod corrections;
mod documented;
mod editions;
pub mod feeds;
mod fingerprint;
pub mod frame;
mod listings;
pub mod formats;
mod names;
mod options;
mod overviews;
pub mod renditions;
#[cfg(test)]
mod samples;
mod cache;
mod shown;
mod site;
mod story;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::HashMap;

use crate::article::Image;
use crate::author::{AuthorKind, profile_url};
use crate::config::{Config, EditionId, PictureText, Pictures};
use crate::date::{Moment, iso};
use crate::language::{Formats, Language, capitalized};
use crate::picture::slot::SlotName;
use crate::plan::{FeedSource, LinkError, Listing, SourceRef};
use crate::read::PictureFile;
use crate::reader::{ListAt, SiteReader};
use crate::route::Route;
use crate::site::{ArticleId, AuthorId};
use crate::urls::normalized;

pub use cache::Cache;
pub use contract::html_fields;
pub use fingerprint::{Unserializable, fingerprint};
pub use options::{PictureOption, resolve_pictures};
pub use shown::{SharedViews, Shown};
pub use words::{ENGLISH, LANGUAGE, PAGE_LANGUAGE, STOPGAPS, Strings, WORDS_DIRECTION, WORDS_LANGUAGE, Word};

use contract::{
    AlternateView, AuthorView, BylineView, CardView, DateView, ImageView, LinkView, PageView, PictureRightsView,
    ProfileView, TeaserView,
};

/// Makes views for one edition. It gives access to everything that a view can hold, all of it immutable.
#[derive(Debug)]
pub struct Viewer<'a> {
    /// The configuration of the edition.
    pub config: &'a Config,
    /// The site and its routes, with all editions.
    pub reader: Arc<SiteReader<'a>>,
    /// The theme's strings.
    pub strings: &'a Strings,
    /// The theme's options.
    pub options: &'a BTreeMap<String, serde_json::Value>,
    formats: HashMap<&'a str, Formats>,
    cards: SharedViews<ArticleId, CardView<'a>>,
    teasers: SharedViews<ArticleId, TeaserView<'a>>,
    authors: SharedViews<AuthorId, AuthorView<'a>>,
    links: SharedViews<Listing, LinkView<'a>>,
    bylines: SharedViews<(Vec<AuthorId>, &'a str), BylineView<'a>>,
    dates: SharedViews<ArticleId, DateView>,
    entries: SharedViews<ArticleId, feeds::EntryView<'a>>,
}

impl<'a> Viewer<'a> {
    /// Prepares the formats of all languages of the site.
    ///
    /// # Errors
    /// If a language's formats cannot be loaded.
    pub fn new(
        config: &'a Config,
        reader: Arc<SiteReader<'a>>,
        strings: &'a Strings,
        options: &'a BTreeMap<String, serde_json::Value>,
    ) -> Result<Viewer<'a>, String> {
        let mut formats = HashMap::default();
        for language in reader.languages() {
            if !formats.contains_key(language.tag()) {
                formats.insert(language.tag(), Formats::styled(language, config.date_style)?);
            }
        }
        Ok(Viewer {
            config,
            reader,
            strings,
            options,
            formats,
            cards: SharedViews::new(),
            teasers: SharedViews::new(),
            authors: SharedViews::new(),
            links: SharedViews::new(),
            bylines: SharedViews::new(),
            dates: SharedViews::new(),
            entries: SharedViews::new(),
        })
    }

    /// The edition that the views are for.
    pub fn edition(&self) -> EditionId {
        self.config.edition.id
    }

    /// Drops the views shared by several pages that were not used since the last call, so that memory does not grow
    /// with the archive.
    pub fn forget(&self) {
        self.cards.age();
        self.teasers.age();
        self.bylines.age();
        self.dates.age();
        self.entries.age();
    }

    /// Returns the number of stories held for several pages since [`Viewer::forget`] was last called. A story with its
    /// text counts as four.
    pub fn held(&self) -> usize {
        self.cards.young() + self.teasers.young() + 4 * self.entries.young()
    }

    /// Notes on the languages of the site that the theme has no strings in, or not all.
    pub fn untranslated(&self) -> Vec<String> {
        let theme = &self.config.theme;
        let languages: BTreeMap<&str, &Language> =
            self.reader.languages().map(|language| (language.tag(), language)).collect();
        let (known, unknown): (Vec<&Language>, Vec<&Language>) =
            languages.into_values().partition(|language| self.strings.has(language));
        let without = unknown.first().map(|first| {
            let all: Vec<String> = unknown.iter().map(|language| format!("`{}`", language.tag())).collect();
            format!(
                "the theme {theme} has no strings in {}: labels such as \"Published\" are in English there; \
                 i18n/{}.yaml beside site.yaml can have them",
                all.join(", "),
                first.tag()
            )
        });
        let in_part = known.into_iter().filter_map(|language| {
            let (tag, lacking) = (language.tag(), self.strings.lacking(language));
            let shown: Vec<String> = lacking.iter().take(5).map(|key| format!("`{key}`")).collect();
            let more = lacking.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            (!lacking.is_empty()).then(|| {
                format!(
                    "the theme {theme} lacks strings in `{tag}`, which are in English there: {}{more}; i18n/{tag}.yaml \
                     beside site.yaml can have them",
                    shown.join(", ")
                )
            })
        });
        without.into_iter().chain(in_part).collect()
    }

    fn formats(&self, language: &Language) -> Option<&Formats> {
        self.formats.get(language.tag())
    }

    /// Formats a moment in the site's zone and a language.
    pub fn date(&self, moment: Moment, language: &Language) -> DateView {
        let zoned = moment.in_zone(&self.config.timezone);
        let formats = self.formats(language);
        let day = formats.map_or_else(|| zoned.date().to_string(), |formats| formats.day(zoned.date()));
        // Articles imported from other systems often have midnight where the time is unknown.
        let has_time = moment.has_time && zoned.time() != jiff::civil::Time::midnight();
        let time =
            has_time.then(|| formats.map_or_else(|| zoned.time().to_string(), |formats| formats.time(zoned.time())));
        // A theme that has no strings in the language uses the separator of another language.
        let between = match (self.strings.own(language, "before_time"), self.strings.get(language, "before_time")) {
            (Some(own), _) => own,
            (None, Some(_)) => formats.map_or(" ", Formats::date_time_separator),
            (None, None) => " ",
        };
        let between = between.to_owned();
        let has_year = self.reader.newest_year(self.edition()) != Some(zoned.year());
        let short = formats.map_or_else(|| day.clone(), |formats| formats.short_day(zoned.date(), has_year));
        DateView { iso: iso(&zoned), day, short, time, between, year: zoned.year() }
    }

    fn path(&self, route: &Route) -> String {
        self.config.base_url.path(route)
    }

    fn listing_path(&self, listing: Listing) -> String {
        self.reader
            .listing_route(listing)
            .map_or_else(|| self.config.base_url.prefix().to_owned(), |route| self.path(route))
    }

    /// Returns a shared link to the front of a listing; its title is always the same.
    fn shown_link(&self, title: &'a str, listing: Listing) -> Shown<LinkView<'a>> {
        self.links.get(listing, || self.link(title, listing))
    }

    fn link(&self, title: &'a str, listing: Listing) -> LinkView<'a> {
        LinkView { title, path: self.listing_path(listing) }
    }

    /// A picture of front matter, which `plan` has checked. Its file says what the front matter leaves out.
    fn image(&self, from: SourceRef, image: &'a Image, slot: SlotName) -> Option<ImageView<'a>> {
        let focus = image.focus.as_deref();
        let target = self.reader.target(Some(from), &image.src).ok()?;
        let size = target.file.as_ref().and_then(|file| file.size);
        let picture = options::picture(self.config, target.url, size, "");
        let picture = self.in_slot(picture, target.file.as_ref(), slot, &|slot| image.framing(slot));
        let file = target.file.and_then(|file| file.picture);
        let [alt, caption, credit] = self.picture_texts(image, file);
        let rights = file.map(|file| PictureRightsView::from(&file.rights));
        Some(ImageView { alt: alt.unwrap_or(""), caption, credit, focus, rights, ..picture })
    }

    /// The alternative text, the caption and the credit of a picture. An empty one in front matter stays empty.
    fn picture_texts(&self, image: &'a Image, file: Option<&'a PictureFile>) -> [Option<&'a str>; 3] {
        let Pictures { fill, .. } = &self.config.pictures;
        let filled = |written: &'a Option<Box<str>>, text: PictureText, found: &'a Option<Box<str>>| match written {
            Some(written) => Some(&**written).filter(|text| !text.is_empty()),
            None => found.as_deref().filter(|_| fill.contains(&text)),
        };
        let none = &None;
        let [alt, caption, credit] = match file.map(|file| &file.texts) {
            Some(texts) => [&texts.alt, &texts.caption, &texts.credit],
            None => [none; 3],
        };
        [
            filled(&image.alt, PictureText::Alt, alt),
            filled(&image.caption, PictureText::Caption, caption),
            filled(&image.credit, PictureText::Credit, credit),
        ]
    }

    /// A picture with nothing but its alternative text.
    fn picture(&self, from: Option<SourceRef>, reference: &str, alt: &'a str) -> Option<ImageView<'a>> {
        let target = self.reader.target(from, reference).ok()?;
        Some(options::picture(self.config, target.url, target.file.and_then(|file| file.size), alt))
    }

    fn absolute(&self, url: &str) -> String {
        crate::route::absolute(self.config.base_url.origin(), url)
    }

    /// The feeds of a list, in the order of their formats.
    fn feeds(&self, feed_source: FeedSource, list: &str) -> Vec<AlternateView<'a>> {
        let routes = self.reader.feed_routes(ListAt::new(feed_source));
        let feeds = self.config.feeds.formats.iter().zip(routes).filter_map(|(format, route)| {
            let path = self.path(route?);
            Some(AlternateView { title: format!("{list} ({})", format.label()), path, media_type: format.media_type() })
        });
        feeds.collect()
    }

    /// The feeds of a list that is not the whole site.
    fn feeds_of(&self, feed_source: FeedSource, list: &str) -> Vec<AlternateView<'a>> {
        self.feeds(feed_source, &format!("{list} – {}", self.config.title))
    }

    /// The URL of a reference in `site.yaml` or front matter, which `plan` has checked; `None` if its target is gone.
    fn resolved(&self, from: Option<SourceRef>, reference: &str) -> Option<String> {
        match self.reader.target(from, reference) {
            Ok(target) => Some(normalized(&target.url).into_owned()),
            Err(LinkError::Gone(_)) => None,
            Err(_) => Some(reference.to_owned()),
        }
    }

    /// Builds `page` for any kind of page.
    fn page(
        &self,
        kind: &'a str,
        route: &Route,
        title: String,
        description: Option<String>,
        language: &'a Language,
    ) -> PageView<'a> {
        let path = self.path(route);
        let url = self.config.base_url.absolute(&path);
        // A page without a description of its own gets one from its title and the site.
        let description = description.unwrap_or_else(|| match &self.config.description {
            Some(about) => format!("{title} – {}: {about}", self.config.title),
            None => format!("{title} – {}", self.config.title),
        });
        PageView {
            kind,
            title,
            description,
            canonical: url.clone(),
            url,
            path,
            language: language.tag(),
            direction: language.direction(),
            noindex: false,
            breadcrumbs: Vec::new(),
            feeds: Vec::new(),
            editions: self.edition_links(route),
            text_path: self.reader.text_version(route).map(|text_version| self.path(text_version)),
            alternates: Vec::new(),
        }
    }

    /// One of `article.authors` or `authors`.
    fn shown_author(&self, id: AuthorId) -> Shown<AuthorView<'a>> {
        self.authors.get(id, || self.author(id))
    }

    /// `author`.
    pub fn author(&self, id: AuthorId) -> AuthorView<'a> {
        let person = self.reader.author(id);
        let front = &person.author.front;
        let path = self.listing_path(Listing::Author(id));
        AuthorView {
            id: &person.author.id,
            name: &front.name,
            native_name: front.native_name.as_deref(),
            kind: front.kind.as_str(),
            former: front.former,
            role: front.role.as_deref(),
            email: front.email.as_deref(),
            website: front.url.as_deref().and_then(|url| self.resolved(Some(SourceRef::Author(person.file_of)), url)),
            location: front.location.as_deref(),
            image: self.portrait(id),
            links: front.links.0.iter().filter_map(|(service, value)| profile(service, value)).collect(),
            biography: person.biography,
            short_biography: front.short_bio.as_deref().or(person.author.body.excerpt.as_deref()),
            language: person.language.tag(),
            direction: person.language.direction(),
            url: self.absolute(&path),
            path,
            extra: &front.extra,
        }
    }

    fn portrait(&self, id: AuthorId) -> Option<ImageView<'a>> {
        let entry = self.reader.author(id);
        let author = entry.author;
        let alt = if author.front.kind == AuthorKind::Person { author.front.name.as_str() } else { "" };
        let portrait = &author.front.image.as_ref()?.0;
        let target = self.reader.target(Some(SourceRef::Author(entry.file_of)), &portrait.src).ok()?;
        let size = target.file.as_ref().and_then(|file| file.size);
        let picture = options::picture(self.config, target.url, size, alt);
        let picture = ImageView { focus: portrait.focus.as_deref(), ..picture };
        let picture = self.in_slot(picture, target.file.as_ref(), SlotName::Portrait, &|_| portrait.framing());
        let file = target.file.and_then(|file| file.picture);
        let credit = file.and_then(|file| file.texts.credit.as_deref());
        let credit = credit.filter(|_| self.config.pictures.fills(PictureText::Credit));
        Some(ImageView { credit, rights: file.map(|file| PictureRightsView::from(&file.rights)), ..picture })
    }
}

fn profile<'a>(service: &'a str, value: &'a str) -> Option<ProfileView<'a>> {
    let url = profile_url(service, value)?;
    let handle = value.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    Some(ProfileView { service, label: label(service), handle, url })
}

/// The name of a service in its usual spelling.
fn label(service: &str) -> Cow<'_, str> {
    Cow::Borrowed(match service {
        "x" => "X",
        "github" => "GitHub",
        "gitlab" => "GitLab",
        "linkedin" => "LinkedIn",
        "youtube" => "YouTube",
        "tiktok" => "TikTok",
        "orcid" => "ORCID",
        other => return Cow::Owned(capitalized(other)),
    })
}
