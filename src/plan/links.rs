//! Resolves the references that editors write: sources, files and paths become URLs, or errors.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};
use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::{SAFE_URLS, check_url, scheme};
use crate::site::{Signer, Site, State, Story};
use crate::source;
use crate::urls::{normalized, whole_url};

use super::gone::Removed;
use super::{PartLink, Plan};

/// The target of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    /// The URL for `href` or `src`: root-relative on this site, with the fragment, or absolute.
    pub url: String,
    /// The file of the project, by its place in [`Site::files`], if it is one.
    pub file: Option<usize>,
}

/// The reason that a reference has no target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// There is no such source, file or page.
    Broken(Option<String>),
    /// It looks like another site's, or like another program's placeholder.
    Unchecked,
    /// The target is not public yet.
    Unpublished(State),
    /// The target was public and no longer is.
    Gone(Removed),
    /// Its scheme could run code.
    Unsafe(String),
}

impl LinkError {
    /// The same for pictures and other targets that must exist, since a missing picture leaves a hole. Only another
    /// program's placeholders pass, as in links.
    #[must_use]
    pub fn required(self, reference: &str) -> LinkError {
        match self {
            LinkError::Unchecked if !reference.contains("{{") => {
                let is_host = reference.starts_with("www.") || reference.contains("://");
                let hint = with_scheme(reference)
                    .or_else(|| is_host.then(|| "a link to another site begins with https://".to_owned()));
                LinkError::Broken(hint)
            }
            other => other,
        }
    }

    /// Adds a suggestion, unless there is a hint.
    #[must_use]
    pub fn suggest(self, suggestion: impl FnOnce() -> Option<String>) -> LinkError {
        match self {
            LinkError::Broken(None) => LinkError::Broken(suggestion()),
            other => other,
        }
    }

    /// Code, message and hint for the reference as written.
    pub fn explain(self, reference: &str) -> (Code, String, Option<String>) {
        let shown = reference.escape_debug();
        match self {
            LinkError::Broken(hint) => {
                let hint = with_scheme(reference).or(hint);
                (Code::BrokenLink, format!("there is nothing at `{shown}`"), hint)
            }
            LinkError::Unchecked => {
                let hint = with_scheme(reference).unwrap_or_else(|| {
                    "a link to another site begins with https://, a link to a source file ends in .md".to_owned()
                });
                (Code::UncheckedLink, format!("`{shown}` does not lead to a page of this site"), Some(hint))
            }
            LinkError::Unpublished(state) => {
                let hint = "readers would land on a page that does not exist".to_owned();
                (Code::UnpublishedLink, format!("the target of `{shown}` is {}", state.describe()), Some(hint))
            }
            LinkError::Gone(removed) => {
                let message = match removed {
                    Removed::Story(state) => format!("the target of `{shown}` is {}", state.describe()),
                    Removed::List => format!("nothing is listed at `{shown}` any more"),
                };
                let hint = "the text is published without the link; remove it, or link elsewhere".to_owned();
                (Code::LinkToGone, message, Some(hint))
            }
            LinkError::Unsafe(why) => {
                (Code::UnsafeUrl, format!("`{shown}` is not a safe URL: {why}"), Some(SAFE_URLS.to_owned()))
            }
        }
    }
}

impl Plan {
    /// Resolves a reference written in the source `from`. What this depends on is in [`Plan::link_targets`].
    ///
    /// # Errors
    /// When the reference has no target, with the reason.
    pub fn resolve(&self, site: &Site, config: &Config, from: &str, reference: &str) -> Result<LinkTarget, LinkError> {
        if scheme(reference).is_some() || reference.starts_with("//") {
            check_url(reference).map_err(|why| LinkError::Unsafe(why.to_string()))?;
            return Ok(LinkTarget { url: normalized(reference).into_owned(), file: None });
        }
        let special = memchr3(b'?', b'#', b'%', reference.as_bytes());
        if special.is_some()
            && let Some(target) = self.file_named(site, config, from, reference)
        {
            return Ok(target);
        }
        let end = memchr2(b'?', b'#', reference.as_bytes()).unwrap_or(reference.len());
        let (path, tail) = reference.split_at(end);
        let tail = &*composed(tail);
        if path.is_empty() {
            return Ok(LinkTarget { url: tail.to_owned(), file: None });
        }
        let decoded: Cow<'_, str> = match special {
            Some(_) => percent_decode_str(path).decode_utf8().unwrap_or(Cow::Borrowed(path)),
            None => Cow::Borrowed(path),
        };
        let decoded = if decoded.is_ascii() { decoded } else { Cow::Owned(decoded.nfc().collect()) };
        let source =
            source::resolve(from, &decoded).ok_or(LinkError::Broken(Some("it points outside content/".to_owned())))?;
        if let Some(target) = self.source(site, config, &source, tail) {
            return Ok(target);
        }
        if let Some(&state) = site.hidden.get(&source) {
            // Time alone must not break a site, so content that is no longer public may still be linked to.
            return Err(match state {
                State::Expired | State::Withdrawn | State::Retracted => LinkError::Gone(Removed::Story(state)),
                state => LinkError::Unpublished(state),
            });
        }
        if decoded.starts_with('/')
            && let Some(target) = self.target_at(config, &decoded, tail)
        {
            return Ok(target);
        }
        if decoded.starts_with('/')
            && let Some(removed) = self.removed_at(config, &decoded)
        {
            return Err(LinkError::Gone(removed));
        }
        // A source that could not be read has an error of its own.
        if site.faulty.contains(&source) || is_page_of_faulty(site, config, &decoded) {
            return Ok(LinkTarget { url: "#".to_owned(), file: None });
        }
        if self.unpublished.iter().any(|left_out| site.files[left_out.file].source == source) {
            return Err(LinkError::Broken(Some("the file exists but is not published: add `publish:`".to_owned())));
        }
        if is_foreign(&decoded) {
            return Err(LinkError::Unchecked);
        }
        Err(LinkError::Broken(self.suggestion(site, from, reference)))
    }

    /// A file whose name contains characters with a meaning in URLs: `plan #1.png`, `50%.png`.
    fn file_named(&self, site: &Site, config: &Config, from: &str, reference: &str) -> Option<LinkTarget> {
        let source = source::resolve(from, &reference.nfc().collect::<String>())?;
        let file = self.file_of_source(&source)?;
        Some(LinkTarget { url: config.base_url.path(self.route_of_source(&source, site)?), file: Some(file) })
    }

    fn source(&self, site: &Site, config: &Config, source: &str, tail: &str) -> Option<LinkTarget> {
        let route = self.route_of_source(source, site);
        let route = route.or_else(|| self.route_of_folder(source.trim_end_matches('/'), site))?;
        Some(LinkTarget { url: config.base_url.path(route) + tail, file: self.file_of_source(source) })
    }

    /// The target of a root-relative URL, with or without the site's path prefix.
    fn target_at(&self, config: &Config, path: &str, tail: &str) -> Option<LinkTarget> {
        let ways = || ways(config, path);
        let found = ways().find_map(|below| {
            self.output_at(below).or_else(|| self.output_at(&format!("{}/", below.trim_end_matches('/'))))
        });
        let Some(found) = found else {
            let mut url = ways().find_map(|below| self.redirect_from(below))?.url.clone();
            if !url.contains('#') {
                url.push_str(tail.find('#').map_or("", |at| &tail[at..]));
            }
            return Some(LinkTarget { url, file: None });
        };
        Some(LinkTarget { url: config.base_url.path(&found.route) + tail, file: found.copied_file() })
    }

    /// The content that was at a root-relative URL.
    fn removed_at(&self, config: &Config, path: &str) -> Option<Removed> {
        ways(config, path).find_map(|below| self.removed.at(below))
    }
}

/// The query and fragment after a path; the fragment in Unicode's normalization form C, which ids have too.
fn composed(tail: &str) -> Cow<'_, str> {
    let Some((query, fragment)) = tail.split_once('#').filter(|(_, fragment)| has_letters_beyond_ascii(fragment))
    else {
        return Cow::Borrowed(tail);
    };
    match percent_decode_str(fragment).decode_utf8() {
        Ok(decoded) => Cow::Owned(format!("{query}#{}", decoded.nfc())),
        Err(_) => Cow::Borrowed(tail),
    }
}

/// True if a part of a URL has letters beyond ASCII, and no encoded character that would change its meaning when decoded.
fn has_letters_beyond_ascii(part: &str) -> bool {
    let is_encoded =
        part.match_indices('%').all(|(at, _)| part.as_bytes().get(at + 1).is_some_and(|&digit| digit >= b'8'));
    is_encoded && (!part.is_ascii() || part.contains('%'))
}

/// A root-relative URL as paths below the site's root: read without the site's path prefix, and with it.
fn ways<'p>(config: &Config, path: &'p str) -> impl Iterator<Item = &'p str> + use<'p> {
    let prefixed = path.strip_prefix(config.base_url.prefix());
    [Some(path.trim_start_matches('/')), prefixed].into_iter().flatten()
}

/// True if a URL path may be the page of a source with errors, whose slug is then the file's name, or that of a tag which
/// such a story may have.
fn is_page_of_faulty(site: &Site, config: &Config, path: &str) -> bool {
    if site.may_have_lost("tag") && ways(config, path).any(|below| below.starts_with("tags/")) {
        return true;
    }
    let slug = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let name = |source: &str| {
        let stem = source.strip_suffix("/index.md").or_else(|| source.strip_suffix(".md")).map(str::to_owned);
        stem.and_then(|stem| stem.rsplit('/').next().map(str::to_owned))
    };
    path.starts_with('/') && site.faulty.iter().filter_map(|source| name(source)).any(|name| name.ends_with(slug))
}

/// A hint for a host, an e-mail address or a telephone number without the scheme that links need.
fn with_scheme(reference: &str) -> Option<String> {
    whole_url(reference).map(|meant| meant.hint(&format!("`{}`", meant.url)))
}

/// True for links that imported archives bring along: another generator's variables, a URL without its beginning, a
/// document outside the site on the same host.
fn is_foreign(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let is_document = path.starts_with('/')
        && extension.is_some_and(|extension| !matches!(extension.as_str(), "md" | "html" | "htm" | "xml" | "json"));
    path.contains("{{") || path.contains("://") || path.starts_with("www.") || is_document
}

/// Checks the references in front matter and configuration: pictures, the URLs of guests, sources and authors, the
/// navigation, the breaking-news banner, the buttons, the share image, the publisher's URL, logo and policies. Returns the
/// links to parts of pages, which are checked after rendering.
pub(super) fn check_metadata(
    plan: &Plan,
    site: &Site,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PartLink> {
    let check = |from: &str, key: &str, reference: &str| match check_reference(plan, site, config, from, key, reference)
    {
        Some(wrong) => Some(Err(wrong)),
        None => part_link(plan, site, config, from, key, reference).map(Ok),
    };
    let mut links = Vec::new();
    let mut sort = |found| match found {
        Ok(link) => links.push(link),
        Err(wrong) => diagnostics.push(wrong),
    };
    let of_articles = site.articles.par_iter().flat_map_iter(|story| {
        let references = references(story);
        references.filter_map(|(key, reference)| check(&story.article.source, key, reference))
    });
    of_articles.collect::<Vec<_>>().into_iter().for_each(&mut sort);
    let pages = site.pages.iter().filter_map(|standalone| {
        Some((standalone.page.source.as_str(), "image", &*standalone.page.front.image.as_ref()?.0.src))
    });
    let files = || site.author_files().map(|(_, person)| &person.author);
    let people =
        files().filter_map(|author| Some((author.source.as_str(), "image", &*author.front.image.as_ref()?.0.src)));
    let websites = files().filter_map(|author| Some((author.source.as_str(), "url", author.front.url.as_deref()?)));
    let files = site.sections.iter().filter_map(|section| section.file.as_ref()).chain(site.front_files());
    let files = files.filter_map(|file| Some((file.source.as_str(), "image", &*file.front.image.as_ref()?.0.src)));
    let navigation = config.editions().flat_map(|of| {
        let key = if of.edition.is_main() { "navigation" } else { "languages" };
        of.navigation.iter().flatten().map(move |item| (config::FILE, key, item.url.as_str()))
    });
    let publisher = config.publisher.url.iter().chain(&config.publisher.logo).chain(config.publisher.policies.values());
    let publisher = publisher.map(|url| (config::FILE, "publisher", url.as_str()));
    let share_image = config.share_image.iter().map(|image| (config::FILE, "share_image", image.src.as_str()));
    let buttons = [("subscribe", &config.slots.subscribe), ("donate", &config.slots.donate)];
    let buttons = buttons.into_iter().filter_map(|(key, button)| Some((config::FILE, key, &*button.as_ref()?.url)));
    let breaking = config.breaking.iter().filter_map(|line| Some((config::FILE, "breaking", line.link.as_deref()?)));
    let others = pages.chain(people).chain(websites).chain(files).chain(navigation).chain(breaking).chain(publisher);
    let others = others.chain(share_image).chain(buttons);
    others.filter_map(|(from, key, reference)| check(from, key, reference)).for_each(sort);
    links
}

/// The part of a page that a reference points to, if it has a fragment.
fn part_link(plan: &Plan, site: &Site, config: &Config, from: &str, key: &str, reference: &str) -> Option<PartLink> {
    memchr::memchr(b'#', reference.as_bytes())?;
    let url = plan.resolve(site, config, from, reference).ok()?.url;
    let link = PartLink::new(plan.part(config, None, &url)?, from, None);
    Some(PartLink { key: Some((key.to_owned(), reference.to_owned())), ..link })
}

/// The references in an article's front matter, each with its key.
fn references(story: &Story) -> impl Iterator<Item = (&'static str, &str)> {
    let front = &story.article.front;
    let image = front.image.iter().map(|image| ("image", &*image.0.src));
    let sources = front.rare().sources.0.iter().filter_map(|source| Some(("sources", source.0.url.as_deref()?)));
    let authors = story.authors.iter().map(|signer| ("authors", signer));
    let contributors =
        story.contributors.iter().flat_map(|(_, signers)| signers).map(|signer| ("contributors", signer));
    let agency = story.wire.iter().map(|signer| ("wire", signer));
    let guests = authors.chain(contributors).chain(agency).filter_map(|(key, signer)| match signer {
        Signer::Guest(guest) => Some((key, guest.url.as_deref()?)),
        Signer::Author(_) => None,
    });
    image.chain(sources).chain(guests)
}

impl Plan {
    /// The error in a reference to a picture, written in the file `from` below `key`, if there is one.
    pub fn check_picture(
        &self,
        site: &Site,
        config: &Config,
        from: &str,
        key: &str,
        reference: &str,
    ) -> Option<Diagnostic> {
        check_reference(self, site, config, from, key, reference)
    }
}

fn check_reference(
    plan: &Plan,
    site: &Site,
    config: &Config,
    from: &str,
    key: &str,
    reference: &str,
) -> Option<Diagnostic> {
    let is_page =
        |target: &LinkTarget| target.file.is_none() && target.url.starts_with('/') && !target.url.starts_with("//");
    let (code, message, hint) = match plan.resolve(site, config, from, reference) {
        Ok(target) if matches!(key, "image" | "share_image" | "theme") && is_page(&target) => {
            (Code::BrokenLink, format!("`{}` is a page, not a picture", reference.escape_debug()), None)
        }
        Ok(_) => return None,
        Err(error) => {
            let error = error.required(reference).suggest(|| plan.suggestion(site, from, reference));
            error.explain(reference)
        }
    };
    Some(Diagnostic::new(code, from, message).in_key(key, reference).hint_maybe(hint))
}
