//! Slugs, routes in the output folder, and URLs.

mod portable;
mod slugs;

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::unicode::{composed, folded, is_invisible};

use slugs::is_joining;

pub use portable::check_portable;
pub use slugs::{SlugStyle, slugify};

/// The maximum length of a file name on common file systems, in bytes (ext4, XFS, APFS, NTFS).
const MAX_SEGMENT_BYTES: usize = 255;
/// The maximum length of a route in bytes; leaves room for the output folder within Linux's `PATH_MAX`
/// of 4,096.
const MAX_ROUTE_BYTES: usize = 2_000;

/// Percent-encodes everything but RFC 3986's unreserved characters and `/`.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// True if a path needs no encoding in URLs: ASCII letters and digits, `-`, `.`, `_`, `~` and `/`. Most
/// paths don't. Written without branches, so that it vectorizes.
fn is_plain(path: &str) -> bool {
    path.bytes().fold(true, |plain, byte| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        // These three and the digits are consecutive.
        let is_digit = (b'-'..=b'9').contains(&byte);
        plain & (is_letter | is_digit | (byte == b'_') | (byte == b'~'))
    })
}

/// The reason that a text is not a valid slug or route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteError {
    /// It is empty.
    Empty,
    /// A character that is invisible or has a meaning in paths or URLs.
    BadCharacter(char),
    /// `.` or `..`, or an empty segment.
    BadSegment(String),
    /// Longer than file systems allow; the limit in bytes.
    TooLong(usize),
    /// A device name that Windows reserves.
    Device(String),
    /// A trailing dot or space, which Windows drops.
    DroppedEnd(char),
}

impl RouteError {
    /// The fix for a refused slug, if there is one.
    pub fn hint(&self, slug: &str) -> Option<String> {
        if let RouteError::Device(name) = self {
            return Some(format!("add a word to it, such as `{name}-1`"));
        }
        let better = slugify(slug, SlugStyle::Unicode);
        (!better.is_empty()).then(|| format!("write `{better}`"))
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RouteError::Empty => write!(f, "it is empty"),
            RouteError::BadCharacter(' ') => write!(f, "it contains a space"),
            RouteError::BadCharacter(c) if c.is_whitespace() || c.is_control() || is_invisible(*c) => {
                write!(f, "it contains the invisible character U+{:04X}", u32::from(*c))
            }
            RouteError::BadCharacter(c) => write!(f, "it contains the character `{c}`"),
            RouteError::BadSegment(s) if s.is_empty() => write!(f, "it contains an empty part (`//`)"),
            RouteError::BadSegment(s) => write!(f, "it contains the part `{s}`"),
            RouteError::TooLong(limit) => write!(f, "it is longer than {limit} bytes"),
            RouteError::Device(name) => write!(f, "Windows reserves the name `{name}` for a device"),
            RouteError::DroppedEnd('.') => write!(f, "it ends in a dot, which Windows drops"),
            RouteError::DroppedEnd(_) => write!(f, "it ends in a space, which Windows drops"),
        }
    }
}

/// Checks a hand-written slug: one path segment that needs no escaping.
pub fn check_slug(slug: &str) -> Result<String, RouteError> {
    let slug = composed(slug).into_owned();
    if slug.is_empty() {
        return Err(RouteError::Empty);
    }
    if let Some(bad) = slug.chars().find(|&c| !(c.is_alphanumeric() || is_joining(c) || "-_.~".contains(c))) {
        return Err(RouteError::BadCharacter(bad));
    }
    check_segment(&slug)?;
    check_portable(&slug)?;
    Ok(slug)
}

fn check_plain_segment(segment: &str) -> Result<(), RouteError> {
    if segment.is_empty() || segment == "." || segment == ".." {
        return Err(RouteError::BadSegment(segment.to_owned()));
    }
    if segment.len() > MAX_SEGMENT_BYTES {
        return Err(RouteError::TooLong(MAX_SEGMENT_BYTES));
    }
    Ok(())
}

fn check_segment(segment: &str) -> Result<(), RouteError> {
    check_plain_segment(segment)?;
    match segment.chars().find(|&c| c.is_control() || c == '\\' || is_bidi_control(c)) {
        Some(bad) => Err(RouteError::BadCharacter(bad)),
        None => Ok(()),
    }
}

/// True for direction marks: they are invisible and make one path look like another (Unicode UAX #9,
/// section 2).
fn is_bidi_control(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The prefix of Presswork's own files in the output folder: the manifest and staged files.
const RESERVED: &str = ".presswork";

/// The file that a host serves for a folder.
const INDEX: &str = "index.html";

/// A file inside the output folder: a relative path with `/` separators.
///
/// Every constructor checks each segment, so a `Route` joined to the output folder never leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    path: Box<str>,
    /// True if the path needs no encoding in URLs; stored because it is checked very often.
    is_plain: bool,
}

impl Route {
    /// The route of a page with this URL path below the site's root: `world/vote/` becomes
    /// `world/vote/index.html`, the empty path `index.html`, and `world/vote.html` itself.
    ///
    /// # Errors
    /// Also if Windows can't store the file: see [`check_portable`].
    pub fn page(path: &str) -> Result<Route, RouteError> {
        let route = Route::old_page(path)?;
        segments(&route.path).try_for_each(check_portable)?;
        Ok(route)
    }

    /// The same for a URL that was published before, which may have names that Windows can't store.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn old_page(path: &str) -> Result<Route, RouteError> {
        if path.is_empty() || path.ends_with('/') {
            Route::checked(Cow::Owned([path, INDEX].concat()))
        } else {
            Route::file(path)
        }
    }

    /// The front page.
    pub fn front() -> Route {
        Route { path: INDEX.into(), is_plain: true }
    }

    /// The route of a file with this path below the output folder.
    pub fn file(path: &str) -> Result<Route, RouteError> {
        Route::checked(Cow::Borrowed(path))
    }

    fn checked(path: Cow<'_, str>) -> Result<Route, RouteError> {
        // Composed before the checks, because a few letters are longer in this form.
        let path = match composed(&path) {
            Cow::Owned(composed) => Cow::Owned(composed),
            Cow::Borrowed(_) => path,
        };
        if path.is_empty() {
            return Err(RouteError::Empty);
        }
        if path.len() > MAX_ROUTE_BYTES {
            return Err(RouteError::TooLong(MAX_ROUTE_BYTES));
        }
        // An archive has very many paths, and nearly all need no encoding.
        let is_plain = is_plain(&path);
        let check = if is_plain { check_plain_segment } else { check_segment };
        segments(&path).try_for_each(check)?;
        if path.as_bytes().get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED.as_bytes())) {
            return Err(RouteError::BadSegment(path.split('/').next().unwrap_or_default().to_owned()));
        }
        Ok(Route { path: path.into_owned().into_boxed_str(), is_plain })
    }

    /// The path below the output folder.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// The URL path below the site's root, not percent-encoded: without `index.html`.
    pub fn path(&self) -> &str {
        match self.path.strip_suffix(INDEX) {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => &self.path,
        }
    }

    /// The key by which two routes are the same file on macOS and Windows, whose file systems ignore
    /// case and Unicode normalization.
    pub fn collision_key(&self) -> Cow<'_, str> {
        if !self.path.is_ascii() {
            Cow::Owned(folded(&self.path))
        } else if self.path.bytes().fold(false, |found, byte| found | byte.is_ascii_uppercase()) {
            Cow::Owned(self.path.to_ascii_lowercase())
        } else {
            Cow::Borrowed(&self.path)
        }
    }
}

/// The route of an alias: a path on this site.
///
/// # Errors
/// The reason that it isn't valid.
pub fn alias_route(alias: &str) -> Result<Route, String> {
    if alias.contains("://") || alias.starts_with("//") {
        return Err("it is a full URL, not a path on this site".to_owned());
    }
    if alias.contains(['?', '#', '%', '<', '>', '"']) {
        return Err("a static host cannot distinguish paths with `?`, `#`, `%`, quotes or `<>`".to_owned());
    }
    let path = alias.trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let path =
        if path.is_empty() || path.ends_with('/') || name.contains('.') { path.to_owned() } else { format!("{path}/") };
    if path.trim_matches(['/', ' ']).is_empty() {
        return Err("it is the front page".to_owned());
    }
    Route::old_page(&path).map_err(|error| error.to_string())
}

/// The segments of a path; like `split('/')`, but several times as fast.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    slashes(path).chain([path.len()]).map(move |end| {
        let segment = &path[start..end];
        start = end + 1;
        segment
    })
}

fn slashes(path: &str) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'/', path.as_bytes())
}

/// The folders above a file, outermost first: `a` and `a/b` for `a/b/c.html`.
pub fn folders(path: &str) -> impl Iterator<Item = &str> {
    slashes(path).map(|end| &path[..end])
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

/// The site's URL: scheme, host, and the path prefix below which it is published.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    origin: String,
    prefix: String,
}

impl BaseUrl {
    /// Parses `https://example.org` or `https://example.org/news/`, with or without a trailing slash.
    pub fn parse(text: &str) -> Result<BaseUrl, &'static str> {
        let web = |(scheme, _): &(&str, &str)| ["https", "http"].iter().any(|web| web.eq_ignore_ascii_case(scheme));
        let Some((_, rest)) = text.split_once("://").filter(web) else {
            return Err("it must begin with https:// or http://");
        };
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // Normalized as programs compare URLs: lower case, Punycode, no default port.
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-.:[]_".contains(c));
        let origin = is_host.then(|| ::url::Url::parse(&text[..text.len() - path.len()]).ok()).flatten();
        let Some(origin) = origin else { return Err("it has no valid host name") };
        if !path.is_ascii() {
            return Err("write its path percent-encoded");
        }
        if path.contains(['?', '#', '\\', ' ', '"', '\'', '&', '<', '>', '`']) || path.chars().any(char::is_control) {
            return Err("its path must not contain a query, fragment or space");
        }
        if path.split('/').any(|part| part == "." || part == "..") || path.trim_end_matches('/').contains("//") {
            return Err("its path must not contain `.`, `..` or an empty part");
        }
        let origin = origin.origin().ascii_serialization();
        Ok(BaseUrl { origin, prefix: format!("{}/", path.trim_end_matches('/')) })
    }

    /// Scheme and host, without a trailing slash: `https://example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, without a port: `example.org`.
    pub fn host(&self) -> &str {
        let host = self.origin.split("://").last().unwrap_or_default();
        match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => host,
        }
    }

    /// The path prefix of the site, with a slash at both ends: `/` or `/news/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The root-relative URL of a route: `/news/world/vote/`.
    pub fn path(&self, route: &Route) -> String {
        match route.is_plain {
            true => [self.prefix.as_str(), route.path()].concat(),
            false => self.path_of(route.path()),
        }
    }

    /// The root-relative URL of a path below the site's root.
    pub fn path_of(&self, path: &str) -> String {
        if is_plain(path) {
            return [self.prefix.as_str(), path].concat();
        }
        let mut url = String::with_capacity(self.prefix.len() + path.len());
        url.push_str(&self.prefix);
        url.extend(utf8_percent_encode(path, PATH));
        url
    }

    /// The absolute URL of a route: `https://example.org/news/world/vote/`.
    pub fn url(&self, route: &Route) -> String {
        self.absolute(&self.path(route))
    }

    /// The absolute URL of a root-relative one.
    pub fn absolute(&self, root_relative: &str) -> String {
        [self.origin.as_str(), root_relative].concat()
    }
}

/// The reason that a URL is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlError {
    /// A scheme that can run code or doesn't belong on a published page.
    Scheme(String),
    /// A space or control character.
    BadCharacter,
    /// It is empty.
    Empty,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::Scheme(scheme) => write!(f, "the scheme `{scheme}:` is not allowed"),
            UrlError::BadCharacter => write!(f, "it contains a control character"),
            UrlError::Empty => write!(f, "it is empty"),
        }
    }
}

/// URL schemes that may be published; all others (`javascript:`, `data:`, `vbscript:`, …) are refused.
pub const SAFE_SCHEMES: &[&str] = &[
    "http", "https", "mailto", "tel", "sms", "geo", "ftp", "sftp", "xmpp", "irc", "ircs", "matrix", "magnet", "signal",
    "webcal", "bitcoin", "doi", "urn", "tag",
];

/// A hint that lists allowed URLs.
pub const SAFE_URLS: &str = "use https, http or mailto; URLs that could run code are never published";

/// The scheme of a URL as browsers parse it (WHATWG URL: leading spaces and controls, tabs and line ends
/// are skipped), in lower case; `None` for a relative URL.
pub fn scheme(url: &str) -> Option<String> {
    let mut scheme = String::new();
    for letter in url.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).skip_while(|&c| c <= ' ') {
        match letter {
            ':' if !scheme.is_empty() => return Some(scheme),
            'a'..='z' | 'A'..='Z' => scheme.push(letter.to_ascii_lowercase()),
            '0'..='9' | '+' | '-' | '.' if !scheme.is_empty() => scheme.push(letter),
            _ => return None,
        }
    }
    None
}

/// Resolves a link on the page with the absolute URL `page` (RFC 3986, section 5.2; dot segments are not
/// removed).
///
/// ```
/// use presswork::route::absolute;
/// let page = "https://example.org/news/vote/";
/// assert_eq!(absolute(page, "/news/"), "https://example.org/news/");
/// assert_eq!(absolute(page, "#result"), "https://example.org/news/vote/#result");
/// assert_eq!(absolute(page, "map.png"), "https://example.org/news/vote/map.png");
/// assert_eq!(absolute(page, "//example.com/"), "https://example.com/");
/// assert_eq!(absolute(page, "mailto:desk@example.org"), "mailto:desk@example.org");
/// ```
pub fn absolute(page: &str, url: &str) -> String {
    if scheme(url).is_some() {
        return url.to_owned();
    }
    let host = page.find("://").map_or(0, |at| at + 3);
    let path = page[host..].find('/').map_or(page.len(), |at| host + at);
    let before = match url.as_bytes() {
        [b'/', b'/', ..] => &page[..host.saturating_sub(2)],
        [b'/', ..] => &page[..path],
        [] | [b'#' | b'?', ..] => page,
        _ => &page[..page[path..].rfind('/').map_or(page.len(), |at| path + at + 1)],
    };
    [before, url].concat()
}

/// Characters that URLs can't contain (RFC 3986, section 2), and those with a meaning in hosts'
/// configuration files: quotes and `$`. A `%` is assumed to begin an existing escape.
const URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'\'')
    .add(b'$')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Percent-encodes the characters of a hand-written URL that URLs can't contain.
pub fn encoded_url(url: &str) -> String {
    utf8_percent_encode(url, URL).to_string()
}

/// Checks that following the URL can't run code in the page.
pub fn check_url(url: &str) -> Result<(), UrlError> {
    if url.trim().is_empty() {
        return Err(UrlError::Empty);
    }
    if let Some(scheme) = scheme(url)
        && !SAFE_SCHEMES.contains(&scheme.as_str())
    {
        return Err(UrlError::Scheme(scheme));
    }
    if url.chars().any(char::is_control) { Err(UrlError::BadCharacter) } else { Ok(()) }
}
