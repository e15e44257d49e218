//! Raw HTML in bodies: sanitized, or trusted.

use super::*;

#[test]
fn text_hidden_by_a_removed_style_stays_hidden() {
    for style in ["display:none", "display&#58; none", "visibility:hidden"] {
        has(&unsound(&format!("<p style=\"{style}\">secret</p>")), "<p hidden=\"\">secret</p>");
    }
}

#[test]
fn raw_html_is_sanitized() {
    let kept = "<div class=\"box\" lang=\"pt\"><p align=\"right\">a<sup>2</sup> <abbr title=\"x\">y</abbr></p><details open=\"\"><summary>s</summary>t</details></div>";
    has(&html(kept), kept);
    has(&html("x <kbd>a</kbd> <mark>b</mark>"), "<p>x <kbd>a</kbd> <mark>b</mark></p>");
    has(
        &html("<table><tbody><tr><td colspan=\"2\" rowspan=2>a</td></tr></tbody></table>"),
        "<td colspan=\"2\" rowspan=\"2\">a</td>",
    );
    let text = "ok\n\n<div onclick=\"x()\" style=\"color:red\">a</div>\n\n<iframe src=\"https://x.org\"></iframe>\n\nb <script>alert(1)</script> c";
    let found = body(text);
    for part in ["onclick", "style", "iframe", "script", "alert"] {
        lacks(&found.html, part);
    }
    has(&found.html, "<div>a</div>");
    has(&found.html, "<p>b  c</p>");
    let frame = "<iframe src=\"https://x.org\">";
    let removed = [(Code::HtmlRemoved, "<div onclick=\"x()\" style=\"color:red\">"), (Code::HtmlRemoved, frame)];
    assert_eq!(problems(text), removed);
    has(&body("<div>\n\n*a*").html, "<div>\n<p><em>a</em></p>\n</div>");
    has(&body("<div title=\"\n\n{{< video id=1 >}}\n\n\">").html, "&lt;div title=\"\n<video-box>id=i:1</video-box>\n");
    assert_eq!(problems("x\n\n<div title=\""), [(Code::HtmlRemoved, "<div title=\"")]);
    assert_eq!(ids(&html("<b id=\"x\">a\n\nb \" id=\"x\" c")), ["x"]);
    has(&html("<div>\n{{< video id=1 >}}\n</div>"), "<div>\n<video-box>id=i:1</video-box>\n</div>");
    let beside_heading = html("# A\n\n<p id=\"a\">b</p>");
    has(&beside_heading, "<h2 id=\"a-2\">A</h2>\n<p id=\"a\">b</p>");
}

#[test]
fn generated_html_is_the_same_beside_raw_html() {
    let text = "# A\n\n- [x] b\n\n| c |\n|:-:|\n| d |\n\n![e](pic.jpg \"f\")\n\n> [!TIP]\n> g[^1] [h](https://x.org) \"i\"\n\n```x\n<j>\n```\n\n{{< video id=1 >}}\n\n[^1]: k";
    let plain = html(text);
    let cleaned = html(&format!("{text}\n\n<hr>")).replace("<hr>", "").replace("=\"\"", "");
    let squeeze = |html: &str| html.split_whitespace().collect::<String>();
    assert_eq!(squeeze(&cleaned), squeeze(&plain));
}

#[test]
fn raw_links_and_pictures_are_resolved() {
    for options in [SANITIZED, TRUSTED] {
        let text =
            "ä <a href='../world/vote.md' class=\"b\">v</a> <img src=\"pic.jpg\" alt=\"p\"> <a href=\"gone.md\">g</a>";
        let found = render(text, &options, &Site::default());
        has(&found.html, "<a href=\"/world/vote/\" class=\"b\">v</a>");
        has(&found.html, "<img src=\"/pic.jpg\" alt=\"p\"");
        let places: Vec<_> = found.problems.iter().map(|f| (f.problem.code, &text[f.start..f.end])).collect();
        assert_eq!(places, [(Code::BrokenLink, "gone.md")]);
    }
    assert_eq!(problems("> <div>\n> <a\n> href=\"gone.md\">x</a></div>"), [(Code::BrokenLink, "gone.md")]);
    let set = body("<img srcset=\"javascript:x 2x\" src=\"/a.png\" alt=\"\">");
    lacks(&set.html, "javascript");
}

#[test]
fn trusted_html_passes() {
    let text = "<div onclick=\"x()\" style=\"color:red\"><script>if (a < b) {}</script></div>";
    let found = render(text, &TRUSTED, &Site::default());
    assert_eq!((found.html.trim_end(), found.problems.len()), (text, 0));
    let embed = render("<div>\n{{< video id=1 >}}\n</div>", &TRUSTED, &Site::default()).html;
    assert_eq!(embed.trim_end(), "<div>\n<video-box>id=i:1</video-box>\n</div>");
}
