//! The files of a built site, with everything that decides when and how they are put.

use std::collections::HashSet;
use std::hash::Hash;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::build::{OUTPUT, ledger_of};
use crate::config::{Config, StoreUrl, TargetUrl};
use crate::hosts::{StoredHeaders, is_host_file};
use crate::ledger::Ledger;
use crate::manifest::Manifest;
use crate::plan::Class;

use super::error::DeployError;

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Its path below the output folder.
    pub route: String,
    /// The hash of its bytes (xxh3, 128 bit).
    pub hash: u128,
    /// The class of the output.
    pub class: Class,
    /// True for the page of a story, and for a standalone page.
    pub is_story: bool,
    /// The hash of the file of a page with one source; 0 for other files.
    pub text: u64,
    /// The headers with which a store answers.
    pub headers: StoredHeaders,
    /// Their hash, so that a changed rule puts the file again; 0 where a web server sets the headers.
    pub headers_hash: u64,
}

/// The hash of headers.
pub(super) fn hash_of(headers: &StoredHeaders) -> u64 {
    let mut hasher = Xxh3::new();
    headers.hash(&mut hasher);
    hasher.digest()
}

/// All files of a built site.
#[derive(Debug, Clone)]
pub struct SiteFiles {
    /// The output folder.
    pub folder: PathBuf,
    /// The files, by route.
    pub files: Vec<SiteFile>,
    /// The instant as of which the site was built, in seconds of Unix time.
    pub as_of: i64,
    /// The site's URL.
    pub site: String,
}

impl SiteFiles {
    /// Lists the files of the last build into the project's own output folder, for a target.
    ///
    /// # Errors
    /// If there is no such build, or the folder holds something else.
    pub fn of_last_build(root: &Path, config: &Config, target: &TargetUrl) -> Result<SiteFiles, DeployError> {
        let folder = root.join(OUTPUT);
        let unbuilt = |why: String| {
            DeployError::new(format!("{} is not a finished build: {why}", folder.display()))
                .hint("build the site: presswork build")
        };
        let ledger = Ledger::read(&ledger_of(root)).map_err(|why| unbuilt(why.to_string()))?;
        let manifest = Manifest::read(&folder).map_err(|error| unbuilt(error.to_string()))?;
        if manifest.is_preview() {
            return Err(unbuilt("it holds a preview".to_owned()));
        }
        if manifest.digest() != ledger.header.manifest {
            return Err(unbuilt("it does not hold what the last build wrote".to_owned()));
        }
        // A web server reads its own files there; a store would show them to readers.
        let is_bucket = matches!(target, TargetUrl::Store(StoreUrl::Bucket { .. }));
        let stories: HashSet<&str> = manifest.stories().collect();
        let source = |at: u32| ledger.source(at as usize);
        let text = |at: Option<u32>| at.and_then(source).map_or(0, |source| (source.digest as u64).max(1));
        let mut files: Vec<SiteFile> = ledger
            .outputs()
            .filter(|known| !(is_bucket && is_host_file(known.route)))
            .map(|known| {
                let headers = StoredHeaders::of(known.route, known.facts.class, config);
                SiteFile {
                    route: known.route.to_owned(),
                    hash: known.facts.hash,
                    class: known.facts.class,
                    is_story: stories.contains(known.route),
                    text: text(known.facts.source),
                    headers_hash: if is_bucket { hash_of(&headers) } else { 0 },
                    headers,
                }
            })
            .collect();
        files.sort_unstable_by(|one, other| one.route.cmp(&other.route));
        let site = config.base_url.origin().to_owned() + config.base_url.prefix();
        Ok(SiteFiles { folder, files, as_of: ledger.header.as_of, site })
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no longer what the build wrote.
    pub fn bytes(&self, file: &SiteFile) -> Result<Vec<u8>, DeployError> {
        let path = self.folder.join(&file.route);
        let bytes = std::fs::read(&path)
            .map_err(|error| DeployError::new(format!("cannot read {}: {error}", path.display())))?;
        if xxh3_128(&bytes) != file.hash {
            let message = format!("{} has changed since it was built", path.display());
            return Err(DeployError::new(message).hint("build the site again: presswork build --verify"));
        }
        Ok(bytes)
    }
}
