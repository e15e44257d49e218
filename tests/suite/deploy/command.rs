//! `presswork deploy` as people call it.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use super::*;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Ran {
        assert!(self.err.contains(text), "not `{text}` but: {}", self.err);
        self
    }

    #[track_caller]
    fn prints(self, text: &str) -> Ran {
        assert!(self.out.contains(text), "not `{text}` but: {}", self.out);
        self
    }
}

fn run_with_path(root: &Path, path: Option<&Path>, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswork"));
    command.arg("deploy").args(arguments).current_dir(root).stdin(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", path.display()));
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn run(root: &Path, arguments: &[&str]) -> Ran {
    run_with_path(root, None, arguments)
}

/// A project with these targets.
fn project(targets: &str) -> TempDir {
    let folder = support::scratch();
    let mut sources = newsroom::sources(3, "first");
    let config = sources.get_mut(Path::new("site.yaml")).unwrap();
    config.extend(format!("deploy: {{targets: {{{targets}}}}}\n").into_bytes());
    tree::write(&folder.path().join("site"), &sources).unwrap();
    folder
}

fn write_program(folder: &Path, name: &str, script: &str) {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_site_is_built_and_deployed_to_a_folder() {
    let folder = project("live: {url: ../online, state: ../state}, staging: {url: ../staging}");
    let root = folder.path().join("site");
    let dry = run(&root, &["--dry-run"]).exits(0).prints("put    /index.html  (front page, feeds and sitemaps)");
    assert!(dry.err.contains("nothing was changed") && !folder.path().join("online").exists());
    run(&root, &["--help"]).exits(0).prints("Examples:");
    run(&root, &[]).exits(0).prints("live, generation 1: ").prints("0 unchanged, 0 deleted; ");
    let built = tree::read(&root.join("public")).unwrap();
    assert_eq!(tree::difference(&built, &readable(&folder.path().join("online"))), None);
    let json = run(&root, &["live", "--format", "json"]).exits(0).out;
    let line: serde_json::Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    assert_eq!((&line["put"], &line["generation"]), (&0.into(), &1.into()));
    assert!(line["calls"].as_u64().unwrap() < 10, "{line}");
    run(&root, &["--verify"]).exits(0).prints("are what a clean build gives");
    fs::write(folder.path().join("online/about/index.html"), "changed").unwrap();
    run(&root, &["--verify"]).exits(1).prints("/about/index.html is not what a build gives");
    run(&root, &["--all", "--quiet"]).exits(0);
    run(&root, &["--verify", "--quiet"]).exits(0);
    run(&root, &["staging"]).exits(0).prints("staging, generation 1");
    run(&root, &["staging", "--rollback"]).exits(2).says("no earlier generation").says("hint");
    // What Presswork keeps for itself is in the folder that the hosts' files hide.
    let hidden = folder.path().join("staging").join(presswork::store::PRIVATE_FOLDER);
    assert!(hidden.join("head.json").is_file() && !hidden.join("lock.json").exists());
}

#[test]
fn wrong_targets_are_explained() {
    let folder = project("one: {url: ../one}, two: {url: ../two}");
    let root = folder.path().join("site");
    run(&root, &[]).exits(2).says("which target?").says("one of one, two");
    run(&root, &["ones"]).exits(2).says("no target `ones`").says("did you mean `one`?");
    run(&root, &["one", "--no-build"]).exits(2).says("is not a finished build").says("presswork build");
    let none = project("");
    run(&none.path().join("site"), &[]).exits(2).says("names no target");
    fs::write(root.join("content/pages/about.md"), "---\ntitle: About\n---\n\n[broken](nowhere.md)\n").unwrap();
    run(&root, &["one"]).exits(1).says("broken-link").says("nothing was deployed");
    assert!(!folder.path().join("one").exists());
}

#[cfg(not(feature = "object-stores"))]
#[test]
fn a_program_without_the_feature_names_it() {
    let folder = project("live: {url: \"s3://bucket/paper\"}");
    run(&folder.path().join("site"), &[]).exits(2).says("the feature `object-stores`");
}

/// The program `ssh` of this test runs the command on this machine.
const SSH: &str =
    "#!/bin/sh\nfor last; do :; done\necho \"$@\" | head -n 1 >> \"$(dirname \"$0\")/calls\"\nexec sh -c \"$last\"\n";

#[test]
fn a_folder_on_a_server_is_reached_through_ssh() {
    let folder = project(
        "live: {url: \"ssh://ana@example.org:2222PLACE/it's online\", state: \"ssh://ana@example.orgPLACE/state\"}",
    );
    let root = folder.path().join("site");
    let config = fs::read_to_string(root.join("site.yaml")).unwrap();
    let place = folder.path().display().to_string();
    fs::write(root.join("site.yaml"), config.replace("PLACE", &place)).unwrap();
    let (programs, online) = (folder.path().join("programs"), folder.path().join("it's online"));
    write_program(&programs, "ssh", SSH);
    let deploy = |arguments: &[&str]| run_with_path(&root, Some(&programs), arguments);
    deploy(&[]).exits(0).prints("generation 1");
    let complete = || tree::difference(&tree::read(&root.join("public")).unwrap(), &readable(&online));
    assert_eq!(complete(), None);
    assert!(fs::read_to_string(programs.join("calls")).unwrap().contains("-p 2222"));
    // A new word, a story less, a file in the place of a folder.
    let story = root.join(newsroom::path_of(0, ""));
    fs::write(&story, fs::read_to_string(&story).unwrap().replace("The text", "Other text")).unwrap();
    fs::remove_file(root.join("content/static/either")).unwrap();
    fs::create_dir(root.join("content/static/either")).unwrap();
    fs::write(root.join("content/static/either/other.txt"), "in a folder\n").unwrap();
    deploy(&["--allow-removals", "9"]).exits(0).prints("generation 2");
    assert_eq!(complete(), None);
    deploy(&["--verify"]).exits(0);
    fs::create_dir_all(online.join("theirs")).unwrap();
    deploy(&["--rollback"]).exits(0).prints("generation 3");
    assert!(online.join("either").is_file());
    // A server that cannot be reached.
    write_program(&programs, "ssh", "#!/bin/sh\necho 'ssh: connect to host example.org: refused' >&2\nexit 255\n");
    deploy(&[]).exits(2).says("ssh cannot reach ana@example.org").says("refused");
}

#[test]
fn a_lost_connection_leaves_no_part_of_a_file() {
    let folder = project("live: {url: \"ssh://example.orgPLACE/online\"}");
    let root = folder.path().join("site");
    let config = fs::read_to_string(root.join("site.yaml")).unwrap();
    fs::write(root.join("site.yaml"), config.replace("PLACE", &folder.path().display().to_string())).unwrap();
    let programs = folder.path().join("programs");
    // Each connection ends in the middle of a file; the largest file never gets through.
    write_program(
        &programs,
        "ssh",
        "#!/bin/sh\nfor last; do :; done\ndd bs=1 count=70000 2>/dev/null | sh -c \"$last\"\n",
    );
    run_with_path(&root, Some(&programs), &[]).exits(2);
    let (built, online) = (tree::read(&root.join("public")).unwrap(), readable(&folder.path().join("online")));
    assert!(online.len() >= 3, "{:?}", online.keys());
    for (path, bytes) in &online {
        assert!(built.get(path) == Some(bytes), "{} has {} bytes", path.display(), bytes.len());
    }
}

#[test]
fn hosts_are_called_through_their_own_programs() {
    let folder = project("live: {url: \"netlify:paper\"}, pages: {url: \"cloudflare:paper\"}");
    let root = folder.path().join("site");
    let programs = folder.path().join("programs");
    write_program(&programs, "netlify", "#!/bin/sh\necho \"netlify $*\"\ntest -f \"$7/index.html\"\n");
    let netlify =
        run_with_path(&root, Some(&programs), &[]).exits(0).says("netlify deploy --prod --no-build --site paper");
    assert!(netlify.out.starts_with("live: "), "{}", netlify.out);
    write_program(&programs, "netlify", "#!/bin/sh\nexit 1\n");
    run_with_path(&root, Some(&programs), &[]).exits(2).says("netlify has failed");
    run_with_path(&root, Some(&programs), &["--rollback"]).exits(2).says("--rollback does not work with netlify");
    // A file that the host does not take.
    fs::write(root.join("content/static/video.bin"), vec![0; (25 << 20) + 1]).unwrap();
    run_with_path(&root, Some(&programs), &["pages", "--dry-run"]).exits(2).says("/video.bin has 26214401");
    fs::remove_file(root.join("content/static/video.bin")).unwrap();
    run_with_path(&root, Some(&programs), &["pages", "--dry-run"]).exits(0);
}

#[test]
fn a_repository_that_git_refuses_stops_a_deploy() {
    let folder = project("live: {url: ../online, state: ../state}");
    let (root, programs) = (folder.path().join("site"), folder.path().join("programs"));
    let git = |message: &str| {
        write_program(&programs, "git", &format!("#!/bin/sh\necho 'fatal: {message}' >&2\nexit 128\n"));
        run_with_path(&root, Some(&programs), &[])
    };
    git("detected dubious ownership in repository").exits(2).says("git failed: fatal: detected dubious ownership");
    assert!(!folder.path().join("online").exists(), "nothing is put");
    git("not a git repository (or any of the parent directories): .git").exits(0);
}

#[test]
fn a_deploy_that_is_killed_is_continued() {
    let folder = project("live: {url: ../online, state: ../state}");
    let root = folder.path().join("site");
    run(&root, &["--dry-run"]).exits(0);
    for kill_after in [0, 2, 4, 8, 16, 32] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_presswork"))
            .args(["deploy", "--no-build"])
            .current_dir(&root)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(kill_after));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    run(&root, &["--no-build"]).exits(0);
    assert_eq!(
        tree::difference(&tree::read(&root.join("public")).unwrap(), &readable(&folder.path().join("online"))),
        None
    );
    assert!(!folder.path().join("state/lock.json").exists());
}

#[test]
fn a_fresh_clone_takes_no_story_away_unasked() {
    let folder = project("live: {url: ../online}");
    let root = folder.path().join("site");
    run(&root, &[]).exits(0);
    for story in ["world/story-0.md", "culture/story-2.md"] {
        fs::remove_file(root.join("content").join(story)).unwrap();
    }
    let online = tree::read(&folder.path().join("online")).unwrap();
    for lost in [".presswork", "public"] {
        fs::remove_dir_all(root.join(lost)).unwrap();
    }
    let stopped = run(&root, &[]).exits(1).says("2 published stories would no longer be at their URLs");
    assert!(stopped.err.contains("stories-removed"), "{}", stopped.err);
    assert_eq!(tree::difference(&online, &tree::read(&folder.path().join("online")).unwrap()), None);
    run(&root, &["--allow-removals", "2"]).exits(0).prints("live, generation 2: ");
    // The build has permission, and the ledger knows it now.
    fs::write(root.join("content/pages/more.md"), "---\ntitle: More\n---\nMore.\n").unwrap();
    run(&root, &[]).exits(0).prints("live, generation 3: ");
}

#[test]
fn a_second_machine_takes_no_story_away_unasked() {
    let folder = project("live: {url: ../online}");
    let root = folder.path().join("site");
    run(&root, &[]).exits(0);
    let online = || tree::read(&folder.path().join("online")).unwrap();
    let before = online();
    fs::remove_file(root.join("content/world/story-0.md")).unwrap();
    for lost in [".presswork", "public"] {
        fs::remove_dir_all(root.join(lost)).unwrap();
    }
    let message = "a published story would no longer be at its URL";
    // Its own first build knows of no other.
    let build = || {
        let built =
            Command::new(env!("CARGO_BIN_EXE_presswork")).args(["build", "--root"]).arg(&root).output().unwrap();
        assert!(built.status.success());
    };
    build();
    for arguments in [&[][..], &["--no-build"], &["--no-build", "--dry-run"]] {
        let stopped = run(&root, arguments).exits(1).says(message);
        assert!(stopped.err.contains("stories-removed"), "{}", stopped.err);
        assert_eq!(tree::difference(&before, &online()), None);
    }
    // A decision in the files needs no permission.
    fs::write(root.join("redirects.yaml"), "/world/2022/01/story-0/: gone\n").unwrap();
    build();
    run(&root, &["--no-build"]).exits(0);
    assert_ne!(tree::difference(&before, &online()), None);
}
