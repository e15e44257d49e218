//! Finds files of a theme that nothing reads, because their name or folder is slightly wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};

use super::layer::Layer;
use super::load_errors::names_in;
use super::template_tags::tags;

/// The folders of a theme that are read.
const FOLDERS: &[&str] = &["assets", "components", "embeds", "i18n", "templates"];

/// The names of such folders in other programs.
const FOREIGN_FOLDERS: &[(&[&str], &str)] = &[
    (&["layouts", "layout", "_layouts", "views"], "templates"),
    (&["partials", "includes", "_includes", "macros"], "components"),
    (&["shortcodes"], "embeds"),
    (&["static", "css", "styles", "js", "fonts"], "assets"),
    (&["locales", "translations", "languages", "lang"], "i18n"),
];

/// The names of components of the default theme in other programs.
const FOREIGN_COMPONENTS: &[(&[&str], &str)] = &[
    (&["footer", "page_footer"], "site_footer"),
    (&["header", "site_header", "logo_bar"], "masthead"),
    (&["nav", "menu", "site_nav"], "navigation"),
    (&["story_card", "article_card"], "card"),
    (&["pagination", "paginator"], "pager"),
];

/// Reports the folders, templates and components of the project's themes that nothing reads. `sources` are all templates
/// by name, `files` their files, `known` the names of the templates that Presswork asks for.
pub(super) fn check(
    layers: &[Layer],
    known: &[&str],
    sources: &BTreeMap<String, String>,
    files: &BTreeMap<String, String>,
) -> Vec<Diagnostic> {
    let own: Vec<&Layer> = layers.iter().filter(|layer| !layer.is_built_in()).collect();
    let mut found: Vec<Diagnostic> = own.iter().flat_map(|layer| folders(layer)).collect();
    found.extend(own.iter().flat_map(|layer| templates(layer, known, sources)));
    found.extend(components(&own, sources, files));
    found
}

/// Folders with a name like that of another one.
fn folders(layer: &Layer) -> Vec<Diagnostic> {
    let first = |path: &'_ String| path.split_once('/').map(|(folder, _)| folder.to_owned());
    let unread: BTreeSet<String> =
        layer.files.keys().filter_map(first).filter(|folder| !FOLDERS.contains(&folder.as_str())).collect();
    let diagnose = |folder: String| {
        let near = foreign(&folder, FOREIGN_FOLDERS).map(|name| format!("did you mean `{name}`?"));
        let hint = near.or_else(|| did_you_mean(&folder, FOLDERS.iter().copied()))?;
        let message = format!("Presswork reads nothing in the folder `{folder}` of a theme");
        Some(Diagnostic::new(Code::UnusedTemplate, layer.path(&folder), message).hint(hint))
    };
    unread.into_iter().filter_map(diagnose).collect()
}

/// Templates that Presswork doesn't know and that no other one names.
fn templates(layer: &Layer, known: &[&str], sources: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let named: Vec<String> = sources.values().flat_map(|source| named_in(source)).collect();
    let is_named = |file: &str| {
        named.iter().any(|name| name == file || name.strip_suffix(file).is_some_and(|theme| theme.ends_with('/')))
    };
    let unused = layer.below("templates/").map(|(file, _)| file);
    let unused = unused.filter(|file| file.ends_with(".html") && !known.contains(file) && !is_named(file));
    let diagnose = |file: &str| {
        let hint = did_you_mean(file, known.iter().copied());
        let hint = hint.unwrap_or_else(|| "delete it, or name it in `extends` or `include`".to_owned());
        let message = format!("nothing uses the template `{file}`");
        Diagnostic::new(Code::UnusedTemplate, layer.path(&format!("templates/{file}")), message).hint(hint)
    };
    unused.map(diagnose).collect()
}

/// The templates that a template extends or includes.
fn named_in(source: &str) -> Vec<String> {
    let tags = tags(source).into_iter().filter(|tag| matches!(tag.word(), "extends" | "include"));
    tags.flat_map(|tag| tag.inside.split(['"', '\'', '`']).skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Components that nothing calls and whose name is nearly that of an inherited one, which they don't replace.
fn components(own: &[&Layer], sources: &BTreeMap<String, String>, files: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let called = calls(sources);
    let mut found = Vec::new();
    for layer in own {
        let folder = layer.path("components/");
        let is_of_layer = |name: &str| files.get(name).is_some_and(|path| path.starts_with(&folder));
        let components_of = |is_own: bool| {
            let of = sources.iter().filter(move |(name, _)| is_of_layer(name) == is_own);
            of.flat_map(|(name, source)| names_in(source, "component").into_iter().map(move |found| (name, found)))
        };
        let others: BTreeSet<String> =
            components_of(false).map(|(_, name)| name).filter(|name| called.contains(name)).collect();
        for (file, component) in components_of(true).filter(|(_, name)| !called.contains(name)) {
            let near = foreign(&component, FOREIGN_COMPONENTS).filter(|name| others.contains(*name));
            let near = near.map(|name| format!("did you mean `{name}`?"));
            let Some(hint) = near.or_else(|| did_you_mean(&component, others.iter().map(String::as_str))) else {
                continue;
            };
            let message = format!("nothing calls the component `{component}`");
            let path = files.get(file).cloned().unwrap_or_else(|| folder.clone());
            found.push(Diagnostic::new(Code::UnusedTemplate, path, message).hint(hint));
        }
    }
    found
}

/// The names of components that templates call: `<name …>` in a tag, or in quotes for the function `cached`.
fn calls(sources: &BTreeMap<String, String>) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for tag in sources.values().flat_map(|source| tags(source)) {
        for (at, sign) in tag.inside.match_indices(['<', '"', '\'']) {
            let rest = &tag.inside[at + sign.len()..];
            let end = rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len());
            found.insert(rest[..end].to_owned());
        }
    }
    found
}

/// The name here of what other programs call so.
fn foreign(name: &str, known: &[(&[&str], &'static str)]) -> Option<&'static str> {
    known.iter().find(|(names, _)| names.contains(&name)).map(|(_, here)| *here)
}
