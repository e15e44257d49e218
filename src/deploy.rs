//! Deploys a built site to a store: only what has changed, in an order in which no page links to what is not there yet.
//!
//! The **head** of a target says which generation of the site is online, and its **objects** are all files that Presswork
//! has put there. A deploy compares them with the site, writes down in a **journal** what it is about to change, and puts
//! files in **waves**, each of which begins when the one before is complete. Then it replaces the head, and deletes. A deploy
//! that is killed leaves the journal, so the next one knows which files may be in either state.

#[cfg(feature = "announce")]
mod announce;
mod commit;
mod delta;
mod error;
mod files;
mod git;
mod head;
mod journal;
mod kept;
mod lock;
mod objects;
mod plan;
mod probe;
mod rollback;
mod run;
mod service;
mod travel;
mod verify;
mod waves;

#[cfg(feature = "announce")]
pub use announce::{Announcer, ServiceUrls};
pub use commit::{Relation, SourceCommit};
pub use error::DeployError;
pub use files::{SiteFile, SiteFiles};
pub use git::{GitBranch, GitOptions, GitReport};
pub use head::{Head, PreviousGeneration};
pub use lock::LockOwner;
pub use plan::{DeployPlan, Wave};
pub use rollback::rollback;
pub use run::{DeployOptions, DeployReport, Deployment, deploy, ledger_online, plan_only};
pub use service::{check_limits, deploy_to_service};
pub use travel::LedgerRef;
pub use verify::{Differing, verify};
