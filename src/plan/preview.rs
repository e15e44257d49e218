//! Plans the files that only a preview has: the banner's style sheet, and a `robots.txt` that keeps crawlers away.

use crate::site::Site;

use super::sitemaps::ROBOTS;
use super::{Output, OutputKind, Plan};

/// The style sheet of the banner on every page.
const STYLE: &str = "presswork-preview.css";

impl Plan {
    /// True if the site is not for the public.
    pub fn is_preview(&self) -> bool {
        self.route(OutputKind::PreviewStyle).is_some()
    }
}

/// Adds the banner's style sheet, and a `robots.txt` that replaces the newsroom's own.
pub(super) fn outputs(plan: &mut Plan, site: &Site) {
    if site.preview.is_none() {
        return;
    }
    plan.add_file(STYLE, OutputKind::PreviewStyle);
    let supplied = plan.outputs.iter_mut().find(|output| output.route.collision_key() == ROBOTS);
    match supplied {
        Some(output) => *output = Output::new(output.route.clone(), OutputKind::Robots),
        None => plan.add_file(ROBOTS, OutputKind::Robots),
    }
}
