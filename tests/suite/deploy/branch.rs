//! Deploys to a branch of a Git repository.

use std::process::Command;

use presswork::deploy::{GitBranch, GitOptions, SourceCommit};

use super::*;

#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "init.defaultBranch=main"];
    let done = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// The files of the branch.
fn checked_out(remote: &Path, place: &Path) -> Tree {
    let _ = fs::remove_dir_all(place);
    git(
        remote,
        &["clone", "--quiet", "--branch", "pages", &remote.display().to_string(), &place.display().to_string()],
    );
    let files = tree::read(place).unwrap().into_iter();
    files.filter(|(path, _)| !path.starts_with(".git") && path.as_os_str() != ".nojekyll").collect()
}

#[test]
fn a_branch_holds_the_site_in_one_commit() {
    let mut paper = Paper::new(4);
    let (root, remote) = (paper.root(), paper.folder.path().join("remote.git"));
    fs::create_dir_all(&root).unwrap();
    git(paper.folder.path(), &["init", "--quiet", "--bare", "remote.git"]);
    git(&root, &["init", "--quiet"]);
    let url = format!("file://{}", remote.display());
    let deploy = |paper: &Paper, options: GitOptions, dry_run: bool| {
        let root = paper.root();
        let commit = SourceCommit::of(&root).unwrap();
        let cache = paper.folder.path().join("cache/git");
        GitBranch { remote: &url, branch: "pages", cache, root: &root, commit }.deploy(&paper.files(), options, dry_run)
    };
    let options = GitOptions { max_delete: Some(usize::MAX), ..GitOptions::default() };
    let commit = |message: &str| {
        git(&root, &["add", "content", "site.yaml"]);
        git(&root, &["commit", "--quiet", "--message", message]);
    };
    paper.build(0);
    commit("first");
    let dry = deploy(&paper, options, true).unwrap();
    assert_eq!(dry.put.len(), paper.files().files.len());
    assert_eq!(git(&remote, &["branch", "--list"]), "");
    deploy(&paper, options, false).unwrap();
    let place = paper.folder.path().join("clone");
    assert_eq!(tree::difference(&tree::read(&root.join("public")).unwrap(), &checked_out(&remote, &place)), None);
    let first = git(&remote, &["rev-parse", "pages"]);
    // Nothing has changed, so there is no new commit.
    assert_eq!(deploy(&paper, options, false).unwrap().put.len(), 0);
    assert_eq!(git(&remote, &["rev-parse", "pages"]), first);
    paper.build(1);
    commit("second");
    let report = deploy(&paper, options, false).unwrap();
    assert!(!report.put.is_empty() && !report.deleted.is_empty());
    assert_eq!(tree::difference(&tree::read(&root.join("public")).unwrap(), &checked_out(&remote, &place)), None);
    assert_eq!(git(&remote, &["rev-list", "--count", "pages"]), "1");
    // An older commit is refused.
    git(&root, &["checkout", "--quiet", "--detach", "HEAD~1"]);
    let error = deploy(&paper, options, false).unwrap_err();
    assert!(error.message.contains("is older than"), "{error:?}");
    deploy(&paper, GitOptions { allow_older: true, ..options }, false).unwrap();
}

#[test]
fn the_branch_of_others_is_not_replaced() {
    let mut paper = Paper::new(2);
    let remote = paper.folder.path().join("theirs");
    fs::create_dir_all(&remote).unwrap();
    git(&remote, &["init", "--quiet"]);
    git(&remote, &["checkout", "--quiet", "-b", "pages"]);
    git(&remote, &["commit", "--quiet", "--allow-empty", "--message", "Their work"]);
    git(&remote, &["checkout", "--quiet", "-b", "main"]);
    paper.build(0);
    let root = paper.root();
    let url = format!("file://{}", remote.display());
    let deploy = |options| {
        let cache = paper.folder.path().join("cache/git");
        let target = GitBranch { remote: &url, branch: "pages", cache, root: &root, commit: None };
        target.deploy(&paper.files(), options, false)
    };
    let error = deploy(GitOptions::default()).unwrap_err();
    assert!(error.message.contains("a commit that Presswork did not make"), "{error:?}");
    assert_eq!(git(&remote, &["show", "--no-patch", "--format=%s", "pages"]), "Their work");
    deploy(GitOptions { take_over: true, ..GitOptions::default() }).unwrap();
    assert_eq!(git(&remote, &["show", "--no-patch", "--format=%s", "pages"]), "Published by Presswork");
    let missing = GitBranch {
        remote: "file:///nowhere/at/all.git",
        branch: "pages",
        cache: paper.folder.path().join("cache/other"),
        root: &root,
        commit: None,
    };
    let error = missing.deploy(&paper.files(), GitOptions::default(), false).unwrap_err();
    assert!(error.message.contains("git ls-remote failed"), "{error:?}");
}
