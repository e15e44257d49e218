//! Renders bodies: reads each file again and gives the Markdown renderer the site's links, images and
//! embeds.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use tera::{Context as Variables, Value};

use crate::chart;
use crate::config::{Config, HtmlPolicy, PictureText};
use crate::control_characters;
use crate::diagnostic::{Code, Diagnostic, RelatedPlace, Reported, Span};
use crate::language::Language;
use crate::markdown::{
    self, BodyProblem, Context, EmbedCall, EmbedKind, FootnotePlacement, GivenArgument, ImageSizes, ImageTarget,
    Options,
};
use crate::picture::crop::Framing;
use crate::picture::slot::SlotName;
use crate::plan::{LinkError, SourceRef};
use crate::read;
use crate::reader::{DataFile, SiteReader, Target, TargetFile};
use crate::route::Route;
use crate::view::renditions;

use super::embeds::{DATA_PARAMETERS, FILE_PARAMETERS, TEXT_PARAMETERS};
use super::filters;
use super::html::escaped;
use super::templates::Templates;

/// Characters that URLs can't contain (RFC 3986, section 2); existing percent-encoding stays.
const INVALID_IN_URL: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// The maximum number of problems reported for one body: more would not help, and each costs a search
/// through the text.
const MAX_PROBLEMS: usize = 200;

/// Everything that a body can refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReferenceTargets<'a> {
    pub root: &'a Path,
    pub config: &'a Config,
    pub reader: &'a SiteReader<'a>,
    pub templates: &'a Templates,
    /// The placement of the pages' footnotes.
    pub footnotes: FootnotePlacement,
    /// `site` for embeds, unless it is that of the main edition.
    pub site: Option<&'a Value>,
}

/// A body, identified by its file.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    /// The file.
    pub from: SourceRef,
    /// Its path, relative to the project folder.
    pub path: &'a str,
    /// The byte at which the body begins.
    pub start: usize,
    /// The file's digest when its front matter was read.
    pub digest: u128,
    /// The language of the text.
    pub language: &'a Language,
    /// The theme's strings in that language.
    pub words: Value,
    /// The prefix of the body's ids, if its page has other bodies.
    pub id_prefix: String,
}

/// The page of a text that is read elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageLink<'a> {
    /// Its absolute URL.
    pub url: &'a str,
    /// Its headline.
    pub title: &'a str,
}

/// A rendered body.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The HTML; `None` for pages without a body.
    pub html: Option<String>,
    /// The files of the project that it refers to, by their paths; not sorted.
    pub files: Vec<String>,
    /// The file.
    pub path: String,
    /// Its links with fragments and their places in the file; empty if the text is read elsewhere.
    pub links: Vec<(String, Span)>,
    /// True if it has no raw HTML and no embeds, and differs from other formats only in its URLs.
    pub is_simple: bool,
}

impl ReferenceTargets<'_> {
    /// Renders the body of a file.
    pub(super) fn body(&self, source: Source<'_>) -> Reported<Option<Body>> {
        let text = match self.read(&source) {
            Ok(text) => text,
            Err(diagnostic) => return failed(diagnostic),
        };
        let context = BodyContext { reference_targets: *self, source, page: None, files: RefCell::default() };
        let options = Options::new(self.config, self.footnotes, context.source.language);
        let body = markdown::render(&text[context.source.start..], &options, &context);
        let BodyContext { source, files, .. } = context;
        let hidden = body.problems.len().saturating_sub(MAX_PROBLEMS);
        let diagnostics = body.problems.into_iter().take(MAX_PROBLEMS).enumerate().map(|(at, mut placed)| {
            if hidden > 0 && at + 1 == MAX_PROBLEMS {
                placed.problem.message.push_str(&format!(", and {hidden} more problems follow"));
            }
            let span = Span::of(&text, source.start + placed.start, source.start + placed.end);
            let problem = placed.problem;
            let mut diagnostic =
                Diagnostic::new(problem.code, source.path, problem.message).at(span).hint_maybe(problem.hint);
            diagnostic.related.extend(problem.related.map(|related| *related));
            diagnostic
        });
        let diagnostics = diagnostics.collect();
        let links = body
            .links
            .into_iter()
            .map(|link| (link.url, Span::of(&text, source.start + link.start, source.start + link.end)));
        let links = links.collect();
        let is_simple = !body.is_for_page && memchr::memchr(b'<', &text.as_bytes()[source.start..]).is_none();
        let body = Body { is_simple, links, ..Body::new(&source, body.html, files) };
        Reported { value: Some(body), diagnostics }
    }

    /// Renders the body of a file for reading outside its page. Its problems are reported with the page.
    pub(super) fn portable(&self, source: Source<'_>, page: PageLink<'_>) -> Result<Body, Diagnostic> {
        let text = self.read(&source)?;
        let context = BodyContext { reference_targets: *self, source, page: Some(page), files: RefCell::default() };
        let text = &text[context.source.start..];
        let options = Options::new(self.config, self.footnotes, context.source.language);
        let mut html = markdown::render(text, &options, &context).html;
        // Only raw HTML and embeds need conversion.
        if memchr::memchr(b'<', text.as_bytes()).is_some() {
            html = match self.config.html {
                HtmlPolicy::Trusted => markdown::plain(&html, page.url),
                HtmlPolicy::Sanitized => markdown::without_hidden(html),
            };
        }
        let BodyContext { source, files, .. } = context;
        Ok(Body::new(&source, html, files))
    }

    /// Reads the text of a file without control characters; an error if it changed since its front
    /// matter was read.
    pub(super) fn read(&self, source: &Source<'_>) -> Result<String, Diagnostic> {
        let text = read::text(self.root, source.path)?;
        if read::digest(&text) != source.digest {
            return Err(read::changed(source.path));
        }
        match control_characters::without(&text) {
            Cow::Borrowed(_) => Ok(text),
            Cow::Owned(text) => Ok(text),
        }
    }
}

impl Body {
    fn new(source: &Source<'_>, html: String, files: RefCell<Vec<String>>) -> Body {
        let (files, path) = (files.into_inner(), source.path.to_owned());
        Body { html: Some(html), files, path, links: Vec::new(), is_simple: false }
    }
}

impl ReferenceTargets<'_> {
    /// A data file's URL and content, for a template.
    fn data(&self, target: &Target<'_>) -> Result<Value, String> {
        let file = target.file.as_ref().ok_or("it is not a file of this site")?;
        let DataFile(path) = (file.data.as_ref())
            .ok_or_else(|| format!("its extension is not one of {}", chart::EXTENSIONS.join(", ")))?;
        let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
        if size > chart::MAX_BYTES {
            return Err(format!("it has {size} bytes, more than {}", chart::MAX_BYTES));
        }
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let table = chart::read(&path.to_string_lossy(), &text)?;
        let data = EmbedData { url: &target.url, table };
        Value::try_from_serializable(&data).map_err(|error| error.to_string())
    }
}

/// The value of an embed's `data` argument.
#[derive(Serialize)]
struct EmbedData<'a> {
    url: &'a str,
    #[serde(flatten)]
    table: chart::Table,
}

fn failed(diagnostic: Diagnostic) -> Reported<Option<Body>> {
    Reported { value: None, diagnostics: vec![diagnostic] }
}

fn link_problem(error: LinkError, reference: &str) -> BodyProblem {
    let (code, message, hint) = error.explain(reference);
    BodyProblem { hint, ..BodyProblem::new(code, message) }
}

/// The rendering context of one body.
struct BodyContext<'a> {
    reference_targets: ReferenceTargets<'a>,
    source: Source<'a>,
    /// The body's page, if the text is read elsewhere.
    page: Option<PageLink<'a>>,
    /// The files of the project that it has referred to so far.
    files: RefCell<Vec<String>>,
}

impl BodyContext<'_> {
    fn resolve(&self, reference: &str) -> Result<Target<'_>, LinkError> {
        let target = self.reference_targets.reader.target(Some(self.source.from), reference)?;
        self.files.borrow_mut().extend(target.file.as_ref().map(|file| file.source.to_owned()));
        Ok(target)
    }

    /// A picture in the sizes in which texts show it.
    fn sizes(&self, file: &TargetFile<'_>) -> Option<ImageSizes> {
        let rendition = renditions::rendition(file, SlotName::Inline, Framing::default())?;
        let base_url = &self.reference_targets.config.base_url;
        let path = |route: &Route| base_url.path(route);
        let (usual, largest) = (renditions::usual(rendition)?, renditions::fallbacks(rendition).next_back()?);
        let sources = renditions::newer(rendition)
            .map(|(format, variants)| (format.media_type(), renditions::srcset(variants.into_iter(), &path)));
        Some(ImageSizes {
            url: path(&usual.route),
            largest: (largest.width, largest.height),
            sources: sources.collect(),
            srcset: renditions::srcset(renditions::fallbacks(rendition), &path),
            sizes: rendition.sizes.to_string(),
        })
    }

    /// A text of a picture's file that pages show where the text has none.
    fn filled<'f>(&self, file: &TargetFile<'f>, text: PictureText) -> Option<&'f str> {
        let texts = file.picture.filter(|_| self.reference_targets.config.pictures.fills(text)).map(|it| &it.texts)?;
        match text {
            PictureText::Alt => texts.alt.as_deref(),
            PictureText::Caption => texts.caption.as_deref(),
            PictureText::Credit => texts.credit.as_deref(),
        }
    }

    fn picture(&self, reference: &str) -> Result<Target<'_>, BodyProblem> {
        self.resolve(reference).map_err(|error| {
            let suggestion = || {
                // After this error nothing is published, so it doesn't matter that the whole site is read.
                let (site, plan) = self.reference_targets.reader.everything();
                plan.suggestion(site, self.source.path, reference)
            };
            link_problem(error.required(reference).suggest(suggestion), reference)
        })
    }
}

impl Context for BodyContext<'_> {
    fn link(&self, destination: &str) -> Result<String, BodyProblem> {
        self.resolve(destination).map(|target| target.url).map_err(|error| link_problem(error, destination))
    }

    fn image(&self, destination: &str) -> Result<ImageTarget, BodyProblem> {
        let target = self.picture(destination)?;
        let sizes = target.file.as_ref().and_then(|file| self.sizes(file)).map(Box::new);
        let credit = target.file.as_ref().and_then(|file| self.filled(file, PictureText::Credit)).map(str::to_owned);
        let size = target.file.and_then(|file| file.size);
        let (width, height) = (size.map(|(width, _)| width), size.map(|(_, height)| height));
        Ok(ImageTarget { url: target.url, width, height, sizes, credit })
    }

    fn embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        let html = self.render_embed(call)?;
        Ok(match self.page {
            Some(page) => embed_without_page(&html, page),
            None => html,
        })
    }

    fn embed_kind(&self, name: &str) -> Option<EmbedKind> {
        self.reference_targets.templates.embeds.get(name).map(|embed| embed.kind)
    }

    fn is_text_argument(&self, name: &str) -> bool {
        TEXT_PARAMETERS.contains(&name)
    }

    fn call_hint(&self, name: &str, given: &[GivenArgument], has_body: bool) -> Option<String> {
        let embed = self.reference_targets.templates.embeds.get(name)?;
        Some(embed.call_hint(name, given, has_body))
    }

    fn word(&self, key: &str) -> Option<String> {
        self.source.words.as_map()?.get(&tera::value::Key::from(key.to_owned()))?.as_str().map(str::to_owned)
    }

    fn language_of_word(&self, word: &str) -> Option<(String, String)> {
        filters::language_of_word(&self.source.words, word)
            .map(|(language, direction)| (language.to_owned(), direction.to_owned()))
    }

    fn embed_names(&self) -> Vec<String> {
        self.reference_targets.templates.embeds.names().map(str::to_owned).collect()
    }

    fn is_id_taken(&self, id: &str) -> bool {
        self.reference_targets.templates.ids.has(id)
    }

    fn is_id_prefix_taken(&self, id: &str) -> bool {
        self.reference_targets.templates.ids.has_prefix_of(id)
    }

    fn id_prefix(&self) -> &str {
        &self.source.id_prefix
    }

    fn base(&self) -> Option<&str> {
        self.page.map(|page| page.url)
    }
}

/// Reduces an embed to plain HTML; if nothing is left, links to its page.
fn embed_without_page(html: &str, page: PageLink<'_>) -> String {
    let plain = markdown::plain(html, page.url);
    if !markdown::is_empty_html(&plain) {
        return plain;
    }
    markdown::plain(&format!("<a href=\"{}\">{}</a>", page.url, escaped(page.title)), page.url)
}

impl BodyContext<'_> {
    /// Renders an embed with its template.
    fn render_embed(&self, call: &EmbedCall<'_>) -> Result<String, BodyProblem> {
        let templates = self.reference_targets.templates;
        let embed = templates
            .embeds
            .get(call.name)
            .ok_or_else(|| BodyProblem::new(Code::UnknownEmbed, format!("there is no embed `{}`", call.name)))?;
        let quotes = self.source.language.quotes();
        let quotes = Some(&quotes).filter(|_| self.reference_targets.config.smart_punctuation);
        let mut arguments = embed.arguments(call, quotes, &|name, reference| {
            let target = self.picture(reference)?;
            if DATA_PARAMETERS.contains(&name) {
                return self.reference_targets.data(&target).map_err(|why| {
                    let message = format!("`{}` cannot be shown: {why}", reference.escape_debug());
                    let is_json = reference.to_ascii_lowercase().ends_with(".json");
                    BodyProblem::new(Code::BadData, message).hint(match (target.file, is_json) {
                        (None, _) => "put the data into a file beside the story",
                        (_, true) => "a JSON file: a list of objects, each with a label and numbers",
                        (_, false) => "a CSV file: a line of words, then rows of a label and numbers",
                    })
                });
            }
            let sizes = target.file.as_ref().and_then(|file| self.sizes(file));
            let url = sizes.map_or(target.url, |sizes| sizes.url);
            Ok(Value::from(utf8_percent_encode(&url, INVALID_IN_URL).to_string()))
        })?;
        self.add_size(call, embed, &mut arguments);
        self.add_texts(call, embed, &mut arguments);
        let mut implicits = Variables::new();
        let words = match embed.program_template.is_some() {
            true => templates.program.words(self.source.language, &self.source.words),
            false => self.source.words.clone(),
        };
        implicits.insert_value("t", words);
        if let Some(site) = self.reference_targets.site {
            implicits.insert_value("site", site.clone());
        }
        implicits.insert_value("language", Value::from(self.source.language.tag()));
        templates.render_component(embed, &arguments, &implicits, call.body.as_deref()).map_err(|problem| {
            let message = format!("the embed `{}` failed: {}", call.name, problem.message);
            let hint = embed.has_url_as_id(call).then(|| embed.corrected_call(call));
            let related = problem.place.map(|(path, span)| {
                let (message, line) = ("in this template".to_owned(), Some(span.line));
                Box::new(RelatedPlace { message, path, line, column: None, key_value: None })
            });
            BodyProblem { related, hint: problem.hint.or(hint), ..BodyProblem::new(problem.code, message) }
        })
    }

    /// Passes the caption and the credit in the file of an embed's picture, as far as it declares them and the call
    /// doesn't give them.
    fn add_texts(&self, call: &EmbedCall<'_>, embed: &super::embeds::Embed, arguments: &mut Variables) {
        // Other files belong to the embed, such as the poster of a video that somebody else took.
        let source = call.arguments.iter().find(|(name, _)| name == "src");
        let Some((_, markdown::Argument::Text(reference))) = source else { return };
        let Some(file) = self.resolve(reference).ok().and_then(|target| target.file) else { return };
        for (name, text) in [("caption", PictureText::Caption), ("credit", PictureText::Credit)] {
            if let Some(found) = self.filled(&file, text).filter(|_| embed.wants(name, arguments)) {
                arguments.insert_value(name, Value::from(found));
            }
        }
    }

    /// Passes the size of an embed's image as `width` and `height`, and the files of its sizes as `srcset`, `webp` and
    /// `sizes`, as far as it declares them.
    fn add_size(&self, call: &EmbedCall<'_>, embed: &super::embeds::Embed, arguments: &mut Variables) {
        let files = call.arguments.iter().filter(|(name, _)| FILE_PARAMETERS.contains(&name.as_str()));
        let size = |(_, argument): &(String, markdown::Argument)| match argument {
            markdown::Argument::Text(reference) => {
                let file = self.resolve(reference).ok()?.file?;
                Some((file.size?, self.sizes(&file)))
            }
            _ => None,
        };
        let mut files = files.into_iter();
        // A video's size isn't known, but its poster's may be.
        let Some((size, sizes)) = files.find_map(size) else { return };
        let (width, height) = sizes.as_ref().map_or(size, |sizes| sizes.largest);
        if let Some(ImageSizes { sources, srcset, sizes, .. }) = sizes {
            let newer = sources.into_iter().find(|(media_type, _)| *media_type == "image/webp");
            let texts = [("webp", newer.map(|(_, srcset)| srcset)), ("srcset", Some(srcset)), ("sizes", Some(sizes))];
            for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text?))) {
                if embed.wants(name, arguments) {
                    arguments.insert_value(name, Value::from(text));
                }
            }
        }
        for (name, length) in [("width", width), ("height", height)] {
            if embed.wants(name, arguments) {
                arguments.insert_value(name, Value::from(length));
            }
        }
    }
}
