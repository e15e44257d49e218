//! Restores the generation before the one that is online, from the files that were kept.

use crate::config::{Config, StoreUrl, TargetUrl};
use crate::hosts::StoredHeaders;

use super::error::DeployError;
use super::files::hash_of;
use super::head::Head;
use super::kept;
use super::objects::ObjectState;
use super::plan::{DeployPlan, ObjectsBefore, PutItem, Retirement, Wanted};
use super::run::{DeployReport, Deployment, LockedWork};

/// Puts back what the last deploy has changed. A second call undoes the first.
///
/// # Errors
/// If nothing was kept, a store fails or the user interrupts it.
pub fn rollback(deployment: &Deployment<'_>, config: &Config, target: &TargetUrl) -> Result<DeployReport, DeployError> {
    deployment.locked(|lock, keeps_conditions| {
        let situation = deployment.survey("")?;
        if situation.journal.continues() {
            let message = "the last deploy was interrupted, so it is not certain what is online";
            return Err(DeployError::new(message).hint("deploy first: presswork deploy"));
        }
        let Some(previous) = situation.head.previous.clone() else {
            let message = "no earlier generation of this target is kept";
            let hint = "Presswork keeps one if the target has a `state` and the deploy changed at most 1,000 files; \
                        otherwise check out the older commit and deploy it with --allow-older";
            return Err(DeployError::new(message).hint(hint));
        };
        let is_bucket = matches!(target, TargetUrl::Store(StoreUrl::Bucket { .. }));
        let mut plan = DeployPlan::default();
        let before = ObjectsBefore { base: &situation.base, objects: &situation.objects };
        let live = deployment.segments().load(&previous.segments)?;
        for (route, mut entry) in live.into_iter().filter(|(_, entry)| entry.state == ObjectState::Live) {
            let headers = StoredHeaders::of(&route, entry.class, config);
            entry.headers = if is_bucket { hash_of(&headers) } else { 0 };
            plan.next.insert(route.clone(), entry);
            plan.add(&before, Wanted { route: &route, entry, headers: &headers, file: None });
        }
        plan.leave(&before, Retirement { now: (deployment.now)(), keep: deployment.options.keep_assets });
        plan.finish(&before);
        plan.check_deletes(deployment.options.max_delete, situation.objects.len())?;
        let kept = kept::read(&deployment.segments(), &previous.kept)?;
        let bytes = |item: &PutItem| {
            kept.get(&item.entry.hash).cloned().ok_or_else(|| {
                let message = format!("/{} of generation {} was not kept", item.route, previous.generation);
                DeployError::new(message).hint("check out that commit and deploy it with --allow-older")
            })
        };
        // Everything is there before anything changes.
        plan.puts.iter().try_for_each(|item| bytes(item).map(drop))?;
        let head = Head {
            as_of: previous.as_of,
            commit: previous.commit.clone(),
            ledger: previous.ledger.clone(),
            keeps_conditions,
            ..situation.head.clone()
        };
        LockedWork { deployment, situation, plan, lock, bytes: &bytes, notes: Vec::new() }.carry_out(head)
    })
}
