//! URLs of other sites: checked as people write them, and written as machines read them.

use std::borrow::Cow;

use crate::diagnostic::Code;
use crate::route::{SAFE_URLS, UrlError, check_url, encoded_url, scheme};

/// Why a URL cannot be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadUrl {
    /// What follows it could run code, or it holds what no URL can hold.
    Unsafe(UrlError),
    /// It is meant to lead to another site, and does not say to which, or is not written as a URL.
    NotWhole,
}

impl BadUrl {
    /// Code, message and hint for the URL as it was written.
    pub fn explain(&self, url: &str) -> (Code, String, &'static str) {
        let shown = url.escape_debug();
        match self {
            BadUrl::Unsafe(why) => (Code::UnsafeUrl, format!("`{shown}` cannot be linked to: {why}"), SAFE_URLS),
            BadUrl::NotWhole => (Code::InvalidValue, format!("`{shown}` is no whole URL"), WHOLE_URL),
        }
    }
}

/// How a URL of another site is written.
pub const WHOLE_URL: &str =
    "write the whole URL, beginning with https://; spaces, quotes and angle brackets are encoded in it";

/// Checks a URL or path that a person wrote: nothing runs code, and what leads to another site is a whole URL.
///
/// # Errors
/// Says why it cannot be published.
pub fn check(url: &str) -> Result<(), BadUrl> {
    check_url(url).map_err(BadUrl::Unsafe)?;
    let is_of_web = scheme(url.trim()).is_some_and(|scheme| is_web(&scheme));
    let is_meant_whole = is_of_web || is_mistyped(url.trim());
    if is_meant_whole && !is_whole(url) { Err(BadUrl::NotWhole) } else { Ok(()) }
}

/// Whether a URL leads to another page from wherever it is read: it has `https:` or `http:`, a valid host, and nothing
/// that must be encoded in a URL but letters beyond ASCII.
///
/// ```
/// use presswork::urls::is_whole;
/// assert!(is_whole("https://example.org/prüfung"));
/// for url in ["example.org", "//example.org", "https:/example.org", "https://", "https://example.org/a b"] {
///     assert!(!is_whole(url), "{url}");
/// }
/// ```
pub fn is_whole(url: &str) -> bool {
    let Some((written, rest)) = url.split_once("://").filter(|(written, _)| is_web(written)) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_odd = |letter: char| letter.is_whitespace() || letter.is_control() || "\"<>`\\".contains(letter);
    !written.is_empty()
        && host.contains(char::is_alphanumeric)
        && !url.contains(is_odd)
        && ::url::Url::parse(url).is_ok()
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Whether a text begins like a URL and has its colon or slashes wrong: `http//example.org`, `https;//example.org`.
fn is_mistyped(url: &str) -> bool {
    let behind = |start: &str| {
        let (found, rest) = url.split_at_checked(start.len())?;
        found.eq_ignore_ascii_case(start).then_some(rest)
    };
    behind("https")
        .or_else(|| behind("http"))
        .is_some_and(|rest| rest.starts_with("//") || rest.starts_with([';', ',', ' ']) && rest.contains('/'))
}

/// A URL of another site as machines read it (<https://url.spec.whatwg.org/#url-serializing>): scheme and host in lower
/// case, a host beyond ASCII in Punycode, no default port, and everything percent-encoded that cannot stand in a URL. What
/// is encoded already stays so. A path, and what is no valid URL, is only encoded.
///
/// ```
/// use presswork::urls::normalized;
/// assert_eq!(normalized("HTTPS://Bücher.Example:443/Über uns"), "https://xn--bcher-kva.example/%C3%9Cber%20uns");
/// assert_eq!(normalized("https://example.org"), "https://example.org");
/// assert_eq!(normalized("mailto:desk@example.org"), "mailto:desk@example.org");
/// ```
pub fn normalized(url: &str) -> Cow<'_, str> {
    let url = url.trim();
    let parsed = scheme(url).filter(|scheme| is_web(scheme)).and_then(|_| ::url::Url::parse(url).ok());
    let Some(parsed) = parsed else {
        let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
        return if is_plain { Cow::Borrowed(url) } else { Cow::Owned(encoded_url(url)) };
    };
    // A host alone gets a slash, which most people do not write.
    let is_bare = !url.ends_with('/') && parsed.path() == "/" && parsed.query().or(parsed.fragment()).is_none();
    let mut written = String::from(parsed);
    if is_bare {
        written.pop();
    }
    if written == url { Cow::Borrowed(url) } else { Cow::Owned(written) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_says_where() {
        for url in
            ["https://example.org", "/about/", "../a.md", "mailto:a@example.org", "#top", "https-post.md", "httpd/x"]
        {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in
            ["http//example.org", "https;//example.org/", "HTTP//x", "https:/example.org", "http://", "http://[::x]/"]
        {
            assert_eq!(check(url), Err(BadUrl::NotWhole), "{url}");
        }
        for url in ["javascript:alert(1)", " JaVa\tScript:x", "data:text/html,x", "https://example.org/\u{7}", "  "] {
            assert!(matches!(check(url), Err(BadUrl::Unsafe(_))), "{url}");
        }
    }

    #[test]
    fn urls_are_written_in_one_way() {
        for (url, wanted) in [
            ("https://EXAMPLE.org/A%20b?q=\"x\"#é", "https://example.org/A%20b?q=%22x%22#%C3%A9"),
            ("http://example.org:80/", "http://example.org/"),
            ("https://example.org:8443", "https://example.org:8443"),
            ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
            ("https://example.org?q", "https://example.org/?q"),
            ("/über/?q=a b", "/%C3%BCber/?q=a%20b"),
            ("mailto:größe@example.org", "mailto:gr%C3%B6%C3%9Fe@example.org"),
        ] {
            assert_eq!(normalized(url), wanted, "{url}");
            assert_eq!(normalized(wanted), wanted, "{url}: once is enough");
        }
    }
}
