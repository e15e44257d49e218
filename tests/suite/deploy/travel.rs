//! Deploys from machines that have only the sources.

use std::process::{Command, Stdio};

use super::*;

/// A machine with the sources of a project and nothing else.
fn machine(folder: &Path, name: &str, sources: &Tree) -> PathBuf {
    let root = folder.join(name);
    tree::write(&root, sources).unwrap();
    root
}

#[track_caller]
fn deploy_from(root: &Path, arguments: &[&str]) -> (serde_json::Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command.args(["deploy", "--format", "json", "--max-delete", "999"]).args(arguments).current_dir(root);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    (serde_json::from_str(out.lines().last().unwrap()).unwrap(), out + &err)
}

fn sources() -> Tree {
    let mut sources = newsroom::sources(20, "first");
    let config = sources.get_mut(Path::new("site.yaml")).unwrap();
    config.extend(b"deploy: {targets: {live: {url: ../online, state: ../state}}}\n");
    sources
}

/// The output of a build of these sources on a machine of its own.
fn built(folder: &Path, sources: &Tree) -> Tree {
    let root = machine(folder, "clean", sources);
    assert_eq!(support::run(&root, &Call { at: now(), ..Call::default() }).code, 0);
    let tree = tree::read(&root.join("public")).unwrap();
    fs::remove_dir_all(&root).unwrap();
    tree
}

/// The present time, since the command has no other.
#[allow(clippy::disallowed_methods, reason = "the command deploys as of now")]
fn now() -> String {
    jiff::Timestamp::now().to_string()
}

fn edit(sources: &mut Tree, number: usize, word: &str) {
    let path = PathBuf::from(newsroom::path_of(number, ""));
    let text = String::from_utf8(sources[&path].clone()).unwrap();
    sources.insert(path, text.replace("The text", word).into_bytes());
}

#[test]
fn a_fresh_clone_renders_and_puts_only_what_has_changed() {
    let folder = support::scratch();
    let online = folder.path().join("online");
    let mut sources = sources();
    let first = deploy_from(&machine(folder.path(), "one", &sources), &[]).0;
    assert!(first["put"].as_u64().unwrap() > 100, "{first}");
    let size = |folder: &Path| snapshot(folder).values().map(Vec::len).sum::<usize>();
    let state = size(&folder.path().join("state"));
    for (name, number) in [("two", 2), ("three", 0), ("four", 7)] {
        edit(&mut sources, number, &format!("By {name} and seven more words that say something new, the text"));
        let root = machine(folder.path(), name, &sources);
        let (report, said) = deploy_from(&root, &[]);
        assert!((1..40).contains(&report["put"].as_u64().unwrap()), "{report}");
        // What the ledger remembers is known here, too.
        assert!(said.contains("silent-edit"), "{said}");
        // Only what was rendered is here.
        let rendered = tree::read(&root.join("public")).unwrap().len();
        assert!(rendered < 40, "{rendered}");
        assert_eq!(tree::difference(&built(folder.path(), &sources), &readable(&online)), None);
        let (again, _) = deploy_from(&root, &[]);
        assert_eq!((&again["put"], again["calls"].as_u64().unwrap() < 10), (&0.into(), true), "{again}");
    }
    let more = size(&folder.path().join("state")) - state;
    // Among it are the 25 pages and feeds that the last deploy has replaced.
    assert!(more < 80_000, "three edits added {more} bytes to a state of {state}");
    // The first machine has its own ledger and files, which are older than what is online.
    for (path, bytes) in &sources {
        fs::write(folder.path().join("one").join(path), bytes).unwrap();
    }
    assert_eq!(deploy_from(&folder.path().join("one"), &[]).0["put"], 0);
    // A clone that deployed before follows what others have deployed since.
    edit(&mut sources, 5, "Once more the text");
    let root = folder.path().join("two");
    for (path, bytes) in &sources {
        fs::write(root.join(path), bytes).unwrap();
    }
    assert!(deploy_from(&root, &[]).0["put"].as_u64().unwrap() < 40);
    assert_eq!(tree::difference(&built(folder.path(), &sources), &readable(&online)), None);
    // A plain build there makes the whole site.
    assert_eq!(support::run(&root, &Call { at: now(), ..Call::default() }).code, 0);
    assert_eq!(tree::difference(&tree::read(&root.join("public")).unwrap(), &readable(&online)), None);
}

#[test]
fn what_a_fresh_clone_does_not_have_is_rendered() {
    let folder = support::scratch();
    let sources = sources();
    deploy_from(&machine(folder.path(), "one", &sources), &[]);
    let root = machine(folder.path(), "two", &sources);
    // Every file is needed, and none is there.
    let (report, _) = deploy_from(&root, &["--all"]);
    assert!(report["put"].as_u64().unwrap() > 100, "{report}");
    assert_eq!(
        tree::difference(&tree::read(&root.join("public")).unwrap(), &readable(&folder.path().join("online"))),
        None
    );
    // A state without a usable ledger: everything is rendered, and nothing is put.
    let root = machine(folder.path(), "three", &sources);
    let head = folder.path().join("state/head.json");
    let mut text: serde_json::Value = serde_json::from_slice(&fs::read(&head).unwrap()).unwrap();
    text["ledger"] = serde_json::Value::Null;
    fs::write(&head, text.to_string()).unwrap();
    assert_eq!(deploy_from(&root, &[]).0["put"], 0);
    deploy_from(&root, &["--verify"]);
}
