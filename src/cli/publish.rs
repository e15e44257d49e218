//! `presswork publish`: publishes a draft, a story now or at a time.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::shared::{front_matter_date, shown, site_has_errors, this_minute};
use super::story::{PageFile, Publishable, StoryFile};
use super::{Failure, clock, print_line, print_message};
use crate::edit::{Edit, NewValue, Scalar};
use crate::site::{State, state};

const DETAILS: &str = "\
Publish a draft or scheduled story: date it now, or at the time of --at, and remove `draft: true` from its front matter. \
Nothing else in the file changes. A draft that is dated ahead keeps its date. Of a standalone page only `draft: true` is \
removed.

The next build publishes the story; with a time in the future, the first build after that time.";

const EXAMPLES: &str = "\
Examples:
  presswork publish local/flood.md
  presswork publish content/local/flood/ --at \"2026-12-01 06:00\"
  presswork publish pages/contact.md

Exit code: 0 the file was changed, 1 the file or site.yaml has errors, 2 the command failed.";

/// Publish a draft, now or at a time
#[derive(Debug, Args)]
#[command(long_about = DETAILS, after_help = EXAMPLES)]
pub(super) struct PublishArgs {
    /// The file or folder of the article or page, relative to here, to the site's folder or to content/
    file: PathBuf,
    /// The time of publication, such as 2026-12-01 or "2026-12-01 06:00" [default: now, or the
    /// date of a draft that is dated ahead]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The site's folder [default: the current folder or the nearest parent with a site.yaml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl PublishArgs {
    /// Changes the file and prints its path.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match Publishable::open(self.root, &self.file)? {
            Some(Publishable::Story(story)) => publish_story(&story, self.at.as_deref())?,
            Some(Publishable::Page(page)) => publish_page(&page, self.at.as_deref())?,
            None => return site_has_errors(),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Dates a story and prints its path.
fn publish_story(story: &StoryFile, at: Option<&str>) -> Result<(), Failure> {
    let now = clock::now();
    let source = &story.article.source;
    let state = state(&story.article, now, false);
    if !matches!(state, State::Draft | State::Embargoed) {
        let message = format!("{source} is {} already", state.describe());
        return Err(Failure::new(message).hint("only drafts and scheduled stories can be published"));
    }
    // Dating such a draft now would bring it out before its time.
    let published = story.article.dates.published;
    let planned = state == State::Draft && at.is_none() && published.instant > now;
    let moment = match at {
        Some(at) => story.moment(at)?,
        None if planned => published,
        None => this_minute(now),
    };
    let date = front_matter_date(moment, &story.config.timezone);
    if let Some(embargo) = story.article.dates.rare().embargo.filter(|embargo| embargo.instant > moment.instant) {
        let end = embargo.in_zone(&story.config.timezone).strftime("%Y-%m-%d %H:%M").to_string();
        return Err(Failure::new(format!("{source} is under embargo until {end}"))
            .hint("publish it then with --at, or remove `embargo:` if the source agrees"));
    }
    let set = Edit::Set("date", NewValue::Scalar(Scalar::Plain(date.clone())));
    let changes = if planned { vec![Edit::Remove("draft")] } else { vec![Edit::Remove("draft"), set] };
    let by_hand = format!("remove `draft:` and write `date: {date}` by hand");
    story.save(&changes, &by_hand)?;
    let when = match moment.instant > now {
        true if planned => "the first build after that publishes it; to publish it now, run the command again",
        true => "the first build after that publishes it",
        false => "`presswork build` publishes it",
    };
    print_message(&format!("dated {date}; {when}\n"));
    print_line(&shown(&story.path))
}

/// Makes a page public and prints its path.
fn publish_page(page: &PageFile, at: Option<&str>) -> Result<(), Failure> {
    let source = &page.page.source;
    if at.is_some() {
        return Err(Failure::new(format!("{source} is a standalone page, which has no date"))
            .hint("run the command without --at"));
    }
    if !page.page.front.draft {
        return Err(Failure::new(format!("{source} is published already")).hint("only drafts can be published"));
    }
    page.save(&[Edit::Remove("draft")], "remove `draft:` by hand")?;
    print_message("no longer a draft; `presswork build` publishes it\n");
    print_line(&shown(&page.path))
}
