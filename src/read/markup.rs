//! Finds HTML and Markdown in values that are published as typed.

use crate::article::{ArticleFront, Image};
use crate::diagnostic::Code;
use crate::lenient::TextOr;
use crate::markdown::line_markup;
use crate::yaml;

use super::FileReader;
use super::front_matter::FrontMatter;

impl FileReader<'_> {
    /// Reports HTML and Markdown in texts of the front matter that are plain text. A key inside another one is written
    /// with both: `image.caption`.
    pub(super) fn check_markup<'t>(
        &mut self,
        front: &FrontMatter<'_>,
        texts: impl IntoIterator<Item = (&'static str, Option<&'t str>)>,
    ) {
        for (path, text) in texts {
            let Some(markup) = text.and_then(line_markup) else { continue };
            let (top, key) = path.split_once('.').unwrap_or((path, path));
            let message = format!("`{}` is published as typed: `{key}` is plain text", markup.written.escape_debug());
            let line = markup.plain.split_whitespace().collect::<Vec<_>>().join(" ");
            let hint = Some(format!("write `{key}: {}`", yaml::scalar(&line)));
            self.report(front, Code::LeftoverMarkup, top, &markup.written, message, hint);
        }
    }

    /// Reports markup in all texts of a story that are plain text.
    pub(super) fn check_article_markup(&mut self, front_matter: &FrontMatter<'_>, front: &ArticleFront) {
        let texts = [
            ("title", Some(front.title.as_str())),
            ("short_title", front.short_title.as_deref()),
            ("seo_title", front.seo_title.as_deref()),
            ("kicker", front.kicker.as_deref()),
            ("deck", front.deck.as_deref()),
            ("summary", front.summary.as_deref()),
            ("byline", front.byline.as_deref()),
            ("dateline", front.dateline.as_deref()),
            ("retracted.reason", front.retracted.as_ref().map(|retracted| retracted.reason.as_str())),
            ("withdrawn.reason", front.withdrawn.as_ref().and_then(|withdrawn| withdrawn.reason.as_deref())),
        ];
        self.check_markup(front_matter, texts);
        self.check_image_markup(front_matter, front.image.as_ref());
        let corrections =
            front.corrections.iter().map(|correction| ("corrections.text", Some(correction.text.as_str())));
        self.check_markup(front_matter, corrections);
        self.check_markup(front_matter, front.notes.iter().map(|note| ("notes.text", Some(note.text.as_str()))));
    }

    /// Reports markup in the texts of a picture.
    pub(super) fn check_image_markup(&mut self, front_matter: &FrontMatter<'_>, image: Option<&TextOr<Image>>) {
        let Some(TextOr(image)) = image else { return };
        let texts = [
            ("image.alt", image.alt.as_deref()),
            ("image.caption", image.caption.as_deref()),
            ("image.credit", image.credit.as_deref()),
        ];
        self.check_markup(front_matter, texts);
    }
}
