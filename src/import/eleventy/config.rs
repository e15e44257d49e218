//! The folders that an Eleventy configuration names. It is a program, so these are found in its text.

use std::path::Path;

/// The names of configuration files.
const NAMES: &[&str] =
    &[".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts"];

/// The most characters of a call's arguments that are looked at.
const MAX_ARGUMENTS: usize = 4_000;

/// The folders of a site, each with a slash at its end; the input folder may be empty.
#[derive(Debug, Default)]
pub(super) struct EleventyFolders {
    /// The folder with the texts.
    pub input: String,
    /// The folder with data.
    pub data: String,
    /// Folders with parts of templates, and that of the built site.
    system: Vec<String>,
    copied: Vec<Copied>,
}

/// A file or folder that is copied as it is.
#[derive(Debug)]
struct Copied {
    /// Its path, without a slash at the end.
    from: String,
    /// Its path in the built site, likewise; empty for the whole.
    to: String,
    /// The endings of the files that are copied, `.jpg`; empty for all.
    endings: Vec<String>,
}

impl EleventyFolders {
    /// Reads the configuration of the site in a folder.
    pub fn read(root: &Path) -> EleventyFolders {
        let text = NAMES.iter().find_map(|name| std::fs::read_to_string(root.join(name)).ok());
        EleventyFolders::of_text(&text.unwrap_or_default())
    }

    fn of_text(text: &str) -> EleventyFolders {
        let named = |key: &str, setter: &str| setting(text, key, setter).map(|name| folder(&name));
        let input = named("input", "setInputDirectory").unwrap_or_default();
        let inside = |name: Option<String>, default: &str| {
            let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| default.to_owned());
            // `../data` lies beside the input folder.
            match name.strip_prefix("../") {
                Some(beside) => beside.to_owned(),
                None => format!("{input}{name}"),
            }
        };
        let data = inside(named("data", "setDataDirectory"), "_data/");
        let includes = inside(named("includes", "setIncludesDirectory"), "_includes/");
        let layouts = inside(named("layouts", "setLayoutsDirectory"), "_layouts/");
        let output = named("output", "setOutputDirectory").filter(|name| !name.is_empty());
        let system = vec![data.clone(), includes, layouts, output.unwrap_or_else(|| "_site/".to_owned())];
        let copied = copied(text, &input);
        EleventyFolders { input, data, system, copied }
    }

    /// True for a part of the system.
    pub fn is_system(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.input.as_str()).unwrap_or(path);
        below.split('/').any(|part| part.starts_with('_')) || self.system.iter().any(|folder| path.starts_with(folder))
    }

    /// The path at which a file is that is copied as it is.
    pub fn copied(&self, path: &str) -> Option<String> {
        self.copied.iter().find_map(|Copied { from, to, endings }| {
            let is_wanted = endings.is_empty() || endings.iter().any(|ending| path.ends_with(ending.as_str()));
            let rest = path.strip_prefix(from.as_str()).filter(|_| is_wanted)?;
            match rest.strip_prefix('/') {
                _ if rest.is_empty() => Some(to.clone()),
                Some(rest) if to.is_empty() => Some(rest.to_owned()),
                Some(rest) => Some(format!("{to}/{rest}")),
                None => None,
            }
        })
    }
}

/// A folder's name with a slash at its end; nothing for the folder itself.
fn folder(name: &str) -> String {
    let name = bare(name);
    if name.is_empty() { String::new() } else { format!("{name}/") }
}

/// A path without `./` in front and slashes at the ends.
fn bare(path: &str) -> &str {
    let path = path.trim().trim_start_matches("./").trim_matches('/');
    if path == "." { "" } else { path }
}

/// The value of the first `key: "…"` in a program.
pub(super) fn value(text: &str, key: &str) -> Option<String> {
    text.match_indices(key).find_map(|(at, _)| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let rest = text[at + key.len()..].trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
        quoted(rest).filter(|_| !text[..at].ends_with(is_word)).map(str::to_owned)
    })
}

/// The value of `key: "…"` or of the call of a setter.
fn setting(text: &str, key: &str, setter: &str) -> Option<String> {
    let call = format!("{setter}(");
    value(text, key).or_else(|| quoted(&text[text.find(&call)? + call.len()..]).map(str::to_owned))
}

/// The string at the beginning of a text.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let rest = &text[1..];
    Some(&rest[..rest.find(quote)?])
}

/// All strings in a text.
fn strings(mut text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    while let Some(at) = text.find(['"', '\'', '`']) {
        let Some(string) = quoted(&text[at..]) else { break };
        found.push(string);
        text = &text[at + string.len() + 2..];
    }
    found
}

/// The arguments of all calls of `addPassthroughCopy`: a path, several, or a map of paths to those in the built site.
fn copied(text: &str, input: &str) -> Vec<Copied> {
    let mut found = Vec::new();
    for (at, call) in text.match_indices("addPassthroughCopy(") {
        let rest = &text[at + call.len()..];
        let end = rest.find(')').unwrap_or(rest.len()).min(rest.floor_char_boundary(MAX_ARGUMENTS));
        let arguments = rest[..end].trim_start();
        let strings = strings(arguments);
        if arguments.starts_with('{') {
            for pair in strings.chunks_exact(2) {
                let (from, endings) = without_pattern(pair[0]);
                found.push(Copied { from, to: bare(pair[1]).to_owned(), endings });
            }
        } else {
            for path in strings {
                let (from, endings) = without_pattern(path);
                let to = from.strip_prefix(input.trim_end_matches('/')).unwrap_or(&from).trim_matches('/').to_owned();
                found.push(Copied { from, to, endings });
            }
        }
    }
    found.retain(|copied| !copied.from.is_empty());
    found
}

/// The folder above the first part of a path that is a pattern, and the endings that it has: `img/**/*.{jpg,png}` is
/// `img` with `.jpg` and `.png`. A pattern without an ending copies nothing that can be told.
fn without_pattern(path: &str) -> (String, Vec<String>) {
    let path = bare(path);
    let is_pattern = |part: &str| part.contains(['*', '{', '(']);
    if !is_pattern(path) {
        return (path.to_owned(), Vec::new());
    }
    let parts: Vec<&str> = path.split('/').take_while(|part| !is_pattern(part)).collect();
    let endings = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let endings = endings.trim_matches(['{', '}', '(', ')']).split([',', '|']).map(str::trim);
    let endings: Vec<String> =
        endings.filter(|ending| !ending.is_empty() && !is_pattern(ending)).map(|ending| format!(".{ending}")).collect();
    if endings.is_empty() { (String::new(), endings) } else { (parts.join("/"), endings) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_copied_files() {
        let folders = EleventyFolders::of_text(
            "module.exports = (c) => {\n c.addPassthroughCopy({ \"./public/\": \"/\", 'src/fonts': 'f' });\n \
             c.addPassthroughCopy('src/img/**/*.jpg');\n c.addPassthroughCopy('CNAME');\n \
             return { dir: { input: './src', includes: 'parts', output: 'dist' } } }",
        );
        assert_eq!((folders.input.as_str(), folders.data.as_str()), ("src/", "src/_data/"));
        for (path, wanted) in [
            ("public/css/a.css", Some("css/a.css")),
            ("src/fonts/a.woff2", Some("f/a.woff2")),
            ("src/img/a/b.jpg", Some("img/a/b.jpg")),
            ("src/img/a/b.md", None),
            ("CNAME", Some("CNAME")),
            ("publications/a.jpg", None),
        ] {
            assert_eq!(folders.copied(path).as_deref(), wanted, "{path}");
        }
        for (path, wanted) in [("src/parts/a.html", true), ("dist/a.html", true), ("src/a.html", false)] {
            assert_eq!(folders.is_system(path), wanted, "{path}");
        }
        let set = EleventyFolders::of_text("c.setInputDirectory('content'); c.setOutputDirectory(\"out\")");
        assert_eq!((set.input.as_str(), set.is_system("out/a.html")), ("content/", true));
    }
}
