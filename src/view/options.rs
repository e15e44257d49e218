//! The pictures among the theme's options: checked and shown as pictures are everywhere.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::contract::ImageView;
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::site::Site;

/// An option of the theme that is a picture, or one for light and one for dark screens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PictureOption {
    /// The picture, as `site.yaml` refers to it.
    pub light: String,
    /// The one for dark screens.
    pub dark: Option<String>,
}

/// Puts views of the pictures into the options, `{light, dark}` for each, and says which of them cannot be had.
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
        // What is over is no picture any more.
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
        focus: None,
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
    }
}
