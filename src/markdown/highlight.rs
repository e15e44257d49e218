//! Highlights code with a few classes: those that readers distinguish, not all that a grammar does.
//!
//! Highlighting happens when the site is built, because it depends only on the code and its language;
//! readers need no script.

use std::sync::LazyLock;

use syntect::parsing::{BasicScopeStackOp, ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::escape;

/// Longer lines disable highlighting, because grammars may scan a line again for each of its letters.
const MAX_LINE: usize = 500;

/// The grammars, loaded when first needed.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Language names that writers use, each with the grammar name or file extension of the closest grammar.
const ALIASES: &[(&str, &str)] = &[
    ("cjs", "js"),
    ("csharp", "cs"),
    ("golang", "go"),
    ("jsonc", "json"),
    ("jsx", "js"),
    ("latex", "tex"),
    ("mjs", "js"),
    ("node", "js"),
    ("objc", "m"),
    ("py3", "py"),
    ("python3", "py"),
    ("shell", "bash"),
    ("svg", "xml"),
    ("ts", "js"),
    ("tsx", "js"),
    ("typescript", "js"),
];

/// Classes by scope. A scope gets the class of the longest entry that it begins with; `""` means no
/// class.
const CLASSES: &[(&str, &str)] = &[
    ("comment", "comment"),
    ("constant", "constant"),
    ("constant.numeric", "number"),
    ("entity.name", "type"),
    ("entity.name.constant", "constant"),
    ("entity.name.function", "function"),
    ("entity.name.label", "constant"),
    ("entity.name.section", "heading"),
    ("entity.name.tag", "tag"),
    ("entity.other.attribute-name", "attribute"),
    ("entity.other.inherited-class", "type"),
    ("invalid", "invalid"),
    ("keyword", "keyword"),
    ("keyword.operator", "operator"),
    ("keyword.operator.word", "keyword"),
    ("markup.deleted", "deleted"),
    ("markup.heading", "heading"),
    ("markup.inserted", "inserted"),
    ("markup.raw", "string"),
    ("meta.diff.header", "heading"),
    ("meta.diff.range", "heading"),
    ("punctuation", "punctuation"),
    ("punctuation.definition.comment", "comment"),
    ("punctuation.definition.deleted", "deleted"),
    ("punctuation.definition.heading", "heading"),
    ("punctuation.definition.inserted", "inserted"),
    ("punctuation.definition.string", "string"),
    ("punctuation.definition.variable", "variable"),
    ("storage", "keyword"),
    ("string", "string"),
    ("support.class", "type"),
    ("support.constant", "constant"),
    ("support.function", "function"),
    ("support.type", "type"),
    ("support.type.property-name", "attribute"),
    ("variable", "variable"),
    ("variable.function", "function"),
    ("variable.language", "keyword"),
];

/// The same with parsed scopes, longest first.
static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    let mut scopes: Vec<(Scope, &str)> =
        CLASSES.iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class))).collect();
    scopes.sort_by_key(|(scope, _)| std::cmp::Reverse(scope.len()));
    scopes
});

/// Appends highlighted code. Returns false and writes nothing if the language is unknown or a line is
/// too long.
pub(super) fn push(out: &mut String, code: &str, language: &str) -> bool {
    if code.lines().any(|line| line.len() > MAX_LINE) {
        return false;
    }
    let Some(grammar) = grammar(language) else { return false };
    let start = out.len();
    if write(out, code, grammar).is_none() {
        out.truncate(start);
        return false;
    }
    true
}

fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let language = language.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(name, _)| *name == language).map(|(_, known)| *known);
    let grammar = GRAMMARS.find_syntax_by_token(alias.unwrap_or(&language))?;
    (grammar.name != "Plain Text").then_some(grammar)
}

/// Returns `None` if the grammar fails.
fn write(out: &mut String, code: &str, grammar: &SyntaxReference) -> Option<()> {
    let mut state = ParseState::new(grammar);
    let mut scopes = ScopeStack::new();
    // The class of each scope around the current position.
    let mut classes: Vec<Option<&'static str>> = Vec::new();
    let mut spans = Spans { out, open: None };
    for line in code.split_inclusive('\n') {
        let operations = state.parse_line(line, &GRAMMARS).ok()?;
        let mut done = 0;
        for (at, operation) in operations {
            spans.push(line.get(done..at)?, class(&classes));
            done = at;
            let changed = scopes.apply_with_hook(&operation, |change, _| match change {
                BasicScopeStackOp::Push(scope) => classes.push(class_of(scope)),
                BasicScopeStackOp::Pop => drop(classes.pop()),
            });
            changed.ok()?;
        }
        spans.push(line.get(done..)?, class(&classes));
    }
    spans.close();
    Some(())
}

fn class_of(scope: Scope) -> Option<&'static str> {
    SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, class)| *class)
}

/// The class of the innermost scope that has one.
fn class(classes: &[Option<&'static str>]) -> Option<&'static str> {
    classes.iter().rev().find_map(|class| *class)
}

/// Writes pieces of code; adjacent pieces of one class share a span.
struct Spans<'o> {
    out: &'o mut String,
    open: Option<&'static str>,
}

impl Spans<'_> {
    fn push(&mut self, text: &str, class: Option<&'static str>) {
        if text.is_empty() {
            return;
        }
        // White space has no colour.
        if class != self.open && !text.trim().is_empty() {
            self.close();
            if let Some(class) = class {
                self.out.push_str("<span class=\"hl-");
                self.out.push_str(class);
                self.out.push_str("\">");
                self.open = Some(class);
            }
        }
        escape::text(self.out, text);
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str("</span>");
        }
    }
}
