//! `.htaccess` of the Apache HTTP server.

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use super::headers::{Files, HOUR, IMMUTABLE, SHORT_LIVED};
use super::{GONE_PAGE, NOTE, OldUrl, Rules};

/// `.htaccess`. `Redirect` matches the beginnings of paths, so old paths are whole regular expressions, which match the
/// decoded path (<https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirectmatch>). The server gives no file whose
/// name begins with `.ht` to readers unless it is told to.
pub(super) fn htaccess(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    let not_found = rules.config.base_url.path_of("404.html");
    // Writing to a String cannot fail, here and below.
    let _ =
        write!(text, "ErrorDocument 404 {not_found}\nErrorDocument 410 {}\n", rules.config.base_url.path_of(GONE_PAGE));
    text.push_str("<IfModule mod_alias.c>\n");
    let own = format!("{}.presswork-manifest", rules.config.base_url.prefix());
    let _ = writeln!(text, "RedirectMatch 404 \"^{}$\"", regex(&own));
    for moved in &rules.moved {
        if let Some(target) = target(&moved.to) {
            let _ = writeln!(text, "RedirectMatch 301 {} \"{target}\"", pattern(&moved.from));
        }
    }
    // The page that tells so may have the very address that is gone: it is no error once it has been asked for as such.
    if !rules.gone.is_empty() {
        text.push_str("<If \"%{ENV:REDIRECT_STATUS} != '410'\">\n");
        for gone in &rules.gone {
            let _ = writeln!(text, "RedirectMatch 410 {}", pattern(&gone.old));
        }
        text.push_str("</If>\n");
    }
    text.push_str("</IfModule>\n");
    tombstones(rules, &mut text);
    text.push_str("<IfModule mod_headers.c>\n");
    for (name, value) in rules.headers.all() {
        let _ = writeln!(text, "Header always set {name} \"{}\"", header_value(value));
    }
    let endings = SHORT_LIVED.join("|");
    let _ = writeln!(text, "Header set Cache-Control \"{HOUR}\"");
    if let Some(short) = rules.headers.short() {
        let short = header_value(short);
        let _ =
            writeln!(text, "<FilesMatch \"\\.(?:{endings})$\">\nHeader set Cache-Control \"{short}\"\n</FilesMatch>");
    } else {
        let _ = writeln!(text, "<FilesMatch \"\\.(?:{endings})$\">\nHeader unset Cache-Control\n</FilesMatch>");
    }
    if let Some(hashed) = hashed(rules) {
        let _ = writeln!(text, "<FilesMatch \"{hashed}\">\nHeader set Cache-Control \"{IMMUTABLE}\"\n</FilesMatch>");
    }
    text.push_str("</IfModule>\n");
    text
}

/// Which page tells of what is gone where (<https://httpd.apache.org/docs/2.4/expr.html>). Addresses of stories are made
/// of letters, digits and a few plain signs; of one that is not, the 410 page tells.
fn tombstones(rules: &Rules<'_>, text: &mut String) {
    let is_plain = |path: &str| path.chars().all(|c| c.is_alphanumeric() || "/-_.~".contains(c));
    for gone in rules.gone.iter().filter(|gone| gone.has_tombstone && is_plain(&gone.old.path)) {
        let forms: Vec<String> = gone.old.forms().map(|form| format!("'{form}'")).collect();
        let page = rules.config.base_url.path_of(&gone.page);
        let _ =
            writeln!(text, "<If \"%{{REQUEST_URI}} in {{{}}}\">\nErrorDocument 410 {page}\n</If>", forms.join(", "));
    }
}

/// The names of files that may be kept for ever, without their folders, which a `.htaccess` cannot name: those with the
/// hash of their bytes in them.
fn hashed(rules: &Rules<'_>) -> Option<String> {
    let name = |path: &str| regex(path.rsplit('/').next().unwrap_or(path));
    let names: Vec<String> = match rules.headers.hashed() {
        Files::Folder(folder) => {
            rules.files.iter().filter(|file| file.starts_with(folder)).map(|file| name(file)).collect()
        }
        Files::Named(files) => files.iter().map(|file| name(file)).collect(),
    };
    (!names.is_empty()).then(|| format!("^(?:{})$", names.join("|")))
}

fn pattern(old: &OldUrl) -> String {
    let slash = if old.is_folder { "/?" } else { "" };
    format!("\"^{}{slash}$\"", regex(old.bare()))
}

/// Text as a regular expression (PCRE) inside quotes: every sign but letters, digits and a few plain ones is escaped,
/// and none of those that have a meaning with a backslash is.
pub(super) fn regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && !"/-_~\"%&',:;<=>@`!".contains(letter) {
            escaped.push('\\');
        }
        match letter {
            '"' => escaped.push_str("\\x22"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A target inside quotes. The server encodes its path, so it is given decoded; `None` where decoding would give
/// something with a meaning of its own.
pub(super) fn target(url: &str) -> Option<String> {
    let (path, tail) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_plain = !path.chars().any(|c| c.is_control() || "\"\\?#%".contains(c));
    is_plain.then(|| format!("{}{}", path.replace('$', "\\$"), tail.replace('$', "\\$")))
}

/// A header's value inside quotes: `%` begins a variable.
fn header_value(value: &str) -> String {
    super::escaped(value).replace('%', "%%")
}
