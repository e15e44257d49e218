//! The parts of a retracted story that stay public.

use crate::article::{Article, BodyScan, Front, RareFields};

/// Returns a retracted article without its content. It is built from the parts that may stay, so that nothing else can
/// be published: anything not listed here, such as a new key of front matter, is dropped.
pub(super) fn without_content(article: &Article) -> Article {
    let front = &article.front;
    let rare = front.rare();
    // Headlines, credits and filing; notices since publication; and settings for search engines and listings.
    let rare = RareFields {
        short_title: rare.short_title.clone(),
        seo_title: rare.seo_title.clone(),
        contributors: rare.contributors.clone(),
        byline: rare.byline.clone(),
        wire: rare.wire.clone(),
        series: rare.series.clone(),
        taxonomies: rare.taxonomies.clone(),
        corrections: rare.corrections.clone(),
        notes: rare.notes.clone(),
        retracted: rare.retracted.clone(),
        withdrawn: rare.withdrawn.clone(),
        canonical: rare.canonical.clone(),
        guid: rare.guid.clone(),
        url: rare.url.clone(),
        language: rare.language.clone(),
        weight: rare.weight,
        ..RareFields::default()
    };
    let front = Front {
        title: front.title.clone(),
        authors: front.authors.clone(),
        tags: front.tags.clone(),
        aliases: front.aliases.clone(),
        kind: front.kind,
        has_slug: front.has_slug,
        comments: front.comments,
        noindex: front.noindex,
        draft: front.draft,
        rare: Some(Box::new(rare)),
        ..Front::default()
    };
    Article {
        source: article.source.clone(),
        front,
        dates: article.dates.clone(),
        slug: article.slug.clone(),
        body: BodyScan { start: article.body.start, line: article.body.line, ..BodyScan::default() },
        sketch: article.sketch,
        digest: article.digest,
    }
}
