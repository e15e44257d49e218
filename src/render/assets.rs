//! Publishes a theme's files under names with a content hash; style sheets are bundled and minified.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lightningcss::bundler::{Bundler, ResolveResult, SourceProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::route::Route;
use crate::source::join;
use crate::unicode::composed;

use super::layer::{Layer, text};
use super::load_errors::lower_first;

/// A published file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its path below `assets/`, as used in templates.
    pub name: String,
    /// Its route.
    pub route: Route,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// All published files of a theme, sorted by name.
#[derive(Debug, Clone, Default)]
pub struct Assets(Vec<Asset>);

impl Assets {
    /// The files, sorted by name.
    pub fn all(&self) -> &[Asset] {
        &self.0
    }

    /// The files' routes, in the same order.
    pub fn routes(&self) -> Vec<Route> {
        self.0.iter().map(|asset| asset.route.clone()).collect()
    }
}

/// Publishes the assets of all layers and the style sheet made from the theme's settings. Of several
/// files with the same path, the nearest layer wins.
pub(super) fn publish(layers: &[Layer], options: &str, diagnostics: &mut Vec<Diagnostic>) -> Assets {
    let mut files: BTreeMap<&str, (&Layer, &[u8])> = BTreeMap::new();
    for layer in layers {
        for (name, bytes) in layer.below("assets/") {
            files.entry(name).or_insert((layer, bytes));
        }
    }
    let mut published = BTreeMap::new();
    let is_sheet = |name: &str| name.ends_with(".css");
    for (name, (layer, bytes)) in files.iter().filter(|(name, _)| !is_sheet(name)) {
        add(&mut published, name, bytes.to_vec(), layer, diagnostics);
    }
    let mut stylesheets = Stylesheets::new(&files, diagnostics);
    stylesheets.texts.insert(PathBuf::from(OPTIONS), options);
    for (name, (layer, _)) in files.iter().filter(|(name, _)| is_sheet(name) && !is_partial(name)) {
        match bundle(name, &stylesheets, &published) {
            Ok(css) => add(&mut published, name, css.into_bytes(), layer, diagnostics),
            Err(error) => {
                if !stylesheets.explains(&error) {
                    diagnostics.push(error.diagnose(&files, layer, name));
                }
                // An empty style sheet, so that templates that use it don't fail as well.
                add(&mut published, name, Vec::new(), layer, diagnostics);
            }
        }
    }
    Assets(published.into_values().collect())
}

/// True for style sheets whose name begins with `_`: they are only imported.
fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|file| file.starts_with('_'))
}

fn add(
    published: &mut BTreeMap<String, Asset>,
    name: &str,
    bytes: Vec<u8>,
    layer: &Layer,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match Route::file(&hashed(name, &bytes)) {
        Ok(route) => {
            published.insert(name.to_owned(), Asset { name: name.to_owned(), route, bytes });
        }
        Err(why) => {
            let path = layer.path(&format!("assets/{name}"));
            diagnostics.push(Diagnostic::new(
                Code::BadFileName,
                path,
                format!("its name cannot be part of a URL: {why}"),
            ));
        }
    }
}

/// Adds a hash to the name: `css/site.css` becomes `assets/css/site.0f3a….css`, with 64 bits of xxh3.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = xxhash_rust::xxh3::xxh3_64(bytes);
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let slash = if folder.is_empty() { "" } else { "/" };
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("assets/{folder}{slash}{stem}.{hash:016x}.{extension}"),
        _ => format!("assets/{folder}{slash}{file}.{hash:016x}"),
    }
}

/// The theme's style sheets, for resolving imports.
#[derive(Debug)]
struct Stylesheets<'a> {
    texts: BTreeMap<PathBuf, &'a str>,
    /// The lines of the first unbalanced brace or comment by style sheet; each has been reported.
    unbalanced: BTreeMap<String, usize>,
}

impl<'a> Stylesheets<'a> {
    fn new(files: &BTreeMap<&'a str, (&'a Layer, &'a [u8])>, diagnostics: &mut Vec<Diagnostic>) -> Stylesheets<'a> {
        let stylesheets = files.iter().filter(|(name, _)| name.ends_with(".css"));
        let mut unbalanced = BTreeMap::new();
        let texts = stylesheets.filter_map(|(name, (layer, bytes))| {
            let path = layer.path(&format!("assets/{name}"));
            let text = text(bytes, &path, diagnostics)?;
            if let Some(at) = too_nested(text) {
                let message = "the style sheet is nested too deeply";
                diagnostics.push(Diagnostic::new(Code::BadStylesheet, path, message).at(Span::of(text, at, at + 1)));
                return None;
            }
            if let Some((at, mistake)) = first_unbalanced(text) {
                let (message, hint) = mistake.explain();
                let span = Span::of(text, at, at + 1);
                diagnostics.push(Diagnostic::new(Code::BadStylesheet, path, message).at(span).hint(hint));
                unbalanced.insert((*name).to_owned(), span.line);
            }
            Some((PathBuf::from(name), text))
        });
        Stylesheets { texts: texts.collect(), unbalanced }
    }

    /// True if an unbalanced brace before an error is its cause.
    fn explains(&self, error: &StylesheetError) -> bool {
        let Some((file, line, _)) = &error.place else { return false };
        self.unbalanced.get(file).is_some_and(|first| first <= line)
    }
}

/// The maximum number of open blocks and brackets, because the style sheet parser is recursive.
const MAX_STYLESHEET_NESTING: usize = 64;
/// The maximum number of selectors after nested rules are expanded for older browsers.
const MAX_SELECTORS: usize = 20_000;

/// Returns the byte at which a style sheet nests too deeply or too widely to be compiled.
fn too_nested(css: &str) -> Option<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut selectors = 1usize;
    let mut rule = 1usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b',' => rule += 1,
            b'&' => rule += 2,
            b';' => rule = 1,
            b'{' | b'(' | b'[' => {
                open.push(selectors);
                if byte == b'{' {
                    selectors = selectors.saturating_mul(rule);
                    rule = 1;
                }
                if open.len() > MAX_STYLESHEET_NESTING || selectors > MAX_SELECTORS {
                    return Some(at);
                }
            }
            b'}' | b')' | b']' => {
                selectors = open.pop().unwrap_or(1);
                if byte == b'}' {
                    rule = 1;
                }
            }
            _ => {}
        }
    }
    None
}

/// A mistake after which a style sheet means something else than what its author sees. Browsers and the bundler end at the
/// end of the file what is open.
#[derive(Clone, Copy)]
enum Unbalanced {
    Comment,
    OpenBrace,
    ClosingBrace,
}

impl Unbalanced {
    /// The message and the hint.
    fn explain(self) -> (&'static str, &'static str) {
        match self {
            Unbalanced::Comment => {
                ("`/*` is never closed, so the rules that follow are a comment", "write `*/` where the comment ends")
            }
            Unbalanced::OpenBrace => {
                ("`{` is never closed, so the rules that follow are inside it", "write `}` where the rule ends")
            }
            Unbalanced::ClosingBrace => ("`}` closes no rule", "remove it, or write the rule's `{`"),
        }
    }
}

/// Returns the byte of a style sheet's first comment or brace without its counterpart, outside comments and strings.
fn first_unbalanced(css: &str) -> Option<(usize, Unbalanced)> {
    let bytes = css.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (_, b'\\') => at += 1,
            // A string ends with its line at the latest (CSS Syntax 3, section 4.3.5).
            (Some(mark), byte) if byte == mark || byte == b'\n' => quote = None,
            (Some(_), _) => {}
            (None, b'/') if bytes.get(at + 1) == Some(&b'*') => match css[at + 2..].find("*/") {
                Some(end) => at += 2 + end + 1,
                None => return Some((at, Unbalanced::Comment)),
            },
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, b'{') => open.push(at),
            (None, b'}') if open.pop().is_none() => return Some((at, Unbalanced::ClosingBrace)),
            _ => {}
        }
        at += 1;
    }
    open.first().map(|&at| (at, Unbalanced::OpenBrace))
}

/// The style sheet made from the theme's settings, which any style sheet can import by this name.
const OPTIONS: &str = "_options.css";

/// The error for a failed import.
#[derive(Debug)]
struct MissingStylesheet(String);

impl std::fmt::Display for MissingStylesheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the theme has no style sheet `{}`", self.0)
    }
}

impl std::error::Error for MissingStylesheet {}

impl SourceProvider for Stylesheets<'_> {
    type Error = MissingStylesheet;

    fn read<'s>(&'s self, file: &Path) -> Result<&'s str, MissingStylesheet> {
        self.texts.get(file).copied().ok_or_else(|| MissingStylesheet(file.display().to_string()))
    }

    fn resolve(&self, specifier: &str, originating_file: &Path) -> Result<ResolveResult, MissingStylesheet> {
        if specifier.contains("://") || specifier.starts_with("//") {
            return Ok(ResolveResult::External(specifier.to_owned()));
        }
        if specifier == OPTIONS {
            return Ok(ResolveResult::File(PathBuf::from(OPTIONS)));
        }
        let folder = originating_file.parent().map(|folder| folder.to_string_lossy().replace('\\', "/"));
        let path =
            join(folder.as_deref().unwrap_or(""), specifier).ok_or_else(|| MissingStylesheet(specifier.to_owned()))?;
        Ok(ResolveResult::File(PathBuf::from(path)))
    }
}

/// An error in a style sheet, with its line and column from 1.
struct StylesheetError {
    message: String,
    place: Option<(String, usize, usize)>,
}

impl StylesheetError {
    fn diagnose(self, files: &BTreeMap<&str, (&Layer, &[u8])>, layer: &Layer, name: &str) -> Diagnostic {
        let (file, span) = match self.place {
            Some((file, line, column)) => (file, Some(Span { line, column, length: 0 })),
            None => (name.to_owned(), None),
        };
        let (layer, bytes) = files.get(file.as_str()).map_or((layer, None), |(layer, bytes)| (*layer, Some(*bytes)));
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let line = span.and_then(|span| text?.lines().nth(span.line - 1)).map(str::trim);
        // Some of the parser's messages show its own data, or the end of what it read.
        let is_internal = self.message.contains(['{', '(']) || self.message == "Unexpected end of input";
        let message = match line {
            Some(line) if is_internal => format!("`{line}` is not valid CSS"),
            _ => lower_first(&self.message),
        };
        let diagnostic = Diagnostic::new(Code::BadStylesheet, layer.path(&format!("assets/{file}")), message);
        let hint = is_internal.then_some("a rule is `selector { property: value; }`");
        diagnostic.at_maybe(span).hint_maybe(hint.map(str::to_owned))
    }
}

/// Bundles a style sheet with its imports, minifies it and replaces the URLs of assets with published
/// ones.
fn bundle(
    name: &str,
    stylesheets: &Stylesheets<'_>,
    published: &BTreeMap<String, Asset>,
) -> Result<String, StylesheetError> {
    let unplaced = |message: String| StylesheetError { message, place: None };
    let mut bundler = Bundler::new(stylesheets, None, ParserOptions::default());
    let mut sheet = bundler.bundle(Path::new(name)).map_err(|error| StylesheetError {
        place: error.loc.as_ref().map(|loc| (loc.filename.clone(), loc.line as usize + 1, loc.column as usize)),
        message: error.kind.to_string(),
    })?;
    let targets = targets();
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| unplaced(error.to_string()))?;
    let analyze = Some(DependencyOptions { remove_imports: false });
    let options = PrinterOptions { minify: true, analyze_dependencies: analyze, targets, ..PrinterOptions::default() };
    let printed = sheet.to_css(options).map_err(|error| unplaced(error.to_string()))?;
    let mut css = printed.code;
    for dependency in printed.dependencies.unwrap_or_default() {
        let (placeholder, url) = match dependency {
            Dependency::Url(url) => {
                let target = published_url(name, &url.loc.file_path, &url.url, published);
                let place = Some((url.loc.file_path, url.loc.start.line as usize, url.loc.start.column as usize));
                let message = format!("the theme has no file `{}`", url.url);
                (url.placeholder, target.ok_or(StylesheetError { message, place })?)
            }
            Dependency::Import(import) => (import.placeholder, import.url),
        };
        css = css.replace(&placeholder, &url);
    }
    Ok(css)
}

/// Browsers of about the last four years; newer syntax is compiled for them.
fn targets() -> Targets {
    let version = |major: u32| Some(major << 16);
    Targets::from(Browsers {
        chrome: version(109),
        edge: version(109),
        firefox: version(115),
        safari: version(16),
        ios_saf: version(16),
        ..Browsers::default()
    })
}

/// The URL of an asset, relative to the published style sheet.
fn published_url(sheet: &str, file: &str, url: &str, published: &BTreeMap<String, Asset>) -> Option<String> {
    if url.contains(':') || url.starts_with("//") || url.starts_with('#') || url.starts_with('/') {
        return Some(url.to_owned());
    }
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let asset = published.get(&*composed(&join(folder, &url[..end])?))?;
    let up = "../".repeat(sheet.matches('/').count());
    let below = asset.route.as_str().strip_prefix("assets/").unwrap_or(asset.route.as_str());
    Some(format!("{up}{below}{}", &url[end..]))
}
