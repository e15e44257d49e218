//! Resolves credits: ids become authors, and authors get their stories.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use ahash::HashMap;

use crate::article::{Article, Byline, Credit};
use crate::author::Author;
use crate::config::{Config, EditionId};
use crate::content_path::AUTHORS;
use crate::diagnostic::{Code, Diagnostic};
use crate::route::{SlugStyle, slugify};
use crate::similar_names::SimilarNames;
use crate::unicode::{clean, composed, name_key};
use crate::yaml;

use super::taxonomies::listed;
use super::{ArticleId, AuthorId, Languages, Person, Signer, Story, about};

/// Words for "and" between two names, by which an unknown name is recognized beside a known one.
const CONJUNCTIONS: &[&str] = &[
    "and", "an", "con", "dan", "e", "en", "et", "i", "ir", "ja", "na", "och", "og", "oraz", "si", "și", "und", "và",
    "ve", "y", "и", "і", "та", "و",
];

/// All authors with a file, by id.
pub(super) struct Directory<'a> {
    faulty: &'a BTreeSet<String>,
    people: Vec<Person>,
    /// By edition and id.
    by_id: Vec<HashMap<String, AuthorId>>,
    /// An index for hints, built on first use.
    by_name: OnceLock<HashMap<String, Vec<AuthorId>>>,
    /// The ids and the printed names, for hints.
    similar: OnceLock<[SimilarNames<()>; 2]>,
}

/// The credits of one article.
pub(super) struct Credits {
    pub authors: Box<[Signer]>,
    pub contributors: Box<[(String, Box<[Signer]>)]>,
    pub wire: Option<Signer>,
}

impl<'a> Directory<'a> {
    /// Sorts authors by edition and id. An edition has all authors of the main one.
    pub(super) fn new(
        mut authors: Vec<Author>,
        faulty: &'a BTreeSet<String>,
        languages: &Languages,
        config: &Config,
    ) -> Directory<'a> {
        let edition = |author: &Author| languages.edition(author.front.language.as_deref());
        authors.sort_by(|a, b| (edition(a), &a.id).cmp(&(edition(b), &b.id)));
        let mut directory = Directory {
            faulty,
            people: Vec::new(),
            by_id: Vec::new(),
            by_name: OnceLock::new(),
            similar: OnceLock::new(),
        };
        let mut authors = authors.into_iter().peekable();
        for of in config.editions() {
            let id = of.edition.id;
            directory.by_id.push(HashMap::default());
            while let Some(author) = authors.next_if(|author| edition(author) == id) {
                let language = languages.of(author.front.language.as_deref());
                let place = AuthorId(directory.people.len() as u32);
                directory.add(Person {
                    author,
                    edition: id,
                    file_of: place,
                    has_page: true,
                    language,
                    stories: Vec::new(),
                });
            }
            if !of.edition.is_main() {
                directory.borrow(id);
            }
        }
        directory
    }

    fn add(&mut self, person: Person) {
        let place = AuthorId(self.people.len() as u32);
        self.by_id[usize::from(person.edition.0)].insert(person.author.id.clone(), place);
        self.people.push(person);
    }

    /// Gives an edition the authors of the main edition for whom it has no file.
    fn borrow(&mut self, edition: EditionId) {
        let own = &self.by_id[usize::from(edition.0)];
        let main = self.people.iter().zip((0..).map(AuthorId));
        let main = main.filter(|(person, _)| person.edition == EditionId::MAIN && !own.contains_key(&person.author.id));
        let borrowed: Vec<Person> = main
            .map(|(person, file_of)| Person {
                edition,
                file_of,
                has_page: false,
                stories: Vec::new(),
                author: person.author.clone(),
                language: person.language.clone(),
            })
            .collect();
        borrowed.into_iter().for_each(|person| self.add(person));
    }

    /// Returns the credits of an article; an id without a file is an error.
    pub(super) fn credits(&self, edition: EditionId, article: &Article, diagnostics: &mut Vec<Diagnostic>) -> Credits {
        let front = &article.front;
        let authors = self.signers(front.authors.iter(), edition, article, "authors", diagnostics);
        let contributors = front.rare().contributors.0.iter().map(|(role, credits)| {
            let credits = credits.0.iter().map(|credit| &credit.0);
            (composed(role).into_owned(), self.signers(credits, edition, article, "contributors", diagnostics))
        });
        let contributors = contributors.collect();
        let wire = front.rare().wire.as_ref();
        let wire = wire.and_then(|credit| self.signer(&credit.0, edition, article, "wire", diagnostics));
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
        edition: EditionId,
        article: &Article,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Box<[Signer]> {
        let mut unique = Vec::with_capacity(credits.len());
        for signer in credits.filter_map(|credit| self.signer(credit, edition, article, key, diagnostics)) {
            if !unique.contains(&signer) {
                unique.push(signer);
            }
        }
        unique.into_boxed_slice()
    }

    fn signer(
        &self,
        credit: &Credit,
        edition: EditionId,
        article: &Article,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Signer> {
        let id = match credit {
            Credit::Guest(guest) => return Some(Signer::Guest(guest.clone())),
            Credit::Id(id) => id,
        };
        let composed = composed(id);
        if let Some(&author) = self.by_id[usize::from(edition.0)].get(&*composed) {
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
        if let Some((id, _)) = written.strip_suffix(".md").and_then(|id| self.by_id[0].get_key_value(id)) {
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
        let [ids, names] = self.similar.get_or_init(|| {
            let ids = self.by_id.iter().flat_map(HashMap::keys).map(String::as_str);
            let names = self.people.iter().map(|person| person.author.front.name.as_str());
            [SimilarNames::new(ids.map(|id| (id, ()))), SimilarNames::new(names.map(|name| (name, ())))]
        });
        let near = |names: &'_ SimilarNames<()>| names.nearest(written, |()| true).map(|(name, ())| name.to_owned());
        let near_name = || near(names).and_then(|name| self.named(&name).map(str::to_owned));
        match near(ids).or_else(near_name) {
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
        let own = self.people.iter().zip((0..).map(AuthorId)).filter(|(person, at)| person.file_of == *at);
        for (person, at) in own {
            let front = &person.author.front;
            let names =
                [Some(&person.author.id), Some(&front.name), front.native_name.as_ref(), front.sort_name.as_ref()];
            for name in names.into_iter().flatten() {
                for key in [name_key(name), slugify(name, SlugStyle::Ascii)] {
                    let known = by_name.entry(key).or_default();
                    if !known.contains(&at) {
                        known.push(at);
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
            let is_joined = || CONJUNCTIONS.contains(&name[start..end].trim().to_lowercase().as_str());
            if is_known(before) && is_known(after) || (is_known(before) || is_known(after)) && is_joined() {
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
            let contributors = story.contributors.iter().flat_map(|(_, signers)| signers);
            for signer in story.authors.iter().chain(contributors).chain(&story.wire) {
                let Signer::Author(author) = signer else { continue };
                let person = &mut self.people[author.0 as usize];
                person.has_page = true;
                let stories = &mut person.stories;
                if story.is_listed() && stories.last() != Some(&ArticleId(at)) {
                    stories.push(ArticleId(at));
                }
            }
        }
        self.people
    }
}
