//! Any bytes as HTML of another system, of a comment and of an old page, as an export of WordPress or as one of Ghost: no
//! panic, and no file outside the project's folder.
//!
//! The first byte chooses among the three.
#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use presswork::import::html::{HtmlOptions, comment, convert, old_page};
use presswork::import::{ImportOptions, System, run};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else { return };
    match choice % 3 {
        0 => {
            if let Ok(html) = std::str::from_utf8(bytes) {
                let _ = convert(html, &HtmlOptions::default());
                let _ = presswork::markdown::comment_text(&comment(html));
                let _ = old_page(html);
            }
        }
        1 => import(System::WordPress, bytes),
        _ => import(System::Ghost, bytes),
    }
});

fn import(system: System, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("export");
    fs::write(&file, bytes).expect("the export can be written");
    let options = ImportOptions {
        system,
        sources: vec![file],
        into: folder.path().join("deep/site"),
        media: None,
        base_url: None,
        old_site: None,
        dry_run: false,
        check: false,
        fetch_media: false,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let _ = run(&options);
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let outside = names(folder.path());
    assert!(outside.iter().all(|name| name == "deep" || name == "export"), "{outside:?}");
    let beside = names(&folder.path().join("deep"));
    assert!(beside.iter().all(|name| name == "site"), "{beside:?}");
}
