//! Checks the values of a comment while they are parsed, so that each error has its place.

use std::net::{IpAddr, SocketAddr};

use serde::de::{Deserialize, Deserializer, Error};

use crate::diagnostic::Code;
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

/// Checks the name of a reader: it must not be empty, longer than [`MAX_NAME`], or hold an e-mail or IP address.
///
/// # Errors
/// One sentence.
pub fn check_name(name: &str) -> Result<(), String> {
    let name = name.trim();
    if !name.contains(char::is_alphanumeric) {
        return Err("the name has no letter".to_owned());
    }
    if name.len() > MAX_NAME && name.chars().nth(MAX_NAME).is_some() {
        let count = name.chars().count();
        return Err(format!("the name has {count} characters, but at most {MAX_NAME} are published"));
    }
    let words = || name.split(|letter: char| letter.is_whitespace() || "()<>,;\"'".contains(letter));
    if words().any(is_email) {
        return Err("the name holds an e-mail address".to_owned());
    }
    match words().any(is_ip_address) {
        true => Err("the name holds an IP address".to_owned()),
        false => Ok(()),
    }
}

/// True for a word such as `noor@example.org`, also in the wide characters of Chinese and Japanese keyboards.
fn is_email(word: &str) -> bool {
    let parts = word.split_once(['@', '＠']);
    parts.is_some_and(|(user, host)| !user.is_empty() && host.contains(['.', '．', '。']))
}

/// True for an IP address, perhaps with a port. `::` is one for machines only.
fn is_ip_address(word: &str) -> bool {
    let bare = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    word.contains(|letter: char| letter.is_ascii_digit())
        && (bare.parse::<IpAddr>().is_ok() || word.parse::<SocketAddr>().is_ok())
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
    if let Some(url) = url.as_deref().filter(|url| !is_complete_url(url)) {
        let message = format!("`{}` is not the URL of a site", url.escape_debug());
        return Err(invalid(&message, "write the whole URL, beginning with https://, or remove the line"));
    }
    if let Some(length) = url.as_ref().map(String::len).filter(|&length| length > MAX_URL) {
        let message = format!("the URL has {length} bytes, but at most {MAX_URL} are published");
        return Err(invalid(&message, "remove the line"));
    }
    Ok(url)
}

/// Deserializes the text.
pub(super) fn comment_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = crate::lenient::required::text(deserializer)?;
    match text.trim().is_empty() {
        true => Err(invalid("the text of the comment is empty", "write the text, or remove the comment")),
        false => Ok(text),
    }
}
