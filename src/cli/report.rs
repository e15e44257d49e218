//! Formats diagnostics for people: the message, the place with its line and carets, and the hint.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::{Component, Path};

use anstyle::{AnsiColor, Style};

use crate::diagnostic::{Diagnostic, RelatedPlace, Severity};
use crate::source::on_disk;
use crate::source_snippet::{SnippetReader, SourceSnippet, visible};

/// Writes diagnostics in colour, each followed by an empty line. Reads the files below `root`.
///
/// # Errors
/// When writing fails.
pub fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], root: &Path) -> io::Result<()> {
    let mut sources = SourceCache { root, path: String::new(), source: None };
    for diagnostic in diagnostics {
        write_one(out, diagnostic, &mut sources)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Returns the same report in colour, which `anstream` prints or strips.
pub fn to_text(diagnostics: &[Diagnostic], root: &Path) -> String {
    let mut bytes = Vec::new();
    match write(&mut bytes, diagnostics, root) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => error.to_string(),
    }
}

/// Returns the same report without colours, for tests.
pub fn to_plain_text(diagnostics: &[Diagnostic], root: &Path) -> String {
    anstream::adapter::strip_str(&to_text(diagnostics, root)).to_string()
}

/// `2 errors, 1 warning`.
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    let parts = [(errors, "error"), (warnings, "warning")];
    let parts: Vec<String> = parts.into_iter().filter(|&(n, _)| n > 0).map(|(n, word)| count(n, word)).collect();
    if parts.is_empty() { "no errors".to_owned() } else { parts.join(", ") }
}

/// Formats a number with its noun: `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Formats a number of bytes: `812 bytes`, `4.2 kB`, `1.3 MB`.
pub fn byte_count(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes as usize, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Caches the file of the last diagnostic; reports are sorted by file, so one is enough.
struct SourceCache<'a> {
    root: &'a Path,
    path: String,
    source: Option<SnippetReader>,
}

impl SourceCache<'_> {
    fn snippet(&mut self, diagnostic: &Diagnostic) -> Option<SourceSnippet> {
        let line = diagnostic.line?;
        if self.path != diagnostic.path {
            self.path.clone_from(&diagnostic.path);
            let relative = Path::new(&diagnostic.path);
            let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
            self.source = if is_inside { SnippetReader::read(&on_disk(self.root, &self.path)) } else { None };
        }
        self.source.as_mut()?.snippet(line, diagnostic.column, diagnostic.length)
    }
}

fn write_one(out: &mut dyn Write, diagnostic: &Diagnostic, sources: &mut SourceCache<'_>) -> io::Result<()> {
    let strong = colour(diagnostic.severity);
    let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code.as_str());
    let bold = Style::new().bold();
    writeln!(out, "{strong}{severity}[{code}]{strong:#}: {bold}{}{bold:#}", visible(&diagnostic.message))?;
    let snippet = sources.snippet(diagnostic);
    let margin = snippet.as_ref().and(diagnostic.line).map_or(1, |line| line.to_string().len());
    let frame = frame();
    if !diagnostic.path.is_empty() {
        writeln!(
            out,
            "{:margin$} {frame}┌{frame:#} {}",
            "",
            Position(&diagnostic.path, diagnostic.line, diagnostic.column)
        )?;
    }
    if let (Some(snippet), Some(line)) = (snippet, diagnostic.line) {
        write_excerpt(out, &snippet, line, margin, strong)?;
    }
    for related in &diagnostic.related {
        write_related(out, related, margin)?;
    }
    if let Some(hint) = &diagnostic.hint {
        let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
        writeln!(out, "{:margin$} {cyan}hint{cyan:#}: {}", "", visible(hint))?;
    }
    Ok(())
}

fn write_excerpt(
    out: &mut dyn Write,
    snippet: &SourceSnippet,
    line: usize,
    margin: usize,
    strong: Style,
) -> io::Result<()> {
    let frame = frame();
    let text = snippet.text();
    let text = text.trim_end();
    let gap = if text.is_empty() { "" } else { " " };
    writeln!(out, "{frame}{line:>margin$} │{frame:#}{gap}{text}")?;
    if snippet.carets > 0 {
        let (indent, carets) = (" ".repeat(snippet.indent), "^".repeat(snippet.carets));
        writeln!(out, "{:margin$} {frame}│{frame:#} {indent}{strong}{carets}{strong:#}", "")?;
    }
    Ok(())
}

fn write_related(out: &mut dyn Write, related: &RelatedPlace, margin: usize) -> io::Result<()> {
    let place = Position(&related.path, related.line, related.column);
    match related.message.as_str() {
        "" => writeln!(out, "{:margin$} see: {place}", ""),
        message => writeln!(out, "{:margin$} see: {place}: {}", "", visible(message)),
    }
}

/// `path:line:column`, as far as known, in the form that terminals and editors link.
struct Position<'a>(&'a str, Option<usize>, Option<usize>);

impl Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(self.0))?;
        let Some(line) = self.1 else { return Ok(()) };
        write!(f, ":{line}")?;
        self.2.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

fn colour(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
    };
    Style::new().fg_color(Some(colour.into())).bold()
}

fn frame() -> Style {
    Style::new().fg_color(Some(AnsiColor::Blue.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Span};

    #[test]
    fn numbers_of_bytes_have_a_unit() {
        assert_eq!(
            [0, 1, 999, 1_000, 41_230, 1_300_000].map(byte_count),
            ["0 bytes", "1 byte", "999 bytes", "1.0 kB", "41.2 kB", "1.3 MB"]
        );
    }

    fn report(text: &str, diagnostics: &[Diagnostic]) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("content/world")).unwrap();
        std::fs::write(folder.path().join("content/world/vote.md"), text).unwrap();
        to_plain_text(diagnostics, folder.path())
    }

    fn diagnostic(line: usize, column: usize, length: usize) -> Diagnostic {
        Diagnostic::new(Code::UnknownAuthor, "content/world/vote.md", "unknown author `ana-lopes`").at(Span {
            line,
            column,
            length,
        })
    }

    #[test]
    fn an_error_shows_its_line_with_carets() {
        let text = "---\ntitle: Vote\ndate: 2026-01-02\nauthors: [ana-lopes, sam-okafor]\n---\n";
        let hint = "did you mean `ana-lopez`? authors live in content/authors/";
        let expected = "\
error[unknown-author]: unknown author `ana-lopes`
  ┌ content/world/vote.md:4:11
4 │ authors: [ana-lopes, sam-okafor]
  │           ^^^^^^^^^
  hint: did you mean `ana-lopez`? authors live in content/authors/

";
        assert_eq!(report(text, &[diagnostic(4, 11, 9).hint(hint)]), expected);
    }

    #[test]
    fn the_gutter_is_as_wide_as_the_number() {
        let shown =
            report(&"作者: x\n".repeat(1200), &[diagnostic(1107, 5, 1).related("the other one", "content/b.md")]);
        let expected = "\
error[unknown-author]: unknown author `ana-lopes`
     ┌ content/world/vote.md:1107:5
1107 │ 作者: x
     │       ^
     see: content/b.md: the other one

";
        assert_eq!(shown, expected);
    }

    #[test]
    fn unknown_data_is_left_out() {
        let whole_file = Diagnostic::new(Code::InvalidUtf8, "content/\u{1b}x.md", "not\nUTF-8");
        assert_eq!(report("", &[whole_file]), "error[invalid-utf8]: not␊UTF-8\n  ┌ content/␛x.md\n\n");
        let gone = Diagnostic { path: "../secret".to_owned(), ..diagnostic(1, 1, 1) };
        assert_eq!(report("", &[gone]), "error[unknown-author]: unknown author `ana-lopes`\n  ┌ ../secret:1:1\n\n");
    }

    #[test]
    fn numbers_and_nouns_agree() {
        let warning = Diagnostic::new(Code::NoAuthor, "a.md", "x");
        let error = Diagnostic::new(Code::BadSlug, "a.md", "x");
        assert_eq!(tally(&[warning.clone(), error.clone(), error]), "2 errors, 1 warning");
        assert_eq!(tally(&[warning.clone(), warning]), "2 warnings");
    }
}
