//! The forms of the URLs of all services, and the frames that show their pages.

/// A service.
pub(super) struct Service {
    pub name: &'static str,
    pub forms: &'static [UrlForm],
}

/// A kind of page of a service.
pub(super) struct UrlForm {
    /// The patterns of its URLs, a host and a path. `{n}` stands for digits, `{id}` for an id, `{user}` for an account,
    /// `{host}` for any host, `{kind:a|b}` for one of several words, `{part}` for any segment, which is encoded, `{url}`
    /// for the encoded URL of such a page, and `*` for further segments. Other parameters of the query are ignored.
    pub urls: &'static [&'static str],
    /// The page's URL.
    pub link: &'static str,
    /// The frame's URL. `{link}` is the page's, encoded.
    pub frame: &'static str,
    /// The frame's height in pixels; 0 for the shape of a video.
    pub height: u16,
    /// The ends of both URLs if the written one names a second to start at, which replaces `{start}`.
    pub start: Option<(&'static str, &'static str)>,
}

/// A kind of page without a start.
const PAGE: UrlForm = UrlForm { urls: &[], link: "", frame: "", height: 0, start: None };

/// All services. The first matching form counts, so a pattern for any host comes last.
pub(super) const SERVICES: &[Service] = &[
    Service {
        name: "YouTube",
        forms: &[
            UrlForm {
                urls: &[
                    "youtube.com/playlist?list={id}",
                    "music.youtube.com/playlist?list={id}",
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
                    "music.youtube.com/watch?v={id}",
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
                urls: &["vimeo.com/event/{n}", "vimeo.com/event/{n}/embed"],
                link: "https://vimeo.com/event/{n}",
                frame: "https://vimeo.com/event/{n}/embed",
                ..PAGE
            },
            UrlForm {
                urls: &[
                    "vimeo.com/{n}",
                    "vimeo.com/channels/{id}/{n}",
                    "vimeo.com/groups/{id}/videos/{n}",
                    "vimeo.com/{kind:showcase|album}/{id}/video/{n}",
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
            UrlForm {
                urls: &["facebook.com/{kind:photo|photo.php}?fbid={n}"],
                link: "https://www.facebook.com/photo/?fbid={n}",
                frame: FACEBOOK_POST,
                height: 600,
                ..PAGE
            },
            UrlForm {
                urls: &["facebook.com/groups/{user}/{kind:posts|permalink}/{n}"],
                link: "https://www.facebook.com/groups/{user}/posts/{n}/",
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
            // Private recordings have a key.
            UrlForm {
                urls: &["soundcloud.com/{user}/sets/{id}/s-{secret}"],
                link: "https://soundcloud.com/{user}/sets/{id}/s-{secret}",
                frame: SOUNDCLOUD,
                height: 450,
                ..PAGE
            },
            UrlForm {
                urls: &["soundcloud.com/{user}/{id}/s-{secret}"],
                link: "https://soundcloud.com/{user}/{id}/s-{secret}",
                frame: SOUNDCLOUD,
                height: 166,
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
                urls: &["open.spotify.com/user/{user}/playlist/{id}"],
                link: "https://open.spotify.com/playlist/{id}",
                frame: "https://open.spotify.com/embed/playlist/{id}",
                height: 352,
                ..PAGE
            },
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
            urls: &[
                "{host}/@{user}/{n}",
                "{host}/@{user}/{n}/embed",
                "{host}/users/{user}/statuses/{n}",
                // As the address bar shows it to readers who have an account there.
                "{host}/{kind:deck|web}/@{user}/{n}",
            ],
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
