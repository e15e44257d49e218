//! `presswork deploy`: builds the site and puts it where readers see it.

mod report;
mod targets;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::progress::{Bar, Watcher};
use super::shared::{Format, open_project, report_diagnostics, site_has_errors};
#[cfg(feature = "serve")]
use super::watch::{Attempt, Watch};
use super::{Failure, clock, print_message, report as diagnostics_report};
use crate::build::{BuildOptions, Outcome, build};
use crate::config::{Config, DeployTarget};
use crate::deploy::{DeployError, DeployOptions};
use crate::diagnostic::did_you_mean;
#[cfg(feature = "serve")]
use crate::store::Interrupt;

use targets::DeployCall;

const DETAILS: &str = "\
Build the site and put it where readers see it: a target of `deploy` in site.yaml.

Only files that have changed are put, stories before the lists that link to them and the front page last, so that no \
reader meets a link to what is not there yet. Files of others are never replaced or deleted. A deploy that was \
interrupted is continued by the next one.

Credentials come from the environment, and from the configuration of ssh and git.";

const EXAMPLES: &str = "\
Examples:
  presswork deploy                     to the only target, or the one named live
  presswork deploy staging --dry-run   what would be put and deleted
  presswork deploy --verify            compare every file online with a clean build
  presswork deploy --rollback          back to the generation before

Results go to standard output, messages to standard error. With --format json there is one object on each line; the last \
one has the numbers.

Exit code: 0 success, 1 the site has errors, or --verify found differences, 2 wrong usage, or an error of the machine or the target.";

/// Build the site and put it where readers see it
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct DeployArgs {
    /// The target's name in site.yaml [default: live, or the only one]
    target: Option<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Show what would be put and deleted, and change nothing
    #[arg(long, conflicts_with_all = ["rollback", "verify"])]
    dry_run: bool,
    /// Deploy public/ as the last build left it
    #[arg(long, conflicts_with = "verify")]
    no_build: bool,
    /// Compare every file online with a clean build, and change nothing at the target
    #[arg(long)]
    verify: bool,
    /// Restore the generation before the one that is online
    #[arg(long, conflicts_with_all = ["no_build", "verify"])]
    rollback: bool,
    /// Delete up to N files from the target [default: a tenth, but at least 100]
    #[arg(long, value_name = "N")]
    max_delete: Option<usize>,
    /// Put every file again, also those that are believed to be online
    #[arg(long, conflicts_with_all = ["rollback", "verify"])]
    all: bool,
    /// Replace files at the target that Presswork did not put there
    #[arg(long)]
    take_over: bool,
    /// Go back to an older commit or an earlier state
    #[arg(long)]
    allow_older: bool,
    /// Take the lock away from another deploy, which was killed on another machine
    #[arg(long)]
    break_lock: bool,
    /// Allow the build to take up to N published stories off the site
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    allow_removals: usize,
    /// Deploy nothing when there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Stay, and deploy again whenever a file is saved or a story falls due
    #[cfg(feature = "serve")]
    #[arg(long, conflicts_with_all = ["dry_run", "no_build", "verify", "rollback", "all", "take_over", "allow_older", "break_lock"])]
    watch: bool,
    /// With --watch: write after each deploy to this file how it went
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "FILE", requires = "watch")]
    health: Option<PathBuf>,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// The state of a target from which a build begins.
#[derive(Debug, Default)]
struct BuildFrom {
    /// [`BuildOptions::published_elsewhere`].
    published_elsewhere: bool,
    /// [`BuildOptions::stories_online`].
    stories_online: Vec<String>,
}

impl From<DeployError> for Failure {
    fn from(error: DeployError) -> Failure {
        let failure = Failure::new(error.message);
        match error.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl DeployArgs {
    /// Builds, deploys and prints the report.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Some(site) = open_project(self.root.clone())? else { return site_has_errors() };
        let target = self.target(&site.config)?;
        let interrupt = targets::interrupt()?;
        #[cfg(feature = "serve")]
        if self.watch {
            return self.watch(&site.root, &target.name, &interrupt);
        }
        let call = DeployCall { arguments: &self, root: &site.root, config: &site.config, target, interrupt };
        call.run()
    }

    /// Deploys whenever a file is saved or a story falls due.
    #[cfg(feature = "serve")]
    fn watch(&self, root: &Path, name: &str, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
        let watch = Watch { root: root.to_owned(), health: self.health.clone() };
        watch.run(
            || interrupt.is_set(),
            || {
                // The target may have been edited, too.
                let Some(site) = open_project(Some(root.to_owned()))? else { return Ok(Attempt::HasErrors) };
                let target = site.config.deploy.iter().find(|target| target.name == name);
                let target =
                    target.ok_or_else(|| Failure::new(format!("site.yaml names no target `{name}` any more")))?;
                let interrupt = interrupt.clone();
                let call = DeployCall { arguments: self, root: &site.root, config: &site.config, target, interrupt };
                let code = call.run()?;
                Ok(if code == ExitCode::SUCCESS { Attempt::Published } else { Attempt::HasErrors })
            },
        )
    }

    /// True if the command stays and deploys again.
    fn stays(&self) -> bool {
        #[cfg(feature = "serve")]
        return self.watch;
        #[cfg(not(feature = "serve"))]
        false
    }

    /// The target that is meant.
    fn target<'c>(&self, config: &'c Config) -> Result<&'c DeployTarget, Failure> {
        let targets = &config.deploy;
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        let Some(wanted) = &self.target else {
            let live = targets.iter().find(|target| target.name == "live");
            return match (live, targets.as_slice()) {
                (Some(live), _) => Ok(live),
                (None, [only]) => Ok(only),
                (None, []) => Err(Failure::new("site.yaml names no target to deploy to")
                    .hint("add one: `deploy: {targets: {live: {url: ssh://user@host/srv/www/paper}}}`")),
                (None, _) => Err(Failure::new("which target?").hint(format!("one of {}", names.join(", ")))),
            };
        };
        targets.iter().find(|target| target.name == *wanted).ok_or_else(|| {
            let hint = did_you_mean(wanted, names.iter().copied());
            Failure::new(format!("site.yaml names no target `{wanted}`"))
                .hint(hint.unwrap_or_else(|| format!("its targets: {}", names.join(", "))))
        })
    }

    /// True unless the arguments say that nothing is built.
    fn builds(&self) -> bool {
        !(self.no_build || self.rollback)
    }

    /// Builds the site, unless the arguments say otherwise. False if something stopped it, which has then been reported.
    fn build(&self, root: &Path, from: BuildFrom) -> Result<bool, Failure> {
        if !self.builds() {
            return Ok(true);
        }
        let options = BuildOptions {
            deny_warnings: self.deny_warnings,
            verify: self.verify,
            allow_removals: self.allow_removals,
            published_elsewhere: from.published_elsewhere,
            stories_online: from.stories_online,
            ..BuildOptions::new(root.to_owned(), clock::now())
        };
        let watcher = Watcher { bar: Bar::new(), timings: None };
        let result = build(&options, &watcher);
        watcher.bar.finish();
        let outcome: Outcome = result?;
        let is_built = outcome.summary.is_some();
        let shown: Vec<_> = match self.quiet && is_built {
            true => Vec::new(),
            false => outcome.diagnostics.clone(),
        };
        report_diagnostics(self.format, &shown, root)?;
        for note in outcome.notes.iter().filter(|_| !self.quiet) {
            print_message(&format!("note: {note}\n"));
        }
        if !is_built {
            let tally = diagnostics_report::tally(&outcome.diagnostics);
            print_message(&format!("{tally}: nothing was deployed\n"));
        }
        Ok(is_built)
    }

    fn options(&self, target: &DeployTarget) -> DeployOptions {
        DeployOptions {
            keep_assets: i64::from(target.keep_assets.0) * 24 * 3_600,
            max_delete: self.max_delete,
            take_over: self.take_over,
            put_all: self.all,
            allow_older: self.allow_older,
            break_lock: self.break_lock,
            is_private: target.state.is_some(),
        }
    }
}
