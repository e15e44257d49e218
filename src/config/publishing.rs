//! What of `site.yaml` is meant for machines: search engines, hosts, and formats besides HTML.

use serde::Deserialize;

/// A format that is written only when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtraOutput {
    /// `article.json` beside each article: IPTC ninjs 3.
    Ninjs,
    /// The article as Markdown beside its page.
    Markdown,
    /// `llms.txt`: <https://llmstxt.org>.
    Llms,
}

/// Where the site is published, when that host has files of its own for redirects and headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Host {
    /// Netlify.
    Netlify,
    /// Cloudflare Pages.
    Cloudflare,
    /// The Apache HTTP server.
    Apache,
    /// nginx.
    Nginx,
    /// Caddy.
    Caddy,
    /// Vercel.
    Vercel,
    /// Firebase Hosting.
    Firebase,
    /// Amazon S3, as a website.
    S3,
}

/// What crawlers that collect text for language models are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AiPolicy {
    /// The same as everybody.
    #[default]
    Allow,
    /// To stay away.
    Deny,
}

/// `robots:` of `site.yaml`: what `robots.txt` says (RFC 9309).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robots {
    /// What crawlers of language models are told.
    #[serde(default)]
    pub ai: AiPolicy,
    /// Paths that every crawler is asked to leave alone; they begin with a slash.
    #[serde(default)]
    pub disallow: Vec<String>,
}
