//! Views for stories in other formats, and for `llms.txt`.

use serde::Serialize;

use crate::config::ExtraOutput;
use crate::language::capitalized;
use crate::plan::{Listing, OutputKind};
use crate::site::{ArticleId, SectionId};

use super::Viewer;
use super::contract::{AlternateView, ArticleView, LinkView, PageView};
use super::frame::DatelineView;
use super::story::summary;

/// The number of newest stories in `llms.txt`.
const NEWEST: usize = 30;

/// A story in another format, without its text.
#[derive(Debug, Serialize)]
pub struct StoryFormatView<'a> {
    /// Its permanent id, as in feeds: a `tag:` URI (RFC 4151).
    pub id: String,
    /// Its page.
    pub page: PageView<'a>,
    /// Everything its page shows except other stories.
    pub article: ArticleView<'a>,
    /// The dateline, as it appears before the first words.
    pub dateline: Option<DatelineView<'a>>,
    /// The series that it belongs to, without its other parts.
    pub series: Option<LinkView<'a>>,
    /// The publisher's name.
    pub publisher: &'a str,
    /// The publisher's site.
    pub publisher_url: String,
    /// The front page.
    pub home: String,
}

/// `llms.txt`: a summary of the site for language models.
#[derive(Debug, Serialize)]
pub struct LlmsView<'a> {
    /// The publication's name.
    pub title: &'a str,
    /// One sentence about it.
    pub description: Option<&'a str>,
    /// Lists of links, each under its heading; none is empty.
    pub lists: Vec<(String, Vec<LlmsLinkView<'a>>)>,
}

/// A link of `llms.txt`.
#[derive(Debug, Serialize)]
pub struct LlmsLinkView<'a> {
    /// The title.
    pub title: &'a str,
    /// An absolute URL.
    pub url: String,
    /// A description of its target.
    pub about: Option<&'a str>,
}

impl<'a> Viewer<'a> {
    /// A story in another format.
    pub fn story_format(&self, id: ArticleId) -> StoryFormatView<'a> {
        // Other stories on its page are not part of it, and change when stories are published.
        let mut article =
            ArticleView { older: None, newer: None, related: Vec::new(), ..self.article(id, String::new()) };
        let series = article.series.take();
        StoryFormatView {
            id: self.entry(id).view().id.clone(),
            page: self.article_page(id),
            article,
            dateline: self.dateline(self.reader.story(id)),
            series: series.map(|series| LinkView { title: series.title, path: series.path }),
            publisher: &self.config.publisher.name,
            publisher_url: self.absolute(&self.publisher_url()),
            home: self.config.base_url.url(&self.config.front_route()),
        }
    }

    /// The other formats of an article.
    pub(super) fn alternates(&self, id: ArticleId) -> Vec<AlternateView<'a>> {
        let forms =
            [(ExtraOutput::Ninjs, "ninjs", "application/json"), (ExtraOutput::Markdown, "Markdown", "text/markdown")];
        let alternates = forms.into_iter().filter_map(|(form, title, media_type)| {
            let route = self.reader.format_route(id, form)?;
            Some(AlternateView { title: title.to_owned(), path: self.path(&route), media_type })
        });
        alternates.collect()
    }

    /// `llms.txt`. It leaves out what search engines should not index.
    pub fn llms(&self) -> LlmsView<'a> {
        let config = self.config;
        let (site, _) = self.reader.everything();
        let heading = |word: &str| capitalized(self.word(word));
        let lists = [
            (heading("sections"), self.llms_sections()),
            (heading("policies"), self.llms_policies()),
            (heading("more"), self.llms_pages()),
            (
                heading("latest"),
                site.edition(self.edition())
                    .latest
                    .iter()
                    .rev()
                    .filter_map(|&id| self.llms_story(id))
                    .take(NEWEST)
                    .collect(),
            ),
        ];
        LlmsView {
            title: &config.title,
            description: config.description.as_deref(),
            lists: lists.into_iter().filter(|(_, links): &(_, Vec<_>)| !links.is_empty()).collect(),
        }
    }

    fn llms_sections(&self) -> Vec<LlmsLinkView<'a>> {
        let sections = self.reader.everything().0.sections.iter().zip((0..).map(SectionId));
        let own = sections.filter(|(section, _)| section.edition == self.edition());
        let public = own.filter(|(section, _)| section.file.as_ref().is_none_or(|file| !file.front.noindex));
        public
            .map(|(section, id)| LlmsLinkView {
                title: &section.title,
                url: self.absolute(&self.listing_path(Listing::Section(id))),
                about: section.file.as_ref().and_then(|file| file.front.description.as_deref()),
            })
            .collect()
    }

    fn llms_policies(&self) -> Vec<LlmsLinkView<'a>> {
        let policies = self.config.publisher.policies.iter();
        policies
            .filter_map(|(name, url)| {
                Some(LlmsLinkView {
                    title: self.strings.get(&self.config.language, &format!("policy_{name}")).unwrap_or(name),
                    url: self.absolute(&self.policy_url(url)?),
                    about: None,
                })
            })
            .collect()
    }

    fn llms_pages(&self) -> Vec<LlmsLinkView<'a>> {
        let overviews =
            [("archive", OutputKind::Archive(self.edition())), ("staff", OutputKind::Staff(self.edition()))];
        let overviews = overviews.into_iter().filter_map(|(word, subject)| {
            let title = self.strings.get(&self.config.language, word).unwrap_or(word);
            Some(LlmsLinkView {
                title,
                url: self.config.base_url.url(self.reader.overview_route(subject)?),
                about: None,
            })
        });
        let (site, plan) = self.reader.everything();
        let pages = site.pages.iter().enumerate();
        let pages = pages.filter(|(_, of)| !of.page.front.noindex && of.edition == self.edition());
        let pages = pages.map(|(at, standalone)| LlmsLinkView {
            title: &standalone.page.front.title,
            url: self.config.base_url.url(plan.page(at)),
            about: standalone.page.front.summary.as_deref().or(standalone.page.body.excerpt.as_deref()),
        });
        pages.chain(overviews).collect()
    }

    /// A link to a story, to its Markdown if that is published.
    fn llms_story(&self, id: ArticleId) -> Option<LlmsLinkView<'a>> {
        let story = self.reader.story(id);
        let format = self.reader.format_route(id, ExtraOutput::Markdown);
        let route = format.as_ref().unwrap_or_else(|| self.reader.article_route(id));
        let link = LlmsLinkView {
            title: &story.article.front.title,
            url: self.config.base_url.url(route),
            about: summary(story),
        };
        (!story.article.front.noindex).then_some(link)
    }
}
