//! Sound and video in HTML: what podcast programs look for.

use super::escape::decode;
use super::raw::token::{Tag, Token, tokens};

/// A sound or video file that HTML plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its URL, as the HTML has it.
    pub url: String,
    /// Its media type: what the HTML says, or what its name tells.
    pub media_type: String,
}

/// The sound and video files that HTML plays, in order. Of one that is there in several forms only the first counts; a
/// file whose media type is not known is left out, because nothing could play it.
pub fn recordings(html: &str) -> Vec<Recording> {
    let mut found: Vec<Recording> = Vec::new();
    if memchr::memmem::find(html.as_bytes(), b"<audio")
        .or_else(|| memchr::memmem::find(html.as_bytes(), b"<video"))
        .is_none()
    {
        return found;
    }
    // Whether the open element still lacks its file.
    let mut is_wanted = false;
    for token in tokens(html) {
        let Token::Tag(tag) = token else { continue };
        match tag.name.as_str() {
            "audio" | "video" => is_wanted = !tag.closing,
            "source" if is_wanted => {}
            _ => continue,
        }
        if !is_wanted {
            continue;
        }
        if let Some(recording) = recording(html, &tag) {
            is_wanted = false;
            if !found.iter().any(|known| known.url == recording.url) {
                found.push(recording);
            }
        }
    }
    found
}

fn recording(html: &str, tag: &Tag) -> Option<Recording> {
    let value = |name: &str| {
        let attribute = tag.attributes.iter().find(|attribute| attribute.name == name)?;
        Some(decode(&html[attribute.value.clone()])).filter(|value| !value.trim().is_empty())
    };
    let url = value("src")?;
    let is_played = |media_type: &String| media_type.starts_with("audio/") || media_type.starts_with("video/");
    let said = value("type").map(|said| said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let media_type = said.filter(is_played).or_else(|| recording_type(&url).map(str::to_owned))?;
    Some(Recording { url, media_type })
}

/// The media type of a sound or video file, by its name: <https://www.iana.org/assignments/media-types/>.
pub fn recording_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next()?;
    let ending = path.rsplit_once('.')?.1;
    if ending.len() > 4 {
        return None;
    }
    Some(match ending.to_ascii_lowercase().as_str() {
        "mp3" => "audio/mpeg",
        "m4a" | "m4b" => "audio/mp4",
        "aac" => "audio/aac",
        "oga" | "ogg" | "opus" => "audio/ogg",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "weba" => "audio/webm",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "ogv" => "video/ogg",
        "mov" => "video/quicktime",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{recording_type, recordings};

    #[test]
    fn each_player_gives_its_first_file_that_something_can_play() {
        let html = "<p>An <audio> in words</p><audio src=\"/a.mp3?x=1&amp;y=2\" controls></audio>\
            <video controls><source src=\"/b.webm\" type='video/webm; codecs=\"vp9\"'><source src=\"/b.mp4\"></video>\
            <source src=\"/stray.mp3\"><audio src=\"/a.mp3?x=1&amp;y=2\"></audio><audio src=\"/stream\"></audio>\
            <audio><source src=\"/c\" type=\"audio/mpeg\"></audio><!-- <audio src=\"/no.mp3\"></audio> -->";
        let found: Vec<(String, String)> = recordings(html).into_iter().map(|one| (one.url, one.media_type)).collect();
        let wanted = [("/a.mp3?x=1&y=2", "audio/mpeg"), ("/b.webm", "video/webm"), ("/c", "audio/mpeg")];
        assert_eq!(found, wanted.map(|(url, media_type)| (url.to_owned(), media_type.to_owned())));
        assert_eq!(recordings("<p>No sound.</p>"), []);
    }

    #[test]
    fn names_tell_types_whatever_follows_them() {
        assert_eq!(recording_type("https://example.com/Talk.MP3?from=feed#t=5"), Some("audio/mpeg"));
        for name in ["talk", "talk.txt", "talk.mp3.html", "mp3", "a.b/talk"] {
            assert_eq!(recording_type(name), None, "{name}");
        }
    }
}
