//! The script of the search page, with the rules for words in it.

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::index::FORMAT;
use super::rules::JSON;

/// `client.js` as `tests/proof/minify.sh` writes it.
const MINIFIED: &str = include_str!("client.min.js");

static SCRIPT: LazyLock<String> = LazyLock::new(|| with_rules(MINIFIED));

/// A version of the script with the rules for words and the version of the format in their places.
pub fn with_rules(source: &str) -> String {
    let rules: serde_json::Value = serde_json::from_str(JSON).unwrap_or_default();
    source.replace("RULES", &rules.to_string()).replace("FORMAT", &FORMAT.to_string())
}

/// The script.
pub fn script() -> &'static str {
    &SCRIPT
}

/// The name of its file, which changes with its bytes.
pub fn script_name() -> String {
    format!("search-{:016x}.js", xxh3_64(SCRIPT.as_bytes()))
}
