//! Finds the ids in a theme's templates, which headings in bodies must not repeat.

use std::collections::BTreeSet;

/// The prefixes of notices' ids, which end with a date: `correction-2026-05-06-1000` (see
/// `site::anchors`).
const NOTICES: &[&str] = &["correction-", "clarification-", "editors-note-", "retraction-"];

/// The ids in a theme's templates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ThemeIds {
    /// Ids that templates write or link to.
    whole: BTreeSet<String>,
    /// Prefixes of ids that continue with a value: `tag-` of `id="tag-{{ term.slug }}"`.
    prefixes: BTreeSet<String>,
}

impl ThemeIds {
    /// Adds the ids in a template, including those that only links on the same page name (`#top`).
    pub(super) fn add(&mut self, template: &str) {
        for (at, _) in template.match_indices('=') {
            let before = template[..at].trim_end();
            let is_id = has_name(before, "id");
            if !is_id && !has_name(before, "href") {
                continue;
            }
            let value = template[at + 1..].trim_start();
            let value = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
                _ => value.split(|c: char| c.is_whitespace() || c == '>').next(),
            };
            let id = if is_id { value } else { value.and_then(|value| value.strip_prefix('#')) };
            self.add_id(id.unwrap_or_default());
        }
    }

    fn add_id(&mut self, id: &str) {
        let beginning = id.find("{{").or_else(|| id.find("{%")).map(|at| &id[..at]);
        match beginning {
            None if !id.is_empty() => self.whole.insert(id.to_owned()),
            Some(beginning) if !beginning.is_empty() => self.prefixes.insert(beginning.to_owned()),
            _ => false,
        };
    }

    /// True if a template has an element with this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.whole.contains(id)
    }

    /// True if the id begins like those that templates or notices generate.
    pub(super) fn has_prefix_of(&self, id: &str) -> bool {
        let is_year = |rest: &str| rest.len() > 4 && rest.bytes().take(4).all(|byte| byte.is_ascii_digit());
        NOTICES.iter().filter_map(|notice| id.strip_prefix(notice)).any(is_year)
            || self.prefixes.iter().any(|beginning| id.starts_with(beginning.as_str()))
    }
}

/// True if a tag ends in an attribute with this name.
fn has_name(tag: &str, name: &str) -> bool {
    let Some(rest) = tag.len().checked_sub(name.len()).and_then(|at| tag.get(at..).map(|end| (at, end))) else {
        return false;
    };
    rest.1.eq_ignore_ascii_case(name) && tag[..rest.0].ends_with(|c: char| c.is_whitespace() || c == '"' || c == '\'')
}

#[cfg(test)]
mod tests {
    use super::ThemeIds;

    #[test]
    fn ids_are_found_however_templates_write_them() {
        let mut ids = ThemeIds::default();
        ids.add("<main id=\"content\"><p class='a' id='b'><i ID=c><a href=\"#top\"></a><a href=\"/x#y\"></a>");
        ids.add(
            "<li id=\"tag-{{ tag.slug }}\"><li id=\"{{ note.id }}\"><p data-id=\"no\"><p title=id>{% set id = \"x\" %}",
        );
        for id in ["content", "b", "c", "top"] {
            assert!(ids.has(id), "{id}");
        }
        for id in ["y", "no", "", "tag-"] {
            assert!(!ids.has(id), "{id}");
        }
        assert!(ids.has_prefix_of("tag-ports") && ids.has_prefix_of("correction-2026-05-06"));
        assert!(!ids.has_prefix_of("tags") && !ids.has_prefix_of("correction-policy"));
    }
}
