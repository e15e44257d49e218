//! The services whose pages can be embedded: the forms of their URLs, and the frames that show them.
//!
//! URLs and copied frames of known services (`markdown/embeds/urls.rs`) are calls of the embed `_service`. `read` notes
//! the origins of their frames, so that the Content-Security-Policy allows what public texts need and nothing else.

mod shortened;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(super) use shortened::shortened;

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

/// A service.
struct Service {
    name: &'static str,
    forms: &'static [UrlForm],
}

/// A kind of page of a service.
struct UrlForm {
    /// The patterns of its URLs, a host and a path. `{n}` stands for digits, `{id}` for an id, `{user}` for an account,
    /// `{host}` for any host, `{kind:a|b}` for one of several words, `{part}` for any segment, which is encoded, `{url}`
    /// for the encoded URL of such a page, and `*` for further segments. Other parameters of the query are ignored.
    urls: &'static [&'static str],
    /// The page's URL.
    link: &'static str,
    /// The frame's URL. `{link}` is the page's, encoded.
    frame: &'static str,
    /// The frame's height in pixels; 0 for the shape of a video.
    height: u16,
    /// The ends of both URLs if the written one names a second to start at, which replaces `{start}`.
    start: Option<(&'static str, &'static str)>,
}

/// A kind of page without a start.
const PAGE: UrlForm = UrlForm { urls: &[], link: "", frame: "", height: 0, start: None };

/// All services. The first matching form counts, so a pattern for any host comes last.
const SERVICES: &[Service] = &[
    Service {
        name: "YouTube",
        forms: &[
            UrlForm {
                urls: &[
                    "youtube.com/playlist?list={id}",
                    "youtube.com/embed/videoseries?list={id}",
                    "youtube-nocookie.com/embed/videoseries?list={id}",
                ],
                link: "https://www.youtube.com/playlist?list={id}",
                frame: "https://www.youtube-nocookie.com/embed/videoseries?list={id}&autoplay=1",
                ..PAGE
            },
            UrlForm {
                urls: &[
                    "youtube.com/watch?v={id}",
                    "youtu.be/{id}",
                    "youtube.com/{kind:shorts|live|embed|v}/{id}",
                    "youtube-nocookie.com/embed/{id}",
                ],
                link: "https://www.youtube.com/watch?v={id}",
                frame: "https://www.youtube-nocookie.com/embed/{id}?autoplay=1",
                start: Some(("&t={start}s", "&start={start}")),
                ..PAGE
            },
        ],
    },
    Service {
        name: "Vimeo",
        forms: &[
            // Unlisted videos have a key beside their number.
            UrlForm {
                urls: &["vimeo.com/{n}/{id}", "player.vimeo.com/video/{n}?h={id}"],
                link: "https://vimeo.com/{n}/{id}",
                frame: "https://player.vimeo.com/video/{n}?h={id}&dnt=1&autoplay=1",
                start: VIMEO_START,
                ..PAGE
            },
            UrlForm {
                urls: &[
                    "vimeo.com/{n}",
                    "vimeo.com/channels/{id}/{n}",
                    "vimeo.com/groups/{id}/videos/{n}",
                    "player.vimeo.com/video/{n}",
                ],
                link: "https://vimeo.com/{n}",
                frame: "https://player.vimeo.com/video/{n}?dnt=1&autoplay=1",
                start: VIMEO_START,
                ..PAGE
            },
        ],
    },
    Service {
        name: "Bluesky",
        forms: &[UrlForm {
            urls: &["bsky.app/profile/{user}/post/{id}", "embed.bsky.app/embed/{user}/app.bsky.feed.post/{id}"],
            link: "https://bsky.app/profile/{user}/post/{id}",
            frame: "https://embed.bsky.app/embed/{user}/app.bsky.feed.post/{id}",
            height: 480,
            ..PAGE
        }],
    },
    Service {
        name: "X",
        forms: &[
            UrlForm {
                urls: &[
                    "x.com/i/web/status/{n}/*",
                    "twitter.com/i/web/status/{n}/*",
                    "platform.twitter.com/embed/Tweet.html?id={n}",
                ],
                link: "https://x.com/i/status/{n}",
                frame: TWEET,
                height: 550,
                ..PAGE
            },
            UrlForm {
                urls: &["x.com/{user}/{kind:status|statuses}/{n}/*", "twitter.com/{user}/{kind:status|statuses}/{n}/*"],
                link: "https://x.com/{user}/status/{n}",
                frame: TWEET,
                height: 550,
                ..PAGE
            },
        ],
    },
    Service {
        name: "Instagram",
        forms: &[
            UrlForm {
                urls: &["instagram.com/{kind:reel|reels}/{id}/*", "instagram.com/{user}/reel/{id}/*"],
                link: "https://www.instagram.com/reel/{id}/",
                frame: "https://www.instagram.com/reel/{id}/embed/captioned/",
                height: 860,
                ..PAGE
            },
            UrlForm {
                urls: &["instagram.com/{kind:p|tv}/{id}/*", "instagram.com/{user}/p/{id}/*"],
                link: "https://www.instagram.com/p/{id}/",
                frame: "https://www.instagram.com/p/{id}/embed/captioned/",
                height: 720,
                ..PAGE
            },
        ],
    },
    Service {
        name: "TikTok",
        forms: &[
            UrlForm {
                urls: &["tiktok.com/@{user}/{kind:video|photo}/{n}"],
                link: "https://www.tiktok.com/@{user}/{kind}/{n}",
                frame: TIKTOK,
                height: 740,
                ..PAGE
            },
            UrlForm {
                urls: &["tiktok.com/embed/v2/{n}", "tiktok.com/embed/{n}", "tiktok.com/player/v1/{n}"],
                link: TIKTOK,
                frame: TIKTOK,
                height: 740,
                ..PAGE
            },
        ],
    },
    Service {
        name: "Facebook",
        forms: &[
            UrlForm {
                urls: &["facebook.com/watch?v={n}"],
                link: "https://www.facebook.com/watch/?v={n}",
                frame: FACEBOOK_VIDEO,
                ..PAGE
            },
            UrlForm {
                urls: &["facebook.com/{user}/videos/{n}", "facebook.com/{user}/videos/{id}/{n}"],
                link: "https://www.facebook.com/{user}/videos/{n}/",
                frame: FACEBOOK_VIDEO,
                ..PAGE
            },
            UrlForm {
                urls: &["facebook.com/reel/{n}"],
                link: "https://www.facebook.com/reel/{n}/",
                frame: FACEBOOK_VIDEO,
                height: 740,
                ..PAGE
            },
            UrlForm { urls: &["fb.watch/{id}"], link: "https://fb.watch/{id}/", frame: FACEBOOK_VIDEO, ..PAGE },
            UrlForm {
                urls: &["facebook.com/{user}/posts/{id}", "facebook.com/{user}/posts/{slug}/{id}"],
                link: "https://www.facebook.com/{user}/posts/{id}",
                frame: FACEBOOK_POST,
                height: 600,
                ..PAGE
            },
            UrlForm {
                urls: &["facebook.com/{kind:permalink.php|story.php}?story_fbid={id}&id={n}"],
                link: "https://www.facebook.com/permalink.php?story_fbid={id}&id={n}",
                frame: FACEBOOK_POST,
                height: 600,
                ..PAGE
            },
            // The code that its page offers to copy.
            UrlForm { urls: &["facebook.com/plugins/{kind:post.php|video.php}?href={url}"], ..PAGE },
        ],
    },
    Service {
        name: "SoundCloud",
        forms: &[
            UrlForm { urls: &["w.soundcloud.com/player?url={url}"], ..PAGE },
            UrlForm {
                urls: &["api.soundcloud.com/{kind:tracks|playlists}/{part}"],
                link: "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2F{kind}%2F{part}",
                frame: "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2F{kind}%2F{part}&auto_play=true",
                height: 166,
                ..PAGE
            },
            UrlForm {
                urls: &["soundcloud.com/{user}/sets/{id}"],
                link: "https://soundcloud.com/{user}/sets/{id}",
                frame: SOUNDCLOUD,
                height: 450,
                ..PAGE
            },
            UrlForm {
                urls: &["soundcloud.com/{user}/{id}"],
                link: "https://soundcloud.com/{user}/{id}",
                frame: SOUNDCLOUD,
                height: 166,
                ..PAGE
            },
        ],
    },
    Service {
        name: "Spotify",
        forms: &[
            UrlForm {
                urls: &[
                    "open.spotify.com/{kind:track|episode}/{id}",
                    "open.spotify.com/{locale}/{kind:track|episode}/{id}",
                ],
                link: SPOTIFY,
                frame: SPOTIFY_FRAME,
                height: 152,
                ..PAGE
            },
            UrlForm {
                urls: &[
                    "open.spotify.com/{kind:album|artist|playlist|show}/{id}",
                    "open.spotify.com/{locale}/{kind:album|artist|playlist|show}/{id}",
                ],
                link: SPOTIFY,
                frame: SPOTIFY_FRAME,
                height: 352,
                ..PAGE
            },
        ],
    },
    Service {
        name: "Datawrapper",
        forms: &[
            UrlForm {
                urls: &["datawrapper.dwcdn.net/{id}/{n}"],
                link: "https://datawrapper.dwcdn.net/{id}/{n}/",
                frame: "https://datawrapper.dwcdn.net/{id}/{n}/",
                height: 450,
                ..PAGE
            },
            UrlForm {
                urls: &["datawrapper.dwcdn.net/{id}", "datawrapper.de/_/{id}"],
                link: "https://datawrapper.dwcdn.net/{id}/",
                frame: "https://datawrapper.dwcdn.net/{id}/",
                height: 450,
                ..PAGE
            },
        ],
    },
    Service {
        name: "Flourish",
        forms: &[UrlForm {
            urls: &[
                "flo.uri.sh/{kind:visualisation|story}/{n}/embed",
                "public.flourish.studio/{kind:visualisation|story}/{n}",
            ],
            link: "https://public.flourish.studio/{kind}/{n}/",
            frame: "https://flo.uri.sh/{kind}/{n}/embed",
            height: 600,
            ..PAGE
        }],
    },
    Service {
        name: "Mastodon",
        forms: &[UrlForm {
            urls: &["{host}/@{user}/{n}", "{host}/@{user}/{n}/embed", "{host}/users/{user}/statuses/{n}"],
            link: "https://{host}/@{user}/{n}",
            frame: "https://{host}/@{user}/{n}/embed",
            height: 480,
            ..PAGE
        }],
    },
];

const VIMEO_START: Option<(&str, &str)> = Some(("#t={start}s", "#t={start}s"));
const TWEET: &str = "https://platform.twitter.com/embed/Tweet.html?dnt=true&id={n}";
const TIKTOK: &str = "https://www.tiktok.com/embed/v2/{n}";
const FACEBOOK_VIDEO: &str = "https://www.facebook.com/plugins/video.php?href={link}&autoplay=true";
const FACEBOOK_POST: &str = "https://www.facebook.com/plugins/post.php?href={link}&show_text=true";
const SOUNDCLOUD: &str = "https://w.soundcloud.com/player/?url={link}&auto_play=true";
const SPOTIFY: &str = "https://open.spotify.com/{kind}/{id}";
const SPOTIFY_FRAME: &str = "https://open.spotify.com/embed/{kind}/{id}";

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
            Some("{host}") if !self.is_of_known_host() => captures.push(("host", Cow::Owned(self.host.clone()))),
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

    /// True if a pattern names the host: then a page that matches none of its patterns is not tried with other services.
    fn is_of_known_host(&self) -> bool {
        let mut patterns = SERVICES.iter().flat_map(|service| service.forms).flat_map(|form| form.urls);
        patterns.any(|pattern| is_same_host(&self.host, pattern.split('/').next().unwrap_or(pattern)))
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
