//! Looks through a published site for traces of what is not public.

mod secrets;
mod vocabulary;
mod words;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use walkdir::WalkDir;
use xxhash_rust::xxh3::xxh3_128;

use crate::commit::hash_of_file;
use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnostic, Reported, Span};
use crate::language::Formats;
use crate::manifest;
use crate::plan::Plan;
use crate::read::{self, Record, Settings};
use crate::render;
use crate::site::{Site, State};
use crate::source::{SourceFile, Sources, on_disk};

use secrets::{Hidden, Open, Secrets};
use words::Reading;

/// A project whose hidden stories are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    /// Its folder.
    pub root: &'a Path,
    /// All its files.
    pub sources: &'a Sources,
    /// What is public.
    pub site: &'a Site,
    /// Where that is.
    pub plan: &'a Plan,
    /// The configuration.
    pub config: &'a Config,
}

/// How much was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Searched {
    /// Articles and pages that are not public.
    pub hidden: usize,
    /// Comments in sources.
    pub comments: usize,
    /// Files of the output folder.
    pub files: usize,
}

/// Looks through every file below `output` for words, addresses and files of stories that are not public: drafts, and
/// what is embargoed, expired or withdrawn; and for words of the comments in all sources. What a public source says too is no trace, but for titles of drafts and
/// embargoed stories.
///
/// # Errors
/// When a source or a file of the output folder cannot be read.
pub fn embargo(project: &Project<'_>, output: &Path) -> io::Result<Reported<Searched>> {
    let mut hidden = hidden(project)?;
    let stories = hidden.len();
    hidden.extend(comments(project)?);
    let open = open(project)?;
    let routes = project.plan.outputs.iter().map(|output| output.route.path());
    let secrets = Secrets::new(&hidden, &open, routes, &project.config.base_url)?;
    let (open_files, hidden_files) = copied(project);
    let of_stories: Vec<&SourceFile> =
        hidden_files.iter().copied().filter(|file| project.site.hidden.contains_key(&file.path)).collect();
    let hosts = project.config.hosts.iter().flat_map(|host| host.files());
    let servers = hosts.copied().chain(["robots.txt", manifest::FILE]).collect();
    let search = Search {
        root: project.root,
        output,
        hidden: &hidden,
        secrets: &secrets,
        pictures: pictures(project.root, &open_files, &hidden_files)?,
        names: names(&open_files, &of_stories),
        of_stories: of_stories.iter().map(|file| file.path.as_str()).collect(),
        servers,
    };
    let mut files: Vec<PathBuf> = Vec::new();
    // A server follows links, too.
    for entry in WalkDir::new(output).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) if error.loop_ancestor().is_some() => {}
            // A link that leads nowhere shows nothing.
            Err(error) if error.path().is_some_and(Path::is_symlink) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let found: Vec<Vec<Diagnostic>> = files.par_iter().map(|file| search.file(file)).collect::<io::Result<_>>()?;
    let searched = Searched { hidden: stories, comments: hidden.len() - stories, files: files.len() };
    Ok(Reported { value: searched, diagnostics: found.into_iter().flatten().collect() })
}

/// The sources of what is not public.
fn hidden(project: &Project<'_>) -> io::Result<Vec<Hidden>> {
    let known: HashMap<&str, &SourceFile> =
        project.sources.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let hidden = project.site.hidden.iter().filter_map(|(path, &state)| Some((*known.get(path.as_str())?, state)));
    let hidden = hidden.filter(|(file, _)| !file.kind.is_copied());
    let settings = Settings::from(project.config);
    let read = hidden.map(|(file, state)| {
        let text = fs::read_to_string(on_disk(project.root, &file.path))?;
        let record = read::read_text(&text, file, &settings).value;
        let addresses = addresses(record, state, project.config);
        let is_told = state == State::Withdrawn;
        Ok(Hidden { path: file.path.clone(), state, text, addresses, is_told, is_comment: false })
    });
    read.collect()
}

/// What the comments of each source say, whether it is public or not.
fn comments(project: &Project<'_>) -> io::Result<Vec<Hidden>> {
    let options = Settings::from(project.config).text;
    let sources = project.sources.files.par_iter().filter(|file| !file.kind.is_copied());
    let read = sources.map(|file| {
        let text = fs::read_to_string(on_disk(project.root, &file.path))?;
        let said = secrets::comments(&text, &options).map(|comment| {
            // Each is a text of its own, without the marks around it, which would make it markup.
            let comment = text[comment].trim_start_matches("<!--").trim_end_matches("-->");
            Hidden {
                path: file.path.clone(),
                state: State::Published,
                text: comment.replace(['<', '>'], " "),
                addresses: Vec::new(),
                is_told: false,
                is_comment: true,
            }
        });
        Ok(said.collect::<Vec<_>>())
    });
    Ok(read.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Parts of addresses that would be only because of this story. Of one that was withdrawn its own is known: hosts answer
/// it, and a notice stands there.
fn addresses(record: Option<Record>, state: State, config: &Config) -> Vec<String> {
    match record {
        Some(Record::Article(article)) => {
            let own = (state != State::Withdrawn).then(|| article.slug.to_string());
            let tags = article.front.tags.iter().map(|tag| config.term_slug("tags", tag));
            let aliases = article.front.aliases.iter().filter(|_| state != State::Withdrawn);
            own.into_iter().chain(tags).chain(aliases.filter_map(|alias| last_part(alias))).collect()
        }
        Some(Record::Page(page)) => {
            let aliases = page.front.aliases.0.iter().filter_map(|alias| last_part(alias));
            aliases.chain([page.slug.clone()]).collect()
        }
        _ => Vec::new(),
    }
}

/// The last part of an address, without the ending of a file.
fn last_part(address: &str) -> Option<String> {
    let last = address.trim_end_matches('/').rsplit('/').next()?;
    let last = last.strip_suffix(".html").unwrap_or(last);
    Some(percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned())
}

/// Everything that public pages are made of, but for pictures and the like.
fn open(project: &Project<'_>) -> io::Result<Vec<Open>> {
    let is_open = |file: &&SourceFile| !file.kind.is_copied() && !project.site.hidden.contains_key(&file.path);
    let files = project.sources.files.iter().filter(is_open);
    let options = Settings::from(project.config).text;
    let file = |file: &SourceFile| Open::File(on_disk(project.root, &file.path), file.path.clone(), options);
    let mut open: Vec<Open> = files.map(file).collect();
    let named = |name: &str| match fs::read_to_string(project.root.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    };
    for name in [config::FILE, config::REDIRECTS_FILE] {
        open.push(Open::Text(named(name)?));
    }
    open.extend(render::theme_texts(project.root, &project.config.theme).into_iter().map(Open::Text));
    open.push(Open::Text(months(project)));
    open.push(Open::Text(vocabulary::WORDS.to_owned()));
    Ok(open)
}

/// The names of months, which archives and dates show.
fn months(project: &Project<'_>) -> String {
    let formats = project.site.languages(project.config).filter_map(|language| Formats::of(language).ok());
    let names = formats.flat_map(|formats| {
        (1..=12).map(move |month| format!("{}\n{}\n", formats.month(2000, month), formats.month_name(month)))
    });
    names.collect()
}

/// The files that are copied: those that are public, and those that are not.
fn copied<'p>(project: &Project<'p>) -> (Vec<&'p SourceFile>, Vec<&'p SourceFile>) {
    let Project { site, plan, .. } = project;
    let public = site.files.iter().map(|file| file.source.as_str());
    let public: HashSet<&str> = public.filter(|source| plan.file_of_source(source).is_some()).collect();
    let files = project.sources.files.iter().filter(|file| file.kind.is_copied());
    files.partition(|file| public.contains(file.path.as_str()))
}

/// Files that are not public, by size and hash, without those that are public under another name.
fn pictures(root: &Path, open: &[&SourceFile], hidden: &[&SourceFile]) -> io::Result<HashMap<(u64, u128), String>> {
    let identified = |file: &SourceFile| -> io::Result<((u64, u128), String)> {
        let path = on_disk(root, &file.path);
        Ok(((fs::metadata(&path)?.len(), hash_of_file(&path)?), file.path.clone()))
    };
    let identities = hidden.iter().map(|file| identified(file));
    let mut pictures: HashMap<(u64, u128), String> = identities.collect::<io::Result<_>>()?;
    pictures.retain(|(size, _), _| *size > 0);
    let sizes: HashSet<u64> = pictures.keys().map(|(size, _)| *size).collect();
    for file in open.iter().filter(|file| file.stamp.is_none_or(|stamp| sizes.contains(&stamp.size))) {
        pictures.remove(&identified(file)?.0);
    }
    Ok(pictures)
}

/// The names of files that are not public, and where those lie.
fn names(open: &[&SourceFile], hidden: &[&SourceFile]) -> HashMap<String, String> {
    let name = |file: &SourceFile| file.path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let open: HashSet<String> = open.iter().map(|file| name(file)).collect();
    let named = hidden.iter().map(|file| (name(file), file.path.clone()));
    named.filter(|(name, _)| !open.contains(name)).collect()
}

/// The text of a file, whatever it is: in UTF-8 or UTF-16, or what of it can be read so.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let units = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

/// What is looked for, and where.
struct Search<'a> {
    root: &'a Path,
    output: &'a Path,
    hidden: &'a [Hidden],
    secrets: &'a Secrets,
    /// Files that are not public, by size and hash.
    pictures: HashMap<(u64, u128), String>,
    /// The names of files that are not public, in lower case, without those that public files have too.
    names: HashMap<String, String>,
    /// The files of stories that are not public; what nothing refers to may well be published under its name by others.
    of_stories: HashSet<&'a str>,
    /// Files that no reader reads, by their routes.
    servers: Vec<&'a str>,
}

impl Search<'_> {
    /// What a file tells of hidden stories: of each at most one thing.
    fn file(&self, path: &Path) -> io::Result<Vec<Diagnostic>> {
        let shown = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let route = path.strip_prefix(self.output).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut told: HashSet<usize> = HashSet::default();
        let bytes = fs::read(path)?;
        let text = &*decoded(&bytes);
        let shown_words = self.secrets.in_text(text, Reading::Shown);
        let raw_words = self.secrets.in_text(text, Reading::Raw);
        // What only servers read has words of its own.
        let is_for_servers = self.servers.contains(&route.as_str());
        let shown_words = shown_words.into_iter().filter(|(secret, _)| !(is_for_servers && secret.is_single));
        for (secret, at) in shown_words.chain(raw_words) {
            if told.insert(secret.of) {
                let what = secret.key.as_ref().map_or_else(|| "words".to_owned(), |key| format!("the `{key}`"));
                found.push(self.leak(&shown, secret.of, &what).at(place(text, at)));
            }
        }
        for (of, at) in self.secrets.addresses_in(text) {
            if told.insert(of) {
                found.push(self.leak(&shown, of, "the URL").at(place(text, at)));
            }
        }
        for part in route.split('/') {
            if let Some(of) = self.secrets.address(part).filter(|of| told.insert(*of)) {
                found.push(self.leak(&shown, of, "in its name the URL"));
            }
        }
        found.extend(self.file_leak(&shown, &route, &bytes));
        Ok(found)
    }

    /// Whether a file is one that is not public, or has only its name.
    fn file_leak(&self, shown: &str, route: &str, bytes: &[u8]) -> Option<Diagnostic> {
        if self.pictures.is_empty() && self.names.is_empty() {
            return None;
        }
        let name = route.rsplit('/').next().unwrap_or_default().to_lowercase();
        let copied = self.pictures.get(&(bytes.len() as u64, xxh3_128(bytes))).map(|source| ("is a copy", source));
        let (what, source) = copied.or_else(|| self.names.get(&name).map(|source| ("has the name", source)))?;
        let message = match self.of_stories.contains(source.as_str()) {
            true => format!("it {what} of `{source}`, which belongs to a story that is not public"),
            false => format!("it {what} of `{source}`, which is not published"),
        };
        Some(Diagnostic::new(Code::EmbargoLeak, shown, message).hint(HINT))
    }

    fn leak(&self, path: &str, of: usize, what: &str) -> Diagnostic {
        let Hidden { path: source, state, is_comment, .. } = &self.hidden[of];
        if *is_comment {
            let message = format!("it contains words of a comment in `{source}`");
            let hint = "a site with `html: trusted` publishes comments with its pages; on other sites, look for what else says it";
            return Diagnostic::new(Code::EmbargoLeak, path, message).related("the source", source.clone()).hint(hint);
        }
        let message = format!("it contains {what} of `{source}`, which is {}", state.describe());
        Diagnostic::new(Code::EmbargoLeak, path, message).related("the story", source.clone()).hint(HINT)
    }
}

const HINT: &str =
    "build again, then look for what else mentions the story: another text, the configuration or the theme";

fn place(text: &str, at: usize) -> Span {
    let end = text[at..].find(|letter: char| !letter.is_alphanumeric()).map_or(text.len(), |length| at + length);
    Span::of(text, at, end.max(at))
}
