//! Files for the Apache HTTP server: `.htaccess`, and one for a virtual host with its tables.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use percent_encoding::percent_decode_str;

use crate::plan::{RedirectTarget, SEARCH_INDEX, VARIANTS};

use super::by_language::{LanguageRule, VARY, beginning_with};
use super::headers::{HOUR, HashedFiles, IMMUTABLE, SHORT_LIVED};
use super::patterns::QueryRedirect;
use super::{GONE_PAGE, HostRules, NOTE, RedirectRule, RequestPath, TEXTS, hidden};

/// The folder of the files for a virtual host.
const FOLDER: &str = "${PRESSWORK}/.apache";

/// `.htaccess`, which the server reads for every request. `Redirect` matches path prefixes, so old paths are written as
/// complete regular expressions, which match the decoded path
/// (<https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirectmatch>).
pub(super) fn htaccess(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    let base = &rules.config.base_url;
    // Writing to a String cannot fail, here and below.
    let _ =
        write!(text, "ErrorDocument 404 {}\nErrorDocument 410 {}\n", base.path_of("404.html"), base.path_of(GONE_PAGE));
    editions(rules, &mut text);
    text.push_str("<IfModule mod_alias.c>\n");
    paths(rules, |_| true, &mut text);
    text.push_str("</IfModule>\n");
    tombstones(rules, |_| true, &mut text);
    let fragments: Vec<&RedirectRule> = rules.moved.iter().filter(|moved| has_fragment(&moved.to)).collect();
    if !fragments.is_empty() || !rules.patterns.queries.is_empty() {
        text.push_str("<IfModule mod_rewrite.c>\nRewriteEngine On\n");
        queries(rules, rules.patterns.queries.iter(), &mut text);
        fragments.iter().for_each(|moved| before_fragment(rules, moved, &mut text));
        text.push_str("</IfModule>\n");
    }
    by_language(rules, &mut text);
    types(&mut text);
    headers(rules, &mut text);
    text
}

/// The 404 pages of editions (<https://httpd.apache.org/docs/2.4/mod/core.html#errordocument>).
fn editions(rules: &HostRules<'_>, text: &mut String) {
    let base = &rules.config.base_url;
    for (folder, page) in rules.not_found_pages() {
        let folder = rules.decoded(folder);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "<If \"%{{REQUEST_URI}} =~ m#^{}#\">\nErrorDocument 404 {}\n</If>",
            regex(&folder),
            base.path_of(&page)
        );
    }
}

/// `.apache/vhost.conf`, which the server reads once, for a virtual host. Tables hold the old paths, so their number
/// does not matter (<https://httpd.apache.org/docs/2.4/rewrite/rewritemap.html>).
pub(super) fn vhost(rules: &HostRules<'_>) -> String {
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
    editions(rules, &mut text);
    text.push_str("RewriteEngine On\n");
    // The server requests an error page in a second, internal request.
    text.push_str("RewriteCond %{ENV:REDIRECT_STATUS} !=\"\"\nRewriteRule ^ - [L]\n");
    let _ = writeln!(text, "RewriteRule ^ - [E=PRESSWORK_GONE:{GONE_PAGE}]");
    looked_up(rules, &mut text);
    let inline = rules.patterns.queries.iter().filter(|entry| !entry.forms().all(is_key));
    queries(rules, inline, &mut text);
    text.push_str("RewriteCond ${presswork_gone:%{REQUEST_URI}} (.+)\nRewriteRule ^ - [E=PRESSWORK_GONE:%1,G]\n");
    text.push_str("RewriteCond %{QUERY_STRING} .\nRewriteCond ${presswork_moved:%{REQUEST_URI}} ^([^?#]+)(#.*)$\n");
    text.push_str("RewriteRule ^ %1?%{QUERY_STRING}%2 [R=301,L,NE]\n");
    // The server accepts no `?` from a table.
    text.push_str("RewriteCond ${presswork_moved:%{REQUEST_URI}} ^([^?]+)[?](.+)$\n");
    text.push_str("RewriteRule ^ %1?%2 [R=301,L,NE]\n");
    text.push_str("RewriteCond ${presswork_moved:%{REQUEST_URI}} (.+)\nRewriteRule ^ %1 [R=301,L,NE]\n");
    // In a table, a key ends at the first space.
    let others = rules.moved.iter().filter(|moved| !is_key(&moved.from.path) && has_fragment(&moved.to));
    others.for_each(|moved| before_fragment(rules, moved, &mut text));
    paths(rules, |path| !is_key(path), &mut text);
    tombstones(rules, |path| !is_key(path), &mut text);
    by_language(rules, &mut text);
    types(&mut text);
    headers(rules, &mut text);
    text.push_str("</Directory>\n");
    text
}

/// `.apache/moved.txt`: old paths and their redirect targets.
pub(super) fn moved_table(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    for moved in rules.moved.iter().filter(|moved| is_key(&moved.from.path)) {
        let target = absolute(rules, &moved.to);
        for form in moved.from.forms() {
            let _ = writeln!(text, "{form} {target}");
        }
    }
    text
}

/// `.apache/gone.txt`: old paths of gone content and their 410 pages, relative to the site's root.
pub(super) fn gone_table(rules: &HostRules<'_>) -> String {
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

/// Makes a target absolute. From a path the server would make a URL with the scheme and port of its own requests, which
/// differ from the reader's if another server is in front.
fn absolute<'u>(rules: &HostRules<'_>, url: &'u str) -> Cow<'u, str> {
    match url.starts_with('/') {
        true => Cow::Owned(rules.config.base_url.absolute(url)),
        false => Cow::Borrowed(url),
    }
}

/// Writes rules for the wanted old paths, and for everything else that `Redirect` can express. Of two sections with a
/// condition the later one wins, and rules without a condition come last.
fn paths(rules: &HostRules<'_>, is_wanted: impl Fn(&str) -> bool, text: &mut String) {
    let origin = rules.config.base_url.origin();
    // By default the server redirects from a folder's name to the folder with the scheme and port of its own request,
    // and lists or refuses a folder without a page, depending on its settings.
    let _ = write!(
        text,
        "<If \"-d %{{REQUEST_FILENAME}} && -f '%{{REQUEST_FILENAME}}/index.html' && %{{REQUEST_URI}} !~ m#/$#\">\n\
         RedirectMatch 301 \"^(.*)$\" \"{origin}$1/\"\n</If>\n\
         <If \"-d %{{REQUEST_FILENAME}} && ! -f '%{{REQUEST_FILENAME}}/index.html'\">\n\
         RedirectMatch 404 \"^\"\n</If>\n<If \"true\">\n"
    );
    let _ = writeln!(text, "RedirectMatch 404 \"(?i){}\"", hidden());
    for moved in rules.moved.iter().filter(|moved| is_wanted(&moved.from.path)) {
        redirect(rules, moved, text);
    }
    old_folders(rules, text);
    text.push_str("</If>\n");
    // The 410 page may have the very URL that is gone: requested as an error page, it is no error.
    let mut gone = rules.gone.iter().filter(|gone| is_wanted(&gone.old.path)).peekable();
    if gone.peek().is_some() {
        text.push_str("<If \"%{ENV:REDIRECT_STATUS} != '410'\">\n");
        for gone in gone {
            let _ = writeln!(text, "RedirectMatch 410 {}", pattern(&gone.old));
        }
        text.push_str("</If>\n");
    }
}

fn redirect(rules: &HostRules<'_>, moved: &RedirectRule, text: &mut String) {
    if let Some(target) = target(&absolute(rules, &moved.to)) {
        let _ = writeln!(text, "RedirectMatch 301 {} \"{target}\"", pattern(&moved.from));
    }
}

/// `.apache/queries.txt`: paths with parameters in alphabetical order, and their redirect targets.
pub(super) fn queries_table(rules: &HostRules<'_>) -> String {
    let mut text = NOTE.to_owned();
    for entry in &rules.patterns.queries {
        let target = entry.to.map_or(Cow::Borrowed(GONE), |url| absolute(rules, url));
        for form in entry.forms().filter(|form| is_key(form)) {
            for query in spellings(&entry.query.text()) {
                let _ = writeln!(text, "{form}?{query} {target}");
            }
        }
    }
    text
}

/// Returns a query as written, and with the hexadecimal digits of its percent-encoding in upper and lower case: a table
/// knows one spelling, though all mean the same (RFC 3986, section 6.2.2.1).
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

/// The table value for gone content.
const GONE: &str = "gone";

/// Writes a rule for each old URL with a query.
fn queries<'r>(rules: &HostRules<'_>, queries: impl Iterator<Item = &'r QueryRedirect<'r>>, text: &mut String) {
    for entry in queries {
        let forms: Vec<String> = entry.forms().map(regex).collect();
        let _ = writeln!(text, "RewriteCond %{{REQUEST_URI}} \"^(?:{})$\"", forms.join("|"));
        for (name, value) in &entry.query.parameters {
            let _ =
                writeln!(text, "RewriteCond %{{QUERY_STRING}} \"(?:^|&){}=(?i:{})(?:&|$)\"", regex(name), regex(value));
        }
        let _ = match entry.to {
            Some(url) => writeln!(text, "RewriteRule ^ \"{}\" [R=301,L,QSD,NE]", substitution(&absolute(rules, url))),
            None => writeln!(text, "RewriteRule ^ - [G]"),
        };
    }
}

/// Writes rules that look up old URLs with a query, one rule for each set of parameters.
fn looked_up(rules: &HostRules<'_>, text: &mut String) {
    for (names, _) in rules.patterns.by_names() {
        let found: String = names.iter().map(|name| format!("(?=(?:.*&)?{}=([^&]*))", regex(name))).collect();
        let key: Vec<String> = names.iter().zip(1..).map(|(name, at)| format!("{name}=%{at}")).collect();
        let key = format!("${{presswork_queries:%{{REQUEST_URI}}?{}}}", key.join("&"));
        // The server accepts no `?` from a table.
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

/// Writes rules for old folders, deepest first; they apply after those for paths. If something in the folder is gone,
/// its 410 page may be there, which the server requests internally.
fn old_folders(rules: &HostRules<'_>, text: &mut String) {
    for folder in &rules.patterns.folders {
        let path = regex(&folder.path);
        let exception = if folder.holds_gone { "(?!(?:.*/)?index\\.html$)" } else { "" };
        let _ = match folder.to {
            RedirectTarget::Gone => writeln!(text, "RedirectMatch 410 \"^{path}{exception}\""),
            RedirectTarget::To(url) => match target(&absolute(rules, url)) {
                Some(target) => writeln!(text, "RedirectMatch 301 \"^{path}{exception}\" \"{target}\""),
                None => Ok(()),
            },
            // A decoded `?` or `#` would begin a query or fragment.
            RedirectTarget::Below(url) => match target(&absolute(rules, url)) {
                Some(target) => {
                    writeln!(text, "RedirectMatch 301 \"^{path}{exception}((?:[^/\\\\?#][^?#]*)?)$\" \"{target}$1\"")
                }
                None => Ok(()),
            },
        };
    }
}

/// Escapes a target for a rewrite rule, in which `%` and `$` have a meaning.
fn substitution(url: &str) -> String {
    url.replace('%', "\\%").replace('$', "\\$")
}

/// True if a target has a fragment and no query of its own.
fn has_fragment(url: &str) -> bool {
    url.find(['?', '#']).is_some_and(|at| url[at..].starts_with('#'))
}

/// The server would append the request's query after the fragment.
fn before_fragment(rules: &HostRules<'_>, moved: &RedirectRule, text: &mut String) {
    let target = substitution(&absolute(rules, &moved.to));
    let Some((path, fragment)) = target.split_once('#') else { return };
    let _ = write!(
        text,
        "RewriteCond %{{QUERY_STRING}} .\nRewriteCond %{{REQUEST_URI}} {}\n\
         RewriteRule ^ \"{path}?%{{QUERY_STRING}}#{fragment}\" [R=301,L,NE]\n",
        pattern(&moved.from)
    );
}

/// Writes media types that the server may not know, and the charset of text files (RFC 7763; RFC 6657).
fn types(text: &mut String) {
    text.push_str("<IfModule mod_mime.c>\n");
    for (extension, kind) in TEXTS {
        let _ = writeln!(text, "AddType {kind} .{extension}");
    }
    let extensions: Vec<String> = TEXTS.iter().map(|(extension, _)| format!(".{extension}")).collect();
    let _ = write!(text, "AddCharset utf-8 {}\n</IfModule>\n", extensions.join(" "));
}

fn headers(rules: &HostRules<'_>, text: &mut String) {
    text.push_str("<IfModule mod_headers.c>\n");
    let mut values = rules.headers.all().map(|(_, value)| value).chain(rules.headers.short());
    if values.clone().any(|value| value.contains("${")) {
        // The server expands `${…}` to variables of its configuration.
        let _ = writeln!(text, "SetEnv {DOLLAR} \"$\"");
    }
    if values.any(|value| value.starts_with(EXPRESSION)) {
        let _ = writeln!(text, "SetEnv {LETTER} \"e\"");
    }
    for (name, value) in rules.headers.all() {
        let _ = writeln!(text, "Header always set {name} \"{}\"", header_value(value));
    }
    let extensions = SHORT_LIVED.join("|");
    let _ = writeln!(text, "Header set Cache-Control \"{HOUR}\"");
    let _ = writeln!(text, "<FilesMatch \"\\.(?:{extensions})$\">");
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

/// A regular expression for the URLs of this site, as `Referer` has them.
pub(super) fn inside(rules: &HostRules<'_>) -> String {
    let base = &rules.config.base_url;
    format!("^{}{}", regex(base.origin()), regex(base.prefix()))
}

/// Writes the redirects for Apache, in `.htaccess` and for a folder of a virtual host alike
/// (<https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewritecond>).
fn by_language(rules: &HostRules<'_>, text: &mut String) {
    if rules.by_language.is_empty() {
        return;
    }
    let front = regex(&rules.decoded(""));
    text.push_str("<IfModule mod_rewrite.c>\nRewriteEngine On\n");
    for LanguageRule { to, tags, except } in &rules.by_language {
        let _ = writeln!(text, "RewriteCond %{{REQUEST_URI}} \"^{front}$\"");
        let _ = writeln!(text, "RewriteCond %{{HTTP:Referer}} \"!{}\" [NC]", inside(rules));
        if !except.is_empty() {
            let _ = writeln!(text, "RewriteCond %{{HTTP:Accept-Language}} \"!{}\" [NC]", beginning_with(except));
        }
        let _ = writeln!(text, "RewriteCond %{{HTTP:Accept-Language}} \"{}\" [NC]", beginning_with(tags));
        let _ = writeln!(text, "RewriteRule ^ \"{}\" [R=302,L]", absolute(rules, to));
    }
    let _ = write!(
        text,
        "</IfModule>\n<IfModule mod_headers.c>\n<If \"%{{REQUEST_URI}} =~ m#^{front}(?:index\\.html)?$#\">\n\
         Header always merge Vary \"{VARY}\"\n</If>\n</IfModule>\n"
    );
}

/// Writes the 410 pages of gone URLs (<https://httpd.apache.org/docs/2.4/expr.html>). URLs of stories consist of
/// letters, digits and a few plain characters; for others the general 410 page is shown.
fn tombstones(rules: &HostRules<'_>, is_wanted: impl Fn(&str) -> bool, text: &mut String) {
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

/// The names of files that may be cached for ever, without their folders, which a `.htaccess` cannot name: those with
/// the hash of their bytes in the name, and the files of the search index, which may be very many.
fn hashed(rules: &HostRules<'_>) -> Option<String> {
    let name = |path: &str| regex(path.rsplit('/').next().unwrap_or(path));
    let HashedFiles { folders, files } = rules.headers.hashed();
    let is_index = |file: &str| file.starts_with(SEARCH_INDEX) && file.ends_with(".idx");
    let is_variant = |file: &str| file.starts_with(VARIANTS);
    let in_folder =
        |file: &&str| folders.iter().any(|folder| file.starts_with(folder)) && !is_index(file) && !is_variant(file);
    let all = rules.files.iter().copied().filter(in_folder).chain(files.iter().map(String::as_str));
    let mut names: Vec<String> = all.map(name).collect();
    if folders.contains(&SEARCH_INDEX) {
        names.push("d?[0-9]+\\.idx".to_owned());
    }
    // There may be many thousand.
    if rules.files.iter().any(|file| is_variant(file)) {
        names.push("[a-z0-9-]+-[0-9]+\\.[0-9a-f]{10}\\.(?:webp|jpg|png)".to_owned());
    }
    (!names.is_empty()).then(|| format!("^(?:{})$", names.join("|")))
}

fn pattern(old: &RequestPath) -> String {
    let slash = if old.is_folder { "/?" } else { "" };
    format!("\"^{}{slash}$\"", regex(old.bare()))
}

/// Escapes text for a regular expression (PCRE) in quotes: every character except letters, digits and a few plain ones,
/// none of which has a meaning after a backslash.
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

/// Formats a target for quotes. The server encodes its path, so it is written decoded; `None` if decoding would produce
/// a special character.
pub(super) fn target(url: &str) -> Option<String> {
    let (path, tail) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_plain = !path.chars().any(|c| c.is_control() || "\"\\?#%".contains(c));
    is_plain.then(|| format!("{}{}", path.replace('$', "\\$"), tail.replace('$', "\\$")))
}

/// The environment variable that holds a dollar sign.
const DOLLAR: &str = "PRESSWORK_DOLLAR";
/// The environment variable that holds the letter `e`.
const LETTER: &str = "PRESSWORK_E";
/// The beginning of a header's value that the server evaluates.
const EXPRESSION: &str = "expr=";

/// Escapes a header's value for quotes. It is parsed twice: as a word, and as a format in which `%` begins a variable
/// and a backslash a control character, unless it begins with `expr=`
/// (<https://httpd.apache.org/docs/2.4/mod/mod_headers.html#header>).
fn header_value(value: &str) -> String {
    let format = value.replace('\\', "\\\\").replace('%', "%%");
    let format = match format.strip_prefix('e').filter(|_| value.starts_with(EXPRESSION)) {
        Some(rest) => format!("%{{{LETTER}}}e{rest}"),
        None => format,
    };
    super::escaped(&format).replace("${", &format!("%{{{DOLLAR}}}e{{"))
}
