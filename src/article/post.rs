//! `comments_thread:` of a story: a post on Mastodon or Bluesky whose replies are shown on a click.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::urls::is_host_with_port;

/// A post whose replies can be read without an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentsPost {
    /// The network.
    pub network: PostNetwork,
    /// The host of the post's page.
    pub host: String,
    /// The origin that answers.
    pub server: String,
    /// The URL of the replies as JSON, at that origin.
    pub replies: String,
}

/// A network with public replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostNetwork {
    /// Mastodon, and servers with its API: <https://docs.joinmastodon.org/methods/statuses/#context>.
    Mastodon,
    /// Bluesky: <https://docs.bsky.app/docs/api/app-bsky-feed-get-post-thread>.
    Bluesky,
}

impl PostNetwork {
    /// The word for it in templates.
    pub fn as_str(self) -> &'static str {
        match self {
            PostNetwork::Mastodon => "mastodon",
            PostNetwork::Bluesky => "bluesky",
        }
    }
}

/// The server that answers for all of Bluesky.
const BLUESKY: &str = "https://public.api.bsky.app";

impl CommentsPost {
    /// Parses the URL of a post: `https://mastodon.example/@name/109`, `https://bsky.app/profile/name/post/3k`.
    ///
    /// ```
    /// use presswork::article::CommentsPost;
    /// let post = CommentsPost::parse("https://mastodon.example/@lin/109").expect("a post");
    /// assert_eq!(post.replies, "https://mastodon.example/api/v1/statuses/109/context");
    /// for url in ["https://mastodon.example/@lin", "https://.../@lin/109", "https://a:b:c/@lin/109"] {
    ///     assert_eq!(CommentsPost::parse(url), None);
    /// }
    /// ```
    pub fn parse(url: &str) -> Option<CommentsPost> {
        let (host, path) = url.trim().strip_prefix("https://")?.split_once('/')?;
        // It stands in the Content-Security-Policy.
        if !is_host_with_port(host) {
            return None;
        }
        let host = host.to_ascii_lowercase();
        let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
        let parts: Vec<&str> = path.split('/').collect();
        let is_id = |id: &str, is_part: fn(&u8) -> bool| !id.is_empty() && id.bytes().all(|byte| is_part(&byte));
        if host == "bsky.app" {
            let ["profile", name, "post", id] = parts[..] else { return None };
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
            let is_valid = is_id(name, is_name) && is_id(id, u8::is_ascii_alphanumeric);
            let post = format!("at://{name}/app.bsky.feed.post/{id}");
            let post = utf8_percent_encode(&post, NON_ALPHANUMERIC);
            return is_valid.then(|| CommentsPost {
                network: PostNetwork::Bluesky,
                host,
                server: BLUESKY.to_owned(),
                replies: format!("{BLUESKY}/xrpc/app.bsky.feed.getPostThread?uri={post}&depth=6"),
            });
        }
        let id = match parts[..] {
            [name, id] if name.starts_with('@') && name.len() > 1 => id,
            ["users", _, "statuses", id] => id,
            _ => return None,
        };
        let server = format!("https://{host}");
        is_id(id, u8::is_ascii_digit).then(|| CommentsPost {
            network: PostNetwork::Mastodon,
            host,
            replies: format!("{server}/api/v1/statuses/{id}/context"),
            server,
        })
    }
}
