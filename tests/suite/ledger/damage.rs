//! A ledger that is damaged, missing, of another version or of another project costs one full build, and one line says
//! why.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use presswork::ledger::{Ledger, Unusable};

use super::Project;
use crate::support::{self, Random, newsroom};

const STORIES: usize = 4;

/// Builds with the damaged ledger, then once more.
#[track_caller]
fn assert_harmless(project: &Project) {
    let said = project.build(&[]).exits(0).notes();
    assert_eq!(said.number("written"), 0);
    project.assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
    project.assert_clean();
}

#[test]
fn a_flipped_bit_is_noticed_wherever_it_is() {
    let project = Project::new(STORIES);
    let good = fs::read(project.ledger()).unwrap();
    let mut random = Random::new(1);
    let step = (good.len() / 120).max(1);
    let everywhere = (0..good.len()).step_by(step);
    let ends = (0..48.min(good.len())).chain(good.len().saturating_sub(48)..good.len());
    let mut tried = 0;
    for at in ends.chain(everywhere) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << random.below(8);
        fs::write(project.ledger(), &bytes).unwrap();
        let said = project.build(&[]).exits(0).notes();
        assert_eq!(said.number("written"), 0, "byte {at} of {}", good.len());
        project.assert_clean();
        tried += 1;
    }
    assert!(tried > 50);
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn a_header_read_alone_is_right_or_refused() {
    let project = Project::new(STORIES);
    let good = fs::read(project.ledger()).unwrap();
    let whole = Ledger::read(&project.ledger()).unwrap().header;
    assert_eq!(Ledger::read_header(&project.ledger()), Ok(whole.clone()));
    let mut random = Random::new(3);
    let mut refused = 0;
    for at in (0..good.len()).step_by((good.len() / 500).max(1)).chain(good.len() - 80..good.len()) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << random.below(8);
        fs::write(project.ledger(), &bytes).unwrap();
        match Ledger::read_header(&project.ledger()) {
            Ok(header) => assert_eq!(header, whole, "byte {at} of {}", good.len()),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 40, "{refused}");
    for length in [0, 10, 60, good.len() / 2, good.len() - 1] {
        fs::write(project.ledger(), &good[..length]).unwrap();
        assert!(Ledger::read_header(&project.ledger()).is_err(), "{length} bytes of {}", good.len());
    }
    fs::remove_file(project.ledger()).unwrap();
    assert_eq!(Ledger::read_header(&project.ledger()), Err(Unusable::Missing));
}

#[test]
fn a_truncated_ledger_is_noticed_at_any_length() {
    let project = Project::new(STORIES);
    let good = fs::read(project.ledger()).unwrap();
    let some = (0..good.len()).step_by((good.len() / 40).max(1));
    for length in (0..24).chain(some).chain(good.len() - 24..good.len()) {
        fs::write(project.ledger(), &good[..length]).unwrap();
        let said = project.build(&[]).exits(0).notes();
        assert_eq!(said.number("written"), 0, "{length} bytes of {}", good.len());
        project.assert_clean();
    }
    fs::write(project.ledger(), [good.as_slice(), b"more"].concat()).unwrap();
    assert_harmless(&project);
    fs::write(project.ledger(), [good.as_slice(), good.as_slice()].concat()).unwrap();
    assert_harmless(&project);
}

#[test]
fn garbage_in_place_of_the_ledger_is_noticed() {
    let project = Project::new(STORIES);
    let good = fs::read(project.ledger()).unwrap();
    let mut random = Random::new(2);
    for length in [0, 1, 7, 64, 1000, good.len(), 3 * good.len()] {
        let noise: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        for bytes in [noise, vec![0; length], vec![0xff; length], b"---\ntitle: Not a ledger\n---\n".to_vec()] {
            fs::write(project.ledger(), bytes).unwrap();
            project.build(&[]).exits(0).notes();
            project.assert_clean();
        }
    }
    // A valid header, followed by impossible lengths.
    for head in [4, 8, 16, 24, 32, 40, 64] {
        let bytes = [&good[..head.min(good.len())], &[0xff; 64]].concat();
        fs::write(project.ledger(), bytes).unwrap();
        project.build(&[]).exits(0).notes();
        project.assert_clean();
    }
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn a_ledger_of_another_version_is_noticed() {
    let project = Project::new(STORIES);
    let good = fs::read(project.ledger()).unwrap();
    for at in 0..32.min(good.len()) {
        for change in [1_u8, 0xff] {
            let mut bytes = good.clone();
            bytes[at] = bytes[at].wrapping_add(change);
            fs::write(project.ledger(), bytes).unwrap();
            project.build(&[]).exits(0).notes();
            project.assert_clean();
        }
    }
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn a_folder_or_link_is_not_a_ledger() {
    let project = Project::new(STORIES);
    let (ledger, outside) = (project.ledger(), project.folder.path().join("outside"));
    let clear = || {
        if fs::symlink_metadata(&ledger).is_ok_and(|metadata| metadata.is_dir()) {
            fs::remove_dir_all(&ledger).unwrap();
        } else {
            let _ = fs::remove_file(&ledger);
        }
    };

    clear();
    assert_harmless(&project);

    clear();
    fs::create_dir(&ledger).unwrap();
    assert_harmless(&project);

    clear();
    fs::create_dir(&ledger).unwrap();
    fs::write(ledger.join("file"), "x").unwrap();
    assert_harmless(&project);

    // A link is neither followed nor written through, even if it leads to a ledger.
    let good = fs::read(&ledger).unwrap();
    for bytes in [&good, &b"something else".to_vec()] {
        clear();
        fs::write(&outside, bytes).unwrap();
        symlink(&outside, &ledger).unwrap();
        project.build(&[]).exits(0);
        project.assert_clean();
        assert_eq!(&fs::read(&outside).unwrap(), bytes, "what the link leads to was changed");
        project.build(&[]).exits(0).says_nothing().renders(0);
    }
    clear();
    symlink("/nowhere/at/all", &ledger).unwrap();
    assert_harmless(&project);
}

/// Opening a named pipe to read blocks until somebody writes into it.
#[test]
fn a_named_pipe_is_not_a_ledger() {
    let project = Project::new(STORIES);
    let pipe = project.ledger();
    fs::remove_file(&pipe).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (done, is_done) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_harmless(&project);
            done.send(()).unwrap();
        });
        if is_done.recv_timeout(Duration::from_secs(60)).is_err() {
            // Lets a blocked build continue.
            let _ = fs::File::options().read(true).write(true).open(&pipe);
            panic!("the build did not end");
        }
    });
}

#[test]
fn a_ledger_of_another_project_is_noticed() {
    let (project, other) = (Project::new(STORIES), Project::new(STORIES + 3));
    fs::copy(other.ledger(), project.ledger()).unwrap();
    assert_harmless(&project);
    // A project with the same files but another name is another one too.
    let twin = Project::new(STORIES);
    twin.write("content/pages/about.md", "---\ntitle: About\n---\n\nAbout it.\n");
    twin.build(&[]).exits(0);
    fs::copy(twin.ledger(), project.ledger()).unwrap();
    project.build(&[]).exits(0);
    project.assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
}

#[test]
fn a_ledger_of_another_output_folder_is_noticed() {
    let project = Project::new(STORIES);
    let good = fs::read(project.ledger()).unwrap();
    let other = project.root.join("other");
    let said = project.build(&["--output", &other.to_string_lossy()]).exits(0);
    assert_eq!(said.number("written"), said.number("outputs"));
    assert_eq!(fs::read(project.ledger()).unwrap(), good, "what is known of `public` was touched");
    // The ledger of `public` replaces that of another output folder, which has none of its files.
    fs::write(&project.other_ledgers()[0], &good).unwrap();
    fs::write(other.join("about/index.html"), "by hand").unwrap();
    project.build(&["--output", &other.to_string_lossy()]).exits(0).notes();
    assert_eq!(crate::tree::difference(&project.clean, &support::snapshot(&other)), None);
    project.build(&[]).exits(0).says_nothing().renders(0);
    project.assert_clean();
}

/// Each output folder has a ledger as long as the folder exists.
#[test]
fn ledgers_do_not_add_up() {
    let project = Project::new(STORIES);
    let build = |name: &str, more: &[&str]| {
        let output = project.root.join(name);
        project.build(&[&["--output", &output.to_string_lossy()], more].concat()).exits(0)
    };
    build("one", &[]);
    build("two", &["--drafts"]);
    build("three", &["--drafts"]);
    assert_eq!(project.other_ledgers().len(), 3);
    build("one", &[]).says_nothing().renders(0);
    build("two", &["--drafts"]).says_nothing().renders(0);
    fs::remove_dir_all(project.root.join("one")).unwrap();
    project.build(&[]).exits(0).says_nothing().renders(0);
    assert_eq!(project.other_ledgers().len(), 3);
    build("three", &["--drafts"]).says_nothing().renders(0);
    assert_eq!(project.other_ledgers().len(), 2);
    assert!(project.ledger().is_file());
}

/// A ledger restored from before later builds: its checksums are right, and its contents are all outdated.
#[test]
fn an_old_ledger_does_no_harm() {
    let project = Project::new(STORIES);
    let old = fs::read(project.ledger()).unwrap();
    let path = newsroom::path_of(2, "");
    for round in 0..4 {
        let text = newsroom::story(2, "first") + &format!("\nRound {round}.\n");
        project.write(&path, &text);
        project.build(&[]).exits(0);
        if round % 2 == 0 {
            project.write(&path, newsroom::story(2, "first"));
        }
        fs::write(project.ledger(), &old).unwrap();
        project.build(&[]).exits(0);
        let public = support::snapshot(&project.root.join("public"));
        assert_eq!(crate::tree::difference(&project.clean_now(), &public), None, "round {round}");
    }
}

#[test]
fn damage_and_edits_together_do_no_harm() {
    let project = Project::new(STORIES);
    let mut random = Random::new(3);
    for round in 0..20 {
        let mut bytes = fs::read(project.ledger()).unwrap();
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
        fs::write(project.ledger(), bytes).unwrap();
        let text = newsroom::story(2, "first") + &format!("\nRound {round}.\n");
        project.write(&newsroom::path_of(2, ""), text);
        project.build(&[]).exits(0).notes();
        let public = support::snapshot(&project.root.join("public"));
        assert_eq!(crate::tree::difference(&project.clean_now(), &public), None, "round {round}");
    }
}

#[test]
fn a_damaged_or_lost_list_of_published_files_is_repaired() {
    let list = |project: &Project| project.root.join("public").join(crate::tree::MANIFEST);
    let good = {
        let project = Project::new(STORIES);
        fs::read_to_string(list(&project)).unwrap()
    };
    let story = good.lines().find(|line| line.contains("/story-0/index.html")).unwrap();
    let renamed = good.replace(story, &story.replace("story-0", "story-x"));
    let without_story = good.replace(&format!("{story}\n"), "");
    let without_first_line = good.split_once('\n').unwrap().1;
    for damaged in
        [None, Some(""), Some(&good[..good.len() / 2]), Some(&renamed), Some(&without_story), Some(without_first_line)]
    {
        let project = Project::new(STORIES);
        project.write("public/foreign.html", "Somebody else's.");
        match damaged {
            Some(text) => fs::write(list(&project), text).unwrap(),
            None => fs::remove_file(list(&project)).unwrap(),
        }
        // A withdrawn story is gone, whatever the list says.
        let source = newsroom::path_of(0, "");
        let draft = fs::read_to_string(project.root.join(&source)).unwrap().replacen("---\n", "---\ndraft: true\n", 1);
        project.write(&source, draft);
        let said = project.build(&[]).exits(0).notes();
        assert!(said.err.contains("list of published files"), "{}", said.err);
        assert_eq!(fs::read(project.root.join("public/foreign.html")).unwrap(), b"Somebody else's.");
        fs::remove_file(project.root.join("public/foreign.html")).unwrap();
        let published = support::snapshot(&project.root.join("public"));
        assert_eq!(crate::tree::difference(&project.clean_now(), &published), None, "{damaged:?}");
        project.build(&[]).exits(0).says_nothing().renders(0);
    }
}

#[test]
fn an_outdated_list_of_published_files_hides_nothing() {
    let project = Project::new(STORIES);
    let list = project.root.join("public").join(crate::tree::MANIFEST);
    let old = fs::read(&list).unwrap();
    let (added, text) = (newsroom::path_of(7, "-added"), newsroom::story(7, "first"));
    project.write(&added, text);
    project.build(&[]).exits(0).says_nothing();
    // As a restored backup would have it.
    fs::write(&list, &old).unwrap();
    let assert_clean = || {
        let published = support::snapshot(&project.root.join("public"));
        assert_eq!(crate::tree::difference(&project.clean_now(), &published), None);
    };
    // The list is written again even if nothing else has changed: without a ledger, only the list says whose files
    // these are.
    let said = project.build(&[]).exits(0).notes();
    assert!(said.err.contains("list of published files"), "{}", said.err);
    assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
    fs::write(&list, old).unwrap();
    fs::remove_file(project.root.join(&added)).unwrap();
    project.build(&[]).exits(0);
    assert_clean();
    project.build(&[]).exits(0).says_nothing().renders(0);
}
