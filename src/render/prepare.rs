//! What each planned output is made of: its template and views, or what stands in their place.

use crate::hosts::Rules;
use crate::language::Language;
use crate::plan::{Listing, Output, OutputKind, PagePart};
use crate::route::{Route, absolute};
use crate::site::{ArticleId, AuthorId, SectionId};
use crate::view::Viewer;
use crate::view::contract::PageView;
use tera::Value;

use super::bodies::Source;
use super::prepared::Content;
use super::sitemaps::SitemapWriter;
use super::{Page, PreparedOutput, RedirectPage, Renderer, documents, feeds, preview};

impl<'a> Renderer<'a> {
    /// Everything that an output is made of, but its body.
    pub fn prepare(&self, output: &Output) -> PreparedOutput<'a> {
        let viewer = self.viewer;
        let page = match output.kind {
            OutputKind::ThemeAsset(at) => return PreparedOutput::Asset(at),
            OutputKind::File(at) => return PreparedOutput::File(at),
            OutputKind::Sitemap(at) => return PreparedOutput::Bytes(self.maps().sitemap(&viewer.plan.sitemaps()[at])),
            OutputKind::SitemapIndex => return PreparedOutput::Bytes(self.maps().index()),
            OutputKind::Robots => return PreparedOutput::Bytes(self.maps().robots()),
            OutputKind::Alias(target) => {
                return PreparedOutput::Redirect(Box::new(self.alias(&viewer.plan.outputs[target])));
            }
            OutputKind::Redirect(at) => return PreparedOutput::Redirect(Box::new(self.redirect(at))),
            OutputKind::HostFile(host, name) => return PreparedOutput::Bytes(self.rules().file(host, name)),
            OutputKind::Listing(listing, PagePart::Next(_)) => {
                let front = viewer.plan.listing(listing).unwrap_or(&output.route);
                let page = viewer.listing_page(listing, PagePart::Front, front);
                return PreparedOutput::Redirect(Box::new(self.leading_to(front, Some(page))));
            }
            OutputKind::Corrections(PagePart::Next(_)) => {
                let front = OutputKind::Corrections(PagePart::Front);
                let front = viewer.plan.route(front).unwrap_or(&output.route);
                let page = viewer.corrections_page(PagePart::Front, front);
                return PreparedOutput::Redirect(Box::new(self.leading_to(front, Some(page))));
            }
            OutputKind::Listing(listing, part) => self.listing(listing, part, &output.route),
            OutputKind::Feed(fed, format) => {
                return PreparedOutput::Document(Box::new(documents::feed(viewer, fed, format)));
            }
            OutputKind::Opml => return PreparedOutput::Bytes(feeds::opml(viewer)),
            OutputKind::PreviewStyle => return PreparedOutput::Bytes(preview::STYLE.to_vec()),
            OutputKind::TextVersion(at) => return self.text_version(&viewer.plan.outputs[at]),
            OutputKind::FeedStyle => return PreparedOutput::Bytes(feeds::style(viewer)),
            kind => match documents::other(viewer, kind) {
                Some(document) => return PreparedOutput::Document(Box::new(document)),
                None => self.single(output),
            },
        };
        let is_preview = self.banner.is_some();
        let noindex = page.page.noindex || is_preview;
        PreparedOutput::Page(Box::new(Page { page: PageView { noindex, ..page.page }, ..page }))
    }

    /// A page that is none of a listing's.
    fn single(&self, output: &Output) -> Page<'a> {
        let (viewer, route) = (self.viewer, &output.route);
        match output.kind {
            OutputKind::Article(id) => {
                let body = viewer.site.story(id).has_body().then(|| self.source_of_story(id));
                let content = Content::Article(viewer.article(id, String::new()));
                Page::new("article.html", viewer.article_page(id), content).with_body(body)
            }
            OutputKind::Corrections(part) => self.corrections(part, route),
            OutputKind::Page(at) => {
                let standalone = &viewer.site.pages[at];
                let body = self.source(
                    &standalone.page.source,
                    standalone.page.body.start,
                    standalone.page.digest,
                    &standalone.language,
                );
                if viewer.plan.introduction() == Some(at) {
                    return self.corrections(PagePart::Front, route).with_body(Some(body));
                }
                let content = Content::Page(viewer.content(at, String::new()));
                Page::new("page.html", viewer.content_page(at), content).with_body(Some(body))
            }
            OutputKind::Front => {
                let file = viewer.site.front.as_ref().filter(|file| file.body.has_text);
                let language = &viewer.config.language;
                let body = file.map(|file| self.source(&file.source, file.body.start, file.digest, language));
                Page::new("front.html", viewer.front_page(), Content::Front(viewer.front(None))).with_body(body)
            }
            OutputKind::Series(at) => {
                Page::new("series.html", viewer.series_page(at, route), Content::Series(viewer.series(at)))
            }
            OutputKind::Terms(at) => {
                Page::new("terms.html", viewer.terms_page(at, route), Content::Terms(viewer.taxonomy(at)))
            }
            OutputKind::AllSeries => {
                let page = viewer.overview_page("terms", "series", route);
                Page::new("terms.html", page, Content::Terms(viewer.all_series()))
            }
            OutputKind::Staff => {
                let page = viewer.overview_page("staff", "staff", route);
                Page::new("staff.html", page, Content::Staff(viewer.staff()))
            }
            OutputKind::Archive => {
                let page = viewer.overview_page("archive", "archive", route);
                Page::new("archive.html", page, Content::Archive(viewer.archive()))
            }
            OutputKind::Year(at) => {
                Page::new("archive.html", viewer.year_page(at), Content::Archive(viewer.year_archive(at)))
            }
            OutputKind::Month(at, index) => {
                Page::new("month.html", viewer.month_page(at, index), Content::Month(viewer.month(at, index)))
            }
            OutputKind::Tombstone(at) => self.gone(Some(at), route),
            OutputKind::Gone => self.gone(None, route),
            _ => Page::new("not-found.html", viewer.not_found_page(), Content::NotFound),
        }
    }

    /// A tombstone, by the place of what is gone, or the 410 page.
    fn gone(&self, at: Option<usize>, route: &Route) -> Page<'a> {
        let tombstone = at.and_then(|at| self.viewer.tombstone(at));
        Page::new(self.templates.gone(), self.viewer.gone_page(at, route), Content::Gone(tombstone))
    }

    fn listing(&self, listing: Listing, part: PagePart, route: &Route) -> Page<'a> {
        let viewer = self.viewer;
        let page = viewer.listing_page(listing, part, route);
        let view = viewer.listing(listing, part);
        match listing {
            Listing::Latest => Page::new("latest.html", page, Content::Latest(view)),
            Listing::Section(id) => Page::new("section.html", page, Content::Section(viewer.section(id, None), view))
                .with_body(self.section_body(id, part)),
            Listing::Author(AuthorId(at)) => {
                Page::new("author.html", page, Content::Author(viewer.author(AuthorId(at)), view))
            }
            Listing::Term(taxonomy, term) => {
                Page::new("term.html", page, Content::Term(viewer.term(taxonomy, term), view))
            }
        }
    }

    fn corrections(&self, part: PagePart, route: &Route) -> Page<'a> {
        let page = self.viewer.corrections_page(part, route);
        Page::new("corrections.html", page, Content::Corrections(self.viewer.corrections(part, String::new())))
    }

    /// The body of a section's `_index.md`, on its front.
    pub(super) fn section_body(&self, id: SectionId, part: PagePart) -> Option<Source<'a>> {
        let section = self.viewer.site.section(id);
        let file = section.file.as_ref().filter(|file| file.body.has_text && part == PagePart::Front)?;
        Some(self.source(&file.source, file.body.start, file.digest, &section.language))
    }

    pub(super) fn source_of_story(&self, id: ArticleId) -> Source<'a> {
        let story = self.viewer.site.story(id);
        let article = &story.article;
        self.source(&article.source, article.body.start, article.digest, &story.language)
    }

    fn source(&self, path: &'a str, start: usize, digest: u128, language: &'a Language) -> Source<'a> {
        let words = self.words.get(language.tag()).map(|words| words.value.clone()).unwrap_or_else(Value::none);
        Source { path, start, digest, language, words, id_prefix: String::new() }
    }

    fn maps(&self) -> SitemapWriter<'a> {
        let Viewer { config, site, plan, .. } = *self.viewer;
        SitemapWriter { config, site, plan }
    }

    fn leading_to(&self, target: &Route, page: Option<PageView<'a>>) -> RedirectPage<'a> {
        let Viewer { config, .. } = *self.viewer;
        let (url, path) = (config.base_url.url(target), config.base_url.path(target));
        RedirectPage { url, path, page, language: config.language.tag() }
    }

    /// What hosts are told of this site.
    fn rules(&self) -> &Rules<'a> {
        self.rules.get_or_init(|| Rules::new(self.viewer.plan, self.viewer.config, &self.templates.uses))
    }

    /// The page at an old path of `redirects.yaml`.
    fn redirect(&self, at: usize) -> RedirectPage<'a> {
        let Viewer { config, plan, .. } = *self.viewer;
        let redirect = plan.redirect(at);
        let target = redirect.and_then(|redirect| plan.outputs.get(redirect.target?));
        let page = target.and_then(|target| self.alias(target).page);
        let path = redirect.map_or_else(|| config.base_url.path(&Route::front()), |redirect| redirect.url.clone());
        let url = absolute(config.base_url.origin(), &path);
        RedirectPage { url, path, page, language: config.language.tag() }
    }

    fn alias(&self, target: &Output) -> RedirectPage<'a> {
        let page = match target.kind {
            OutputKind::Article(id) => Some(self.viewer.article_page(id)),
            OutputKind::Page(at) if self.viewer.plan.introduction() == Some(at) => {
                Some(self.viewer.corrections_page(PagePart::Front, &target.route))
            }
            OutputKind::Page(at) => Some(self.viewer.content_page(at)),
            _ => None,
        };
        self.leading_to(&target.route, page)
    }
}
