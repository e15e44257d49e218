//! Routes of the formats that `outputs` of `site.yaml` asks for: files next to the stories' pages, and `llms.txt`.

use crate::config::{Config, ExtraOutput};
use crate::diagnostic::Diagnostic;
use crate::route::Route;
use crate::site::{ArticleId, Site};

use super::{Output, OutputKind, Plan, SourceRef, bad_route};

/// <https://llmstxt.org>.
const LLMS: &str = "llms.txt";

/// Adds every article in the formats asked for. Their pages must be planned already.
pub(super) fn articles(plan: &mut Plan, site: &Site, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let forms: [(_, fn(_) -> _); 2] =
        [(ExtraOutput::Ninjs, OutputKind::Ninjs), (ExtraOutput::Markdown, OutputKind::Markdown)];
    for (form, kind) in forms.into_iter().filter(|(form, _)| config.outputs.contains(form)) {
        for id in (0..site.articles.len() as u32).map(ArticleId) {
            let page = plan.article(id);
            match beside(page, form) {
                Ok(route) => {
                    let output = Output::new(route, kind(id)).in_edition(site.story(id).edition);
                    plan.add(output.made_from(SourceRef::Article(id)).showing(id));
                }
                Err(why) => diagnostics.push(bad_route(&site.story(id).article.source, page.path(), &why)),
            }
        }
    }
}

/// Adds a feed for each article that has comments, if the configuration asks for them.
pub(super) fn comment_feeds(plan: &mut Plan, site: &Site, config: &Config) {
    let mut stories: Vec<ArticleId> = site.threads.keys().copied().filter(|_| config.comments.feeds).collect();
    stories.sort_unstable();
    for id in stories {
        if let Some(route) = plan.comment_feed(id) {
            let output = Output::new(route, OutputKind::CommentFeed(id)).in_edition(site.story(id).edition);
            plan.add(output.made_from(SourceRef::Article(id)).showing(id));
        }
    }
}

/// Adds `llms.txt`, unless the newsroom has its own.
pub(super) fn llms(plan: &mut Plan, config: &Config) {
    if config.outputs.contains(&ExtraOutput::Llms) && !plan.is_supplied(&config.edition_path(LLMS)) {
        plan.add_edition_file(config, LLMS, OutputKind::Llms(config.edition.id));
    }
}

/// The route of a story in another format: in the folder of its page, or next to a page with a file name of its own.
fn beside(page: &Route, form: ExtraOutput) -> Result<Route, crate::route::RouteError> {
    let (folder_name, ending) = match form {
        ExtraOutput::Ninjs => ("article.json", ".json"),
        ExtraOutput::Markdown | ExtraOutput::Llms | ExtraOutput::Text => ("index.md", ".md"),
    };
    let path = page.path();
    match path.strip_suffix(".html") {
        Some(name) => Route::file(&[name, ending].concat()),
        None => Route::file(&[path, folder_name].concat()),
    }
}

impl Plan {
    /// The route of the feed of an article's comments, next to its page.
    pub fn comment_feed(&self, id: ArticleId) -> Option<Route> {
        let path = self.article(id).path();
        let path = match path.strip_suffix(".html") {
            Some(name) => [name, "-comments.xml"].concat(),
            None => [path, "comments.xml"].concat(),
        };
        Route::file(&path).ok()
    }

    /// The route of an article in another format, if the configuration asks for it.
    pub fn format_route(&self, config: &Config, id: ArticleId, form: ExtraOutput) -> Option<Route> {
        config.outputs.contains(&form).then(|| beside(self.article(id), form).ok()).flatten()
    }
}
