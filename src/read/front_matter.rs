//! Splits a file into front matter and body.

/// The two parts of a content file, and their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontMatter<'a> {
    /// The YAML between the `---` lines.
    pub yaml: &'a str,
    /// The line of its first byte, from 1.
    pub yaml_line: usize,
    /// The byte at which the body begins.
    pub body: usize,
    /// The line on which the body begins, from 1.
    pub body_line: usize,
}

impl<'a> FrontMatter<'a> {
    /// The front matter of a text that is all body.
    pub fn without_yaml(text: &str) -> FrontMatter<'a> {
        let body = text.len() - text.trim_start_matches('\u{feff}').len();
        FrontMatter { yaml: "", yaml_line: 1, body, body_line: 1 }
    }
}

/// Splits a text that begins with a line `---`. A byte order mark and CRLF line ends are accepted.
///
/// Returns `None` if it does not begin with front matter.
///
/// # Errors
/// The line of the opening `---` if no line `---` closes it.
pub fn split(text: &str) -> Result<Option<FrontMatter<'_>>, usize> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let opening = first_line(&text[start..]);
    if !is_fence(opening) {
        return Ok(None);
    }
    let first_key = &text[start + opening.len()..];
    // Nobody sees the byte order mark that a program puts there when it joins two files.
    let yaml_start = text.len() - first_key.trim_start_matches('\u{feff}').len();
    // The line end before the closing line may be that of the opening line.
    let before = start + opening.len() - usize::from(opening.ends_with('\n'));
    for at in memchr::memmem::find_iter(&text.as_bytes()[before..], "\n---").map(|at| before + at + 1) {
        let closing = first_line(&text[at..]);
        if is_fence(closing) {
            let yaml = &text[yaml_start..at];
            let lines = memchr::memchr_iter(b'\n', yaml.as_bytes()).count();
            return Ok(Some(FrontMatter { yaml, yaml_line: 2, body: at + closing.len(), body_line: lines + 3 }));
        }
    }
    Err(1)
}

/// The first line, including its end.
fn first_line(text: &str) -> &str {
    &text[..memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |end| end + 1)]
}

fn is_fence(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.trim_end().is_empty())
}
