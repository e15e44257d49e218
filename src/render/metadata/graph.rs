//! Writes structured data (JSON-LD) for every kind of page.

use std::borrow::Cow;

use serde::Serialize;

use crate::view::Shown;
use crate::view::contract::{AuthorView, PageView};

use super::super::prepared::Content;
use super::nodes::{
    Agent, Breadcrumb, Breadcrumbs, CONTEXT, NamedThing, NodeReference, PartOf, PublisherWithPolicies, RootNode,
    WebPage, WebSite,
};
use super::pictures::ImageObject;
use super::{Metadata, escape};

impl Metadata<'_> {
    /// Writes the page and its breadcrumbs, each as the root of a `<script>`: many readers look for a
    /// root with a known type and support neither `@graph` nor lists of types.
    ///
    /// # Errors
    /// If it can't be serialized.
    pub(super) fn write_nodes(
        &self,
        out: &mut Vec<u8>,
        page: &PageView<'_>,
        content: &Content<'_>,
    ) -> serde_json::Result<()> {
        match content {
            Content::Front(_) => {
                let (newsroom, web_site) = self.front();
                write_root(out, &newsroom)?;
                return write_root(out, &web_site);
            }
            Content::Article(article) => write_root(out, &self.story(page, article))?,
            content => write_root(out, &self.web_page(page, content))?,
        }
        write_root(out, &self.breadcrumbs(page))
    }

    /// The breadcrumbs from the front page to the page itself. Search engines want at least two
    /// (<https://developers.google.com/search/docs/appearance/structured-data/breadcrumb>), so the front
    /// page is always the first.
    fn breadcrumbs<'v>(&'v self, page: &'v PageView<'_>) -> Breadcrumbs<'v> {
        let between = page.breadcrumbs.iter().map(Shown::view).map(|step| (step.title, self.absolute(&step.path)));
        let ends = |title: &'v str, url: &'v str| std::iter::once((title, url.to_owned()));
        let steps = ends(self.site.title, &self.site.url).chain(between).chain(ends(&page.title, &page.url));
        let items =
            (1..).zip(steps).map(|(position, (name, item))| Breadcrumb { kind: "ListItem", position, name, item });
        Breadcrumbs { kind: "BreadcrumbList", items: items.collect() }
    }

    fn front(&self) -> (PublisherWithPolicies<'_>, WebSite<'_>) {
        let site = &self.site;
        let newsroom = PublisherWithPolicies { publisher: &self.publisher, policies: &self.policies };
        let web_site = WebSite {
            kind: "WebSite",
            id: self.site_id(),
            name: site.title,
            url: &site.url,
            description: site.description,
            in_language: site.language,
            publisher: NodeReference { id: &self.publisher.id },
        };
        (newsroom, web_site)
    }

    fn site_id(&self) -> String {
        [&self.site.url, "#website"].concat()
    }

    fn web_page<'v>(&'v self, page: &'v PageView<'_>, content: &'v Content<'_>) -> WebPage<'v> {
        let site = &self.site;
        let (kind, main_entity) = match content {
            Content::Author(author, listing) if listing.number.is_none() => {
                ("ProfilePage", Some(self.profile(page, author)))
            }
            Content::Page(_) | Content::Gone(_) | Content::NotFound => ("WebPage", None),
            _ => ("CollectionPage", None),
        };
        let date_modified = match content {
            Content::Page(standalone) => standalone.updated.as_ref().map(|date| date.iso.as_str()),
            _ => None,
        };
        WebPage {
            kind,
            name: &page.title,
            url: &page.url,
            description: &page.description,
            in_language: page.language,
            date_modified,
            is_part_of: PartOf { kind: "WebSite", id: self.site_id(), name: site.title, url: &site.url },
            main_entity,
        }
    }

    /// An author's profiles elsewhere.
    pub(super) fn same_as<'v>(&self, author: &'v AuthorView<'_>) -> Vec<Cow<'v, str>> {
        let website = author.website.as_deref().map(|url| Cow::Owned(self.absolute(url)));
        website.into_iter().chain(author.links.iter().map(|profile| Cow::Borrowed(profile.url.as_str()))).collect()
    }

    /// The author whom a page is about. The page's description is the beginning of their biography, if
    /// any.
    fn profile<'v>(&'v self, page: &'v PageView<'_>, author: &'v AuthorView<'_>) -> Agent<'v> {
        let kind = agent_type(Some(author.kind));
        Agent {
            kind,
            id: Some(author_id(&author.url)),
            name: author.name.into(),
            alternate_name: author.native_name,
            url: Some(author.url.clone()),
            job_title: author.role.filter(|_| kind == PERSON),
            description: author.biography.map(|_| page.description.as_str()),
            image: author.image.as_ref().map(ImageObject::from),
            same_as: self.same_as(author),
            work_location: author.location.filter(|_| kind == PERSON).map(|name| NamedThing {
                kind: "Place",
                name,
                url: None,
            }),
            works_for: (kind == PERSON).then_some(&self.publisher),
        }
    }
}

/// Writes a script with one node.
///
/// # Errors
/// If it can't be serialized.
fn write_root(out: &mut Vec<u8>, node: &impl Serialize) -> serde_json::Result<()> {
    out.extend_from_slice(b"<script type=\"application/ld+json\">");
    escape::script(out, &RootNode { context: CONTEXT, node })?;
    out.extend_from_slice(b"</script>\n");
    Ok(())
}

pub(super) const PERSON: &str = "Person";

/// The schema.org type of an author's kind.
pub(super) fn agent_type(kind: Option<&str>) -> &'static str {
    match kind {
        Some("organization" | "wire") => "Organization",
        _ => PERSON,
    }
}

/// The identifier of an author, used in every graph of the site.
pub(super) fn author_id(url: &str) -> String {
    [url, "#author"].concat()
}
