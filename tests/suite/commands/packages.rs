//! `presswork completions` and `presswork manual`: what packages install beside the program.

use std::fs;
use std::process::Command;

use super::run;
use crate::support::scratch;

#[test]
fn bash_completes_commands_and_options() {
    let folder = scratch();
    let script = run(folder.path(), &["completions", "bash"]).exits(0).out;
    fs::write(folder.path().join("presswork.bash"), script).unwrap();
    // What bash does when someone presses Tab after `presswork bui` and `presswork build --dra`.
    let complete = |words: &str, at: usize| {
        let keys = format!(
            "source ./presswork.bash; COMP_WORDS=({words}); COMP_CWORD={at}; \
             _presswork presswork \"${{COMP_WORDS[{at}]}}\" \"${{COMP_WORDS[{}]}}\"; echo \"${{COMPREPLY[@]}}\"",
            at - 1
        );
        let done = Command::new("bash").arg("-c").arg(keys).current_dir(folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(complete("presswork bui", 1), "build");
    assert_eq!(complete("presswork build --dra", 2), "--drafts");
    run(folder.path(), &["completions", "nush"]).exits(2).says("nush");
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = scratch();
    run(folder.path(), &["manual", "--into", "man"]).exits(0);
    let page = |name: &str| fs::read_to_string(folder.path().join("man").join(name)).unwrap();
    assert!(page("presswork.1").contains(".SH SUBCOMMANDS"));
    assert!(page("presswork-build.1").contains("\\-\\-drafts"));
    // Not for readers of the manual.
    assert!(!page("presswork.1").contains("presswork\\-manual"));
    fs::write(folder.path().join("file"), "").unwrap();
    run(folder.path(), &["manual", "--into", "file"]).exits(2).says("cannot make file");
}
