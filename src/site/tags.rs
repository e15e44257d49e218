//! The tags of all articles as numbers, so that each name is looked at once however many articles have it.

use ahash::HashMap;
use rayon::prelude::*;

use crate::article::Article;

/// The names of tags as they are written, and which article has which.
pub(super) struct TagNames {
    /// Every name, once.
    pub names: Vec<String>,
    /// For each article, in the order of files, where its tags begin in `tags`; and at the end, where they end.
    starts: Vec<u32>,
    /// Tags, by the places of their names.
    tags: Vec<u32>,
}

impl TagNames {
    #[expect(clippy::vec_box, reason = "so articles are kept until they become stories")]
    pub(super) fn new(articles: &Vec<Box<Article>>) -> TagNames {
        let size = articles.len().div_ceil(rayon::current_num_threads() * CHUNKS_A_THREAD).max(1);
        let chunks: Vec<Chunk<'_>> = articles.par_chunks(size).map(Chunk::new).collect();
        let mut names = Vec::new();
        let mut by_name: HashMap<&str, u32> = HashMap::default();
        let mut meanings: Vec<Vec<u32>> = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            let meaning = chunk.names.iter().map(|&name| {
                *by_name.entry(name).or_insert_with(|| {
                    names.push(name.to_owned());
                    names.len() as u32 - 1
                })
            });
            meanings.push(meaning.collect());
        }
        let count = chunks.iter().map(|chunk| chunk.tags.len()).sum();
        let (mut starts, mut tags) = (Vec::with_capacity(articles.len() + 1), Vec::with_capacity(count));
        for (chunk, meaning) in chunks.iter().zip(&meanings) {
            let before = tags.len() as u32;
            starts.extend(chunk.starts.iter().map(|start| before + start));
            tags.extend(chunk.tags.iter().map(|&tag| meaning[tag as usize]));
        }
        starts.push(tags.len() as u32);
        TagNames { names, starts, tags }
    }

    /// The tags of an article, by its place, as places of their names.
    pub(super) fn of(&self, place: u32) -> &[u32] {
        let (start, end) = (self.starts[place as usize], self.starts[place as usize + 1]);
        &self.tags[start as usize..end as usize]
    }
}

/// More chunks share the work evenly, fewer meet the same names less often.
const CHUNKS_A_THREAD: usize = 4;

/// The same of some articles.
struct Chunk<'a> {
    names: Vec<&'a str>,
    starts: Vec<u32>,
    tags: Vec<u32>,
}

impl<'a> Chunk<'a> {
    fn new(articles: &'a [Box<Article>]) -> Chunk<'a> {
        let mut by_name: HashMap<&str, u32> = HashMap::default();
        let mut chunk = Chunk { names: Vec::new(), starts: Vec::with_capacity(articles.len()), tags: Vec::new() };
        for article in articles {
            chunk.starts.push(chunk.tags.len() as u32);
            for name in &article.front.tags {
                let tag = *by_name.entry(name).or_insert_with(|| {
                    chunk.names.push(name);
                    chunk.names.len() as u32 - 1
                });
                chunk.tags.push(tag);
            }
        }
        chunk
    }
}
