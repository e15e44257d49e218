//! Publishes whenever a file is saved or a story falls due: `build --watch` and `deploy --watch`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::{Failure, clock, print_failure, print_message};
use crate::build::last_build;
use crate::serve::watch_files;

/// The longest sleep: a clock that was set, or a machine that slept, is noticed after this time.
const LONGEST: Duration = Duration::from_secs(30);
/// The pause after an error of the machine; each further one is twice as long, up to the longest sleep.
const FIRST_RETRY: Duration = Duration::from_secs(2);

/// The result of one attempt to publish.
pub(super) enum Attempt {
    /// The site is published.
    Published,
    /// The site has errors, which have been reported; what was published stays.
    HasErrors,
}

/// A project that is published again and again.
pub(super) struct Watch {
    pub root: PathBuf,
    /// The file that says how the last attempt went, for monitoring.
    pub health: Option<PathBuf>,
}

impl Watch {
    /// Publishes now, and then after each change of a file and whenever a story falls due, until `is_over`. Errors of the
    /// machine are reported and tried again.
    pub(super) fn run(
        &self,
        is_over: impl Fn() -> bool,
        mut publish: impl FnMut() -> Result<Attempt, Failure>,
    ) -> Result<ExitCode, Failure> {
        let (send, changes) = mpsc::channel();
        let say = |text: &str| print_message(&format!("note: {text}\n"));
        let root = self.root.canonicalize().map_err(|error| Failure::file("find", &self.root, &error))?;
        // The receiver lives until the process ends.
        watch_files(
            &root,
            None,
            move |_| {
                let _ = send.send(());
            },
            say,
        )?;
        let mut pause = FIRST_RETRY;
        while !is_over() {
            let attempt = publish();
            if let Err(failure) = &attempt {
                print_failure(failure);
            }
            self.write_health(&attempt)?;
            let retry = attempt.is_err().then_some(pause);
            pause = if retry.is_some() { (pause * 2).min(LONGEST) } else { FIRST_RETRY };
            self.wait(&changes, retry, &is_over)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Waits for a change, for the next time at which the site changes by itself, or until it is time to try again.
    fn wait(
        &self,
        changes: &Receiver<()>,
        retry: Option<Duration>,
        is_over: &impl Fn() -> bool,
    ) -> Result<(), Failure> {
        let due = self.due();
        let mut left = retry;
        while !is_over() {
            let until_due = due.map(|due| remaining(due, clock::now()));
            let longest = if cfg!(unix) { SLICE } else { LONGEST };
            let sleep = [until_due, left].into_iter().flatten().fold(longest, Duration::min);
            match changes.recv_timeout(sleep) {
                Ok(()) => {
                    changes.try_iter().for_each(drop);
                    return Ok(());
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::new("files are no longer watched")),
                Err(RecvTimeoutError::Timeout) => {}
            }
            left = left.map(|left| left.saturating_sub(sleep));
            if left.is_some_and(|left| left.is_zero()) || due.is_some_and(|due| clock::now() >= due) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next time at which the site changes without an edit.
    fn due(&self) -> Option<Timestamp> {
        last_build(&self.root).ok()?.window.until
    }

    fn write_health(&self, attempt: &Result<Attempt, Failure>) -> Result<(), Failure> {
        let Some(path) = &self.health else { return Ok(()) };
        let (state, message) = match attempt {
            Ok(Attempt::Published) => ("published", None),
            Ok(Attempt::HasErrors) => ("errors", None),
            Err(failure) => ("failed", Some(failure.message.as_str())),
        };
        let due = self.due().map(|due| due.to_string());
        let text = json!({"state": state, "time": clock::now().to_string(), "due": due, "message": message});
        let new = with_extension(path, "new");
        let written = fs::write(&new, format!("{text}\n")).and_then(|()| fs::rename(&new, path));
        written.map_err(|error| Failure::file("write", path, &error))
    }
}

/// The time after which a wait looks if it is over.
const SLICE: Duration = Duration::from_millis(500);

/// The time from now until then; zero if it has passed.
fn remaining(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or_default()
}

fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}
