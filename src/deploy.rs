//! Deploys a built site to a store: only what has changed, in an order in which no page links to what is not there yet.
//!
//! `presswork deploy` builds into `public/` as always; nothing in the pipeline knows of it. A **store**
//! (`src/store.rs`) keeps files by name and can put one under a condition: only if it is new, only if it still has the
//! version that was read.
//!
//! ```text
//!  ledger ──► site files ─┐
//!                         ├─► plan ─► journal ─► waves ─► head ─► deletes ─► tidy
//!  head ─► segments ──────┘                  (barrier after each)
//! ```
//!
//! - The **head** (`head.json`) is small: generation, commit, instant, and the names of the **segments** that list all
//!   objects with their hashes. Segments are named by their contents and never change; a deploy adds a small one, and
//!   segments of similar size are merged.
//! - A file is put if the hash of its bytes or of its headers differs from the list: no sizes, times or ETags. The
//!   bytes are hashed again when they are read from `public/`.
//! - **Invariant:** at every moment each page that readers can reach links only to what is there. So the theme's files
//!   and pictures come first, then pages at new URLs, which no page links to yet, then new lists, changed pages,
//!   changed lists, the front page with feeds and sitemaps; what is gone is deleted last. Each wave waits for the one
//!   before.
//! - What is about to change is in the **journal** before anything changes. Objects that it names may be in either
//!   state after a deploy that was killed; they are put or deleted again, and are never taken for files of others.
//! - With a private state, the **ledger travels**: without folders and times, as a base and differences. A build may
//!   start from it in an empty output folder (`BuildOptions::published_elsewhere`): files that the ledger knows count
//!   as published. If a file is needed that was never rendered here, everything is.
//! - The lock is a file that only one deploy can create. It expires, is renewed while a deploy runs, and the head is
//!   replaced only in the version that was read. A lock of the same project folder belongs to a process that was
//!   killed, because that folder has a lock of the operating system, too.
//! - `tests/suite/deploy/kill.rs` ends deploys after any number of changes, follows all links, and completes them.

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
pub use run::{DeployOptions, DeployReport, Deployment, deploy, ledger_online, plan_only, stories_online};
pub use service::{check_limits, deploy_to_service};
pub use travel::LedgerRef;
pub use verify::{Differing, verify};
