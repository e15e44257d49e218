//! A snippet for Caddy, to be imported by a site.

use std::fmt::Write;

use super::headers::{Files, HOUR, IMMUTABLE, SHORT_LIVED};
use super::{NOTE, Rules, quoted};

/// Whether Caddy reads no placeholder in a path.
pub(super) fn is_plain(path: &str) -> bool {
    !path.contains(['{', '}'])
}

/// `.caddy/site.caddy`, which belongs into a site's block. `map` compares whole decoded paths
/// (<https://caddyserver.com/docs/caddyfile/directives/map>). A path with a brace is left out, for Caddy would read a
/// placeholder in it; its page leads on all the same.
pub(super) fn snippet(rules: &Rules<'_>) -> String {
    let base = &rules.config.base_url;
    let mut text = NOTE.to_owned();
    text.push_str("# Belongs into the site's block: import /path/to/public/.caddy/site.caddy\n");
    text.push_str("map {path} {presswork_moved} {\n");
    for moved in &rules.moved {
        for form in moved.from.forms().filter(|form| is_plain(form)) {
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(text, "\t{} {}", quoted(form), quoted(&moved.to));
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
    text.push_str(
        "@presswork_moved expression `{presswork_moved} != \"\"`\nredir @presswork_moved {presswork_moved} 301\n",
    );
    text.push_str("@presswork_gone expression `{presswork_gone} != \"\"`\nerror @presswork_gone 410\n");
    let own = base.prefix();
    let _ = writeln!(
        text,
        "@presswork_own path {} {}",
        quoted(&format!("{own}.caddy/*")),
        quoted(&format!("{own}.presswork-manifest"))
    );
    text.push_str("error @presswork_own 404\n");
    let _ = writeln!(
        text,
        "handle_errors {{\n\theader Cache-Control no-cache\n\t@presswork_told expression `{{presswork_gone}} != \"\"`\n\t\
         handle @presswork_told {{\n\t\trewrite * {{presswork_gone}}\n\t\tfile_server\n\t}}\n\t\
         handle {{\n\t\trewrite * {}\n\t\tfile_server\n\t}}\n}}",
        quoted(&base.path_of("404.html"))
    );
    text.push_str("header {\n");
    for (name, value) in rules.headers.all() {
        let _ = writeln!(text, "\t{name} {}", literal(value));
    }
    text.push_str("}\n");
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

/// A word in which nothing is a placeholder (<https://caddyserver.com/docs/conventions#placeholders>).
fn literal(text: &str) -> String {
    quoted(text).replace('{', "\\{")
}
