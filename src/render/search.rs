//! Makes the search index. All files of a part of it are made together, when the first of them is needed.

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use xxhash_rust::xxh3::Xxh3;

use crate::diagnostic::{Diagnostic, Reported};
use crate::markdown::{self, FootnotePlacement, Options, TextRole, Visitor};
use crate::plan::SegmentFile;
use crate::reader::{SearchFact, SegmentAt, record};
use crate::search::{
    DamagedIndex, FORMAT, FoundStory, RootSegment, SearchFilter, SearchRoot, SegmentFiles, SegmentTerms, StoryField,
    StoryWords, segment_files,
};
use crate::site::ArticleId;

use super::{Contents, EditionRenderer, Rendered, bodies};

/// A file of the search index before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchFile {
    /// The place of its part in [`crate::plan::Plan::segments`].
    segment: usize,
    file: SegmentFile,
    /// The name and the version of its part.
    folder: String,
    version: u64,
}

impl SearchFile {
    /// A hash of everything that it depends on.
    pub(super) fn fingerprint(&self) -> u128 {
        let mut hash = Xxh3::new();
        hash.update(self.folder.as_bytes());
        hash.update(format!("{:?} {}", self.file, self.version).as_bytes());
        hash.digest128()
    }
}

/// The files of the last few parts. A build needs those of a part one after the other.
#[derive(Debug, Default)]
pub(super) struct SegmentCache(Mutex<VecDeque<(usize, Making)>>);

type Making = Arc<OnceLock<Result<SegmentFiles, Diagnostic>>>;

/// The number of parts in the cache.
const PARTS: usize = 6;
/// The number of stories that are worth another thread.
const STORIES_A_THREAD: usize = 128;

impl SegmentCache {
    fn get(&self, segment: usize) -> Making {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, making)) = cached.iter().find(|(other, _)| *other == segment) {
            return Arc::clone(making);
        }
        if cached.len() == PARTS {
            cached.pop_front();
        }
        let making = Making::default();
        cached.push_back((segment, Arc::clone(&making)));
        making
    }
}

impl EditionRenderer<'_> {
    /// A file of a part of the index, to be made if it has changed.
    pub(super) fn search_file(&self, segment: usize, file: SegmentFile) -> SearchFile {
        let entry = self.viewer.reader.segment(SegmentAt(segment));
        SearchFile { segment, file, folder: entry.folder.to_owned(), version: entry.version }
    }

    /// The file that a search begins with.
    pub fn search_root(&self) -> Vec<u8> {
        let reader = &self.viewer.reader;
        let (site, plan) = reader.everything();
        let segments = plan.segments();
        let languages: BTreeSet<&str> =
            segments.iter().flat_map(|segment| &segment.stories).map(|&id| site.story(id).language.tag()).collect();
        let (segments, _) = record(|| {
            let segments = segments.iter().enumerate().map(|(at, segment)| {
                let entry = reader.segment(SegmentAt(at));
                RootSegment(
                    segment.folder.clone(),
                    segment.stories.len() as u32,
                    format!("{:08x}", entry.version as u32),
                )
            });
            segments.collect()
        });
        let languages = languages.into_iter().map(str::to_owned).collect();
        serde_json::to_vec(&SearchRoot { format: FORMAT, languages, segments }).unwrap_or_default()
    }

    /// Makes a file of the index.
    pub(super) fn index_file(&self, file: &SearchFile) -> Reported<Option<Rendered>> {
        let making = self.segments.get(file.segment);
        match making.get_or_init(|| self.segment(file.segment)) {
            Ok(files) => {
                let bytes = match file.file {
                    SegmentFile::Terms(at) => files.buckets.get(at),
                    SegmentFile::Titles(at) => files.lists.get(at),
                };
                let contents = Contents::Bytes(bytes.cloned().unwrap_or_default());
                Reported::clean(Some(Rendered { contents, fingerprint: Some(file.fingerprint()), parts: None }))
            }
            Err(diagnostic) => Reported { value: None, diagnostics: vec![diagnostic.clone()] },
        }
    }

    /// A file of the index by its path below its folder.
    ///
    /// # Errors
    /// If there is no such file, or a story has changed since its front matter was read.
    pub fn index_bytes(&self, path: &str) -> Result<Vec<u8>, DamagedIndex> {
        let (_, plan) = self.viewer.reader.everything();
        let (folder, name) = path.split_once('/').ok_or(DamagedIndex)?;
        let at = plan.segments().iter().position(|segment| segment.folder == folder).ok_or(DamagedIndex)?;
        let file = SegmentFile::parse(name).ok_or(DamagedIndex)?;
        match self.index_file(&self.search_file(at, file)).value.map(|rendered| rendered.contents) {
            Some(Contents::Bytes(bytes)) => Ok(bytes),
            _ => Err(DamagedIndex),
        }
    }

    /// Makes all files of a part. Its threads are not rayon's, which could take up another file and wait for this one.
    fn segment(&self, at: usize) -> Result<SegmentFiles, Diagnostic> {
        let (_, plan) = self.viewer.reader.everything();
        let segment = &plan.segments()[at];
        let most = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = (segment.stories.len() / STORIES_A_THREAD).clamp(1, most);
        let size = segment.stories.len().div_ceil(threads).max(1);
        let parts: Vec<Result<_, Diagnostic>> = thread::scope(|scope| {
            let parts: Vec<_> = (segment.stories.chunks(size).zip(0u32..))
                .map(|(stories, part)| scope.spawn(move || self.collect(stories, part * size as u32)))
                .collect();
            parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let (mut all, mut stories) = (SegmentTerms::default(), Vec::with_capacity(segment.stories.len()));
        for (number, part) in parts.into_iter().enumerate() {
            let (terms, found) = part?;
            if number == 0 {
                all = terms
            } else {
                all.append(&terms)
            }
            stories.extend(found);
        }
        Ok(segment_files(&segment.span, &all, &stories))
    }

    /// Collects the terms of some stories, the first of which has the number `first` in its part.
    fn collect(&self, stories: &[ArticleId], first: u32) -> Result<(SegmentTerms, Vec<FoundStory>), Diagnostic> {
        let mut terms = SegmentTerms::default();
        let mut found = Vec::with_capacity(stories.len());
        for (&id, number) in stories.iter().zip(first..) {
            let (story, mut words) = self.story_facts(id);
            words.texts.push((StoryField::Text, self.searched_text(id)?));
            terms.add(number, &words);
            found.push(story);
        }
        Ok((terms, found))
    }

    fn story_facts(&self, id: ArticleId) -> (FoundStory, StoryWords) {
        let config = self.viewer.config;
        let mut found = FoundStory::default();
        let mut words = StoryWords::default();
        self.viewer.reader.search_facts(id, &mut |fact| match fact {
            SearchFact::Words(field, text) => {
                if field == StoryField::Title {
                    text.clone_into(&mut found.title);
                }
                words.texts.push((field, text.to_owned()));
            }
            SearchFact::Filter(filter, value, label) => {
                if filter == SearchFilter::Language {
                    value.clone_into(&mut found.language);
                }
                words.filters.push(filter.term(value, label));
            }
            SearchFact::Name(name) => {
                if !found.byline.is_empty() {
                    found.byline.push_str(", ");
                }
                found.byline.push_str(name);
            }
            SearchFact::Section(title) => title.clone_into(&mut found.section),
            SearchFact::Day(day) => {
                found.date = day.to_string();
                words.filters.push(SearchFilter::Day.term(&found.date, ""));
            }
            SearchFact::Page(route) => found.path = config.base_url.path(route),
        });
        (found, words)
    }

    /// The text of a story as readers see it on its page, with captions.
    ///
    /// # Errors
    /// If its file has changed since its front matter was read.
    pub fn searched_text(&self, id: ArticleId) -> Result<String, Diagnostic> {
        let (source, _) = record(|| self.source_of_story(id));
        let bodies::Source { start, language, .. } = source;
        let text = self.reference_targets().read(&source)?;
        // Quotation marks are no part of a word.
        let options = Options::new(self.viewer.config, FootnotePlacement::End, language);
        let mut visitor = TextVisitor::default();
        markdown::walk(&text[start..], &Options { smart_punctuation: false, ..options }, &mut visitor);
        Ok(visitor.0)
    }
}

/// Collects the words that readers see.
#[derive(Default)]
struct TextVisitor(String);

impl Visitor for TextVisitor {
    fn text(&mut self, text: &str, _: TextRole) {
        self.0.push_str(text);
    }

    fn code(&mut self, code: &str, _: TextRole) {
        self.0.push_str(code);
    }

    fn url(&mut self, url: &str, _: TextRole) {
        self.0.push_str(url);
    }

    fn space(&mut self) {
        self.0.push(' ');
    }

    fn end_block(&mut self) {
        self.0.push(' ');
    }

    fn media(&mut self) {
        self.0.push(' ');
    }

    fn embed(&mut self, _: bool) {
        self.0.push(' ');
    }

    fn call(&mut self, _: &str) {}

    fn frame(&mut self, _: &str) {}

    fn shown_file(&mut self, _: &str) {}

    fn reference(&mut self, _: &str) {}

    fn possible_names(&mut self, _: &str) {}

    fn caption(&mut self, text: &str) {
        self.0.push(' ');
        self.0.push_str(text);
        self.0.push(' ');
    }
}
