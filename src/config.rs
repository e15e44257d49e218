//! `site.yaml`: the publication's name, base URL, theme and layout.

mod announcements;
mod breaking;
mod comments;
mod corrections;
mod deploy;
mod editions;
mod feeds;
mod known_errors;
mod links;
mod markup;
mod permalink;
mod pictures;
mod publisher;
mod publishing;
mod redirects;
mod search;
mod sharing;
mod slots;
mod store_url;
mod taxonomies;
mod terms;
mod theming;
mod tolerate;
mod typeset;
mod well_known;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::date::{Moment, WrittenDate};
use crate::diagnostic::{Code, Diagnostic, Reported, did_you_mean};
use crate::language::{DateStyle, Language};
use crate::lenient::{OneOrMany, OrOff, TextOr};
use crate::route::{BaseUrl, SlugStyle};
use crate::yaml::{self, Parsed};

use breaking::WrittenBreaking;
use comments::CommentsKey;
use corrections::WrittenCorrections;
use deploy::WrittenDeploy;
use editions::WrittenEdition;
use feeds::WrittenFeeds;
use pictures::WrittenPictures;
use publisher::WrittenPublisher;
use search::WrittenSearch;
use taxonomies::WrittenTaxonomy;
use terms::WrittenTerms;
use theming::WrittenTheme;
use tolerate::WrittenTolerances;
use well_known::{WrittenSecurity, WrittenTrust};

pub use announcements::{Announcements, PurgeService};
pub use breaking::Breaking;
pub use comments::{CommentForm, CommentLimits, Comments};
pub use corrections::{Corrections, NoticesPosition};
pub use deploy::DeployTarget;
pub use editions::{Edition, EditionId, EditionPath, EditionPaths, EditionReading, language_in_name};
pub use feeds::{FeedContent, FeedFormat, FeedOwner, Feeds, StoryIds};
pub use known_errors::{
    FoundErrors, KNOWN_ERRORS_FILE, KnownErrors, known_errors_file, may_be_known, parse_known_errors, with_known_errors,
};
pub use markup::{HeadingLevels, HtmlPolicy};
pub use permalink::{Permalink, PermalinkPart};
pub use pictures::{PictureText, Pictures, RequiredCredit};
pub use publisher::Publisher;
pub use publishing::{AiPolicy, ExtraOutput, Host, Robots};
pub use redirects::{OldPath, OldPattern, REDIRECTS_FILE, REST, Redirects, parse_redirects, with_redirects};
pub use search::SearchConfig;
pub use sharing::ShareImage;
pub use slots::{Advertisement, Analytics, AnalyticsService, Button, Newsletter, PlacedAdvertisement, SiteSlots};
pub use store_url::{BucketService, DeployService, StoreUrl, TargetUrl};
pub use taxonomies::{RESERVED_TAXONOMIES, TaxonomyConfig};
pub use terms::{TermConfig, Terms};
pub use tolerate::Tolerance;
pub use well_known::{Security, Trust};

/// The file's name in the project's folder.
pub const FILE: &str = "site.yaml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConfig {
    #[serde(deserialize_with = "crate::lenient::required::title")]
    title: String,
    #[serde(deserialize_with = "crate::lenient::required::base_url")]
    base_url: String,
    language: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    languages: Vec<WrittenEdition>,
    redirect_by_language: Option<bool>,
    date_style: Option<DateStyle>,
    timezone: Option<String>,
    description: Option<String>,
    theme: Option<TextOr<WrittenTheme>>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    publisher: WrittenPublisher,
    share_image: Option<TextOr<ShareImage>>,
    subscribe: Option<TextOr<Button>>,
    donate: Option<TextOr<Button>>,
    newsletter: Option<TextOr<Newsletter>>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    advertisement: Advertisement,
    analytics: Option<Analytics>,
    comments: Option<CommentsKey>,
    permalink: Option<String>,
    page_size: Option<usize>,
    navigation: Option<Vec<NavigationItem>>,
    breaking: Option<WrittenBreaking>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    taxonomies: Vec<WrittenTaxonomy>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    terms: WrittenTerms,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    slugs: SlugStyle,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    html: HtmlPolicy,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    heading_levels: HeadingLevels,
    smart_punctuation: Option<bool>,
    highlight_code: Option<bool>,
    embed_urls: Option<bool>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    feeds: OrOff<WrittenFeeds>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    corrections: OrOff<WrittenCorrections>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pictures: WrittenPictures,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    robots: OrOff<Robots>,
    security: Option<WrittenSecurity>,
    trust: Option<WrittenTrust>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    search: OrOff<WrittenSearch>,
    sitemaps: Option<bool>,
    #[serde(default)]
    publish: OneOrMany<String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    outputs: Vec<ExtraOutput>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    hosts: Option<Vec<Host>>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    headers: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    deploy: WrittenDeploy,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    tolerate: WrittenTolerances,
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    extra: BTreeMap<String, Value>,
}

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NavigationItem {
    /// The text of the link.
    #[serde(deserialize_with = "crate::lenient::required::title")]
    pub title: String,
    /// A root-relative path, a source file in `content/`, or an absolute URL.
    pub url: String,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The publication's name.
    pub title: String,
    /// The URL at which the site is published.
    pub base_url: BaseUrl,
    /// The language of pages that set none.
    pub language: Language,
    /// The edition that this is the configuration of.
    pub edition: Edition,
    /// The configurations of the other editions; only the main edition's has any.
    pub others: Vec<Config>,
    /// The time zone of dates that have no offset.
    pub timezone: TimeZone,
    /// The IANA name of the time zone.
    pub timezone_name: String,
    /// The style of dates on stories' pages.
    pub date_style: DateStyle,
    /// True if hosts redirect the front page by the reader's browser language.
    pub redirects_by_language: bool,
    /// A one-sentence description of the publication.
    pub description: Option<String>,
    /// The theme's name.
    pub theme: String,
    /// The values given for the theme's options, not yet checked.
    pub theme_options: BTreeMap<String, Value>,
    /// The organization that publishes the site.
    pub publisher: Publisher,
    /// The picture that link previews show for pages without a picture.
    pub share_image: Option<ShareImage>,
    /// Additions to pages: buttons, a newsletter form, advertisements, analytics.
    pub slots: SiteSlots,
    /// How readers comment.
    pub comments: Comments,
    /// The pattern of article URLs.
    pub permalink: Permalink,
    /// The number of items on one page of a listing.
    pub page_size: usize,
    /// The navigation; `None` lists the sections.
    pub navigation: Option<Vec<NavigationItem>>,
    /// The breaking-news banner on the front page.
    pub breaking: Option<Breaking>,
    /// Taxonomies besides tags and series.
    pub taxonomies: Vec<TaxonomyConfig>,
    /// Slugs and titles of individual terms.
    pub terms: Terms,
    /// The characters that slugs keep.
    pub slugs: SlugStyle,
    /// The treatment of raw HTML.
    pub html: HtmlPolicy,
    /// The numbering of heading levels in articles.
    pub heading_levels: HeadingLevels,
    /// True to turn straight quotes into curly ones.
    pub smart_punctuation: bool,
    /// True if code blocks in known languages are highlighted.
    pub highlight_code: bool,
    /// True if URLs of known services on lines of their own become embeds, and their frames too.
    pub embed_urls: bool,
    /// Which feeds to publish.
    pub feeds: Feeds,
    /// The presentation of corrections.
    pub corrections: Corrections,
    /// How pages use what the files of pictures say.
    pub pictures: Pictures,
    /// The contents of `robots.txt`; `None` writes no file.
    pub robots: Option<Robots>,
    /// The settings of `security.txt`; `None` writes no file.
    pub security: Option<Security>,
    /// The settings of `trust.txt`; `None` writes no file.
    pub trust: Option<Trust>,
    /// The stories that readers can search; `None` if they can't.
    pub search: Option<SearchConfig>,
    /// True to write sitemaps.
    pub sitemaps: bool,
    /// Files to publish although nothing refers to them: paths, folders or patterns in `content/`.
    pub publish: Vec<String>,
    /// Every other string in this file, `theme:` included; one that names a file counts as a reference to it.
    pub texts: Vec<String>,
    /// Optional output formats to write.
    pub outputs: Vec<ExtraOutput>,
    /// The hosts to write configuration files for.
    pub hosts: Vec<Host>,
    /// True if `hosts: []` says that no host follows rules.
    pub is_without_host: bool,
    /// HTTP headers that replace Presswork's own, by name; `None` removes one.
    pub headers: BTreeMap<String, Option<String>>,
    /// The targets of `presswork deploy`, by name.
    pub deploy: Vec<DeployTarget>,
    /// The entries of `redirects.yaml` for single paths, by path.
    pub redirects: Vec<OldPath>,
    /// The entries of `redirects.yaml` that only hosts can follow.
    pub patterns: Vec<OldPattern>,
    /// The errors of `known-errors.yaml`, which don't stop a build.
    pub known_errors: KnownErrors,
    /// Further errors that don't stop a build.
    pub tolerate: Vec<Tolerance>,
    /// Custom data for templates.
    pub extra: BTreeMap<String, Value>,
    /// The xxh3 hash of the configuration files, because diagnostics refer to their lines.
    pub digest: u128,
}

/// The pattern of stories' URLs.
const DEFAULT_PERMALINK: &str = "{section}/{year}/{month}/{slug}/";

/// Parses and checks the text of `site.yaml`. No value is returned if it has errors.
pub fn parse(text: &str) -> Reported<Option<Config>> {
    let Reported { value: (config, is_sound), diagnostics } = parsed(text);
    Reported { value: config.filter(|_| is_sound), diagnostics }
}

/// Parses the text of a `site.yaml` with errors as far as possible, to find errors of other files. Keys with errors have
/// their defaults, so no site can be made of it.
pub fn parse_with_errors(text: &str) -> Option<Config> {
    parsed(text).value.0
}

/// The configuration, and true if it has no errors.
fn parsed(text: &str) -> Reported<(Option<Config>, bool)> {
    let parsed = yaml::parse_all::<WrittenConfig>(text.trim_start_matches('\u{feff}'));
    let faulty = parsed.faulty_keys();
    let Parsed { value, errors, .. } = parsed;
    let diagnostics = errors.into_iter().map(|error| error.diagnose(FILE, 1)).collect();
    let mut check = ConfigCheck { text, diagnostics, faulty };
    let config = value.and_then(|written| check.config(written)).map(Config::typeset);
    let is_sound = check.diagnostics.is_empty();
    check.diagnostics.extend(yaml::cut_off_values(text, FILE, 1));
    Reported { value: (config, is_sound), diagnostics: check.diagnostics }
}

struct ConfigCheck<'a> {
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
    /// The keys with errors, which are as if they were not there.
    faulty: Vec<String>,
}

impl ConfigCheck<'_> {
    fn report(&mut self, key: &str, value: &str, message: String, hint: Option<String>) {
        if self.faulty.iter().any(|faulty| faulty == key) {
            return;
        }
        let span = yaml::locate(self.text, key, value);
        self.diagnostics.push(Diagnostic::new(Code::BadConfig, FILE, message).at_maybe(span).hint_maybe(hint));
    }

    fn config(&mut self, mut written: WrittenConfig) -> Option<Config> {
        let (slots, title) = (self.slots(&mut written), self.title(&written.title));
        let (base_url, language) = (self.base_url(&written.base_url), self.language(written.language.as_deref()));
        let (timezone_name, zone) = self.own_timezone(written.timezone);
        let (taxonomies, (theme, theme_options)) = (self.taxonomies(written.taxonomies), self.theme(written.theme));
        let (hosts, is_without_host) = self.hosts(written.hosts, &written.headers);
        let config = Config {
            // Everything that reports errors comes first, because a missing value with `?` ends the function.
            page_size: self.page_size(written.page_size.unwrap_or(20)),
            robots: self.robots(written.robots.0),
            navigation: self.navigation("navigation", written.navigation),
            search: written.search.0.map(|search| self.search(search)),
            breaking: written.breaking.and_then(|breaking| self.breaking(breaking, &zone)),
            publisher: self.publisher(written.publisher, &title),
            terms: self.terms(written.terms, &taxonomies, &zone),
            share_image: written.share_image.and_then(|image| self.share_image(image.0)),
            slots,
            comments: self.comments(written.comments),
            pictures: self.pictures(written.pictures),
            security: written.security.and_then(|security| self.security(security, &zone)),
            trust: written.trust.map(|trust| self.trust(trust)),
            deploy: self.deploy(written.deploy),
            permalink: self.permalink(written.permalink.as_deref().unwrap_or(DEFAULT_PERMALINK))?,
            tolerate: self.tolerances(written.tolerate, &zone),
            feeds: self.feeds(written.feeds.0)?,
            base_url: base_url.or_else(|| BaseUrl::parse("https://example.org/").ok())?,
            language: language.or_else(|| Language::parse("en").ok())?,
            edition: Edition::default(),
            others: Vec::new(),
            timezone: zone,
            date_style: written.date_style.unwrap_or_default(),
            redirects_by_language: self.redirects(written.redirect_by_language, &written.languages),
            corrections: written.corrections.0.into(),
            sitemaps: written.sitemaps.unwrap_or(true),
            publish: written.publish.0,
            texts: publishing::texts_of(self.text),
            outputs: written.outputs,
            hosts,
            is_without_host,
            headers: written.headers,
            redirects: Vec::new(),
            patterns: Vec::new(),
            known_errors: KnownErrors::default(),
            digest: xxhash_rust::xxh3::xxh3_128(self.text.as_bytes()),
            description: written.description.filter(|text| !text.trim().is_empty()),
            slugs: written.slugs,
            html: written.html,
            heading_levels: written.heading_levels,
            smart_punctuation: written.smart_punctuation.unwrap_or(true),
            highlight_code: written.highlight_code.unwrap_or(true),
            embed_urls: written.embed_urls.unwrap_or(true),
            extra: written.extra,
            title,
            timezone_name,
            theme,
            theme_options,
            taxonomies,
        };
        Some(self.with_editions(config, written.languages))
    }

    fn title(&mut self, written: &str) -> String {
        let title = written.trim();
        if title.is_empty() {
            self.report("title", "", "the title is empty".to_owned(), None);
        }
        title.to_owned()
    }

    fn page_size(&mut self, size: usize) -> usize {
        if !(1..=1000).contains(&size) {
            self.report(
                "page_size",
                &size.to_string(),
                format!("page_size {size} is not between 1 and 1000"),
                Some("20 is usual".to_owned()),
            );
        }
        size
    }

    fn navigation(&mut self, key: &str, items: Option<Vec<NavigationItem>>) -> Option<Vec<NavigationItem>> {
        items.iter().flatten().for_each(|item| self.url(key, &item.url));
        items
    }

    /// The feeds; none if they are turned off or have errors.
    fn feeds(&mut self, written: Option<WrittenFeeds>) -> Option<Feeds> {
        let checked = written.unwrap_or_else(WrittenFeeds::none).check();
        let checked = checked.map_err(|(key, value, message)| {
            // `locate` finds a value in braces by the key of the mapping.
            let key = yaml::locate(self.text, key, &value).map_or("feeds", |_| key);
            self.report(key, &value, message, None);
        });
        checked.or_else(|()| WrittenFeeds::none().check()).ok()
    }

    fn breaking(&mut self, written: WrittenBreaking, zone: &TimeZone) -> Option<Breaking> {
        if let Some(link) = &written.link {
            self.url("breaking", link);
        }
        let checked = written.check(zone);
        checked.map_err(|(spellings, message)| self.report_date("breaking", &spellings, message)).ok()
    }

    /// The time that a date means.
    fn moment(&mut self, key: &str, date: &WrittenDate, zone: &TimeZone) -> Option<Moment> {
        let resolved = breaking::resolve(date, zone);
        resolved.map_err(|(spellings, message)| self.report_date(key, &spellings, message)).ok()
    }

    fn report_date(&mut self, key: &str, spellings: &[String], message: String) {
        let written = spellings.iter().find(|spelling| self.text.contains(*spelling)).map_or("", |written| written);
        self.report(key, written, message, None);
    }

    fn base_url(&mut self, text: &str) -> Option<BaseUrl> {
        BaseUrl::parse(text)
            .map_err(|why| {
                let hint = "write the URL where the site is published, such as https://example.org/".to_owned();
                self.report("base_url", text, format!("`{text}` is not a valid base_url: {why}"), Some(hint));
            })
            .ok()
    }

    fn language(&mut self, tag: Option<&str>) -> Option<Language> {
        let tag = tag.unwrap_or("en");
        Language::parse(tag)
            .map_err(|why| {
                let hint = "use a BCP 47 tag such as en, zh-Hans or pt-BR".to_owned();
                self.report("language", tag, format!("`{tag}` is not a valid language: {why}"), Some(hint));
            })
            .ok()
    }

    /// The name of the site's time zone, and the zone.
    fn own_timezone(&mut self, written: Option<String>) -> (String, TimeZone) {
        let name = written.unwrap_or_else(|| "UTC".to_owned());
        let zone = self.timezone("timezone", &name).unwrap_or(TimeZone::UTC);
        (name, zone)
    }

    fn timezone(&mut self, key: &str, name: &str) -> Option<TimeZone> {
        jiff::tz::db()
            .get(name)
            .map_err(|_| {
                let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
                let hint = did_you_mean(name, names.iter().map(String::as_str))
                    .unwrap_or_else(|| "use an IANA name such as Europe/Lisbon or Asia/Shanghai".to_owned());
                self.report(key, name, format!("unknown time zone `{name}`"), Some(hint));
            })
            .ok()
    }

    /// The pattern of stories' URLs; the default one in place of one with an error.
    fn permalink(&mut self, pattern: &str) -> Option<Permalink> {
        let parsed = Permalink::parse(pattern).map_err(|why| {
            let hint = "for example {section}/{year}/{month}/{slug}/".to_owned();
            self.report("permalink", pattern, format!("`{pattern}` is not a valid permalink: {why}"), Some(hint));
        });
        parsed.or_else(|()| Permalink::parse(DEFAULT_PERMALINK)).ok()
    }
}
