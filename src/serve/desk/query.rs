//! The desk's filters, in URLs.

use jiff::Timestamp;

use super::super::own_pages::DESK;
use super::super::parameter;

/// The filters and the part of the lists that a URL asks for.
#[derive(Debug, Clone, Default)]
pub struct DeskQuery {
    pub(super) author: String,
    pub(super) section: String,
    pub(super) language: String,
    pub(super) state: String,
    /// The number of stories that each list skips.
    pub(super) from: usize,
    /// The change that the desk reports: `hidden`, `shown` or `replied`.
    pub(super) done: String,
}

impl DeskQuery {
    /// The query of a URL.
    pub fn parse(query: Option<&str>) -> DeskQuery {
        let get = |name| parameter(query, name).unwrap_or_default();
        let from = get("from").parse().unwrap_or_default();
        DeskQuery {
            author: get("author"),
            section: get("section"),
            language: get("language"),
            state: get("state"),
            from,
            done: get("done"),
        }
    }

    /// The filters, by name.
    pub(super) fn filters(&self) -> [(&'static str, &str); 3] {
        [("author", &self.author), ("section", &self.section), ("language", &self.language)]
    }

    /// The URL of a part of a list, with the same filters.
    pub(super) fn part(&self, state: &str, from: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.filters().into_iter().filter(|(_, value)| !value.is_empty()));
        query.append_pair("state", state).append_pair("from", &from.to_string());
        format!("{DESK}?{}", query.finish())
    }

    /// The URL of the desk with the same filters and the same part of the lists.
    pub(super) fn here(&self) -> String {
        format!("{DESK}?{}", self.all().finish())
    }

    /// The same URL for after a change.
    pub fn after(&self, done: &str) -> String {
        format!("{DESK}?{}", self.all().append_pair("done", done).finish())
    }

    fn all(&self) -> form_urlencoded::Serializer<'static, String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let filters = self.filters().into_iter().chain([("state", &*self.state)]);
        query.extend_pairs(filters.filter(|(_, value)| !value.is_empty()));
        if self.from > 0 {
            query.append_pair("from", &self.from.to_string());
        }
        query
    }

    /// The URL of the desk as of another instant, with the same filters.
    pub(super) fn at(&self, moment: Timestamp) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("at", &moment.to_string());
        let filters = self.filters().into_iter().chain([("state", &*self.state)]);
        query.extend_pairs(filters.filter(|(_, value)| !value.is_empty()));
        format!("{DESK}?{}", query.finish())
    }
}
