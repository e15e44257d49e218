//! Readers who follow links through a web server while the site is deployed many times, and deploys are killed.
#![allow(clippy::disallowed_methods, reason = "the number of deploys may come from the environment")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use presswork::store::StoreErrorKind;

use super::*;
use crate::browser::server::Server;
use crate::support::Random;

/// Deploys during the test; `PRESSWORK_DEPLOYS` sets another number.
const DEPLOYS: usize = 60;

/// The page at a path; `None` if the server has none.
fn fetch(origin: &str, path: &str) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(origin.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(format!("GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let is_found = answer.starts_with(b"HTTP/1.1 200");
    let start = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    is_found.then(|| answer.split_off(start))
}

/// True if a page links to a path at which nothing is: looked at three times, because a deploy may have changed the page
/// after the reader had got it.
fn is_broken(origin: &str, page: &str, link: &str) -> bool {
    (0..3).all(|_| {
        let is_gone = || fetch(origin, link).is_none();
        is_gone() && fetch(origin, page).is_some_and(|page| links(&page).iter().any(|found| found == link)) && is_gone()
    })
}

#[test]
fn readers_meet_no_broken_link_while_deploys_are_killed() {
    let mut paper = Paper::new(10);
    paper.build(0);
    paper.deploy();
    let deploys = std::env::var("PRESSWORK_DEPLOYS").ok().and_then(|number| number.parse().ok()).unwrap_or(DEPLOYS);
    let server = Server::start(paper.online(), "/");
    let origin = server.origin();
    let (is_done, followed) = (AtomicBool::new(false), AtomicUsize::new(0));
    let read = |seed: u64| {
        let mut random = Random::new(seed);
        let mut page = String::new();
        while !is_done.load(Ordering::Relaxed) {
            let Some(bytes) = fetch(&origin, &page) else {
                page.clear();
                continue;
            };
            let Some(link) = random.pick_any(links(&bytes)) else {
                page.clear();
                continue;
            };
            followed.fetch_add(1, Ordering::Relaxed);
            if fetch(&origin, &link).is_none() {
                assert!(!is_broken(&origin, &page, &link), "/{page} links to /{link}");
                page.clear();
            } else {
                page = link;
            }
        }
    };
    let mut random = Random::new(7);
    let mut killed = 0;
    thread::scope(|scope| {
        let readers = [scope.spawn(|| read(1)), scope.spawn(|| read(2))];
        for number in 1..=deploys {
            paper.build(number % 2);
            let (calls, end) = (AtomicUsize::new(0), random.below(160));
            let fails = |call| (call >= end).then_some(StoreErrorKind::Permanent);
            let target = Unreliable::new(paper.online(), &calls, fails);
            let state = Unreliable::new(paper.state(), &calls, fails);
            let result = paper.with(&target, &state, "one", OPTIONS, |deployment| deploy(deployment, &paper.files()));
            killed += usize::from(result.is_err());
            if readers.iter().any(thread::ScopedJoinHandle::is_finished) {
                break;
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });
    paper.deploy();
    paper.assert_complete();
    let followed = followed.into_inner();
    println!("{followed} links followed during {deploys} deploys, of which {killed} were killed");
    assert!(followed > deploys && killed > deploys / 4, "{followed} links, {killed} killed");
}
