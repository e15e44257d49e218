//! Files by the extensions of their names: their media types, and what can be done with pictures and recordings.

/// The path of a URL.
fn path(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// The extension of a file's name.
fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// A picture format.
struct PictureFormat {
    extension: &'static str,
    /// The media type, for formats that all browsers show.
    media_type: Option<&'static str>,
    /// True if width and height can be read from the file.
    has_size: bool,
    /// True if search engines show it.
    is_indexed: bool,
    /// True if link previews show it. Facebook, X, LinkedIn and most messengers accept JPEG, PNG, GIF and WebP; none of
    /// them accepts vector graphics, and few accept newer formats.
    is_shareable: bool,
}

const fn format(
    extension: &'static str,
    media_type: Option<&'static str>,
    [size, index, share]: [bool; 3],
) -> PictureFormat {
    PictureFormat { extension, media_type, has_size: size, is_indexed: index, is_shareable: share }
}

/// Formats of pictures, and of files that people use as pictures.
const FORMATS: &[PictureFormat] = &[
    format("jpg", Some("image/jpeg"), [true, true, true]),
    format("jpeg", Some("image/jpeg"), [true, true, true]),
    format("png", Some("image/png"), [true, true, true]),
    format("gif", Some("image/gif"), [true, true, true]),
    format("webp", Some("image/webp"), [true, true, true]),
    format("avif", Some("image/avif"), [true, true, false]),
    format("svg", Some("image/svg+xml"), [false, true, false]),
    format("bmp", None, [true, true, false]),
    format("tif", None, [true, false, false]),
    format("tiff", None, [true, false, false]),
    format("jxl", None, [true, false, false]),
    format("svgz", None, [false, false, false]),
    format("heic", None, [false, false, false]),
    format("heif", None, [false, false, false]),
    format("jp2", None, [false, false, false]),
    format("ico", None, [false, false, false]),
    format("psd", None, [false, false, false]),
    format("eps", None, [false, false, false]),
    format("pdf", None, [false, false, false]),
];

fn format_of(path: &str) -> Option<&'static PictureFormat> {
    let extension = extension(path)?;
    FORMATS.iter().find(|format| format.extension.eq_ignore_ascii_case(extension))
}

/// The media type of a picture that all browsers show.
pub fn picture_type(url: &str) -> Option<&'static str> {
    format_of(path(url))?.media_type
}

/// True if all browsers show the picture in a file.
pub fn is_for_web(path: &str) -> bool {
    format_of(path).is_some_and(|format| format.media_type.is_some())
}

/// The extensions of pictures that all browsers show.
pub fn web_extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().filter(|format| format.media_type.is_some()).map(|format| format.extension)
}

/// True if the width and height of the picture in a file can be read.
pub fn has_size(path: &str) -> bool {
    format_of(path).is_some_and(|format| format.has_size)
}

/// True if a file is a picture that cameras and phones write, or that editors make from one.
pub fn is_picture_file(path: &str) -> bool {
    let is_phone_format = |format: &PictureFormat| matches!(format.extension, "heic" | "heif");
    format_of(path).is_some_and(|format| format.has_size || is_phone_format(format))
}

/// True if search engines show the picture in a file.
pub fn is_indexed(path: &str) -> bool {
    format_of(path).is_some_and(|format| format.is_indexed)
}

/// True if link previews can show a picture, as far as its name tells.
pub fn is_shareable(url: &str) -> bool {
    format_of(path(url)).is_none_or(|format| format.is_shareable)
}

/// The media type of an audio or video file: <https://www.iana.org/assignments/media-types/>.
pub fn recording_type(url: &str) -> Option<&'static str> {
    let extension = extension(path(url))?;
    if extension.len() > 4 {
        return None;
    }
    Some(match extension.to_ascii_lowercase().as_str() {
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

/// The media type of a file, by its name. Text is UTF-8.
pub fn media_type(name: &str) -> String {
    // Types that `mime_guess` lacks or has differently: RFC 4287, RSS, JSON Feed, OPML, ninjs.
    let known = match name.rsplit('/').next().unwrap_or(name) {
        "atom.xml" => Some("application/atom+xml"),
        "rss.xml" => Some("application/rss+xml"),
        name if name.ends_with(".opml") => Some("text/x-opml"),
        name if name.ends_with(".xsl") => Some("text/xsl"),
        name if name.ends_with(".md") => Some("text/markdown"),
        name if name.ends_with(".vtt") => Some("text/vtt"),
        name if name.ends_with(".ts") => Some("video/mp2t"),
        name if name.ends_with(".webmanifest") => Some("application/manifest+json"),
        _ => None,
    };
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let essence = known.unwrap_or(guess.essence_str());
    if is_text(essence) { format!("{essence}; charset=utf-8") } else { essence.to_owned() }
}

/// True for the media type, without parameters, of a text format.
pub fn is_text(essence: &str) -> bool {
    essence.starts_with("text/")
        || essence.ends_with("+xml")
        || essence.ends_with("+json")
        || ["application/json", "application/xml", "application/javascript"].contains(&essence)
}

#[cfg(test)]
mod tests {
    use super::{is_shareable, picture_type, recording_type};

    #[test]
    fn formats_are_recognized_by_the_extension() {
        assert_eq!(picture_type("https://example.org/a.b/Crane.JPG?w=2#top"), Some("image/jpeg"));
        assert_eq!(recording_type("https://example.com/Talk.MP3?from=feed#t=5"), Some("audio/mpeg"));
        for name in ["mp3", "https://example.com/mp3", "a.mp3/", "a.txt", "", "?.mp3"] {
            assert_eq!(recording_type(name), None, "{name}");
            assert_eq!(picture_type(name), None, "{name}");
        }
    }

    #[test]
    fn pictures_that_previews_cannot_show_are_recognized() {
        for fit in
            ["a.jpg", "/a/b.PNG", "https://example.org/a.webp?w=2", "https://example.org/picture/12", "a.svg.png"]
        {
            assert!(is_shareable(fit), "{fit}");
        }
        for unfit in ["a.svg", "/a/B.SVG", "https://example.org/a.svg?v=1.png", "a.avif#x", "a.tiff"] {
            assert!(!is_shareable(unfit), "{unfit}");
        }
    }
}
