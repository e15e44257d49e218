//! Published pictures: what their files may say, and how large they are.

use std::fs;
use std::path::Path;

use presswork::picture::{Orientation, cleaned, header};
use proptest::prelude::*;

use crate::support::{Call, run, scratch, snapshot};

pub mod files;
#[cfg(feature = "pictures")]
mod crops;
#[cfg(feature = "pictures")]
mod variants;

use files::{KEPT, SECRETS, avif, chunk, gif, jpeg, many_items, place, png, webp};

const SITE: &str = "title: The Test\nbase_url: https://example.org/\ntheme: bare\n";
/// A theme that prints the lead picture.
const TEMPLATE: &str = "{% if article.image %}<img src=\"{{ article.image.url }}\" width=\"{{ article.image.width }}\" \
                        height=\"{{ article.image.height }}\" alt=\"\">{% endif %}{{ article.body | safe }}";

fn has(bytes: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(bytes, text).is_some()
}

/// Asserts that a file that anyone may get says whose picture it is, and nothing else.
fn is_fit_to_publish(name: &str, bytes: &[u8]) {
    for secret in SECRETS {
        assert!(!has(bytes, secret.as_bytes()), "{name} holds {secret}");
    }
    assert!(!has(bytes, &place()) && !has(bytes, b"GPS"), "{name} holds a place");
    for kept in KEPT {
        assert!(has(bytes, kept.as_bytes()), "{name} lacks {kept}");
    }
}

fn all() -> [(&'static str, Vec<u8>); 5] {
    [("a.jpg", jpeg(6, true)), ("a.png", png((60, 40), 6)), ("a.webp", webp(6)), ("a.gif", gif()), ("a.avif", avif())]
}

#[test]
fn published_metadata_says_whose_picture_it_is_and_nothing_else() {
    for (name, file) in all() {
        let published = cleaned(&file).unwrap();
        assert_eq!(published.damage, None, "{name}");
        is_fit_to_publish(name, &published.bytes);
        let facts = |bytes: &[u8]| header(bytes).map(|it| (it.codec, it.size, it.orientation, it.rights, it.kind));
        assert_eq!(facts(&published.bytes), facts(&file), "{name}: the published copy has the same size and rights");
        assert!(name == "a.avif" || has(&published.bytes, b"A-PROFILE"), "{name} has lost its colour profile");
        let again = cleaned(&published.bytes).unwrap();
        assert!(again.bytes == published.bytes, "{name}: a cleaned file changes when it is cleaned again");
    }
}

#[test]
fn pixels_stay_as_they_are() {
    let photo = files::photo();
    let published = cleaned(&jpeg(6, true)).unwrap().bytes.into_owned();
    // From the first table on.
    let start = memchr::memmem::find(&photo, &[0xff, 0xdb]).unwrap();
    assert!(published.ends_with(&photo[start..]));
    let avif = cleaned(&avif()).unwrap().bytes.into_owned();
    assert!(has(&avif, b"A-PICTURE"));
    // Without anything to remove, nothing changes.
    assert!(matches!(cleaned(&photo).unwrap().bytes, std::borrow::Cow::Borrowed(_)));
}

#[test]
fn all_frames_of_an_animation_stay() {
    let frames = |bytes: &[u8]| memchr::memmem::find_iter(bytes, b"\x21\xf9\x04").count();
    let animated = gif();
    let published = cleaned(&animated).unwrap().bytes.into_owned();
    assert_eq!((frames(&animated), frames(&published)), (2, 2));
    assert!(has(&published, b"NETSCAPE2.0\x03\x01\0\0\0"), "it has lost the number of repetitions");
    let end = animated.len() - b"TRAILING-FILM".len();
    assert!(published.ends_with(&animated[end - 49..end]), "its frames have changed");
}

/// Files that repeat themselves, so that a reader that compares everything with everything would need hours.
#[test]
fn metadata_that_repeats_itself_is_read_once() {
    // Names in XMP, each to be compared with all namespaces.
    let spaces: String = (0..100_000).map(|number| format!("<a xmlns:n{number}='u{number}'>")).collect();
    let names = "<b:c/>".repeat(200_000);
    let packet = format!("<x xmlns:dc='http://purl.org/dc/elements/1.1/'>{spaces}{names}");
    let xmp = chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), packet.as_bytes()].concat());
    let plain = png((60, 40), 1);
    let at = memchr::memmem::find(&plain, b"IDAT").unwrap() - 4;
    let bomb = [&plain[..at], &xmp, &plain[at..]].concat();
    assert_eq!(header(&bomb).unwrap().size, Some((60, 40)));
    // Items of AVIF that all lie in the same place, again and again.
    let repeated = many_items(20_000, 4 << 20);
    assert_eq!(cleaned(&repeated).unwrap().bytes.len(), repeated.len());
}

#[test]
fn sizes_are_those_after_turning() {
    let photo = files::photo();
    let upright = header(&photo).unwrap().size.unwrap();
    for orientation in 1..=8 {
        let turned = header(&jpeg(orientation, false)).unwrap();
        let expected = if orientation >= 5 { (upright.1, upright.0) } else { upright };
        assert_eq!(turned.size, Some(expected), "JPEG, {orientation}");
        assert_eq!(turned.orientation, Orientation::new(orientation).unwrap());
        let size = if orientation >= 5 { (40, 60) } else { (60, 40) };
        assert_eq!(header(&png((60, 40), orientation)).unwrap().size, Some(size), "PNG, {orientation}");
    }
    // Exif does not turn AVIF.
    assert_eq!(header(&avif()).unwrap().size, Some((640, 480)));
}

#[test]
fn rights_are_read_from_xmp_before_iptc_before_exif() {
    let rights = header(&jpeg(1, true)).unwrap().rights;
    assert_eq!(rights.creators, ["Hana Kurosawa", "R. & Sons"]);
    assert_eq!(rights.licensor_url.as_deref(), Some("https://harbour.example/buy"));
    let rights = header(&jpeg(1, false)).unwrap().rights;
    assert_eq!(rights.creators, ["Hana Kurosawa"]);
    assert_eq!(rights.credit.as_deref(), Some("The Harbour Agency"));
    assert_eq!(rights.copyright.as_deref(), Some("© 2026 Harbour Agency"));
}

#[test]
fn texts_for_readers_are_read_from_all_formats() {
    for (name, file) in all() {
        let texts = header(&file).unwrap().texts;
        assert_eq!(texts.alt.as_deref(), Some("A crane & a ship"), "{name}");
        assert_eq!(texts.caption.as_deref(), Some("SECRET-CAPTION of a crane"), "{name}");
        assert_eq!(texts.credit.as_deref(), Some("Hana Kurosawa, R. & Sons/The Harbour Agency"), "{name}");
        assert!(texts.is_photograph, "{name}");
    }
    let texts = header(&jpeg(1, false)).unwrap().texts;
    assert_eq!((texts.alt, texts.caption.as_deref()), (None, Some("SECRET-CAPTION of a crane")));
}

/// Creates a site whose story shows all pictures, some of them in `static/` or by other names than their formats have.
fn site(root: &Path) {
    let write = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("site.yaml", SITE.as_bytes());
    write("themes/bare/theme.yaml", b"name: bare\n");
    for template in presswork::render::REQUIRED {
        write(&format!("themes/bare/templates/{template}"), b"x");
    }
    write("themes/bare/templates/article.html", TEMPLATE.as_bytes());
    let mut story = "---\ntitle: Crane\ndate: 2026-11-20\nimage: {src: a.jpg, alt: A crane}\n---\n".to_owned();
    for (name, file) in all() {
        write(&format!("content/news/{name}"), &file);
        write(&format!("content/static/{name}"), &file);
        write(&format!("content/news/misnamed-{}.png", &name[2..]), &file);
        story.push_str(&format!("![A crane]({name})\n\n![A crane](misnamed-{}.png)\n\n", &name[2..]));
    }
    write("content/news/crane.md", story.as_bytes());
}

#[test]
fn no_published_file_tells_the_place() {
    let folder = scratch();
    site(folder.path());
    let built = run(folder.path(), &Call::default());
    assert_eq!(built.code, 0, "{built:#?}");
    let published = snapshot(&folder.path().join("public"));
    let pictures = published.iter().filter(|(path, _)| path.extension().is_some_and(|it| it != "html"));
    let pictures = pictures.filter(|(_, bytes)| presswork::picture::Codec::of(bytes).is_some());
    assert_eq!(pictures.map(|(path, bytes)| is_fit_to_publish(&path.to_string_lossy(), bytes)).count(), 15);
    assert!(published.values().all(|bytes| !has(bytes, &place())));
    let page = published.iter().find(|(path, _)| path.ends_with("crane/index.html")).unwrap().1;
    let (width, height) = header(&files::photo()).unwrap().size.unwrap();
    assert!(
        has(page, format!("width=\"{height}\" height=\"{width}\"").as_bytes()),
        "{}",
        String::from_utf8_lossy(page)
    );
}

#[test]
fn a_second_build_leaves_pictures_alone_and_a_changed_one_is_published_again() {
    let folder = scratch();
    site(folder.path());
    run(folder.path(), &Call::default());
    let again = run(folder.path(), &Call::default()).summary.unwrap();
    assert_eq!((again.rendered, again.written), (0, 0));
    fs::write(folder.path().join("content/news/a.png"), png((80, 40), 1)).unwrap();
    let changed = run(folder.path(), &Call::default());
    assert_eq!(changed.code, 0, "{changed:#?}");
    let published = fs::read(folder.path().join("public/news/a.png")).unwrap();
    is_fit_to_publish("the changed picture", &published);
    assert_eq!(header(&published).unwrap().size, Some((80, 40)));
}

proptest! {
    /// Whatever a file holds, it is read without a panic, and what is published of it stays as it is.
    #[test]
    fn no_bytes_cause_a_panic(which in 0..5usize, cut in any::<prop::sample::Index>(),
                              edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12)) {
        let (name, mut file) = all()[which].clone();
        for (at, byte) in edits {
            // Most of what can go wrong is at the beginning.
            let length = if byte % 4 == 0 { file.len() } else { file.len().min(3_000) };
            let at = at.index(length);
            file[at] = byte;
        }
        file.truncate(if cut.index(3) == 0 { cut.index(file.len()) } else { file.len() });
        header(&file);
        // In AVIF only what fits in the place of the old metadata is kept.
        if let Some(published) = cleaned(&file).filter(|_| name != "a.avif") {
            let again = cleaned(&published.bytes);
            prop_assert!(again.is_none_or(|again| again.bytes == published.bytes), "{} changes again", name);
        }
    }
}
