//! The exact references of sources and the configuration: a file that public content refers to is published.

use crate::article::{Article, Credit, Page, SectionFile};
use crate::author::Author;
use crate::config::Config;
use crate::lenient::strings;

/// The references of a text, and the patterns of its `publish:`.
#[derive(Debug, Clone)]
pub struct References<'a> {
    /// The file that contains them.
    pub source: &'a str,
    /// Pictures, links, arguments of embeds and values of front matter, as written. Most do not lead to a file.
    pub written: Vec<&'a str>,
    /// The patterns of `publish:`.
    pub patterns: &'a [String],
}

impl<'a> References<'a> {
    /// Returns the references of an article.
    pub fn of_article(article: &'a Article) -> References<'a> {
        let front = &article.front;
        let image = front.image.iter().map(|image| &*image.0.src);
        let sources = front.rare().sources.0.iter().filter_map(|source| source.0.url.as_deref());
        let contributors = front.rare().contributors.0.iter().flat_map(|(_, credits)| &credits.0);
        let credits = contributors.chain(&front.rare().wire).map(|credit| &credit.0).chain(&front.authors);
        let guests = credits.filter_map(|credit| match credit {
            Credit::Guest(guest) => guest.url.as_deref(),
            Credit::Id(_) => None,
        });
        let body = article.body.references.iter().map(AsRef::as_ref);
        let written =
            image.chain(sources).chain(guests).chain(front.rare().extra.values().flat_map(strings)).chain(body);
        References { source: &article.source, written: written.collect(), patterns: &front.rare().publish.0 }
    }

    /// Returns the references of a standalone page.
    pub fn of_page(page: &'a Page) -> References<'a> {
        let image = page.front.image.iter().map(|image| &*image.0.src);
        let body = page.body.references.iter().map(AsRef::as_ref);
        let written = image.chain(page.front.extra.values().flat_map(strings)).chain(body);
        References { source: &page.source, written: written.collect(), patterns: &page.front.publish.0 }
    }

    /// Returns the references of a section or the front page.
    pub fn of_section(section: &'a SectionFile) -> References<'a> {
        let front = &section.front;
        let image = front.image.iter().map(|image| &*image.0.src);
        let body = section.body.references.iter().map(AsRef::as_ref);
        let written = image.chain(front.extra.values().flat_map(strings)).chain(body);
        References { source: &section.source, written: written.collect(), patterns: &front.publish.0 }
    }

    /// Returns the references of an author.
    pub fn of_author(author: &'a Author) -> References<'a> {
        let front = &author.front;
        let links = front.links.0.iter().map(|(_, link)| link.as_str());
        let own = front.image.iter().map(|image| &image.0.src).chain(&front.url).map(String::as_str).chain(links);
        let body = author.body.references.iter().map(AsRef::as_ref);
        let written = own.chain(front.extra.values().flat_map(strings)).chain(body);
        References { source: &author.source, written: written.collect(), patterns: &front.publish.0 }
    }

    /// Returns the references of the configuration and of `redirects.yaml`.
    pub fn of_config(config: &'a Config) -> References<'a> {
        let redirects = config.redirects.iter().filter_map(|entry| entry.target.as_deref());
        let written = config.texts.iter().map(String::as_str).chain(redirects);
        References { source: crate::config::FILE, written: written.collect(), patterns: &config.publish }
    }
}
