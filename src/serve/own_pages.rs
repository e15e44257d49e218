//! The paths and templates of the preview's own pages.

use std::sync::OnceLock;

use tera::{Context, Tera};

/// The desk's path.
pub const DESK: &str = "/_presswork/";
/// The path of the page with the crops of a picture.
pub const CROPS: &str = "/_presswork/crops";

/// True for the paths of pages with forms that change files.
pub fn has_forms(path: &str) -> bool {
    path == DESK || path == CROPS
}

/// The URL of the page with the crops of the picture in a file's front matter.
pub fn crops_url(source: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("{CROPS}?{}", query.append_pair("source", source).finish())
}

/// Fills one of the templates.
///
/// # Errors
/// A bug in the template.
pub fn fill(template: &str, context: &Context) -> Result<String, String> {
    static TEMPLATES: OnceLock<Result<Tera, String>> = OnceLock::new();
    let templates = TEMPLATES.get_or_init(|| {
        let mut tera = Tera::default();
        let texts = [
            ("desk.html", include_str!("desk.html")),
            ("broken.html", include_str!("broken.html")),
            ("problem.html", include_str!("problem.html")),
            ("crops.html", include_str!("crops.html")),
        ];
        tera.add_raw_templates(texts).map_err(|error| error.to_string())?;
        Ok(tera)
    });
    templates.as_ref().map_err(Clone::clone)?.render(template, context).map_err(|error| error.to_string())
}
