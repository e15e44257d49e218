//! Two files for nginx: one to include in the `http` block, one in the `server` block.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::plan::RedirectTarget;

use super::by_language::{LanguageRule, VARY};
use super::headers::{HOUR, HashedFiles, IMMUTABLE, SHORT_LIVED};
use super::{GONE_PAGE, GoneRule, HOST_FOLDERS, HostRules, NOTE, TEXTS, hidden, quoted};

/// The size of a bucket of a `map` table besides its longest key, in bytes.
const BUCKET_EXTRA: usize = 48;
/// The longest key that nginx accepts by default on every machine.
const DEFAULT_KEY: usize = 16;

/// `.nginx/http.conf`, for the `http` block: old paths in hash tables
/// (<https://nginx.org/en/docs/http/ngx_http_map_module.html>). `$uri` is the decoded path. Keys ignore case, which
/// matches no other page: paths that differ only in case are a build error.
pub(super) fn maps(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    text.push_str("# Belongs into the http block: include /path/to/public/.nginx/http.conf;\n");
    let keys = || {
        rules
            .moved
            .iter()
            .map(|moved| &moved.from)
            .chain(rules.gone.iter().map(|gone| &gone.old))
            .flat_map(|old| old.forms())
    };
    let entry = rules.patterns.queries.iter();
    let entry = entry.map(|entry| entry.forms().map(str::len).max().unwrap_or_default() + entry.query.text().len() + 1);
    let longest = keys().map(str::len).chain(entry).max().unwrap_or_default();
    // Writing to a String cannot fail, here and below.
    if longest > DEFAULT_KEY {
        let bucket = (longest + BUCKET_EXTRA).next_power_of_two().max(256);
        let _ = writeln!(text, "map_hash_bucket_size {bucket};");
        let _ = writeln!(
            text,
            "map_hash_max_size {};",
            (keys().count().max(rules.patterns.queries.len() * 2) * 2).next_power_of_two().max(2_048)
        );
    }
    if rules.headers.all().any(|(_, value)| value.contains('$')) {
        text.push_str("geo $presswork_dollar {\n  default \"$\";\n}\n");
    }
    text.push_str("map $uri $presswork_moved {\n  volatile;\n  default \"\";\n");
    for moved in &rules.moved {
        for form in moved.from.forms() {
            let _ = writeln!(text, "  {} \"{}\";", quoted(form), target(&moved.to));
        }
    }
    text.push_str("}\nmap $uri $presswork_gone {\n  volatile;\n  default \"\";\n");
    for gone in &rules.gone {
        let page = quoted(&page(rules, gone));
        for form in gone.old.forms() {
            let _ = writeln!(text, "  {} {page};", quoted(form));
        }
    }
    // A URL that this site does not know may be gone by the server's own configuration.
    let other = quoted(&rules.decoded(GONE_PAGE));
    let _ = write!(
        text,
        "}}\nmap $presswork_gone $presswork_gone_page {{\n  volatile;\n  default $presswork_gone;\n  \"\" {other};\n"
    );
    text.push_str("}\n");
    queries(rules, &mut text);
    folders(rules, &mut text);
    by_language(rules, &mut text);
    text.push_str("map $uri $presswork_caching {\n  volatile;\n");
    caching(rules, &mut text);
    text.push_str("}\n");
    text
}

/// Writes a table for each set of parameters, from paths with values in alphabetical order of the names.
fn queries(rules: &HostRules<'_>, text: &mut String) {
    let groups = rules.patterns.by_names();
    let names: BTreeSet<&str> = groups.keys().flatten().copied().collect();
    let number = |name: &str| names.iter().take_while(|other| **other < name).count() + 1;
    for name in &names {
        let (at, pattern) = (number(name), super::apache::regex(name));
        let _ = writeln!(
            text,
            "map $args $presswork_parameter_{at} {{\n  volatile;\n  default \"\";\n  \
             \"~(?:^|&){pattern}=(?<presswork_value_{at}>[^&]*)\" $presswork_value_{at};\n}}"
        );
    }
    for (at, (names, group)) in groups.iter().enumerate() {
        let entry: Vec<String> =
            names.iter().map(|name| format!("{name}=${{presswork_parameter_{}}}", number(name))).collect();
        let _ = writeln!(
            text,
            "map \"$uri?{}\" $presswork_query_{} {{\n  volatile;\n  default \"\";",
            entry.join("&"),
            at + 1
        );
        for entry in group {
            let to = entry.to.map_or_else(|| GONE.to_owned(), |url| url.replace('$', "%24"));
            for form in entry.forms() {
                let _ = writeln!(text, "  {} \"{to}\";", quoted(&format!("{form}?{}", entry.query.text())));
            }
        }
        text.push_str("}\n");
    }
}

/// The table value for gone content.
const GONE: &str = "gone";

/// Writes rules for old folders. The rest of the path stays as requested: decoded, it could end the redirect's header.
/// When the server shows its own error page, it still knows the requested URL, but is at another.
fn folders(rules: &HostRules<'_>, text: &mut String) {
    if rules.patterns.folders.is_empty() {
        return;
    }
    text.push_str("map \"$request_uri $uri\" $presswork_below {\n  volatile;\n  default \"\";\n");
    for folder in &rules.patterns.folders {
        let to = match folder.to {
            RedirectTarget::Gone => GONE.to_owned(),
            RedirectTarget::To(url) => target(url),
            RedirectTarget::Below(url) => format!("{}$presswork_rest$is_args$args", url.replace('$', "%24")),
        };
        let (sent, decoded) = (super::apache::regex(&super::encoded(&folder.path)), super::apache::regex(&folder.path));
        let _ = writeln!(
            text,
            "  \"~*^{sent}(?<presswork_rest>(?:[^/?\\\\\\\\ ][^? ]*)?)(?:\\?[^ ]*)? {decoded}\" \"{to}\";"
        );
    }
    text.push_str("}\n");
}

/// The internal folder of tombstones: a tombstone's own URL may be the very one that is gone.
const STONES: &str = ".nginx/gone/";

/// The page that a gone URL shows, as a path that is not decoded again: a `?` in it would begin a query.
fn page(rules: &HostRules<'_>, gone: &GoneRule) -> String {
    match gone.has_tombstone && !gone.page.contains(['?', '$']) {
        true => rules.decoded(&format!("{STONES}{}", gone.page)),
        false => rules.decoded(GONE_PAGE),
    }
}

fn caching(rules: &HostRules<'_>, text: &mut String) {
    let prefix = rules.config.base_url.prefix();
    let _ = writeln!(text, "  default \"{HOUR}\";");
    let HashedFiles { folders, files } = rules.headers.hashed();
    for folder in folders {
        let _ = writeln!(text, "  \"~^{}{folder}\" \"{IMMUTABLE}\";", super::apache::regex(prefix));
    }
    for file in files {
        let _ = writeln!(text, "  {} \"{IMMUTABLE}\";", quoted(&format!("{prefix}{file}")));
    }
    let short = value(rules.headers.short().unwrap_or_default());
    let _ = writeln!(text, "  \"~(?:/|\\.(?:{}))$\" \"{short}\";", SHORT_LIVED.join("|"));
}

/// Writes the tables for nginx's `http` block.
fn by_language(rules: &HostRules<'_>, text: &mut String) {
    if rules.by_language.is_empty() {
        return;
    }
    let front = rules.decoded("");
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        text,
        "map $http_referer $presswork_inside {{\n  volatile;\n  default \"\";\n  \"~*{}\" 1;\n}}",
        super::apache::inside(rules)
    );
    text.push_str(
        "map \"$presswork_inside$uri $http_accept_language\" $presswork_by_language {\n  volatile;\n  default \"\";\n",
    );
    let key = |tags: &[String]| format!("~*^{} (?:{})(?:[-,;]|$)", super::apache::regex(&front), tags.join("|"));
    // The first expression that matches decides.
    for LanguageRule { except, .. } in rules.by_language.iter().filter(|rule| !rule.except.is_empty()) {
        for tag in except {
            let to = rules.by_language.iter().find(|rule| rule.tags.contains(tag)).map_or("", |rule| rule.to.as_str());
            let _ = writeln!(text, "  \"{}\" \"{}\";", key(std::slice::from_ref(tag)), language_target(to));
        }
    }
    for LanguageRule { to, tags, .. } in &rules.by_language {
        let _ = writeln!(text, "  \"{}\" \"{}\";", key(tags), language_target(to));
    }
    let page = rules.decoded("index.html");
    let _ = writeln!(
        text,
        "}}\nmap $uri $presswork_vary {{\n  volatile;\n  default \"\";\n  {} \"{VARY}\";\n  {} \"{VARY}\";\n}}",
        quoted(&front),
        quoted(&page)
    );
}

/// The target with the query of the request.
fn language_target(to: &str) -> String {
    if to.is_empty() { String::new() } else { target(to) }
}

/// `.nginx/server.conf`, for the `server` block. A header is sent only if it has a value.
pub(super) fn server(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    text.push_str("# Belongs into the server block: include /path/to/public/.nginx/server.conf;\n");
    for at in 1..=rules.patterns.by_names().len() {
        answer(&format!("presswork_query_{at}"), &mut text);
    }
    text.push_str("if ($presswork_gone) {\n  return 410;\n}\n");
    answer("presswork_moved", &mut text);
    if !rules.patterns.folders.is_empty() {
        answer("presswork_below", &mut text);
    }
    answer_by_language(rules, &mut text);
    // Keep redirects relative: the server knows neither the scheme nor the port of the reader's URL.
    text.push_str("absolute_redirect off;\nautoindex off;\n");
    // The server takes these paths decoded.
    let not_found = quoted(&rules.decoded("404.html"));
    // A folder without a page does not exist for readers.
    let _ = writeln!(text, "error_page 404 {not_found};\nerror_page 403 =404 {not_found};");
    text.push_str("error_page 410 $presswork_gone_page;\n");
    for (folder, page) in rules.not_found_pages() {
        let page = quoted(&rules.decoded(&page));
        let folder = quoted(&rules.decoded(folder));
        // A location with one `error_page` inherits no other.
        let _ = writeln!(
            text,
            "location {folder} {{\n  error_page 404 {page};\n  error_page 403 =404 {page};\n  \
             error_page 410 $presswork_gone_page;\n}}"
        );
    }
    // The server's own regular expressions, which may come first, have lower precedence.
    for folder in HOST_FOLDERS {
        let _ = writeln!(text, "location ^~ {} {{\n  return 404;\n}}", quoted(&rules.decoded(&format!("{folder}/"))));
    }
    let _ = writeln!(text, "location ~* \"{}\" {{\n  return 404;\n}}", hidden());
    let types: Vec<String> = TEXTS.iter().map(|(extension, kind)| format!("{kind} {extension};")).collect();
    let (extensions, kinds): (Vec<&str>, Vec<&str>) = TEXTS.iter().copied().unzip();
    let _ = writeln!(
        text,
        "location ~* \"\\.(?:{})$\" {{\n  types {{\n    {}\n  }}\n  charset utf-8;\n  charset_types {};\n}}",
        extensions.join("|"),
        types.join("\n    "),
        kinds.join(" ")
    );
    // A rewrite inside a location is not looked up in the tables again.
    let prefix = super::apache::regex(&rules.decoded(""));
    let stones = super::apache::regex(STONES);
    let root = quoted(&format!("{}$1", rules.decoded("")));
    let _ = writeln!(
        text,
        "location ^~ {} {{\n  internal;\n  rewrite \"^{prefix}{stones}(.*)$\" {root} break;\n}}",
        quoted(&rules.decoded(STONES))
    );
    for (name, header) in rules.headers.all() {
        let _ = writeln!(text, "add_header {name} \"{}\" always;", value(header));
    }
    text.push_str("add_header Cache-Control $presswork_caching;\n");
    text
}

/// Writes the redirect to the edition in the reader's language.
fn answer_by_language(rules: &HostRules<'_>, text: &mut String) {
    if !rules.by_language.is_empty() {
        text.push_str("if ($presswork_by_language) {\n  return 302 $presswork_by_language;\n}\n");
        text.push_str("add_header Vary $presswork_vary always;\n");
    }
}

/// Writes the response for a table.
fn answer(table: &str, text: &mut String) {
    let _ =
        write!(text, "if (${table} = {GONE}) {{\n  return 410;\n}}\nif (${table}) {{\n  return 301 ${table};\n}}\n");
}

/// Formats a target for quotes, with the query of the request unless it has its own.
fn target(url: &str) -> String {
    let url = url.replace('$', "%24");
    let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let arguments = if path.contains('?') { "" } else { "$is_args$args" };
    format!("{path}{arguments}{fragment}")
}

/// Escapes a value for quotes, in which nginx expands variables: a `$` becomes a variable that holds only that.
fn value(text: &str) -> String {
    super::escaped(text).replace('$', "${presswork_dollar}")
}
