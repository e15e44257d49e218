//! `presswork theme`: the files that it creates, its refusals, and that the result builds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{new_site, run, tree};

/// The published files, without the folder's name.
fn published(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    run(root, &["build", "--clean", "--deny-warnings", "--at", "2100-01-01T00:00:00Z"]).exits(0);
    tree(&root.join("public"))
}

fn choose(root: &Path, theme: &str) {
    let text = fs::read_to_string(root.join("site.yaml")).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("theme:")).collect();
    fs::write(root.join("site.yaml"), format!("{}\ntheme: {theme}\n", kept.join("\n"))).unwrap();
}

#[test]
fn an_ejected_theme_makes_the_same_site() {
    let (_keep, root) = new_site();
    let before = published(&root);
    run(&root, &["theme", "eject"]).exits(0).prints("themes/broadsheet\n").says("replaces the built-in theme");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/broadsheet");
    let of = |theme: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
        let files = tree(theme).into_iter();
        files.map(|(path, bytes)| (path.strip_prefix(theme).unwrap().to_path_buf(), bytes)).collect()
    };
    assert!(of(&root.join("themes/broadsheet")) == of(&repository));
    assert!(published(&root) == before);
}

#[test]
fn an_existing_theme_is_replaced_only_by_force() {
    let (_keep, root) = new_site();
    run(&root, &["theme", "eject"]).exits(0);
    fs::write(root.join("themes/broadsheet/i18n/en.yaml"), "latest: Just in\n").unwrap();
    fs::write(root.join("themes/broadsheet/mine.txt"), "mine").unwrap();
    let changed = tree(&root);
    run(&root, &["theme", "eject"]).exits(2).says("already exists").says("--force");
    assert_eq!(tree(&root), changed);
    run(&root, &["theme", "eject", "--force"]).exits(0);
    assert!(!root.join("themes/broadsheet/mine.txt").exists());
    assert!(fs::read_to_string(root.join("themes/broadsheet/i18n/en.yaml")).unwrap().lines().count() > 10);
    let entries = fs::read_dir(root.join("themes")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(entries.collect::<Vec<_>>(), ["broadsheet"]);
}

#[test]
fn nothing_is_lost_after_an_interrupted_run() {
    let (_keep, root) = new_site();
    fs::create_dir_all(root.join("themes/.presswork-new/old")).unwrap();
    fs::write(root.join("themes/.presswork-new/old/theme.yaml"), "name: broadsheet\n").unwrap();
    let before = tree(&root);
    run(&root, &["theme", "eject"]).exits(2).says("earlier run");
    assert_eq!(tree(&root), before);
}

#[test]
fn a_new_theme_changes_nothing_until_it_is_written() {
    let (_keep, root) = new_site();
    let before = published(&root);
    let made = run(&root, &["theme", "new", "harbour", "--extends", "broadsheet"]).exits(0);
    made.prints("themes/harbour\n").says("theme: harbour");
    choose(&root, "harbour");
    assert!(published(&root) == before);
    fs::write(root.join("themes/harbour/i18n/en.yaml"), "follow: Made by\n").unwrap();
    let front = published(&root)[&root.join("public/index.html")].clone();
    assert!(String::from_utf8(front).unwrap().contains("Made by"));
    run(&root, &["theme", "new", "evening", "--extends", "harbour"]).exits(0);
    choose(&root, "{name: evening, accent: teal}");
    published(&root);
}

#[test]
fn a_new_theme_has_a_name_and_an_existing_parent() {
    let (_keep, root) = new_site();
    let before = tree(&root);
    for name in ["", "../up", "Harbour", "a b", ".hidden", "a/b", "é"] {
        run(&root, &["theme", "new", name]).exits(2).says("not a valid theme name");
    }
    run(&root, &["theme", "new", "--", "-x"]).exits(2).says("not a valid theme name");
    run(&root, &["theme", "new", "broadsheet"]).exits(2).says("built-in theme").says("theme eject");
    run(&root, &["theme", "new", "mine", "--extends", "broadshet"])
        .exits(2)
        .says("unknown theme `broadshet`")
        .says("broadsheet");
    run(&root, &["theme", "new", "mine", "--extends", "mine"]).exits(2).says("unknown theme `mine`");
    assert_eq!(tree(&root), before);
    run(&root, &["theme", "new", "mine"]).exits(0);
    let before = tree(&root);
    run(&root, &["theme", "new", "mine"]).exits(2).says("already exists");
    assert_eq!(tree(&root), before);
}

#[test]
fn one_file_is_copied_to_where_it_takes_precedence() {
    let (_keep, root) = new_site();
    run(&root, &["theme", "new", "mine"]).exits(0);
    choose(&root, "mine");
    let before = published(&root);
    let copied = run(&root, &["theme", "eject", "templates/base.html"]).exits(0);
    copied.prints("themes/mine/templates/base.html\n").says("themes/broadsheet (built in)/templates/base.html");
    assert!(published(&root) == before, "an exact copy changes nothing");
    let file = root.join("themes/mine/templates/base.html");
    let text = fs::read_to_string(&file).unwrap().replace("<body", "<body data-mine");
    fs::write(&file, &text).unwrap();
    let front = published(&root)[&root.join("public/index.html")].clone();
    assert!(String::from_utf8(front).unwrap().contains("<body data-mine"));

    let refused = run(&root, &["theme", "eject", "templates/base.html"]).exits(2);
    refused.says("themes/mine/templates/base.html already exists");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    for file in ["components/byline.html", "embeds/map.html", "assets/css/_cards.css", "i18n/de.yaml"] {
        run(&root, &["theme", "eject", file]).exits(0).prints(&format!("themes/mine/{file}\n"));
    }
}

#[test]
fn a_file_that_no_theme_has_is_not_copied() {
    let (_keep, root) = new_site();
    run(&root, &["theme", "new", "mine"]).exits(0);
    choose(&root, "mine");
    let before = tree(&root);
    for (file, hint) in [
        ("templates/bass.html", "did you mean `templates/base.html`?"),
        ("base.html", "did you mean `templates/base.html`?"),
        ("footer", "did you mean `components/footer.html`?"),
        ("fooder.html", "did you mean `components/footer.html`?"),
        ("templates/panorama.html", "presswork theme eject --list"),
        ("../site.yaml", "presswork theme eject --list"),
        ("theme.yaml", "presswork theme eject --list"),
        ("", "presswork theme eject --list"),
    ] {
        run(&root, &["theme", "eject", file]).exits(2).says("has no file").says(hint);
    }
    run(&root, &["theme", "eject", "templates/base.html", "--force"]).exits(2).says("cannot be used with");
    assert_eq!(tree(&root), before);
}

#[test]
fn the_files_that_can_be_copied_are_listed() {
    let (_keep, root) = new_site();
    run(&root, &["theme", "new", "mine"]).exits(0);
    choose(&root, "mine");
    run(&root, &["theme", "eject", "embeds/map.html"]).exits(0);
    let listed = run(&root, &["theme", "eject", "--list"]).exits(0);
    let lines: Vec<Vec<&str>> = listed.out.lines().map(|line| line.splitn(2, "  ").map(str::trim).collect()).collect();
    assert!(lines.contains(&vec!["embeds/map.html", "themes/mine"]), "{lines:?}");
    assert!(lines.contains(&vec!["templates/base.html", "themes/broadsheet (built in)"]), "{lines:?}");
    assert!(lines.iter().all(|line| line[0] != "theme.yaml"), "{lines:?}");
    for line in &lines {
        let exits = if line[1] == "themes/mine" { 2 } else { 0 };
        run(&root, &["theme", "eject", line[0]]).exits(exits);
    }
    published(&root);
}

#[test]
fn a_file_of_the_built_in_theme_needs_a_theme_to_be_copied_into() {
    let (_keep, root) = new_site();
    let before = tree(&root);
    run(&root, &["theme", "eject", "templates/base.html"]).exits(2).says("presswork theme new NAME");
    assert_eq!(tree(&root), before);
}

#[test]
fn presswork_s_own_embeds_can_be_copied_into_a_theme_that_extends_nothing() {
    let (_keep, root) = new_site();
    fs::create_dir_all(root.join("themes/alone")).unwrap();
    fs::write(root.join("themes/alone/theme.yaml"), "name: alone\n").unwrap();
    choose(&root, "alone");
    for file in ["embeds/youtube.html", "assets/js/embeds.js"] {
        run(&root, &["theme", "eject", file]).exits(0).prints(&format!("themes/alone/{file}\n"));
    }
    run(&root, &["theme", "eject", "templates/base.html"]).exits(2).says("has no file");
}

#[cfg(unix)]
#[test]
fn a_theme_is_not_written_through_a_link() {
    let (keep, root) = new_site();
    fs::create_dir(keep.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", root.join("themes")).unwrap();
    run(&root, &["theme", "eject"]).exits(2).says("symbolic link");
    run(&root, &["theme", "new", "mine"]).exits(2).says("symbolic link");
    fs::remove_file(root.join("themes")).unwrap();
    run(&root, &["theme", "new", "mine"]).exits(0);
    choose(&root, "mine");
    std::os::unix::fs::symlink("../../../elsewhere", root.join("themes/mine/components")).unwrap();
    run(&root, &["theme", "eject", "components/byline.html"]).exits(2).says("symbolic link");
    assert!(tree(&keep.path().join("elsewhere")).is_empty());
}

/// The files of an example in docs/THEMES.md: each block of code follows a line that ends with its path.
fn example(section: &str) -> Vec<(String, String)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/THEMES.md")).unwrap();
    let (_, rest) = page.split_once(&format!("\n## {section}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let mut files = Vec::new();
    let mut parts = section.split("```");
    while let (Some(before), Some(block)) = (parts.next(), parts.next()) {
        let path = before.trim().trim_end_matches("`:").rsplit('`').next().unwrap();
        files.push((path.to_owned(), block.split_once('\n').unwrap().1.to_owned()));
    }
    files
}

#[test]
fn the_ten_lines_of_the_documentation_make_an_article_page() {
    let (_keep, root) = new_site();
    let plain = published(&root);
    let files = example("An article page of your own in ten lines");
    assert_eq!(files.len(), 3);
    assert_eq!(files.iter().map(|(_, text)| text.lines().count()).sum::<usize>(), 10);
    for (path, text) in &files {
        assert!(path.starts_with("themes/mine/"), "{path}");
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    }
    choose(&root, "mine");
    let own = published(&root);
    assert_eq!(own.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>());
    let changed: Vec<&PathBuf> = own.keys().filter(|path| own[*path] != plain[*path]).collect();
    let [story] = &changed[..] else { panic!("one story: {changed:?}") };
    let story = String::from_utf8_lossy(&own[*story]);
    assert!(
        story.contains("<p class=\"told-by\">Told by <b>Jane Doe</b> </p>") && story.contains("class=\"masthead\"")
    );
}

#[test]
fn a_changed_option_rebuilds_everything_that_uses_it() {
    let (_keep, root) = new_site();
    fs::create_dir_all(root.join("content/static")).unwrap();
    let logo = |size: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {size}viewBox=\"0 0 9 9\"/>\n");
    fs::write(root.join("content/static/logo.svg"), logo("")).unwrap();
    fs::write(root.join("content/static/night.svg"), logo("")).unwrap();
    published(&root);
    for theme in [
        "{name: broadsheet, accent: teal}",
        "{name: broadsheet, accent: navy}",
        "{name: broadsheet, masthead: left}",
        "{name: broadsheet, logo: /logo.svg}",
        "{name: broadsheet, logo: {light: /logo.svg, dark: /night.svg}}",
        "broadsheet",
    ] {
        choose(&root, theme);
        run(&root, &["build", "--at", "2100-01-01T00:00:00Z"]).exits(0);
        let by_ledger = tree(&root.join("public"));
        assert!(by_ledger == published(&root), "{theme}");
    }
}
