//! `presswork new`: the files that it creates, and its refusals.

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
    for file in [".gitignore", "README.md", "site.yaml", "content/local/_index.md"] {
        assert!(own.contains_key(&root.join(file)), "{file}");
    }
    let front = fs::read_to_string(root.join("public/index.html")).unwrap();
    for page in ["about", "contact"] {
        assert!(own.contains_key(&root.join(format!("content/pages/{page}.md"))), "{page}");
        assert!(front.contains(&format!("href=\"/{page}/\"")), "the footer links to {page}");
    }
    let entries = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!entries.into_iter().any(|name| name == ".presswork-new"));
    let ignored = fs::read_to_string(root.join(".gitignore")).unwrap();
    assert!(ignored.contains("public/") && ignored.contains(".presswork/"));
}

#[test]
fn every_page_of_a_new_site_leads_to_the_search() {
    let (_keep, root) = new_site();
    let settings = fs::read_to_string(root.join("site.yaml")).unwrap();
    fs::write(root.join("site.yaml"), format!("{settings}outputs: [text]\n")).unwrap();
    run(&root, &["build", "--deny-warnings"]).exits(0);
    let public = root.join("public");
    let mut counts = [0, 0];
    for (path, bytes) in tree(&public) {
        let page = path.strip_prefix(&public).unwrap();
        if page.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let is_text = page.starts_with("text");
        let link = if is_text { "<a href=\"/text/search/\"" } else { "class=\"search-link\" href=\"/search/\"" };
        assert!(String::from_utf8(bytes).unwrap().contains(link), "{}", page.display());
        counts[usize::from(is_text)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 8), "{counts:?}");
    for page in ["search/index.html", "text/search/index.html"] {
        assert!(fs::read_to_string(public.join(page)).unwrap().contains("role=\"search\""), "{page}");
    }
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
    let odd = "- \"It's\" {{< on >}} & *off: \\ 晨报 🎉 #1";
    run(here.path(), &["new", "site", "odd", &format!("--title={odd}")]).exits(0);
    assert_eq!(title("odd"), odd);
    run(&here.path().join("odd"), &["build", "--deny-warnings"]).exits(0);
    run(here.path(), &["new", "site", "bad", "--title", "two\nlines"]).exits(2).says("line");
    run(here.path(), &["new", "site", "bad", "--title", " "]).exits(2).says("empty");
    assert!(!here.path().join("bad").exists());
}

#[test]
fn a_site_has_the_time_zone_of_the_newsroom() {
    let here = tempfile::tempdir().unwrap();
    let zone = |folder: &str| {
        let text = fs::read_to_string(here.path().join(folder).join("site.yaml")).unwrap();
        presswork::config::parse(&text).value.unwrap().timezone_name
    };
    run(here.path(), &["new", "site", "one", "--timezone", "Asia/Singapore"])
        .exits(0)
        .says("time zone: Asia/Singapore");
    assert_eq!(zone("one"), "Asia/Singapore");
    let text = fs::read_to_string(here.path().join("one/content/local/welcome.md")).unwrap();
    assert!(text.contains("+08:00\n"), "{text}");
    run(&here.path().join("one"), &["build", "--deny-warnings"]).exits(0);
    run(here.path(), &["new", "site", "two", "--timezone", "berlin"]).exits(2).says("did you mean `Europe/Berlin`?");
    run(here.path(), &["new", "site", "two", "--timezone", "Mars/Olympus"]).exits(2).says("IANA name");
    assert!(!here.path().join("two").exists());
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
    let next = "a draft: write the story, then run presswork publish local/first-story\n";
    assert_eq!((made.out.as_str(), made.err.as_str()), ("content/local/first-story.md\n", next));
    let text = fs::read_to_string(root.join("content/local/first-story.md")).unwrap();
    assert!(text.starts_with("---\ntitle: \"First story\"\ndate: 20"), "{text}");
    assert!(text.contains("\nauthors: [jane-doe, lin-tan]\ndraft: true\n---\n"), "{text}");
    // The date has its offset, so that another time zone does not move it.
    let date = text.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
    assert!(date.parse::<jiff::Timestamp>().is_ok(), "{date}");
    // It is a draft, and the placeholder cannot be published.
    run(&root, &["build", "--deny-warnings"]).exits(0).prints("1 article, ");
    let refused = run(&root, &["publish", "local/first-story.md"]).exits(2);
    refused.says("was not changed: the text of a new file is still there").says("write the story first");
    assert_eq!(fs::read_to_string(root.join("content/local/first-story.md")).unwrap(), text);
    fs::write(root.join("content/local/first-story.md"), text.replace("Write the story here.", "It rained.")).unwrap();
    run(&root, &["publish", "local/first-story.md"]).exits(0).prints("content/local/first-story.md\n");
    run(&root, &["build", "--deny-warnings"]).exits(0).prints("2 articles, ");
    // The first text of a story is no silent edit.
    run(&root, &["build", "--deny-warnings"]).exits(0);
    assert!(tree(&root.join("public")).keys().any(|path| path.ends_with("first-story/index.html")));
}

#[test]
fn drafts_wait_and_bundles_have_a_folder() {
    let (_keep, root) = new_site();
    new_article(&root, "Later", &["--draft"]).exits(0);
    let bundle = new_article(&root, "With pictures", &["--bundle"]).exits(0);
    bundle.prints("content/local/with-pictures/index.md\n").says("presswork publish local/with-pictures\n");
    run(&root, &["build"]).exits(0).prints("1 article, ");
    run(&root, &["build", "--drafts", "--output", "preview"]).exits(0).prints("3 articles, ");
}

#[test]
fn the_text_of_a_new_file_is_never_published() {
    let (_keep, root) = new_site();
    new_article(&root, "Later", &[]).exits(0);
    let path = root.join("content/local/later.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("draft: true\n", "")).unwrap();
    run(&root, &["build"]).exits(1).says("error[placeholder-text]").says("later.md:7:1");
    // The placeholder is also found inside a longer text, and before its day.
    fs::write(&path, text.replace("draft: true", "embargo: 2099-01-01").replace("Write", "It rained.\n\nWrite"))
        .unwrap();
    run(&root, &["build"]).exits(1).says("error[placeholder-text]").says("later.md:10:1");
    // Text after it does not replace it.
    fs::write(&path, text.replace("draft: true\n", "").replace("here.", "here. So they said.")).unwrap();
    run(&root, &["build"]).exits(1).says("error[placeholder-text]").says("later.md:7:1");
    // As part of a sentence it is text.
    fs::write(&path, text.replace("draft: true\n", "").replace("here.", "here, they said.")).unwrap();
    run(&root, &["build"]).exits(0).prints("2 articles, ");
    run(&root, &["new", "page", "Contact us"]).exits(0).prints("content/pages/contact-us.md\n");
    run(&root, &["build", "--deny-warnings"]).exits(0);
    let page = root.join("content/pages/contact-us.md");
    fs::write(&page, fs::read_to_string(&page).unwrap().replace("draft: true\n", "")).unwrap();
    run(&root, &["build"]).exits(1).says("error[placeholder-text]").says("contact-us.md:5:1");
    run(&root, &["new", "page", "Contact us"]).exits(2).says("already exists");
}

#[test]
fn sections_are_created_with_their_names() {
    let (_keep, root) = new_site();
    run(&root, &["new", "section", "sport"]).exits(0).prints("content/sport/_index.md\n");
    run(&root, &["new", "section", "world/south-asia/"]).exits(0).prints("content/world/south-asia/_index.md\n");
    run(&root, &["new", "section", "kultur", "--title", "Kultur: & mehr"]).exits(0);
    // Editors type the name.
    run(&root, &["new", "section", "Arts & Culture"]).exits(0).prints("content/arts-culture/_index.md\n");
    run(&root, &["new", "section", "World/Südsee"]).exits(0).prints("content/world/sudsee/_index.md\n");
    assert_eq!(
        fs::read_to_string(root.join("content/arts-culture/_index.md")).unwrap(),
        "---\ntitle: \"Arts & Culture\"\n---\n"
    );
    assert_eq!(
        fs::read_to_string(root.join("content/world/sudsee/_index.md")).unwrap(),
        "---\ntitle: \"Südsee\"\n---\n"
    );
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    assert_eq!(read("content/world/south-asia/_index.md"), "---\ntitle: \"South Asia\"\n---\n");
    assert_eq!(read("content/kultur/_index.md"), "---\ntitle: \"Kultur: & mehr\"\n---\n");
    run(&root, &["build", "--deny-warnings"]).exits(0);
    run(&root, &["new", "article", "A match", "--section", "sport", "--author", "jane-doe"]).exits(0);
    for (name, why) in [
        ("sport", "already exists"),
        ("Sport", "already exists"),
        ("Arts Culture", "already exists"),
        ("!?", "no URL can be made"),
        ("Authors", "another purpose"),
        ("two\nlines", "not a valid section"),
        ("../out", "not a valid section"),
        ("authors/x", "another purpose"),
        ("/x", "not a valid section"),
        ("a//b", "not a valid section"),
        ("con", "not a valid section"),
    ] {
        let before = tree(&root);
        run(&root, &["new", "section", name]).exits(2).says(why);
        assert_eq!(tree(&root), before, "{name}");
    }
}

#[test]
fn pictures_dates_and_embargoes_come_with_the_story() {
    let (keep, root) = new_site();
    let photos = keep.path().join("photos");
    fs::create_dir(&photos).unwrap();
    for name in ["bridge.jpg", "the flood.png", "notes.txt"] {
        fs::write(photos.join(name), name).unwrap();
    }
    let photo = |name: &str| photos.join(name).to_str().unwrap().to_owned();
    let (bridge, flood, notes) = (photo("bridge.jpg"), photo("the flood.png"), photo("notes.txt"));
    let more = ["--picture", &bridge, "--picture", &flood, "--date", "2026-12-01 08:00", "--embargo", "2099-01-02"];
    new_article(&root, "Flood", &more).exits(0).prints("content/local/flood/index.md\n");
    let text = fs::read_to_string(root.join("content/local/flood/index.md")).unwrap();
    for part in
        ["\ndate: 2026-12-01T08:00:00", "\nembargo: 2099-01-02\n", "\n  src: \"bridge.jpg\"\n", "![](<the flood.png>)"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(fs::read_to_string(root.join("content/local/flood/the flood.png")).unwrap(), "the flood.png");
    run(&root, &["build"]).exits(0).prints("1 article, ");
    let before = tree(&root);
    for (more, why) in [
        (["--picture", &notes].as_slice(), "not a picture for the web"),
        (&["--picture", "nowhere.jpg"], "not a file"),
        (&["--picture", &bridge, "--picture", &bridge], "has the name of another"),
        (&["--date", "01/02/2026"], "hint"),
        (&["--embargo", "soon"], "hint"),
    ] {
        new_article(&root, "Another", more).exits(2).says(why);
        assert_eq!(tree(&root), before, "{more:?}");
    }
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
    let built = run(&root, &["build", "--drafts", "--output", "preview"]).exits(0);
    let built = built.prints(&format!("{} articles, ", titles.len() + 1));
    // Only the long one is checked.
    assert_eq!(built.says("warning[long-headline]").err.matches("warning[").count(), 1);
}

#[test]
fn impossible_titles_are_refused() {
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
    article("locla", "jane-doe").exits(2).says("did you mean `local`?").says("presswork new section locla");
    article("Local News", "jane-doe").exits(2).says("presswork new section local-news");
    article("content/local", "jane-doe").exits(2).says("did you mean `local`?");
    article("sport", "jane-doe").exits(2).says("sections: local");
    run(&root, &["new", "article", "T", "--section", "local"]).exits(2).says("--author");
    assert_eq!(tree(&root), before);
}

#[test]
fn no_section_or_author_is_created_outside_the_folder() {
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
