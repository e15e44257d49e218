//! Finds people whom a comma took out of their role: `contributors: {photography: lin, sam}`.

use crate::diagnostic::Code;

use super::FileReader;
use super::front_matter::FrontMatter;

impl FileReader<'_> {
    /// Reports names between the braces of `contributors` that YAML reads as keys without a value.
    pub(super) fn check_roles(&mut self, front_matter: &FrontMatter<'_>) {
        let Some(inside) = in_braces(front_matter.yaml) else { return };
        let mut role: Option<(&str, Vec<&str>)> = None;
        for part in parts(inside) {
            if let Some((name, people)) = part.split_once(':') {
                let people = people.trim().trim_start_matches('[').trim_end_matches(']');
                role = Some((name.trim(), people.split(',').map(str::trim).filter(|id| !id.is_empty()).collect()));
                continue;
            }
            let hint = role.as_mut().map(|(name, people)| {
                people.push(part);
                format!("write several people in brackets: `{name}: [{}]`", people.join(", "))
            });
            let message = format!("`{}` is lost: the comma ends the value before it", part.escape_debug());
            self.report(front_matter, Code::InvalidValue, "contributors", part, message, hint);
        }
    }
}

/// The text between the braces of `contributors`, if it is written so.
fn in_braces(yaml: &str) -> Option<&str> {
    const KEY: &str = "contributors:";
    let at = if yaml.starts_with(KEY) { 0 } else { yaml.find("\ncontributors:")? + 1 };
    yaml[at + KEY.len()..].trim_start_matches(' ').strip_prefix('{')?.split_once('}').map(|(inside, _)| inside)
}

/// The parts between commas, except those in brackets and quotes. An anchor, an alias or a mapping within is left to YAML.
fn parts(inside: &str) -> Vec<&str> {
    if inside.contains(['{', '&', '*', '#', '\n']) {
        return Vec::new();
    }
    let (mut depth, mut quote) = (0_usize, None);
    let is_comma = |letter: char| {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, ',') => return depth == 0,
            _ => {}
        }
        false
    };
    inside.split(is_comma).map(str::trim).filter(|part| !part.is_empty()).collect()
}
