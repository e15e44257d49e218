//! What is written with nothing but blanks says nothing: it is as absent as what was left out.

use crate::lenient::{TextOr, drop_empty};

use super::{ArticleFront, Image, PageFront, SectionFront};

impl ArticleFront {
    /// See [`drop_empty`].
    pub fn drop_empty(&mut self) {
        drop_empty([
            &mut self.short_title,
            &mut self.seo_title,
            &mut self.deck,
            &mut self.kicker,
            &mut self.summary,
            &mut self.byline,
            &mut self.dateline,
            &mut self.guid,
        ]);
        self.image = self.image.take().filter(TextOr::is_named);
        if let Some(withdrawal) = &mut self.withdrawn {
            drop_empty([&mut withdrawal.reason]);
        }
    }
}

impl PageFront {
    /// See [`drop_empty`].
    pub fn drop_empty(&mut self) {
        drop_empty([&mut self.seo_title, &mut self.deck, &mut self.summary]);
        self.image = self.image.take().filter(TextOr::is_named);
    }
}

impl SectionFront {
    /// See [`drop_empty`].
    pub fn drop_empty(&mut self) {
        drop_empty([&mut self.title, &mut self.description]);
        self.image = self.image.take().filter(TextOr::is_named);
    }
}

impl TextOr<Image> {
    /// Whether a file is named at all.
    fn is_named(&self) -> bool {
        !self.0.src.trim().is_empty()
    }
}
