//! `security:` and `trust:` in `site.yaml`: contacts for vulnerability reports, and the organizations the site belongs to.

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::date::{Moment, WrittenDate};
use crate::language::Language;
use crate::lenient::OneOrMany;
use crate::route::scheme;

use super::ConfigCheck;

/// `security:` as the file writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenSecurity {
    contact: OneOrMany<String>,
    expires: Option<WrittenDate>,
    encryption: OneOrMany<String>,
    acknowledgments: OneOrMany<String>,
    policy: OneOrMany<String>,
    hiring: OneOrMany<String>,
    languages: OneOrMany<String>,
}

/// The contents of `/.well-known/security.txt` (RFC 9116).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// URLs by which to report a vulnerability, the preferred one first; never empty.
    pub contact: Vec<String>,
    /// The time from which readers of the file should no longer rely on it.
    pub expires: Moment,
    /// URLs of keys for encrypted reports.
    pub encryption: Vec<String>,
    /// URLs of pages that thank people for their reports.
    pub acknowledgments: Vec<String>,
    /// URLs of policies for reports.
    pub policy: Vec<String>,
    /// URLs of open positions in security.
    pub hiring: Vec<String>,
    /// Tags of the languages in which reports may be written.
    pub languages: Vec<String>,
}

/// `trust:` as the file writes it, with the attribute names of the trust.txt specification.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenTrust {
    member: OneOrMany<String>,
    belongto: OneOrMany<String>,
    control: OneOrMany<String>,
    controlledby: OneOrMany<String>,
    social: OneOrMany<String>,
    vendor: OneOrMany<String>,
    customer: OneOrMany<String>,
    disclosure: OneOrMany<String>,
    contact: OneOrMany<String>,
    datatrainingallowed: Option<bool>,
}

/// The contents of `/trust.txt` (<https://journallist.net/reference-document-for-trust-txt-specifications>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Attributes and URLs, in the order of the file.
    pub attributes: Vec<(&'static str, String)>,
    /// True if language models may be trained on the site.
    pub data_training_allowed: Option<bool>,
}

impl ConfigCheck<'_> {
    /// Checks `security:`.
    pub(super) fn security(&mut self, written: WrittenSecurity, zone: &TimeZone) -> Option<Security> {
        let contact: Vec<String> = written.contact.0.into_iter().map(|url| self.contact("security", url)).collect();
        if contact.is_empty() {
            let message = "`security` has no `contact`".to_owned();
            let hint = "add a URL or an email address where people can report a vulnerability".to_owned();
            self.report("security", "", message, Some(hint));
        }
        let expires = match written.expires {
            Some(date) => self.moment("security", &date, zone),
            None => {
                let hint = "add a date, at most a year ahead, until which these details are valid".to_owned();
                self.report("security", "", "`security` has no `expires`".to_owned(), Some(hint));
                None
            }
        };
        for tag in &written.languages.0 {
            if let Err(why) = Language::parse(tag) {
                let hint = "use a BCP 47 tag such as en, zh-Hans or pt-BR".to_owned();
                self.report("security", tag, format!("`{tag}` is not a valid language: {why}"), Some(hint));
            }
        }
        let mut urls = |urls: OneOrMany<String>| -> Vec<String> {
            urls.0.into_iter().map(|url| self.secure_url("security", url)).collect()
        };
        let (encryption, acknowledgments) = (urls(written.encryption), urls(written.acknowledgments));
        let (policy, hiring) = (urls(written.policy), urls(written.hiring));
        let (expires, languages) = (expires?, written.languages.0);
        Some(Security { contact, expires, encryption, acknowledgments, policy, hiring, languages })
    }

    /// Checks `trust:`.
    pub(super) fn trust(&mut self, written: WrittenTrust) -> Trust {
        let lists = [
            ("member", written.member),
            ("belongto", written.belongto),
            ("control", written.control),
            ("controlledby", written.controlledby),
            ("social", written.social),
            ("vendor", written.vendor),
            ("customer", written.customer),
            ("disclosure", written.disclosure),
        ];
        let mut attributes = Vec::new();
        for (name, urls) in lists {
            attributes.extend(urls.0.into_iter().map(|url| (name, self.whole_url("trust", url))));
        }
        attributes.extend(written.contact.0.into_iter().map(|url| ("contact", self.contact("trust", url))));
        Trust { attributes, data_training_allowed: written.datatrainingallowed }
    }

    /// A URL by which people are reached; an email address becomes one.
    fn contact(&mut self, key: &str, url: String) -> String {
        match scheme(&url).as_deref() {
            None if url.contains('@') && !url.contains(['/', ' ']) => format!("mailto:{url}"),
            Some("mailto" | "tel") => {
                self.url(key, &url);
                url
            }
            _ => self.secure_url(key, url),
        }
    }

    /// A complete URL that must not be read over an insecure connection (RFC 9116, section 2.5).
    fn secure_url(&mut self, key: &str, url: String) -> String {
        if scheme(&url).as_deref() == Some("http") {
            let hint = "write https://".to_owned();
            self.report(key, &url, format!("`{}` is not secure", url.escape_debug()), Some(hint));
            return url;
        }
        self.whole_url(key, url)
    }
}
