//! Structured data of a story.

use crate::view::Shown;
use crate::view::contract::{ArticleView, NameView, PageView, TranslationView};

use super::Metadata;
use super::graph::{PERSON, agent_type, author_id};
use super::nodes::{Agent, CommentNode, CorrectionComment, JsonLdAuthor, NamedThing, NewsArticle, TranslationNode};
use super::pictures::lead;

impl Metadata<'_> {
    /// The story with all its properties.
    pub(super) fn story<'v>(&'v self, page: &'v PageView<'_>, article: &'v ArticleView<'_>) -> NewsArticle<'v> {
        let published = article.published.view().iso.as_str();
        let series = article.series.as_ref();
        let words = article.words + article.characters;
        let (kind, additional_type) = story_type(article.kind);
        NewsArticle {
            kind,
            additional_type,
            id: [&page.url, "#article"].concat(),
            url: &page.url,
            main_entity_of_page: &page.url,
            headline: article.headline,
            alternative_headline: (article.headline != article.title).then_some(article.title),
            description: article.summary.or(article.deck),
            date_published: published,
            date_modified: article.modified.as_ref().map_or(published, |date| &date.iso),
            coverage_start_time: (article.kind == "live").then_some(published),
            dateline: article.dateline,
            image: article.image.as_ref().map(lead),
            author: self.signers(article),
            editor: self.contributors(article, CreditProperty::Editor),
            translator: self.contributors(article, CreditProperty::Translator),
            contributor: self.contributors(article, CreditProperty::Contributor),
            source_organization: article.wire.as_ref().map(|agency| self.agent(agency)),
            publisher: &self.publisher,
            article_section: article.section.view().title,
            keywords: article.tags.iter().map(|tag| tag.view().title).collect(),
            in_language: page.language,
            word_count: (words > 0).then_some(words),
            is_accessible_for_free: true,
            is_part_of: series.map(|series| NamedThing {
                kind: "CreativeWorkSeries",
                name: series.title,
                url: Some(self.absolute(&series.path)),
            }),
            position: series.map(|series| series.part),
            work_translation: article.translations.iter().map(translation).collect(),
            translation_of_work: article.original.as_ref().map(translation),
            is_based_on: article.canonical,
            citation: self.citations(article),
            creative_work_status: article.retracted.as_ref().map(|_| "Withdrawn"),
            correction: corrections(article),
            comment_count: article.thread.as_ref().map(|thread| thread.count),
            comment: comments(article),
        }
    }

    /// The authors in the byline; the publisher if there are none.
    fn signers<'v>(&'v self, article: &'v ArticleView<'_>) -> Vec<JsonLdAuthor<'v>> {
        if article.signers.is_empty() {
            return vec![JsonLdAuthor::PublisherNode(&self.publisher)];
        }
        let signers = article.signers.iter().map(|name| {
            let author = article
                .authors
                .iter()
                .map(Shown::view)
                .find(|author| name.path.as_deref() == Some(author.path.as_str()));
            JsonLdAuthor::NamedThing(match author {
                Some(author) => {
                    Agent { id: Some(author_id(&author.url)), same_as: self.same_as(author), ..self.agent(name) }
                }
                None => self.agent(name),
            })
        });
        signers.collect()
    }

    fn agent<'v>(&'v self, name: &'v NameView<'_>) -> Agent<'v> {
        let kind = agent_type(name.kind);
        Agent {
            kind,
            name: name.text.as_ref().into(),
            url: self.page_url(name.path.as_deref()),
            job_title: name.role.filter(|_| kind == PERSON),
            ..Agent::default()
        }
    }

    fn contributors<'v>(&'v self, article: &'v ArticleView<'_>, part: CreditProperty) -> Vec<Agent<'v>> {
        let roles = article.contributors.iter().filter(|role| CreditProperty::of(role.role) == part);
        roles.flat_map(|role| &role.parts).filter(|name| name.is_name).map(|name| self.agent(name)).collect()
    }

    fn citations<'v>(&'v self, article: &'v ArticleView<'_>) -> Vec<NamedThing<'v>> {
        let sources = article.sources.iter();
        sources
            .map(|source| NamedThing {
                kind: "CreativeWork",
                name: source.name,
                url: self.page_url(source.url.as_deref()),
            })
            .collect()
    }
}

/// The property for a contributor's role (<https://schema.org/CreativeWork>).
#[derive(Clone, Copy, PartialEq, Eq)]
enum CreditProperty {
    Editor,
    Translator,
    Contributor,
}

impl CreditProperty {
    fn of(role: &str) -> CreditProperty {
        match role {
            "editing" | "editor" | "editors" | "edited" => CreditProperty::Editor,
            "translation" | "translator" | "translators" | "translated" => CreditProperty::Translator,
            _ => CreditProperty::Contributor,
        }
    }
}

/// The type for a kind of story, and an additional type.
///
/// The type is one that Google supports for articles
/// (<https://developers.google.com/search/docs/appearance/structured-data/article>), and only one:
/// Firefox's Reader View drops all structured data with a list of types, and Mastodon looks for
/// `NewsArticle` alone. The kind itself is an `additionalType` (<https://schema.org/additionalType>),
/// where schema.org has one. Sponsored content is an `Article`, not a `NewsArticle`.
fn story_type(kind: &str) -> (&'static str, Option<&'static str>) {
    let more = match kind {
        "news" => "https://schema.org/ReportageNewsArticle",
        "analysis" => "https://schema.org/AnalysisNewsArticle",
        "opinion" => "https://schema.org/OpinionNewsArticle",
        "review" => "https://schema.org/ReviewNewsArticle",
        "feature" => "https://schema.org/BackgroundNewsArticle",
        "live" => "https://schema.org/LiveBlogPosting",
        "sponsored" => return ("Article", Some("https://schema.org/AdvertiserContentArticle")),
        _ => return ("NewsArticle", None),
    };
    ("NewsArticle", Some(more))
}

fn translation<'v>(story: &'v TranslationView<'_>) -> TranslationNode<'v> {
    let id = [&story.url, "#article"].concat();
    TranslationNode { kind: "NewsArticle", id, url: &story.url, headline: story.title, in_language: story.language }
}

/// The most comments in a page's metadata. They repeat what the page shows, and search engines show few.
const MAX_COMMENTS: usize = 20;

/// The first comments of the thread.
fn comments<'v>(article: &'v ArticleView<'_>) -> Vec<CommentNode<'v>> {
    let comments = article.thread.iter().flat_map(|thread| &thread.comments).take(MAX_COMMENTS);
    comments
        .map(|comment| CommentNode {
            kind: "Comment",
            url: &comment.url,
            text: &comment.text,
            date_published: comment.date.iso.as_str(),
            author: NamedThing {
                kind: PERSON,
                name: &comment.name,
                url: comment.author.as_ref().map(|author| author.view().url.clone()),
            },
        })
        .collect()
}

/// The corrections and clarifications, and finally the reason for a retraction.
fn corrections<'v>(article: &'v ArticleView<'_>) -> Vec<CorrectionComment<'v>> {
    let corrections = article.corrections.iter().map(|correction| (correction.text, &correction.date));
    let retraction = article.retracted.iter().map(|retraction| (retraction.reason, &retraction.date));
    let notes = article.notes.iter().map(|note| (note.text, &note.date));
    let comments = corrections.chain(notes).chain(retraction);
    comments
        .map(|(text, date)| CorrectionComment { kind: "CorrectionComment", text, date_published: date.iso.as_str() })
        .collect()
}
