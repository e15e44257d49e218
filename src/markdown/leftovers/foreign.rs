//! Finds the marks of other programs that were published as text: comments of Obsidian and of template languages, links
//! with two brackets, containers, attributes.

use std::ops::Range;

use super::{BodyProblem, Code, FlatText, MAX_LINK, OBJECT, shown};

type ForeignMark = (Range<usize>, BodyProblem);

/// True if a text may have such marks, other than `[[` and `:::`.
pub(super) fn may_be_in(text: &str) -> bool {
    memchr::memchr(b'{', text.as_bytes()).is_some()
        || ["%%", "=="].iter().any(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some())
}

/// Returns the problems of a paragraph. A comment is reported once, whatever is in it.
pub(super) fn find(flat: &FlatText) -> Vec<ForeignMark> {
    let mut comments = comments(flat);
    comments.sort_by_key(|(range, _)| range.start);
    // `{{/* … */}}` also contains `{/* … */}`.
    let mut end = 0;
    comments.retain(|(range, _)| {
        let is_new = range.start >= end;
        end = end.max(range.end);
        is_new
    });
    let is_outside = |(range, _): &ForeignMark| {
        let before = comments.partition_point(|(comment, _)| comment.start <= range.start);
        before.checked_sub(1).is_none_or(|at| comments[at].0.end <= range.start)
    };
    let others = tags(flat).into_iter().chain(links(flat)).chain(lines(flat)).chain(highlights(flat));
    let others: Vec<ForeignMark> = others.chain(attributes(flat)).filter(is_outside).collect();
    comments.into_iter().chain(others).collect()
}

/// The start of a text, no longer than a link or comment may be.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_LINK)]
}

/// The comments of Obsidian, Hugo, MDX, Jinja, Handlebars, Liquid and CriticMarkup.
const COMMENTS: &[(&str, &str)] = &[
    ("%%", "%%"),
    ("{{/*", "*/}}"),
    ("{/*", "*/}"),
    ("{#", "#}"),
    ("{{!", "}}"),
    ("{% comment %}", "{% endcomment %}"),
    ("{>>", "<<}"),
];

/// Finds comments that readers see.
fn comments(flat: &FlatText) -> Vec<ForeignMark> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (open, close) in COMMENTS {
        let mut from = 0;
        while let Some(start) = text[from..].find(open).map(|at| from + at) {
            let inside = start + open.len();
            from = inside;
            // A percent sign after a number is one.
            if !text[..start].chars().next_back().is_none_or(char::is_whitespace) && *open == "%%" {
                continue;
            }
            let Some(length) = beginning(&text[inside..]).find(close) else { continue };
            let words = text[inside..inside + length].trim_matches(['-', ' ', '\n']);
            from = inside + length + close.len();
            if words.is_empty() {
                continue;
            }
            let problem = BodyProblem::new(Code::LeftoverMarkup, "this looks like a comment, but readers see it");
            found.push((flat.source(start..from), problem.hint(format!("write `<!-- {} -->`", shown(words)))));
        }
    }
    found
}

/// Finds the tags of template languages: `{% include x %}`, `{{% note %}}`.
fn tags(flat: &FlatText) -> Vec<ForeignMark> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (start, _) in text.match_indices("{%") {
        let Some(length) =
            beginning(&text[start..]).find("%}").filter(|length| !text[start..start + length].contains('\n'))
        else {
            continue;
        };
        let problem = BodyProblem::new(Code::LeftoverMarkup, "this tag of a template language is published as text");
        let hint = "delete it, or use an embed: `{{< … >}}`; if it is an example, write it as code, in backticks";
        found.push((flat.source(start..start + length + 2), problem.hint(hint)));
    }
    found
}

/// Finds links and pictures of wikis and Obsidian: `[[Quay]]`, `![[quay.jpg]]`.
fn links(flat: &FlatText) -> Vec<ForeignMark> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (start, open) in text.match_indices("[[") {
        let rest = beginning(&text[start + open.len()..]);
        let Some(inner) = rest.split_once("]]").map(|(inner, _)| inner) else { continue };
        let has_words = inner.contains(char::is_alphabetic) && !inner.contains(['[', ']', '\n', OBJECT]);
        // `list[[i]]` and `[[1, 2]]` are code.
        if !has_words || text[..start].ends_with(|letter: char| letter.is_ascii_alphanumeric()) {
            continue;
        }
        let (target, label) = inner.split_once('|').unwrap_or((inner, inner));
        let (target, label) = (shown(target.trim()), shown(label.trim()));
        let is_picture = text[..start].ends_with('!');
        let what = if is_picture { "a picture" } else { "a link" };
        let problem = BodyProblem::new(Code::LeftoverMarkup, format!("this is published as text, not as {what}"));
        let hint = match is_picture {
            true => format!("write `![…](<{target}>)`, with what it shows between the brackets"),
            false => format!("write `[{label}](…)`, with the file or URL between the parentheses"),
        };
        let range = start - usize::from(is_picture)..start + open.len() + inner.len() + 2;
        found.push((flat.source(range), problem.hint(hint)));
    }
    found
}

/// Finds lines with the containers of Pandoc and the attributes of kramdown: `::: note`, `{: .lead}`.
fn lines(flat: &FlatText) -> Vec<ForeignMark> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in flat.text.split('\n') {
        let words = line.trim();
        let hint = match () {
            () if words.starts_with(":::") && !words.ends_with(':') => {
                Some("delete it, or put an embed such as `aside` around the text")
            }
            () if words.starts_with("{:") && words.ends_with('}') => {
                Some("delete it: Markdown gives paragraphs no attributes here")
            }
            () => None,
        };
        if let Some(hint) = hint {
            let message = format!("`{}` is published as text", shown(words).escape_debug());
            found.push((
                flat.source(start..start + line.trim_end().len()),
                BodyProblem::new(Code::LeftoverMarkup, message).hint(hint),
            ));
        }
        start += line.len() + 1;
    }
    found
}

/// Finds the attributes of Pandoc and kramdown after links, pictures and words: `[x](/y){target=_blank}`, `{.lead}`.
fn attributes(flat: &FlatText) -> Vec<ForeignMark> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    for (start, _) in text.match_indices('{') {
        let inside = beginning(&text[start + 1..]);
        let Some(length) = inside.find(['}', '{', '\n']).filter(|&length| inside[length..].starts_with('}')) else {
            continue;
        };
        let words = inside[..length].strip_prefix(':').unwrap_or(&inside[..length]);
        let is_whole_line = text[..start].ends_with('\n') || start == 0;
        // A line of kramdown's is reported as one.
        let is_new = words.len() == length || !is_whole_line;
        // `x_{i=1}` is a formula, and `{{.Title}}` of another program.
        let before = text[..start].chars().next_back();
        let is_after_object =
            before.is_none_or(|letter| letter.is_whitespace() || matches!(letter, OBJECT | ']' | ')'));
        let is_named = words.split_whitespace().all(|word| word.starts_with(['.', '#']));
        let is_meant = is_new && (is_after_object || is_named && before != Some('{'));
        if is_meant && !words.trim().is_empty() && words.split_whitespace().all(is_attribute) {
            let message = format!("`{{{}}}` is published as text", shown(&inside[..length]).escape_debug());
            let problem = BodyProblem::new(Code::LeftoverMarkup, message);
            let hint = "delete it: only headings have attributes in braces; `\\{` is plain text";
            found.push((flat.source(start..start + length + 2), problem.hint(hint)));
        }
    }
    found
}

/// True for `.class`, `#id` and `name=value`.
fn is_attribute(word: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ':'))
    };
    match word.strip_prefix(['.', '#']) {
        Some(name) => is_name(name),
        None => word.split_once('=').is_some_and(|(name, value)| is_name(name) && !value.is_empty()),
    }
}

/// Finds highlighted text: `==text==`.
fn highlights(flat: &FlatText) -> Vec<ForeignMark> {
    let text = flat.text.as_str();
    let mut found = Vec::new();
    let mut done = 0;
    for (start, mark) in text.match_indices("==") {
        let inside = start + mark.len();
        let begins = text[..start].chars().next_back().is_none_or(|letter| !letter.is_alphanumeric() && letter != '=');
        let Some(length) = beginning(&text[inside..]).find("==").filter(|_| start >= done && begins) else { continue };
        let (words, after) = (&text[inside..inside + length], &text[inside + length + 2..]);
        let is_text = words.contains(char::is_alphabetic)
            && !words.starts_with([' ', '=', '\n'])
            && !words.ends_with([' ', '\n'])
            && !after.starts_with(|letter: char| letter == '=' || letter.is_ascii_alphanumeric());
        if is_text {
            done = inside + length + 2;
            let problem =
                BodyProblem::new(Code::LeftoverMarkup, "`==` is published as text: it highlights nothing here");
            found.push((
                flat.source(start..done),
                problem.hint(format!("write `<mark>{}</mark>`; `\\==` is plain text", shown(words))),
            ));
        }
    }
    found
}
