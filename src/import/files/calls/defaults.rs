//! The defaults for calls that many sites have.

use crate::import::words::html_text;
use crate::import::yaml_text::on_one_line;

use super::TemplateCall;

/// The replacement of a call.
pub(super) enum Default {
    /// This text, which says the same.
    Text(String),
    /// This text, which says less.
    Loss(String),
    /// Nothing: it is no part of the story.
    Dropped,
}

/// The text for a call with a known name.
pub(super) fn convert(call: &TemplateCall) -> Option<Default> {
    let name = call.name.rsplit('/').next().unwrap_or(&call.name).to_ascii_lowercase().replace('_', "-");
    let text = |text: String| Some(Default::Text(text));
    match name.as_str() {
        "figure" | "fig" | "image" | "img" | "legacy-img" | "picture" | "pic" | "photo" | "imgproc"
        | "responsive-image" | "imgcap" | "image-caption" | "lightbox" => picture(call).map(Default::Text),
        "youtube" | "yt" | "youtubeplayer" | "youtube-lite" => {
            url(call.named_or_first(&["id", "v", "video", "video_id"])?, "https://www.youtube.com/watch?v=")
                .map(Default::Text)
        }
        "vimeo" => url(call.named_or_first(&["id", "video"])?, "https://vimeo.com/").map(Default::Text),
        "tweet" | "twitter" | "x" | "twitter-simple" | "x-simple" => post(call).map(Default::Text),
        "instagram" | "instagram-simple" => {
            url(call.named_or_first(&["id"])?, "https://www.instagram.com/p/").map(Default::Text)
        }
        "flourish" | "flourish-embed" => {
            url(call.named_or_first(&["id", "src"])?, "https://public.flourish.studio/visualisation/")
                .map(Default::Text)
        }
        "datawrapper" => url(call.named_or_first(&["id", "src"])?, "https://datawrapper.dwcdn.net/").map(Default::Text),
        "gist" => {
            let (user, id) = (call.at(0)?, call.at(1)?);
            text(format!("[gist.github.com/{user}/{id}](https://gist.github.com/{user}/{id})"))
        }
        "typeform" | "codepen" | "jsfiddle" => None,
        "note" | "box" | "notice" | "alert" | "callout" | "info" | "tip" | "warning" | "admonition" | "aside"
        | "sidebar" | "infobox" | "factbox" | "card" | "message" | "hint" | "important" | "caution" => {
            aside(call).map(Default::Text)
        }
        "details" | "expand" | "spoiler" | "accordion" | "collapse" => aside(call).map(Default::Loss),
        "quote" | "blockquote" | "pullquote" | "pull-quote" | "bquote" => quote(call).map(Default::Text),
        "button" | "btn" | "link" | "cta" => link(call).map(Default::Text),
        "highlight" | "code" => code(call).map(Default::Text),
        "raw" | "rawhtml" | "html" | "raw-html" | "unsafe" | "markdown" | "md" | "lead" | "div" | "center"
        | "columns" | "column" | "row" | "col" | "grid" | "section" | "group" | "wrapper" | "noformat" | "text" => {
            call.inner.clone().map(Default::Text)
        }
        "gallery" => Some(Default::Text(call.inner.clone()?)),
        "audio" | "mp3" => recording(call, "audio").map(Default::Text),
        "video" | "mp4" | "html5video" => recording(call, "video").map(Default::Text),
        "newsletter" | "subscribe" | "signup" | "sign-up" | "donate" | "donation" | "donation-box" | "support"
        | "ad" | "ads" | "advert" | "toc" | "share" | "related" | "mailchimp" | "membership" | "adsense"
        | "comments" | "clear" | "clearfix" | "newsletter-signup" | "social" => Some(Default::Dropped),
        "br" => text("\n\n".to_owned()),
        "hr" => text("\n\n---\n\n".to_owned()),
        "param" | "qr" | "renderer" => Some(Default::Dropped),
        _ => None,
    }
}

/// A picture, as a figure if it has a caption or credit.
pub(super) fn picture(call: &TemplateCall) -> Option<String> {
    let src = call.named_or_first(&["src", "file", "path", "url", "image", "link-src", "img", "name"])?;
    let alt = call.get(&["alt", "alttext", "alt-text"]).or_else(|| call.at(1).filter(|_| call.named.is_empty()));
    let inner = call.inner.as_deref().map(str::trim).filter(|inner| !inner.is_empty());
    let caption = call.get(&["caption", "title", "figcaption"]).or(inner);
    let credit = call.get(&["attr", "credit", "attribution", "source", "photographer"]);
    if call.in_html && caption.is_none() && credit.is_none() {
        return Some(format!("<img src=\"{}\" alt=\"{}\">", attribute(src), attribute(alt.unwrap_or_default())));
    }
    Some(figure(src, alt, caption, credit))
}

/// A text in an attribute of HTML, or between tags.
fn attribute(text: &str) -> String {
    crate::render::escaped(text.trim())
}

/// A picture in Presswork's Markdown.
pub fn figure(src: &str, alt: Option<&str>, caption: Option<&str>, credit: Option<&str>) -> String {
    let plain = |text: &str| on_one_line(&html_text(&super::without_calls(text)));
    let alt = alt.map(plain).unwrap_or_default();
    let caption = caption.map(plain).filter(|caption| !caption.is_empty());
    let credit = credit.map(plain).filter(|credit| !credit.is_empty());
    if caption.is_none() && credit.is_none() {
        let needs_brackets = src.contains([' ', '(', ')', '<', '>']);
        let src = if needs_brackets { format!("<{}>", src.replace(['<', '>'], "")) } else { src.to_owned() };
        return format!("![{}]({src})", alt.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]"));
    }
    let mut embed = format!("{{{{< figure src={} alt={}", argument(src), argument(&alt));
    for (key, value) in [("caption", caption), ("credit", credit)] {
        if let Some(value) = value {
            embed.push_str(&format!(" {key}={}", argument(&value)));
        }
    }
    embed + " >}}"
}

/// A string as the argument of an embed.
pub fn argument(value: &str) -> String {
    let value = value.replace("{{<", "{{ <").replace(">}}", "> }}").replace('\\', "/");
    match (value.contains('"'), value.contains('\'')) {
        (false, _) => format!("\"{value}\""),
        (true, false) => format!("'{value}'"),
        (true, true) => format!("\"{}\"", value.replace('"', "”")),
    }
}

/// The URL of a service on a line of its own, which becomes an embed.
fn url(id: &str, start: &str) -> Option<String> {
    let id = id.trim();
    if id.starts_with("https://") || id.starts_with("http://") {
        return Some(format!("\n\n{id}\n\n"));
    }
    let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_/?=&".contains(c));
    is_id.then(|| format!("\n\n{start}{id}\n\n"))
}

fn post(call: &TemplateCall) -> Option<String> {
    let user = call.get(&["user"]).or_else(|| call.at(0).filter(|_| call.positional.len() > 1));
    let id = call.get(&["id"]).or_else(|| call.positional.last().map(String::as_str))?;
    if id.starts_with("http") {
        return Some(format!("\n\n{id}\n\n"));
    }
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| format!("\n\nhttps://x.com/{}/status/{id}\n\n", user.unwrap_or("i")))
}

fn aside(call: &TemplateCall) -> Option<String> {
    let inner = call.inner.as_deref().or_else(|| call.get(&["content", "text", "body", "message"]))?.trim();
    let title = call.get(&["title", "summary", "header", "heading", "label"]);
    let plain = title.map(|title| on_one_line(&html_text(title))).filter(|title| !title.is_empty());
    let title = plain.map_or(String::new(), |title| format!(" title={}", argument(&title)));
    if inner.is_empty() {
        return Some(String::new());
    }
    Some(format!("\n\n{{{{< aside{title} >}}}}\n\n{inner}\n\n{{{{< /aside >}}}}\n\n"))
}

fn quote(call: &TemplateCall) -> Option<String> {
    let inner = call.inner.as_deref().or_else(|| call.named_or_first(&["quote", "text"]))?.trim();
    let author = call.get(&["author", "cite", "source", "by", "attribution"]);
    let lines: Vec<String> = inner.lines().map(|line| format!("> {line}")).collect();
    let author = author.map_or(String::new(), |author| format!("\n>\n> — {author}"));
    Some(format!("\n\n{}{author}\n\n", lines.join("\n")))
}

fn link(call: &TemplateCall) -> Option<String> {
    let href = call.get(&["href", "url", "link", "target"]).or_else(|| call.at(0))?;
    let inner = call.inner.as_deref().map(str::trim).filter(|inner| !inner.is_empty());
    let label = inner.or_else(|| call.get(&["text", "label", "title"])).or_else(|| call.at(1)).unwrap_or(href);
    Some(format!("[{label}](<{}>)", href.replace(['<', '>'], "")))
}

fn code(call: &TemplateCall) -> Option<String> {
    let inner = call.inner.as_deref()?.trim_matches('\n');
    let language = call.named_or_first(&["lang", "language", "type"]).unwrap_or_default();
    let language: String = language.chars().filter(|c| c.is_alphanumeric() || "-+#".contains(*c)).collect();
    if call.in_html {
        // An empty line would end the block of HTML.
        let code = crate::render::escaped(inner).replace("\n\n", "\n&#10;");
        let class = if language.is_empty() { String::new() } else { format!(" class=\"language-{language}\"") };
        return Some(format!("<pre><code{class}>{code}</code></pre>"));
    }
    let fence = if inner.contains("```") { "~~~~" } else { "```" };
    Some(format!("\n\n{fence}{language}\n{inner}\n{fence}\n\n"))
}

fn recording(call: &TemplateCall, embed: &str) -> Option<String> {
    let src = call.named_or_first(&["src", "file", "url", "mp3", "mp4"])?;
    let name = src.rsplit('/').next().unwrap_or(src);
    let title = call.get(&["title", "caption", "alt"]).unwrap_or(name);
    let title = on_one_line(&html_text(title));
    let poster = call.get(&["poster", "image"]).filter(|_| embed == "video");
    let poster = poster.map_or(String::new(), |poster| format!(" poster={}", argument(poster)));
    Some(format!("\n\n{{{{< {embed} src={} title={}{poster} >}}}}\n\n", argument(src), argument(&title)))
}
