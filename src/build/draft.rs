//! The site as of an instant: assembled, planned and checked, ready to be rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::commit::ledger_of;
use crate::config::{Config, FoundErrors};
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::hosts::HostRules;
use crate::ledger::Ledger;
use crate::plan::{Plan, plan};
use crate::read::Record;
use crate::render::{self, Biographies, RenderInput, Renderer, Theme};
use crate::site::{Preview, Site, assemble, blame_new_story, check_picture_texts, has_been_public};
use crate::view::resolve_pictures;

use super::progress::{Phase, Progress};
use super::report;

/// The instant of a draft, and its audience.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    /// The instant that decides what is public.
    pub now: Timestamp,
    /// True if drafts and embargoed articles are shown.
    pub drafts: bool,
    /// The banner of a preview, which every page shows.
    pub preview: Option<Preview>,
}

impl AsOf {
    /// The site as readers see it at an instant.
    pub fn public(now: Timestamp) -> AsOf {
        AsOf { now, drafts: false, preview: None }
    }
}

/// The input of a draft.
pub(super) struct DraftInput {
    pub root: PathBuf,
    pub config: Arc<Config>,
    pub theme: Option<Arc<Theme>>,
    pub records: Vec<Record>,
    pub faulty: BTreeSet<String>,
    /// The diagnostics so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// The site as of an instant, with the routes of all its outputs.
#[derive(Debug)]
pub struct Draft {
    /// The project's folder.
    pub root: PathBuf,
    /// The configuration.
    pub config: Arc<Config>,
    /// The theme; `None` when it cannot be used.
    pub theme: Option<Arc<Theme>>,
    /// The site.
    pub site: Site,
    /// The outputs and their routes.
    pub plan: Plan,
    /// The instant, and the audience.
    pub as_of: AsOf,
    /// The diagnostics of the project and of the draft: all but those that only rendering finds.
    pub diagnostics: Vec<Diagnostic>,
    /// The theme's options, with their pictures resolved.
    options: BTreeMap<String, Value>,
    /// The biographies of all authors. They are rendered with the first renderer, and kept.
    biographies: Option<Reported<Biographies>>,
}

/// The sources of the stories that readers know from the last build into the project's own output folder.
fn known_stories(root: &Path) -> BTreeSet<String> {
    let Ok(ledger) = Ledger::read(&ledger_of(root)) else { return BTreeSet::new() };
    let then = Timestamp::from_second(ledger.header.as_of).unwrap_or(Timestamp::MIN);
    let records = (0..ledger.source_count()).filter_map(|at| ledger.record(at));
    let known = records.filter_map(|(record, _)| match record {
        Record::Article(article) if has_been_public(&article, then) => Some(article.source.to_string()),
        _ => None,
    });
    known.collect()
}

impl Draft {
    /// Assembles and plans the site. Without a usable theme, it plans and checks the outputs of a complete theme.
    pub(super) fn new(input: DraftInput, as_of: AsOf, progress: &dyn Progress) -> Draft {
        let DraftInput { root, config, theme, records, faulty, mut diagnostics } = input;
        progress.begin(Phase::Assembling, records.len());
        check_picture_texts(&records, &faulty, &config, &mut diagnostics);
        let mut site = assemble(records, faulty, &config, as_of.now, as_of.drafts).take(&mut diagnostics);
        site.preview = as_of.preview;
        progress.begin(Phase::Planning, site.articles.len());
        let plan = {
            let theme = theme.as_deref();
            let assets = theme.map(|theme| theme.assets.routes()).unwrap_or_default();
            let theme_files = theme.map(|theme| theme.names.as_slice()).unwrap_or_default();
            let has_template = |name: &str| theme.is_none_or(|theme| theme.templates.has(name));
            let slots = theme.map(|theme| theme.slots.as_slice()).unwrap_or_default();
            plan(&site, &config, &assets, theme_files, slots, &has_template).take(&mut diagnostics)
        };
        if diagnostics.iter().any(|found| found.code == Code::DuplicateId) {
            let known = known_stories(&root);
            blame_new_story(&mut diagnostics, &site, &config, &|source| known.contains(source));
        }
        let mut options = BTreeMap::new();
        if let Some(theme) = &theme {
            options.clone_from(&theme.options);
            diagnostics.extend(resolve_pictures(&mut options, &theme.pictures, &config, &site, &plan));
            if !config.hosts.is_empty() || !plan.patterns().is_empty() || config.redirects_by_language {
                diagnostics.extend(HostRules::new(&plan, &config, &theme.templates.uses(&site)).limits());
            }
        }
        Draft { root, config, theme, site, plan, as_of, diagnostics, options, biographies: None }
    }

    /// The diagnostics with their places, in order.
    pub fn report(&self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.clone();
        self.config.settle(&mut diagnostics, |source| self.site.published(source), &FoundErrors::default());
        report(&self.root, diagnostics)
    }

    /// Sets up a renderer. The first call prepares the theme and renders the biographies, whose diagnostics come with
    /// every renderer. `None` without a usable theme.
    ///
    /// # Errors
    /// If templates cannot receive the `extra` data of the configuration.
    pub fn renderer(&mut self) -> Result<Option<Reported<Renderer<'_>>>, String> {
        let Draft { root, config, theme, site, plan, options, biographies, .. } = self;
        let Some(theme) = theme else { return Ok(None) };
        let input = RenderInput { root, config, site, plan, options };
        let biographies = match biographies {
            Some(known) => known,
            // The theme is copied only if it is shared.
            none => none.insert(render::set_up(input, Arc::make_mut(theme))?),
        };
        let diagnostics = biographies.diagnostics.clone();
        Ok(Some(Reported { value: Renderer::new(input, theme, &biographies.value)?, diagnostics }))
    }
}
