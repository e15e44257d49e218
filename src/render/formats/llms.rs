//! `llms.txt`: <https://llmstxt.org>.

use crate::view::formats::LlmsView;

use super::markdown::{one_line, push_escaped};

/// Writes a heading, a description of the site, and lists of links.
pub(in crate::render) fn llms(site: &LlmsView<'_>) -> Vec<u8> {
    let mut text = String::with_capacity(8 << 10);
    text.push_str("# ");
    push_escaped(&mut text, site.title);
    text.push('\n');
    if let Some(description) = site.description {
        text.push_str("\n> ");
        push_escaped(&mut text, description);
        text.push('\n');
    }
    for (heading, links) in &site.lists {
        text.push_str("\n## ");
        push_escaped(&mut text, heading);
        text.push_str("\n\n");
        for link in links {
            text.push_str("- [");
            push_escaped(&mut text, link.title);
            text.push_str("](");
            // Parentheses would end the link.
            text.push_str(&one_line(&link.url).replace(' ', "%20").replace('(', "%28").replace(')', "%29"));
            text.push(')');
            if let Some(about) = link.about {
                text.push_str(": ");
                push_escaped(&mut text, about);
            }
            text.push('\n');
        }
    }
    text.into_bytes()
}
