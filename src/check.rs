//! Searches a published site for traces of stories that are not public.

mod comments;
mod embargoed_terms;
mod stop_words;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use walkdir::WalkDir;
use xxhash_rust::xxh3::xxh3_128;

use crate::build::{Draft, Project};
use crate::commit::hash_of_file;
use crate::config::{self, Config};
use crate::content_path::is_comments;
use crate::diagnostic::{Code, Diagnostic, Reported, Span};
use crate::language::Formats;
use crate::manifest;
use crate::media::is_picture_file;
use crate::picture;
use crate::plan::Plan;
use crate::read::{self, Record, Settings};
use crate::render;
use crate::site::{Site, State};
use crate::source::{SourceFile, SourceKind, Sources, on_disk};

use comments::ReaderWords;
use embargoed_terms::{EmbargoedTerms, HiddenSource, PublicSource};
use words::ReadMode;

/// The site whose hidden stories are searched for.
struct CheckedSite<'a> {
    root: &'a Path,
    sources: &'a Sources,
    site: &'a Site,
    plan: &'a Plan,
    config: &'a Config,
}

/// The size of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchSummary {
    /// Articles and pages that are not public.
    pub hidden: usize,
    /// Comments in sources, and readers' comments that are not published.
    pub comments: usize,
    /// Files of the output folder.
    pub files: usize,
}

/// Searches every file in `output` for words, URLs and files of stories that are not public (drafts, and embargoed,
/// expired or withdrawn stories), and for words of comments in any source, and for the
/// addresses in files of readers' comments. What a public source says too does not
/// count, except titles of drafts and embargoed stories.
///
/// # Errors
/// When a source or a file of the output folder cannot be read.
pub fn find_leaks(project: &Project, draft: &Draft, output: &Path) -> io::Result<Reported<SearchSummary>> {
    let Draft { root, site, plan, config, .. } = draft;
    let project = &CheckedSite { root, sources: &project.sources, site, plan, config };
    let mut hidden = hidden_sources(project)?;
    let stories = hidden.len();
    hidden.extend(comments(project)?);
    let mut public = public_sources(project)?;
    let ReaderWords { hidden: of_readers, public: shown, addresses } = comments::comments(project)?;
    hidden.extend(of_readers);
    let comments = hidden.len() - stories;
    hidden.extend(addresses);
    public.extend(shown);
    let routes = project.plan.outputs.iter().map(|output| output.route.path());
    let terms = EmbargoedTerms::new(&hidden, &public, routes, &project.config.base_url)?;
    let (public_files, hidden_files) = copied_files(project);
    let story_files: Vec<&SourceFile> =
        hidden_files.iter().copied().filter(|file| project.site.hidden.contains_key(&file.path)).collect();
    let hosts = project.config.hosts.iter().flat_map(|host| host.files());
    let server_files = hosts.copied().chain(["robots.txt", manifest::FILE]).collect();
    let search = Searcher {
        root: project.root,
        output,
        hidden: &hidden,
        terms: &terms,
        pictures: pictures(project.root, &public_files, &hidden_files)?,
        names: names(&public_files, &story_files),
        story_files: story_files.iter().map(|file| file.path.as_str()).collect(),
        server_files,
    };
    let mut files: Vec<PathBuf> = Vec::new();
    // Servers follow symbolic links, too.
    for entry in WalkDir::new(output).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) if error.loop_ancestor().is_some() => {}
            // A broken link publishes nothing.
            Err(error) if error.path().is_some_and(Path::is_symlink) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let found: Vec<Vec<Diagnostic>> = files.par_iter().map(|file| search.file(file)).collect::<io::Result<_>>()?;
    let searched = SearchSummary { hidden: stories, comments, files: files.len() };
    Ok(Reported { value: searched, diagnostics: found.into_iter().flatten().collect() })
}

/// Reads the sources that are not public.
fn hidden_sources(project: &CheckedSite<'_>) -> io::Result<Vec<HiddenSource>> {
    let known: HashMap<&str, &SourceFile> =
        project.sources.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let hidden = project.site.hidden.iter().filter_map(|(path, &state)| Some((*known.get(path.as_str())?, state)));
    let hidden = hidden.filter(|(file, _)| !file.kind.is_copied());
    let settings = Settings::from(project.config);
    let read = hidden.map(|(file, state)| {
        let text = fs::read_to_string(on_disk(project.root, &file.path))?;
        let record = read::read_text(&text, file, &settings).value;
        let url_segments = url_segments(record, state, project.config);
        let is_reason_public = state == State::Withdrawn;
        Ok(HiddenSource {
            path: file.path.clone(),
            state,
            text,
            url_segments,
            is_reason_public,
            is_comment: false,
            is_whole: false,
        })
    });
    read.collect()
}

/// Reads the comments of every source, public or not.
fn comments(project: &CheckedSite<'_>) -> io::Result<Vec<HiddenSource>> {
    let options = Settings::from(project.config).text;
    let is_text = |file: &&SourceFile| !file.kind.is_copied() && file.kind != SourceKind::Comments;
    let read = project.sources.files.par_iter().filter(is_text).map(|file| {
        let text = fs::read_to_string(on_disk(project.root, &file.path))?;
        let said = embargoed_terms::comments(&text, &options).map(|comment| {
            // Search each comment as plain text: its delimiters would make it markup.
            let comment = text[comment].trim_start_matches("<!--").trim_end_matches("-->");
            HiddenSource {
                path: file.path.clone(),
                state: State::Published,
                text: comment.replace(['<', '>'], " "),
                url_segments: Vec::new(),
                is_reason_public: false,
                is_comment: true,
                is_whole: false,
            }
        });
        Ok(said.collect::<Vec<_>>())
    });
    Ok(read.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// The path segments that only this story would bring into URLs. A withdrawn story's own URL is public: hosts answer
/// it, and a notice is there.
fn url_segments(record: Option<Record>, state: State, config: &Config) -> Vec<String> {
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

/// The last segment of a URL, without `.html`.
fn last_part(address: &str) -> Option<String> {
    let last = address.trim_end_matches('/').rsplit('/').next()?;
    let last = last.strip_suffix(".html").unwrap_or(last);
    Some(percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned())
}

/// Everything that public pages are made from, except pictures and other copied files.
fn public_sources(project: &CheckedSite<'_>) -> io::Result<Vec<PublicSource>> {
    let is_text = |file: &&SourceFile| !file.kind.is_copied() && file.kind != SourceKind::Comments;
    let is_open = |file: &&SourceFile| is_text(file) && !project.site.hidden.contains_key(&file.path);
    let files = project.sources.files.iter().filter(is_open);
    let options = Settings::from(project.config).text;
    let file = |file: &SourceFile| PublicSource::File(on_disk(project.root, &file.path), file.path.clone(), options);
    let mut public: Vec<PublicSource> = files.map(file).collect();
    let named = |name: &str| match fs::read_to_string(project.root.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    };
    for name in [config::FILE, config::REDIRECTS_FILE] {
        public.push(PublicSource::Text(named(name)?));
    }
    public.extend(render::theme_texts(project.root, &project.config.theme).into_iter().map(PublicSource::Text));
    public.push(PublicSource::Text(months(project)));
    public.push(PublicSource::Text(stop_words::WORDS.to_owned()));
    Ok(public)
}

/// The names of months and days of the week, which archives and dates show.
fn months(project: &CheckedSite<'_>) -> String {
    let styles = project.config.editions().map(|config| config.date_style).collect::<BTreeSet<_>>();
    let formats = project
        .site
        .languages(project.config)
        .flat_map(|language| styles.iter().filter_map(move |&style| Formats::styled(language, style).ok()));
    let names = formats.flat_map(|formats| {
        let days = (1..=7).filter_map(|day| jiff::civil::Date::new(2000, 1, day).ok());
        let days: String = days.map(|day| format!("{}\n", formats.day(day))).collect();
        let months = (1..=12).map(|month| format!("{}\n{}\n", formats.month(2000, month), formats.month_name(month)));
        [days, months.collect()]
    });
    names.collect()
}

/// Returns the copied files, public ones and hidden ones.
fn copied_files<'p>(project: &CheckedSite<'p>) -> (Vec<&'p SourceFile>, Vec<&'p SourceFile>) {
    let CheckedSite { site, plan, .. } = project;
    let public = site.files.iter().map(|file| file.source.as_str());
    let public: HashSet<&str> = public.filter(|source| plan.file_of_source(source).is_some()).collect();
    let files = project.sources.files.iter().filter(|file| file.kind.is_copied());
    files.partition(|file| public.contains(file.path.as_str()))
}

/// The hidden files, by size and hash, without those that are public under another name.
fn pictures(root: &Path, public: &[&SourceFile], hidden: &[&SourceFile]) -> io::Result<HashMap<(u64, u128), String>> {
    let mut pictures: HashMap<(u64, u128), String> = HashMap::default();
    for file in hidden {
        pictures.extend(identities(root, file)?.into_iter().map(|identity| (identity, file.path.clone())));
    }
    pictures.retain(|(size, _), _| *size > 0);
    let sizes: HashSet<u64> = pictures.keys().map(|(size, _)| *size).collect();
    // A published picture has another size than its source.
    let may_be_alike =
        |file: &&&SourceFile| is_picture_file(&file.path) || file.stamp.is_none_or(|stamp| sizes.contains(&stamp.size));
    for file in public.iter().filter(|_| !sizes.is_empty()).filter(may_be_alike) {
        for identity in identities(root, file)? {
            pictures.remove(&identity);
        }
    }
    Ok(pictures)
}

/// The size and hash of a file, and of the copy that would be published of a picture.
fn identities(root: &Path, file: &SourceFile) -> io::Result<Vec<(u64, u128)>> {
    let path = on_disk(root, &file.path);
    if !is_picture_file(&file.path) {
        return Ok(vec![(fs::metadata(&path)?.len(), hash_of_file(&path)?)]);
    }
    let bytes = fs::read(&path)?;
    let identity = |bytes: &[u8]| (bytes.len() as u64, xxh3_128(bytes));
    let published = picture::cleaned(&bytes).map(|cleaned| identity(&cleaned.bytes));
    Ok(std::iter::once(identity(&bytes)).chain(published).collect())
}

/// The names of hidden files, with their paths.
fn names(public: &[&SourceFile], hidden: &[&SourceFile]) -> HashMap<String, String> {
    let name = |file: &SourceFile| file.path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let public: HashSet<String> = public.iter().map(|file| name(file)).collect();
    let named = hidden.iter().map(|file| (name(file), file.path.clone()));
    named.filter(|(name, _)| !public.contains(name)).collect()
}

/// Decodes a file as UTF-8 or UTF-16, as far as possible.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
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

/// The terms and files to search for, and where to search.
struct Searcher<'a> {
    root: &'a Path,
    output: &'a Path,
    hidden: &'a [HiddenSource],
    terms: &'a EmbargoedTerms,
    /// The hidden files, by size and hash, without those that are public under another name.
    pictures: HashMap<(u64, u128), String>,
    /// The names of hidden files in lower case, without those that public files share.
    names: HashMap<String, String>,
    /// The files of hidden stories; others may well publish an unreferenced file under its name.
    story_files: HashSet<&'a str>,
    /// Routes of files that only servers read.
    server_files: Vec<&'a str>,
}

impl Searcher<'_> {
    /// Reports what a file reveals about hidden stories, at most one diagnostic for each story.
    fn file(&self, path: &Path) -> io::Result<Vec<Diagnostic>> {
        let shown = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let route = path.strip_prefix(self.output).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut reported: HashSet<usize> = HashSet::default();
        let bytes = fs::read(path)?;
        let text = &*decode(&bytes);
        let shown_words = self.terms.in_text(text, ReadMode::Shown);
        let raw_words = self.terms.in_text(text, ReadMode::Raw);
        // Files for servers use single words of their own.
        let is_for_servers = self.server_files.contains(&route.as_str());
        let shown_words = shown_words.into_iter().filter(|(term, _)| !(is_for_servers && term.is_single));
        for (term, at) in shown_words.chain(raw_words) {
            if reported.insert(term.owner) {
                let what = term.key.as_ref().map_or_else(|| "words".to_owned(), |key| format!("the `{key}`"));
                found.push(self.leak(&shown, term.owner, &what).at(place(text, at)));
            }
        }
        for (owner, at) in self.terms.segments_in(text) {
            if reported.insert(owner) {
                found.push(self.leak(&shown, owner, "the URL").at(place(text, at)));
            }
        }
        for part in route.split('/') {
            if let Some(owner) = self.terms.source_of_segment(part).filter(|owner| reported.insert(*owner)) {
                found.push(self.leak(&shown, owner, "in its name the URL"));
            }
        }
        found.extend(self.file_leak(&shown, &route, &bytes));
        Ok(found)
    }

    /// Reports a file that is a copy of a hidden file, or has its name.
    fn file_leak(&self, shown: &str, route: &str, bytes: &[u8]) -> Option<Diagnostic> {
        if self.pictures.is_empty() && self.names.is_empty() {
            return None;
        }
        let name = route.rsplit('/').next().unwrap_or_default().to_lowercase();
        let copied = self.pictures.get(&(bytes.len() as u64, xxh3_128(bytes))).map(|source| ("is a copy", source));
        let (what, source) = copied.or_else(|| self.names.get(&name).map(|source| ("has the name", source)))?;
        let message = match self.story_files.contains(source.as_str()) {
            true => format!("it {what} of `{source}`, which belongs to a story that is not public"),
            false => format!("it {what} of `{source}`, which is not published"),
        };
        Some(Diagnostic::new(Code::EmbargoLeak, shown, message).hint(HINT))
    }

    fn leak(&self, path: &str, owner: usize, what: &str) -> Diagnostic {
        let HiddenSource { path: source, state, is_comment, .. } = &self.hidden[owner];
        if *is_comment {
            let message = format!("it contains words of a comment in `{source}`");
            let is_of_reader = is_comments(source);
            let hidden = "a hidden comment is published nowhere, nor are those on stories that are not public";
            let hint = "a site with `html: trusted` publishes comments with its pages; on other sites, look for what else says it";
            let hint = if is_of_reader { hidden } else { hint };
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
