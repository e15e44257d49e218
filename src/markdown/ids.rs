//! Gives every element of a body an `id` that no other element of its page has.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::Context;
use super::rewrite::{CLOSE, OPEN};
use crate::route::{SlugStyle, slugify};

/// What ids of Presswork and of themes begin with; none that an author writes does.
const KEPT_PREFIXES: &[&str] = &["fn:", "fnref:", "author:", "page:"];

/// What is put before an id that begins like those of a theme's numbered or named elements.
const WAYS_OUT: &[&str] = &["section-", "text-", "heading-"];

/// The longest id that is kept, in characters.
const MAX_LENGTH: usize = 200;

/// What an author's own id became.
pub(super) struct Given {
    /// The id.
    pub id: String,
    /// The id that the author wrote, as far as it can be one.
    pub wanted: String,
    /// Whether something else has that, so that this had to be another.
    pub is_taken: bool,
}

/// What an element has instead of the id that it wanted.
struct Renamed {
    id: String,
    /// Whether an author wrote the other.
    is_written: bool,
}

/// The ids of one body.
#[derive(Default)]
pub(super) struct Ids {
    /// What stands before every id, where several texts stand on one page.
    prefix: String,
    /// Those in use.
    taken: HashSet<String>,
    /// The last number that was appended to each, so that no search begins anew.
    numbers: HashMap<String, usize>,
    /// Those that authors write themselves, so far.
    written: HashSet<String>,
    /// Those that authors write anywhere in the body, when that is known: headings without must not take them.
    reserved: HashSet<String>,
    /// Whether an author wrote an id that a heading above has taken.
    has_clash: bool,
    /// What elements have instead of the ids that they would have alone, so far.
    renamed: HashMap<String, Renamed>,
    /// The same of the whole body, when that is known.
    known: HashMap<String, String>,
    /// What links of the body have asked for and did not find.
    missed: HashSet<String>,
}

impl Ids {
    /// The ids of a body on a page where each of its ids begins with `prefix`.
    pub fn new(prefix: &str) -> Ids {
        Ids { prefix: prefix.to_owned(), ..Ids::default() }
    }

    /// The id of a heading with this text.
    pub fn of_heading(&mut self, text: &str, context: &dyn Context) -> String {
        let slug = slugify(text, SlugStyle::Unicode);
        let slug = if slug.is_empty() { "section".to_owned() } else { slug };
        self.unique(slug, false, context)
    }

    /// The id that an author wrote, or the nearest that is free; `None` when nothing of it can be kept.
    pub fn of_author(&mut self, written: &str, context: &dyn Context) -> Option<Given> {
        let wanted = clean(written)?;
        let own = [self.prefix.as_str(), &wanted].concat();
        self.note_written(&own);
        let id = self.unique(wanted.clone(), true, context);
        self.rename(written, &id, true);
        Some(Given { is_taken: own != id, wanted, id })
    }

    /// Notes an id that stays as an author wrote it, whatever else has it.
    pub fn keep(&mut self, written: &str) {
        self.note_written(written);
        self.taken.insert(written.to_owned());
    }

    /// Where a link to `#fragment` in the same body leads, when that is another fragment.
    pub fn follow(&mut self, fragment: &str) -> Option<&str> {
        if self.known.contains_key(fragment) {
            return self.known.get(fragment).map(String::as_str);
        }
        self.missed.insert(fragment.to_owned());
        None
    }

    /// What stands before every id.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The ids to begin with when the body is rendered once more, if that comes to something else: with what had to be
    /// known before the first heading was written.
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

    /// Links to an id mean the first element whose author wrote it, or else the first that wanted it.
    fn rename(&mut self, wanted: &str, id: &str, is_written: bool) {
        if wanted == id {
            return;
        }
        let is_better = |known: &Renamed| is_written && !known.is_written;
        if self.renamed.get(wanted).is_none_or(is_better) {
            self.renamed.insert(wanted.to_owned(), Renamed { id: id.to_owned(), is_written });
        }
    }

    /// The id, or the first of `id-2`, `id-3`, … that nothing else of the page has.
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

    /// An id with the body's prefix, that begins unlike ids of which only the beginning is known.
    fn out_of_reach(&self, id: &str, context: &dyn Context) -> String {
        let id = [self.prefix.as_str(), id].concat();
        if !context.is_id_prefix_taken(&id) {
            return id;
        }
        let mut others = WAYS_OUT.iter().map(|way| [way, id.as_str()].concat());
        others.find(|other| !context.is_id_prefix_taken(other)).unwrap_or(id)
    }
}

/// An id as a URL can name it: composed, without spaces, controls, invisible signs and what has a meaning in URLs and
/// HTML, for each of which it has a hyphen. Everything else stays (HTML, section 3.2.6: any text without white space).
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
        // Both joiners belong to the spelling of words (UAX 31, section 2.3).
        '\u{200c}' | '\u{200d}' => true,
        OPEN..=CLOSE | '\u{fffd}' | '\u{ad}' | '\u{61c}' | '\u{feff}' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => false,
        letter if letter.is_ascii() => letter.is_ascii_alphanumeric() || "-_.:~!$()*+,;=@/?".contains(letter),
        letter => !letter.is_whitespace() && !letter.is_control(),
    }
}
