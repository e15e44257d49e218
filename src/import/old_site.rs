//! The URLs of the old site: from its sitemap, a list, or the folder of the built site.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quick_xml::Reader;
use quick_xml::events::Event;
use walkdir::WalkDir;

use super::ImportError;

/// The most sitemaps that a sitemap index may name.
const MAX_SITEMAPS: usize = 1_000;

/// The URLs of the old site.
///
/// # Errors
/// If the file or folder can't be read.
pub(super) fn urls_of(old_site: &Path) -> Result<Vec<String>, ImportError> {
    if old_site.is_dir() {
        return pages_of(old_site);
    }
    let text = fs::read_to_string(old_site).map_err(|error| ImportError::file("read", old_site, &error))?;
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        return Ok(lines.map(str::to_owned).collect());
    }
    let mut urls = BTreeSet::new();
    for found in locations(&text, old_site)? {
        let name = found.rsplit('/').next().unwrap_or_default();
        // The sitemaps of an index lie beside it.
        let beside: PathBuf = old_site.with_file_name(name);
        if name.ends_with(".xml") && beside.is_file() && beside != old_site && urls.len() < MAX_SITEMAPS * 50_000 {
            let text = fs::read_to_string(&beside).map_err(|error| ImportError::file("read", &beside, &error))?;
            urls.extend(locations(&text, &beside)?);
        } else {
            urls.insert(found);
        }
    }
    Ok(urls.into_iter().collect())
}

/// The texts of all `loc` elements.
fn locations(xml: &str, path: &Path) -> Result<Vec<String>, ImportError> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut found = Vec::new();
    let mut inside: Option<String> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "loc" => inside = Some(String::new()),
            Ok(Event::End(tag)) if tag.local_name().as_ref() == "loc" => found.extend(inside.take()),
            Ok(Event::Text(text)) => {
                if let Some(url) = &mut inside {
                    url.push_str(text.trim());
                }
            }
            Ok(Event::GeneralRef(name)) => {
                if let Some(url) = inside.as_mut().filter(|_| name.as_ref() == "amp") {
                    url.push('&');
                }
            }
            Ok(Event::Eof) => return Ok(found),
            Ok(_) => {}
            Err(error) => {
                let message = format!("{} is not a valid sitemap: {error}", path.display());
                return Err(
                    ImportError::new(message).hint("pass a sitemap, a list with a URL on each line, or a folder")
                );
            }
        }
    }
}

/// The pages of a built site.
fn pages_of(folder: &Path) -> Result<Vec<String>, ImportError> {
    let mut urls = Vec::new();
    for entry in WalkDir::new(folder).follow_links(false).sort_by_file_name() {
        let entry = entry.map_err(|error| ImportError::new(format!("cannot read {}: {error}", folder.display())))?;
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
        if entry.file_type().is_file() && path.ends_with(".html") && path != "404.html" {
            let page = path.strip_suffix("index.html").unwrap_or(&path);
            urls.push(format!("/{page}"));
        }
    }
    Ok(urls)
}
