//! Turns bodies into HTML: reads the file again, and lends the Markdown stage the site's links, pictures and embeds.

use std::path::Path;

use tera::{Context as Variables, Value};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Related, Reported, Span};
use crate::language::Language;
use crate::markdown::{self, Context, EmbedCall, EmbedKind, Fault, ImageTarget, Options};
use crate::plan::{LinkError, Plan, Target};
use crate::read;
use crate::site::Site;

use super::embeds::FILE_PARAMETERS;
use super::templates::Templates;

/// So many faults of one body are reported; nobody reads more, and each costs a look through the text.
const MAX_FAULTS: usize = 200;

/// Everything that a body can refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub root: &'a Path,
    pub config: &'a Config,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub templates: &'a Templates,
}

/// One body, by its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// The file, relative to the project's folder.
    pub path: &'a str,
    /// Where the body begins, in bytes.
    pub start: usize,
    /// What the file was when its front matter was read.
    pub digest: u128,
    /// The language of its text.
    pub language: &'a Language,
    /// The theme's words in that language.
    pub words: &'a Value,
}

impl Surroundings<'_> {
    /// The body of a file as HTML.
    pub(super) fn body(&self, source: Source<'_>) -> Reported<Option<String>> {
        let text = match read::text(self.root, source.path) {
            Ok(text) if read::digest(&text) == source.digest => text,
            Ok(_) => return failed(changed(source.path)),
            Err(diagnostic) => return failed(diagnostic),
        };
        let options = Options { html: self.config.html, smart_punctuation: self.config.smart_punctuation };
        let context = Lent { surroundings: *self, source };
        let body = markdown::render(&text[source.start..], &options, &context);
        let hidden = body.faults.len().saturating_sub(MAX_FAULTS);
        let diagnostics = body.faults.into_iter().take(MAX_FAULTS).enumerate().map(|(at, mut placed)| {
            if hidden > 0 && at + 1 == MAX_FAULTS {
                placed.fault.message.push_str(&format!(", and {hidden} more faults behind it"));
            }
            let span = Span::of(&text, source.start + placed.start, source.start + placed.end);
            let (fault, related) = unpack(placed.fault);
            let mut diagnostic =
                Diagnostic::new(fault.code, source.path, fault.message).at(span).hint_maybe(fault.hint);
            diagnostic.related.extend(related);
            diagnostic
        });
        Reported { diagnostics: diagnostics.collect(), value: Some(body.html) }
    }
}

fn failed(diagnostic: Diagnostic) -> Reported<Option<String>> {
    Reported { value: None, diagnostics: vec![diagnostic] }
}

fn changed(path: &str) -> Diagnostic {
    Diagnostic::new(Code::ChangedWhileBuilding, path, "the file changed while the site was being built")
        .hint("build again")
}

/// Separates the template's place from a fault of an embed's template: `message\u{1}path\u{1}line`.
const PLACE: char = '\u{1}';

fn unpack(mut fault: Fault) -> (Fault, Option<Related>) {
    let parts: Vec<String> = fault.message.split(PLACE).map(str::to_owned).collect();
    let [message, path, line] = parts.as_slice() else { return (fault, None) };
    let related = Related { message: "in this template".to_owned(), path: path.clone(), line: line.parse().ok() };
    fault.message.clone_from(message);
    (fault, Some(related))
}

fn fault(error: LinkError, reference: &str) -> Fault {
    let (code, message, hint) = error.explain(reference);
    Fault { code, message, hint }
}

/// What one body is lent.
struct Lent<'a> {
    surroundings: Surroundings<'a>,
    source: Source<'a>,
}

impl Lent<'_> {
    fn resolve(&self, reference: &str) -> Result<Target, LinkError> {
        let Surroundings { plan, site, config, .. } = self.surroundings;
        plan.resolve(site, config, self.source.path, reference)
    }

    fn picture(&self, reference: &str) -> Result<Target, Fault> {
        self.resolve(reference).map_err(|error| fault(error.required(reference), reference))
    }

    fn size(&self, target: &Target) -> Option<(u32, u32)> {
        target.file.and_then(|at| self.surroundings.site.files[at].size)
    }
}

impl Context for Lent<'_> {
    fn link(&self, destination: &str) -> Result<String, Fault> {
        self.resolve(destination).map(|target| target.url).map_err(|error| fault(error, destination))
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, Fault> {
        let target = self.picture(destination)?;
        let size = self.size(&target);
        Ok(ImageTarget { width: size.map(|(width, _)| width), height: size.map(|(_, height)| height), url: target.url })
    }

    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, Fault> {
        let templates = self.surroundings.templates;
        let embed = templates
            .embeds
            .get(call.name)
            .ok_or_else(|| Fault::new(Code::UnknownEmbed, format!("the theme has no embed `{}`", call.name)))?;
        let mut arguments = embed.arguments(call, &|_, reference| self.picture(reference).map(|target| target.url))?;
        self.add_size(call, embed, &mut arguments);
        let mut implicits = Variables::new();
        implicits.insert_value("t", self.source.words.clone());
        implicits.insert_value("language", Value::from(self.source.language.tag()));
        templates.render_component(&embed.component, &arguments, &implicits, call.body.as_deref()).map_err(|fault| {
            let place = fault.place.map(|(path, span)| format!("{PLACE}{path}{PLACE}{}", span.line));
            let message = format!("the embed `{}` failed: {}{}", call.name, fault.message, place.unwrap_or_default());
            Fault::new(fault.code, message)
        })
    }

    fn embed_kind(&self, name: &str) -> Option<EmbedKind> {
        self.surroundings.templates.embeds.get(name).map(|embed| embed.kind)
    }

    fn word(&self, key: &str) -> Option<String> {
        self.source.words.as_map()?.get(&tera::value::Key::from(key.to_owned()))?.as_str().map(str::to_owned)
    }

    fn embed_names(&self) -> Vec<String> {
        self.surroundings.templates.embeds.names().map(str::to_owned).collect()
    }
}

impl Lent<'_> {
    /// Gives an embed the size of its picture, where it asks for `width` and `height`.
    fn add_size(&self, call: &EmbedCall<'_>, embed: &super::embeds::Embed, arguments: &mut Variables) {
        let picture = call.arguments.iter().find(|(name, _)| FILE_PARAMETERS.contains(&name.as_str()));
        let Some((_, markdown::Argument::Text(reference))) = picture else { return };
        let Some((width, height)) = self.resolve(reference).ok().and_then(|target| self.size(&target)) else { return };
        for (name, length) in [("width", width), ("height", height)] {
            if embed.wants(name, arguments) {
                arguments.insert_value(name, Value::from(length));
            }
        }
    }
}
