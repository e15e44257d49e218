//! Tests of exports of WordPress, Disqus and Isso, and of the HTML in them.

use std::path::Path;

use jiff::tz::TimeZone;

use super::*;

/// Calls `read` with a file that holds an export.
fn with_file(text: &str, read: impl FnOnce(&Path) -> Result<Export, BadExport>) -> Result<Export, BadExport> {
    let failed = |error: std::io::Error| BadExport::new(error.to_string());
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("export.xml");
    std::fs::write(&path, text).map_err(failed)?;
    read(&path)
}

fn wordpress(text: &str) -> Result<Export, BadExport> {
    with_file(text, |path| super::wordpress(path, &TimeZone::UTC))
}

fn disqus(text: &str) -> Result<Export, BadExport> {
    with_file(text, super::disqus)
}

#[test]
fn html_becomes_markdown() -> Result<(), BadExport> {
    let expected = [
        ("One.\nTwo.\n\nThree.", "One.\\\nTwo.\n\nThree."),
        ("<p>a <b>bold</b> and <em> thin </em> word</p><p>b</p>", "a **bold** and *thin* word\n\nb"),
        ("2 * 3 _ [x] # y\n# z\n1. w", "2 \\* 3 \\_ \\[x\\] # y\\\n\\# z\\\n1\\. w"),
        (
            "<a href=\"https://example.net/?a=1&amp;b=2\" rel=\"nofollow\">see</a>",
            "[see](https://example.net/?a=1&b=2)",
        ),
        ("<a href='https://example.net/a_b'>https://example.net/a_b</a>", "<https://example.net/a_b>"),
        ("<a href=\"javascript:alert(1)\">x</a><a href=\"/here\">y</a><script>alert(1)</script>", "xy"),
        ("<blockquote>So <i>said</i></blockquote>Yes", "> So *said*\n\nYes"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<code>a*b</code> <pre>x\n  y</pre>", "`a*b`\n\n```\nx\n  y\n```"),
        ("Caf&eacute; &hellip; &#8217; &#x41; 1 < 2 <3", "Café … ’ A 1 < 2 <3"),
        ("<b>Head</b><br>\n\nText\\<br><p>End</p>", "**Head**\n\nText\\\\\n\nEnd"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb"),
        ("a<b>b </b>c<u>d</u>", "a**b** cd"),
        ("a <b>!</b>e", "a \\!e"),
        (
            "<h2 id=\"x\">Up <img src=\"/a.jpg\" alt=\"A\"></h2>\nhttps://youtu.be/dQw4w9WgXcQ",
            "Up\n\n<https://youtu.be/dQw4w9WgXcQ>",
        ),
    ];
    let comments = expected.iter().enumerate().map(|(at, (html, _))| {
        format!(
            "<wp:comment><wp:comment_id>{at}</wp:comment_id><wp:comment_date_gmt>2018-12-13 13:40:00</wp:comment_date_gmt>\
             <wp:comment_content><![CDATA[{html}]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"
        )
    });
    let empty = "<wp:comment><wp:comment_id>99</wp:comment_id><wp:comment_date_gmt>2018-12-13 13:40:00</wp:comment_date_gmt>\
         <wp:comment_content>&lt;!-- no --&gt;&lt;p&gt;&lt;br&gt;&lt;/p&gt;</wp:comment_content>\
         <wp:comment_approved>1</wp:comment_approved></wp:comment>";
    let export = wordpress(&format!(
        "<rss><channel><wp:wxr_version>1.2</wp:wxr_version><item>{}{empty}</item></channel></rss>",
        comments.collect::<String>()
    ))?;
    for ((html, markdown), comment) in expected.iter().zip(&export.comments) {
        assert_eq!(comment.text, *markdown, "{html}");
    }
    assert_eq!((export.comments.len(), export.left_out), (expected.len(), 1));
    Ok(())
}

#[test]
fn a_wordpress_export_gives_its_approved_comments() -> Result<(), BadExport> {
    let comment = |id: u32, approved: &str, kind: &str| {
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Noor]]></wp:comment_author>\
             <wp:comment_author_email>noor@example.org</wp:comment_author_email>\
             <wp:comment_author_url>https://example.net/</wp:comment_author_url>\
             <wp:comment_author_IP>192.0.2.1</wp:comment_author_IP>\
             <wp:comment_date_gmt>2018-12-13 13:40:00</wp:comment_date_gmt>\
             <wp:comment_content><![CDATA[One &amp; two]]></wp:comment_content>\
             <wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>\
             <wp:comment_parent>7</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>"
        )
    };
    let comments = [comment(8, "1", ""), comment(9, "0", ""), comment(10, "spam", ""), comment(11, "1", "pingback")];
    let text = format!(
        "<rss><channel><wp:wxr_version>1.2</wp:wxr_version><item><link>https://old.example.org/a/</link>\
         <guid>https://old.example.org/?p=3</guid><wp:post_id>3</wp:post_id>{}</item></channel></rss>",
        comments.concat()
    );
    let export = wordpress(&text)?;
    assert_eq!((export.comments.len(), export.left_out), (1, 3));
    let only = &export.comments[0];
    assert_eq!((only.id.as_str(), only.parent.as_deref(), only.text.as_str()), ("wp-8", Some("wp-7"), "One & two"));
    assert_eq!(only.date.to_string(), "2018-12-13T13:40:00Z");
    assert!(!format!("{export:?}").contains("192.0.2") && !format!("{export:?}").contains('@'));
    assert!(wordpress("<rss></rss>").is_err());
    assert_eq!(wordpress("<rss><channel>\n<item>").map_err(|error| error.line), Err(Some(2)));
    assert!(wordpress(&"<item>".repeat(100_000)).is_err());
    Ok(())
}

#[test]
fn a_disqus_export_gives_what_is_neither_spam_nor_deleted() -> Result<(), BadExport> {
    let post = |id: u32, deleted: bool, spam: &str| {
        format!(
            "<post dsq:id=\"{id}\"><id/><message><![CDATA[<p>Hello <b>you</b></p>]]></message>\
             <createdAt>2013-05-01T10:00:00Z</createdAt><isDeleted>{deleted}</isDeleted><isSpam>{spam}</isSpam>\
             <author><email>a@example.org</email><name>Sam</name></author><thread dsq:id=\"1\"/><parent dsq:id=\"4\"/></post>"
        )
    };
    let text = format!(
        "<disqus xmlns:dsq=\"x\"><thread dsq:id=\"1\"><id>42</id><link>https://old.example.org/a</link></thread>{}</disqus>",
        [
            post(5, false, "false"),
            post(6, true, "false"),
            post(7, false, "true"),
            post(8, false, "True"),
            post(9, false, "1")
        ]
        .concat()
    );
    let export = disqus(&text)?;
    assert_eq!((export.comments.len(), export.left_out), (1, 4));
    let only = &export.comments[0];
    assert_eq!(
        (only.id.as_str(), only.parent.as_deref(), only.text.as_str()),
        ("disqus-5", Some("disqus-4"), "Hello **you**")
    );
    assert_eq!(only.pages, ["https://old.example.org/a", "42"]);
    Ok(())
}

#[test]
fn rows_of_isso_give_what_is_accepted() -> Result<(), BadExport> {
    let rows = r#"[{"uri":"/a/","id":3,"parent":null,"created":1543000000.5,"mode":1,"remote_addr":"192.0.2.0","text":"*Yes*",
        "author":"Bo","email":"b@example.org","website":null},{"uri":"/a/","id":4,"created":1,"mode":2,"text":"Waits"}]"#;
    let export = isso_rows(rows)?;
    assert_eq!((export.comments.len(), export.left_out), (1, 1));
    assert_eq!((export.comments[0].id.as_str(), export.comments[0].text.as_str()), ("isso-3", "*Yes*"));
    let escaped = r#"[{"uri":"/a/","id":5,"created":1,"mode":1,"text":"&lt;b>","author":"Ben &amp; Jerry &lt;3 &amp;lt;",
        "website":"https://example.net/?a=1&amp;b=2"}]"#;
    let only = &isso_rows(escaped)?.comments[0];
    assert_eq!((only.name.as_str(), only.text.as_str()), ("Ben & Jerry <3 &lt;", "&lt;b>"), "Isso escapes no text");
    assert_eq!(only.url.as_deref(), Some("https://example.net/?a=1&b=2"));
    assert_eq!(isso_rows("")?, Export::default());
    assert!(isso_rows("{}").is_err() && isso_rows("[{}]").is_err());
    Ok(())
}
