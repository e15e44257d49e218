//! Two files for nginx: one to include beside the server, one inside it.

use std::fmt::Write;

use super::headers::{Files, HOUR, IMMUTABLE, SHORT_LIVED};
use super::{GONE_PAGE, Gone, NOTE, Rules, quoted};

/// What a bucket of the table of a `map` has to hold besides the longest key, in bytes.
const BUCKET_EXTRA: usize = 48;
/// As much as nginx takes without being told so, on every machine.
const DEFAULT_KEY: usize = 16;

/// `.nginx/http.conf`, which belongs into the `http` block: old paths in tables, which are looked up without going
/// through them (<https://nginx.org/en/docs/http/ngx_http_map_module.html>). `$uri` is the decoded path. Keys ignore
/// case, which catches no other page: paths that differ in case alone are an error of the build.
pub(super) fn maps(rules: &Rules<'_>) -> String {
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
    let longest = keys().map(str::len).max().unwrap_or_default();
    // Writing to a String cannot fail, here and below.
    if longest > DEFAULT_KEY {
        let bucket = (longest + BUCKET_EXTRA).next_power_of_two().max(256);
        let _ = writeln!(text, "map_hash_bucket_size {bucket};");
        let _ = writeln!(text, "map_hash_max_size {};", (keys().count() * 2).next_power_of_two().max(2_048));
    }
    if rules.headers.all().any(|(_, value)| value.contains('$')) {
        text.push_str("geo $presswork_dollar {\n  default \"$\";\n}\n");
    }
    text.push_str("map $uri $presswork_moved {\n  volatile;\n  default \"\";\n");
    for moved in &rules.moved {
        for form in moved.from.forms() {
            let _ = writeln!(text, "  {} \"{}\";", quoted(form), moved.to);
        }
    }
    text.push_str("}\nmap $uri $presswork_gone {\n  volatile;\n  default \"\";\n");
    for gone in &rules.gone {
        let page = quoted(&page(rules, gone));
        for form in gone.old.forms() {
            let _ = writeln!(text, "  {} {page};", quoted(form));
        }
    }
    // An address of which this site knows nothing may be gone by the server's own word.
    let other = quoted(&rules.decoded(GONE_PAGE));
    let _ = write!(
        text,
        "}}\nmap $presswork_gone $presswork_gone_page {{\n  volatile;\n  default $presswork_gone;\n  \"\" {other};\n"
    );
    text.push_str("}\nmap $uri $presswork_caching {\n  volatile;\n");
    caching(rules, &mut text);
    text.push_str("}\n");
    text
}

/// Where tombstones are found by the server alone: a tombstone's own address may be the very one that is gone.
const STONES: &str = ".nginx/gone/";

/// The page that an address of what is gone shows, as a path that is not decoded again: a `?` in it would begin a query.
fn page(rules: &Rules<'_>, gone: &Gone) -> String {
    match gone.has_tombstone && !gone.page.contains(['?', '$']) {
        true => rules.decoded(&format!("{STONES}{}", gone.page)),
        false => rules.decoded(GONE_PAGE),
    }
}

fn caching(rules: &Rules<'_>, text: &mut String) {
    let prefix = rules.config.base_url.prefix();
    let _ = writeln!(text, "  default \"{HOUR}\";");
    match rules.headers.hashed() {
        Files::Folder(folder) => {
            let _ = writeln!(text, "  \"~^{}{folder}\" \"{IMMUTABLE}\";", super::apache::regex(prefix));
        }
        Files::Named(files) => {
            for file in files {
                let _ = writeln!(text, "  {} \"{IMMUTABLE}\";", quoted(&format!("{prefix}{file}")));
            }
        }
    }
    let short = value(rules.headers.short().unwrap_or_default());
    let _ = writeln!(text, "  \"~(?:/|\\.(?:{}))$\" \"{short}\";", SHORT_LIVED.join("|"));
}

/// `.nginx/server.conf`, which belongs into the `server` block. A header is sent only when it has a value.
pub(super) fn server(rules: &Rules<'_>) -> String {
    let base = &rules.config.base_url;
    let mut text = NOTE.to_owned();
    text.push_str("# Belongs into the server block: include /path/to/public/.nginx/server.conf;\n");
    text.push_str(
        "if ($presswork_gone) {\n  return 410;\n}\nif ($presswork_moved) {\n  return 301 $presswork_moved;\n}\n",
    );
    let _ = writeln!(text, "error_page 404 {};", quoted(&base.path_of("404.html")));
    text.push_str("error_page 410 $presswork_gone_page;\n");
    let _ = writeln!(text, "location ^~ {}.nginx/ {{\n  return 404;\n}}", base.path_of(""));
    // What is rewritten inside a location is not looked up in the tables again.
    let prefix = super::apache::regex(&rules.decoded(""));
    let stones = super::apache::regex(STONES);
    let root = quoted(&format!("{}$1", rules.decoded("")));
    let _ = writeln!(
        text,
        "location ^~ {}{STONES} {{\n  internal;\n  rewrite \"^{prefix}{stones}(.*)$\" {root} break;\n}}",
        base.path_of("")
    );
    let _ = writeln!(text, "location = {}.presswork-manifest {{\n  return 404;\n}}", base.path_of(""));
    for (name, header) in rules.headers.all() {
        let _ = writeln!(text, "add_header {name} \"{}\" always;", value(header));
    }
    text.push_str("add_header Cache-Control $presswork_caching;\n");
    text
}

/// A value inside quotes, in which variables count: a `$` of its own is one that holds nothing else.
fn value(text: &str) -> String {
    super::escaped(text).replace('$', "${presswork_dollar}")
}
