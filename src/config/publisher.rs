//! `publisher:` in `site.yaml`: the organization that publishes the site.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ConfigCheck;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPublisher {
    name: Option<String>,
    url: Option<String>,
    logo: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    same_as: Vec<String>,
    #[serde(default, deserialize_with = "crate::lenient::unique_map")]
    policies: BTreeMap<String, String>,
}

/// The organization that publishes the site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publisher {
    /// The name; default: the site's title.
    pub name: String,
    /// The URL of its own site; default: this site.
    pub url: Option<String>,
    /// Its logo: a path on this site or a URL.
    pub logo: Option<String>,
    /// The URLs of its profiles on other sites.
    pub same_as: Vec<String>,
    /// URLs of its policy pages, by name: `ethics`, `corrections`, …
    pub policies: BTreeMap<String, String>,
}

impl ConfigCheck<'_> {
    /// Checks `publisher`, whose name is the site's title by default.
    pub(super) fn publisher(&mut self, written: WrittenPublisher, title: &str) -> Publisher {
        let urls = [&written.url, &written.logo].into_iter().flatten();
        for url in urls.chain(written.policies.values()) {
            self.url("publisher", url);
        }
        Publisher {
            name: written.name.unwrap_or_else(|| title.to_owned()),
            url: written.url,
            logo: written.logo,
            same_as: written.same_as.into_iter().map(|url| self.whole_url("publisher", url)).collect(),
            policies: written.policies,
        }
    }
}
