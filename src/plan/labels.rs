//! Names outputs in messages, and the files that an editor changes to move them.

use crate::config;
use crate::route::Route;
use crate::site::Site;

use super::{FeedSource, Listing, Output, OutputKind, PagePart, Plan};

/// The name of an output in messages. `theme_assets` are the routes of the theme's files.
pub(super) fn label(plan: &Plan, site: &Site, theme_assets: &[Route], output: &Output) -> String {
    let of_other = |at: usize| label(plan, site, theme_assets, &plan.outputs[at]);
    match output.kind {
        OutputKind::ThemeAsset(at) => format!("the theme's `{}`", theme_assets[at]),
        OutputKind::File(at) => format!("the file `{}`", site.files[at].source),
        OutputKind::Article(id) => format!("the article `{}`", site.story(id).article.source),
        OutputKind::Page(at) => format!("the page `{}`", site.pages[at].page.source),
        OutputKind::Listing(listing, part) => of_listing(site, listing, part),
        OutputKind::Series(at) => of_series(site, at),
        OutputKind::Terms(at) => format!("the list of {}", site.taxonomies[at].plural),
        OutputKind::AllSeries => "the list of series".to_owned(),
        OutputKind::Staff => "the staff page".to_owned(),
        OutputKind::Corrections(_) => "the corrections page".to_owned(),
        OutputKind::Archive | OutputKind::Year(_) | OutputKind::Month(..) => "the archive".to_owned(),
        OutputKind::Front => "the front page".to_owned(),
        OutputKind::NotFound => "the 404 page".to_owned(),
        OutputKind::Tombstone(_) | OutputKind::Gone => "a page for gone content".to_owned(),
        OutputKind::Feed(FeedSource::Listing(listing), _) => {
            format!("a feed of {}", of_listing(site, listing, PagePart::Front))
        }
        OutputKind::Feed(FeedSource::Series(at), _) => format!("a feed of {}", of_series(site, at)),
        OutputKind::Feed(FeedSource::Corrections, _) => "a feed of the corrections page".to_owned(),
        OutputKind::Redirect(at) => {
            format!("the redirect `{}`", plan.redirects.get(at).map_or("", |redirect| &redirect.written))
        }
        OutputKind::HostFile(host, _) => format!("the file for {}", host.as_str()),
        OutputKind::Ninjs(id) | OutputKind::Markdown(id) => {
            format!("another format of the article `{}`", site.story(id).article.source)
        }
        OutputKind::Llms => "the list for language models".to_owned(),
        OutputKind::TextVersion(at) => format!("the text edition of {}", of_other(at)),
        OutputKind::Opml => "the list of feeds".to_owned(),
        OutputKind::FeedStyle => "the feeds' style sheet".to_owned(),
        OutputKind::PreviewStyle => "the style sheet of previews".to_owned(),
        OutputKind::Sitemap(_) | OutputKind::SitemapIndex => "a sitemap".to_owned(),
        OutputKind::Robots => "robots.txt".to_owned(),
        OutputKind::Alias(target) => format!("an alias of {}", of_other(target)),
    }
}

/// The file that an editor changes to move an output: its source, or else the one that gives it its URL.
pub(super) fn file_to_change(plan: &Plan, site: &Site, output: &Output) -> String {
    if let Some(path) = output.source_path(site) {
        return path.to_owned();
    }
    match output.kind {
        OutputKind::Alias(target) => file_to_change(plan, site, &plan.outputs[target]),
        OutputKind::TextVersion(at) => file_to_change(plan, site, &plan.outputs[at]),
        OutputKind::Redirect(_) => config::REDIRECTS_FILE.to_owned(),
        OutputKind::Listing(listing, _) | OutputKind::Feed(FeedSource::Listing(listing), _) => match listing {
            Listing::Section(id) => {
                let section = site.section(id);
                let file = section.file.as_ref().map(|file| file.source.clone());
                file.unwrap_or_else(|| format!("content/{}", section.id))
            }
            Listing::Author(id) => site.person(id).author.source.clone(),
            Listing::Term(taxonomy, term) => site.taxonomies[taxonomy].terms[term].source.clone(),
            Listing::Latest => config::FILE.to_owned(),
        },
        OutputKind::Series(at) | OutputKind::Feed(FeedSource::Series(at), _) => site.series[at].source.clone(),
        _ => config::FILE.to_owned(),
    }
}

fn of_series(site: &Site, at: usize) -> String {
    format!("the series `{}`", site.series[at].title)
}

fn of_listing(site: &Site, listing: Listing, part: PagePart) -> String {
    let name = match listing {
        Listing::Latest => "the list of the latest stories".to_owned(),
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
