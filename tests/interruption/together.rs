//! Builds of one project at the same time.

use std::process::{Child, Stdio};

use crate::support::{self, Random, newsroom, snapshot};
use crate::tree::difference;
use crate::{command, said};

#[test]
fn builds_at_once_end_right() {
    let folder = support::scratch();
    let root = folder.path().join("site");
    let sources = ["first", "second"].map(|edition| newsroom::sources(8, edition));
    let clean = sources.clone().map(|sources| newsroom::clean(&sources));
    crate::tree::write(&root, &sources[1]).unwrap();
    let mut random = Random::new(4);
    let start = || command(&root, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for round in 0..12 {
        let edition = round % 2;
        let mut children: Vec<Child> = (0..random.between(1, 3)).map(|_| start()).collect();
        // The sources change while the first builds read them: those may fail, or publish the one or the other.
        newsroom::publish_sources(&root, &sources[1 - edition], &sources[edition]);
        children.extend((0..3).map(|_| start()));
        for child in children {
            let (code, out, err) = said(child.wait_with_output().unwrap());
            assert!(matches!(code, Some(0..=2)), "{code:?}\n{out}\n{err}");
        }
        // Whoever came last, builds that all see the same sources leave what a clean build leaves.
        let children: Vec<Child> = (0..3).map(|_| start()).collect();
        for child in children {
            let (code, out, err) = said(child.wait_with_output().unwrap());
            assert_eq!(code, Some(0), "{out}\n{err}");
        }
        assert_eq!(difference(&clean[edition], &snapshot(&root.join("public"))), None, "round {round}");
    }
}
