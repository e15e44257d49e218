//! Whom to tell about a deploy: `purge`, `websub`, `indexnow` and `webhook` of a target.

use crate::route::scheme;

use super::ConfigCheck;

/// A CDN whose copies a deploy empties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurgeService {
    /// None: the URLs are printed.
    Print,
    /// A zone of Cloudflare.
    Cloudflare(String),
    /// A service of Fastly.
    Fastly(String),
    /// A distribution of Amazon CloudFront.
    CloudFront(String),
}

/// Whom to tell about a deploy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announcements {
    /// The CDN in front of the target.
    pub purge: Option<PurgeService>,
    /// The URL of the hub of the site's feeds.
    pub websub: Option<String>,
    /// The key of IndexNow.
    pub indexnow: Option<String>,
    /// A URL to call, or the name of the environment variable that has it.
    pub webhook: Option<String>,
}

impl ConfigCheck<'_> {
    /// Checks the services, keys and URLs.
    pub(super) fn announcements(
        &mut self,
        purge: Option<String>,
        websub: Option<String>,
        indexnow: Option<String>,
        webhook: Option<String>,
    ) -> Announcements {
        Announcements {
            purge: purge.and_then(|written| self.purge(&written)),
            websub: websub.map(|url| self.web_url(url)),
            indexnow: indexnow.inspect(|key| {
                // <https://www.indexnow.org/documentation>
                let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
                if !(8..=128).contains(&key.len()) || !key.chars().all(is_key) {
                    let message = format!("`{}` is not a key of IndexNow", key.escape_debug());
                    let hint = "a key has 8 to 128 letters, digits and hyphens".to_owned();
                    self.report("deploy", key, message, Some(hint));
                }
            }),
            webhook: webhook.map(|written| {
                let is_variable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
                if written.chars().all(is_variable) { written } else { self.web_url(written) }
            }),
        }
    }

    fn purge(&mut self, written: &str) -> Option<PurgeService> {
        let (service, id) = written.split_once(':').unwrap_or((written, ""));
        let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric());
        match (service, is_id) {
            ("print", false) if id.is_empty() => Some(PurgeService::Print),
            ("cloudflare", true) => Some(PurgeService::Cloudflare(id.to_owned())),
            ("fastly", true) => Some(PurgeService::Fastly(id.to_owned())),
            ("cloudfront", true) => Some(PurgeService::CloudFront(id.to_owned())),
            _ => {
                let message = format!("`{}` is no cache that Presswork knows", written.escape_debug());
                let hint = "write print, cloudflare:ZONE, fastly:SERVICE or cloudfront:DISTRIBUTION".to_owned();
                self.report("deploy", written, message, Some(hint));
                None
            }
        }
    }

    fn web_url(&mut self, url: String) -> String {
        if !matches!(scheme(&url).as_deref(), Some("https" | "http")) {
            let message = format!("`{}` is not a URL", url.escape_debug());
            self.report(
                "deploy",
                &url,
                message,
                Some("write a complete URL, such as https://hub.example.org/".to_owned()),
            );
        }
        url
    }
}
