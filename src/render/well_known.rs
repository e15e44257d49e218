//! Writes `security.txt` (RFC 9116) and `trust.txt`.

use std::fmt::Write;

use crate::config::Config;
use crate::plan::SECURITY;

/// The lines of `security.txt`. Its place is the root of the host, also where the site lives in a folder.
pub(super) fn security_txt(config: &Config) -> Vec<u8> {
    let Some(security) = &config.security else { return Vec::new() };
    let mut text = String::new();
    let mut add = |name: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    security.contact.iter().for_each(|url| add("Contact", url));
    add("Expires", &security.expires.instant.to_string());
    security.encryption.iter().for_each(|url| add("Encryption", url));
    security.acknowledgments.iter().for_each(|url| add("Acknowledgments", url));
    if !security.languages.is_empty() {
        add("Preferred-Languages", &security.languages.join(", "));
    }
    add("Canonical", &[config.base_url.origin(), "/", SECURITY].concat());
    security.policy.iter().for_each(|url| add("Policy", url));
    security.hiring.iter().for_each(|url| add("Hiring", url));
    text.into_bytes()
}

/// The lines of `trust.txt`.
pub(super) fn trust_txt(config: &Config) -> Vec<u8> {
    let Some(trust) = &config.trust else { return Vec::new() };
    let mut text = String::new();
    for (name, url) in &trust.attributes {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}={url}");
    }
    if let Some(is_allowed) = trust.data_training_allowed {
        let _ = writeln!(text, "datatrainingallowed={}", if is_allowed { "yes" } else { "no" });
    }
    text.into_bytes()
}
