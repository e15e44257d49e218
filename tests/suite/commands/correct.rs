//! `presswork correct`: its additions to a file, and its refusals.

use std::fs;

use super::{new_site, run, tree};

const STORY: &str =
    "---\ntitle: The vote # so far\ndate: 2020-05-04 09:30\nauthors: {name: Ana}\n---\n\nThe council voted.\n";

#[test]
fn a_correction_is_added_and_the_next_build_shows_it() {
    let (_keep, root) = new_site();
    let path = root.join("content/local/vote.md");
    fs::write(&path, STORY).unwrap();
    let text = "It said \"21\": it was 12 — 十二 #1\nSorry.";
    let ran = run(&root, &["correct", "content/local/vote.md", text, "--date", "2020-05-05"]).exits(0);
    let ran = ran.prints("content/local/vote.md\n");
    assert!(ran.err.contains("`presswork build` publishes it"), "{}", ran.err);
    let added =
        "corrections:\n  - date: 2020-05-05\n    text: \"It said \\\"21\\\": it was 12 — 十二 #1\\nSorry.\"\n---\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), STORY.replacen("}\n---\n", &format!("}}\n{added}"), 1));
    // From another folder, with a path relative to content/, and without a date.
    run(&root.join("content"), &["correct", "local/vote.md", "Looked into.", "--kind", "editors-note"]).exits(0);
    let entries = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!entries.into_iter().any(|name| name.to_string_lossy().contains("presswork-edit")));
    run(&root, &["build", "--deny-warnings"]).exits(0);
    let page = fs::read_to_string(root.join("public/corrections/index.html")).unwrap();
    assert!(page.contains("it was 12 — 十二") && page.contains("Looked into."), "{page}");
}

#[test]
fn notices_are_where_the_configuration_puts_them() {
    let (_keep, root) = new_site();
    fs::write(root.join("content/local/vote.md"), STORY).unwrap();
    run(&root, &["correct", "local/vote.md", "It was 12.", "--date", "2020-05-05"]).exits(0);
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    for (corrections, is_above) in
        [("", true), ("corrections: {position: above}\n", true), ("corrections: {position: below}\n", false)]
    {
        fs::write(root.join("site.yaml"), format!("{settings}{corrections}")).unwrap();
        run(&root, &["build", "--deny-warnings"]).exits(0);
        let page = fs::read_to_string(root.join("public/local/2020/05/vote/index.html")).unwrap();
        let notice = page.find("<details class=\"amendment correction\" id=\"correction-2020-05-05\"").unwrap();
        assert_eq!(notice < page.find("<p>The council voted.").unwrap(), is_above, "{corrections}");
        assert_eq!(page.matches("It was 12.").count(), 2, "once for readers and once for machines");
    }
}

#[test]
fn a_correction_that_readers_could_not_see_is_refused() {
    let (_keep, root) = new_site();
    let write = |name: &str, text: &str| fs::write(root.join("content/local").join(name), text).unwrap();
    write("vote.md", STORY);
    write("draft.md", &STORY.replace("title:", "draft: true\ntitle:"));
    write("gone.md", &STORY.replace("title:", "withdrawn: {date: 2021-01-01}\ntitle:"));
    write("alias.md", &STORY.replace("title:", "corrections: &all []\ntitle:"));
    write("faulty.md", &STORY.replace("title:", "titel:"));
    write("picture.svg", "<svg/>");
    fs::write(root.parent().unwrap().join("other.md"), STORY).unwrap();
    let before = tree(&root);
    let correct = |file: &str, more: &[&str]| run(&root, &[&["correct", file, "B"], more].concat());
    correct("local/nothing.md", &[]).exits(2).says("there is no file");
    correct("local/picture.svg", &[]).exits(2).says("is not an article");
    correct("content/pages/about.md", &[]).exits(2).says("is not an article");
    correct("../other.md", &[]).exits(2).says("not an article of this site");
    correct("local/draft.md", &[]).exits(2).says("nobody has read it yet");
    correct("local/gone.md", &[]).exits(2).says("withdrawn");
    correct("local/faulty.md", &[]).exits(1).says("unknown key `titel`");
    correct("local/alias.md", &[]).exits(2).says("was not changed").says("by hand");
    correct("local/vote.md", &["--date", "2020-05-03"]).exits(2).says("before the story was published");
    correct("local/vote.md", &["--date", "2020-05-04 09:00"]).exits(2).says("before the story was published");
    correct("local/vote.md", &["--date", "yesterday"]).exits(2).says("is not a date");
    run(&root, &["correct", "local/vote.md", " \n "]).exits(2).says("the text is empty");
    assert_eq!(tree(&root), before);
    correct("local/vote.md", &["--date", "2020-05-04"]).exits(0);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_a_file_that_may_not_be_written_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_keep, root) = new_site();
    let path = root.join("content/local/vote.md");
    fs::write(&path, STORY).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    run(&root, &["correct", "local/vote.md", "B"]).exits(0);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
    let before = fs::read(&path).unwrap();
    run(&root, &["correct", "local/vote.md", "C"]).exits(2).says("is not writable");
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// A story with pictures is a folder; editors name the folder.
#[test]
fn a_folder_of_a_story_stands_for_its_text() {
    let (_keep, root) = new_site();
    fs::create_dir(root.join("content/local/flood")).unwrap();
    fs::write(root.join("content/local/flood/index.md"), STORY).unwrap();
    for folder in ["local/flood", "content/local/flood/", "./content/local/flood"] {
        run(&root, &["correct", folder, "B"]).exits(0).prints("content/local/flood/index.md\n");
    }
    run(&root.join("content/local/flood"), &["correct", ".", "C"]).exits(0);
    assert_eq!(fs::read_to_string(root.join("content/local/flood/index.md")).unwrap().matches("- date:").count(), 4);
    run(&root, &["correct", "content/local", "B"]).exits(2).says("there is no file content/local");
}

/// In a shared folder, a colleague's file keeps its owner.
#[cfg(unix)]
#[test]
fn the_owner_of_a_file_stays() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let (_keep, root) = new_site();
    let path = root.join("content/local/vote.md");
    fs::write(&path, STORY).unwrap();
    if chown(&path, Some(12_345), Some(54_321)).is_err() {
        eprintln!("skipped: only root may give a file away");
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    run(&root, &["correct", "local/vote.md", "B"]).exits(0);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o7777), (12_345, 54_321, 0o664));
    assert!(fs::read_to_string(&path).unwrap().contains("corrections:"));
}

/// A file of another owner that the group may write: the program cannot restore its owner after a rename, so it writes
/// into the file itself.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_owner_cannot_be_restored_is_written_in_place() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let (keep, root) = new_site();
    let path = root.join("content/local/vote.md");
    fs::write(&path, STORY).unwrap();
    if chown(&path, Some(12_345), Some(54_321)).is_err() {
        eprintln!("skipped: only root may give a file away");
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    chown(path.parent().unwrap(), Some(12_345), Some(54_321)).unwrap();
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o775)).unwrap();
    // The colleague needs access to the site and to the program.
    fs::set_permissions(keep.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = keep.path().join("presswork");
    // `cp` makes the copy, because a file that this process has opened for writing may still be open in another test's
    // child process, and then it cannot run.
    let copied = std::process::Command::new("cp").arg(env!("CARGO_BIN_EXE_presswork")).arg(&program).status().unwrap();
    assert!(copied.success());
    let mut command = std::process::Command::new(&program);
    command.args(["correct", "local/vote.md", "B"]).current_dir(&root).gid(54_321).uid(23_456);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o7777), (12_345, 54_321, 0o664));
    assert!(fs::read_to_string(&path).unwrap().contains("corrections:"));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 3, "nothing is left beside it");
}
