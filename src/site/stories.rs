//! Makes stories of articles, and puts them in the order of time.

use hashbrown::HashTable;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::article::Article;
use crate::diagnostic::Diagnostic;

use super::people::Directory;
use super::sections::Tree;
use super::survey::Survey;
use super::{ArticleId, Languages, Related, Story, ids};

/// All stories, oldest first.
pub(super) struct Told {
    pub stories: Vec<Story>,
    /// Where the article of each story stood among the articles.
    pub places: Vec<u32>,
    /// Stories by the file that they are in.
    pub by_source: HashTable<ArticleId>,
}

/// What is kept beside a story until all are in order.
struct Aside {
    /// Of stories of one instant (often a day), the heavier one stands before the others: later in this order. Of
    /// those that weigh alike, the file's path decides, by which articles are ordered here.
    key: (Timestamp, i64, u32),
    hash: u64,
    diagnostics: Vec<Diagnostic>,
}

/// Gives every public article its section, credits and language. One that lies in no section becomes no story.
#[expect(clippy::vec_box, reason = "articles are moved on, and large")]
pub(super) fn tell(
    articles: Vec<Box<Article>>,
    survey: &Survey,
    sections: &Tree,
    people: &Directory<'_>,
    languages: &Languages,
    diagnostics: &mut Vec<Diagnostic>,
) -> Told {
    // In the order of files, in which they lie in memory, and only then in that of time: going from article to article
    // in any other order takes several times as long.
    let told = articles.into_par_iter().zip(&survey.looks).enumerate().map(|(place, (article, look))| {
        let key = (article.dates.published.instant, article.front.weight, place as u32);
        let mut aside = Aside { key, hash: hash(&article.source), diagnostics: Vec::new() };
        if !look.state.is_public() {
            return (None, aside);
        }
        let section = sections.of_article(&article, &mut aside.diagnostics);
        let story = section.map(|section| {
            let credits = people.credits(&article, &mut aside.diagnostics);
            Story {
                state: look.state,
                language: languages.of(article.front.language.as_deref()),
                section,
                authors: credits.authors,
                contributors: credits.contributors,
                wire: credits.wire,
                tags: Box::default(),
                terms: Box::default(),
                series: None,
                older: None,
                newer: None,
                related: Related::default(),
                article,
            }
        });
        (story, aside)
    });
    let (mut stories, mut asides): (Vec<Option<Story>>, Vec<Aside>) = (Vec::new(), Vec::new());
    told.unzip_into_vecs(&mut stories, &mut asides);
    asides.par_sort_unstable_by_key(|aside| aside.key);
    // For each file, where its story belongs.
    let mut ranks = vec![0; stories.len()];
    let mut places = Vec::with_capacity(stories.len());
    let mut hashes = Vec::with_capacity(stories.len());
    for (mut aside, rank) in asides.into_iter().zip(0u32..) {
        let (.., place) = aside.key;
        ranks[place as usize] = rank;
        diagnostics.append(&mut aside.diagnostics);
        if stories[place as usize].is_some() {
            places.push(place);
            hashes.push(aside.hash);
        }
    }
    let stories: Vec<Story> = arranged(stories, ranks).into_iter().flatten().collect();
    let mut by_source = HashTable::with_capacity(stories.len());
    for (id, &hash) in ids(&stories).zip(&hashes) {
        by_source.insert_unique(hash, id, |id| hashes[id.0 as usize]);
    }
    Told { stories, places, by_source }
}

/// Puts every value where its rank says, without another list of them: new memory costs more than swapping.
fn arranged<T>(mut values: Vec<T>, mut ranks: Vec<u32>) -> Vec<T> {
    for at in 0..values.len() {
        while ranks[at] as usize != at {
            let rank = ranks[at] as usize;
            values.swap(at, rank);
            ranks.swap(at, rank);
        }
    }
    values
}

/// What a source is found by.
pub(super) fn hash(source: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(source.as_bytes())
}
