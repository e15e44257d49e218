//! Responses for pages of the site: the page, its last good version, or its errors.

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

use super::rebuilder::Message;
use super::rendered_page::RenderedPage;
use super::request::Answer;
use super::response::{plain, redirect, set};
use super::site_server::{NoAnswer, SiteServer, Snapshot};
use super::{PageRequest, Server, desk, live, response};

/// Pages by their files, and how many bytes they take.
#[derive(Default)]
pub struct LastGoodPages {
    pages: HashMap<String, (u128, Arc<[u8]>)>,
    bytes: usize,
}

/// The longest wait for a site server that has read a page's changed file, and the longest pause between two queries.
const PATIENCE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(250);
/// The most bytes of good pages that are kept.
const GOOD: usize = 8 << 20;

impl LastGoodPages {
    fn keep(&mut self, route: &str, hash: u128, bytes: &[u8]) {
        if self.pages.get(route).is_some_and(|(known, _)| *known == hash) {
            return;
        }
        if self.bytes + bytes.len() > GOOD {
            *self = LastGoodPages::default();
        }
        self.bytes += bytes.len();
        if let Some((_, before)) = self.pages.insert(route.to_owned(), (hash, bytes.into())) {
            self.bytes -= before.len();
        }
    }
}

/// The answer for a URL.
struct PageAnswer {
    answer: Answer,
    /// The page, where the answer is one.
    page: Option<Arc<RenderedPage>>,
    /// The headers that the site's host adds to every response.
    headers: Vec<(String, String)>,
}

/// For sites without a page of their own for missing pages.
const NOTHING: &[u8] = b"<!DOCTYPE html><title>Nothing here</title><p>Nothing is here.";

impl Server {
    /// A page of the site, or a file.
    pub(super) async fn page(&self, request: &PageRequest) -> Response<Body> {
        let (found, site_server) = match self.find(request).await {
            Ok(found) => found,
            Err(NoAnswer::Stopped) => return self.broken(None, StatusCode::SERVICE_UNAVAILABLE).await,
            Err(NoAnswer::Failed) => {
                let why = "Rendering this page failed; that is a bug in Presswork.";
                return plain(StatusCode::INTERNAL_SERVER_ERROR, why);
            }
        };
        let mut response = self.respond(request, &found, &site_server).await;
        for (name, value) in found.headers {
            // The preview's own headers win, above all those against caching.
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes())
                && !response.headers().contains_key(&name)
            {
                set(&mut response, name, &value);
            }
        }
        response
    }

    /// The requested page, rendered by a site server that has read the current files, if one is ready in time.
    async fn find(&self, request: &PageRequest) -> Result<(PageAnswer, Arc<SiteServer>), NoAnswer> {
        let PageRequest { path, query, at, .. } = request.clone();
        let query_page = move |snapshot: &Snapshot<'_>| {
            let answer = snapshot.answer(&path, query.as_deref());
            let page = match answer {
                Answer::Output(at, _) => Some(snapshot.page(at)),
                _ => None,
            };
            PageAnswer { answer, page, headers: snapshot.host().map(headers_of).unwrap_or_default() }
        };
        let mut watch = self.rebuilder.watch();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (found, site_server) = self.query(at.instant, query_page.clone()).await?;
            let overtaken = found.page.as_ref().and_then(|page| page.overtaken.as_ref());
            let Some(source) = overtaken.filter(|source| !self.is_faulty(source)) else {
                return Ok((found, site_server));
            };
            // The file may change again and again; readers do not wait for ever.
            if Instant::now() >= deadline {
                return Ok((found, site_server));
            }
            // The rebuild loop may not know yet.
            self.rebuilder.send(Message::Changed([self.options.root.join(source)].into()));
            // No new site server comes if the file has changed back.
            let _ = timeout(STEP, watch.changed()).await;
        }
    }

    async fn respond(&self, request: &PageRequest, found: &PageAnswer, site_server: &SiteServer) -> Response<Body> {
        match (&found.answer, &found.page) {
            (Answer::Output(_, status), Some(page)) => match &page.contents {
                Some(Contents::Copy(source)) => {
                    response::file(&request.headers, &self.options.root, source, &page.route).await
                }
                Some(Contents::Kept(path)) => response::kept(&request.headers, path, &page.route, page.hash).await,
                Some(Contents::Bytes(bytes)) => {
                    self.printed(request, status_of(*status), &page.route, page.hash, bytes)
                }
                None => self.last_good(request, page, site_server).await,
            },
            (Answer::Redirect(url, status), _) => redirect(status_of(*status), url),
            (Answer::Empty(status) | Answer::Output(_, status), _) => {
                self.watched(request, status_of(*status), "nothing.html", 0, NOTHING)
            }
        }
    }

    /// True if a source has errors now.
    fn is_faulty(&self, source: &str) -> bool {
        let shown = self.rebuilder.watch();
        let shown = shown.borrow();
        shown.diagnostics.iter().any(|found| found.path == source && found.severity == Severity::Error)
    }

    fn printed(
        &self,
        request: &PageRequest,
        status: StatusCode,
        route: &str,
        hash: u128,
        bytes: &[u8],
    ) -> Response<Body> {
        if !route.ends_with(".html") {
            return response::bytes(&request.headers, status, route, hash, bytes.to_vec());
        }
        if request.at.instant.is_none() {
            self.good.lock().unwrap_or_else(PoisonError::into_inner).keep(route, hash, bytes);
        }
        self.watched(request, status, route, hash, bytes)
    }

    /// A page with the script that keeps it up to date.
    fn watched(
        &self,
        request: &PageRequest,
        status: StatusCode,
        route: &str,
        hash: u128,
        bytes: &[u8],
    ) -> Response<Body> {
        let shows_all = self.options.shows_all();
        let mut snippet = live::snippet(hash, request.at.instant, shows_all);
        snippet.push_str(if shows_all { live::LABELS } else { "" });
        // The snippet names the instant, so the same page needs another tag.
        let tag = request.at.instant.map_or(hash, |_| hash ^ xxh3_128(snippet.as_bytes()));
        let bytes = [bytes, snippet.as_bytes()].concat();
        let mut response = response::bytes(&request.headers, status, route, tag, bytes);
        set(&mut response, VARY, "cookie");
        response
    }

    /// The last good version of a page that cannot be rendered now.
    async fn last_good(&self, request: &PageRequest, page: &RenderedPage, site_server: &SiteServer) -> Response<Body> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner).pages.get(&page.route).cloned();
        match good {
            Some((hash, bytes)) => self.watched(request, StatusCode::OK, &page.route, hash, &bytes),
            None => self.broken(Some(site_server), StatusCode::INTERNAL_SERVER_ERROR).await,
        }
    }

    /// A page of errors, for when there is no other page to show.
    pub(super) async fn broken(&self, site_server: Option<&SiteServer>, status: StatusCode) -> Response<Body> {
        if !self.options.shows_all() {
            return plain(status, "This page cannot be shown at the moment.");
        }
        let shown = self.rebuilder.shown().await;
        let problems = self.reporter().errors(&self.diagnostics(&shown, site_server));
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

/// The headers that the site's host sends, but for those that suit published sites alone: a browser that must use TLS
/// cannot open the preview.
fn headers_of((host, rules): (Host, &HostRules<'_>)) -> Vec<(String, String)> {
    let is_left_out = |name: &str| NOT_HERE.iter().any(|not_here| name.eq_ignore_ascii_case(not_here));
    let headers = rules.headers(host).filter(|(name, _)| !is_left_out(name));
    let headers = headers.map(|(name, value)| match name.eq_ignore_ascii_case("content-security-policy") {
        true => (name.to_owned(), value.split(',').map(preview_policy).collect::<Vec<_>>().join(", ")),
        false => (name.to_owned(), value.to_owned()),
    });
    headers.collect()
}

/// Headers that would lock the preview out of the browser, clear the browser's data at each page, or redirect away.
const NOT_HERE: [&str; 3] = ["strict-transport-security", "clear-site-data", "refresh"];

/// A content security policy (CSP Level 3) that also allows the preview's own script, style sheet and connection, and does
/// not require encryption. The rest stays as it is.
fn preview_policy(policy: &str) -> String {
    const OWN: &str = "'self'";
    let directives = policy.split(';').filter_map(|directive| {
        let mut words = directive.split_ascii_whitespace();
        Some((words.next()?.to_ascii_lowercase(), words.collect::<Vec<_>>()))
    });
    let mut directives: Vec<(String, Vec<&str>)> =
        directives.filter(|(name, _)| name != "upgrade-insecure-requests").collect();
    // `default-src` applies to directives that are absent; those for elements take precedence over both.
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
