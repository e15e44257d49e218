//! Files for hosts that read JSON: Vercel, Firebase Hosting and Amazon S3.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::{Host, REST};
use crate::manifest;
use crate::plan::RedirectTarget;

use super::apache::regex;
use super::headers::{HashedFiles, IMMUTABLE, SHORT_LIVED};
use super::patterns::supports_folder;
use super::{HOST_FILES, HOST_FOLDERS, HostRules, LimitedRules, RedirectRule, RequestPath, TEXTS};

#[derive(Serialize)]
struct JsonHeader<'a> {
    key: &'a str,
    value: Cow<'a, str>,
}

fn text_of(value: &impl Serialize) -> String {
    // Strings and numbers can always be serialized.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn all_headers<'r>(rules: &'r HostRules<'_>) -> Vec<JsonHeader<'r>> {
    rules.headers.all().map(|(key, value)| JsonHeader { key, value: Cow::Borrowed(value) }).collect()
}

/// The largest number of redirects in `vercel.json`.
const VERCEL_REDIRECTS: usize = 2_048;
/// The longest pattern or target in `vercel.json`, in characters.
const VERCEL_CHARACTERS: usize = 4_096;

#[derive(Serialize)]
struct Vercel<'a> {
    redirects: Vec<VercelRedirect<'a>>,
    headers: Vec<VercelHeaders<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VercelRedirect<'a> {
    source: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has: Vec<VercelHas<'a>>,
    destination: Cow<'a, str>,
    status_code: u16,
}

/// A parameter of the query; the value is a regular expression.
#[derive(Serialize)]
struct VercelHas<'a> {
    r#type: &'static str,
    key: &'a str,
    value: String,
}

#[derive(Serialize)]
struct VercelHeaders<'a> {
    source: String,
    headers: Vec<JsonHeader<'a>>,
}

/// `vercel.json`: at most 2,048 redirects of 4,096 characters each
/// (<https://vercel.com/docs/routing/redirects/configuration-redirects>). It cannot express that content is gone.
pub(super) fn vercel<'r>(rules: &'r HostRules<'_>) -> LimitedRules<'r> {
    let mut redirects = Vec::new();
    let mut followed = Vec::new();
    let mut omitted = 0;
    for entry in &rules.patterns.queries {
        let (Some(to), Some(path)) = (entry.to, entry.forms().next()) else { continue };
        let has = entry.decoded().map(|(key, value)| VercelHas { r#type: "query", key, value: regex(&value) });
        let source = format!("{}{}", path_pattern(&encoded(path)), if entry.forms().count() > 1 { "(/?)" } else { "" });
        let destination = Cow::Borrowed(to);
        match redirects.len() < VERCEL_REDIRECTS {
            true => redirects.push(VercelRedirect { source, has: has.collect(), destination, status_code: 301 }),
            false => omitted += 1,
        }
    }
    for RedirectRule { from, to } in &rules.moved {
        let source = vercel_pattern(from);
        let fits = redirects.len() < VERCEL_REDIRECTS && source.len().max(to.len()) <= VERCEL_CHARACTERS;
        match fits {
            true => {
                redirects.push(VercelRedirect {
                    source,
                    has: Vec::new(),
                    destination: Cow::Borrowed(to),
                    status_code: 301,
                });
                followed.extend(from.forms());
            }
            false => omitted += 1,
        }
    }
    let written = redirects.len();
    for (at, folder) in rules.patterns.folders.iter().enumerate() {
        let destination = match folder.to {
            RedirectTarget::To(url) => Cow::Borrowed(url.as_str()),
            RedirectTarget::Below(url) => Cow::Owned(format!("{url}{REST}")),
            RedirectTarget::Gone => continue,
        };
        if supports_folder(Host::Vercel, at, folder, rules) {
            let source = format!("{}{REST}(.*)", path_pattern(&encoded(&folder.path)));
            redirects.push(VercelRedirect { source, has: Vec::new(), destination, status_code: 301 });
        }
    }
    let headers = vercel_headers(rules);
    LimitedRules { text: text_of(&Vercel { redirects, headers }), limit: VERCEL_REDIRECTS, written, omitted, followed }
}

fn vercel_headers<'r>(rules: &'r HostRules<'_>) -> Vec<VercelHeaders<'r>> {
    let prefix = path_pattern(&encoded(rules.config.base_url.prefix()));
    let mut headers = vec![VercelHeaders { source: format!("{prefix}(.*)"), headers: all_headers(rules) }];
    headers.extend(TEXTS.iter().map(|(extension, kind)| VercelHeaders {
        source: format!("{prefix}(.*)\\.{extension}"),
        headers: vec![JsonHeader { key: "Content-Type", value: Cow::Owned(format!("{kind}; charset=utf-8")) }],
    }));
    let caching = |source: String, value| VercelHeaders {
        source,
        headers: vec![JsonHeader { key: "Cache-Control", value: Cow::Borrowed(value) }],
    };
    let HashedFiles { folders, files } = rules.headers.hashed();
    let folders = folders.iter().map(|folder| format!("{folder}(.*)"));
    let hashed = folders.chain(files.iter().map(|file| path_pattern(&encoded(file))));
    headers.extend(hashed.map(|path| caching(format!("{prefix}{path}"), IMMUTABLE)));
    if let Some(own) = rules.headers.own_caching() {
        headers.push(caching(format!("{prefix}(.*/|.*\\.html|)"), own));
    }
    headers
}

/// Formats a pattern for Vercel, which matches the path as browsers send it; the group matches an optional slash.
fn vercel_pattern(old: &RequestPath) -> String {
    let slash = if old.is_folder { "(/?)" } else { "" };
    format!("{}{slash}", path_pattern(&encoded(old.bare())))
}

/// Escapes a path for a pattern, in which `( ) { } : * + ? \` have a meaning.
fn path_pattern(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for letter in path.chars() {
        if "(){}:*+?\\.[]|^$!".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Encodes a decoded path as browsers send it.
fn encoded(path: &str) -> String {
    super::encoded(path).replace("%3A", ":").replace("%2A", "*")
}

#[derive(Serialize)]
struct Firebase<'a> {
    hosting: Hosting<'a>,
}

#[derive(Serialize)]
struct Hosting<'a> {
    public: &'static str,
    ignore: Vec<String>,
    redirects: Vec<FirebaseRedirect>,
    headers: Vec<FirebaseHeaders<'a>>,
}

#[derive(Serialize)]
struct FirebaseRedirect {
    regex: String,
    destination: String,
    r#type: u16,
}

#[derive(Serialize)]
struct FirebaseHeaders<'a> {
    regex: String,
    headers: Vec<JsonHeader<'a>>,
}

/// `firebase.json`: redirects apply even if a file exists; regular expressions are RE2
/// (<https://firebase.google.com/docs/hosting/full-config>). It cannot express that content is gone.
pub(super) fn firebase(rules: &HostRules<'_>) -> String {
    let redirects = rules.moved.iter().map(|RedirectRule { from, to }| FirebaseRedirect {
        regex: firebase_pattern(from),
        destination: firebase_target(to),
        r#type: 301,
    });
    let folders = rules.patterns.folders.iter().enumerate().filter_map(|(at, folder)| {
        let destination = match folder.to {
            RedirectTarget::To(url) => firebase_target(url),
            RedirectTarget::Below(url) => format!("{}{REST}", firebase_target(url)),
            RedirectTarget::Gone => return None,
        };
        let regex = format!("^{}(?P<splat>.*)$", sent_or_decoded(&folder.path));
        supports_folder(Host::Firebase, at, folder, rules).then_some(FirebaseRedirect {
            regex,
            destination,
            r#type: 301,
        })
    });
    let redirects = redirects.chain(folders);
    let prefix = regex(&encoded(rules.config.base_url.prefix()));
    let mut headers = vec![FirebaseHeaders { regex: format!("^{prefix}.*$"), headers: all_headers(rules) }];
    headers.extend(TEXTS.iter().map(|(extension, kind)| FirebaseHeaders {
        regex: format!("^{prefix}.*\\.{extension}$"),
        headers: vec![JsonHeader { key: "Content-Type", value: Cow::Owned(format!("{kind}; charset=utf-8")) }],
    }));
    let caching = |regex: String, value| FirebaseHeaders {
        regex,
        headers: vec![JsonHeader { key: "Cache-Control", value: Cow::Borrowed(value) }],
    };
    let HashedFiles { folders, files } = rules.headers.hashed();
    let folders = folders.iter().map(|folder| format!("{folder}.*"));
    let hashed: Vec<String> = folders.chain(files.iter().map(|file| regex(&encoded(file)))).collect();
    let hashed = match &hashed[..] {
        [folder] if files.is_empty() => format!("^{prefix}{folder}$"),
        _ => format!("^{prefix}(?:{})$", hashed.join("|")),
    };
    let extensions = SHORT_LIVED.join("|");
    if let Some(short) = rules.headers.short() {
        headers.push(caching(format!("^{prefix}(?:.*/|.*\\.(?:{extensions}))?$"), short));
    }
    headers.push(caching(hashed, IMMUTABLE));
    let own = ["firebase.json", ".firebaserc", ".firebase/**", "firebase-debug.log", manifest::FILE];
    let mut ignore: Vec<String> = own.map(str::to_owned).into();
    ignore.extend(HOST_FOLDERS.iter().map(|folder| format!("{folder}/**")));
    ignore.extend(HOST_FILES.iter().filter(|file| !own.contains(file)).map(|file| (*file).to_owned()));
    let hosting = Hosting { public: ".", ignore, redirects: redirects.collect(), headers };
    text_of(&Firebase { hosting })
}

/// Formats a target for Firebase, whose emulator encodes characters that a URL cannot contain but none with a meaning
/// in URLs (ECMAScript's `encodeURI`). An encoded target would be encoded twice.
fn firebase_target(url: &str) -> String {
    let mut decoded = Vec::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        decoded.extend_from_slice(&rest.as_bytes()[..at]);
        let byte = rest.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let byte = byte.filter(|byte| !(byte.is_ascii_control() || b";/?:@&=+,#".contains(byte)));
        decoded.push(byte.unwrap_or(b'%'));
        rest = &rest[at + if byte.is_some() { 3 } else { 1 }..];
    }
    decoded.extend_from_slice(rest.as_bytes());
    String::from_utf8(decoded).unwrap_or_else(|_| url.to_owned())
}

/// Matches the whole path, encoded or decoded: the documentation does not say which of the two is compared.
fn firebase_pattern(old: &RequestPath) -> String {
    let slash = if old.is_folder { "/?" } else { "" };
    format!("^{}{slash}$", sent_or_decoded(old.bare()))
}

fn sent_or_decoded(path: &str) -> String {
    let (sent, decoded) = (regex(&encoded(path)), regex(path));
    if sent == decoded { sent } else { format!("(?:{sent}|{decoded})") }
}

/// The largest number of routing rules of a bucket.
const S3_RULES: usize = 50;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Website {
    index_document: Suffix,
    error_document: ObjectKey,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routing_rules: Vec<RoutingRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Suffix {
    suffix: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ObjectKey {
    key: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoutingRule {
    condition: Condition,
    redirect: RedirectTo,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    key_prefix_equals: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RedirectTo {
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_key_with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_key_prefix_with: Option<String>,
    http_redirect_code: &'static str,
}

/// The website configuration of an S3 bucket: at most 50 routing rules, each for all keys with a prefix
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html>). An old path gets a rule only if
/// no other file of the site has the same prefix. It cannot express that content is gone.
pub(super) fn s3<'r>(rules: &'r HostRules<'_>) -> LimitedRules<'r> {
    let prefix = rules.config.base_url.prefix().trim_start_matches('/');
    let mut routing_rules = Vec::new();
    let mut followed = Vec::new();
    let mut omitted = 0;
    for moved in &rules.moved {
        let Some(below) = s3_prefix(rules, &moved.from) else { continue };
        if routing_rules.len() == S3_RULES {
            omitted += 1;
            continue;
        }
        let condition = Condition { key_prefix_equals: format!("{prefix}{below}") };
        let is_bare = !below.ends_with('/');
        followed.extend(moved.from.forms().filter(|form| is_bare || form.ends_with('/')));
        routing_rules.push(RoutingRule { condition, redirect: s3_target(&moved.to) });
    }
    for (at, folder) in rules.patterns.folders.iter().enumerate() {
        let mut redirect = match folder.to {
            RedirectTarget::To(url) | RedirectTarget::Below(url) => s3_target(url),
            RedirectTarget::Gone => continue,
        };
        if !supports_folder(Host::S3, at, folder, rules) {
            continue;
        }
        if routing_rules.len() == S3_RULES {
            omitted += 1;
            continue;
        }
        if matches!(folder.to, RedirectTarget::Below(_)) {
            redirect.replace_key_prefix_with = redirect.replace_key_with.take();
        }
        let key_prefix_equals = folder.path.trim_start_matches('/').to_owned();
        routing_rules.push(RoutingRule { condition: Condition { key_prefix_equals }, redirect });
    }
    let written = routing_rules.len();
    let website = Website {
        index_document: Suffix { suffix: "index.html" },
        error_document: ObjectKey { key: format!("{prefix}404.html") },
        routing_rules,
    };
    LimitedRules { text: text_of(&website), limit: S3_RULES, written, omitted, followed }
}

/// The prefix that only the file at an old path has: the path without its slash, or else with it.
fn s3_prefix<'o>(rules: &HostRules<'_>, old: &'o RequestPath) -> Option<&'o str> {
    let path = old.file.strip_suffix("index.html").filter(|path| path.ends_with('/')).unwrap_or(&old.file);
    let is_alone = |prefix: &&str| {
        let first = rules.files.partition_point(|file| *file < *prefix);
        let alike = rules.files[first..].iter().take_while(|file| file.starts_with(*prefix));
        alike.take(2).all(|file| *file == old.file)
    };
    let bare = path.strip_suffix('/').filter(|_| old.is_folder);
    bare.filter(is_alone).or_else(|| Some(path).filter(is_alone))
}

fn s3_target(url: &str) -> RedirectTo {
    let (protocol, rest) = match url.split_once("://") {
        Some(("http", rest)) => (Some("http"), rest),
        Some((_, rest)) => (Some("https"), rest),
        None => (None, url),
    };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host_name = protocol.map(|_| host.to_owned());
    RedirectTo {
        protocol,
        host_name,
        replace_key_with: Some(path.trim_start_matches('/').to_owned()),
        replace_key_prefix_with: None,
        http_redirect_code: "301",
    }
}
