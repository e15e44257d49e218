//! Finds the project's files named in a text.

use ahash::HashSet;
use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::article::BodyScan;
use crate::config::Config;
use crate::content_path::STATIC;
use crate::read::CopiedFile;
use crate::source::{self, PublishPattern};

/// The project's files, and the URL paths under which they are published.
pub(super) struct Naming<'a> {
    sources: HashSet<&'a str>,
    /// The host and port of this site.
    host: &'a str,
    /// The path of the site's root, with a slash at its end.
    prefix: &'a str,
}

impl<'a> Naming<'a> {
    pub(super) fn new(files: impl IntoIterator<Item = &'a CopiedFile>, config: &'a Config) -> Naming<'a> {
        let origin = config.base_url.origin();
        Naming {
            sources: files.into_iter().map(|file| file.source.as_str()).collect(),
            host: origin.split_once("://").map_or(origin, |(_, host)| host),
            prefix: config.base_url.prefix(),
        }
    }

    /// Returns the files named in the text of a source, its picture first.
    pub(super) fn named_by(&self, source: &str, image: Option<&str>, body: &BodyScan) -> impl Iterator<Item = &'a str> {
        let image = image.and_then(|image| self.named(source, image));
        // The longest reading that names a file is meant, not its parts.
        let places = body.mentions.lines();
        image.into_iter().chain(places.filter_map(|ways| ways.split('\t').find_map(|way| self.at(source, way))))
    }

    /// Returns the files that match patterns of `publish:` in a source.
    pub(super) fn matched(&self, source: &str, patterns: &[String]) -> impl Iterator<Item = &'a str> {
        let patterns = patterns.iter().filter_map(|written| PublishPattern::parse(source, written).ok());
        let patterns: Vec<PublishPattern> = patterns.collect();
        // Hardly any source has patterns.
        let files = (!patterns.is_empty()).then_some(&self.sources);
        let is_matched = move |file: &&str| patterns.iter().any(|pattern| pattern.names(file));
        files.into_iter().flatten().copied().filter(is_matched)
    }

    /// Returns the file that a reference in a source leads to.
    pub(super) fn named(&self, source: &str, reference: &str) -> Option<&'a str> {
        let reference: String = reference.nfc().collect();
        let path = &reference[..reference.find(['?', '#']).unwrap_or(reference.len())];
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let own = path.split_once("://").map(|(_, rest)| format!("//{rest}"));
        let ways = own.iter().map(String::as_str).chain([&*reference, path, &*decoded]);
        ways.into_iter().find_map(|way| self.at(source, way))
    }

    /// Returns the file at a path as written in a source: a path in the project, or a URL path of the site.
    fn at(&self, source: &str, path: &str) -> Option<&'a str> {
        let path = match path.strip_prefix("//") {
            Some(url) => {
                let own = url.get(..self.host.len()).is_some_and(|host| host.eq_ignore_ascii_case(self.host));
                url.get(self.host.len()..).filter(|path| own && path.starts_with('/'))?
            }
            None => path,
        };
        let known = |path: &str| self.sources.get(path).copied();
        let below = path.strip_prefix(self.prefix).filter(|_| path.starts_with('/'));
        let of_site = |below: &str| {
            let of_content = source::resolve(source, &format!("/{below}")).and_then(|path| known(&path));
            of_content.or_else(|| known(&format!("{STATIC}{below}")))
        };
        let in_project = source::resolve(source, path).and_then(|path| known(&path));
        in_project.or_else(|| below.and_then(of_site)).or_else(|| path.strip_prefix('/').and_then(of_site))
    }
}
