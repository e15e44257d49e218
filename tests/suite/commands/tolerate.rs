//! `tolerate:` in `site.yaml`: a build counts the errors that it allows in one line.

use std::fs;

use super::{new_site, run};

#[test]
fn tolerated_errors_are_counted_in_one_line_of_each_build() {
    let (_keep, root) = new_site();
    let story = "---\ntitle: The vote\ndate: 2009-05-04\nauthors: {name: Ana}\n---\n\n[One](/a/), [two](/b/), {{< nothing >}}\n";
    fs::write(root.join("content/local/vote.md"), story).unwrap();
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    let write = |tolerate: &str| fs::write(root.join("site.yaml"), format!("{settings}\n{tolerate}\n")).unwrap();
    let built = || run(&root, &["build"]);
    write("tolerate: [broken-link]");
    built().exits(1);
    write("tolerate: [broken-link, {code: unknown-embed, files: local, before: 2010-01-01}]");
    let line = "3 errors that `tolerate` in site.yaml allows: 2 broken-link, 1 unknown-embed";
    built().exits(0).says(line);
    // The second build renders nothing again, and counts the same.
    fs::write(root.join("content/local/other.md"), story.replace("vote", "market").replace("[two](/b/), ", ""))
        .unwrap();
    built().exits(0).says("5 errors that `tolerate` in site.yaml allows: 3 broken-link, 2 unknown-embed");
    write("tolerate: [{code: broken-link, before: 2009-01-01}, unknown-embed]");
    built().exits(1);
}
