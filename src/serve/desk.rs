//! The desk: the newsroom at a glance, for editors.

mod notice;
mod query;
mod view;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tera::Context;

use crate::article::{Article, Credit};
use crate::config::EditionId;
use crate::content_path::top_folder;
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Collation;
use crate::read::Record;
use crate::site::{Change, Effect, State, changes, state};
use crate::status::{StatusEntry, StatusGroup, author_names, signers, status_entries};
use crate::time_format::{countdown, format_time, zone_name};

use super::desk_comments::{self, CommentsPart, ListPart, UnsavedReply};
use super::own_pages::{crops_url, fill};
use super::problems::{Problems, Reporter};
use super::site_server::{CHECKED_PAGES, Snapshot};

use view::{ChangeView, Choice, CommentsView, DeskEntry, DeskView, FileView, FormsView, GroupView, SlowView};

pub use notice::DeskNotice;
pub use query::DeskQuery;

/// The desk's style sheet.
pub const STYLE: &str = include_str!("desk.css");

/// The period that the desk shows before and after the present, in days of 24 hours.
const DAYS: i64 = 30;
/// The most stories of one group that are shown.
const MOST: usize = 50;
/// The most upcoming changes that are shown.
const COMING: usize = 12;
/// The most comments that are shown beside the stories.
const COMMENTS: usize = 20;
/// The number of the slowest pages that are shown.
const SLOWEST: usize = 8;
/// The most files with problems that are shown.
const FILES: usize = 40;

/// A request for the desk.
#[derive(Debug, Clone)]
pub struct DeskRequest {
    /// The filters.
    pub wanted: DeskQuery,
    /// The requested instant; `None` for the present.
    pub requested: Option<Timestamp>,
    /// The present.
    pub present: Timestamp,
    /// The secret of the forms that change comments; `None` for a desk without them.
    pub token: Option<String>,
    /// The result of a refused change.
    pub notice: DeskNotice,
}

/// A state in words, for editors.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Published => "Published",
        State::Retracted => "Retracted",
        State::Draft => "Draft",
        State::Embargoed => "Not public yet",
        State::Expired => "Expired",
        State::Withdrawn => "Withdrawn",
    }
}

/// An instant in words.
pub fn instant_in_words(at: Timestamp, zone: &TimeZone) -> String {
    format_time(at, zone)
}

/// The desk as HTML, as of the instant that `snapshot` shows.
///
/// # Errors
/// A bug in the program's own template.
pub fn desk(
    snapshot: &Snapshot<'_>,
    reporter: &Reporter<'_>,
    diagnostics: &[Diagnostic],
    request: DeskRequest,
) -> Result<String, String> {
    let DeskRequest { wanted, requested, present, token, notice } = request;
    let now = requested.unwrap_or(if snapshot.is_fixed { snapshot.now } else { present });
    let builder = DeskBuilder { snapshot, reporter, wanted: &wanted, now };
    let zone = &snapshot.config.timezone;
    let (files, more_files) = builder.files(diagnostics);
    let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let notice = if notice.refused.is_some() { notice } else { DeskNotice::done(&wanted.done) };
    let (comments, unsaved) = builder.comments(&notice.unsaved);
    let view = DeskView {
        paper: snapshot.config.title.clone(),
        now: format_time(now, zone),
        clock: now.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
        zone: zone_name(zone).to_owned(),
        is_elsewhere: requested.is_some() || snapshot.is_fixed,
        is_asked: requested.is_some(),
        drafts: snapshot.drafts,
        articles: snapshot.site.articles.len(),
        front: snapshot.config.base_url.prefix().to_owned(),
        search: search_page(snapshot),
        authors: builder.authors(),
        sections: builder.sections(),
        languages: builder.languages(),
        states: builder.states(),
        kept: wanted
            .filters()
            .into_iter()
            .chain([("state", &*wanted.state)])
            .map(|(name, of)| (name, of.to_owned()))
            .collect(),
        is_filtered: wanted.filters().into_iter().any(|(_, chosen)| !chosen.is_empty()) || !wanted.state.is_empty(),
        groups: builder.groups(),
        forms: token.map(|token| FormsView { action: wanted.here(), token, authors: builder.authors() }),
        comments,
        is_refused: notice.refused.is_some(),
        notice: notice.text,
        unsaved,
        coming: builder.coming(),
        files,
        more_files,
        errors,
        warnings: diagnostics.len() - errors,
        is_checked: snapshot.log.is_checked(),
        checked_pages: CHECKED_PAGES,
        slowest: builder.slowest(),
    };
    fill("desk.html", &Context::from_serialize(&view).map_err(|error| error.to_string())?)
}

/// The URL of the search page, if there is an index to search.
fn search_page(snapshot: &Snapshot<'_>) -> Option<String> {
    let page = snapshot.plan.search_page(EditionId::MAIN).filter(|_| !snapshot.plan.segments().is_empty())?;
    Some(snapshot.config.base_url.path(page))
}

/// A page of errors, for when nothing else can be shown.
///
/// # Errors
/// A bug in the program's own template.
pub fn broken(problems: &Problems) -> Result<String, String> {
    fill("broken.html", &Context::from_serialize(problems).map_err(|error| error.to_string())?)
}

/// Fills the desk's view.
struct DeskBuilder<'t, 'r, 'a> {
    snapshot: &'t Snapshot<'r>,
    reporter: &'t Reporter<'a>,
    wanted: &'t DeskQuery,
    now: Timestamp,
}

impl DeskBuilder<'_, '_, '_> {
    fn article(&self, source: &str) -> Option<&Article> {
        let at = self.snapshot.records.binary_search_by(|record| record.source().cmp(source)).ok()?;
        match self.snapshot.records.get(at) {
            Some(Record::Article(article)) => Some(article),
            _ => None,
        }
    }

    /// True if a story passes the filters.
    fn is_wanted(&self, source: &str) -> bool {
        let DeskQuery { author, section, language, .. } = self.wanted;
        let is_by = |article: &Article| {
            let credits = article.front.authors.iter();
            credits.into_iter().any(|credit| matches!(credit, Credit::Id(id) if id == author))
        };
        let config = self.snapshot.config;
        let is_in = |article: &Article| {
            let edition = config.edition_named(article.front.rare().language.as_deref());
            config.in_edition(edition).language.tag() == language
        };
        (section.is_empty() || self.section_of(source) == *section)
            && (language.is_empty() || self.article(source).is_some_and(is_in))
            && (author.is_empty() || self.article(source).is_some_and(is_by))
    }

    /// The top-level folder of a story, without its edition's.
    fn section_of(&self, source: &str) -> String {
        let original = self.snapshot.config.edition_paths().of(source).original.into_owned();
        top_folder(&original).unwrap_or_default().to_owned()
    }

    /// True for a story that the preview shows and that has a lead picture in several sizes.
    fn has_picture(&self, source: &str) -> bool {
        let Snapshot { plan, site, config, .. } = self.snapshot;
        let reference = self.article(source).and_then(|article| Some(&*article.front.image.as_ref()?.0.src));
        let target = reference.and_then(|reference| plan.resolve(site, config, source, reference).ok());
        self.snapshot.url_of(source).is_some()
            && target.and_then(|target| target.file).is_some_and(|file| !plan.renditions(file).is_empty())
    }

    fn entry(&self, source: &str, title: String, authors: String, at: Option<Timestamp>) -> DeskEntry {
        let zone = &self.snapshot.config.timezone;
        DeskEntry {
            title,
            url: self.snapshot.url_of(source),
            editor: self.reporter.link(source, None, None),
            crops: self.has_picture(source).then(|| crops_url(source)),
            section: self.section_of(source),
            authors,
            when: at.map(|at| format_time(at, zone)),
            countdown: at.map(|at| countdown(at, self.now)),
            source: source.to_owned(),
        }
    }

    fn groups(&self) -> Vec<GroupView> {
        let span = SignedDuration::from_hours(24 * DAYS);
        let (since, until) = (self.now.checked_sub(span), self.now.checked_add(span));
        let (since, until) = (since.unwrap_or(Timestamp::MIN), until.unwrap_or(Timestamp::MAX));
        let entries = status_entries(self.snapshot.records, self.snapshot.config, self.now, since, until);
        let mut groups = vec![self.today(), self.recent()];
        for group in StatusGroup::ALL {
            let entries = entries.iter().filter(|entry| entry.group == group && self.is_wanted(&entry.source));
            let entries: Vec<&StatusEntry> = entries.collect();
            let entry = |entry: &StatusEntry| {
                self.entry(&entry.source, entry.title.clone(), entry.authors.join(", "), entry.at)
            };
            groups.push(self.part_of(group.as_str(), group.heading(), entries.into_iter(), entry));
        }
        let state = &self.wanted.state;
        groups.retain(|group| match state.as_str() {
            "" => group.name != RECENT && (group.count > 0 || group.name == TODAY),
            state => group.name == state,
        });
        groups
    }

    /// The comments of the last days, or a part of all; and a reply that was not saved, if its comment is not among them.
    fn comments(&self, unsaved: &UnsavedReply) -> (Option<CommentsView>, String) {
        let is_all = self.wanted.state == ALL_COMMENTS;
        let since = match is_all {
            true => Timestamp::MIN,
            false => self.now.checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MIN),
        };
        let from = if is_all { self.wanted.from } else { 0 };
        let part = ListPart { from, most: if is_all { MOST } else { COMMENTS } };
        let is_wanted = |story: &str| (is_all || self.wanted.state.is_empty()) && self.is_wanted(story);
        let CommentsPart { mut rows, count } =
            desk_comments::newest(self.snapshot, self.reporter, (since, self.now), part, is_wanted);
        let mut lost = unsaved.text.clone();
        if let Some(row) = rows.iter_mut().find(|row| row.anchor == unsaved.anchor) {
            row.reply_text = std::mem::take(&mut lost);
            row.reply_author.clone_from(&unsaved.author);
        }
        let view = CommentsView {
            heading: if is_all { "Comments" } else { "Comments of the last 30 days" },
            rows,
            count,
            all: (!is_all).then(|| self.wanted.part(ALL_COMMENTS, 0)),
            before: (is_all && from > 0).then(|| self.wanted.part(ALL_COMMENTS, from.saturating_sub(MOST))),
            after: (is_all && count > from.saturating_add(MOST)).then(|| self.wanted.part(ALL_COMMENTS, from + MOST)),
        };
        (Some(view).filter(|view| view.count > 0), lost)
    }

    /// The stories published today, the latest first.
    fn today(&self) -> GroupView {
        let zone = &self.snapshot.config.timezone;
        let today = self.now.to_zoned(zone.clone()).date();
        let is_today = |article: &&Article| {
            let opened = article.dates.opens();
            opened <= self.now && opened.to_zoned(zone.clone()).date() == today
        };
        self.published(TODAY, "Published today", &is_today)
    }

    /// All published stories, the latest first.
    fn recent(&self) -> GroupView {
        self.published(RECENT, "Published", &|_| true)
    }

    fn published(&self, name: &'static str, heading: &'static str, is_meant: &dyn Fn(&&Article) -> bool) -> GroupView {
        let mut found: Vec<&Article> = self
            .snapshot
            .site
            .articles
            .iter()
            .rev()
            .map(|story| &*story.article)
            .filter(|article| state(article, self.now, false) == State::Published)
            .filter(is_meant)
            .filter(|article| self.is_wanted(&article.source))
            .collect();
        found.sort_by_key(|article| std::cmp::Reverse(article.dates.opens()));
        let names = author_names(self.snapshot.records);
        let entry = |article: &&Article| {
            let authors = signers(article, &names, &self.snapshot.config.publisher.name);
            let title = article.front.title.to_string();
            self.entry(&article.source, title, authors.join(", "), Some(article.dates.opens()))
        };
        self.part_of(name, heading, found.iter(), entry)
    }

    /// The requested part of a list.
    fn part_of<T>(
        &self,
        name: &'static str,
        heading: &'static str,
        found: impl ExactSizeIterator<Item = T>,
        entry: impl FnMut(T) -> DeskEntry,
    ) -> GroupView {
        let (count, from) = (found.len(), self.wanted.from);
        GroupView {
            name,
            heading,
            count,
            before: (from > 0).then(|| self.wanted.part(name, from.saturating_sub(MOST))),
            after: (count > from.saturating_add(MOST)).then(|| self.wanted.part(name, from + MOST)),
            entries: found.skip(from).take(MOST).map(entry).collect(),
        }
    }

    /// The next changes that time alone makes to the public site.
    fn coming(&self) -> Vec<ChangeView> {
        let zone = &self.snapshot.config.timezone;
        let found: Vec<Change> = changes(self.snapshot.records, self.snapshot.config, false, self.now, Timestamp::MAX);
        let listed = found.into_iter().filter(|change| !matches!(change.effect, Effect::NewsEnds));
        let view = |change: Change| ChangeView {
            when: format_time(change.at, zone),
            countdown: countdown(change.at, self.now),
            url: self.snapshot.url_of(&change.source),
            moment: self.wanted.at(change.at),
            what: change.effect.in_words(),
            title: change.title,
        };
        listed.take(COMING).map(view).collect()
    }

    /// The problems by file.
    fn files(&self, diagnostics: &[Diagnostic]) -> (Vec<FileView>, usize) {
        let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for found in diagnostics {
            files.entry(&found.path).or_default().push(found);
        }
        let more = files.len().saturating_sub(FILES);
        let view = |(path, found): (&str, Vec<&Diagnostic>)| FileView {
            path: path.to_owned(),
            editor: self.reporter.link(path, found.first().and_then(|found| found.line), None),
            problems: self.reporter.problems(found.into_iter().take(MOST)),
        };
        (files.into_iter().take(FILES).map(view).collect(), more)
    }

    fn slowest(&self) -> Vec<SlowView> {
        let slowest = self.snapshot.log.slowest(SLOWEST).into_iter();
        let view = |(at, nanoseconds): (usize, i64)| SlowView {
            url: self.snapshot.url(at),
            milliseconds: format!("{:.1}", nanoseconds as f64 / 1e6),
        };
        slowest.map(view).collect()
    }

    fn authors(&self) -> Vec<Choice> {
        let mut choices: Vec<Choice> = self
            .snapshot
            .site
            .authors
            .iter()
            .filter(|person| person.edition == EditionId::MAIN)
            .map(|person| choice(&person.author.id, &person.author.front.name, &self.wanted.author))
            .collect();
        let collation = Collation::of(&self.snapshot.config.language);
        collation.sort_by_name(&mut choices, |choice| (&choice.name, &choice.value));
        choices
    }

    fn sections(&self) -> Vec<Choice> {
        let articles = self.snapshot.records.iter().filter_map(|record| match record {
            Record::Article(article) => Some(self.section_of(&article.source)),
            _ => None,
        });
        let sections: std::collections::BTreeSet<String> = articles.filter(|section| !section.is_empty()).collect();
        sections.into_iter().map(|section| choice(&section, &section, &self.wanted.section)).collect()
    }

    fn languages(&self) -> Vec<Choice> {
        let editions = self.snapshot.config.editions().filter(|_| self.snapshot.config.has_editions());
        editions.map(|of| choice(of.language.tag(), of.language.tag(), &self.wanted.language)).collect()
    }

    fn states(&self) -> Vec<Choice> {
        let own = [(TODAY, "Published today"), (RECENT, "Published"), (ALL_COMMENTS, "Comments")];
        let groups = StatusGroup::ALL.map(|group| (group.as_str(), group.heading()));
        own.into_iter().chain(groups).map(|(name, heading)| choice(name, heading, &self.wanted.state)).collect()
    }
}

const TODAY: &str = "today";
const RECENT: &str = "published";
const ALL_COMMENTS: &str = "comments";

fn choice(value: &str, name: &str, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), name: name.to_owned(), is_chosen: value == chosen }
}
