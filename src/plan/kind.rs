//! The kinds of outputs, with what all outputs of a kind have in common, and their names in messages.

use std::hash::{DefaultHasher, Hash, Hasher};

use borsh::{BorshDeserialize, BorshSerialize};

use crate::config::{EditionId, FeedFormat, Host};
use crate::route::Route;
use crate::site::{ArticleId, AuthorId, FrontId, SectionId, Site};

use super::{Output, PagePart, Plan, SegmentFile};

/// A list of stories that is split into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listing {
    /// All stories of an edition.
    Latest(EditionId),
    /// A section's.
    Section(SectionId),
    /// An author's.
    Author(AuthorId),
    /// A term's: the taxonomy, and the term in it.
    Term(usize, usize),
}

impl Listing {
    /// Returns the front that blocks lay out on its first page; none for the list of all stories.
    pub fn front(self) -> Option<FrontId> {
        match self {
            Listing::Latest(_) => None,
            Listing::Section(id) => Some(FrontId::Section(id)),
            Listing::Author(id) => Some(FrontId::Author(id)),
            Listing::Term(taxonomy, term) => Some(FrontId::Term(taxonomy, term)),
        }
    }
}

/// A list that has feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedSource {
    /// A listing; [`Listing::Latest`] stands for the whole site.
    Listing(Listing),
    /// A series, by its place in [`crate::site::Site::series`].
    Series(usize),
    /// All amendments of an edition.
    Corrections(EditionId),
}

/// The kind of an output, and its subject. Only planning and `render::prepare` match on it: everything that other
/// stages need is in [`super::Output`] or follows from the [class](OutputKind::class).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputKind {
    /// A file of the theme, by its place among the theme's assets.
    ThemeAsset(usize),
    /// A file of the project, by its place in [`crate::site::Site::files`].
    File(usize),
    /// A picture in one size, by its place among the plan's variants: see [`super::Plan::variant`].
    Variant(usize),
    /// An article's page.
    Article(ArticleId),
    /// A standalone page, by its place in [`crate::site::Site::pages`].
    Page(usize),
    /// One page of a listing.
    Listing(Listing, PagePart),
    /// A series, by its place in [`crate::site::Site::series`].
    Series(usize),
    /// All terms of a taxonomy, by its place in [`crate::site::Site::taxonomies`].
    Terms(EditionId, usize),
    /// All series.
    AllSeries(EditionId),
    /// The list of all authors.
    Staff(EditionId),
    /// One page of all amendments. If a standalone page introduces the list, that page is the front.
    Corrections(EditionId, PagePart),
    /// The years of the archive.
    Archive(EditionId),
    /// One year of the archive, by its place in [`super::Plan::years`].
    Year(usize),
    /// One month of the archive: the year's place, and the month's place in it.
    Month(usize, usize),
    /// The front page.
    Front(EditionId),
    /// The page on which readers search.
    SearchPage,
    /// The script of that page.
    SearchScript,
    /// The file that a search begins with: `root.json`.
    SearchRoot,
    /// A file of a part of the search index, by the part's place in [`super::Plan::segments`].
    SearchSegment(usize, SegmentFile),
    /// The page that hosts show for unknown URLs: `404.html`.
    NotFound(EditionId),
    /// The page at the URL of a withdrawn story, by its place in [`crate::site::Site::gone`].
    Tombstone(usize),
    /// The page that hosts show for what is gone and has no tombstone: `410.html`.
    Gone,
    /// A redirect from an alias to another output, by that one's place in [`super::Plan::outputs`].
    Alias(usize),
    /// A redirect from an old path of `redirects.yaml`, by its place: see [`super::Plan::redirect`].
    Redirect(usize),
    /// A host's configuration file: redirects and headers.
    HostFile(Host, &'static str),
    /// A feed.
    Feed(FeedSource, FeedFormat),
    /// The feed of the comments on an article.
    CommentFeed(ArticleId),
    /// The list of all feeds, for feed readers.
    Opml(EditionId),
    /// The style sheet with which browsers show feeds.
    FeedStyle,
    /// The style sheet of a preview's banner.
    PreviewStyle,
    /// A sitemap, by its place in [`super::Plan::sitemaps`].
    Sitemap(usize),
    /// The list of all sitemaps.
    SitemapIndex,
    /// `robots.txt`.
    Robots,
    /// `security.txt`: the contact for reporting vulnerabilities.
    SecurityTxt,
    /// `trust.txt`: the organizations that the site belongs to.
    TrustTxt,
    /// An article as IPTC ninjs.
    Ninjs(ArticleId),
    /// An article as Markdown.
    Markdown(ArticleId),
    /// `llms.txt`, a summary of the edition for language models.
    Llms(EditionId),
    /// The text version of another output, by that one's place in [`super::Plan::outputs`].
    TextVersion(usize),
}

/// A group of kinds that other stages treat alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Class {
    /// A page whose text or biography an editor wrote, so rendering it may find errors.
    Content,
    /// A page made of lists alone.
    Overview,
    /// A page that hosts show with an error status.
    ErrorPage,
    /// A page at the URL of a withdrawn story.
    Tombstone,
    /// A page that redirects.
    Redirect,
    /// The text version of a page.
    TextVersion,
    /// A feed, which may hold the texts of several stories.
    Feed,
    /// A story, or the list of all stories, in another format.
    Format,
    /// A file whose name changes with its bytes.
    Asset,
    /// A copy of a file of the project.
    Copy,
    /// A file of the search index whose URL changes with its bytes.
    SearchIndex,
    /// A small file that is made without a template: sitemaps, hosts' files, style sheets.
    Generated,
}

impl OutputKind {
    /// The edition of a page that each edition has once; the main one for other kinds.
    pub fn edition(self) -> EditionId {
        match self {
            OutputKind::Front(edition)
            | OutputKind::Archive(edition)
            | OutputKind::Staff(edition)
            | OutputKind::AllSeries(edition)
            | OutputKind::Corrections(edition, _)
            | OutputKind::NotFound(edition) => edition,
            _ => EditionId::MAIN,
        }
    }

    /// The class of all outputs of this kind.
    pub fn class(self) -> Class {
        match self {
            OutputKind::Article(_) | OutputKind::Page(_) | OutputKind::Listing(..) | OutputKind::Front(_) => {
                Class::Content
            }
            OutputKind::Series(_)
            | OutputKind::Terms(..)
            | OutputKind::AllSeries(_)
            | OutputKind::Staff(_)
            | OutputKind::Corrections(..)
            | OutputKind::Archive(_)
            | OutputKind::Year(_)
            | OutputKind::Month(..)
            | OutputKind::SearchPage => Class::Overview,
            OutputKind::NotFound(_) | OutputKind::Gone => Class::ErrorPage,
            OutputKind::Tombstone(_) => Class::Tombstone,
            OutputKind::Alias(_) | OutputKind::Redirect(_) => Class::Redirect,
            OutputKind::TextVersion(_) => Class::TextVersion,
            OutputKind::Feed(..) | OutputKind::CommentFeed(_) => Class::Feed,
            OutputKind::Ninjs(_) | OutputKind::Markdown(_) | OutputKind::Llms(_) => Class::Format,
            OutputKind::ThemeAsset(_) | OutputKind::Variant(_) => Class::Asset,
            OutputKind::File(_) => Class::Copy,
            OutputKind::SearchScript | OutputKind::SearchSegment(..) => Class::SearchIndex,
            OutputKind::HostFile(..)
            | OutputKind::Opml(_)
            | OutputKind::FeedStyle
            | OutputKind::PreviewStyle
            | OutputKind::SearchRoot
            | OutputKind::Sitemap(_)
            | OutputKind::SitemapIndex
            | OutputKind::Robots
            | OutputKind::SecurityTxt
            | OutputKind::TrustTxt => Class::Generated,
        }
    }
}

impl Output {
    /// A hash of the kind, without places in lists, which differ from build to build. Together with the output's route
    /// and its reads it identifies the output.
    pub fn shape(&self, plan: &Plan) -> u64 {
        let mut hasher = DefaultHasher::new();
        for kind in [self.kind, plan.full_page(self).kind] {
            std::mem::discriminant(&kind).hash(&mut hasher);
            if let OutputKind::Listing(_, part) | OutputKind::Corrections(_, part) = kind {
                std::mem::discriminant(&part).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

impl Class {
    /// True for pages of the site with content of their own.
    pub fn is_page(self) -> bool {
        matches!(self, Class::Content | Class::Overview)
    }
}

/// The name of an output in messages. `theme_assets` are the routes of the theme's files.
pub(super) fn label(plan: &Plan, site: &Site, theme_assets: &[Route], output: &Output) -> String {
    let of_other = |at: usize| label(plan, site, theme_assets, &plan.outputs[at]);
    match output.kind {
        OutputKind::ThemeAsset(at) => format!("the theme's `{}`", theme_assets[at]),
        OutputKind::File(at) => format!("the file `{}`", site.files[at].source),
        OutputKind::Variant(at) => {
            format!("a smaller `{}`", plan.variants.get(at).map_or("", |variant| &site.files[variant.file].source))
        }
        OutputKind::Article(id) => format!("the article `{}`", site.story(id).article.source),
        OutputKind::Page(at) => format!("the page `{}`", site.pages[at].page.source),
        OutputKind::Listing(listing, part) => of_listing(site, listing, part),
        OutputKind::Series(at) => of_series(site, at),
        OutputKind::Terms(_, at) => format!("the list of {}", site.taxonomies[at].plural),
        OutputKind::AllSeries(_) => "the list of series".to_owned(),
        OutputKind::Staff(_) => "the staff page".to_owned(),
        OutputKind::Corrections(..) => "the corrections page".to_owned(),
        OutputKind::Archive(_) | OutputKind::Year(_) | OutputKind::Month(..) => "the archive".to_owned(),
        OutputKind::Front(_) => "the front page".to_owned(),
        OutputKind::SearchPage => "the search page".to_owned(),
        OutputKind::SearchScript => "the script of the search page".to_owned(),
        OutputKind::SearchRoot | OutputKind::SearchSegment(..) => "the search index".to_owned(),
        OutputKind::NotFound(_) => "the 404 page".to_owned(),
        OutputKind::Tombstone(_) | OutputKind::Gone => "a page for gone content".to_owned(),
        OutputKind::Feed(FeedSource::Listing(listing), _) => {
            format!("a feed of {}", of_listing(site, listing, PagePart::Front))
        }
        OutputKind::Feed(FeedSource::Series(at), _) => format!("a feed of {}", of_series(site, at)),
        OutputKind::Feed(FeedSource::Corrections(_), _) => "a feed of the corrections page".to_owned(),
        OutputKind::Redirect(at) => {
            format!("the redirect `{}`", plan.redirects.get(at).map_or("", |redirect| &redirect.written))
        }
        OutputKind::HostFile(host, _) => format!("the file for {}", host.as_str()),
        OutputKind::Ninjs(id) | OutputKind::Markdown(id) => {
            format!("another format of the article `{}`", site.story(id).article.source)
        }
        OutputKind::CommentFeed(id) => format!("the feed of comments on `{}`", site.story(id).article.source),
        OutputKind::Llms(_) => "the list for language models".to_owned(),
        OutputKind::TextVersion(at) => format!("the text edition of {}", of_other(at)),
        OutputKind::Opml(_) => "the list of feeds".to_owned(),
        OutputKind::FeedStyle => "the feeds' style sheet".to_owned(),
        OutputKind::PreviewStyle => "the style sheet of previews".to_owned(),
        OutputKind::Sitemap(_) | OutputKind::SitemapIndex => "a sitemap".to_owned(),
        OutputKind::Robots => "robots.txt".to_owned(),
        OutputKind::SecurityTxt => "security.txt".to_owned(),
        OutputKind::TrustTxt => "trust.txt".to_owned(),
        OutputKind::Alias(target) => format!("an alias of {}", of_other(target)),
    }
}

fn of_series(site: &Site, at: usize) -> String {
    format!("the series `{}`", site.series[at].title)
}

fn of_listing(site: &Site, listing: Listing, part: PagePart) -> String {
    let name = match listing {
        Listing::Latest(_) => "the list of the latest stories".to_owned(),
        Listing::Section(id) => format!("the section `{}`", site.section(id).id),
        Listing::Author(id) => format!("the author page of `{}`", site.person(id).author.id),
        Listing::Term(taxonomy, term) => {
            let taxonomy = &site.taxonomies[taxonomy];
            format!("the page of `{}` in {}", taxonomy.terms[term].title, taxonomy.name)
        }
    };
    match part {
        PagePart::Front => name,
        PagePart::Frozen(number) | PagePart::Next(number) => format!("page {number} of {name}"),
    }
}
