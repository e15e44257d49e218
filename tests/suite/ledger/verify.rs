//! `--verify` trusts nothing: it finds, reports and repairs wrong published files.

use std::fs;
use std::time::SystemTime;

use presswork::ledger::{Ledger, Writer};
use presswork::source::Stamp;

use super::{Project, Said};
use crate::support::{self, newsroom};

/// The outputs reported as different.
fn differing(said: &Said) -> Vec<String> {
    let lines = said.lines.iter().filter(|line| line["code"] == "output-differs");
    lines
        .map(|line| {
            assert_eq!(line["severity"], "warning", "{line}");
            line["path"].to_string() + &line["message"].to_string()
        })
        .collect()
}

#[track_caller]
fn assert_named(said: &Said, outputs: &[&str]) {
    let found = differing(said);
    assert_eq!(found.len(), outputs.len(), "{found:?}");
    for output in outputs {
        assert!(found.iter().any(|line| line.contains(output)), "{output}: {found:?}");
    }
}

#[test]
fn verifying_a_correct_site_finds_nothing() {
    let project = Project::new(10);
    let before = support::stamps(&project.root.join("public"));
    let said = project.build(&["--verify"]).exits(0).says_nothing();
    assert_named(&said, &[]);
    assert_eq!(said.number("written"), 0);
    assert_eq!(support::touched(&before, &support::stamps(&project.root.join("public"))), Vec::<String>::new());
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn an_output_of_the_same_size_and_time_is_found_and_repaired() {
    let project = Project::new(10);
    let (page, file) = ("about/index.html", "large.txt");
    for name in [page, file] {
        let path = project.root.join("public").join(name);
        let time = path.metadata().unwrap().modified().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        support::set_modified(&path, time);
    }
    let said = project.build(&["--verify"]).exits(0);
    assert_named(&said, &[page, file]);
    assert_eq!(said.number("written"), 2);
    project.assert_clean();
    // A repaired difference is not reported again.
    let again = project.build(&[]).exits(0).says_nothing().renders(0);
    assert_eq!(again.lines.len(), 1, "{:?}", again.lines);
    project.build(&["--deny-warnings"]).exits(0);
    assert_named(&project.build(&["--verify"]).exits(0), &[]);
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn a_source_of_the_same_size_and_time_is_found() {
    let project = Project::new(10);
    let sources = [newsroom::path_of(5, ""), "content/static/large.txt".to_owned()];
    for name in &sources {
        let path = project.root.join(name);
        let time = path.metadata().unwrap().modified().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("first", "fifth")).unwrap();
        support::set_modified(&path, time);
    }
    let clean = project.clean_now();
    let said = project.build(&["--verify"]).exits(0);
    let found = differing(&said);
    assert!(found.iter().any(|line| line.contains("story-5/index.html")), "{found:?}");
    assert!(found.iter().any(|line| line.contains("large.txt")), "{found:?}");
    assert_eq!(crate::tree::difference(&clean, &support::snapshot(&project.root.join("public"))), None);
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn missing_outputs_are_found_and_repaired() {
    let project = Project::new(10);
    fs::remove_file(project.root.join("public/about/index.html")).unwrap();
    support::set_modified(&project.root.join("public/index.html"), SystemTime::UNIX_EPOCH);
    let said = project.build(&["--verify"]).exits(0);
    assert_named(&said, &["about/index.html"]);
    project.assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
}

/// A ledger can have right checksums and belong to other outputs.
#[test]
fn verifying_trusts_no_ledger() {
    let project = Project::new(10);
    let old = fs::read(project.ledger()).unwrap();
    let path = newsroom::path_of(5, "");
    project.write(&path, newsroom::story(5, "fifth"));
    project.build(&[]).exits(0);
    fs::write(project.ledger(), old).unwrap();
    project.build(&["--verify"]).exits(0);
    let public = support::snapshot(&project.root.join("public"));
    assert_eq!(crate::tree::difference(&project.clean_now(), &public), None);
}

#[test]
fn verifying_a_broken_site_publishes_nothing() {
    let project = Project::new(10);
    fs::write(project.root.join("public/about/index.html"), "by hand").unwrap();
    let before = support::snapshot(&project.root.join("public"));
    project.write(&newsroom::path_of(5, ""), newsroom::story(5, "first") + "\n[gone](gone.md)\n");
    let said = project.build(&["--verify"]).exits(1);
    assert!(said.lines.iter().any(|line| line["code"] == "broken-link"), "{:?}", said.lines);
    assert_eq!(crate::tree::difference(&before, &support::snapshot(&project.root.join("public"))), None);
}

/// No test can set a file's ctime, by which alone a build without `--verify` finds such a file; so the test writes the
/// new file's stamp into the ledger, as if the clock had stood still.
#[test]
fn a_change_hidden_by_its_stamp_is_found_only_by_verifying() {
    let project = Project::new(10);
    let name = newsroom::path_of(5, "");
    let path = project.root.join(&name);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("first", "fifth")).unwrap();
    let ledger = Ledger::read(&project.ledger()).unwrap();
    let stamp = Stamp::of(&path.metadata().unwrap());
    let rewritten = project.root.join(".presswork/rewritten");
    let mut writer = Writer::create(&rewritten).unwrap();
    (0..ledger.source_count()).for_each(|at| writer.add_record(ledger.encoded(at)).unwrap());
    ledger.outputs().for_each(|known| writer.add_output(&known.encode_with(&known.facts).unwrap()).unwrap());
    let sources = ledger.sources().map(|known| {
        let stamp = if known.path == name { Some(stamp) } else { known.stamp };
        (known.path, stamp, known.digest)
    });
    writer.add_sources(sources).unwrap();
    writer.finish(&ledger.header).unwrap();
    fs::rename(rewritten, project.ledger()).unwrap();
    project.build(&[]).exits(0).says_nothing().renders(0);
    project.assert_clean();
    let found = differing(&project.build(&["--verify"]).exits(0));
    assert!(found.iter().any(|line| line.contains("story-5/index.html")), "{found:?}");
    let published = support::snapshot(&project.root.join("public"));
    assert_eq!(crate::tree::difference(&project.clean_now(), &published), None);
    project.build(&[]).exits(0).says_nothing().renders(0);
}
