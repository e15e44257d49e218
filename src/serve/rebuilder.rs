//! Follows the project's files, and starts a new site server whenever the site has changed.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};

use crate::article::Article;
use crate::build::{AsOf, Changes, LiveProject, MachineError, NextBuild, report};
use crate::config::{Config, FoundErrors};
use crate::diagnostic::{Code, Diagnostic};
use crate::read::Record;
use crate::site::{Window, differ_only_in_text};
use crate::source::on_disk;

use super::site_server::{Listener, SiteServer, SiteState};
use super::{Clock, ServeOptions};

/// The number of site servers for other instants that are kept. Each has a site of its own.
const OTHER_INSTANTS: usize = 2;
/// The number of events that are kept for readers who lost their connection for a moment.
const EVENTS: usize = 256;
/// The pause between looks at a file that is being written, and the longest wait for it.
const WRITING_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_WRITING: Duration = Duration::from_millis(500);
/// A file that has been empty for longer than this when the project is opened is not being written.
const JUST_NOW: Duration = Duration::from_secs(2);
/// The longest wait before the clock is checked again: machines sleep.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The state of the preview that readers are shown.
#[derive(Clone, Default)]
pub struct CurrentSite {
    /// Grows with every change of the site and its diagnostics, and with every page that is rendered for the first time.
    pub version: u64,
    /// The server of the present site; `None` while the site cannot be rendered.
    pub server: Option<Arc<SiteServer>>,
    /// True once the project has been read.
    pub is_open: bool,
    /// The configuration of the site.
    pub config: Option<Arc<Config>>,
    /// The diagnostics of the project, but for those that only rendering finds.
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// The latest events, each with its version.
    pub events: Arc<VecDeque<(u64, SiteEvent)>>,
}

/// A change that open pages may show.
#[derive(Debug, Clone)]
pub enum SiteEvent {
    /// A file that pages may show has changed: its source.
    File(String),
    /// There is a new article: its source.
    Article(String),
}

/// A message to the rebuild loop.
pub enum Message {
    /// These files or folders may have changed.
    Changed(BTreeSet<PathBuf>),
    /// Anything may have changed.
    Unknown,
    /// Somebody wants to see the site as of another instant.
    At(Timestamp, oneshot::Sender<Option<Arc<SiteServer>>>),
    /// Somebody wants to know what a build would report.
    NextBuild(oneshot::Sender<Option<PendingBuild>>),
}

/// A build that could begin now.
pub struct PendingBuild {
    /// Another number whenever the build may have become another one, but for the ledger of the last.
    pub number: u64,
    /// The project.
    pub project: NextBuild,
}

/// The handle of the rebuild loop: what is shown, and a way to send messages.
pub struct Rebuilder {
    shown: watch::Sender<CurrentSite>,
    messages: mpsc::Sender<Message>,
    clock: Clock,
}

impl Rebuilder {
    /// Starts the loop, which reads the project on a thread of its own and then follows its files.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn open(options: Arc<ServeOptions>) -> Result<Arc<Rebuilder>, MachineError> {
        let (sender, messages) = mpsc::channel();
        let shown = watch::Sender::new(CurrentSite::default());
        let rebuilder = Arc::new(Rebuilder { shown, messages: sender, clock: options.clock });
        let handle = Arc::clone(&rebuilder);
        let run = move || RebuildLoop::new(options, handle, messages).run();
        let spawned = thread::Builder::new().name("rebuilder".to_owned()).spawn(run);
        spawned.map(|_| rebuilder).map_err(|error| MachineError(format!("cannot start a thread: {error}")))
    }

    /// The current site, and every change of it.
    pub fn watch(&self) -> watch::Receiver<CurrentSite> {
        self.shown.subscribe()
    }

    /// The current site, as soon as the project has been read.
    pub async fn shown(&self) -> CurrentSite {
        let mut watch = self.watch();
        // The sender lives as long as this does.
        watch.wait_for(|shown| shown.is_open).await.map(|shown| shown.clone()).unwrap_or_default()
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Sends the loop a message.
    pub fn send(&self, message: Message) {
        // When the loop is gone, so is the server.
        let _ = self.messages.send(message);
    }

    /// The server of the site as of an instant, or of the present; `None` when the site cannot be rendered.
    pub async fn server(&self, at: Option<Timestamp>) -> Option<Arc<SiteServer>> {
        let Some(at) = at else { return self.shown().await.server };
        let (answer, answered) = oneshot::channel();
        self.send(Message::At(at, answer));
        answered.await.ok().flatten()
    }

    /// The build that could begin now; `None` while it could not.
    pub async fn next_build(&self) -> Option<PendingBuild> {
        let (answer, answered) = oneshot::channel();
        self.send(Message::NextBuild(answer));
        answered.await.ok().flatten()
    }
}

/// The loop: one thread, which does everything in sequence.
struct RebuildLoop {
    options: Arc<ServeOptions>,
    rebuilder: Arc<Rebuilder>,
    messages: Receiver<Message>,
    project: Option<LiveProject>,
    /// The diagnostics of the site as a whole.
    site_diagnostics: Vec<Diagnostic>,
    /// The period in which the site stays the same without an edit.
    window: Window,
    /// The servers of the site as of other instants, the last used first.
    others: Vec<(Window, Arc<SiteServer>)>,
    /// The server of the present site, and its configuration.
    server: Option<(Arc<Config>, Arc<SiteServer>)>,
    /// Messages that came while the loop waited for something else.
    pending: VecDeque<Message>,
    /// The number of changes of the site so far.
    changes: u64,
}

impl RebuildLoop {
    fn new(options: Arc<ServeOptions>, rebuilder: Arc<Rebuilder>, messages: Receiver<Message>) -> RebuildLoop {
        RebuildLoop {
            options,
            rebuilder,
            messages,
            project: None,
            site_diagnostics: Vec::new(),
            window: Window::default(),
            others: Vec::new(),
            server: None,
            pending: VecDeque::new(),
            changes: 0,
        }
    }

    fn run(mut self) {
        self.begin();
        loop {
            let next = match self.pending.pop_front() {
                Some(message) => Ok(message),
                None => self.messages.recv_timeout(self.wait()),
            };
            match next {
                Ok(Message::At(at, answer)) => {
                    // Whoever asked may have gone away.
                    let _ = answer.send(self.server_at(at));
                }
                Ok(Message::NextBuild(answer)) => {
                    let _ = answer.send(self.next_build());
                }
                Ok(Message::Changed(paths)) => {
                    let paths = self.wait_for_writers(paths);
                    self.look(|project| project.look_at(&paths));
                }
                Ok(Message::Unknown) => self.look(LiveProject::look_everywhere),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Waits for programs that empty a file before they write it. Changes of other files meanwhile are added; other
    /// messages come afterwards.
    fn wait_for_writers(&mut self, mut paths: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let start = self.rebuilder.now();
        let is_over = |now: Timestamp| now.duration_since(start).unsigned_abs() >= LONGEST_WRITING;
        // Readers send messages often, so the time counts and not the number of messages.
        while paths.iter().any(|path| is_empty(path)) && !is_over(self.rebuilder.now()) {
            match self.messages.recv_timeout(WRITING_PAUSE) {
                Ok(Message::Changed(more)) => paths.extend(more),
                Ok(message) => self.pending.push_back(message),
                Err(_) => {}
            }
        }
        paths
    }

    /// True if a file was emptied a moment ago.
    fn is_being_written(&self, path: &Path) -> bool {
        let changed = path.metadata().and_then(|file| file.modified()).ok().and_then(|at| Timestamp::try_from(at).ok());
        let is_fresh = |at: Timestamp| self.rebuilder.now().duration_since(at).unsigned_abs() < JUST_NOW;
        is_empty(path) && changed.is_some_and(is_fresh)
    }

    /// Reads the project for the first time.
    fn begin(&mut self) {
        match self.open() {
            Ok(project) => {
                self.project = Some(project);
                self.rebuild();
            }
            Err(error) => self.site_diagnostics = vec![of_machine(&error)],
        }
        self.show(Vec::new());
    }

    /// Opens the project. A source that is being written has no last good state yet, so this waits for it.
    fn open(&mut self) -> Result<LiveProject, MachineError> {
        let mut project = LiveProject::open(&self.options.root)?;
        let paths = project.faulty().into_iter().map(|source| on_disk(&self.options.root, &source));
        let written: BTreeSet<PathBuf> = paths.filter(|path| self.is_being_written(path)).collect();
        if !written.is_empty() {
            project.look_at(&self.wait_for_writers(written))?;
        }
        Ok(project)
    }

    fn next_build(&self) -> Option<PendingBuild> {
        let project = self.project.as_ref()?;
        let now = self.present(project.config()?);
        Some(PendingBuild { number: self.changes, project: project.next_build(now)? })
    }

    /// Looks for changes and shows them.
    fn look(&mut self, look: impl FnOnce(&mut LiveProject) -> Result<Changes, MachineError>) {
        let Some(project) = &mut self.project else { return self.begin() };
        let changes = match look(project) {
            Ok(changes) => changes,
            Err(error) => {
                self.site_diagnostics = vec![of_machine(&error)];
                return self.show(Vec::new());
            }
        };
        if changes.is_empty() {
            return;
        }
        let mut events: Vec<SiteEvent> = changes.files.iter().cloned().map(SiteEvent::File).collect();
        events.extend(changes.added.iter().cloned().map(SiteEvent::Article));
        let is_small = self.server.is_some() && !changes.config && !changes.theme && !changes.records;
        if !(is_small && self.replace_text(&changes.articles)) {
            self.rebuild();
        }
        self.others.clear();
        self.show(events);
    }

    /// Rebuilds the site if time alone has changed it.
    fn tick(&mut self) {
        if self.options.at.is_none() && !self.window.contains(self.rebuilder.now()) {
            self.rebuild();
            self.show(Vec::new());
        }
    }

    /// The time until the site changes without an edit.
    fn wait(&self) -> Duration {
        let until = self.window.until.filter(|_| self.options.at.is_none());
        let left =
            until.map(|until| Duration::try_from(until.duration_since(self.rebuilder.now())).unwrap_or_default());
        left.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
    }

    /// The instant that is shown unless a reader asks for another.
    fn present(&self, config: &Config) -> Timestamp {
        let at = self.options.at.as_ref().and_then(|at| at.resolve(&config.timezone).ok());
        at.map_or_else(|| self.rebuilder.now(), |moment| moment.instant)
    }

    /// Assembles the site as of now and starts a server for it. When that is not possible, the last one stays.
    fn rebuild(&mut self) {
        // Until it is possible, time alone changes nothing.
        self.window = Window::default();
        let Some(config) = self.project.as_ref().and_then(LiveProject::config) else { return };
        let now = self.present(config);
        let mut diagnostics = Vec::new();
        if let Some(state) = self.state(now, &mut diagnostics) {
            let window = state.draft.site.window;
            if self.replace(state, &mut diagnostics) {
                self.window = window;
            }
        }
        self.site_diagnostics = diagnostics;
    }

    /// The site as of an instant, ready to be rendered; `None` without a usable theme.
    fn state(&self, now: Timestamp, diagnostics: &mut Vec<Diagnostic>) -> Option<SiteState> {
        let project = self.project.as_ref()?;
        let records = project.records();
        let as_of = AsOf { now, drafts: self.options.drafts, preview: None };
        let mut draft = project.at(as_of, records.clone())?;
        diagnostics.append(&mut draft.diagnostics);
        // The newsroom's own visits are not counted.
        if draft.config.slots.analytics.is_some() {
            Arc::make_mut(&mut draft.config).slots.analytics = None;
        }
        let is_fixed = self.options.at.is_some();
        draft.theme.is_some().then_some(SiteState { records, draft, is_fixed })
    }

    /// Starts a server that replaces the present one.
    fn replace(&mut self, state: SiteState, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let config = Arc::clone(&state.draft.config);
        match self.start(state) {
            Ok(server) => {
                let before = self.server.replace((config, Arc::new(server)));
                // Freeing a large archive takes a while, and nobody waits for it.
                thread::spawn(move || drop(before.map(|(_, server)| server.stop())));
                true
            }
            Err(why) => {
                diagnostics.push(Diagnostic::new(Code::BadConfig, crate::config::FILE, why));
                false
            }
        }
    }

    fn start(&self, state: SiteState) -> Result<SiteServer, String> {
        let rebuilder = Arc::downgrade(&self.rebuilder);
        let listener: Listener = Arc::new(move || {
            if let Some(rebuilder) = rebuilder.upgrade() {
                rebuilder.shown.send_modify(|shown| shown.version += 1);
            }
        });
        SiteServer::start(state, self.options.threads, self.options.clock, listener)
    }

    /// Replaces the texts of stories without reassembling the site. `false` when that is not enough.
    fn replace_text(&mut self, articles: &[(Arc<Article>, Arc<Article>)]) -> bool {
        if !articles.iter().all(|(was, article)| differ_only_in_text(was, article)) {
            return false;
        }
        let Some(mut state) = self.server.as_ref().and_then(|(_, server)| server.stop()) else { return false };
        for (was, article) in articles {
            if !state.draft.site.replace_text(was, article, state.draft.as_of.now) {
                return false;
            }
            let at = state.records.binary_search_by(|record| record.source().cmp(&article.source));
            let Ok(at) = at else { return false };
            state.records[at] = Record::Article(Arc::clone(article));
        }
        let mut diagnostics = std::mem::take(&mut self.site_diagnostics);
        let is_up = self.replace(state, &mut diagnostics);
        self.site_diagnostics = diagnostics;
        is_up
    }

    /// The server of the site as of another instant.
    fn server_at(&mut self, at: Timestamp) -> Option<Arc<SiteServer>> {
        if let Some(place) = self.others.iter().position(|(window, _)| window.contains(at)) {
            let found = self.others.remove(place);
            let server = Arc::clone(&found.1);
            self.others.insert(0, found);
            return Some(server);
        }
        if let Some((_, server)) = self.server.as_ref().filter(|_| self.window.contains(at)) {
            return Some(Arc::clone(server));
        }
        let state = self.state(at, &mut Vec::new())?;
        let window = state.draft.site.window;
        let server = Arc::new(self.start(state).ok()?);
        self.others.truncate(OTHER_INSTANTS - 1);
        self.others.insert(0, (window, Arc::clone(&server)));
        Some(server)
    }

    /// Publishes the current state to readers.
    fn show(&mut self, events: Vec<SiteEvent>) {
        self.changes += 1;
        let read = self.project.as_ref().map(LiveProject::diagnostics).unwrap_or_default();
        // A server that was stopped and could not be replaced would never answer.
        self.server.take_if(|(_, server)| server.is_stopped());
        let rendering = self.server.iter().flat_map(|(_, server)| server.diagnostics.iter().cloned());
        let of_site = self.site_diagnostics.iter().cloned();
        let mut all: Vec<Diagnostic> = read.into_iter().chain(of_site).chain(rendering).collect();
        if let Some((config, _)) = &self.server {
            let published = |source: &str| self.project.as_ref()?.published(source);
            config.settle(&mut all, published, &FoundErrors::default());
        }
        let diagnostics = report(&self.options.root, all);
        self.rebuilder.shown.send_modify(|shown| {
            shown.version += 1;
            shown.is_open = true;
            (shown.config, shown.server) = self.server.clone().unzip();
            shown.diagnostics = Arc::new(diagnostics);
            if !events.is_empty() {
                let log = Arc::make_mut(&mut shown.events);
                log.extend(events.into_iter().map(|event| (shown.version, event)));
                let excess = log.len().saturating_sub(EVENTS);
                log.drain(..excess);
            }
        });
    }
}

fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() == 0)
}

/// A machine error, as readers of the preview see it.
fn of_machine(error: &MachineError) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFile, "", error.to_string())
}
