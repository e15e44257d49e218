//! The views of the corrections page, and of amendments in its feeds.

use std::borrow::Cow;

use crate::config::FeedContent;
use crate::plan::{FeedSource, OutputKind, PagePart};
use crate::reader::{ListAt, PageAt};
use crate::route::Route;
use crate::site::{Amendment, AmendmentKind, Story, anchors, of_story};

use super::contract::{AmendmentView, CorrectionsView, PageView};
use super::feeds::{EntryView, Written};
use super::{Shown, Viewer};

impl<'a> Viewer<'a> {
    /// `page` of one page of the corrections.
    pub fn corrections_page(&self, part: PagePart, route: &Route) -> PageView<'a> {
        let mut page = match self.reader.introduction(self.edition()).filter(|_| part == PagePart::Front) {
            Some(PageAt(at)) => PageView { kind: "corrections", ..self.content_page(at) },
            None => self.overview_page("corrections", "corrections", route),
        };
        page.feeds = self.feeds_of(FeedSource::Corrections(self.edition()), self.word("corrections"));
        if let PagePart::Frozen(number) = part {
            page.title = format!("{} ({number})", page.title);
            page.breadcrumbs =
                self.overview_trail(OutputKind::Corrections(self.edition(), PagePart::Front), "corrections");
        }
        page
    }

    /// `corrections`. `body` is the text of the standalone page that introduces the list, as HTML.
    pub fn corrections(&self, part: PagePart, body: String) -> CorrectionsView<'a> {
        let front = self
            .reader
            .overview_route(OutputKind::Corrections(self.edition(), PagePart::Front))
            .map(|route| self.path(route));
        let to = |part: Option<PagePart>| Some([front.as_deref()?, &part?.path()].concat());
        let (shown, (older, newer)) =
            self.reader.amendments(ListAt::new(FeedSource::Corrections(self.edition())).page(part));
        let introduction = self.reader.introduction(self.edition()).filter(|_| part == PagePart::Front);
        CorrectionsView {
            content: introduction.map(|PageAt(at)| self.content(at, body)),
            amendments: shown.iter().rev().map(|amendment| self.amendment(amendment)).collect(),
            number: match part {
                PagePart::Front => None,
                PagePart::Frozen(number) | PagePart::Next(number) => Some(number),
            },
            older: to(older),
            newer: to(newer),
        }
    }

    fn amendment(&self, amendment: &Amendment) -> AmendmentView<'a> {
        let story = self.reader.story(amendment.story);
        let route = self.reader.article_route(amendment.story);
        let anchor = self.anchor(amendment);
        let place: Vec<&str> = route.path().split(['/', ' ']).filter(|part| !part.is_empty()).collect();
        AmendmentView {
            kind: amendment.word(story),
            id: format!("{anchor}-{}", place.join("-")),
            date: self.date(amendment.date, &self.config.language),
            text: amendment.text(story),
            path: format!("{}#{anchor}", self.path(route)),
            story: self.teaser(amendment.story),
            section: self.section_link(story),
        }
    }

    /// The anchor of an amendment on its story's page.
    fn anchor(&self, amendment: &Amendment) -> String {
        let story = self.reader.story(amendment.story);
        let all = of_story(amendment.story, story);
        let at = all.iter().position(|other| other == amendment);
        let anchors = anchors(&all, story, &self.config.timezone);
        at.and_then(|at| anchors.into_iter().nth(at)).unwrap_or_default()
    }

    /// The label of an amendment, in the language of its story.
    pub(super) fn amendment_label(&self, amendment: &Amendment, story: &'a Story) -> &'a str {
        let word = amendment.word(story);
        let key = match amendment.kind {
            AmendmentKind::Note => Cow::Owned(word.replace('-', "_")),
            _ => Cow::Borrowed(word),
        };
        self.strings.get(&story.language, &key).unwrap_or(word)
    }

    /// The entries of the feed of corrections, newest first.
    pub(super) fn amendment_entries(&self) -> Vec<Shown<EntryView<'a>>> {
        let newest = self.reader.newest_amendments(self.edition()).into_iter();
        newest.map(|amendment| Shown::new(self.amendment_entry(amendment))).collect()
    }

    fn amendment_entry(&self, amendment: &Amendment) -> EntryView<'a> {
        let story = self.reader.story(amendment.story);
        let of_story = self.entry(amendment.story);
        let of_story = of_story.view();
        let anchor = self.anchor(amendment);
        let label = self.amendment_label(amendment, story);
        let text = amendment.text(story);
        let colon = self.strings.get(&story.language, "colon").unwrap_or(": ");
        // A URI made by another program may already have a fragment.
        let mark = if of_story.id.contains('#') { '-' } else { '#' };
        EntryView {
            id: format!("{}{mark}{anchor}", of_story.id),
            url: format!("{}#{anchor}", of_story.url),
            title: format!("{label}{colon}{}", story.article.front.title).into(),
            summary: Some(text),
            text: Some(text).filter(|_| self.config.feeds.content == FeedContent::Full),
            published: self.stamp(amendment.date),
            updated: None,
            authors: vec![self.publisher_signer()],
            categories: vec![self.reader.section(story.section).title, label],
            image: None,
            frame: None,
            needs_text: false,
            language: story.language.tag(),
            written: Written::default(),
        }
    }
}
