//! The embeds of a theme: components that bodies can call.

use std::collections::{BTreeMap, BTreeSet};

use tera::{ComponentArgType, ComponentInfo, Context, Tera, Value};

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::language::Quotes;
use crate::markdown::{Argument, BodyProblem, EmbedCall, EmbedKind, SERVICE_EMBED};
use crate::typography;

use super::layer::Layer;

/// Parameters that contain a reference to a file or page; they are resolved like links.
pub const FILE_PARAMETERS: &[&str] = &["src", "image", "poster", "captions"];
/// Parameters that contain a reference to a data file and receive its content.
pub const DATA_PARAMETERS: &[&str] = &["data"];
/// Parameters that contain a link.
pub const LINK_PARAMETERS: &[&str] = &["href"];
/// Parameters that contain text for readers; it is typeset like the text around the embed. Others may be
/// ids or codes.
pub const TEXT_PARAMETERS: &[&str] = &[
    "alt",
    "author",
    "by",
    "caption",
    "credit",
    "date",
    "deck",
    "description",
    "heading",
    "label",
    "note",
    "quote",
    "role",
    "source",
    "subtitle",
    "summary",
    "text",
    "title",
];

/// The folder of embeds in a theme.
pub(super) const FOLDER: &str = "embeds/";

/// The embeds that a body can call, by name.
#[derive(Debug, Clone, Default)]
pub struct Embeds(BTreeMap<String, Embed>);

/// An embed.
#[derive(Debug, Clone)]
pub struct Embed {
    /// The component's name in Tera.
    pub component: String,
    /// With or without a body.
    pub kind: EmbedKind,
    /// The template, if it is one of Presswork's own: the theme has no embed of this name.
    pub(super) program_template: Option<String>,
    info: ComponentInfo,
}

impl Embeds {
    /// The embed with this name.
    pub fn get(&self, name: &str) -> Option<&Embed> {
        self.0.get(name)
    }

    /// The names that a body can call.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| *name != SERVICE_EMBED)
    }

    /// True if the embed of a file in [`FOLDER`] is there.
    pub(super) fn has_file(&self, file: &str) -> bool {
        file.strip_suffix(".html").is_some_and(|name| self.0.contains_key(name))
    }

    /// Adds Presswork's own embeds, compiled in `tera` from templates named after their paths.
    pub(super) fn add_of_program(&mut self, tera: &Tera, sources: &BTreeMap<String, String>, layer: &Layer) {
        for (file, _) in layer.below(FOLDER) {
            let name = file.trim_end_matches(".html");
            let template = layer.path(&format!("{FOLDER}{file}"));
            let embed = sources.get(&template).and_then(|source| Embed::new(tera, name, source));
            if let Some(embed) = embed {
                self.0.insert(name.to_owned(), Embed { program_template: Some(template), ..embed });
            }
        }
    }
}

/// The component of an embed, whose name may have characters that a component's can't.
fn component_of(name: &str) -> String {
    name.replace(['-', '/'], "_")
}

/// Collects the embeds of all layers; a file `embeds/<name>.html` must define the component with that
/// name.
pub(super) fn collect(
    tera: &Tera,
    sources: &BTreeMap<String, String>,
    layers: &[Layer],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Embeds> {
    let mut embeds = BTreeMap::new();
    let mut is_sound = true;
    for (at, layer) in layers.iter().enumerate() {
        let prefix = if at == 0 { String::new() } else { format!("{}/", layer.name) };
        for (file, _) in layer.below(FOLDER) {
            let Some(name) = file.strip_suffix(".html").filter(|name| !embeds.contains_key(*name)) else { continue };
            let source = sources.get(&format!("{prefix}{FOLDER}{file}")).map_or("", String::as_str);
            let Some(embed) = Embed::new(tera, name, source) else {
                let component = component_of(name);
                let path = layer.path(&format!("{FOLDER}{file}"));
                let hint = format!("begin it with {{% component {component}(…) %}}");
                let message = format!("the embed's file does not define the component `{component}`");
                diagnostics.push(Diagnostic::new(Code::BadTemplate, path, message).hint(hint));
                is_sound = false;
                continue;
            };
            embeds.insert(name.to_owned(), embed);
        }
    }
    is_sound.then_some(Embeds(embeds))
}

/// True if a template prints or tests `body`.
fn uses_body(source: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
    let names_body = |tag: &str| {
        tag.match_indices("body").any(|(at, word)| {
            !is_word(tag[..at].chars().next_back()) && !is_word(tag[at + word.len()..].chars().next())
        })
    };
    let tags = |open: &'static str, close: &'static str| {
        source.split(open).skip(1).filter_map(move |after| after.split(close).next())
    };
    tags("{{", "}}").chain(tags("{%", "%}")).any(names_body)
}

impl Embed {
    /// The embed that a template defines; `None` if it lacks the component.
    fn new(tera: &Tera, name: &str, source: &str) -> Option<Embed> {
        let component = component_of(name);
        let info = tera.get_component_definition(&component)?;
        let kind = if uses_body(source) { EmbedKind::Paired } else { EmbedKind::Single };
        Some(Embed { component, kind, program_template: None, info })
    }

    /// Checks a call's arguments and converts them for Tera. `quotes` are the marks of the text's language,
    /// unless straight quotes stay. `resolve` turns references into URLs or the
    /// contents of data files.
    ///
    /// # Errors
    /// All arguments that are unknown, missing, repeated or of the wrong type, as one problem with the others.
    pub(super) fn arguments(
        &self,
        call: &EmbedCall<'_>,
        quotes: Option<&Quotes>,
        resolve: &dyn Fn(&str, &str) -> Result<Value, BodyProblem>,
    ) -> Result<Context, BodyProblem> {
        let mut context = Context::new();
        let mut problems = Vec::new();
        // A parameter that was given with an error is not missing.
        let mut given = BTreeSet::new();
        for (name, argument) in &call.arguments {
            let Some(parameter) = self.parameters().find(|arg| arg.name() == name) else {
                let known: Vec<&str> = self.parameters().map(tera::ComponentArg::name).collect();
                let nearest = meant(name, known.iter().copied());
                given.extend(nearest);
                let hint = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
                let hint = hint.unwrap_or_else(|| format!("it takes {}", known.join(", ")));
                let message = format!("`{}` takes no argument `{name}`", call.name);
                problems.push(BodyProblem::new(Code::EmbedArguments, message).hint(hint));
                continue;
            };
            if !given.insert(parameter.name()) {
                problems.push(BodyProblem::new(Code::EmbedArguments, format!("the argument `{name}` is given twice")));
                continue;
            }
            match self.argument(call.name, parameter, argument, quotes, resolve) {
                Ok(value) => context.insert_value(name.clone(), value),
                Err(problem) => problems.push(problem),
            }
        }
        let missing = self.parameters().filter(|arg| arg.is_required() && !given.contains(arg.name()));
        let missing: Vec<String> = missing.map(|arg| format!("`{}`", arg.name())).collect();
        if let Some((last, others)) = missing.split_last() {
            let names = match others {
                [] => format!("argument {last}"),
                others => format!("arguments {} and {last}", others.join(", ")),
            };
            let message = format!("`{}` needs the {names}", call.name);
            problems.push(BodyProblem::new(Code::EmbedArguments, message).hint(self.corrected_call(call)));
        }
        let mut problems = problems.into_iter();
        match problems.next() {
            Some(first) => Err(BodyProblem { others: first.others.into_iter().chain(problems).collect(), ..first }),
            None => Ok(context),
        }
    }

    /// The value of one argument.
    fn argument(
        &self,
        embed: &str,
        parameter: &tera::ComponentArg,
        argument: &Argument,
        quotes: Option<&Quotes>,
        resolve: &dyn Fn(&str, &str) -> Result<Value, BodyProblem>,
    ) -> Result<Value, BodyProblem> {
        let name = parameter.name();
        let value = value(name, argument, quotes, resolve)?;
        match parameter.arg_type() {
            Some(wanted) if !fits(&value, wanted) => {
                let wanted_type = wanted.as_str();
                let article = if wanted_type.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                let message = format!("the argument `{name}` of `{embed}` must be {article} {wanted_type}");
                Err(BodyProblem::new(Code::EmbedArguments, message).hint(type_hint(name, wanted)))
            }
            _ => Ok(value),
        }
    }

    /// The parameters that a call can give.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &tera::ComponentArg> {
        self.info.args().iter().filter(|arg| !arg.is_implicit() && arg.name() != "body")
    }

    /// True if it declares a parameter that was not given and has a default.
    pub(super) fn wants(&self, name: &str, given: &Context) -> bool {
        !given.contains_key(name) && self.info.args().iter().any(|arg| arg.name() == name && !arg.is_implicit())
    }
}

/// Other names of parameters, which maps and other programs use.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("lng", "lon"),
    ("long", "lon"),
    ("longitude", "lon"),
    ("latitude", "lat"),
    ("url", "src"),
    ("file", "src"),
    ("link", "href"),
    ("name", "title"),
];

/// The parameter that an unknown name probably means.
pub(super) fn meant<'a>(name: &str, parameters: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let other = OTHER_NAMES.iter().filter(|(other, _)| *other == name);
    let other = other.filter_map(|(_, usual)| parameters.clone().find(|parameter| parameter == usual)).next();
    other.or_else(|| nearest(name, parameters))
}

fn value(
    name: &str,
    argument: &Argument,
    quotes: Option<&Quotes>,
    resolve: &dyn Fn(&str, &str) -> Result<Value, BodyProblem>,
) -> Result<Value, BodyProblem> {
    Ok(match argument {
        Argument::Text(text)
            if [FILE_PARAMETERS, LINK_PARAMETERS, DATA_PARAMETERS].iter().any(|names| names.contains(&name)) =>
        {
            resolve(name, text)?
        }
        Argument::Text(text) => match quotes.filter(|_| TEXT_PARAMETERS.contains(&name)) {
            Some(quotes) => Value::from(&*typography::line(text, quotes)),
            None => Value::from(text.as_str()),
        },
        Argument::Integer(number) => Value::from(*number),
        Argument::Number(number) => Value::from(*number),
        Argument::Bool(flag) => Value::from(*flag),
    })
}

fn fits(value: &Value, wanted: ComponentArgType) -> bool {
    let is_integer = value.is_i64() || value.is_u64();
    match wanted {
        ComponentArgType::String => value.is_string(),
        ComponentArgType::Bool => value.is_bool(),
        ComponentArgType::Integer => is_integer,
        ComponentArgType::Float => value.is_f64(),
        ComponentArgType::Number => is_integer || value.is_f64(),
        _ => false,
    }
}

fn type_hint(name: &str, wanted: ComponentArgType) -> String {
    match wanted {
        ComponentArgType::String => format!("put it in quotes: {name}=\"…\""),
        ComponentArgType::Bool => format!("write {name}=true or {name}=false"),
        _ => format!("write a number without quotes: {name}=12"),
    }
}
