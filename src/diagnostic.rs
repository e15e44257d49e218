//! What an editor is told: one type for everything that content, configuration or theme can cause.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::unicode::with_invisible_named;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The site cannot be published like this.
    Error,
    /// It can, but somebody should look.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $severity:ident;)+) => {
        /// The stable, kebab-case name of a kind of diagnostic; each is documented in `docs/DIAGNOSTICS.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The name that people see and search for.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// Whether this stops the build.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// `site.yaml` is missing or not valid.
    BadConfig = "bad-config", Error;
    /// A file cannot be read.
    UnreadableFile = "unreadable-file", Error;
    /// A text file is not valid UTF-8.
    InvalidUtf8 = "invalid-utf8", Error;
    /// A text file holds a NUL character.
    NulCharacter = "nul-character", Error;
    /// A symbolic link is not followed.
    SymlinkIgnored = "symlink-ignored", Warning;
    /// A file name that is no valid route.
    BadFileName = "bad-file-name", Error;
    /// A file changed while the site was being built.
    ChangedWhileBuilding = "changed-while-building", Error;
    /// A content file does not begin with front matter.
    MissingFrontMatter = "missing-front-matter", Error;
    /// The front matter's closing `---` line is missing.
    UnclosedFrontMatter = "unclosed-front-matter", Error;
    /// The front matter is no valid YAML.
    InvalidYaml = "invalid-yaml", Error;
    /// A key that front matter or configuration does not know.
    UnknownKey = "unknown-key", Error;
    /// A key is given twice.
    DuplicateKey = "duplicate-key", Error;
    /// A required key is missing.
    MissingKey = "missing-key", Error;
    /// A value of the wrong type or form.
    InvalidValue = "invalid-value", Error;
    /// A date that does not exist or is not written in a known form.
    InvalidDate = "invalid-date", Error;
    /// A local time that daylight saving skips or repeats.
    AmbiguousDate = "ambiguous-date", Error;
    /// `updated` lies before `date`.
    UpdatedBeforeDate = "updated-before-date", Warning;
    /// A `#` after a space cuts a value off.
    ValueCutOff = "value-cut-off", Warning;
    /// `expires` lies before the story's time comes.
    NeverPublic = "never-public", Warning;
    /// A headline that search engines cut.
    LongHeadline = "long-headline", Warning;
    /// An article names an author that has no file.
    UnknownAuthor = "unknown-author", Error;
    /// An article without an author.
    NoAuthor = "no-author", Warning;
    /// An article names a taxonomy that the configuration does not declare.
    UnknownTaxonomy = "unknown-taxonomy", Error;
    /// A tag or other term that looks like a list of several.
    CommaInTerm = "comma-in-term", Warning;
    /// `terms` in `site.yaml` names a term that no story has.
    UnusedTerm = "unused-term", Warning;
    /// Two articles claim the same part of a series.
    DuplicatePart = "duplicate-part", Error;
    /// Two articles have one id in feeds.
    DuplicateId = "duplicate-id", Error;
    /// An article outside every section.
    NoSection = "no-section", Error;
    /// A slug with characters that cannot stand in a URL, or one that leaves its folder.
    BadSlug = "bad-slug", Error;
    /// Nothing is left of a name when it is made a slug.
    EmptySlug = "empty-slug", Error;
    /// An alias that is no path on this site.
    BadAlias = "bad-alias", Error;
    /// An entry of `redirects.yaml` that cannot be.
    BadRedirect = "bad-redirect", Error;
    /// An old path that leads to another old path.
    RedirectChain = "redirect-chain", Error;
    /// More rules than a host takes.
    HostLimit = "host-limit", Warning;
    /// `security.txt` has expired or is about to.
    SecurityExpires = "security-expires", Warning;
    /// An article's address is another than it was, and nothing is at the old one.
    MovedUrl = "moved-url", Warning;
    /// A published text was changed, and nothing tells readers.
    SilentEdit = "silent-edit", Warning;
    /// A pattern of `publish:` that names no file.
    UnmatchedPublish = "unmatched-publish", Warning;
    /// Files that the last build published are left out now, because nothing refers to them.
    NoLongerPublished = "no-longer-published", Warning;
    /// Two outputs would be written to one file.
    RouteCollision = "route-collision", Error;
    /// A front page block picks an article that does not exist.
    UnknownPick = "unknown-pick", Error;
    /// A link to a source, file or page that does not exist.
    BrokenLink = "broken-link", Error;
    /// A link that cannot be checked and is published as it is written.
    UncheckedLink = "unchecked-link", Warning;
    /// A link to an article that is not public.
    UnpublishedLink = "unpublished-link", Error;
    /// A link to what was public and is over.
    LinkToGone = "link-to-gone", Warning;
    /// An id that two elements of a page have, or would have had.
    TakenId = "taken-id", Warning;
    /// A link to a part of a page that the page does not have.
    UnknownFragment = "unknown-fragment", Warning;
    /// A URL whose scheme could run code.
    UnsafeUrl = "unsafe-url", Error;
    /// A URL that is too long for a sitemap.
    LongUrl = "long-url", Warning;
    /// Markup that was taken out of raw HTML.
    HtmlRemoved = "html-removed", Warning;
    /// A comment that does not end where its writer thinks.
    UnclosedComment = "unclosed-comment", Warning;
    /// A reference to a footnote that the text does not have.
    UnknownFootnote = "unknown-footnote", Warning;
    /// A character in the body that no text has.
    ControlCharacter = "control-character", Warning;
    /// Text that was meant as Markdown: a link, a heading, bold words.
    LeftoverMarkup = "leftover-markup", Warning;
    /// A footnote that nothing refers to.
    UnusedFootnote = "unused-footnote", Warning;
    /// A call of an embed that the theme does not have.
    UnknownEmbed = "unknown-embed", Error;
    /// A call of an embed that is not written as it must be.
    EmbedSyntax = "embed-syntax", Error;
    /// A paired embed without its end, or an end without a beginning.
    UnclosedEmbed = "unclosed-embed", Error;
    /// An embed's arguments are not what it takes.
    EmbedArguments = "embed-arguments", Error;
    /// A data file that an embed shows is not what it must be.
    BadData = "bad-data", Error;
    /// The theme or its `theme.yaml` is missing or not valid.
    BadTheme = "bad-theme", Error;
    /// A chosen colour is hard to tell from what is behind it.
    LowContrast = "low-contrast", Warning;
    /// A template that cannot be parsed or that the theme lacks.
    BadTemplate = "bad-template", Error;
    /// A template failed while a page was rendered.
    TemplateFailed = "template-failed", Error;
    /// A rendered page is larger than 64 MiB.
    PageTooLarge = "page-too-large", Error;
    /// A style sheet that cannot be parsed.
    BadStylesheet = "bad-stylesheet", Error;
    /// A file in the output folder that Presswork did not write stands in the way.
    ForeignFile = "foreign-file", Error;
    /// A published file that was not what the sources say; only `--verify` looks.
    OutputDiffers = "output-differs", Warning;
    /// A published file tells of a story that is not public; only `presswork check --embargo` looks.
    EmbargoLeak = "embargo-leak", Error;
}

/// The longest message, in characters: a five-megabyte slug need not be repeated to be recognized.
const MAX_MESSAGE: usize = 600;

/// A message as it is kept: of bearable length, with the characters named that nobody could see.
fn shortened(message: String) -> String {
    let mut message = match with_invisible_named(&message) {
        Cow::Owned(named) => named,
        Cow::Borrowed(_) => message,
    };
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// A second place that belongs to the message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Related {
    /// What is to be seen there.
    pub message: String,
    /// The file, relative to the project's folder.
    pub path: String,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// Its column in characters, from 1.
    pub column: Option<usize>,
    /// As [`Diagnostic::needle`].
    pub needle: Option<(String, String)>,
}

/// One thing that an editor should know, with the place where it can be mended.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The kind.
    pub code: Code,
    /// One sentence, no full stop.
    pub message: String,
    /// The file, relative to the project's folder.
    pub path: String,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// How many characters are meant.
    pub length: Option<usize>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// A key of the front matter and a value in it, for faults found when the text is no longer at hand; the place
    /// is looked up when the report is made.
    pub needle: Option<(String, String)>,
}

impl Diagnostic {
    /// A diagnostic for a whole file, with the code's own severity.
    pub fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: code.severity(),
            code,
            message: shortened(message.into()),
            path: path.into(),
            line: None,
            column: None,
            length: None,
            hint: None,
            related: Vec::new(),
            needle: None,
        }
    }

    /// Says in which key, at which value, it is; for stages that no longer have the text.
    #[must_use]
    pub fn in_key(mut self, key: impl Into<String>, value: impl Into<String>) -> Diagnostic {
        self.needle = Some((key.into(), value.into()));
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Diagnostic {
        self.line = Some(span.line);
        self.column = Some(span.column);
        self.length = (span.length > 0).then_some(span.length);
        self
    }

    /// Sets the place when it is known.
    #[must_use]
    pub fn at_maybe(self, span: Option<Span>) -> Diagnostic {
        match span {
            Some(span) => self.at(span),
            None => self,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(shortened(hint.into()));
        self
    }

    /// Says what to do, when something is known.
    #[must_use]
    pub fn hint_maybe(mut self, hint: Option<String>) -> Diagnostic {
        self.hint = hint.map(shortened);
        self
    }

    /// Names another place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, path: impl Into<String>) -> Diagnostic {
        let (line, column, needle) = (None, None, None);
        self.related.push(Related { message: shortened(message.into()), path: path.into(), line, column, needle });
        self
    }

    /// Says in which key, at which value, the place is that was named last.
    #[must_use]
    pub fn related_in_key(mut self, key: impl Into<String>, value: impl Into<String>) -> Diagnostic {
        if let Some(related) = self.related.last_mut() {
            related.needle = Some((key.into(), value.into()));
        }
        self
    }

    /// The order in which people read reports: by file, then by place.
    pub fn order(&self) -> impl Ord + '_ {
        (&self.path, self.line, self.column, self.severity, self.code, &self.message)
    }
}

/// A place in a text file: line and column (in characters) from 1, length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length in characters; 0 when only the point is known.
    pub length: usize,
}

impl Span {
    /// The place of bytes `start..end` of `text`.
    pub fn of(text: &str, start: usize, end: usize) -> Span {
        let start = text.floor_char_boundary(start.min(text.len()));
        let end = text.ceil_char_boundary(end.clamp(start, text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let first_line = text[start..end].lines().next().unwrap_or("");
        Span {
            line: text[..start].bytes().filter(|&b| b == b'\n').count() + 1,
            column: text[line_start..start].trim_start_matches('\u{feff}').chars().count() + 1,
            length: first_line.chars().count(),
        }
    }

    /// The same place in a file where the text begins on line `first_line` (from 1).
    #[must_use]
    pub fn below(self, first_line: usize) -> Span {
        Span { line: self.line + first_line - 1, ..self }
    }
}

/// A value that is usable even where something is wrong, and what is wrong.
#[derive(Debug, Clone)]
pub struct Reported<T> {
    /// The result, with what was faulty left out.
    pub value: T,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Reported<T> {
    /// A value with nothing to say about it.
    pub fn clean(value: T) -> Reported<T> {
        Reported { value, diagnostics: Vec::new() }
    }

    /// Moves the diagnostics to `into` and gives the value.
    pub fn take(self, into: &mut Vec<Diagnostic>) -> T {
        into.extend(self.diagnostics);
        self.value
    }
}

/// Whether any of them stops the build.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// The candidate nearest to a mistyped word, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= limit || is_near_prefix(word, candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

fn is_near_prefix(word: &str, candidate: &str) -> bool {
    word.chars().count() >= 4 && (candidate.starts_with(word) || (candidate.len() >= 4 && word.starts_with(candidate)))
}

/// A hint naming the nearest candidate.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[derive(Serialize)]
struct Line<'a> {
    severity: Severity,
    code: &'static str,
    message: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<&'a str>,
}

/// One JSON object on one line, for machines.
pub fn to_json(diagnostic: &Diagnostic) -> String {
    let line = Line {
        severity: diagnostic.severity,
        code: diagnostic.code.as_str(),
        message: &diagnostic.message,
        path: &diagnostic.path,
        line: diagnostic.line,
        column: diagnostic.column,
        hint: diagnostic.hint.as_deref(),
    };
    serde_json::to_string(&line).unwrap_or_else(|error| format!("{{\"message\":\"{error}\"}}"))
}
