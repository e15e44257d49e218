//! Checks and normalizes URLs of other sites.

mod whole_url;

use std::borrow::Cow;

use crate::diagnostic::Code;
use crate::route::{SAFE_URLS, UrlError, check_url, encoded_url, scheme};

pub use whole_url::{WholeUrl, whole_url};

/// The reason that a URL can't be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadUrl {
    /// Following it could run code, or it contains invalid characters.
    Unsafe(UrlError),
    /// It is meant to lead to another site, but is incomplete or malformed.
    Incomplete,
}

impl BadUrl {
    /// The code, message and hint for the URL as written.
    pub fn explain(&self, url: &str) -> (Code, String, &'static str) {
        let shown = url.escape_debug();
        match self {
            BadUrl::Unsafe(why) => (Code::UnsafeUrl, format!("`{shown}` is not a safe URL: {why}"), SAFE_URLS),
            BadUrl::Incomplete => (Code::InvalidValue, format!("`{shown}` is not a complete URL"), COMPLETE_URL_HINT),
        }
    }
}

/// A hint on how to write the URL of another site.
pub const COMPLETE_URL_HINT: &str =
    "write the whole URL, beginning with https://, with spaces, quotes and angle brackets percent-encoded";

/// Checks a hand-written URL or path: it must not run code, and if it leads to another site, it must be
/// complete.
///
/// # Errors
/// The reason that it can't be published.
pub fn check(url: &str) -> Result<(), BadUrl> {
    check_url(url).map_err(BadUrl::Unsafe)?;
    let is_of_web = scheme(url.trim()).is_some_and(|scheme| is_web(&scheme));
    let is_meant_whole = is_of_web || is_mistyped(url.trim());
    if is_meant_whole && !is_complete_url(url) { Err(BadUrl::Incomplete) } else { Ok(()) }
}

/// True if a URL works anywhere: it has `https:` or `http:`, a valid host, and no characters that need
/// encoding other than non-ASCII letters.
///
/// ```
/// use presswork::urls::is_complete_url;
/// assert!(is_complete_url("https://example.org/prüfung"));
/// for url in ["example.org", "//example.org", "https:/example.org", "https://", "https://example.org/a b"] {
///     assert!(!is_complete_url(url), "{url}");
/// }
/// ```
pub fn is_complete_url(url: &str) -> bool {
    let Some((written, rest)) = url.split_once("://").filter(|(written, _)| is_web(written)) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_odd = |letter: char| letter.is_whitespace() || letter.is_control() || "\"<>`\\".contains(letter);
    !written.is_empty()
        && host.contains(char::is_alphanumeric)
        && !url.contains(is_odd)
        && ::url::Url::parse(url).is_ok()
}

/// True for a host in ASCII, perhaps with a port, as a Content-Security-Policy names it: labels of letters, digits and
/// hyphens (RFC 1123, section 2.1).
///
/// ```
/// use presswork::urls::is_host_with_port;
/// assert!(is_host_with_port("social.example:8443") && is_host_with_port("127.0.0.1"));
/// for host in ["...", ":", "-", "a:b:c", "m.example:99999", "m.example:", "a..b"] {
///     assert!(!is_host_with_port(host), "{host}");
/// }
/// ```
pub fn is_host_with_port(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        let is_inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && is_inside && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    host.len() <= 253 && host.split('.').all(is_label) && port.is_none_or(is_port)
}

/// True if a link with a scheme leads nowhere: `http:example.org`, `https://`, `mailto:`. Browsers encode spaces and other
/// characters after the host themselves.
///
/// ```
/// use presswork::urls::leads_nowhere;
/// assert!(leads_nowhere("https:/example.org") && leads_nowhere("mailto:") && leads_nowhere("https://exa mple.org"));
/// assert!(!leads_nowhere("https://example.org/a b") && !leads_nowhere("mailto:?subject=x"));
/// ```
pub fn leads_nowhere(url: &str) -> bool {
    let Some((written, rest)) = url.trim().split_once(':') else { return false };
    match &*written.to_ascii_lowercase() {
        "http" | "https" => {
            let Some(rest) = rest.strip_prefix("//") else { return true };
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            let is_known =
                host.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && host.bytes().all(is_plain);
            // Another program will fill in a variable.
            !is_known && !host.contains("{{") && ::url::Url::parse(url.trim()).is_err()
                || !host.contains(char::is_alphanumeric)
        }
        "mailto" => !rest.contains('@') && !rest.starts_with('?'),
        "tel" | "sms" => !rest.contains(|letter: char| letter.is_ascii_alphanumeric()),
        _ => false,
    }
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// True if a text begins like a URL with a wrong colon or slashes: `http//example.org`,
/// `https;//example.org`.
fn is_mistyped(url: &str) -> bool {
    let after_scheme = |start: &str| {
        let (found, rest) = url.split_at_checked(start.len())?;
        found.eq_ignore_ascii_case(start).then_some(rest)
    };
    after_scheme("https")
        .or_else(|| after_scheme("http"))
        .is_some_and(|rest| rest.starts_with("//") || rest.starts_with([';', ',', ' ']) && rest.contains('/'))
}

/// Normalizes the URL of another site (<https://url.spec.whatwg.org/#url-serializing>): scheme and host
/// in lower case, Punycode for a non-ASCII host, no default port, and percent-encoding where necessary.
/// Existing encoding stays. A path or an invalid URL is only encoded.
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
    // A host alone gets a slash, which most people don't write.
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
    fn incomplete_and_unsafe_urls_are_refused() {
        for url in
            ["https://example.org", "/about/", "../a.md", "mailto:a@example.org", "#top", "https-post.md", "httpd/x"]
        {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in
            ["http//example.org", "https;//example.org/", "HTTP//x", "https:/example.org", "http://", "http://[::x]/"]
        {
            assert_eq!(check(url), Err(BadUrl::Incomplete), "{url}");
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
