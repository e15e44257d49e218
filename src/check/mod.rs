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

use crate::commit::hash_of_file;
use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnostic, Reported, Span};
use crate::language::Formats;
use crate::manifest;
use crate::plan::Plan;
use crate::read::{self, Record, Settings};
use crate::render;
use crate::route::{SlugStyle, slugify};
use crate::site::{Site, State};
use crate::source::{Role, SourceFile, Sources};

use secrets::{Hidden, Open, Secrets, has_front_matter};
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
    /// What reading a source depends on.
    pub settings: &'a Settings,
    /// The configuration.
    pub config: &'a Config,
}

/// How much was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Searched {
    /// Articles and pages that are not public.
    pub hidden: usize,
    /// Files of the output folder.
    pub files: usize,
}

/// Looks through every file below `output` for words, addresses and files of stories that are not public: drafts, and
/// what is embargoed, expired or withdrawn. What a public source says too is no trace, but for titles of drafts and
/// embargoed stories.
///
/// # Errors
/// When a source or a file of the output folder cannot be read.
pub fn embargo(project: &Project<'_>, output: &Path) -> io::Result<Reported<Searched>> {
    let hidden = hidden(project)?;
    let open = open(project)?;
    let routes = project.plan.outputs.iter().map(|output| output.route.path());
    let secrets = Secrets::new(&hidden, &open, routes, &project.config.base_url)?;
    let pictures = pictures(project)?;
    let hosts = project.config.hosts.iter().flat_map(|host| host.files());
    let servers = hosts.copied().chain(["robots.txt", manifest::FILE]).collect();
    let search = Search {
        root: project.root,
        output,
        hidden: &hidden,
        secrets: &secrets,
        pictures: &pictures,
        names: names(project),
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
    let searched = Searched { hidden: hidden.len(), files: files.len() };
    Ok(Reported { value: searched, diagnostics: found.into_iter().flatten().collect() })
}

/// The sources of what is not public.
fn hidden(project: &Project<'_>) -> io::Result<Vec<Hidden>> {
    let known: HashMap<&str, &SourceFile> =
        project.sources.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let hidden = project.site.hidden.iter().filter_map(|(path, &state)| Some((*known.get(path.as_str())?, state)));
    let hidden = hidden.filter(|(file, _)| has_front_matter(file.role));
    let read = hidden.map(|(file, state)| {
        let text = fs::read_to_string(project.root.join(&file.path))?;
        let record = read::read_text(&text, file, project.settings).value;
        let addresses = addresses(record, state, project.settings.slugs);
        let is_told = state == State::Withdrawn;
        Ok(Hidden { path: file.path.clone(), state, text, addresses, is_told })
    });
    read.collect()
}

/// Parts of addresses that would be only because of this story. Of one that was withdrawn its own is known: hosts answer
/// it, and a notice stands there.
fn addresses(record: Option<Record>, state: State, style: SlugStyle) -> Vec<String> {
    match record {
        Some(Record::Article(article)) => {
            let own = (state != State::Withdrawn).then(|| article.slug.to_string());
            let tags = article.front.tags.iter().map(|tag| slugify(tag, style));
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
    let files: Vec<&SourceFile> = project
        .sources
        .files
        .iter()
        .filter(|file| has_front_matter(file.role) && !project.site.hidden.contains_key(&file.path))
        .collect();
    let mut open: Vec<Open> =
        files.into_iter().map(|file| Open::File(project.root.join(&file.path), file.path.clone())).collect();
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

/// Files that are not public, by size and hash, without those that are public under another name.
fn pictures(project: &Project<'_>) -> io::Result<HashMap<(u64, u128), String>> {
    let public: HashSet<&str> = project.site.files.iter().map(|file| file.source.as_str()).collect();
    let is_copied = |file: &&SourceFile| matches!(file.role, Role::Asset | Role::Static);
    let (open, hidden): (Vec<&SourceFile>, Vec<&SourceFile>) =
        project.sources.files.iter().filter(is_copied).partition(|file| public.contains(file.path.as_str()));
    let identified = |file: &SourceFile| -> io::Result<((u64, u128), String)> {
        let path = project.root.join(&file.path);
        Ok(((fs::metadata(&path)?.len(), hash_of_file(&path)?), file.path.clone()))
    };
    let mut pictures: HashMap<(u64, u128), String> = hidden.into_iter().map(identified).collect::<io::Result<_>>()?;
    pictures.retain(|(size, _), _| *size > 0);
    let sizes: HashSet<u64> = pictures.keys().map(|(size, _)| *size).collect();
    for file in open.into_iter().filter(|file| file.stamp.is_none_or(|stamp| sizes.contains(&stamp.size))) {
        pictures.remove(&identified(file)?.0);
    }
    Ok(pictures)
}

/// The names of files that are not public, and where those lie.
fn names(project: &Project<'_>) -> HashMap<String, String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let public: HashSet<&str> = project.site.files.iter().map(|file| file.source.as_str()).collect();
    let open: HashSet<String> = public.iter().map(|path| name(path)).collect();
    let is_copied = |file: &&SourceFile| matches!(file.role, Role::Asset | Role::Static);
    let hidden = project.sources.files.iter().filter(is_copied).filter(|file| !public.contains(file.path.as_str()));
    let named = hidden.map(|file| (name(&file.path), file.path.clone()));
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
    pictures: &'a HashMap<(u64, u128), String>,
    /// The names of files that are not public, in lower case, without those that public files have too.
    names: HashMap<String, String>,
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
        let text = decoded(&bytes);
        {
            let text = &*text;
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
                    found.push(self.leak(&shown, of, "the address").at(place(text, at)));
                }
            }
        }
        let name = route.rsplit('/').next().unwrap_or_default().to_lowercase();
        if let Some(source) = self.names.get(&name) {
            let message = format!("it has the name of `{source}`, which belongs to a story that is not public");
            found.push(Diagnostic::new(Code::EmbargoLeak, shown.clone(), message).hint(HINT));
        }
        for part in route.split('/') {
            if let Some(of) = self.secrets.address(part).filter(|of| told.insert(*of)) {
                found.push(self.leak(&shown, of, "in its name the address"));
            }
        }
        let is_suspect = !self.pictures.is_empty() && !bytes.is_empty();
        if let Some(source) =
            is_suspect.then(|| self.pictures.get(&(bytes.len() as u64, xxhash_rust::xxh3::xxh3_128(&bytes)))).flatten()
        {
            found.retain(|found| found.line.is_some() || !found.message.starts_with("it has the name"));
            let message = format!("it is a copy of `{source}`, which belongs to a story that is not public");
            found.push(Diagnostic::new(Code::EmbargoLeak, shown.clone(), message).hint(HINT));
        }
        Ok(found)
    }

    fn leak(&self, path: &str, of: usize, what: &str) -> Diagnostic {
        let Hidden { path: source, state, .. } = &self.hidden[of];
        let message = format!("it holds {what} of `{source}`, which is {}", state.describe());
        Diagnostic::new(Code::EmbargoLeak, path, message).related("the story", source.clone()).hint(HINT)
    }
}

const HINT: &str = "build again, and look for what else tells of the story: another text, the configuration, the theme";

fn place(text: &str, at: usize) -> Span {
    let end = text[at..].find(|letter: char| !letter.is_alphanumeric()).map_or(text.len(), |length| at + length);
    Span::of(text, at, end.max(at))
}
