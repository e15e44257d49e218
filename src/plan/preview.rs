//! Plans what a preview has besides the site: how its banner looks, and what keeps crawlers away.

use crate::site::Site;

use super::sitemaps::ROBOTS;
use super::{Output, OutputKind, Plan};

/// How the banner on every page looks.
const STYLE: &str = "presswork-preview.css";

impl Plan {
    /// Whether the site is one that is not for the public.
    pub fn is_preview(&self) -> bool {
        self.route(OutputKind::PreviewStyle).is_some()
    }
}

/// Adds the banner's style, and a `robots.txt` that counts even where the newsroom has one of its own or wants none.
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
