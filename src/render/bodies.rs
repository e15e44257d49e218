//! Turns bodies into HTML: reads the file again, and lends the Markdown stage the site's links, pictures and embeds.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use tera::{Context as Variables, Value};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::chart;
use crate::config::{Config, HtmlPolicy};
use crate::controls;
use crate::diagnostic::{Code, Diagnostic, Related, Reported, Span};
use crate::language::Language;
use crate::markdown::{self, Context, EmbedCall, EmbedKind, Fault, Footnotes, ImageTarget, Options};
use crate::plan::{LinkError, Plan, Removed, Target};
use crate::read;
use crate::site::Site;
use crate::source::on_disk;

use super::embeds::{DATA_PARAMETERS, FILE_PARAMETERS};
use super::prepared::escaped;
use super::templates::Templates;

/// What stands in no URL (RFC 3986, section 2); what is encoded already is left alone.
const NO_URL: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

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
    /// Where the pages' footnotes stand.
    pub footnotes: Footnotes,
}

/// One body, by its file.
#[derive(Debug, Clone)]
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
    pub words: Value,
    /// What the ids in it begin with, where it stands on a page with other bodies.
    pub id_prefix: String,
}

/// The page that a text belongs to, for where it is read elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageLink<'a> {
    /// Its absolute URL.
    pub url: &'a str,
    /// Its headline.
    pub title: &'a str,
}

/// A body that has been rendered.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// As HTML; `None` is for pages without a body.
    pub html: Option<String>,
    /// What it refers to, as written, in order.
    pub references: Vec<String>,
    /// The hash of the text and of what each reference means; `None` when one leads nowhere.
    pub fingerprint: Option<u128>,
    /// The file.
    pub path: String,
    /// Its links with fragments, and their places in the file; none of a text for elsewhere.
    pub links: Vec<(String, Span)>,
    /// Whether it was made of Markdown alone, without raw HTML and embeds, and nothing but its URLs for its page.
    pub is_simple: bool,
}

impl Surroundings<'_> {
    /// The fingerprint that a body would have, from the references of its last rendering; `None` when one of them
    /// leads nowhere now, which only rendering can report in its place.
    pub(super) fn fingerprint(&self, source: &Source<'_>, references: &[&str]) -> Option<u128> {
        let meanings = references.iter().map(|&reference| {
            let target = self.plan.resolve(self.site, self.config, source.path, reference);
            (reference, self.meaning(&target))
        });
        fingerprint(source, meanings)
    }

    /// The body of a file as HTML.
    pub(super) fn body(&self, source: Source<'_>) -> Reported<Option<Body>> {
        let text = match self.read(&source) {
            Ok(text) => text,
            Err(diagnostic) => return failed(diagnostic),
        };
        let context = Lent { surroundings: *self, source, page: None, meanings: RefCell::default() };
        let options = Options::new(self.config, self.footnotes, context.source.language);
        let body = markdown::render(&text[context.source.start..], &options, &context);
        let Lent { source, meanings, .. } = context;
        let meanings = meanings.into_inner();
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
        let diagnostics = diagnostics.collect();
        let links = body
            .links
            .into_iter()
            .map(|link| (link.url, Span::of(&text, source.start + link.start, source.start + link.end)));
        let links = links.collect();
        let is_simple = !body.is_for_page && memchr::memchr(b'<', &text.as_bytes()[source.start..]).is_none();
        let body = Body { is_simple, links, ..Body::new(&source, body.html, meanings) };
        Reported { value: Some(body), diagnostics }
    }

    /// The body of a file as HTML that can be read elsewhere than on its page. What is wrong in it is reported with
    /// the page; it refers to the same as there.
    pub(super) fn portable(&self, source: Source<'_>, page: PageLink<'_>) -> Result<Body, Diagnostic> {
        let text = self.read(&source)?;
        let context = Lent { surroundings: *self, source, page: Some(page), meanings: RefCell::default() };
        let text = &text[context.source.start..];
        let options = Options::new(self.config, self.footnotes, context.source.language);
        let mut html = markdown::render(text, &options, &context).html;
        // Everything else than raw HTML and embeds is written so already.
        if memchr::memchr(b'<', text.as_bytes()).is_some() {
            html = match self.config.html {
                HtmlPolicy::Trusted => markdown::plain(&html, page.url),
                HtmlPolicy::Sanitized => markdown::without_hidden(html),
            };
        }
        let Lent { source, meanings, .. } = context;
        Ok(Body::new(&source, html, meanings.into_inner()))
    }

    /// The text of a file, if it is the one whose front matter was read, without control characters.
    fn read(&self, source: &Source<'_>) -> Result<String, Diagnostic> {
        let text = read::text(self.root, source.path)?;
        if read::digest(&text) != source.digest {
            return Err(read::changed(source.path));
        }
        match controls::without(&text) {
            Cow::Borrowed(_) => Ok(text),
            Cow::Owned(text) => Ok(text),
        }
    }
}

impl Body {
    fn new(source: &Source<'_>, html: String, meanings: BTreeMap<String, Option<u128>>) -> Body {
        let fingerprint = fingerprint(source, meanings.iter().map(|(name, &meaning)| (name.as_str(), meaning)));
        let (references, path) = (meanings.into_keys().collect(), source.path.to_owned());
        Body { html: Some(html), references, fingerprint, path, links: Vec::new(), is_simple: false }
    }
}

/// The hash of a body's text and of what its references mean; they come in the order of their names. What is said of
/// the body names its file, so that belongs to it too.
fn fingerprint<'m>(source: &Source<'_>, meanings: impl Iterator<Item = (&'m str, Option<u128>)>) -> Option<u128> {
    let mut hasher = Xxh3::new();
    hasher.update(&source.digest.to_le_bytes());
    hasher.update(&xxh3_128(source.path.as_bytes()).to_le_bytes());
    hasher.update(source.language.tag().as_bytes());
    for (reference, meaning) in meanings {
        hasher.update(&xxh3_128(reference.as_bytes()).to_le_bytes());
        hasher.update(&meaning?.to_le_bytes());
    }
    Some(hasher.digest128())
}

impl Surroundings<'_> {
    /// The hash of what a body is told about a reference: the URL, a picture's size, what a data file holds; and of how
    /// long a recording is, which feeds say. `None` for an error.
    fn meaning(&self, target: &Result<Target, LinkError>) -> Option<u128> {
        match target {
            Ok(target) => {
                let size = target.file.and_then(|at| self.site.files[at].size);
                let (width, height) = size.unwrap_or_default();
                let mut hasher = Xxh3::new();
                hasher.update(&[u8::from(target.file.is_some()), u8::from(size.is_some())]);
                hasher.update(&width.to_le_bytes());
                hasher.update(&height.to_le_bytes());
                hasher.update(target.url.as_bytes());
                if let Some(bytes) = target.file.and_then(|at| self.site.files[at].bytes) {
                    hasher.update(&bytes.to_le_bytes());
                }
                if let Some(path) = self.data_file(target) {
                    hasher.update(&std::fs::read(path).map_or(0, |bytes| xxh3_128(&bytes)).to_le_bytes());
                }
                Some(hasher.digest128())
            }
            // A warning: the reference is published as it is written.
            Err(LinkError::Unchecked) => Some(0),
            // Another one: only the words are published.
            Err(LinkError::Gone(removed)) => Some(match removed {
                Removed::List => 1,
                Removed::Story(state) => 2 + *state as u128,
            }),
            Err(_) => None,
        }
    }

    /// The file of the project that a reference leads to, if charts can be drawn from it.
    fn data_file(&self, target: &Target) -> Option<PathBuf> {
        let source = &self.site.files[target.file?].source;
        chart::is_data(source).then(|| on_disk(self.root, source))
    }

    /// What a data file holds, and its URL, for a template.
    fn data(&self, target: &Target) -> Result<Value, String> {
        if target.file.is_none() {
            return Err("it is no file of this site".to_owned());
        }
        let path = self.data_file(target).ok_or_else(|| format!("it is none of {}", chart::ENDINGS.join(", ")))?;
        let size = std::fs::metadata(&path).map_err(|error| error.to_string())?.len();
        if size > chart::MAX_BYTES {
            return Err(format!("it has {size} bytes, more than {}", chart::MAX_BYTES));
        }
        let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let table = chart::read(&path.to_string_lossy(), &text)?;
        let data = Data { url: &target.url, table };
        Value::try_from_serializable(&data).map_err(|error| error.to_string())
    }
}

/// `data` of an embed.
#[derive(Serialize)]
struct Data<'a> {
    url: &'a str,
    #[serde(flatten)]
    table: chart::Table,
}

fn failed(diagnostic: Diagnostic) -> Reported<Option<Body>> {
    Reported { value: None, diagnostics: vec![diagnostic] }
}

/// Separates the template's place from a fault of an embed's template: `message\u{1}path\u{1}line`.
const PLACE: char = '\u{1}';

fn unpack(mut fault: Fault) -> (Fault, Option<Related>) {
    let parts: Vec<String> = fault.message.split(PLACE).map(str::to_owned).collect();
    let [message, path, line] = parts.as_slice() else { return (fault, None) };
    let related = Related {
        message: "in this template".to_owned(),
        path: path.clone(),
        line: line.parse().ok(),
        column: None,
        needle: None,
    };
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
    /// The body's page, when the text is for elsewhere.
    page: Option<PageLink<'a>>,
    /// What was asked for, and what it means.
    meanings: RefCell<BTreeMap<String, Option<u128>>>,
}

impl Lent<'_> {
    fn resolve(&self, reference: &str) -> Result<Target, LinkError> {
        let Surroundings { plan, site, config, .. } = self.surroundings;
        let target = plan.resolve(site, config, self.source.path, reference);
        let mut meanings = self.meanings.borrow_mut();
        if !meanings.contains_key(reference) {
            meanings.insert(reference.to_owned(), self.surroundings.meaning(&target));
        }
        target
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
        let html = self.filled(call)?;
        Ok(match self.page {
            Some(page) => plain_embed(&html, page),
            None => html,
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

    fn is_id_taken(&self, id: &str) -> bool {
        self.surroundings.templates.ids.has(id)
    }

    fn is_id_prefix_taken(&self, id: &str) -> bool {
        self.surroundings.templates.ids.has_beginning(id)
    }

    fn id_prefix(&self) -> &str {
        &self.source.id_prefix
    }

    fn base(&self) -> Option<&str> {
        self.page.map(|page| page.url)
    }
}

/// What remains of an embed outside its page; when that is nothing, a link there.
fn plain_embed(html: &str, page: PageLink<'_>) -> String {
    let plain = markdown::plain(html, page.url);
    if !markdown::is_blank(&plain) {
        return plain;
    }
    markdown::plain(&format!("<a href=\"{}\">{}</a>", page.url, escaped(page.title)), page.url)
}

impl Lent<'_> {
    /// An embed as its template makes it.
    fn filled(&self, call: &EmbedCall<'_>) -> Result<String, Fault> {
        let templates = self.surroundings.templates;
        let embed = templates
            .embeds
            .get(call.name)
            .ok_or_else(|| Fault::new(Code::UnknownEmbed, format!("the theme has no embed `{}`", call.name)))?;
        let mut arguments = embed.arguments(call, &|name, reference| {
            let target = self.picture(reference)?;
            if DATA_PARAMETERS.contains(&name) {
                return self.surroundings.data(&target).map_err(|why| {
                    let message = format!("`{}` cannot be shown: {why}", reference.escape_debug());
                    let is_json = reference.to_ascii_lowercase().ends_with(".json");
                    Fault::new(Code::BadData, message).hint(match (target.file, is_json) {
                        (None, _) => "put the data into a file beside the story",
                        (_, true) => "a JSON file: a list of objects, each with a label and numbers",
                        (_, false) => "a CSV file: a line of words, then rows of a label and numbers",
                    })
                });
            }
            Ok(Value::from(utf8_percent_encode(&target.url, NO_URL).to_string()))
        })?;
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

    /// Gives an embed the size of its picture, where it asks for `width` and `height`.
    fn add_size(&self, call: &EmbedCall<'_>, embed: &super::embeds::Embed, arguments: &mut Variables) {
        let files = call.arguments.iter().filter(|(name, _)| FILE_PARAMETERS.contains(&name.as_str()));
        let size = |(_, argument): &(String, markdown::Argument)| match argument {
            markdown::Argument::Text(reference) => self.resolve(reference).ok().and_then(|target| self.size(&target)),
            _ => None,
        };
        // A film has none that is known, but its still may.
        let Some((width, height)) = files.into_iter().find_map(size) else { return };
        for (name, length) in [("width", width), ("height", height)] {
            if embed.wants(name, arguments) {
                arguments.insert_value(name, Value::from(length));
            }
        }
    }
}
