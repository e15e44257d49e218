//! `import-report.html`: the report as a page for people.

use std::collections::BTreeMap;

use crate::render::escaped;

use super::old_pages::PageComparison;
use super::report::{OldUrlReport, Report, ReportItem, UrlState};

/// The most rows of a table; the JSON report has all.
const MAX_ROWS: usize = 2_000;

/// The page.
pub(super) fn page(report: &Report) -> String {
    let numbers = &report.numbers;
    let mut body = String::new();
    body.push_str(&format!(
        "<h1>Import from {}</h1>\n<p>{} stories and {} pages, {} of them not public. {} authors, {} files. {} source items \
         were not imported.</p>\n",
        escaped(report.system), numbers.stories, numbers.pages, numbers.drafts, numbers.authors, numbers.files, numbers.skipped
    ));
    body.push_str(&format!(
        "<p>{} old URLs: {} show the same, {} redirect, {} are gone, {} are later pages of lists, <strong>{} lead \
         nowhere</strong>.</p>\n",
        numbers.old_urls, numbers.same, numbers.redirected, numbers.gone, numbers.lists, numbers.unknown
    ));
    body.push_str(&format!("<p>{} known errors in old texts.</p>\n", numbers.known_errors));
    let unknown: Vec<&OldUrlReport> = report.old_urls.iter().filter(|url| url.state == UrlState::Unknown).collect();
    table(&mut body, "Old URLs that lead nowhere", &["URL"], unknown.iter().map(|url| vec![escaped(&url.url)]));
    let errors = report.errors.iter().map(|error| vec![escaped(error)]);
    table(&mut body, "Errors that stop a build", &["Error"], errors);
    let skipped = report.items.iter().filter(|item| item.file.is_none());
    table(
        &mut body,
        "Not imported",
        &["Source", "Title", "Reason"],
        skipped.map(|item| vec![escaped(&item.place), escaped(&item.title), escaped(&item.state)]),
    );
    let mut lossy: Vec<(&ReportItem, usize, usize)> = report.items.iter().filter_map(lost).collect();
    lossy.sort_by(|one, other| (other.1 * one.2.max(1)).cmp(&(one.1 * other.2.max(1))).then(one.0.id.cmp(&other.0.id)));
    table(
        &mut body,
        "Stories with fewer words than their source",
        &["File", "Title", "Words missing", "Words"],
        lossy.iter().map(|(item, missing, words)| {
            vec![
                escaped(item.file.as_deref().unwrap_or_default()),
                escaped(&item.title),
                missing.to_string(),
                words.to_string(),
            ]
        }),
    );
    old_pages(&mut body, report);
    let kept = report.kept.iter().map(|kept| vec![escaped(&kept.file), escaped(kept.why)]);
    table(&mut body, "Files that stay as they are here", &["File", "Reason"], kept);
    notes(&mut body, report);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Import report</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:\
                     collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid \
                     #ccc;overflow-wrap:anywhere}";

/// The words that an item has lost, and the words that it had.
fn lost(item: &ReportItem) -> Option<(&ReportItem, usize, usize)> {
    let text = item.text.as_ref()?;
    let (words, kept) = (text.words?, text.words_kept?);
    (kept < words).then_some((item, words - kept, words))
}

/// The stories that differ from their old pages, those with the smallest share of the words first.
fn old_pages(body: &mut String, report: &Report) {
    let compared = |item| -> Option<(&ReportItem, &PageComparison)> {
        let item: &ReportItem = item;
        Some((item, item.text.as_ref()?.old_page.as_ref()?))
    };
    let mut pages: Vec<_> = report.items.iter().filter_map(compared).filter(|(_, page)| page.differs()).collect();
    pages.sort_by(|(one, first), (other, second)| {
        let (one_share, other_share) = (first.words_kept * second.words.max(1), second.words_kept * first.words.max(1));
        one_share.cmp(&other_share).then(one.id.cmp(&other.id))
    });
    table(
        body,
        "Stories that differ from the old site's page",
        &["File", "Words kept", "Links", "Pictures", "Missing authors", "Dates there"],
        pages.iter().map(|(item, page)| {
            vec![
                escaped(item.file.as_deref().unwrap_or_default()),
                format!("{} of {}", page.words_kept, page.words),
                format!("{} of {}", page.links_here, page.links),
                format!("{} of {}", page.pictures_here, page.pictures),
                escaped(&page.authors_missing.join(", ")),
                escaped(&page.other_days.join(", ")),
            ]
        }),
    );
}

fn notes(body: &mut String, report: &Report) {
    let mut groups: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for note in &report.notes {
        *groups.entry((note.kind.as_str(), note.what.as_str())).or_default() += 1;
    }
    let rows = groups.iter().map(|((kind, what), count)| vec![escaped(kind), escaped(what), count.to_string()]);
    table(body, "Dropped, converted, guessed", &["", "What", "Times"], rows);
    let rows = report.notes.iter().map(|note| {
        vec![escaped(note.kind.as_str()), escaped(&note.what), escaped(&note.place), escaped(&note.detail)]
    });
    table(body, "Each with its place", &["", "What", "Place", "Detail"], rows);
}

fn table(body: &mut String, heading: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return;
    }
    body.push_str(&format!("<h2>{heading} ({})</h2>\n<table>\n<tr>", rows.len()));
    columns.iter().for_each(|column| body.push_str(&format!("<th scope=\"col\">{column}</th>")));
    body.push_str("</tr>\n");
    for row in rows.iter().take(MAX_ROWS) {
        body.push_str("<tr>");
        row.iter().for_each(|cell| body.push_str(&format!("<td>{cell}</td>")));
        body.push_str("</tr>\n");
    }
    body.push_str("</table>\n");
    if rows.len() > MAX_ROWS {
        body.push_str(&format!("<p>{} more are in import-report.json.</p>\n", rows.len() - MAX_ROWS));
    }
}
