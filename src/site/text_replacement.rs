//! Replaces the text of a story in place, if the rest of the site is not affected.

use std::sync::Arc;

use jiff::Timestamp;

use crate::article::{Article, BodyScan, Sketch};

use super::stories::has_ahead;
use super::{Site, State};

impl Site {
    /// Replaces the article of a story, with the same result as assembling the site again, if only its own text
    /// changes: its body, headline, deck and summary. Otherwise returns `false` and changes nothing.
    ///
    /// So an edit to one story in the preview does not wait until an archive of a hundred thousand is assembled again.
    pub fn replace_text(&mut self, was: &Article, article: &Arc<Article>, now: Timestamp) -> bool {
        let is_plain = |article: &Article| article.dates.rare().retracted.is_none() && !has_ahead(article, now);
        if !is_plain(was) || !is_plain(article) || !differ_only_in_text(was, article) {
            return false;
        }
        // Visible content may name hidden files.
        if !self.hidden.is_empty() && was.body.mentions != article.body.mentions {
            return false;
        }
        let Some(id) = self.article_of(&article.source) else {
            return self.hidden.contains_key(&*article.source);
        };
        // The number of news sitemaps depends on the length of titles.
        if self.editions.iter().any(|edition| edition.news.contains(&id))
            && was.front.title.len() != article.front.title.len()
        {
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

/// True if two articles differ only in ways that their own texts and cards show.
pub fn differ_only_in_text(one: &Article, other: &Article) -> bool {
    let bare = |article: &Article| borsh::to_vec(&without_text(article.clone())).ok();
    let bare_one = bare(one);
    bare_one.is_some() && bare_one == bare(other)
}

/// Returns an article without its text.
fn without_text(mut article: Article) -> Article {
    let front = &mut article.front;
    front.title = Box::default();
    (front.deck, front.kicker, front.summary) = (None, None, None);
    (article.digest, article.sketch) = (0, Sketch::default());
    let BodyScan { has_text, files, embeds, frames, references, .. } = article.body;
    article.body = BodyScan { has_text, files, embeds, frames, references, ..BodyScan::default() };
    article
}
