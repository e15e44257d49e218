//! Mistakes that people can make: each is reported, survived, and gone when it has been corrected.

use std::fs;

use serde_json::Value;

use super::preview::{Live, Preview, paper, path_of, story};

fn problems(live: &mut Live) -> Value {
    serde_json::from_str(&live.next("problems")).unwrap()
}

const UNKNOWN: &str = "---\ntitle: Story 1\ndate: 2026-01-02\nauthors: [anna]\ntags: [tag 1]\n---\n\nText.\n";

#[test]
fn an_error_is_reported_with_its_line_and_then_cleared() {
    let preview = Preview::of(&paper(3), &["--editor", "vscode"]);
    let mut open = preview.listen(&path_of(2));
    preview.write("content/world/story-1.md", UNKNOWN);
    let told = problems(&mut open);
    let problem = &told["shown"][0];
    assert_eq!(told["shown"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!((&problem["code"], &problem["path"]), (&"unknown-author".into(), &"content/world/story-1.md".into()));
    assert_eq!((&problem["line"], &problem["column"]), (&4.into(), &11.into()));
    let line = &problem["snippet"];
    assert_eq!([&line["before"], &line["meant"], &line["after"]], ["authors: [", "anna", "]"]);
    let link = format!("vscode://file{}/content/world/story-1.md:4:11", preview.root.display());
    assert_eq!(problem["editor"], link.as_str());
    preview.write("content/world/story-1.md", story(1, "Mended."));
    while problems(&mut open)["shown"] != Value::Array(Vec::new()) {}
}

#[test]
fn every_file_with_errors_is_listed() {
    let preview = Preview::of(&paper(6), &[]);
    let mut open = preview.listen(&path_of(5));
    for number in 1..4 {
        preview.get(&path_of(number));
    }
    for number in 1..4 {
        preview.write(&format!("content/world/story-{number}.md"), "---\ntitle: [\ndate: 2026-05-04\n---\n\nText.\n");
    }
    let told = loop {
        let told = problems(&mut open);
        if told["files"] == 3 {
            break told;
        }
    };
    let files: Vec<&str> = told["shown"].as_array().unwrap().iter().filter_map(|one| one["path"].as_str()).collect();
    assert_eq!(files, [1, 2, 3].map(|number| format!("content/world/story-{number}.md")));
    // Below the error, each page is as it was.
    for number in 1..4 {
        assert!(preview.get(&path_of(number)).text().contains(&format!("<h1>Story {number}</h1>")));
    }
}

#[test]
fn a_page_that_cannot_be_rendered_stays_as_it_was() {
    let mut files = paper(3);
    files.insert("themes/mine/theme.yaml".into(), b"name: mine\nextends: plain\n".to_vec());
    files.insert("themes/mine/templates/page.html".into(), b"{{ content.title }}".to_vec());
    files.insert("themes/mine/templates/not-found.html".into(), b"<p>Lost.</p>".to_vec());
    files.insert("site.yaml".into(), b"title: P\nbase_url: https://example.org/\ntheme: mine\n".to_vec());
    let preview = Preview::of(&files, &[]);
    let good = preview.get("/nowhere/");
    assert_eq!(good.status, 404);
    let mut open = preview.listen("/nowhere/");
    preview.write("themes/mine/templates/not-found.html", "<p>{{ nobody.knows.this }}</p>");
    let told = problems(&mut open);
    assert_eq!(told["shown"][0]["code"], "template-failed", "{told}");
    assert!(preview.get("/nowhere/").text().contains("<p>Lost.</p>"));
    preview.write("themes/mine/templates/not-found.html", "<p>Found.</p>");
    preview.wait_for("/nowhere/", "<p>Found.</p>");
    while problems(&mut open)["shown"] != Value::Array(Vec::new()) {}
}

#[test]
fn a_link_to_a_removed_page_is_reported_even_if_nobody_opens_the_page() {
    let mut files = paper(3);
    let text = story(1, "See [the other](story-2.md).");
    files.insert("content/world/story-1.md".into(), text.into_bytes());
    let preview = Preview::of(&files, &[]);
    let mut open = preview.listen("/");
    fs::remove_file(preview.root.join("content/world/story-2.md")).unwrap();
    let told = problems(&mut open);
    assert_eq!((&told["shown"][0]["code"], &told["shown"][0]["line"]), (&"broken-link".into(), &8.into()), "{told}");
}

#[test]
fn a_broken_configuration_is_survived() {
    let preview = Preview::of(&paper(3), &[]);
    let mut open = preview.listen(&path_of(1));
    let good = preview.read("site.yaml");
    for bad in ["title: [", "", "titel: x\nbase_url: https://example.org/\n", "title: P\nbase_url: nonsense\n", "\u{0}"]
    {
        preview.write("site.yaml", bad);
        let told = loop {
            let told = problems(&mut open);
            if told["shown"][0]["path"] == "site.yaml" {
                break told;
            }
        };
        assert_eq!(told["shown"][0]["severity"], "error", "{bad}");
        assert!(preview.get(&path_of(1)).text().contains("<h1>Story 1</h1>"), "{bad}");
        preview.write("site.yaml", &good);
        while problems(&mut open)["shown"] != Value::Array(Vec::new()) {}
    }
    fs::remove_file(preview.root.join("site.yaml")).unwrap();
    problems(&mut open);
    assert_eq!(preview.get("/").status, 200);
    preview.write("site.yaml", good.replace("The Paper", "Another Paper"));
    preview.wait_for("/", "Another Paper");
}

#[test]
fn a_site_broken_from_the_start_is_reported_and_can_be_fixed() {
    let mut files = paper(3);
    let good = files.insert("site.yaml".into(), b"title: [".to_vec()).unwrap();
    let preview = Preview::of(&files, &[]);
    let answer = preview.get("/");
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("<code>site.yaml:1"), "{}", answer.text());
    assert_eq!(preview.get("/_presswork/").status, 503);
    preview.write("site.yaml", &good);
    preview.wait("/", "the paper", |answer| answer.status == 200 && answer.text().contains("Story 2"));
}

#[test]
fn a_deleted_theme_is_survived() {
    let preview = Preview::of(&paper(3), &[]);
    let mut open = preview.listen(&path_of(1));
    let (theme, away) = (preview.root.join("themes"), preview.root.join("away"));
    fs::rename(&theme, &away).unwrap();
    let told = problems(&mut open);
    assert_eq!(told["shown"][0]["code"], "bad-theme", "{told}");
    preview.write("content/world/story-1.md", story(1, "Written without a theme."));
    preview.wait_for(&path_of(1), "Written without a theme.");
    fs::rename(&away, &theme).unwrap();
    while problems(&mut open)["shown"] != Value::Array(Vec::new()) {}
    let template = fs::read_to_string(theme.join("plain/templates/article.html")).unwrap();
    preview.write("themes/plain/templates/article.html", template.replace("<h1>", "<h1>New: "));
    preview.wait_for(&path_of(1), "<h1>New: Story 1");
}

#[test]
fn the_server_survives_any_edit() {
    let mut preview = Preview::of(&paper(4), &[]);
    let texts = [
        "",
        "---",
        "---\n",
        "---\n---\n",
        "\u{feff}---\ntitle: x\n",
        "---\ntitle: x\ndate: 9999-99-99\n---\n",
        "---\ntitle: \"\u{0}\"\n---\n",
        "{{< figure src=\"../../../../etc/passwd\" >}}",
        "---\ntitle: x\ndate: 2026-01-01\nauthors: [ana]\n---\n\n{{< unknown >}} [a](b.md) ![](c.png) <script>",
        "---\ntitle: x\nslug: ../../x\ndate: 2026-01-01\n---\n",
        "---\n&a [*a]\n---\n",
    ];
    for (at, text) in texts.iter().enumerate() {
        preview.write("content/world/story-1.md", text);
        preview.write("content/world/_index.md", text);
        preview.write("content/authors/ana.md", text);
        preview.write("redirects.yaml", text);
        preview.write(&format!("themes/plain/i18n/{at}.yaml"), text);
        assert!(preview.get("/").status < 500, "{text}");
        assert!(preview.get("/_presswork/").status < 500, "{text}");
        assert!(!preview.has_ended(), "{text}");
    }
    let good = paper(4);
    for path in ["content/world/story-1.md", "content/world/_index.md", "content/authors/ana.md"] {
        preview.write(path, &good[std::path::Path::new(path)]);
    }
    fs::remove_file(preview.root.join("redirects.yaml")).unwrap();
    for at in 0..texts.len() {
        fs::remove_file(preview.root.join(format!("themes/plain/i18n/{at}.yaml"))).unwrap();
    }
    preview.wait("/_presswork/", "no errors", |answer| answer.text().contains("0 errors"));
    preview.wait_for(&path_of(1), "<h1>Story 1</h1>");
}
