//! A progress bar on a terminal, for work that takes noticeably long.

use std::io::IsTerminal;
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::timings::Timings;
use super::{clock, print_message};
use crate::build::{Phase, Progress};
use crate::route::Route;

/// The time after which the bar appears.
const PATIENCE: Duration = Duration::from_millis(500);

/// The interval at which the bar is redrawn while nothing advances.
const TICK: Duration = Duration::from_millis(120);

/// A bar on standard error, hidden for the first half second, and always without a terminal.
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    started: Instant,
    shown: Once,
}

impl Bar {
    /// Creates a hidden bar.
    pub(super) fn new() -> Bar {
        let is_watched = std::io::stderr().is_terminal();
        let bar = is_watched
            .then(|| ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden()).with_style(style()));
        Bar { bar, started: clock::start(), shown: Once::new() }
    }

    /// Removes the bar, so that the next message begins on a clean line.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Passes the progress of a build to the bar and to the timings.
pub(super) struct Watcher {
    pub bar: Bar,
    pub timings: Option<Timings>,
}

impl Progress for Watcher {
    fn begin(&self, phase: Phase, items: usize) {
        self.bar.begin(phase, items);
        if let Some(timings) = &self.timings {
            timings.begin(phase.as_str(), items);
        }
    }

    fn advance(&self, items: usize) {
        self.bar.advance(items);
    }

    fn output(&self, route: &Route, work: &mut dyn FnMut()) {
        match &self.timings {
            Some(timings) => timings.output(route, work),
            None => work(),
        }
    }
}

impl Bar {
    fn begin(&self, phase: Phase, items: usize) {
        if phase == Phase::Waiting {
            // Waiting may take long, and without a message people would stop the command.
            print_message(&format!("{} …\n", phase.as_str()));
        }
        if let Some(bar) = &self.bar {
            bar.set_message(phase.as_str());
            bar.set_length(items as u64);
            bar.set_position(0);
        }
    }

    fn advance(&self, items: usize) {
        let Some(bar) = &self.bar else { return };
        bar.inc(items as u64);
        if !self.shown.is_completed() && self.started.elapsed() >= PATIENCE {
            self.shown.call_once(|| {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(TICK);
            });
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:>10} [{bar:30}] {human_pos}/{human_len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
