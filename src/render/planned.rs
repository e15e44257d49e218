//! What each planned output is made of: its template and views, or what stands in their place.

use crate::hosts::Rules;
use crate::language::Language;
use crate::plan::{Listing, Output, PagePart, Subject};
use crate::route::{Route, absolute};
use crate::site::{ArticleId, AuthorId, SectionId};
use crate::view::Viewer;
use crate::view::contract::PageView;
use tera::Value;

use super::bodies::Source;
use super::sheet::Content;
use super::sitemaps::Maps;
use super::{Page, Redirect, Renderer, Sheet, documents, feeds, preview};

impl<'a> Renderer<'a> {
    /// Everything that an output is made of, but its body.
    pub fn sheet(&self, output: &Output) -> Sheet<'a> {
        let viewer = self.viewer;
        let page = match output.subject {
            Subject::ThemeAsset(at) => return Sheet::Asset(at),
            Subject::File(at) => return Sheet::File(at),
            Subject::Sitemap(at) => return Sheet::Made(self.maps().sitemap(&viewer.plan.sitemaps()[at])),
            Subject::SitemapIndex => return Sheet::Made(self.maps().index()),
            Subject::Robots => return Sheet::Made(self.maps().robots()),
            Subject::Alias(target) => return Sheet::Redirect(Box::new(self.alias(&viewer.plan.outputs[target]))),
            Subject::Redirect(at) => return Sheet::Redirect(Box::new(self.redirect(at))),
            Subject::HostFile(host, name) => return Sheet::Made(self.rules().file(host, name)),
            Subject::Listing(listing, PagePart::Next(_)) => {
                let front = viewer.plan.listing(listing).unwrap_or(&output.route);
                let page = viewer.listing_page(listing, PagePart::Front, front);
                return Sheet::Redirect(Box::new(self.leading_to(front, Some(page))));
            }
            Subject::Corrections(PagePart::Next(_)) => {
                let front = Subject::Corrections(PagePart::Front);
                let front = viewer.plan.route(front).unwrap_or(&output.route);
                let page = viewer.corrections_page(PagePart::Front, front);
                return Sheet::Redirect(Box::new(self.leading_to(front, Some(page))));
            }
            Subject::Listing(listing, part) => self.listing(listing, part, &output.route),
            Subject::Feed(fed, format) => return Sheet::Document(Box::new(documents::feed(viewer, fed, format))),
            Subject::Opml => return Sheet::Made(feeds::opml(viewer)),
            Subject::PreviewStyle => return Sheet::Made(preview::STYLE.to_vec()),
            Subject::Text(at) => return self.twin(&viewer.plan.outputs[at]),
            Subject::FeedStyle => return Sheet::Made(feeds::style(viewer)),
            subject => match documents::mirror(viewer, subject) {
                Some(document) => return Sheet::Document(Box::new(document)),
                None => self.single(output),
            },
        };
        let is_preview = self.banner.is_some();
        let noindex = page.page.noindex || is_preview;
        Sheet::Page(Box::new(Page { page: PageView { noindex, ..page.page }, ..page }))
    }

    /// A page that is none of a listing's.
    fn single(&self, output: &Output) -> Page<'a> {
        let (viewer, route) = (self.viewer, &output.route);
        match output.subject {
            Subject::Article(id) => {
                let body = viewer.site.story(id).has_body().then(|| self.source_of_story(id));
                let content = Content::Article(viewer.article(id, String::new()));
                Page::new("article.html", viewer.article_page(id), content).with_body(body)
            }
            Subject::Corrections(part) => self.corrections(part, route),
            Subject::Leaf(at) => {
                let leaf = &viewer.site.pages[at];
                let body = self.source(&leaf.page.source, leaf.page.body.start, leaf.page.digest, &leaf.language);
                if viewer.plan.introduction() == Some(at) {
                    return self.corrections(PagePart::Front, route).with_body(Some(body));
                }
                let content = Content::Leaf(viewer.leaf(at, String::new()));
                Page::new("page.html", viewer.leaf_page(at), content).with_body(Some(body))
            }
            Subject::Front => {
                let file = viewer.site.front.as_ref().filter(|file| file.body.has_text);
                let language = &viewer.config.language;
                let body = file.map(|file| self.source(&file.source, file.body.start, file.digest, language));
                Page::new("front.html", viewer.front_page(), Content::Front(viewer.front(None))).with_body(body)
            }
            Subject::Series(at) => {
                Page::new("series.html", viewer.series_page(at, route), Content::Series(viewer.series(at)))
            }
            Subject::Terms(at) => {
                Page::new("terms.html", viewer.terms_page(at, route), Content::Terms(viewer.taxonomy(at)))
            }
            Subject::AllSeries => {
                let page = viewer.overview_page("terms", "series", route);
                Page::new("terms.html", page, Content::Terms(viewer.all_series()))
            }
            Subject::Staff => {
                let page = viewer.overview_page("staff", "staff", route);
                Page::new("staff.html", page, Content::Staff(viewer.staff()))
            }
            Subject::Archive => {
                let page = viewer.overview_page("archive", "archive", route);
                Page::new("archive.html", page, Content::Archive(viewer.archive()))
            }
            Subject::Year(at) => {
                Page::new("archive.html", viewer.year_page(at), Content::Archive(viewer.year_archive(at)))
            }
            Subject::Month(at, index) => {
                Page::new("month.html", viewer.month_page(at, index), Content::Month(viewer.month(at, index)))
            }
            Subject::Tombstone(at) => self.gone(Some(at), route),
            Subject::Gone => self.gone(None, route),
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

    fn maps(&self) -> Maps<'a> {
        let Viewer { config, site, plan, .. } = *self.viewer;
        Maps { config, site, plan }
    }

    fn leading_to(&self, target: &Route, page: Option<PageView<'a>>) -> Redirect<'a> {
        let Viewer { config, .. } = *self.viewer;
        let (url, path) = (config.base_url.url(target), config.base_url.path(target));
        Redirect { url, path, page, language: config.language.tag() }
    }

    /// What hosts are told of this site.
    fn rules(&self) -> &Rules<'a> {
        self.rules.get_or_init(|| Rules::new(self.viewer.plan, self.viewer.config, &self.templates.uses))
    }

    /// The page at an old path of `redirects.yaml`.
    fn redirect(&self, at: usize) -> Redirect<'a> {
        let Viewer { config, plan, .. } = *self.viewer;
        let lead = plan.lead(at);
        let target = lead.and_then(|lead| plan.outputs.get(lead.target?));
        let page = target.and_then(|target| self.alias(target).page);
        let path = lead.map_or_else(|| config.base_url.path(&Route::front()), |lead| lead.url.clone());
        let url = absolute(config.base_url.origin(), &path);
        Redirect { url, path, page, language: config.language.tag() }
    }

    fn alias(&self, target: &Output) -> Redirect<'a> {
        let page = match target.subject {
            Subject::Article(id) => Some(self.viewer.article_page(id)),
            Subject::Leaf(at) if self.viewer.plan.introduction() == Some(at) => {
                Some(self.viewer.corrections_page(PagePart::Front, &target.route))
            }
            Subject::Leaf(at) => Some(self.viewer.leaf_page(at)),
            _ => None,
        };
        self.leading_to(&target.route, page)
    }
}
