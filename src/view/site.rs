//! `site`: what every page knows of the publication.

use std::collections::BTreeMap;

use crate::config::{Advertisement, Button};
use crate::language::Collation;
use crate::plan::{FeedSource, Listing, OutputKind, PagePart};
use crate::route::Route;
use crate::site::SectionId;

use super::Viewer;
use super::contract::{self, IconView, LinkView, NewsletterView, PublisherView, SiteView};

/// Files that browsers look for at the root of a site, with their relations and media types. HTML, "Link types"; web
/// app manifest, section 1.
const ICONS: &[(&str, &str, Option<&str>)] = &[
    ("favicon.ico", "icon", None),
    ("favicon.svg", "icon", Some("image/svg+xml")),
    ("favicon.png", "icon", Some("image/png")),
    ("apple-touch-icon.png", "apple-touch-icon", None),
    ("site.webmanifest", "manifest", None),
    ("manifest.webmanifest", "manifest", None),
    ("manifest.json", "manifest", None),
];

impl<'a> Viewer<'a> {
    /// `site`: the same on every page.
    pub fn site_view(&self) -> SiteView<'a> {
        let config = self.config;
        let (site, _) = self.reader.everything();
        let sections: Vec<LinkView<'a>> = site
            .sections
            .iter()
            .zip(0..)
            .filter(|(section, _)| section.parent.is_none() && section.edition == self.edition())
            .map(|(section, at)| self.link(&section.title, Listing::Section(SectionId(at))))
            .collect();
        let navigation = config.navigation.as_ref().map_or_else(
            || sections.clone(),
            |items| {
                let items = items.iter();
                items
                    .filter_map(|item| Some(LinkView { title: &item.title, path: self.resolved(None, &item.url)? }))
                    .collect()
            },
        );
        let Advertisement { front: front_advertisement, article: article_advertisement } = &config.slots.advertisement;
        let (front_advertisement, article_advertisement) =
            (front_advertisement.as_ref(), article_advertisement.as_ref());
        SiteView {
            title: &config.title,
            description: config.description.as_deref(),
            language: config.language.tag(),
            direction: config.language.direction(),
            url: config.base_url.url(&config.front_route()),
            path: config.base_url.path(&config.front_route()),
            publisher: self.publisher(),
            share_image: config
                .share_image
                .as_ref()
                .and_then(|image| self.picture(None, &image.src, image.alt.as_deref().unwrap_or(""))),
            navigation,
            sections,
            pages: self.pages(),
            search: self.search(),
            search_script: self.search_script(),
            icons: self.icons(),
            subscribe: self.button(config.slots.subscribe.as_ref(), "subscribe"),
            donate: self.button(config.slots.donate.as_ref(), "donate"),
            newsletter: config.slots.newsletter.as_ref().map(|form| NewsletterView {
                action: &form.action,
                field: &form.field,
                text: form.text.as_deref().unwrap_or_else(|| self.word("newsletter")),
            }),
            front_advertisement: front_advertisement.map(|placed| placed.0.html.as_str()),
            front_advertisement_after: front_advertisement.map_or(1, |placed| placed.0.after.unwrap_or(1)),
            article_advertisement: article_advertisement.map(|placed| placed.0.html.as_str()),
            article_advertisement_after: article_advertisement.and_then(|placed| placed.0.after),
            year: self.reader.newest_year(self.edition()),
            links: self.site_links(),
            feeds: self.feeds(FeedSource::Listing(Listing::Latest(self.edition())), &config.title),
            notices_position: config.corrections.position.as_str(),
            extra: &config.extra,
            theme: self.options,
            contract: contract::VERSION,
        }
    }

    fn publisher(&self) -> PublisherView<'a> {
        let publisher = &self.config.publisher;
        let policies = publisher.policies.iter();
        PublisherView {
            name: &publisher.name,
            url: self.publisher_url(),
            logo: publisher.logo.as_ref().and_then(|logo| self.resolved(None, logo)),
            same_as: &publisher.same_as,
            policies: policies
                .filter_map(|(name, url)| Some(LinkView { title: name, path: self.policy_url(url)? }))
                .collect(),
        }
    }

    /// The URL of a policy in `site.yaml`: of this edition's version of the page, if there is one.
    pub(super) fn policy_url(&self, reference: &str) -> Option<String> {
        let url = self.resolved(None, reference)?;
        let (_, plan) = self.reader.everything();
        let pages = url.strip_prefix(self.config.base_url.prefix()).map(|path| plan.counterparts_at(path));
        let own = pages.into_iter().flatten().find(|page| page.edition == self.edition());
        Some(own.map_or(url, |page| self.path(page.route)))
    }

    /// The publisher's own site, or this one.
    pub(super) fn publisher_url(&self) -> String {
        let url = self.config.publisher.url.as_deref().and_then(|url| self.resolved(None, url));
        url.unwrap_or_else(|| self.config.base_url.url(&Route::front()))
    }

    fn site_links(&self) -> BTreeMap<&'a str, LinkView<'a>> {
        let mut links = BTreeMap::new();
        let (site, _) = self.reader.everything();
        let edition = self.edition();
        if self.reader.listing_route(Listing::Latest(edition)).is_some() {
            links.insert("latest", self.link("latest", Listing::Latest(edition)));
        }
        let named = [
            ("archive", OutputKind::Archive(edition)),
            ("staff", OutputKind::Staff(edition)),
            ("series", OutputKind::AllSeries(edition)),
            ("corrections", OutputKind::Corrections(edition, PagePart::Front)),
        ];
        for (name, subject) in named {
            if let Some(route) = self.reader.overview_route(subject) {
                links.insert(name, LinkView { title: name, path: self.path(route) });
            }
        }
        for (at, taxonomy) in site.taxonomies.iter().enumerate() {
            if let Some(route) = self.terms_route(at) {
                links.insert(&taxonomy.name, LinkView { title: self.plural(at), path: self.path(route) });
            }
        }
        links
    }

    /// A button with the theme's word `key` unless the site has its own.
    fn button(&self, button: Option<&'a Button>, key: &'a str) -> Option<LinkView<'a>> {
        let Button { text, url } = button?;
        let title = text.as_deref().unwrap_or_else(|| self.word(key));
        Some(LinkView { title, path: self.resolved(None, url)? })
    }

    /// The standalone pages for readers, by title.
    fn pages(&self) -> Vec<LinkView<'a>> {
        let (site, plan) = self.reader.everything();
        let pages = site.pages.iter().enumerate();
        let pages = pages.filter(|(_, of)| !of.page.front.noindex && of.edition == self.edition());
        let mut links: Vec<LinkView<'a>> = pages
            .map(|(at, standalone)| LinkView { title: &standalone.page.front.title, path: self.path(plan.page(at)) })
            .collect();
        Collation::of(&self.config.language).sort_by_name(&mut links, |link| (link.title, &link.path));
        links
    }

    fn search(&self) -> Option<String> {
        self.reader.everything().1.search_page(self.edition()).map(|route| self.path(route))
    }

    fn search_script(&self) -> Option<String> {
        self.reader.everything().1.route(OutputKind::SearchScript).map(|route| self.path(route))
    }

    /// The icons and the manifest among the files of `content/static/`.
    fn icons(&self) -> Vec<IconView<'a>> {
        let (_, plan) = self.reader.everything();
        let found = ICONS.iter().filter_map(|&(file, rel, media_type)| {
            let output = plan.output_at(file)?;
            Some(IconView { rel, path: self.path(&output.route), media_type })
        });
        let mut icons: Vec<IconView<'a>> = found.collect();
        // A page has one manifest.
        icons.dedup_by(|next, icon| icon.rel == "manifest" && next.rel == "manifest");
        icons
    }
}
