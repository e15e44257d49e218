//! A site server: one state of the site in memory, and the threads that render its pages on request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use ahash::HashMap;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::build::{AsOf, Draft};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::hosts::HostRules;
use crate::plan::{Class, Plan};
use crate::read::Record;
use crate::render::Renderer;
use crate::site::Site;
use crate::view::Viewer;

use super::Clock;
use super::rendered_page::RenderedPage;

/// The largest site, in pages, of which all pages are checked in the background.
pub const CHECKED_PAGES: usize = 1_000;
/// The number of pages that are rendered before the views that they share are dropped.
const GENERATION: usize = 64;
/// The most bytes of rendered pages that are cached.
const BUDGET: usize = 16 << 20;

/// A state of the site that can be served.
pub struct SiteState {
    /// The records of all sources, ordered by source.
    pub records: Vec<Record>,
    /// The site, its plan and its theme.
    pub draft: Draft,
    /// True if the instant of the draft stays while time goes on.
    pub is_fixed: bool,
}

/// The state of the site that a query sees.
pub struct Snapshot<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The records of all sources.
    pub records: &'a [Record],
    /// The site.
    pub site: &'a Site,
    /// The outputs and their routes.
    pub plan: &'a Plan,
    /// The instant that the site shows.
    pub now: Timestamp,
    /// True if drafts and embargoed stories are shown.
    pub drafts: bool,
    /// True if that instant stays while time goes on.
    pub is_fixed: bool,
    pub(super) renderer: Renderer<'a>,
    pub(super) rules: OnceLock<HostRules<'a>>,
    pub(super) clock: Clock,
    pub(super) log: &'a RenderLog,
    /// The ids of pages that others link to, by output.
    pub(super) ids: Mutex<HashMap<usize, Vec<String>>>,
    cache: Mutex<PageCache>,
    rendered: AtomicUsize,
}

/// The diagnostics and times of the pages that have been rendered.
#[derive(Default)]
pub struct RenderLog {
    pages: Mutex<PageLog>,
    /// True once every page has been checked.
    is_checked: std::sync::atomic::AtomicBool,
}

#[derive(Default)]
struct PageLog {
    /// The diagnostics of pages, by output.
    diagnostics: HashMap<usize, Vec<Diagnostic>>,
    /// The rendering times in nanoseconds, by output.
    times: HashMap<usize, i64>,
}

impl RenderLog {
    /// The diagnostics of all pages that have been rendered.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.diagnostics.values().flatten().cloned().collect()
    }

    /// The slowest pages, with their times in nanoseconds.
    pub fn slowest(&self, most: usize) -> Vec<(usize, i64)> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times: Vec<(usize, i64)> = pages.times.iter().map(|(&at, &time)| (at, time)).collect();
        times.sort_unstable_by_key(|&(at, time)| (std::cmp::Reverse(time), at));
        times.truncate(most);
        times
    }

    /// True if every page has been checked.
    pub fn is_checked(&self) -> bool {
        self.is_checked.load(Ordering::Acquire)
    }

    /// Records how rendering an output went. True if its diagnostics have changed.
    fn record(&self, at: usize, nanoseconds: i64, diagnostics: &[Diagnostic]) -> bool {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.times.insert(at, nanoseconds);
        if diagnostics.is_empty() {
            return pages.diagnostics.remove(&at).is_some();
        }
        pages.diagnostics.insert(at, diagnostics.to_vec()).is_none_or(|before| before != diagnostics)
    }
}

/// Rendered pages by output. When they take too much memory, all are dropped.
#[derive(Default)]
struct PageCache {
    pages: HashMap<usize, Arc<RenderedPage>>,
    bytes: usize,
}

impl Snapshot<'_> {
    /// A page, from the cache or rendered now.
    pub fn page(&self, at: usize) -> Arc<RenderedPage> {
        let lock = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = lock().pages.get(&at) {
            return Arc::clone(page);
        }
        let page = Arc::new(self.render(at));
        if page.overtaken.is_some() {
            return page;
        }
        let mut kept = lock();
        if kept.bytes + page.size() > BUDGET {
            *kept = PageCache::default();
        }
        kept.bytes += page.size();
        kept.pages.insert(at, Arc::clone(&page));
        page
    }

    fn render(&self, at: usize) -> RenderedPage {
        let output = &self.plan.outputs[at];
        let start = (self.clock)();
        let prepared = self.renderer.prepare(output);
        let Reported { value, mut diagnostics } = self.renderer.render(output, prepared);
        let took = (self.clock)().duration_since(start);
        if self.rendered.fetch_add(1, Ordering::Relaxed) % GENERATION == GENERATION - 1 {
            self.renderer.forget();
        }
        let nanoseconds = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
        // A file that has changed since this server was started is not an error; the next server reads it.
        let is_late = |found: &Diagnostic| matches!(found.code, Code::ChangedWhileBuilding | Code::UnreadableFile);
        let overtaken = diagnostics.iter().find(|found| is_late(found)).map(|found| found.path.clone());
        diagnostics.retain(|found| !is_late(found));
        if let Some(rendered) = &value {
            diagnostics.extend(self.missing_parts(at, rendered));
        }
        let is_news = self.log.record(at, nanoseconds, &diagnostics);
        RenderedPage::new(at, output, value.map(|rendered| rendered.contents), is_news, overtaken)
    }
}

/// A query to a site server.
type SnapshotQuery = Box<dyn for<'r, 'a> FnOnce(&'r Snapshot<'a>) + Send>;

/// The reason why a site server did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It has stopped; another one has taken its place or will in a moment.
    Stopped,
    /// The query failed, which is a bug in Presswork.
    Failed,
}

/// Serves one state of the site; its pages are rendered on request.
pub struct SiteServer {
    queries: async_channel::Sender<SnapshotQuery>,
    thread: Mutex<Option<JoinHandle<SiteState>>>,
    /// The diagnostics and times of the rendered pages.
    pub log: Arc<RenderLog>,
    /// The theme's files: the name and the URL of each.
    pub assets: Arc<Vec<(String, String)>>,
    /// The diagnostics of text that many pages show.
    pub diagnostics: Vec<Diagnostic>,
}

/// Is called when the log has changed.
pub type Listener = Arc<dyn Fn() + Send + Sync>;

impl SiteServer {
    /// Starts a server and waits until it can render.
    ///
    /// # Errors
    /// The reason why it cannot.
    pub fn start(state: SiteState, threads: usize, clock: Clock, listener: Listener) -> Result<SiteServer, String> {
        let (queries, queue) = async_channel::unbounded::<SnapshotQuery>();
        let (ready, is_ready) = mpsc::sync_channel(1);
        let log = Arc::new(RenderLog::default());
        let base = &state.draft.config.base_url;
        let assets = state.draft.theme.iter().flat_map(|theme| theme.assets.all());
        let assets = Arc::new(assets.map(|asset| (asset.name.clone(), base.path(&asset.route))).collect());
        let its_log = Arc::clone(&log);
        let run = move || {
            let pool = WorkerPool { queue, threads, clock, log: &its_log, listener };
            pool.run(state, &ready)
        };
        let thread =
            thread::Builder::new().name("site-server".to_owned()).spawn(run).map_err(|error| error.to_string())?;
        let started = is_ready.recv().unwrap_or_else(|_| Err("it stopped while it was set up".to_owned()));
        started.map(|diagnostics| SiteServer { queries, thread: Mutex::new(Some(thread)), log, assets, diagnostics })
    }

    /// Runs a query on one of the server's threads and waits for its result.
    ///
    /// # Errors
    /// If there is no result.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl for<'r, 'a> FnOnce(&'r Snapshot<'a>) -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let (answer, answered) = oneshot::channel();
        let query: SnapshotQuery = Box::new(move |snapshot| {
            // Whoever asked may have gone away.
            let _ = answer.send(query(snapshot));
        });
        self.queries.send(query).await.map_err(|_| NoAnswer::Stopped)?;
        answered.await.map_err(|_| NoAnswer::Failed)
    }

    /// True if it answers no more queries.
    pub fn is_stopped(&self) -> bool {
        self.queries.is_closed()
    }

    /// Answers the queries so far, stops, and returns the state; `None` if it has been returned before or is lost.
    pub fn stop(&self) -> Option<SiteState> {
        self.queries.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread?.join().ok()
    }
}

impl Drop for SiteServer {
    fn drop(&mut self) {
        // Its threads then end by themselves.
        self.queries.close();
    }
}

/// The threads of a site server.
struct WorkerPool<'n> {
    queue: async_channel::Receiver<SnapshotQuery>,
    threads: usize,
    clock: Clock,
    log: &'n RenderLog,
    listener: Listener,
}

impl WorkerPool<'_> {
    /// Sets up the renderer, reports that on `ready`, answers queries until the channel closes, and returns the state.
    fn run(self, mut state: SiteState, ready: &mpsc::SyncSender<Result<Vec<Diagnostic>, String>>) -> SiteState {
        if let Err(why) = self.answer(&mut state, ready) {
            // Nobody may be waiting any more.
            let _ = ready.send(Err(why));
        }
        state
    }

    fn answer(
        &self,
        state: &mut SiteState,
        ready: &mpsc::SyncSender<Result<Vec<Diagnostic>, String>>,
    ) -> Result<(), String> {
        let SiteState { records, draft, is_fixed } = state;
        let AsOf { now, drafts, .. } = draft.as_of;
        let mut diagnostics = Vec::new();
        let renderer = draft.renderer()?.ok_or("there is no theme")?.take(&mut diagnostics);
        let &Viewer { config, ref reader, .. } = renderer.viewer();
        let (site, plan) = reader.everything();
        let snapshot = Snapshot {
            config,
            records,
            site,
            plan,
            now,
            drafts,
            is_fixed: *is_fixed,
            renderer,
            rules: OnceLock::new(),
            clock: self.clock,
            log: self.log,
            ids: Mutex::default(),
            cache: Mutex::default(),
            rendered: AtomicUsize::new(0),
        };
        // Nobody may be waiting any more.
        let _ = ready.send(Ok(diagnostics));
        thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| self.work(&snapshot));
            }
            self.check_all(&snapshot);
        });
        Ok(())
    }

    /// Answers one query after the other.
    fn work(&self, snapshot: &Snapshot<'_>) {
        while let Ok(query) = self.queue.recv_blocking() {
            // A bug that one page triggers must not affect the others; whoever asked gets an error.
            let _ = catch_unwind(AssertUnwindSafe(|| query(snapshot)));
        }
    }

    /// Renders every page of a small site once, to report errors on pages that nobody opens.
    fn check_all(&self, snapshot: &Snapshot<'_>) {
        let outputs = &snapshot.plan.outputs;
        let wanted = || (0..outputs.len()).filter(|&at| outputs[at].class() == Class::Content);
        if wanted().count() > CHECKED_PAGES {
            return;
        }
        for at in wanted() {
            if self.queue.is_closed() {
                return;
            }
            let known = catch_unwind(AssertUnwindSafe(|| snapshot.render(at)));
            if known.is_ok_and(|page| page.has_news) {
                (self.listener)();
            }
        }
        snapshot.log.is_checked.store(true, Ordering::Release);
        (self.listener)();
    }
}
