//! Lists of names, for bylines and contributors, joined as the language requires.

use std::borrow::Cow;

use crate::article::{Byline, Guest};
use crate::author::AuthorKind;
use crate::language::capitalized;
use crate::plan::{Listing, SourceRef};
use crate::site::{ArticleId, AuthorId, Signer, Story};

use super::contract::{BylineView, ContributorsView, NameView};
use super::{Shown, Viewer};

/// The placeholder for the names in the theme's pattern.
const NAMES: &str = "{names}";

impl<'a> Viewer<'a> {
    /// The byline as printed: the override, the authors, the agency, or the publisher.
    pub(super) fn byline(&self, id: ArticleId, story: &'a Story) -> Shown<BylineView<'a>> {
        let author = |signer: &Signer| match signer {
            Signer::Author(id) => Some(*id),
            Signer::Guest(_) => None,
        };
        let authors: Option<Vec<AuthorId>> = story.authors.iter().map(author).collect();
        match authors.filter(|authors| !authors.is_empty() && story.article.front.rare().byline.is_none()) {
            // Stories with the same authors in the same language share a byline.
            Some(authors) => self.bylines.get((authors, story.language.tag()), || self.new_byline(id, story)),
            None => Shown::new(self.new_byline(id, story)),
        }
    }

    fn new_byline(&self, id: ArticleId, story: &'a Story) -> BylineView<'a> {
        if let Some(line) = &story.article.front.rare().byline {
            return BylineView { text: line.clone(), parts: vec![words(line)] };
        }
        // Stories with the same authors share a byline, so the agency must not be read for one of them.
        let names = match story.byline() {
            Byline::Authors(authors) => self.names(id, story, authors),
            Byline::Agency(agency) => vec![self.agency(id, agency)],
            Byline::Publisher => vec![NameView {
                text: Cow::Borrowed(self.config.publisher.name.as_str()),
                path: None,
                role: None,
                kind: Some(AuthorKind::Organization.as_str()),
                is_name: true,
                language: None,
                direction: None,
            }],
        };
        let pattern = self.strings.get(&story.language, "byline").unwrap_or(NAMES);
        let (before, after) = pattern.split_once(NAMES).unwrap_or((pattern, ""));
        let mut parts = Vec::with_capacity(names.len() + 2);
        let (tag, direction) = self.strings.language_of(&story.language, "byline");
        let is_foreign = tag != story.language.tag();
        let own = |text: &'a str| NameView {
            language: is_foreign.then_some(tag),
            direction: is_foreign.then_some(direction),
            ..words(text)
        };
        parts.extend((!before.is_empty()).then(|| own(before)));
        parts.extend(names);
        parts.extend((!after.is_empty()).then(|| own(after)));
        BylineView { text: parts.iter().map(|part| part.text.as_ref()).collect(), parts }
    }

    /// Everyone in the byline, one by one.
    pub(super) fn signers(&self, id: ArticleId, story: &'a Story) -> Vec<NameView<'a>> {
        match story.byline() {
            Byline::Authors(authors) => authors.iter().map(|signer| self.name(id, signer)).collect(),
            Byline::Agency(agency) => vec![self.agency(id, agency)],
            Byline::Publisher => Vec::new(),
        }
    }

    /// The agency that supplied a story, even if it has no file.
    pub(super) fn wire(&self, id: ArticleId, story: &'a Story) -> Option<NameView<'a>> {
        story.wire.as_ref().map(|agency| self.agency(id, agency))
    }

    fn agency(&self, id: ArticleId, agency: &'a Signer) -> NameView<'a> {
        let kind = match agency {
            Signer::Author(id) => self.reader.author(*id).author.front.kind,
            Signer::Guest(_) => AuthorKind::Wire,
        };
        NameView { kind: Some(kind.as_str()), ..self.name(id, agency) }
    }

    /// Names with the text between them.
    fn names(&self, id: ArticleId, story: &Story, signers: &'a [Signer]) -> Vec<NameView<'a>> {
        let names: Vec<NameView<'a>> = signers.iter().map(|signer| self.name(id, signer)).collect();
        let Some(formats) = self.formats(&story.language).filter(|_| names.len() > 1) else { return names };
        let plain: Vec<&str> = names.iter().map(|name| name.text.as_ref()).collect();
        let joints = formats.list_separators(&plain);
        let mut parts = Vec::with_capacity(names.len() * 2);
        for (name, joint) in names.into_iter().zip(joints) {
            if !joint.is_empty() {
                parts.push(words(joint));
            }
            parts.push(name);
        }
        parts
    }

    /// A name with its link: an author's page, or a guest's URL.
    pub(super) fn name(&self, story: ArticleId, signer: &'a Signer) -> NameView<'a> {
        match signer {
            Signer::Author(id) => {
                let person = self.reader.author(*id);
                let front = &person.author.front;
                NameView {
                    text: Cow::Borrowed(front.name.as_str()),
                    path: Some(self.listing_path(Listing::Author(*id))),
                    role: front.role.as_deref(),
                    kind: Some(front.kind.as_str()),
                    is_name: true,
                    language: Some(person.language.tag()),
                    direction: Some(person.language.direction()),
                }
            }
            Signer::Guest(guest) => NameView {
                text: Cow::Borrowed(guest.name.as_str()),
                path: self.guest_path(story, guest),
                role: guest.role.as_deref(),
                kind: Some(AuthorKind::Person.as_str()),
                is_name: true,
                language: None,
                direction: None,
            },
        }
    }

    /// The target of a guest's link.
    pub(super) fn guest_path(&self, story: ArticleId, guest: &Guest) -> Option<String> {
        self.resolved(Some(SourceRef::Article(story)), guest.url.as_deref()?)
    }

    /// The other contributors.
    pub(super) fn contributors(&self, id: ArticleId, story: &'a Story) -> Vec<ContributorsView<'a>> {
        let roles = story.contributors.iter().filter(|(_, signers)| !signers.is_empty());
        roles
            .map(|(role, signers)| {
                let key = format!("role_{}", role.replace([' ', '-'], "_"));
                let label = self.strings.get(&story.language, &key).map_or_else(|| capitalized(role), str::to_owned);
                ContributorsView { role, label, parts: self.names(id, story, signers) }
            })
            .collect()
    }
}

fn words<'a>(text: impl Into<Cow<'a, str>>) -> NameView<'a> {
    let text = text.into();
    NameView { text, path: None, role: None, kind: None, is_name: false, language: None, direction: None }
}
