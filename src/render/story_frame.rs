//! Writes what a page shows around a story's text, as HTML for other formats and as plain text.

use crate::view::contract::{DateView, ImageView};
use crate::view::frame::{DatelineView, FrameView, NoticeView};

use super::html::escaped;
use super::xml;

/// The HTML before and after a story's text: lead image, kind, deck and notices; sources.
pub(super) fn around(frame: &FrameView<'_>, image: Option<&ImageView<'_>>) -> [String; 2] {
    let (mut before, mut after) = (String::new(), String::new());
    if let Some(image) = image {
        push_figure(&mut before, image);
    }
    if let Some(retraction) = &frame.retraction {
        push_notice(&mut before, frame, retraction);
    }
    push_label(&mut before, frame);
    if let Some(deck) = frame.deck {
        push(&mut before, &["<p><strong>", &escaped(deck), "</strong></p>\n"]);
    }
    if let Some((word, series)) = &frame.series {
        let (word, colon, title) = (escaped(word), escaped(frame.colon), escaped(series.title));
        push(&mut before, &["<p>", &word, &colon, "<a href=\"", &escaped(&series.path), "\">", &title, "</a></p>\n"]);
    }
    let place = if frame.are_notices_above { &mut before } else { &mut after };
    frame.notices.iter().for_each(|notice| push_notice(place, frame, notice));
    if let Some((word, sources)) = &frame.sources {
        push(&mut after, &["<p>", &escaped(word), "</p>\n<ul>\n"]);
        for source in sources {
            let name = escaped(source.name);
            match &source.url {
                Some(url) => push(&mut after, &["<li><a href=\"", &escaped(url), "\">", &name, "</a></li>\n"]),
                None => push(&mut after, &["<li>", &name, "</li>\n"]),
            }
        }
        after.push_str("</ul>\n");
    }
    [before, after].map(xml::allowed)
}

/// Adds the dateline before the first words: in the first paragraph, or as its own paragraph if the text
/// begins with something else.
pub(super) fn with_dateline(html: &str, dateline: &DatelineView<'_>) -> String {
    let (place, after) = (escaped(&dateline.text), escaped(dateline.after));
    let html = html.trim_start();
    xml::allowed(match html.strip_prefix("<p>") {
        Some(rest) => format!("<p>{place}{after}{rest}"),
        None if html.is_empty() => String::new(),
        None => format!("<p>{place}</p>\n{html}"),
    })
}

/// A story's summary as plain paragraphs, with its kind before and its notices after.
pub(super) fn plain_summary(frame: &FrameView<'_>, summary: Option<&str>) -> Vec<String> {
    let kind = frame.kind.map(|kind| match frame.kind_notice {
        Some(notice) => [kind, frame.colon, notice].concat(),
        None => kind.to_owned(),
    });
    let notice =
        |notice: &NoticeView<'_>| [notice.label, " ", &day_and_time(&notice.date), frame.colon, notice.text].concat();
    let retraction = frame.retraction.iter().map(notice);
    let summary = summary.map(str::to_owned);
    retraction.chain(kind).chain(summary).chain(frame.notices.iter().map(notice)).collect()
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// Appends the lead image with its caption.
fn push_figure(out: &mut String, image: &ImageView<'_>) {
    push(out, &["<figure><img src=\"", &escaped(&image.url), "\" alt=\"", &escaped(image.alt), "\""]);
    if let (Some(width), Some(height)) = (image.width, image.height) {
        push(out, &[&format!(" width=\"{width}\" height=\"{height}\"")]);
    }
    out.push('>');
    let below = [image.caption.map(escaped), image.credit.map(|credit| format!("<small>{}</small>", escaped(credit)))];
    let below: Vec<String> = below.into_iter().flatten().collect();
    if !below.is_empty() {
        push(out, &["<figcaption>", &below.join(" "), "</figcaption>"]);
    }
    out.push_str("</figure>\n");
}

/// Appends the story's kind with its notice, and its kicker.
fn push_label(out: &mut String, frame: &FrameView<'_>) {
    let kind = frame.kind.map(|kind| format!("<strong>{}</strong>", escaped(kind)));
    let label: Vec<String> = kind.into_iter().chain(frame.kicker.map(escaped)).collect();
    if !label.is_empty() {
        push(out, &["<p>", &label.join(" "), "</p>\n"]);
    }
    if let Some(notice) = frame.kind_notice {
        push(out, &["<p>", &escaped(notice), "</p>\n"]);
    }
}

fn push_notice(out: &mut String, frame: &FrameView<'_>, notice: &NoticeView<'_>) {
    let (label, iso, date) = (escaped(notice.label), &notice.date.iso, escaped(&day_and_time(&notice.date)));
    let (colon, text) = (escaped(frame.colon), escaped(notice.text));
    push(
        out,
        &["<p><strong>", &label, "</strong> <time datetime=\"", iso, "\">", &date, "</time>", &colon, &text, "</p>\n"],
    );
}

/// The date and time as on pages: `7 October 2026, 14:00`.
fn day_and_time(date: &DateView) -> String {
    match &date.time {
        Some(time) => [&date.day, date.between.as_str(), time].concat(),
        None => date.day.clone(),
    }
}
