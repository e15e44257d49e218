//! Finds the embeds of a body, pairs their tags and reports syntax errors.

mod call;
mod live;
mod loose;
mod urls;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::block_elements::ends_paragraph;
use super::placeholders::{self, WithPlaceholders};
use super::services::Refusal;
use super::{Argument, BodyProblem, EmbedKind, PlacedProblem, SERVICE_EMBED, Session};
use crate::diagnostic::{Code, did_you_mean};
use call::{EmbedTag, EmbedTagKind};
use urls::Candidate;

/// One `{{<` in the text.
#[derive(Debug)]
pub(super) struct EmbedNode<'a> {
    /// Its bytes; for a paired call, from the start of the opening tag to the end of the closing tag.
    pub range: Range<usize>,
    /// The opening tag.
    pub tag: Range<usize>,
    /// The call, or `None` for plain text.
    pub call: Option<Call<'a>>,
    /// The index of the next node that isn't inside this one.
    pub next: usize,
}

impl Call<'_> {
    /// Its name in messages: for a URL or frame, the service's.
    pub fn label(&self) -> &str {
        match self.arguments.first() {
            Some((_, Argument::Text(service))) if self.is_service() => service,
            _ => self.name,
        }
    }

    /// True if it stands for a URL or frame of a service.
    pub fn is_service(&self) -> bool {
        self.name == SERVICE_EMBED
    }
}

/// A parsed call, ready to be rendered.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    pub name: &'a str,
    pub arguments: Vec<(String, Argument)>,
    /// The text between the tags.
    pub body: Option<Range<usize>>,
    /// True if the theme has the embed.
    pub known: bool,
}

/// A part of the text that is rendered separately: the whole body, or the text between a pair of tags.
pub(super) struct Region {
    pub range: Range<usize>,
    /// The indices of the nodes inside.
    pub nodes: Range<usize>,
    /// The prefix that every line has because the call is in a quote or list.
    pub prefix: String,
    /// True if the region contains all nodes of the text.
    whole: bool,
}

impl Region {
    pub fn whole(text: &str) -> Region {
        Region { range: 0..text.len(), nodes: 0..0, prefix: String::new(), whole: true }
    }

    /// The body of the call with index `node`.
    pub fn body(session: &Session<'_>, node: usize) -> Option<Region> {
        let outer = session.nodes.get(node)?;
        let range = outer.call.as_ref()?.body.clone()?;
        let prefix = placeholders::line_prefix(session.text, outer.range.start);
        Some(Region { range, nodes: node + 1..outer.next.saturating_sub(1), prefix, whole: false })
    }

    /// The outermost nodes of the region.
    pub fn node_ranges(&self, nodes: &[EmbedNode<'_>]) -> Vec<(usize, Range<usize>)> {
        let within = if self.whole { 0..nodes.len() } else { self.nodes.clone() };
        let mut found = Vec::new();
        let mut at = within.start;
        while at < within.end {
            found.push((at, nodes[at].range.clone()));
            at = nodes[at].next;
        }
        found
    }
}

/// Finds all calls and reports syntax errors.
pub(super) fn find<'a>(session: &mut Session<'a>) -> Vec<EmbedNode<'a>> {
    let mut marks: Vec<EmbedMark<'a>> = urls::candidates(session).into_iter().map(EmbedMark::Candidate).collect();
    if memchr::memmem::find(session.text.as_bytes(), b"{{<").is_some() {
        marks.extend(call::tags(session.text).into_iter().map(EmbedMark::Tag));
    }
    if marks.is_empty() {
        return Vec::new();
    }
    marks.sort_by_key(|mark| mark.range().start);
    without_overlaps(&mut marks);
    let live = live::marks(session, &marks);
    let closed = marks.iter().filter_map(EmbedMark::closed_name).collect();
    report_refused(session, &marks, &live);
    // A URL that becomes no embed stays text, which Markdown must see.
    let kept = marks.into_iter().zip(live).filter(|(mark, live)| match mark {
        EmbedMark::Tag(_) => true,
        EmbedMark::Candidate(candidate) => *live && candidate.refusal().is_none(),
    });
    let mut pairing = Pairing { closed, ..Pairing::default() };
    for (number, (mark, live)) in kept.enumerate() {
        match mark {
            EmbedMark::Tag(tag) => pairing.add(session, number, tag, live),
            EmbedMark::Candidate(candidate) => pairing.place(number, candidate),
        }
    }
    pairing.finish(session)
}

/// A part of the text that may be an embed.
enum EmbedMark<'a> {
    Tag(EmbedTag<'a>),
    Candidate(Candidate),
}

impl<'a> EmbedMark<'a> {
    /// The name in an end tag.
    fn closed_name(&self) -> Option<&'a str> {
        match self {
            EmbedMark::Tag(EmbedTag { kind: EmbedTagKind::Close { name }, .. }) => Some(name),
            EmbedMark::Tag(_) | EmbedMark::Candidate(_) => None,
        }
    }

    fn range(&self) -> &Range<usize> {
        match self {
            EmbedMark::Tag(tag) => &tag.range,
            EmbedMark::Candidate(candidate) => &candidate.range,
        }
    }

    /// True for a URL, which is an embed only if it is alone in its paragraph.
    fn is_url(&self) -> bool {
        matches!(self, EmbedMark::Candidate(candidate) if candidate.is_url)
    }
}

/// Warns of URLs of services that become no embed where others would.
fn report_refused(session: &mut Session<'_>, marks: &[EmbedMark<'_>], live: &[bool]) {
    for (mark, _) in marks.iter().zip(live).filter(|(_, live)| **live) {
        let EmbedMark::Candidate(candidate) = mark else { continue };
        let Some((refusal, service)) = candidate.refusal() else { continue };
        let (code, message, hint) = refused(refusal, service);
        let Range { start, end } = candidate.range;
        session.report(BodyProblem::new(code, message).hint(hint), start, end);
    }
}

/// Code, message and hint for a URL of a service that becomes no embed.
fn refused(refusal: Refusal, service: &str) -> (Code, String, &'static str) {
    match refusal {
        Refusal::Shortened => (
            Code::ShortenedUrl,
            format!("a shortened URL of {service} does not say what it leads to, so it becomes no embed"),
            "open it in a browser and copy the long URL from the address bar",
        ),
        Refusal::Editor => (
            Code::NotEmbedded,
            format!("this is a URL of {service}’s editor, which readers cannot open, so it becomes no embed"),
            "publish the chart there and copy the URL of the published one",
        ),
        Refusal::Passing => (
            Code::NotEmbedded,
            format!("stories on {service} disappear after a day, so this URL becomes no embed"),
            "use the URL of a post, or a picture",
        ),
        Refusal::Unknown => (
            Code::NotEmbedded,
            format!("{service} has no embed for this URL, or its form is unknown, so it stays text"),
            "copy the URL from the post’s own page, or write a link: `[words](URL)`",
        ),
    }
}

/// Drops the URLs and frames that overlap with a tag or with each other.
fn without_overlaps(marks: &mut Vec<EmbedMark<'_>>) {
    let ranges: Vec<Range<usize>> = marks.iter().map(|mark| mark.range().clone()).collect();
    let overlaps = |at: usize| {
        let before = at.checked_sub(1).is_some_and(|before| ranges[before].end > ranges[at].start);
        before || ranges.get(at + 1).is_some_and(|after| after.start < ranges[at].end)
    };
    let mut at = 0;
    marks.retain(|mark| {
        at += 1;
        matches!(mark, EmbedMark::Tag(_)) || !overlaps(at - 1)
    });
}

/// The names of embeds in other programs, and the names that the default theme gives them.
const FOREIGN_EMBEDS: &[(&str, &str)] = &[
    ("tweet", "x"),
    ("twitter", "x"),
    ("x_simple", "x"),
    ("toot", "mastodon"),
    ("bsky", "bluesky"),
    ("img", "figure"),
    ("image", "figure"),
    ("picture", "figure"),
    ("quote", "pull-quote"),
    ("blockquote", "pull-quote"),
    ("pdf", "document"),
];

fn unknown_hint(name: &str, known: &[String]) -> Option<String> {
    let foreign =
        FOREIGN_EMBEDS.iter().find(|(foreign, own)| *foreign == name && known.iter().any(|known| known == own));
    let foreign = foreign.map(|(_, own)| format!("it is called `{own}` here"));
    let near = foreign.or_else(|| did_you_mean(name, known.iter().map(String::as_str)));
    near.or_else(|| (!known.is_empty()).then(|| format!("there are: {}", known.join(", "))))
}

fn unknown_embed(session: &Session<'_>, name: &str) -> BodyProblem {
    let hint = unknown_hint(name, &session.context.embed_names());
    BodyProblem { hint, ..BodyProblem::new(Code::UnknownEmbed, format!("there is no embed `{name}`")) }
}

/// Pairs opening and closing tags, in one pass over all tags.
#[derive(Default)]
struct Pairing<'a> {
    nodes: Vec<EmbedNode<'a>>,
    /// Opening tags that may still be closed.
    open: Vec<usize>,
    /// The number of open tags for each name.
    names: HashMap<&'a str, usize>,
    /// The names whose end tags are no errors.
    unknown: HashMap<&'a str, ()>,
    /// The names that have end tags.
    closed: HashSet<&'a str>,
}

impl<'a> Pairing<'a> {
    /// Adds a URL or frame.
    fn place(&mut self, number: usize, candidate: Candidate) {
        let range = candidate.range.clone();
        let call = candidate.call();
        self.nodes.push(EmbedNode { tag: range.clone(), range, call, next: number + 1 });
    }

    fn add(&mut self, session: &mut Session<'a>, number: usize, tag: EmbedTag<'a>, live: bool) {
        let EmbedTag { range, kind, problem } = tag;
        self.nodes.push(EmbedNode { range: range.clone(), tag: range.clone(), call: None, next: number + 1 });
        if !live {
            return;
        }
        if let Some(placed) = problem {
            let placed = match kind {
                EmbedTagKind::Malformed => self.explained(session, range.end, placed),
                _ => placed,
            };
            session.problems.push(placed);
        }
        match kind {
            EmbedTagKind::Malformed => {}
            EmbedTagKind::Open { name, name_at, arguments } => self.open(session, number, name, name_at, arguments),
            EmbedTagKind::Close { name } => self.close(session, number, name, range),
        }
    }

    /// The problem of a malformed tag whose name begins at or after `start`, with the call that would be right.
    fn explained(&mut self, session: &Session<'a>, start: usize, mut placed: PlacedProblem) -> PlacedProblem {
        let Some((name, given)) = loose::call(&session.text[start..placed.end]) else { return placed };
        // Its end tag is not another error.
        self.unknown.insert(name, ());
        let has_body = self.closed.contains(name);
        if session.context.embed_kind(name).is_none() {
            placed.problem = unknown_embed(session, name);
        } else if let Some(hint) = session.context.call_hint(name, &given, has_body) {
            placed.problem.hint = Some(hint);
        }
        placed
    }

    fn open(
        &mut self,
        session: &mut Session<'a>,
        number: usize,
        name: &'a str,
        name_at: usize,
        arguments: Option<Vec<(String, Argument)>>,
    ) {
        let kind = session.context.embed_kind(name);
        if kind.is_none() {
            let problem = unknown_embed(session, name);
            session.report(problem, name_at, name_at + name.len());
            self.unknown.insert(name, ());
        }
        let known = kind.is_some() && arguments.is_some();
        self.nodes[number].call = Some(Call { name, arguments: arguments.unwrap_or_default(), body: None, known });
        if kind != Some(EmbedKind::Single) {
            self.open.push(number);
            *self.names.entry(name).or_default() += 1;
        }
    }

    fn close(&mut self, session: &mut Session<'a>, number: usize, name: &'a str, range: Range<usize>) {
        if self.names.get(name).is_none_or(|&count| count == 0) {
            if !self.unknown.contains_key(name) {
                let message = match session.context.embed_kind(name) {
                    Some(EmbedKind::Single) => {
                        format!("the embed `{name}` takes no body, so it has no end tag")
                    }
                    _ => format!("`{{{{< /{name} >}}}}` closes no open embed"),
                };
                session.report(BodyProblem::new(Code::UnclosedEmbed, message), range.start, range.end);
            }
            return;
        }
        while let Some(opening) = self.open.pop() {
            let found = self.forget(opening) == name;
            if !found {
                self.check_single(session, opening);
                continue;
            }
            let node = &mut self.nodes[opening];
            if let Some(call) = &mut node.call {
                call.body = Some(node.tag.end..range.start);
            }
            node.range.end = range.end;
            node.next = number + 1;
            return;
        }
    }

    fn forget(&mut self, opening: usize) -> &'a str {
        let name = self.nodes[opening].call.as_ref().map_or("", |call| call.name);
        if let Some(count) = self.names.get_mut(name) {
            *count -= 1;
        }
        name
    }

    /// Reports an opening tag without a closing tag, unless the embed can go without a body.
    fn check_single(&mut self, session: &mut Session<'a>, opening: usize) {
        let node = &mut self.nodes[opening];
        let Some(name) = node.call.as_ref().map(|call| call.name) else {
            return;
        };
        if session.context.embed_kind(name) == Some(EmbedKind::Paired) {
            node.call = None;
            let problem = BodyProblem::new(Code::UnclosedEmbed, format!("the embed `{name}` is never closed"))
                .hint(format!("write `{{{{< /{name} >}}}}` where it ends"));
            session.report(problem, node.tag.start, node.tag.end);
        }
    }

    fn finish(mut self, session: &mut Session<'a>) -> Vec<EmbedNode<'a>> {
        for opening in std::mem::take(&mut self.open) {
            self.check_single(session, opening);
        }
        self.nodes
    }
}

/// True if an embed's HTML begins with a block.
pub(super) fn is_block(html: &str) -> bool {
    let mut html = html.trim_start();
    while let Some((_, after)) = html.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        html = after.trim_start();
    }
    let Some(tag) = html.strip_prefix('<') else { return false };
    let name = tag.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').next().unwrap_or_default();
    ends_paragraph(name)
}

/// Returns the region's text with a placeholder for every node.
pub(super) fn with_placeholders(session: &Session<'_>, region: &Region) -> WithPlaceholders {
    let ranges = region.node_ranges(&session.nodes);
    placeholders::insert(session.text, &region.range, &ranges, &region.prefix, session.inline)
}
