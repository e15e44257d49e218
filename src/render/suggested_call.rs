//! Suggests the right call of an embed for one that has an error.

use tera::{ComponentArg, ComponentArgType};

use crate::markdown::{Argument, EmbedCall, EmbedKind, GivenArgument};

use super::embeds::{DATA_PARAMETERS, Embed, FILE_PARAMETERS, LINK_PARAMETERS, meant};

/// The parameter for the id of a video or post in its URL.
const ID: &str = "id";

impl Embed {
    /// The hint with the whole call that would be right: ``write `{{< figure src="a.jpg" alt="…" >}}` ``. It has the
    /// arguments that were given; values without a name get one. Required arguments that are missing are `…`.
    pub(super) fn call_hint(&self, name: &str, given: &[GivenArgument], has_body: bool) -> String {
        let known: Vec<&ComponentArg> = self.parameters().collect();
        let values = values(&known, given);
        let missing =
            known.iter().enumerate().filter(|(at, parameter)| parameter.is_required() && is_free(&values, *at));
        let missing = missing.map(|(at, parameter)| (at, unknown(parameter).to_owned()));
        let mut arguments: Vec<(usize, String)> = missing.collect();
        let is_complete = values.len() == given.len();
        arguments.splice(0..0, values.into_iter().map(|(at, value)| (at, written(known[at], &value))));
        // People write first what is embedded.
        arguments.sort_by_key(|(at, _)| !is_reference(known[*at]));
        let arguments: String = arguments.iter().map(|(at, value)| format!(" {}={value}", known[*at].name())).collect();
        let end = match self.kind == EmbedKind::Paired && !has_body {
            true => format!("…{{{{< /{name} >}}}}"),
            false => String::new(),
        };
        let names: Vec<&str> = known.iter().map(|parameter| parameter.name()).collect();
        let rest = if is_complete { String::new() } else { format!("; it takes {}", names.join(", ")) };
        format!("write `{{{{< {name}{arguments} >}}}}{end}`{rest}")
    }

    /// The same for a call that is well formed.
    pub(super) fn corrected_call(&self, call: &EmbedCall<'_>) -> String {
        let given = call.arguments.iter().map(|(key, argument)| {
            let value = match argument {
                Argument::Text(text) => text.clone(),
                Argument::Integer(number) => number.to_string(),
                Argument::Number(number) => number.to_string(),
                Argument::Bool(flag) => flag.to_string(),
            };
            GivenArgument { key: Some(key.clone()), value }
        });
        self.call_hint(call.name, &given.collect::<Vec<_>>(), call.body.is_some())
    }

    /// True if a call has a URL where the id in it is meant.
    pub(super) fn has_url_as_id(&self, call: &EmbedCall<'_>) -> bool {
        let is_url = |argument: &Argument| matches!(argument, Argument::Text(text) if text.contains("://"));
        call.arguments.iter().any(|(key, argument)| key == ID && is_url(argument))
    }
}

/// The parameters that were given, by their places among the known ones, with their values.
fn values(known: &[&ComponentArg], given: &[GivenArgument]) -> Vec<(usize, String)> {
    let place_of = |key: &str| known.iter().position(|parameter| parameter.name() == key);
    let mut values: Vec<(usize, String)> = Vec::new();
    for argument in given {
        let near = |key: &str| meant(key, known.iter().map(|parameter| parameter.name()));
        // A name without a value is the name of an argument too.
        let key = argument.key.as_deref().or_else(|| Some(&*argument.value).filter(|value| place_of(value).is_some()));
        let Some(key) = key else { continue };
        let place = place_of(key).or_else(|| place_of(near(key)?));
        if let Some(at) = place.filter(|at| is_free(&values, *at)) {
            let value = if argument.key.is_none() { "…" } else { &argument.value };
            let is_url = known[at].name() == ID && value.contains("://");
            values.push((at, if is_url { id_in(value) } else { value.to_owned() }));
        }
    }
    let is_alone = |argument: &&GivenArgument| argument.key.is_none() && place_of(&argument.value).is_none();
    for GivenArgument { value, .. } in given.iter().filter(is_alone) {
        values.extend(fitting(known, &values, value));
    }
    values
}

fn is_free(values: &[(usize, String)], at: usize) -> bool {
    values.iter().all(|(other, _)| *other != at)
}

/// True for a parameter that says what is embedded: people write it first.
fn is_reference(parameter: &ComponentArg) -> bool {
    let name = parameter.name();
    name == ID || [FILE_PARAMETERS, DATA_PARAMETERS, LINK_PARAMETERS].iter().any(|names| names.contains(&name))
}

/// The parameter that a value without a name is meant for, and the value as it should be.
fn fitting(known: &[&ComponentArg], values: &[(usize, String)], value: &str) -> Option<(usize, String)> {
    let is_url = value.contains("://");
    let is_free = |at: &usize| is_free(values, *at);
    let named = |names: &[&str]| (0..known.len()).filter(is_free).find(|&at| names.contains(&known[at].name()));
    let id = || (0..known.len()).filter(is_free).find(|&at| known[at].name() == ID && known[at].is_required());
    let file = || named(FILE_PARAMETERS).or_else(|| named(DATA_PARAMETERS)).or_else(|| named(LINK_PARAMETERS));
    let first = || (0..known.len()).filter(is_free).find(|&at| known[at].is_required());
    if is_url {
        return match named(LINK_PARAMETERS) {
            Some(at) => Some((at, value.to_owned())),
            None => id().map(|at| (at, id_in(value))).or_else(|| Some((file()?, value.to_owned()))),
        };
    }
    let is_file = value.rsplit_once('.').is_some_and(|(_, ending)| (2..=5).contains(&ending.len()));
    let at = file().filter(|_| is_file).or_else(id).or_else(first)?;
    Some((at, value.to_owned()))
}

/// The id in the URL of a video: after `v=`, or the last part of the path.
fn id_in(url: &str) -> String {
    let (path, query) = url.split('#').next().unwrap_or(url).split_once('?').unwrap_or((url, ""));
    let video = query.split('&').find_map(|pair| pair.strip_prefix("v="));
    let last = path.trim_end_matches('/').rsplit('/').next();
    video.or(last).unwrap_or(url).to_owned()
}

/// A value in a call.
fn written(parameter: &ComponentArg, value: &str) -> String {
    match parameter.arg_type() {
        Some(ComponentArgType::String) | None => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        Some(ComponentArgType::Bool) if matches!(value, "true" | "false") => value.to_owned(),
        Some(ComponentArgType::Bool) => unknown(parameter).to_owned(),
        Some(_) if value.parse::<f64>().is_ok() => value.to_owned(),
        Some(_) => unknown(parameter).to_owned(),
    }
}

/// The place of a value that nobody has given.
fn unknown(parameter: &ComponentArg) -> &'static str {
    match parameter.arg_type() {
        Some(ComponentArgType::String) | None => "\"…\"",
        Some(_) => "…",
    }
}
