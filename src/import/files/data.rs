//! Configuration and data files: YAML, TOML and JSON.

use serde_json::{Map, Value};

use crate::import::ImportError;
use crate::import::notes::{ImportNoteKind, Notes};
use crate::yaml;

use super::folder::{Folder, FolderFile};
use super::front_matter::{parse_json, parse_toml};

/// Reads a data file. `None` if it has another format, or isn't valid, which is noted.
pub fn data_of(file: &FolderFile, notes: &mut Notes) -> Option<Value> {
    match read(file) {
        Ok(value) => value,
        Err(error) => {
            notes.add(ImportNoteKind::Dropped, "data file", &file.path, error.to_string());
            None
        }
    }
}

/// Reads a configuration file.
///
/// # Errors
/// If it can't be read or isn't valid.
pub fn configuration(file: &FolderFile) -> Result<Map<String, Value>, ImportError> {
    match read(file)? {
        Some(Value::Object(map)) => Ok(map),
        Some(Value::Null) | None => Ok(Map::new()),
        Some(_) => Err(ImportError::new("it is not a list of keys").at(&file.path, Some(1), Some(1))),
    }
}

fn read(file: &FolderFile) -> Result<Option<Value>, ImportError> {
    let text = file.text(&mut Notes::default())?;
    let text = text.trim_start_matches('\u{feff}');
    match file.extension().as_str() {
        "yml" | "yaml" => {
            let text = text.strip_prefix("---").filter(|rest| rest.starts_with(['\n', '\r'])).unwrap_or(text);
            let loose = yaml::parse_loose(text).map_err(|error| {
                let (line, column) = (error.span.map(|span| span.line), error.span.map(|span| span.column));
                ImportError::new(error.message).at(&file.path, line, column)
            })?;
            Ok(Some(loose.value))
        }
        "toml" => Ok(Some(Value::Object(parse_toml(text, &file.path, 0)?))),
        "json" => match text.trim_start().starts_with('{') {
            true => Ok(Some(Value::Object(parse_json(text, &file.path, 0)?))),
            false => serde_json::from_str(text).map(Some).map_err(|error| {
                let message = format!("it is not valid JSON: {error}");
                ImportError::new(message).at(&file.path, Some(error.line()), Some(error.column()))
            }),
        },
        _ => Ok(None),
    }
}

/// Profiles of authors in data files: `authors.yml` with an entry for each, or a folder `authors/` with a file for each.
pub fn author_profiles(folder: &Folder, data: &str, notes: &mut Notes) -> Vec<(String, Map<String, Value>)> {
    let mut profiles = Vec::new();
    for file in folder.below(data) {
        let below = file.path[data.len()..].to_ascii_lowercase();
        let stem = below.rsplit_once('.').map_or(below.as_str(), |(stem, _)| stem);
        let is_list = ["authors", "author", "people", "staff", "team", "contributors"].contains(&stem);
        let of_one = ["authors/", "author/", "people/", "staff/"].iter().find_map(|start| stem.strip_prefix(start));
        if !is_list && of_one.is_none() {
            continue;
        }
        match (data_of(file, notes), of_one) {
            (Some(Value::Object(map)), Some(_)) => {
                let name = file.path.rsplit('/').next().unwrap_or_default();
                let id = name.rsplit_once('.').map_or(name, |(id, _)| id).to_owned();
                profiles.push((id, map));
            }
            (Some(Value::Object(map)), None) => {
                let entries = map.into_iter().filter_map(|(id, value)| match value {
                    Value::Object(map) => Some((id, map)),
                    _ => None,
                });
                profiles.extend(entries);
            }
            (Some(Value::Array(items)), None) => {
                let entries = items.into_iter().filter_map(|value| match value {
                    Value::Object(map) => {
                        let id =
                            ["id", "slug", "username", "short_name", "name"].iter().find_map(|key| map.get(*key))?;
                        Some((id.as_str()?.to_owned(), map))
                    }
                    _ => None,
                });
                profiles.extend(entries);
            }
            _ => {}
        }
    }
    profiles
}
