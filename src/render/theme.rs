//! Loads a theme: its own files and those of the themes that it extends, from `themes/` or built in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::Value;
use walkdir::WalkDir;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::config;
use crate::diagnostic::{Code, Diagnostic, Reported, did_you_mean};
use crate::hosts::{without, without_comments};
use crate::markdown::{FootnotePlacement, SERVICE_EMBED};
use crate::picture::slot::Slot;
use crate::read;
use crate::source::on_disk;
use crate::unicode::composed;
use crate::view::{PictureOption, Strings};

use super::assets::{self, Assets};
use super::layer::{BUILT_IN_MARK, Layer, parsed, text};
use super::options::{self, DeclaredSetting};
use super::picture_slots::{self, DeclaredSlot};
use super::templates::{self, Templates};
use super::{embeds, program_embeds, strings};

/// The built-in theme.
pub const BUILT_IN: &str = "broadsheet";
static BROADSHEET: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/broadsheet");

/// A loaded theme.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Its templates and embeds.
    pub templates: Templates,
    /// Its files, published under names with a content hash.
    pub assets: Assets,
    /// Its settings: the site's values, or else the defaults.
    pub options: BTreeMap<String, Value>,
    /// Its image settings, not yet resolved: `view::resolve_pictures` adds them to `options`.
    pub pictures: BTreeMap<String, PictureOption>,
    /// The places of its pages that show pictures in sizes of their own.
    pub slots: Vec<Slot>,
    /// The possible names of project files in its templates, style sheets and settings, with the
    /// possible readings of each separated by tabs.
    pub names: Vec<String>,
    /// Its strings.
    pub strings: Strings,
    /// The hash of all its files and of those of the themes that it extends.
    pub digest: u128,
}

/// `theme.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeManifest {
    #[expect(dead_code, reason = "required so that a theme names itself; the folder decides")]
    name: String,
    extends: Option<String>,
    metadata: Option<bool>,
    footnotes: Option<FootnotePlacement>,
    #[serde(default)]
    options: BTreeMap<String, DeclaredSetting>,
    #[serde(default)]
    pictures: BTreeMap<String, DeclaredSlot>,
    #[expect(dead_code, reason = "for people who read the file")]
    description: Option<String>,
    #[expect(dead_code, reason = "for people who read the file")]
    version: Option<String>,
    #[expect(dead_code, reason = "for people who read the file")]
    author: Option<String>,
    #[expect(dead_code, reason = "for people who read the file")]
    license: Option<String>,
}

/// Loads the theme `name` of the project at `root`, with the settings that the site chose.
pub fn load(root: &Path, name: &str, chosen: &BTreeMap<String, Value>) -> Reported<Option<Theme>> {
    let mut diagnostics = Vec::new();
    let layers = layers(root, name, &mut diagnostics);
    if layers.is_empty() || crate::diagnostic::has_errors(&diagnostics) {
        return Reported { value: None, diagnostics };
    }
    let own = site_strings(root, &mut diagnostics);
    let strings = strings::read(std::iter::once(&own).chain(&layers), &mut diagnostics);
    let mut declared = BTreeMap::new();
    for layer in layers.iter().rev() {
        declared.extend(layer.options.clone());
    }
    let options = options::resolve(&declared, chosen, &layers[0].path("theme.yaml"), &mut diagnostics);
    if crate::diagnostic::has_errors(&diagnostics) {
        return Reported { value: None, diagnostics };
    }
    let pictures = options::pictures(&declared, &options);
    let assets = assets::publish(&layers, &options::sheet(&declared, &options), &mut diagnostics);
    let templates = templates::compile(&layers, &program_layer(), &assets, &mut diagnostics);
    let (names, digest) = (named_files(&layers, &pictures), digest(layers.iter().chain([&own])));
    let slots = picture_slots::inherited(layers.iter().map(|layer| &layer.slots));
    let value =
        templates.map(|templates| Theme { templates, assets, options, pictures, slots, names, strings, digest });
    Reported { value, diagnostics }
}

/// The names of project files in the project's themes; the built-in theme names none.
fn named_files(layers: &[Layer], pictures: &BTreeMap<String, PictureOption>) -> Vec<String> {
    let own = layers.iter().filter(|layer| !layer.is_built_in());
    let files = own.flat_map(|layer| &layer.files).filter(|(path, _)| *path != "theme.yaml");
    let texts = files.filter_map(|(path, bytes)| Some(uncommented(path, std::str::from_utf8(bytes).ok()?)));
    let pictures = pictures.values().flat_map(|picture| std::iter::once(&picture.light).chain(&picture.dark));
    let mut named: Vec<String> = pictures.cloned().collect();
    // A template may print the beginning of a URL before the file name.
    texts.for_each(|text| named.extend(read::names_in(&text.replace("}}", "\"")).lines().map(str::to_owned)));
    named
}

/// A template or style sheet without its comments.
fn uncommented(path: &str, text: &str) -> String {
    if path.ends_with(".css") { without(text, "/*", "*/") } else { without_comments(text) }
}

fn digest<'l>(layers: impl Iterator<Item = &'l Layer>) -> u128 {
    let mut hasher = Xxh3::new();
    for layer in layers {
        hasher.update(&xxh3_128(layer.name.as_bytes()).to_le_bytes());
        for (path, bytes) in &layer.files {
            hasher.update(&xxh3_128(path.as_bytes()).to_le_bytes());
            hasher.update(&xxh3_128(bytes).to_le_bytes());
        }
        hasher.update(&[0]);
    }
    hasher.digest128()
}

/// Returns all text files of a theme and of those that it extends.
pub fn texts(root: &Path, name: &str) -> Vec<String> {
    let layers = layers(root, name, &mut Vec::new());
    let files = layers.into_iter().flat_map(|layer| layer.files.into_values());
    files.filter_map(|bytes| String::from_utf8(bytes).ok()).collect()
}

/// A file that a theme in use has or inherits.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Its path below the theme's folder.
    pub path: String,
    /// The folder of the theme that has it, as shown in diagnostics.
    pub folder: String,
    /// True if the theme itself has it.
    pub is_own: bool,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The folder of strings, in a theme and beside `site.yaml`.
const STRINGS: &str = "i18n";
/// The folders whose files take the place of inherited ones.
const REPLACEABLE: &[&str] = &["templates/", "components/", embeds::FOLDER, "i18n/", "assets/"];
/// The script that loads the frames of embeds when readers ask for them.
const EMBEDS_SCRIPT: &str = "assets/js/embeds.js";

/// The files that a theme has or inherits and that a file of the same path can replace, in the order of their paths.
pub fn files_in_use(root: &Path, name: &str) -> Reported<Vec<ThemeFile>> {
    let mut diagnostics = Vec::new();
    let mut layers = layers(root, name, &mut diagnostics);
    let mut files: BTreeMap<String, ThemeFile> = BTreeMap::new();
    if !layers.is_empty() {
        let mut program = built_in_files();
        program.retain(|path, _| path.starts_with(embeds::FOLDER) || path == EMBEDS_SCRIPT);
        layers.push(built_in(program));
    }
    for (at, layer) in layers.into_iter().enumerate() {
        let replaceable = |path: &String| REPLACEABLE.iter().any(|folder| path.starts_with(folder));
        for (path, bytes) in layer.files.into_iter().filter(|(path, _)| replaceable(path)) {
            let folder = layer.folder.clone();
            files.entry(path.clone()).or_insert(ThemeFile { path, folder, is_own: at == 0, bytes });
        }
    }
    Reported { value: files.into_values().collect(), diagnostics }
}

/// Loads the theme's layer and those of the themes it extends, nearest first.
fn layers(root: &Path, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    let mut next = Some((name.to_owned(), config::FILE.to_owned(), "theme"));
    while let Some((name, asked_in, key)) = next.take() {
        if layers.iter().any(|layer| layer.name == name) {
            let message = format!("the theme `{name}` extends itself");
            diagnostics.push(Diagnostic::new(Code::BadTheme, asked_in, message).in_key(key, name));
            break;
        }
        let Some(mut layer) = layer(root, &name, diagnostics) else {
            diagnostics.push(missing(root, &name, asked_in, key));
            break;
        };
        let Some(manifest) = manifest(&layer, diagnostics) else { break };
        (layer.metadata, layer.footnotes) = (manifest.metadata, manifest.footnotes);
        layer.options = manifest.options;
        layer.slots = picture_slots::check(&manifest.pictures, &layer.path("theme.yaml"), diagnostics);
        next = manifest.extends.map(|parent| (parent, layer.path("theme.yaml"), "extends"));
        layers.push(layer);
    }
    layers
}

/// The themes available to the project at `root`.
pub fn names(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::from([BUILT_IN.to_owned()]);
    if let Ok(folders) = std::fs::read_dir(root.join("themes")) {
        let folders = folders
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok());
        names.extend(folders.filter(|name| !name.starts_with('.')));
    }
    names
}

/// The strings of the site itself, in the folder `i18n/` beside `site.yaml`.
fn site_strings(root: &Path, diagnostics: &mut Vec<Diagnostic>) -> Layer {
    let folder = root.join(STRINGS);
    let mut found = BTreeMap::new();
    if folder.is_symlink() {
        diagnostics.push(Diagnostic::new(Code::SymlinkIgnored, STRINGS, "symbolic links are not followed"));
    } else if folder.is_dir() {
        found = files(&folder, STRINGS, diagnostics);
    }
    let in_folder = |(path, bytes)| (format!("{STRINGS}/{path}"), bytes);
    Layer {
        name: String::new(),
        folder: String::new(),
        files: found.into_iter().map(in_folder).collect(),
        metadata: None,
        footnotes: None,
        options: BTreeMap::new(),
        slots: Vec::new(),
    }
}

/// The files of Presswork's own embeds, which the built-in theme contains.
fn program_layer() -> Layer {
    let mut files = built_in_files();
    files.retain(|path, _| program_embeds::FILES.iter().any(|beginning| path.starts_with(beginning)));
    built_in(files)
}

/// True if an embed of this name comes with Presswork (docs/WRITING.md, "Embeds").
pub fn is_program_embed(name: &str) -> bool {
    name != SERVICE_EMBED && BROADSHEET.get_file(format!("{}{name}.html", embeds::FOLDER)).is_some()
}

/// The files of the built-in theme, by path.
pub fn built_in_files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    embedded(&BROADSHEET, &mut files);
    files
}

fn missing(root: &Path, name: &str, asked_in: String, key: &str) -> Diagnostic {
    let known = names(root);
    let hint = did_you_mean(name, known.iter().map(String::as_str)).unwrap_or_else(|| {
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        format!("a theme is a folder themes/{name}/ with a theme.yaml; there are: {}", names.join(", "))
    });
    Diagnostic::new(Code::BadTheme, asked_in, format!("unknown theme `{}`", name.escape_debug()))
        .in_key(key, name)
        .hint(hint)
}

/// Loads the files of a theme's folder, or of the built-in theme.
fn layer(root: &Path, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Layer> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
        return None;
    }
    let folder = format!("themes/{name}");
    let path = on_disk(root, &composed(&folder));
    if [&root.join("themes"), &path].into_iter().any(|path| path.is_symlink()) {
        diagnostics.push(Diagnostic::new(Code::SymlinkIgnored, folder.as_str(), "symbolic links are not followed"));
    } else if path.is_dir() {
        let files = files(&path, &folder, diagnostics);
        return Some(Layer {
            name: name.to_owned(),
            folder,
            files,
            metadata: None,
            footnotes: None,
            options: BTreeMap::new(),
            slots: Vec::new(),
        });
    }
    (name == BUILT_IN).then(|| built_in(built_in_files()))
}

fn built_in(files: BTreeMap<String, Vec<u8>>) -> Layer {
    Layer {
        name: BUILT_IN.to_owned(),
        folder: format!("themes/{BUILT_IN}{BUILT_IN_MARK}"),
        files,
        metadata: None,
        footnotes: None,
        options: BTreeMap::new(),
        slots: Vec::new(),
    }
}

fn embedded(folder: &Dir<'static>, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        files.insert(file.path().to_string_lossy().replace('\\', "/"), file.contents().to_vec());
    }
    folder.dirs().for_each(|folder| embedded(folder, files));
}

fn files(folder: &Path, shown: &str, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let hidden = |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    for entry in WalkDir::new(folder).follow_links(false).into_iter().filter_entry(|entry| !hidden(entry)) {
        let path_of = |path: &Path| {
            let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
            composed(&below).into_owned()
        };
        let found = match entry {
            Ok(entry) if entry.file_type().is_file() => {
                std::fs::read(entry.path()).map(|bytes| (path_of(entry.path()), bytes))
            }
            Ok(entry) if entry.file_type().is_symlink() => {
                let path = format!("{shown}/{}", path_of(entry.path()));
                diagnostics.push(Diagnostic::new(Code::SymlinkIgnored, path, "symbolic links are not followed"));
                continue;
            }
            Ok(_) => continue,
            Err(error) => Err(std::io::Error::other(error)),
        };
        match found {
            Ok((path, bytes)) => {
                files.insert(path, bytes);
            }
            Err(error) => {
                diagnostics.push(Diagnostic::new(Code::BadTheme, shown, format!("it cannot be read: {error}")))
            }
        }
    }
    files
}

fn manifest(layer: &Layer, diagnostics: &mut Vec<Diagnostic>) -> Option<ThemeManifest> {
    let path = layer.path("theme.yaml");
    let Some(bytes) = layer.files.get("theme.yaml") else {
        let hint = format!("write {path} with a line `name: {}`", layer.name);
        diagnostics.push(Diagnostic::new(Code::BadTheme, path, "the theme has no theme.yaml").hint(hint));
        return None;
    };
    let text = text(bytes, &path, diagnostics)?;
    parsed(text, &path, diagnostics)
}
