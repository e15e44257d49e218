//! Renders the outputs that are not what the last build left, and stages those whose bytes are new.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use crate::commit::{MachineError, Publication, Published, StageError, Staged};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::ledger::{KnownOutput, Writer};
use crate::manifest::Manifest;
use crate::plan::{Fed, Output, Plan, Subject, stories};
use crate::read;
use crate::render::{self, Rendered, Renderer, Sheet, Theme};
use crate::route::Route;
use crate::site::{ArticleId, Site};
use crate::source::{Sources, Stamp};
use crate::view::Viewer;

use super::Progress;
use super::remembered::Remembered;

/// Outputs rendered before what they share is forgotten, unless they shared it with those before them.
const GENERATION: usize = 4_096;

/// What is to be rendered, and with what.
pub(super) struct Job<'a> {
    pub root: &'a Path,
    pub config: &'a Config,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub sources: &'a Sources,
    pub remembered: Option<&'a Remembered>,
    /// The sources whose bodies alone have changed since the last build, when that is all that has: then no view is
    /// another than it was, and only the pages of these bodies need be looked at.
    pub bodies: Option<&'a BTreeSet<String>>,
}

/// What has been rendered.
#[derive(Default)]
pub(super) struct Printed {
    /// The routes that were staged, in the order in which they are published, and what was there.
    pub staged: Vec<(Route, Published)>,
    /// How many outputs had to be rendered.
    pub rendered: usize,
}

impl Printed {
    /// The routes that were staged.
    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.staged.iter().map(|(route, _)| route)
    }

    /// What `--verify` found: published files that are not what the sources say.
    pub(super) fn differences(&self, publication: &Publication, manifest: &Manifest) -> Vec<Diagnostic> {
        if publication.is_fresh() {
            return Vec::new();
        }
        let differing = self.staged.iter().map(|(route, published)| match published {
            Published::Missing => (route.as_str(), "the published file was missing"),
            _ => (route.as_str(), "the published file was not what the sources say"),
        });
        let stale = publication.stale(manifest).into_iter();
        let stale = stale.map(|route| (route, "the published file is no longer part of the site"));
        let found = differing.chain(stale);
        found.map(|(route, message)| Diagnostic::new(Code::OutputDiffers, publication.shown(route), message)).collect()
    }
}

/// One output that is done.
struct Done {
    at: usize,
    /// The hash of its bytes, and what the ledger will hold; `None` when something is wrong with it, or nothing is
    /// published.
    known: Option<(u128, Vec<u8>)>,
    diagnostics: Vec<Diagnostic>,
    published: Published,
    was_rendered: bool,
}

impl Job<'_> {
    /// Renders what has to be and stages it; without a publication, renders what may be faulty and keeps nothing.
    pub(super) fn render_all(
        &self,
        theme: Theme,
        publication: Option<&Publication>,
        digests: &mut [Option<u128>],
        writer: &mut Writer,
        progress: &dyn Progress,
    ) -> Result<Reported<Printed>, MachineError> {
        let &Job { root, config, site, plan, .. } = self;
        let Theme { mut templates, assets, options, strings, .. } = theme;
        let mut diagnostics = Vec::new();
        let before = Viewer::new(config, site, plan, &strings, &options, &[]).map_err(MachineError)?;
        Renderer::share(&before, &mut templates, &assets).map_err(MachineError)?;
        let biographies = render::biographies(root, config, site, plan, &templates, &strings).take(&mut diagnostics);
        let viewer = Viewer::new(config, site, plan, &strings, &options, &biographies).map_err(MachineError)?;
        let renderer = Renderer::new(&viewer, &templates, &assets, root).map_err(MachineError)?;
        let wanted: Vec<&Output> =
            plan.outputs.iter().filter(|output| publication.is_some() || output.subject.has_text()).collect();
        progress.begin("rendering", wanted.len());
        if let Some(publication) = publication {
            publication.prepare(wanted.iter().map(|output| &output.route))?;
        }
        // Pages that show the same stories are rendered together, so that what they share is made once and can be
        // forgotten soon. The order changes no byte.
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_cached_key(|&at| newest(wanted[at].subject, site, plan));
        let mut published = vec![Published::Same; wanted.len()];
        let mut rendered = 0;
        for generation in order.chunks_mut(GENERATION) {
            // What holds stories' texts comes behind their pages, with which the texts are made.
            generation.sort_by_key(|&at| is_document(wanted[at].subject));
            let pages = generation.partition_point(|&at| !is_document(wanted[at].subject));
            let (pages, documents) = generation.split_at(pages);
            let render = |part| self.part(&renderer, &wanted, part, publication, digests, progress);
            let mut done = render(pages)?;
            done.extend(render(documents)?);
            for done in done {
                if let Some((hash, encoded)) = &done.known {
                    self.learn_digest(wanted[done.at].subject, *hash, digests);
                    writer.add_output(encoded).map_err(super::no_ledger)?;
                }
                published[done.at] = done.published;
                rendered += usize::from(done.was_rendered);
                diagnostics.extend(done.diagnostics);
            }
            viewer.forget();
        }
        let changed = wanted.iter().zip(published).filter(|(_, published)| *published != Published::Same);
        let staged = changed.map(|(output, published)| (output.route.clone(), published)).collect();
        Ok(Reported { value: Printed { staged, rendered }, diagnostics })
    }

    /// Does some of the outputs, by their places, in parallel.
    fn part(
        &self,
        renderer: &Renderer<'_>,
        wanted: &[&Output],
        part: &[usize],
        publication: Option<&Publication>,
        digests: &[Option<u128>],
        progress: &dyn Progress,
    ) -> Result<Vec<Done>, MachineError> {
        let one = |&at: &usize| {
            let mut done = None;
            let route = &wanted[at].route;
            progress.output(route, &mut || done = Some(self.one(renderer, wanted[at], at, publication, digests)));
            progress.advance(1);
            done.unwrap_or_else(|| Err(MachineError(format!("/{} was not rendered", route.path()))))
        };
        part.par_iter().map(one).collect()
    }

    /// Leaves one output as it is, or renders and stages it.
    fn one(
        &self,
        renderer: &Renderer<'_>,
        output: &Output,
        at: usize,
        publication: Option<&Publication>,
        digests: &[Option<u128>],
    ) -> Result<Done, MachineError> {
        if let Some(known) = self.untouched(output, publication) {
            return left(at, self.with_source(known, output));
        }
        let sheet = renderer.sheet(output);
        if let Some(known) = self.same(renderer, output, &sheet, publication, digests) {
            return left(at, self.with_source(known, output));
        }
        let Reported { value, mut diagnostics } = renderer.render(output, sheet);
        let mut done =
            Done { at, known: None, diagnostics: Vec::new(), published: Published::Same, was_rendered: true };
        if let (Some(publication), Some(rendered)) = (publication, value) {
            match publication.stage(&output.route, &rendered.contents) {
                Ok(_) if self.has_changed(output.subject) => {
                    diagnostics.extend(self.file(output.subject).map(read::changed));
                }
                Ok(staged) => {
                    done.published = staged.published;
                    let known = self.with_source(new(&output.route, rendered, staged, &diagnostics), output);
                    done.known = Some((known.hash, known.encode().map_err(super::no_ledger)?));
                }
                Err(StageError::Machine(error)) => return Err(error),
                Err(StageError::Source(diagnostic)) => diagnostics.push(*diagnostic),
            }
        }
        done.diagnostics = diagnostics;
        Ok(done)
    }

    /// Notes whose page an output is, so that the next build knows where the source was.
    fn with_source(&self, known: KnownOutput, output: &Output) -> KnownOutput {
        let source = self.source(output.subject).and_then(|source| self.place_of_source(source));
        KnownOutput { source: source.and_then(|at| u32::try_from(at).ok()), ..known }
    }

    /// The source of an article's or standalone page's own page.
    fn source(&self, subject: Subject) -> Option<&str> {
        match subject {
            Subject::Article(id) => Some(&self.site.story(id).article.source),
            Subject::Leaf(at) => Some(&self.site.pages[at].page.source),
            _ => None,
        }
    }

    /// What is known of an output whose views cannot have changed, and which is published as it was.
    fn untouched(&self, output: &Output, publication: Option<&Publication>) -> Option<KnownOutput> {
        let bodies = self.bodies?;
        let subject = self.plan.full(output.subject);
        if matches!(subject, Subject::File(_))
            || self.source(subject).is_some_and(|source| bodies.contains(source))
            || self.tells_one_of(subject, bodies)
        {
            return None;
        }
        let (known, stamp) = self.known(output, publication)?;
        known.fingerprint.map(|_| KnownOutput { stamp, ..known.clone() })
    }

    /// What is remembered of an output, with the stamp of the published file, if that is still as it was left.
    fn known(&self, output: &Output, publication: Option<&Publication>) -> Option<(&KnownOutput, Stamp)> {
        let (known, published) = self.remembered?.output(&output.route)?;
        Some((known, if publication.is_some() { published? } else { known.stamp }))
    }

    /// Whether an output that is no page holds the text of one of these sources.
    fn tells_one_of(&self, subject: Subject, bodies: &BTreeSet<String>) -> bool {
        let stories = render::stories_told(subject, self.site, self.config);
        stories.into_iter().any(|id| bodies.contains(&*self.site.story(id).article.source))
    }

    /// What is known of an output that would be rendered to the same bytes, and is published with them.
    fn same(
        &self,
        renderer: &Renderer<'_>,
        output: &Output,
        sheet: &Sheet<'_>,
        publication: Option<&Publication>,
        digests: &[Option<u128>],
    ) -> Option<KnownOutput> {
        let (known, stamp) = self.known(output, publication)?;
        let is_same = match sheet {
            Sheet::File(at) => self.source_place(*at).and_then(|place| digests[place]) == Some(known.hash),
            sheet => {
                let references = |route: &Route| Some(self.remembered?.output(route)?.0.references.as_slice());
                known.fingerprint.is_some()
                    && renderer.fingerprint(&output.route, sheet, &references) == known.fingerprint
            }
        };
        is_same.then(|| KnownOutput { stamp, ..known.clone() })
    }

    /// The place of a file of the site among the sources.
    fn source_place(&self, file: usize) -> Option<usize> {
        self.place_of_source(&self.site.files[file].source)
    }

    fn place_of_source(&self, path: &str) -> Option<usize> {
        self.sources.files.binary_search_by(|source| source.path.as_str().cmp(path)).ok()
    }

    /// The source of a copy.
    fn file(&self, subject: Subject) -> Option<&str> {
        match subject {
            Subject::File(file) => Some(&self.site.files[file].source),
            _ => None,
        }
    }

    /// Whether a file that has been copied is no longer the one whose size in pixels was read.
    fn has_changed(&self, subject: Subject) -> bool {
        let Subject::File(file) = subject else { return false };
        let known = self.source_place(file).and_then(|place| self.sources.files[place].stamp);
        let now = std::fs::symlink_metadata(self.root.join(&self.site.files[file].source));
        known != now.ok().map(|metadata| Stamp::of(&metadata))
    }

    /// A copy tells the hash of its source.
    fn learn_digest(&self, subject: Subject, hash: u128, digests: &mut [Option<u128>]) {
        if let Subject::File(file) = subject
            && let Some(place) = self.source_place(file)
        {
            digests[place] = Some(hash);
        }
    }
}

/// An output that is left as it is.
fn left(at: usize, known: KnownOutput) -> Result<Done, MachineError> {
    let encoded = known.encode().map_err(super::no_ledger)?;
    Ok(Done {
        at,
        known: Some((known.hash, encoded)),
        diagnostics: known.diagnostics,
        published: Published::Same,
        was_rendered: false,
    })
}

/// What will be known of an output that has been rendered.
fn new(route: &Route, rendered: Rendered, staged: Staged, diagnostics: &[Diagnostic]) -> KnownOutput {
    let Rendered { fingerprint, references, .. } = rendered;
    let route = route.as_str().to_owned();
    KnownOutput {
        route,
        stamp: staged.stamp,
        hash: staged.hash,
        fingerprint,
        source: None,
        references,
        diagnostics: diagnostics.to_vec(),
    }
}

/// The newest story that an output shows, which puts outputs in the order of time.
fn newest(subject: Subject, site: &Site, plan: &Plan) -> Option<ArticleId> {
    match plan.full(subject) {
        Subject::Article(id) => Some(id),
        Subject::Listing(listing, part) => {
            let range = plan.paging(listing)?.range(part);
            stories(site, listing).get(range)?.last().copied()
        }
        // The formats of one list hold the same texts.
        Subject::Feed(Fed::Listing(listing), _) => stories(site, listing).last().copied(),
        Subject::Feed(Fed::Series(at), _) => site.series[at].parts.iter().max().copied(),
        Subject::Ninjs(id) | Subject::Markdown(id) => Some(id),
        Subject::Corrections(part) => site.amendments.get(plan.corrections()?.range(part))?.last().map(|one| one.story),
        Subject::Month(year, month) => plan.years[year].months[month].stories.last().copied(),
        _ => None,
    }
}

/// What may hold the texts of several stories.
fn is_document(subject: Subject) -> bool {
    matches!(subject, Subject::Feed(..))
}
