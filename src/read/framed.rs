//! The picture in front matter that slots show, whatever kind of file it is in.

use crate::article::Image;
use crate::author::Portrait;
use crate::lenient::TextOr;
use crate::picture::crop::Framing;
use crate::picture::slot::SlotName;

use super::Record;

/// A picture in front matter.
#[derive(Debug, Clone, Copy)]
pub enum FramedPicture<'r> {
    /// The lead picture of a story, a standalone page or a section.
    Lead(&'r Image),
    /// The picture of an author.
    Portrait(&'r Portrait),
}

impl<'r> FramedPicture<'r> {
    /// The reference to its file.
    pub fn src(self) -> &'r str {
        match self {
            FramedPicture::Lead(image) => &image.src,
            FramedPicture::Portrait(portrait) => &portrait.src,
        }
    }

    /// The choice of the editors for a slot.
    pub fn framing(self, slot: SlotName) -> Framing<'r> {
        match self {
            FramedPicture::Lead(image) => image.framing(slot),
            FramedPicture::Portrait(portrait) if slot == SlotName::Portrait => portrait.framing(),
            FramedPicture::Portrait(_) => Framing::default(),
        }
    }

    /// The point that crops keep, as the editors have written it.
    pub fn focus(self) -> Option<&'r str> {
        match self {
            FramedPicture::Lead(image) => image.focus.as_deref(),
            FramedPicture::Portrait(portrait) => portrait.focus.as_deref(),
        }
    }
}

impl Record {
    /// The picture in its front matter.
    pub fn picture(&self) -> Option<FramedPicture<'_>> {
        fn lead(image: &TextOr<Image>) -> FramedPicture<'_> {
            FramedPicture::Lead(&image.0)
        }
        match self {
            Record::Article(article) => article.front.image.as_deref().map(lead),
            Record::Page(page) => page.front.image.as_ref().map(lead),
            Record::Section(section) => section.front.image.as_ref().map(lead),
            Record::Author(author) => author.front.image.as_ref().map(|image| FramedPicture::Portrait(&image.0)),
            _ => None,
        }
    }
}
