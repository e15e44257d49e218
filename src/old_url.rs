//! Parses old URLs in `aliases` and `redirects.yaml`: a path, a path with a query, or a whole folder.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::route::{Route, alias_route};

/// A URL at which this site once had a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OldUrl {
    /// A path: `/2018/old-name/`.
    Path(Route),
    /// A path with query parameters: `/?p=417`.
    Query(QueryUrl),
    /// Everything below a folder: `/2009/*`. The path of the folder below the site's root, decoded, with
    /// a trailing slash.
    Below(String),
}

/// A path requested with certain parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueryUrl {
    /// The path below the site's root, decoded; empty for the front page.
    pub path: String,
    /// Names and values as browsers send them, sorted by name; names are unique, and values not empty.
    pub parameters: Vec<(String, String)>,
}

/// The reason that a text is not an old URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldUrlError {
    /// The reason: "it is empty".
    pub why: String,
    /// The fix.
    pub hint: Option<String>,
}

/// The maximum number of query parameters.
const MAX_PARAMETERS: usize = 4;

fn no(why: impl Into<String>, hint: impl Into<String>) -> OldUrlError {
    OldUrlError { why: why.into(), hint: Some(hint.into()) }
}

impl OldUrl {
    /// Parses an old URL. Paths may be percent-encoded, as browsers copy them (RFC 3986, section 6.2.2).
    ///
    /// # Errors
    /// The reason that it isn't valid, and the fix.
    pub fn parse(text: &str) -> Result<OldUrl, OldUrlError> {
        if let Some(rest) = text.find("://").map(|at| &text[at + 3..]).or_else(|| text.strip_prefix("//")) {
            let path = &rest[rest.find('/').unwrap_or(rest.len())..];
            let hint =
                format!("if it was on this site, write only its path: {}", if path.is_empty() { "/" } else { path });
            return Err(no("it is a URL, not a path on this site", hint));
        }
        if let Some((before, _)) = text.split_once('#') {
            return Err(no("hosts never receive the part after a `#`", format!("leave it out: {before}")));
        }
        match text.split_once('?') {
            Some((path, query)) => QueryUrl::parse(path, query).map(OldUrl::Query),
            None => path(text),
        }
    }
}

/// Parses the path of a page, as `url` in front matter sets it: it begins with a slash, and ends with one or in `.html`.
///
/// # Errors
/// The reason that no page can be there, and the fix.
pub fn own_path(text: &str) -> Result<Route, OldUrlError> {
    let route = match OldUrl::parse(text)? {
        OldUrl::Path(route) => {
            Route::page(route.path()).map_err(|why| OldUrlError { why: why.to_string(), hint: None })?
        }
        OldUrl::Query(_) => return Err(no("a page can't have a query", "write the part before the `?`")),
        OldUrl::Below(_) => return Err(no("it is a whole folder", "write the path of one page")),
    };
    if !text.starts_with('/') {
        return Err(no("it does not begin with a slash", format!("write /{text}")));
    }
    let path = route.path();
    match path.ends_with('/') || path.ends_with(".html") || path.ends_with(".htm") {
        true => Ok(route),
        false => Err(no("hosts would not serve it as a page", "end it with `/` or `.html`")),
    }
}

fn path(text: &str) -> Result<OldUrl, OldUrlError> {
    if text.split('/').any(|part| part.strip_prefix(':').is_some_and(|name| name.starts_with(char::is_alphabetic))) {
        let hint = "write a `*` at the end to match anything, or `%3A` for a colon";
        return Err(no("placeholders are not supported", hint));
    }
    if let Some(folder) = text.strip_suffix('*') {
        return below(folder);
    }
    if text.contains('*') {
        return Err(misplaced_star());
    }
    let decoded = decoded(text)?;
    alias_route(&decoded).map(OldUrl::Path).map_err(|why| OldUrlError { why, hint: None })
}

fn below(folder: &str) -> Result<OldUrl, OldUrlError> {
    if folder.contains('*') || !folder.ends_with('/') {
        return Err(misplaced_star());
    }
    if folder.trim_matches('/').is_empty() {
        return Err(no("it is the whole site", "name a folder: /2009/*"));
    }
    let route = alias_route(&decoded(folder)?).map_err(|why| OldUrlError { why, hint: None })?;
    Ok(OldUrl::Below(route.path().to_owned()))
}

fn misplaced_star() -> OldUrlError {
    no("`*` is only allowed at the end of a path, after a slash", "write /2009/*, or `%2A` for an asterisk")
}

/// Decodes a percent-encoded path once.
fn decoded(text: &str) -> Result<String, OldUrlError> {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let digits = rest.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return Err(no(
                "it contains a `%` without two hexadecimal digits",
                "copy it from the browser's address bar",
            ));
        };
        if byte == b'%' {
            let hint = percent_decode_str(text).decode_utf8_lossy().into_owned();
            let hint = match decoded(&hint) {
                Ok(_) => format!("it is probably encoded twice: write {hint}"),
                Err(_) => "a static host cannot serve a path with a `%`".to_owned(),
            };
            return Err(no("it contains an encoded `%`", hint));
        }
        if b"/\\?#".contains(&byte) || byte.is_ascii_control() {
            let why = format!("it has `%{byte:02X}`, which hosts do not accept in a path");
            return Err(OldUrlError { why, hint: None });
        }
        rest = &rest[at + 3..];
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => {
            let hint =
                "the old site used another encoding; hosts compare paths as UTF-8, so no rule can match this one";
            Err(no("its percent-encoding is not UTF-8", hint))
        }
    }
}

impl QueryUrl {
    fn parse(path: &str, query: &str) -> Result<QueryUrl, OldUrlError> {
        if path.contains('*') {
            return Err(no("a path with a query cannot contain `*`", "write each URL separately"));
        }
        let path = decoded(path)?;
        let path = match path.trim_matches('/').is_empty() {
            true => String::new(),
            false => alias_route(&path).map_err(|why| OldUrlError { why, hint: None })?.path().to_owned(),
        };
        let mut parameters = Vec::new();
        for pair in query.split('&') {
            let Some((name, value)) =
                pair.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty())
            else {
                return Err(no("its query has a parameter without name or value", "write it so: /?p=417"));
            };
            let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
            if !name.chars().all(is_name) {
                let why =
                    format!("the name `{}` in its query has more than letters, digits and `-_.~`", name.escape_debug());
                return Err(OldUrlError { why, hint: None });
            }
            parameters.push((name.to_owned(), value_as_sent(value)?));
        }
        parameters.sort();
        if parameters.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(no("its query has a parameter twice", "leave one out"));
        }
        if parameters.len() > MAX_PARAMETERS {
            let why = format!("its query has more than {MAX_PARAMETERS} parameters");
            return Err(no(why, "leave out those that do not identify a page"));
        }
        Ok(QueryUrl { path, parameters })
    }

    /// The query as browsers send it: `id=4&page=2`.
    pub fn text(&self) -> String {
        let pairs: Vec<String> = self.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }
}

/// A query value as browsers send it: existing encoding stays, and non-ASCII letters are encoded.
fn value_as_sent(value: &str) -> Result<String, OldUrlError> {
    let mut sent = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '*' => {
                return Err(no(
                    "`*` is not supported in a query",
                    "write each URL separately, and `%2A` for an asterisk",
                ));
            }
            _ if letter.is_ascii_alphanumeric() || "-_.~%+:/,@!;=()".contains(letter) => sent.push(letter),
            _ if letter.is_ascii() => {
                let why = format!("its query has `{}`", letter.escape_debug());
                return Err(no(why, format!("write it as `%{:02X}`", u32::from(letter))));
            }
            _ => sent.extend(utf8_percent_encode(letter.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC)),
        }
    }
    // Normalizes the digits of percent-encoding (RFC 3986, section 6.2.2.1).
    let mut rest = 0;
    while let Some(at) = sent[rest..].find('%').map(|at| rest + at) {
        let Some(digits) =
            sent.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        else {
            return Err(no("its query has a `%` without two hexadecimal digits", "write it as `%25`"));
        };
        let digits = digits.to_ascii_uppercase();
        sent.replace_range(at + 1..at + 3, &digits);
        rest = at + 3;
    }
    percent_decode_str(&sent)
        .decode_utf8()
        .map_err(|_| no("the percent-encoding in its query is not UTF-8", "write it with letters"))?;
    Ok(sent)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn path_of(text: &str) -> String {
        match OldUrl::parse(text) {
            Ok(OldUrl::Path(route)) => format!("/{}", route.path()),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn paths_are_taken_encoded_and_decoded() {
        for (written, path) in [
            ("/2019/caf%C3%A9-ouvert/", "/2019/café-ouvert/"),
            ("/2019/caf%c3%a9-ouvert", "/2019/café-ouvert/"),
            ("/2019/cafe%CC%81/", "/2019/café/"),
            ("/2019/%E6%96%B0%E9%97%BB/", "/2019/新闻/"),
            ("/a+b/", "/a+b/"),
            ("/a%2Bb%2A/", "/a+b*/"),
            ("/%6Fld/story.html", "/old/story.html"),
        ] {
            assert_eq!(path_of(written), path, "{written}");
        }
    }

    #[test]
    fn an_invalid_url_is_refused_with_a_suggestion() {
        for (written, why, hint) in [
            ("https://www.example.org/2019/x/", "it is a URL", "/2019/x/"),
            ("//example.org", "it is a URL", ": /"),
            ("/caf%E9/", "not UTF-8", "encoding"),
            ("/caf%25C3%25A9/", "encoded `%`", "/caf%C3%A9/"),
            ("/100%25/", "encoded `%`", "cannot serve"),
            ("/100%/", "two hexadecimal digits", "browser"),
            ("/x/#top", "`#`", "/x/"),
            ("/*", "whole site", "/2009/*"),
            ("/a*/", "after a slash", "/2009/*"),
            ("/a/*/b/*", "after a slash", "/2009/*"),
            ("/a*", "after a slash", "%2A"),
            ("/news/:year/:slug", "placeholders", "%3A"),
            ("/?p", "without name or value", "/?p=417"),
            ("/?", "without name or value", "/?p=417"),
            ("/?p=1&p=2", "twice", "leave"),
            ("/?p=*", "`*` is not supported", "each"),
            ("/x/*?p=1", "cannot contain `*`", "each"),
            ("/?q=a b", "its query has ` `", "%20"),
            ("/?q=100%", "two hexadecimal digits", "%25"),
        ] {
            let OldUrlError { why: found, hint: advice } = OldUrl::parse(written).unwrap_err();
            assert!(found.contains(why), "{written}: {found}");
            assert!(advice.clone().unwrap_or_default().contains(hint), "{written}: {advice:?}");
        }
        for written in ["/a%2Fb/", "/a%00b/", "/../x/", "/a//b/", "/", "/?tx[news]=4"] {
            assert!(OldUrl::parse(written).is_err(), "{written}");
        }
    }

    #[test]
    fn queries_and_folders_have_one_form() {
        let query = |text: &str| match OldUrl::parse(text).unwrap() {
            OldUrl::Query(query) => (query.path.clone(), query.text()),
            other => panic!("{other:?}"),
        };
        assert_eq!(query("/?p=417"), (String::new(), "p=417".to_owned()));
        assert_eq!(query("/index.php?view=a&id=4:x"), ("index.php".to_owned(), "id=4:x&view=a".to_owned()));
        assert_eq!(query("/blog?cat=%c3%a9"), ("blog/".to_owned(), "cat=%C3%A9".to_owned()));
        assert_eq!(OldUrl::parse("/2009/%E6%96%B0/*").unwrap(), OldUrl::Below("2009/新/".to_owned()));
    }
}
