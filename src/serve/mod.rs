//! `presswork serve`: the site in memory, each page printed when somebody asks for it, and the newsroom's desk.
//!
//! Nothing is written, neither into the output folder nor anywhere else.

mod asking;
mod desk;
mod editor;
mod guard;
mod live;
mod newsroom;
mod press;
mod printing;
mod problems;
mod responding;
mod watching;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ahash::HashMap;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, SET_COOKIE};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tower_http::compression::CompressionLayer;

use crate::build::{MachineError, report};
use crate::date::WrittenDate;
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::Contents;

use asking::{Answer, decoded};
use newsroom::{Message, Newsroom, Shown};
use press::{Press, Room, Unanswered};
use problems::Reporter;
use responding::{elsewhere, plain, set};
use watching::Look;

pub use editor::Editor;
pub use guard::{Guard, is_loopback};

/// Tells the present.
pub type Clock = fn() -> Timestamp;

/// What the preview depends on besides the project's files.
pub struct ServeOptions {
    /// The project's folder, absolute and without links.
    pub root: PathBuf,
    /// The moment that is shown; `None` for the present, as it goes on.
    pub at: Option<WrittenDate>,
    /// Whether drafts and embargoed stories are shown.
    pub drafts: bool,
    /// How many pages are printed at once.
    pub threads: usize,
    /// What opens files.
    pub editor: Option<Editor>,
    /// Who is answered.
    pub guard: Guard,
    /// Tells the present.
    pub clock: Clock,
    /// Hears what the person at the terminal should know.
    pub say: fn(&str),
}

/// Serves a project until the person at the terminal ends it.
///
/// # Errors
/// Only faults of the machine.
pub fn serve(listener: TcpListener, options: ServeOptions) -> Result<(), MachineError> {
    let fault = |error: std::io::Error| MachineError(format!("cannot serve: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(fault)?;
    let options = Arc::new(options);
    let newsroom = Newsroom::open(Arc::clone(&options))?;
    let keeper = Arc::clone(&newsroom);
    let tell = move |look| match look {
        Look::At(paths) => keeper.tell(Message::Changed(paths)),
        Look::Everywhere => keeper.tell(Message::Unknown),
    };
    watching::watch(&options.root, tell, options.say)?;
    let server = Arc::new(Server { options, newsroom, reported: Mutex::default(), good: Mutex::default() });
    let served = runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::select! {
            served = axum::serve(listener, router(server)).into_future() => served,
            ended = tokio::signal::ctrl_c() => ended,
        }
    });
    // Readers that are still connected are not waited for.
    runtime.shutdown_background();
    served.map_err(fault)
}

fn router(server: Arc<Server>) -> Router {
    Router::new()
        .fallback(answer)
        .layer(CompressionLayer::new().gzip(true))
        .layer(from_fn_with_state(Arc::clone(&server), guarded))
        .with_state(server)
}

/// What all requests share.
pub struct Server {
    options: Arc<ServeOptions>,
    newsroom: Arc<Newsroom>,
    /// What open pages were last told of problems, and of which state of the site.
    reported: Mutex<Option<(u64, usize, String)>>,
    /// Pages as they last could be printed, for while they cannot.
    good: Mutex<GoodPages>,
}

/// Pages by their files, and how many bytes they take.
#[derive(Default)]
struct GoodPages {
    pages: HashMap<String, (u128, Arc<[u8]>)>,
    bytes: usize,
}

/// How often a page is tried whose file is another than the press knows.
const LATE: usize = 5;
/// How long a press is waited for that knows it.
const PATIENCE: Duration = Duration::from_secs(2);
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

/// Lets in who may come in, and marks what goes out.
async fn guarded(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response<Body> {
    let admitted = server.options.guard.admit(request.method(), request.uri(), request.headers());
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err((status, why)) => plain(status, &why),
    };
    set(&mut response, HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    set(&mut response, HeaderName::from_static("x-content-type-options"), "nosniff");
    set(&mut response, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// A request as far as the preview cares.
#[derive(Clone)]
pub struct Asked {
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    at: At,
}

/// Which moment is asked for.
#[derive(Clone, Copy, Default)]
struct At {
    /// `None` for the present.
    instant: Option<Timestamp>,
    /// Whether the address says so, and it is to be remembered.
    is_new: bool,
}

/// The cookie that keeps the moment while somebody goes from page to page.
const MOMENT: &str = "presswork-at";
/// Where everything of the preview's own is.
const OWN: &str = "/_presswork";

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let Some(path) = decoded(parts.uri.path()) else {
        return plain(StatusCode::NOT_FOUND, "No page has such an address.");
    };
    let query = parts.uri.query().map(str::to_owned);
    let mut asked = Asked { path, query, headers: parts.headers, at: At::default() };
    match asked.path.strip_prefix(OWN) {
        Some("/live.js") => return made("live.js", live::SCRIPT),
        Some("/live.css") => return made("live.css", live::STYLE),
        Some("/desk.css") => return made("desk.css", desk::STYLE),
        Some("/live") => return server.live(&asked),
        _ => {}
    }
    asked.at = match server.moment(&asked).await {
        Ok(at) => at,
        Err(why) => return plain(StatusCode::BAD_REQUEST, &why),
    };
    let mut response = match asked.path.strip_prefix(OWN) {
        Some("") => elsewhere(StatusCode::MOVED_PERMANENTLY, desk::PATH),
        Some("/") => server.desk(&asked).await,
        Some(rest) if rest.starts_with('/') => plain(StatusCode::NOT_FOUND, "The desk has no such page."),
        _ => server.page(&asked).await,
    };
    if asked.at.is_new {
        let cookie = match asked.at.instant {
            Some(at) => format!("{MOMENT}={at}; Path=/; SameSite=Strict; HttpOnly"),
            None => format!("{MOMENT}=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly"),
        };
        set(&mut response, SET_COOKIE, &cookie);
    }
    response
}

/// A file of the preview's own.
fn made(name: &str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    set(&mut response, CONTENT_TYPE, &responding::media_type(name));
    set(&mut response, axum::http::header::CACHE_CONTROL, "no-cache");
    response
}

impl Server {
    /// What shows problems with their lines.
    pub fn reporter(&self) -> Reporter<'_> {
        Reporter { root: &self.options.root, editor: self.options.editor.as_ref() }
    }

    /// The moment that is asked for: in the address, or else in the cookie.
    async fn moment(&self, asked: &Asked) -> Result<At, String> {
        if let Some(at) = parameter(asked.query.as_deref(), "at") {
            let instant = if at.is_empty() || at == "now" { None } else { Some(self.instant(&at).await?) };
            return Ok(At { instant, is_new: true });
        }
        let cookies = asked.headers.get_all(COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let instant = pairs.find(|(name, _)| *name == MOMENT).and_then(|(_, at)| at.parse().ok());
        Ok(At { instant, is_new: false })
    }

    /// A moment as it is written on the command line and in the desk's clock.
    async fn instant(&self, at: &str) -> Result<Timestamp, String> {
        let zone = self.zone().await;
        let written = WrittenDate::parse(at)
            .map_err(|_| format!("`{}` is no moment; write one such as 2026-12-01T08:00.", at.escape_debug()))?;
        let resolved = written.resolve(&zone).map(|moment| moment.instant);
        resolved.map_err(|_| {
            format!("At {} the clocks change; write it with an offset, as 2026-10-25T02:30+02:00.", at.escape_debug())
        })
    }

    async fn zone(&self) -> TimeZone {
        let config = self.newsroom.shown().await.config;
        config.map_or(TimeZone::UTC, |config| config.timezone.clone())
    }

    /// Asks the press of a moment; when it is being replaced, the next one.
    async fn ask<T: Send + 'static>(
        &self,
        at: Option<Timestamp>,
        question: impl for<'r, 'a> FnOnce(&'r Room<'a>) -> T + Clone + Send + 'static,
    ) -> Result<(T, Arc<Press>), Unanswered> {
        let mut watch = self.newsroom.watch();
        loop {
            let Some(press) = self.newsroom.press(at).await else { return Err(Unanswered::Stopped) };
            match press.ask(question.clone()).await {
                Ok(answer) => return Ok((answer, press)),
                Err(Unanswered::Failed) => return Err(Unanswered::Failed),
                // Its successor comes in a moment, and is told of.
                Err(Unanswered::Stopped) if watch.changed().await.is_err() => return Err(Unanswered::Stopped),
                Err(Unanswered::Stopped) => {}
            }
        }
    }

    /// A page of the site, or a file.
    async fn page(&self, asked: &Asked) -> Response<Body> {
        let Asked { path, query, at, .. } = asked.clone();
        let question = move |room: &Room<'_>| {
            let answer = room.answer(&path, query.as_deref());
            let page = match answer {
                Answer::Output(at, _) => Some(room.page(at)),
                _ => None,
            };
            let headers = room.rules().map(|rules| headers_of(rules)).unwrap_or_default();
            (answer, page, headers)
        };
        let mut watch = self.newsroom.watch();
        let mut tries = 0;
        let answered = loop {
            let answered = self.ask(at.instant, question.clone()).await;
            let overtaken = match &answered {
                Ok(((_, Some(page), _), _)) => page.overtaken.as_ref(),
                _ => None,
            };
            let Some(source) = overtaken.filter(|source| tries < LATE && !self.is_faulty(source)) else {
                break answered;
            };
            // Nobody may have told the keeper yet.
            self.newsroom.tell(Message::Changed([self.options.root.join(source)].into()));
            tries += 1;
            // With the next press, or when that takes too long for anybody to wait.
            let _ = tokio::time::timeout(PATIENCE, watch.changed()).await;
        };
        let ((answer, page, headers), press) = match answered {
            Ok(answered) => answered,
            Err(Unanswered::Stopped) => return self.broken(None, StatusCode::SERVICE_UNAVAILABLE).await,
            Err(Unanswered::Failed) => {
                return plain(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Printing this page failed; that is a fault of Presswork.",
                );
            }
        };
        let mut response = match (answer, page) {
            (Answer::Output(_, status), Some(page)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                match &page.contents {
                    Some(Contents::Copy(source)) => {
                        responding::file(&asked.headers, &self.options.root, source, &page.route).await
                    }
                    Some(Contents::Bytes(bytes)) => self.printed(asked, status, &page.route, page.hash, bytes),
                    None => self.last_good(asked, &page, &press).await,
                }
            }
            (Answer::Elsewhere(url, status), _) => {
                elsewhere(StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND), &url)
            }
            (Answer::Nothing(status), _) | (Answer::Output(_, status), None) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
                self.watched(
                    asked,
                    status,
                    "nothing.html",
                    0,
                    "<!DOCTYPE html><title>Nothing here</title><p>Nothing is here.".as_bytes(),
                )
            }
        };
        for (name, value) in headers {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                set(&mut response, name, &value);
            }
        }
        response
    }

    /// Whether a source is known to say nothing usable now.
    fn is_faulty(&self, source: &str) -> bool {
        let shown = self.newsroom.watch();
        let shown = shown.borrow();
        shown.diagnostics.iter().any(|found| found.path == source && found.severity == Severity::Error)
    }

    fn printed(&self, asked: &Asked, status: StatusCode, route: &str, hash: u128, bytes: &[u8]) -> Response<Body> {
        if !route.ends_with(".html") {
            let mut response = responding::bytes(&asked.headers, route, hash, bytes.to_vec());
            if response.status() == StatusCode::OK {
                *response.status_mut() = status;
            }
            return response;
        }
        if asked.at.instant.is_none() {
            self.good.lock().unwrap_or_else(PoisonError::into_inner).keep(route, hash, bytes);
        }
        self.watched(asked, status, route, hash, bytes)
    }

    /// A page with what keeps it as it is.
    fn watched(&self, asked: &Asked, status: StatusCode, route: &str, hash: u128, bytes: &[u8]) -> Response<Body> {
        let snippet = live::snippet(hash, asked.at.instant);
        let mut response = responding::bytes(&asked.headers, route, hash, [bytes, snippet.as_bytes()].concat());
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }

    /// A page that cannot be printed, as it last could.
    async fn last_good(&self, asked: &Asked, page: &printing::Printed, press: &Press) -> Response<Body> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner).pages.get(&page.route).cloned();
        match good {
            Some((hash, bytes)) => self.watched(asked, StatusCode::OK, &page.route, hash, &bytes),
            None => self.broken(Some(press), StatusCode::INTERNAL_SERVER_ERROR).await,
        }
    }

    /// A page of what is wrong, for when there is no other.
    async fn broken(&self, press: Option<&Press>, status: StatusCode) -> Response<Body> {
        let shown = self.newsroom.shown().await;
        let problems = self.reporter().errors(&self.diagnostics(&shown, press));
        let mut response = match desk::broken(&problems) {
            Ok(html) => Response::new(Body::from(html + &live::snippet(0, None))),
            Err(why) => plain(status, &why),
        };
        *response.status_mut() = status;
        set(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
        set(&mut response, axum::http::header::CACHE_CONTROL, "no-cache");
        response
    }

    /// Everything that is wrong, as far as it is known, in order.
    fn diagnostics(&self, shown: &Shown, press: Option<&Press>) -> Vec<Diagnostic> {
        let of_pages = press.map(|press| press.notes.diagnostics()).unwrap_or_default();
        if of_pages.is_empty() {
            return shown.diagnostics.to_vec();
        }
        report(&self.options.root, shown.diagnostics.iter().cloned().chain(of_pages).collect())
    }

    /// The errors as open pages are told them. Many pages ask for the same.
    fn problems(&self, shown: &Shown, press: Option<&Press>) -> String {
        let of = press.map_or(0, |press| std::ptr::from_ref(press) as usize);
        let lock = || self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, known, told)) = &*lock()
            && (*number, *known) == (shown.number, of)
        {
            return told.clone();
        }
        let problems = self.reporter().errors(&self.diagnostics(shown, press));
        let told = serde_json::to_string(&problems).unwrap_or_default();
        *lock() = Some((shown.number, of, told.clone()));
        told
    }

    /// The connection to an open page.
    fn live(self: &Arc<Self>, asked: &Asked) -> Response<Body> {
        let query = asked.query.as_deref();
        let Some(path) = parameter(query, "path").and_then(|path| decoded(&path)) else {
            return plain(StatusCode::BAD_REQUEST, "Which page?");
        };
        let hash = parameter(query, "hash").and_then(|hash| u128::from_str_radix(&hash, 16).ok());
        let at = parameter(query, "at").and_then(|at| at.parse().ok());
        let (tell, told) = mpsc::channel::<Event>(16);
        tokio::spawn(live::tell(Arc::clone(self), live::Open { path, hash, at }, tell));
        let events = ReceiverStream::new(told).map(Ok::<Event, std::convert::Infallible>);
        Sse::new(events).keep_alive(KeepAlive::default()).into_response()
    }

    /// The desk.
    async fn desk(&self, asked: &Asked) -> Response<Body> {
        let shown = self.newsroom.shown().await;
        let press = self.newsroom.press(asked.at.instant).await;
        let diagnostics = self.diagnostics(&shown, press.as_deref());
        let reporter_root = Arc::clone(&self.options);
        let wanted = desk::Wanted::of(asked.query.as_deref());
        let (at, now) = (asked.at.instant, self.newsroom.now());
        let made = self.ask(at, move |room| {
            let reporter = Reporter { root: &reporter_root.root, editor: reporter_root.editor.as_ref() };
            desk::desk(room, &reporter, &diagnostics, &wanted, at, now)
        });
        match made.await {
            Ok((Ok(html), _)) => {
                let mut response = Response::new(Body::from(html + &live::snippet(0, at)));
                set(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
                set(&mut response, axum::http::header::CACHE_CONTROL, "no-store");
                set(&mut response, HeaderName::from_static("x-frame-options"), "DENY");
                response
            }
            Ok((Err(why), _)) => plain(StatusCode::INTERNAL_SERVER_ERROR, &why),
            Err(_) => self.broken(None, StatusCode::SERVICE_UNAVAILABLE).await,
        }
    }
}

/// The headers that the site's hosts are told, but for those that belong to published sites alone: a browser that is
/// told to use TLS for ever, or for every file, finds no preview.
fn headers_of(rules: &crate::hosts::Rules<'_>) -> Vec<(String, String)> {
    let headers = rules.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("strict-transport-security"));
    let without_tls = |value: &str| {
        let parts = value.split(';').map(str::trim).filter(|part| *part != "upgrade-insecure-requests");
        parts.collect::<Vec<_>>().join("; ")
    };
    let headers = headers.map(|(name, value)| match name.eq_ignore_ascii_case("content-security-policy") {
        true => (name.to_owned(), without_tls(value)),
        false => (name.to_owned(), value.to_owned()),
    });
    headers.collect()
}

/// A parameter of a query, decoded.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
