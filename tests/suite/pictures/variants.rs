//! Smaller pictures: which there are, what is in them, and that each is made once.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use presswork::picture::crop::{Crop, CropArea, Placement};
use presswork::picture::slot::{Recipe, VariantFormat};
use presswork::picture::{Codec, Orientation, Original, PictureHeader, header};

use proptest::prelude::*;

use super::files::{jpeg, photo, png, webp};
use super::is_fit_to_publish;
use crate::support::{Call, run, scratch, snapshot};

const SITE: &str = "title: The Test\nbase_url: https://example.org/\ntheme: sized\nfeeds: {min_articles: 1}\n";
const THEME: &str = "name: sized\npictures:\n  lead: {widths: [240, 480, 2000], sizes: \"(min-width: 40em) 50vw, 100vw\"}\n  \
                     card: {ratio: \"1:1\", widths: [120], formats: [jpeg]}\n  inline: {widths: [240, 480]}\n";
const ARTICLE: &str = "<!DOCTYPE html><html><head><title>x</title></head><body>{% if article.image %}\
                       <p>{% for source in article.image.sources %}{{ source.media_type }} {{ source.srcset }}|{% endfor %}\
                       {{ article.image.srcset }}|{{ article.image.sizes }}|{{ article.image.src }}\
                       {% endif %}</p>{{ article.body | safe }}</body></html>";

fn write(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A story with a photo that lies on its side, as lead picture and in its text.
fn site(root: &Path) {
    write(root, "site.yaml", SITE);
    write(root, "themes/sized/theme.yaml", THEME);
    for template in presswork::render::REQUIRED {
        write(root, &format!("themes/sized/templates/{template}"), "x");
    }
    write(root, "themes/sized/templates/article.html", ARTICLE);
    write(root, "content/news/crane/index.md", story("", "crane.jpg"));
    write(root, "content/news/crane/crane.jpg", jpeg(6, true));
}

fn story(front: &str, picture: &str) -> String {
    format!(
        "---\ntitle: Crane\ndate: 2026-11-20\nbyline: By the desk\n{front}image: {{src: {picture}, alt: A crane}}\n---\n![A crane]({picture})\n"
    )
}

/// The files of variants below a folder, by their names.
fn variants(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = snapshot(folder).into_iter();
    all.filter(|(path, _)| path.starts_with("assets/pictures") || path.starts_with(".presswork/pictures")).collect()
}

fn built(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let built = run(root, &Call::default());
    assert_eq!(built.code, 0, "{built:#?}");
    variants(&root.join("public"))
}

#[test]
fn variants_are_upright_and_never_wider_than_their_picture() {
    let folder = scratch();
    site(folder.path());
    let found = built(folder.path());
    let (height, width) = header(&photo()).unwrap().size.unwrap();
    let mut sizes: BTreeMap<(u32, u32), Vec<Codec>> = BTreeMap::new();
    for (path, bytes) in &found {
        let read = header(bytes).unwrap();
        assert_eq!(read.orientation, Orientation::UPRIGHT);
        is_fit_to_publish(&path.to_string_lossy(), bytes);
        // What another parser says.
        let seen = imagesize::blob_size(bytes).unwrap();
        let size = (seen.width as u32, seen.height as u32);
        assert!(size.0 <= width && size.1 <= height, "{}: {size:?}", path.display());
        sizes.entry(size).or_default().push(read.codec);
    }
    let scaled = |to: u32| (to, (height * to + width / 2) / width);
    let mut both = vec![scaled(240), scaled(480)];
    both.push((width, height));
    for size in both {
        let codecs = sizes.remove(&size).unwrap_or_default();
        let has_both = codecs.contains(&Codec::Jpeg) && codecs.contains(&Codec::WebP);
        assert!(codecs.len() == 2 && has_both, "{size:?}: {codecs:?}");
    }
    assert_eq!(sizes.remove(&(120, 120)), Some(vec![Codec::Jpeg]), "the card");
    // Link previews and search results, from the upper part of an upright picture.
    let (social, search) =
        ((width, (width * 21 + 20) / 40), [(width, (width * 9 + 8) / 16), (width, (width * 3 + 2) / 4)]);
    assert_eq!(
        sizes.remove(&(600, 315)).or_else(|| sizes.remove(&social)),
        Some(vec![Codec::Jpeg]),
        "{social:?}: {sizes:?}"
    );
    assert!(sizes.keys().all(|size| search.contains(size) || size.0 == size.1), "{sizes:?}");
}

#[test]
fn pages_offer_all_sizes_and_feeds_one() {
    let folder = scratch();
    site(folder.path());
    built(folder.path());
    let published = snapshot(&folder.path().join("public"));
    let text = |end: &str| {
        let found = published.iter().find(|(path, _)| path.ends_with(end));
        String::from_utf8_lossy(found.unwrap_or_else(|| panic!("no {end}")).1).into_owned()
    };
    let page = text("crane/index.html");
    assert!(page.contains("<picture><source type=\"image/webp\" srcset=\"/assets/pictures/crane-240."), "{page}");
    assert!(page.contains("|(min-width: 40em) 50vw, 100vw|/assets/pictures/crane-"), "{page}");
    assert!(
        page.contains("<meta property=\"og:image\" content=\"https://example.org/assets/pictures/crane-"),
        "{page}"
    );
    assert!(
        page.contains("\"image\":[{\"@type\":\"ImageObject\",\"url\":\"https://example.org/assets/pictures/"),
        "{page}"
    );
    for url in page.split(['"', ' ', '|', ',', '<']).filter(|word| word.starts_with("/assets/pictures/")) {
        assert!(published.contains_key(Path::new(url.trim_start_matches('/'))), "{url} is not published");
    }
    let feed = text("rss.xml");
    assert!(
        feed.contains("/assets/pictures/crane-") && !feed.contains("srcset") && !feed.contains("&lt;picture"),
        "{feed}"
    );
}

#[test]
fn a_variant_is_encoded_once() {
    let folder = scratch();
    let root = folder.path();
    site(root);
    let first = built(root);
    let inodes = |folder: &str| -> Vec<u64> {
        let all = variants(&root.join(folder));
        let mut inodes: Vec<u64> =
            all.keys().map(|path| fs::metadata(root.join(folder).join(path)).unwrap().ino()).collect();
        inodes.sort_unstable();
        inodes
    };
    let made = inodes(".");
    assert_eq!(inodes("public"), made, "a published variant is another name of the kept one");
    let again = run(root, &Call::default()).summary.unwrap();
    assert_eq!((again.rendered, again.written), (0, 0));
    // A fresh clone with nothing but the kept variants.
    fs::remove_dir_all(root.join("public")).unwrap();
    fs::remove_file(root.join(".presswork/ledger")).unwrap();
    assert!(built(root) == first);
    assert_eq!(inodes("."), made);
    // Some are lost: those that are made again have the same bytes.
    for path in variants(root).keys().step_by(2) {
        fs::remove_file(root.join(path)).unwrap();
    }
    fs::remove_dir_all(root.join("public")).unwrap();
    assert!(built(root) == first);
}

#[test]
fn another_picture_under_the_same_name_has_other_variants() {
    let folder = scratch();
    let root = folder.path();
    site(root);
    let first = built(root);
    write(root, "content/news/crane/crane.jpg", jpeg(1, true));
    let second = built(root);
    assert!(second.keys().all(|path| !first.contains_key(path)));
    let clean = scratch();
    site(clean.path());
    write(clean.path(), "content/news/crane/crane.jpg", jpeg(1, true));
    assert!(built(clean.path()) == second);
    assert_eq!(snapshot(&clean.path().join("public")), snapshot(&root.join("public")));
    // Without pictures, nothing is left of them.
    write(root, "content/news/crane/index.md", "---\ntitle: Crane\ndate: 2026-11-20\n---\nWords.\n");
    assert!(built(root).is_empty());
}

#[test]
fn the_picture_of_an_embargoed_story_has_no_variants() {
    let folder = scratch();
    let root = folder.path();
    site(root);
    write(root, "content/news/crane/index.md", story("embargo: 2026-11-22T12:00:01Z\n", "crane.jpg"));
    assert!(built(root).is_empty());
    assert!(variants(root).is_empty());
    write(root, "content/news/crane/index.md", story("draft: true\n", "crane.jpg"));
    assert!(built(root).is_empty());
}

#[test]
fn a_picture_that_cannot_be_decoded_stops_the_build() {
    let folder = scratch();
    let root = folder.path();
    site(root);
    let mut broken = photo();
    // The tables that decoding needs.
    for marker in memchr::memmem::find_iter(&photo(), &[0xff, 0xc4]) {
        broken[marker + 4..marker + 20].fill(0xff);
    }
    write(root, "content/news/crane/crane.jpg", broken);
    let built = run(root, &Call::default());
    assert_eq!(built.code, 1);
    let [report] = &*built.diagnostics else { panic!("{built:#?}") };
    assert!(
        report.contains("\"code\":\"unusable-picture\"") && report.contains("content/news/crane/crane.jpg"),
        "{report}"
    );
    assert!(!root.join("public").exists());
}

/// Makes a small variant of a file, if its header can be read.
fn shrunk(bytes: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let PictureHeader { codec, size, orientation, rights, .. } = header(bytes)?;
    let size @ (width, height) = size.filter(|&(width, height)| width.max(height) < 2_000)?;
    let original = Original { bytes, codec, size, orientation, rights: &rights };
    let crop = Crop { area: CropArea { x: 0, y: 0, width, height }, placement: Placement::Attention };
    let recipe = Recipe::new(crop, width.div_ceil(2), VariantFormat::Jpeg, None)?;
    Some(original.variants(&[recipe]).map(|mut made| made.remove(0)))
}

#[test]
fn files_of_all_kinds_are_decoded() {
    for file in [jpeg(6, true), png((60, 40), 6), webp(6)] {
        let small = shrunk(&file).unwrap().unwrap();
        let (whole, half) = (header(&file).unwrap(), header(&small).unwrap());
        assert_eq!(half.size.unwrap().0, whole.size.unwrap().0.div_ceil(2));
        assert_eq!((half.orientation, half.rights), (Orientation::UPRIGHT, whole.rights));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn damaged_files_are_decoded_or_refused(
        kind in 0..3usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        kept in 0.3..1.0f64,
    ) {
        let mut file = [jpeg(6, false), png((60, 40), 6), webp(6)][kind].clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate((file.len() as f64 * kept) as usize);
        if let Some(Ok(small)) = shrunk(&file) {
            let size = header(&small).and_then(|header| header.size);
            prop_assert!(size.is_some(), "what is made can be read");
        }
    }
}
