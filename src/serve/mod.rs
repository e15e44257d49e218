//! `presswork serve`: the site in memory, each page printed when somebody asks for it, and the newsroom's desk.
//!
//! Nothing is written, neither into the output folder nor anywhere else.

mod asking;
mod desk;
mod editor;
mod guard;
mod live;
mod newsroom;
mod pages;
mod parts;
mod polling;
mod press;
mod printing;
mod problems;
mod responding;
mod watching;

use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, RANGE, SET_COOKIE};
use axum::http::{Method, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{CompressionLayer, Predicate};

use crate::build::{MachineError, report};
use crate::date::{DateError, WrittenDate};
use crate::diagnostic::Diagnostic;

use asking::decoded;
use newsroom::{Message, Newsroom, Shown};
use pages::GoodPages;
use press::{Press, Room, Unanswered};
use problems::Reporter;
use responding::{Texts, elsewhere, plain, set, weaken_if_packed};
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
    /// The pause between looks at all files, where the system does not tell of changes.
    pub poll: Option<Duration>,
    /// What opens files.
    pub editor: Option<Editor>,
    /// Who is answered.
    pub guard: Guard,
    /// Tells the present.
    pub clock: Clock,
    /// Hears what the person at the terminal should know.
    pub say: fn(&str),
}

impl ServeOptions {
    /// Whether whoever may ask is told what the public does not know: drafts, what is to come, and what is wrong.
    fn tells_all(&self) -> bool {
        self.drafts || !self.guard.is_wide
    }
}

/// Serves a project until the person at the terminal ends it. `begun` is called when that is possible.
///
/// # Errors
/// Only faults of the machine, and those of `begun`.
pub fn serve(
    listener: TcpListener,
    options: ServeOptions,
    begun: impl FnOnce() -> Result<(), MachineError>,
) -> Result<(), MachineError> {
    let fault = |error: io::Error| MachineError(format!("cannot serve: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(fault)?;
    let options = Arc::new(options);
    let newsroom = Newsroom::open(Arc::clone(&options))?;
    let keeper = Arc::clone(&newsroom);
    let tell = move |look| match look {
        Look::At(paths) => keeper.tell(Message::Changed(paths)),
        Look::Everywhere => keeper.tell(Message::Unknown),
    };
    watching::watch(&options.root, options.poll, tell, options.say)?;
    let port = listener.local_addr().map_err(fault)?.port();
    let server = Arc::new(Server { options, newsroom, port, reported: Mutex::default(), good: Mutex::default() });
    let served = runtime.block_on(async {
        listener.set_nonblocking(true).map_err(fault)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(fault)?;
        let mut ended = pin!(tokio::signal::ctrl_c());
        // It is heard from its first poll on.
        if let Some(ended) = poll_fn(|context| Poll::Ready(poll_once(ended.as_mut(), context))).await {
            return ended.map_err(fault);
        }
        begun()?;
        let served = tokio::select! {
            served = axum::serve(listener, router(server)).into_future() => served,
            ended = ended => ended,
        };
        served.map_err(fault)
    });
    // Readers that are still connected are not waited for.
    runtime.shutdown_background();
    served
}

fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>, context: &mut Context<'_>) -> Option<T> {
    match future.poll(context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn router(server: Arc<Server>) -> Router {
    Router::new()
        .fallback(answer)
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::default().and(Texts)))
        .layer(from_fn_with_state(Arc::clone(&server), guarded))
        .with_state(server)
}

/// What all requests share.
pub struct Server {
    options: Arc<ServeOptions>,
    newsroom: Arc<Newsroom>,
    /// Where it listens.
    port: u16,
    /// What open pages were last told of problems, and of which state of the site.
    reported: Mutex<Option<(u64, usize, String)>>,
    /// Pages as they last could be printed, for while they cannot.
    good: Mutex<GoodPages>,
}

/// Lets in who may come in, and marks what goes out.
async fn guarded(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response<Body> {
    let admitted = server.options.guard.admit(request.method(), request.uri(), request.headers());
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err((status, why)) => {
            let mut refused = plain(status, &why);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                set(&mut refused, ALLOW, "GET, HEAD");
            }
            refused
        }
    };
    weaken_if_packed(&mut response);
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

/// The cookie that keeps the moment while somebody goes from page to page. Its name goes on with the port, for browsers
/// send cookies to all ports of a host (RFC 6265, section 8.5), and other papers may be previewed there.
const MOMENT: &str = "presswork-at-";
/// What others than this machine are told of the desk and of other moments, when drafts are not for them.
const NOT_FOR_ALL: &str = "The desk and other moments show what is not published yet. This preview can be reached from \
                           other machines and has neither, unless it is started with --drafts.";
/// Where everything of the preview's own is.
const OWN: &str = "/_presswork";

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let Some(path) = decoded(parts.uri.path()) else {
        return plain(StatusCode::NOT_FOUND, "No page has such an address.");
    };
    let query = parts.uri.query().map(str::to_owned);
    let mut headers = parts.headers;
    if parts.method != Method::GET {
        // Parts are for GET alone (RFC 9110, section 14.2).
        headers.remove(RANGE);
    }
    let mut asked = Asked { path, query, headers, at: At::default() };
    match asked.path.strip_prefix(OWN) {
        Some("/live.js") => return made("live.js", live::SCRIPT),
        Some("/live.css") => return made("live.css", live::STYLE),
        Some("/desk.css") => return made("desk.css", desk::STYLE),
        Some("/live") => return server.live(&asked),
        _ => {}
    }
    asked.at = match server.moment(&asked).await {
        Ok(at) => at,
        Err((status, why)) => return plain(status, &why),
    };
    let mut response = match asked.path.strip_prefix(OWN) {
        Some("") => elsewhere(StatusCode::MOVED_PERMANENTLY, desk::PATH),
        Some("/") if !server.options.tells_all() => plain(StatusCode::FORBIDDEN, NOT_FOR_ALL),
        Some("/") => server.desk(&asked).await,
        Some(rest) if rest.starts_with('/') => plain(StatusCode::NOT_FOUND, "The desk has no such page."),
        _ => server.page(&asked).await,
    };
    if asked.at.is_new {
        let cookie = match asked.at.instant {
            Some(at) => format!("{MOMENT}{}={at}; Path=/; SameSite=Strict; HttpOnly", server.port),
            None => format!("{MOMENT}{}=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly", server.port),
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
    async fn moment(&self, asked: &Asked) -> Result<At, (StatusCode, String)> {
        if let Some(at) = parameter(asked.query.as_deref(), "at") {
            if at.is_empty() || at == "now" {
                return Ok(At { instant: None, is_new: true });
            }
            if !self.options.tells_all() {
                return Err((StatusCode::FORBIDDEN, NOT_FOR_ALL.to_owned()));
            }
            let instant = self.instant(&at).await.map_err(|why| (StatusCode::BAD_REQUEST, why))?;
            return Ok(At { instant: Some(instant), is_new: true });
        }
        if !self.options.tells_all() {
            return Ok(At::default());
        }
        let cookies = asked.headers.get_all(COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let own = format!("{MOMENT}{}", self.port);
        let instant = pairs.find(|(name, _)| *name == own).and_then(|(_, at)| at.parse().ok());
        Ok(At { instant, is_new: false })
    }

    /// A moment as it is written on the command line and in the desk's clock.
    async fn instant(&self, at: &str) -> Result<Timestamp, String> {
        // In an address a `+` is a blank, and few know that.
        let at = match at.rsplit_once(' ') {
            Some((before, offset)) if before.contains(['T', ' ']) => format!("{before}+{offset}"),
            _ => at.to_owned(),
        };
        let zone = self.zone().await;
        let shown = at.escape_debug();
        let written = WrittenDate::parse(&at)
            .map_err(|_| format!("`{shown}` is no moment; write one such as 2026-12-01T08:00."))?;
        written.resolve(&zone).map(|moment| moment.instant).map_err(|error| match error {
            DateError::Invalid { message, .. } => format!("`{shown}` is no moment: {message}."),
            DateError::Ambiguous(one, other) => {
                let [one, other] = [one, other].map(|at| at.replace('+', "%2B"));
                format!("At {shown} the clocks change. Ask for ?at={one} or ?at={other}.")
            }
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
        let at = parameter(query, "at").filter(|_| self.options.tells_all()).and_then(|at| at.parse().ok());
        let since = parameter(query, "since").and_then(|since| since.parse().ok());
        let (tell, told) = mpsc::channel::<Event>(16);
        tokio::spawn(live::tell(Arc::clone(self), live::Open { path, hash, at, since }, tell));
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
                let mut response = Response::new(Body::from(html + &live::snippet(0, at, true)));
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

/// A parameter of a query, decoded.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
