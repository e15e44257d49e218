//! Makes stories of articles, and puts them in the order of time.

use hashbrown::HashTable;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::Article;
use crate::diagnostic::Diagnostic;

use super::people::Directory;
use super::sections::Tree;
use super::{ArticleId, Languages, State, Story, ids};

/// All stories, oldest first.
pub(super) struct Told {
    pub stories: Vec<Story>,
    /// Where the article of each story stood among the articles.
    pub places: Vec<u32>,
    /// Stories by the file that they are in.
    pub by_source: HashTable<ArticleId>,
}

/// Gives every article its section, credits and language. An article that lies in no section becomes no story.
#[expect(clippy::vec_box, reason = "articles are moved on, and large")]
pub(super) fn tell(
    articles: Vec<Box<Article>>,
    states: Vec<State>,
    sections: &Tree,
    people: &Directory<'_>,
    languages: &Languages,
    diagnostics: &mut Vec<Diagnostic>,
) -> Told {
    // In the order of files, in which they lie in memory, and only then in that of time: going from article to article
    // in any other order takes several times as long.
    let told = articles.into_par_iter().zip(states).enumerate().map(|(place, (article, state))| {
        let mut diagnostics = Vec::new();
        // Of stories of one instant (often a day), the heavier one stands before the others: later in this order. Of
        // those that weigh alike, the file's path decides, by which articles are ordered here.
        let key = (article.dates.published.instant, article.front.weight, place as u32);
        let hash = hash(&article.source);
        let section = sections.of_article(&article, &mut diagnostics);
        let story = section.map(|section| {
            let credits = people.credits(&article, &mut diagnostics);
            Story {
                state,
                language: languages.of(article.front.language.as_deref()),
                section,
                authors: credits.authors,
                contributors: credits.contributors,
                wire: credits.wire,
                terms: Box::default(),
                series: None,
                older: None,
                newer: None,
                related: Box::default(),
                article,
            }
        });
        ((key, hash), (story, diagnostics))
    });
    let (mut keyed, mut told_now): (Vec<((Timestamp, i64, u32), u64)>, Vec<_>) = (Vec::new(), Vec::new());
    told.unzip_into_vecs(&mut keyed, &mut told_now);
    keyed.par_sort_unstable();
    let mut stories = Vec::with_capacity(keyed.len());
    let (mut places, mut hashes) = (Vec::with_capacity(keyed.len()), Vec::with_capacity(keyed.len()));
    for ((.., place), hash) in keyed {
        let (story, found) = &mut told_now[place as usize];
        diagnostics.append(found);
        if let Some(story) = story.take() {
            stories.push(story);
            places.push(place);
            hashes.push(hash);
        }
    }
    let mut by_source = HashTable::with_capacity(stories.len());
    for (id, &hash) in ids(&stories).zip(&hashes) {
        by_source.insert_unique(hash, id, |id| hashes[id.0 as usize]);
    }
    Told { stories, places, by_source }
}

/// What a source is found by.
pub(super) fn hash(source: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(source.as_bytes())
}
