//! The forms of the desk: they change files of comments as the commands do, and no other page can send them.

use std::fs;
use std::os::unix::fs::symlink;

use super::preview::{Answer, Preview, paper, path_of};
use crate::tree::Tree;

const DESK: &str = "/_presswork/";
const FILE: &str = "comments/world/story-0.yaml";
/// A file with everything that a change must keep. In these tests it is 2026-11-22, noon.
const THREAD: &str = "# Kept by hand\ncomments:\n- id: wp-1 # the first\n  name: Noor <b>Rahimi</b>\n  date: 2026-11-20 08:15\n  \
                      text: |-\n    I *counted* them. </textarea><script>alert(1)</script>\n\n- {id: wp-2, parent: wp-1, name: Bo, date: \
                      2026-11-21, text: 'Twice?'}\n";

/// A paper with a thread on the first story.
fn commented() -> Tree {
    let mut files = paper(2);
    files.insert(FILE.into(), THREAD.as_bytes().to_vec());
    files
}

/// The values of the hidden fields of the form for a comment, as the desk has them.
fn field(desk: &str, id: &str, name: &str) -> String {
    let form =
        desk.split("<form class=\"change\"").skip(1).find(|form| form.contains(&format!("name=\"id\" value=\"{id}\"")));
    let value = form.and_then(|form| form.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next());
    value.unwrap_or_else(|| panic!("no {name} for {id}: {desk}")).to_owned()
}

/// A form of the desk with these fields; those of the page itself are filled in.
fn form(desk: &str, id: &str, fields: &[(&str, &str)]) -> String {
    let own = ["token", "path", "version"].map(|name| (name, field(desk, id, name)));
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in own.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name)) {
        form.append_pair(name, value);
    }
    if fields.iter().all(|(name, _)| *name != "id") {
        form.append_pair("id", id);
    }
    form.extend_pairs(fields).finish()
}

/// Sends a form as the desk does.
fn send(preview: &Preview, form: &str) -> Answer {
    let origin = preview.url("");
    let headers = [
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    preview.post(DESK, &headers, form.as_bytes())
}

#[test]
fn comments_are_hidden_shown_and_answered_on_the_desk() {
    let preview = Preview::of(&commented(), &[]);
    let page = || preview.get(&path_of(0)).text();
    let desk = || preview.get(DESK).text();
    assert!(desk().contains("Noor &lt;b&gt;Rahimi&lt;/b&gt;") && !desk().contains("<script>alert"), "{}", desk());

    let hidden = send(&preview, &form(&desk(), "wp-1", &[("action", "hide")]));
    assert_eq!(hidden.status, 303, "{}", hidden.text());
    let changed = THREAD.replace("</script>\n\n", "</script>\n  hidden: true\n\n");
    assert_eq!(preview.read(FILE), changed);
    let (place, anchor) = hidden.header("location").split_once('#').unwrap();
    let told = preview.get(place).text();
    assert!(told.contains("The comment is hidden.") && told.contains(&format!("<li id=\"{anchor}\">")), "{told}");
    assert!(told.contains("name=\"action\" value=\"show\""), "the desk has read the change: {told}");

    assert_eq!(send(&preview, &form(&desk(), "wp-1", &[("action", "show")])).status, 303);
    assert_eq!(preview.read(FILE), THREAD);
    let words = "Would you\r\ntell us *more*? – \u{7}R\u{e9}daction";
    let reply = form(&desk(), "wp-2", &[("action", "reply"), ("author", "ana"), ("text", words)]);
    let answer = send(&preview, &reply);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let after = preview.read(FILE);
    assert!(after.starts_with(THREAD), "{after}");
    let added = &after[THREAD.len()..];
    assert!(added.starts_with("- id: reply-1\n  parent: wp-2\n  staff: ana\n  date: "), "{added}");
    assert!(added.ends_with("  text: |-\n    Would you\n    tell us *more*? – R\u{e9}daction\n"), "{added}");
    preview.wait_for(&path_of(0), "Would you");
    assert!(page().contains("Ana Lopez"), "{}", page());
}

#[test]
fn a_change_is_refused_with_its_reason_and_nothing_typed_is_lost() {
    let preview = Preview::of(&commented(), &[]);
    let desk = preview.get(DESK).text();
    let refused = |fields: &[(&str, &str)], status: u16, why: &str| {
        let answer = send(&preview, &form(&desk, "wp-1", fields));
        assert_eq!(answer.status, status, "{fields:?}: {}", answer.text());
        let text = answer.text();
        let alert = text.split("role=\"alert\"").nth(1).unwrap_or_else(|| panic!("{text}"));
        assert!(alert.split("</div>").next().unwrap().contains(why), "{why}: {alert}");
        assert_eq!(preview.read(FILE), THREAD, "{fields:?}");
        text
    };
    let typed = "Half a page of \u{2018}words\u{2019} </textarea><b>";
    let shown = "Half a page of \u{2018}words\u{2019} &lt;/textarea&gt;&lt;b&gt;";
    let reply = [("action", "reply"), ("text", typed)];
    let nobody =
        refused(&[&reply[..], &[("author", "anna")]].concat(), 422, "unknown author `anna`. Hint: did you mean");
    assert!(
        nobody.contains(&format!("required>\n{shown}</textarea>")) && nobody.contains("<details open>"),
        "{nobody}"
    );
    refused(&[("action", "reply"), ("author", "ana"), ("text", " \r\n ")], 422, "the reply is empty");
    let long = "word ".repeat(2_001);
    refused(&[("action", "reply"), ("author", "ana"), ("text", &long)], 422, "at most 10000 are published");
    let lost = refused(&[&reply[..], &[("author", "ana"), ("id", "wp-9")]].concat(), 422, "there is no comment `wp-9`");
    assert!(lost.contains(&format!("readonly>\n{shown}</textarea>")), "{lost}");
    refused(&[("action", "hide"), ("id", "wp-9")], 422, "there is no comment `wp-9`");
    refused(&[("action", "delete")], 400, "asks for no change");
    refused(&[("action", "hide"), ("token", "00000000000000000000000000000000")], 403, "was restarted");
    refused(&[("action", "hide"), ("version", "0")], 409, "has changed since this page was loaded");
    // No field of a form is joined to a folder: the preview must have read the file as comments.
    fs::write(preview.root.parent().unwrap().join("other.yaml"), THREAD).unwrap();
    for path in [
        "../other.yaml",
        "/etc/hosts",
        "site.yaml",
        "content/world/story-0.md",
        "comments/world/../world/story-0.yaml",
        "",
    ] {
        refused(&[("action", "hide"), ("path", path)], 409, "no such file of comments");
    }
}

#[test]
fn a_file_that_has_changed_is_not_overwritten() {
    let preview = Preview::of(&commented(), &[]);
    let desk = preview.get(DESK).text();
    // Somebody else has saved the file.
    let edited = THREAD.replace("comments:\n", "comments:\n- {id: wp-0, name: Al, date: 2026-11-19, text: First}\n");
    preview.write(FILE, &edited);
    let answer = send(&preview, &form(&desk, "wp-1", &[("action", "hide")]));
    assert_eq!((answer.status, preview.read(FILE)), (409, edited.clone()), "{}", answer.text());
    let fresh = preview.wait_for(DESK, "value=\"wp-0\"").text();
    assert_eq!(send(&preview, &form(&fresh, "wp-0", &[("action", "hide")])).status, 303);
    let edited = edited.replace("text: First}", "text: First, hidden: true}");
    assert_eq!(preview.read(FILE), edited);
    let fresh = preview.get(DESK).text();
    // A file that has become a link to elsewhere is not followed.
    let outside = preview.root.parent().unwrap().join("outside.yaml");
    fs::write(&outside, &edited).unwrap();
    fs::remove_file(preview.root.join(FILE)).unwrap();
    symlink(&outside, preview.root.join(FILE)).unwrap();
    let answer = send(&preview, &form(&fresh, "wp-1", &[("action", "hide")]));
    assert!([409, 500].contains(&answer.status), "{}", answer.text());
    assert_eq!(fs::read_to_string(&outside).unwrap(), edited);
}

#[test]
fn no_other_page_and_no_other_machine_changes_a_comment() {
    let preview = Preview::of(&commented(), &["--host", "desk.paper.example"]);
    let desk = preview.get(DESK).text();
    let body = form(&desk, "wp-1", &[("action", "hide")]);
    let own = preview.url("");
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    let port = preview.address.port();
    let proxied = format!("desk.paper.example:{port}");
    let proxied_origin = format!("http://{proxied}");
    let other_port = format!("http://127.0.0.1:{}", port ^ 1);
    let hostile: &[(&[(&str, &str)], u16)] = &[
        (&[form_type], 403),
        (&[form_type, ("origin", "null")], 403),
        (&[form_type, ("origin", "http://evil.example")], 403),
        (&[form_type, ("origin", &other_port), ("sec-fetch-site", "same-site")], 403),
        (&[form_type, ("origin", &own), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], 403),
        (&[form_type, ("host", "evil.example"), ("origin", "http://evil.example")], 421),
        (&[form_type, ("host", &proxied), ("origin", &proxied_origin), ("sec-fetch-site", "same-origin")], 403),
        (&[("content-type", "text/plain"), ("origin", &own)], 415),
        (&[("content-type", "multipart/form-data; boundary=x"), ("origin", &own)], 415),
        (&[("origin", &own)], 415),
    ];
    for (headers, status) in hostile {
        let answer = preview.post(DESK, headers, body.as_bytes());
        assert_eq!(answer.status, *status, "{headers:?}: {}", answer.text());
    }
    for path in ["/", "/_presswork", "/_presswork/live", &path_of(0)] {
        let answer = preview.post(path, &[form_type, ("origin", &own)], body.as_bytes());
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{path}");
    }
    let flood = vec![b'a'; (1 << 20) + 1];
    assert_eq!(preview.post(DESK, &[form_type, ("origin", &own)], &flood).status, 413);
    // Under a name that a proxy may have, the desk shows the commands.
    let named = preview.get_with(DESK, &[("host", &proxied)]).text();
    assert!(
        named.contains("presswork comments hide world/story-0.md wp-1") && !named.contains("name=\"token\""),
        "{named}"
    );
    assert_eq!(preview.get(DESK).header("x-frame-options"), "DENY");

    let wide = Preview::of(&commented(), &["--bind", "0.0.0.0", "--drafts"]);
    let shown = wide.get(DESK).text();
    assert!(shown.contains("presswork comments reply") && !shown.contains("name=\"token\""), "{shown}");
    let (port, body) = (wide.address.port(), body.as_bytes());
    let origin = format!("http://127.0.0.1:{port}");
    let agent = wide.post(DESK, &[form_type, ("host", &origin[7..]), ("origin", &origin)], body);
    assert_eq!(agent.status, 403, "{}", agent.text());
    assert_eq!([preview.read(FILE), wide.read(FILE)], [THREAD, THREAD]);
}

#[test]
fn all_comments_are_listed_part_by_part() {
    let mut files = paper(3);
    for story in 0..3 {
        let comments: String = (0..40)
            .map(|at| {
                format!(
                    "  - {{id: c{at}, name: N, date: 2026-11-{:02} 0{story}:{at:02}, text: T{story}-{at}}}\n",
                    at % 20 + 1
                )
            })
            .collect();
        files
            .insert(format!("comments/world/story-{story}.yaml").into(), format!("comments:\n{comments}").into_bytes());
    }
    files.insert(
        "comments/world/story-2.yaml".into(),
        b"comments:\n  - {id: old, name: N, date: 2020-01-01, text: Old}\n".to_vec(),
    );
    let preview = Preview::of(&files, &[]);
    let ids = |desk: &str| {
        desk.split("<li id=\"comment-").skip(1).map(|row| row.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let desk = preview.get(DESK).text();
    assert_eq!(ids(&desk).len(), 20);
    assert!(
        desk.contains("Comments of the last 30 days <span class=\"count\">80</span>")
            && desk.contains("All comments</a>")
    );
    let mut seen = std::collections::BTreeSet::new();
    for from in [0, 50] {
        let part = preview.get(&format!("/_presswork/?state=comments&from={from}")).text();
        assert_eq!(
            (part.contains("Newer comments</a>"), part.contains("Older comments</a>")),
            (from > 0, from == 0),
            "{from}"
        );
        assert!(part.contains("Comments <span class=\"count\">81</span>") && !part.contains("group-today"), "{part}");
        seen.extend(ids(&part));
    }
    assert_eq!(seen.len(), 81);
    let by_sam = preview.get("/_presswork/?state=comments&author=sam").text();
    assert_eq!(ids(&by_sam).len(), 40, "of stories by this author");
    assert!(ids(&preview.get("/_presswork/?state=draft").text()).is_empty());
}
