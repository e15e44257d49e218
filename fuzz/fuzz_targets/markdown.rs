//! Any text as a body or a line of Markdown: no panic, faults lie in the text, and what is sanitized can run no code.
//!
//! The first byte chooses: its lowest bit whether the text is one line, the next whether punctuation is smart, the one
//! after whether footnotes stand beside the text.
#![no_main]

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use libfuzzer_sys::fuzz_target;
use presswork::config::{HeadingLevels, HtmlPolicy};
use presswork::diagnostic::Code;
use presswork::language::Quotes;
use presswork::markdown::{
    BodyProblem, Context, EmbedCall, EmbedKind, FootnotePlacement, ImageTarget, Options, render, render_inline,
};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    for html in [HtmlPolicy::Sanitized, HtmlPolicy::Trusted] {
        let footnotes = if choice & 4 == 0 { FootnotePlacement::End } else { FootnotePlacement::Beside };
        let heading_levels = if choice & 8 == 0 { HeadingLevels::Nested } else { HeadingLevels::Keep };
        let smart_punctuation = choice & 2 != 0;
        let options = Options {
            html,
            heading_levels,
            smart_punctuation,
            quotes: Quotes::ROOT,
            emphasis_dots: true,
            highlight_code: false,
            embed_urls: true,
            footnotes,
        };
        let body = if choice & 1 == 0 { render(text, &options, &Site) } else { render_inline(text, &options, &Site) };
        for placed in &body.problems {
            let (start, end) = (placed.start, placed.end);
            assert!(start <= end && text.get(start..end).is_some(), "{start}..{end} of {}: {placed:?}", text.len());
        }
        if html == HtmlPolicy::Sanitized {
            check(&body.html);
        }
    }
});

/// What HTML's own parser finds in sanitized output, however it is written.
fn check(html: &str) {
    assert!(!html.contains(['\u{fdd0}', '\u{fdd1}']), "a placeholder is left in {html}");
    assert!(!html.to_ascii_lowercase().contains("<script"), "a script in {html}");
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Harmless, TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
}

struct Harmless;

impl TokenSink for Harmless {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let TagToken(tag) = token
            && tag.kind == StartTag
        {
            check_tag(&tag);
        }
        TokenSinkResult::Continue
    }
}

fn check_tag(tag: &Tag) {
    const FORBIDDEN: &[&str] =
        &["script", "style", "iframe", "object", "embed", "base", "meta", "link", "form", "svg", "math", "template"];
    assert!(!FORBIDDEN.contains(&&*tag.name), "<{}>", tag.name);
    for attribute in &tag.attrs {
        let (name, value) = (&*attribute.name.local, &*attribute.value);
        assert!(!name.starts_with("on") && name != "style" && name != "srcdoc", "{name}={value:?} of <{}>", tag.name);
        if matches!(name, "href" | "src" | "poster" | "cite" | "srcset" | "action" | "formaction") {
            // WHATWG URL: leading blanks and controls, and tabs and line ends anywhere, count for nothing.
            let url: String = value.chars().filter(|letter| !matches!(letter, '\t' | '\n' | '\r')).collect();
            let url = url.trim_start_matches(|letter| letter <= ' ').to_ascii_lowercase();
            let can_run = ["javascript:", "vbscript:", "data:"].iter().any(|scheme| url.starts_with(scheme));
            assert!(!can_run, "{name}={value:?} of <{}>", tag.name);
        }
    }
}

/// Some destinations are there, some lead nowhere and some are no good; embeds echo what they get.
struct Site;

impl Context for Site {
    fn link(&self, destination: &str) -> Result<String, BodyProblem> {
        match destination {
            "a.md" => Ok("/a/".to_owned()),
            "bad.md" => Ok("javascript:alert(1)".to_owned()),
            _ if destination.starts_with(['#', '/']) => Ok(destination.to_owned()),
            _ => Err(BodyProblem::new(Code::BrokenLink, "no such file")),
        }
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> {
        match destination {
            "a.jpg" => Ok(ImageTarget {
                url: "/a.jpg".to_owned(),
                width: Some(640),
                height: Some(480),
                sizes: None,
                credit: None,
            }),
            _ if destination.starts_with('/') => {
                Ok(ImageTarget { url: destination.to_owned(), width: None, height: None, sizes: None, credit: None })
            }
            _ => Err(BodyProblem::new(Code::BrokenLink, "no such picture")),
        }
    }

    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        if call.arguments.iter().any(|(key, _)| key == "fail") {
            return Err(BodyProblem::new(Code::EmbedArguments, "it takes no `fail`"));
        }
        // A theme's templates escape what they print, except for a body, which is HTML already.
        let arguments = format!("{:?}", call.arguments).replace('&', "&amp;").replace('<', "&lt;");
        let body = call.body.as_deref().unwrap_or_default();
        Ok(if call.name == "s" { format!("<b>{arguments}</b>") } else { format!("<div>{arguments}{body}</div>\n") })
    }

    fn embed_kind(&self, name: &str) -> Option<EmbedKind> {
        match name {
            "s" | presswork::markdown::SERVICE_EMBED => Some(EmbedKind::Single),
            "p" => Some(EmbedKind::Paired),
            "e" => Some(EmbedKind::Either),
            _ => None,
        }
    }

    fn embed_names(&self) -> Vec<String> {
        ["s", "p", "e"].map(str::to_owned).to_vec()
    }
}
