//! Finds audio and video in HTML, for podcast apps.

use super::escape::decode;
use super::raw_html::token::{HtmlTag, HtmlToken, tokens};
use crate::media::recording_type;

/// An audio or video file that HTML plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// Its URL, as in the HTML.
    pub url: String,
    /// Its media type, from the HTML or its extension.
    pub media_type: String,
}

/// Returns the audio and video files in order. Only the first playable source of each element counts;
/// files with an unknown media type are left out.
pub fn media_files(html: &str) -> Vec<MediaFile> {
    let mut found: Vec<MediaFile> = Vec::new();
    if memchr::memmem::find(html.as_bytes(), b"<audio")
        .or_else(|| memchr::memmem::find(html.as_bytes(), b"<video"))
        .is_none()
    {
        return found;
    }
    // True while the open element still needs a file.
    let mut is_wanted = false;
    for token in tokens(html) {
        let HtmlToken::Tag(tag) = token else { continue };
        match tag.name.as_str() {
            "audio" | "video" => is_wanted = !tag.closing,
            "source" if is_wanted => {}
            _ => continue,
        }
        if !is_wanted {
            continue;
        }
        if let Some(media_file) = media_file(html, &tag) {
            is_wanted = false;
            if !found.iter().any(|known| known.url == media_file.url) {
                found.push(media_file);
            }
        }
    }
    found
}

fn media_file(html: &str, tag: &HtmlTag) -> Option<MediaFile> {
    let value = |name: &str| {
        let attribute = tag.attributes.iter().find(|attribute| attribute.name == name)?;
        Some(decode(&html[attribute.value.clone()])).filter(|value| !value.trim().is_empty())
    };
    let url = value("src")?;
    let is_played = |media_type: &String| media_type.starts_with("audio/") || media_type.starts_with("video/");
    let said = value("type").map(|said| said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let media_type = said.filter(is_played).or_else(|| recording_type(&url).map(str::to_owned))?;
    Some(MediaFile { url, media_type })
}

#[cfg(test)]
mod tests {
    use super::media_files;

    #[test]
    fn each_player_gives_its_first_file_that_something_can_play() {
        let html = "<p>An <audio> in words</p><audio src=\"/a.mp3?x=1&amp;y=2\" controls></audio>\
            <video controls><source src=\"/b.webm\" type='video/webm; codecs=\"vp9\"'><source src=\"/b.mp4\"></video>\
            <source src=\"/stray.mp3\"><audio src=\"/a.mp3?x=1&amp;y=2\"></audio><audio src=\"/stream\"></audio>\
            <audio><source src=\"/c\" type=\"audio/mpeg\"></audio><!-- <audio src=\"/no.mp3\"></audio> -->";
        let found: Vec<(String, String)> = media_files(html).into_iter().map(|one| (one.url, one.media_type)).collect();
        let wanted = [("/a.mp3?x=1&y=2", "audio/mpeg"), ("/b.webm", "video/webm"), ("/c", "audio/mpeg")];
        assert_eq!(found, wanted.map(|(url, media_type)| (url.to_owned(), media_type.to_owned())));
        assert_eq!(media_files("<p>No sound.</p>"), []);
    }
}
