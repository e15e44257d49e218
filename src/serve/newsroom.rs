//! The newsroom: keeps the project as its files are, and puts up a new press whenever the site is another.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};

use crate::article::Article;
use crate::build::{Changes, MachineError, Project, report};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::hosts::HostRules;
use crate::plan::plan;
use crate::read::Record;
use crate::render::{self, Theme};
use crate::site::{Window, assemble, hang_alike};
use crate::source::on_disk;
use crate::view::resolve_pictures;

use super::press::{Listener, Matter, Press};
use super::{Clock, ServeOptions};

/// So many presses of other moments are kept; each has a site of its own.
const MOMENTS: usize = 2;
/// So many events are remembered for readers who were away for a moment.
const EVENTS: usize = 256;
/// How often a file is looked at again that somebody is writing, and how long at most.
const MOMENT: Duration = Duration::from_millis(10);
const LONGEST_WRITING: Duration = Duration::from_millis(500);
/// What has been empty for longer than that when the project is opened is not being written.
const JUST_NOW: Duration = Duration::from_secs(2);
/// The clock is looked at as often as that, for machines that sleep.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What readers are shown.
#[derive(Clone, Default)]
pub struct Shown {
    /// Grows with every change of the site, of what is wrong with it, and of what is known of it.
    pub number: u64,
    /// What prints the site as of now; `None` while there is none that could be printed.
    pub press: Option<Arc<Press>>,
    /// Whether the project has been read for the first time.
    pub is_open: bool,
    /// The configuration that is shown.
    pub config: Option<Arc<Config>>,
    /// What is wrong with the project, but for what only printing finds.
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// What has happened lately, with the number at which it did.
    pub events: Arc<VecDeque<(u64, Event)>>,
}

/// What readers may want to know.
#[derive(Debug, Clone)]
pub enum Event {
    /// A file that pages may show has other bytes: its source.
    File(String),
    /// There is a new article: its source.
    Article(String),
}

/// What the keeper is told.
pub enum Message {
    /// Something has happened to these files or folders.
    Changed(BTreeSet<PathBuf>),
    /// Nobody knows what has happened.
    Unknown,
    /// Somebody wants to see the site as of another moment.
    Moment(Timestamp, oneshot::Sender<Option<Arc<Press>>>),
}

/// The project and what is shown of it.
pub struct Newsroom {
    shown: watch::Sender<Shown>,
    keeper: mpsc::Sender<Message>,
    clock: Clock,
}

impl Newsroom {
    /// Opens a project: its keeper reads it on a thread of its own and goes on to keep it.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn open(options: Arc<ServeOptions>) -> Result<Arc<Newsroom>, MachineError> {
        let (keeper, messages) = mpsc::channel();
        let newsroom = Newsroom { shown: watch::Sender::new(Shown::default()), keeper, clock: options.clock };
        let newsroom = Arc::new(newsroom);
        let keeper = Arc::clone(&newsroom);
        let keep = move || Keeper::new(options, keeper, messages).keep();
        let spawned = thread::Builder::new().name("keeper".to_owned()).spawn(keep);
        spawned.map(|_| newsroom).map_err(|error| MachineError(format!("cannot start a thread: {error}")))
    }

    /// What is shown, and every change of it.
    pub fn watch(&self) -> watch::Receiver<Shown> {
        self.shown.subscribe()
    }

    /// What is shown, as soon as the project has been read.
    pub async fn shown(&self) -> Shown {
        let mut watch = self.watch();
        // The sender lives as long as this does.
        watch.wait_for(|shown| shown.is_open).await.map(|shown| shown.clone()).unwrap_or_default()
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Tells the keeper something.
    pub fn tell(&self, message: Message) {
        // When the keeper is gone, so is the server.
        let _ = self.keeper.send(message);
    }

    /// The press for a moment, or for the present; `None` when the site cannot be printed.
    pub async fn press(&self, at: Option<Timestamp>) -> Option<Arc<Press>> {
        let Some(at) = at else { return self.shown().await.press };
        let (answer, answered) = oneshot::channel();
        self.tell(Message::Moment(at, answer));
        answered.await.ok().flatten()
    }
}

/// Keeps a project. Everything is done one after the other, by one thread.
struct Keeper {
    options: Arc<ServeOptions>,
    newsroom: Arc<Newsroom>,
    messages: Receiver<Message>,
    project: Option<Project>,
    theme: Option<Arc<Theme>>,
    theme_faults: Vec<Diagnostic>,
    /// What was found by putting the site together.
    site_faults: Vec<Diagnostic>,
    /// When the site will be another by itself.
    window: Window,
    moments: Vec<(Window, Arc<Press>)>,
    /// What prints the site as of now, and with which configuration.
    press: Option<(Arc<Config>, Arc<Press>)>,
    /// What was heard while something else was waited for.
    later: VecDeque<Message>,
}

impl Keeper {
    fn new(options: Arc<ServeOptions>, newsroom: Arc<Newsroom>, messages: Receiver<Message>) -> Keeper {
        Keeper {
            options,
            newsroom,
            messages,
            project: None,
            theme: None,
            theme_faults: Vec::new(),
            site_faults: Vec::new(),
            window: Window::default(),
            moments: Vec::new(),
            press: None,
            later: VecDeque::new(),
        }
    }

    fn keep(mut self) {
        self.begin();
        loop {
            let next = match self.later.pop_front() {
                Some(message) => Ok(message),
                None => self.messages.recv_timeout(self.wait()),
            };
            match next {
                Ok(Message::Moment(at, answer)) => {
                    // Whoever asked may have gone away.
                    let _ = answer.send(self.moment(at));
                }
                Ok(Message::Changed(paths)) => {
                    let paths = self.wait_for_writers(paths);
                    self.look(|project| project.look_at(&paths));
                }
                Ok(Message::Unknown) => self.look(Project::look_everywhere),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Most programs empty a file before they write it. Who has been caught in between is given a moment; what else
    /// happens meanwhile is looked at with it, or after it.
    fn wait_for_writers(&mut self, mut paths: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let start = self.newsroom.now();
        let is_over = |now: Timestamp| now.duration_since(start).unsigned_abs() >= LONGEST_WRITING;
        // Readers tell of what they miss, and do so often: it is time that counts, not what is heard.
        while paths.iter().any(|path| is_empty(path)) && !is_over(self.newsroom.now()) {
            match self.messages.recv_timeout(MOMENT) {
                Ok(Message::Changed(more)) => paths.extend(more),
                Ok(message) => self.later.push_back(message),
                Err(_) => {}
            }
        }
        paths
    }

    /// Whether a file has been emptied a moment ago.
    fn is_being_written(&self, path: &Path) -> bool {
        let changed = path.metadata().and_then(|file| file.modified()).ok().and_then(|at| Timestamp::try_from(at).ok());
        let is_fresh = |at: Timestamp| self.newsroom.now().duration_since(at).unsigned_abs() < JUST_NOW;
        is_empty(path) && changed.is_some_and(is_fresh)
    }

    /// Reads the project for the first time.
    fn begin(&mut self) {
        match self.open() {
            Ok(project) => {
                self.project = Some(project);
                self.load_theme();
                self.put_together();
            }
            Err(error) => self.site_faults = vec![of_machine(&error)],
        }
        self.show(Vec::new());
    }

    /// Opens the project. There is no last good state yet of a source that is being written, so it is waited for.
    fn open(&mut self) -> Result<Project, MachineError> {
        let mut project = Project::open(&self.options.root)?;
        let paths = project.faulty().into_iter().map(|source| on_disk(&self.options.root, &source));
        let written: BTreeSet<PathBuf> = paths.filter(|path| self.is_being_written(path)).collect();
        if !written.is_empty() {
            project.look_at(&self.wait_for_writers(written))?;
        }
        Ok(project)
    }

    /// Looks at what has changed and shows it.
    fn look(&mut self, look: impl FnOnce(&mut Project) -> Result<Changes, MachineError>) {
        let Some(project) = &mut self.project else { return self.begin() };
        let changes = match look(project) {
            Ok(changes) => changes,
            Err(error) => {
                self.site_faults = vec![of_machine(&error)];
                return self.show(Vec::new());
            }
        };
        let is_other_theme = (changes.theme || changes.config) && self.load_theme();
        if changes.is_empty() && !is_other_theme {
            return;
        }
        let mut events: Vec<Event> = changes.files.iter().cloned().map(Event::File).collect();
        events.extend(changes.added.iter().cloned().map(Event::Article));
        let is_small = self.press.is_some() && !changes.config && !is_other_theme && !changes.records;
        if !(is_small && self.retell(&changes.articles)) {
            self.put_together();
        }
        self.moments.clear();
        self.show(events);
    }

    /// The time has come for something.
    fn tick(&mut self) {
        if self.options.at.is_none() && !self.window.contains(self.newsroom.now()) {
            self.put_together();
            self.show(Vec::new());
        }
    }

    /// How long nothing happens by itself.
    fn wait(&self) -> Duration {
        let until = self.window.until.filter(|_| self.options.at.is_none());
        let left = until.map(|until| Duration::try_from(until.duration_since(self.newsroom.now())).unwrap_or_default());
        left.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
    }

    /// Loads the theme; when it cannot be used, the last one stays. Whether it is another, or other things are wrong.
    fn load_theme(&mut self) -> bool {
        let Some(config) = self.project.as_ref().and_then(Project::config) else { return false };
        let mut faults = Vec::new();
        let theme = render::load(&self.options.root, &config.theme, &config.theme_options).take(&mut faults);
        let told_others = faults != self.theme_faults;
        self.theme_faults = faults;
        let Some(theme) = theme else { return told_others };
        let is_same = self.theme.as_ref().is_some_and(|known| {
            known.digest == theme.digest && known.options == theme.options && known.pictures == theme.pictures
        });
        if !is_same {
            self.theme = Some(Arc::new(theme));
        }
        !is_same || told_others
    }

    /// The instant that is shown unless somebody asks for another.
    fn present(&self, config: &Config) -> Timestamp {
        let at = self.options.at.as_ref().and_then(|at| at.resolve(&config.timezone).ok());
        at.map_or_else(|| self.newsroom.now(), |moment| moment.instant)
    }

    /// Puts the whole site together as of now and up a press for it. When that cannot be done, the last one stays.
    fn put_together(&mut self) {
        // Until it can, nothing happens by itself.
        self.window = Window::default();
        let Some(config) = self.project.as_ref().and_then(Project::config).cloned() else { return };
        let now = self.present(&config);
        let mut faults = Vec::new();
        if let Some(matter) = self.matter(&config, now, &mut faults) {
            let window = matter.site.window;
            if self.replace(matter, &mut faults) {
                self.window = window;
            }
        }
        self.site_faults = faults;
    }

    /// The site as of an instant, ready to be printed; `None` when there is no theme to print it with.
    fn matter(&self, config: &Arc<Config>, now: Timestamp, faults: &mut Vec<Diagnostic>) -> Option<Matter> {
        let project = self.project.as_ref()?;
        let records = project.records();
        let drafts = self.options.drafts;
        let site = assemble(records.clone(), project.faulty(), config, now, drafts).take(faults);
        let theme = self.theme.as_ref();
        let assets = theme.map(|theme| theme.assets.routes()).unwrap_or_default();
        let theme_files = theme.map(|theme| theme.names.as_slice()).unwrap_or_default();
        let has_template = |name: &str| theme.is_none_or(|theme| theme.templates.has(name));
        let plan = plan(&site, config, &assets, theme_files, &has_template).take(faults);
        let mut theme = Theme::clone(theme?);
        faults.extend(resolve_pictures(&mut theme.options, &theme.pictures, config, &site, &plan));
        if !config.hosts.is_empty() || !plan.patterns().is_empty() {
            faults.extend(HostRules::new(&plan, config, &theme.templates.uses).limits());
        }
        let root = self.options.root.clone();
        let config = Arc::clone(config);
        let is_fixed = self.options.at.is_some();
        Some(Matter { root, config, records, site, plan, theme, biographies: None, now, drafts, is_fixed })
    }

    /// Puts up a press in the place of the one that readers are shown.
    fn replace(&mut self, matter: Matter, faults: &mut Vec<Diagnostic>) -> bool {
        let config = Arc::clone(&matter.config);
        match self.set_up(matter) {
            Ok(press) => {
                let before = self.press.replace((config, Arc::new(press)));
                // Giving back the memory of a large archive takes a while, and nobody waits for it.
                thread::spawn(move || drop(before.map(|(_, press)| press.stop())));
                true
            }
            Err(why) => {
                faults.push(Diagnostic::new(Code::BadConfig, crate::config::FILE, why));
                false
            }
        }
    }

    fn set_up(&self, matter: Matter) -> Result<Press, String> {
        let newsroom = Arc::downgrade(&self.newsroom);
        let listener: Listener = Arc::new(move || {
            if let Some(newsroom) = newsroom.upgrade() {
                newsroom.shown.send_modify(|shown| shown.number += 1);
            }
        });
        Press::start(matter, self.options.threads, self.options.clock, listener)
    }

    /// Tells other texts of stories with the site as it is. `false` when that is not enough.
    fn retell(&mut self, articles: &[(Arc<Article>, Arc<Article>)]) -> bool {
        if !articles.iter().all(|(was, article)| hang_alike(was, article)) {
            return false;
        }
        let Some(mut matter) = self.press.as_ref().and_then(|(_, press)| press.stop()) else { return false };
        for (was, article) in articles {
            if !matter.site.retell(was, article, matter.now) {
                return false;
            }
            let at = matter.records.binary_search_by(|record| record.source().cmp(&article.source));
            let Ok(at) = at else { return false };
            matter.records[at] = Record::Article(Arc::clone(article));
        }
        let mut faults = std::mem::take(&mut self.site_faults);
        let is_up = self.replace(matter, &mut faults);
        self.site_faults = faults;
        is_up
    }

    /// A press for another moment.
    fn moment(&mut self, at: Timestamp) -> Option<Arc<Press>> {
        if let Some(place) = self.moments.iter().position(|(window, _)| window.contains(at)) {
            let found = self.moments.remove(place);
            let press = Arc::clone(&found.1);
            self.moments.insert(0, found);
            return Some(press);
        }
        if let Some((_, press)) = self.press.as_ref().filter(|_| self.window.contains(at)) {
            return Some(Arc::clone(press));
        }
        let config = self.project.as_ref().and_then(Project::config).cloned()?;
        let matter = self.matter(&config, at, &mut Vec::new())?;
        let window = matter.site.window;
        let press = Arc::new(self.set_up(matter).ok()?);
        self.moments.truncate(MOMENTS - 1);
        self.moments.insert(0, (window, Arc::clone(&press)));
        Some(press)
    }

    /// Shows what is known now.
    fn show(&mut self, events: Vec<Event>) {
        let read = self.project.as_ref().map(Project::diagnostics).unwrap_or_default();
        // One that has been stopped and could not be replaced would never answer.
        self.press.take_if(|(_, press)| press.is_stopped());
        let printing = self.press.iter().flat_map(|(_, press)| press.faults.iter().cloned());
        let of_site = self.theme_faults.iter().chain(&self.site_faults).cloned();
        let diagnostics = report(&self.options.root, read.into_iter().chain(of_site).chain(printing).collect());
        self.newsroom.shown.send_modify(|shown| {
            shown.number += 1;
            shown.is_open = true;
            (shown.config, shown.press) = self.press.clone().unzip();
            shown.diagnostics = Arc::new(diagnostics);
            if !events.is_empty() {
                let log = Arc::make_mut(&mut shown.events);
                log.extend(events.into_iter().map(|event| (shown.number, event)));
                let excess = log.len().saturating_sub(EVENTS);
                log.drain(..excess);
            }
        });
    }
}

fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() == 0)
}

/// A fault of the machine, as readers of the preview are told it.
fn of_machine(error: &MachineError) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFile, "", error.to_string())
}
