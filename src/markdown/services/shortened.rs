//! Shortened URLs of services, which do not say what they lead to.

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

/// The service of a shortened URL; `None` for all other URLs.
pub(in crate::markdown) fn shortened(url: &str) -> Option<&'static str> {
    let url = WebUrl::parse(url)?;
    let first = url.segments.iter().copied().find(|segment| !segment.is_empty())?;
    let is_known = |known: &str| {
        let (host, folder) = known.split_once('/').map_or((known, None), |(host, folder)| (host, Some(folder)));
        is_same_host(&url.host, host) && folder.is_none_or(|folder| first == folder)
    };
    SHORTENED.iter().find(|(known, _)| is_known(known)).map(|(_, service)| *service)
}
