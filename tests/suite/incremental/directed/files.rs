//! Edits of pictures and other files beside stories, and files saved while a build runs.

use super::*;

#[test]
fn a_picture_of_another_size_changes_the_pages_with_its_size() {
    let project = Project::new(&[(
        "content/world/dock/index.md",
        "---\ntitle: Dock\ndate: 2026-05-03\nauthors: ana\nimage: {src: dock.png, alt: Cranes}\n---\n\n![Cranes](dock.png)\n",
    )]);
    project.write("content/world/dock/dock.png", png(40, 30, 0));
    assert_eq!(project.build().code, 0);
    let page = "world/2026/05/dock/index.html";
    assert!(project.page(page).contains("width=\"40\""), "{}", project.page(page));
    project.write("content/world/dock/dock.png", png(64, 30, 0));
    let touched = project.touches();
    assert!(project.page(page).contains("width=\"64\"") && touched.iter().any(|path| path == page), "{touched:?}");
    project.assert_clean();
    // The same texts for readers, and then other ones.
    project.write("content/world/dock/dock.png", png(64, 30, 84));
    assert_eq!(project.touches(), ["world/2026/05/dock/dock.png"]);
    project.write("content/world/dock/dock.png", png(64, 30, 1));
    let touched = project.touches();
    assert!(project.page(page).contains("Agency 1") && touched.iter().any(|path| path == page), "{touched:?}");
    project.assert_clean();
}

/// A draft's picture is not published, so its bytes are not needed until the draft is.
#[test]
fn a_file_is_published_as_long_as_something_refers_to_it() {
    let story = |body: &str| format!("---\ntitle: Dock\ndate: 2026-05-03\nauthors: ana\n---\n\n{body}\n");
    let project = Project::new(&[
        ("content/world/dock.md", &story("Words.")),
        ("content/world/target.md", TARGET),
        ("content/world/dock.csv", "a"),
        ("content/world/loose.txt", "b"),
    ]);
    let has = |path: &str| project.root.join("public").join(path).exists();
    project.build();
    assert!(!has("world/dock.csv") && !has("world/loose.txt"));
    project.write("content/world/dock.md", story("[Figures](dock.csv)."));
    assert!(project.touches().contains(&"world/dock.csv".to_owned()));
    project.assert_clean();
    // Its bytes were not read while it was not published.
    project.write("content/world/dock.csv", "c");
    assert_eq!(project.touches(), ["world/dock.csv"]);
    project.write("content/world/loose.txt", "d");
    assert_eq!(project.touches(), [""; 0]);
    project.write("site.yaml", format!("{SETTINGS}publish: world/*.txt\n"));
    assert!(project.touches().contains(&"world/loose.txt".to_owned()));
    project.assert_clean();
    project.write("content/world/dock.md", story("Words."));
    assert!(project.touches().contains(&"world/dock.csv".to_owned()) && !has("world/dock.csv"));
    project.assert_clean();
    project.write("site.yaml", SETTINGS);
    assert!(project.touches().contains(&"world/loose.txt".to_owned()) && !has("world/loose.txt"));
    project.assert_clean();
}

#[test]
fn a_data_file_changes_the_pages_that_show_it() {
    let project = Project::new(&[("content/world/target.md", TARGET)]).with(&[
        (
            "themes/plain/embeds/data.html",
            "{% component data(data) %}{{ data.rows[0].values[0] }}{% endcomponent data %}",
        ),
        (
            "content/world/ships/index.md",
            "---\ntitle: Ships\ndate: 2026-05-02\nauthors: ana\n---\n\n{{< data data=\"ships.csv\" >}}\n",
        ),
        ("content/world/ships/ships.csv", "Year,Ships\n2019,11\n"),
    ]);
    assert_eq!(project.build().code, 0);
    project.write("content/world/ships/ships.csv", "Year,Ships\n2019,12\n");
    let touched = project.touches();
    assert!(touched.iter().any(|path| path == "world/2026/05/ships/index.html"), "{touched:?}");
    assert!(!touched.iter().any(|path| path.contains("target")), "{touched:?}");
    project.assert_clean();
}

#[test]
fn a_hidden_picture_that_is_saved_during_a_build_is_read_again() {
    for phase in [Phase::Reading, Phase::Rendering, Phase::Publishing] {
        let draft = "---\ntitle: Dock\ndate: 2026-05-03\nauthors: ana\ndraft: true\n---\n\n![Cranes](dock.png)\n";
        let project = Project::new(&[("content/world/dock/index.md", draft), ("content/world/target.md", TARGET)]);
        project.write("content/world/dock/dock.png", png(41, 30, 0));
        assert_eq!(project.build().code, 0);
        project.write("content/world/dock/dock.png", png(42, 30, 0));
        project.write("content/world/target.md", TARGET.replace("The target.", "Another."));
        let save = || project.write("content/world/dock/dock.png", png(43, 30, 0));
        let editor = Editor(phase, &save, AtomicBool::new(false));
        support::run_watched(&project.root, &Call::default(), &editor);
        assert!(editor.2.load(Ordering::Relaxed), "{phase:?} never began");
        project.write("content/world/dock/index.md", draft.replace("draft: true\n", ""));
        assert_eq!(project.build().code, 0, "{phase:?}");
        project.assert_clean_after(phase.as_str());
    }
}

/// Saves files when a phase of a build begins.
struct Editor<'a>(Phase, &'a (dyn Fn() + Sync), AtomicBool);

impl Progress for Editor<'_> {
    fn begin(&self, phase: Phase, _items: usize) {
        if phase == self.0 && !self.2.swap(true, Ordering::Relaxed) {
            (self.1)();
        }
    }
    fn advance(&self, _items: usize) {}
}

/// Somebody saves files while a build runs: the build may publish the old or the new ones, or refuse; the next one is
/// right.
#[test]
fn a_file_saved_during_a_build_is_published_by_the_next() {
    let theme = |n: usize| format!("{{% extends \"base.html\" %}}{{% block main %}}Nothing {n}{{% endblock main %}}\n");
    let phases =
        [Phase::Scanning, Phase::Reading, Phase::Assembling, Phase::Planning, Phase::Rendering, Phase::Publishing];
    for phase in phases {
        for number in 0..8 {
            let project = Project::new(&[("content/world/target.md", TARGET)]);
            project.write("content/world/dock/index.md", TARGET.replace("The target.", "![Cranes](dock.png)"));
            let save = |n: usize| match number {
                0 => project.write("content/world/target.md", TARGET.replace("The target.", &format!("A target {n}"))),
                1 => project.write("content/world/dock/dock.png", png(40, 30, n as u8)),
                2 => project.write("content/world/dock/dock.png", png(40 + n as u32, 30, 0)),
                3 => project.write("content/static/a.txt", format!("{n}")),
                4 => project.write("site.yaml", format!("{SETTINGS}description: {n}\n")),
                5 => project.write("themes/plain/templates/not-found.html", theme(n)),
                6 => project.write("themes/plain/assets/site.css", format!("p {{ order: {n} }}\n")),
                _ => project.write("content/authors/ana.md", format!("---\nname: Ana {n}\n---\n\nNumber {n}.\n")),
            };
            project.write("content/world/dock/dock.png", png(40, 30, 9));
            save(1);
            assert_eq!(project.build().code, 0);
            save(2);
            let saves = || save(3);
            let editor = Editor(phase, &saves, AtomicBool::new(false));
            support::run_watched(&project.root, &Call::default(), &editor);
            assert!(editor.2.load(Ordering::Relaxed), "{phase:?} never began");
            assert_eq!(project.build().code, 0, "{phase:?}, {number}");
            project.assert_clean_after(&format!("{phase:?}, {number}"));
        }
    }
}
