//! The text edition: a text version of every page, below `text/`, if `outputs` of `site.yaml` asks for it.

use crate::config::{self, Config, ExtraOutput};
use crate::diagnostic::{Code, Diagnostic};
use crate::route::Route;
use crate::site::Site;

use super::{Class, Output, OutputKind, Plan, output};

/// The theme's template for all pages of the text edition.
pub(super) const TEMPLATE: &str = "text.html";
/// The folder of the text edition.
const FOLDER: &str = "text/";

/// True for pages with words; those that redirect have text versions that redirect.
fn has_text_version(output: &Output) -> bool {
    output.class().is_page() || output.class() == Class::Tombstone
}

/// Adds the text versions of all pages that are planned so far, from the output `first` on.
pub(super) fn add_all(plan: &mut Plan, first: usize, site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    if !plan.has_text {
        return;
    }
    for at in first..plan.outputs.len() {
        let page = &plan.outputs[at];
        if !has_text_version(page) {
            continue;
        }
        match of(&page.route) {
            Ok(route) => {
                let version =
                    Output::new(route, OutputKind::TextVersion(at)).in_edition(page.edition).made_from(page.source);
                let version = version.showing(page.newest);
                plan.outputs[at].text_version = u32::try_from(plan.outputs.len()).ok();
                plan.add(version);
            }
            Err(why) => {
                let source = output::file_to_change(plan, site, page);
                diagnostics.push(super::bad_route(&source, &[FOLDER, page.route.path()].concat(), &why));
            }
        }
    }
}

/// The route of a page's text version.
pub(super) fn of(route: &Route) -> Result<Route, crate::route::RouteError> {
    Route::file(&[FOLDER, route.as_str()].concat())
}

/// True if the configuration asks for a text edition and the theme has its template.
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
    /// True if there is a text edition.
    pub fn has_text_edition(&self) -> bool {
        self.has_text
    }

    /// The text version of a page, if there is one.
    pub fn text_version(&self, page: &Route) -> Option<&Route> {
        self.text_version_at(page.path())
    }

    /// The text version of the page at a URL path below the site's root.
    pub fn text_version_at(&self, path: &str) -> Option<&Route> {
        let page = self.live_at(path).or_else(|| self.live_at(path.strip_suffix("index.html")?))?;
        Some(&self.outputs[page.text_version? as usize].route)
    }

    /// The page of which an output is the text version, or the output itself.
    pub fn full_page<'p>(&'p self, output: &'p Output) -> &'p Output {
        match output.kind {
            OutputKind::TextVersion(at) => self.outputs.get(at).unwrap_or(output),
            _ => output,
        }
    }
}
