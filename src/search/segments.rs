//! Segments: the parts of the index, each a period of time. They follow from the stories' dates alone, so that the same
//! site has the same ones, whatever was built before.
//!
//! Time is a tree: a node of level `k` lasts 4^k hours. A node with few enough stories is a segment, and so is each hour.
//! Nodes that contain the newest story are split until few are left, so that another story changes a small segment.

use std::ops::Range;

/// The maximum number of stories of a segment that lasts longer than an hour.
const MOST: usize = 4_096;
/// The maximum number of stories of the segment with the newest story.
const MOST_NEWEST: usize = 32;
/// The level of the node that contains all dates.
const TOP: u32 = 14;
/// The hours from the start of the first node to 1970: half of the time that the top node lasts.
const EPOCH: i64 = 1 << (2 * TOP - 1);
/// The number of stories for each bucket, on average.
const STORIES_A_BUCKET: usize = 8;
/// The number of stories in one file of titles.
pub const STORIES_A_LIST: usize = 32;

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentSpan {
    /// The level of its node: it lasts 4^level hours.
    pub level: u32,
    /// The number of its node on that level.
    pub node: i64,
    /// The places of its stories in the list by date.
    pub stories: Range<usize>,
}

impl SegmentSpan {
    /// A segment of which only the number of stories is known; `None` if there is no such node.
    pub(super) fn known(level: i64, node: i64, stories: u32) -> Option<SegmentSpan> {
        let level = u32::try_from(level).ok().filter(|level| *level <= TOP)?;
        let is_node = (0..1 << (2 * (TOP - level))).contains(&node);
        is_node.then_some(SegmentSpan { level, node, stories: 0..stories as usize })
    }

    /// The period that it covers, in seconds since 1970.
    pub fn period(&self) -> (i64, i64) {
        (begin(self.level, self.node), begin(self.level, self.node + 1))
    }

    /// The number of files with terms: one for a small segment, which holds its titles too.
    pub fn buckets(&self) -> usize {
        match self.stories.len() {
            ..=MOST_NEWEST => 1,
            many => many.div_ceil(STORIES_A_BUCKET),
        }
    }

    /// The number of files with titles.
    pub fn lists(&self) -> usize {
        if self.buckets() == 1 { 0 } else { self.stories.len().div_ceil(STORIES_A_LIST) }
    }
}

/// The hour of an instant, in seconds since 1970, counted from the start of the first node.
fn hour(second: i64) -> i64 {
    (second.div_euclid(3_600) + EPOCH).clamp(0, 2 * EPOCH - 1)
}

/// The instant at which a node begins, in seconds since 1970.
fn begin(level: u32, node: i64) -> i64 {
    ((node << (2 * level)) - EPOCH) * 3_600
}

/// Divides stories into segments, oldest first. `dates` are those of the stories in seconds since 1970, in order.
pub fn segments(dates: &[i64]) -> Vec<SegmentSpan> {
    let hours: Vec<i64> = dates.iter().map(|&second| hour(second)).collect();
    let mut found = Vec::new();
    divide(&hours, TOP, 0, 0..hours.len(), &mut found);
    found
}

fn divide(hours: &[i64], level: u32, node: i64, stories: Range<usize>, found: &mut Vec<SegmentSpan>) {
    let has_newest = stories.end == hours.len();
    let most = if has_newest { MOST_NEWEST } else { MOST };
    if stories.is_empty() {
        return;
    }
    if level == 0 || stories.len() <= most {
        found.push(SegmentSpan { level, node, stories });
        return;
    }
    let below = level - 1;
    let mut start = stories.start;
    for child in 4 * node..4 * node + 4 {
        let end = start + hours[start..stories.end].partition_point(|&hour| hour >> (2 * below) <= child);
        divide(hours, below, child, start..end, found);
        start = end;
    }
}

/// The bucket of a key: FNV-1a of its UTF-8 bytes, as the script for browsers computes it.
pub fn bucket(key: &str, buckets: usize) -> usize {
    let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % buckets.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn every_story_is_in_one_segment_in_order() {
        let dates: Vec<i64> = (0..20_000).map(|at| at * DAY / 7 - 400 * 365 * DAY).collect();
        let found = segments(&dates);
        let mut next = 0;
        for segment in &found {
            assert_eq!(segment.stories.start, next);
            assert!(segment.stories.len() <= MOST);
            let (begin_at, end) = (begin(segment.level, segment.node), begin(segment.level, segment.node + 1));
            assert!(dates[segment.stories.clone()].iter().all(|date| (begin_at..end).contains(date)));
            next = segment.stories.end;
        }
        assert_eq!(next, dates.len());
        assert!(found.last().unwrap().stories.len() <= MOST_NEWEST);
        assert!(found.len() < 40, "{}", found.len());
    }

    #[test]
    fn another_story_changes_few_segments() {
        let dates: Vec<i64> = (0..5_000).map(|at| 1_700_000_000 + at * DAY / 10).collect();
        let mut changed: Vec<usize> = (4_000..5_000)
            .map(|count| {
                let before = segments(&dates[..count]);
                segments(&dates[..=count]).iter().filter(|segment| !before.contains(segment)).count()
            })
            .collect();
        changed.sort_unstable();
        assert_eq!(changed[changed.len() / 2], 1);
        assert!(changed.iter().sum::<usize>() < 2 * changed.len(), "{changed:?}");
    }

    #[test]
    fn extreme_dates_have_a_segment() {
        assert_eq!(segments(&[]), []);
        for dates in [vec![i64::MIN / 2, i64::MAX / 2], vec![-377_705_116_800, 253_402_300_799], vec![0; 40]] {
            let found = segments(&dates);
            assert_eq!(found.iter().map(|segment| segment.stories.len()).sum::<usize>(), dates.len());
        }
    }
}
