//! A press: one state of the site in memory, and the threads that print pages of it when they are asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use ahash::HashMap;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::hosts::HostRules;
use crate::plan::{Class, Plan};
use crate::read::Record;
use crate::render::{self, Biographies, Renderer, Theme};
use crate::site::Site;
use crate::view::Viewer;

use super::Clock;
use super::parts::Known;
use super::printing::Printed;

/// Pages of a site of so many are all looked through for faults, also those that nobody asks for.
pub const PROOFREAD: usize = 1_000;
/// So many pages are printed before what they shared is forgotten.
const GENERATION: usize = 64;
/// So many bytes of pages are kept for further readers.
const BUDGET: usize = 16 << 20;

/// What a press prints from.
pub struct Matter {
    /// The project's folder.
    pub root: PathBuf,
    /// The configuration.
    pub config: Arc<Config>,
    /// What every source says, ordered by source.
    pub records: Vec<Record>,
    /// The site as of [`Matter::now`].
    pub site: Site,
    /// Where everything is.
    pub plan: Plan,
    /// The theme, with its pictures resolved.
    pub theme: Theme,
    /// The biographies of all authors, and what is wrong with them; made when they are first needed.
    pub biographies: Option<Reported<Biographies>>,
    /// The instant.
    pub now: Timestamp,
    /// Whether drafts and embargoed stories are shown.
    pub drafts: bool,
    /// Whether that instant stays while time goes on.
    pub is_fixed: bool,
}

/// What one of the press's threads has at hand to answer a question.
pub struct Room<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// What every source says.
    pub records: &'a [Record],
    /// The site.
    pub site: &'a Site,
    /// Where everything is.
    pub plan: &'a Plan,
    /// The instant as of which this is the site.
    pub now: Timestamp,
    /// Whether drafts and embargoed stories are shown.
    pub drafts: bool,
    /// Whether that instant stays while time goes on.
    pub is_fixed: bool,
    pub(super) viewer: &'a Viewer<'a>,
    pub(super) renderer: Renderer<'a>,
    pub(super) theme: &'a Theme,
    pub(super) rules: OnceLock<HostRules<'a>>,
    pub(super) clock: Clock,
    pub(super) notes: &'a Notes,
    pub(super) ids: Known,
    pages: Mutex<Pages>,
    printed: AtomicUsize,
}

/// What has been learnt by printing.
#[derive(Default)]
pub struct Notes {
    found: Mutex<Found>,
    /// Whether every page has been looked through.
    is_proofread: std::sync::atomic::AtomicBool,
}

#[derive(Default)]
struct Found {
    /// What is wrong with pages, by output.
    diagnostics: HashMap<usize, Vec<Diagnostic>>,
    /// How long printing took, in nanoseconds, by output.
    times: HashMap<usize, i64>,
}

impl Notes {
    /// What is wrong with the pages that have been printed.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.diagnostics.values().flatten().cloned().collect()
    }

    /// The pages that took the longest, with the nanoseconds that they took.
    pub fn slowest(&self, most: usize) -> Vec<(usize, i64)> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times: Vec<(usize, i64)> = found.times.iter().map(|(&at, &time)| (at, time)).collect();
        times.sort_unstable_by_key(|&(at, time)| (std::cmp::Reverse(time), at));
        times.truncate(most);
        times
    }

    /// Whether every page has been looked through for faults.
    pub fn is_proofread(&self) -> bool {
        self.is_proofread.load(Ordering::Acquire)
    }

    /// Notes how printing an output went; whether that tells of faults that were not known.
    fn note(&self, at: usize, nanoseconds: i64, diagnostics: &[Diagnostic]) -> bool {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.times.insert(at, nanoseconds);
        if diagnostics.is_empty() {
            return found.diagnostics.remove(&at).is_some();
        }
        found.diagnostics.insert(at, diagnostics.to_vec()).is_none_or(|before| before != diagnostics)
    }
}

/// Pages that have been printed, by output. When they take too much room, all are forgotten.
#[derive(Default)]
struct Pages {
    pages: HashMap<usize, Arc<Printed>>,
    bytes: usize,
}

impl Room<'_> {
    /// A page, as it was printed before or is now.
    pub fn page(&self, at: usize) -> Arc<Printed> {
        let lock = || self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = lock().pages.get(&at) {
            return Arc::clone(page);
        }
        let page = Arc::new(self.print(at));
        if page.overtaken.is_some() {
            return page;
        }
        let mut kept = lock();
        if kept.bytes + page.size() > BUDGET {
            *kept = Pages::default();
        }
        kept.bytes += page.size();
        kept.pages.insert(at, Arc::clone(&page));
        page
    }

    fn print(&self, at: usize) -> Printed {
        let output = &self.plan.outputs[at];
        let start = (self.clock)();
        let prepared = self.renderer.prepare(output);
        let Reported { value, mut diagnostics } = self.renderer.render(output, prepared);
        let took = (self.clock)().duration_since(start);
        if self.printed.fetch_add(1, Ordering::Relaxed) % GENERATION == GENERATION - 1 {
            self.viewer.forget();
        }
        let nanoseconds = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
        // What has changed since this press was put up is nobody's fault, and will be told by the next one.
        let is_late = |found: &Diagnostic| matches!(found.code, Code::ChangedWhileBuilding | Code::UnreadableFile);
        let overtaken = diagnostics.iter().find(|found| is_late(found)).map(|found| found.path.clone());
        diagnostics.retain(|found| !is_late(found));
        if let Some(rendered) = &value {
            diagnostics.extend(self.missing_parts(at, rendered));
        }
        let is_news = self.notes.note(at, nanoseconds, &diagnostics);
        Printed::new(at, output, value.map(|rendered| rendered.contents), is_news, overtaken)
    }
}

/// A question to a press.
type Task = Box<dyn for<'r, 'a> FnOnce(&'r Room<'a>) + Send>;

/// Why a press did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// It has stopped: another has taken its place, or will in a moment.
    Stopped,
    /// Answering failed, which is a fault of the program.
    Failed,
}

/// One state of the site, whose pages are printed when they are asked for.
pub struct Press {
    tasks: async_channel::Sender<Task>,
    thread: Mutex<Option<JoinHandle<Matter>>>,
    /// What has been learnt by printing.
    pub notes: Arc<Notes>,
    /// The theme's files: name, and where each is published.
    pub assets: Arc<Vec<(String, String)>>,
    /// What was found wrong with what many pages show.
    pub faults: Vec<Diagnostic>,
}

/// What wants to hear that something has been learnt by printing.
pub type Listener = Arc<dyn Fn() + Send + Sync>;

impl Press {
    /// Sets a press up and waits until it can print.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn start(matter: Matter, threads: usize, clock: Clock, listener: Listener) -> Result<Press, String> {
        let (tasks, queue) = async_channel::unbounded::<Task>();
        let (ready, is_ready) = mpsc::sync_channel(1);
        let notes = Arc::new(Notes::default());
        let base = &matter.config.base_url;
        let assets = matter.theme.assets.all().iter().map(|asset| (asset.name.clone(), base.path(&asset.route)));
        let assets = Arc::new(assets.collect());
        let its_notes = Arc::clone(&notes);
        let run = move || {
            let workshop = Workshop { queue, threads, clock, notes: &its_notes, listener };
            workshop.run(matter, &ready)
        };
        let thread = thread::Builder::new().name("press".to_owned()).spawn(run).map_err(|error| error.to_string())?;
        let started = is_ready.recv().unwrap_or_else(|_| Err("it stopped while it was set up".to_owned()));
        started.map(|faults| Press { tasks, thread: Mutex::new(Some(thread)), notes, assets, faults })
    }

    /// Asks a question and waits for the answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl for<'r, 'a> FnOnce(&'r Room<'a>) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (answer, answered) = oneshot::channel();
        let task: Task = Box::new(move |room| {
            // Whoever asked may have gone away.
            let _ = answer.send(question(room));
        });
        self.tasks.send(task).await.map_err(|_| Unanswered::Stopped)?;
        answered.await.map_err(|_| Unanswered::Failed)
    }

    /// Whether it answers nothing any more.
    pub fn is_stopped(&self) -> bool {
        self.tasks.is_closed()
    }

    /// Answers what has been asked, stops, and gives back what it printed from; `None` when that has been given already,
    /// or is lost.
    pub fn stop(&self) -> Option<Matter> {
        self.tasks.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread?.join().ok()
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        // Its threads end by themselves.
        self.tasks.close();
    }
}

/// Where a press's threads work.
struct Workshop<'n> {
    queue: async_channel::Receiver<Task>,
    threads: usize,
    clock: Clock,
    notes: &'n Notes,
    listener: Listener,
}

impl Workshop<'_> {
    /// Sets up, says so, answers until there is nobody left to ask, and gives the matter back.
    fn run(self, mut matter: Matter, ready: &mpsc::SyncSender<Result<Vec<Diagnostic>, String>>) -> Matter {
        if let Err(why) = self.answer(&mut matter, ready) {
            // Nobody is told if nobody waits.
            let _ = ready.send(Err(why));
        }
        matter
    }

    fn answer(
        &self,
        matter: &mut Matter,
        ready: &mpsc::SyncSender<Result<Vec<Diagnostic>, String>>,
    ) -> Result<(), String> {
        let Matter { root, config, records, site, plan, theme, biographies, now, drafts, is_fixed } = matter;
        let before = Viewer::new(config, site, plan, &theme.strings, &theme.options, &[])?;
        Renderer::share(&before, &mut theme.templates, &theme.assets)?;
        let made = || render::biographies(root, config, site, plan, &theme.templates, &theme.strings);
        let lives = biographies.get_or_insert_with(made);
        let viewer = Viewer::new(config, site, plan, &theme.strings, &theme.options, &lives.value.html)?;
        let renderer = Renderer::new(&viewer, &theme.templates, &theme.assets, root, &lives.value)?;
        let room = Room {
            config,
            records,
            site,
            plan,
            now: *now,
            drafts: *drafts,
            is_fixed: *is_fixed,
            viewer: &viewer,
            renderer,
            theme,
            rules: OnceLock::new(),
            clock: self.clock,
            notes: self.notes,
            ids: Known::default(),
            pages: Mutex::default(),
            printed: AtomicUsize::new(0),
        };
        // Nobody is told if nobody waits.
        let _ = ready.send(Ok(lives.diagnostics.clone()));
        thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| self.work(&room));
            }
            self.proofread(&room);
        });
        Ok(())
    }

    /// Answers one question after the other.
    fn work(&self, room: &Room<'_>) {
        while let Ok(task) = self.queue.recv_blocking() {
            // A fault of the program in one page must not take the others away; who asked hears of it.
            let _ = catch_unwind(AssertUnwindSafe(|| task(room)));
        }
    }

    /// Prints every page of a small site once, so that what is wrong on pages that nobody opens is known too.
    fn proofread(&self, room: &Room<'_>) {
        let outputs = &room.plan.outputs;
        let wanted = || (0..outputs.len()).filter(|&at| outputs[at].class() == Class::Content);
        if wanted().count() > PROOFREAD {
            return;
        }
        for at in wanted() {
            if self.queue.is_closed() {
                return;
            }
            let known = catch_unwind(AssertUnwindSafe(|| room.print(at)));
            if known.is_ok_and(|page| page.is_news) {
                (self.listener)();
            }
        }
        room.notes.is_proofread.store(true, Ordering::Release);
        (self.listener)();
    }
}
