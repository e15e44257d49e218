//! Gives every element of a body an `id` that is unique on its page.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::Context;
use super::placeholders::{CLOSE, OPEN};
use crate::route::{SlugStyle, slugify};

/// Prefixes of ids that Presswork and themes generate; author-written ids never keep them.
const KEPT_PREFIXES: &[&str] = &["fn:", "fnref:", "author:", "page:"];

/// Prefixes for ids that would otherwise look like a theme's generated ids.
const WAYS_OUT: &[&str] = &["section-", "text-", "heading-"];

/// The maximum length of an id, in characters.
const MAX_LENGTH: usize = 200;

/// The id given to an element whose author asked for one.
pub(super) struct AssignedId {
    /// The id.
    pub id: String,
    /// The id that the author wrote, with invalid characters replaced.
    pub wanted: String,
    /// True if the wanted id was taken, so another was given.
    pub is_taken: bool,
}

/// The id given to an element instead of the wanted one.
struct Renamed {
    id: String,
    /// True if the author wrote the wanted id.
    is_written: bool,
}

/// The ids of one body.
#[derive(Default)]
pub(super) struct Ids {
    /// The prefix of every id, for pages with several texts.
    prefix: String,
    /// The ids in use.
    taken: HashSet<String>,
    /// The last number appended to each id, so that no search starts over.
    numbers: HashMap<String, usize>,
    /// Ids that authors wrote, so far.
    written: HashSet<String>,
    /// Ids that authors wrote anywhere in the body, if known; generated ids avoid them.
    reserved: HashSet<String>,
    /// True if an author wrote an id that an earlier heading had already taken.
    has_clash: bool,
    /// Wanted ids and the ids given instead, so far.
    renamed: HashMap<String, Renamed>,
    /// The same for the whole body, if known.
    known: HashMap<String, String>,
    /// Ids that links asked for before they were known.
    missed: HashSet<String>,
}

impl Ids {
    /// Creates the ids of a body whose ids all begin with `prefix`.
    pub fn new(prefix: &str) -> Ids {
        Ids { prefix: prefix.to_owned(), ..Ids::default() }
    }

    /// The id of a heading with this text.
    pub fn of_heading(&mut self, text: &str, context: &dyn Context) -> String {
        let slug = slugify(text, SlugStyle::Unicode);
        let slug = if slug.is_empty() { "section".to_owned() } else { slug };
        self.unique(slug, false, context)
    }

    /// The author-written id, or the nearest free one; `None` if no valid character remains.
    pub fn of_author(&mut self, written: &str, context: &dyn Context) -> Option<AssignedId> {
        let wanted = clean(written)?;
        let own = [self.prefix.as_str(), &wanted].concat();
        self.note_written(&own);
        let id = self.unique(wanted.clone(), true, context);
        self.rename(written, &id, true);
        Some(AssignedId { is_taken: own != id, wanted, id })
    }

    /// Records an id that stays as the author wrote it, even if it is a duplicate.
    pub fn keep(&mut self, written: &str) {
        self.note_written(written);
        self.taken.insert(written.to_owned());
    }

    /// The fragment that a link to `#fragment` should point to instead, if it was renamed.
    pub fn follow(&mut self, fragment: &str) -> Option<&str> {
        if self.known.contains_key(fragment) {
            return self.known.get(fragment).map(String::as_str);
        }
        self.missed.insert(fragment.to_owned());
        None
    }

    /// The prefix of every id.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The ids for another pass over the body, if another pass would give a different result because of
    /// what was learned after the first heading.
    pub fn again(&self) -> Option<Ids> {
        let is_new = self.has_clash && self.reserved.is_empty();
        let leads_on = |asked: &String| !self.taken.contains(asked) && self.renamed.contains_key(asked);
        if !is_new && !self.missed.iter().any(leads_on) {
            return None;
        }
        let renamed = self.renamed.iter().filter(|(wanted, _)| !self.taken.contains(*wanted));
        Some(Ids {
            prefix: self.prefix.clone(),
            reserved: if self.has_clash { self.written.clone() } else { self.reserved.clone() },
            known: if is_new {
                HashMap::new()
            } else {
                renamed.map(|(wanted, now)| (wanted.clone(), now.id.clone())).collect()
            },
            ..Ids::default()
        })
    }

    fn note_written(&mut self, id: &str) {
        self.has_clash |= self.taken.contains(id) && !self.written.contains(id);
        self.written.insert(id.to_owned());
    }

    /// Records a renamed id. Links go to the first element whose author wrote the id, or else to the
    /// first that wanted it.
    fn rename(&mut self, wanted: &str, id: &str, is_written: bool) {
        if wanted == id {
            return;
        }
        let is_better = |known: &Renamed| is_written && !known.is_written;
        if self.renamed.get(wanted).is_none_or(is_better) {
            self.renamed.insert(wanted.to_owned(), Renamed { id: id.to_owned(), is_written });
        }
    }

    /// Returns the id, or the first of `id-2`, `id-3`, … that is free on the page.
    fn unique(&mut self, wanted: String, is_written: bool, context: &dyn Context) -> String {
        let free = |ids: &Ids, id: &str| {
            (is_written || !ids.reserved.contains(id)) && !ids.taken.contains(id) && !context.is_id_taken(id)
        };
        let mut id = self.out_of_reach(&wanted, context);
        if !free(self, &id) {
            let mut number = self.numbers.get(&wanted).copied().unwrap_or(1);
            while !free(self, &id) || self.reserved.contains(&id) {
                number += 1;
                id = self.out_of_reach(&format!("{wanted}-{number}"), context);
            }
            self.numbers.insert(wanted.clone(), number);
        }
        self.taken.insert(id.clone());
        self.rename(&wanted, &id, is_written);
        id
    }

    /// Returns the id with the body's prefix, changed if it could collide with a theme's generated ids.
    fn out_of_reach(&self, id: &str, context: &dyn Context) -> String {
        let id = [self.prefix.as_str(), id].concat();
        if !context.is_id_prefix_taken(&id) {
            return id;
        }
        let mut others = WAYS_OUT.iter().map(|way| [way, id.as_str()].concat());
        others.find(|other| !context.is_id_prefix_taken(other)).unwrap_or(id)
    }
}

/// Cleans an id for use in URLs: composed, with a hyphen for each space, control, invisible character or
/// character with a meaning in URLs and HTML. Everything else stays (HTML, section 3.2.6: any text
/// without white space).
fn clean(written: &str) -> Option<String> {
    let keep = |c: char| if is_kept(c) { c } else { '-' };
    let mut id: String = written.nfc().take(MAX_LENGTH).map(keep).collect();
    if let Some(prefix) = KEPT_PREFIXES.iter().find(|prefix| id.starts_with(**prefix)) {
        id.replace_range(prefix.len() - 1..prefix.len(), "-");
    }
    (!id.trim_matches('-').is_empty()).then_some(id)
}

fn is_kept(letter: char) -> bool {
    match letter {
        // Both joiners are part of how words are spelled (UAX 31, section 2.3).
        '\u{200c}' | '\u{200d}' => true,
        OPEN..=CLOSE | '\u{fffd}' | '\u{ad}' | '\u{61c}' | '\u{feff}' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => false,
        letter if letter.is_ascii() => letter.is_ascii_alphanumeric() || "-_.:~!$()*+,;=@/?".contains(letter),
        letter => !letter.is_whitespace() && !letter.is_control(),
    }
}
