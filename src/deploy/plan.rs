//! Plans a deploy: which files to put in which wave, and what to delete.

use std::collections::BTreeSet;

use crate::hosts::StoredHeaders;
use crate::plan::Class;

use super::error::DeployError;
use super::files::{SiteFile, SiteFiles};
use super::objects::{ObjectEntry, ObjectState, Objects};

/// A group of files that are put together. Each wave begins when the one before is complete, so that no page links to what
/// is not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    /// Style sheets, scripts, pictures and other files, which link to nothing.
    Files,
    /// Stories and pages at URLs that are new to the target: no page there links to them yet.
    NewPages,
    /// Lists at new URLs.
    NewLists,
    /// Stories and pages that have changed.
    ChangedPages,
    /// Lists that have changed.
    ChangedLists,
    /// The front page, feeds and sitemaps.
    Front,
}

impl Wave {
    /// All waves, in order.
    pub const ALL: [Wave; 6] =
        [Wave::Files, Wave::NewPages, Wave::NewLists, Wave::ChangedPages, Wave::ChangedLists, Wave::Front];

    /// The name of the wave for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Wave::Files => "files",
            Wave::NewPages => "new pages",
            Wave::NewLists => "new lists",
            Wave::ChangedPages => "changed pages",
            Wave::ChangedLists => "changed lists",
            Wave::Front => "front page, feeds and sitemaps",
        }
    }

    fn of(route: &str, class: Class, is_story: bool, is_online: bool) -> Wave {
        let is_style = [".css", ".xsl", ".js"].iter().any(|extension| route.ends_with(extension));
        match (class, is_online) {
            (Class::Asset | Class::Copy | Class::SearchIndex, _) => Wave::Files,
            (Class::Generated, _) if is_style => Wave::Files,
            (Class::Generated | Class::Feed, _) => Wave::Front,
            _ if route == "index.html" => Wave::Front,
            (Class::Overview, false) => Wave::NewLists,
            (Class::Content, false) if !is_story => Wave::NewLists,
            (_, false) => Wave::NewPages,
            (Class::Overview | Class::TextVersion, true) => Wave::ChangedLists,
            (Class::Content, true) if !is_story => Wave::ChangedLists,
            (_, true) => Wave::ChangedPages,
        }
    }
}

/// A file to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PutItem {
    pub route: String,
    pub wave: Wave,
    /// The object as it will be.
    pub entry: ObjectEntry,
    pub headers: StoredHeaders,
    /// The hash of the object that it replaces, if that is certain.
    pub replaces: Option<u128>,
    /// True if its text is new to the target.
    pub has_new_text: bool,
    /// True if the target may have a file of this name that Presswork put there.
    pub is_ours: bool,
    /// Its place among the site's files; `None` if its bytes were kept.
    pub file: Option<usize>,
}

/// The changes that a deploy makes.
#[derive(Debug, Clone, Default)]
pub struct DeployPlan {
    /// The files to put, by wave.
    pub(super) puts: Vec<PutItem>,
    /// The objects to delete at the end, with the hashes of those that are certain to be there.
    pub(super) deletes: Vec<(String, Class, Option<u128>)>,
    /// Those of them that have to make room for a file first.
    pub(super) in_the_way: BTreeSet<String>,
    /// All objects as they will be before the deletes.
    pub(super) next: Objects,
    /// The number of files that stay as they are.
    pub unchanged: usize,
    /// True if a list has to be saved even if no file is put or deleted.
    pub(super) changes_state: bool,
}

impl DeployPlan {
    /// True if there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.deletes.is_empty() && !self.changes_state
    }

    /// The routes to put, wave by wave.
    pub fn puts(&self) -> impl Iterator<Item = (Wave, &str)> {
        self.puts.iter().map(|item| (item.wave, item.route.as_str()))
    }

    /// True if a file to put is not in the output folder, because it was published from another machine.
    pub fn lacks_files(&self, site: &SiteFiles) -> bool {
        self.puts.iter().any(|item| item.file.is_some() && !site.folder.join(&item.route).exists())
    }

    /// The routes to delete.
    pub fn deletes(&self) -> impl Iterator<Item = &str> {
        self.deletes.iter().map(|(route, _, _)| route.as_str())
    }
}

/// The objects of a target before a deploy.
pub(super) struct ObjectsBefore<'o> {
    /// The objects according to the head.
    pub base: &'o Objects,
    /// The same with what interrupted deploys have changed.
    pub objects: &'o Objects,
}

/// The period for which retired files stay, and the present time, in seconds of Unix time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retirement {
    pub now: i64,
    pub keep: i64,
}

/// Plans the way from the objects of a target to a site.
pub(super) fn plan(site: &SiteFiles, before: &ObjectsBefore<'_>, retirement: Retirement) -> DeployPlan {
    let mut plan = DeployPlan::default();
    for (at, file) in site.files.iter().enumerate() {
        let &SiteFile { ref route, hash, class, is_story, text, ref headers, headers_hash } = file;
        let entry = ObjectEntry { hash, headers: headers_hash, class, is_story, text, state: ObjectState::Live };
        plan.next.insert(route.clone(), entry);
        plan.add(before, Wanted { route, entry, headers, file: Some(at) });
    }
    plan.leave(before, retirement);
    plan.finish(before);
    plan
}

/// A file as it should be at the target.
pub(super) struct Wanted<'w> {
    pub route: &'w str,
    pub entry: ObjectEntry,
    pub headers: &'w StoredHeaders,
    pub file: Option<usize>,
}

impl DeployPlan {
    /// Adds a file, unless the target has it.
    pub(super) fn add(&mut self, before: &ObjectsBefore<'_>, wanted: Wanted<'_>) {
        let Wanted { route, entry, headers, file } = wanted;
        let known = before.objects.get(route);
        let is_alike = |known: &&ObjectEntry| known.hash == entry.hash && known.headers == entry.headers;
        let is_there = |known: &&ObjectEntry| matches!(known.state, ObjectState::Live | ObjectState::Retired(_));
        let certain = known.filter(is_there);
        if certain.filter(is_alike).is_some() {
            self.unchanged += 1;
            return;
        }
        let was_online = before.base.get(route).filter(is_there).is_some();
        let is_online = certain.is_some() || (known.is_some() && was_online);
        self.puts.push(PutItem {
            route: route.to_owned(),
            wave: Wave::of(route, entry.class, entry.is_story, is_online),
            entry,
            headers: headers.clone(),
            replaces: certain.map(|known| known.hash),
            has_new_text: entry.text != 0 && before.base.get(route).is_none_or(|base| base.text != entry.text),
            is_ours: known.is_some(),
            file,
        });
    }

    /// Decides about the objects that are no longer part of the site.
    pub(super) fn leave(&mut self, before: &ObjectsBefore<'_>, Retirement { now, keep }: Retirement) {
        for (route, known) in before.objects {
            if self.next.contains_key(route) {
                continue;
            }
            let state = match (known.state, known.class) {
                (ObjectState::Live, Class::Asset | Class::SearchIndex) if keep > 0 => ObjectState::Retired(now),
                (ObjectState::Retired(since), _) if now - since < keep => ObjectState::Retired(since),
                _ => ObjectState::Doomed,
            };
            self.next.insert(route.clone(), ObjectEntry { state, ..*known });
            if state == ObjectState::Doomed {
                let is_certain = matches!(known.state, ObjectState::Live | ObjectState::Retired(_));
                self.deletes.push((route.clone(), known.class, is_certain.then_some(known.hash)));
            }
        }
    }

    /// Sorts the waves, and finds files that are in the way of folders, and folders in the way of files.
    pub(super) fn finish(&mut self, before: &ObjectsBefore<'_>) {
        self.puts.sort_by(|one, other| (one.wave, &one.route).cmp(&(other.wave, &other.route)));
        let doomed: BTreeSet<&str> = self.deletes.iter().map(|(route, _, _)| route.as_str()).collect();
        let new: BTreeSet<&str> = self.puts.iter().map(|item| item.route.as_str()).collect();
        let mut in_the_way = BTreeSet::new();
        for item in &self.puts {
            in_the_way.extend(folders(&item.route).filter(|folder| doomed.contains(folder)).map(str::to_owned));
        }
        for route in &doomed {
            if folders(route).any(|folder| new.contains(folder)) {
                in_the_way.insert((*route).to_owned());
            }
        }
        self.in_the_way = in_the_way;
        self.changes_state = self.next != *before.base;
    }

    /// An error if more would be deleted than allowed. The ceiling unless one is given: a tenth of the objects, but at
    /// least a hundred.
    pub(super) fn check_deletes(&self, ceiling: Option<usize>, objects: usize) -> Result<(), DeployError> {
        let ceiling = ceiling.unwrap_or_else(|| (objects / 10).max(100));
        let count = self.deletes.iter().filter(|(_, _, certain)| certain.is_some()).count();
        if count <= ceiling {
            return Ok(());
        }
        let first = self.deletes().take(3).map(|route| format!("/{route}")).collect::<Vec<_>>().join(", ");
        let message = format!("{count} of {objects} files would be deleted from the target, among them {first}");
        Err(DeployError::new(message).hint(format!("if that is meant: --max-delete {count}")))
    }
}

/// The folders above a file.
fn folders(route: &str) -> impl Iterator<Item = &str> {
    route.match_indices('/').map(|(end, _)| &route[..end])
}
