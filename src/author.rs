//! Authors, people and organizations, read from `content/authors/<id>.md`.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::article::{Block, BodyScan, Layout, PortraitCrops, print_lines};
use crate::date::Moment;
use crate::language::Quotes;
use crate::lenient::{Named, OneOrMany, TextOr};
use crate::picture::crop::Framing;
use crate::urls::{is_complete_url, normalized};

/// The kinds of authors: a person, a desk or publisher, or a news agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorKind {
    /// A person.
    #[default]
    Person,
    /// A desk, a team, or the publication itself.
    Organization,
    /// A news agency.
    Wire,
}

impl AuthorKind {
    /// The word for it in front matter and templates.
    pub fn as_str(self) -> &'static str {
        match self {
            AuthorKind::Person => "person",
            AuthorKind::Organization => "organization",
            AuthorKind::Wire => "wire",
        }
    }
}

/// The picture of an author.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Portrait {
    /// The file, relative to the author's or from `content/` with a leading `/`, or an absolute URL.
    pub src: String,
    /// The point that crops should keep: `top`, `left`, `50% 20%`.
    pub focus: Option<String>,
    /// The part that slots show.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub crops: PortraitCrops,
}

impl Portrait {
    /// The part of it that is shown, as far as front matter says.
    pub fn framing(&self) -> Framing<'_> {
        Framing { focus: self.focus.as_deref(), crop: self.crops.portrait }
    }
}

impl From<String> for Portrait {
    fn from(src: String) -> Portrait {
        Portrait { src, focus: None, crops: PortraitCrops::default() }
    }
}

/// Deserializes a portrait, for `deserialize_with`. A picture without a file counts as a missing key.
fn named_portrait<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TextOr<Portrait>>, D::Error> {
    let image = <Option<TextOr<Portrait>> as Deserialize>::deserialize(deserializer)?;
    Ok(image.filter(|image| !image.0.src.trim().is_empty()))
}

/// The front matter of an author's file; the body is the biography.
#[derive(Debug, Clone, Default, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorFront {
    /// The name as printed in bylines.
    #[serde(deserialize_with = "crate::lenient::required::name")]
    pub name: String,
    /// The name in the author's own script.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub native_name: Option<String>,
    /// The name by which lists are sorted: `Tan, Lin`.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub sort_name: Option<String>,
    /// Person, organization or wire.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub kind: AuthorKind,
    /// True for somebody who no longer works for the publication.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub former: bool,
    /// The job title.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub role: Option<String>,
    /// The public email address.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub email: Option<String>,
    /// The author's own site.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub url: Option<String>,
    /// The portrait.
    #[serde(default, deserialize_with = "named_portrait")]
    pub image: Option<TextOr<Portrait>>,
    /// The place of work.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub location: Option<String>,
    /// The biography in a sentence or two, for the end of stories; default: the biography's first paragraph.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub short_bio: Option<String>,
    /// Profiles on other sites, as handles or URLs, by service.
    #[serde(default)]
    pub links: Named<String>,
    /// The language of the name and biography, if it is not the site's (BCP 47).
    pub language: Option<String>,
    /// The last segment of the author page's URL; default: the file's name.
    pub slug: Option<String>,
    /// The layout of the first page of the author's stories.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub blocks: Vec<Block>,
    /// Files to publish although nothing refers to them: paths, folders or patterns, relative to the file.
    #[serde(default)]
    pub publish: OneOrMany<String>,
    /// Free data for templates.
    #[serde(default, deserialize_with = "crate::lenient::free_map")]
    #[borsh(serialize_with = "crate::lenient::write_free_map", deserialize_with = "crate::lenient::read_free_map")]
    pub extra: BTreeMap<String, Value>,
}

impl AuthorFront {
    /// Puts all values that readers see on one line; `quotes` are the marks of the author's language. Only the role,
    /// the short biography and the headings of blocks are typeset: names stay as written, because they are compared.
    pub fn print(&mut self, quotes: Option<&Quotes>) {
        let others = [&mut self.native_name, &mut self.sort_name, &mut self.location];
        print_lines(others.into_iter().flatten().chain([&mut self.name]), None);
        print_lines([&mut self.role, &mut self.short_bio].into_iter().flatten(), quotes);
        print_lines(self.blocks.iter_mut().filter_map(|block| block.heading.as_mut()), quotes);
    }
}

/// An author as read from one file.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Author {
    /// The id that articles list under `authors`: the file's path below `content/authors/` without `.md`.
    pub id: String,
    /// The file, relative to the project's folder.
    pub source: String,
    /// The front matter, links expanded to URLs.
    pub front: AuthorFront,
    /// The end of each pick of each block, in the order of blocks and picks.
    pub until: Vec<Vec<Option<Moment>>>,
    /// The biography.
    pub body: BodyScan,
    /// The xxh3 hash of the file's bytes.
    pub digest: u128,
}

impl Author {
    /// Returns the blocks of the author's page.
    pub fn layout(&self) -> Layout<'_> {
        Layout { source: &self.source, key: "blocks", blocks: &self.front.blocks, until: &self.until }
    }
}

/// Returns the URL of a profile given as a handle (`@lin@example.social`, `lin`) or as a URL.
///
/// Returns `None` if the service is unknown and the value is not a URL.
pub fn profile_url(service: &str, value: &str) -> Option<String> {
    let value = value.trim();
    if value.starts_with("https://") || value.starts_with("http://") {
        return is_complete_url(value).then(|| normalized(value).into_owned());
    }
    let handle = value.trim_start_matches('@');
    if handle.is_empty() || handle.contains(['/', ' ', ':', '?', '#', '<', '>', '"', '\\']) {
        return None;
    }
    if matches!(service, "mastodon" | "fediverse") {
        let (user, host) = handle.split_once('@')?;
        return host.contains('.').then(|| format!("https://{host}/@{user}"));
    }
    let host = match service {
        "x" | "twitter" => "https://x.com/",
        "bluesky" if handle.contains('.') => "https://bsky.app/profile/",
        "bluesky" => return Some(format!("https://bsky.app/profile/{handle}.bsky.social")),
        "threads" => "https://www.threads.net/@",
        "linkedin" => "https://www.linkedin.com/in/",
        "github" => "https://github.com/",
        "gitlab" => "https://gitlab.com/",
        "instagram" => "https://www.instagram.com/",
        "facebook" => "https://www.facebook.com/",
        "youtube" => "https://www.youtube.com/@",
        "tiktok" => "https://www.tiktok.com/@",
        "telegram" => "https://t.me/",
        "weibo" => "https://weibo.com/",
        "orcid" => "https://orcid.org/",
        _ => return None,
    };
    Some(format!("{host}{handle}"))
}
