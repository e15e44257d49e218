//! Takes missing variants from the published site, where their addresses say all that decides their bytes.
//!
//! A cache of pictures that is lost, as those of CI jobs are from time to time, then costs downloads instead of hours.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::Agent;

use super::slot::{Recipe, VariantFormat};
use super::{Codec, Orientation, VariantStore, cleaned, header};

/// A variant to fetch.
#[derive(Debug, Clone, Copy)]
pub struct WantedVariant<'w> {
    /// Its path below the root of the site.
    pub path: &'w str,
    /// Everything that decides its bytes besides the picture.
    pub recipe: &'w Recipe,
    /// Its key.
    pub key: u128,
}

/// The number of files that are fetched at the same time.
const AT_ONCE: usize = 8;
/// The longest time for one file.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest file, in bytes.
const MAX_FILE: u64 = 32 << 20;
/// The number of files in a row that the site doesn't have, after which it isn't asked for more: it was published without
/// these pictures, and making them is all that is left.
const MAX_MISSES: usize = 24;

/// The reason why a file was not taken.
enum Miss {
    /// The site doesn't have it.
    Unknown,
    /// The site doesn't answer, or with something else.
    Failed(String),
}

/// Fetches variants and keeps those that are as they should be; all others are left to be made. `base` is the URL of the
/// published site, with a slash at its end. `done` is called with each finished number. Returns the reason why some were not
/// taken, unless the site just doesn't have them.
pub fn fetch_variants(
    base: &str,
    wanted: &[WantedVariant<'_>],
    store: &VariantStore,
    done: &(dyn Fn(usize) + Sync),
) -> Option<String> {
    let config = Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0);
    let agent: Agent = config.http_status_as_error(false).build().into();
    let (next, misses, is_over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let problem: Mutex<Option<String>> = Mutex::default();
    let work = || {
        while let Some(variant) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            match fetched(&agent, base, variant).and_then(|bytes| keep(store, variant, &bytes)) {
                Ok(()) => {
                    misses.store(0, Ordering::Relaxed);
                    done(1);
                }
                Err(Miss::Unknown) => {
                    if misses.fetch_add(1, Ordering::Relaxed) + 1 >= MAX_MISSES {
                        is_over.store(true, Ordering::Relaxed);
                    }
                }
                Err(Miss::Failed(why)) => {
                    // A server that is down would keep the build waiting for each of thousands of files.
                    is_over.store(true, Ordering::Relaxed);
                    problem.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(wanted.len()) {
            scope.spawn(work);
        }
    });
    problem.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn fetched(agent: &Agent, base: &str, variant: &WantedVariant<'_>) -> Result<Vec<u8>, Miss> {
    let url = format!("{base}{}", variant.path);
    let failed = |why: String| Miss::Failed(format!("{url}: {why}"));
    let mut response = agent.get(&url).call().map_err(|error| failed(error.to_string()))?;
    match response.status().as_u16() {
        200 => {}
        404 | 410 => return Err(Miss::Unknown),
        status => return Err(failed(format!("the server answers with the status {status}"))),
    }
    let body = response.body_mut().with_config().limit(MAX_FILE).read_to_vec();
    let bytes = body.map_err(|error| failed(error.to_string()))?;
    match is_whole(&bytes, variant.recipe) {
        true => Ok(bytes),
        false => Err(failed("it is not the picture that its address names".to_owned())),
    }
}

/// True if a file is a whole picture of the format and size that a recipe asks for, upright, and with nothing in it that
/// readers must not get.
fn is_whole(bytes: &[u8], recipe: &Recipe) -> bool {
    let format = match recipe.format {
        VariantFormat::WebP => Codec::WebP,
        VariantFormat::Jpeg => Codec::Jpeg,
        VariantFormat::Png => Codec::Png,
    };
    let is_right = header(bytes).is_some_and(|read| {
        let size = Some((recipe.width, recipe.height));
        read.codec == format && read.size == size && read.orientation == Orientation::UPRIGHT
    });
    is_right && cleaned(bytes).is_some_and(|kept| kept.damage.is_none() && *kept.bytes == *bytes)
}

/// Keeps a file. If that fails, for example because the disk is full, the variant is made, and writing it reports the reason.
fn keep(store: &VariantStore, variant: &WantedVariant<'_>, bytes: &[u8]) -> Result<(), Miss> {
    let kept = store.keep(variant.key, variant.recipe.format.extension(), bytes);
    kept.map(drop).map_err(|error| Miss::Failed(format!("it cannot be kept: {error}")))
}
