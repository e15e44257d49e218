//! Routes of the text edition: a light twin of every page, below `text/`, as `outputs` of `site.yaml` asks for it.

use crate::config::{self, Config, ExtraOutput};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::Route;
use crate::site::Site;

use super::{Plan, Subject, collisions};

/// The theme's template for all pages of the text edition.
pub(super) const TEMPLATE: &str = "text.html";
/// Where the text edition begins.
const FOLDER: &str = "text/";

/// Whether readers see a page there that has words; pages that lead on have twins that lead on.
fn has_twin(subject: Subject) -> bool {
    match subject {
        Subject::Article(_)
        | Subject::Leaf(_)
        | Subject::Listing(..)
        | Subject::Series(_)
        | Subject::Terms(_)
        | Subject::AllSeries
        | Subject::Staff
        | Subject::Corrections(_)
        | Subject::Archive
        | Subject::Year(_)
        | Subject::Month(..)
        | Subject::Front
        | Subject::Tombstone(_) => true,
        Subject::ThemeAsset(_)
        | Subject::File(_)
        | Subject::Text(_)
        | Subject::NotFound
        | Subject::Gone
        | Subject::Alias(_)
        | Subject::Redirect(_)
        | Subject::HostFile(..)
        | Subject::Feed(..)
        | Subject::Opml
        | Subject::FeedStyle
        | Subject::PreviewStyle
        | Subject::Sitemap(_)
        | Subject::SitemapIndex
        | Subject::Robots
        | Subject::Ninjs(_)
        | Subject::Markdown(_)
        | Subject::Llms => false,
    }
}

/// The twins of all pages that are planned so far, from the output `first` on.
pub(super) fn twins(plan: &mut Plan, first: usize, site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    if !plan.has_text {
        return;
    }
    for at in first..plan.outputs.len() {
        let output = &plan.outputs[at];
        if has_twin(output.subject) {
            match of(&output.route) {
                Ok(route) => plan.add(route, Subject::Text(at)),
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
    pub fn twin(&self, page: &Route) -> Option<&Route> {
        self.twin_at(page.path())
    }

    /// The light twin of the page at a URL path below the site's root.
    pub fn twin_at(&self, path: &str) -> Option<&Route> {
        let found = self.has_text.then(|| self.output_at(&[FOLDER, path].concat()))??;
        matches!(found.subject, Subject::Text(_)).then_some(&found.route)
    }

    /// What an output is or, of the text edition, what it is the twin of.
    pub fn full(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Text(at) => self.outputs.get(at).map_or(subject, |output| output.subject),
            subject => subject,
        }
    }
}
