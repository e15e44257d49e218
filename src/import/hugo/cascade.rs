//! Values that sections and the configuration give to the pages below them
//! (<https://gohugo.io/content-management/front-matter/#cascade-1>).

use serde_json::{Map, Value};

use crate::import::files::Fields;
use crate::import::files::fields::texts_of;

/// Values for the pages below a folder.
#[derive(Debug, Clone)]
pub(super) struct Cascade {
    /// The folder below the content folder; empty for the whole site.
    folder: String,
    /// The globs of paths, such as `/blog/**`, of which a page must fit one; none if all pages do.
    paths: Vec<globset::GlobMatcher>,
    values: Map<String, Value>,
}

/// A page to which values may be given.
#[derive(Debug, Clone, Copy)]
pub(super) struct CascadeTarget<'a> {
    /// The folder of the file below the content folder.
    pub folder: &'a str,
    /// The path without its ending, with a slash at the start: `/blog/vote`.
    pub path: &'a str,
    /// True for the page of the folder itself.
    pub is_section: bool,
}

/// The cascades of front matter or of the configuration: one, or a list of them with targets.
pub(super) fn cascades(folder: &str, front: &Map<String, Value>) -> Vec<Cascade> {
    let Some((_, written)) = front.iter().find(|(key, _)| key.eq_ignore_ascii_case("cascade")) else {
        return Vec::new();
    };
    let written = match written {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    };
    written.into_iter().filter_map(|one| cascade(folder, one.as_object()?)).collect()
}

fn cascade(folder: &str, written: &Map<String, Value>) -> Option<Cascade> {
    let mut fields = Fields(written.clone());
    let mut target = fields.map(&["_target", "target"]).map(Fields).unwrap_or_else(|| Fields(Map::new()));
    // Values for lists of pages are of no use here.
    let kinds = target.texts(&["kind"], None);
    if !kinds.is_empty() && !kinds.iter().any(|kind| kind.contains("page")) {
        return None;
    }
    let patterns = target.take(&["path"]).map(|paths| texts_of(&paths, None)).unwrap_or_default();
    let glob = |pattern: &String| {
        let glob = globset::GlobBuilder::new(&pattern.to_lowercase()).literal_separator(true).build().ok()?;
        Some(glob.compile_matcher())
    };
    let paths: Vec<globset::GlobMatcher> = patterns.iter().filter_map(glob).collect();
    if paths.is_empty() && !patterns.is_empty() {
        return None;
    }
    Some(Cascade { folder: folder.to_owned(), paths, values: fields.0 })
}

impl Cascade {
    fn is_for(&self, page: CascadeTarget<'_>) -> bool {
        let is_below = match self.folder.as_str() {
            "" => true,
            folder if page.folder == folder => !page.is_section,
            folder => page.folder.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        };
        let path = page.path.to_lowercase();
        is_below && (self.paths.is_empty() || self.paths.iter().any(|glob| glob.is_match(&path)))
    }
}

/// Adds the values that a page doesn't have itself. The nearest folder's count.
pub(super) fn fill(cascades: &[Cascade], page: CascadeTarget<'_>, front: &mut Map<String, Value>) {
    let mut fitting: Vec<&Cascade> = cascades.iter().filter(|cascade| cascade.is_for(page)).collect();
    fitting.sort_by_key(|cascade| std::cmp::Reverse(cascade.folder.len()));
    for cascade in fitting {
        for (key, value) in &cascade.values {
            let known = front.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, value)| value);
            match (known, value) {
                (None, _) => {
                    front.insert(key.clone(), value.clone());
                }
                (Some(Value::Object(known)), Value::Object(more)) => {
                    for (key, value) in more {
                        known.entry(key.clone()).or_insert_with(|| value.clone());
                    }
                }
                (Some(_), _) => {}
            }
        }
    }
}
