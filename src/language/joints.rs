//! The words and marks that a language puts between the names of a list.

use std::fmt::{self, Write};

use icu_list::{ListFormatter, parts};
use writeable::{Part, PartsWrite, Writeable};

/// What stands before, between and after the names of a list: `["", ", ", " and ", ""]` for three in English.
///
/// The formatter says itself which parts of the text are names, because a name can hold the same letters as what joins
/// it: `nd` also stands in `und`. Which word joins may depend on the names (`e` for `y` in Spanish).
pub(super) fn of(names: &[&str], formatter: &ListFormatter) -> Vec<String> {
    let mut joints = Joints { found: vec![String::new()], is_in_name: false };
    // Writing to memory cannot fail.
    let _ = formatter.format(names.iter().copied()).write_to_parts(&mut joints);
    joints.found
}

struct Joints {
    found: Vec<String>,
    is_in_name: bool,
}

impl Write for Joints {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(joint) = self.found.last_mut().filter(|_| !self.is_in_name) {
            joint.push_str(text);
        }
        Ok(())
    }
}

impl PartsWrite for Joints {
    type SubPartsWrite = Joints;

    fn with_part(&mut self, part: Part, mut write: impl FnMut(&mut Joints) -> fmt::Result) -> fmt::Result {
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
        let joints = Formats::of(&Language::parse(tag).unwrap()).unwrap().joints(names);
        assert_eq!(joints.len(), names.len() + 1);
        let (first, rest) = joints.split_first().unwrap();
        names.iter().zip(rest).fold(first.clone(), |line, (name, joint)| line + name + joint)
    }

    #[test]
    fn names_may_hold_what_joins_them() {
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
