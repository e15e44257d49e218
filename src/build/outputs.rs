//! Renders the outputs that are not what the last build left, and stages those whose bytes are new.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use crate::commit::{MachineError, OutputFolder, Published, StageError, Staged};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::ledger::{Facts, KnownOutput, MadeFrom, Writer, encode_output};
use crate::manifest::Manifest;
use crate::plan::{Class, Listing, Output, OutputKind, Plan, SourceRef};
use crate::read;
use crate::render::{Parts, PreparedOutput, Rendered, Renderer};
use crate::route::Route;
use crate::site::{ArticleId, Site};
use crate::source::{Sources, Stamp, on_disk};
use crate::view::{Cache, Inputs};

use super::baseline::Baseline;
use super::done::{Done, Tally, keep};
use super::steady::{Bits, Steady, linked};
use super::{Phase, Progress};

/// Outputs rendered together; those behind them wait for the last of these.
const PART: usize = 512;

/// So many stories are made for several outputs to show before those are forgotten that have not been wanted since the
/// last time: the fronts of rare tags show stories of all years, which no output beside them shows.
const MOST_HELD: usize = 6_144;

/// What is to be rendered, and with what.
pub(super) struct Job<'a> {
    pub root: &'a Path,
    pub config: &'a Config,
    pub site: &'a Site,
    pub plan: &'a Plan,
    pub sources: &'a Sources,
    /// For each source that was there, its place in the ledger.
    pub known: &'a [Option<usize>],
    /// The hashes of the sources' records.
    pub records: &'a [Option<u128>],
    /// The places of the articles among the sources.
    pub articles: &'a [u32],
    /// The hash of everything else that the site depends on besides the clock.
    pub circumstances: u128,
    pub remembered: Option<&'a Baseline>,
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
    pub(super) fn differences(&self, publication: &OutputFolder, manifest: &Manifest) -> Vec<Diagnostic> {
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

impl<'a> Job<'a> {
    /// Renders what has to be and stages it; without a publication, renders what may be faulty and keeps nothing.
    pub(super) fn render_all(
        &self,
        renderer: &Renderer<'_>,
        publication: Option<&OutputFolder>,
        digests: &mut [Option<u128>],
        writer: &mut Writer,
        progress: &dyn Progress,
    ) -> Result<Reported<Printed>, MachineError> {
        let &Job { plan, .. } = self;
        let viewer = renderer.viewer();
        let places = self.places();
        let records: Vec<Option<u128>> = places.iter().map(|place| self.records[(*place)? as usize]).collect();
        let inputs = Inputs::new(viewer, self.circumstances, &records).map_err(|error| MachineError(error.0))?;
        let steady = self.steady(&places);
        let press = Press { job: self, renderer, inputs, places, steady, told: Cache::new(), publication };
        let wanted: Vec<&Output> =
            plan.outputs.iter().filter(|output| publication.is_some() || output.class() == Class::Content).collect();
        progress.begin(Phase::Rendering, wanted.len());
        if let Some(publication) = publication {
            publication.prepare(wanted.iter().map(|output| &output.route))?;
        }
        // Pages that show the same stories are rendered together, so that what they share is made once and can be
        // forgotten soon. The order changes no byte.
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.par_sort_by_key(|&at| wanted[at].newest);
        let mut tally = Tally::new(&wanted);
        let mut done: Vec<Done> = Vec::new();
        for part in order.chunks_mut(PART) {
            // What holds stories' texts comes behind their pages, with which the texts are made.
            let is_feed = |at: usize| wanted[at].class() == Class::Feed;
            part.sort_by_key(|&at| is_feed(at));
            let pages = part.partition_point(|&at| !is_feed(at));
            let (pages, documents) = part.split_at(pages);
            // The ledger is written meanwhile.
            let (next, kept) = rayon::join(
                || {
                    let mut next = press.part(&wanted, pages, digests, progress)?;
                    next.extend(press.part(&wanted, documents, digests, progress)?);
                    Ok(next)
                },
                || keep(&done, writer),
            );
            kept?;
            tally.add(std::mem::replace(&mut done, next?));
            done.iter().for_each(|done| self.learn_digest(wanted[done.at], done, digests));
            if viewer.held() >= MOST_HELD {
                viewer.forget();
            }
        }
        keep(&done, writer)?;
        tally.add(done);
        let Tally { published, rendered, mut diagnostics, fragments, .. } = tally;
        diagnostics.extend(fragments.missing(renderer, self.remembered));
        let changed = wanted.iter().zip(published).filter(|(_, published)| *published != Published::Same);
        let staged = changed.map(|(output, published)| (output.route.clone(), published)).collect();
        Ok(Reported { value: Printed { staged, rendered }, diagnostics })
    }

    /// The place of each story's source among the sources.
    fn places(&self) -> Vec<Option<u32>> {
        let places: Vec<Option<u32>> =
            self.site.ranks.iter().map(|&at| self.articles.get(at as usize).copied()).collect();
        debug_assert!(self.site.articles.iter().zip(&places).all(|(story, place)| {
            place.is_some_and(|place| self.sources.files[place as usize].path == *story.article.source)
        }));
        places
    }

    /// Which stories are where they were; of no use where bodies alone have changed, for then all are.
    fn steady(&self, places: &[Option<u32>]) -> Option<Steady> {
        let remembered = self.remembered.filter(|_| self.bodies.is_none())?;
        let was = |place: usize| self.known[place].and_then(|at| u32::try_from(at).ok());
        let story_was = |id: ArticleId| places[id.0 as usize].and_then(|place| was(place as usize));
        let page_was = |at: usize| self.place_of_source(&self.site.pages[at].page.source).and_then(was);
        Some(Steady::new(remembered, self.site, self.plan, &story_was, &page_was))
    }

    /// What is known of an output whose views cannot have changed, and which is published as it was.
    fn untouched(&self, output: &Output, publication: Option<&OutputFolder>) -> Option<(KnownOutput<'_>, Facts)> {
        let bodies = self.bodies?;
        let page = self.plan.full_page(output);
        if page.copied_file().is_some()
            || page.source_path(self.site).is_some_and(|source| bodies.contains(source))
            || self.tells_one_of(page, bodies)
        {
            return None;
        }
        let (known, stamp) = is_published(self.remembered?.output(&output.route)?, publication)?;
        known.facts.fingerprint.map(|_| (known, Facts { stamp, ..known.facts }))
    }

    /// What texts referred to when they were last rendered.
    fn references(&self) -> impl Fn(&Route) -> Option<Vec<&'a str>> + use<'a> {
        let remembered = self.remembered;
        move |route| Some(remembered?.output(route)?.0.references())
    }

    /// Whether an output that is no page holds the text of one of these sources.
    fn tells_one_of(&self, output: &Output, bodies: &BTreeSet<String>) -> bool {
        let stories = output.held_texts(self.site, self.config);
        stories.into_iter().any(|id| bodies.contains(&*self.site.story(id).article.source))
    }

    /// The place of a file of the site among the sources.
    fn source_place(&self, file: usize) -> Option<usize> {
        self.place_of_source(&self.site.files[file].source)
    }

    fn place_of_source(&self, path: &str) -> Option<usize> {
        self.sources.files.binary_search_by(|source| source.path.as_str().cmp(path)).ok()
    }

    /// Whether a file that has been copied is no longer the one whose size in pixels was read.
    fn has_changed(&self, output: &Output) -> bool {
        let Some(file) = output.copied_file() else { return false };
        let known = self.source_place(file).and_then(|place| self.sources.files[place].stamp);
        let now = std::fs::symlink_metadata(on_disk(self.root, &self.site.files[file].source));
        known != now.ok().map(|metadata| Stamp::of(&metadata))
    }

    /// Takes the digest of a source from its copy.
    fn learn_digest(&self, output: &Output, done: &Done, digests: &mut [Option<u128>]) {
        if let (Some(file), Some((hash, _))) = (output.copied_file(), &done.known)
            && let Some(place) = self.source_place(file)
        {
            digests[place] = Some(*hash);
        }
    }
}

/// An output with the stamp of the published file, if that is still as it was left.
fn is_published<'l>(
    (known, published): (KnownOutput<'l>, Option<Stamp>),
    publication: Option<&OutputFolder>,
) -> Option<(KnownOutput<'l>, Stamp)> {
    Some((known, if publication.is_some() { published? } else { known.facts.stamp }))
}

/// Does outputs one by one.
struct Press<'p, 'a> {
    job: &'p Job<'p>,
    renderer: &'p Renderer<'a>,
    inputs: Inputs<'p, 'a>,
    /// The place of each story's source among the sources.
    places: Vec<Option<u32>>,
    steady: Option<Steady>,
    /// Which stories' texts refer to what they did, where that is not told by `steady`.
    told: Cache<ArticleId, bool>,
    publication: Option<&'p OutputFolder>,
}

impl Press<'_, '_> {
    /// Does some of the outputs, by their places, in parallel.
    fn part(
        &self,
        wanted: &[&Output],
        part: &[usize],
        digests: &[Option<u128>],
        progress: &dyn Progress,
    ) -> Result<Vec<Done>, MachineError> {
        let one = |&at: &usize| {
            let mut done = None;
            let route = &wanted[at].route;
            progress.output(route, &mut || done = Some(self.one(wanted[at], at, digests)));
            progress.advance(1);
            done.unwrap_or_else(|| Err(MachineError(format!("/{} was not rendered", route.path()))))
        };
        part.par_iter().map(one).collect()
    }

    /// Leaves one output as it is, or renders and stages it.
    fn one(&self, output: &Output, at: usize, digests: &[Option<u128>]) -> Result<Done, MachineError> {
        let left = |known: KnownOutput<'_>, facts| self.left(at, output, &known, facts);
        if let Some((known, facts)) = self.job.untouched(output, self.publication) {
            return left(known, facts);
        }
        let views = self.inputs.of(output.kind, &output.route);
        if let Some((known, facts)) = self.alike(output, views) {
            debug_assert!(
                self.same(output, &self.renderer.prepare(output), digests).is_some(),
                "/{}",
                output.route.path()
            );
            return left(known, facts);
        }
        let prepared = self.renderer.prepare(output);
        if let Some((known, facts)) = self.same(output, &prepared, digests) {
            return left(known, Facts { made_from: self.made_from(output, views, &known), ..facts });
        }
        let Reported { value, mut diagnostics } = self.renderer.render(output, prepared);
        let mut done = Done::rendered(at);
        if let (Some(publication), Some(rendered)) = (self.publication, &value) {
            match publication.stage(&output.route, &rendered.contents) {
                Ok(_) if self.job.has_changed(output) => {
                    diagnostics.extend(output.source_path(self.job.site).map(read::changed));
                }
                Ok(staged) => {
                    done.published = staged.published;
                    done.known = Some((staged.hash, self.known_of(output, views, rendered, &staged, &diagnostics)?));
                }
                Err(StageError::Machine(error)) => return Err(error),
                Err(StageError::Source(diagnostic)) => diagnostics.push(*diagnostic),
            }
        }
        done.parts = value.and_then(|rendered| rendered.parts);
        done.diagnostics = diagnostics;
        Ok(done)
    }

    /// What is known of an output whose views are made from the same as they were, with texts that say the same.
    fn alike(&self, output: &Output, views: Option<u128>) -> Option<(KnownOutput<'_>, Facts)> {
        let (known, stamp) = self.known(output)?;
        known.facts.fingerprint?;
        let before = known
            .facts
            .made_from
            .filter(|before| views.map(|views| self.renderer.inputs(views)) == Some(before.views))?;
        let facts = Facts { stamp, ..known.facts };
        if self.leads_where_it_did(output) {
            return Some((known, facts));
        }
        let others = self.job.references();
        let references = |route: &Route| match *route == output.route {
            true => Some(known.references()),
            false => others(route),
        };
        if self.renderer.texts(output, &references)? != before.texts {
            return None;
        }
        // A link may mean the same for another reason: where its story was, an alias is now.
        let linked = self.linked(output.kind, known.references().into_iter());
        Some((known, Facts { made_from: Some(MadeFrom { linked, ..before }), ..facts }))
    }

    /// Whether all texts that an output holds refer to what they did, as far as that can be told without resolving what
    /// the output itself refers to.
    fn leads_where_it_did(&self, output: &Output) -> bool {
        match output.kind {
            OutputKind::Article(id) => self.page_was_made_from(id).is_some_and(|page| self.links_to_steady(&page)),
            // A section's own text may stand there.
            OutputKind::Listing(Listing::Section(_), _) => false,
            _ => {
                let stories = output.held_texts(self.job.site, self.job.config);
                self.steady.is_some() && stories.into_iter().all(|id| self.tells_what_it_did(id))
            }
        }
    }

    /// What a story's page was made from by the last build.
    fn page_was_made_from(&self, id: ArticleId) -> Option<MadeFrom> {
        let at = self.steady.as_ref()?.page(id)?;
        self.job.remembered?.output_at(at)?.0.facts.made_from
    }

    /// Whether a page's text links to nothing but stories whose pages are where they were.
    fn links_to_steady(&self, page: &MadeFrom) -> bool {
        self.steady.as_ref().zip(page.linked).is_some_and(|(steady, linked)| steady.has(linked))
    }

    /// Whether a story's text refers to what it did. A feed tells many stories, and one story stands in many feeds.
    fn tells_what_it_did(&self, id: ArticleId) -> bool {
        self.page_was_made_from(id).is_some_and(|page| {
            let is_same = || self.renderer.text_of(id, &self.job.references()) == Some(page.texts);
            self.links_to_steady(&page) || self.told.get(id, is_same)
        })
    }

    /// What is remembered of an output, with the stamp of the published file, if that is still as it was left.
    fn known(&self, output: &Output) -> Option<(KnownOutput<'_>, Stamp)> {
        let remembered = self.job.remembered?;
        let found = match (&self.steady, output.article()) {
            (Some(steady), Some(id)) => remembered.output_at(steady.page(id)?),
            _ => remembered.output(&output.route),
        };
        is_published(found?, self.publication)
    }

    /// What a text refers to, when that is stories alone.
    fn linked<'r>(&self, kind: OutputKind, references: impl Iterator<Item = &'r str>) -> Option<Bits> {
        linked(kind, self.job.site, self.job.plan, references)
    }

    /// What an output is made from that is left with the same bytes.
    fn made_from(&self, output: &Output, views: Option<u128>, known: &KnownOutput<'_>) -> Option<MadeFrom> {
        let texts = self.renderer.texts(output, &self.job.references())?;
        let linked = self.linked(output.kind, known.references().into_iter());
        Some(MadeFrom { views: self.renderer.inputs(views?), texts, linked })
    }

    /// What is known of an output that would be rendered to the same bytes, and is published with them.
    fn same(
        &self,
        output: &Output,
        prepared: &PreparedOutput<'_>,
        digests: &[Option<u128>],
    ) -> Option<(KnownOutput<'_>, Facts)> {
        let (known, stamp) = self.known(output)?;
        let is_same = match prepared {
            PreparedOutput::File(at) => {
                self.job.source_place(*at).and_then(|place| digests[place]) == Some(known.facts.hash)
            }
            prepared => {
                known.facts.fingerprint.is_some()
                    && self.renderer.fingerprint(&output.route, prepared, &self.job.references())
                        == known.facts.fingerprint
            }
        };
        is_same.then_some((known, Facts { stamp, ..known.facts }))
    }

    /// The place of the source whose page an output is, so that the next build knows where the source was.
    fn source(&self, output: &Output) -> Option<u32> {
        match output.source.filter(|_| output.class() == Class::Content)? {
            SourceRef::Article(id) => *self.places.get(id.0 as usize)?,
            SourceRef::Page(at) => {
                self.job.place_of_source(&self.job.site.pages[at].page.source).and_then(|at| u32::try_from(at).ok())
            }
            _ => None,
        }
    }

    /// An output that is left as it is.
    fn left(&self, at: usize, output: &Output, known: &KnownOutput<'_>, facts: Facts) -> Result<Done, MachineError> {
        let facts = Facts { source: self.source(output), ..facts };
        let encoded = known.encode_with(&facts).map_err(super::no_ledger)?;
        Ok(Done {
            at,
            known: Some((facts.hash, encoded)),
            diagnostics: known.diagnostics(),
            published: Published::Same,
            was_rendered: false,
            parts: Some(Parts { ids: Vec::new(), links: known.part_links() }),
        })
    }

    /// What will be known of an output that has been rendered.
    fn known_of(
        &self,
        output: &Output,
        views: Option<u128>,
        rendered: &Rendered,
        staged: &Staged,
        diagnostics: &[Diagnostic],
    ) -> Result<Vec<u8>, MachineError> {
        let references = rendered.references.iter().map(String::as_str);
        let linked = || self.linked(output.kind, references);
        let made_from = views.zip(rendered.texts);
        let made_from =
            made_from.map(|(views, texts)| MadeFrom { views: self.renderer.inputs(views), texts, linked: linked() });
        let (stamp, hash, fingerprint) = (staged.stamp, staged.hash, rendered.fingerprint);
        let facts = Facts { stamp, hash, fingerprint, made_from, source: self.source(output) };
        encode_output(output.route.as_str(), &facts, &rendered.parts, &rendered.references, diagnostics)
            .map_err(super::no_ledger)
    }
}
