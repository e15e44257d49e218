//! Bodies become the HTML that readers and editors expect, and no text can do harm.

#[cfg(feature = "highlight")]
mod code;
mod headings;
mod hostile;
mod notes;
mod raw_html;

use std::cell::RefCell;

use presswork::config::{HeadingLevels, HtmlPolicy};
use presswork::diagnostic::Code;
use presswork::language::Quotes;
use presswork::markdown::{
    Argument, BodyHtml, BodyProblem, Context, EmbedCall, EmbedKind, FootnotePlacement, ImageTarget, MAX_NESTING,
    Options, render, render_inline,
};

/// Knows `vote.md`, `pic.jpg` and three embeds; all other relative references are broken.
#[derive(Default)]
struct Site {
    asked: RefCell<Vec<String>>,
}

impl Context for Site {
    fn link(&self, destination: &str) -> Result<String, BodyProblem> {
        self.asked.borrow_mut().push(destination.to_owned());
        match destination {
            "../world/vote.md" => Ok("/world/vote/".to_owned()),
            "../world/vote.md#result" => Ok("/world/vote/#result".to_owned()),
            d if d.starts_with('#') || d.starts_with('/') => Ok(d.to_owned()),
            d => Err(BodyProblem::new(Code::BrokenLink, format!("no file `{d}`"))),
        }
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> {
        match destination {
            "pic.jpg" => Ok(ImageTarget {
                url: "/pic.jpg".to_owned(),
                width: Some(640),
                height: Some(480),
                sizes: None,
                credit: None,
            }),
            d if d.starts_with('/') => {
                Ok(ImageTarget { url: d.to_owned(), width: None, height: None, sizes: None, credit: None })
            }
            d => Err(BodyProblem::new(Code::BrokenLink, format!("no picture `{d}`"))),
        }
    }

    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        match (call.name, &call.body) {
            ("video", _) => {
                if call.arguments.is_empty() {
                    return Err(BodyProblem::new(Code::EmbedArguments, "`id` is missing"));
                }
                let arguments = call.arguments.iter().map(|(key, value)| match value {
                    Argument::Text(text) => format!("{key}=t:{text}"),
                    Argument::Integer(number) => format!("{key}=i:{number}"),
                    Argument::Number(number) => format!("{key}=n:{number}"),
                    Argument::Bool(flag) => format!("{key}=b:{flag}"),
                });
                Ok(format!("<video-box>{}</video-box>", arguments.collect::<Vec<_>>().join("|")))
            }
            (name, Some(body)) => Ok(format!("<{name}-box>{body}</{name}-box>")),
            (name, None) => Ok(format!("<{name}-box></{name}-box>")),
        }
    }

    fn embed_kind(&self, name: &str) -> Option<EmbedKind> {
        match name {
            "video" => Some(EmbedKind::Single),
            "note" => Some(EmbedKind::Paired),
            "quote" => Some(EmbedKind::Either),
            _ => None,
        }
    }

    fn embed_names(&self) -> Vec<String> {
        ["video", "note", "quote"].map(str::to_owned).to_vec()
    }
}

const SANITIZED: Options = Options {
    html: HtmlPolicy::Sanitized,
    smart_punctuation: false,
    quotes: Quotes::ROOT,
    emphasis_dots: false,
    highlight_code: true,
    embed_urls: true,
    heading_levels: HeadingLevels::Nested,
    footnotes: FootnotePlacement::End,
};
const TRUSTED: Options = Options {
    html: HtmlPolicy::Trusted,
    smart_punctuation: false,
    quotes: Quotes::ROOT,
    emphasis_dots: false,
    highlight_code: true,
    embed_urls: true,
    heading_levels: HeadingLevels::Nested,
    footnotes: FootnotePlacement::End,
};

fn body(text: &str) -> BodyHtml {
    render(text, &SANITIZED, &Site::default())
}

/// The HTML of a text without errors.
#[track_caller]
fn html(text: &str) -> String {
    let body = body(text);
    assert_eq!(body.problems, [], "in {text:?}");
    body.html
}

/// The HTML of a text with errors.
fn unsound(text: &str) -> String {
    let body = body(text);
    assert_ne!(body.problems, [], "{text}");
    body.html
}

/// Code and text of each error's place.
fn problems(text: &str) -> Vec<(Code, &str)> {
    body(text).problems.iter().map(|placed| (placed.problem.code, &text[placed.start..placed.end])).collect()
}

#[track_caller]
fn has(html: &str, part: &str) {
    assert!(html.contains(part), "no {part:?} in {html}");
}

#[track_caller]
fn lacks(html: &str, part: &str) {
    assert!(!html.contains(part), "{part:?} in {html}");
}

/// Names and values of all attributes; in text and in values every `<` and `>` is escaped.
fn attributes(html: &str) -> Vec<(&str, &str)> {
    let tags = html.split('<').skip(1).map(|part| part.split('>').next().unwrap_or(part));
    let mut found = Vec::new();
    for tag in tags {
        let parts: Vec<&str> = tag.split('"').collect();
        for pair in parts.chunks_exact(2) {
            found.push((pair[0].trim_end_matches('=').rsplit(' ').next().unwrap_or(""), pair[1]));
        }
    }
    found
}

/// The ids of all elements.
fn ids(html: &str) -> Vec<&str> {
    attributes(html).into_iter().filter(|(name, _)| *name == "id").map(|(_, id)| id).collect()
}

#[test]
fn plain_markdown() {
    assert_eq!(
        html("One *two* **three** ~~four~~ `a<b`\nfive\\\nsix"),
        "<p>One <em>two</em> <strong>three</strong> <del>four</del> <code>a&lt;b</code>\nfive<br>\nsix</p>\n"
    );
    assert_eq!(html("- a\n- b\n\n3. c"), "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n</ol>\n");
    assert_eq!(
        html("- [x] done\n- [ ] open"),
        "<ul>\n<li><input type=\"checkbox\" disabled checked> done</li>\n<li><input type=\"checkbox\" disabled> open</li>\n</ul>\n"
    );
    assert_eq!(html("> q"), "<blockquote>\n<p>q</p>\n</blockquote>\n");
    assert_eq!(html("> [!NOTE]\n> n"), "<aside class=\"alert alert-note\" role=\"note\">\n<p>n</p>\n</aside>\n");
    assert_eq!(html("Term\n: Meaning"), "<dl>\n<dt>Term</dt>\n<dd>Meaning</dd>\n</dl>\n");
    assert_eq!(
        html("```rust,ignore\nlet a = \"<b>\";\n```\n\n---"),
        "<pre class=\"code\"><code class=\"language-rust\"><span class=\"hl-keyword\">let</span> a <span class=\"hl-operator\">= </span>\
         <span class=\"hl-string\">\"&lt;b&gt;\"</span><span class=\"hl-punctuation\">;\n</span></code></pre>\n<hr>\n"
    );
}

#[test]
fn smart_punctuation_is_an_option() {
    let smart = Options { smart_punctuation: true, ..SANITIZED };
    assert_eq!(render("\"a\" -- b...", &smart, &Site::default()).html, "<p>“a” – b…</p>\n");
    assert_eq!(html("\"a\" -- b..."), "<p>\"a\" -- b...</p>\n");
}

#[test]
fn headings_have_stable_unique_ids() {
    let found = html(
        "# Ünïted *news*\n\n## Result\n\n### Result\n\n## Other {#result}\n\n## 北京\n\n## !!!\n\n## `a` ![pic](pic.jpg)",
    );
    for part in [
        "<h2 id=\"ünïted-news\">",
        "<h3 id=\"result-2\">",
        "<h4 id=\"result-3\">",
        "<h3 id=\"result\">Other</h3>",
        "<h3 id=\"北京\">",
        "<h3 id=\"section\">",
        "<h3 id=\"a-pic\">",
    ] {
        has(&found, part);
    }
    has(&html("## A {#x\"onload=y .big lang=pt}"), "<h2 id=\"x-onload=y\" class=\"big\" lang=\"pt\">A</h2>");
    let bad = body("# A {onclick=alert(1)}");
    lacks(&bad.html, "onclick");
    assert_eq!(bad.problems[0].problem.code, Code::HtmlRemoved);
}

#[test]
fn tables_scroll_and_align() {
    let found = html("| A | B |\n|:--|--:|\n| 1 | 2 |");
    assert!(found.starts_with("<div class=\"table\" tabindex=\"0\">\n<table>\n<thead>"));
    has(&found, "<th scope=\"col\" class=\"align-left\">A</th>");
    has(&found, "<td class=\"align-right\">2</td>");
    assert!(found.ends_with("</tbody>\n</table>\n</div>\n"));
}

#[test]
fn links_are_resolved() {
    assert_eq!(
        html("[a](../world/vote.md#result \"T\")"),
        "<p><a href=\"/world/vote/#result\" title=\"T\">a</a></p>\n"
    );
    assert_eq!(html("[a][r]\n\n[r]: ../world/vote.md"), "<p><a href=\"/world/vote/\">a</a></p>\n");
    let site = Site::default();
    let found = render("[a](https://x.org/?a&b) <me@x.org> [c](#d) [e](/f) [g](//x.org)", &SANITIZED, &site).html;
    has(&found, "<a href=\"https://x.org/?a&amp;b\">a</a> <a href=\"mailto:me@x.org\">me@x.org</a>");
    lacks(&found, "target");
    assert_eq!(*site.asked.borrow(), ["#d", "/f"]);
}

#[test]
fn broken_links_keep_their_text_and_name_the_place() {
    let text = "Höre [some *text*](gone.md) and ![alt](none.png)";
    assert_eq!(body(text).html, "<p>Höre some <em>text</em> and alt</p>\n");
    assert_eq!(problems(text), [(Code::BrokenLink, "gone.md"), (Code::BrokenLink, "none.png")]);
    assert_eq!(problems("see [it][r]\n\n[r]: gone.md"), [(Code::BrokenLink, "[it][r]")]);
}

#[test]
fn unsafe_urls_never_survive() {
    for url in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "vbscript:x",
        "data:text/html,x",
    ] {
        for text in [
            format!("[a]({url})"),
            format!("![a](<{url}>)"),
            format!("[a][r]\n\n[r]: <{url}>"),
            format!("<a href=\"{url}\">a</a>"),
        ] {
            let found = body(&text);
            assert!(
                found.problems.iter().any(|f| f.problem.code == Code::UnsafeUrl && f.problem.hint.is_some()),
                "{text}"
            );
            has(&found.html, "a");
            lacks(&found.html, "href");
            lacks(&found.html, "src=");
        }
    }
    assert_eq!(problems("[a](javascript:alert(1))"), [(Code::UnsafeUrl, "javascript:alert(1)")]);
}

#[test]
fn pictures() {
    let image =
        "<img src=\"/pic.jpg\" alt=\"An alt\" width=\"640\" height=\"480\" loading=\"lazy\" decoding=\"async\">";
    assert_eq!(html("![An *alt*](pic.jpg)"), format!("<figure>{image}</figure>\n"));
    assert_eq!(
        html("![An alt](pic.jpg \"Who & where\")"),
        format!("<figure>{image}<figcaption>Who &amp; where</figcaption></figure>\n")
    );
    assert_eq!(html("[![An alt](pic.jpg)](/x)"), format!("<figure><a href=\"/x\">{image}</a></figure>\n"));
    let inline = html("Text ![a](pic.jpg \"T\")");
    assert!(inline.starts_with("<p>Text <img") && inline.contains(" title=\"T\""));
    has(&html("![a](https://x.org/a.png)"), "<img src=\"https://x.org/a.png\" alt=\"a\" loading");
    has(&html("![a ![b](pic.jpg) \"c\"](pic.jpg)"), "alt=\"a b &quot;c&quot;\"");
}

#[test]
fn footnotes_are_numbered_by_first_reference() {
    let found = unsound(
        "B[^b] A[^a] B[^b] none[^x].\n\n[^a]: First *a*.\n[^b]: Then b, see [^c].\n[^c]: Deep.\n[^unused]: Never [x](gone.md).",
    );
    has(
        &found,
        "B<sup class=\"footnote-ref\"><a id=\"fnref:1\" href=\"#fn:1\" role=\"doc-noteref\">1</a></sup> A<sup class=\"footnote-ref\"><a id=\"fnref:2\"",
    );
    has(&found, "id=\"fnref:1:2\" href=\"#fn:1\"");
    has(&found, "none[^x].");
    has(&found, "<div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn:1\">\n<p>Then b, see <sup");
    has(&found, "<a href=\"#fnref:1\" class=\"footnote-back\" role=\"doc-backlink\">\u{21a9}\u{fe0e}<sup>a</sup></a>");
    has(&found, "<sup>b</sup></a></p>\n</li>\n<li id=\"fn:2\">\n<p>First <em>a</em>.");
    has(&found, "<li id=\"fn:3\">\n<p>Deep.");
    lacks(&found, "Never");
    assert_eq!(found.matches("doc-endnotes").count(), 1);
    lacks(&unsound("No [^y]"), "endnotes");
    lacks(&unsound("[in a link[^1]](/x) [^1]\n\n[^1]: n").replace("<a id", ""), "</a></sup></a>");
}

#[test]
fn single_embeds() {
    assert_eq!(
        html("{{< video id=\"a \\\" b\" start=12 ratio=-1.5 big=true small=false other='c \"d\"' >}}"),
        "<video-box>id=t:a \" b|start=i:12|ratio=n:-1.5|big=b:true|small=b:false|other=t:c \"d\"</video-box>\n"
    );
    assert_eq!(html("a {{<video id=1>}} b"), "<p>a <video-box>id=i:1</video-box> b</p>\n");
    assert_eq!(html("**{{< video id=1 >}}**"), "<p><strong><video-box>id=i:1</video-box></strong></p>\n");
    assert_eq!(
        html("{{< video\n  id=1\n\n  at=2\n>}}\n{{< video id=3 >}}"),
        "<video-box>id=i:1|at=i:2</video-box>\n<video-box>id=i:3</video-box>\n"
    );
    assert_eq!(html("{{< quote >}}"), "<quote-box></quote-box>\n");
}

#[test]
fn paired_embeds_hold_markdown() {
    assert_eq!(
        html("{{< note >}}\n## A\n\n[v](../world/vote.md)\n- x\n{{< /note >}}\n\nafter"),
        "<note-box><h2 id=\"a\">A</h2>\n<p><a href=\"/world/vote/\">v</a></p>\n<ul>\n<li>x</li>\n</ul>\n</note-box>\n<p>after</p>\n"
    );
    assert_eq!(html("say {{< note >}}*hi*{{< /note >}} now"), "<p>say <note-box><em>hi</em></note-box> now</p>\n");
    assert_eq!(
        html("{{< note >}}{{< quote >}}{{< video id=1 >}}{{< /quote >}}{{< /note >}}"),
        "<note-box><quote-box><video-box>id=i:1</video-box>\n</quote-box>\n</note-box>\n"
    );
    assert_eq!(
        html("- a\n\n    {{< note >}}\n    b\n    {{< /note >}}"),
        "<ul>\n<li>\n<p>a</p>\n<note-box><p>b</p>\n</note-box>\n</li>\n</ul>\n"
    );
    assert_eq!(
        html("> {{< note >}}\n> b\n> {{< /note >}}"),
        "<blockquote>\n<note-box><p>b</p>\n</note-box>\n</blockquote>\n"
    );
    let split = html("before {{< note >}}\na\n\nb\n{{< /note >}} after");
    assert_eq!(split, "<p>before </p>\n<note-box><p>a</p>\n<p>b</p>\n</note-box>\n<p> after</p>\n");
}

#[test]
fn ids_and_footnotes_are_shared_with_embeds() {
    let found =
        html("# A[^1]\n\n{{< note >}}\n# A\n\nb[^1]\n\n[^1]: inner\n{{< /note >}}\n\nc[^2]\n\n[^1]: outer\n[^2]: last");
    has(&found, "<h2 id=\"a-2\">A</h2>");
    has(&found, "<li id=\"fn:1\">\n<p>outer");
    has(&found, "<li id=\"fn:2\">\n<p>inner");
    has(&found, "<li id=\"fn:3\">\n<p>last");
    assert_eq!(found.matches("doc-endnotes").count(), 1);
}

#[test]
fn footnotes_may_be_outside_the_embed_that_refers_to_them() {
    let found = html(
        "a[^1]\n\n{{< note >}}b[^Two] {{< quote >}}\n    [^no]\n\nc[^1] d[^3]\n\n[^3]: Inside, see [^two].\n{{< /quote >}}{{< /note >}}\n\n[^1]: One.\n[^two]: Two {{< note >}}e[^4]{{< /note >}}\n[^4]: Four.\n",
    );
    for part in [
        "b<sup class=\"footnote-ref\"><a id=\"fnref:2\" href=\"#fn:2\" role=\"doc-noteref\">2</a></sup>",
        "c<sup class=\"footnote-ref\"><a id=\"fnref:1:2\" href=\"#fn:1\"",
        "<code>[^no]\n</code>",
        "<li id=\"fn:1\">\n<p>One. <a",
        "<li id=\"fn:2\">\n<p>Two <note-box>e<sup",
        "<li id=\"fn:3\">\n<p>Inside, see <sup",
        "<li id=\"fn:4\">\n<p>Four. <a href=\"#fnref:4\"",
    ] {
        has(&found, part);
    }
    assert_eq!((found.matches("<li id=").count(), found.matches("<!--").count()), (4, 0));
    let beside = render("{{< note >}}a[^1]{{< /note >}}\n\nb\n\n[^1]: n", &notes::BESIDE, &Site::default());
    has(&beside.html, "</note-box>\n<aside class=\"footnote\" id=\"fn:1\"");
    assert_eq!(beside.problems, []);
}

#[test]
fn footnotes_without_a_target_are_reported() {
    let (unknown, unused) = (Code::UnknownFootnote, Code::UnusedFootnote);
    assert_eq!(
        problems("a[^x] `[^y]` \\[^z] ![^w]\n\n[^n]: b[^m]"),
        [(unknown, "[^x]"), (unknown, "[^w]"), (unused, "[^n]"), (unknown, "[^m]"),]
    );
    assert_eq!(problems("a[^x]\n\n[^x]: b\n\n[^X]: c"), [(unused, "[^X]")]);
    let inside = "> {{< note >}}\n> a[^x]\n>\n> [^y]: b\n> {{< /note >}}\n\nc[^y]";
    assert_eq!(problems(inside), [(unknown, "[^x]"), (unused, "[^y]"), (unknown, "[^y]")]);
}

#[test]
fn errors_in_embeds_name_their_place() {
    assert_eq!(problems("ä {{< vidoe id=1 >}}"), [(Code::UnknownEmbed, "vidoe")]);
    assert_eq!(body("{{< vidoe id=1 >}}").problems[0].problem.hint.as_deref(), Some("did you mean `video`?"));
    assert_eq!(problems("ä\n\n{{< note >}} x"), [(Code::UnclosedEmbed, "{{< note >}}")]);
    assert_eq!(problems("a {{< /note >}}"), [(Code::UnclosedEmbed, "{{< /note >}}")]);
    assert_eq!(problems("{{< video id=1 >}}{{< /video >}}"), [(Code::UnclosedEmbed, "{{< /video >}}")]);
    assert_eq!(problems("a {{< video id=x >}} b"), [(Code::EmbedSyntax, "{{< video id=x >}}")]);
    assert_eq!(problems("a {{< video \"x\" >}} b"), [(Code::EmbedSyntax, "{{< video \"x\" >}}")]);
    assert_eq!(problems("a {{< video id=1 b\nnext"), [(Code::EmbedSyntax, "{{< video id=1 b")]);
    assert_eq!(problems("a {{< video id=\"x b"), [(Code::EmbedSyntax, "{{< video id=\"x b")]);
    assert_eq!(problems("a {{< video id=1 id=2 >}}"), [(Code::EmbedArguments, "{{< video id=1 id=2 >}}")]);
    assert_eq!(problems("a {{< video >}}"), [(Code::EmbedArguments, "{{< video >}}")]);
}

#[test]
fn errors_inside_embeds_name_their_place() {
    let text = "> ä {{< video id=1 >}}\n>\n> {{< note >}}\n> see [x](gone.md)\n>\n> {{< quote >}}[y](away.md){{< vidoe >}}{{< /quote >}}\n> {{< /note >}}\n\n[z](off.md)";
    assert_eq!(
        problems(text),
        [
            (Code::BrokenLink, "gone.md"),
            (Code::BrokenLink, "away.md"),
            (Code::UnknownEmbed, "vidoe"),
            (Code::BrokenLink, "off.md")
        ]
    );
}

#[test]
fn other_braces_and_code_stay_literal() {
    for text in ["{{ x }}", "{% if %}", "{{% y %}}", "{# c #}"] {
        assert_eq!(body(text).html, format!("<p>{text}</p>\n"));
    }
    assert_eq!(html("\\{{< video id=1 >}}"), "<p>{{&lt; video id=1 &gt;}}</p>\n");
    assert_eq!(html("`{{< vidoe >}}`"), "<p><code>{{&lt; vidoe &gt;}}</code></p>\n");
    assert_eq!(html("    {{< note >}}"), "<pre class=\"code\"><code>{{&lt; note &gt;}}</code></pre>\n");
    assert_eq!(
        html("```\n{{< note a=\"`\" >}}\n```\n\n{{< video id=1 >}}"),
        "<pre class=\"code\"><code>{{&lt; note a=\"`\" &gt;}}\n</code></pre>\n<video-box>id=i:1</video-box>\n"
    );
    assert_eq!(
        html("{{< note >}}\n```\n{{< /note >}}\n```\n{{< /note >}}"),
        "<note-box><pre class=\"code\"><code>{{&lt; /note &gt;}}\n</code></pre>\n</note-box>\n"
    );
    assert_eq!(html("<!-- {{< vidoe >}} -->"), "\n".trim_start());
}

#[test]
fn embeds_nest_ten_deep() {
    let nested = |depth: usize| "{{< note >}}\n".repeat(depth) + "x\n" + &"{{< /note >}}\n".repeat(depth);
    assert_eq!(html(&nested(10)).matches("<note-box>").count(), 10);
    assert_eq!(problems(&nested(11)), [(Code::EmbedSyntax, "{{< note >}}")]);
}

#[test]
fn one_line_has_no_blocks() {
    let line = |text: &str| render_inline(text, &SANITIZED, &Site::default());
    assert_eq!(line("*A* [v](../world/vote.md)").html, "<em>A</em> <a href=\"/world/vote/\">v</a>");
    assert_eq!(line("_A_ <b>b</b>\n\n**c**").html, "<em>A</em> <b>b</b>  <strong>c</strong>");
    for text in ["# a", "- a", "1. a", "+ a", "[^1]: a", "```a", "(a) b", "| a | b |"] {
        assert_eq!(line(text).html, text);
    }
    assert_eq!(line("> a <div>b</div>").html, "&gt; a b");
    assert_eq!(line("").html, "");
    let text = "ä [x](gone.md) {{< vidoe >}}";
    let places: Vec<_> = line(text).problems.iter().map(|f| &text[f.start..f.end]).collect();
    assert_eq!(places, ["gone.md", "vidoe"]);
}

#[test]
fn deep_nesting_is_an_error() {
    for text in
        ["> ".repeat(10_000) + "x", "- ".repeat(10_000) + "x", "*a **b ".repeat(10_000) + &"c** d*".repeat(10_000)]
    {
        let found = body(&text);
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.problems[0].problem.code, Code::InvalidValue);
        has(&found.problems[0].problem.message, &MAX_NESTING.to_string());
        assert!(found.problems[0].start < text.len());
    }
    assert_eq!(html(&("> ".repeat(90) + "x")).matches("<blockquote>").count(), 90);
    for text in
        ["<div>".repeat(10_000), "<b id=x>y\n\n".repeat(10_000), "<div><table><td></div></table>\n\n".repeat(10_000)]
    {
        let found = body(&text);
        assert!(found.problems.iter().any(|f| f.problem.code == Code::InvalidValue), "{}", &text[..20]);
        assert!(found.html.len() < text.len() * 3);
    }
}

#[test]
fn latin_words_in_dotted_emphasis_are_marked() {
    let dotted = Options { emphasis_dots: true, ..SANITIZED };
    let found = render("*题图：MJ/de9d* 和 *重点 C++ 与**GTK 4***，Electron", &dotted, &Site::default()).html;
    let latin = |word: &str| format!("<span class=\"latin\">{word}</span>");
    let wanted = format!(
        "<p><em>题图：{}</em> 和 <em>重点{}与<strong>{}</strong></em>，Electron</p>\n",
        latin("MJ/de9d"),
        latin(" C++ "),
        latin("GTK 4")
    );
    assert_eq!(found, wanted);
    assert_eq!(html("*MJ* 和"), "<p><em>MJ</em> 和</p>\n");
}
