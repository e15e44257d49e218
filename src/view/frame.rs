//! The parts of a story's page around its text, for formats that contain the text without the page.

use serde::Serialize;

use crate::article::Kind;
use crate::config::NoticesPosition;
use crate::plan::SourceRef;
use crate::reader::SeriesAt;
use crate::site::{AmendmentKind, ArticleId, Story, of_story};

use super::Viewer;
use super::contract::{DateView, LinkView, SourceView};

/// The parts of a story's page around its text, in the story's language. The lead picture is not included.
#[derive(Debug, Serialize)]
pub struct FrameView<'a> {
    /// The retraction, which comes first.
    pub retraction: Option<NoticeView<'a>>,
    /// The label of its kind, unless it is news.
    pub kind: Option<&'a str>,
    /// The notice for its kind, such as that the story is paid for or states an opinion.
    pub kind_notice: Option<&'a str>,
    /// The label above the headline.
    pub kicker: Option<&'a str>,
    /// The line under the headline.
    pub deck: Option<&'a str>,
    /// The label for a series, and the story's series with its absolute URL.
    pub series: Option<(&'a str, LinkView<'a>)>,
    /// Corrections and notes, the newest first.
    pub notices: Vec<NoticeView<'a>>,
    /// True if the notices come before the text.
    pub are_notices_above: bool,
    /// The dateline.
    pub dateline: Option<DatelineView<'a>>,
    /// The label for sources, and the sources with absolute URLs.
    pub sources: Option<(&'a str, Vec<SourceView<'a>>)>,
    /// The separator after a label.
    pub colon: &'a str,
}

/// A correction, a note or a retraction.
#[derive(Debug, Serialize)]
pub struct NoticeView<'a> {
    /// The label shown to readers: `Correction`.
    pub label: &'a str,
    /// Its date.
    pub date: DateView,
    /// The text.
    pub text: &'a str,
}

/// The place of reporting, as printed before the first words of the text.
#[derive(Debug, Serialize)]
pub struct DatelineView<'a> {
    /// The place with the punctuation of the language: `NAIROBI —`.
    pub text: String,
    /// The separator between the dateline and the text.
    pub after: &'a str,
}

impl<'a> Viewer<'a> {
    /// A string of the theme in the story's language.
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

    /// The label of a story's kind.
    pub(super) fn kind_label(&self, story: &'a Story) -> &'a str {
        let kind = story.article.front.kind.as_str();
        self.word_for(story, &format!("kind_{kind}")).unwrap_or(kind)
    }

    /// The dateline of a story, if its text is published.
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

/// The key of the notice for a kind.
fn kind_notice(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Sponsored => Some("sponsored_notice"),
        Kind::PressRelease => Some("press_release_notice"),
        Kind::Opinion => Some("opinion_notice"),
        _ => None,
    }
}
