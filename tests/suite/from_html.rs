//! HTML of other systems becomes Markdown that says the same, and no word is lost.

use presswork::config::{HeadingLevels, HtmlPolicy};
use presswork::import::html::{ConvertedHtml, HtmlNoteKind, HtmlOptions, HtmlUrls, comment, convert};
use presswork::language::Quotes;
use presswork::markdown::{
    Argument, BodyProblem, Context, EmbedCall, EmbedKind, FootnotePlacement, ImageTarget, Options, SERVICE_EMBED,
    comment_text, render,
};
use proptest::prelude::*;

fn converted(html: &str) -> ConvertedHtml {
    convert(html, &HtmlOptions::default())
}

/// HTML and its Markdown, case by case, without the final line end.
const CASES: &[(&str, &str)] = &[
    // Lines of text.
    ("One\n  <b>two </b>three", "One **two** three"),
    ("<p>A <em>b</em><em>c</em> d</p>", "A *bc* d"),
    ("<p><strong>Bold<br></strong>next</p>", "**Bold**\\\nnext"),
    (
        "<p>1986. A great year</p><p>- no list</p><p># no heading</p>",
        "1986\\. A great year\n\n\\- no list\n\n\\# no heading",
    ),
    (
        "<p>a * b_c _d_ [x] `y` &lt;b&gt; &amp;amp; 1 &lt; 2</p>",
        "a \\* b_c \\_d\\_ \\[x\\] \\`y\\` \\<b> \\&amp; 1 < 2",
    ),
    ("<p>x<strong>\"y\"</strong>z</p>", "x<strong>\\\"y\\\"</strong>z"),
    ("<p>H<sub>2</sub>O and <abbr title=\"World\">W</abbr></p>", "H<sub>2</sub>O and <abbr title=\"World\">W</abbr>"),
    ("<p><code>a `b`</code> <s>old</s></p>", "`` a `b` `` ~~old~~"),
    ("<p><code>git</code><code>[push]</code></p>", "`git[push]`"),
    ("<p>{{< figure >}}</p>", "\\{{< figure >}}"),
    ("<p>one<br><br>two</p>", "one\n\ntwo"),
    ("<p>&nbsp;</p><p> </p><p>x</p>", "x"),
    ("<span style=\"color:red\">red</span> <font>blue</font>", "red blue"),
    // Links.
    ("<a href=\"/a (b)/\" title=\"T\">x</a>", "[x](</a%20(b)/> \"T\")"),
    ("<a href=\"https://e.org/\">https://e.org/</a>", "<https://e.org/>"),
    ("<a href=\"javascript:x()\">x</a>", "x"),
    ("<a href=\"/ad\" rel=\"noopener sponsored\">x</a>", "<a href=\"/ad\" rel=\"sponsored\">x</a>"),
    ("<a href=\"/x\"><h3>Title</h3><p>Text</p></a>", "### [Title](/x)\n\n[Text](/x)"),
    ("<p><a href=\"#n\">go</a></p><p><a name=\"n\"></a>here</p>", "[go](#n)\n\n<span id=\"n\"></span>here"),
    // Blocks.
    ("<h2 id=\"q\">The <em>quay</em></h2>", "## The *quay* {#q}"),
    ("<h2>C#</h2><h3></h3>", "## C\\#"),
    ("<ul><li>a</li><li>b<ol start=\"3\"><li>c</li></ol></li></ul>", "- a\n- b\n  3. c"),
    ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
    ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"),
    ("<ul><li><input type=checkbox checked> done</li></ul>", "- [x] done"),
    ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
    (
        "<pre class=\"wp-block-code\"><code class=\"language-rust\">let a = 1;\n\nlet b;</code></pre>",
        "```rust\nlet a = 1;\n\nlet b;\n```",
    ),
    ("<pre class=\"wp-block-verse\">one\n  two</pre>", "one\\\n\u{a0}\u{a0}two"),
    ("<dl><dt>T</dt><dd>D</dd></dl>", "T\n: D"),
    (
        "<details><summary>S</summary><p>a <b>b</b></p></details>",
        "<details>\n<summary>S</summary>\n\na **b**\n\n</details>",
    ),
    ("<div hidden><p>secret</p></div>", "<div hidden>\n\nsecret\n\n</div>"),
    // Tables.
    (
        "<table><thead><tr><th>a</th><th align=right>b</th></tr></thead><tr><td>1|2</td><td align=right><b>3</b></td></tr></table>",
        "| a | b |\n|---|---:|\n| 1\\|2 | **3** |",
    ),
    (
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "<table>\n<tbody>\n<tr>\n<td>a</td>\n<td>b</td></tr></tbody></table>",
    ),
    // Pictures.
    ("<p><img src=\"a.jpg\" alt=\"A [b]\"></p>", "![A \\[b\\]](a.jpg)"),
    (
        "<figure class=\"wp-block-image alignwide\"><a href=\"a.jpg\"><img src=\"a-300x200.jpg\" alt=\"A\"></a><figcaption>The \"quay\" <span class=\"credit\">Ana</span></figcaption></figure>",
        "{{< figure src=\"a-300x200.jpg\" alt=\"A\" caption=\"The \\\"quay\\\"\" credit=\"Ana\" size=\"wide\" >}}",
    ),
    (
        "<figure><img src=a.jpg alt=A><figcaption>By <a href=\"/x\">X</a></figcaption></figure>",
        "<figure class=\"picture\">\n<img src=\"a.jpg\" alt=\"A\">\n<figcaption>By <a href=\"/x\">X</a></figcaption>\n</figure>",
    ),
    (
        "<figure class=\"wp-block-gallery\"><figure><img src=a.jpg><figcaption>a</figcaption></figure><figure><img src=b.jpg></figure></figure>",
        "{{< gallery >}}\n{{< figure src=\"a.jpg\" alt=\"\" caption=\"a\" >}}\n{{< figure src=\"b.jpg\" alt=\"\" >}}\n{{< /gallery >}}",
    ),
    ("<img src=\"data:image/gif;base64,R0\" data-src=\"b.jpg\">", "![](b.jpg)"),
    // Embeds.
    (
        "<p><iframe src=\"https://www.youtube.com/embed/abcdefghijk\"></iframe></p>",
        "https://www.youtube.com/embed/abcdefghijk",
    ),
    ("<iframe src=\"//maps.example/x\" title=\"Map\"></iframe>", "[Map](https://maps.example/x)"),
    (
        "<figure class=\"wp-block-embed\"><div class=\"wp-block-embed__wrapper\">\nhttps://vimeo.com/123\n</div></figure>",
        "https://vimeo.com/123",
    ),
    (
        "<blockquote class=\"twitter-tweet\"><p lang=\"en\">Hi <a href=\"https://t.co/x\">x</a></p>&mdash; Ana (@ana) <a href=\"https://twitter.com/ana/status/12?ref_src=x\">May 3</a></blockquote><script async src=\"https://platform.twitter.com/widgets.js\"></script>",
        "{{< x href=\"https://twitter.com/ana/status/12\" author=\"Ana (@ana)\" date=\"May 3\" >}}\nHi [x](https://t.co/x)\n{{< /x >}}",
    ),
    // Footnotes.
    (
        "<p>a<sup id=\"r1\"><a href=\"#n1\">1</a></sup></p><div class=\"footnotes\"><ol><li id=\"n1\"><p>Note <a href=\"#r1\">↩</a></p></li></ol></div>",
        "a[^1]\n\n[^1]: Note",
    ),
];

#[test]
fn html_becomes_markdown() {
    let wrong = CASES.iter().filter_map(|(html, expected)| {
        let markdown = converted(html).markdown;
        (markdown.trim_end_matches('\n') != *expected).then(|| format!("{html}\n=>\n{markdown}\nnot\n{expected}\n"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

#[test]
fn what_is_lost_is_named() {
    let html = "<script src=\"https://ads.example/x.js\"></script><style>p {}</style><iframe src=\"https://a.example/\"></iframe><p style=\"x\"><u>u</u></p>";
    let notes: Vec<(HtmlNoteKind, String)> =
        converted(html).notes.into_iter().map(|note| (note.kind, note.subject)).collect();
    let expected = [
        (HtmlNoteKind::Dropped, "`<style>`"),
        (HtmlNoteKind::Dropped, "a script of `ads.example`"),
        (HtmlNoteKind::Changed, "a frame of `a.example` became a link"),
        (HtmlNoteKind::Kept, "`<u>`"),
    ];
    assert_eq!(notes, expected.map(|(kind, subject)| (kind, subject.to_owned())));
}

#[test]
fn urls_are_mapped() {
    struct Moved;
    impl HtmlUrls for Moved {
        fn link(&self, url: &str) -> String {
            url.replace("/old/", "/new/")
        }
        fn file(&self, url: &str) -> String {
            url.replace("/wp-content/", "/media/")
        }
    }
    let html = "<a href=\"/old/a\"><img src=\"/wp-content/a.jpg\"></a><table><tr><td><a href=\"/old/b\">b</a></td><td></td></tr></table>";
    let markdown = convert(html, &HtmlOptions { urls: &Moved, ..HtmlOptions::default() }).markdown;
    assert!(!markdown.contains("/old/") && !markdown.contains("wp-content"), "{markdown}");
}

/// A site in which every reference leads somewhere and embeds print their arguments.
struct Anywhere;

impl Context for Anywhere {
    fn link(&self, destination: &str) -> Result<String, BodyProblem> {
        Ok(format!("/{}", destination.trim_start_matches('/')))
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> {
        Ok(ImageTarget { url: format!("/{destination}"), width: None, height: None, sizes: None, credit: None })
    }

    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        let shown = ["title", "caption", "credit", "author", "date", "note"];
        let is_shown = |key: &str| shown.contains(&key) || (call.name == SERVICE_EMBED && key == "href");
        let text = call.arguments.iter().filter(|(key, _)| is_shown(key)).map(|(_, value)| match value {
            Argument::Text(text) => text.replace('&', "&amp;").replace('<', "&lt;"),
            other => format!("{other:?}"),
        });
        let text: Vec<String> = text.collect();
        Ok(format!("<div>{}{}</div>", call.body.as_deref().unwrap_or_default(), text.join(" ")))
    }

    fn embed_kind(&self, _: &str) -> Option<EmbedKind> {
        Some(EmbedKind::Either)
    }

    fn embed_names(&self) -> Vec<String> {
        Vec::new()
    }
}

const SANITIZED: Options = Options {
    html: HtmlPolicy::Sanitized,
    smart_punctuation: false,
    quotes: Quotes::ROOT,
    emphasis_dots: false,
    highlight_code: false,
    embed_urls: true,
    heading_levels: HeadingLevels::Keep,
    footnotes: FootnotePlacement::End,
};

/// The letters and digits that readers see.
fn words(html: &str) -> String {
    let fragment = scraper::Html::parse_fragment(html);
    let text =
        fragment.tree.root().descendants().filter_map(|node| node.value().as_text().map(|text| text.to_string()));
    text.collect::<String>()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || "*_[]`<>&{}#|~\\".contains(*letter))
        .collect()
}

fn assert_words_kept(html: &str) -> Result<(), TestCaseError> {
    let ConvertedHtml { markdown, .. } = converted(html);
    let body = render(&markdown, &SANITIZED, &Anywhere);
    prop_assert_eq!(words(&body.html), words(html), "{} => {} => {}", html, markdown, body.html);
    for placed in &body.problems {
        prop_assert!(false, "{html} => {markdown}: {placed:?}");
    }
    Ok(())
}

/// Text with characters that mean something in Markdown.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,6}",
        1 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        2 => "[-+*_#.:|~`\\[\\](){}!=\\\\0-9\"'^]{1,3}",
        1 => Just("&lt;b&gt;".to_owned()),
        1 => Just("&amp;amp;".to_owned()),
        1 => Just("é中。「日」".to_owned()),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn any_html() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => any_text(),
        1 => Just("<br>".to_owned()),
        1 => Just("<img src=\"a.jpg\" alt=\"\">".to_owned()),
        1 => Just("<hr>".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let inside = proptest::collection::vec(inner, 0..4).prop_map(|parts| parts.concat());
        let names = prop::sample::select(vec![
            "p",
            "div",
            "b",
            "em",
            "s",
            "code",
            "h2",
            "h4",
            "blockquote",
            "ul><li",
            "ol><li",
            "li",
            "a href=\"/x\"",
            "sub",
            "span",
            "pre",
            "table><tr><td",
            "table><tr><th",
            "td",
            "details",
            "figure",
            "figcaption",
            "dl><dt",
            "dd",
            "center",
            "aside",
            "section",
            "u",
        ]);
        (names, inside).prop_map(|(name, inside)| {
            let end: String = name
                .split("><")
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .map(|name| format!("</{}>", name.split(' ').next().unwrap_or(name)))
                .collect();
            format!("<{name}>{inside}{end}")
        })
    })
}

proptest! {
    #[test]
    fn no_word_is_lost(html in any_html()) {
        assert_words_kept(&html)?;
    }

    #[test]
    fn a_comment_has_all_words_and_no_markup_that_readers_would_see(html in any_html()) {
        let markdown = comment(&html);
        let shown = comment_text(&markdown);
        prop_assert_eq!(words(&shown.html), words(&html), "{} => {} => {}", html, markdown, shown.html);
    }

    #[test]
    fn any_text_is_converted(html in "(<[a-z!/-]{0,8}|[a-z\"'= >]{1,6}|-->|\\[|\\]|\\x00|\u{fdd0}|é|\n){0,40}") {
        let markdown = converted(&html).markdown;
        render(&markdown, &SANITIZED, &Anywhere);
    }
}

#[test]
fn deep_nesting_takes_linear_time() {
    for part in
        ["<div>", "<b>", "<b id=x>", "<ul><li>", "<table><tr><td>", "<blockquote>", "<p><a href=x>", "</p><button>"]
    {
        let html = part.repeat(40_000 / part.len()) + "end";
        assert!(converted(&html).markdown.contains("end"), "{part}");
    }
    let attributes: String = (0..20_000).map(|number| format!(" a{number}=x")).collect();
    assert_eq!(converted(&format!("<p{attributes}>text</p>")).markdown, "text\n");
}
