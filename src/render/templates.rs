//! Compiles a theme's templates and explains their errors.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::hosts::ThemeUses;
use crate::markdown::{FootnotePlacement, SERVICE_EMBED};
use crate::site::Site;

use super::embeds::{self, Embed, Embeds};
use super::filters;
use super::layer::{Layer, text};
use super::program_embeds::ProgramEmbeds;
use super::theme_ids::ThemeIds;

/// The maximum size of a page in bytes, so that no template can fill the disk.
pub const MAX_PAGE_BYTES: usize = 64 << 20;

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
pub const OPTIONAL: &[(&str, Option<&str>)] = &[("corrections.html", None), (GONE, Some(NOT_FOUND)), (TEXT, None)];
/// The template of every page of the text edition.
pub(super) const TEXT: &str = "text.html";
const GONE: &str = "gone.html";
const NOT_FOUND: &str = "not-found.html";

/// Compiled templates and embeds.
#[derive(Debug, Clone)]
pub struct Templates {
    tera: Tera,
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
    files: BTreeMap<String, String>,
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
    /// The template's file and the place in it.
    pub place: Option<(String, Span)>,
}

impl RenderError {
    /// Creates an error of the whole template.
    pub(super) fn new(message: String) -> RenderError {
        RenderError { code: Code::TemplateFailed, message, place: None }
    }
}

/// The theme folders that contain templates, and the prefix of their names in Tera.
const FOLDERS: &[(&str, &str)] =
    &[("templates/", ""), ("components/", "components/"), (embeds::FOLDER, embeds::FOLDER)];

/// An empty Tera with the filters of all templates.
fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.register_filter("group_by", filters::group_by);
    tera.register_filter("safe", filters::safe);
    tera.register_filter("urlencode", filters::urlencode);
    tera.register_filter("unbroken", filters::unbroken);
    let numbers = filters::LanguageFormats::default();
    let (counting, charts) = (numbers.clone(), numbers.clone());
    tera.register_filter("number", move |value: Value, arguments: Kwargs, _: &State<'_>| {
        numbers.number(value, arguments)
    });
    tera.register_filter("counted", move |value: Value, arguments: Kwargs, _: &State<'_>| {
        counting.counted(value, arguments)
    });
    tera.register_filter("chart", move |value: Value, arguments: Kwargs, _: &State<'_>| charts.chart(value, arguments));
    tera
}

/// Compiles the templates of all layers, and those of Presswork's own embeds (`program`) that they lack. Returns `None`
/// if an error was reported.
pub(super) fn compile(layers: &[Layer], program: &Layer, diagnostics: &mut Vec<Diagnostic>) -> Option<Templates> {
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
    let mut tera = engine();
    let prefixes: Vec<String> = layers.iter().skip(1).map(|layer| format!("{}/", layer.name)).collect();
    let loaded = tera.set_fallback_prefixes(prefixes).and_then(|()| tera.add_raw_templates(sources.iter()));
    if let Err(error) = loaded {
        let errors = syntax_errors(&sources, &files);
        diagnostics.extend(if errors.is_empty() { vec![load_error(&error, &files, layers)] } else { errors });
        return None;
    }
    let missing: Vec<&str> = REQUIRED.iter().copied().filter(|name| !tera.contains_template(name)).collect();
    for name in &missing {
        let path = layers[0].path("theme.yaml");
        let message = format!("the theme has no template `{name}`");
        let hint = format!(
            "write {}, or let the theme extend one that has it: extends: broadsheet",
            layers[0].path(&format!("templates/{name}"))
        );
        diagnostics.push(Diagnostic::new(Code::BadTemplate, path, message).hint(hint));
    }
    let mut embeds = embeds::collect(&tera, &sources, layers, diagnostics)?;
    let program = ProgramEmbeds::compile(program, engine(), &mut embeds, diagnostics)?;
    let digest = xxhash_rust::xxh3::xxh3_128(&digest_input(layers, &sources));
    let uses = uses(layers, &sources);
    let mut ids = ThemeIds::default();
    sources.values().chain(program.sources.values()).for_each(|text| ids.add(text));
    let has_metadata = layers.iter().find_map(|layer| layer.metadata).unwrap_or(true);
    let footnotes = layers.iter().find_map(|layer| layer.footnotes).unwrap_or_default();
    missing.is_empty().then_some(Templates { tera, program, embeds, digest, has_metadata, footnotes, files, ids, uses })
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

/// Reports every template that can't be parsed, not only the first.
fn syntax_errors(sources: &BTreeMap<String, String>, files: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for (name, source) in sources {
        let mut alone = Tera::new();
        if let Err(error) = alone.add_raw_template(name, source)
            && let ErrorKind::SyntaxError(report) = error.kind()
        {
            let path = files.get(name).map_or(name.as_str(), String::as_str);
            errors
                .push(Diagnostic::new(Code::BadTemplate, path, lower_first(report.message())).at(span(report.span())));
        }
    }
    errors
}

/// Reports errors between templates: an unknown parent, filter or component, or a cycle.
pub(super) fn load_error(error: &tera::Error, files: &BTreeMap<String, String>, layers: &[Layer]) -> Diagnostic {
    let path_of = |name: &str| files.get(name).cloned().unwrap_or_else(|| layers[0].path("theme.yaml"));
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            Diagnostic::new(Code::BadTemplate, path_of(report.filename()), lower_first(report.message()))
                .at(span(report.span()))
        }
        ErrorKind::CircularExtend { tpl, inheritance_chain } => {
            let message = format!("the template extends itself: {}", inheritance_chain.join(" → "));
            Diagnostic::new(Code::BadTemplate, path_of(tpl), message)
        }
        ErrorKind::CircularInclude { tpl, include_chain } => {
            let message = format!("the template includes itself: {}", include_chain.join(" → "));
            Diagnostic::new(Code::BadTemplate, path_of(tpl), message)
        }
        ErrorKind::MissingParent { current, parent } => {
            let message = format!("it extends `{parent}`, which the theme does not have");
            Diagnostic::new(Code::BadTemplate, path_of(current), message)
        }
        _ => located(&error.to_string(), &path_of),
    }
}

/// Parses an error that Tera only gives as a printed report: `error: message`, then `-->
/// name:line:column`.
fn located(report: &str, path_of: &dyn Fn(&str) -> String) -> Diagnostic {
    let message = report.lines().next().unwrap_or(report).trim_start_matches("error: ");
    let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let parsed = place.and_then(|place| {
        let (rest, column) = place.rsplit_once(':')?;
        let (name, line) = rest.rsplit_once(':')?;
        Some((name, Span { line: line.parse().ok()?, column: column.parse().ok()?, length: 0 }))
    });
    let (path, place) = parsed.map_or_else(|| (path_of(""), None), |(name, span)| (path_of(name), Some(span)));
    Diagnostic::new(Code::BadTemplate, path, lower_first(message)).at_maybe(place)
}

fn span(span: &tera::Span) -> Span {
    let length = if span.start_line == span.end_line { span.end_col.saturating_sub(span.start_col) } else { 0 };
    Span { line: span.start_line, column: span.start_col + 1, length }
}

pub(super) fn lower_first(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        Some(first) if letters.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message.to_owned(),
    }
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
            return Err(RenderError { code: Code::TemplateFailed, message, place: None });
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
            place: None,
        })
    }

    fn render_error(&self, error: &tera::Error) -> RenderError {
        match error.kind() {
            ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report) => {
                let path = self.files.get(report.filename()).map_or(report.filename(), String::as_str);
                let code = if report.message().contains(TOO_LARGE) { Code::PageTooLarge } else { Code::TemplateFailed };
                RenderError {
                    code,
                    message: lower_first(report.message()),
                    place: Some((path.to_owned(), span(report.span()))),
                }
            }
            ErrorKind::Io(io::ErrorKind::FileTooLarge) => {
                let message = format!("the page is larger than {} MiB", MAX_PAGE_BYTES >> 20);
                RenderError { code: Code::PageTooLarge, message, place: None }
            }
            _ => RenderError { code: Code::TemplateFailed, message: lower_first(&error.to_string()), place: None },
        }
    }
}

const TOO_LARGE: &str = "larger than a page may be";

/// A buffer with a maximum size.
struct LimitedBuffer(Vec<u8>);

impl Write for LimitedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_PAGE_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TOO_LARGE));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
