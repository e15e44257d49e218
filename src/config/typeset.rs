//! Puts the texts of `site.yaml` that readers see on one line, and typesets them.

use crate::article::print_lines;
use crate::typography::line;

use super::Config;

impl Config {
    /// Puts names and titles on one line, as block scalars (`|`) have line ends. Replaces straight quotes, hyphens and dots with the marks of the site's language, unless the site
    /// leaves them alone. Names stay as written, because they are compared.
    pub(super) fn typeset(mut self) -> Config {
        let titles = self.navigation.iter_mut().flatten().map(|item| &mut item.title);
        print_lines(titles.chain([&mut self.title, &mut self.publisher.name]).chain(&mut self.description), None);
        if !self.smart_punctuation {
            return self;
        }
        self.others = self.others.into_iter().map(Config::typeset).collect();
        let quotes = self.language.quotes();
        let banner = self.breaking.iter_mut().map(|breaking| &mut breaking.text);
        let links = self.navigation.iter_mut().flatten().map(|item| &mut item.title);
        let slots = &mut self.slots;
        let buttons = [&mut slots.subscribe, &mut slots.donate].into_iter().flatten().map(|button| &mut button.text);
        let blocks = self.terms.iter_mut().flat_map(|term| &mut term.blocks);
        print_lines(blocks.filter_map(|block| block.heading.as_mut()), Some(&quotes));
        let added = buttons.chain(slots.newsletter.iter_mut().map(|form| &mut form.text)).flatten();
        for text in self.description.iter_mut().chain(banner).chain(links).chain(added) {
            if let std::borrow::Cow::Owned(set) = line(text, &quotes) {
                *text = set;
            }
        }
        self
    }
}
