//! The view of an article, and its smaller forms in listings.

use crate::article::{BodyScan, Kind, headline};
use crate::config::TaxonomyConfig;
use crate::content_path::below_content;
use crate::language::Language;
use crate::picture::slot::SlotName;
use crate::plan::{Listing, SourceRef};
use crate::reader::{SeriesAt, TermAt};
use crate::site::{AmendmentKind, ArticleId, Signer, Story, anchors, of_story};

use super::contract::{
    ArticleSeriesView, ArticleTermsView, ArticleView, AuthorView, CardView, CorrectionView, DateView, ImageView,
    LinkView, NoteView, PageView, PartView, RetractionView, SourceView, TeaserView,
};
use super::{Shown, Viewer};

/// The reading speed in words a minute, and in Han and Kana characters.
const WORDS_A_MINUTE: u32 = 240;
const CHARACTERS_A_MINUTE: u32 = 500;
/// The letters in that many words of scripts without spaces: Thai words average 3.7.
const LETTERS_A_MINUTE: u32 = 890;

/// The reading time in whole minutes, at least one.
pub(super) fn reading_minutes(body: &BodyScan) -> u32 {
    let hundredths = |count: u32, a_minute: u32| count.saturating_mul(100) / a_minute;
    let words = hundredths(body.words, WORDS_A_MINUTE);
    let characters = hundredths(body.characters, CHARACTERS_A_MINUTE);
    (words + characters + hundredths(body.letters, LETTERS_A_MINUTE)).div_ceil(100).max(1)
}

fn short_title(story: &Story) -> &str {
    story.article.front.rare().short_title.as_deref().unwrap_or(&story.article.front.title)
}

pub(super) fn summary(story: &Story) -> Option<&str> {
    story.article.front.summary.as_deref().or(story.article.body.excerpt.as_deref())
}

impl<'a> Viewer<'a> {
    /// `page` of an article.
    pub fn article_page(&self, id: ArticleId) -> PageView<'a> {
        let story = self.reader.story(id);
        let front = &story.article.front;
        let title = front.rare().seo_title.as_deref().unwrap_or(&front.title).to_owned();
        let reason =
            || front.rare().retracted.as_ref().filter(|_| !story.has_body()).map(|retraction| &*retraction.reason);
        let description = summary(story).or(front.deck.as_deref()).or_else(reason).map(str::to_owned);
        let mut page = self.page("article", self.reader.article_route(id), title, description, &story.language);
        page.noindex = front.noindex || !story.is_listed();
        page.breadcrumbs = self.section_trail(Some(story.section));
        page.alternates = self.alternates(id);
        if let Some(canonical) = &front.rare().canonical {
            page.canonical.clone_from(canonical);
        }
        page
    }

    /// `article`, with its body as HTML.
    pub fn article(&self, id: ArticleId, body: String) -> ArticleView<'a> {
        let story = self.reader.story(id);
        let front = &story.article.front;
        let dates = &story.article.dates;
        let route = self.reader.article_route(id);
        let path = self.path(route);
        let source: &str = &story.article.source;
        let below = below_content(source).unwrap_or(source);
        let Notices { corrections, notes, notices, retracted } = self.notices(id, story);
        ArticleView {
            id: below.strip_suffix("/index.md").or_else(|| below.strip_suffix(".md")).unwrap_or(below),
            title: &front.title,
            short_title: short_title(story),
            headline: headline(&front.title, front.rare().seo_title.as_deref(), front.rare().short_title.as_deref()),
            deck: front.deck.as_deref(),
            kicker: front.kicker.as_deref(),
            summary: summary(story),
            dateline: front.rare().dateline.as_deref(),
            kind: front.kind.as_str(),
            url: self.absolute(&path),
            path,
            published: self.published(id, &story.language),
            updated: dates.updated.map(|moment| self.date(moment, &story.language)),
            modified: dates.modified().map(|moment| self.date(moment, &story.language)),
            section: self.section_link(story),
            byline: self.byline(id, story),
            signers: self.signers(id, story),
            authors: self.author_box(story),
            contributors: self.contributors(id, story),
            wire: self.wire(id, story),
            image: front.image.as_ref().and_then(|image| self.image(SourceRef::Article(id), &image.0, SlotName::Lead)),
            body,
            tags: self.tags(story),
            taxonomies: self.terms(story),
            series: self.series_of(id, story),
            corrections,
            notes,
            notices,
            retracted,
            sources: self.sources(id, story),
            canonical: front.rare().canonical.as_deref(),
            original: self.original(id),
            translated_from: dates.rare().translated_from.map(|moment| self.date(moment, &story.language)),
            translation_stands: front.rare().translation_stands.as_deref(),
            translations: self.translations(id),
            older: story.older.map(|id| self.teaser(id)),
            newer: story.newer.map(|id| self.teaser(id)),
            related: story.related.iter().map(|&id| self.card(id)).collect(),
            words: story.article.body.words,
            characters: story.article.body.characters.saturating_add(story.article.body.letters),
            reading_minutes: reading_minutes(&story.article.body),
            comments: Viewer::takes_comments(story),
            thread: self.thread(id, story),
            extra: &front.rare().extra,
        }
    }

    fn sources(&self, id: ArticleId, story: &'a Story) -> Vec<SourceView<'a>> {
        let url = |url: &str| self.resolved(Some(SourceRef::Article(id)), url);
        let links = story.article.front.rare().sources.0.iter();
        links.map(|link| SourceView { name: &link.0.name, url: link.0.url.as_deref().and_then(url) }).collect()
    }

    /// A shared view of an article in a listing.
    pub(super) fn card(&self, id: ArticleId) -> Shown<CardView<'a>> {
        self.cards.get(id, || self.new_card(id))
    }

    fn new_card(&self, id: ArticleId) -> CardView<'a> {
        let story = self.reader.story(id);
        let front = &story.article.front;
        let dates = &story.article.dates;
        CardView {
            title: short_title(story),
            path: self.path(self.reader.article_route(id)),
            kicker: front.kicker.as_deref(),
            deck: front.deck.as_deref(),
            summary: summary(story),
            kind: front.kind.as_str(),
            language: story.language.tag(),
            direction: story.language.direction(),
            published: self.published(id, &self.config.language),
            updated: dates.updated.map(|moment| self.date(moment, &self.config.language)),
            byline: self.byline(id, story),
            section: self.section_link(story),
            image: front.image.as_ref().and_then(|image| self.image(SourceRef::Article(id), &image.0, SlotName::Card)),
            portrait: self.columnist(story),
            part: story.series.map(|(_, part)| part),
            reading_minutes: reading_minutes(&story.article.body),
            comments: self.config.comments.counts.then(|| self.reader.comment_count(id)),
            other_language: (story.edition != self.edition()).then(|| self.name_of(&story.language)),
        }
    }

    /// The portrait next to an opinion piece, with the author's name below it.
    fn columnist(&self, story: &Story) -> Option<ImageView<'a>> {
        match *story.authors {
            [Signer::Author(id)] if story.article.front.kind == Kind::Opinion => {
                self.portrait(id).map(|image| ImageView { alt: "", ..image })
            }
            _ => None,
        }
    }

    /// A shared view of an article as one line.
    pub(super) fn teaser(&self, id: ArticleId) -> Shown<TeaserView<'a>> {
        self.teasers.get(id, || self.new_teaser(id))
    }

    fn new_teaser(&self, id: ArticleId) -> TeaserView<'a> {
        let story = self.reader.story(id);
        TeaserView {
            title: short_title(story),
            path: self.path(self.reader.article_route(id)),
            kicker: story.article.front.kicker.as_deref(),
            kind: story.article.front.kind.as_str(),
            language: story.language.tag(),
            direction: story.language.direction(),
            published: self.published(id, &self.config.language),
        }
    }

    /// The date of publication. An article's page shares it with other pages in the same language.
    fn published(&self, id: ArticleId, language: &Language) -> Shown<DateView> {
        let date = || self.date(self.reader.story(id).article.dates.published, language);
        if language.tag() == self.config.language.tag() { self.dates.get(id, date) } else { Shown::new(date()) }
    }

    pub(super) fn section_link(&self, story: &Story) -> Shown<LinkView<'a>> {
        self.shown_link(self.reader.section(story.section).title, Listing::Section(story.section))
    }

    fn author_box(&self, story: &Story) -> Vec<Shown<AuthorView<'a>>> {
        let authors = story.authors.iter().filter_map(|signer| match signer {
            Signer::Author(id) => Some(*id),
            Signer::Guest(_) => None,
        });
        authors.map(|id| self.shown_author(id)).collect()
    }

    fn tags(&self, story: &Story) -> Vec<Shown<LinkView<'a>>> {
        self.term_links(0, &story.tags)
    }

    fn term_links(&self, taxonomy: usize, terms: &[u32]) -> Vec<Shown<LinkView<'a>>> {
        let terms = terms.iter().map(|&term| TermAt(taxonomy, term as usize));
        terms.map(|at| self.shown_link(self.reader.term(at).title, Listing::Term(at.0, at.1))).collect()
    }

    fn terms(&self, story: &Story) -> Vec<ArticleTermsView<'a>> {
        story
            .terms
            .iter()
            .filter_map(|(taxonomy, terms)| {
                let TaxonomyConfig { name, singular, plural, .. } = self.config.taxonomies.get(taxonomy - 1)?;
                Some(ArticleTermsView { name, singular, plural, terms: self.term_links(*taxonomy, terms) })
            })
            .collect()
    }

    fn series_of(&self, current: ArticleId, story: &Story) -> Option<ArticleSeriesView<'a>> {
        let (at, part) = story.series?;
        let series = self.reader.series(SeriesAt(at));
        let parts = series.parts.iter().map(|&id| {
            let story = self.reader.story(id);
            PartView {
                part: story.series.map_or(0, |(_, part)| part),
                title: short_title(story),
                path: self.path(self.reader.article_route(id)),
                language: story.language.tag(),
                direction: story.language.direction(),
                is_current: id == current,
            }
        });
        Some(ArticleSeriesView { title: series.title, path: self.series_path(at), part, parts: parts.collect() })
    }

    pub(super) fn series_path(&self, at: usize) -> String {
        self.reader.series(SeriesAt(at)).route.map_or_else(String::new, |route| self.path(route))
    }

    fn notices(&self, id: ArticleId, story: &'a Story) -> Notices<'a> {
        let all = of_story(id, story);
        let ids = anchors(&all, story, &self.config.timezone);
        let mut found = Notices::default();
        for (amendment, id) in all.iter().zip(ids) {
            let (date, text) = (self.date(amendment.date, &story.language), amendment.text(story));
            let notice = NoteView { id, kind: amendment.word(story), date, text };
            match amendment.kind {
                AmendmentKind::Correction => {
                    let NoteView { id, date, text, .. } = notice.clone();
                    found.corrections.push(CorrectionView { id, date, text });
                    found.notices.push(notice);
                }
                AmendmentKind::Note => {
                    found.notes.push(notice.clone());
                    found.notices.push(notice);
                }
                AmendmentKind::Retraction => {
                    let NoteView { id, date, text, .. } = notice;
                    found.retracted = Some(RetractionView { id, date, reason: text });
                }
            }
        }
        found
    }
}

/// The amendments of a story, each list with the newest first.
#[derive(Default)]
struct Notices<'a> {
    corrections: Vec<CorrectionView<'a>>,
    notes: Vec<NoteView<'a>>,
    /// Both.
    notices: Vec<NoteView<'a>>,
    retracted: Option<RetractionView<'a>>,
}
