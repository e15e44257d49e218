//! `redirect_by_language`: rules that lead readers from the site's front page to the edition that their browser asks for.
//!
//! Only the first language that a browser asks for counts (RFC 9110, section 12.5.4), and only if the reader comes from
//! another site or from none: whoever has just chosen the main edition gets it. So the answer depends on two headers,
//! which `Vary` names.

use std::collections::BTreeSet;

use crate::config::{Config, EditionId, Host};
use crate::language::Language;

/// The headers on which the response for the front page depends (RFC 9110, section 12.5.5).
pub(super) const VARY: &str = "Accept-Language, Referer";

/// The tags by which browsers ask for Chinese, besides `zh`: its script follows from the territory.
const CHINESE: &[&str] = &["zh-CN", "zh-SG", "zh-TW", "zh-HK", "zh-MO"];

/// An edition to which readers are redirected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LanguageRule {
    /// The root-relative URL of its front page.
    pub to: String,
    /// The languages that lead to it, in lower case: `fr` stands for `fr-CA`, too.
    pub tags: Vec<String>,
    /// Longer tags that begin with one of these and lead elsewhere.
    pub except: Vec<String>,
}

/// True if a host can ask where a reader comes from.
pub(super) fn supports(host: Host) -> bool {
    matches!(host, Host::Nginx | Host::Apache | Host::Caddy)
}

/// The rules of a site; none unless its configuration asks for them.
pub(super) fn rules(config: &Config) -> Vec<LanguageRule> {
    if !config.redirects_by_language {
        return Vec::new();
    }
    let own = config.editions().map(|of| of.language.tag());
    let others = config.editions().flat_map(|of| of.edition.fallback_for.iter().map(String::as_str));
    let primaries = config.editions().map(|of| of.language.primary());
    let chinese = CHINESE.iter().copied().filter(|_| config.editions().any(|of| of.language.primary() == "zh"));
    let tags: BTreeSet<&str> = own.chain(others).chain(primaries).chain(chinese).collect();
    let found: Vec<(String, EditionId)> = tags
        .into_iter()
        .filter_map(|tag| {
            let language = Language::parse(tag).ok()?;
            let same = || config.editions().find(|of| of.language.primary() == tag).map(|of| of.edition.id);
            Some((tag.to_ascii_lowercase(), config.edition_of(&language).or_else(same)?))
        })
        .collect();
    let rule = |of: &Config| {
        let id = of.edition.id;
        let tags: Vec<String> =
            found.iter().filter(|(_, edition)| *edition == id).map(|(tag, _)| tag.clone()).collect();
        let is_longer =
            |tag: &str| tags.iter().any(|own| tag.strip_prefix(&**own).is_some_and(|rest| rest.starts_with('-')));
        let except = found.iter().filter(|(tag, edition)| *edition != id && is_longer(tag)).map(|(tag, _)| tag.clone());
        LanguageRule { to: of.base_url.path(&of.front_route()), except: except.collect(), tags }
    };
    config.others.iter().map(rule).collect()
}

/// A regular expression for an `Accept-Language` that begins with one of these tags, in any case.
pub(super) fn beginning_with(tags: &[String]) -> String {
    format!("^(?:{})(?:[-,;]|$)", tags.join("|"))
}
