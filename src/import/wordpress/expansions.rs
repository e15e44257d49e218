//! The HTML of shortcodes that WordPress and common plugins have.

use super::library::Library;
use super::shortcodes::{Shortcode, ShortcodeExpansion, expanded};

/// The expansion of a text's shortcodes, with everything that it finds.
pub(super) struct Expander<'a> {
    pub library: &'a Library,
    /// The id of the post.
    pub post: u64,
    /// The footnotes found so far: ids and HTML.
    pub footnotes: Vec<(String, String)>,
    /// Shortcodes without an expansion that look like one, with what was written.
    pub kept: Vec<(String, String)>,
    /// Shortcodes that were left out, with what was written.
    pub dropped: Vec<(String, String)>,
}

/// Shortcodes that only lay out what is between their tags.
const LAYOUT: &[&str] = &[
    "row",
    "column",
    "columns",
    "one_half",
    "one_half_last",
    "one_third",
    "one_third_last",
    "two_third",
    "two_third_last",
    "section",
    "container",
    "center",
    "toggle_content",
    "dropcap",
    "su_dropcap",
    "su_row",
    "su_column",
    "su_note",
    "su_box",
    "highlight",
    "intro",
    "lead",
    "nggallery_wrap",
    "spacer",
    "divider",
    "clear",
    "su_spacer",
    "su_divider",
    "more",
];

/// Beginnings of the names of page builders' shortcodes, which lay out texts.
const BUILDERS: &[&str] = &["vc_", "et_pb_", "fusion_", "av_", "cs_", "mk_", "tatsu_"];

/// Shortcodes of forms and lists, which a static site can't have.
const LEFT_OUT: &[&str] = &[
    "contact-form-7",
    "contact-form",
    "gravityform",
    "gravityforms",
    "ninja_form",
    "ninja_forms",
    "wpforms",
    "mc4wp_form",
    "mailpoet_form",
    "jetpack_subscription_form",
    "recent-posts",
    "display-posts",
    "related_posts",
    "jetpack-related-posts",
    "sharethis",
    "addtoany",
    "print_link",
    "blog_subscription_form",
    "nextpage",
    "donate",
    "give_form",
];

/// Shortcodes whose content is code.
const CODE: &[&str] =
    &["code", "sourcecode", "source", "php", "css", "html", "js", "javascript", "python", "bash", "sql", "xml", "java"];

impl Expander<'_> {
    /// The text with its shortcodes expanded.
    pub fn expand(&mut self, text: &str) -> String {
        if memchr::memchr(b'[', text.as_bytes()).is_none() {
            return text.to_owned();
        }
        expanded(text, &mut |shortcode| self.expansion(shortcode))
    }

    fn expansion(&mut self, shortcode: &Shortcode<'_>) -> ShortcodeExpansion {
        let name = shortcode.name.to_ascii_lowercase();
        let html = match name.as_str() {
            "caption" | "wp_caption" => Some(self.caption(shortcode)),
            "gallery" => self.gallery(shortcode),
            "embed" | "youtube" | "vimeo" | "tweet" | "twitter" | "instagram" | "tiktok" | "soundcloud" | "spotify"
            | "googlemaps" | "ted" | "facebook" | "dailymotion" | "bandcamp" | "slideshare" => url(&name, shortcode),
            "audio" | "video" | "playlist" => self.recording(&name, shortcode),
            "footnote" | "ref" | "efn_note" | "mfn" | "fn" | "note" if shortcode.content.is_some() => {
                Some(self.footnote(shortcode))
            }
            "pullquote" | "pull-quote" | "pull_quote" if shortcode.content.is_some() => {
                let inside = self.expand(shortcode.content.unwrap_or_default());
                Some(format!("<figure class=\"wp-block-pullquote\"><blockquote><p>{inside}</p></blockquote></figure>"))
            }
            "media-credit" => shortcode.content.map(|content| {
                let inside = self.expand(content);
                let credit = shortcode.get("name").or_else(|| shortcode.get("id")).unwrap_or_default();
                let mut html = format!("<figure>{inside}<figcaption><span class=\"credit\">");
                push_escaped(&mut html, credit);
                html + "</span></figcaption></figure>"
            }),
            _ if CODE.contains(&name.as_str()) && shortcode.content.is_some() => Some(code(&name, shortcode)),
            _ if LAYOUT.contains(&name.as_str()) || BUILDERS.iter().any(|prefix| name.starts_with(prefix)) => {
                self.dropped.push((name, written(shortcode)));
                return ShortcodeExpansion::Content;
            }
            _ if LEFT_OUT.contains(&name.as_str()) => {
                self.dropped.push((name.clone(), written(shortcode)));
                Some(String::new())
            }
            _ => None,
        };
        if let Some(html) = html {
            return ShortcodeExpansion::Html(html);
        }
        // `[sic]` and `[their emphasis]` are words.
        let is_call = shortcode.content.is_some()
            || name.contains(['_', '-'])
            || shortcode.attributes.iter().any(|(key, _)| !key.is_empty());
        if is_call {
            self.kept.push((name, written(shortcode)));
        }
        ShortcodeExpansion::Kept
    }

    /// A picture with a caption: `[caption]<img …> The words[/caption]`.
    fn caption(&mut self, shortcode: &Shortcode<'_>) -> String {
        let inside = self.expand(shortcode.content.unwrap_or_default());
        let end =
            inside.rfind("<img").and_then(|image| Some(image + inside[image..].find('>')? + 1)).unwrap_or_default();
        let end =
            end + inside[end..].trim_start().strip_prefix("</a>").map_or(0, |rest| inside[end..].len() - rest.len());
        let (picture, words) = inside.split_at(end);
        let words = shortcode.get("caption").unwrap_or_else(|| words.trim());
        let align = shortcode
            .get("align")
            .filter(|align| align.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .unwrap_or_default();
        if picture.is_empty() {
            return format!("<p>{words}</p>");
        }
        format!("<figure class=\"wp-caption {align}\">{picture}<figcaption>{words}</figcaption></figure>")
    }

    fn gallery(&mut self, shortcode: &Shortcode<'_>) -> Option<String> {
        let list = |key: &str| -> Vec<u64> {
            let written = shortcode.get(key).unwrap_or_default();
            written.split(',').filter_map(|id| id.trim().parse().ok()).collect()
        };
        let mut ids: Vec<u64> = [list("ids"), list("include")].concat();
        if ids.is_empty() {
            let post = shortcode.get("id").and_then(|id| id.parse().ok()).unwrap_or(self.post);
            let excluded = list("exclude");
            ids = self.library.pictures_of(post).into_iter().filter(|id| !excluded.contains(id)).collect();
        }
        let pictures: Vec<_> = ids.iter().filter_map(|id| self.library.picture(*id)).collect();
        if pictures.len() < ids.len() {
            self.dropped.push((
                "picture of a gallery".to_owned(),
                format!("{} of {} pictures aren't in the export", ids.len() - pictures.len(), ids.len()),
            ));
        }
        if pictures.is_empty() {
            return None;
        }
        let mut html = String::from("<figure class=\"wp-block-gallery\">");
        for picture in pictures {
            html.push_str("<figure><img src=\"");
            push_escaped(&mut html, &picture.src);
            html.push_str("\" alt=\"");
            push_escaped(&mut html, picture.alt.as_deref().unwrap_or_default());
            html.push_str("\"><figcaption>");
            push_escaped(&mut html, picture.caption.as_deref().unwrap_or_default());
            if let Some(credit) = &picture.credit {
                html.push_str(" <span class=\"credit\">");
                push_escaped(&mut html, credit);
                html.push_str("</span>");
            }
            html.push_str("</figcaption></figure>");
        }
        Some(html + "</figure>")
    }

    fn recording(&mut self, name: &str, shortcode: &Shortcode<'_>) -> Option<String> {
        let keys = ["src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "flac"];
        let source = keys.iter().find_map(|key| shortcode.get(key)).or_else(|| shortcode.value());
        let by_id = || {
            let ids = shortcode.get("ids").or_else(|| shortcode.get("id"))?;
            ids.split(',').filter_map(|id| self.library.attachments.get(&id.trim().parse().ok()?)).next()
        };
        let source = match source {
            Some(source) => source.to_owned(),
            None => by_id()?.url.clone(),
        };
        let element = if name == "video" || shortcode.get("type") == Some("video") { "video" } else { "audio" };
        let mut html = format!("<{element} controls src=\"");
        push_escaped(&mut html, &source);
        if let Some(poster) = shortcode.get("poster") {
            html.push_str("\" poster=\"");
            push_escaped(&mut html, poster);
        }
        Some(format!("{html}\"></{element}>"))
    }

    fn footnote(&mut self, shortcode: &Shortcode<'_>) -> String {
        let number = self.footnotes.len() + 1;
        let id = format!("presswork-note-{number}");
        let html = self.expand(shortcode.content.unwrap_or_default());
        let reference = format!("<sup data-fn=\"{id}\"><a href=\"#{id}\">{number}</a></sup>");
        self.footnotes.push((id, html));
        reference
    }
}

/// The page of a service, or any other URL, in a block of its own.
fn url(name: &str, shortcode: &Shortcode<'_>) -> Option<String> {
    let content = shortcode.content.map(str::trim).filter(|content| !content.is_empty());
    let keys = ["url", "src", "href", "link"];
    let written = content.or_else(|| keys.iter().find_map(|key| shortcode.get(key)));
    // `[youtube=https://…]` has a value without a key.
    let written =
        written.or_else(|| shortcode.value()).or_else(|| shortcode.get("id")).or_else(|| shortcode.get("track"));
    let written = written?.trim_start_matches('=');
    let is_id =
        !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let url = match name {
        _ if written.starts_with("http") => written.to_owned(),
        _ if written.starts_with("//") => format!("https:{written}"),
        "youtube" if is_id => format!("https://www.youtube.com/watch?v={written}"),
        "vimeo" if is_id => format!("https://vimeo.com/{written}"),
        "tweet" | "twitter" if is_id => format!("https://twitter.com/i/web/status/{written}"),
        "instagram" if is_id => format!("https://www.instagram.com/p/{written}/"),
        _ => return None,
    };
    let mut html = String::from("<div class=\"wp-block-embed__wrapper\">");
    push_escaped(&mut html, url.split_whitespace().next().unwrap_or(&url));
    Some(html + "</div>")
}

fn code(name: &str, shortcode: &Shortcode<'_>) -> String {
    let language = ["language", "lang"].iter().find_map(|key| shortcode.get(key)).or_else(|| shortcode.value());
    let language = language.unwrap_or(if matches!(name, "code" | "sourcecode" | "source") { "" } else { name });
    let mut html = String::from("<pre><code class=\"language-");
    push_escaped(&mut html, language);
    html.push_str("\">");
    push_escaped(&mut html, shortcode.content.unwrap_or_default());
    html + "</code></pre>"
}

/// The tag of a shortcode, about as it is written.
fn written(shortcode: &Shortcode<'_>) -> String {
    let attributes = shortcode.attributes.iter().map(|(key, value)| match key.is_empty() {
        true => format!(" {value}"),
        false => format!(" {key}=\"{value}\""),
    });
    format!("[{}{}]", shortcode.name, attributes.collect::<String>())
}

/// Appends text as HTML. References in it stay, since the source has escaped it already or not at all.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
}
