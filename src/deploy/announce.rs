//! Tells others what a deploy has changed: CDNs that keep copies, hubs of feeds, search engines, a webhook.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::config::{Announcements, Config, PurgeService};
use crate::route::Route;

use super::run::DeployReport;

/// The addresses of services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrls {
    /// Cloudflare's API: <https://developers.cloudflare.com/api/resources/cache/methods/purge/>.
    pub cloudflare: String,
    /// Fastly's API: <https://www.fastly.com/documentation/reference/api/purging/>.
    pub fastly: String,
    /// The endpoint that passes pages on to all search engines of IndexNow: <https://www.indexnow.org/documentation>.
    pub indexnow: String,
}

impl Default for ServiceUrls {
    fn default() -> ServiceUrls {
        ServiceUrls {
            cloudflare: "https://api.cloudflare.com/client/v4".to_owned(),
            fastly: "https://api.fastly.com".to_owned(),
            indexnow: "https://api.indexnow.org/indexnow".to_owned(),
        }
    }
}

/// Tells others about deploys. Whatever fails is only reported: the site is online already.
pub struct Announcer<'a> {
    /// The site's configuration.
    pub config: &'a Config,
    /// The name of the target, for the webhook.
    pub target: &'a str,
    /// Whom to tell.
    pub announcements: &'a Announcements,
    /// The environment, for credentials.
    pub environment: &'a [(String, String)],
    /// Where the services are.
    pub urls: ServiceUrls,
}

/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// The most URLs in one request to Cloudflare.
const CLOUDFLARE_AT_ONCE: usize = 30;
/// The number of URLs above which everything is purged: asking for each would take longer than filling the cache again.
const MOST_PURGED: usize = 1_000;
/// The most URLs in one request of IndexNow.
const INDEXNOW_AT_ONCE: usize = 10_000;

impl Announcer<'_> {
    /// Empties the caches. Returns what to print, and what has failed.
    pub fn purge(&self, report: &DeployReport) -> (Vec<String>, Vec<String>) {
        let Some(purge) = &self.announcements.purge else { return (Vec::new(), Vec::new()) };
        let urls: Vec<String> = report.put.iter().chain(&report.deleted).filter_map(|route| self.url(route)).collect();
        if urls.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let done = match purge {
            PurgeService::Print => return (urls, Vec::new()),
            PurgeService::Cloudflare(zone) => self.purge_cloudflare(zone, &urls),
            PurgeService::Fastly(service) => self.purge_fastly(service, &urls),
            PurgeService::CloudFront(distribution) => self.purge_cloudfront(distribution, report),
        };
        (Vec::new(), done.err().map(|why| format!("the cache was not purged: {why}")).into_iter().collect())
    }

    /// Tells hubs, search engines and the webhook. Returns what has failed.
    pub fn tell(&self, report: &DeployReport) -> Vec<String> {
        let Announcements { websub, indexnow, webhook, .. } = self.announcements;
        if report.put.is_empty() && report.deleted.is_empty() {
            return Vec::new();
        }
        let mut failed = Vec::new();
        let mut note = |what: &str, done: Result<(), String>| {
            failed.extend(done.err().map(|why| format!("{what}: {why}")));
        };
        if let Some(hub) = websub {
            note("the WebSub hub was not told", self.ping_hub(hub, report));
        }
        if let Some(key) = indexnow {
            note("IndexNow was not told", self.submit(key, report));
        }
        if let Some(url) = webhook {
            note("the webhook was not called", self.call_webhook(url, report));
        }
        failed
    }

    /// The URL of a file of the site.
    fn url(&self, route: &str) -> Option<String> {
        let base = &self.config.base_url;
        Route::file(route).ok().map(|route| format!("{}{}", base.origin(), base.path(&route)))
    }

    fn variable(&self, name: &str) -> Result<&str, String> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(|| format!("{name} is not in the environment"))
    }

    fn purge_cloudflare(&self, zone: &str, urls: &[String]) -> Result<(), String> {
        let token = self.variable("CLOUDFLARE_API_TOKEN")?;
        let url = format!("{}/zones/{zone}/purge_cache", self.urls.cloudflare);
        let bodies: Vec<Value> = match urls.len() > MOST_PURGED {
            true => vec![json!({"purge_everything": true})],
            false => urls.chunks(CLOUDFLARE_AT_ONCE).map(|urls| json!({"files": urls})).collect(),
        };
        bodies.iter().try_for_each(|body| {
            let asked = agent().post(&url).header("authorization", &format!("Bearer {token}"));
            sent(asked.header("content-type", "application/json").send(&body.to_string()))
        })
    }

    fn purge_fastly(&self, service: &str, urls: &[String]) -> Result<(), String> {
        let token = self.variable("FASTLY_API_TOKEN")?;
        let post = |url: &str| sent(agent().post(url).header("fastly-key", token).send_empty());
        if urls.len() > MOST_PURGED {
            return post(&format!("{}/service/{service}/purge_all", self.urls.fastly));
        }
        let mut bare = urls.iter().filter_map(|url| url.split_once("://").map(|(_, bare)| bare));
        bare.try_for_each(|bare| post(&format!("{}/purge/{bare}", self.urls.fastly)))
    }

    /// Through the program `aws`, because requests are signed.
    fn purge_cloudfront(&self, distribution: &str, report: &DeployReport) -> Result<(), String> {
        let routes = report.put.iter().chain(&report.deleted);
        let mut paths: Vec<String> =
            routes.filter_map(|route| Route::file(route).ok().map(|route| self.config.base_url.path(&route))).collect();
        // A distribution takes 3,000 paths at once, and a wildcard costs as much as one path.
        if paths.len() > MOST_PURGED {
            paths = vec![self.config.base_url.path_of("") + "*"];
        }
        let mut command = Command::new("aws");
        command.args(["cloudfront", "create-invalidation", "--distribution-id", distribution, "--paths"]).args(paths);
        let done = command.output().map_err(|error| format!("cannot run aws: {error}"))?;
        match done.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&done.stderr).split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }

    /// Tells a hub which feeds have changed (<https://www.w3.org/TR/websub/>; hubs agree on these two parameters).
    fn ping_hub(&self, hub: &str, report: &DeployReport) -> Result<(), String> {
        let mut feeds = report.feeds.iter().filter_map(|route| self.url(route));
        feeds.try_for_each(|feed| sent(agent().post(hub).send_form([("hub.mode", "publish"), ("hub.url", &feed)])))
    }

    /// Tells search engines which stories have new texts. A changed footer is no news.
    fn submit(&self, key: &str, report: &DeployReport) -> Result<(), String> {
        let urls: Vec<String> = report.texts.iter().filter_map(|route| self.url(route)).collect();
        let origin = self.config.base_url.origin();
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let key_url = format!("{origin}{}", self.config.base_url.path_of(&format!("{key}.txt")));
        urls.chunks(INDEXNOW_AT_ONCE).try_for_each(|urls| {
            let body = json!({"host": host, "key": key, "keyLocation": key_url, "urlList": urls}).to_string();
            sent(agent().post(&self.urls.indexnow).header("content-type", "application/json").send(&body))
        })
    }

    fn call_webhook(&self, url: &str, report: &DeployReport) -> Result<(), String> {
        let url = if url.contains(':') { url } else { self.variable(url)? };
        let urls = |routes: &[String]| routes.iter().filter_map(|route| self.url(route)).collect::<Vec<_>>();
        let body = json!({
            "target": self.target, "generation": report.generation, "texts": urls(&report.texts),
            "feeds": urls(&report.feeds), "put": report.put.len(), "deleted": urls(&report.deleted),
        });
        sent(agent().post(url).header("content-type", "application/json").send(&body.to_string()))
    }
}

fn agent() -> Agent {
    Agent::config_builder().timeout_global(Some(PATIENCE)).build().into()
}

/// The error of a request; the answer itself says nothing of interest.
fn sent(asked: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<(), String> {
    asked.map(drop).map_err(|error| error.to_string())
}
