//! `presswork check --unpublished`: lists the files in `content/` that are not published, with the reasons.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::shared::{Format, report_diagnostics};
use super::{Failure, SITE_HAS_ERRORS, print_line, print_message, report};
use crate::build::{Draft, Project};
use crate::diagnostic::has_errors;
use crate::site::State;
use crate::source::Unwanted;

/// A file that is not published.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct LeftOut {
    /// The path, relative to the project's folder.
    file: String,
    why: &'static str,
}

/// Lists the files and prints their number; the exit code is 0 unless the site has errors.
pub(super) fn list(root: &Path, now: Timestamp, format: Format) -> Result<u8, Failure> {
    let mut diagnostics = Vec::new();
    let project = Project::open(root)?.take(&mut diagnostics);
    let Some(project) = project else {
        report_diagnostics(format, &diagnostics, root)?;
        return Ok(SITE_HAS_ERRORS);
    };
    let draft = project.at(now);
    let Draft { site, plan, .. } = &draft;
    diagnostics.extend(draft.report());
    diagnostics.retain(|found| has_errors(std::slice::from_ref(found)));
    let unnamed = plan.unpublished().iter().map(|left_out| {
        let file = site.files[left_out.file].source.clone();
        LeftOut { file, why: why(left_out.unwanted) }
    });
    let hidden = site.hidden.iter().filter(|(source, _)| !source.ends_with(".md"));
    let hidden = hidden.map(|(source, &state)| LeftOut { file: source.clone(), why: why_hidden(state) });
    let secrets = project.sources.secrets.iter();
    let secrets =
        secrets.map(|source| LeftOut { file: source.clone(), why: "it may contain passwords, keys or drafts" });
    let mut files: Vec<LeftOut> = unnamed.chain(hidden).chain(secrets).collect();
    files.sort_unstable();
    for left_out in &files {
        print_line(&match format {
            Format::Human => format!("{}: {}", left_out.file.escape_debug(), left_out.why),
            Format::Json => serde_json::to_string(left_out).unwrap_or_default(),
        })?;
    }
    if format == Format::Human {
        print_message(&match files.len() {
            0 => "every file in content/ is published\n".to_owned(),
            1 => "1 file in content/ is not published\n".to_owned(),
            number => format!("{} in content/ are not published\n", report::count(number, "file")),
        });
    }
    report_diagnostics(format, &diagnostics, root)?;
    Ok(if diagnostics.is_empty() { 0 } else { SITE_HAS_ERRORS })
}

fn why(unwanted: Option<Unwanted>) -> &'static str {
    match unwanted {
        None => "no page refers to it, and no `publish:` names it",
        Some(Unwanted::Backup) => "its name is that of a backup or a temporary file",
        Some(Unwanted::SourceCopy) => "its name is that of a copy of an article",
        Some(Unwanted::Hidden) => "its name begins with a dot, or that of its folder does",
    }
}

fn why_hidden(state: State) -> &'static str {
    match state {
        State::Draft => "it belongs to a draft",
        State::Embargoed => "it belongs to a story that is not public yet",
        State::Expired => "it belongs to a story that has expired",
        State::Withdrawn => "it belongs to a story that was withdrawn",
        State::Retracted | State::Published => "it belongs to a story that was retracted",
    }
}
