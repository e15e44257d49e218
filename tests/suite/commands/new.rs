//! `presswork new`: what it makes, and what it refuses.

use std::fs;
use std::path::Path;

use super::{new_article, new_site, run, tree};

#[test]
fn a_new_site_builds_without_a_complaint() {
    let (_keep, root) = new_site();
    let built = run(&root, &["build", "--deny-warnings"]).exits(0);
    assert_eq!(built.err, "");
    assert!(root.join("public/index.html").is_file());
    let own = tree(&root);
    for file in [".gitignore", "README.md", "site.yaml", "content/local/_index.md", "content/pages/about.md"] {
        assert!(own.contains_key(&root.join(file)), "{file}");
    }
    let entries = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!entries.into_iter().any(|name| name == ".presswork-new"));
    let ignored = fs::read_to_string(root.join(".gitignore")).unwrap();
    assert!(ignored.contains("public/") && ignored.contains(".presswork/"));
}

#[test]
fn the_title_comes_from_the_folder_unless_it_is_given() {
    let here = tempfile::tempdir().unwrap();
    run(here.path(), &["new", "site", "a/deep/my-paper"]).exits(0).prints("a/deep/my-paper\n");
    let title = |folder: &str| {
        let text = fs::read_to_string(here.path().join(folder).join("site.yaml")).unwrap();
        presswork::config::parse(&text).value.unwrap().title
    };
    assert_eq!(title("a/deep/my-paper"), "My Paper");
    let odd = "- \"It's\" {{< on >}} & *off*: \\ 晨报 🎉 #1";
    run(here.path(), &["new", "site", "odd", &format!("--title={odd}")]).exits(0);
    assert_eq!(title("odd"), odd);
    run(&here.path().join("odd"), &["build", "--deny-warnings"]).exits(0);
    run(here.path(), &["new", "site", "bad", "--title", "two\nlines"]).exits(2).says("line");
    run(here.path(), &["new", "site", "bad", "--title", " "]).exits(2).says("empty");
    assert!(!here.path().join("bad").exists());
}

#[test]
fn the_next_step_can_be_pasted() {
    let here = tempfile::tempdir().unwrap();
    for (folder, word) in [
        ("my-paper", "cd my-paper,"),
        ("We \"ird\" näme", "cd 'We \"ird\" näme',"),
        ("it's $HOME", r"cd 'it'\''s $HOME',"),
        ("./-x", "cd ./-x,"),
    ] {
        run(here.path(), &["new", "site", folder]).exits(0).says(word);
    }
}

#[test]
fn a_new_site_goes_only_into_an_empty_folder() {
    let (keep, root) = new_site();
    let before = tree(keep.path());
    run(keep.path(), &["new", "site", "paper"]).exits(2).says("not empty");
    run(&root, &["new", "site", "."]).exits(2).says("not empty");
    run(&root, &["new", "site", "site.yaml"]).exits(2).says("not a folder");
    run(&root, &["new", "site", "site.yaml/sub"]).exits(2);
    assert_eq!(tree(keep.path()), before);
    let empty = tempfile::tempdir().unwrap();
    run(empty.path(), &["new", "site", "."]).exits(0);
    assert!(empty.path().join("site.yaml").is_file());
}

#[cfg(unix)]
#[test]
fn a_new_site_does_not_follow_a_broken_link() {
    let here = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("gone", here.path().join("link")).unwrap();
    run(here.path(), &["new", "site", "link"]).exits(2);
    assert!(!here.path().join("gone").exists());
}

#[test]
fn a_new_article_is_built() {
    let (_keep, root) = new_site();
    run(&root, &["new", "author", "Lin Tan", "--role", "Reporter: \"tech\""])
        .exits(0)
        .prints("content/authors/lin-tan.md\n");
    let more = ["--author", "lin-tan", "--author", "jane-doe"];
    let made = new_article(&root, "First story", &more).exits(0);
    assert_eq!((made.out.as_str(), made.err.as_str()), ("content/local/first-story.md\n", ""));
    let text = fs::read_to_string(root.join("content/local/first-story.md")).unwrap();
    assert!(text.starts_with("---\ntitle: \"First story\"\ndate: 20"), "{text}");
    assert!(text.contains("\nauthors: [jane-doe, lin-tan]\n---\n"), "{text}");
    run(&root, &["build", "--deny-warnings"]).exits(0).prints("2 articles, ");
    assert!(tree(&root.join("public")).keys().any(|path| path.ends_with("first-story/index.html")));
}

#[test]
fn drafts_wait_and_bundles_have_a_folder() {
    let (_keep, root) = new_site();
    new_article(&root, "Later", &["--draft"]).exits(0);
    new_article(&root, "With pictures", &["--bundle"]).exits(0).prints("content/local/with-pictures/index.md\n");
    run(&root, &["build"]).exits(0).prints("2 articles, ");
    run(&root, &["build", "--drafts", "--output", "preview"]).exits(0).prints("3 articles, ");
}

#[test]
fn odd_titles_are_kept_as_they_are() {
    let (_keep, root) = new_site();
    let long = "Long ".repeat(60);
    let titles = [
        "\"Quoted\" and 'quoted'",
        "Budget: what changes",
        "C:\\temp\\new",
        "腾讯关闭 WebQQ",
        "Party 🎉 time",
        "../../x",
        "--help me",
        "# @ ` | > % ! & * {a: b} [c]",
        "{{< youtube id=\"x\" >}} {{ site }} {% raw %}",
        "<script>alert(1)</script>",
        "null",
        "2018-11-22",
        "2018-11-22 What happened",
        "Index",
        long.as_str(),
    ];
    let before = tree(root.parent().unwrap()).len();
    for title in titles {
        let made = new_article(&root, title, &[]).exits(0);
        let path = root.join(made.out.trim_end());
        assert_eq!(path.parent().unwrap(), root.join("content/local"), "{title}");
        let text = fs::read_to_string(&path).unwrap();
        let front = text.split("---\n").nth(1).unwrap();
        let front: presswork::article::ArticleFront = presswork::yaml::parse(front).unwrap();
        assert_eq!(front.title, title.trim());
    }
    assert_eq!(tree(root.parent().unwrap()).len(), before + titles.len());
    assert!(!root.join("content/local/index.md").exists());
    let built = run(&root, &["build"]).exits(0).prints(&format!("{} articles, ", titles.len() + 1));
    // The long one is the only one to look at.
    assert_eq!(built.says("warning[long-headline]").err.matches("warning[").count(), 1);
}

#[test]
fn titles_that_cannot_be_are_refused() {
    let (_keep, root) = new_site();
    let before = tree(&root);
    for title in ["", "   ", "two\nlines", "a\u{1b}[31m", "!!!", "../.."] {
        new_article(&root, title, &[]).exits(2).says("error: ");
    }
    run(&root, &["new", "author", "..."]).exits(2).says("error: ");
    assert_eq!(tree(&root), before);
}

#[test]
fn unknown_authors_and_sections_get_suggestions() {
    let (_keep, root) = new_site();
    let before = tree(&root);
    let article = |section, author| run(&root, &["new", "article", "T", "--section", section, "--author", author]);
    article("local", "jane-do").exits(2).says("did you mean `jane-doe`?").says("presswork new author");
    article("local", "Jane Doe").exits(2).says("did you mean `jane-doe`?");
    article("local", "xyz").exits(2).says("authors: jane-doe");
    article("locla", "jane-doe").exits(2).says("did you mean `local`?").says("content/locla/");
    article("content/local", "jane-doe").exits(2).says("did you mean `local`?");
    article("sport", "jane-doe").exits(2).says("sections: local");
    run(&root, &["new", "article", "T", "--section", "local"]).exits(2).says("--author");
    assert_eq!(tree(&root), before);
}

#[test]
fn no_section_or_author_leads_out_of_the_folder() {
    let (keep, root) = new_site();
    let before = tree(keep.path());
    let absolute = keep.path().to_string_lossy().into_owned();
    for section in
        ["..", "../..", "local/../../x", "/tmp", &absolute, "", ".", "local//x", ".git", "authors", "static/x", "a\\b"]
    {
        let section = format!("--section={section}");
        run(&root, &["new", "article", "T", &section, "--author", "jane-doe"]).exits(2).says("error: ");
    }
    for author in ["../authors/jane-doe", "/etc/passwd", "jane-doe.md", ""] {
        run(&root, &["new", "article", "T", "--section=local", &format!("--author={author}")])
            .exits(2)
            .says("no author");
    }
    assert_eq!(tree(keep.path()), before);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_not_followed() {
    let (keep, root) = new_site();
    let outside = keep.path().join("outside");
    fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, root.join("content/linked")).unwrap();
    run(&root, &["new", "article", "T", "--section", "linked", "--author", "jane-doe"]).exits(2).says("symbolic link");
    fs::remove_dir_all(root.join("content/authors")).unwrap();
    std::os::unix::fs::symlink(&outside, root.join("content/authors")).unwrap();
    run(&root, &["new", "author", "Ann"]).exits(2).says("symbolic link");
    assert!(tree(&outside).is_empty());
}

#[test]
fn nothing_is_overwritten() {
    let (_keep, root) = new_site();
    new_article(&root, "First story", &[]).exits(0);
    new_article(&root, "Bundled", &["--bundle"]).exits(0);
    let before = tree(&root);
    for title in ["First story", "first STORY!", "Bundled"] {
        new_article(&root, title, &[]).exits(2).says("already exists");
        new_article(&root, title, &["--bundle"]).exits(2).says("already exists");
    }
    run(&root, &["new", "author", "Jane Doe"]).exits(2).says("already exists");
    assert_eq!(tree(&root), before);
    assert!(!root.join("content/local/first-story").exists());
}

#[test]
fn the_first_section_of_a_site_is_made() {
    let (_keep, root) = new_site();
    fs::remove_dir_all(root.join("content/local")).unwrap();
    run(&root, &["new", "article", "T", "--section", "a/b", "--author", "jane-doe"]).exits(2);
    run(&root, &["new", "article", "T", "--section", "world", "--author", "jane-doe"])
        .exits(0)
        .prints("content/world/t.md\n");
    run(&root, &["new", "article", "T", "--section", "local", "--author", "jane-doe"]).exits(2).says("sections: world");
}

#[test]
fn the_site_is_found_from_a_folder_below() {
    let (_keep, root) = new_site();
    let made =
        run(&root.join("content/local"), &["new", "article", "T", "--section=local", "--author=jane-doe"]).exits(0);
    assert!(Path::new(made.out.trim_end()).is_file(), "{}", made.out);
    run(&root.join("content"), &["build"]).exits(0);
    assert!(root.join("public/index.html").is_file());
}

#[test]
fn slugs_are_in_the_sites_own_style() {
    let (_keep, root) = new_site();
    let text = fs::read_to_string(root.join("site.yaml")).unwrap().replace("#slugs: ascii", "slugs: unicode");
    fs::write(root.join("site.yaml"), text).unwrap();
    new_article(&root, "腾讯 关闭 WebQQ", &[]).exits(0).prints("content/local/腾讯-关闭-webqq.md\n");
}
