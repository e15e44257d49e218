//! Checks the blocks of a front.

use crate::article::Block;
use crate::date::Moment;
use crate::diagnostic::Code;

use super::FileReader;
use super::front_matter::FrontMatter;

impl FileReader<'_> {
    /// Reports limits and dates that are not valid, and returns the end of each pick of each block.
    pub(super) fn check_blocks(
        &mut self,
        front_matter: &FrontMatter<'_>,
        blocks: &[Block],
    ) -> Vec<Vec<Option<Moment>>> {
        for (limit, message, hint) in blocks.iter().filter_map(Block::limit_error) {
            self.report(front_matter, Code::InvalidValue, "blocks", &limit.to_string(), message, Some(hint));
        }
        let mut until = Vec::with_capacity(blocks.len());
        for block in blocks {
            until.push(block.written_ends().map(|date| self.moment(front_matter, "blocks", date)).collect());
        }
        until
    }
}
