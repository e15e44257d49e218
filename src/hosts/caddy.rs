//! A snippet for Caddy, to import in a site block.

use std::fmt::Write;

use crate::config::Host;
use crate::plan::RedirectTarget;

use super::apache::regex;
use super::by_language::{LanguageRule, VARY, beginning_with};
use super::headers::{HOUR, HashedFiles, IMMUTABLE, SHORT_LIVED};
use super::patterns::{supports_folder, supports_query};
use super::{GONE_PAGE, HostRules, NOTE, hidden, quoted};

/// True if Caddy sees no placeholder in a path.
pub(super) fn is_plain(path: &str) -> bool {
    !path.contains(['{', '}'])
}

/// `.caddy/site.caddy`, to import in a site block. `map` compares whole decoded paths
/// (<https://caddyserver.com/docs/caddyfile/directives/map>). Paths with a brace are left out, because Caddy would see
/// a placeholder; their pages redirect all the same.
pub(super) fn snippet(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    text.push_str("# Belongs into the site's block: import /path/to/public/.caddy/site.caddy\n");
    text.push_str("map {query} {presswork_arguments} {\n\t\"\" \"\"\n\tdefault \"?{query}\"\n}\n");
    text.push_str("map {path} {presswork_moved} {\n");
    for moved in &rules.moved {
        for form in moved.from.forms().filter(|form| is_plain(form)) {
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(text, "\t{} {}", quoted(form), quoted(&target(&moved.to)));
        }
    }
    text.push_str("\tdefault \"\"\n}\nmap {path} {presswork_gone} {\n");
    for gone in &rules.gone {
        let page = quoted(&rules.decoded(&gone.page));
        for form in gone.old.forms().filter(|form| is_plain(form)) {
            let _ = writeln!(text, "\t{} {page}", quoted(form));
        }
    }
    text.push_str("\tdefault \"\"\n}\n");
    let tables = queries(rules, &mut text);
    folders(rules, &mut text);
    let _ = writeln!(text, "@presswork_own path_regexp `(?i){}`", hidden());
    let mut answers = String::new();
    for table in &tables {
        answer(table, &mut text, &mut answers);
    }
    text.push_str("@presswork_gone expression `{presswork_gone} != \"\"`\n");
    answers.push_str("\terror @presswork_gone 410\n");
    answer("presswork_moved", &mut text, &mut answers);
    if !rules.patterns.folders.is_empty() {
        answer("presswork_below", &mut text, &mut answers);
    }
    answers.push_str(&by_language(rules, &mut text));
    // In order of precedence.
    let _ = writeln!(text, "route {{\n\terror @presswork_own 404\n{answers}}}");
    let mut editions = String::new();
    for (at, (folder, page)) in rules.not_found_pages().enumerate() {
        // Unlike a path, an expression does not change the order of the handlers.
        let path = format!("{}*", rules.decoded(folder));
        let _ = write!(
            editions,
            "@presswork_edition_{at} expression `path('{path}')`\n\t\
             handle @presswork_edition_{at} {{\n\t\trewrite * {}\n\t\tfile_server\n\t}}\n\t",
            quoted(&rules.decoded(&page))
        );
    }
    let _ = writeln!(
        text,
        "handle_errors {{\n\theader Cache-Control no-cache\n\t@presswork_told expression `{{presswork_gone}} != \"\"`\n\t\
         handle @presswork_told {{\n\t\trewrite * {{presswork_gone}}\n\t\tfile_server\n\t}}\n\t\
         @presswork_410 expression `{{err.status_code}} == 410`\n\t\
         handle @presswork_410 {{\n\t\trewrite * {}\n\t\tfile_server\n\t}}\n\t\
         {editions}handle {{\n\t\trewrite * {}\n\t\tfile_server\n\t}}\n}}",
        quoted(&rules.decoded(GONE_PAGE)),
        quoted(&rules.decoded("404.html"))
    );
    headers(rules, &mut text);
    caching(rules, &mut text);
    text
}

/// Each path meets exactly one of the matchers, so their order does not matter.
fn caching(rules: &HostRules<'_>, text: &mut String) {
    let own = rules.config.base_url.prefix();
    let HashedFiles { folders, files } = rules.headers.hashed();
    let folders = folders.iter().map(|folder| quoted(&format!("{own}{folder}*")));
    let hashed: Vec<String> = folders.chain(files.iter().map(|file| quoted(&format!("{own}{file}")))).collect();
    let hashed = if hashed.is_empty() { "/assets/*".to_owned() } else { hashed.join(" ") };
    let extensions: Vec<String> = SHORT_LIVED.iter().map(|extension| format!("*.{extension}")).collect();
    let short = format!("*/ {}", extensions.join(" "));
    let _ =
        writeln!(text, "@presswork_hashed path {hashed}\nheader @presswork_hashed Cache-Control {}", quoted(IMMUTABLE));
    let _ = writeln!(text, "@presswork_pages {{\n\tpath {short}\n\tnot path {hashed}\n}}");
    if let Some(value) = rules.headers.short() {
        let _ = writeln!(text, "header @presswork_pages Cache-Control {}", quoted(value));
    }
    let _ = writeln!(
        text,
        "@presswork_files {{\n\tnot path {short} {hashed}\n}}\nheader @presswork_files Cache-Control {}",
        quoted(HOUR)
    );
}

/// Writes a table for each set of parameters, from paths with values in alphabetical order of the names. Returns the
/// names of the tables.
fn queries(rules: &HostRules<'_>, text: &mut String) -> Vec<String> {
    let mut tables = Vec::new();
    for (names, group) in rules.patterns.by_names() {
        let entry: Vec<String> = names.iter().map(|name| format!("{name}={{http.request.uri.query.{name}}}")).collect();
        let table = format!("presswork_query_{}", tables.len() + 1);
        let _ = writeln!(text, "map \"{{path}}?{}\" {{{table}}} {{", entry.join("&"));
        for entry in group.iter().filter(|entry| supports_query(Host::Caddy, entry)) {
            let values: Vec<String> = entry.decoded().map(|(name, value)| format!("{name}={value}")).collect();
            for form in entry.forms() {
                let key = format!("{form}?{}", values.join("&"));
                let _ = writeln!(text, "\t{} {}", quoted(&key), quoted(entry.to.unwrap_or(GONE)));
            }
        }
        text.push_str("\tdefault \"\"\n}\n");
        tables.push(table);
    }
    tables
}

/// Writes the matchers for Caddy, and returns the redirects for its `route`
/// (<https://caddyserver.com/docs/caddyfile/matchers>).
fn by_language(rules: &HostRules<'_>, text: &mut String) -> String {
    let mut answers = String::new();
    let base = &rules.config.base_url;
    let front = rules.decoded("");
    for (at, LanguageRule { to, tags, except }) in rules.by_language.iter().enumerate() {
        let mut not = format!("\tnot header Referer {}\n", quoted(&format!("{}{}*", base.origin(), base.prefix())));
        if !except.is_empty() {
            let _ = writeln!(not, "\tnot header_regexp Accept-Language `(?i){}`", beginning_with(except));
        }
        let _ = write!(
            text,
            "@presswork_language_{at} {{\n\tpath {}\n\theader_regexp Accept-Language `(?i){}`\n{not}}}\n",
            quoted(&front),
            beginning_with(tags)
        );
        let _ = writeln!(answers, "\tredir @presswork_language_{at} {} 302", quoted(&format!("{to}{ARGUMENTS}")));
    }
    if !rules.by_language.is_empty() {
        let _ = writeln!(
            text,
            "@presswork_front path {} {}\nheader @presswork_front +Vary \"{VARY}\"",
            quoted(&front),
            quoted(&rules.decoded("index.html"))
        );
    }
    answers
}

/// The table value for gone content.
const GONE: &str = "gone";

/// Writes rules for old folders. The rest of the path stays as requested.
fn folders(rules: &HostRules<'_>, text: &mut String) {
    if rules.patterns.folders.is_empty() {
        return;
    }
    text.push_str("map {uri} {presswork_below} {\n");
    for (at, folder) in rules.patterns.folders.iter().enumerate() {
        if !supports_folder(Host::Caddy, at, folder, rules) {
            continue;
        }
        let to = match folder.to {
            RedirectTarget::Gone => GONE.to_owned(),
            // Caddy does not expand placeholders here.
            RedirectTarget::To(url) => target(url).replace(ARGUMENTS, "${2}"),
            RedirectTarget::Below(url) => format!("{url}${{1}}${{2}}"),
        };
        let path = regex(&super::encoded(&folder.path));
        let _ = writeln!(text, "\t`~(?i)^{path}([^/?\\\\][^?]*)?([?].*)?$` {}", quoted(&to));
    }
    text.push_str("\tdefault \"\"\n}\n");
}

/// Writes the response for a table.
fn answer(table: &str, text: &mut String, answers: &mut String) {
    let _ = write!(
        text,
        "@{table}_gone expression `{{{table}}} == \"{GONE}\"`\n@{table} expression `{{{table}}} != \"\"`\n"
    );
    let _ = write!(answers, "\terror @{table}_gone 410\n\tredir @{table} {{{table}}} 301\n");
}

/// The placeholder for the query of the request with its `?`.
const ARGUMENTS: &str = "{presswork_arguments}";

/// Formats a target, with the query of the request unless it has its own.
fn target(url: &str) -> String {
    let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let arguments = if path.contains('?') { "" } else { ARGUMENTS };
    format!("{path}{arguments}{fragment}")
}

/// Writes the headers of every response. A value that looks like a placeholder comes from a variable, which is not
/// expanded again (<https://caddyserver.com/docs/conventions#placeholders>); a backslash does not help, because
/// `import` removes it.
fn headers(rules: &HostRules<'_>, text: &mut String) {
    let mut variables = String::new();
    let mut lines = String::new();
    let mut count = 0;
    for (name, value) in rules.headers.all() {
        let mut written = String::new();
        let mut rest = value;
        while let Some(at) = rest.find('{') {
            let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
            written.push_str(&rest[..at]);
            let (name, after) = rest[at..].split_at(end - at);
            rest = after;
            // Empty braces are not a placeholder.
            if name == "{" {
                written.push('{');
                continue;
            }
            count += 1;
            let _ = write!(written, "{{presswork_text_{count}}}");
            let _ = write!(variables, "map {{path}} {{presswork_text_{count}}} {{\n\tdefault {}\n}}\n", token(name));
        }
        written.push_str(rest);
        let _ = writeln!(lines, "\t{name} {}", token(&written));
    }
    let _ = write!(text, "{variables}header {{\n{lines}}}\n");
}

/// Quotes a token. Backslashes stay except before a quote, so a token with one is put in backticks
/// (<https://caddyserver.com/docs/caddyfile/concepts#tokens-and-quotes>).
fn token(text: &str) -> String {
    match text.contains('\\') {
        true => format!("`{text}`"),
        false => quoted(text),
    }
}
