//! Checks the URLs and paths in `site.yaml`.

use crate::diagnostic::Diagnostic;
use crate::urls::{self, BadUrl, is_complete_url};
use crate::yaml;

use super::{ConfigCheck, FILE};

impl ConfigCheck<'_> {
    /// Checks a URL or path.
    pub(super) fn url(&mut self, key: &str, url: &str) {
        if let Err(why) = urls::check(url) {
            self.refuse(key, url, &why);
        }
    }

    /// Checks an absolute URL and returns it normalized.
    pub(super) fn whole_url(&mut self, key: &str, url: String) -> String {
        match urls::check(&url).and_then(|()| if is_complete_url(&url) { Ok(()) } else { Err(BadUrl::Incomplete) }) {
            Ok(()) => urls::normalized(&url).into_owned(),
            Err(why) => {
                self.refuse(key, &url, &why);
                url
            }
        }
    }

    fn refuse(&mut self, key: &str, url: &str, why: &BadUrl) {
        let (code, message, hint) = why.explain(url);
        let span = yaml::locate(self.text, key, url);
        self.diagnostics.push(Diagnostic::new(code, FILE, message).at_maybe(span).hint(hint));
    }
}
