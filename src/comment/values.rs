//! Checks the values of a comment while they are parsed, so that each error has its place.

use serde::de::{Deserialize, Deserializer, Error};

use super::addresses;
use crate::control_characters::is_control;
use crate::diagnostic::Code;
use crate::unicode::is_invisible;
use crate::urls::is_complete_url;
use crate::yaml::coded_error;

/// The maximum length of a comment's id, in characters.
pub const MAX_ID: usize = 64;

/// The maximum length of a name, in characters.
pub const MAX_NAME: usize = 200;
/// The maximum length of the URL of a writer's site, in bytes: what browsers and servers are sure to handle (RFC 9110,
/// section 4.1, recommends 8,000).
pub const MAX_URL: usize = 8_000;

/// The hint for an id that is not valid.
const ID_HINT: &str = "write at most 64 letters (a to z), digits, hyphens and underscores, such as `wp-1204`";
/// The hint for a name that is not one.
const NAME_HINT: &str = "write the name to publish, such as `A reader`: comments hold no e-mail or IP addresses";

/// Checks the id of a comment, which is part of its URL.
///
/// # Errors
/// One sentence.
pub fn check_id(id: &str) -> Result<(), String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(is_part) {
        true => Ok(()),
        false => Err(format!("`{}` is not a valid id of a comment", id.escape_debug())),
    }
}

/// Checks the name of a reader: it must have a letter or digit, at most [`MAX_NAME`] characters, and no e-mail or
/// IP address. The name of an account, `@noor@mastodon.example`, is not an e-mail address.
///
/// # Errors
/// One sentence.
pub fn check_name(name: &str) -> Result<(), String> {
    let name = name.trim();
    // The fillers of Hangul count as letters, but are invisible.
    if !name.contains(|letter: char| letter.is_alphanumeric() && !is_invisible(letter)) {
        return Err("the name has no letter".to_owned());
    }
    if name.len() > MAX_NAME && name.chars().nth(MAX_NAME).is_some() {
        let count = name.chars().count();
        return Err(format!("the name has {count} characters, but at most {MAX_NAME} are published"));
    }
    match addresses::in_name(name) {
        Some(address) => Err(format!("the name holds {}", address.as_str())),
        None => Ok(()),
    }
}

/// Checks the URL of a reader's site: it must be complete, with `http` or `https`, not longer than [`MAX_URL`], and hold no
/// user, e-mail address or IP address.
///
/// # Errors
/// The message and the hint.
pub fn check_url(url: &str) -> Result<(), (String, &'static str)> {
    if !is_complete_url(url) {
        let message = format!("`{}` is not the URL of a site", url.escape_debug());
        return Err((message, "write the whole URL, beginning with https://, or remove the line"));
    }
    if url.len() > MAX_URL {
        let length = url.len();
        return Err((format!("the URL has {length} bytes, but at most {MAX_URL} are published"), "remove the line"));
    }
    match addresses::in_url(url) {
        Some(address) => Err((
            format!("the URL holds {}", address.as_str()),
            "remove the line: comments hold no e-mail or IP addresses",
        )),
        None => Ok(()),
    }
}

/// True for a text in which nothing is visible.
pub(super) fn is_empty_text(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || is_invisible(letter) || is_control(letter))
}

fn invalid<E: Error>(message: &str, hint: &str) -> E {
    coded_error(Code::InvalidValue, message, hint)
}

/// Deserializes the id.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = crate::lenient::required::id(deserializer)?;
    check_id(&id).map_err(|message| invalid(&message, ID_HINT))?;
    Ok(id)
}

/// Deserializes the id of the comment above.
pub(super) fn parent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = <Option<String> as Deserialize>::deserialize(deserializer)?;
    if let Some(id) = &id {
        check_id(id).map_err(|message| invalid(&message, ID_HINT))?;
    }
    Ok(id)
}

/// Deserializes the name.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = crate::lenient::text(deserializer)?;
    if let Some(name) = &name {
        check_name(name).map_err(|message| invalid(&message, NAME_HINT))?;
    }
    Ok(name)
}

/// Deserializes the URL of the writer's site.
pub(super) fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url = crate::lenient::text(deserializer)?;
    if let Some(url) = &url {
        check_url(url).map_err(|(message, hint)| invalid(&message, hint))?;
    }
    Ok(url)
}

/// Deserializes the text.
pub(super) fn comment_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = crate::lenient::required::text(deserializer)?;
    match is_empty_text(&text) {
        true => Err(invalid("the text of the comment is empty", "write the text, or remove the comment")),
        false => Ok(text),
    }
}
