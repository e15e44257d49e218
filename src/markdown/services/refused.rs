//! URLs of services that become no embed although they look like one, and why.

use super::{WebUrl, is_same_host};

/// The shortened URLs: a host, or a host and the first segment of a path, and the service.
const SHORTENED: &[(&str, &str)] = &[
    ("vm.tiktok.com", "TikTok"),
    ("vt.tiktok.com", "TikTok"),
    ("tiktok.com/t", "TikTok"),
    ("t.co", "X"),
    ("spotify.link", "Spotify"),
    ("on.soundcloud.com", "SoundCloud"),
    ("facebook.com/share", "Facebook"),
    ("fb.me", "Facebook"),
];

/// The URLs of editors, which only their users can open.
const EDITORS: &[(&str, &str)] = &[("app.datawrapper.de", "Datawrapper"), ("app.flourish.studio", "Flourish")];

/// The URLs of posts that disappear after a day.
const PASSING: &[(&str, &str)] = &[("instagram.com/stories", "Instagram"), ("facebook.com/stories", "Facebook")];

/// The reason why a URL of a service becomes no embed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::markdown) enum Refusal {
    /// It doesn't say what it leads to.
    Shortened,
    /// Only its author can open it.
    Editor,
    /// It leads nowhere after a day.
    Passing,
    /// It is no page that the service shows in a frame, or its form is unknown.
    Unknown,
}

/// Why a URL that is no embed looks like one, and of which service; `None` for all other URLs.
pub(in crate::markdown) fn refusal(url: &str) -> Option<(Refusal, &'static str)> {
    let url = WebUrl::parse(url)?;
    let first = url.segments.first()?;
    let is_of = |place: &str| {
        let (host, folder) = place.split_once('/').map_or((place, None), |(host, folder)| (host, Some(folder)));
        is_same_host(&url.host, host) && folder.is_none_or(|folder| *first == folder)
    };
    let known = [(Refusal::Shortened, SHORTENED), (Refusal::Editor, EDITORS), (Refusal::Passing, PASSING)];
    let known = known.iter().find_map(|(refusal, places)| {
        places.iter().find(|(place, _)| is_of(place)).map(|(_, service)| (*refusal, *service))
    });
    // A single segment is an account, or the service's own page.
    known.or_else(|| Some((Refusal::Unknown, url.service().filter(|_| url.segments.len() > 1)?)))
}
