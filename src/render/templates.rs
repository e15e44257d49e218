//! Compiles a theme's templates and explains their errors.

use std::collections::BTreeMap;
use std::io;

use tera::{Context, ErrorKind, Tera};

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::hosts::ThemeUses;
use crate::markdown::{FootnotePlacement, SERVICE_EMBED};
use crate::site::Site;

use super::assets::Assets;
use super::cached::CachedComponents;
use super::embeds::{self, Embed, Embeds};
use super::layer::{Layer, text};
use super::limited_buffer::{LimitedBuffer, MAX_PAGE_BYTES, TOO_LARGE};
use super::load_errors::{self, TemplateFiles, lower_first, span};
use super::program_embeds::ProgramEmbeds;
use super::render_errors::{self, Explanation};
use super::theme_ids::ThemeIds;
use super::{escaped_html, filters, unused_files};

/// Templates that every theme has or inherits.
pub const REQUIRED: &[&str] = &[
    "archive.html",
    "article.html",
    "author.html",
    "front.html",
    "latest.html",
    "month.html",
    "not-found.html",
    "page.html",
    "section.html",
    "series.html",
    "staff.html",
    "term.html",
    "terms.html",
];

/// Templates that a theme may lack, and their fallbacks; without either, there are no pages of that
/// kind.
pub const OPTIONAL: &[(&str, Option<&str>)] =
    &[("corrections.html", None), (GONE, Some(NOT_FOUND)), ("search.html", None), (TEXT, None)];
/// The template of every page of the text edition.
pub(super) const TEXT: &str = "text.html";
const GONE: &str = "gone.html";
const NOT_FOUND: &str = "not-found.html";

/// Compiled templates and embeds.
#[derive(Debug, Clone)]
pub struct Templates {
    tera: Tera,
    /// The components rendered with the function `cached`.
    pub(super) cached: CachedComponents,
    /// Presswork's own embeds that the theme lacks.
    pub(super) program: ProgramEmbeds,
    /// The embeds that a body can call.
    pub embeds: Embeds,
    /// The hash of all templates, components and embeds. Tera doesn't expose which of them a template
    /// uses, so all pages share it.
    pub digest: u128,
    /// True if metadata is inserted into the heads of pages.
    pub has_metadata: bool,
    /// The placement of footnotes.
    pub footnotes: FootnotePlacement,
    /// The sources of the theme's templates, and their files.
    sources: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
    /// The names of the theme's assets.
    assets: Vec<String>,
    /// The ids in the templates.
    pub(super) ids: ThemeIds,
    /// The external resources that the theme's templates load or run.
    uses: ThemeUses,
}

/// The reason that a page couldn't be rendered.
#[derive(Debug)]
pub struct RenderError {
    /// The diagnostic code.
    pub code: Code,
    /// The message.
    pub message: String,
    /// A suggestion to fix it.
    pub hint: Option<String>,
    /// The template's file and the place in it.
    pub place: Option<(String, Span)>,
}

impl RenderError {
    /// Creates an error of the whole template.
    pub(super) fn new(message: String) -> RenderError {
        RenderError { code: Code::TemplateFailed, message, hint: None, place: None }
    }
}

/// The theme folders that contain templates, and the prefix of their names in Tera.
const FOLDERS: &[(&str, &str)] =
    &[("templates/", ""), ("components/", "components/"), (embeds::FOLDER, embeds::FOLDER)];

/// Texts by the names of templates.
type TemplateTexts = BTreeMap<String, String>;

/// Compiles the templates of all layers, and those of Presswork's own embeds (`program`) that they lack. Returns `None`
/// if an error was reported.
pub(super) fn compile(
    layers: &[Layer],
    program: &Layer,
    assets: &Assets,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Templates> {
    let (sources, files) = read(layers, diagnostics)?;
    let mut tera = filters::engine();
    let cached = CachedComponents::default();
    cached.register(&mut tera);
    let prefixes: Vec<String> = layers.iter().skip(1).map(|layer| format!("{}/", layer.name)).collect();
    let loaded = tera.set_fallback_prefixes(prefixes).and_then(|()| tera.add_raw_templates(sources.iter()));
    if let Err(error) = loaded {
        let templates = TemplateFiles { sources: &sources, files: &files, layers };
        diagnostics.extend(load_errors::explain(&error, &templates));
        return None;
    }
    let missing: Vec<&str> = REQUIRED.iter().copied().filter(|name| !tera.contains_template(name)).collect();
    diagnostics.extend(missing_templates(&missing, &layers[0]));
    let written = sources.iter().filter_map(|(name, text)| Some((files.get(name)?, text)));
    for (path, text) in written {
        let has_body = path.contains("/embeds/");
        diagnostics.extend(escaped_html::check(text, path, has_body));
    }
    let known: Vec<&str> = REQUIRED.iter().copied().chain(OPTIONAL.iter().map(|(name, _)| *name)).collect();
    diagnostics.extend(unused_files::check(layers, &known, &sources, &files));
    cached.set_templates(tera.clone());
    let mut embeds = embeds::collect(&tera, &sources, layers, diagnostics)?;
    let program = ProgramEmbeds::compile(program, filters::engine(), &mut embeds, diagnostics)?;
    let digest = xxhash_rust::xxh3::xxh3_128(&digest_input(layers, &sources));
    let uses = uses(layers, &sources);
    let mut ids = ThemeIds::default();
    sources.values().chain(program.sources.values()).for_each(|text| ids.add(text));
    let assets = assets.all().iter().map(|asset| asset.name.clone()).collect();
    let has_metadata = layers.iter().find_map(|layer| layer.metadata).unwrap_or(true);
    let footnotes = layers.iter().find_map(|layer| layer.footnotes).unwrap_or_default();
    missing.is_empty().then_some(Templates {
        tera,
        cached,
        program,
        embeds,
        digest,
        has_metadata,
        footnotes,
        sources,
        files,
        assets,
        ids,
        uses,
    })
}

/// Reads the templates of all layers: their texts and their files, by name. Returns `None` if an error was reported.
fn read(layers: &[Layer], diagnostics: &mut Vec<Diagnostic>) -> Option<(TemplateTexts, TemplateTexts)> {
    let mut sources = BTreeMap::new();
    let mut files = BTreeMap::new();
    for (at, layer) in layers.iter().enumerate() {
        let prefix = if at == 0 { String::new() } else { format!("{}/", layer.name) };
        for (folder, lead) in FOLDERS {
            for (file, bytes) in
                layer.below(folder).filter(|(file, _)| file.ends_with(".html") || file.ends_with(".xml"))
            {
                let path = layer.path(&format!("{folder}{file}"));
                let name = format!("{prefix}{lead}{file}");
                sources.insert(name.clone(), text(bytes, &path, diagnostics)?.to_owned());
                files.insert(name, path);
            }
        }
    }
    Some((sources, files))
}

/// Reports the required templates that a theme lacks, all together: a theme that lacks one often lacks most.
fn missing_templates(missing: &[&str], layer: &Layer) -> Option<Diagnostic> {
    let (message, files) = match missing {
        [] => return None,
        [name] => (format!("the theme has no template `{name}`"), layer.path(&format!("templates/{name}"))),
        names => {
            let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            (
                format!("the theme lacks {} templates: {list}", names.len()),
                format!("them in {}", layer.path("templates/")),
            )
        }
    };
    let extend = match missing.len() {
        1 => "one that has it: extends: broadsheet",
        _ => "one that has them: extends: broadsheet",
    };
    let hint = format!("write {files}, or let the theme extend {extend}");
    Some(Diagnostic::new(Code::BadTemplate, layer.path("theme.yaml"), message).hint(hint))
}

/// The external resources that templates, style sheets and scripts load or run.
fn uses(layers: &[Layer], templates: &BTreeMap<String, String>) -> ThemeUses {
    let mut uses = ThemeUses::default();
    templates.iter().for_each(|(path, text)| add_uses(&mut uses, path, text));
    for (name, bytes) in layers.iter().flat_map(|layer| layer.below("assets/")) {
        let text = String::from_utf8_lossy(bytes);
        match name.rsplit('.').next() {
            Some("css") => uses.add_stylesheet(&text),
            Some("js" | "mjs") => uses.add_script(&text),
            _ => {}
        }
    }
    uses
}

/// Adds what a template loads or runs. The frames of services are known from the texts that name them.
fn add_uses(uses: &mut ThemeUses, path: &str, text: &str) {
    let file = path.strip_suffix(".html").and_then(|path| path.rsplit_once(embeds::FOLDER));
    if file.is_some_and(|(_, name)| name == SERVICE_EMBED) {
        uses.add_template_without_frames(text);
    } else {
        uses.add_template(text);
    }
}

/// The order of the layers, which decides between templates with the same name, and the name and text of
/// every template.
fn digest_input(layers: &[Layer], sources: &BTreeMap<String, String>) -> Vec<u8> {
    let names = layers.iter().map(|layer| layer.name.as_str());
    let texts = sources.iter().flat_map(|(name, text)| [name.as_str(), text.as_str()]);
    let mut input = Vec::new();
    for text in names.chain([""]).chain(texts) {
        input.extend_from_slice(&(text.len() as u64).to_le_bytes());
        input.extend_from_slice(text.as_bytes());
    }
    input
}

impl Templates {
    /// True if the theme or one that it extends has the template.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// The external resources that the pages of a site load or run.
    pub fn uses(&self, site: &Site) -> ThemeUses {
        let mut uses = self.uses.clone();
        uses.add_frames(site.frames());
        uses.add_connections(site.comment_servers());
        for name in site.embeds() {
            let template = self.embeds.get(name).and_then(|embed| embed.program_template.as_deref());
            if let Some((path, source)) = template.and_then(|path| self.program.sources.get_key_value(path)) {
                add_uses(&mut uses, path, source);
            }
        }
        uses
    }

    /// Sets a value that all templates share.
    pub(super) fn set_global(&mut self, name: &'static str, value: tera::Value) {
        self.program.tera.global_context().insert_value(name, value.clone());
        self.tera.global_context().insert_value(name, value);
    }

    /// The file of a template, for diagnostics.
    pub(super) fn file_of(&self, template: &str) -> Option<&str> {
        let inherited = || {
            let name = |file: &&String| file.ends_with(&format!("/templates/{template}"));
            self.files.values().find(name)
        };
        self.files.get(template).or_else(inherited).map(String::as_str)
    }

    /// The template of pages that are gone.
    pub(super) fn gone(&self) -> &'static str {
        if self.tera.contains_template(GONE) { GONE } else { NOT_FOUND }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// The template's error and its place.
    pub(super) fn render(&self, template: &str, context: &Context) -> Result<Vec<u8>, RenderError> {
        let mut page = LimitedBuffer(Vec::with_capacity(16 << 10));
        self.tera.render_to(template, context, &mut page).map_err(|error| self.render_error(&error))?;
        Ok(page.0)
    }

    /// Renders a page's template. An empty result is an error.
    ///
    /// # Errors
    /// The template's error and its place.
    pub(super) fn render_page(&self, template: &str, context: &Context) -> Result<Vec<u8>, RenderError> {
        let page = self.render(template, context)?;
        if page.trim_ascii().is_empty() {
            let message = format!("the template `{template}` prints nothing");
            return Err(RenderError { code: Code::TemplateFailed, message, hint: None, place: None });
        }
        Ok(page)
    }

    /// Renders an embed's component.
    ///
    /// # Errors
    /// The component's error and its place.
    pub(super) fn render_component(
        &self,
        embed: &Embed,
        arguments: &Context,
        implicits: &Context,
        body: Option<&str>,
    ) -> Result<String, RenderError> {
        let mut html = LimitedBuffer(Vec::new());
        let tera = if embed.program_template.is_some() { &self.program.tera } else { &self.tera };
        tera.render_component_with_implicits_to(&embed.component, arguments, implicits, body, true, &mut html)
            .map_err(|error| self.render_error(&error))?;
        String::from_utf8(html.0).map_err(|_| RenderError {
            code: Code::TemplateFailed,
            message: "the embed's output is not UTF-8".to_owned(),
            hint: None,
            place: None,
        })
    }

    fn render_error(&self, error: &tera::Error) -> RenderError {
        let cause = CachedComponents::take_cause();
        let error = cause.as_ref().unwrap_or(error);
        match error.kind() {
            ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report) => {
                let name = report.filename();
                let path = self.files.get(name).map_or(name, String::as_str);
                let code = if report.message().contains(TOO_LARGE) { Code::PageTooLarge } else { Code::TemplateFailed };
                let source = self.sources.get(name).or_else(|| self.program.sources.get(name)).map(String::as_str);
                let written = lower_first(report.message());
                let Explanation { message, hint } =
                    render_errors::explain(written, source, &report.span().range, &self.assets);
                RenderError { code, message, hint, place: Some((path.to_owned(), span(report.span()))) }
            }
            ErrorKind::Io(io::ErrorKind::FileTooLarge) => {
                let message = format!("the page is larger than {} MiB", MAX_PAGE_BYTES >> 20);
                RenderError { code: Code::PageTooLarge, message, hint: None, place: None }
            }
            _ => RenderError {
                code: Code::TemplateFailed,
                message: lower_first(&error.to_string()),
                hint: None,
                place: None,
            },
        }
    }
}
