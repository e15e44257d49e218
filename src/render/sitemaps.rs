//! Writes sitemaps (sitemaps.org 0.9, with Google's extensions for news and images), their index, and
//! `robots.txt`.

use std::borrow::Cow;
use std::fmt::Write;

use ahash::HashSet;
use rayon::prelude::*;

use crate::article::Image;
use crate::config::{AiPolicy, Config, EditionId};
use crate::date::{Moment, iso};
use crate::language::Language;
use crate::media;
use crate::picture::crop::Framing;
use crate::picture::slot::SlotName;
use crate::plan::{MAX_URL, OutputKind, Plan, Sitemap, SitemapEntries, SourceRef, pictures};
use crate::route::{Route, absolute, encoded_url};
use crate::site::{ArticleId, Site};
use crate::view::renditions;

use super::xml;

const PROTOCOL: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const IMAGES: &str = "http://www.google.com/schemas/sitemap-image/1.1";
const XHTML: &str = "http://www.w3.org/1999/xhtml";
const NEWS: &str = "http://www.google.com/schemas/sitemap-news/0.9";

/// User agents of crawlers that collect training data for language models, from their operators' pages
/// and <https://github.com/ai-robots-txt/ai.robots.txt> (August 2026), without those of search engines
/// and of tools that fetch one page for a user.
const AI_CRAWLERS: &[&str] = &[
    "AI2Bot",
    "Ai2Bot-Dolma",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "bedrockbot",
    "Bytespider",
    "CCBot",
    "ChatGLM-Spider",
    "Claude-Web",
    "ClaudeBot",
    "cohere-ai",
    "cohere-training-data-crawler",
    "Cotoyogi",
    "DeepSeekBot",
    "Diffbot",
    "FacebookBot",
    "FriendlyCrawler",
    "Google-CloudVertexBot",
    "Google-Extended",
    "GPTBot",
    "ICC-Crawler",
    "img2dataset",
    "Kangaroo Bot",
    "LAIONDownloader",
    "meta-externalagent",
    "omgili",
    "omgilibot",
    "PanguBot",
    "SBIntuitionsBot",
    "Sidetrade indexer bot",
    "TikTokSpider",
    "Timpibot",
    "VelenPublicWebCrawler",
    "Webzio-Extended",
];

/// Writes sitemaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct SitemapWriter<'a> {
    /// The configuration of the main edition.
    pub config: &'a Config,
    pub site: &'a Site,
    pub plan: &'a Plan,
}

impl SitemapWriter<'_> {
    /// Writes one sitemap, by its place.
    pub(super) fn numbered(&self, at: usize) -> Vec<u8> {
        self.plan.sitemaps().get(at).map(|sitemap| self.sitemap(sitemap)).unwrap_or_default()
    }

    fn sitemap(&self, sitemap: &Sitemap) -> Vec<u8> {
        let (mut namespaces, entries) = match &sitemap.entries {
            SitemapEntries::Month(stories) => {
                let entries: Vec<String> = stories.par_iter().map(|&id| self.story(id)).collect();
                (vec![("image", IMAGES)], entries.concat())
            }
            SitemapEntries::Pages(pages) => (Vec::new(), pages.iter().map(|&at| self.page(at)).collect()),
            SitemapEntries::News(stories) => (vec![("news", NEWS)], stories.iter().map(|&id| self.news(id)).collect()),
            SitemapEntries::NoNews(newest) => (vec![("news", NEWS)], self.no_news(sitemap.edition, *newest)),
        };
        namespaces.extend(entries.contains("<xhtml:link").then_some(("xhtml", XHTML)));
        let extension: String = namespaces.iter().map(|(name, url)| format!(" xmlns:{name}=\"{url}\"")).collect();
        let mut text = format!("{}<urlset xmlns=\"{PROTOCOL}\"{extension}>\n", xml::DECLARATION);
        text.reserve(entries.len() + 16);
        text.push_str(&entries);
        text.push_str("</urlset>\n");
        text.into_bytes()
    }

    fn story(&self, id: ArticleId) -> String {
        let url = self.config.base_url.url(self.plan.article(id));
        let changed = self.iso(self.site.story(id).edition, self.last_change(id));
        let mut entry = format!("<url><loc>{}</loc><lastmod>{changed}</lastmod>", xml::escaped(&url));
        entry.push_str(&self.alternates(OutputKind::Article(id)));
        for image in self.images(id) {
            // Writing to a String can't fail.
            let _ = write!(entry, "<image:image><image:loc>{}</image:loc></image:image>", xml::escaped(&image));
        }
        entry.push_str("</url>\n");
        entry
    }

    /// The images of a story as its page shows them, without duplicates: its lead image, and this site's images that its
    /// text refers to.
    fn images(&self, id: ArticleId) -> Vec<String> {
        let SitemapWriter { config, site, plan } = *self;
        let article = &site.story(id).article;
        let lead = article.front.image.as_ref().map(|image| &image.0);
        let mut seen = HashSet::default();
        let urls = pictures(article).enumerate().filter_map(|(place, reference)| {
            let target = plan.resolve(site, config, &article.source, reference).ok()?;
            let is_picture = target.file.is_some_and(|at| media::is_indexed(&site.files[at].source));
            let lead = lead.filter(|_| place == 0);
            let shown = target.file.and_then(|at| self.shown(at, lead));
            let url = absolute(config.base_url.origin(), &shown.unwrap_or(target.url));
            (is_picture || lead.is_some()).then_some(url).filter(|url| url.len() < MAX_URL)
        });
        urls.filter(|url| seen.insert(url.clone())).collect()
    }

    /// The path of the largest size in which a page shows a picture, if it is published in several.
    fn shown(&self, file: usize, lead: Option<&Image>) -> Option<String> {
        let (slot, framing) = match lead {
            Some(image) => (SlotName::Lead, image.framing(SlotName::Lead)),
            None => (SlotName::Inline, Framing::default()),
        };
        let rendition = renditions::in_slot(self.plan.renditions(file), slot, framing)?;
        Some(self.config.base_url.path(&renditions::fallbacks(rendition).next_back()?.route))
    }

    fn page(&self, at: usize) -> String {
        let output = &self.plan.outputs[at];
        let url = self.config.base_url.url(&output.route);
        let changed = match output.source {
            Some(SourceRef::Page(at)) => self.site.pages[at].page.updated,
            // A listing last changed with its newest story, which has an entry of its own.
            _ => None,
        };
        let changed = changed
            .map(|moment| format!("<lastmod>{}</lastmod>", self.iso(output.edition, moment)))
            .unwrap_or_default();
        format!("<url><loc>{}</loc>{changed}{}</url>\n", xml::escaped(&url), self.alternates(output.kind))
    }

    /// The links to the same page in other editions
    /// (<https://developers.google.com/search/docs/specialty/international/localized-versions#sitemap>).
    fn alternates(&self, kind: OutputKind) -> String {
        let pages = self.plan.counterparts(kind).filter(|page| page.is_indexed);
        let pages = pages.map(|page| (self.config.in_edition(page.edition).language.tag(), page.route));
        let pages: Vec<(&str, &Route)> = pages.collect();
        if pages.len() < 2 {
            return String::new();
        }
        // Readers of all other languages get the edition that comes first.
        let default = pages.first().map(|(_, route)| ("x-default", *route));
        let links = pages.iter().copied().chain(default).map(|(language, route)| {
            let url = self.config.base_url.url(route);
            format!("<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{}\"/>", xml::escaped(&url))
        });
        links.collect()
    }

    fn news(&self, id: ArticleId) -> String {
        let SitemapWriter { config, site, plan } = *self;
        let story = site.story(id);
        format!(
            "<url><loc>{}</loc><news:news><news:publication><news:name>{}</news:name><news:language>{}</news:language>\
             </news:publication><news:publication_date>{}</news:publication_date><news:title>{}</news:title>\
             </news:news></url>\n",
            xml::escaped(&config.base_url.url(plan.article(id))),
            xml::escaped(&config.in_edition(story.edition).title),
            news_language(&story.language),
            self.iso(story.edition, story.article.dates.published),
            xml::escaped(&story.article.front.title),
        )
    }

    /// The one URL of a news sitemap without news: that of the newest story, or else the front page.
    fn no_news(&self, edition: EditionId, newest: Option<ArticleId>) -> String {
        let front = self.config.in_edition(edition).front_route();
        let route = newest.map_or(&front, |id| self.plan.article(id));
        format!("<url><loc>{}</loc></url>\n", xml::escaped(&self.config.base_url.url(route)))
    }

    /// Writes the index of sitemaps, each with the last change of its entries.
    pub(super) fn index(&self) -> Vec<u8> {
        let mut text = format!("{}<sitemapindex xmlns=\"{PROTOCOL}\">\n", xml::DECLARATION);
        for sitemap in self.plan.sitemaps() {
            let changed = match &sitemap.entries {
                SitemapEntries::Month(stories) | SitemapEntries::News(stories) => {
                    let changes = stories.par_iter().map(|&id| self.last_change(id));
                    changes.max_by_key(|moment| moment.instant)
                }
                SitemapEntries::NoNews(newest) => newest.map(|id| self.last_change(id)),
                SitemapEntries::Pages(_) => None,
            };
            let url = self.config.base_url.url(&sitemap.route);
            let changed = changed.map(|moment| format!("<lastmod>{}</lastmod>", self.iso(sitemap.edition, moment)));
            // Writing to a String can't fail.
            let _ =
                writeln!(text, "<sitemap><loc>{}</loc>{}</sitemap>", xml::escaped(&url), changed.unwrap_or_default());
        }
        text.push_str("</sitemapindex>\n");
        text.into_bytes()
    }

    /// Writes `robots.txt` (RFC 9309). Its paths are relative to the host, so each begins with the
    /// site's path prefix. If the site is in a subfolder, these lines belong in the host's own file.
    pub(super) fn robots(&self) -> Vec<u8> {
        let SitemapWriter { config, plan, .. } = *self;
        let prefix = config.base_url.prefix();
        if plan.is_preview() {
            return format!("User-agent: *\nDisallow: {prefix}\n").into_bytes();
        }
        let robots = config.robots.clone().unwrap_or_default();
        let mut text = String::from("User-agent: *\n");
        // The longest rule wins, whatever the order; crawlers older than the RFC use the first match.
        for path in &robots.disallow {
            // Writing to a String can't fail.
            let _ = writeln!(text, "Disallow: {}", rule_path(prefix, path));
        }
        let _ = writeln!(text, "Allow: {prefix}");
        if robots.ai == AiPolicy::Deny {
            text.push('\n');
            AI_CRAWLERS.iter().for_each(|name| text.push_str(&format!("User-agent: {name}\n")));
            let _ = writeln!(text, "Disallow: {prefix}");
        }
        let is_news = |map: &&Sitemap| matches!(map.entries, SitemapEntries::News(_) | SitemapEntries::NoNews(_));
        let news = plan.sitemaps().iter().filter(is_news).map(|map| &map.route);
        let maps: Vec<_> = plan.route(OutputKind::SitemapIndex).into_iter().chain(news).collect();
        if !maps.is_empty() {
            text.push('\n');
        }
        maps.iter().for_each(|route| text.push_str(&format!("Sitemap: {}\n", config.base_url.url(route))));
        text.into_bytes()
    }

    /// The date of a story's last change, or else its publication.
    fn last_change(&self, id: ArticleId) -> Moment {
        let dates = &self.site.story(id).article.dates;
        dates.modified().unwrap_or(dates.published)
    }

    fn iso(&self, edition: EditionId, moment: Moment) -> String {
        iso(&moment.in_zone(&self.config.in_edition(edition).timezone))
    }
}

/// A path for `robots.txt`: with the path prefix, unless it has it, and percent-encoded except for RFC
/// 9309's special characters `*` and `$` (section 2.2.2).
fn rule_path(prefix: &str, path: &str) -> String {
    let path = match path.starts_with(prefix) {
        true => Cow::Borrowed(path),
        false => Cow::Owned([prefix, path.trim_start_matches('/')].concat()),
    };
    encoded_url(&path).replace("%24", "$")
}

/// Google's language code: ISO 639, with two special codes for Chinese.
fn news_language(language: &Language) -> &str {
    match language.primary() {
        "zh" if language.is_traditional_chinese() => "zh-tw",
        "zh" => "zh-cn",
        other => other,
    }
}
