//! The ids that a theme's templates give elements, which no heading of a text may have too.

use std::collections::BTreeSet;

/// What stands before the date in the ids of notices: `correction-2026-05-06-1000` (see `site::anchors`).
const NOTICES: &[&str] = &["correction-", "clarification-", "editors-note-", "retraction-"];

/// The ids of a theme, as far as its templates tell them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ThemeIds {
    /// Those that templates write or link to.
    whole: BTreeSet<String>,
    /// What ids begin with that go on with a value: `tag-` of `id="tag-{{ term.slug }}"`.
    beginnings: BTreeSet<String>,
}

impl ThemeIds {
    /// Adds those of one template: `id` of elements, and what links of the page itself lead to (`#top`).
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
            Some(beginning) if !beginning.is_empty() => self.beginnings.insert(beginning.to_owned()),
            _ => false,
        };
    }

    /// Whether a template gives an element this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.whole.contains(id)
    }

    /// Whether an id begins like those that templates or Presswork's notices give several elements.
    pub(super) fn has_beginning(&self, id: &str) -> bool {
        let is_year = |rest: &str| rest.len() > 4 && rest.bytes().take(4).all(|byte| byte.is_ascii_digit());
        NOTICES.iter().filter_map(|notice| id.strip_prefix(notice)).any(is_year)
            || self.beginnings.iter().any(|beginning| id.starts_with(beginning.as_str()))
    }
}

/// Whether a tag ends in an attribute's name.
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
        assert!(ids.has_beginning("tag-ports") && ids.has_beginning("correction-2026-05-06"));
        assert!(!ids.has_beginning("tags") && !ids.has_beginning("correction-policy"));
    }
}
