//! The files for hosts, read by independent parsers or as their hosts read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{self, Call};
use crate::tree;
use presswork::config;
use presswork::hosts::ThemeUses;
use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

/// Old paths that try to break out of their syntax.
const HOSTILE: &[&str] = &[
    "/plain/",
    "/blank here/",
    "/back`tick/",
    "/quote'and;semicolon/",
    "/dollar$uri/${HOME}/$1/",
    "/braces{path}/{$HOME}/",
    "/star*/",
    "/:splat/",
    "/a.b+c(d)[e]|f^g/",
    "/# no comment/",
    "/100% sure/",
    "/é/中文/",
    "/old.php",
    "/301! 200/",
    "/x/ /evil/ 200/",
    "/tab\tand\nline/",
    "/\"double\"/",
    "/back\\slash/",
];

/// A site with one story that has these aliases.
struct Site {
    _folder: TempDir,
    public: PathBuf,
    built: support::Built,
}

fn site(hosts: &str, aliases: &[String], redirects: &str) -> Site {
    let folder = support::scratch();
    let root = folder.path().join("site");
    tree::write(&root, support::plain_theme()).unwrap();
    let write = |path: &str, text: String| {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    };
    write(
        "site.yaml",
        format!(
            "title: The Test\nbase_url: https://example.org/\ntheme: plain\nfeeds: false\nrobots: false\n\
             sitemaps: false\nhosts: [{hosts}]\n"
        ),
    );
    // The characters that have a meaning in an alias.
    let aliases: Vec<String> = aliases.iter().map(|path| path.replace('*', "%2A").replace("/:", "/%3A")).collect();
    let aliases = serde_json::to_string(&aliases).unwrap();
    write("content/authors/ana.md", "---\nname: Ana\n---\n".to_owned());
    write(
        "content/news/vote.md",
        format!("---\ntitle: Vote\ndate: 2026-05-04\nauthors: ana\naliases: {aliases}\n---\nText.\n"),
    );
    write("redirects.yaml", redirects.to_owned());
    let built = support::run(&root, &Call::default());
    Site { public: root.join("public"), built, _folder: folder }
}

impl Site {
    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.public.join(path)).unwrap_or_else(|error| panic!("{path}: {error} {:?}", self.built))
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    fn files(&self) -> BTreeSet<String> {
        let all = tree::read(&self.public).unwrap();
        all.into_keys().map(|path| path.to_string_lossy().into_owned()).collect()
    }
}

/// The hostile paths that are valid aliases.
fn hostile() -> Vec<String> {
    let usable = HOSTILE.iter().filter(|path| presswork::route::alias_route(path).is_ok());
    let usable: Vec<String> = usable.map(|&path| path.to_owned()).collect();
    assert!(usable.len() >= 11, "{usable:?}");
    assert!(!usable.iter().any(|path| path.contains(['"', '\\', '\n', '%', '#'])), "{usable:?}");
    usable
}

const NEW: &str = "/news/2026/05/vote/";

#[test]
fn no_path_breaks_out_of_a_line() {
    let aliases = hostile();
    for host in ["netlify", "cloudflare"] {
        let site = site(host, &aliases, "");
        let text = site.read("_redirects");
        let rules: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let folders = aliases.iter().filter(|path| path.ends_with('/')).count();
        let extra = if host == "cloudflare" { folders } else { 0 };
        assert_eq!(rules.len(), aliases.len() + extra, "{text}");
        let mut sources = BTreeSet::new();
        for rule in rules {
            let words: Vec<&str> = rule.split_whitespace().collect();
            assert!(words.len() == 3 && words[0].starts_with('/') && words[1] == NEW, "{rule}");
            assert_eq!(words[2].trim_end_matches('!'), "301", "{rule}");
            assert!(!words[0].contains(['*', ':']), "no wildcard: {rule}");
            let decoded = percent_encoding::percent_decode_str(words[0]).decode_utf8().unwrap().into_owned();
            sources.insert(decoded);
        }
        assert!(aliases.iter().all(|alias| sources.contains(alias)), "{sources:?}");
    }
}

#[test]
fn patterns_match_their_old_path_and_nothing_else() {
    let aliases = hostile();
    let site = site("apache, firebase", &aliases, "/gone/(.%2A)/: gone\n");
    let hosting = &site.json("firebase.json")["hosting"];
    let of_firebase: Vec<String> = hosting["redirects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["regex"].as_str().unwrap().to_owned())
        .collect();
    let htaccess = site.read(".htaccess");
    let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
    // Without the rule that adds the slash to a folder's name.
    let rules = htaccess.lines().filter(|line| line.starts_with("RedirectMatch 301") && !line.contains("\"^(.*)$\""));
    let of_apache: Vec<String> = rules.filter_map(quoted).collect();
    for patterns in [of_firebase, of_apache] {
        assert_eq!(patterns.len(), aliases.len());
        let patterns: Vec<Regex> = patterns.iter().map(|pattern| Regex::new(pattern).unwrap()).collect();
        let matching = |path: &str| patterns.iter().filter(|pattern| pattern.is_match(path)).count();
        for alias in &aliases {
            assert_eq!(matching(alias), 1, "{alias}");
            let bare = alias.strip_suffix('/').unwrap_or(alias);
            assert_eq!(matching(bare), 1, "{bare}");
            assert_eq!(matching(&format!("{alias}more/")), 0, "{alias}");
            assert_eq!(matching(&format!("/before{alias}")), 0, "{alias}");
        }
        for live in [NEW, "/", "/anything/", "/starlight/", "/aXb+c(d)[e]|f^g/"] {
            assert_eq!(matching(live), 0, "{live}");
        }
    }
    assert!(htaccess.contains("RedirectMatch 410 \"^/gone/\\(\\.\\*\\)/?$\"\n"), "{htaccess}");
    for header in hosting["headers"].as_array().unwrap() {
        assert!(Regex::new(header["regex"].as_str().unwrap()).is_ok());
    }
}

#[test]
fn tables_of_servers_hold_each_path_as_one_word() {
    let aliases = hostile();
    let site = site("nginx, caddy", &aliases, "");
    for (file, skipped) in [(".nginx/http.conf", 0), (".caddy/site.caddy", 2)] {
        let text = site.read(file);
        let table = text.split("presswork_moved").nth(1).unwrap().split("presswork_gone").next().unwrap();
        let mut found = BTreeSet::new();
        for line in table.lines().filter(|line| line.trim_start().starts_with("\"/")) {
            let words: Vec<&str> = line.split('"').collect();
            let target = words[3].replace("$is_args$args", "").replace("{presswork_arguments}", "");
            let separated = words.len() == 5 && words[2] == " " && target == NEW && words[4].len() <= 1;
            assert!(separated, "{file}: {line}");
            found.insert(words[1].to_owned());
        }
        let missing = aliases.iter().filter(|alias| !found.contains(*alias)).count();
        assert_eq!(missing, skipped, "{file}: {found:?}");
    }
}

#[test]
fn vercel_reads_patterns_without_a_meaning_of_their_own() {
    let aliases = hostile();
    let json = site("vercel", &aliases, "").json("vercel.json");
    let redirects = json["redirects"].as_array().unwrap();
    assert_eq!(redirects.len(), aliases.len());
    for redirect in redirects {
        assert_eq!((redirect["destination"].as_str(), redirect["statusCode"].as_u64()), (Some(NEW), Some(301)));
        let source = redirect["source"].as_str().unwrap();
        let pattern = source.strip_suffix("(/?)").unwrap_or(source);
        let mut escaped = false;
        for letter in pattern.chars() {
            assert!(escaped || !"(){}:*+?".contains(letter), "{source}");
            escaped = letter == '\\' && !escaped;
        }
    }
    assert_eq!(json["headers"][0]["source"], "/(.*)");
}

#[test]
fn s3_rules_never_catch_a_live_page() {
    let aliases = ["/news/", "/news/2026/", "/news/2026/05/v/", "/lat/", "/lat/est/", "/authors/a", "/shop/"];
    let aliases: Vec<String> = aliases[1..].iter().map(|&path| path.to_owned()).collect();
    let site = site("s3", &aliases, "/shop/all/: \"https://example.com:8443/s?q=1#x\"\n");
    let json = site.json(".s3/website.json");
    let rules = json["RoutingRules"].as_array().unwrap();
    let files = site.files();
    let old: Vec<String> = aliases.iter().map(|path| format!("{}/index.html", path.trim_matches('/'))).collect();
    for rule in rules {
        let prefix = rule["Condition"]["KeyPrefixEquals"].as_str().unwrap();
        let caught: Vec<&String> = files.iter().filter(|file| file.starts_with(prefix)).collect();
        assert_eq!(caught.len(), 1, "{prefix}: {caught:?}");
        assert!(old.contains(caught[0]) || caught[0] == "shop/all/index.html", "{prefix}: {caught:?}");
    }
    let prefixes: Vec<&str> = rules.iter().map(|rule| rule["Condition"]["KeyPrefixEquals"].as_str().unwrap()).collect();
    assert_eq!(prefixes, ["authors/a/", "lat/est", "news/2026/05/v/", "shop/all"]);
    let shop = &rules[3]["Redirect"];
    assert_eq!(shop["HostName"], "example.com:8443");
    assert_eq!(shop["ReplaceKeyWith"], "s?q=1#x");
    assert_eq!(json["ErrorDocument"]["Key"], "404.html");
}

#[test]
fn limits_of_hosts_are_kept_and_reported() {
    let many = |count: usize| (0..count).map(|number| format!("/old/{number:05}/")).collect::<Vec<_>>();
    for (host, file, limit, rules, count) in [
        ("cloudflare", "_redirects", 2_000, 1_001, 2),
        ("vercel", "vercel.json", 2_048, 2_049, 1),
        ("s3", ".s3/website.json", 50, 51, 1),
    ] {
        let site = site(host, &many(rules), "");
        let text = site.read(file);
        let written = match host {
            "cloudflare" => text.lines().filter(|line| line.starts_with('/')).count(),
            "vercel" => site.json(file)["redirects"].as_array().unwrap().len(),
            _ => site.json(file)["RoutingRules"].as_array().unwrap().len(),
        };
        assert_eq!(written, limit, "{host}");
        let told = format!("{host} accepts {limit} redirect rules; {limit} are written and {count} are left out");
        assert!(site.built.diagnostics.iter().any(|line| line.contains(&told)), "{:?}", site.built.diagnostics);
    }
    let long = vec![format!("/{}/{}/{}/", "a".repeat(250), "b".repeat(250), "c".repeat(250))];
    let site = site("cloudflare", &[long, vec![format!("/{0}/{0}/{0}/{0}/", "d".repeat(250))]].concat(), "");
    assert!(site.read("_redirects").lines().all(|line| line.len() <= 1_000));
    assert!(site.built.diagnostics[0].contains("2 are written and 2 are left out"), "{:?}", site.built.diagnostics);
}

/// A theme that was made before tombstones existed.
#[test]
fn a_theme_without_a_template_for_gone_stories_shows_its_404_page() {
    let site = site("nginx", &[], "/gone/: gone\n");
    let root = site.public.parent().unwrap();
    fs::remove_file(root.join("themes/plain/templates/gone.html")).unwrap();
    fs::write(root.join("themes/plain/i18n/en.yaml"), "not_found: Nothing here\n").unwrap();
    fs::write(
        root.join("content/news/vote.md"),
        "---\ntitle: SECRET\ndate: 2026-05-04\nauthors: ana\nwithdrawn: {date: 2026-05-05, reason: Wrong.}\n---\nText.\n",
    )
    .unwrap();
    let built = support::run(root, &Call::default());
    assert_eq!(built.code, 0, "{built:?}");
    for page in ["410.html", "news/2026/05/vote/index.html"] {
        let page = site.read(page);
        assert!(page.contains("<h1>Nothing here</h1>") && page.contains("noindex"), "{page}");
    }
    assert!(support::holding(&site.public, "SECRET").is_empty());
    assert!(
        site.read(".nginx/http.conf")
            .contains("\"/news/2026/05/vote/\" \"/.nginx/gone/news/2026/05/vote/index.html\";")
    );
}

/// Of two stories withdrawn from the same URL, nothing is published if one has legal reasons.
#[test]
fn a_legal_withdrawal_comes_before_a_newer_story() {
    let site = site("netlify", &[], "");
    let root = site.public.parent().unwrap();
    let write = |name: &str, withdrawn: &str| {
        let text = format!(
            "---\ntitle: T\ndate: 2026-05-04\nslug: vote\nauthors: ana\nwithdrawn: {{{withdrawn}}}\n---\nText.\n"
        );
        fs::write(root.join(format!("content/news/{name}.md")), text).unwrap();
    };
    write("vote", "date: 2026-05-05, reason: The first");
    write("later", "date: 2026-05-06, reason: The last");
    assert_eq!(support::run(root, &Call::default()).code, 0);
    let tombstone = site.read("news/2026/05/vote/index.html");
    assert!(tombstone.contains("The last") && !tombstone.contains("The first"), "{tombstone}");
    write("later", "date: 2026-05-06, reason: The last, legal: true");
    assert_eq!(support::run(root, &Call::default()).code, 0);
    assert!(!site.files().contains("news/2026/05/vote/index.html"));
    assert!(site.read("_redirects").contains("/news/2026/05/vote/ /410.html 410!"));
}

fn policy(templates: &[&str], settings: &str) -> String {
    let mut uses = ThemeUses::default();
    templates.iter().for_each(|text| uses.add_template(text));
    let text = format!("title: T\nbase_url: https://example.org/\n{settings}");
    uses.policy(&config::parse(&text).value.unwrap())
}

fn directive<'p>(policy: &'p str, name: &str) -> &'p str {
    let found = policy.split("; ").find_map(|directive| directive.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {name} in {policy}"))
}

#[test]
fn the_policy_is_as_strict_as_the_theme_allows() {
    let plain = policy(&["<p class=\"a\">{{ <x style=\"no\" /> }}</p>{# <script>1</script> #}<!-- <iframe> -->"], "");
    assert_eq!(directive(&plain, "script-src"), "'self'");
    assert_eq!(directive(&plain, "style-src"), "'self'");
    assert_eq!(directive(&plain, "frame-src"), "'self'");
    assert_eq!(directive(&plain, "object-src"), "'none'");
    assert!(plain.ends_with("upgrade-insecure-requests"));
    let data = policy(&["<script type=\"application/ld+json\">{{ data | safe }}</script>"], "");
    assert_eq!(directive(&data, "script-src"), "'self'");
}

#[test]
fn the_policy_allows_what_the_theme_uses() {
    let templates = [
        "<img{% if a > 1 %} class=\"{{ b[\"c\"] }}\"{% endif %} src=\"{{ src }}\" style=\"top:{{ y }}\">",
        "<script src=\"{{ assets[\"js/a.js\"] }}\"></script><SCRIPT SRC='https://Stats.Example.com/s.js' defer></SCRIPT>",
        "<iframe src=\"https://player.example.net/embed/{{ id }}\" title=x></iframe>",
        "<link rel=\"preload stylesheet\" href=\"//fonts.example.org/css?x\"><form action=https://mail.example.com/in>",
    ];
    let policy = policy(&templates, "");
    assert_eq!(directive(&policy, "script-src"), "'self' https://stats.example.com");
    assert_eq!(directive(&policy, "style-src"), "'self' 'unsafe-inline' https://fonts.example.org");
    assert_eq!(directive(&policy, "frame-src"), "'self' https://player.example.net");
    assert_eq!(directive(&policy, "form-action"), "'self' https://mail.example.com");
}

#[test]
fn inputs_known_only_to_a_page_are_allowed_from_any_safe_host() {
    let policy_of = |template: &str| policy(&[template], "");
    assert_eq!(directive(&policy_of("<iframe src='{{ src }}'>"), "frame-src"), "'self' https:");
    assert_eq!(directive(&policy_of("<script>go({{ x }})</script>"), "script-src"), "'self' 'unsafe-inline'");
    assert_eq!(directive(&policy_of("<script>a<!-- b --></script>"), "script-src"), "'self' 'unsafe-inline'");
    assert_eq!(directive(&policy_of("<a onclick=go()>x</a>"), "script-src"), "'self' 'unsafe-inline'");
    assert_eq!(directive(&policy_of("<style>a{}</style>"), "style-src"), "'self' 'unsafe-inline'");
    let trusted = policy(&[""], "html: trusted\n");
    assert_eq!(directive(&trusted, "script-src"), "'self' 'unsafe-inline' https:");
    assert_eq!(directive(&trusted, "frame-src"), "'self' https:");
}

#[test]
fn an_inline_script_of_every_page_is_allowed_by_its_hash() {
    // echo -n 'go("<iframe src=https://example.com>")' | openssl dgst -sha256 -binary | base64
    let policy = policy(&["<Script defer>go(\"<iframe src=https://example.com>\")</SCRIPT>"], "");
    assert_eq!(directive(&policy, "script-src"), "'self' 'sha256-MVzQkYMe3iqrITusNqLU4Jj51gB8G/2G7pxLqkbUiFM='");
    assert_eq!(directive(&policy, "frame-src"), "'self'");
}

#[test]
fn headers_of_the_configuration_count() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/hosts/expected");
    let headers = fs::read_to_string(folder.join("_headers")).unwrap();
    assert!(!headers.contains("X-Frame-Options"), "`null` leaves one out");
    assert!(headers.contains("  Permissions-Policy: camera=(self)\n"), "a name of any case replaces one");
    let server = fs::read_to_string(folder.join(".nginx/server.conf")).unwrap();
    assert!(
        server.contains("add_header X-Note \"say \\\"hi\\\" for 5%% of ${presswork_dollar}x\" always;"),
        "{server}"
    );
}
