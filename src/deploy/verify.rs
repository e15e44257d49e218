//! Compares what is online with a built site, byte by byte.

use xxhash_rust::xxh3::xxh3_128;

use super::error::DeployError;
use super::files::{SiteFile, SiteFiles};
use super::objects::ObjectState;
use super::run::Deployment;
use super::waves;

/// A file of a target that is not as the site says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differing {
    /// It is not there.
    Missing,
    /// It has other bytes.
    Changed,
    /// It is there, and not part of the site.
    Stale,
}

impl Differing {
    /// The difference in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Differing::Missing => "is missing",
            Differing::Changed => "is not what a build gives",
            Differing::Stale => "is no longer part of the site",
        }
    }
}

/// Reads every file of the site from the target. Returns those that differ, by route.
///
/// # Errors
/// If the target cannot be read.
pub fn verify(deployment: &Deployment<'_>, site: &SiteFiles) -> Result<Vec<(String, Differing)>, DeployError> {
    let situation = deployment.survey(&site.site)?;
    let mut differing = Vec::new();
    let work = |file: &SiteFile| {
        let stored = deployment.target.get(&file.route)?;
        Ok(match stored {
            None => Some(Differing::Missing),
            Some(stored) => (xxh3_128(&stored.bytes) != file.hash).then_some(Differing::Changed),
        })
    };
    let done = |file: &SiteFile, found: Option<Differing>| {
        differing.extend(found.map(|found| (file.route.clone(), found)));
        Ok(())
    };
    waves::each(&site.files, deployment.target.concurrency(), &deployment.interrupt, work, done)?;
    let is_of_site = |route: &String| site.files.binary_search_by(|file| file.route.cmp(route)).is_ok();
    let live = situation.objects.iter().filter(|(_, entry)| entry.state == ObjectState::Live);
    let stale = live.filter(|(route, _)| !is_of_site(route));
    differing.extend(stale.map(|(route, _)| (route.clone(), Differing::Stale)));
    differing.sort();
    Ok(differing)
}
