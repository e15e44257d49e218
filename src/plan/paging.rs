//! Splits listings into pages so that a full page never changes when stories are added.
//!
//! A listing counts its pages from the oldest: `page/1/` holds the oldest `page_size` stories and never changes again.
//! The listing's own URL holds the newest, fewer than two pages' worth. An archive page links to the next newer one, so
//! the plan has one more page (`PagePart::Next`): it redirects to the front until the archive page takes its place. A
//! story dated in the frozen past moves every page after it; that is right, and rare. The corrections page is split in
//! the same way.

use std::fmt::Write;
use std::ops::Range;

/// A page of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PagePart {
    /// The newest stories.
    Front,
    /// A full page of older ones, by number, from 1 for the oldest.
    Frozen(usize),
    /// The page that will be frozen next. Until then it redirects to the front, so that the page before it can link to it and
    /// never has to change.
    Next(usize),
}

/// The division of a listing into pages. Page 1 has the oldest `size` stories. The front has those that are not frozen yet:
/// from one page to just under two, or all stories if there are fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// Stories.
    pub count: usize,
    /// Stories on a full page.
    pub size: usize,
}

impl Paging {
    /// The number of full, frozen pages.
    pub fn frozen(self) -> usize {
        (self.count / self.size).saturating_sub(1)
    }

    /// The stories that a page shows, counted from the oldest.
    pub fn range(self, part: PagePart) -> Range<usize> {
        match part {
            PagePart::Front => self.frozen() * self.size..self.count,
            PagePart::Frozen(number) => (number - 1) * self.size..number * self.size,
            PagePart::Next(_) => 0..0,
        }
    }

    /// Every page: the frozen ones from the oldest, the one that will be frozen next, and the front.
    pub fn parts(self) -> impl Iterator<Item = PagePart> {
        let frozen = self.frozen();
        let next = (frozen > 0).then_some(PagePart::Next(frozen + 1));
        (1..=frozen).map(PagePart::Frozen).chain(next).chain(std::iter::once(PagePart::Front))
    }

    /// The page with older stories.
    pub fn older(self, part: PagePart) -> Option<PagePart> {
        match part {
            PagePart::Front => Some(self.frozen()).filter(|&number| number > 0).map(PagePart::Frozen),
            PagePart::Frozen(number) | PagePart::Next(number) => (number > 1).then(|| PagePart::Frozen(number - 1)),
        }
    }

    /// The page with newer stories. A frozen page always names the one with the next number.
    pub fn newer(self, part: PagePart) -> Option<PagePart> {
        match part {
            PagePart::Front => None,
            PagePart::Frozen(number) if number == self.frozen() => Some(PagePart::Next(number + 1)),
            PagePart::Frozen(number) => Some(PagePart::Frozen(number + 1)),
            PagePart::Next(_) => Some(PagePart::Front),
        }
    }
}

impl PagePart {
    /// The URL path of this page below the listing's front: empty, or `page/3/`.
    pub fn path(self) -> String {
        let mut path = String::new();
        self.add_to(&mut path);
        path
    }

    /// Adds the same to the path of the listing's front.
    pub(super) fn add_to(self, path: &mut String) {
        match self {
            PagePart::Front => {}
            PagePart::Frozen(number) | PagePart::Next(number) => {
                // Writing to a String cannot fail.
                let _ = write!(path, "page/{number}/");
            }
        }
    }
}
