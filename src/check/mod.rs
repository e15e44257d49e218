//! Looks through a published site for traces of what is not public.

mod secrets;
mod words;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::commit::hash_of_file;
use crate::config;
use crate::diagnostic::{Code, Diagnostic, Reported, Span};
use crate::plan::Plan;
use crate::read::{self, Record, Settings};
use crate::route::{SlugStyle, slugify};
use crate::site::{Site, State};
use crate::source::{Role, SourceFile, Sources};
use crate::view::Strings;

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
    /// The theme's words, when there is a theme.
    pub strings: Option<&'a Strings>,
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
    let secrets = Secrets::new(&hidden, &open, routes)?;
    let pictures = pictures(project)?;
    let search = Search { root: project.root, output, hidden: &hidden, secrets: &secrets, pictures: &pictures };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in WalkDir::new(output).follow_links(false).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
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
            own.into_iter().chain(article.front.tags.iter().map(|tag| slugify(tag, style))).collect()
        }
        Some(Record::Page(page)) => vec![page.slug],
        _ => Vec::new(),
    }
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
    let words = project.strings.into_iter().flat_map(Strings::words);
    open.push(Open::Text(words.collect::<Vec<_>>().join("\n")));
    Ok(open)
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

/// What is looked for, and where.
struct Search<'a> {
    root: &'a Path,
    output: &'a Path,
    hidden: &'a [Hidden],
    secrets: &'a Secrets,
    pictures: &'a HashMap<(u64, u128), String>,
}

impl Search<'_> {
    /// What a file tells of hidden stories: of each at most one thing.
    fn file(&self, path: &Path) -> io::Result<Vec<Diagnostic>> {
        let shown = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let route = path.strip_prefix(self.output).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut told: HashSet<usize> = HashSet::default();
        let bytes = fs::read(path)?;
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let shown_words = self.secrets.in_text(text, Reading::Shown);
            for (secret, at) in shown_words.into_iter().chain(self.secrets.in_text(text, Reading::Raw)) {
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
        for part in route.split('/') {
            if let Some(of) = self.secrets.address(part).filter(|of| told.insert(*of)) {
                found.push(self.leak(&shown, of, "in its name the address"));
            }
        }
        let is_suspect = !self.pictures.is_empty() && !bytes.is_empty();
        if let Some(source) =
            is_suspect.then(|| self.pictures.get(&(bytes.len() as u64, xxhash_rust::xxh3::xxh3_128(&bytes)))).flatten()
        {
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
