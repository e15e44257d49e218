//! Gives every element of a body an `id` that no other has.

use std::collections::{HashMap, HashSet};

use crate::route::{SlugStyle, slugify};

/// The ids of one body.
#[derive(Default)]
pub(super) struct Ids {
    /// Those in use.
    taken: HashSet<String>,
    /// The last number that was appended to each, so that no search begins anew.
    numbers: HashMap<String, usize>,
    /// Those that authors write themselves further down, so headings above must not take them.
    reserved: HashSet<String>,
}

impl Ids {
    /// Notes the ids that authors give in `{#id}` at the end of headings.
    pub fn reserve(&mut self, text: &str) {
        for line in text.lines().map(str::trim_end).filter(|line| line.ends_with('}')) {
            let attributes = line.rfind('{').map_or("", |at| &line[at + 1..line.len() - 1]);
            let ids = attributes.split_whitespace().filter_map(|word| word.strip_prefix('#'));
            self.reserved.extend(ids.filter_map(clean));
        }
    }

    /// The id of a heading with this text.
    pub fn of_heading(&mut self, text: &str) -> String {
        let slug = slugify(text, SlugStyle::Unicode);
        let slug = if slug.is_empty() { "section".to_owned() } else { slug };
        let suffix_needed = self.reserved.contains(&slug);
        self.unique(slug, suffix_needed)
    }

    /// The id that an author wrote, or `None` when nothing of it can be kept.
    pub fn of_author(&mut self, written: &str) -> Option<String> {
        clean(written).map(|id| self.unique(id, false))
    }

    fn unique(&mut self, id: String, suffix_needed: bool) -> String {
        if !suffix_needed && self.taken.insert(id.clone()) {
            return id;
        }
        let number = self.numbers.entry(id.clone()).or_insert(1);
        loop {
            *number += 1;
            let candidate = format!("{id}-{number}");
            if !self.reserved.contains(&candidate) && self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

/// Letters, digits, `-`, `_` and `.`; everything else becomes a hyphen.
fn clean(written: &str) -> Option<String> {
    let keep = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }
    };
    let id: String = written.chars().take(200).map(keep).collect();
    (!id.trim_matches('-').is_empty()).then_some(id)
}
