//! Who signs what: ids become authors, and authors learn what they have worked on.

use std::collections::BTreeSet;

use ahash::HashMap;

use crate::article::{Article, Credit};
use crate::author::Author;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

use super::{ArticleId, AuthorId, Languages, Person, Signer, Story, about};

/// Everybody with a file, by id.
pub(super) struct Directory<'a> {
    faulty: &'a BTreeSet<String>,
    people: Vec<Person>,
    by_id: HashMap<String, AuthorId>,
}

/// The credits of one article.
pub(super) struct Credits {
    pub authors: Box<[Signer]>,
    pub contributors: Box<[(String, Box<[Signer]>)]>,
    pub wire: Option<Signer>,
}

impl<'a> Directory<'a> {
    /// Orders authors by id.
    pub(super) fn new(mut authors: Vec<Author>, faulty: &'a BTreeSet<String>, languages: &Languages) -> Directory<'a> {
        authors.sort_by(|a, b| a.id.cmp(&b.id));
        let people: Vec<Person> = authors
            .into_iter()
            .map(|author| Person {
                language: languages.of(author.front.language.as_deref()),
                author,
                stories: Vec::new(),
            })
            .collect();
        let by_id = people.iter().zip(0..).map(|(person, at)| (person.author.id.clone(), AuthorId(at))).collect();
        Directory { faulty, people, by_id }
    }

    /// The credits of an article; an id without a file is an error.
    pub(super) fn credits(&self, article: &Article, diagnostics: &mut Vec<Diagnostic>) -> Credits {
        let front = &article.front;
        let authors = self.signers(front.authors.iter(), article, "authors", diagnostics);
        let contributors = front.contributors.0.iter().map(|(role, credits)| {
            let credits = credits.0.iter().map(|credit| &credit.0);
            (role.clone(), self.signers(credits, article, "contributors", diagnostics))
        });
        let contributors = contributors.collect();
        let wire = front.wire.as_ref().and_then(|credit| self.signer(&credit.0, article, "wire", diagnostics));
        if front.authors.is_empty() && front.byline.is_none() && front.wire.is_none() {
            let message = "the article has no author, so the publisher signs it".to_owned();
            let hint = "add `authors: [id]`, or a `byline:` of its own";
            diagnostics.push(about(article, Code::NoAuthor, "title", "", message).hint(hint));
        }
        Credits { authors, contributors, wire }
    }

    /// Those who are credited, each once.
    fn signers<'c>(
        &self,
        credits: impl ExactSizeIterator<Item = &'c Credit>,
        article: &Article,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Box<[Signer]> {
        let mut unique = Vec::with_capacity(credits.len());
        for signer in credits.filter_map(|credit| self.signer(credit, article, key, diagnostics)) {
            if !unique.contains(&signer) {
                unique.push(signer);
            }
        }
        unique.into_boxed_slice()
    }

    fn signer(
        &self,
        credit: &Credit,
        article: &Article,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Signer> {
        let id = match credit {
            Credit::Guest(guest) => return Some(Signer::Guest(guest.clone())),
            Credit::Id(id) => id,
        };
        if let Some(&author) = self.by_id.get(id) {
            return Some(Signer::Author(author));
        }
        if self.faulty.contains(&format!("content/authors/{id}.md")) {
            return None;
        }
        let known = self.by_id.keys().map(String::as_str);
        let place = "authors live in content/authors/";
        let hint = match did_you_mean(id, known) {
            Some(hint) => format!("{hint} {place}"),
            None => format!("add content/authors/{id}.md, or name a guest: {{name: …}}"),
        };
        diagnostics.push(
            about(article, Code::UnknownAuthor, key, id, format!("no author `{}`", id.escape_debug())).hint(hint),
        );
        None
    }

    /// Gives everybody her stories, oldest first.
    pub(super) fn fill(mut self, articles: &[Story]) -> Vec<Person> {
        for (story, at) in articles.iter().zip(0..) {
            if !story.is_listed() {
                continue;
            }
            let contributors = story.contributors.iter().flat_map(|(_, signers)| signers);
            for signer in story.authors.iter().chain(contributors).chain(&story.wire) {
                let Signer::Author(author) = signer else { continue };
                let stories = &mut self.people[author.0 as usize].stories;
                if stories.last() != Some(&ArticleId(at)) {
                    stories.push(ArticleId(at));
                }
            }
        }
        self.people
    }
}
