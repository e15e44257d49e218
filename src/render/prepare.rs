//! Prepares each planned output: its template and views, or its bytes.

use crate::config::FeedFormat;
use crate::hosts::HostRules;
use crate::language::Language;
use crate::plan::{FeedSource, Listing, Output, OutputKind, PagePart, SourceRef, needs_text};
use crate::reader::{FileAt, ListAt, PageAt};
use crate::route::{Route, absolute};
use crate::search::script;
use crate::site::{ArticleId, AuthorId, SectionId};
use crate::view::Viewer;
use crate::view::contract::PageView;
use crate::view::formats::StoryFormatView;
use tera::Value;

use super::bodies::Source;
use super::documents::{Document, Form};
use super::prepared::Content;
use super::sitemaps::SitemapWriter;
use super::{EditionRenderer, PreparedOutput, PreparedPage, RedirectPage, documents, feeds, preview, well_known};

impl<'a> EditionRenderer<'a> {
    /// Prepares an output without rendering its body. Each kind of output has a line here.
    pub fn prepare(&self, output: &Output) -> PreparedOutput<'a> {
        let viewer = &self.viewer;
        let reader = &viewer.reader;
        let route = &output.route;
        match output.kind {
            OutputKind::Article(id) => self.templated(self.article(id)),
            OutputKind::Page(at) => self.templated(self.standalone_page(at, route)),
            OutputKind::Front(_) => self.templated(self.front()),
            OutputKind::Listing(listing, PagePart::Next(_)) => redirect(self.to_listing(listing, route)),
            OutputKind::Listing(listing, part) => self.templated(self.listing(listing, part, route)),
            OutputKind::Corrections(_, PagePart::Next(_)) => redirect(self.to_corrections(route)),
            OutputKind::Corrections(_, part) => self.templated(self.corrections(part, route)),
            OutputKind::Series(at) => self.templated(self.series(at, route)),
            OutputKind::Terms(_, at) => self.templated(self.terms(at, route)),
            OutputKind::AllSeries(_) => self.templated(self.all_series(route)),
            OutputKind::Staff(_) => self.templated(self.staff(route)),
            OutputKind::Archive(_) => self.templated(self.archive(route)),
            OutputKind::Year(at) => self.templated(self.year(at)),
            OutputKind::Month(at, index) => self.templated(self.month(at, index)),
            OutputKind::SearchPage => self.templated(self.search_page(route)),
            OutputKind::SearchScript => PreparedOutput::Bytes(script().as_bytes().to_vec()),
            OutputKind::SearchRoot => PreparedOutput::Bytes(self.search_root()),
            OutputKind::SearchSegment(at, file) => PreparedOutput::SearchFile(self.search_file(at, file)),
            OutputKind::NotFound(_) => self.templated(self.not_found()),
            OutputKind::Tombstone(at) => self.templated(self.gone(Some(at), route)),
            OutputKind::Gone => self.templated(self.gone(None, route)),
            OutputKind::TextVersion(at) => self.text_version(reader.full_page(at)),
            OutputKind::Alias(target) => redirect(self.alias(target)),
            OutputKind::Redirect(at) => redirect(self.redirect(at)),
            OutputKind::Feed(feed_source, format) => self.feed(feed_source, format),
            OutputKind::CommentFeed(id) => PreparedOutput::Bytes(self.comment_feed(id)),
            OutputKind::Ninjs(id) => self.format(id, Form::Ninjs),
            OutputKind::Markdown(id) => self.format(id, Form::Markdown),
            OutputKind::Llms(_) => document(Form::Llms(viewer.llms()), Vec::new()),
            OutputKind::ThemeAsset(at) => PreparedOutput::Asset(at),
            OutputKind::File(at) => self.file(at),
            OutputKind::Variant(at) => PreparedOutput::Variant(at),
            OutputKind::Sitemap(at) => PreparedOutput::Bytes(self.maps().numbered(at)),
            OutputKind::SitemapIndex => PreparedOutput::Bytes(self.maps().index()),
            OutputKind::Robots => PreparedOutput::Bytes(self.maps().robots()),
            OutputKind::SecurityTxt => PreparedOutput::Bytes(well_known::security_txt(viewer.config)),
            OutputKind::TrustTxt => PreparedOutput::Bytes(well_known::trust_txt(viewer.config)),
            OutputKind::HostFile(host, name) => PreparedOutput::Bytes(self.rules().file(host, name)),
            OutputKind::Opml(_) => PreparedOutput::Bytes(feeds::opml(viewer)),
            OutputKind::FeedStyle => PreparedOutput::Bytes(feeds::style(viewer)),
            OutputKind::PreviewStyle => PreparedOutput::Bytes(preview::style(viewer)),
        }
    }

    /// A page made with a template. Pages of a preview are not for search engines.
    fn templated(&self, page: PreparedPage<'a>) -> PreparedOutput<'a> {
        let noindex = page.page.noindex || self.banner.is_some();
        PreparedOutput::Page(Box::new(PreparedPage { page: PageView { noindex, ..page.page }, ..page }))
    }

    /// A file of the project. A picture may have to lose some of its metadata.
    fn file(&self, at: usize) -> PreparedOutput<'a> {
        match self.viewer.reader.picture(FileAt(at)) {
            Some(picture) => PreparedOutput::Picture(at, picture.digest),
            None => PreparedOutput::File(at),
        }
    }

    fn feed(&self, feed_source: FeedSource, format: FeedFormat) -> PreparedOutput<'a> {
        let Viewer { reader, config, .. } = &self.viewer;
        let mut stories = reader.feed_stories(ListAt::new(feed_source));
        stories.retain(|&id| needs_text(reader.story(id), config));
        document(documents::feed(&self.viewer, feed_source, format), stories)
    }

    /// The feed of a story's comments, which is planned only for a story that has some.
    fn comment_feed(&self, id: ArticleId) -> Vec<u8> {
        self.viewer.comment_feed(id).map(|feed| feeds::comments(&feed)).unwrap_or_default()
    }

    /// A story in another format.
    fn format(&self, id: ArticleId, form: fn(Box<StoryFormatView<'a>>) -> Form<'a>) -> PreparedOutput<'a> {
        let stories = if self.viewer.reader.story(id).has_body() { vec![id] } else { Vec::new() };
        document(form(Box::new(self.viewer.story_format(id))), stories)
    }

    fn article(&self, id: ArticleId) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let body = viewer.reader.story(id).has_body().then(|| self.source_of_story(id));
        let content = Content::Article(viewer.article(id, String::new()));
        PreparedPage::new("article.html", viewer.article_page(id), content).with_body(body)
    }

    fn standalone_page(&self, at: usize, route: &Route) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let standalone = viewer.reader.page(PageAt(at));
        let page = standalone.page;
        let from = SourceRef::Page(at);
        let body = self.source(from, &page.source, page.body.start, page.digest, standalone.language);
        if standalone.is_introduction {
            return self.corrections(PagePart::Front, route).with_body(Some(body));
        }
        let content = Content::Page(viewer.content(at, String::new()));
        PreparedPage::new("page.html", viewer.content_page(at), content).with_body(Some(body))
    }

    fn front(&self) -> PreparedPage<'a> {
        let viewer = &self.viewer;
        let file = viewer.reader.front(viewer.edition()).file.filter(|file| file.body.has_text);
        let language = &viewer.config.language;
        let body = file.map(|file| {
            self.source(SourceRef::Front(viewer.edition()), &file.source, file.body.start, file.digest, language)
        });
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
        let staff = viewer.staff();
        let authors = staff.iter().map(|member| member.author.clone()).collect();
        PreparedPage::new("staff.html", viewer.overview_page("staff", "staff", route), Content::Staff(authors, staff))
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

    fn search_page(&self, route: &Route) -> PreparedPage<'a> {
        PreparedPage::new("search.html", self.viewer.search_page(route), Content::Search)
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
            Listing::Latest(_) => PreparedPage::new("latest.html", page, Content::Latest(view)),
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
        let section = self.viewer.reader.section(id);
        let file = section.file.filter(|file| file.body.has_text && part == PagePart::Front)?;
        Some(self.source(SourceRef::Section(id), &file.source, file.body.start, file.digest, section.language))
    }

    pub(super) fn source_of_story(&self, id: ArticleId) -> Source<'a> {
        let text = self.viewer.reader.text(id);
        self.source(SourceRef::Article(id), text.path, text.start, text.digest, text.language)
    }

    fn source(&self, from: SourceRef, path: &'a str, start: usize, digest: u128, language: &'a Language) -> Source<'a> {
        let words = self.words.get(language.tag()).map(|words| words.value.clone()).unwrap_or_else(Value::none);
        Source { from, path, start, digest, language, words, id_prefix: String::new() }
    }

    fn maps(&self) -> SitemapWriter<'a> {
        let (site, plan) = self.viewer.reader.everything();
        SitemapWriter { config: self.viewer.reader.main_config(), site, plan }
    }

    fn redirect_to(&self, target: &Route, page: Option<PageView<'a>>) -> RedirectPage<'a> {
        let config = self.viewer.config;
        let (url, path) = (config.base_url.url(target), config.base_url.path(target));
        RedirectPage { url, path, page, language: config.language.tag() }
    }

    /// The redirect to a listing's front, at the number of the page that will be frozen next.
    fn to_listing(&self, listing: Listing, route: &Route) -> RedirectPage<'a> {
        let viewer = &self.viewer;
        let front = viewer.reader.listing_route(listing).unwrap_or(route);
        self.redirect_to(front, Some(viewer.listing_page(listing, PagePart::Front, front)))
    }

    /// The same for the corrections page.
    fn to_corrections(&self, route: &Route) -> RedirectPage<'a> {
        let viewer = &self.viewer;
        let front =
            viewer.reader.overview_route(OutputKind::Corrections(viewer.edition(), PagePart::Front)).unwrap_or(route);
        self.redirect_to(front, Some(viewer.corrections_page(PagePart::Front, front)))
    }

    /// The redirects and headers for hosts.
    fn rules(&self) -> &HostRules<'a> {
        let (site, plan) = self.viewer.reader.everything();
        self.rules.get_or_init(|| HostRules::new(plan, self.viewer.config, &self.templates.uses(site)))
    }

    /// The redirect from an old path of `redirects.yaml`.
    fn redirect(&self, at: usize) -> RedirectPage<'a> {
        let config = self.viewer.config;
        let (_, plan) = self.viewer.reader.everything();
        let redirect = plan.redirect(at);
        let page = redirect.and_then(|redirect| self.alias(redirect.target?).page);
        let path = redirect.map_or_else(|| config.base_url.path(&Route::front()), |redirect| redirect.url.clone());
        let url = absolute(config.base_url.origin(), &path);
        RedirectPage { url, path, page, language: config.language.tag() }
    }

    /// The redirect to another output, by its place.
    fn alias(&self, target: usize) -> RedirectPage<'a> {
        let (_, plan) = self.viewer.reader.everything();
        let target = &plan.outputs[target];
        let page = match target.kind {
            OutputKind::Article(id) => Some(self.viewer.article_page(id)),
            OutputKind::Page(at) if plan.introduction(target.edition) == Some(at) => {
                Some(self.viewer.corrections_page(PagePart::Front, &target.route))
            }
            OutputKind::Page(at) => Some(self.viewer.content_page(at)),
            _ => None,
        };
        self.redirect_to(&target.route, page)
    }
}

fn document(form: Form<'_>, stories: Vec<ArticleId>) -> PreparedOutput<'_> {
    PreparedOutput::Document(Box::new(Document { form, stories }))
}

fn redirect(page: RedirectPage<'_>) -> PreparedOutput<'_> {
    PreparedOutput::Redirect(Box::new(page))
}
