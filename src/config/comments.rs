//! `comments:` in `site.yaml`: who may comment, how, and until when.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::article::Days;
use crate::diagnostic::{Code, Diagnostic};
use crate::urls::{is_complete_url, is_host_with_port};
use crate::yaml::{self, YamlStep, coded_error};

use super::{ConfigCheck, FILE};

/// The step to this key of `site.yaml`.
const COMMENTS: YamlStep<'_> = YamlStep::Key("comments");

/// The place where readers write new comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentForm {
    /// E-mail to the authors of the story.
    #[default]
    Mail,
    /// A server with Isso (<https://isso-comments.de>), loaded on a click.
    Isso,
    /// Nowhere on this site.
    None,
}

impl CommentForm {
    /// The word for it in configuration and templates.
    pub fn as_str(self) -> &'static str {
        match self {
            CommentForm::Mail => "mail",
            CommentForm::Isso => "isso",
            CommentForm::None => "none",
        }
    }
}

/// The most that a file of comments may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommentLimits {
    /// Characters of one comment.
    pub characters: usize,
    /// Comments on one story.
    pub comments: usize,
}

impl Default for CommentLimits {
    fn default() -> CommentLimits {
        CommentLimits { characters: 10_000, comments: 5_000 }
    }
}

/// `comments:` of `site.yaml` as a mapping.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenComments {
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    form: CommentForm,
    #[serde(default, deserialize_with = "crate::lenient::text")]
    server: Option<String>,
    close_after: Option<Days>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    feeds: bool,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    counts: bool,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    limits: CommentLimits,
}

/// `comments:` of `site.yaml`: `true`, `false`, `mail`, or a mapping.
#[derive(Debug)]
pub(super) enum CommentsKey {
    Bool(bool),
    Settings(WrittenComments),
}

impl<'de> Deserialize<'de> for CommentsKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CommentsKey, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = CommentsKey;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false`, `mail` or a mapping")
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<CommentsKey, E> {
                Ok(CommentsKey::Bool(flag))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<CommentsKey, E> {
                match text {
                    "mail" => Ok(CommentsKey::Bool(true)),
                    _ => Err(not_a_value(&format!("`{}`", text.escape_debug()))),
                }
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<CommentsKey, E> {
                Err(not_a_value(&format!("`{number}`")))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<CommentsKey, E> {
                Err(not_a_value(&format!("`{number}`")))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<CommentsKey, E> {
                Err(not_a_value(&format!("`{number}`")))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<CommentsKey, A::Error> {
                Err(not_a_value("a list"))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CommentsKey, A::Error> {
                WrittenComments::deserialize(MapAccessDeserializer::new(map)).map(CommentsKey::Settings)
            }
        }
        deserializer.deserialize_any(KeyVisitor)
    }
}

/// The error for another value.
fn not_a_value<E: Error>(found: &str) -> E {
    let message = format!("{found} is not a value of `comments`");
    coded_error(Code::InvalidValue, &message, "write `true`, `false`, `mail`, or `{form: isso, server: https://…}`")
}

/// How readers comment on this site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    /// True if readers may comment on stories that don't say; `None` if the site doesn't say either.
    pub is_open: Option<bool>,
    /// The place where readers write new comments.
    pub form: CommentForm,
    /// The URL of the Isso server, with a slash at the end; only with [`CommentForm::Isso`].
    pub server: Option<String>,
    /// The period after publication in which readers may comment.
    pub close_after: Option<Days>,
    /// True if each story with comments has a feed of them.
    pub feeds: bool,
    /// True if cards in lists have the number of comments.
    pub counts: bool,
    /// The most that a file of comments may hold.
    pub limits: CommentLimits,
}

impl ConfigCheck<'_> {
    /// Checks the server and the limits.
    pub(super) fn comments(&mut self, written: Option<CommentsKey>) -> Comments {
        let written = match written {
            None => return Comments::default(),
            Some(CommentsKey::Bool(is_open)) => return Comments { is_open: Some(is_open), ..Comments::default() },
            Some(CommentsKey::Settings(written)) => written,
        };
        let WrittenComments { form, server, close_after, feeds, counts, limits } = written;
        let server = server.map(|server| self.comment_server(server));
        if form == CommentForm::Isso && server.is_none() {
            let hint = "add `server:` with the URL of your Isso, such as https://comments.example.org/".to_owned();
            self.report("comments", "isso", "Isso needs the URL of its server".to_owned(), Some(hint));
        }
        if form != CommentForm::Isso && server.is_some() {
            let hint = "write `form: isso`, or remove `server`".to_owned();
            self.report("comments", "server", "only `form: isso` has a server".to_owned(), Some(hint));
        }
        for (key, limit, most) in [("characters", limits.characters, 1_000_000), ("comments", limits.comments, 100_000)]
        {
            if !(1..=most).contains(&limit) {
                let message = format!("the limit `{key}` is not between 1 and {most}");
                let span = yaml::place_of(self.text, &[COMMENTS, YamlStep::Key("limits"), YamlStep::Key(key)]);
                let hint = format!("write a number from 1 to {most}, or remove `{key}`");
                self.diagnostics.push(Diagnostic::new(Code::BadConfig, FILE, message).at_maybe(span).hint(hint));
            }
        }
        Comments { is_open: Some(form != CommentForm::None), form, server, close_after, feeds, counts, limits }
    }

    /// Checks the URL of a comment server, and returns it with a slash at the end.
    fn comment_server(&mut self, written: String) -> String {
        let server = self.whole_url("comments", written);
        let rest = server.split_once("://").map_or("", |(_, rest)| rest);
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let hint = if host.contains('@') {
            Some("leave out the name and the password: every page would show them")
        } else if !is_host_with_port(host) {
            Some("write its host, such as https://comments.example.org/")
        } else if path.contains(['"', '<', '>', '\\', '{', '?', '#']) || path.contains("://") {
            Some("write it without a query or a fragment")
        } else {
            None
        };
        // A value that is not a URL at all has been reported already.
        if let Some(hint) = hint.filter(|_| is_complete_url(&server)) {
            let message = "this is not the URL of a comment server".to_owned();
            let span = yaml::place_of(self.text, &[COMMENTS, YamlStep::Key("server")]);
            self.diagnostics.push(Diagnostic::new(Code::BadConfig, FILE, message).at_maybe(span).hint(hint));
        }
        format!("{}/", server.trim_end_matches('/'))
    }
}
