//! Links that open a file in an editor, at a line and a column.

use std::fmt::Write;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters of a path that are not encoded in such links.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// Editors by name, and the patterns of the URLs that they handle.
const KNOWN: &[(&str, &str)] = &[
    // <https://code.visualstudio.com/docs/configure/command-line#_opening-vs-code-with-urls>
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("windsurf", "windsurf://file{path}:{line}:{column}"),
    ("zed", "zed://file{path}:{line}:{column}"),
    // <https://www.jetbrains.com/help/idea/opening-files-from-command-line.html>
    ("idea", "idea://open?file={path}&line={line}&column={column}"),
    ("webstorm", "webstorm://open?file={path}&line={line}&column={column}"),
    ("sublime", "subl://open?url=file://{path}&line={line}&column={column}"),
    // <https://macromates.com/blog/2007/the-textmate-url-scheme/>
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
    ("bbedit", "x-bbedit://open?url=file://{path}&line={line}"),
    ("macvim", "mvim://open?url=file://{path}&line={line}&column={column}"),
    ("emacs", "emacs://open?url=file://{path}&line={line}&column={column}"),
];

/// The URL pattern with which an editor opens a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor(String);

impl Editor {
    /// An editor by its name, or by a pattern of a URL with `{path}`, and perhaps `{line}` and `{column}`.
    ///
    /// # Errors
    /// Lists the known names.
    pub fn parse(text: &str) -> Result<Editor, String> {
        if let Some((_, pattern)) = KNOWN.iter().find(|(name, _)| *name == text) {
            return Ok(Editor((*pattern).to_owned()));
        }
        let scheme = text.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        // These schemes could run scripts in the page that shows the link.
        let may_run = ["javascript", "data", "vbscript", "blob"].iter().any(|bad| scheme.eq_ignore_ascii_case(bad));
        if is_scheme && !may_run && text.contains("{path}") {
            return Ok(Editor(text.to_owned()));
        }
        let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
        Err(format!("it is one of {}, or a URL such as my-editor://open?file={{path}}&line={{line}}", names.join(", ")))
    }

    /// The editor that a command starts, such as the value of `$EDITOR`; `None` when its URLs are not known.
    pub fn of_command(command: &str) -> Option<Editor> {
        let program = command.split_whitespace().next()?;
        let name = Path::new(program).file_stem()?.to_str()?;
        let name = match name {
            "code" => "vscode",
            "code-insiders" => "vscode-insiders",
            "codium" => "vscodium",
            "subl" => "sublime",
            "mate" => "textmate",
            "zeditor" => "zed",
            "mvim" => "macvim",
            name => name,
        };
        KNOWN.iter().find(|(known, _)| *known == name).map(|(_, pattern)| Editor((*pattern).to_owned()))
    }

    /// The link to a file, at a line and a column from 1.
    pub fn link(&self, file: &Path, line: Option<usize>, column: Option<usize>) -> String {
        let path = file.to_string_lossy().replace('\\', "/");
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mut encoded = String::from(slash);
        // Writing to a string cannot fail.
        let _ = write!(encoded, "{}", utf8_percent_encode(&path, PATH));
        let number = |number: Option<usize>| number.unwrap_or(1).to_string();
        self.0.replace("{line}", &number(line)).replace("{column}", &number(column)).replace("{path}", &encoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_open_the_file_at_its_line() {
        let link = |editor: &str| Editor::parse(editor).unwrap().link(Path::new("/a b/c#?.md"), Some(4), None);
        assert_eq!(link("vscode"), "vscode://file/a%20b/c%23%3F.md:4:1");
        assert_eq!(link("idea"), "idea://open?file=/a%20b/c%23%3F.md&line=4&column=1");
        assert_eq!(link("x-my:{path}@{line}"), "x-my:/a%20b/c%23%3F.md@4");
    }

    #[test]
    fn unknown_editors_are_refused() {
        for bad in ["", "ed", "javascript:alert('{path}')", "DATA:{path}", "vscode://file", "://{path}"] {
            assert!(Editor::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn commands_are_known_by_their_programs() {
        assert_eq!(Editor::of_command("/usr/bin/code --wait"), Editor::parse("vscode").ok());
        assert_eq!(Editor::of_command("vim"), None);
        assert_eq!(Editor::of_command(""), None);
    }
}
