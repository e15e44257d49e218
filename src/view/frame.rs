//! What a story's page shows around its text, for formats that hold the text without the page.

use serde::Serialize;

use crate::article::Kind;
use crate::config::NoticesPosition;
use crate::plan::SourceRef;
use crate::reader::SeriesAt;
use crate::site::{AmendmentKind, ArticleId, Story, of_story};

use super::Viewer;
use super::contract::{DateView, LinkView, SourceView};

/// What a story's page shows around its text, in the story's language. The lead picture is not in it.
#[derive(Debug, Serialize)]
pub struct FrameView<'a> {
    /// The retraction: before everything else.
    pub retraction: Option<NoticeView<'a>>,
    /// What readers call its kind, unless it is news.
    pub kind: Option<&'a str>,
    /// What readers are told of that kind: that somebody paid for it, or whose opinion it is.
    pub kind_notice: Option<&'a str>,
    /// The label above the headline.
    pub kicker: Option<&'a str>,
    /// The line under the headline.
    pub deck: Option<&'a str>,
    /// The word for a series, and the one that the story belongs to, with its absolute URL.
    pub series: Option<(&'a str, LinkView<'a>)>,
    /// Corrections, then notes, in the order written.
    pub notices: Vec<NoticeView<'a>>,
    /// Whether the notices stand above the text or below.
    pub are_notices_above: bool,
    /// Where it was written.
    pub dateline: Option<DatelineView<'a>>,
    /// The word for sources, and where the facts come from, with absolute URLs.
    pub sources: Option<(&'a str, Vec<SourceView<'a>>)>,
    /// What stands between a label and what it labels.
    pub colon: &'a str,
}

/// A correction, a note or a retraction.
#[derive(Debug, Serialize)]
pub struct NoticeView<'a> {
    /// What readers call it: `Correction`.
    pub label: &'a str,
    /// When it was made.
    pub date: DateView,
    /// What it says.
    pub text: &'a str,
}

/// Where a story was written, as it stands before the first words of the text.
#[derive(Debug, Serialize)]
pub struct DatelineView<'a> {
    /// The place with what the language puts around it: `NAIROBI —`.
    pub text: String,
    /// What stands between it and the text.
    pub after: &'a str,
}

impl<'a> Viewer<'a> {
    /// A word of the theme in the story's language.
    fn word_for(&self, story: &'a Story, key: &str) -> Option<&'a str> {
        self.strings.get(&story.language, key)
    }

    pub(super) fn frame(&self, id: ArticleId) -> FrameView<'a> {
        let story = self.reader.story(id);
        let front = &story.article.front;
        let (mut retraction, mut notices) = (None, Vec::new());
        for amendment in of_story(id, story) {
            let label = match amendment.kind {
                AmendmentKind::Retraction => self.word_for(story, "retracted").unwrap_or("retracted"),
                _ => self.amendment_label(&amendment, story),
            };
            let date = self.date(amendment.date, &story.language);
            let notice = NoticeView { label, date, text: amendment.text(story) };
            match amendment.kind {
                AmendmentKind::Retraction => retraction = Some(notice),
                _ => notices.push(notice),
            }
        }
        FrameView {
            retraction,
            kind: (front.kind != Kind::News).then(|| self.kind_label(story)),
            kind_notice: kind_notice(front.kind).and_then(|key| self.word_for(story, key)),
            kicker: front.kicker.as_deref(),
            deck: front.deck.as_deref(),
            series: story.series.map(|(at, _)| {
                let word = self.word_for(story, "series_one").unwrap_or("series");
                (
                    word,
                    LinkView {
                        title: self.reader.series(SeriesAt(at)).title,
                        path: self.absolute(&self.series_path(at)),
                    },
                )
            }),
            notices,
            are_notices_above: self.config.corrections.position == NoticesPosition::Above,
            dateline: self.dateline(story),
            sources: self.frame_sources(id, story),
            colon: self.word_for(story, "colon").unwrap_or(": "),
        }
    }

    /// What readers call the kind of a story.
    pub(super) fn kind_label(&self, story: &'a Story) -> &'a str {
        let kind = story.article.front.kind.as_str();
        self.word_for(story, &format!("kind_{kind}")).unwrap_or(kind)
    }

    /// The dateline of a story, where its text is published.
    pub(super) fn dateline(&self, story: &'a Story) -> Option<DatelineView<'a>> {
        let place = story.article.front.rare().dateline.as_deref().filter(|_| story.has_body())?;
        let pattern = self.word_for(story, "dateline").unwrap_or("{place} —");
        let after = self.word_for(story, "after_dateline").unwrap_or(" ");
        Some(DatelineView { text: pattern.replace("{place}", place), after })
    }

    fn frame_sources(&self, id: ArticleId, story: &'a Story) -> Option<(&'a str, Vec<SourceView<'a>>)> {
        let of_link = |url: &str| Some(self.outside(&self.resolved(Some(SourceRef::Article(id)), url)?));
        let links = story.article.front.rare().sources.0.iter();
        let links = links.map(|link| SourceView { name: &link.0.name, url: link.0.url.as_deref().and_then(of_link) });
        let links: Vec<SourceView<'a>> = links.collect();
        (!links.is_empty()).then(|| (self.word_for(story, "sources").unwrap_or("sources"), links))
    }
}

/// The word for what readers are told of a kind.
fn kind_notice(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Sponsored => Some("sponsored_notice"),
        Kind::PressRelease => Some("press_release_notice"),
        Kind::Opinion => Some("opinion_notice"),
        _ => None,
    }
}
