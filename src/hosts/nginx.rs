//! Two files for nginx: one to include beside the server, one inside it.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::plan::RedirectTarget;

use super::headers::{Files, HOUR, IMMUTABLE, SHORT_LIVED};
use super::{GONE_PAGE, Gone, HIDDEN, NOTE, Rules, TEXTS, quoted};

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
    let asked = rules.patterns.queries.iter();
    let asked = asked.map(|asked| asked.forms().map(str::len).max().unwrap_or_default() + asked.query.text().len() + 1);
    let longest = keys().map(str::len).chain(asked).max().unwrap_or_default();
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
    // An address of which this site knows nothing may be gone by the server's own word.
    let other = quoted(&rules.decoded(GONE_PAGE));
    let _ = write!(
        text,
        "}}\nmap $presswork_gone $presswork_gone_page {{\n  volatile;\n  default $presswork_gone;\n  \"\" {other};\n"
    );
    text.push_str("}\n");
    queries(rules, &mut text);
    folders(rules, &mut text);
    text.push_str("map $uri $presswork_caching {\n  volatile;\n");
    caching(rules, &mut text);
    text.push_str("}\n");
    text
}

/// A table for each set of parameters: of paths with their values, in the order of the names.
fn queries(rules: &Rules<'_>, text: &mut String) {
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
        let asked: Vec<String> =
            names.iter().map(|name| format!("{name}=${{presswork_parameter_{}}}", number(name))).collect();
        let _ = writeln!(
            text,
            "map \"$uri?{}\" $presswork_query_{} {{\n  volatile;\n  default \"\";",
            asked.join("&"),
            at + 1
        );
        for asked in group {
            let to = asked.to.map_or_else(|| GONE.to_owned(), |url| url.replace('$', "%24"));
            for form in asked.forms() {
                let _ = writeln!(text, "  {} \"{to}\";", quoted(&format!("{form}?{}", asked.query.text())));
            }
        }
        text.push_str("}\n");
    }
}

/// What stands in a table for what is gone.
const GONE: &str = "gone";

/// Old folders. The rest of a path is taken as it is asked for: decoded it could end the header that leads on. When the
/// server shows a page of its own for an error, it still knows the address that was asked for, but is at another.
fn folders(rules: &Rules<'_>, text: &mut String) {
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
        let (sent, decoded) =
            (super::apache::regex(&super::lines::encoded(&folder.path)), super::apache::regex(&folder.path));
        let _ = writeln!(
            text,
            "  \"~*^{sent}(?<presswork_rest>(?:[^/?\\\\\\\\ ][^? ]*)?)(?:\\?[^ ]*)? {decoded}\" \"{to}\";"
        );
    }
    text.push_str("}\n");
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
    // A path stays one: the server knows neither the scheme nor the port by which readers reach the site.
    text.push_str("absolute_redirect off;\nautoindex off;\n");
    // The server takes these paths as decoded ones.
    let not_found = quoted(&rules.decoded("404.html"));
    // A folder without a page is not there either.
    let _ = writeln!(text, "error_page 404 {not_found};\nerror_page 403 =404 {not_found};");
    text.push_str("error_page 410 $presswork_gone_page;\n");
    // Regular expressions of the server's own, which may stand first, count less than these.
    for folder in [".nginx/", ".caddy/", ".apache/", ".s3/"] {
        let _ = writeln!(text, "location ^~ {} {{\n  return 404;\n}}", quoted(&rules.decoded(folder)));
    }
    let _ = writeln!(text, "location ~* \"{HIDDEN}\" {{\n  return 404;\n}}");
    let types: Vec<String> = TEXTS.iter().map(|(ending, kind)| format!("{kind} {ending};")).collect();
    let (endings, kinds): (Vec<&str>, Vec<&str>) = TEXTS.iter().copied().unzip();
    let _ = writeln!(
        text,
        "location ~* \"\\.(?:{})$\" {{\n  types {{\n    {}\n  }}\n  charset utf-8;\n  charset_types {};\n}}",
        endings.join("|"),
        types.join("\n    "),
        kinds.join(" ")
    );
    // What is rewritten inside a location is not looked up in the tables again.
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

/// Answers by what a table says.
fn answer(table: &str, text: &mut String) {
    let _ =
        write!(text, "if (${table} = {GONE}) {{\n  return 410;\n}}\nif (${table}) {{\n  return 301 ${table};\n}}\n");
}

/// A target inside quotes, with the query that it was asked for with unless it has one of its own.
fn target(url: &str) -> String {
    let url = url.replace('$', "%24");
    let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let arguments = if path.contains('?') { "" } else { "$is_args$args" };
    format!("{path}{arguments}{fragment}")
}

/// A value inside quotes, in which variables count: a `$` of its own is one that holds nothing else.
fn value(text: &str) -> String {
    super::escaped(text).replace('$', "${presswork_dollar}")
}
