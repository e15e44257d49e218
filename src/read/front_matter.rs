//! Splits a file into front matter and body.

/// The two parts of a content file, and where they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontMatter<'a> {
    /// The YAML between the `---` lines.
    pub yaml: &'a str,
    /// The line on which it begins, from 1.
    pub yaml_line: usize,
    /// Where the body begins, in bytes.
    pub body: usize,
    /// The line on which the body begins, from 1.
    pub body_line: usize,
}

/// Splits a text that begins with a line `---`. A byte order mark and CRLF line ends are accepted.
///
/// Returns `None` when it does not begin with front matter.
///
/// # Errors
/// The line of the opening `---` when no line `---` closes it.
pub fn split(text: &str) -> Result<Option<FrontMatter<'_>>, usize> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut lines = text[start..].split_inclusive('\n');
    let Some(opening) = lines.next().filter(|line| is_fence(line)) else { return Ok(None) };
    let yaml_start = start + opening.len();
    let mut at = yaml_start;
    for (index, line) in lines.enumerate() {
        if is_fence(line) {
            let front =
                FrontMatter { yaml: &text[yaml_start..at], yaml_line: 2, body: at + line.len(), body_line: index + 3 };
            return Ok(Some(front));
        }
        at += line.len();
    }
    Err(1)
}

fn is_fence(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.trim_end().is_empty())
}
