//! Routes of the text edition: a light twin of every page, below `text/`, as `outputs` of `site.yaml` asks for it.

use crate::config::{self, Config, ExtraOutput};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::Route;
use crate::site::Site;

use super::{OutputKind, Plan, collisions};

/// The theme's template for all pages of the text edition.
pub(super) const TEMPLATE: &str = "text.html";
/// Where the text edition begins.
const FOLDER: &str = "text/";

/// Whether readers see a page there that has words; pages that lead on have text_versions that lead on.
fn has_text_version(kind: OutputKind) -> bool {
    match kind {
        OutputKind::Article(_)
        | OutputKind::Page(_)
        | OutputKind::Listing(..)
        | OutputKind::Series(_)
        | OutputKind::Terms(_)
        | OutputKind::AllSeries
        | OutputKind::Staff
        | OutputKind::Corrections(_)
        | OutputKind::Archive
        | OutputKind::Year(_)
        | OutputKind::Month(..)
        | OutputKind::Front
        | OutputKind::Tombstone(_) => true,
        OutputKind::ThemeAsset(_)
        | OutputKind::File(_)
        | OutputKind::TextVersion(_)
        | OutputKind::NotFound
        | OutputKind::Gone
        | OutputKind::Alias(_)
        | OutputKind::Redirect(_)
        | OutputKind::HostFile(..)
        | OutputKind::Feed(..)
        | OutputKind::Opml
        | OutputKind::FeedStyle
        | OutputKind::PreviewStyle
        | OutputKind::Sitemap(_)
        | OutputKind::SitemapIndex
        | OutputKind::Robots
        | OutputKind::Ninjs(_)
        | OutputKind::Markdown(_)
        | OutputKind::Llms => false,
    }
}

/// The text versions of all pages that are planned so far, from the output `first` on.
pub(super) fn add_all(plan: &mut Plan, first: usize, site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    if !plan.has_text {
        return;
    }
    for at in first..plan.outputs.len() {
        let output = &plan.outputs[at];
        if has_text_version(output.kind) {
            match of(&output.route) {
                Ok(route) => plan.add(route, OutputKind::TextVersion(at)),
                Err(why) => {
                    let (source, _) = collisions::origin(plan, site, &[], output);
                    diagnostics.push(super::bad_route(&source, &[FOLDER, output.route.path()].concat(), &why));
                }
            }
        }
    }
}

/// Where the twin of a page is.
pub(super) fn of(route: &Route) -> Result<Route, crate::route::RouteError> {
    Route::file(&[FOLDER, route.as_str()].concat())
}

/// Whether there is a text edition: the configuration asks for one, and the theme can make it.
pub(super) fn is_wanted(config: &Config, has_template: bool, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let is_asked = config.outputs.contains(&ExtraOutput::Text);
    if is_asked && !has_template {
        let message = format!("the theme `{}` has no `{TEMPLATE}` for the text edition", config.theme);
        let hint = "add templates/text.html to the theme, extend broadsheet, or remove `text` from `outputs`";
        diagnostics.push(Diagnostic::new(Code::BadTheme, config::FILE, message).in_key("outputs", "text").hint(hint));
    }
    is_asked && has_template
}

impl Plan {
    /// The light twin of a page in the text edition, if there is one.
    pub fn text_version(&self, page: &Route) -> Option<&Route> {
        self.text_version_at(page.path())
    }

    /// The light twin of the page at a URL path below the site's root.
    pub fn text_version_at(&self, path: &str) -> Option<&Route> {
        let found = self.has_text.then(|| self.output_at(&[FOLDER, path].concat()))??;
        matches!(found.kind, OutputKind::TextVersion(_)).then_some(&found.route)
    }

    /// What an output is or, of the text edition, what it is the twin of.
    pub fn full(&self, kind: OutputKind) -> OutputKind {
        match kind {
            OutputKind::TextVersion(at) => self.outputs.get(at).map_or(kind, |output| output.kind),
            kind => kind,
        }
    }
}
