//! The state of a conversion, and what all its parts ask of it.

use std::collections::{BTreeMap, HashSet};

use super::dom::{self, HtmlNode};
use super::escaping;
use super::notes::HtmlNotes;
use super::pieces::TextMark;
use super::{HtmlOptions, HtmlUrls};
use crate::route::check_url;

/// A conversion of one text.
pub(super) struct Converter<'o> {
    pub options: &'o HtmlOptions<'o>,
    pub notes: HtmlNotes,
    /// The ids that links of the text lead to.
    pub targets: HashSet<String>,
    /// Ids that are already written, since an id may come once.
    ids: HashSet<String>,
    /// The marks around the blocks that are being written.
    pub around: Vec<TextMark>,
    /// The number of lists, quotes and cells around the block, in which no URL becomes an embed.
    pub depth: usize,
    /// The label of the footnote for each id that references lead to.
    pub footnotes: BTreeMap<String, String>,
}

impl<'o> Converter<'o> {
    pub fn new(options: &'o HtmlOptions<'o>) -> Converter<'o> {
        Converter {
            options,
            notes: HtmlNotes::default(),
            targets: HashSet::new(),
            ids: HashSet::new(),
            around: Vec::new(),
            depth: 0,
            footnotes: BTreeMap::new(),
        }
    }

    /// Notes the ids that links lead to.
    pub fn collect_targets(&mut self, root: HtmlNode<'_>) {
        for link in dom::elements(root).filter(|node| dom::name(*node) == "a") {
            let target = dom::attribute(link, "href").and_then(|href| href.strip_prefix('#'));
            self.targets.extend(target.filter(|target| !target.is_empty()).map(str::to_owned));
        }
    }

    /// The URL that a link leads to; `None`, with a note, if it must not be published.
    pub fn link(&mut self, written: &str) -> Option<String> {
        self.url(written, |urls, url| urls.link(url))
    }

    /// The URL of a picture or another file; `None`, with a note, if it must not be published.
    pub fn file(&mut self, written: &str) -> Option<String> {
        self.url(written, |urls, url| urls.file(url))
    }

    fn url(&mut self, written: &str, map: impl Fn(&dyn HtmlUrls, &str) -> String) -> Option<String> {
        let clean = escaping::clean_url(written)?;
        if let Err(error) = check_url(&clean) {
            let shown: String = clean.chars().take(40).collect();
            self.notes.dropped(format!("the URL `{shown}`: {error}"));
            return None;
        }
        let mapped = map(self.options.urls, &clean);
        escaping::clean_url(&mapped)
    }

    /// The id of an element that links may lead to, the first time it is asked for.
    pub fn own_id(&mut self, node: HtmlNode<'_>, is_always: bool) -> Option<String> {
        let written = dom::filled(node, "id").or_else(|| {
            let is_anchor = dom::name(node) == "a";
            dom::filled(node, "name").filter(|_| is_anchor)
        })?;
        let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':');
        let is_wanted = (is_always && written.chars().all(is_plain)) || self.targets.contains(written);
        let is_valid =
            written.len() <= 200 && !written.contains(|c: char| c.is_whitespace() || "<>&\"'{}#%|\\".contains(c));
        (is_wanted && is_valid && self.ids.insert(written.to_owned())).then(|| written.to_owned())
    }
}
