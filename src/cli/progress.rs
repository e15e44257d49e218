//! A progress bar on a terminal, once the work has taken long enough for somebody to wonder.

use std::io::IsTerminal;
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::timings::Timings;
use super::{clock, say};
use crate::build::{Progress, WAITING};
use crate::route::Route;

/// Nothing is shown for work that is done sooner.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the bar is drawn while nothing advances.
const TICK: Duration = Duration::from_millis(120);

/// A bar on standard error that stays hidden for the first half second, and for ever without a terminal.
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    started: Instant,
    shown: Once,
}

impl Bar {
    /// A bar that does not show yet.
    pub(super) fn new() -> Bar {
        let is_watched = std::io::stderr().is_terminal();
        let bar = is_watched
            .then(|| ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden()).with_style(style()));
        Bar { bar, started: clock::start(), shown: Once::new() }
    }

    /// Takes the bar away, so that what is said next stands on a clean line.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Everybody who wants to hear how far a build has come.
pub(super) struct Watcher {
    pub bar: Bar,
    pub timings: Option<Timings>,
}

impl Progress for Watcher {
    fn begin(&self, phase: &'static str, items: usize) {
        self.bar.begin(phase, items);
        if let Some(timings) = &self.timings {
            timings.begin(phase, items);
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
    fn begin(&self, phase: &'static str, items: usize) {
        if phase == WAITING {
            // It may last, and somebody who sees nothing would stop it.
            say(&format!("{WAITING} …\n"));
        }
        if let Some(bar) = &self.bar {
            bar.set_message(phase);
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
