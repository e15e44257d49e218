//! Extracts account names from profile URLs.

use crate::view::contract::ProfileView;

/// The fediverse account of a profile: `@user@host` (<https://docs.joinmastodon.org/user/profile/>, RFC
/// 7565).
pub(super) fn fediverse_account(profile: &ProfileView<'_>) -> Option<String> {
    if !matches!(profile.service, "mastodon" | "fediverse") {
        return None;
    }
    let (host, path) = host_and_path(&profile.url)?;
    let user = path.strip_prefix('@').or_else(|| path.strip_prefix("users/"))?;
    let user = user.trim_end_matches('/');
    // A server's page about an account on another server includes that server's name.
    let account = if user.contains('@') { format!("@{user}") } else { format!("@{user}@{host}") };
    let is_name = |user: &str| !user.is_empty() && !user.contains(['/', '?', '#']);
    is_name(user).then_some(account)
}

/// The X (formerly Twitter) account of a URL: `@name`.
pub(super) fn x_account(url: &str) -> Option<String> {
    let (host, path) = host_and_path(url)?;
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("mobile.")).unwrap_or(host);
    let name = path.trim_end_matches('/').trim_start_matches('@');
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (matches!(host, "x.com" | "twitter.com") && is_name).then(|| format!("@{name}"))
}

fn host_and_path(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    rest.split_once('/')
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn accounts_are_found_in_urls() {
        let account = |service, url: &str| {
            fediverse_account(&ProfileView { service, label: Cow::Borrowed(""), handle: "", url: url.to_owned() })
        };
        assert_eq!(account("mastodon", "https://example.social/@lin").as_deref(), Some("@lin@example.social"));
        assert_eq!(account("fediverse", "https://example.social/users/lin/").as_deref(), Some("@lin@example.social"));
        let elsewhere = account("mastodon", "https://example.social/@lin@other.example");
        assert_eq!(elsewhere.as_deref(), Some("@lin@other.example"));
        assert_eq!(account("mastodon", "https://example.social/about"), None);
        assert_eq!(account("mastodon", "https://example.social/@lin/12345"), None);
        assert_eq!(account("youtube", "https://www.youtube.com/@lin"), None);
        assert_eq!(x_account("https://twitter.com/lin_tan/").as_deref(), Some("@lin_tan"));
        assert_eq!(x_account("https://x.com/lin/status/1"), None);
        assert_eq!(x_account("https://example.com/lin"), None);
    }
}
