//! The words and punctuation that a language puts between the names of a list.

use std::fmt::{self, Write};

use icu_list::{ListFormatter, parts};
use writeable::{Part, PartsWrite, Writeable};

/// Returns the separators before, between and after names: `["", ", ", " and ", ""]` for three in
/// English.
///
/// The formatter marks which parts of its output are names, because a name may look like a separator:
/// `nd` also occurs in `und`. The separator may depend on the names (`e` instead of `y` in Spanish).
pub(super) fn of(names: &[&str], formatter: &ListFormatter) -> Vec<String> {
    let mut separators = Separators { found: vec![String::new()], is_in_name: false };
    // Writing to memory can't fail.
    let _ = formatter.format(names.iter().copied()).write_to_parts(&mut separators);
    separators.found
}

struct Separators {
    found: Vec<String>,
    is_in_name: bool,
}

impl Write for Separators {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(joint) = self.found.last_mut().filter(|_| !self.is_in_name) {
            joint.push_str(text);
        }
        Ok(())
    }
}

impl PartsWrite for Separators {
    type SubPartsWrite = Separators;

    fn with_part(&mut self, part: Part, mut write: impl FnMut(&mut Separators) -> fmt::Result) -> fmt::Result {
        if part != parts::ELEMENT {
            return write(self);
        }
        self.is_in_name = true;
        let written = write(self);
        self.is_in_name = false;
        self.found.push(String::new());
        written
    }
}

#[cfg(test)]
mod tests {
    use crate::language::{Formats, Language};

    fn joined(tag: &str, names: &[&str]) -> String {
        let separators = Formats::of(&Language::parse(tag).unwrap()).unwrap().list_separators(names);
        assert_eq!(separators.len(), names.len() + 1);
        let (first, rest) = separators.split_first().unwrap();
        names.iter().zip(rest).fold(first.clone(), |line, (name, joint)| line + name + joint)
    }

    #[test]
    fn names_may_contain_separators() {
        for (tag, names, line) in [
            ("de", &["Ida Voss", "nd"][..], "Ida Voss und nd"),
            ("de", &["un", "nd", "Ida Voss"], "un, nd und Ida Voss"),
            ("en", &["Ida Voss", "an", "d"], "Ida Voss, an and d"),
            ("en", &["and", "and", "and"], "and, and and and"),
            ("en", &[",", " "], ", and  "),
            ("es", &["Inés", "y"], "Inés y y"),
            ("es", &["Ida", "Inés"], "Ida e Inés"),
            ("es", &["Inés", "Ida"], "Inés e Ida"),
            ("zh", &["和平", "和"], "和平和和"),
            ("he", &["עדה", "ו"], "עדה וו"),
            ("ja", &["佐藤", "、"], "佐藤、、"),
            ("en", &[], ""),
            ("en", &["d"], "d"),
        ] {
            assert_eq!(joined(tag, names), line, "{tag}");
        }
    }
}
