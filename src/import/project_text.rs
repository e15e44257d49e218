//! The text of a story in the project as its readers see it, to compare it with the source.

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

use super::ImportError;
use super::files::fields::{text_of, texts_of};
use super::files::read_document;
use super::layout::ImportLayout;
use super::model::{Credited, SourceItem, Survey};
use super::words::markdown_text;

/// A story in the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ProjectText<'m> {
    /// The text of the body, then of the keys that the page shows.
    pub text: String,
    /// The length of the body's part of `text`, in bytes.
    pub body: usize,
    /// The number of pictures, with the lead picture.
    pub pictures: usize,
    /// The body in Markdown.
    markdown: Cow<'m, str>,
    /// The printed names of the authors, and the byline.
    pub authors: Vec<String>,
    /// The number of authors.
    pub author_count: usize,
}

impl<'m> ProjectText<'m> {
    /// The story that an item becomes, with this headline.
    pub fn of_item(item: &'m SourceItem, title: &str, survey: &Survey) -> ProjectText<'m> {
        let name = |credited: &Credited| match credited {
            Credited::Person(key) => {
                survey.people.iter().find(|person| person.key == *key).map(|person| person.name.clone())
            }
            Credited::Guest { name, .. } => Some(name.clone()),
        };
        let image = item.image.as_ref();
        let shown = [Some(title), item.deck.as_deref(), item.kicker.as_deref()];
        let of_image = image.map(|image| [image.caption.as_deref(), image.credit.as_deref()]);
        let shown = shown.into_iter().chain(of_image.into_iter().flatten()).flatten();
        let names = item.authors.iter().filter_map(name).chain(item.byline.clone());
        ProjectText::new(Cow::Borrowed(&item.body), shown, names.collect(), item.authors.len(), image.is_some())
    }

    /// The story in a file of the project, which may have been edited.
    ///
    /// # Errors
    /// If its front matter can't be read.
    pub fn of_file(
        text: &str,
        path: &str,
        survey: &Survey,
        layout: &ImportLayout,
    ) -> Result<ProjectText<'static>, ImportError> {
        let document = read_document(text, path)?;
        let get = |key: &str| document.front.get(key).and_then(text_of);
        let image = document.front.get("image");
        let of_image = |key: &str| image.and_then(|image| image.get(key)).and_then(text_of);
        let shown = [get("title"), get("deck"), get("kicker"), of_image("caption"), of_image("credit")];
        let authors = document.front.get("authors").map(|authors| texts_of(authors, None)).unwrap_or_default();
        let name = |id: &String| {
            let at = layout.people.iter().position(|known| known == id);
            at.and_then(|at| survey.people.get(at)).map_or_else(|| id.clone(), |person| person.name.clone())
        };
        let count = authors.len();
        let names = authors.iter().map(name).chain(get("byline")).collect();
        let shown = shown.iter().flatten().map(String::as_str);
        let has_image = image.is_some_and(|image| *image != Value::Null);
        Ok(ProjectText::new(Cow::Owned(document.body), shown, names, count, has_image))
    }

    fn new<'s>(
        markdown: Cow<'m, str>,
        shown: impl Iterator<Item = &'s str>,
        authors: Vec<String>,
        author_count: usize,
        has_image: bool,
    ) -> ProjectText<'m> {
        let mut text = markdown_text(&markdown);
        let body = text.len();
        shown.for_each(|part| text.extend(["\n", part]));
        authors.iter().for_each(|name| text.extend(["\n", name]));
        let pictures = markdown.matches("![").count() + markdown.matches("<img").count() + usize::from(has_image);
        ProjectText { text, body, pictures, markdown, authors, author_count }
    }

    /// The text of the body alone.
    pub fn body_text(&self) -> &str {
        &self.text[..self.body]
    }

    /// The number of links in the body, without those to its own parts.
    pub fn links(&self) -> usize {
        let is_away = |url: &str| !url.starts_with('#');
        let events = Parser::new_ext(&self.markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
        let count = |event: Event<'_>| match event {
            Event::Start(Tag::Link { dest_url, .. }) => usize::from(is_away(&dest_url)),
            Event::Html(html) | Event::InlineHtml(html) => html.matches("<a href").count(),
            _ => 0,
        };
        events.map(count).sum()
    }
}
