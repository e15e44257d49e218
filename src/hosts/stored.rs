//! The headers that stores keep with each file, by the same rules as the files for hosts.

use crate::config::Config;
use crate::media::media_type;
use crate::plan::Class;

use super::headers::{HOUR, IMMUTABLE, SHORT, SHORT_LIVED, pages_caching};
use super::{HOST_FILES, HOST_FOLDERS};

/// The headers with which a store answers requests for a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoredHeaders {
    /// The media type, with the character set of texts.
    pub content_type: String,
    /// The period in which browsers and CDNs may keep it; `None` leaves that to the store.
    pub cache_control: Option<String>,
    /// The compression of the bytes, if they are compressed.
    pub content_encoding: Option<&'static str>,
}

impl StoredHeaders {
    /// The headers of a published file of a class, by its route.
    pub fn of(route: &str, class: Class, config: &Config) -> StoredHeaders {
        let is_short = SHORT_LIVED.iter().any(|extension| has_extension(route, extension));
        let cache_control = match class {
            Class::Asset | Class::SearchIndex => Some(IMMUTABLE),
            _ if is_short => pages_caching(config).unwrap_or(Some(SHORT)),
            _ => Some(HOUR),
        };
        // A compressed drawing: browsers show it only if they know that it is one.
        let (content_type, content_encoding) = match has_extension(route, "svgz") {
            true => ("image/svg+xml; charset=utf-8".to_owned(), Some("gzip")),
            false => (media_type(route), None),
        };
        StoredHeaders { content_type, cache_control: cache_control.map(str::to_owned), content_encoding }
    }

    /// The headers of files that are for Presswork alone.
    pub fn private() -> StoredHeaders {
        StoredHeaders {
            content_type: "application/octet-stream".to_owned(),
            cache_control: Some("no-store".to_owned()),
            content_encoding: None,
        }
    }
}

fn has_extension(route: &str, extension: &str) -> bool {
    route.rsplit_once('.').is_some_and(|(_, written)| written.eq_ignore_ascii_case(extension))
}

/// True for a file that only web servers and hosts read. They hide it from readers; a store would show it.
pub fn is_host_file(route: &str) -> bool {
    let first = route.split('/').next().unwrap_or(route);
    HOST_FOLDERS.contains(&first) || HOST_FILES.contains(&route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caching_follows_the_class_and_the_configuration() {
        let config = |more: &str| {
            let text = format!("title: T\nbase_url: https://example.org\n{more}");
            crate::config::parse(&text).value.unwrap()
        };
        let own = config("");
        let caching = |config, route, class| StoredHeaders::of(route, class, config).cache_control;
        assert_eq!(caching(&own, "assets/site.1a2b.css", Class::Asset).as_deref(), Some(IMMUTABLE));
        assert_eq!(caching(&own, "a/index.html", Class::Content).as_deref(), Some(SHORT));
        assert_eq!(caching(&own, "rss.xml", Class::Feed).as_deref(), Some(SHORT));
        assert_eq!(caching(&own, "a/crane.JPG", Class::Copy).as_deref(), Some(HOUR));
        let longer = config("headers: {cache-control: max-age=300}\n");
        assert_eq!(caching(&longer, "a/index.html", Class::Content).as_deref(), Some("max-age=300"));
        assert_eq!(caching(&longer, "assets/site.1a2b.css", Class::Asset).as_deref(), Some(IMMUTABLE));
        let left = config("headers: {Cache-Control: null}\n");
        assert_eq!(caching(&left, "a/index.html", Class::Content), None);
    }

    #[test]
    fn types_and_encodings_are_those_of_the_files() {
        let config = crate::config::parse("title: T\nbase_url: https://example.org\n").value.unwrap();
        let headers = |route| StoredHeaders::of(route, Class::Copy, &config);
        assert_eq!(headers("map.svgz").content_encoding, Some("gzip"));
        assert_eq!(headers("map.svgz").content_type, "image/svg+xml; charset=utf-8");
        for (route, expected) in [
            ("a/index.html", "text/html; charset=utf-8"),
            ("rss.xml", "application/rss+xml; charset=utf-8"),
            ("a/crane.webp", "image/webp"),
            ("a/unknown.harbour", "application/octet-stream"),
        ] {
            assert_eq!(headers(route).content_type, expected);
        }
    }

    #[test]
    fn host_files_are_recognized() {
        for (route, expected) in
            [(".nginx/http.conf", true), ("_headers", true), ("a/_headers", false), (".well-known/security.txt", false)]
        {
            assert_eq!(is_host_file(route), expected, "{route}");
        }
    }
}
