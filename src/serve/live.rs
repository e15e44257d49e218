//! The connection to open pages: server-sent events when a page or its errors change.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::sync::Arc;

use axum::response::sse::Event;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc;

use super::rebuilder::{CurrentSite, SiteEvent};
use super::rendered_page::{PageWithoutAssets, RenderedPage};
use super::request::Answer;
use super::site_server::{NoAnswer, SiteServer, Snapshot};
use super::{Server, desk, own_pages};

/// The script that every page of the preview gets.
pub const SCRIPT: &str = include_str!("live.js");
/// The style sheet of what the script shows.
pub const STYLE: &str = include_str!("live.css");

/// The script element that is added at the end of a page. `has_desk` is for readers who may see the desk.
pub fn snippet(hash: u128, at: Option<Timestamp>, has_desk: bool) -> String {
    let at = at.map(|at| format!(" data-at=\"{at}\"")).unwrap_or_default();
    let desk = if has_desk { " data-desk" } else { "" };
    format!("\n<script src=\"/_presswork/live.js\" data-hash=\"{hash:032x}\"{at}{desk} async></script>\n")
}

/// The element that labels links to stories that are not public.
pub const LABELS: &str = "<link rel=\"stylesheet\" href=\"/_presswork/labels.css\">\n";

/// A page that somebody has open.
#[derive(Debug, Clone)]
pub struct ConnectionRequest {
    /// Its path, decoded.
    pub path: String,
    /// The hash of the version that was loaded.
    pub hash: Option<u128>,
    /// The instant that it shows; `None` for the present.
    pub at: Option<Timestamp>,
    /// The version of the last event that it received, when it reconnects.
    pub since: Option<u64>,
}

/// The current state of an open page.
struct PageVersion {
    /// `None` for a page that cannot be rendered: then the last good version stays.
    hash: Option<u128>,
    without_assets: Option<PageWithoutAssets>,
    state: Badge,
}

/// The text of a page's badge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Badge {
    /// The state of a page that is not public, in words.
    state: Option<&'static str>,
    /// The instant that is shown instead of the present, in words.
    moment: Option<String>,
    /// The page's source.
    source: Option<String>,
    /// The link that opens it in the editor.
    editor: Option<String>,
}

/// Sends an open page its events until it is closed.
pub async fn send_events(server: Arc<Server>, open: ConnectionRequest, events: mpsc::Sender<Event>) {
    let mut watch = server.rebuilder.watch();
    let version = watch.borrow().version;
    // A server that was restarted counts from the beginning.
    let version = open.since.map_or(version, |since| since.min(version));
    let mut teller = OpenPage { seen: None, problems: String::new(), state: None, version, open, server };
    // Browsers pass on no event without data.
    if !teller.send(&events, "number", &version.to_string()).await {
        return;
    }
    loop {
        let shown = watch.borrow_and_update().clone();
        if !teller.look(&shown, &events).await {
            return;
        }
        tokio::select! {
            () = events.closed() => return,
            changed = watch.changed() => if changed.is_err() { return },
        }
    }
}

/// An open page, and the events that it has received.
struct OpenPage {
    server: Arc<Server>,
    open: ConnectionRequest,
    seen: Option<(u128, Option<PageWithoutAssets>)>,
    /// The last errors that it received.
    problems: String,
    state: Option<Badge>,
    version: u64,
}

impl OpenPage {
    /// Sends what is new in the current site. `false` when the page is closed.
    async fn look(&mut self, shown: &CurrentSite, events: &mpsc::Sender<Event>) -> bool {
        if !shown.is_open {
            return true;
        }
        if self.open.path.starts_with(own_pages::DESK) {
            let is_new = self.version != shown.version;
            self.version = shown.version;
            return !is_new || self.send(events, "reload", &self.version.to_string()).await;
        }
        let shows_all = self.server.options.shows_all();
        let is_there = self.site_events(shown, events, shows_all).await;
        let site_server = self.server.rebuilder.server(self.open.at).await;
        let seen = match &site_server {
            Some(site_server) => match self.current(site_server).await {
                Ok(seen) => Some(seen),
                // Its successor is announced in a moment.
                Err(NoAnswer::Stopped) => return is_there,
                Err(NoAnswer::Failed) => None,
            },
            None => None,
        };
        if let Some(seen) = seen
            && !(self.compare(&seen, events).await && self.describe(seen.state, shows_all, events).await)
        {
            return false;
        }
        if !shows_all {
            return is_there;
        }
        let problems = self.server.problems(shown, site_server.as_deref());
        if *problems != self.problems {
            self.problems.clone_from(&problems);
            return self.send(events, "problems", &problems).await;
        }
        is_there
    }

    /// Sends an event with the current version, from which a page that reconnects continues.
    async fn send(&self, events: &mpsc::Sender<Event>, name: &str, data: &str) -> bool {
        events.send(Event::default().event(name).id(self.version.to_string()).data(data)).await.is_ok()
    }

    /// The page's current version.
    async fn current(&self, site_server: &SiteServer) -> Result<PageVersion, NoAnswer> {
        let (path, server, at) = (self.open.path.clone(), Arc::clone(&self.server), self.open.at);
        let assets = Arc::clone(&site_server.assets);
        site_server.query(move |snapshot| version_of(snapshot, &path, &assets, &server, at)).await
    }

    /// Sends an event if the page has changed.
    async fn compare(&mut self, seen: &PageVersion, events: &mpsc::Sender<Event>) -> bool {
        let Some(hash) = seen.hash else { return true };
        let before = self.seen.replace((hash, seen.without_assets.clone()));
        let (was, without_assets) = match before {
            Some((was, without_assets)) => (Some(was), without_assets),
            None => (self.open.hash, None),
        };
        if was.is_none_or(|was| was == hash) {
            return true;
        }
        let restyled =
            without_assets.as_ref().zip(seen.without_assets.as_ref()).and_then(|(was, now)| was.restyled(now));
        match restyled {
            Some(sheets) => {
                let data = serde_json::json!({"hash": format!("{hash:032x}"), "sheets": sheets});
                self.send(events, "styles", &data.to_string()).await
            }
            None => self.send(events, "reload", &format!("{hash:032x}")).await,
        }
    }

    /// Sends the badge if it has changed.
    async fn describe(&mut self, state: Badge, shows_all: bool, events: &mpsc::Sender<Event>) -> bool {
        let state = if shows_all { state } else { Badge::default() };
        if self.state.as_ref() == Some(&state) {
            return true;
        }
        let data = json(&state);
        self.state = Some(state);
        self.send(events, "state", &data).await
    }

    /// Sends events of files that pages may show, and of new articles to readers who may see everything.
    async fn site_events(&mut self, shown: &CurrentSite, events: &mpsc::Sender<Event>, shows_all: bool) -> bool {
        let since = std::mem::replace(&mut self.version, shown.version);
        let Some(site_server) = &shown.server else { return true };
        for (_, news) in shown.events.iter().filter(|(version, _)| *version > since) {
            let news = news.clone();
            let data = site_server.query(move |snapshot| match news {
                // A file of a story that is not public has no URL, and its name may reveal the story.
                SiteEvent::File(source) => {
                    snapshot.url_of(&source).map(|url| ("file", serde_json::json!({"url": url})))
                }
                SiteEvent::Article(_) if !shows_all => None,
                SiteEvent::Article(source) => {
                    let story = snapshot.site.article_of(&source).map(|id| snapshot.site.story(id));
                    let title = story.map(|story| story.article.front.title.to_string());
                    let url = snapshot.url_of(&source);
                    Some(("article", serde_json::json!({"url": url, "title": title, "source": source})))
                }
            });
            let Ok(Some((name, data))) = data.await else { continue };
            if !self.send(events, name, &json(&data)).await {
                return false;
            }
        }
        true
    }
}

/// The page at a path, on one of the site server's threads.
fn version_of(
    snapshot: &Snapshot<'_>,
    path: &str,
    assets: &[(String, String)],
    server: &Server,
    at: Option<Timestamp>,
) -> PageVersion {
    let moment = at.map(|at| desk::instant_in_words(at, &snapshot.config.timezone));
    let page = match snapshot.answer(path, None) {
        Answer::Output(at, _) => snapshot.page(at),
        Answer::Redirect(url, _) => {
            let hash = Some(xxhash_rust::xxh3::xxh3_128(url.as_bytes()));
            return PageVersion { hash, without_assets: None, state: Badge { moment, ..Badge::default() } };
        }
        Answer::Empty(_) => {
            return PageVersion { hash: Some(0), without_assets: None, state: Badge { moment, ..Badge::default() } };
        }
    };
    let source = snapshot.source_of(page.at).map(str::to_owned);
    let editor = source.as_ref().and_then(|source| server.reporter().link(source, None, None));
    let state = Badge { state: snapshot.state_of(page.at).map(desk::state_word), moment, source, editor };
    let without_assets = page.bytes().map(|html| PageWithoutAssets::of(html, assets));
    PageVersion { hash: hash_of(&page), without_assets, state }
}

fn hash_of(page: &RenderedPage) -> Option<u128> {
    page.contents.as_ref().map(|_| page.hash)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
