//! The lines of front matter.

/// A line of front matter with its offset.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrontMatterLine<'y> {
    pub start: usize,
    pub text: &'y str,
}

impl<'y> FrontMatterLine<'y> {
    pub fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// The line without the white space around it.
    pub fn content(self) -> &'y str {
        self.text.trim()
    }

    pub fn indent(self) -> &'y str {
        &self.text[..self.text.len() - self.text.trim_start_matches(' ').len()]
    }

    pub fn is_item(self) -> bool {
        let content = self.content();
        content == "-" || content.starts_with("- ")
    }

    pub fn is_blank_or_comment(self) -> bool {
        self.content().is_empty() || self.content().starts_with('#')
    }

    pub fn line_end(self) -> &'static str {
        if self.text.ends_with("\r\n") { "\r\n" } else { "\n" }
    }
}

/// Splits front matter into lines.
pub(super) fn lines(yaml: &str) -> Vec<FrontMatterLine<'_>> {
    let mut start = 0;
    let lines = yaml.split_inclusive('\n').map(|text| {
        let line = FrontMatterLine { start, text };
        start += text.len();
        line
    });
    lines.collect()
}

/// Returns the lines that belong to the key on the line `at`: its nested lines, and comments and empty lines after it.
pub(super) fn following<'l, 'y>(lines: &'l [FrontMatterLine<'y>], at: usize) -> &'l [FrontMatterLine<'y>] {
    let ends = |line: &FrontMatterLine<'_>| {
        let is_inside = line.text.starts_with([' ', '\t', '#', ']', '}', '\r', '\n']) || line.is_item();
        !is_inside
    };
    let following = &lines[at + 1..];
    &following[..following.iter().position(ends).unwrap_or(following.len())]
}

/// The offset of the value in a line that begins with the key.
pub(super) fn value_of(line: &str, key: &str) -> Option<usize> {
    let quote = line.chars().next().filter(|first| matches!(first, '"' | '\''));
    let rest = line.strip_prefix(|first| Some(first) == quote).unwrap_or(line).strip_prefix(key)?;
    let rest = match quote {
        Some(quote) => rest.strip_prefix(quote)?,
        None => rest,
    };
    let value = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    let is_key = value.is_empty() || value.starts_with([' ', '\t', '\r', '\n']);
    is_key.then(|| line.len() - value.trim_start_matches([' ', '\t']).len())
}
