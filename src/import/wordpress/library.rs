//! The files of a WordPress site: what the export says about them, and the copies in the uploads folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::php::PhpValue;
use super::wxr::WxrItem;
use crate::import::html::plain_text;
use crate::import::model::{ArchiveFile, MediaPlace, Picture};
use crate::media::picture_type;

/// A file that the export describes.
#[derive(Debug, Clone, Default)]
pub(super) struct WxrAttachment {
    pub url: String,
    pub title: String,
    pub caption: String,
    pub alt: String,
    pub credit: String,
    /// The post that it was uploaded for.
    pub parent: u64,
    /// The URL of its own page.
    pub page: String,
    order: i64,
}

/// All files that the export names.
#[derive(Debug, Default)]
pub(super) struct Library {
    pub attachments: BTreeMap<u64, WxrAttachment>,
    /// The ids of attachments by the path of their file, without its size and in lower case.
    by_path: BTreeMap<String, u64>,
    /// Paths in the uploads folder that texts name.
    named: BTreeSet<String>,
}

/// Fields in which plugins and themes store the credit of a picture.
const CREDITS: &[&str] = &[
    "_media_credit",
    "_wp_attachment_credit",
    "media_credit",
    "credit",
    "photo_credit",
    "_photo_credit",
    "photographer",
    "isc_image_source",
    "_credit",
];

impl Library {
    /// Adds an attachment.
    pub fn add(&mut self, item: &WxrItem) {
        let credit = CREDITS.iter().find_map(|key| item.meta(key)).map(plain_text).or_else(|| {
            let data = PhpValue::parse(item.meta("_wp_attachment_metadata")?)?;
            data.get(&["image_meta", "credit"])?.text().map(plain_text)
        });
        let attachment = WxrAttachment {
            url: item.attachment_url.clone(),
            title: plain_text(&item.title),
            caption: plain_text(&item.excerpt),
            alt: plain_text(item.meta("_wp_attachment_image_alt").unwrap_or_default()),
            credit: credit.unwrap_or_default(),
            parent: item.parent,
            page: item.link.clone(),
            order: item.order,
        };
        if let Some(path) = path_of(&attachment.url) {
            self.by_path.entry(original(&path)).or_insert(item.id);
        }
        self.attachments.insert(item.id, attachment);
    }

    /// Notes the files in the uploads folder that a text names.
    pub fn collect_named(&mut self, text: &str) {
        for at in memchr::memmem::find_iter(text.as_bytes(), UPLOADS) {
            let path = &text[at + 1..];
            let end = path.find(|c: char| c.is_whitespace() || "\"'<>)]\\?#|,&;".contains(c)).unwrap_or(path.len());
            let path = percent_encoding::percent_decode_str(&path[..end]).decode_utf8_lossy().into_owned();
            let has_ending = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
            if has_ending {
                self.named.insert(path);
            }
        }
    }

    /// The URL of the whole picture for a URL of any of its sizes; `None` if the export doesn't know it.
    pub fn whole(&self, url: &str) -> Option<&str> {
        let path = path_of(url)?;
        let id = self.by_path.get(&original(&path))?;
        self.attachments.get(id).map(|attachment| attachment.url.as_str())
    }

    /// A picture with all that the export says about it.
    pub fn picture(&self, id: u64) -> Option<Picture> {
        let WxrAttachment { url, alt, caption, credit, .. } = self.attachments.get(&id)?;
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Some(Picture { src: url.clone(), alt: filled(alt), caption: filled(caption), credit: filled(credit) })
    }

    /// The pictures that were uploaded for a post, in their order.
    pub fn pictures_of(&self, post: u64) -> Vec<u64> {
        let of_post = self.attachments.iter().filter(|(_, attachment)| attachment.parent == post);
        let mut pictures: Vec<(i64, u64)> = of_post
            .filter(|(_, attachment)| picture_type(&attachment.url).is_some())
            .map(|(id, found)| (found.order, *id))
            .collect();
        pictures.sort_unstable();
        pictures.into_iter().map(|(_, id)| id).collect()
    }

    /// All files, with their copies in the folder. Each is published at its old path.
    pub fn files(&self, folder: Option<&Path>) -> Vec<ArchiveFile> {
        let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for attachment in self.attachments.values() {
            if let Some(path) = path_of(&attachment.url) {
                files.entry(path).or_default().push(attachment.url.clone());
            }
        }
        for path in self.named.iter().filter(|path| !self.by_path.contains_key(&original(path))) {
            files.entry(path.clone()).or_default();
        }
        // Two attachments may have the same file.
        let file = |(path, mut old_urls): (String, Vec<String>)| {
            old_urls.push(format!("/{path}"));
            old_urls.sort();
            old_urls.dedup();
            let copy = folder.and_then(|folder| copy_in(folder, &path));
            ArchiveFile { place: MediaPlace::Static(path), file: copy, old_urls, path_in_source: None }
        };
        files.into_iter().map(file).collect()
    }
}

/// The folder of uploaded files in URLs.
const UPLOADS: &[u8] = b"/wp-content/uploads/";

/// The path of a URL below the site's root: from `wp-content/` on if it is there, since the site may be in a folder.
fn path_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let rest = rest.find("/wp-content/").map_or(rest, |at| &rest[at..]);
    let path = percent_encoding::percent_decode_str(rest.trim_start_matches('/')).decode_utf8().ok()?;
    (!path.is_empty() && !path.ends_with('/')).then(|| path.into_owned())
}

/// A path in lower case without what WordPress adds to the names of other sizes: `-300x200`, `-scaled`, `-e1557`.
fn original(path: &str) -> String {
    let path = path.to_lowercase();
    let Some((stem, ending)) = path.rsplit_once('.') else { return path };
    let stem = without_size(stem);
    format!("{stem}.{ending}")
}

fn without_size(stem: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match stem.rsplit_once('-') {
        Some((rest, "scaled" | "rotated")) => rest,
        Some((rest, size))
            if size.split_once('x').is_some_and(|(width, height)| is_number(width) && is_number(height)) =>
        {
            rest
        }
        _ => stem,
    }
}

/// The copy of a file, in a folder that is the uploads folder, `wp-content` or the whole site. Nothing outside the folder.
fn copy_in(folder: &Path, path: &str) -> Option<PathBuf> {
    let below = Path::new(path);
    if !below.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let tails = [
        Some(path),
        path.strip_prefix("wp-content/"),
        path.strip_prefix("wp-content/uploads/"),
        path.split_once("/files/").map(|(_, rest)| rest),
    ];
    let found = tails.into_iter().flatten().map(|tail| folder.join(tail)).find(|file| file.is_file())?;
    // A link in the folder must not lead out of it.
    let (real, root) = (found.canonicalize().ok()?, folder.canonicalize().ok()?);
    real.starts_with(root).then_some(found)
}
