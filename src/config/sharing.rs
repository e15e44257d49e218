//! `share_image:` in `site.yaml`: the picture that link previews show for pages without a picture.

use serde::Deserialize;

use crate::media::is_shareable;

use super::ConfigCheck;

/// The site's picture for link previews.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareImage {
    /// The file, relative to `content/` with a leading `/`, or an absolute URL.
    pub src: String,
    /// The alternative text.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub alt: Option<String>,
}

impl From<String> for ShareImage {
    fn from(src: String) -> ShareImage {
        ShareImage { src, alt: None }
    }
}

impl ShareImage {
    /// Returns the checked picture.
    ///
    /// # Errors
    /// Returns the file and the reason why previews cannot show it.
    pub(super) fn check(self) -> Result<ShareImage, (String, String)> {
        let shown = self.src.escape_debug();
        if self.src.trim().is_empty() {
            return Err((self.src, "the share image has no file".to_owned()));
        }
        if !is_shareable(&self.src) {
            let message =
                format!("link previews cannot show `{shown}`: most services accept only JPEG, PNG, GIF and WebP");
            return Err((self.src, message));
        }
        Ok(self)
    }
}

impl ConfigCheck<'_> {
    /// Checks the picture; returns `None` if previews cannot show it.
    pub(super) fn share_image(&mut self, written: ShareImage) -> Option<ShareImage> {
        let checked = written.check().map_err(|(src, message)| {
            let hint = "use a JPEG or PNG of 1200 × 630 pixels, such as /share.png".to_owned();
            self.report("share_image", &src, message, Some(hint));
        });
        let image = checked.ok()?;
        self.url("share_image", &image.src);
        Some(image)
    }
}
