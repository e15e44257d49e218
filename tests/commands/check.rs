//! `check --embargo`: what is published, searched for what is not public.

use std::fs;

use super::{new_article, new_site, run};

#[test]
fn a_site_that_was_not_built_since_a_story_was_taken_back_holds_it() {
    let (_keep, root) = new_site();
    run(&root, &["check", "--embargo"]).exits(2).says("build the site first");
    new_article(&root, "Two banks become one", &[]).exits(0);
    run(&root, &["build"]).exits(0);
    run(&root, &["check", "--embargo"]).exits(0).prints("nothing is hidden now");
    let path = root.join("content/local/two-banks-become-one.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("---\n", "---\ndraft: true\n", 1)).unwrap();
    let ran = run(&root, &["check", "--embargo"]).exits(1).says("error[embargo-leak]: it holds the `title`");
    let ran = ran.says("public/index.html").says("content/local/two-banks-become-one.md");
    assert!(ran.out.is_empty(), "{}", ran.out);
    let ran = run(&root, &["check", "--embargo", "--format", "json"]).exits(1);
    let last = ran.out.lines().last().unwrap();
    assert!(last.starts_with("{\"hidden\":1,\"files\":"), "{last}");
    assert_eq!(ran.out.lines().count() - 1, ran.out.matches("\"code\":\"embargo-leak\"").count());
    run(&root, &["build"]).exits(0);
    run(&root, &["check", "--embargo"]).exits(0).prints("no trace of the one hidden story in ");
}

#[test]
fn any_folder_and_any_moment_can_be_looked_at() {
    let (_keep, root) = new_site();
    new_article(&root, "Two banks become one", &[]).exits(0);
    run(&root, &["build", "--output", "elsewhere"]).exits(0);
    let long_ago = ["check", "--embargo", "--output", "elsewhere", "--at", "1999-01-01"];
    run(&root, &long_ago).exits(1).says("elsewhere/index.html").says("which is not public yet");
    run(&root, &["check"]).exits(2).says("--embargo");
    run(&root, &["check", "--embargo", "--at", "soon"]).exits(2).says("--at");
    fs::write(root.join("site.yaml"), "title: [\n").unwrap();
    run(&root, &["check", "--embargo", "--output", "elsewhere"]).exits(1).says("site.yaml");
}
