//! `presswork search`: finds stories as readers do, in a terminal.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::shared::{Format, present, report_diagnostics, written_date};
use super::{Failure, SITE_HAS_ERRORS, find_root, print};
use crate::build::{AsOf, Project};
use crate::date::WrittenDate;
use crate::diagnostic::has_errors;
use crate::render::Renderer;
use crate::search::{DamagedIndex, FoundStory, SearchFilter, SearchIndex, SearchQuery, SearchResults, comparable};
use crate::site::ArticleId;
use crate::unicode::composed;

const DETAILS: &str = "\
Find stories with the index and the ranking of the site's search page. A story must have all words, each in any of its \
forms; the last word may be the beginning of one. \"Words in quotation marks\" must follow each other, and a -word must \
not be there. The index is made from the sources, so no build is needed, and nothing is written.";

const EXAMPLES: &str = "\
Examples:
  presswork search harbour strike
  presswork search '\"second week\"' -- -football      put -- before a word that must not be there
  presswork search --drafts --section world election
  presswork search --author lin-tan --from 2026-01-01 --newest
  presswork search --format json port

With --format json there is one object on each line: `title`, `path` (the file), `url` (without the host), `date`, \
`section`, `byline` and `language`.

Exit code: 0 success, 1 the site has errors, 2 wrong usage or an error of the machine.";

/// Find stories by their words
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct SearchArgs {
    /// The words
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Search the site as of this time, such as 2026-12-01T08:00
    #[arg(long, value_name = "TIME", value_parser = written_date)]
    at: Option<WrittenDate>,
    /// Search drafts and embargoed stories, too
    #[arg(long)]
    drafts: bool,
    /// Only stories of this section: its folder, such as world/asia
    #[arg(long, value_name = "FOLDER")]
    section: Option<String>,
    /// Only stories of this author: an id, or the name of a guest
    #[arg(long, value_name = "ID")]
    author: Option<String>,
    /// Only stories in this language, such as zh-Hans
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Only stories of this kind, such as analysis
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only stories from this day on, such as 2026-01-31
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<String>,
    /// Only stories up to this day
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<String>,
    /// Sort by date, newest first
    #[arg(long)]
    newest: bool,
    /// The maximum number of stories
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Report format: text for people, or one JSON object on each line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

fn day(text: &str) -> Result<String, String> {
    let day: Result<jiff::civil::Date, _> = text.parse();
    day.map(|day| day.to_string()).map_err(|_| "write a day such as 2026-01-31".to_owned())
}

impl SearchArgs {
    /// Searches and prints the stories.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let query = self.query();
        if query.is_empty() {
            return Err(Failure::new("there is nothing to search for").hint("write a word: presswork search harbour"));
        }
        let root = find_root(self.root.clone())?;
        let now = present(self.at, &root)?;
        let opened = Project::open(&root)?;
        let mut diagnostics = opened.diagnostics;
        if let Some(project) = opened.value {
            let mut draft = project.as_of(AsOf { now, drafts: self.drafts, preview: None });
            diagnostics.extend(draft.report());
            if let Some(renderer) = draft.renderer().map_err(Failure::new)? {
                let search = StorySearch::new(&renderer.value);
                self.print(&search.find(&query, self.limit)?, &search)?;
            }
        }
        if !has_errors(&diagnostics) {
            return Ok(ExitCode::SUCCESS);
        }
        report_diagnostics(self.format, &diagnostics, &root)?;
        Ok(ExitCode::from(SITE_HAS_ERRORS))
    }

    fn query(&self) -> SearchQuery {
        let SearchArgs { section, author, language, kind, from, until, newest, .. } = self;
        let filters = [
            (SearchFilter::Section, section),
            (SearchFilter::Author, author),
            (SearchFilter::Language, language),
            (SearchFilter::Kind, kind),
        ];
        let filters =
            filters.into_iter().filter_map(|(filter, value)| Some((filter, composed(value.as_deref()?).into_owned())));
        let filters = filters.collect();
        let mut query = SearchQuery::parse(&self.words.join(" "));
        (query.filters, query.newest) = (filters, *newest);
        (query.from, query.to) = (from.clone(), until.clone());
        query
    }

    fn print(&self, found: &SearchResults, search: &StorySearch<'_, '_>) -> Result<(), Failure> {
        let mut text = String::new();
        for story in &found.stories {
            let source = search.source(&story.path);
            match self.format {
                Format::Json => text.push_str(&json(story, source)),
                Format::Human => {
                    let about: Vec<&str> =
                        [&*story.section, &*story.byline].into_iter().filter(|part| !part.is_empty()).collect();
                    text.push_str(&format!("{}  {}\n", story.date, story.title));
                    text.push_str(&format!("            {}\n            {source}\n", about.join(" · ")));
                }
            }
        }
        if self.format == Format::Human {
            let SearchResults { stories, total, corrected } = found;
            let instead =
                corrected.iter().map(|(typed, other)| format!("no story has “{typed}”: searched for “{other}”\n"));
            let count = match (stories.len(), *total) {
                (_, 0) => "no story matches\n".to_owned(),
                (shown, total) if shown < total => format!("{shown} of {total} stories\n"),
                (_, 1) => "1 story\n".to_owned(),
                (_, total) => format!("{total} stories\n"),
            };
            text = instead.collect::<String>() + &text + &count;
        }
        print(&mut anstream::stdout().lock(), &text)
    }
}

fn json(story: &FoundStory, source: &str) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        title: &'a str,
        path: &'a str,
        url: &'a str,
        date: &'a str,
        section: &'a str,
        byline: &'a str,
        language: &'a str,
    }
    let FoundStory { title, path: url, date, section, byline, language } = story;
    let line = Line { title, path: source, url, date, section, byline, language };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

/// Searches the index that a renderer makes.
struct StorySearch<'r, 'a> {
    renderer: &'r Renderer<'a>,
    /// The searched stories by their URLs.
    stories: HashMap<String, ArticleId>,
}

impl<'r, 'a> StorySearch<'r, 'a> {
    fn new(renderer: &'r Renderer<'a>) -> StorySearch<'r, 'a> {
        let (_, plan) = renderer.viewer().reader.everything();
        let base = &renderer.viewer().config.base_url;
        let all = plan.segments().iter().flat_map(|segment| segment.stories.iter().copied());
        StorySearch { renderer, stories: all.map(|id| (base.path(plan.article(id)), id)).collect() }
    }

    fn find(&self, query: &SearchQuery, most: usize) -> Result<SearchResults, Failure> {
        if self.stories.is_empty() {
            return Err(Failure::new("there is nothing to search")
                .hint("no story is public, `search` in site.yaml is false, or the theme has no template search.html"));
        }
        let failed = |DamagedIndex| Failure::new("a story was changed during the search").hint("search again");
        let read = |path: &str| self.renderer.index_bytes(path);
        let index = SearchIndex::open(&self.renderer.search_root(), &read).map_err(failed)?;
        let text = |url: &str| {
            let text = self.stories.get(url).and_then(|&id| self.renderer.searched_text(id).ok());
            comparable(&text.unwrap_or_default())
        };
        index.search(query, most, &text).map_err(failed)
    }

    /// The file of the story with a URL.
    fn source(&self, url: &str) -> &str {
        let (site, _) = self.renderer.viewer().reader.everything();
        self.stories.get(url).map_or("", |&id| &*site.story(id).article.source)
    }
}
