//! The services whose pages can be embedded: the forms of their URLs, and the frames that show them.
//!
//! URLs and copied frames of known services (`markdown/embeds/urls.rs`) are calls of the embed `_service`. `read` notes
//! the origins of their frames, so that the Content-Security-Policy allows what public texts need and nothing else.

mod refused;
mod table;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use table::{SERVICES, Service, UrlForm};

pub(super) use refused::{Refusal, refusal};

/// A page of a service that a text names by its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServicePage {
    /// The service's name.
    pub service: &'static str,
    /// The URL of the page, without what only tracks readers.
    pub link: String,
    /// The URL of the frame that shows it.
    pub frame: String,
    /// The frame's height in pixels; 0 for the shape of a video.
    pub height: u16,
}

/// Characters that are encoded in a parameter: all but RFC 3986's "unreserved" (section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Hosts of the same service that show the same pages.
const ALIKE: &[&str] = &["www.", "m.", "mobile.", "web."];

/// True if the URL alone on a line becomes an embed.
pub fn is_service_url(url: &str) -> bool {
    page(url).is_some()
}

/// The page of a service that a URL names; `None` for all other URLs.
pub(super) fn page(url: &str) -> Option<ServicePage> {
    page_within(url, SERVICES, true)
}

/// The page of one of these services. A URL inside a URL is followed once.
fn page_within(url: &str, services: &[Service], may_contain_url: bool) -> Option<ServicePage> {
    let url = WebUrl::parse(url)?;
    services.iter().find_map(|service| {
        service.forms.iter().find_map(|form| {
            let captures = form.urls.iter().find_map(|pattern| url.captures(pattern))?;
            if let Some((_, inner)) = captures.iter().find(|(name, _)| *name == "url") {
                let inner = percent_decode_str(inner).decode_utf8().ok().filter(|_| may_contain_url)?;
                return page_within(&inner, std::slice::from_ref(service), false);
            }
            Some(form.page(service.name, &url, captures))
        })
    })
}

/// Parts of a URL by the names of their places in a pattern.
type Captures<'u> = Vec<(&'static str, Cow<'u, str>)>;

impl UrlForm {
    fn page(&self, service: &'static str, url: &WebUrl<'_>, mut captures: Captures<'_>) -> ServicePage {
        let (mut link, mut frame) = (filled(self.link, &captures), self.frame.to_owned());
        if let Some((starts, seconds)) = self.start.zip(url.start()) {
            captures.push(("start", Cow::Owned(seconds.to_string())));
            link.push_str(&filled(starts.0, &captures));
            frame.push_str(starts.1);
        }
        captures.push(("link", utf8_percent_encode(&link, ENCODED).to_string().into()));
        let frame = filled(&frame, &captures);
        ServicePage { service, link, frame, height: self.height }
    }
}

fn filled(pattern: &str, captures: &Captures<'_>) -> String {
    captures.iter().fold(pattern.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A URL on the web, in parts.
struct WebUrl<'u> {
    /// The host in lower case.
    host: String,
    segments: Vec<&'u str>,
    query: &'u str,
    fragment: &'u str,
}

impl<'u> WebUrl<'u> {
    /// Splits a URL; `None` if it has no plain host, or characters that no copied URL has.
    fn parse(url: &'u str) -> Option<WebUrl<'u>> {
        let rest = ["https://", "http://", "//"].iter().find_map(|scheme| {
            url.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &url[scheme.len()..])
        })?;
        let is_foreign = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
        if rest.contains(is_foreign) {
            return None;
        }
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        let has_domain = host.rsplit_once('.').is_some_and(|(name, last)| {
            !name.is_empty() && last.len() > 1 && last.bytes().any(|byte| byte.is_ascii_alphabetic())
        });
        if !has_domain || !host.bytes().all(is_of_host) {
            return None;
        }
        let segments = path.split('/').filter(|segment| !segment.is_empty()).collect();
        Some(WebUrl { host: host.to_ascii_lowercase(), segments, query, fragment })
    }

    /// The parts of the URL that a pattern names; `None` if they don't match.
    fn captures(&self, pattern: &'static str) -> Option<Captures<'u>> {
        let (place, query) = pattern.split_once('?').unwrap_or((pattern, ""));
        let mut places = place.split('/');
        let mut captures: Captures<'u> = Vec::new();
        match places.next() {
            Some("{host}") if self.service().is_none() => captures.push(("host", Cow::Owned(self.host.clone()))),
            Some(host) if is_same_host(&self.host, host) => {}
            _ => return None,
        }
        let mut segments = self.segments.iter();
        for place in places {
            if place == "*" {
                segments = [].iter();
                break;
            }
            captures.extend(captured(place, segments.next()?)?);
        }
        if segments.next().is_some() {
            return None;
        }
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, place) = parameter.split_once('=')?;
            captures.extend(captured(place, self.parameter(name)?)?);
        }
        Some(captures)
    }

    /// The service whose patterns name the host: then a page that matches none of them is not tried with other services.
    fn service(&self) -> Option<&'static str> {
        let names_host = |form: &UrlForm| {
            form.urls.iter().any(|pattern| is_same_host(&self.host, pattern.split('/').next().unwrap_or(pattern)))
        };
        SERVICES.iter().find(|service| service.forms.iter().any(names_host)).map(|service| service.name)
    }

    fn parameter(&self, name: &str) -> Option<&'u str> {
        // URLs that were copied from HTML may be escaped.
        let parameters = self.query.split('&').map(|parameter| parameter.strip_prefix("amp;").unwrap_or(parameter));
        parameters
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The second at which to start: `90`, `90s` or `1h2m3s`.
    fn start(&self) -> Option<u32> {
        let written = ["t", "start", "time_continue"].iter().find_map(|name| self.parameter(name));
        let written = written.or_else(|| self.fragment.strip_prefix("t="))?;
        let mut seconds: u32 = 0;
        let mut number = String::new();
        for letter in written.chars() {
            let unit = match letter {
                '0'..='9' => {
                    number.push(letter);
                    continue;
                }
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            seconds = seconds.checked_add(std::mem::take(&mut number).parse::<u32>().ok()?.checked_mul(unit)?)?;
        }
        let rest = if number.is_empty() { 0 } else { number.parse().ok()? };
        seconds.checked_add(rest).filter(|&seconds| seconds > 0)
    }
}

fn is_same_host(host: &str, known: &str) -> bool {
    host == known || ALIKE.iter().any(|alike| host.strip_prefix(alike) == Some(known))
}

/// The capture of a place in a pattern, none for fixed words; `None` if the part of the URL doesn't fit.
fn captured<'u>(place: &'static str, part: &'u str) -> Option<Option<(&'static str, Cow<'u, str>)>> {
    let Some((before, name)) = place.strip_suffix('}').and_then(|place| place.split_once('{')) else {
        return (place == part).then_some(None);
    };
    let value = part.strip_prefix(before)?;
    let (name, words) = name.split_once(':').unwrap_or((name, ""));
    let are_all = |is_allowed: fn(u8) -> bool| !value.is_empty() && value.bytes().all(is_allowed);
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = match name {
        "kind" => words.split('|').any(|word| word == value),
        "n" => are_all(|byte| byte.is_ascii_digit()),
        "url" | "part" => !value.is_empty(),
        "user" => !value.starts_with('.') && are_all(|byte| byte.is_ascii_alphanumeric() || b"-_.:@".contains(&byte)),
        _ => are_all(is_of_id),
    };
    let value = match name {
        "part" => Cow::Owned(utf8_percent_encode(value, ENCODED).to_string()),
        _ => Cow::Borrowed(value),
    };
    fits.then_some(Some((name, value)))
}
