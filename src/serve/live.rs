//! The connection to open pages: server-sent events that say when a page is another, and what is wrong.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::sync::Arc;

use axum::response::sse::Event;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc;

use super::asking::Answer;
use super::newsroom::{Event as News, Shown};
use super::press::{Press, Room, Unanswered};
use super::printing::{Likeness, Printed};
use super::{Server, desk};

/// The script that every page of the preview gets.
pub const SCRIPT: &str = include_str!("live.js");
/// How what it shows looks.
pub const STYLE: &str = include_str!("live.css");

/// Puts the way to the script at the end of a page: nothing else of it is changed. `has_desk` is for who is told all.
pub fn snippet(hash: u128, at: Option<Timestamp>, has_desk: bool) -> String {
    let at = at.map(|at| format!(" data-at=\"{at}\"")).unwrap_or_default();
    let desk = if has_desk { " data-desk" } else { "" };
    format!("\n<script src=\"/_presswork/live.js\" data-hash=\"{hash:032x}\"{at}{desk} async></script>\n")
}

/// A page that somebody has open.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its path, decoded.
    pub path: String,
    /// The hash that it came with.
    pub hash: Option<u128>,
    /// The moment that it shows; `None` for the present.
    pub at: Option<Timestamp>,
    /// The number of what it was last told, when it has been away for a while.
    pub since: Option<u64>,
}

/// What an open page is now.
struct Seen {
    /// `None` for what cannot be printed: then the last good state stays.
    hash: Option<u128>,
    likeness: Option<Likeness>,
    state: State,
}

/// What the badge says of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct State {
    /// What the public may not see of it, in words.
    state: Option<&'static str>,
    /// The moment that is shown instead of the present, in words.
    moment: Option<String>,
    /// The page's source.
    source: Option<String>,
    /// What opens it in the editor.
    editor: Option<String>,
}

/// Tells an open page what it has to know, until it is closed.
pub async fn tell(server: Arc<Server>, open: Open, tell: mpsc::Sender<Event>) {
    let mut watch = server.newsroom.watch();
    let number = watch.borrow().number;
    // A server that was started anew counts anew.
    let number = open.since.map_or(number, |since| since.min(number));
    let mut teller = Teller { seen: None, said: String::new(), state: None, number, open, server };
    // Browsers pass on no event without data.
    if !teller.send(&tell, "number", &number.to_string()).await {
        return;
    }
    loop {
        let shown = watch.borrow_and_update().clone();
        if !teller.look(&shown, &tell).await {
            return;
        }
        tokio::select! {
            () = tell.closed() => return,
            changed = watch.changed() => if changed.is_err() { return },
        }
    }
}

/// Remembers what an open page has been told.
struct Teller {
    server: Arc<Server>,
    open: Open,
    seen: Option<(u128, Option<Likeness>)>,
    /// What it was told of problems.
    said: String,
    state: Option<State>,
    number: u64,
}

impl Teller {
    /// Looks at what is shown and tells what is new of it. `false` when the page is gone.
    async fn look(&mut self, shown: &Shown, tell: &mpsc::Sender<Event>) -> bool {
        if !shown.is_open {
            return true;
        }
        if self.open.path.starts_with(desk::PATH) {
            let is_new = self.number != shown.number;
            self.number = shown.number;
            return !is_new || self.send(tell, "reload", &self.number.to_string()).await;
        }
        let tells_all = self.server.options.tells_all();
        let is_there = self.news(shown, tell, tells_all).await;
        let press = self.server.newsroom.press(self.open.at).await;
        let seen = match &press {
            Some(press) => match self.see(press).await {
                Ok(seen) => Some(seen),
                // Its successor is told of in a moment.
                Err(Unanswered::Stopped) => return is_there,
                Err(Unanswered::Failed) => None,
            },
            None => None,
        };
        if let Some(seen) = seen
            && !(self.compare(&seen, tell).await && self.describe(seen.state, tells_all, tell).await)
        {
            return false;
        }
        if !tells_all {
            return is_there;
        }
        let problems = self.server.problems(shown, press.as_deref());
        if *problems != self.said {
            self.said.clone_from(&problems);
            return self.send(tell, "problems", &problems).await;
        }
        is_there
    }

    /// Sends an event with the number of what has been told, from which a page goes on that was away.
    async fn send(&self, tell: &mpsc::Sender<Event>, name: &str, data: &str) -> bool {
        tell.send(Event::default().event(name).id(self.number.to_string()).data(data)).await.is_ok()
    }

    /// What the page is now.
    async fn see(&self, press: &Press) -> Result<Seen, Unanswered> {
        let (path, server, at) = (self.open.path.clone(), Arc::clone(&self.server), self.open.at);
        let assets = Arc::clone(&press.assets);
        press.ask(move |room| see(room, &path, &assets, &server, at)).await
    }

    /// Tells the page when it is another.
    async fn compare(&mut self, seen: &Seen, tell: &mpsc::Sender<Event>) -> bool {
        let Some(hash) = seen.hash else { return true };
        let before = self.seen.replace((hash, seen.likeness.clone()));
        let (was, likeness) = match before {
            Some((was, likeness)) => (Some(was), likeness),
            None => (self.open.hash, None),
        };
        if was.is_none_or(|was| was == hash) {
            return true;
        }
        let restyled = likeness.as_ref().zip(seen.likeness.as_ref()).and_then(|(was, now)| was.restyled(now));
        match restyled {
            Some(sheets) => {
                let told = serde_json::json!({"hash": format!("{hash:032x}"), "sheets": sheets});
                self.send(tell, "styles", &told.to_string()).await
            }
            None => self.send(tell, "reload", &format!("{hash:032x}")).await,
        }
    }

    /// Tells what the badge says.
    async fn describe(&mut self, state: State, tells_all: bool, tell: &mpsc::Sender<Event>) -> bool {
        let state = if tells_all { state } else { State::default() };
        if self.state.as_ref() == Some(&state) {
            return true;
        }
        let told = json(&state);
        self.state = Some(state);
        self.send(tell, "state", &told).await
    }

    /// Tells of new articles, who is told all, and of files that pages may show.
    async fn news(&mut self, shown: &Shown, tell: &mpsc::Sender<Event>, tells_all: bool) -> bool {
        let since = std::mem::replace(&mut self.number, shown.number);
        let Some(press) = &shown.press else { return true };
        for (_, news) in shown.events.iter().filter(|(number, _)| *number > since) {
            let news = news.clone();
            let told = press.ask(move |room| match news {
                // A file of a story that is not public has no URL, and its name may say what the story is of.
                News::File(source) => room.url_of(&source).map(|url| ("file", serde_json::json!({"url": url}))),
                News::Article(_) if !tells_all => None,
                News::Article(source) => {
                    let story = room.site.article_of(&source).map(|id| room.site.story(id));
                    let title = story.map(|story| story.article.front.title.to_string());
                    let url = room.url_of(&source);
                    Some(("article", serde_json::json!({"url": url, "title": title, "source": source})))
                }
            });
            let Ok(Some((name, told))) = told.await else { continue };
            if !self.send(tell, name, &json(&told)).await {
                return false;
            }
        }
        true
    }
}

/// What is at a path, on one of the press's threads.
fn see(room: &Room<'_>, path: &str, assets: &[(String, String)], server: &Server, at: Option<Timestamp>) -> Seen {
    let moment = at.map(|at| desk::shown_moment(at, &room.config.timezone));
    let page = match room.answer(path, None) {
        Answer::Output(at, _) => room.page(at),
        Answer::Elsewhere(url, _) => {
            let hash = Some(xxhash_rust::xxh3::xxh3_128(url.as_bytes()));
            return Seen { hash, likeness: None, state: State { moment, ..State::default() } };
        }
        Answer::Nothing(_) => {
            return Seen { hash: Some(0), likeness: None, state: State { moment, ..State::default() } };
        }
    };
    let source = room.source_of(page.at).map(str::to_owned);
    let editor = source.as_ref().and_then(|source| server.reporter().link(source, None, None));
    let state = State { state: room.state_of(page.at).map(desk::state_word), moment, source, editor };
    let likeness = page.bytes().map(|html| Likeness::of(html, assets));
    Seen { hash: hash_of(&page), likeness, state }
}

fn hash_of(page: &Printed) -> Option<u128> {
    page.contents.as_ref().map(|_| page.hash)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
