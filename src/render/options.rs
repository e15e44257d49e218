//! Theme settings: declared in `theme.yaml`, set in `site.yaml`, checked here, and passed to templates
//! and CSS.

use std::collections::BTreeMap;

use lightningcss::printer::PrinterOptions;
use lightningcss::traits::{Parse, ToCss};
use lightningcss::values::color::CssColor;
use serde::Deserialize;
use serde_json::Value;

use crate::config;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::view::PictureOption;

use super::contrast::Colour;

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SettingType {
    Colour,
    Choice,
    Bool,
    Text,
    Picture,
}

/// The minimum contrast of small text (WCAG 2.2, level AA).
const MIN_CONTRAST: f64 = 4.5;

/// A setting as declared in `theme.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredSetting {
    #[serde(rename = "type")]
    kind: SettingType,
    #[serde(default)]
    default: Value,
    #[serde(default)]
    choices: Vec<String>,
    /// Its background colour; low contrast causes a warning.
    against: Option<String>,
    /// The minimum contrast.
    contrast: Option<f64>,
    /// The colour from which its default is derived, lightened or darkened to contrast with `against`.
    from: Option<String>,
    #[expect(dead_code, reason = "for people who read the file")]
    about: Option<String>,
}

impl DeclaredSetting {
    /// Checks a value and converts it for templates.
    fn check(&self, value: &Value) -> Result<Value, (String, Option<String>)> {
        match (self.kind, value) {
            (SettingType::Bool, Value::Bool(_)) | (SettingType::Text, Value::String(_)) => Ok(value.clone()),
            (SettingType::Colour, Value::String(text)) => {
                let hint = "a colour as CSS writes it: \"#0a5\", teal, rgb(0 120 80)".to_owned();
                let colour = CssColor::parse_string(text).ok().filter(|_| Colour::parse(text).is_some());
                let printed = colour.and_then(|colour| colour.to_css_string(PrinterOptions::default()).ok());
                printed
                    .map(Value::String)
                    .ok_or_else(|| (format!("`{}` is not a valid colour", text.escape_debug()), Some(hint)))
            }
            (SettingType::Choice, Value::String(text)) if self.choices.contains(text) => Ok(value.clone()),
            (SettingType::Choice, Value::String(text)) => {
                let near = did_you_mean(text, self.choices.iter().map(String::as_str));
                let hint = near.unwrap_or_else(|| format!("there are: {}", self.choices.join(", ")));
                Err((format!("`{}` is not one of its choices", text.escape_debug()), Some(hint)))
            }
            (SettingType::Picture, value) => match picture(value) {
                Some(_) => Ok(value.clone()),
                None => Err(("it must be an image, or `light` and `dark` with an image each".to_owned(), None)),
            },
            (SettingType::Bool, _) => Err(("it must be true or false".to_owned(), None)),
            _ => Err(("it must be a string; put it in quotes".to_owned(), None)),
        }
    }
}

/// Resolves all declared settings to the site's value or the default.
pub(super) fn resolve(
    declared: &BTreeMap<String, DeclaredSetting>,
    chosen: &BTreeMap<String, Value>,
    manifest: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Value> {
    for (name, value) in chosen.iter().filter(|(name, _)| !declared.contains_key(*name)) {
        let hint = did_you_mean(name, declared.keys().map(String::as_str)).unwrap_or_else(|| {
            let names: Vec<&str> = declared.keys().map(String::as_str).collect();
            format!("its options are: {}", names.join(", "))
        });
        let message = format!("the theme has no option `{}`", name.escape_debug());
        diagnostics
            .push(Diagnostic::new(Code::BadTheme, config::FILE, message).in_key("theme", plain(value)).hint(hint));
    }
    let mut options = BTreeMap::new();
    for (name, option) in declared {
        let (value, file) = chosen.get(name).map_or((&option.default, manifest), |value| (value, config::FILE));
        let checked = if value.is_null() { Ok(Value::Null) } else { option.check(value) };
        match checked {
            Ok(value) => {
                options.insert(name.clone(), value);
            }
            Err((why, hint)) => {
                let message = format!("the theme's option `{name}`: {why}");
                let diagnostic = Diagnostic::new(Code::BadTheme, file, message).in_key("theme", plain(value));
                diagnostics.push(diagnostic.hint_maybe(hint));
            }
        }
    }
    for (name, option) in declared {
        let Some(against) = option.against.as_deref().and_then(Colour::parse) else { continue };
        let wanted = option.contrast.unwrap_or(MIN_CONTRAST);
        let is_chosen = |name: &str| chosen.get(name).is_some_and(|value| !value.is_null());
        let colour_of =
            |name: &str| options.get(name).and_then(Value::as_str).and_then(|text| Colour::parse_over(text, against));
        if is_chosen(name) {
            let colour = colour_of(name).filter(|colour| colour.contrast(against) < wanted);
            diagnostics.extend(colour.map(|colour| low_contrast(name, &chosen[name], colour, against, wanted)));
        } else if let Some(from) = option.from.as_deref().filter(|from| is_chosen(from))
            && let Some(colour) = colour_of(from)
        {
            let made = colour.reaching(wanted, against).to_string();
            options.insert(name.clone(), Value::String(made));
        }
    }
    options
}

fn low_contrast(name: &str, written: &Value, colour: Colour, against: Colour, wanted: f64) -> Diagnostic {
    // Rounded down: 4.496 is not 4.5.
    let ratio = (colour.contrast(against) * 100.0).floor() / 100.0;
    let message =
        format!("the theme's option `{name}` is hard to read: its contrast on {against} is {ratio}, not {wanted}");
    let hint = format!("the nearest colour that reaches it is \"{}\"", colour.reaching(wanted, against));
    Diagnostic::new(Code::LowContrast, config::FILE, message).in_key("theme", plain(written)).hint(hint)
}

/// An image setting: one image, or one each for light and dark screens.
fn picture(value: &Value) -> Option<PictureOption> {
    let own = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    match value {
        Value::Object(forms) if forms.keys().all(|form| matches!(form.as_str(), "light" | "dark")) => {
            let dark = match forms.get("dark") {
                None | Some(Value::Null) => None,
                Some(dark) => Some(own(dark)?),
            };
            Some(PictureOption { light: own(forms.get("light")?)?, dark })
        }
        value => Some(PictureOption { light: own(value)?, dark: None }),
    }
}

/// The settings that are images.
pub(super) fn pictures(
    declared: &BTreeMap<String, DeclaredSetting>,
    options: &BTreeMap<String, Value>,
) -> BTreeMap<String, PictureOption> {
    let pictures =
        options.iter().filter(|(name, _)| declared.get(*name).is_some_and(|o| o.kind == SettingType::Picture));
    pictures.filter_map(|(name, value)| Some((name.clone(), picture(value)?))).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The style sheet `_options.css`, which defines colours as custom properties.
pub(super) fn sheet(declared: &BTreeMap<String, DeclaredSetting>, options: &BTreeMap<String, Value>) -> String {
    let colours = options.iter().filter(|(name, _)| declared.get(*name).is_some_and(|o| o.kind == SettingType::Colour));
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let lines = colours
        .filter(|(name, _)| is_name(name))
        .filter_map(|(name, value)| Some(format!("--option-{}:{};", name.replace('_', "-"), value.as_str()?)));
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!(":root{{{lines}}}") }
}
