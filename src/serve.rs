//! `presswork serve`: the site in memory, each page rendered on request, and the newsroom's desk.
//!
//! Nothing is written into the output folder, and nothing anywhere else but files of readers' comments and the focus and
//! crops of pictures, by the forms of the desk, and the smaller pictures that browsers ask for, which the next build uses.
//!
//! ```text
//!  files ─► watcher ─► rebuilder ─────────► site server ◄─── readers
//!           where to   keeps the project,   one Site and Plan,
//!           look       one thread           its own threads
//! ```
//!
//! - The watcher reports only where to look; the project reads the files itself. What can't be read stays as it was.
//! - The rebuilder assembles the site as builds do. If only the text of known stories has changed, they are swapped in
//!   without assembling the site again, or the update is refused: `tests/suite/serve/` compares the two.
//! - A site server owns one state of the site, because a `Renderer` borrows all of it, and renders pages on request.
//! - The desk also lists what a build would report (`build::NextBuild`): the public site as of now, compared with the
//!   ledger of the last build, with the pages of small sites rendered. It is worked out when the desk is opened.
//! - Open pages reload only if their bytes have changed; if only style sheets have, those are replaced.
//! - Without permission to see drafts, a request learns nothing that the published site doesn't say.
//! - `serve/origin_check.rs` answers only to host names that nobody else can own. No URL is ever joined to a folder.
//! - The forms of the desk change comments as the commands do (`serve/comment_form.rs`, through `moderation`), and what crops
//!   keep (`serve/crop_form.rs`, through `edit::picture`). They work only where the preview listens to this machine alone, with the `Origin` of the page and the secret of its desk, and
//!   only on a file that the preview has read, in the version that the desk showed.

mod request;
mod own_pages;
mod desk_comments;
mod desk;
mod desk_form;
mod comment_form;
mod crop_page;
mod crop_form;
mod editor;
mod origin_check;
mod live;
mod next_build;
mod rebuilder;
mod page_response;
mod part_links;
mod poller;
mod site_server;
mod rendered_page;
mod problems;
mod response;
mod watcher;

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
use crate::media::media_type;

use desk::{DeskNotice, DeskRequest};
use next_build::NextBuildReport;
use page_response::LastGoodPages;
use problems::Reporter;
use rebuilder::{CurrentSite, Message, Rebuilder};
use request::decoded;
use response::{TextFormats, own_page, plain, redirect, set, weaken_if_compressed};
use site_server::{NoAnswer, SiteServer, Snapshot};
use watcher::FileEvent;

pub use editor::Editor;
pub use origin_check::{OriginCheck, is_loopback};
pub use watcher::watch as watch_files;

/// Returns the present.
pub type Clock = fn() -> Timestamp;

/// The options of the preview.
pub struct ServeOptions {
    /// The project's folder, absolute and without links.
    pub root: PathBuf,
    /// The instant that is shown; `None` for the present.
    pub at: Option<WrittenDate>,
    /// True if drafts and embargoed stories are shown.
    pub drafts: bool,
    /// The number of pages that are rendered at once.
    pub threads: usize,
    /// The pause between two checks of all files, where the system does not report changes.
    pub poll: Option<Duration>,
    /// The editor that opens files.
    pub editor: Option<Editor>,
    /// The requests that are answered.
    pub origin_check: OriginCheck,
    /// Returns the present.
    pub clock: Clock,
    /// Shows a message in the terminal.
    pub say: fn(&str),
}

impl ServeOptions {
    /// True if everybody who can send a request may see what is not public: drafts, what is to come, and errors.
    fn shows_all(&self) -> bool {
        self.drafts || !self.origin_check.is_wide
    }
}

/// Serves a project until Ctrl-C. `begun` is called as soon as Ctrl-C works.
///
/// # Errors
/// Only machine errors, and those of `begun`.
pub fn serve(
    listener: TcpListener,
    options: ServeOptions,
    begun: impl FnOnce() -> Result<(), MachineError>,
) -> Result<(), MachineError> {
    let machine_error = |error: io::Error| MachineError(format!("cannot serve: {error}"));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(machine_error)?;
    let options = Arc::new(options);
    let rebuilder = Rebuilder::open(Arc::clone(&options))?;
    let handle = Arc::clone(&rebuilder);
    let report = move |event| match event {
        FileEvent::Changed(paths) => handle.send(Message::Changed(paths)),
        FileEvent::Unknown => handle.send(Message::Unknown),
    };
    watcher::watch(&options.root, options.poll, report, options.say)?;
    let port = listener.local_addr().map_err(machine_error)?.port();
    let server = Arc::new(Server {
        options,
        rebuilder,
        port,
        token: random_token()?,
        problems: Mutex::default(),
        good: Mutex::default(),
        next_build: NextBuildReport::default(),
    });
    let served = runtime.block_on(async {
        listener.set_nonblocking(true).map_err(machine_error)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(machine_error)?;
        let mut ended = pin!(tokio::signal::ctrl_c());
        // Ctrl-C is caught from the first poll on.
        if let Some(ended) = poll_fn(|context| Poll::Ready(poll_once(ended.as_mut(), context))).await {
            return ended.map_err(machine_error);
        }
        begun()?;
        let served = tokio::select! {
            served = axum::serve(listener, router(server)).into_future() => served,
            ended = ended => ended,
        };
        served.map_err(machine_error)
    });
    // Open connections are not waited for.
    runtime.shutdown_background();
    served
}

/// A text that nobody can guess, of 128 random bits.
fn random_token() -> Result<String, MachineError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| MachineError(format!("the system gives no random numbers: {error}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
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
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::default().and(TextFormats)))
        .layer(from_fn_with_state(Arc::clone(&server), checked))
        .with_state(server)
}

/// The state that all requests share.
pub struct Server {
    options: Arc<ServeOptions>,
    rebuilder: Arc<Rebuilder>,
    /// The port that it listens on.
    port: u16,
    /// The secret of the desk's forms, which no other page knows.
    token: String,
    /// The errors that open pages received last, and the state of the site that has them.
    problems: Mutex<Option<(u64, usize, String)>>,
    /// The last good versions of pages, for while they cannot be rendered.
    good: Mutex<LastGoodPages>,
    /// The report of the next build, for the desk.
    next_build: NextBuildReport,
}

/// Checks a request, and adds the headers of every response.
async fn checked(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response<Body> {
    let admitted = server.options.origin_check.admit(request.method(), request.uri(), request.headers());
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err((status, why)) => {
            let mut refused = plain(status, &why);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                let methods = if own_pages::has_forms(request.uri().path()) { "GET, HEAD, POST" } else { "GET, HEAD" };
                set(&mut refused, ALLOW, methods);
            }
            refused
        }
    };
    weaken_if_compressed(&mut response);
    set(&mut response, HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    set(&mut response, HeaderName::from_static("x-content-type-options"), "nosniff");
    set(&mut response, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// The parts of a request that the preview uses.
#[derive(Clone)]
pub struct PageRequest {
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    at: RequestedInstant,
    /// True if the desk may show forms that change comments.
    may_change: bool,
}

/// The requested instant.
#[derive(Clone, Copy, Default)]
struct RequestedInstant {
    /// `None` for the present.
    instant: Option<Timestamp>,
    /// True if the URL names it, so that it is stored in the cookie.
    is_new: bool,
}

/// The cookie that keeps the instant from page to page. Its name ends with the port, since browsers send cookies to all
/// ports of a host (RFC 6265, section 8.5), where other papers may be previewed.
const AT_COOKIE: &str = "presswork-at-";
/// The refusal of the desk and of other instants to other machines, which may not see drafts.
const NOT_FOR_ALL: &str = "The desk and other times show what is not published yet. This preview can be reached from \
                           other machines and has neither, unless it is started with --drafts.";
/// The path of everything of the preview's own.
const OWN: &str = "/_presswork";

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Some(path) = decoded(parts.uri.path()) else {
        return plain(StatusCode::NOT_FOUND, "There is no page at this URL.");
    };
    let query = parts.uri.query().map(str::to_owned);
    let mut headers = parts.headers;
    if parts.method != Method::GET {
        // Ranges are for GET alone (RFC 9110, section 14.2).
        headers.remove(RANGE);
    }
    let may_change = server.options.origin_check.admits_changes(&parts.uri, &headers);
    let mut request = PageRequest { path, query, headers, at: RequestedInstant::default(), may_change };
    match request.path.strip_prefix(OWN) {
        Some("/live.js") => return own_file("live.js", live::SCRIPT),
        Some("/live.css") => return own_file("live.css", live::STYLE),
        Some("/desk.css") => return own_file("desk.css", desk::STYLE),
        Some("/crops.js") => return own_file("crops.js", crop_page::SCRIPT),
        Some("/live") => return server.live(&request),
        _ => {}
    }
    request.at = match server.requested_instant(&request).await {
        Ok(at) => at,
        Err((status, why)) => return plain(status, &why),
    };
    let mut response = match request.path.strip_prefix(OWN) {
        Some("") => redirect(StatusCode::MOVED_PERMANENTLY, own_pages::DESK),
        Some("/" | "/crops") if !server.options.shows_all() => plain(StatusCode::FORBIDDEN, NOT_FOR_ALL),
        // Only the desk's forms get here with this method: see `OriginCheck::admit`.
        Some("/") if parts.method == Method::POST => server.change_comment(&request, body).await,
        Some("/") => server.desk(&request, DeskNotice::default()).await,
        Some("/crops") if parts.method == Method::POST => server.change_crop(&request, body).await,
        Some("/crops") => server.open_crops(&request).await,
        Some("/labels.css") if server.options.shows_all() => server.labels(&request).await,
        Some(rest) if rest.starts_with('/') => plain(StatusCode::NOT_FOUND, "There is no such page of the desk."),
        _ => server.page(&request).await,
    };
    if request.at.is_new {
        let cookie = match request.at.instant {
            Some(at) => format!("{AT_COOKIE}{}={at}; Path=/; SameSite=Strict; HttpOnly", server.port),
            None => format!("{AT_COOKIE}{}=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly", server.port),
        };
        set(&mut response, SET_COOKIE, &cookie);
    }
    response
}

/// A file of the preview's own.
fn own_file(name: &str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    set(&mut response, CONTENT_TYPE, &media_type(name));
    set(&mut response, axum::http::header::CACHE_CONTROL, "no-cache");
    response
}

impl Server {
    /// The reporter of problems with their lines.
    pub fn reporter(&self) -> Reporter<'_> {
        Reporter { root: &self.options.root, editor: self.options.editor.as_ref() }
    }

    /// The requested instant: in the URL, or else in the cookie.
    async fn requested_instant(&self, request: &PageRequest) -> Result<RequestedInstant, (StatusCode, String)> {
        if let Some(at) = parameter(request.query.as_deref(), "at") {
            if at.is_empty() || at == "now" {
                return Ok(RequestedInstant { instant: None, is_new: true });
            }
            if !self.options.shows_all() {
                return Err((StatusCode::FORBIDDEN, NOT_FOR_ALL.to_owned()));
            }
            let instant = self.instant(&at).await.map_err(|why| (StatusCode::BAD_REQUEST, why))?;
            return Ok(RequestedInstant { instant: Some(instant), is_new: true });
        }
        if !self.options.shows_all() {
            return Ok(RequestedInstant::default());
        }
        let cookies = request.headers.get_all(COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let own = format!("{AT_COOKIE}{}", self.port);
        let instant = pairs.find(|(name, _)| *name == own).and_then(|(_, at)| at.parse().ok());
        Ok(RequestedInstant { instant, is_new: false })
    }

    /// Parses an instant as it is written on the command line and in the desk's clock.
    async fn instant(&self, at: &str) -> Result<Timestamp, String> {
        // In a query a `+` is a space, and few know that.
        let at = match at.rsplit_once(' ') {
            Some((before, offset)) if before.contains(['T', ' ']) => format!("{before}+{offset}"),
            _ => at.to_owned(),
        };
        let zone = self.zone().await;
        let shown = at.escape_debug();
        let written = WrittenDate::parse(&at)
            .map_err(|_| format!("`{shown}` is not a valid time; write one such as 2026-12-01T08:00."))?;
        written.resolve(&zone).map(|moment| moment.instant).map_err(|error| match error {
            DateError::Invalid { message, .. } => format!("`{shown}` is not a valid time: {message}."),
            DateError::Ambiguous(one, other) => {
                let [one, other] = [one, other].map(|at| at.replace('+', "%2B"));
                format!("At {shown} the clocks change. Use ?at={one} or ?at={other}.")
            }
        })
    }

    async fn zone(&self) -> TimeZone {
        let config = self.rebuilder.shown().await.config;
        config.map_or(TimeZone::UTC, |config| config.timezone.clone())
    }

    /// Queries the site server of an instant; when it is being replaced, the next one.
    async fn query<T: Send + 'static>(
        &self,
        at: Option<Timestamp>,
        query: impl for<'r, 'a> FnOnce(&'r Snapshot<'a>) -> T + Clone + Send + 'static,
    ) -> Result<(T, Arc<SiteServer>), NoAnswer> {
        let mut watch = self.rebuilder.watch();
        loop {
            let Some(site_server) = self.rebuilder.server(at).await else { return Err(NoAnswer::Stopped) };
            match site_server.query(query.clone()).await {
                Ok(answer) => return Ok((answer, site_server)),
                Err(NoAnswer::Failed) => return Err(NoAnswer::Failed),
                // Its successor is announced in a moment.
                Err(NoAnswer::Stopped) if watch.changed().await.is_err() => return Err(NoAnswer::Stopped),
                Err(NoAnswer::Stopped) => {}
            }
        }
    }

    /// All diagnostics that are known, in order.
    fn diagnostics(&self, shown: &CurrentSite, site_server: Option<&SiteServer>) -> Vec<Diagnostic> {
        let of_pages = site_server.map(|site_server| site_server.log.diagnostics()).unwrap_or_default();
        if of_pages.is_empty() {
            return shown.diagnostics.to_vec();
        }
        report(&self.options.root, shown.diagnostics.iter().cloned().chain(of_pages).collect())
    }

    /// The errors as open pages receive them. Many pages ask for the same.
    fn problems(&self, shown: &CurrentSite, site_server: Option<&SiteServer>) -> String {
        let of = site_server.map_or(0, |site_server| std::ptr::from_ref(site_server) as usize);
        let lock = || self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, known, json)) = &*lock()
            && (*number, *known) == (shown.version, of)
        {
            return json.clone();
        }
        let problems = self.reporter().errors(&self.diagnostics(shown, site_server));
        let json = serde_json::to_string(&problems).unwrap_or_default();
        *lock() = Some((shown.version, of, json.clone()));
        json
    }

    /// The connection to an open page.
    fn live(self: &Arc<Self>, request: &PageRequest) -> Response<Body> {
        let query = request.query.as_deref();
        let Some(path) = parameter(query, "path").and_then(|path| decoded(&path)) else {
            return plain(StatusCode::BAD_REQUEST, "The parameter `path` is missing or not a valid path.");
        };
        let hash = parameter(query, "hash").and_then(|hash| u128::from_str_radix(&hash, 16).ok());
        let at = parameter(query, "at").filter(|_| self.options.shows_all()).and_then(|at| at.parse().ok());
        let since = parameter(query, "since").and_then(|since| since.parse().ok());
        let (sender, events) = mpsc::channel::<Event>(16);
        tokio::spawn(live::send_events(Arc::clone(self), live::ConnectionRequest { path, hash, at, since }, sender));
        let events = ReceiverStream::new(events).map(Ok::<Event, std::convert::Infallible>);
        Sse::new(events).keep_alive(KeepAlive::default()).into_response()
    }

    /// The style sheet that labels links to stories that are not public.
    async fn labels(&self, request: &PageRequest) -> Response<Body> {
        let Ok((labels, _)) = self.query(request.at.instant, |snapshot| snapshot.renderer.labels()).await else {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "The stories cannot be read at the moment.");
        };
        let mut response = Response::new(Body::from(labels));
        set(&mut response, CONTENT_TYPE, &media_type("labels.css"));
        set(&mut response, axum::http::header::CACHE_CONTROL, "no-store");
        response
    }

    /// The desk, with the result of a change that was refused.
    async fn desk(&self, request: &PageRequest, notice: DeskNotice) -> Response<Body> {
        let shown = self.rebuilder.shown().await;
        let site_server = self.rebuilder.server(request.at.instant).await;
        let mut diagnostics = self.diagnostics(&shown, site_server.as_deref());
        if request.at.instant.is_none() {
            diagnostics.extend(self.of_next_build().await.iter().cloned());
            diagnostics = report(&self.options.root, diagnostics);
        }
        let reporter_root = Arc::clone(&self.options);
        let at = request.at.instant;
        let status = notice.refused.unwrap_or(StatusCode::OK);
        let asked = DeskRequest {
            wanted: desk::DeskQuery::parse(request.query.as_deref()),
            requested: at,
            present: self.rebuilder.now(),
            token: request.may_change.then(|| self.token.clone()),
            notice,
        };
        let made = self.query(at, move |snapshot| {
            let reporter = Reporter { root: &reporter_root.root, editor: reporter_root.editor.as_ref() };
            desk::desk(snapshot, &reporter, &diagnostics, asked)
        });
        match made.await {
            Ok((Ok(html), _)) => {
                let mut response = own_page(html + &live::snippet(0, at, true));
                *response.status_mut() = status;
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
