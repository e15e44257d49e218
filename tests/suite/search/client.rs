//! The script of the search page against the program: terms and stems. Needs Node; without it, prints `skipped: no Node`,
//! or fails if `PRESSWORK_REQUIRE_CHECKER=1`.
#![allow(clippy::disallowed_methods, reason = "whether a test may be left out comes from the environment")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use presswork::search::{script, script_name, stem, term_key, terms, with_rules};
use serde_json::{Value, json};

use super::TEXTS;
use crate::support::Random;

const SOURCE: &str = include_str!("../../../src/search/client.js");

/// Runs the script's functions on a text of JSON, and returns what they give; `None` without Node.
fn node(code: &str, input: &Value) -> Option<Value> {
    let script = format!(
        "globalThis.document = {{querySelector: () => null}};\n{}\n\
         const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n\
         process.stdout.write(JSON.stringify({code}));",
        with_rules(SOURCE)
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("client.cjs");
    std::fs::write(&file, script).unwrap();
    let started = Command::new("node").arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut process) = started else {
        let is_required = std::env::var_os("PRESSWORK_REQUIRE_CHECKER").is_some_and(|value| value == "1");
        assert!(!is_required, "no Node, with PRESSWORK_REQUIRE_CHECKER=1");
        eprintln!("skipped: no Node");
        return None;
    };
    process.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "the script runs");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Texts in all scripts, and random ones of characters that are hard to fold.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = TEXTS.iter().map(|(_, text)| (*text).to_owned()).collect();
    texts.extend(
        [
            "İstanbul ΟΔΟΣ ﬁn ½ １２ ㎏ ① Å e\u{301} 가각 ｶﾞ が か\u{3099}",
            "a\u{200b}b co\u{ad}op ا\u{640}لـ x\u{338}<\u{338}y",
        ]
        .map(str::to_owned),
    );
    let random = &mut Random::new(24);
    let ranges = [
        (0x20, 0x250),
        (0x300, 0x370),
        (0x370, 0x530),
        (0x590, 0x700),
        (0x900, 0xe00),
        (0xe00, 0x1100),
        (0x1100, 0x1200),
        (0x1780, 0x1800),
        (0x1e00, 0x2070),
        (0x2070, 0x2200),
        (0x3000, 0x3100),
        (0x4e00, 0x4e80),
        (0xac00, 0xac80),
        (0xf900, 0xfb80),
        (0xff00, 0xfff0),
        (0x20000, 0x20040),
    ];
    for _ in 0..4_000 {
        let one = random.pick(&ranges);
        let other = random.pick(&ranges);
        let text = (0..12).filter_map(|_| {
            let (from, to) = if random.chance(50) { one } else { other };
            char::from_u32(random.between(*from, *to - 1) as u32)
        });
        texts.push(text.collect());
    }
    texts
}

fn terms_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    terms(text, &mut |term| found.push(term.to_owned()));
    found
}

#[test]
fn the_script_and_the_program_read_the_same_words() {
    // Node may know fewer characters than the program, as older browsers do.
    let code = "input.map((text) => text.replace(/\\p{Cn}/gu, '')).map((text) => [text, terms(text)])";
    let Some(theirs) = node(code, &json!(texts())) else { return };
    let mut count = 0;
    for pair in theirs.as_array().unwrap() {
        let (text, theirs) = (pair[0].as_str().unwrap(), &pair[1]);
        let ours = terms_of(text);
        count += ours.len();
        assert_eq!(json!(ours), *theirs, "{text:?} ({})", text.escape_unicode());
    }
    assert!(count > 10_000, "{count}");
}

#[test]
fn the_script_and_the_program_have_the_same_stems_and_buckets() {
    let mut words: Vec<String> = TEXTS.iter().flat_map(|(_, text)| terms_of(text)).collect();
    words.extend(["planned", "ss", "الحكومه", "والمدرسات", "libraries", "journaux"].map(str::to_owned));
    let languages = ["en", "de", "fr", "es", "pt-BR", "ru", "ar", "ja"];
    let input = json!({ "words": words, "languages": languages });
    let code = "input.words.map((word) => [key(word), ...input.languages.map((language) => stem(word, language))])";
    let Some(theirs) = node(code, &input) else { return };
    for (word, theirs) in words.iter().zip(theirs.as_array().unwrap()) {
        let mut ours = vec![term_key(word).to_owned()];
        ours.extend(languages.map(|language| stem(word, language)));
        assert_eq!(json!(ours), *theirs, "{word}");
    }
}

#[test]
fn the_script_is_small_and_asks_no_policy_for_more() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(script().as_bytes()).unwrap();
    let size = encoder.finish().unwrap().len();
    assert!(size <= 6_000, "{size} bytes");
    for forbidden in ["eval(", "new Function", "innerHTML", "RULES", "FORMAT", ".style"] {
        assert!(!script().contains(forbidden), "{forbidden}");
    }
    assert!(script_name().starts_with("search-"));
}

/// Needs terser, which `tests/proof/install.sh` installs.
#[test]
fn the_published_script_is_that_of_its_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join("target/proof/node_modules/terser").exists() {
        let is_required = std::env::var_os("PRESSWORK_REQUIRE_CHECKER").is_some_and(|value| value == "1");
        assert!(!is_required, "no terser, with PRESSWORK_REQUIRE_CHECKER=1: run tests/proof/install.sh");
        eprintln!("skipped: no terser");
        return;
    }
    let output = Command::new(root.join("tests/proof/minify.sh")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let minified = String::from_utf8(output.stdout).unwrap();
    assert_eq!(with_rules(&minified), script(), "run tests/proof/minify.sh > src/search/client.min.js");
}
