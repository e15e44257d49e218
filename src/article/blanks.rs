//! What is written with nothing but blanks says nothing: it is as absent as what was left out.

use crate::written::{TextOr, drop_blanks};

use super::{ArticleFront, Image, PageFront, SectionFront};

impl ArticleFront {
    /// See [`drop_blanks`].
    pub fn drop_blanks(&mut self) {
        drop_blanks([
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
            drop_blanks([&mut withdrawal.reason]);
        }
    }
}

impl PageFront {
    /// See [`drop_blanks`].
    pub fn drop_blanks(&mut self) {
        drop_blanks([&mut self.seo_title, &mut self.deck, &mut self.summary]);
        self.image = self.image.take().filter(TextOr::is_named);
    }
}

impl SectionFront {
    /// See [`drop_blanks`].
    pub fn drop_blanks(&mut self) {
        drop_blanks([&mut self.title, &mut self.description]);
        self.image = self.image.take().filter(TextOr::is_named);
    }
}

impl TextOr<Image> {
    /// Whether a file is named at all.
    fn is_named(&self) -> bool {
        !self.0.src.trim().is_empty()
    }
}
