//! Texts of Jekyll: Liquid, and the attributes that kramdown adds to Markdown.

use crate::import::files::BodyText;
use crate::import::files::calls::TemplateCall;
use crate::import::files::liquid::{LiquidPart, expand};
use crate::import::layout::ImportLayout;
use crate::import::notes::{ImportNoteKind, Notes};

use super::Jekyll;

/// The text with its tags converted.
pub(super) fn converted(text: &BodyText<'_>, jekyll: &Jekyll, layout: &ImportLayout, notes: &mut Notes) -> String {
    let body = text.body.replace("<!--more-->", "").replace("<!-- more -->", "").replace("<!-- excerpt -->", "");
    let mut left_out = Vec::new();
    let mut found = Notes::default();
    let expanded = expand(
        &body,
        &mut |part| match part {
            LiquidPart::Tag(call) => tag(&call, text, jekyll, layout, &mut found),
            LiquidPart::Output(expression) => output(&expression, text, &mut found),
        },
        &mut |tag| left_out.push(tag.to_owned()),
    );
    notes.extend(found);
    for tag in left_out {
        notes.add(ImportNoteKind::Dropped, "template tag", text.path, tag);
    }
    without_attributes(&expanded)
}

fn tag(call: &TemplateCall, text: &BodyText<'_>, jekyll: &Jekyll, layout: &ImportLayout, notes: &mut Notes) -> String {
    let target = match call.name.as_str() {
        "post_url" => call.at(0).and_then(|name| {
            let name = name.trim_start_matches('/');
            let stem = name.rsplit('/').next().unwrap_or(name);
            jekyll.posts.get(stem).cloned()
        }),
        "link" => call.at(0).map(|path| path.trim_start_matches('/').to_owned()),
        name => {
            let links = jekyll.links.used(name, text.body).filter(|_| !text.calls.has(name));
            return match links {
                Some(links) => {
                    let detail = "the link definitions that the text uses; what else the file makes is left out";
                    notes.add(ImportNoteKind::Converted, format!("call `{name}`"), text.path, detail);
                    format!("\n{links}")
                }
                None => text.calls.convert(call, text.path, notes),
            };
        }
    };
    let place = target.as_deref().and_then(|path| layout.at_path(path));
    match place.and_then(|place| layout.reference(place)) {
        Some(reference) => reference,
        None => {
            let written = call.at(0).unwrap_or_default();
            notes.add(ImportNoteKind::Missing, "reference", text.path, format!("nothing is at `{written}`"));
            format!("/{}", written.trim_start_matches('/'))
        }
    }
}

/// An output: paths and the text's own title are known, everything else is left out.
pub(crate) fn output(expression: &str, text: &BodyText<'_>, notes: &mut Notes) -> String {
    let (value, filters) = expression.split_once('|').unwrap_or((expression, ""));
    let value = value.trim();
    let quoted = value.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
    if let Some(path) = quoted {
        let is_path = ["relative_url", "absolute_url", "prepend", "url", "asset", "static", "append"];
        if filters.is_empty() || is_path.iter().any(|filter| filters.contains(filter)) {
            return path.to_owned();
        }
    }
    if ["site.baseurl", "site.url", "site.base_url", "base_url", "metadata.url", "site.BASE_PATH"].contains(&value) {
        return String::new();
    }
    if ["page.title", "title"].contains(&value)
        && let Some(title) = text.document.front.get("title").and_then(|title| title.as_str())
    {
        return title.to_owned();
    }
    notes.add(ImportNoteKind::Dropped, "template output", text.path, format!("{{{{ {expression} }}}}"));
    String::new()
}

/// The text without kramdown's attributes: `{: .note}`, `{:toc}`.
pub(crate) fn without_attributes(text: &str) -> String {
    if !text.contains("{:") {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{:") {
        let (before, tail) = rest.split_at(at);
        kept.push_str(before);
        let end = tail.find('}').filter(|end| !tail[..*end].contains('\n') && !tail[..*end].contains("=>"));
        match end {
            // An id of a heading is written in the same way here, without the colon.
            Some(end) => {
                let inside = tail[2..end].trim();
                if inside.starts_with('#') && !inside.contains(' ') && last_line(&kept).starts_with('#') {
                    kept.push_str(&format!("{{{inside}}}"));
                }
                rest = &tail[end + 1..];
            }
            None => {
                kept.push_str("{:");
                rest = &tail[2..];
            }
        }
    }
    kept + rest
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or(text)
}
