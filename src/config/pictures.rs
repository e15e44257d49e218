//! `pictures:` in `site.yaml`: what pages take from the files of pictures, which pictures need a credit, and where smaller
//! ones may come from.

use serde::Deserialize;

use crate::urls::is_complete_url;

use super::ConfigCheck;

/// `pictures:` as the file writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPictures {
    fill: Option<Vec<PictureText>>,
    require_credit: Option<RequiredCredit>,
    fetch_from: Option<String>,
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
    /// The URL of a published copy of the site, with a slash at its end, from which smaller pictures are taken that are not
    /// kept here.
    pub fetch_from: Option<String>,
}

impl ConfigCheck<'_> {
    /// Checks `pictures:`.
    pub(super) fn pictures(&mut self, written: WrittenPictures) -> Pictures {
        // Captions in files are often written for the newsroom: they hold notes to editors, names and telephone numbers.
        let fill = written.fill.unwrap_or_else(|| vec![PictureText::Alt, PictureText::Credit]);
        let fetch_from = written.fetch_from.and_then(|url| self.published_site(&url));
        Pictures { fill, require_credit: written.require_credit.unwrap_or_default(), fetch_from }
    }

    fn published_site(&mut self, url: &str) -> Option<String> {
        if !is_complete_url(url) || url.contains(['?', '#']) {
            let message = format!("pictures cannot be fetched from `{}`", url.escape_debug());
            let hint = "write the URL where the site is published, such as https://example.org/".to_owned();
            self.report("pictures", url, message, Some(hint));
            return None;
        }
        Some(format!("{}/", url.trim_end_matches('/')))
    }
}

impl Pictures {
    /// True if pages take a text from files.
    pub fn fills(&self, text: PictureText) -> bool {
        self.fill.contains(&text)
    }
}
