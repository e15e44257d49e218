//! Links to parts of pages, such as `vote.md#result`: the page and the id that each points to.

use ahash::HashMap;
use borsh::{BorshDeserialize, BorshSerialize};
use percent_encoding::percent_decode_str;

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Span, nearest};

use super::Plan;

/// A part of a page that a link points to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct LinkedPart {
    /// The route of the page.
    pub route: String,
    /// The id.
    pub id: String,
}

/// A link to a part of a page, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PartLink {
    /// The part that it points to.
    pub part: LinkedPart,
    /// The file, relative to the project's folder.
    pub path: String,
    /// Line, column and length, as in a [`Span`], if known.
    pub place: Option<(u32, u32, u32)>,
    /// The key of the front matter or `site.yaml` that contains it, and its value.
    pub key: Option<(String, String)>,
}

impl PartLink {
    /// Creates a link from its place in a file.
    pub fn new(part: LinkedPart, path: &str, span: Option<Span>) -> PartLink {
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let place = span.map(|span| (short(span.line), short(span.column), short(span.length)));
        PartLink { part, path: path.to_owned(), place, key: None }
    }

    /// The error for a page without the id. `ids` are those that it has.
    pub fn missing(&self, ids: &[String]) -> Diagnostic {
        let LinkedPart { route, id } = &self.part;
        let page = route.strip_suffix("index.html").unwrap_or(route);
        let message = format!("nothing on /{page} has the id `{}`", id.escape_debug());
        let span = self.place.map(|(line, column, length)| Span {
            line: line as usize,
            column: column as usize,
            length: length as usize,
        });
        let found =
            Diagnostic::new(Code::UnknownFragment, &self.path, message).at_maybe(span).hint_maybe(hint(id, ids));
        match &self.key {
            Some((key, value)) => found.in_key(key, value),
            None => found,
        }
    }
}

/// A suggestion: a similar id, or the same id in a biography.
fn hint(id: &str, ids: &[String]) -> Option<String> {
    let is_own = |other: &&String| other.rsplit_once(':').is_some_and(|(prefix, own)| own == id && !prefix.is_empty());
    let meant = ids.iter().find(is_own).map(String::as_str).or_else(|| nearest(id, ids.iter().map(String::as_str)));
    meant.map(|meant| format!("did you mean `#{meant}`?"))
}

/// The id in a URL's fragment. `None` for other fragments: the top of the page (HTML, section 7.4.6.4), text directives, and
/// those for scripts.
pub fn id_of(url: &str) -> Option<String> {
    let (_, fragment) = url.split_once('#')?;
    let fragment = fragment.split(":~:").next()?;
    if fragment.is_empty() || fragment.eq_ignore_ascii_case("top") || fragment.starts_with(['/', '!']) {
        return None;
    }
    Some(percent_decode_str(fragment).decode_utf8().map_or_else(|_| fragment.to_owned(), |id| id.into_owned()))
}

impl Plan {
    /// The part of a page of this site that a URL points to, in a link on the page at `from`.
    pub fn part(&self, config: &Config, from: Option<&str>, url: &str) -> Option<LinkedPart> {
        let id = id_of(url)?;
        let (path, _) = url.split_at(url.find(['#', '?']).unwrap_or(url.len()));
        if path.is_empty() {
            return Some(LinkedPart { route: from?.to_owned(), id });
        }
        let base = &config.base_url;
        let path = path.strip_prefix(base.origin()).unwrap_or(path).strip_prefix(base.prefix())?;
        let output = self.output_at(&percent_decode_str(path).decode_utf8().ok()?)?;
        self.full_page(output).class().is_page().then(|| LinkedPart { route: output.route.as_str().to_owned(), id })
    }
}

/// Links grouped by their targets, so that each part is looked up once.
pub fn by_part(links: &[PartLink]) -> HashMap<&LinkedPart, Vec<&PartLink>> {
    let mut parts: HashMap<&LinkedPart, Vec<&PartLink>> = HashMap::default();
    for link in links {
        parts.entry(&link.part).or_default().push(link);
    }
    parts
}
