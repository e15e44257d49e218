//! The renderer of all editions: gives each output to the one of its edition.

use std::sync::Arc;

use ahash::HashMap;

use crate::config::EditionId;
use crate::diagnostic::{Diagnostic, Reported};
use crate::plan::{Output, PartLink};
use crate::reader::SiteReader;
use crate::search::DamagedIndex;
use crate::site::ArticleId;
use crate::view::{Viewer, fingerprint};

use super::{
    Biographies, EditionRenderer, LanguageStrings, MadeVariants, PreparedOutput, RenderInput, Rendered, SharedParts,
    Templates, Theme, combined, of_words, to_value,
};

/// Renders outputs with one theme.
#[derive(Debug)]
pub struct Renderer<'a> {
    /// The main edition first.
    editions: Vec<EditionRenderer<'a>>,
}

impl<'a> Renderer<'a> {
    /// Sets up a renderer with a theme that has been [set up](super::set_up), which also gave the biographies.
    ///
    /// # Errors
    /// If templates cannot receive the configuration's `extra` data.
    pub fn new(input: RenderInput<'a>, theme: &'a Theme, biographies: &'a Biographies) -> Result<Renderer<'a>, String> {
        let RenderInput { root, config, site, plan, .. } = input;
        let reader = SiteReader::new(root, config, site, plan, &biographies.html);
        let mut words = HashMap::default();
        for language in reader.languages() {
            if !words.contains_key(language.tag()) {
                let all = theme.strings.all(language);
                let (value, fingerprint) = (to_value(&all)?, fingerprint(&all).map_err(|error| error.to_string())?);
                words.insert(language.tag(), LanguageStrings { value, fingerprint });
            }
        }
        let all_words = of_words(&words);
        let shared = SharedParts { reader: Arc::new(reader), words: Arc::new(words), all_words };
        let editions = config.editions().map(|of| EditionRenderer::new(input, of, &shared, theme, biographies));
        Ok(Renderer { editions: editions.collect::<Result<_, _>>()? })
    }

    fn of(&self, output: &Output) -> &EditionRenderer<'a> {
        self.editions.get(usize::from(output.edition.0)).unwrap_or_else(|| self.main())
    }

    fn main(&self) -> &EditionRenderer<'a> {
        &self.editions[usize::from(EditionId::MAIN.0)]
    }

    /// The views of the main edition.
    pub fn viewer(&self) -> &Viewer<'a> {
        self.main().viewer()
    }

    /// Returns the number of stories held for several pages: see [`Viewer::held`].
    pub fn held(&self) -> usize {
        self.editions.iter().map(|edition| edition.viewer().held()).sum()
    }

    /// Drops what pages share and none has used since the last call, so that memory does not grow with the archive.
    pub fn forget(&self) {
        self.editions.iter().for_each(EditionRenderer::forget);
    }

    /// A style sheet that labels every link to a story that is shown although it is not public.
    pub fn labels(&self) -> String {
        self.main().labels()
    }

    /// The theme's templates.
    pub fn templates(&self) -> &'a Templates {
        self.main().templates()
    }

    /// Prepares an output without rendering its body.
    pub fn prepare(&self, output: &Output) -> PreparedOutput<'a> {
        self.of(output).prepare(output)
    }

    /// The hash of everything that was prepared for an output: its views, its template, and the file of its body. What its
    /// texts refer to is not in it: rendering reads that. `None` for a copied file.
    pub fn fingerprint(&self, output: &Output, prepared: &PreparedOutput<'_>) -> Option<u128> {
        self.of(output).fingerprint(prepared)
    }

    /// Renders an output. The value is absent if an error was reported.
    pub fn render(&self, output: &Output, prepared: PreparedOutput<'_>) -> Reported<Option<Rendered>> {
        self.of(output).render(output, prepared)
    }

    /// Makes smaller pictures that are not kept yet: see [`EditionRenderer::make_variants`].
    pub fn make_variants(&self, wanted: &[usize], done: &(dyn Fn(usize) + Sync)) -> MadeVariants {
        self.main().make_variants(wanted, done)
    }

    /// The links to parts of pages in front matter, configuration and biographies.
    pub fn shared_links(&self) -> &[PartLink] {
        self.main().shared_links()
    }

    /// The output with this route.
    pub fn output(&self, route: &str) -> Option<&Output> {
        self.main().output(route)
    }

    /// The file that a search begins with.
    pub fn search_root(&self) -> Vec<u8> {
        self.main().search_root()
    }

    /// A file of the search index by its path below the index's folder.
    ///
    /// # Errors
    /// If there is no such file, or a story has changed since its front matter was read.
    pub fn index_bytes(&self, path: &str) -> Result<Vec<u8>, DamagedIndex> {
        self.main().index_bytes(path)
    }

    /// The text of a story as readers see it on its page, with captions.
    ///
    /// # Errors
    /// If its file has changed since its front matter was read.
    pub fn searched_text(&self, id: ArticleId) -> Result<String, Diagnostic> {
        self.main().searched_text(id)
    }

    /// Renders a page and returns its ids.
    pub fn ids(&self, output: &Output) -> Vec<String> {
        self.of(output).ids(output)
    }

    /// The hash of what all pages share: templates, the theme's strings, `site`, `assets`, and how bodies are rendered.
    pub fn shared(&self) -> u128 {
        match &*self.editions {
            [only] => only.shared(),
            all => all.iter().map(EditionRenderer::shared).fold(0, |hash, next| combined([hash, next])),
        }
    }
}
