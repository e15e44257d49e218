//! Answers for pages of the site: as they are, as they last could be printed, or what is wrong.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ahash::HashMap;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, VARY};
use axum::http::{Response, StatusCode};
use tokio::time::{Instant, timeout};
use xxhash_rust::xxh3::xxh3_128;

use crate::config::Host;
use crate::diagnostic::Severity;
use crate::hosts::HostRules;
use crate::render::Contents;

use super::asking::Answer;
use super::newsroom::Message;
use super::press::{Press, Room, Unanswered};
use super::printing::Printed;
use super::responding::{elsewhere, plain, set};
use super::{Asked, Server, desk, live, responding};

/// Pages by their files, and how many bytes they take.
#[derive(Default)]
pub struct GoodPages {
    pages: HashMap<String, (u128, Arc<[u8]>)>,
    bytes: usize,
}

/// How long a press is waited for that knows a page's file as it is, and how often it is asked at least.
const PATIENCE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(250);
/// So many bytes of good pages are kept.
const GOOD: usize = 8 << 20;

impl GoodPages {
    fn keep(&mut self, route: &str, hash: u128, bytes: &[u8]) {
        if self.pages.get(route).is_some_and(|(known, _)| *known == hash) {
            return;
        }
        if self.bytes + bytes.len() > GOOD {
            *self = GoodPages::default();
        }
        self.bytes += bytes.len();
        if let Some((_, before)) = self.pages.insert(route.to_owned(), (hash, bytes.into())) {
            self.bytes -= before.len();
        }
    }
}

/// What is at an address.
struct Found {
    answer: Answer,
    /// The page, where the answer is one.
    page: Option<Arc<Printed>>,
    /// What the site's hosts say with every answer.
    headers: Vec<(String, String)>,
}

/// For sites without a page of their own for it.
const NOTHING: &[u8] = b"<!DOCTYPE html><title>Nothing here</title><p>Nothing is here.";

impl Server {
    /// A page of the site, or a file.
    pub(super) async fn page(&self, asked: &Asked) -> Response<Body> {
        let (found, press) = match self.find(asked).await {
            Ok(found) => found,
            Err(Unanswered::Stopped) => return self.broken(None, StatusCode::SERVICE_UNAVAILABLE).await,
            Err(Unanswered::Failed) => {
                let why = "Printing this page failed; that is a fault of Presswork.";
                return plain(StatusCode::INTERNAL_SERVER_ERROR, why);
            }
        };
        let mut response = self.respond(asked, &found, &press).await;
        for (name, value) in found.headers {
            // What the preview says itself, it says of this answer: that nothing of it is kept without asking again, above all.
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes())
                && !response.headers().contains_key(&name)
            {
                set(&mut response, name, &value);
            }
        }
        response
    }

    /// What is asked for, printed by a press that knows the files as they are, if one comes up in time.
    async fn find(&self, asked: &Asked) -> Result<(Found, Arc<Press>), Unanswered> {
        let Asked { path, query, at, .. } = asked.clone();
        let question = move |room: &Room<'_>| {
            let answer = room.answer(&path, query.as_deref());
            let page = match answer {
                Answer::Output(at, _) => Some(room.page(at)),
                _ => None,
            };
            Found { answer, page, headers: room.host().map(headers_of).unwrap_or_default() }
        };
        let mut watch = self.newsroom.watch();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (found, press) = self.ask(at.instant, question.clone()).await?;
            let overtaken = found.page.as_ref().and_then(|page| page.overtaken.as_ref());
            let Some(source) = overtaken.filter(|source| !self.is_faulty(source)) else { return Ok((found, press)) };
            // However often it is another once more until the next press is up, readers wait: but not for ever.
            if Instant::now() >= deadline {
                return Ok((found, press));
            }
            // Nobody may have told the keeper yet.
            self.newsroom.tell(Message::Changed([self.options.root.join(source)].into()));
            // No press comes when the file is by now what it was.
            let _ = timeout(STEP, watch.changed()).await;
        }
    }

    async fn respond(&self, asked: &Asked, found: &Found, press: &Press) -> Response<Body> {
        match (&found.answer, &found.page) {
            (Answer::Output(_, status), Some(page)) => match &page.contents {
                Some(Contents::Copy(source)) => {
                    responding::file(&asked.headers, &self.options.root, source, &page.route).await
                }
                Some(Contents::Bytes(bytes)) => self.printed(asked, status_of(*status), &page.route, page.hash, bytes),
                None => self.last_good(asked, page, press).await,
            },
            (Answer::Elsewhere(url, status), _) => elsewhere(status_of(*status), url),
            (Answer::Nothing(status) | Answer::Output(_, status), _) => {
                self.watched(asked, status_of(*status), "nothing.html", 0, NOTHING)
            }
        }
    }

    /// Whether a source is known to say nothing usable now.
    fn is_faulty(&self, source: &str) -> bool {
        let shown = self.newsroom.watch();
        let shown = shown.borrow();
        shown.diagnostics.iter().any(|found| found.path == source && found.severity == Severity::Error)
    }

    fn printed(&self, asked: &Asked, status: StatusCode, route: &str, hash: u128, bytes: &[u8]) -> Response<Body> {
        if !route.ends_with(".html") {
            return responding::bytes(&asked.headers, status, route, hash, bytes.to_vec());
        }
        if asked.at.instant.is_none() {
            self.good.lock().unwrap_or_else(PoisonError::into_inner).keep(route, hash, bytes);
        }
        self.watched(asked, status, route, hash, bytes)
    }

    /// A page with what keeps it as it is.
    fn watched(&self, asked: &Asked, status: StatusCode, route: &str, hash: u128, bytes: &[u8]) -> Response<Body> {
        let snippet = live::snippet(hash, asked.at.instant, self.options.tells_all());
        // What is added names the moment, so the same page has another tag then.
        let tag = asked.at.instant.map_or(hash, |_| hash ^ xxh3_128(snippet.as_bytes()));
        let bytes = [bytes, snippet.as_bytes()].concat();
        let mut response = responding::bytes(&asked.headers, status, route, tag, bytes);
        set(&mut response, VARY, "cookie");
        response
    }

    /// A page that cannot be printed, as it last could.
    async fn last_good(&self, asked: &Asked, page: &Printed, press: &Press) -> Response<Body> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner).pages.get(&page.route).cloned();
        match good {
            Some((hash, bytes)) => self.watched(asked, StatusCode::OK, &page.route, hash, &bytes),
            None => self.broken(Some(press), StatusCode::INTERNAL_SERVER_ERROR).await,
        }
    }

    /// A page of what is wrong, for when there is no other.
    pub(super) async fn broken(&self, press: Option<&Press>, status: StatusCode) -> Response<Body> {
        if !self.options.tells_all() {
            return plain(status, "This page cannot be shown at the moment.");
        }
        let shown = self.newsroom.shown().await;
        let problems = self.reporter().errors(&self.diagnostics(&shown, press));
        let mut response = match desk::broken(&problems) {
            Ok(html) => Response::new(Body::from(html + &live::snippet(0, None, true))),
            Err(why) => plain(status, &why),
        };
        *response.status_mut() = status;
        set(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
        set(&mut response, CACHE_CONTROL, "no-cache");
        response
    }
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The headers that the site's host is told, but for those that belong to published sites alone: a browser that is
/// told to use TLS for ever, or for every file, finds no preview.
fn headers_of((host, rules): (Host, &HostRules<'_>)) -> Vec<(String, String)> {
    let is_left_out = |name: &str| NOT_HERE.iter().any(|not_here| name.eq_ignore_ascii_case(not_here));
    let headers = rules.headers(host).filter(|(name, _)| !is_left_out(name));
    let headers = headers.map(|(name, value)| match name.eq_ignore_ascii_case("content-security-policy") {
        true => (name.to_owned(), value.split(',').map(admitting).collect::<Vec<_>>().join(", ")),
        false => (name.to_owned(), value.to_owned()),
    });
    headers.collect()
}

/// Headers that would lock the preview out of the browser, empty it at each page, or lead away from it.
const NOT_HERE: [&str; 3] = ["strict-transport-security", "clear-site-data", "refresh"];

/// A content security policy (CSP Level 3) that also lets in the preview's own script, its style sheet and its connection,
/// and asks for no encryption. What it says of everything else stays.
fn admitting(policy: &str) -> String {
    const OWN: &str = "'self'";
    let directives = policy.split(';').filter_map(|directive| {
        let mut words = directive.split_ascii_whitespace();
        Some((words.next()?.to_ascii_lowercase(), words.collect::<Vec<_>>()))
    });
    let mut directives: Vec<(String, Vec<&str>)> =
        directives.filter(|(name, _)| name != "upgrade-insecure-requests").collect();
    // What is not named is as `default-src` says, and what is said of elements alone counts before both.
    let default = directives.iter().find(|(name, _)| name == "default-src").map(|(_, sources)| sources.clone());
    for name in ["script-src", "style-src", "connect-src"] {
        if let Some(default) = &default
            && directives.iter().all(|(named, _)| named != name)
        {
            directives.push((name.to_owned(), default.clone()));
        }
    }
    for (name, sources) in &mut directives {
        let is_needed =
            matches!(name.as_str(), "script-src" | "script-src-elem" | "style-src" | "style-src-elem" | "connect-src");
        if is_needed && !sources.contains(&OWN) {
            sources.retain(|source| !source.eq_ignore_ascii_case("'none'"));
            sources.push(OWN);
        }
    }
    let written = directives.iter().map(|(name, sources)| [&[name.as_str()], sources.as_slice()].concat().join(" "));
    written.collect::<Vec<_>>().join("; ")
}
