//! `pictures:` in `site.yaml`: what pages take from the files of pictures, and which pictures need a credit.

use serde::Deserialize;

/// `pictures:` as the file writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPictures {
    fill: Option<Vec<PictureText>>,
    require_credit: Option<RequiredCredit>,
}

/// A text that pages may take from a picture's file if the front matter has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureText {
    /// The alternative text.
    Alt,
    /// The caption.
    Caption,
    /// The credit.
    Credit,
}

/// The lead pictures that need a credit, in front matter or in their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequiredCredit {
    /// Those that a camera took, as far as their files tell. Pictures of an imported archive have usually lost the marks
    /// of the camera, so it isn't reported line by line.
    #[default]
    Photographs,
    /// All.
    All,
    /// None.
    None,
}

/// How pages use what the files of pictures say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// The texts that pages take from files where front matter has none.
    pub fill: Vec<PictureText>,
    /// The lead pictures that need a credit.
    pub require_credit: RequiredCredit,
}

impl From<WrittenPictures> for Pictures {
    fn from(written: WrittenPictures) -> Pictures {
        // Captions in files are often written for the newsroom: they hold notes to editors, names and telephone numbers.
        let fill = written.fill.unwrap_or_else(|| vec![PictureText::Alt, PictureText::Credit]);
        Pictures { fill, require_credit: written.require_credit.unwrap_or_default() }
    }
}

impl Pictures {
    /// True if pages take a text from files.
    pub fn fills(&self, text: PictureText) -> bool {
        self.fill.contains(&text)
    }
}
