//! Reads articles, standalone pages and `_index.md`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::article::{
    Article, ArticleFront, CommentsPost, Credit, Dates, Image, MAX_HEADLINE, Page, PageFront, RareDates, SectionFile,
    SectionFront, SeriesPart, headline, is_focus,
};
use crate::config::{HeadingLevels, Permalink};
use crate::content_path::dated_name;
use crate::date::{FORMS, Moment, WrittenDate};
use crate::diagnostic::Code;
use crate::lenient::{OneOrMany, TextOr};
use crate::old_url::{OldUrl, OldUrlError, own_path};

use super::FileReader;
use super::front_matter::FrontMatter;
use super::headline::without_headline;
use crate::unicode::clean;
use crate::urls::{COMPLETE_URL_HINT, is_complete_url, normalized};
use crate::yaml;

/// The byline of a story whose own one cannot be read, which is not the same as a story without any.
const STAND_IN: &str = "…";

/// The date of a story whose own one cannot be read: nothing is held back.
pub(super) const LONG_PAST: Moment = Moment::at(Timestamp::UNIX_EPOCH);

impl FileReader<'_> {
    /// Reads an article.
    pub(super) fn article(&mut self) -> Option<Article> {
        let front_matter = self.split()?;
        let mut front: ArticleFront = self.parse(&front_matter)?;
        let name = self.article_name();
        let (named_date, name) = dated_name(&name);
        self.check_title(&front_matter, &front.title);
        self.check_headline(&front_matter, &front);
        self.check_article_markup(&front_matter, &front);
        self.check_focus(&front_matter, front.image.as_ref().and_then(|image| image.0.focus.as_deref()));
        self.check_alt(&front_matter, front.image.as_ref(), front.draft);
        self.check_article(&front_matter, &mut front);
        if let Some(url) = &mut front.canonical {
            *url = normalized(url).into_owned();
        }
        let dates = self.dates(&front_matter, &front, named_date);
        let slug = self.slug(&front_matter, front.slug.as_deref(), name).into();
        self.check_placeholder(&front_matter, front.draft);
        let wants_excerpt = front.summary.is_none();
        let front_matter = self.without_headline(front_matter, &front.title);
        let (body, sketch) = self.body(&front_matter, wants_excerpt, front.language.as_deref());
        let (source, digest) = (self.path.into(), self.digest());
        front.print(self.quotes(front.language.as_deref()).as_ref());
        if ["authors", "wire", "byline"].into_iter().any(|key| self.is_faulty(key)) {
            front.byline.get_or_insert_with(|| STAND_IN.to_owned());
        }
        Some(Article { source, dates, slug, front: front.into(), body, sketch, digest })
    }

    /// Reads a standalone page.
    pub(super) fn page(&mut self) -> Option<Page> {
        let front_matter = self.split()?;
        let mut front: PageFront = self.parse(&front_matter)?;
        self.check_title(&front_matter, &front.title);
        let texts = [("seo_title", &front.seo_title), ("deck", &front.deck), ("summary", &front.summary)];
        self.check_markup(&front_matter, [("title", Some(front.title.as_str()))]);
        self.check_markup(&front_matter, texts.map(|(key, text)| (key, text.as_deref())));
        self.check_image_markup(&front_matter, front.image.as_ref());
        self.check_focus(&front_matter, front.image.as_ref().and_then(|image| image.0.focus.as_deref()));
        self.check_alt(&front_matter, front.image.as_ref(), front.draft);
        self.check_language(&front_matter, &mut front.language);
        self.check_aliases(&front_matter, &mut front.aliases.0);
        self.check_own_path(&front_matter, &mut front.url);
        self.check_publish(&front_matter, &mut front.publish.0);
        let updated = self.moment(&front_matter, "updated", front.updated);
        let slug = self.slug(&front_matter, front.slug.as_deref(), &self.article_name());
        self.check_placeholder(&front_matter, front.draft);
        let wants_excerpt = front.summary.is_none();
        let front_matter = self.without_headline(front_matter, &front.title);
        let (body, _) = self.body(&front_matter, wants_excerpt, front.language.as_deref());
        front.print(self.quotes(front.language.as_deref()).as_ref());
        Some(Page { source: self.path.to_owned(), updated, slug, front, body, digest: self.digest() })
    }

    /// Reads `_index.md`, whose front matter is optional.
    pub(super) fn section(&mut self) -> Option<SectionFile> {
        let front_matter = if self.text.trim_start_matches('\u{feff}').starts_with("---") {
            self.split()?
        } else {
            FrontMatter::without_yaml(self.text)
        };
        let mut front: SectionFront = self.parse(&front_matter)?;
        self.check_language(&front_matter, &mut front.language);
        let texts = [("title", front.title.as_deref()), ("description", front.description.as_deref())];
        self.check_markup(&front_matter, texts);
        self.check_image_markup(&front_matter, front.image.as_ref());
        self.check_focus(&front_matter, front.image.as_ref().and_then(|image| image.0.focus.as_deref()));
        self.check_alt(&front_matter, front.image.as_ref(), false);
        self.check_publish(&front_matter, &mut front.publish.0);
        if front.slug.is_some() {
            front.slug = Some(self.slug(&front_matter, front.slug.as_deref(), ""));
        }
        self.check_permalink(&front_matter, &mut front.permalink);
        let until = self.check_blocks(&front_matter, &front.blocks);
        let (body, _) = self.body(&front_matter, false, front.language.as_deref());
        front.print(self.quotes(front.language.as_deref()).as_ref());
        Some(SectionFile { source: self.path.to_owned(), front, until, body, digest: self.digest() })
    }

    /// See [`without_headline`]. Where headings keep their levels, pages have no headline of their own.
    fn without_headline<'f>(&self, front_matter: FrontMatter<'f>, title: &str) -> FrontMatter<'f> {
        match self.settings.text.heading_levels {
            HeadingLevels::Nested => without_headline(self.text, front_matter, title),
            HeadingLevels::Keep => front_matter,
        }
    }

    /// Reports the text of `presswork new` in anything but a draft.
    fn check_title(&mut self, front_matter: &FrontMatter<'_>, title: &str) {
        if clean(title).is_empty() && !self.is_faulty("title") {
            self.report(front_matter, Code::InvalidValue, "title", "", "the title is empty".to_owned(), None);
        }
    }

    /// Reports the focus of a picture if it is no position.
    pub(super) fn check_focus(&mut self, front_matter: &FrontMatter<'_>, focus: Option<&str>) {
        if let Some(focus) = focus.filter(|focus| !is_focus(focus)) {
            let message = format!("`{}` is not a valid focus point", focus.escape_debug());
            let hint = "write `top`, `bottom`, `left`, `right` or `center`, two of them, or percentages: `50% 20%`";
            self.report(front_matter, Code::InvalidValue, "image", focus, message, Some(hint.to_owned()));
        }
    }

    /// Warns of a lead picture without alternative text. Empty text is an answer too: the picture only decorates.
    fn check_alt(&mut self, front_matter: &FrontMatter<'_>, image: Option<&TextOr<Image>>, is_draft: bool) {
        let Some(TextOr(image @ Image { alt: None, .. })) = image else { return };
        // The text may be in a key that has been reported.
        if is_draft || self.is_faulty("image") || self.faulty.keys.iter().any(|key| key.ends_with("alt")) {
            return;
        }
        let message =
            "the lead picture has no alternative text, so people who cannot see it learn nothing of it".to_owned();
        let fix = match image {
            Image { caption: None, credit: None, focus: None, crops: None, .. } => {
                format!("write `image: {{src: {}, alt: …}}` with what it shows", yaml::flow_text(&image.src))
            }
            _ => "add `alt: …` beside `src` with what it shows".to_owned(),
        };
        let hint = format!("{fix}, or `alt: \"\"` if it only decorates");
        self.report(front_matter, Code::MissingAlt, "image", &image.src, message, Some(hint));
    }

    fn check_headline(&mut self, front_matter: &FrontMatter<'_>, front: &ArticleFront) {
        // Most titles are short, and counting bytes is faster than counting characters.
        if front.title.len() <= MAX_HEADLINE || self.is_faulty("seo_title") || self.is_faulty("short_title") {
            return;
        }
        let length = headline(&front.title, front.seo_title.as_deref(), front.short_title.as_deref()).chars().count();
        if length > MAX_HEADLINE {
            let message = format!("the headline has {length} characters, but search engines show only {MAX_HEADLINE}");
            let hint = Some("shorten it, or add a shorter `seo_title:`".to_owned());
            self.report(front_matter, Code::LongHeadline, "title", &front.title, message, hint);
        }
    }

    /// Reports values that are not valid, and removes those that later checks would report again.
    fn check_article(&mut self, front_matter: &FrontMatter<'_>, front: &mut ArticleFront) {
        self.check_language(front_matter, &mut front.language);
        self.check_credits(front_matter, front);
        self.check_texts(front_matter, front);
        if let Some(url) = front.canonical.take()
            && self.check_urls(front_matter, "canonical", [url.as_str()])
        {
            if is_complete_url(&url) {
                front.canonical = Some(url);
            } else {
                let message = format!("`{}` is not the URL of an original", url.escape_debug());
                let hint = Some(COMPLETE_URL_HINT.to_owned());
                self.report(front_matter, Code::InvalidValue, "canonical", &url, message, hint);
            }
        }
        if let Some(url) = front.comments_thread.take_if(|url| CommentsPost::parse(url).is_none()) {
            let message = format!("`{}` is not a post whose replies can be shown", url.escape_debug());
            let hint =
                "write the URL of a post: https://mastodon.example/@name/109…, https://bsky.app/profile/name/post/3k…";
            self.report(front_matter, Code::InvalidValue, "comments_thread", &url, message, Some(hint.to_owned()));
        }
        for source in &mut front.sources.0 {
            self.check_url(front_matter, "sources", &mut source.0.url);
        }
        let contributors = front.contributors.0.iter_mut().flat_map(|(_, credits)| &mut credits.0);
        let credits = front.authors.0.iter_mut().map(|credit| ("authors", credit));
        let credits = credits.chain(front.wire.iter_mut().map(|credit| ("wire", credit)));
        for (key, credit) in credits.chain(contributors.map(|credit| ("contributors", credit))) {
            if let Credit::Guest(guest) = &mut credit.0 {
                self.check_url(front_matter, key, &mut guest.url);
            }
        }
        self.check_aliases(front_matter, &mut front.aliases.0);
        self.check_own_path(front_matter, &mut front.url);
        self.check_publish(front_matter, &mut front.publish.0);
        let is_wrong = |series: &TextOr<SeriesPart>| series.0.id.trim().is_empty() || series.0.part == Some(0);
        if front.series.take_if(|series| is_wrong(series)).is_some() {
            let hint = Some("write `series: {id: name, part: 1}`; parts count from 1".to_owned());
            self.report(front_matter, Code::InvalidValue, "series", "", "the series is not valid".to_owned(), hint);
        }
    }

    /// Reports and removes an invalid URL.
    fn check_url(&mut self, front_matter: &FrontMatter<'_>, key: &str, url: &mut Option<String>) {
        let is_valid = self.check_urls(front_matter, key, url.as_deref());
        url.take_if(|_| !is_valid);
    }

    fn check_credits(&mut self, front_matter: &FrontMatter<'_>, front: &ArticleFront) {
        let nameless = |credit: &Credit| match credit {
            Credit::Id(id) => id.trim().is_empty(),
            Credit::Guest(guest) => guest.name.trim().is_empty(),
        };
        let contributors = &front.contributors.0;
        let is_nameless = |credits: &OneOrMany<TextOr<Credit>>| credits.0.iter().any(|credit| nameless(&credit.0));
        for (key, is_wrong) in [
            ("authors", is_nameless(&front.authors)),
            ("wire", front.wire.as_ref().is_some_and(|credit| nameless(&credit.0))),
            ("contributors", contributors.iter().any(|(role, credits)| role.trim().is_empty() || is_nameless(credits))),
        ] {
            if is_wrong {
                let message = format!("a name under `{key}` is empty");
                self.report(front_matter, Code::InvalidValue, key, "", message, None);
            }
        }
        self.check_roles(front_matter);
    }

    /// Reports empty texts, which readers would see as an empty line, and programs as an empty
    /// correction.
    fn check_texts(&mut self, front_matter: &FrontMatter<'_>, front: &ArticleFront) {
        let is_empty = |text: &str| text.trim().is_empty();
        let empty_texts = [
            ("corrections", "the text of a correction", front.corrections.iter().any(|entry| is_empty(&entry.text))),
            ("notes", "the text of a note", front.notes.iter().any(|entry| is_empty(&entry.text))),
            ("retracted", "the reason", front.retracted.iter().any(|entry| is_empty(&entry.reason))),
            ("sources", "a name under `sources`", front.sources.0.iter().any(|source| is_empty(&source.0.name))),
        ];
        for (key, what, _) in empty_texts.into_iter().filter(|(.., is_wrong)| *is_wrong) {
            self.report(front_matter, Code::InvalidValue, key, "", format!("{what} is empty"), None);
        }
    }

    /// Reports and removes a pattern of URLs that is not valid.
    fn check_permalink(&mut self, front_matter: &FrontMatter<'_>, pattern: &mut Option<String>) {
        let Some(Err(why)) = pattern.as_deref().map(Permalink::parse) else { return };
        let pattern = pattern.take().unwrap_or_default();
        let message = format!("`{}` is not a valid permalink: {why}", pattern.escape_debug());
        let hint = Some("write it like this: `{year}/{month}/{slug}/`".to_owned());
        self.report(front_matter, Code::InvalidValue, "permalink", &pattern, message, hint);
    }

    /// Reports and removes a `url` at which no page can be.
    fn check_own_path(&mut self, front_matter: &FrontMatter<'_>, url: &mut Option<String>) {
        let Some(Err(OldUrlError { why, hint })) = url.as_deref().map(own_path) else { return };
        let url = url.take().unwrap_or_default();
        let message = format!("`{}` is not a valid URL of a page here: {why}", url.escape_debug());
        self.report(front_matter, Code::InvalidValue, "url", &url, message, hint);
    }

    /// Reports and removes invalid aliases.
    fn check_aliases(&mut self, front_matter: &FrontMatter<'_>, aliases: &mut Vec<String>) {
        aliases.retain(|alias| {
            let parts: Vec<&str> = alias.split([',', ';', ' ']).filter(|part| !part.is_empty()).collect();
            if parts.len() > 1 && parts.iter().all(|part| part.starts_with('/') || part.contains("://")) {
                let message = format!("`{}` is {} addresses in one text", alias.escape_debug(), parts.len());
                let hint = Some(format!("write a list: `aliases: [{}]`", parts.join(", ")));
                self.report(front_matter, Code::BadAlias, "aliases", alias, message, hint);
                return false;
            }
            let Err(OldUrlError { why, hint }) = OldUrl::parse(alias) else { return true };
            let hint = hint.unwrap_or_else(|| "write the old path on this site: /2018/old-name/".to_owned());
            let message = format!("`{}` is not a valid alias: {why}", alias.escape_debug());
            self.report(front_matter, Code::BadAlias, "aliases", alias, message, Some(hint));
            false
        });
    }

    /// The dates of an article; a date that is missing or not valid is reported, and long past.
    fn dates(&mut self, front_matter: &FrontMatter<'_>, front: &ArticleFront, named: Option<WrittenDate>) -> Dates {
        let date = front.date.or(named.filter(|_| !self.is_faulty("date")));
        if date.is_none() && !self.is_faulty("date") {
            let hint = Some(format!("add `date:`; {FORMS}, or begin the file's name with the day"));
            self.report(front_matter, Code::MissingKey, "title", "", "the article has no date".to_owned(), hint);
        }
        let published = self.moment(front_matter, "date", date).unwrap_or(LONG_PAST);
        let mut moments = |key: &str, dates: Vec<WrittenDate>| -> Vec<Moment> {
            let moment = |date| self.moment(front_matter, key, Some(date)).unwrap_or(LONG_PAST);
            dates.into_iter().map(moment).collect()
        };
        let corrections = moments("corrections", front.corrections.iter().map(|entry| entry.date).collect());
        let notes = moments("notes", front.notes.iter().map(|entry| entry.date).collect());
        let updated = self.moment(front_matter, "updated", front.updated);
        let embargo = self.moment(front_matter, "embargo", front.embargo);
        let opening = embargo.map_or(published, |embargo| embargo.max(published));
        let withdrawn = self.moment(front_matter, "withdrawn", front.withdrawn.as_ref().map(|entry| entry.date));
        let rare = RareDates {
            embargo,
            expires: self.moment(front_matter, "expires", front.expires),
            retracted: self.moment(front_matter, "retracted", front.retracted.as_ref().map(|entry| entry.date)),
            withdrawn: withdrawn.map(|withdrawn| not_before(withdrawn, opening, self.zone())),
            translated_from: self.moment(front_matter, "translated_from", front.translated_from),
            corrections,
            notes,
        };
        let dates = Dates::new(published, updated, rare);
        if dates.updated.is_some_and(|updated| is_before(updated, dates.published)) {
            let message = "`updated` is before `date`".to_owned();
            let written = front.updated.map(|date| self.written(front_matter, date)).unwrap_or_default();
            let hint = Some("is the year right? `updated` is the last change, `date` the first publication".to_owned());
            self.report(front_matter, Code::UpdatedBeforeDate, "updated", &written, message, hint);
        }
        self.check_end(front_matter, front, &dates);
        dates
    }

    /// A story withdrawn before its publication was called off; one that expires before it is probably a
    /// mistake.
    fn check_end(&mut self, front_matter: &FrontMatter<'_>, front: &ArticleFront, dates: &Dates) {
        if dates.rare().withdrawn.is_none() && dates.is_never_open() {
            let key = if dates.opens() > dates.published.instant { "embargo" } else { "date" };
            let message = format!("the story is never public: `expires` is not later than `{key}`");
            let written = front.expires.map(|date| self.written(front_matter, date)).unwrap_or_default();
            let hint = Some("is the day right? a day without a time begins at 00:00".to_owned());
            self.report(front_matter, Code::NeverPublic, "expires", &written, message, hint);
        }
    }
}

/// A day without a time that is the day of the opening, as of the opening: a story is withdrawn after it was published.
fn not_before(withdrawn: Moment, opening: Moment, zone: &TimeZone) -> Moment {
    let day = |moment: Moment| moment.in_zone(zone).date();
    match !withdrawn.has_time && withdrawn.instant < opening.instant && day(withdrawn) == day(opening) {
        true => Moment { instant: opening.instant, ..withdrawn },
        false => withdrawn,
    }
}

/// True if `updated` is before `published`; a day without a time isn't before any time of that day.
fn is_before(updated: Moment, published: Moment) -> bool {
    if updated.has_time {
        return updated.instant < published.instant;
    }
    let day = jiff::SignedDuration::from_hours(24);
    updated.instant.saturating_add(day).unwrap_or(updated.instant) <= published.instant
}
