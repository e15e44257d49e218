//! `site.yaml`: what the publication is called, where it lives and how it is laid out.

mod breaking;
mod corrections;
mod feeds;
mod links;
mod markup;
mod publishing;
mod redirects;
mod sharing;
mod taxonomies;
mod terms;
mod theming;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Reported, did_you_mean};
use crate::language::Language;
use crate::lenient::{OneOrMany, OrOff, TextOr, strings};
use crate::route::{BaseUrl, Route, SlugStyle};
use crate::yaml;

use breaking::WrittenBreaking;
use corrections::WrittenCorrections;
use feeds::WrittenFeeds;
use publishing::{check_header, unsendable};
use taxonomies::WrittenTaxonomy;
use terms::WrittenTerms;
use theming::WrittenTheme;

pub use breaking::Breaking;
pub use corrections::{Corrections, NoticesPosition};
pub use feeds::{FeedContent, FeedFormat, FeedOwner, Feeds, StoryIds};
pub use markup::{HeadingLevels, HtmlPolicy};
pub use publishing::{AiPolicy, ExtraOutput, Host, Robots};
pub use redirects::{OldPath, OldPattern, REDIRECTS_FILE, REST, Redirects, parse_redirects, with_redirects};
pub use sharing::{ShareImage, is_shareable};
pub use taxonomies::{RESERVED_TAXONOMIES, TaxonomyConfig};
pub use terms::{TermConfig, Terms};

/// The file's name in the project's folder.
pub const FILE: &str = "site.yaml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(deserialize_with = "crate::lenient::required::title")]
    title: String,
    #[serde(deserialize_with = "crate::lenient::required::base_url")]
    base_url: String,
    language: Option<String>,
    timezone: Option<String>,
    description: Option<String>,
    theme: Option<TextOr<WrittenTheme>>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    publisher: WrittenPublisher,
    share_image: Option<TextOr<ShareImage>>,
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
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    feeds: OrOff<WrittenFeeds>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    corrections: OrOff<WrittenCorrections>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    robots: OrOff<Robots>,
    sitemaps: Option<bool>,
    #[serde(default)]
    publish: OneOrMany<String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    outputs: Vec<ExtraOutput>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    hosts: Vec<Host>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    headers: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    extra: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPublisher {
    name: Option<String>,
    url: Option<String>,
    logo: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    same_as: Vec<String>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    policies: BTreeMap<String, String>,
}

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publisher {
    /// The name; default: the site's title.
    pub name: String,
    /// Its own site; default: this one.
    pub url: Option<String>,
    /// Its logo, a path on this site or a URL.
    pub logo: Option<String>,
    /// Its profiles elsewhere.
    pub same_as: Vec<String>,
    /// Pages that state its rules, by name: `ethics`, `corrections`, …
    pub policies: BTreeMap<String, String>,
}

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NavigationItem {
    /// The words.
    #[serde(deserialize_with = "crate::lenient::required::title")]
    pub title: String,
    /// A root-relative path, a source below `content/`, or an absolute URL.
    pub url: String,
}

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The publication's name.
    pub title: String,
    /// Its address.
    pub base_url: BaseUrl,
    /// Its language.
    pub language: Language,
    /// The zone of dates without an offset.
    pub timezone: TimeZone,
    /// The IANA name of that zone.
    pub timezone_name: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// The theme's name.
    pub theme: String,
    /// What is chosen of the theme's options, unchecked.
    pub theme_options: BTreeMap<String, Value>,
    /// Who publishes.
    pub publisher: Publisher,
    /// The picture of pages without one of their own, for link previews.
    pub share_image: Option<ShareImage>,
    /// The form of articles' URLs.
    pub permalink: Permalink,
    /// Items on one page of a listing.
    pub page_size: usize,
    /// The navigation; `None` means the sections.
    pub navigation: Option<Vec<NavigationItem>>,
    /// The line above everything else on the front page.
    pub breaking: Option<Breaking>,
    /// Taxonomies beyond tags and series.
    pub taxonomies: Vec<TaxonomyConfig>,
    /// Slugs and titles of single terms.
    pub terms: Terms,
    /// Which letters slugs keep.
    pub slugs: SlugStyle,
    /// Whether raw HTML is cleaned.
    pub html: HtmlPolicy,
    /// Which levels the headings of texts have.
    pub heading_levels: HeadingLevels,
    /// Whether straight quotes become curly ones.
    pub smart_punctuation: bool,
    /// Whether code in a language that is known is marked up.
    pub highlight_code: bool,
    /// Which feeds there are.
    pub feeds: Feeds,
    /// How errors are dealt with.
    pub corrections: Corrections,
    /// What `robots.txt` says; `None` writes none.
    pub robots: Option<Robots>,
    /// Whether there are sitemaps.
    pub sitemaps: bool,
    /// Files that are published though nothing refers to them: paths, folders or patterns below `content/`.
    pub publish: Vec<String>,
    /// Every other value that is a text, of this file and `theme:` alike: what of them names a file refers to it.
    pub texts: Vec<String>,
    /// Formats that are written only when they are asked for.
    pub outputs: Vec<ExtraOutput>,
    /// Where the site is published.
    pub hosts: Vec<Host>,
    /// HTTP headers of every page instead of Presswork's own, by name; `None` leaves one out.
    pub headers: BTreeMap<String, Option<String>>,
    /// What `redirects.yaml` says of old paths, by path.
    pub redirects: Vec<OldPath>,
    /// What it says of old addresses that only hosts can follow.
    pub patterns: Vec<OldPattern>,
    /// Free data for templates.
    pub extra: BTreeMap<String, Value>,
    /// xxh3 of the files that say all this: diagnostics name their lines.
    pub digest: u128,
}

/// The form of articles' URLs: literal text and placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permalink(Vec<PermalinkPart>);

/// A piece of a permalink pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermalinkPart {
    /// Text as it stands.
    Text(String),
    /// The section's path.
    Section,
    /// Four digits.
    Year,
    /// Two digits.
    Month,
    /// Two digits.
    Day,
    /// The article's slug.
    Slug,
}

impl Permalink {
    /// Reads a pattern of `{section} {year} {month} {day} {slug}`.
    ///
    /// # Errors
    /// Says what is wrong with the pattern.
    pub fn parse(pattern: &str) -> Result<Permalink, String> {
        let mut parts = Vec::new();
        let mut rest = pattern.trim_start_matches('/');
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or("a `{` is not closed")? + open;
            if open > 0 {
                parts.push(PermalinkPart::Text(rest[..open].to_owned()));
            }
            parts.push(match &rest[open + 1..close] {
                "section" => PermalinkPart::Section,
                "year" => PermalinkPart::Year,
                "month" => PermalinkPart::Month,
                "day" => PermalinkPart::Day,
                "slug" => PermalinkPart::Slug,
                other => return Err(format!("`{{{other}}}` is not a placeholder")),
            });
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(PermalinkPart::Text(rest.to_owned()));
        }
        if !parts.contains(&PermalinkPart::Slug) {
            return Err("it has no `{slug}`".to_owned());
        }
        if !(pattern.ends_with('/') || pattern.ends_with(".html")) {
            return Err("it must end in `/` or `.html`".to_owned());
        }
        check_literals(&parts)?;
        Ok(Permalink(parts))
    }

    /// The pieces, in order.
    pub fn parts(&self) -> &[PermalinkPart] {
        &self.0
    }
}

/// Checks, with a placeholder for every value, that the pattern makes a route that needs no escaping by hand.
fn check_literals(parts: &[PermalinkPart]) -> Result<(), String> {
    let sample: String = parts
        .iter()
        .map(|part| match part {
            PermalinkPart::Text(text) => text.as_str(),
            _ => "x",
        })
        .collect();
    if let Some(bad) = sample.chars().find(|c| "?#%<>\"'&`{} ".contains(*c)) {
        return Err(format!("it contains the character {bad:?}"));
    }
    Route::page(&sample).map(drop).map_err(|why| why.to_string())
}

/// Reads and checks the text of `site.yaml`.
pub fn parse(text: &str) -> Reported<Option<Config>> {
    let written: Written = match yaml::parse(text.trim_start_matches('\u{feff}')) {
        Ok(written) => written,
        Err(error) => {
            let diagnostics = vec![error.diagnose(FILE, 1)];
            return Reported { value: None, diagnostics };
        }
    };
    let mut check = Check { text, diagnostics: Vec::new() };
    let config = check.config(written);
    check.diagnostics.extend(yaml::cut_off_values(text, FILE, 1));
    Reported { value: config, diagnostics: check.diagnostics }
}

/// Every value of `site.yaml` that is a text, but for the patterns of `publish`.
fn texts_of(text: &str) -> Vec<String> {
    let Ok(Value::Object(mut values)) = yaml::parse(text.trim_start_matches('\u{feff}')) else { return Vec::new() };
    values.remove("publish");
    values.values().flat_map(strings).map(str::to_owned).collect()
}

struct Check<'a> {
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl Check<'_> {
    fn fault(&mut self, key: &str, value: &str, message: String, hint: Option<String>) {
        let span = yaml::locate(self.text, key, value);
        self.diagnostics.push(Diagnostic::new(Code::BadConfig, FILE, message).at_maybe(span).hint_maybe(hint));
    }

    fn config(&mut self, written: Written) -> Option<Config> {
        let title = written.title.trim().to_owned();
        if title.is_empty() {
            self.fault("title", "", "the title is empty".to_owned(), None);
        }
        let base_url = self.base_url(&written.base_url);
        let language = self.language(written.language.as_deref().unwrap_or("en"));
        let timezone_name = written.timezone.unwrap_or_else(|| "UTC".to_owned());
        let timezone = self.timezone(&timezone_name);
        let permalink = self.permalink(written.permalink.as_deref().unwrap_or("{section}/{year}/{month}/{slug}/"));
        let page_size = written.page_size.unwrap_or(20);
        if !(1..=1000).contains(&page_size) {
            self.fault(
                "page_size",
                &page_size.to_string(),
                format!("page_size {page_size} is not between 1 and 1000"),
                None,
            );
        }
        let (theme, theme_options) = WrittenTheme::parts(written.theme.map(|written| written.0));
        if theme.is_empty() || theme.starts_with('.') || theme.contains(['/', '\\']) {
            let hint = "write the name of a folder in themes/".to_owned();
            self.fault("theme", &theme, format!("`{theme}` is not a valid theme name"), Some(hint));
        }
        let navigation = written.navigation;
        for item in navigation.iter().flatten() {
            self.url("navigation", &item.url);
        }
        let zone = timezone.clone().unwrap_or(TimeZone::UTC);
        let breaking = written.breaking.and_then(|written| self.breaking(written, &zone));
        let publisher = self.publisher(written.publisher, &title);
        let share_image = written.share_image.and_then(|image| self.share_image(image.0));
        let taxonomies = self.taxonomies(written.taxonomies);
        let terms = self.terms(written.terms, &taxonomies);
        let feeds = written.feeds.0.unwrap_or_else(WrittenFeeds::none).check();
        let feeds = feeds.map_err(|(key, value, message)| {
            // What stands in braces is found by the key before them.
            let key = yaml::locate(self.text, key, &value).map_or("feeds", |_| key);
            self.fault(key, &value, message, None);
        });
        let feeds = feeds.ok();
        written.robots.0.iter().for_each(|robots| self.robots(robots));
        let hosts = self.hosts(written.hosts);
        self.headers(&written.headers, &hosts);
        Some(Config {
            base_url: base_url?,
            language: language?,
            timezone: timezone?,
            permalink: permalink?,
            feeds: feeds?,
            corrections: written.corrections.0.into(),
            robots: written.robots.0,
            sitemaps: written.sitemaps.unwrap_or(true),
            publish: written.publish.0,
            texts: texts_of(self.text),
            outputs: written.outputs,
            hosts,
            headers: written.headers,
            redirects: Vec::new(),
            patterns: Vec::new(),
            digest: xxhash_rust::xxh3::xxh3_128(self.text.as_bytes()),
            description: written.description.filter(|text| !text.trim().is_empty()),
            slugs: written.slugs,
            html: written.html,
            heading_levels: written.heading_levels,
            smart_punctuation: written.smart_punctuation.unwrap_or(true),
            highlight_code: written.highlight_code.unwrap_or(true),
            extra: written.extra,
            title,
            timezone_name,
            theme,
            theme_options,
            publisher,
            share_image,
            page_size,
            navigation,
            breaking,
            taxonomies,
            terms,
        })
        .filter(|_| self.diagnostics.is_empty())
    }

    fn breaking(&mut self, written: WrittenBreaking, zone: &TimeZone) -> Option<Breaking> {
        if let Some(link) = &written.link {
            self.url("breaking", link);
        }
        let checked = written.check(zone).map_err(|(spellings, message)| {
            let written = spellings.into_iter().find(|spelling| self.text.contains(spelling)).unwrap_or_default();
            self.fault("breaking", &written, message, None);
        });
        checked.ok()
    }

    fn base_url(&mut self, text: &str) -> Option<BaseUrl> {
        BaseUrl::parse(text)
            .map_err(|why| {
                let hint = "write the URL where the site is published, such as https://example.org/".to_owned();
                self.fault("base_url", text, format!("`{text}` is not a valid base_url: {why}"), Some(hint));
            })
            .ok()
    }

    fn language(&mut self, tag: &str) -> Option<Language> {
        Language::parse(tag)
            .map_err(|why| {
                let hint = "use a BCP 47 tag such as en, zh-Hans or pt-BR".to_owned();
                self.fault("language", tag, format!("`{tag}` is not a valid language: {why}"), Some(hint));
            })
            .ok()
    }

    fn timezone(&mut self, name: &str) -> Option<TimeZone> {
        jiff::tz::db()
            .get(name)
            .map_err(|_| {
                let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
                let hint = did_you_mean(name, names.iter().map(String::as_str))
                    .unwrap_or_else(|| "use an IANA name such as Europe/Lisbon or Asia/Shanghai".to_owned());
                self.fault("timezone", name, format!("unknown time zone `{name}`"), Some(hint));
            })
            .ok()
    }

    fn permalink(&mut self, pattern: &str) -> Option<Permalink> {
        Permalink::parse(pattern)
            .map_err(|why| {
                let hint = "for example {section}/{year}/{month}/{slug}/".to_owned();
                self.fault("permalink", pattern, format!("`{pattern}` is not a valid permalink: {why}"), Some(hint));
            })
            .ok()
    }

    fn publisher(&mut self, written: WrittenPublisher, title: &str) -> Publisher {
        let urls = [&written.url, &written.logo].into_iter().flatten();
        for url in urls.chain(written.policies.values()) {
            self.url("publisher", url);
        }
        Publisher {
            name: written.name.unwrap_or_else(|| title.to_owned()),
            url: written.url,
            logo: written.logo,
            same_as: written.same_as.into_iter().map(|url| self.whole_url("publisher", url)).collect(),
            policies: written.policies,
        }
    }

    fn robots(&mut self, robots: &Robots) {
        for path in &robots.disallow {
            if !path.starts_with('/') || path.chars().any(|c| c.is_control() || c == '#') {
                let hint = "write a path on this site, such as /search/".to_owned();
                self.fault("disallow", path, format!("`{}` is not a path", path.escape_debug()), Some(hint));
            }
        }
    }

    fn hosts(&mut self, written: Vec<Host>) -> Vec<Host> {
        let mut hosts = Vec::with_capacity(written.len());
        for host in written {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        if hosts.contains(&Host::Netlify) && hosts.contains(&Host::Cloudflare) {
            let message = "netlify and cloudflare read files with the same names but different formats".to_owned();
            let hint = "keep the one that you publish to".to_owned();
            self.fault("hosts", "cloudflare", message, Some(hint));
        }
        hosts
    }

    fn headers(&mut self, headers: &BTreeMap<String, Option<String>>, hosts: &[Host]) {
        for (name, value) in headers {
            let shown = name.escape_debug();
            if let Err(why) = check_header(name, value.as_deref()) {
                let hint = "use letters, digits and hyphens in the name, and one line of ASCII as the value".to_owned();
                self.fault("headers", name, format!("the header `{shown}` cannot be sent: {why}"), Some(hint));
            } else if headers.keys().any(|other| other < name && other.eq_ignore_ascii_case(name)) {
                self.fault("headers", name, format!("the header `{shown}` is given twice"), None);
            } else if let Some((message, hint)) = unsendable(name, value.as_deref(), hosts) {
                self.fault("headers", name, message, Some(hint));
            }
        }
    }
}
