//! Orders comments as a thread: replies below what they reply to.

use ahash::HashMap;

use super::Comment;

/// The maximum depth of a thread, from 1. Deeper replies are shown at this depth, since each level takes width from the
/// text.
pub const MAX_DEPTH: u8 = 6;

/// The place of a comment in its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InThread {
    /// The place of the comment in its file.
    pub at: usize,
    /// The depth, from 1 to [`MAX_DEPTH`].
    pub depth: u8,
    /// The place of the comment that it replies to, if that is shown.
    pub parent: Option<usize>,
}

/// The shown comments in reading order: each followed by its replies, siblings by date and then by their order in the
/// file. Replies to a comment that is not shown take its place. A comment in a loop of replies (see [`loops`]) is left
/// out.
pub fn threaded<D: Ord>(comments: &[Comment], date: impl Fn(usize) -> D) -> Vec<InThread> {
    let parents = parents(comments);
    let is_shown = |at: usize| !comments[at].hidden;
    let mut replies: Vec<Vec<usize>> = vec![Vec::new(); comments.len()];
    let mut tops = Vec::new();
    let in_loops = loops(comments);
    for at in (0..comments.len()).filter(|&at| is_shown(at) && !in_loops.contains(&at)) {
        let mut above = parents[at];
        while let Some(hidden) = above.filter(|&above| !is_shown(above)) {
            above = parents[hidden];
        }
        match above {
            Some(above) => replies[above].push(at),
            None => tops.push(at),
        }
    }
    let by_date = |list: &mut Vec<usize>| list.sort_by_key(|&at| (date(at), at));
    by_date(&mut tops);
    replies.iter_mut().for_each(by_date);
    let mut found = Vec::with_capacity(comments.len());
    // A list in place of recursion: threads may be deeper than the stack.
    let mut next: Vec<InThread> = tops.into_iter().rev().map(|at| InThread { at, depth: 1, parent: None }).collect();
    while let Some(place) = next.pop() {
        let depth = (place.depth + 1).min(MAX_DEPTH);
        let below = std::mem::take(&mut replies[place.at]);
        next.extend(below.into_iter().rev().map(|at| InThread { at, depth, parent: Some(place.at) }));
        found.push(place);
    }
    found
}

/// The place of the comment that each one replies to. Of comments with one id, the first counts.
fn parents(comments: &[Comment]) -> Vec<Option<usize>> {
    let mut by_id: HashMap<&str, usize> = HashMap::default();
    for (at, comment) in comments.iter().enumerate() {
        by_id.entry(&comment.id).or_insert(at);
    }
    let of = |comment: &Comment| comment.parent.as_deref().and_then(|parent| by_id.get(parent).copied());
    comments.iter().map(of).collect()
}

/// The comments that reply to themselves, directly or through others, and all replies to them, in order.
pub fn loops(comments: &[Comment]) -> Vec<usize> {
    let (looped, _) = looped(comments);
    (0..comments.len()).filter(|&at| looped[at]).collect()
}

/// One comment of each loop of replies: without the parents of these, no comment replies to itself.
pub fn loop_heads(comments: &[Comment]) -> Vec<usize> {
    looped(comments).1
}

/// For each comment, true if it replies to itself or to one that does; and the comments at which the loops were entered.
fn looped(comments: &[Comment]) -> (Vec<bool>, Vec<usize>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnPath,
        Ends,
        Loops,
    }
    let parents = parents(comments);
    let mut seen = vec![Seen::No; comments.len()];
    let mut heads = Vec::new();
    for start in 0..comments.len() {
        let mut path = Vec::new();
        let mut next = Some(start);
        let end = loop {
            match next {
                None => break Seen::Ends,
                Some(at) => match seen[at] {
                    Seen::No => {
                        seen[at] = Seen::OnPath;
                        path.push(at);
                        next = parents[at];
                    }
                    Seen::OnPath => {
                        heads.push(at);
                        break Seen::Loops;
                    }
                    known => break known,
                },
            }
        };
        path.into_iter().for_each(|at| seen[at] = end);
    }
    (seen.into_iter().map(|seen| seen == Seen::Loops).collect(), heads)
}
