//! After thousands of random edits the preview serves the same as a clean build publishes, and uses no more memory.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::preview::{Preview, until};
use crate::incremental::edits::KINDS;
use crate::incremental::generate;
use crate::support::{self, Call, Random};
use crate::tree::{self, Tree};

/// The number of edits without `PRESSWORK_EDITS`.
const EDITS: usize = 1_000;
/// The number of edits after which everything is compared.
const ROUND: usize = 200;
/// The maximum number of stories: the site keeps its size, so that memory can be compared.
const STORIES: usize = 40;
/// The maximum growth of memory in bytes between the second round and the last.
const GROWTH: u64 = 48 << 20;

#[test]
fn soak() {
    let edits = std::env::var("PRESSWORK_EDITS").ok().and_then(|text| text.parse().ok()).unwrap_or(EDITS);
    let mut site = generate::site(&mut Random::new(7), STORIES);
    let preview = Preview::of(&site.tree(), &["--no-drafts"]);
    let mut sources = site.tree();
    let mut good = site.clone();
    let mut memory = Vec::new();
    let (mut compared, mut words) = (0, Vec::new());
    let mut served = BTreeSet::new();
    for at in 0..edits {
        let mut random = Random::new(at as u64 * 7_919 + 13);
        let (kind, maker) = KINDS[random.below(KINDS.len())];
        let edit = maker(&mut site, &mut random);
        // The preview's instant and URL stay the same.
        site.call = Call::default();
        words.push(format!("{kind}: {}", edit.words));
        let is_round = (at + 1) % ROUND == 0 || at + 1 == edits;
        // A site that cannot be published is repaired at times, and always before everything is compared.
        let wanted = site.tree();
        if is_round || site.stories.len() > 2 * STORIES || random.chance(10) {
            match clean(&wanted) {
                Some(built) => {
                    good.clone_from(&site);
                    apply(&preview, &mut sources, wanted, &mut random);
                    if is_round {
                        compare(&preview, &built, &mut served, &words);
                        compared += built.len();
                    }
                }
                None => {
                    site.clone_from(&good);
                    words.push("all back to the last state that could be published".to_owned());
                    apply(&preview, &mut sources, site.tree(), &mut random);
                    if is_round {
                        let built = clean(&site.tree()).expect("it could be published before");
                        compare(&preview, &built, &mut served, &words);
                        compared += built.len();
                    }
                }
            }
        } else {
            apply(&preview, &mut sources, wanted, &mut random);
        }
        if site.stories.len() > 2 * STORIES {
            site = generate::site(&mut Random::new(at as u64), STORIES);
            site.call = Call::default();
        }
        if is_round {
            words.clear();
            memory.push(preview.memory());
        }
    }
    assert!(compared > 500, "{compared} files have been compared");
    let (early, late) = (memory[1.min(memory.len() - 1)], memory[memory.len() - 1]);
    assert!(late < early + GROWTH, "memory has grown: {memory:?}");
}

/// The output of a clean build of these files; `None` if they cannot be published.
fn clean(files: &Tree) -> Option<Tree> {
    let folder = support::scratch();
    tree::write(folder.path(), files).unwrap();
    let built = support::run(folder.path(), &Call::default());
    assert_eq!(built.problem, None);
    (built.code == 0).then(|| tree::read(&folder.path().join("public")).unwrap())
}

/// Changes the files of the project into these, in random order and ways.
fn apply(preview: &Preview, sources: &mut Tree, wanted: Tree, random: &mut Random) {
    let gone: Vec<_> = sources.keys().filter(|path| !wanted.contains_key(*path)).cloned().collect();
    for path in gone {
        let path = preview.root.join(path);
        fs::remove_file(&path).unwrap();
        // Folders disappear with their last file, or stay.
        if random.chance(50) {
            let _ = fs::remove_dir(path.parent().unwrap());
        }
    }
    for (path, bytes) in wanted.iter().filter(|(path, bytes)| sources.get(*path) != Some(*bytes)) {
        let path = preview.root.join(path);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        }
        make_folder(path.parent().unwrap());
        if random.chance(50) {
            fs::write(&path, bytes).unwrap();
        } else {
            let new = path.with_file_name(".being-saved");
            fs::write(&new, bytes).unwrap();
            fs::rename(&new, &path).unwrap();
        }
    }
    *sources = wanted;
}

/// A file may have become a folder.
fn make_folder(folder: &Path) {
    if folder.is_file() {
        fs::remove_file(folder).unwrap();
    }
    fs::create_dir_all(folder).unwrap();
}

/// Every file of the clean build is served with its bytes, as soon as the preview has seen the last edit; `served`
/// files that no longer belong to it are not.
fn compare(preview: &Preview, built: &Tree, served: &mut BTreeSet<String>, words: &[String]) {
    let site = preview.read("site.yaml");
    let prefix = presswork::config::parse(&site).value.expect("a configuration").base_url.prefix().to_owned();
    let mut urls = BTreeSet::new();
    for (path, bytes) in built {
        let path = path.to_string_lossy();
        if path.starts_with(".presswork") {
            continue;
        }
        let encoded: Vec<String> =
            path.split('/').map(|part| utf8_percent_encode(part, NON_ALPHANUMERIC).to_string()).collect();
        let url = format!("{prefix}{}", encoded.join("/"));
        let mut last = None;
        let found = until(
            || {
                let answer = preview.get(&url);
                // The redirect rules of the site's host come first, as on the host.
                let leads_on =
                    answer.status == 301 && String::from_utf8_lossy(bytes).contains("http-equiv=\"refresh\"");
                let is_same = leads_on || ([200, 410].contains(&answer.status) && answer.page() == *bytes);
                last = Some(answer);
                is_same.then_some(())
            },
            String::new,
        );
        if found.is_err() {
            let answer = last.unwrap();
            let difference = tree::line_difference(bytes, &answer.page());
            panic!("{url} ({}) is not what is published:\n{difference}\nafter:\n{}", answer.status, words.join("\n"));
        }
        urls.insert(url);
    }
    for url in served.difference(&urls) {
        let answer = preview.get(url);
        assert_ne!(answer.status, 200, "{url} is served and not published, after:\n{}", words.join("\n"));
    }
    served.append(&mut urls);
}
