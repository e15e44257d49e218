//! Resolves credits: ids become authors, and authors get their stories.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use ahash::HashMap;

use crate::article::{Article, Byline, Credit};
use crate::author::Author;
use crate::content_path::AUTHORS;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::route::{SlugStyle, slugify};
use crate::unicode::{clean, composed, name_key};
use crate::yaml;

use super::taxonomies::listed;
use super::{ArticleId, AuthorId, Languages, Person, Signer, Story, about};

/// All authors with a file, by id.
pub(super) struct Directory<'a> {
    faulty: &'a BTreeSet<String>,
    people: Vec<Person>,
    by_id: HashMap<String, AuthorId>,
    /// An index for hints, built on first use.
    by_name: OnceLock<HashMap<String, Vec<AuthorId>>>,
}

/// The credits of one article.
pub(super) struct Credits {
    pub authors: Box<[Signer]>,
    pub contributors: Box<[(String, Box<[Signer]>)]>,
    pub wire: Option<Signer>,
}

impl<'a> Directory<'a> {
    /// Sorts authors by id.
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
        Directory { faulty, people, by_id, by_name: OnceLock::new() }
    }

    /// Returns the credits of an article; an id without a file is an error.
    pub(super) fn credits(&self, article: &Article, diagnostics: &mut Vec<Diagnostic>) -> Credits {
        let front = &article.front;
        let authors = self.signers(front.authors.iter(), article, "authors", diagnostics);
        let contributors = front.rare().contributors.0.iter().map(|(role, credits)| {
            let credits = credits.0.iter().map(|credit| &credit.0);
            (composed(role).into_owned(), self.signers(credits, article, "contributors", diagnostics))
        });
        let contributors = contributors.collect();
        let wire = front.rare().wire.as_ref().and_then(|credit| self.signer(&credit.0, article, "wire", diagnostics));
        let byline = Byline::new(&front.authors, front.rare().wire.as_ref().map(|credit| &credit.0));
        if byline == Byline::Publisher && front.rare().byline.is_none() {
            let message = "the article has no author, so the publisher gets the byline".to_owned();
            let hint = "add `authors: [id]` or a `byline:`";
            diagnostics.push(about(article, Code::NoAuthor, "title", "", message).hint(hint));
        }
        Credits { authors, contributors, wire }
    }

    /// Resolves credits, each once.
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
        let composed = composed(id);
        if let Some(&author) = self.by_id.get(&*composed) {
            return Some(Signer::Author(author));
        }
        if self.faulty.contains(&format!("{AUTHORS}{composed}.md")) {
            return None;
        }
        let message = format!("unknown author `{}`", id.escape_debug());
        diagnostics.push(about(article, Code::UnknownAuthor, key, id, message).hint(self.hint(id, key)));
        None
    }

    /// Suggests authors for an id without a file.
    fn hint(&self, written: &str, key: &str) -> String {
        if let Some(id) = self.named(written) {
            return format!("did you mean `{id}`? authors are named by their files in content/authors/");
        }
        if let Some((id, _)) = written.strip_suffix(".md").and_then(|id| self.by_id.get_key_value(id)) {
            return format!("did you mean `{id}`? an id has no `.md`");
        }
        if let [last, first] = listed(written)[..]
            && let Some(id) = self.named(&format!("{first} {last}"))
        {
            return format!("did you mean `{id}`? authors are named by their files in content/authors/");
        }
        if let Some(people) = self.several(written) {
            let list = people.join(", ");
            return match key {
                "authors" => format!("write a list: `authors: [{list}]`"),
                _ => format!("write a list: `[{list}]`"),
            };
        }
        let ids = self.by_id.keys().map(String::as_str);
        let names = self.people.iter().map(|person| person.author.front.name.as_str());
        let near_name = || nearest(written, names).and_then(|name| self.named(name));
        match nearest(written, ids).or_else(near_name) {
            Some(id) => format!("did you mean `{id}`? authors live in content/authors/"),
            None if written.contains(char::is_whitespace) => {
                format!(
                    "authors live in content/authors/; for a guest, write {{name: {}}}",
                    yaml::flow_text(&clean(written))
                )
            }
            None => format!("add content/authors/{written}.md, or for a guest write {{name: …}}"),
        }
    }

    /// Returns the id of the only person with this name.
    fn named(&self, name: &str) -> Option<&str> {
        match self.all_named(name)[..] {
            [id] => Some(id),
            _ => None,
        }
    }

    /// Returns the ids of the authors whose printed name is this one, or whose ids or names differ from it only in
    /// case, accents or hyphens.
    fn all_named(&self, name: &str) -> Vec<&str> {
        let by_name = self.by_name.get_or_init(|| self.names());
        let found = by_name.get(&name_key(name)).or_else(|| by_name.get(&slugify(name, SlugStyle::Ascii)));
        let people = found.into_iter().flatten().filter_map(|AuthorId(at)| self.people.get(*at as usize));
        people.map(|person| person.author.id.as_str()).collect()
    }

    /// Indexes all authors by their names and ids, as [`name_key`] and as slugs.
    fn names(&self) -> HashMap<String, Vec<AuthorId>> {
        let mut by_name: HashMap<String, Vec<AuthorId>> = HashMap::default();
        for (person, at) in self.people.iter().zip(0..) {
            let front = &person.author.front;
            let names =
                [Some(&person.author.id), Some(&front.name), front.native_name.as_ref(), front.sort_name.as_ref()];
            for name in names.into_iter().flatten() {
                for key in [name_key(name), slugify(name, SlugStyle::Ascii)] {
                    let known = by_name.entry(key).or_default();
                    if !known.contains(&AuthorId(at)) {
                        known.push(AuthorId(at));
                    }
                }
            }
        }
        by_name.remove("");
        by_name
    }

    /// Returns the items of a list that was written as one text, if at least one is a known author: ids for known
    /// authors, guests for the others.
    fn several(&self, written: &str) -> Option<Vec<String>> {
        let mut names = Vec::new();
        for part in listed(written).into_iter().flat_map(|part| part.split(['&', '/', '+'])) {
            names.extend(self.parted(part.trim()));
        }
        let is_any_known = names.iter().any(|name| self.named(name).is_some());
        if names.len() < 2 || !is_any_known {
            return None;
        }
        let item = |name: &str| match self.named(name) {
            Some(id) => yaml::flow_text(id),
            None => format!("{{name: {}}}", yaml::flow_text(&clean(name))),
        };
        Some(names.into_iter().map(item).collect())
    }

    /// Splits two names joined by a word, in any language: `lin and sam`. Other names stay whole.
    fn parted<'n>(&self, name: &'n str) -> Vec<&'n str> {
        if name.is_empty() {
            return Vec::new();
        }
        if self.named(name).is_some() {
            return vec![name];
        }
        let is_known = |name: &str| self.named(name).is_some();
        let spaces: Vec<usize> = name.match_indices(char::is_whitespace).map(|(at, _)| at).collect();
        for (&start, &end) in spaces.iter().zip(spaces.iter().skip(1)) {
            let (before, after) = (name[..start].trim(), name[end..].trim());
            if is_known(before) && is_known(after) {
                return vec![before, after];
            }
        }
        // After a list's last comma the word comes first: `and sam`.
        let rest = spaces.first().map_or("", |&end| name[end..].trim());
        if is_known(rest) { vec![rest] } else { vec![name] }
    }

    /// Gives every author their stories, oldest first.
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
