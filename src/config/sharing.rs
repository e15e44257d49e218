//! `share_image:` in `site.yaml`: the picture that link previews show for pages without a picture.

use serde::Deserialize;

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

/// True if link previews can show a picture, judged by its file name. Facebook, X, LinkedIn and most messengers accept
/// JPEG, PNG, GIF and WebP; none of them accepts vector graphics, and few accept newer formats.
pub fn is_shareable(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    !extension.is_some_and(|extension| UNFIT.contains(&extension.as_str()))
}

/// Extensions of pictures that link previews do not show.
const UNFIT: &[&str] =
    &["svg", "svgz", "avif", "heic", "heif", "jxl", "jp2", "tif", "tiff", "bmp", "ico", "psd", "eps", "pdf"];

#[cfg(test)]
mod tests {
    use super::is_shareable;

    #[test]
    fn what_previews_cannot_show_is_known_by_its_name() {
        for fit in
            ["a.jpg", "/a/b.PNG", "https://example.org/a.webp?w=2", "https://example.org/picture/12", "a.svg.png"]
        {
            assert!(is_shareable(fit), "{fit}");
        }
        for unfit in ["a.svg", "/a/B.SVG", "https://example.org/a.svg?v=1.png", "a.avif#x", "a.tiff"] {
            assert!(!is_shareable(unfit), "{unfit}");
        }
    }
}
