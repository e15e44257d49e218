//! Hashes everything that decides where references lead, so that a build knows whether any could have a new target.

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use crate::read::CopiedFile;
use crate::site::Site;
use crate::source::hash;

use super::{Output, Plan};

impl Plan {
    /// A hash of everything that [`Plan::resolve`] depends on besides the configuration and the paths of all sources.
    pub fn link_targets(&self, site: &Site) -> u64 {
        // A new field is either hashed here or follows from hashed ones.
        let Plan {
            outputs,
            aliases,
            redirects,
            removed,
            // The digests of pictures, and the slots of the theme, which the routes of the variants among the outputs show.
            variants: _,
            renditions,
            // Outputs and the paths of sources determine these.
            first_article: _,
            pages: _,
            files: _,
            places: _,
            folders: _,
            listings: _,
            others: _,
            by_path: _,
            indexed: _,
            // Only error messages depend on it, and nothing is published with an error.
            unpublished: _,
            // No reference is resolved with these.
            years: _,
            corrections: _,
            introductions: _,
            feeds: _,
            sitemaps: _,
            segments: _,
            search_pages: _,
            counterparts: _,
            gone: _,
            patterns: _,
            has_text: _,
            part_links: _,
            suggestions: _,
        } = self;
        let of_output = |output: &Output| {
            let source = output.source_path(site).map_or(0, hash);
            [hash(output.route.as_str()), source, output.class() as u64]
        };
        let outputs: Vec<[u64; 3]> = outputs.par_iter().with_min_len(1_024).map(of_output).collect();
        let mut hasher = Xxh3::new();
        let mut add = |number: u64| hasher.update(&number.to_le_bytes());
        outputs.iter().flatten().for_each(|hash| add(*hash));
        let aliases = aliases.iter().map(|(path, at)| hash(path).rotate_left(1) ^ u64::from(*at));
        add(aliases.fold(0, u64::wrapping_add));
        let used = renditions.iter().map(|(file, of_file)| hash(&format!("{file} {of_file:?}")));
        add(used.fold(0, u64::wrapping_add));
        for redirect in redirects {
            add(hash(redirect.from.as_str()));
            add(hash(&redirect.url));
        }
        add(removed.hash());
        add_site(site, &mut add);
        hasher.digest()
    }
}

fn add_site(site: &Site, add: &mut dyn FnMut(u64)) {
    for CopiedFile { source, is_static, size, bytes, picture } in &site.files {
        let size = size.map_or(u64::MAX, |(width, height)| u64::from(width) << 32 | u64::from(height));
        [hash(source), u64::from(*is_static), size, bytes.unwrap_or(u64::MAX)].into_iter().for_each(&mut *add);
        let digest = picture.as_ref().map_or(0, |picture| picture.digest);
        [digest as u64, (digest >> 64) as u64].into_iter().for_each(&mut *add);
    }
    for (path, state) in &site.hidden {
        add(hash(path));
        add(*state as u64);
    }
    site.faulty.iter().for_each(|path| add(hash(path)));
}
