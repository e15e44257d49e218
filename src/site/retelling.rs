//! Puts another text of a story in the place of the one before, where nothing else of the site can tell them apart.

use std::sync::Arc;

use jiff::Timestamp;

use crate::article::{Article, BodyScan, Sketch};

use super::stories::has_ahead;
use super::{Site, State};

impl Site {
    /// Tells a story with another text, as assembling everything anew would, when that is all that would be another:
    /// its words, its headline, its deck, its summary. `false` when more would, and nothing has been done.
    ///
    /// An editor types in one story, and nobody waits for an archive of a hundred thousand to be put together again.
    pub fn retell(&mut self, was: &Article, article: &Arc<Article>, now: Timestamp) -> bool {
        let is_plain = |article: &Article| article.dates.rare().retracted.is_none() && !has_ahead(article, now);
        if !is_plain(was) || !is_plain(article) || !hang_alike(was, article) {
            return false;
        }
        // What nobody may see may be named by what is shown.
        if !self.hidden.is_empty() && was.body.mentions != article.body.mentions {
            return false;
        }
        let Some(id) = self.article_of(&article.source) else {
            return self.hidden.contains_key(&*article.source);
        };
        // How many sitemaps the news take depends on the lengths of their titles.
        if self.news.contains(&id) && was.front.title.len() != article.front.title.len() {
            return false;
        }
        let story = &mut self.articles[id.0 as usize];
        if story.state != State::Published {
            return false;
        }
        story.article = Arc::clone(article);
        true
    }
}

/// Whether two articles differ in nothing that anything but their own texts and cards shows.
pub fn hang_alike(one: &Article, other: &Article) -> bool {
    let bare = |article: &Article| borsh::to_vec(&without_text(article.clone())).ok();
    let bare_one = bare(one);
    bare_one.is_some() && bare_one == bare(other)
}

/// An article without its words.
fn without_text(mut article: Article) -> Article {
    let front = &mut article.front;
    front.title = Box::default();
    (front.deck, front.kicker, front.summary) = (None, None, None);
    (article.digest, article.sketch) = (0, Sketch::default());
    let BodyScan { has_text, files, references, .. } = article.body;
    article.body = BodyScan { has_text, files, references, ..BodyScan::default() };
    article
}
