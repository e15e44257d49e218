//! `deploy:` in `site.yaml`: the targets of `presswork deploy`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::article::Days;

use super::ConfigCheck;
use super::announcements::Announcements;
use super::store_url::{PASSWORD, StoreUrl, TargetUrl};

/// `deploy:` as the file writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDeploy {
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    targets: BTreeMap<String, WrittenTarget>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTarget {
    url: String,
    state: Option<String>,
    keep_assets: Option<Days>,
    #[serde(default, deserialize_with = "crate::lenient::text")]
    purge: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::text")]
    websub: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::text")]
    indexnow: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::text")]
    webhook: Option<String>,
}

/// A place that the site is deployed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployTarget {
    /// Its name for the command line.
    pub name: String,
    /// Its place.
    pub url: TargetUrl,
    /// The private place for what is known about it; `None` keeps that beside the site.
    pub state: Option<StoreUrl>,
    /// The period for which files of the theme stay that no page needs any more, because readers have old pages open.
    pub keep_assets: Days,
    /// Whom to tell about a deploy.
    pub announcements: Announcements,
}

/// The period for which old files of the theme stay unless the target says otherwise.
const KEEP_ASSETS: Days = Days(1);

impl ConfigCheck<'_> {
    /// Checks the names and URLs of the targets.
    pub(super) fn deploy(&mut self, written: WrittenDeploy) -> Vec<DeployTarget> {
        let mut targets = Vec::new();
        for (name, target) in written.targets {
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if name.is_empty() || name.starts_with('-') || !name.chars().all(is_name) {
                let message = format!("`{}` is not a name for a target", name.escape_debug());
                let hint = "use small letters, digits and hyphens".to_owned();
                self.report("deploy", &name, message, Some(hint));
            }
            let url = self.place(&target.url, TargetUrl::parse(&target.url));
            let state = target.state.as_deref().and_then(|state| self.place(state, StoreUrl::parse(state)));
            let Some(url) = url else { continue };
            if let (Some(written), Some(state), TargetUrl::Store(site)) = (&target.state, &state, &url)
                && is_inside(state, site)
            {
                let message = "the state of a target lies in the place that readers see".to_owned();
                let hint = "it names stories that are not public yet: choose a private place".to_owned();
                self.report("deploy", written, message, Some(hint));
            }
            if let (Some(written), TargetUrl::Git { .. } | TargetUrl::Service { .. }) = (&target.state, &url) {
                let message = format!("the target `{name}` keeps no state");
                self.report("deploy", written, message, Some("remove `state`".to_owned()));
            }
            let keep_assets = target.keep_assets.unwrap_or(KEEP_ASSETS);
            let WrittenTarget { purge, websub, indexnow, webhook, .. } = target;
            let announcements = self.announcements(purge, websub, indexnow, webhook);
            if !matches!(url, TargetUrl::Store(_)) && announcements != Announcements::default() {
                let message = format!("the target `{name}` does not know which pages have changed");
                let hint = "remove `purge`, `websub`, `indexnow` and `webhook`: its host does that".to_owned();
                self.report("deploy", &name, message, Some(hint));
            }
            targets.push(DeployTarget { name, url, state, keep_assets, announcements });
        }
        targets
    }

    fn place<T>(&mut self, written: &str, parsed: Result<T, (String, &'static str)>) -> Option<T> {
        let report = |(message, hint): (String, &str)| {
            let shown = if message == PASSWORD { "" } else { written };
            self.report("deploy", shown, message, Some(hint.to_owned()));
        };
        parsed.map_err(report).ok()
    }
}

/// True if one place is the other, or lies in it.
fn is_inside(inner: &StoreUrl, outer: &StoreUrl) -> bool {
    let is_below = |inner: &str, outer: &str| {
        let outer = outer.trim_end_matches('/');
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || outer.is_empty())
    };
    match (inner, outer) {
        (StoreUrl::Folder(inner), StoreUrl::Folder(outer)) => is_below(inner, outer),
        (StoreUrl::Ssh { host, path, .. }, StoreUrl::Ssh { host: other, path: outer, .. }) => {
            host == other && is_below(path, outer)
        }
        (
            StoreUrl::Bucket { service, bucket, prefix },
            StoreUrl::Bucket { service: other, bucket: outer, prefix: above },
        ) => service == other && bucket == outer && prefix.starts_with(above.as_str()),
        _ => false,
    }
}
