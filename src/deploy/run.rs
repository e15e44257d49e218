//! Carries out a deploy.

use std::path::{Path, PathBuf};

use crate::build::{Phase, Progress, portable_ledger};
use crate::plan::Class;
use crate::store::{Interrupt, Put, PutCondition, Store, Version};

use super::commit::{Relation, SourceCommit};
use super::error::DeployError;
use super::files::SiteFiles;
use super::head::{Head, PreviousGeneration};
use super::journal::{Journal, JournalEntry};
use super::lock::{Lock, LockOwner};
use super::objects::{ObjectState, Objects, SegmentRef, Segments};
use super::plan::{DeployPlan, ObjectsBefore, PutItem, Retirement, Wave, plan};
use super::travel::{self, LedgerRef};
use super::{kept, probe, waves};

/// The choices of a deploy.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeployOptions {
    /// The time for which files of the theme stay that no page needs any more, in seconds.
    pub keep_assets: i64,
    /// The maximum number of files to delete; `None`: a tenth, but at least a hundred.
    pub max_delete: Option<usize>,
    /// True to replace files that Presswork did not put there.
    pub take_over: bool,
    /// True to go back to an older commit or an earlier instant.
    pub allow_older: bool,
    /// True to put every file again.
    pub put_all: bool,
    /// True to take the lock away from another deploy.
    pub break_lock: bool,
    /// True if the state is in a private place, so that replaced files can be kept there for a rollback.
    pub is_private: bool,
}

/// A target, and everything that a deploy to it needs besides the site.
pub struct Deployment<'d> {
    /// The place of the site.
    pub target: &'d dyn Store,
    /// The place of what is known about it.
    pub state: &'d dyn Store,
    /// The folder in the project for copies of what is in the state.
    pub cache: PathBuf,
    /// The project's folder.
    pub root: &'d Path,
    /// The commit of the project.
    pub commit: Option<SourceCommit>,
    /// This deploy.
    pub owner: LockOwner,
    /// The clock, in seconds of Unix time.
    pub now: &'d (dyn Fn() -> i64 + Sync),
    /// The signal to stop.
    pub interrupt: Interrupt,
    /// Receives the progress.
    pub progress: &'d dyn Progress,
    /// The choices.
    pub options: DeployOptions,
}

/// The result of a deploy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeployReport {
    /// The generation that is online.
    pub generation: u64,
    /// The routes that are new or have changed, in the order in which they were put.
    pub put: Vec<String>,
    /// Those of them that are feeds.
    pub feeds: Vec<String>,
    /// Those of them that are stories or pages with another text.
    pub texts: Vec<String>,
    /// The number of bytes put.
    pub bytes: u64,
    /// The number of files that stayed as they were.
    pub unchanged: usize,
    /// The routes that were deleted.
    pub deleted: Vec<String>,
    /// The hash of the ledger that was saved with it.
    pub ledger: Option<String>,
    /// Notes, which need no change.
    pub notes: Vec<String>,
}

/// The difference to another machine's clock that is accepted, in seconds.
const SKEW: i64 = 600;

/// The state of a target.
pub(super) struct Situation<'s> {
    pub head: Head,
    pub version: Option<Version>,
    /// The objects according to the head.
    pub base: Objects,
    /// The same with what interrupted deploys have changed.
    pub objects: Objects,
    pub journal: Journal<'s>,
}

impl<'d> Deployment<'d> {
    pub(super) fn segments(&self) -> Segments<'d> {
        Segments { state: self.state, cache: self.cache.clone() }
    }

    /// Reads the state of the target. Another deploy may remove segments between reading the head and reading these, so the
    /// head is read again then.
    pub(super) fn survey(&self, site: &str) -> Result<Situation<'d>, DeployError> {
        self.survey_once(site).or_else(|_| self.survey_once(site))
    }

    fn survey_once(&self, site: &str) -> Result<Situation<'d>, DeployError> {
        let (head, version) = match Head::load(self.state)? {
            Some((head, version)) => (head, Some(version)),
            None => (Head::empty(site), None),
        };
        let base = self.segments().load(&head.segments)?;
        let mut objects = base.clone();
        let journal = Journal::open(self.state, head.generation, &mut objects)?;
        if self.options.put_all {
            objects.values_mut().for_each(|object| object.state = ObjectState::Uncertain);
        }
        Ok(Situation { head, version, base, objects, journal })
    }

    /// Refuses to go back.
    fn check_order(&self, head: &Head, site: &SiteFiles) -> Result<(), DeployError> {
        let DeployOptions { allow_older, take_over, .. } = self.options;
        if head.generation > 0 && head.site != site.site && !take_over {
            let message = format!("the target holds {}, and this is {}", head.site, site.site);
            return Err(DeployError::new(message).hint("choose another target, or replace that site with --take-over"));
        }
        if head.deployed > (self.now)() + SKEW {
            let message = "the last deploy to this target was made in the future: a clock is wrong by minutes";
            return Err(DeployError::new(message).hint("compare this machine's clock with the other's"));
        }
        if allow_older {
            return Ok(());
        }
        if let (Some(ours), Some(online)) = (&self.commit, &head.commit)
            && ours.relation(online, self.root)? == Relation::Older
        {
            let (ours, online) = (short(&ours.id), short(&online.id));
            let message = format!("commit {ours} is older than {online}, which is online");
            return Err(DeployError::new(message).hint("update the clone; or go back with --allow-older"));
        }
        if head.as_of > site.as_of {
            let message = "another deploy has published a later state of the site since this one was built";
            return Err(DeployError::new(message).hint("build and deploy again; or go back with --allow-older"));
        }
        Ok(())
    }

    /// Plans the changes.
    fn plan(&self, site: &SiteFiles, situation: &Situation<'_>) -> Result<DeployPlan, DeployError> {
        self.check_order(&situation.head, site)?;
        let before = ObjectsBefore { base: &situation.base, objects: &situation.objects };
        let retirement = Retirement { now: (self.now)(), keep: self.options.keep_assets };
        let plan = plan(site, &before, retirement);
        plan.check_deletes(self.options.max_delete, situation.objects.len())?;
        Ok(plan)
    }
}

/// Plans a deploy and changes nothing.
///
/// # Errors
/// If the state of the target cannot be read, or the deploy would be refused.
pub fn plan_only(deployment: &Deployment<'_>, site: &SiteFiles) -> Result<DeployPlan, DeployError> {
    let situation = deployment.survey(&site.site)?;
    deployment.plan(site, &situation)
}

/// The routes of the stories and pages that are online.
///
/// # Errors
/// If the state of the target cannot be read.
pub fn stories_online(deployment: &Deployment<'_>) -> Result<Vec<String>, DeployError> {
    let Some((head, _)) = Head::load(deployment.state)? else { return Ok(Vec::new()) };
    let objects = deployment.segments().load(&head.segments)?;
    let stories = objects.into_iter().filter(|(_, object)| {
        object.is_story && object.class == Class::Content && matches!(object.state, ObjectState::Live)
    });
    Ok(stories.map(|(route, _)| route).collect())
}

/// The ledger of the build that is online, and its hash; `None` if the state has none, or still the one with the hash
/// `known`.
///
/// # Errors
/// If the state cannot be read.
pub fn ledger_online(
    deployment: &Deployment<'_>,
    known: Option<&str>,
) -> Result<Option<(String, Vec<u8>)>, DeployError> {
    let ledger = Head::load(deployment.state)?.and_then(|(head, _)| head.ledger);
    let Some(ledger) = ledger.filter(|ledger| known != Some(ledger.hash.as_str())) else { return Ok(None) };
    let bytes = travel::load(&deployment.segments(), &ledger)?;
    Ok(Some((ledger.hash, bytes)))
}

/// Deploys a site.
///
/// # Errors
/// If the deploy is refused, a store fails or the user interrupts it. What was put until then stays, and the next deploy
/// continues.
pub fn deploy(deployment: &Deployment<'_>, site: &SiteFiles) -> Result<DeployReport, DeployError> {
    let situation = deployment.survey(&site.site)?;
    let plan = deployment.plan(site, &situation)?;
    if plan.is_empty() && !situation.journal.continues() {
        let (generation, unchanged) = (situation.head.generation, plan.unchanged);
        return Ok(DeployReport { generation, unchanged, ..DeployReport::default() });
    }
    deployment.locked(|lock, keeps_conditions| {
        // Another deploy may have ended between the first look and the lock.
        let situation = deployment.survey(&site.site)?;
        let plan = deployment.plan(site, &situation)?;
        deployment.refuse_foreign_site(&situation)?;
        let bytes = |item: &PutItem| match item.file.and_then(|at| site.files.get(at)) {
            Some(file) => site.bytes(file),
            None => Err(DeployError::new(format!("/{} is no file of the site", item.route))),
        };
        let ledger = match deployment.options.is_private {
            true => Some(deployment.save_ledger(situation.head.ledger.as_ref())?),
            false => None,
        };
        let head = Head {
            ledger,
            site: site.site.clone(),
            as_of: site.as_of,
            commit: deployment.commit.clone(),
            keeps_conditions,
            ..situation.head.clone()
        };
        LockedWork { deployment, situation, plan, lock, bytes: &bytes, notes: Vec::new() }.carry_out(head)
    })
}

impl<'d> Deployment<'d> {
    /// Takes the lock, and gives it back whatever the result is.
    pub(super) fn locked<R>(
        &self,
        work: impl FnOnce(&mut Lock<'d>, bool) -> Result<R, DeployError>,
    ) -> Result<R, DeployError> {
        let keeps_conditions = match Head::load(self.state)? {
            Some((head, _)) if head.keeps_conditions => true,
            _ => probe::keeps_conditions(self.state, &self.owner.id)?,
        };
        let mut lock = Lock::take(self.state, &self.owner, (self.now)(), self.options.break_lock, keeps_conditions)?;
        let tidied = self.target.tidy().map_err(DeployError::from);
        let result = tidied.and_then(|()| work(&mut lock, keeps_conditions));
        let released = lock.release();
        // The first error says more than the one that follows from it.
        result.and_then(|result| released.map(|()| result))
    }

    /// Saves the ledger of the last build.
    fn save_ledger(&self, old: Option<&LedgerRef>) -> Result<LedgerRef, DeployError> {
        let ledger = portable_ledger(self.root).map_err(|error| DeployError::new(error.0))?;
        travel::save(&self.segments(), old, &ledger)
    }

    /// Refuses to mix the site with another one at the first deploy.
    fn refuse_foreign_site(&self, situation: &Situation<'_>) -> Result<(), DeployError> {
        let is_first = situation.version.is_none() && !situation.journal.continues();
        if is_first && !self.options.take_over && self.target.get("index.html")?.is_some() {
            let message = format!("{} has a front page that Presswork did not put there", self.target.address());
            let hint = "choose an empty place; or, if this is the site's place and its state was lost: --take-over";
            return Err(DeployError::new(message).hint(hint));
        }
        Ok(())
    }
}

/// The work on a locked target.
pub(super) struct LockedWork<'w, 'd> {
    pub deployment: &'w Deployment<'d>,
    pub situation: Situation<'d>,
    pub plan: DeployPlan,
    pub lock: &'w mut Lock<'d>,
    /// The bytes of a file to put.
    pub bytes: &'w (dyn Fn(&PutItem) -> Result<Vec<u8>, DeployError> + Sync),
    pub notes: Vec<String>,
}

impl LockedWork<'_, '_> {
    /// Puts all waves, replaces the head by `head` with the next generation, and deletes.
    pub(super) fn carry_out(mut self, head: Head) -> Result<DeployReport, DeployError> {
        self.note_conditions(&head);
        let kept = self.keep_previous()?;
        self.intend()?;
        let result = self.put_waves();
        let written = self.situation.journal.flush();
        let bytes = result.and_then(|bytes| written.map(|()| bytes))?;
        let (head, version) = self.replace_head(head, kept)?;
        let deleted = self.delete()?;
        self.finish(head, version, deleted, bytes)
    }

    fn note_conditions(&mut self, head: &Head) {
        if !head.keeps_conditions {
            let place = self.deployment.state.address();
            self.notes.push(format!("{place} ignores conditions, so two deploys at once are not kept apart"));
        }
    }

    /// Writes down what is about to change.
    fn intend(&mut self) -> Result<(), DeployError> {
        if self.situation.head.generation > 0 {
            // A deploy that was killed after it had replaced the head has left this, and a lost head would make it valid.
            let old = format!("journal/{}/0", self.situation.head.generation - 1);
            self.deployment.state.delete(&old)?;
        }
        let puts = self.plan.puts.iter().map(|item| JournalEntry::Intends(item.route.clone(), item.entry.class));
        let first = self.plan.deletes.iter().filter(|(route, _, _)| self.plan.in_the_way.contains(route));
        let first = first.map(|(route, class, _)| JournalEntry::Intends(route.clone(), *class));
        self.situation.journal.intend(puts.chain(first).collect())
    }

    /// Keeps what this deploy replaces, if there is a place for it. After an interrupted deploy it is not certain what is online.
    fn keep_previous(&mut self) -> Result<Option<SegmentRef>, DeployError> {
        let LockedWork { deployment, situation, plan, notes, .. } = self;
        let is_certain = situation.head.generation > 0 && !situation.journal.continues();
        if !deployment.options.is_private || !is_certain {
            return Ok(None);
        }
        let kept = kept::keep(deployment.target, &deployment.segments(), &deployment.interrupt, plan)?;
        Ok(kept.map_err(|note| notes.push(note)).ok())
    }

    /// Puts the waves one after the other. Returns the number of bytes.
    fn put_waves(&mut self) -> Result<u64, DeployError> {
        let LockedWork { deployment, situation, plan, lock, bytes, .. } = self;
        let &Deployment { target, progress, ref interrupt, options, .. } = *deployment;
        progress.begin(Phase::Deploying, plan.puts.len());
        plan.in_the_way.iter().try_for_each(|route| target.delete(route))?;
        let mut total = 0;
        for wave in Wave::ALL {
            let items: Vec<&PutItem> = plan.puts.iter().filter(|item| item.wave == wave).collect();
            let work = |item: &&PutItem| {
                let bytes = bytes(item)?;
                put(target, item, &bytes, options.take_over)?;
                Ok(bytes.len() as u64)
            };
            let done = |item: &&PutItem, length: u64| {
                total += length;
                progress.advance(1);
                lock.renew((deployment.now)())?;
                situation.journal.done(&item.route, item.entry)
            };
            waves::each(&items, target.concurrency(), interrupt, work, done)?;
        }
        Ok(total)
    }

    /// Saves the list of objects, and replaces the head.
    fn replace_head(&mut self, head: Head, kept: Option<SegmentRef>) -> Result<(Head, Version), DeployError> {
        let Situation { head: old, version, base, .. } = &self.situation;
        let segments = self.deployment.segments().save(&old.segments, base, &self.plan.next)?;
        let previous = kept.map(|kept| PreviousGeneration {
            generation: old.generation,
            as_of: old.as_of,
            commit: old.commit.clone(),
            segments: old.segments.clone(),
            ledger: old.ledger.clone(),
            kept,
        });
        let (generation, deployed) = (old.generation + 1, (self.deployment.now)());
        let head = Head { generation, deployed, segments, previous, ..head };
        let version = head.save(self.deployment.state, version.as_ref())?;
        Ok((head, version))
    }

    /// Deletes what is no longer part of the site.
    fn delete(&mut self) -> Result<Vec<String>, DeployError> {
        let LockedWork { deployment, plan, lock, .. } = self;
        let mut deleted = Vec::new();
        let work = |(route, _, _): &(String, _, _)| Ok(deployment.target.delete(route)?);
        let done = |(route, _, _): &(String, _, _), ()| {
            deleted.push(route.clone());
            lock.renew((deployment.now)())
        };
        waves::each(&plan.deletes, deployment.target.concurrency(), &deployment.interrupt, work, done)?;
        Ok(deleted)
    }

    /// Takes deleted objects off the list, and removes what nothing refers to any more.
    fn finish(
        self,
        mut head: Head,
        version: Version,
        deleted: Vec<String>,
        bytes: u64,
    ) -> Result<DeployReport, DeployError> {
        let LockedWork { deployment, situation, plan, notes, .. } = self;
        let segments = deployment.segments();
        let mut written: Vec<SegmentRef> = head.segments.clone();
        written.extend(situation.head.segments().cloned());
        if !deleted.is_empty() {
            let mut after = plan.next.clone();
            after.retain(|_, entry| entry.state != ObjectState::Doomed);
            head.segments = segments.save(&head.segments, &plan.next, &after)?;
            head.save(deployment.state, Some(&version))?;
        }
        situation.journal.remove()?;
        let named = |segment: &SegmentRef| head.segments().any(|named| named.name == segment.name);
        written.sort_by(|one, other| one.name.cmp(&other.name));
        written.dedup();
        written.iter().filter(|segment| !named(segment)).try_for_each(|segment| segments.remove(segment))?;
        let those = |filter: &dyn Fn(&&PutItem) -> bool| {
            plan.puts.iter().filter(filter).map(|item| item.route.clone()).collect()
        };
        let feeds = those(&|item| item.entry.class == Class::Feed);
        let texts = those(&|item| item.has_new_text);
        let put = those(&|_| true);
        let ledger = head.ledger.map(|ledger| ledger.hash);
        Ok(DeployReport {
            generation: head.generation,
            put,
            feeds,
            texts,
            bytes,
            unchanged: plan.unchanged,
            deleted,
            ledger,
            notes,
        })
    }
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// Puts a file. One that Presswork did not put there is left alone, unless it has the same bytes.
fn put(target: &dyn Store, item: &PutItem, bytes: &[u8], take_over: bool) -> Result<(), DeployError> {
    let condition = if item.is_ours || take_over { PutCondition::Always } else { PutCondition::New };
    if let Put::Done(_) = target.put(&item.route, bytes, &item.headers, condition)? {
        return Ok(());
    }
    if target.get(&item.route)?.is_some_and(|stored| stored.bytes == bytes) {
        return Ok(());
    }
    let message = format!("/{} exists at {}, and Presswork did not put it there", item.route, target.address());
    Err(DeployError::new(message).hint("move it elsewhere, or replace it with --take-over"))
}
