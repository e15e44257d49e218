//! Converts the HTML of other systems to the Markdown that Presswork reads.
//!
//! Everything that Markdown or an embed can say is converted; other HTML stays if Presswork publishes it, and the rest is
//! named in notes. No word is lost without a note.

mod blocks;
mod cards;
mod comment;
mod converter;
mod dom;
mod embeds;
mod escaping;
mod figures;
mod footnotes;
mod inlines;
mod lists;
mod notes;
mod old_page;
mod pieces;
mod raw;
mod reading;
mod tables;
mod writing;

pub use comment::comment;
pub use notes::{HtmlNote, HtmlNoteKind};
pub use old_page::{OldPage, old_page};

use converter::Converter;
use dom::HtmlNode;

/// The URLs of a text, which may be others on the new site.
pub trait HtmlUrls {
    /// The destination for the URL of a link, as Markdown writes it.
    fn link(&self, url: &str) -> String {
        url.to_owned()
    }

    /// The destination for the URL of a picture, recording or document.
    fn file(&self, url: &str) -> String {
        url.to_owned()
    }
}

/// URLs that stay as they are.
#[derive(Debug, Clone, Copy)]
pub struct SameUrls;

impl HtmlUrls for SameUrls {}

/// Settings for a conversion.
pub struct HtmlOptions<'a> {
    /// The new destinations of URLs.
    pub urls: &'a dyn HtmlUrls,
    /// Footnotes that are stored apart from the text: the id that references lead to, and the note's HTML.
    pub footnotes: &'a [(String, String)],
    /// True for a reader's comment, in which no HTML, picture or embed may stay.
    pub is_comment: bool,
}

impl Default for HtmlOptions<'_> {
    fn default() -> Self {
        HtmlOptions { urls: &SameUrls, footnotes: &[], is_comment: false }
    }
}

/// A text as Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConvertedHtml {
    /// The Markdown, ending with a line end unless it is empty.
    pub markdown: String,
    /// Remarks on what was dropped, changed or kept as HTML, sorted by kind and subject.
    pub notes: Vec<HtmlNote>,
}

/// Converts a fragment of HTML, such as the body of a post. Any text is valid: it is parsed as browsers do (HTML, section
/// 13.2), without tags nested more deeply than Presswork publishes.
///
/// ```
/// use presswork::import::html::{HtmlOptions, convert};
/// let converted = convert("<h2>Cranes</h2><p>They <b>stand</b> still.</p>", &HtmlOptions::default());
/// assert_eq!(converted.markdown, "## Cranes\n\nThey **stand** still.\n");
/// assert!(converted.notes.is_empty());
/// ```
pub fn convert(html: &str, options: &HtmlOptions<'_>) -> ConvertedHtml {
    let shallow = crate::markdown::without_deep_nesting(html);
    let fragment = scraper::Html::parse_fragment(&shallow);
    let root = fragment.tree.root();
    let mut converter = Converter::new(options);
    converter.collect_targets(root);
    let notes = converter.collect_footnotes(root);
    let mut blocks = converter.blocks(content(&fragment));
    blocks.extend(converter.footnote_definitions(notes));
    let mut markdown = blocks.join("\n\n");
    if !markdown.is_empty() {
        markdown.push('\n');
    }
    ConvertedHtml { markdown, notes: converter.notes.into_list() }
}

/// The text of HTML on one line, without markup and with its references decoded, such as a title or a term's description.
pub fn plain_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return dom::one_line(html);
    }
    let shallow = crate::markdown::without_deep_nesting(html);
    dom::text(scraper::Html::parse_fragment(&shallow).tree.root())
}

/// The nodes of a fragment, without the elements that the parser puts around them.
fn content(fragment: &scraper::Html) -> impl Iterator<Item = HtmlNode<'_>> {
    fragment.tree.root().children().flat_map(|node| match dom::name(node) {
        "html" => node.children().collect::<Vec<_>>(),
        _ => vec![node],
    })
}
