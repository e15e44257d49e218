//! A snippet for Caddy, to be imported by a site.

use std::fmt::Write;

use crate::config::Host;
use crate::plan::RedirectTarget;

use super::apache::regex;
use super::headers::{Files, HOUR, IMMUTABLE, SHORT_LIVED};
use super::patterns::{takes_folder, takes_query};
use super::{GONE_PAGE, HIDDEN, NOTE, Rules, quoted};

/// Whether Caddy reads no placeholder in a path.
pub(super) fn is_plain(path: &str) -> bool {
    !path.contains(['{', '}'])
}

/// `.caddy/site.caddy`, which belongs into a site's block. `map` compares whole decoded paths
/// (<https://caddyserver.com/docs/caddyfile/directives/map>). A path with a brace is left out, for Caddy would read a
/// placeholder in it; its page leads on all the same.
pub(super) fn snippet(rules: &Rules<'_>) -> String {
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
    let _ = writeln!(text, "@presswork_own path_regexp `(?i){HIDDEN}`");
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
    // In the order in which they count.
    let _ = writeln!(text, "route {{\n\terror @presswork_own 404\n{answers}}}");
    let _ = writeln!(
        text,
        "handle_errors {{\n\theader Cache-Control no-cache\n\t@presswork_told expression `{{presswork_gone}} != \"\"`\n\t\
         handle @presswork_told {{\n\t\trewrite * {{presswork_gone}}\n\t\tfile_server\n\t}}\n\t\
         @presswork_410 expression `{{err.status_code}} == 410`\n\t\
         handle @presswork_410 {{\n\t\trewrite * {}\n\t\tfile_server\n\t}}\n\t\
         handle {{\n\t\trewrite * {}\n\t\tfile_server\n\t}}\n}}",
        quoted(&rules.decoded(GONE_PAGE)),
        quoted(&rules.decoded("404.html"))
    );
    headers(rules, &mut text);
    caching(rules, &mut text);
    text
}

/// Matchers of which each path meets one, so that their order does not matter.
fn caching(rules: &Rules<'_>, text: &mut String) {
    let own = rules.config.base_url.prefix();
    let hashed: Vec<String> = match rules.headers.hashed() {
        Files::Folder(folder) => vec![quoted(&format!("{own}{folder}*"))],
        Files::Named(files) => files.iter().map(|file| quoted(&format!("{own}{file}"))).collect(),
    };
    let hashed = if hashed.is_empty() { "/assets/*".to_owned() } else { hashed.join(" ") };
    let endings: Vec<String> = SHORT_LIVED.iter().map(|ending| format!("*.{ending}")).collect();
    let short = format!("*/ {}", endings.join(" "));
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

/// A table for each set of parameters: of paths with their values, in the order of the names. Returns their names.
fn queries(rules: &Rules<'_>, text: &mut String) -> Vec<String> {
    let mut tables = Vec::new();
    for (names, group) in rules.patterns.by_names() {
        let asked: Vec<String> = names.iter().map(|name| format!("{name}={{http.request.uri.query.{name}}}")).collect();
        let table = format!("presswork_query_{}", tables.len() + 1);
        let _ = writeln!(text, "map \"{{path}}?{}\" {{{table}}} {{", asked.join("&"));
        for asked in group.iter().filter(|asked| takes_query(Host::Caddy, asked)) {
            let values: Vec<String> = asked.decoded().map(|(name, value)| format!("{name}={value}")).collect();
            for form in asked.forms() {
                let key = format!("{form}?{}", values.join("&"));
                let _ = writeln!(text, "\t{} {}", quoted(&key), quoted(asked.to.unwrap_or(GONE)));
            }
        }
        text.push_str("\tdefault \"\"\n}\n");
        tables.push(table);
    }
    tables
}

/// What stands in a table for what is gone.
const GONE: &str = "gone";

/// Old folders. The rest of a path is taken as it is asked for.
fn folders(rules: &Rules<'_>, text: &mut String) {
    if rules.patterns.folders.is_empty() {
        return;
    }
    text.push_str("map {uri} {presswork_below} {\n");
    for (at, folder) in rules.patterns.folders.iter().enumerate() {
        if !takes_folder(Host::Caddy, at, folder, rules) {
            continue;
        }
        let to = match folder.to {
            RedirectTarget::Gone => GONE.to_owned(),
            // Placeholders are not filled in here.
            RedirectTarget::To(url) => target(url).replace(ARGUMENTS, "${2}"),
            RedirectTarget::Below(url) => format!("{url}${{1}}${{2}}"),
        };
        let path = regex(&super::lines::encoded(&folder.path));
        let _ = writeln!(text, "\t`~(?i)^{path}([^/?\\\\][^?]*)?([?].*)?$` {}", quoted(&to));
    }
    text.push_str("\tdefault \"\"\n}\n");
}

/// Answers by what a table says.
fn answer(table: &str, text: &mut String, answers: &mut String) {
    let _ = write!(
        text,
        "@{table}_gone expression `{{{table}}} == \"{GONE}\"`\n@{table} expression `{{{table}}} != \"\"`\n"
    );
    let _ = write!(answers, "\terror @{table}_gone 410\n\tredir @{table} {{{table}}} 301\n");
}

/// What stands for the query that an old path is asked for with, and its `?`.
const ARGUMENTS: &str = "{presswork_arguments}";

/// A target, with the query that it was asked for with unless it has one of its own.
fn target(url: &str) -> String {
    let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let arguments = if path.contains('?') { "" } else { ARGUMENTS };
    format!("{path}{arguments}{fragment}")
}

/// The headers of every answer. What would be a placeholder in a value comes from a variable, which is not looked
/// through again (<https://caddyserver.com/docs/conventions#placeholders>); a backslash does not help, since an import
/// takes it away.
fn headers(rules: &Rules<'_>, text: &mut String) {
    let mut variables = String::new();
    let mut lines = String::new();
    let mut count = 0;
    for (name, value) in rules.headers.all() {
        let mut written = String::new();
        let mut rest = value;
        while let Some(at) = rest.find('{') {
            let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
            written.push_str(&rest[..at]);
            let (name, behind) = rest[at..].split_at(end - at);
            rest = behind;
            // Braces with nothing inside are no placeholder.
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

/// A word in quotes. Backslashes are kept but before a quote, so a word with one stands between backticks
/// (<https://caddyserver.com/docs/caddyfile/concepts#tokens-and-quotes>).
fn token(text: &str) -> String {
    match text.contains('\\') {
        true => format!("`{text}`"),
        false => quoted(text),
    }
}
