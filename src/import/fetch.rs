//! Fetches files from the old site that an archive only names.

use std::path::PathBuf;

use url::Url;

use super::ImportError;
use super::model::Survey;
use super::notes::Notes;
use super::options::ImportOptions;
use super::staging::CACHE;

/// The folder of fetched files in [`CACHE`]: they are fetched once.
const FETCHED: &str = "fetched";

/// Makes files without a copy files of the archive: those that an earlier import has fetched, and with `fetch_media` those
/// at the old site's own hosts, which are fetched now.
///
/// # Errors
/// If the program has no HTTP client, the old site's URL isn't known or the folder for files can't be written. A file that
/// can't be fetched is a note.
pub(super) fn fetch_media(survey: &mut Survey, options: &ImportOptions, notes: &mut Notes) -> Result<(), ImportError> {
    let base = options.base_url.as_deref().or(survey.site.base_url.as_deref());
    let base = match base.and_then(|base| Url::parse(base).ok()) {
        Some(base) => base,
        None if !options.fetch_media => return Ok(()),
        None => {
            let message = "files can't be fetched, because the source doesn't say the old site's URL";
            return Err(ImportError::new(message).hint("pass it with --base-url"));
        }
    };
    let folder = options.into.join(CACHE).join(FETCHED);
    let without_copy = survey.media.iter().enumerate().filter(|(_, media)| media.file.is_none());
    let wanted = without_copy.filter_map(|(at, media)| {
        let is_whole = |url: &&String| url.contains("://");
        let has_whole = media.old_urls.iter().any(|url| is_whole(&url));
        let mut urls = media.old_urls.iter().filter(|url| !has_whole || is_whole(url));
        let url = urls.find_map(|url| base.join(url).ok().filter(|url| is_of_site(url, &base)))?;
        let path = folder.join(super::state::hash(url.as_str().as_bytes()));
        Some((at, url, path))
    });
    let wanted: Vec<(usize, Url, PathBuf)> = wanted.collect();
    let there = match options.fetch_media {
        true => fetched(&wanted, &folder, notes)?,
        false => wanted.into_iter().filter(|(_, _, path)| path.is_file()).map(|(at, _, path)| (at, path)).collect(),
    };
    for (at, path) in there {
        if let Some(media) = survey.media.get_mut(at) {
            media.file = Some(path);
        }
    }
    Ok(())
}

/// True for a URL at the old site's own host. A hostile archive could name any machine that this one can reach.
fn is_of_site(url: &Url, base: &Url) -> bool {
    let bare = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    matches!(url.scheme(), "http" | "https") && bare(url) == bare(base) && url.port() == base.port()
}

#[cfg(not(feature = "comment-server"))]
fn fetched(
    _: &[(usize, Url, PathBuf)],
    _: &std::path::Path,
    _: &mut Notes,
) -> Result<Vec<(usize, PathBuf)>, ImportError> {
    Err(ImportError::new("this program was built without the feature `comment-server`, which has the HTTP client"))
}

#[cfg(feature = "comment-server")]
use client::fetched;

#[cfg(feature = "comment-server")]
mod client {
    use std::collections::BTreeMap;
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use ureq::http::Response;
    use ureq::{Agent, Body};
    use url::Url;

    use super::is_of_site;
    use crate::import::ImportError;
    use crate::import::notes::{ImportNoteKind, Notes};

    /// The number of files that are fetched at the same time: few, for the sake of the old server.
    const AT_ONCE: usize = 4;
    /// The most redirects that one file may have.
    const MAX_REDIRECTS: usize = 3;
    /// The largest file, in bytes.
    const MAX_FILE: u64 = 1 << 30;
    /// The longest time for one file.
    const PATIENCE: Duration = Duration::from_secs(300);

    /// Fetches files that aren't there yet. Returns those that are there now, with their places in the archive.
    pub(super) fn fetched(
        wanted: &[(usize, Url, PathBuf)],
        folder: &Path,
        notes: &mut Notes,
    ) -> Result<Vec<(usize, PathBuf)>, ImportError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        fs::create_dir_all(folder).map_err(|error| ImportError::file("create", folder, &error))?;
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        // Two entries of an archive may have the same URL.
        let files: BTreeMap<&Path, &Url> = wanted.iter().map(|(_, url, path)| (path.as_path(), url)).collect();
        let files: Vec<(&Path, &Url)> = files.into_iter().collect();
        let next = AtomicUsize::new(0);
        let failed: Mutex<BTreeMap<&Path, String>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(files.len()) {
                scope.spawn(|| {
                    while let Some(&(path, url)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if !path.is_file()
                            && let Err(why) = fetch(&agent, url, path)
                        {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).insert(path, why);
                        }
                    }
                });
            }
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut there = Vec::new();
        for (index, url, path) in wanted {
            match failed.get(path.as_path()) {
                None => there.push((*index, path.clone())),
                Some(why) => notes.add(ImportNoteKind::Missing, "file to fetch", url.as_str(), why.as_str()),
            }
        }
        Ok(there)
    }

    /// Asks for a file, also at the places on the same site to which the old site redirects.
    fn answer(agent: &Agent, url: &Url) -> Result<Response<Body>, String> {
        let mut asked = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = agent.get(asked.as_str()).call().map_err(|error| error.to_string())?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let target = response.headers().get("location").and_then(|target| target.to_str().ok());
            let target = target.and_then(|target| asked.join(target).ok());
            asked = target.filter(|target| is_of_site(target, url)).ok_or("the old site redirects to another site")?;
        }
        Err("the old site redirects too often".to_owned())
    }

    fn fetch(agent: &Agent, url: &Url, path: &Path) -> Result<(), String> {
        let mut response = answer(agent, url)?;
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/html") {
            return Err("the old site answers with a page and not with a file".to_owned());
        }
        let mut body = response.body_mut().with_config().limit(MAX_FILE).reader();
        let part = path.with_extension("part");
        let mut file = File::create(&part).map_err(|error| error.to_string())?;
        io::copy(&mut body, &mut file).map_err(|error| error.to_string())?;
        fs::rename(&part, path).map_err(|error| error.to_string())
    }
}
