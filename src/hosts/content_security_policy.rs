//! The Content-Security-Policy that fits what a theme uses: <https://www.w3.org/TR/CSP3/>.

use std::collections::BTreeSet;

use crate::config::{Config, HtmlPolicy};

use super::theme_uses::{ANY, ThemeUses};

impl ThemeUses {
    /// The policy of every page. If writers are trusted with all of HTML, it allows whatever they may embed; otherwise
    /// only what the theme's templates and files name. Data in `<script type="application/ld+json">` needs no
    /// permission.
    pub fn policy(&self, config: &Config) -> String {
        let uses = self.with_slots(config);
        let is_trusted = config.html == HtmlPolicy::Trusted;
        let anything = BTreeSet::from([ANY.to_owned()]);
        let brings = |known: &BTreeSet<String>| if is_trusted { anything.clone() } else { known.clone() };
        let inline = |is_inline: bool| (is_inline || is_trusted).then_some("'unsafe-inline'");
        let mut scripts = brings(&uses.scripts);
        // If the policy has a hash, browsers ignore `'unsafe-inline'`.
        if !uses.inline_scripts && !is_trusted {
            scripts.extend(uses.script_hashes.iter().cloned());
        }
        let mut directives = vec![
            "default-src 'self'".to_owned(),
            directive("script-src", inline(uses.inline_scripts), &scripts),
            directive("style-src", inline(uses.inline_styles), &brings(&uses.styles)),
            // Articles may show pictures, audio and video from other sites.
            "img-src 'self' data: https:".to_owned(),
            "media-src 'self' https:".to_owned(),
            directive("font-src", Some("data:"), &brings(&uses.fonts)),
            directive("connect-src", None, &brings(&uses.connections)),
            directive("frame-src", None, &brings(&uses.frames)),
            directive("form-action", None, &brings(&uses.forms)),
            "object-src 'none'".to_owned(),
            "base-uri 'self'".to_owned(),
            "frame-ancestors 'self'".to_owned(),
        ];
        if config.base_url.origin().starts_with("https://") {
            directives.push("upgrade-insecure-requests".to_owned());
        }
        directives.join("; ")
    }
}

impl ThemeUses {
    /// Adds what the buttons, forms, advertisements, comments and analytics of `site.yaml` use.
    fn with_slots(&self, config: &Config) -> ThemeUses {
        let mut uses = self.clone();
        let slots = &config.slots;
        slots.advertisement.all().for_each(|html| uses.add_template(html));
        if let Some(newsletter) = &slots.newsletter {
            uses.add_form(&newsletter.action);
        }
        if let Some(server) = &config.comments.server {
            uses.add_script(server);
        }
        if let Some(analytics) = &slots.analytics {
            uses.add_template(&analytics.snippet());
            uses.add_script(&analytics.endpoint());
        }
        uses
    }
}

fn directive(name: &str, more: Option<&str>, origins: &BTreeSet<String>) -> String {
    let sources = more.into_iter().chain(origins.iter().map(String::as_str));
    [name, "'self'"].into_iter().chain(sources).collect::<Vec<_>>().join(" ")
}
