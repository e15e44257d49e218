//! HTTP responses as static hosts send them: media types, entity tags, ranges.

use std::io::SeekFrom;
use std::path::{Component, Path};

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
};
use axum::http::{Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use tower_http::compression::Predicate;

use crate::content_path::CONTENT;
use crate::media::{is_text, media_type};
use crate::source::{Stamp, on_disk};

/// The policy of the desk, which shows readers' words beside forms that change files: only its own parts are loaded.
const DESK_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page of the desk. It is kept nowhere, and shown in no page of another site.
pub fn own_page(html: String) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    set(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
    set(&mut response, CACHE_CONTROL, "no-store");
    set(&mut response, HeaderName::from_static("x-frame-options"), "DENY");
    set(&mut response, CONTENT_SECURITY_POLICY, DESK_POLICY);
    response
}

/// A response of plain text that is not cached. Browsers may cache many statuses (301, 404 and 410 among them, RFC 9110,
/// section 15.1), and a permanent redirect for ever, but the next edit may make it wrong.
pub fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{text}\n")));
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, "text/plain; charset=utf-8");
    set(&mut response, CACHE_CONTROL, "no-cache");
    response
}

/// A redirect to another URL.
pub fn redirect(status: StatusCode, url: &str) -> Response<Body> {
    let mut response = plain(status, url);
    set(&mut response, LOCATION, url);
    response
}

/// Sets a header, unless its value is not valid in headers.
pub fn set(response: &mut Response<Body>, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Compresses text. Other formats are compressed already, and are requested in ranges.
#[derive(Debug, Clone, Copy)]
pub struct TextFormats;

impl Predicate for TextFormats {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &Response<B>) -> bool {
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        // Events are sent one by one.
        is_text(essence) && essence != "text/event-stream" && !response.headers().contains_key(CONTENT_RANGE)
    }
}

/// Weakens the entity tag of a compressed response, whose bytes differ from the uncompressed ones (RFC 9110, section
/// 8.8.1).
pub fn weaken_if_compressed(response: &mut Response<Body>) {
    let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| !tag.starts_with("W/"));
    let weak = tag.filter(|_| response.headers().contains_key(CONTENT_ENCODING)).map(|tag| format!("W/{tag}"));
    if let Some(weak) = weak {
        set(response, ETAG, &weak);
    }
}

/// A response of bytes in memory. With a status other than 200 it is always sent whole.
pub fn bytes(request: &HeaderMap, status: StatusCode, name: &str, tag: u128, bytes: Vec<u8>) -> Response<Body> {
    if status != StatusCode::OK {
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        set(&mut response, CONTENT_TYPE, &media_type(name));
        set(&mut response, CACHE_CONTROL, "no-cache");
        return response;
    }
    let tag = format!("\"{tag:032x}\"");
    let length = bytes.len() as u64;
    let (mut response, part) = begin(request, name, &tag, length);
    if let Some((start, end)) = part {
        // A range of bytes in memory fits in `usize`.
        *response.body_mut() = Body::from(bytes[start as usize..end as usize].to_vec());
    }
    response
}

/// A response of a file that is kept between builds.
pub async fn kept(request: &HeaderMap, path: &Path, name: &str, tag: u128) -> Response<Body> {
    match tokio::fs::read(path).await {
        Ok(read) => bytes(request, StatusCode::OK, name, tag, read),
        Err(_) => plain(StatusCode::NOT_FOUND, "The file no longer exists."),
    }
}

/// A response of a file of the project, which is streamed.
pub async fn file(request: &HeaderMap, root: &Path, source: &str, name: &str) -> Response<Body> {
    let missing = || plain(StatusCode::NOT_FOUND, "The file no longer exists.");
    let Some(path) = inside(root, source) else { return missing() };
    // Opening a pipe would wait for a writer.
    if !tokio::fs::metadata(&path).await.is_ok_and(|metadata| metadata.is_file()) {
        return missing();
    }
    let Ok(mut file) = tokio::fs::File::open(&path).await else { return missing() };
    let Ok(metadata) = file.metadata().await else { return missing() };
    if !metadata.is_file() {
        return missing();
    }
    let Stamp { size, modified, changed } = Stamp::of(&metadata);
    let tag = format!("\"{size:x}-{modified:x}-{changed:x}\"");
    let (mut response, part) = begin(request, name, &tag, size);
    if let Some((start, end)) = part {
        if file.seek(SeekFrom::Start(start)).await.is_err() {
            return missing();
        }
        *response.body_mut() = Body::from_stream(ReaderStream::with_capacity(file.take(end - start), 64 << 10));
    }
    response
}

/// The real path of a source, if it is in the project's content without any symbolic link.
fn inside(root: &Path, source: &str) -> Option<std::path::PathBuf> {
    let below = Path::new(source);
    let is_below = below.components().all(|part| matches!(part, Component::Normal(_)));
    let path = on_disk(root, source);
    let real = path.canonicalize().ok()?;
    let content = root.canonicalize().ok()?.join(CONTENT);
    (is_below && real.starts_with(content) && real == root.canonicalize().ok()?.join(path.strip_prefix(root).ok()?))
        .then_some(real)
}

/// The head of a response, and the bytes to send: from the first and before the second.
fn begin(request: &HeaderMap, name: &str, tag: &str, length: u64) -> (Response<Body>, Option<(u64, u64)>) {
    let mut response = Response::new(Body::empty());
    set(&mut response, ETAG, tag);
    set(&mut response, CACHE_CONTROL, "no-cache");
    if is_known(request, tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return (response, None);
    }
    set(&mut response, CONTENT_TYPE, &media_type(name));
    set(&mut response, ACCEPT_RANGES, "bytes");
    match part(request, tag, length) {
        RequestedRange::All => {
            set(&mut response, CONTENT_LENGTH, &length.to_string());
            (response, Some((0, length)))
        }
        RequestedRange::Some(start, end) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut response, CONTENT_RANGE, &format!("bytes {start}-{}/{length}", end - 1));
            set(&mut response, CONTENT_LENGTH, &(end - start).to_string());
            (response, Some((start, end)))
        }
        RequestedRange::None => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(&mut response, CONTENT_RANGE, &format!("bytes */{length}"));
            (response, None)
        }
    }
}

/// True if the client has the version with this tag (RFC 9110, section 13.1.2).
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let tags = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The requested range of a file.
#[derive(Debug, PartialEq, Eq)]
enum RequestedRange {
    All,
    /// From the first and before the second.
    Some(u64, u64),
    /// A range outside the file.
    None,
}

/// The requested range (RFC 9110, section 14.2). A request for several gets everything.
fn part(request: &HeaderMap, tag: &str, length: u64) -> RequestedRange {
    let Some(range) = request.get(RANGE).and_then(|range| range.to_str().ok()) else { return RequestedRange::All };
    if request.get(IF_RANGE).is_some_and(|known| known.as_bytes() != tag.as_bytes()) {
        return RequestedRange::All;
    }
    let Ok(parsed) = http_range_header::parse_range_header(range) else { return RequestedRange::All };
    match parsed.validate(length).as_deref() {
        Ok([one]) => RequestedRange::Some(*one.start(), one.end() + 1),
        Ok(_) => RequestedRange::All,
        // Also for overlapping ranges.
        Err(_) if range.contains(',') => RequestedRange::All,
        Err(_) => RequestedRange::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn ranges_are_parsed() {
        let of = |range: &str| part(&request(&[("range", range)]), "\"a\"", 100);
        assert_eq!(of("bytes=0-9"), RequestedRange::Some(0, 10));
        assert_eq!(of("bytes=90-"), RequestedRange::Some(90, 100));
        assert_eq!(of("bytes=-10"), RequestedRange::Some(90, 100));
        assert_eq!(of("bytes=90-900"), RequestedRange::Some(90, 100));
        assert_eq!(of("bytes=100-"), RequestedRange::None);
        assert_eq!(of("bytes=0-1,5-6"), RequestedRange::All);
        assert_eq!(of("bytes=0-1,0-1,0-1"), RequestedRange::All);
        assert_eq!(of("lines=0-1"), RequestedRange::All);
        assert_eq!(part(&request(&[("range", "bytes=0-9"), ("if-range", "\"b\"")]), "\"a\"", 100), RequestedRange::All);
        assert_eq!(part(&request(&[("range", "bytes=0-")]), "\"a\"", 0), RequestedRange::None);
    }

    #[test]
    fn text_is_utf_8() {
        for (name, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("a/rss.xml", "application/rss+xml; charset=utf-8"),
            ("feed.json", "application/json; charset=utf-8"),
            ("a.svg", "image/svg+xml; charset=utf-8"),
            ("a.jpg", "image/jpeg"),
            ("a.mp4", "video/mp4"),
            ("CNAME", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name), expected);
        }
    }
}
