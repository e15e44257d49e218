//! The files for the Apache HTTP server: `.htaccess`, and one for a virtual host with its tables.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use percent_encoding::percent_decode_str;

use crate::plan::RedirectTarget;

use super::headers::{Files, HOUR, IMMUTABLE, SHORT_LIVED};
use super::patterns::Asked;
use super::{GONE_PAGE, HIDDEN, Moved, NOTE, OldUrl, Rules, TEXTS};

/// The folder of the files for a virtual host.
const FOLDER: &str = "${PRESSWORK}/.apache";

/// `.htaccess`, which the server reads for every request. `Redirect` matches the beginnings of paths, so old paths are
/// whole regular expressions, which match the decoded path
/// (<https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirectmatch>).
pub(super) fn htaccess(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    let base = &rules.config.base_url;
    // Writing to a String cannot fail, here and below.
    let _ =
        write!(text, "ErrorDocument 404 {}\nErrorDocument 410 {}\n", base.path_of("404.html"), base.path_of(GONE_PAGE));
    text.push_str("<IfModule mod_alias.c>\n");
    paths(rules, |_| true, &mut text);
    text.push_str("</IfModule>\n");
    tombstones(rules, |_| true, &mut text);
    let fragments: Vec<&Moved> = rules.moved.iter().filter(|moved| has_fragment(&moved.to)).collect();
    if !fragments.is_empty() || !rules.patterns.queries.is_empty() {
        text.push_str("<IfModule mod_rewrite.c>\nRewriteEngine On\n");
        queries(rules, rules.patterns.queries.iter(), &mut text);
        fragments.iter().for_each(|moved| before_fragment(rules, moved, &mut text));
        text.push_str("</IfModule>\n");
    }
    types(&mut text);
    headers(rules, &mut text);
    text
}

/// `.apache/vhost.conf`, which the server reads once, for a virtual host. Old paths are looked up in tables, so that it
/// does not matter how many there are (<https://httpd.apache.org/docs/2.4/rewrite/rewritemap.html>).
pub(super) fn vhost(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    let base = &rules.config.base_url;
    text.push_str(
        "# Include it in the virtual host, and say where the folder is:\n#     Define PRESSWORK /path/to/public\n",
    );
    text.push_str("#     Include ${PRESSWORK}/.apache/vhost.conf\n");
    let _ = write!(
        text,
        "RewriteMap presswork_moved \"txt:{FOLDER}/moved.txt\"\nRewriteMap presswork_gone \"txt:{FOLDER}/gone.txt\"\n\
         RewriteMap presswork_queries \"txt:{FOLDER}/queries.txt\"\n\
         <Directory \"${{PRESSWORK}}\">\nAllowOverride None\nErrorDocument 404 {}\n\
         ErrorDocument 410 \"{}%{{reqenv:PRESSWORK_GONE}}\"\n",
        base.path_of("404.html"),
        base.path_of("")
    );
    text.push_str("RewriteEngine On\n");
    // A page that tells of an error is asked for once more, by the server itself.
    text.push_str("RewriteCond %{ENV:REDIRECT_STATUS} !=\"\"\nRewriteRule ^ - [L]\n");
    let _ = writeln!(text, "RewriteRule ^ - [E=PRESSWORK_GONE:{GONE_PAGE}]");
    looked_up(rules, &mut text);
    let inline = rules.patterns.queries.iter().filter(|asked| !asked.forms().all(is_key));
    queries(rules, inline, &mut text);
    text.push_str("RewriteCond ${presswork_gone:%{REQUEST_URI}} (.+)\nRewriteRule ^ - [E=PRESSWORK_GONE:%1,G]\n");
    text.push_str("RewriteCond %{QUERY_STRING} .\nRewriteCond ${presswork_moved:%{REQUEST_URI}} ^([^?#]+)(#.*)$\n");
    text.push_str("RewriteRule ^ %1?%{QUERY_STRING}%2 [R=301,L,NE]\n");
    // The server takes no `?` from a table.
    text.push_str("RewriteCond ${presswork_moved:%{REQUEST_URI}} ^([^?]+)[?](.+)$\n");
    text.push_str("RewriteRule ^ %1?%2 [R=301,L,NE]\n");
    text.push_str("RewriteCond ${presswork_moved:%{REQUEST_URI}} (.+)\nRewriteRule ^ %1 [R=301,L,NE]\n");
    // A table ends its keys at the first space.
    let others = rules.moved.iter().filter(|moved| !is_key(&moved.from.path) && has_fragment(&moved.to));
    others.for_each(|moved| before_fragment(rules, moved, &mut text));
    paths(rules, |path| !is_key(path), &mut text);
    tombstones(rules, |path| !is_key(path), &mut text);
    types(&mut text);
    headers(rules, &mut text);
    text.push_str("</Directory>\n");
    text
}

/// `.apache/moved.txt`: old paths and where they lead.
pub(super) fn moved_table(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    for moved in rules.moved.iter().filter(|moved| is_key(&moved.from.path)) {
        let target = absolute(rules, &moved.to);
        for form in moved.from.forms() {
            let _ = writeln!(text, "{form} {target}");
        }
    }
    text
}

/// `.apache/gone.txt`: old paths of what is gone, and the page that tells so, below the site's root.
pub(super) fn gone_table(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    for gone in rules.gone.iter().filter(|gone| is_key(&gone.old.path)) {
        let page = rules.config.base_url.path_of(&gone.page);
        let page = page.strip_prefix(rules.config.base_url.prefix()).unwrap_or(&page);
        for form in gone.old.forms() {
            let _ = writeln!(text, "{form} {page}");
        }
    }
    text
}

fn is_key(path: &str) -> bool {
    !path.contains(char::is_whitespace)
}

/// A target as a whole URL. Of a path the server would make one with the scheme and port that it is itself asked by,
/// which readers do not know when another server stands before it.
fn absolute<'u>(rules: &Rules<'_>, url: &'u str) -> Cow<'u, str> {
    match url.starts_with('/') {
        true => Cow::Owned(rules.config.base_url.absolute(url)),
        false => Cow::Borrowed(url),
    }
}

/// Rules for the old paths that are wanted, and for whatever else `Redirect` can say. Of two sections with a condition
/// the later one counts first, and what has no condition counts last.
fn paths(rules: &Rules<'_>, is_wanted: impl Fn(&str) -> bool, text: &mut String) {
    let origin = rules.config.base_url.origin();
    // By itself the server leads from a folder's name to the folder with the scheme and port that it is asked by; and
    // it lists a folder without a page, or refuses it, by its own settings.
    let _ = write!(
        text,
        "<If \"-d %{{REQUEST_FILENAME}} && -f '%{{REQUEST_FILENAME}}/index.html' && %{{REQUEST_URI}} !~ m#/$#\">\n\
         RedirectMatch 301 \"^(.*)$\" \"{origin}$1/\"\n</If>\n\
         <If \"-d %{{REQUEST_FILENAME}} && ! -f '%{{REQUEST_FILENAME}}/index.html'\">\n\
         RedirectMatch 404 \"^\"\n</If>\n<If \"true\">\n"
    );
    let _ = writeln!(text, "RedirectMatch 404 \"(?i){HIDDEN}\"");
    for moved in rules.moved.iter().filter(|moved| is_wanted(&moved.from.path)) {
        redirect(rules, moved, text);
    }
    old_folders(rules, text);
    text.push_str("</If>\n");
    // The page that tells so may have the very address that is gone: it is no error once it has been asked for as such.
    let mut gone = rules.gone.iter().filter(|gone| is_wanted(&gone.old.path)).peekable();
    if gone.peek().is_some() {
        text.push_str("<If \"%{ENV:REDIRECT_STATUS} != '410'\">\n");
        for gone in gone {
            let _ = writeln!(text, "RedirectMatch 410 {}", pattern(&gone.old));
        }
        text.push_str("</If>\n");
    }
}

fn redirect(rules: &Rules<'_>, moved: &Moved, text: &mut String) {
    if let Some(target) = target(&absolute(rules, &moved.to)) {
        let _ = writeln!(text, "RedirectMatch 301 {} \"{target}\"", pattern(&moved.from));
    }
}

/// `.apache/queries.txt`: paths with parameters, in the order of their names, and where they lead.
pub(super) fn queries_table(rules: &Rules<'_>) -> String {
    let mut text = NOTE.to_owned();
    for asked in &rules.patterns.queries {
        let target = asked.to.map_or(Cow::Borrowed(GONE), |url| absolute(rules, url));
        for form in asked.forms().filter(|form| is_key(form)) {
            for query in spellings(&asked.query.text()) {
                let _ = writeln!(text, "{form}?{query} {target}");
            }
        }
    }
    text
}

/// A query as it is written, and with the digits of its percent-encoding in capital and in small letters (RFC 3986,
/// section 6.2.2.1: they mean the same): a table knows one spelling.
fn spellings(query: &str) -> BTreeSet<String> {
    let with = |change: fn(&mut str)| {
        let mut text = query.to_owned();
        let digits: Vec<usize> = query.match_indices('%').map(|(at, _)| at + 1).collect();
        for at in digits {
            if let Some(digits) = text.get_mut(at..at + 2) {
                change(digits);
            }
        }
        text
    };
    BTreeSet::from([query.to_owned(), with(str::make_ascii_uppercase), with(str::make_ascii_lowercase)])
}

/// What stands in a table for what is gone.
const GONE: &str = "gone";

/// Rules for old addresses with a query, one by one.
fn queries<'r>(rules: &Rules<'_>, queries: impl Iterator<Item = &'r Asked<'r>>, text: &mut String) {
    for asked in queries {
        let forms: Vec<String> = asked.forms().map(regex).collect();
        let _ = writeln!(text, "RewriteCond %{{REQUEST_URI}} \"^(?:{})$\"", forms.join("|"));
        for (name, value) in &asked.query.parameters {
            let _ =
                writeln!(text, "RewriteCond %{{QUERY_STRING}} \"(?:^|&){}=(?i:{})(?:&|$)\"", regex(name), regex(value));
        }
        let _ = match asked.to {
            Some(url) => writeln!(text, "RewriteRule ^ \"{}\" [R=301,L,QSD,NE]", substitution(&absolute(rules, url))),
            None => writeln!(text, "RewriteRule ^ - [G]"),
        };
    }
}

/// Rules that look old addresses with a query up, one for each set of parameters.
fn looked_up(rules: &Rules<'_>, text: &mut String) {
    for (names, _) in rules.patterns.by_names() {
        let found: String = names.iter().map(|name| format!("(?=(?:.*&)?{}=([^&]*))", regex(name))).collect();
        let key: Vec<String> = names.iter().zip(1..).map(|(name, at)| format!("{name}=%{at}")).collect();
        let key = format!("${{presswork_queries:%{{REQUEST_URI}}?{}}}", key.join("&"));
        // The server takes no `?` from a table.
        for (value, rule) in
            [("^gone$", "- [G]"), ("^([^?]+)[?](.+)$", "%1?%2 [R=301,L,NE]"), ("(.+)", "%1 [R=301,L,QSD,NE]")]
        {
            let _ = write!(
                text,
                "RewriteCond %{{QUERY_STRING}} \"^{found}\"\nRewriteCond {key} {value}\nRewriteRule ^ {rule}\n"
            );
        }
    }
}

/// Rules for old folders, the deepest first; they count after those for paths. Where something below is gone, the page
/// that tells so may be there, which the server asks itself for.
fn old_folders(rules: &Rules<'_>, text: &mut String) {
    for folder in &rules.patterns.folders {
        let path = regex(&folder.path);
        let told = if folder.holds_gone { "(?!(?:.*/)?index\\.html$)" } else { "" };
        let _ = match folder.to {
            RedirectTarget::Gone => writeln!(text, "RedirectMatch 410 \"^{path}{told}\""),
            RedirectTarget::To(url) => match target(&absolute(rules, url)) {
                Some(target) => writeln!(text, "RedirectMatch 301 \"^{path}{told}\" \"{target}\""),
                None => Ok(()),
            },
            // A `?` or `#` that was encoded would begin a query or fragment.
            RedirectTarget::Below(url) => match target(&absolute(rules, url)) {
                Some(target) => {
                    writeln!(text, "RedirectMatch 301 \"^{path}{told}((?:[^/\\\\?#][^?#]*)?)$\" \"{target}$1\"")
                }
                None => Ok(()),
            },
        };
    }
}

/// A target in a rewrite rule, in which `%` and `$` have a meaning.
fn substitution(url: &str) -> String {
    url.replace('%', "\\%").replace('$', "\\$")
}

/// Whether a target has a fragment, and no query of its own.
fn has_fragment(url: &str) -> bool {
    url.find(['?', '#']).is_some_and(|at| url[at..].starts_with('#'))
}

/// The server would put the query that an old path is asked for with after the fragment.
fn before_fragment(rules: &Rules<'_>, moved: &Moved, text: &mut String) {
    let target = substitution(&absolute(rules, &moved.to));
    let Some((path, fragment)) = target.split_once('#') else { return };
    let _ = write!(
        text,
        "RewriteCond %{{QUERY_STRING}} .\nRewriteCond %{{REQUEST_URI}} {}\n\
         RewriteRule ^ \"{path}?%{{QUERY_STRING}}#{fragment}\" [R=301,L,NE]\n",
        pattern(&moved.from)
    );
}

/// The types of what the server may not know, and that texts are UTF-8 (RFC 7763; RFC 6657).
fn types(text: &mut String) {
    text.push_str("<IfModule mod_mime.c>\n");
    for (ending, kind) in TEXTS {
        let _ = writeln!(text, "AddType {kind} .{ending}");
    }
    let endings: Vec<String> = TEXTS.iter().map(|(ending, _)| format!(".{ending}")).collect();
    let _ = write!(text, "AddCharset utf-8 {}\n</IfModule>\n", endings.join(" "));
}

fn headers(rules: &Rules<'_>, text: &mut String) {
    text.push_str("<IfModule mod_headers.c>\n");
    if rules.headers.all().any(|(_, value)| value.contains("${")) {
        // The server puts variables of its configuration where it reads `${`.
        let _ = writeln!(text, "SetEnv {DOLLAR} \"$\"");
    }
    for (name, value) in rules.headers.all() {
        let _ = writeln!(text, "Header always set {name} \"{}\"", header_value(value));
    }
    let endings = SHORT_LIVED.join("|");
    let _ = writeln!(text, "Header set Cache-Control \"{HOUR}\"");
    let _ = writeln!(text, "<FilesMatch \"\\.(?:{endings})$\">");
    match rules.headers.short() {
        Some(short) => {
            let _ = writeln!(text, "Header set Cache-Control \"{}\"", header_value(short));
        }
        None => text.push_str("Header unset Cache-Control\n"),
    }
    text.push_str("</FilesMatch>\n");
    if let Some(hashed) = hashed(rules) {
        let _ = writeln!(text, "<FilesMatch \"{hashed}\">\nHeader set Cache-Control \"{IMMUTABLE}\"\n</FilesMatch>");
    }
    text.push_str("</IfModule>\n");
}

/// Which page tells of what is gone where (<https://httpd.apache.org/docs/2.4/expr.html>). Addresses of stories are made
/// of letters, digits and a few plain signs; of one that is not, the 410 page tells.
fn tombstones(rules: &Rules<'_>, is_wanted: impl Fn(&str) -> bool, text: &mut String) {
    let is_plain = |path: &str| path.chars().all(|c| c.is_alphanumeric() || "/-_.~ ".contains(c));
    for gone in
        rules.gone.iter().filter(|gone| gone.has_tombstone && is_plain(&gone.old.path) && is_wanted(&gone.old.path))
    {
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

/// The environment variable that holds a dollar sign.
const DOLLAR: &str = "PRESSWORK_DOLLAR";

/// A header's value inside quotes. It is read twice: as a word, and as a format, in which `%` begins a variable and a
/// backslash a control character (<https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header>).
fn header_value(value: &str) -> String {
    let format = value.replace('\\', "\\\\").replace('%', "%%");
    super::escaped(&format).replace("${", &format!("%{{{DOLLAR}}}e{{"))
}
