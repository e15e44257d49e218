//! Deploys to a kind of target, with what comes from outside: the clock, the environment, signals.

use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::super::progress::{Bar, Watcher};
use super::super::shared::report_diagnostics;
use super::super::{Failure, SITE_HAS_ERRORS, clock, print_message};
use super::report;
use super::{BuildFrom, DeployArgs};
use crate::build::{adopt_ledger, ledger_of, stories_missing};
use crate::commit::WORK_FOLDER;
#[cfg(not(feature = "announce"))]
use crate::config::Announcements;
use crate::config::{Config, DeployService, DeployTarget, StoreUrl, TargetUrl};
#[cfg(feature = "announce")]
use crate::deploy::{Announcer, ServiceUrls};
use crate::deploy::{
    DeployReport, Deployment, GitBranch, GitOptions, LockOwner, SiteFiles, SourceCommit, check_limits, deploy,
    deploy_to_service, ledger_online, plan_only, rollback, stories_online, verify,
};
use crate::store::{self, Below, Interrupt, PRIVATE_FOLDER, Patient, Store};

/// A call of the command.
pub(super) struct DeployCall<'c> {
    pub arguments: &'c DeployArgs,
    pub root: &'c Path,
    pub config: &'c Config,
    pub target: &'c DeployTarget,
    pub interrupt: Interrupt,
}

impl DeployCall<'_> {
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        match &self.target.url {
            TargetUrl::Store(url) => self.to_store(url),
            TargetUrl::Git { remote, branch } => self.to_branch(remote, branch),
            TargetUrl::Service { service, name } => self.to_service(*service, name),
        }
    }

    /// The folder in the project for what deploys to this target keep between calls.
    fn folder(&self) -> PathBuf {
        self.root.join(WORK_FOLDER).join("deploy").join(&self.target.name)
    }

    /// Refuses options that this kind of target has no use for.
    fn refuse(&self, kind: &str) -> Result<(), Failure> {
        let DeployArgs { rollback, verify, all, break_lock, .. } = *self.arguments;
        let refused = [("--rollback", rollback), ("--verify", verify), ("--all", all), ("--break-lock", break_lock)];
        match refused.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(Failure::new(format!("{option} does not work with {kind}"))),
            None => Ok(()),
        }
    }

    fn to_branch(&self, remote: &str, branch: &str) -> Result<ExitCode, Failure> {
        self.refuse("a Git branch")?;
        if !self.arguments.build(self.root, BuildFrom::default())? {
            return Ok(failed_code());
        }
        let watch = clock::start();
        let site = SiteFiles::of_last_build(self.root, self.config, &self.target.url)?;
        let folder = self.folder();
        let _local = LocalLock::take(&folder)?;
        let DeployArgs { allow_older, take_over, max_delete, dry_run, .. } = *self.arguments;
        let commit = SourceCommit::of(self.root)?;
        let target = GitBranch { remote, branch, cache: folder.join("git"), root: self.root, commit };
        let report = target.deploy(&site, GitOptions { allow_older, take_over, max_delete }, dry_run)?;
        let printer =
            report::Printer { arguments: self.arguments, name: &self.target.name, calls: 0, took: watch.elapsed() };
        printer.branch(&report)
    }

    fn to_service(&self, service: DeployService, name: &str) -> Result<ExitCode, Failure> {
        self.refuse(service.as_str())?;
        if !self.arguments.build(self.root, BuildFrom::default())? {
            return Ok(failed_code());
        }
        let watch = clock::start();
        let site = SiteFiles::of_last_build(self.root, self.config, &self.target.url)?;
        match self.arguments.dry_run {
            true => check_limits(service, &site)?,
            false => deploy_to_service(service, name, &site)?,
        }
        let printer =
            report::Printer { arguments: self.arguments, name: &self.target.name, calls: 0, took: watch.elapsed() };
        printer.service(site.files.len())
    }

    fn to_store(&self, url: &StoreUrl) -> Result<ExitCode, Failure> {
        let watch = clock::start();
        let interrupt = &self.interrupt;
        let environment = clock::environment();
        let open = |url: &StoreUrl| {
            let store = store::open(url, self.root, &environment).map_err(crate::deploy::DeployError::from)?;
            Ok::<Patient, Failure>(Patient::new(store, interrupt.clone()))
        };
        let target = open(url)?;
        let private = self.target.state.as_ref().map(open).transpose()?;
        let beside = Below::new(&target, PRIVATE_FOLDER);
        let state: &dyn Store = match &private {
            Some(private) => private,
            None => &beside,
        };
        let folder = self.folder();
        let local = LocalLock::take(&folder)?;
        let watcher = Watcher { bar: Bar::new(), timings: None };
        let deployment = Deployment {
            target: &target,
            state,
            cache: folder.join("segments"),
            root: self.root,
            commit: SourceCommit::of(self.root)?,
            owner: local.owner(),
            now: &|| clock::now().as_second(),
            interrupt: interrupt.clone(),
            progress: &watcher,
            options: self.arguments.options(self.target),
        };
        let result = self.build_and_carry_out(&deployment, &Adopted::new(self.root, folder.join("adopted")));
        watcher.bar.finish();
        let calls = target.calls() + private.as_ref().map_or(0, Patient::calls);
        let output =
            report::Printer { arguments: self.arguments, name: &self.target.name, calls, took: watch.elapsed() };
        result?.map_or_else(|| Ok(failed_code()), |done| output.print(done))
    }

    /// Builds the site and deploys it; `None` if the build has errors, which have then been reported. On a machine without
    /// an earlier build, the build goes on from the one that is online.
    fn build_and_carry_out(
        &self,
        deployment: &Deployment<'_>,
        adopted: &Adopted<'_>,
    ) -> Result<Option<report::DeployResult>, Failure> {
        let DeployArgs { rollback: goes_back, verify: verifies, no_build, .. } = *self.arguments;
        let is_whole = goes_back || verifies || no_build || self.target.state.is_none();
        let is_partial = !is_whole && adopted.prepare(deployment)?;
        let stories_online = if goes_back { Vec::new() } else { stories_online(deployment)? };
        if no_build && !self.keeps_stories(&stories_online)? {
            return Ok(None);
        }
        let from = BuildFrom { published_elsewhere: is_partial, stories_online: stories_online.clone() };
        if !self.arguments.build(self.root, from)? {
            return Ok(None);
        }
        if is_partial {
            let site = self.built(deployment)?;
            // What others have changed, or rules of headers, may ask for files that were never here.
            let whole = BuildFrom { published_elsewhere: false, stories_online };
            if plan_only(deployment, &site)?.lacks_files(&site) && !self.arguments.build(self.root, whole)? {
                return Ok(None);
            }
        }
        let mut done = self.carry_out(deployment)?;
        if let report::DeployResult::Deployed(report) = &mut done {
            self.announce(report)?;
        }
        if let report::DeployResult::Deployed(report) = &done
            && is_partial
        {
            adopted.note(report.ledger.as_deref())?;
        }
        Ok(Some(done))
    }

    /// True if the last build has all stories that are online, or may take them away. Otherwise the errors have been
    /// reported.
    fn keeps_stories(&self, online: &[String]) -> Result<bool, Failure> {
        let DeployArgs { allow_removals, format, .. } = *self.arguments;
        let errors = stories_missing(self.root, online, allow_removals)?;
        report_diagnostics(format, &errors, self.root)?;
        Ok(errors.is_empty())
    }

    /// Tells others what has changed, if the target asks for it. What fails becomes a note.
    #[cfg(feature = "announce")]
    fn announce(&self, report: &mut DeployReport) -> Result<(), Failure> {
        let announcer = Announcer {
            config: self.config,
            target: &self.target.name,
            announcements: &self.target.announcements,
            environment: &clock::environment(),
            urls: ServiceUrls::default(),
        };
        let (urls, failed) = announcer.purge(report);
        urls.iter().try_for_each(|url| report::purge_line(self.arguments, url))?;
        let untold = announcer.tell(report);
        report.notes.extend(failed.into_iter().chain(untold));
        Ok(())
    }

    /// Says that this program cannot tell anybody.
    #[cfg(not(feature = "announce"))]
    fn announce(&self, report: &mut DeployReport) -> Result<(), Failure> {
        if self.target.announcements != Announcements::default() {
            let note = "nobody was told: this program was built without the feature `announce`";
            report.notes.push(note.to_owned());
        }
        Ok(())
    }

    /// The files of the last build. A build without changes keeps the instant of the one before, but if it was run just now,
    /// it has found that this is the site as of now.
    fn built(&self, deployment: &Deployment<'_>) -> Result<SiteFiles, Failure> {
        let site = SiteFiles::of_last_build(self.root, self.config, &self.target.url)?;
        let as_of = if self.arguments.no_build { site.as_of } else { site.as_of.max((deployment.now)()) };
        Ok(SiteFiles { as_of, ..site })
    }

    fn carry_out(&self, deployment: &Deployment<'_>) -> Result<report::DeployResult, Failure> {
        let DeployArgs { rollback: goes_back, verify: verifies, dry_run, .. } = *self.arguments;
        if goes_back {
            return Ok(report::DeployResult::Deployed(rollback(deployment, self.config, &self.target.url)?));
        }
        let site = self.built(deployment)?;
        if verifies {
            return Ok(report::DeployResult::Verified(site.files.len(), verify(deployment, &site)?));
        }
        match dry_run {
            true => Ok(report::DeployResult::Planned(plan_only(deployment, &site)?)),
            false => Ok(report::DeployResult::Deployed(deploy(deployment, &site)?)),
        }
    }
}

/// The note that the project's ledger came from a target, and which one.
struct Adopted<'a> {
    root: &'a Path,
    note: PathBuf,
}

impl<'a> Adopted<'a> {
    fn new(root: &'a Path, note: PathBuf) -> Adopted<'a> {
        Adopted { root, note }
    }

    /// Takes the ledger that is online, if this machine has no build of its own, or if what it took before is no longer
    /// online. True if the output folder may lack files.
    fn prepare(&self, deployment: &Deployment<'_>) -> Result<bool, Failure> {
        let known = fs::read_to_string(&self.note).ok();
        if known.is_none() && ledger_of(self.root).exists() {
            return Ok(false);
        }
        let Some((hash, bytes)) = ledger_online(deployment, known.as_deref())? else { return Ok(known.is_some()) };
        match adopt_ledger(self.root, bytes)? {
            Ok(()) => self.note(Some(&hash)).map(|()| true),
            Err(why) => {
                print_message(&format!("note: everything is read and rendered: {why}\n"));
                Ok(false)
            }
        }
    }

    fn note(&self, hash: Option<&str>) -> Result<(), Failure> {
        let Some(hash) = hash else { return Ok(()) };
        fs::write(&self.note, hash).map_err(|error| Failure::file("write", &self.note, &error))
    }
}

/// Stops at the next safe place on Ctrl-C and when the system ends the process; a second signal ends it at once.
pub(super) fn interrupt() -> Result<Interrupt, Failure> {
    let interrupt = Interrupt::default();
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let registered = signal_hook::flag::register_conditional_shutdown(signal, 130, interrupt.flag())
            .and_then(|_| signal_hook::flag::register(signal, interrupt.flag()));
        registered.map_err(|error| Failure::new(format!("cannot wait for signals: {error}")))?;
    }
    Ok(interrupt)
}

/// The lock of this project's deploys to a target. It lasts as long as the process, so a lock at the target that has the same
/// folder belongs to a process that is gone.
struct LocalLock {
    folder: String,
    _file: File,
}

impl LocalLock {
    fn take(folder: &Path) -> Result<LocalLock, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
        let path = folder.join("lock");
        let file = File::create(&path).map_err(|error| Failure::file("write", &path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new("another deploy of this project to the same target is running"));
            }
            Err(TryLockError::Error(error)) => return Err(Failure::file("lock", &path, &error)),
        }
        Ok(LocalLock { folder: folder_id(folder.join("id"))?, _file: file })
    }

    fn owner(&self) -> LockOwner {
        LockOwner { id: random(), folder: self.folder.clone(), name: clock::machine() }
    }
}

/// The value that identifies a project folder on this machine.
fn folder_id(path: PathBuf) -> Result<String, Failure> {
    if let Ok(id) = fs::read_to_string(&path)
        && !id.trim().is_empty()
    {
        return Ok(id.trim().to_owned());
    }
    let id = random();
    fs::write(&path, &id).map_err(|error| Failure::file("write", &path, &error))?;
    Ok(id)
}

/// A value that no other process has: the keys of the hash maps of this one are random.
fn random() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// The exit code when a build has errors, which have been reported.
fn failed_code() -> ExitCode {
    ExitCode::from(SITE_HAS_ERRORS)
}
