//! The pictures among the theme's options: checks them and makes views of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::contract::ImageView;
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::site::Site;

/// A theme option that is a picture, or a pair of pictures for light and dark screens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PictureOption {
    /// The picture, as referred to in `site.yaml`.
    pub light: String,
    /// The picture for dark screens.
    pub dark: Option<String>,
}

/// Replaces pictures among the options by their views, `{light, dark}` for each, and reports those that do not exist.
pub fn resolve_pictures(
    options: &mut BTreeMap<String, Value>,
    pictures: &BTreeMap<String, PictureOption>,
    config: &Config,
    site: &Site,
    plan: &Plan,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut view = |reference: &str| {
        diagnostics.extend(plan.check_picture(site, config, config::FILE, "theme", reference));
        let target = plan.resolve(site, config, config::FILE, reference).ok();
        let view = target.map(|target| {
            let size = target.file.and_then(|at| site.files[at].size);
            picture(config, target.url, size, "")
        });
        view.and_then(|view| serde_json::to_value(view).ok()).unwrap_or(Value::Null)
    };
    for (name, PictureOption { light, dark }) in pictures {
        let light = view(light);
        let dark = dark.as_deref().map_or(Value::Null, &mut view);
        // A picture that is gone is left out.
        let shown = match light {
            Value::Null => Value::Null,
            light => Value::Object(Map::from_iter([("light".to_owned(), light), ("dark".to_owned(), dark)])),
        };
        options.insert(name.clone(), shown);
    }
    diagnostics
}

/// The view of the picture at a URL.
pub(super) fn picture<'a>(config: &Config, url: String, size: Option<(u32, u32)>, alt: &'a str) -> ImageView<'a> {
    ImageView {
        url: crate::route::absolute(config.base_url.origin(), &url),
        src: url,
        alt,
        caption: None,
        credit: None,
        rights: None,
        focus: None,
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        sources: Vec::new(),
        srcset: None,
        sizes: None,
        social: None,
        search: Vec::new(),
    }
}
