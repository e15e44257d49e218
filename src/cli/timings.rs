//! `--timings`: the time of each phase of a build, and the slowest outputs.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{clock, report};
use crate::route::Route;

/// The number of slowest outputs to list.
const SLOWEST: usize = 10;

/// A stopwatch for phases and outputs.
pub(super) struct Timings {
    phases: Mutex<Vec<TimedPhase>>,
    slowest: Mutex<Vec<(Duration, String)>>,
}

struct TimedPhase {
    name: &'static str,
    items: usize,
    began: Instant,
    cpu: Duration,
}

impl Timings {
    /// Starts measuring, with the time before the first phase.
    pub(super) fn start() -> Timings {
        let timings = Timings { phases: Mutex::default(), slowest: Mutex::default() };
        timings.begin("starting", 0);
        timings
    }

    /// Begins a phase and ends the previous one.
    pub(super) fn begin(&self, name: &'static str, items: usize) {
        let phase = TimedPhase { name, items, began: clock::start(), cpu: clock::cpu() };
        self.phases.lock().unwrap_or_else(PoisonError::into_inner).push(phase);
    }

    /// Measures one output.
    pub(super) fn output(&self, route: &Route, work: &mut dyn FnMut()) {
        let watch = clock::start();
        work();
        let took = watch.elapsed();
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        if slowest.len() < SLOWEST || slowest.last().is_some_and(|(other, _)| took > *other) {
            let at = slowest.partition_point(|(other, _)| *other >= took);
            slowest.insert(at, (took, route.path().to_owned()));
            slowest.truncate(SLOWEST);
        }
    }

    /// Formats the table.
    pub(super) fn table(&self) -> String {
        let (now, cpu) = (clock::start(), clock::cpu());
        let phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = phases.iter().skip(1).map(|phase| (phase.began, phase.cpu)).chain([(now, cpu)]);
        let mut table = String::from("phase          wall       CPU     items\n");
        let mut line = |name: &str, wall: Duration, cpu: Duration, items: &str| {
            let text = format!("{name:<11} {:>6.3} s  {:>6.3} s {items:>9}", wall.as_secs_f64(), cpu.as_secs_f64());
            // Writing to a String cannot fail.
            let _ = writeln!(table, "{}", text.trim_end());
        };
        for (phase, (end, spent)) in phases.iter().zip(ends) {
            let items = if phase.items > 0 { phase.items.to_string() } else { String::new() };
            line(phase.name, end - phase.began, spent.saturating_sub(phase.cpu), &items);
        }
        if let Some(first) = phases.first() {
            line("in all", now - first.began, cpu.saturating_sub(first.cpu), "");
        }
        let slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        if !slowest.is_empty() {
            let _ = writeln!(table, "the {} slowest:", report::count(slowest.len(), "output"));
        }
        for (took, path) in slowest.iter() {
            let _ = writeln!(table, "  {:>8.2} ms  /{path}", took.as_secs_f64() * 1000.0);
        }
        table
    }
}
