//! The views of authors, sections, terms and series, which have stories, and of standalone pages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::super::documented::{Documented, views};
use super::super::shown::Shown;
use super::{CardView, DateView, ImageView, LinkView};

views! {
    /// `author`: an author.
    AuthorView<'a> {
        /// The identifier that articles list under `authors`.
        id: &'a str,
        /// The name as printed.
        name: &'a str,
        /// The name in the author's own script.
        native_name: Option<&'a str>,
        /// `person`, `organization` or `wire`.
        kind: &'a str,
        /// True for former staff.
        former: bool,
        /// The job title.
        role: Option<&'a str>,
        /// The public email address.
        email: Option<&'a str>,
        /// The URL of the author's own site.
        website: Option<String>,
        /// The place where they work.
        location: Option<&'a str>,
        /// The portrait.
        image: Option<ImageView<'a>>,
        /// Profiles on other sites.
        links: Vec<ProfileView<'a>>,
        /// The biography as HTML; print it with `| safe`.
        biography: Option<&'a str>,
        /// The biography in short, as plain text: `short_bio` of the author's file, or the biography's first paragraph.
        short_biography: Option<&'a str>,
        /// Language of the name and biography (BCP 47).
        language: &'a str,
        /// `ltr` or `rtl`.
        direction: &'a str,
        /// Absolute URL of the author page.
        url: String,
        /// Root-relative URL of the author page.
        path: String,
        /// `extra` of the author's file.
        extra: &'a BTreeMap<String, Value>,
    }
    /// One of `staff`: an author on the staff page.
    StaffMemberView<'a> {
        /// The author.
        author: Shown<AuthorView<'a>>,
        /// The heading in an alphabetical index: a letter of the language, or `#`.
        letter: String,
        /// The number of stories on the author page.
        count: usize,
    }
    /// A profile on another site.
    ProfileView<'a> {
        /// The service as named in the author's file: `mastodon`.
        service: &'a str,
        /// The service as shown to readers: `Mastodon`.
        label: Cow<'a, str>,
        /// The text of the link: the handle, or the URL without its scheme.
        handle: &'a str,
        /// The profile's URL.
        url: String,
    }
    /// `section`: a section front.
    SectionView<'a> {
        /// The path of its folder below `content/`.
        id: &'a str,
        /// Its name.
        title: &'a str,
        /// A description in one sentence.
        description: Option<&'a str>,
        /// The text of `_index.md` as HTML; print it with `| safe`.
        body: Option<String>,
        /// Its picture.
        image: Option<ImageView<'a>>,
        /// The sections directly inside it.
        subsections: Vec<LinkView<'a>>,
        /// Root-relative URL.
        path: String,
        /// `style` of `_index.md`: `opinion`, or one of the theme's own.
        style: Option<&'a str>,
        /// `extra` of `_index.md`.
        extra: Option<&'a BTreeMap<String, Value>>,
    }
    /// `term`: a tag, or a term of another taxonomy.
    TermView<'a> {
        /// Its name.
        title: &'a str,
        /// `tags`, or the taxonomy's name.
        taxonomy: &'a str,
        /// The taxonomy's label in the singular.
        label: &'a str,
        /// Root-relative URL.
        path: String,
    }
    /// `taxonomy`: a taxonomy with all its terms.
    TaxonomyView<'a> {
        /// `tags`, `series`, or the taxonomy's name.
        name: &'a str,
        /// Its label in the singular.
        singular: &'a str,
        /// Its label in the plural.
        plural: &'a str,
        /// The terms, by name.
        terms: Vec<TermCountView<'a>>,
    }
    /// A term with the number of its articles.
    TermCountView<'a> {
        /// Its name.
        title: &'a str,
        /// Root-relative URL.
        path: String,
        /// The number of articles.
        count: usize,
    }
    /// `series`: a project in several parts.
    SeriesView<'a> {
        /// Its name.
        title: &'a str,
        /// Root-relative URL.
        path: String,
        /// The parts, in order.
        articles: Vec<Shown<CardView<'a>>>,
    }
    /// `content`: a standalone page.
    ContentView<'a> {
        /// The heading.
        title: &'a str,
        /// The line under the heading.
        deck: Option<&'a str>,
        /// The text as HTML; print it with `| safe`.
        body: String,
        /// The lead picture.
        image: Option<ImageView<'a>>,
        /// The date of the last significant update.
        updated: Option<DateView>,
        /// `extra` of the front matter.
        extra: &'a BTreeMap<String, Value>,
    }
}
