//! Refuses requests from pages of other sites, whatever name they use for this machine.
//!
//! Attackers can make a name of their own resolve to this machine (DNS rebinding); their page then has "this" origin. So
//! only names that nobody else can own are answered.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::header::{HOST, HeaderMap, ORIGIN};
use axum::http::{Method, StatusCode, Uri};

use super::own_pages;

/// The requests that are answered.
#[derive(Debug, Clone)]
pub struct OriginCheck {
    /// True if other machines may send requests.
    pub is_wide: bool,
    /// Further names of this machine, in lower case.
    pub names: Vec<String>,
}

impl OriginCheck {
    /// Checks a request.
    ///
    /// # Errors
    /// The status and the reason with which it is refused.
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, String)> {
        let is_change = *method == Method::POST && own_pages::has_forms(uri.path());
        if !is_change && !matches!(*method, Method::GET | Method::HEAD) {
            return Err((StatusCode::METHOD_NOT_ALLOWED, "This is a preview: only the desk has forms.".to_owned()));
        }
        let Some(host) = host_of(uri, headers) else {
            return Err((StatusCode::BAD_REQUEST, "The request does not say which host it is for.".to_owned()));
        };
        if !self.is_ours(host) {
            let name = name_of(host).escape_debug();
            let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c));
            let why = match is_name {
                true => format!(
                    "This preview is not known as `{name}`. If that is a name of this machine, start it with --host {name}."
                ),
                false => format!("`{}` is not a valid host name.", host.escape_debug()),
            };
            return Err((StatusCode::MISDIRECTED_REQUEST, why));
        }
        let refused = || Err((StatusCode::FORBIDDEN, "Pages of other sites may not load this preview.".to_owned()));
        if let Some(origin) = headers.get(ORIGIN) {
            let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
            if !authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host)) {
                return refused();
            }
        }
        // <https://www.w3.org/TR/fetch-metadata/>: another site may link here, but may not load anything into its pages.
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("sec-fetch-site") == "cross-site" && header("sec-fetch-mode") != "navigate" {
            return refused();
        }
        match is_change {
            true => self.admit_change(uri, headers),
            false => Ok(()),
        }
    }

    /// Checks a request that changes a file, beyond what every request must meet: browsers send `Origin` with each form, so
    /// one without it doesn't come from a page of this preview.
    fn admit_change(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, String)> {
        let refused = |why: &str| Err((StatusCode::FORBIDDEN, why.to_owned()));
        if !self.admits_changes(uri, headers) {
            return refused(
                "The desk changes files at localhost only, and only if the preview listens to no other machine. \
                 Edit the file, or use presswork comments.",
            );
        }
        let fetch_site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        match headers.get_all(ORIGIN).iter().count() == 1 && fetch_site.is_none_or(|site| site == "same-origin") {
            true => Ok(()),
            false => refused("Only the forms of this preview's desk may change files."),
        }
    }

    /// True if requests to this host may change files: nobody else can send one, since the preview listens on this machine
    /// alone, and under no further name, which a proxy may have.
    pub fn admits_changes(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let name = host_of(uri, headers).map(|host| name_of(host).to_ascii_lowercase()).unwrap_or_default();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
        !self.is_wide && (name == "localhost" || bare.parse().is_ok_and(is_loopback))
    }

    /// True if a host, perhaps with a port, is this machine.
    fn is_ours(&self, host: &str) -> bool {
        let name = name_of(host).to_ascii_lowercase();
        // A final dot marks a complete name (RFC 1034, section 3.1).
        let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return self.is_wide || is_loopback(address);
        }
        name == "localhost" || name.ends_with(".localhost") || self.names.contains(&name)
    }
}

/// True for a loopback address, also one of IPv4 that is mapped to IPv6.
pub fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => Ipv4Addr::is_loopback(&address),
        IpAddr::V6(address) => {
            Ipv6Addr::is_loopback(&address) || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    }
}

/// The host that a request is for, perhaps with a port; `None` if it names none or several.
fn host_of<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    let named = headers.get_all(HOST).iter().count();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|_| named == 1);
    uri.authority().map(|authority| authority.as_str()).or(host)
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(guard: &OriginCheck, headers: &[(&'static str, &str)]) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        guard.admit(&Method::GET, &Uri::from_static("/x"), &map).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn only_names_that_nobody_else_can_own_are_answered() {
        let narrow = OriginCheck { is_wide: false, names: vec!["desk.paper.example".to_owned()] };
        let wide = OriginCheck { is_wide: true, names: Vec::new() };
        for host in [
            "localhost:4000",
            "127.0.0.1:4000",
            "[::1]:4000",
            "LOCALHOST",
            "127.8.9.1",
            "paper.localhost:1",
            "localhost.",
        ] {
            assert_eq!((status(&narrow, &[("host", host)]), status(&wide, &[("host", host)])), (200, 200), "{host}");
        }
        for host in
            ["evil.example", "evil.example:4000", "localhost.evil.example", "", ".", "[::1", "127.0.0.1.evil.example"]
        {
            assert_eq!((status(&narrow, &[("host", host)]), status(&wide, &[("host", host)])), (421, 421), "{host}");
        }
        assert_eq!(status(&narrow, &[("host", "192.168.1.7:4000")]), 421);
        assert_eq!(status(&wide, &[("host", "192.168.1.7:4000")]), 200);
        assert_eq!(status(&narrow, &[("host", "desk.paper.example:80")]), 200);
        assert_eq!(status(&narrow, &[]), 400);
        assert_eq!(status(&narrow, &[("host", "localhost"), ("host", "evil.example")]), 400);
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let guard = OriginCheck { is_wide: false, names: Vec::new() };
        let asked = |more: &[(&'static str, &str)]| status(&guard, &[&[("host", "localhost:4000")], more].concat());
        assert_eq!(asked(&[("origin", "http://localhost:4000")]), 200);
        for origin in ["http://evil.example", "null", "http://localhost:5000", "http://localhost:4000.evil.example"] {
            assert_eq!(asked(&[("origin", origin)]), 403, "{origin}");
        }
        assert_eq!(asked(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]), 403);
        assert_eq!(asked(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]), 200);
        let post = guard.admit(&Method::POST, &Uri::from_static("/"), &HeaderMap::new());
        assert_eq!(post.map_err(|(status, _)| status.as_u16()), Err(405));
    }

    #[test]
    fn only_forms_of_the_preview_on_this_machine_change_files() {
        let narrow = OriginCheck { is_wide: false, names: vec!["desk.paper.example".to_owned()] };
        let wide = OriginCheck { is_wide: true, names: Vec::new() };
        let posted = |guard: &OriginCheck, path: &'static str, host: &str, more: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in [&[("host", host)], more].concat() {
                headers.append(name, value.parse().unwrap());
            }
            guard
                .admit(&Method::POST, &Uri::from_static(path), &headers)
                .map_or_else(|(status, _)| status.as_u16(), |()| 200)
        };
        let own = |host: &str| {
            let origin = format!("http://{host}");
            let headers = [("origin", &*origin), ("sec-fetch-site", "same-origin")];
            [&narrow, &wide].map(|guard| posted(guard, own_pages::DESK, host, &headers))
        };
        for host in ["localhost:4000", "127.0.0.1:4000", "[::1]:4000"] {
            assert_eq!(own(host), [200, 403], "{host}");
        }
        assert_eq!(own("desk.paper.example"), [403, 421]);
        assert_eq!(own("evil.example"), [421, 421]);
        let from = |more: &[(&'static str, &str)]| posted(&narrow, own_pages::DESK, "localhost:4000", more);
        let origin = ("origin", "http://localhost:4000");
        assert_eq!([from(&[origin]), from(&[])], [200, 403]);
        for site in ["same-site", "cross-site", "none"] {
            assert_eq!(from(&[origin, ("sec-fetch-site", site), ("sec-fetch-mode", "navigate")]), 403, "{site}");
        }
        for other in ["null", "http://localhost:4001", "http://evil.example", "http://localhost:4000.evil.example"] {
            assert_eq!(from(&[("origin", other)]), 403, "{other}");
            assert_eq!(from(&[origin, ("origin", other)]), 403, "{other}");
        }
        assert_eq!(posted(&narrow, "/_presswork/crops", "localhost:4000", &[origin]), 200);
        assert_eq!(posted(&narrow, "/_presswork/crops", "desk.paper.example", &[origin]), 403);
        for path in ["/", "/_presswork", "/_presswork/live", "/_presswork/%2e/", "//_presswork/"] {
            assert_eq!(posted(&narrow, path, "localhost:4000", &[origin]), 405, "{path}");
        }
    }
}
