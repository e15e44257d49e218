//! `known-errors.yaml`: errors of old texts that don't stop a build.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::yaml;

/// The file's name in the project's folder.
pub const KNOWN_ERRORS_FILE: &str = "known-errors.yaml";

/// Errors after which the rest of a page can still be published: a link becomes plain text, a picture or embed is left
/// out, or a picture is there that some readers cannot see.
const MAY_BE_KNOWN: &[Code] = &[
    Code::BrokenLink,
    Code::UnpublishedLink,
    Code::UnsafeUrl,
    Code::UnknownEmbed,
    Code::EmbedSyntax,
    Code::UnclosedEmbed,
    Code::EmbedArguments,
    Code::BadData,
    Code::UnsuitedPicture,
];

/// The messages of known errors, by file and code.
type Entries = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The codes of errors that a project may know, for messages.
pub(super) fn names_of_known() -> String {
    let names: Vec<&str> = MAY_BE_KNOWN.iter().map(|known| known.as_str()).collect();
    names.join(", ")
}

/// The errors that a project knows about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownErrors {
    entries: Entries,
}

/// True if a project may know errors of this kind.
pub fn may_be_known(code: Code) -> bool {
    MAY_BE_KNOWN.contains(&code)
}

/// Parses `known-errors.yaml`: files, and below each the codes with the messages of their errors.
pub fn parse_known_errors(text: &str) -> Reported<KnownErrors> {
    let parsed = yaml::parse_all::<Entries>(text.trim_start_matches('\u{feff}'));
    let errors = parsed.errors.into_iter();
    let mut diagnostics: Vec<Diagnostic> = errors.map(|error| error.diagnose(KNOWN_ERRORS_FILE, 1)).collect();
    let mut entries = parsed.value.unwrap_or_default();
    for (file, codes) in &mut entries {
        codes.retain(|code, _| {
            let is_valid = MAY_BE_KNOWN.iter().any(|known| known.as_str() == code);
            if !is_valid {
                let message = format!("`{}` cannot be a known error", code.escape_debug());
                let diagnostic = Diagnostic::new(Code::InvalidValue, KNOWN_ERRORS_FILE, message);
                diagnostics.push(diagnostic.in_key(file, code).hint(format!("these can: {}", names_of_known())));
            }
            is_valid
        });
    }
    Reported { value: KnownErrors { entries }, diagnostics }
}

/// The text of `known-errors.yaml` for these errors, and the number of its entries. Errors that can't be known are left
/// out.
pub fn known_errors_file<'d>(errors: impl Iterator<Item = &'d Diagnostic>) -> (String, usize) {
    with_entries(Entries::new(), errors)
}

/// The same with the entries of an earlier text, whose comments are not kept.
pub fn with_known_errors<'d>(text: &str, errors: impl Iterator<Item = &'d Diagnostic>) -> (String, usize) {
    with_entries(parse_known_errors(text).value.entries, errors)
}

fn with_entries<'d>(mut entries: Entries, errors: impl Iterator<Item = &'d Diagnostic>) -> (String, usize) {
    for error in errors.filter(|error| may_be_known(error.code)) {
        let codes = entries.entry(error.path.clone()).or_default();
        codes.entry(error.code.as_str().to_owned()).or_default().insert(error.message.clone());
    }
    let count = entries.values().flat_map(BTreeMap::values).map(BTreeSet::len).sum();
    let mut text = String::from(HEADING);
    for (file, codes) in &entries {
        text.push_str(&format!("{}:\n", yaml::scalar(file)));
        for (code, messages) in codes {
            text.push_str(&format!("  {code}:\n"));
            for message in messages {
                text.push_str(&format!("    - {}\n", yaml::flow_text(message)));
            }
        }
    }
    (text, count)
}

/// The comment at the top of a new file.
const HEADING: &str = "\
# Errors of old texts that don't stop a build: by file and code. Links at these places are published as plain text,
# pictures and embeds are left out, but not their captions. Remove an entry when the text is corrected; a build names
# those that are left over.
";

impl KnownErrors {
    /// Takes known errors out of a list of diagnostics, and notes them as found.
    pub fn settle(&self, diagnostics: &mut Vec<Diagnostic>, found: &FoundErrors) {
        if !self.entries.is_empty() {
            diagnostics.retain(|diagnostic| !self.has(diagnostic, found));
        }
    }

    fn has(&self, diagnostic: &Diagnostic, found: &FoundErrors) -> bool {
        if !may_be_known(diagnostic.code) {
            return false;
        }
        let codes = self.entries.get(diagnostic.path.as_str());
        let messages = codes.and_then(|codes| codes.get(diagnostic.code.as_str()));
        let Some(message) = messages.and_then(|messages| messages.get(&diagnostic.message)) else { return false };
        let code = diagnostic.code.as_str();
        found.known.borrow_mut().insert((diagnostic.path.clone(), code, message.clone()));
        true
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.values().flat_map(BTreeMap::values).map(BTreeSet::len).sum()
    }

    /// True if no error is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Warnings for entries whose error is no longer found: one for each file.
    pub fn stale(&self, found: &FoundErrors) -> Vec<Diagnostic> {
        let found = found.known.borrow();
        let mut stale = Vec::new();
        for (file, codes) in &self.entries {
            let entries = codes.iter().flat_map(|(code, messages)| messages.iter().map(move |message| (code, message)));
            let left: Vec<(&String, &String)> = entries
                .filter(|(code, message)| {
                    let code = MAY_BE_KNOWN.iter().find(|known| known.as_str() == **code);
                    !code.is_some_and(|code| found.contains(&(file.clone(), code.as_str(), (*message).clone())))
                })
                .collect();
            let Some((code, message)) = left.first() else { continue };
            let more = match left.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let text = format!("`{}` no longer has the known error {code}: {message}{more}", file.escape_debug());
            let diagnostic = Diagnostic::new(Code::StaleKnownError, KNOWN_ERRORS_FILE, text);
            stale.push(
                diagnostic
                    .in_key(file, *message)
                    .hint("remove the entry, so that the error stops a build if it returns"),
            );
        }
        stale
    }
}

/// The errors that a build has found and that don't stop it.
#[derive(Debug, Default)]
pub struct FoundErrors {
    /// Those of `known-errors.yaml`: file, code and message.
    known: RefCell<BTreeSet<(String, &'static str, String)>>,
    /// The numbers of those that `tolerate` names, by code.
    tolerated: RefCell<BTreeMap<Code, usize>>,
}

impl FoundErrors {
    /// The number of those in `known-errors.yaml`.
    pub fn known(&self) -> usize {
        self.known.borrow().len()
    }

    /// The numbers of those that `tolerate` names, by code.
    pub fn tolerated(&self) -> Vec<(Code, usize)> {
        self.tolerated.borrow().iter().map(|(&code, &count)| (code, count)).collect()
    }

    /// Counts one that `tolerate` names.
    pub(super) fn tolerate(&self, code: Code) {
        *self.tolerated.borrow_mut().entry(code).or_default() += 1;
    }
}
