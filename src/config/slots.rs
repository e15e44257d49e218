//! `subscribe:`, `donate:`, `newsletter:`, `advertisement:` and `analytics:` in `site.yaml`: additions to pages without a
//! theme of one's own.

use serde::Deserialize;

use crate::lenient::TextOr;
use crate::urls::is_complete_url;

use super::{ConfigCheck, WrittenConfig};

/// Additions to pages: buttons, a form, advertisements, analytics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSlots {
    /// The button that leads to subscriptions.
    pub subscribe: Option<Button>,
    /// The button that leads to donations.
    pub donate: Option<Button>,
    /// The form for the newsletter.
    pub newsletter: Option<Newsletter>,
    /// Advertisements.
    pub advertisement: Advertisement,
    /// The service that counts visits.
    pub analytics: Option<Analytics>,
}

/// A link that is shown as a button.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// The text; default: the theme's word.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub text: Option<String>,
    /// A root-relative path, a source file in `content/`, or an absolute URL.
    pub url: String,
}

impl From<String> for Button {
    fn from(url: String) -> Button {
        Button { text: None, url }
    }
}

/// A form that sends a reader's e-mail address to a newsletter service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newsletter {
    /// The absolute URL that the service's form submits to.
    pub action: String,
    /// The name of the field for the address.
    #[serde(default = "email")]
    pub field: String,
    /// The line above the field; default: the theme's word.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub text: Option<String>,
}

fn email() -> String {
    "email".to_owned()
}

impl From<String> for Newsletter {
    fn from(action: String) -> Newsletter {
        Newsletter { action, field: email(), text: None }
    }
}

/// Advertisements, by the pages that show them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advertisement {
    /// On the front page: `after` counts blocks, by default 1.
    pub front: Option<TextOr<PlacedAdvertisement>>,
    /// In stories: `after` counts paragraphs of the text, by default all.
    pub article: Option<TextOr<PlacedAdvertisement>>,
}

/// An advertisement and its place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacedAdvertisement {
    /// The HTML.
    #[serde(deserialize_with = "crate::lenient::required::html")]
    pub html: String,
    /// The number of blocks or paragraphs above it, at least 1.
    pub after: Option<usize>,
}

impl From<String> for PlacedAdvertisement {
    fn from(html: String) -> PlacedAdvertisement {
        PlacedAdvertisement { html, after: None }
    }
}

impl Advertisement {
    /// The HTML of all of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        [&self.front, &self.article].into_iter().flatten().map(|placed| placed.0.html.as_str())
    }
}

/// A service that counts visits without cookies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analytics {
    /// The service.
    pub service: AnalyticsService,
    /// The site's name at the service: its domain for Plausible, its code for GoatCounter, its number for Matomo.
    #[serde(deserialize_with = "crate::lenient::required::text")]
    pub site: String,
    /// The absolute URL of the service, if the newsroom hosts it.
    pub url: Option<String>,
}

/// The services whose scripts set no cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnalyticsService {
    /// Plausible Analytics: <https://plausible.io/docs/plausible-script>.
    Plausible,
    /// GoatCounter: <https://www.goatcounter.com/help/start>.
    GoatCounter,
    /// Matomo with cookies disabled: <https://developer.matomo.org/guides/tracking-javascript-guide>.
    Matomo,
}

impl Analytics {
    /// The origin or folder of the service, without a slash at the end.
    pub fn endpoint(&self) -> String {
        let own = self.url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        own.unwrap_or_else(|| match self.service {
            AnalyticsService::Plausible => "https://plausible.io".to_owned(),
            AnalyticsService::GoatCounter => format!("https://{}.goatcounter.com", self.site),
            // A configuration without a URL is refused.
            AnalyticsService::Matomo => String::new(),
        })
    }

    /// The service's elements for the head of a page. The values are checked, so none needs to be escaped.
    pub fn snippet(&self) -> String {
        let (site, endpoint) = (&self.site, self.endpoint());
        match self.service {
            AnalyticsService::Plausible => {
                format!("<script defer data-domain=\"{site}\" src=\"{endpoint}/js/script.js\"></script>\n")
            }
            AnalyticsService::GoatCounter => {
                let script = if self.url.is_some() { &*endpoint } else { "https://gc.zgo.at" };
                format!("<script async data-goatcounter=\"{endpoint}/count\" src=\"{script}/count.js\"></script>\n")
            }
            AnalyticsService::Matomo => format!(
                "<script>var _paq=window._paq=window._paq||[];_paq.push([\"disableCookies\"]);\
                 _paq.push([\"trackPageView\"]);_paq.push([\"enableLinkTracking\"]);\
                 _paq.push([\"setTrackerUrl\",\"{endpoint}/matomo.php\"]);_paq.push([\"setSiteId\",\"{site}\"]);</script>\n\
                 <script async src=\"{endpoint}/matomo.js\"></script>\n"
            ),
        }
    }
}

impl ConfigCheck<'_> {
    /// Checks the URLs and the names at services.
    pub(super) fn slots(&mut self, written: &mut WrittenConfig) -> SiteSlots {
        let button = |written: &mut Option<TextOr<Button>>| written.take().map(|button| button.0);
        let (subscribe, donate) = (button(&mut written.subscribe), button(&mut written.donate));
        for (key, button) in [("subscribe", &subscribe), ("donate", &donate)] {
            button.iter().for_each(|button| self.url(key, &button.url));
        }
        let newsletter = written.newsletter.take().map(|TextOr(form)| {
            if form.field.is_empty() || form.field.chars().any(|c| c.is_whitespace() || c.is_control()) {
                let hint = "copy the `name` of the address field from the form that the service offers".to_owned();
                let message = format!("`{}` is not the name of a field", form.field.escape_debug());
                self.report("newsletter", &form.field, message, Some(hint));
            }
            Newsletter { action: self.whole_url("newsletter", form.action), ..form }
        });
        let mut advertisement = std::mem::take(&mut written.advertisement);
        for (placed, what) in [(&mut advertisement.front, "blocks"), (&mut advertisement.article, "paragraphs")] {
            placed.take_if(|placed| placed.0.html.trim().is_empty());
            if placed.as_ref().is_some_and(|placed| placed.0.after == Some(0)) {
                let message = format!("an advertisement cannot come after 0 {what}");
                let hint = format!("write the number of {what} above it, from 1");
                self.report("advertisement", "0", message, Some(hint));
            }
        }
        let analytics = written.analytics.take().map(|analytics| self.analytics(analytics));
        SiteSlots { subscribe, donate, newsletter, advertisement, analytics }
    }

    fn analytics(&mut self, written: Analytics) -> Analytics {
        let url = written.url.map(|url| self.whole_url("analytics", url));
        let site = written.site.trim().to_owned();
        let (is_valid, hint) = match written.service {
            AnalyticsService::Plausible => {
                let is_domain = |c: char| c.is_ascii_alphanumeric() || ".-,/".contains(c);
                (site.chars().all(is_domain), "write the domain that you gave Plausible, such as example.org")
            }
            AnalyticsService::GoatCounter => {
                let is_code = |c: char| c.is_ascii_alphanumeric() || c == '-';
                (
                    site.chars().all(is_code),
                    "write your code: the part of your dashboard's address before .goatcounter.com",
                )
            }
            AnalyticsService::Matomo => {
                (site.chars().all(|c| c.is_ascii_digit()), "write the number that Matomo shows under Websites")
            }
        };
        if !is_valid || site.is_empty() {
            let message = format!("`{}` is not a site's name at this service", site.escape_debug());
            self.report("analytics", &written.site, message, Some(hint.to_owned()));
        }
        // An incomplete URL has been reported above.
        let is_unsafe = |url: &&str| is_complete_url(url) && url.contains(['"', '<', '>', '\\', '{']);
        if let Some(url) = url.as_deref().filter(is_unsafe) {
            self.report("analytics", url, format!("`{}` is not the URL of a service", url.escape_debug()), None);
        }
        if written.service == AnalyticsService::Matomo && url.is_none() {
            let hint = "add `url:` with the address of your Matomo, such as https://stats.example.org/".to_owned();
            self.report("analytics", "matomo", "Matomo needs the URL of its server".to_owned(), Some(hint));
        }
        Analytics { service: written.service, site, url }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_name_the_site_and_the_server() {
        let snippet = |service, site: &str, url: Option<&str>| {
            Analytics { service, site: site.to_owned(), url: url.map(str::to_owned) }.snippet()
        };
        let plausible = snippet(AnalyticsService::Plausible, "example.org", None);
        assert!(plausible.contains("data-domain=\"example.org\" src=\"https://plausible.io/js/script.js\""));
        let goat = snippet(AnalyticsService::GoatCounter, "echo", None);
        assert!(
            goat.contains("data-goatcounter=\"https://echo.goatcounter.com/count\" src=\"https://gc.zgo.at/count.js\"")
        );
        let own = snippet(AnalyticsService::GoatCounter, "echo", Some("https://stats.example.org/"));
        assert!(own.contains("\"https://stats.example.org/count\" src=\"https://stats.example.org/count.js\""));
        let matomo = snippet(AnalyticsService::Matomo, "7", Some("https://stats.example.org/m/"));
        assert!(matomo.contains("disableCookies") && matomo.contains("src=\"https://stats.example.org/m/matomo.js\""));
        assert!(matomo.contains("[\"setSiteId\",\"7\"]"));
    }
}
