//! Previews of another time, and that they never replace the published site.

use std::fs;

use super::{new_article, new_site, run, tree};

#[test]
fn a_preview_does_not_replace_the_published_site() {
    let (_keep, root) = new_site();
    new_article(&root, "First story", &[]).exits(0);
    run(&root, &["build"]).exits(0);
    let published = tree(&root.join("public"));
    for preview in [["--at", "2099-01-01"].as_slice(), &["--drafts"]] {
        let arguments = [["build"].as_slice(), preview].concat();
        run(&root, &arguments).exits(2).says("public holds the published site").says("--output").says("--force");
        assert_eq!(tree(&root.join("public")), published);
    }
    let inside = ["build", "--drafts", "--output", "public/preview"];
    run(&root, &inside).exits(2).says("public holds the published site");
    assert_eq!(tree(&root.join("public")), published);
    run(&root, &["build", "--drafts", "--output", "preview"]).exits(0);
    run(&root, &["build", "--drafts", "--output", "preview"]).exits(0).prints(" 0 written");
    assert_eq!(tree(&root.join("public")), published);
    run(&root, &["build"]).exits(0).prints(" 0 written");
}

#[test]
fn a_forced_preview_is_replaced_by_the_next_build() {
    let (_keep, root) = new_site();
    new_article(&root, "First story", &[]).exits(0);
    run(&root, &["build"]).exits(0);
    let published = tree(&root.join("public"));
    run(&root, &["build", "--at", "2099-01-01", "--force"]).exits(0);
    let preview = tree(&root.join("public"));
    let pages = preview.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "html"));
    for (path, bytes) in pages {
        let html = String::from_utf8_lossy(bytes);
        let is_marked = html.contains("class=\"presswork-preview\"") && html.contains("content=\"noindex");
        assert!(is_marked, "{}: {html}", path.display());
    }
    assert_eq!(fs::read_to_string(root.join("public/robots.txt")).unwrap(), "User-agent: *\nDisallow: /\n");
    // A preview may replace a preview.
    run(&root, &["build", "--at", "2098-01-01"]).exits(0);
    run(&root, &["build"]).exits(0);
    assert_eq!(tree(&root.join("public")), published);
}

#[test]
fn old_urls_are_not_kept_by_a_preview() {
    let (_keep, root) = new_site();
    run(&root, &["build", "--drafts", "--keep-urls"]).exits(2).says("--keep-urls").says("--drafts");
    run(&root, &["build", "--at", "2099-01-01", "--keep-urls"]).exits(2).says("--at");
}
