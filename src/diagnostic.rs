//! Diagnostics: one type for every error and warning that content, configuration or a theme can cause.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::unicode::with_invisible_named;

pub use crate::similar_names::{did_you_mean, nearest};

/// The effect of a diagnostic on the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The build stops; nothing is published.
    Error,
    /// The build continues; somebody should look.
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

            /// The severity, which decides whether the build stops.
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
    /// A folder stands beside `content/` instead of in it.
    MisplacedFolder = "misplaced-folder", Warning;
    /// A file name that is not a valid route.
    BadFileName = "bad-file-name", Error;
    /// A file changed while the site was being built.
    ChangedWhileBuilding = "changed-while-building", Error;
    /// A content file does not begin with front matter.
    MissingFrontMatter = "missing-front-matter", Error;
    /// The front matter's closing `---` line is missing.
    UnclosedFrontMatter = "unclosed-front-matter", Error;
    /// The front matter is not valid YAML.
    InvalidYaml = "invalid-yaml", Error;
    /// An unknown key in front matter or configuration.
    UnknownKey = "unknown-key", Error;
    /// A key is given twice.
    DuplicateKey = "duplicate-key", Error;
    /// A required key is missing.
    MissingKey = "missing-key", Error;
    /// A value of the wrong type or form.
    InvalidValue = "invalid-value", Error;
    /// A date that does not exist or is not written in a known form.
    InvalidDate = "invalid-date", Error;
    /// A local time that a clock change skips or repeats.
    AmbiguousDate = "ambiguous-date", Error;
    /// `updated` is before `date`.
    UpdatedBeforeDate = "updated-before-date", Warning;
    /// A `#` after a space cuts a value off.
    ValueCutOff = "value-cut-off", Warning;
    /// `expires` is before the story is published.
    NeverPublic = "never-public", Warning;
    /// A headline that search engines truncate.
    LongHeadline = "long-headline", Warning;
    /// A lead picture without alternative text.
    MissingAlt = "missing-alt", Warning;
    /// A lead picture that credits nobody.
    MissingCredit = "missing-credit", Warning;
    /// A published picture that ends early or cannot be shown.
    DamagedPicture = "damaged-picture", Warning;
    /// A picture with too many pixels to make smaller ones of it.
    PictureTooLarge = "picture-too-large", Warning;
    /// A picture that most browsers do not show, or show wrongly.
    UnsuitedPicture = "unsuited-picture", Error;
    /// A picture that cannot be decoded.
    UnusablePicture = "unusable-picture", Error;
    /// An article names an author that has no file.
    UnknownAuthor = "unknown-author", Error;
    /// An article without an author.
    NoAuthor = "no-author", Warning;
    /// An article names a taxonomy that the configuration does not declare.
    UnknownTaxonomy = "unknown-taxonomy", Error;
    /// A tag or other term that looks like a list.
    CommaInTerm = "comma-in-term", Warning;
    /// `terms` in `site.yaml` names a term that no story has.
    UnusedTerm = "unused-term", Warning;
    /// Two articles claim the same part of a series.
    DuplicatePart = "duplicate-part", Error;
    /// A file of comments on a story that does not exist.
    OrphanComments = "orphan-comments", Warning;
    /// Two comments with one id, or two files of comments on one story.
    DuplicateComment = "duplicate-comment", Error;
    /// A reply to a comment that does not exist, or to itself.
    UnknownComment = "unknown-comment", Error;
    /// More or longer comments than the site accepts.
    CommentLimit = "comment-limit", Error;
    /// Two articles have the same id in feeds.
    DuplicateId = "duplicate-id", Error;
    /// A file in a language in which the site has no edition.
    UnknownEdition = "unknown-edition", Error;
    /// A translation of nothing, of another translation, or a second one in its language.
    BadTranslation = "bad-translation", Error;
    /// A translation whose original was updated later.
    StaleTranslation = "stale-translation", Warning;
    /// A translation that lacks a correction of its original.
    UncorrectedTranslation = "uncorrected-translation", Warning;
    /// A translation that stands although its original was retracted.
    UnretractedTranslation = "unretracted-translation", Error;
    /// An article that is not in a section.
    NoSection = "no-section", Error;
    /// A slug with characters that are not allowed in a URL, or one that leaves its folder.
    BadSlug = "bad-slug", Error;
    /// A name from which no slug can be made.
    EmptySlug = "empty-slug", Error;
    /// An alias that is not a path on this site.
    BadAlias = "bad-alias", Error;
    /// An entry of `redirects.yaml` that is not valid.
    BadRedirect = "bad-redirect", Error;
    /// An old path that redirects to another old path.
    RedirectChain = "redirect-chain", Error;
    /// More rules than a host accepts.
    HostLimit = "host-limit", Warning;
    /// `security.txt` has expired or is about to.
    SecurityExpires = "security-expires", Warning;
    /// An article's URL changed, and the old one does not redirect.
    MovedUrl = "moved-url", Warning;
    /// The source of a published story is gone, and its URL leads nowhere.
    DeletedStory = "deleted-story", Warning;
    /// A build would take published stories off the site, and nobody has said that this is meant.
    StoriesRemoved = "stories-removed", Error;
    /// Withdrawals, retractions or corrections that readers have seen would disappear.
    NoticesRemoved = "notices-removed", Error;
    /// Another time zone would publish stories before their time.
    EarlyPublication = "early-publication", Error;
    /// A published story changed without a note to readers.
    SilentEdit = "silent-edit", Warning;
    /// A pattern in `publish:` that matches no file.
    UnmatchedPublish = "unmatched-publish", Warning;
    /// An entry of `known-errors.yaml` whose error is no longer found.
    StaleKnownError = "stale-known-error", Warning;
    /// Files that the last build published are no longer published, because nothing refers to them.
    NoLongerPublished = "no-longer-published", Warning;
    /// Two outputs would be written to one file.
    RouteCollision = "route-collision", Error;
    /// A front page block picks an article that does not exist.
    UnknownPick = "unknown-pick", Error;
    /// A link to a source, file or page that does not exist.
    BrokenLink = "broken-link", Error;
    /// A link that cannot be checked and is published as written.
    UncheckedLink = "unchecked-link", Warning;
    /// A link to an article that is not public.
    UnpublishedLink = "unpublished-link", Error;
    /// A link to content that is no longer public.
    LinkToGone = "link-to-gone", Warning;
    /// An id that two elements of a page share.
    TakenId = "taken-id", Warning;
    /// A link to a fragment that the page does not have.
    UnknownFragment = "unknown-fragment", Warning;
    /// A URL whose scheme could run code.
    UnsafeUrl = "unsafe-url", Error;
    /// A URL that is too long for a sitemap.
    LongUrl = "long-url", Warning;
    /// Markup that was removed from raw HTML.
    HtmlRemoved = "html-removed", Warning;
    /// A shortened URL stands where the full one would become an embed.
    ShortenedUrl = "shortened-url", Warning;
    /// A URL of a known service stands where others become embeds, and becomes none.
    NotEmbedded = "not-embedded", Warning;
    /// A comment that does not end where the writer intended.
    UnclosedComment = "unclosed-comment", Warning;
    /// A reference to a footnote that does not exist.
    UnknownFootnote = "unknown-footnote", Warning;
    /// The text that `presswork new` writes, in anything but a draft.
    PlaceholderText = "placeholder-text", Error;
    /// A control character in the body.
    ControlCharacter = "control-character", Warning;
    /// Text that was probably meant as Markdown: a link, a heading, bold words.
    LeftoverMarkup = "leftover-markup", Warning;
    /// A footnote that nothing refers to.
    UnusedFootnote = "unused-footnote", Warning;
    /// An embed that neither Presswork nor the theme has.
    UnknownEmbed = "unknown-embed", Error;
    /// An embed call with invalid syntax.
    EmbedSyntax = "embed-syntax", Error;
    /// A paired embed without its end tag, or an end tag without its start.
    UnclosedEmbed = "unclosed-embed", Error;
    /// Invalid arguments of an embed.
    EmbedArguments = "embed-arguments", Error;
    /// An invalid data file for an embed.
    BadData = "bad-data", Error;
    /// The theme or its `theme.yaml` is missing or not valid.
    BadTheme = "bad-theme", Error;
    /// A chosen colour has too little contrast with its background.
    LowContrast = "low-contrast", Warning;
    /// A template that cannot be parsed or is missing.
    BadTemplate = "bad-template", Error;
    /// HTML that a template prints as text.
    EscapedHtml = "escaped-html", Warning;
    /// A template, component or folder of a theme that nothing reads.
    UnusedTemplate = "unused-template", Warning;
    /// A template failed while a page was rendered.
    TemplateFailed = "template-failed", Error;
    /// A rendered page is larger than 64 MiB.
    PageTooLarge = "page-too-large", Error;
    /// A style sheet that cannot be parsed.
    BadStylesheet = "bad-stylesheet", Error;
    /// A file in the output folder that Presswork did not write is in the way.
    ForeignFile = "foreign-file", Error;
    /// A published file that differs from the sources; only `--verify` looks.
    OutputDiffers = "output-differs", Warning;
    /// A published file reveals a story that is not public; only `presswork check --embargo` looks.
    EmbargoLeak = "embargo-leak", Error;
}

/// The longest message, in characters: a five-megabyte slug need not be repeated in full.
const MAX_MESSAGE: usize = 600;

/// Shortens a message and names its invisible characters.
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

/// Another place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct RelatedPlace {
    /// A description of the place.
    pub message: String,
    /// The file, relative to the project's folder.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// As [`Diagnostic::key_value`].
    pub key_value: Option<(String, String)>,
}

/// An error or warning with the place where it can be fixed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The code.
    pub code: Code,
    /// One sentence without a full stop.
    pub message: String,
    /// The file, relative to the project's folder.
    pub path: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The number of characters to mark.
    pub length: Option<usize>,
    /// A suggestion to fix it.
    pub hint: Option<String>,
    /// Other places that belong to the diagnostic.
    pub related: Vec<RelatedPlace>,
    /// A front-matter key and a value in it, for errors found when the text is no longer at hand; the report looks up
    /// their place.
    pub key_value: Option<(String, String)>,
}

impl Diagnostic {
    /// Creates a diagnostic for a whole file, with the code's severity.
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
            key_value: None,
        }
    }

    /// Sets the key and value to look up as the place, for stages that no longer have the text.
    #[must_use]
    pub fn in_key(mut self, key: impl Into<String>, value: impl Into<String>) -> Diagnostic {
        self.key_value = Some((key.into(), value.into()));
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

    /// Sets the place, if it is known.
    #[must_use]
    pub fn at_maybe(self, span: Option<Span>) -> Diagnostic {
        match span {
            Some(span) => self.at(span),
            None => self,
        }
    }

    /// Sets the hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(shortened(hint.into()));
        self
    }

    /// Sets the hint, if there is one.
    #[must_use]
    pub fn hint_maybe(mut self, hint: Option<String>) -> Diagnostic {
        self.hint = hint.map(shortened);
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, path: impl Into<String>) -> Diagnostic {
        let (line, column, key_value) = (None, None, None);
        self.related.push(RelatedPlace {
            message: shortened(message.into()),
            path: path.into(),
            line,
            column,
            key_value,
        });
        self
    }

    /// Sets the key and value to look up as the place that was added last.
    #[must_use]
    pub fn related_in_key(mut self, key: impl Into<String>, value: impl Into<String>) -> Diagnostic {
        if let Some(related) = self.related.last_mut() {
            related.key_value = Some((key.into(), value.into()));
        }
        self
    }

    /// The order of reports: by file, then by place.
    pub fn order(&self) -> impl Ord + '_ {
        (&self.path, self.line, self.column, self.severity, self.code, &self.message)
    }
}

/// A place in a text file: line and column (in characters) from 1, length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length in characters; 0 if only the position is known.
    pub length: usize,
}

impl Span {
    /// The span of bytes `start..end` of `text`.
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

    /// The same span in a file in which the text begins on line `first_line` (from 1).
    #[must_use]
    pub fn below(self, first_line: usize) -> Span {
        Span { line: self.line + first_line - 1, ..self }
    }
}

/// A value and the diagnostics found while making it.
#[derive(Debug, Clone)]
pub struct Reported<T> {
    /// The result, without invalid parts.
    pub value: T,
    /// The diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Reported<T> {
    /// A value without diagnostics.
    pub fn clean(value: T) -> Reported<T> {
        Reported { value, diagnostics: Vec::new() }
    }

    /// Moves the diagnostics to `into` and returns the value.
    pub fn take(self, into: &mut Vec<Diagnostic>) -> T {
        into.extend(self.diagnostics);
        self.value
    }
}

impl<T> Reported<Option<T>> {
    /// True if there is no value, or one with errors.
    pub fn is_faulty(&self) -> bool {
        self.value.is_none() || has_errors(&self.diagnostics)
    }
}

/// True if any of the diagnostics stops the build.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

#[derive(Serialize)]
struct JsonLine<'a> {
    severity: Severity,
    code: &'static str,
    message: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<&'a str>,
}

/// Formats a diagnostic as one line of JSON.
pub fn to_json(diagnostic: &Diagnostic) -> String {
    let line = JsonLine {
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
