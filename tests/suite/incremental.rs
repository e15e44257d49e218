//! A build after edits gives the same bytes as a clean build, whatever the edits were.
//!
//! `PRESSWORK_CASES=5000 cargo test --test suite incremental::` makes more than the usual 160 edits. A failure prints
//! its script in words, and how to run it again.
#![allow(clippy::disallowed_methods, reason = "PRESSWORK_CASES comes from the environment")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

mod directed;
pub mod edits;
pub mod generate;
mod script;
mod site;
mod theme;
mod translations;

use script::{EDITS, Script, Tally};

/// The default number of edits after which whole trees are compared.
const CASES: usize = 160;
/// The number of scripts after which no more are tried, as a multiple of those that have the default number of edits.
const MOST: u64 = 8;

#[test]
fn any_edits_give_what_a_clean_build_gives() {
    if let Ok(text) = std::env::var("PRESSWORK_REPLAY") {
        let script = Script::parse(&text).expect("seed:stories:edit,edit,…");
        script.run().unwrap_or_else(|failure| panic!("{failure}"));
        return;
    }
    let cases = std::env::var("PRESSWORK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let scripts = cases.div_ceil(EDITS) as u64;
    let (next, tally, failed) = (AtomicU64::new(0), Mutex::new(Tally::default()), Mutex::new(None));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            // If the site cannot be published, only the reports are compared, and the edit doesn't count.
            // Each kind of edit counts at least once, however the scripts turn out.
            let is_complete = |tally: &Tally| tally.published() >= cases && tally.unpublished().is_empty();
            let is_enough = seed >= MOST * scripts || (seed >= scripts && is_complete(&tally.lock().unwrap()));
            if is_enough || failed.lock().unwrap().is_some() {
                return;
            }
            match Script::of(seed).run() {
                Ok(made) => tally.lock().unwrap().add(made),
                Err(failure) => *failed.lock().unwrap() = Some((seed, failure)),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, Into::into) {
            scope.spawn(work);
        }
    });
    if let Some((seed, failure)) = failed.into_inner().unwrap() {
        panic!("{}", Script::of(seed).shrink(failure));
    }
    let tally = tally.into_inner().unwrap();
    let (published, cases) = (tally.published(), tally.cases());
    println!("{cases} edits, after {published} of which the site could be published: {:#?}", tally.kinds);
    // Several edits break a site on purpose, and it stays broken until another one mends it: half of all sites are whole.
    // Which scripts run depends on the threads, so the share varies.
    assert!(published * 5 > cases * 2, "only {published} of {cases} generated sites can be published at all");
    let unpublished = tally.unpublished();
    assert!(cases < CASES || unpublished.is_empty(), "no site was published after: {unpublished:?}");
}
