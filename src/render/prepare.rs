//! Prepares each planned output: its template and views, or its bytes.

use crate::hosts::HostRules;
use crate::language::Language;
use crate::plan::{Listing, Output, OutputKind, PagePart};
use crate::route::{Route, absolute};
use crate::site::{ArticleId, AuthorId, SectionId};
use crate::view::Viewer;
use crate::view::contract::PageView;
use tera::Value;

use super::bodies::Source;
use super::documents::{Document, Form};
use super::prepared::Content;
use super::sitemaps::SitemapWriter;
use super::{PreparedOutput, PreparedPage, RedirectPage, Renderer, documents, feeds, preview, well_known};

impl<'a> Renderer<'a> {
    /// Prepares an output without rendering its body. Each kind of output has a line here.
    pub fn prepare(&self, output: &Output) -> PreparedOutput<'a> {
        let Viewer { plan, .. } = self.viewer;
        let viewer = &self.viewer;
        let route = &output.route;
        let document = |form: Form<'a>| {
            let stories = output.held_texts(viewer.site, viewer.config);
            PreparedOutput::Document(Box::new(Document { form, stories }))
        };
        match output.kind {
            OutputKind::Article(id) => self.templated(self.article(id)),
            OutputKind::Page(at) => self.templated(self.standalone_page(at, route)),
            OutputKind::Front => self.templated(self.front()),
            OutputKind::Listing(listing, PagePart::Next(_)) => redirect(self.to_listing(listing, route)),
            OutputKind::Listing(listing, part) => self.templated(self.listing(listing, part, route)),
            OutputKind::Corrections(PagePart::Next(_)) => redirect(self.to_corrections(route)),
            OutputKind::Corrections(part) => self.templated(self.corrections(part, route)),
            OutputKind::Series(at) => self.templated(self.series(at, route)),
            OutputKind::Terms(at) => self.templated(self.terms(at, route)),
            OutputKind::AllSeries => self.templated(self.all_series(route)),
            OutputKind::Staff => self.templated(self.staff(route)),
            OutputKind::Archive => self.templated(self.archive(route)),
            OutputKind::Year(at) => self.templated(self.year(at)),
            OutputKind::Month(at, index) => self.templated(self.month(at, index)),
            OutputKind::NotFound => self.templated(self.not_found()),
            OutputKind::Tombstone(at) => self.templated(self.gone(Some(at), route)),
            OutputKind::Gone => self.templated(self.gone(None, route)),
            OutputKind::TextVersion(at) => self.text_version(&plan.outputs[at]),
            OutputKind::Alias(target) => redirect(self.alias(&plan.outputs[target])),
            OutputKind::Redirect(at) => redirect(self.redirect(at)),
            OutputKind::Feed(feed_source, format) => document(documents::feed(viewer, feed_source, format)),
            OutputKind::Ninjs(id) => document(Form::Ninjs(Box::new(viewer.story_format(id)))),
            OutputKind::Markdown(id) => document(Form::Markdown(Box::new(viewer.story_format(id)))),
            OutputKind::Llms => document(Form::Llms(viewer.llms())),
            OutputKind::ThemeAsset(at) => PreparedOutput::Asset(at),
            OutputKind::File(at) => PreparedOutput::File(at),
            OutputKind::Sitemap(at) => PreparedOutput::Bytes(self.maps().sitemap(&plan.sitemaps()[at])),
            OutputKind::SitemapIndex => PreparedOutput::Bytes(self.maps().index()),
            OutputKind::Robots => PreparedOutput::Bytes(self.maps().robots()),
            OutputKind::SecurityTxt => PreparedOutput::Bytes(well_known::security_txt(viewer.config)),
            OutputKind::TrustTxt => PreparedOutput::Bytes(well_known::trust_txt(viewer.config)),
            OutputKind::HostFile(host, name) => PreparedOutput::Bytes(self.rules().file(host, name)),
            OutputKind::Opml => PreparedOutput::Bytes(feeds::opml(viewer)),
            OutputKind::FeedStyle => PreparedOutput::Bytes(feeds::style(viewer)),
            OutputKind::PreviewStyle => PreparedOutput::Bytes(preview::STYLE.to_vec()),
        }
    }

    /// A page made with a template. Pages of a preview are not for search engines.
    fn templated(&self, page: PreparedPage<'a>) -> PreparedOutput<'a> {
        let noindex = page.page.noindex || self.banner.is_some();
        PreparedOutput::Page(Box::new(PreparedPage { page: PageView { noindex, ..page.page }, ..page }))
    }

    fn article(&self, id: ArticleId) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let body = viewer.site.story(id).has_body().then(|| self.source_of_story(id));
        let content = Content::Article(viewer.article(id, String::new()));
        PreparedPage::new("article.html", viewer.article_page(id), content).with_body(body)
    }

    fn standalone_page(&self, at: usize, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let standalone = &viewer.site.pages[at];
        let page = &standalone.page;
        let body = self.source(&page.source, page.body.start, page.digest, &standalone.language);
        if viewer.plan.introduction() == Some(at) {
            return self.corrections(PagePart::Front, route).with_body(Some(body));
        }
        let content = Content::Page(viewer.content(at, String::new()));
        PreparedPage::new("page.html", viewer.content_page(at), content).with_body(Some(body))
    }

    fn front(&self) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let file = viewer.site.front.as_ref().filter(|file| file.body.has_text);
        let language = &viewer.config.language;
        let body = file.map(|file| self.source(&file.source, file.body.start, file.digest, language));
        PreparedPage::new("front.html", viewer.front_page(), Content::Front(viewer.front(None))).with_body(body)
    }

    fn series(&self, at: usize, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        PreparedPage::new("series.html", viewer.series_page(at, route), Content::Series(viewer.series(at)))
    }

    fn terms(&self, at: usize, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        PreparedPage::new("terms.html", viewer.terms_page(at, route), Content::Terms(viewer.taxonomy(at)))
    }

    fn all_series(&self, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let page = viewer.overview_page("terms", "series", route);
        PreparedPage::new("terms.html", page, Content::Terms(viewer.all_series()))
    }

    fn staff(&self, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        PreparedPage::new("staff.html", viewer.overview_page("staff", "staff", route), Content::Staff(viewer.staff()))
    }

    fn archive(&self, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let page = viewer.overview_page("archive", "archive", route);
        PreparedPage::new("archive.html", page, Content::Archive(viewer.archive()))
    }

    fn year(&self, at: usize) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        PreparedPage::new("archive.html", viewer.year_page(at), Content::Archive(viewer.year_archive(at)))
    }

    fn month(&self, at: usize, index: usize) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        PreparedPage::new("month.html", viewer.month_page(at, index), Content::Month(viewer.month(at, index)))
    }

    fn not_found(&self) -> PreparedPage<'a> {
        PreparedPage::new("not-found.html", self.viewer.not_found_page(), Content::NotFound)
    }

    /// A tombstone, by its place in the site's gone stories, or the 410 page.
    fn gone(&self, at: Option<usize>, route: &Route) -> PreparedPage<'a> {
        let tombstone = at.and_then(|at| self.viewer.tombstone(at));
        PreparedPage::new(self.templates.gone(), self.viewer.gone_page(at, route), Content::Gone(tombstone))
    }

    fn listing(&self, listing: Listing, part: PagePart, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let page = viewer.listing_page(listing, part, route);
        let view = viewer.listing(listing, part);
        match listing {
            Listing::Latest => PreparedPage::new("latest.html", page, Content::Latest(view)),
            Listing::Section(id) => {
                PreparedPage::new("section.html", page, Content::Section(viewer.section(id, None), view))
                    .with_body(self.section_body(id, part))
            }
            Listing::Author(AuthorId(at)) => {
                PreparedPage::new("author.html", page, Content::Author(viewer.author(AuthorId(at)), view))
            }
            Listing::Term(taxonomy, term) => {
                PreparedPage::new("term.html", page, Content::Term(viewer.term(taxonomy, term), view))
            }
        }
    }

    fn corrections(&self, part: PagePart, route: &Route) -> PreparedPage<'a> {
        let page = self.viewer.corrections_page(part, route);
        PreparedPage::new("corrections.html", page, Content::Corrections(self.viewer.corrections(part, String::new())))
    }

    /// The body of a section's `_index.md`, for its first page.
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
        let Viewer { config, site, plan, .. } = self.viewer;
        SitemapWriter { config, site, plan }
    }

    fn redirect_to(&self, target: &Route, page: Option<PageView<'a>>) -> RedirectPage<'a> {
        let Viewer { config, .. } = self.viewer;
        let (url, path) = (config.base_url.url(target), config.base_url.path(target));
        RedirectPage { url, path, page, language: config.language.tag() }
    }

    /// The redirect to a listing's front, at the number of the page that will be frozen next.
    fn to_listing(&self, listing: Listing, route: &Route) -> RedirectPage<'a> {
        let viewer = &self.viewer;
        let front = viewer.plan.listing(listing).unwrap_or(route);
        self.redirect_to(front, Some(viewer.listing_page(listing, PagePart::Front, front)))
    }

    /// The same for the corrections page.
    fn to_corrections(&self, route: &Route) -> RedirectPage<'a> {
        let viewer = &self.viewer;
        let front = viewer.plan.route(OutputKind::Corrections(PagePart::Front)).unwrap_or(route);
        self.redirect_to(front, Some(viewer.corrections_page(PagePart::Front, front)))
    }

    /// The redirects and headers for hosts.
    fn rules(&self) -> &HostRules<'a> {
        self.rules.get_or_init(|| HostRules::new(self.viewer.plan, self.viewer.config, &self.templates.uses))
    }

    /// The redirect from an old path of `redirects.yaml`.
    fn redirect(&self, at: usize) -> RedirectPage<'a> {
        let Viewer { config, plan, .. } = self.viewer;
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
        self.redirect_to(&target.route, page)
    }
}

fn redirect(page: RedirectPage<'_>) -> PreparedOutput<'_> {
    PreparedOutput::Redirect(Box::new(page))
}
