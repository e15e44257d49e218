//! Code in texts: highlighted if its language is known, and always with the same characters.

#![allow(clippy::disallowed_methods, reason = "a test measures how long something takes")]

use std::time::{Duration, Instant};

use presswork::markdown::{Options, render};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;

use super::{SANITIZED, Site, TRUSTED, html};

/// A name for each grammar.
const LANGUAGES: &[&str] = &[
    "as",
    "applescript",
    "asp",
    "bat",
    "bib",
    "c",
    "clj",
    "cpp",
    "cs",
    "css",
    "d",
    "diff",
    "dot",
    "erl",
    "erb",
    "go",
    "groovy",
    "haml",
    "hs",
    "html",
    "java",
    "js",
    "json",
    "jsp",
    "lisp",
    "lua",
    "makefile",
    "matlab",
    "md",
    "ml",
    "mm",
    "m",
    "pas",
    "php",
    "pl",
    "properties",
    "py",
    "r",
    "rb",
    "re",
    "rs",
    "rst",
    "scala",
    "sh",
    "sql",
    "tcl",
    "tex",
    "textile",
    "toml",
    "ts",
    "xml",
    "yaml",
];

fn fenced(language: &str, code: &str) -> String {
    // Longer than every run of tildes in the code, which would end it.
    let longest = code.split(|letter| letter != '~').map(str::len).max().unwrap_or(0);
    let fence = "~".repeat(longest.max(5) + 1);
    format!("{fence}{language}\n{code}\n{fence}\n")
}

#[test]
fn code_is_highlighted() {
    let found = html(&fenced("rust", "// A & B\nfn main() -> u8 { let s = \"<b>\"; 42 }"));
    let expected = "<pre class=\"code\" tabindex=\"0\"><code class=\"language-rust\">\
        <span class=\"hl-comment\">// A &amp; B\n</span><span class=\"hl-keyword\">fn </span>\
        <span class=\"hl-function\">main</span><span class=\"hl-punctuation\">() -&gt; </span>\
        <span class=\"hl-keyword\">u8 </span><span class=\"hl-punctuation\">{ </span>\
        <span class=\"hl-keyword\">let</span> s <span class=\"hl-operator\">= </span>\
        <span class=\"hl-string\">\"&lt;b&gt;\"</span><span class=\"hl-punctuation\">; </span>\
        <span class=\"hl-number\">42 </span><span class=\"hl-punctuation\">}\n</span></code></pre>\n";
    assert_eq!(found, expected);
}

#[test]
fn every_kind_of_token_has_its_class() {
    for (language, code, class, text) in [
        ("py", "class Desk(Room):\n    def open(self): pass", "type", "Desk"),
        ("py", "class Desk(Room):\n    def open(self): pass", "function", "open"),
        ("py", "x = None", "constant", "None"),
        ("html", "<p class=\"deck\">", "tag", "p"),
        ("html", "<p class=\"deck\">", "attribute", "class"),
        ("css", "p { margin: 0 }", "attribute", "margin"),
        ("bash", "echo $HOME", "variable", "$HOME"),
        ("yaml", "title: Harbour", "tag", "title"),
        ("sql", "SELECT name FROM boats", "keyword", "SELECT"),
        ("typescript", "const boats = 3;", "number", "3"),
        ("diff", "+new\n-old", "inserted", "+new"),
        ("diff", "+new\n-old", "deleted", "-old"),
        ("md", "# Title", "heading", "# Title"),
        ("json", "{\"a\": [}", "invalid", "}"),
        ("TSX", "// note", "comment", "// note"),
    ] {
        let found = html(&fenced(language, code));
        let wanted = Regex::new(&format!("<span class=\"hl-{class}\">{}\\s*</span>", regex::escape(text))).unwrap();
        assert!(wanted.is_match(&found), "{language} {class} {text}\n{found}");
    }
}

#[test]
fn highlighting_is_an_option() {
    let plain = Options { highlight_code: false, ..SANITIZED };
    let found = render(&fenced("rust", "let a = \"<b>\";"), &plain, &Site::default()).html;
    assert_eq!(found, "<pre class=\"code\"><code class=\"language-rust\">let a = \"&lt;b&gt;\";\n</code></pre>\n");
}

#[test]
fn other_code_stays_as_it_is() {
    for language in ["", "klingon", "text", "txt", "plain", "\"><b>", "Plain Text"] {
        let found = html(&fenced(language, "if <b> && 1"));
        assert!(found.ends_with("\">if &lt;b&gt; &amp;&amp; 1\n</code></pre>\n") || language.is_empty(), "{found}");
        assert!(!found.contains("<span") && !found.contains("tabindex"), "{found}");
    }
    assert_eq!(html("    if <b>\n"), "<pre class=\"code\"><code>if &lt;b&gt;\n</code></pre>\n");
    for code in ["1 + ".repeat(130), "1 +\n".repeat(60_000)] {
        let found = html(&fenced("js", &code));
        assert!(!found.contains("<span"), "{}", found.len());
    }
    let many = fenced("js", &"1 + x\n".repeat(4_000)).repeat(12);
    assert_eq!(html(&many).split("<pre").filter(|block| block.contains("<span")).count(), 8);
}

#[test]
fn scrollable_elements_can_have_the_focus() {
    let pre = |code: &str| html(&fenced("sh", code)).split('>').next().unwrap().to_owned();
    assert_eq!(pre("a line of 20 letters"), "<pre class=\"code\"");
    assert_eq!(pre("x\na line of 21 letters."), "<pre class=\"code\" tabindex=\"0\"");
    assert_eq!(pre("echo 这里有八个字符的中文"), "<pre class=\"code\" tabindex=\"0\"");
    let nested = |code: &str| html(&format!("- a\n  - b\n\n    ```\n    {code}\n    ```\n")).contains("tabindex");
    assert_eq!([nested("of 12 letter"), nested("of 13 letters")], [false, true]);
}

#[test]
fn braces_in_code_are_not_embeds() {
    let found = html("{{< video id=1 >}}\n\n```js\nlet a = {{< note >}};\n```\n");
    let plain = without_spans(&found);
    assert!(plain.contains("let a = {{&lt; note &gt;}};\n"), "{found}");
}

/// Cleaning raw HTML elsewhere in the text does not change code.
#[test]
fn raw_html_beside_code_changes_nothing_in_it() {
    let code = fenced("rust", "fn f<'a>(x: &'a str) -> String { x.to_owned() + \"\\u{1f6a2} &amp; a longer line\" }");
    let alone = html(&code);
    assert_eq!(html(&format!("{code}\n<b>x</b>\n")), format!("{alone}<p><b>x</b></p>\n"));
}

#[test]
fn hundreds_of_blocks_are_rendered_quickly() {
    let block = fenced(
        "rust",
        &"    let total: u32 = boats.iter().map(|boat| boat.cranes + 1).sum(); // of \"today\"\n".repeat(8),
    );
    let start = Instant::now();
    for _ in 0..200 {
        assert!(html(&block).contains("hl-comment"));
    }
    let passed = start.elapsed();
    eprintln!("200 blocks, {} kB of code: {passed:?}", block.len() / 5);
    assert!(passed < Duration::from_secs(60), "{passed:?}");
}

/// Characters that confuse grammars.
#[test]
fn hostile_code_ends_soon() {
    let mut slowest = (Duration::ZERO, "", String::new());
    for &language in LANGUAGES {
        for piece in [
            "(", "<", "\"", "'", "a ", "\\", "/*", "{{", "[[", "a=", "((a)", "#", "$(", "<a b=", "0x", "%", "aaaa",
            "`", ": ", "**",
        ] {
            let code = format!("{}\n", piece.repeat(500 / piece.len()));
            let start = Instant::now();
            render(&fenced(language, &code), &SANITIZED, &Site::default());
            let passed = start.elapsed();
            if passed > slowest.0 {
                slowest = (passed, language, piece.to_owned());
            }
        }
    }
    eprintln!("slowest line: {slowest:?}");
    assert!(slowest.0 < Duration::from_secs(60), "{slowest:?}");
}

/// Highlighted code without its tags.
fn without_spans(html: &str) -> String {
    Regex::new("<span class=\"hl-[a-z]+\">|</span>").unwrap().replace_all(html, "").into_owned()
}

const PIECES: &[&str] = &[
    "<",
    ">",
    "&",
    "&amp;",
    "\"",
    "'",
    "`",
    "/*",
    "*/",
    "//",
    "#",
    "--",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\n",
    "\n\n",
    "\t",
    "  ",
    "\\",
    "\\\"",
    "é",
    "船",
    "\u{1f6a2}",
    "\u{1}",
    "\u{fdd0}0\u{fdd1}",
    "</span>",
    "<span class=\"x\">",
    "<?php",
    "<%",
    "%>",
    "<script>",
    "</script>",
    "function f",
    "class A",
    "def x",
    "if",
    "end",
    "=",
    "=>",
    ":",
    ";",
    ",",
    "0",
    "3.14",
    "0x1F",
    "$a",
    "@b",
    "%c",
    "r#\"",
    "'''",
    "\"\"\"",
    "<<EOF\n",
    "EOF\n",
    "+++",
    "---",
    "+a\n",
    "-b\n",
    "@@ -1 +1 @@\n",
    "key: value\n",
    "SELECT * FROM t",
    "\r\n",
    "{{<",
    ">}}",
    "\u{2028}",
    "~~~",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_letter_of_code_changes(language in select(LANGUAGES), pieces in vec(select(PIECES), 0..40)) {
        let code = pieces.concat();
        for options in [SANITIZED, TRUSTED] {
            let marked = render(&fenced(language, &code), &options, &Site::default()).html;
            let plain = render(&fenced("plain", &code), &options, &Site::default()).html;
            let plain = plain.replacen("language-plain", &format!("language-{language}"), 1);
            let (start, inside) = marked.split_once("<code").unwrap_or_default();
            // The code's own tags are escaped, so all the others are from highlighting.
            prop_assert_eq!(format!("{start}<code{}", without_spans(inside)), plain, "{}", marked);
            prop_assert_eq!(marked.matches("<span").count(), marked.matches("</span>").count());
        }
    }
}
