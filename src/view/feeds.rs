//! The views of feeds: the list that a feed follows, and each of its stories, the same in all feeds.

use std::borrow::Cow;
use std::sync::OnceLock;

use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::article::{Byline, Kind};
use crate::config::{FeedContent, FeedFormat};
use crate::date::{Moment, iso};
use crate::language::Language;
use crate::picture::slot::SlotName;
use crate::plan::{FeedSource, Listing, OutputKind, PagePart, SourceRef, needs_text};
use crate::reader::{ListAt, SeriesAt, TermAt};
use crate::route::{Route, absolute};
use crate::site::{ArticleId, Signer, Story, story_id};

use super::contract::ImageView;
use super::frame::FrameView;
use super::story::summary;
use super::{Shown, Viewer};

/// A feed: the newest stories of a list.
#[derive(Debug, Serialize)]
pub struct FeedView<'a> {
    /// The name of the list and of the site.
    pub title: String,
    /// The description of the list; never empty.
    pub description: String,
    /// The list's language (BCP 47).
    pub language: &'a str,
    /// The URL of the list's page.
    pub home: String,
    /// The feed's own URL.
    pub url: String,
    /// The style sheet for browsers, root-relative so that it also works on a preview's host.
    pub style: Option<String>,
    /// The publisher's logo.
    pub logo: Option<String>,
    /// The publisher's name.
    pub publisher: &'a str,
    /// The publisher's site.
    pub publisher_url: String,
    /// The last change of any entry.
    pub updated: Option<StampView>,
    /// True if the feed contains full texts, false if only summaries.
    pub is_full: bool,
    /// The stories, newest first.
    pub entries: Vec<Shown<EntryView<'a>>>,
}

/// A story in feeds, without its text, or an amendment in the feed of corrections.
#[derive(Debug, Serialize)]
pub struct EntryView<'a> {
    /// The permanent id, independent of title and URL: a `tag:` URI (RFC 4151).
    pub id: String,
    /// The URL of its page.
    pub url: String,
    /// The headline.
    pub title: Cow<'a, str>,
    /// `summary`, or the first paragraph, as plain text.
    pub summary: Option<&'a str>,
    /// The full plain text of an amendment; `None` for stories and for feeds with summaries only.
    pub text: Option<&'a str>,
    /// The date of first publication.
    pub published: StampView,
    /// The date of the last change of any kind.
    pub updated: Option<StampView>,
    /// The authors, or else the agency, or else the publisher.
    pub authors: Vec<SignerView<'a>>,
    /// The section, tags and other terms, and the label of the kind unless it is news; each once.
    pub categories: Vec<&'a str>,
    /// The lead picture.
    pub image: Option<ImageView<'a>>,
    /// The parts of its page around the text; `None` for amendments, whose text is complete.
    pub frame: Option<FrameView<'a>>,
    /// True if the feed needs the story's text, to include it or to find audio and video in it.
    pub needs_text: bool,
    /// Its language (BCP 47).
    pub language: &'a str,
    /// The entry as written in each format, on first use.
    #[serde(skip)]
    pub written: Written,
}

/// The parts of an entry that are written once for all feeds.
#[derive(Debug, Default)]
pub struct Written {
    heads: [OnceLock<Vec<u8>>; 3],
    around: OnceLock<[String; 2]>,
}

impl Written {
    /// Returns the bytes before the text in a format; writes them on first use.
    pub fn get(&self, format: FeedFormat, write: impl FnOnce() -> Vec<u8>) -> &[u8] {
        self.heads[format as usize].get_or_init(write)
    }

    /// Returns the HTML before and after the text, the same in all formats.
    pub fn around(&self, write: impl FnOnce() -> [String; 2]) -> &[String; 2] {
        self.around.get_or_init(write)
    }
}

/// An instant in the site's time zone, in the formats of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StampView {
    /// RFC 3339.
    pub iso: String,
    /// RFC 822, with a four-digit year, as RSS allows.
    pub rfc822: String,
}

/// An author in a feed.
#[derive(Debug, Serialize)]
pub struct SignerView<'a> {
    /// The name.
    pub name: &'a str,
    /// The author page, a guest's own page, or the publisher's site.
    pub url: Option<String>,
    /// The URL of a portrait.
    pub avatar: Option<String>,
}

impl<'a> Viewer<'a> {
    /// A feed of these stories, newest first.
    pub fn feed(&self, feed_source: FeedSource, format: FeedFormat, stories: &[ArticleId]) -> FeedView<'a> {
        let config = self.config;
        let (name, language, page) = self.feed_source(feed_source);
        let url = |route: &Route| config.base_url.url(route);
        let home = page.map_or_else(|| url(&config.front_route()), &url);
        let about = match feed_source {
            FeedSource::Listing(listing) => self.listing_description(listing),
            FeedSource::Series(_) | FeedSource::Corrections(_) => None,
        };
        let changed = stories.iter().map(|&id| {
            let dates = &self.reader.story(id).article.dates;
            dates.modified().unwrap_or(dates.published)
        });
        let (entries, changed) = match feed_source {
            FeedSource::Corrections(_) => (
                self.amendment_entries(),
                self.reader.newest_amendments(self.edition()).first().map(|amendment| amendment.date),
            ),
            _ => (stories.iter().map(|&id| self.entry(id)).collect(), changed.max()),
        };
        FeedView {
            title: name.map_or_else(|| config.title.clone(), |name| format!("{name} – {}", config.title)),
            description: about.or_else(|| config.description.clone()).unwrap_or_else(|| config.title.clone()),
            language: language.tag(),
            url: self.feed_route(feed_source, format).map_or_else(|| home.clone(), &url),
            home,
            style: self.reader.overview_route(OutputKind::FeedStyle).map(|route| self.path(route)),
            logo: config.publisher.logo.as_ref().and_then(|logo| Some(self.outside(&self.resolved(None, logo)?))),
            publisher: &config.publisher.name,
            publisher_url: self.outside(&self.publisher_url()),
            updated: changed.map(|moment| self.stamp(moment)),
            is_full: config.feeds.content == FeedContent::Full,
            entries,
        }
    }

    /// The route of a feed.
    pub fn feed_route(&self, feed_source: FeedSource, format: FeedFormat) -> Option<&'a Route> {
        let routes = self.reader.feed_routes(ListAt::new(feed_source));
        self.config.feeds.formats.iter().zip(routes).find_map(|(other, route)| route.filter(|_| *other == format))
    }

    /// The name, the language and the page of a feed's list; the whole site has no name of its own.
    pub fn feed_source(&self, feed_source: FeedSource) -> (Option<&'a str>, &'a Language, Option<&'a Route>) {
        let (config, reader) = (self.config, &self.reader);
        let listing = match feed_source {
            FeedSource::Listing(listing) => listing,
            FeedSource::Series(at) => {
                let series = reader.series(SeriesAt(at));
                return (Some(series.title), &config.language, series.route);
            }
            FeedSource::Corrections(edition) => {
                let name = self.strings.get(&config.language, "corrections").unwrap_or("corrections");
                let route = reader.overview_route(OutputKind::Corrections(edition, PagePart::Front));
                return (Some(name), &config.language, route);
            }
        };
        let (name, language): (&str, _) = match listing {
            Listing::Latest(_) => return (None, &config.language, None),
            Listing::Section(id) => (reader.section(id).title, reader.section(id).language),
            Listing::Author(id) => (&reader.author(id).author.front.name, self.author_page_language(id)),
            Listing::Term(taxonomy, term) => (reader.term(TermAt(taxonomy, term)).title, &config.language),
        };
        (Some(name), language, reader.listing_route(listing))
    }

    /// Returns a story as it appears in all feeds.
    pub fn entry(&self, id: ArticleId) -> Shown<EntryView<'a>> {
        self.entries.get(id, || self.new_entry(id))
    }

    fn new_entry(&self, id: ArticleId) -> EntryView<'a> {
        let story = self.reader.story(id);
        let front = &story.article.front;
        let dates = &story.article.dates;
        let image = front.image.as_ref().and_then(|image| self.image(SourceRef::Article(id), &image.0, SlotName::Lead));
        EntryView {
            id: self.entry_id(id),
            url: self.config.base_url.url(self.reader.article_route(id)),
            title: Cow::Borrowed(&front.title),
            summary: summary(story),
            text: None,
            published: self.stamp(dates.published),
            updated: dates.modified().map(|moment| self.stamp(moment)),
            authors: self.entry_authors(id, story),
            categories: self.categories(story),
            image: image.map(|image| ImageView { url: self.outside(&image.url), ..image }),
            frame: Some(self.frame(id)),
            needs_text: needs_text(story, self.config),
            language: story.language.tag(),
            written: Written::default(),
        }
    }

    /// Makes a URL of front matter or configuration usable outside this site, even if it is written without a host or a
    /// scheme.
    pub(super) fn outside(&self, url: &str) -> String {
        absolute(&self.config.base_url.url(&Route::front()), url)
    }

    fn entry_authors(&self, id: ArticleId, story: &'a Story) -> Vec<SignerView<'a>> {
        match story.byline() {
            Byline::Authors(authors) => authors.iter().map(|signer| self.signer(id, signer)).collect(),
            Byline::Agency(agency) => vec![self.signer(id, agency)],
            Byline::Publisher => vec![self.publisher_signer()],
        }
    }

    pub(super) fn publisher_signer(&self) -> SignerView<'a> {
        SignerView { name: &self.config.publisher.name, url: Some(self.outside(&self.publisher_url())), avatar: None }
    }

    fn signer(&self, story: ArticleId, signer: &'a Signer) -> SignerView<'a> {
        match signer {
            Signer::Author(id) => SignerView {
                name: &self.reader.author(*id).author.front.name,
                url: Some(self.absolute(&self.listing_path(Listing::Author(*id)))),
                avatar: self.portrait(*id).map(|portrait| self.outside(&portrait.url)),
            },
            Signer::Guest(guest) => {
                let url = self.guest_path(story, guest).map(|url| self.outside(&url));
                SignerView { name: &guest.name, url, avatar: None }
            }
        }
    }

    fn categories(&self, story: &'a Story) -> Vec<&'a str> {
        let terms = |taxonomy: usize, terms: &'a [u32]| {
            terms.iter().map(move |&term| self.reader.term(TermAt(taxonomy, term as usize)).title)
        };
        let kind = (story.article.front.kind != Kind::News).then(|| self.kind_label(story));
        let section = self.reader.section(story.section).title;
        let further = story.terms.iter().flat_map(|(taxonomy, listed)| terms(*taxonomy, listed));
        let mut categories = Vec::new();
        for category in [section].into_iter().chain(terms(0, &story.tags)).chain(further).chain(kind) {
            if !categories.contains(&category) {
                categories.push(category);
            }
        }
        categories
    }

    pub(super) fn stamp(&self, moment: Moment) -> StampView {
        let zoned = moment.in_zone(&self.config.timezone);
        StampView { iso: iso(&zoned), rfc822: rfc822(zoned) }
    }

    /// The permanent id of a story in feeds.
    pub(super) fn entry_id(&self, id: ArticleId) -> String {
        story_id(&self.reader.story(id).article, self.config)
    }
}

/// `Thu, 22 Nov 2018 09:30:00 +0800`: RFC 822, section 5, as modified by RSS 2.0.
fn rfc822(zoned: Zoned) -> String {
    // RFC 822 cannot write the offsets of early local times, which include seconds.
    let zoned = if zoned.offset().seconds() % 60 == 0 { zoned } else { zoned.with_time_zone(TimeZone::UTC) };
    zoned.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}
