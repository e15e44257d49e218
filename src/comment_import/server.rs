//! Asks an Isso server for the approved comments on all stories.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use super::{BadExport, Export, isso};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 64 << 20;
/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The number of stories that one request asks about.
const AT_ONCE: usize = 200;

/// Asks a server, at a URL with a slash at the end, for the comments on these pages, by their URIs. It asks for the
/// numbers of comments first, and then only for threads that have some.
///
/// # Errors
/// If the server cannot be reached, or is no Isso.
pub fn isso_server(server: &str, uris: &[String]) -> Result<Export, BadExport> {
    let agent: Agent = Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut export = Export::default();
    for uris in uris.chunks(AT_ONCE) {
        let question = Value::from(uris.to_vec()).to_string();
        let url = format!("{server}count");
        let asked = agent.post(&url).header("content-type", "application/json").send(&question);
        let counts = answer(&url, asked)?;
        let counts = counts.as_array().filter(|counts| counts.len() == uris.len());
        let counts = counts.ok_or_else(|| BadExport::new(format!("{url} does not answer like an Isso server")))?;
        for (uri, _) in uris.iter().zip(counts).filter(|(_, count)| count.as_u64() != Some(0)) {
            let asked = agent.get(server).query("uri", uri).query("plain", "1").call();
            let thread = answer(server, asked)?;
            for comment in thread["replies"].as_array().into_iter().flatten() {
                isso::add(&mut export, comment, uri);
            }
        }
    }
    Ok(export)
}

/// An answer as JSON.
fn answer(url: &str, asked: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, BadExport> {
    let failed = |error: ureq::Error| BadExport::new(format!("cannot ask {url}: {error}"));
    let mut response = match asked {
        // Isso answers so for a thread that it does not know.
        Err(ureq::Error::StatusCode(404)) => return Ok(Value::Null),
        other => other.map_err(failed)?,
    };
    let text = response.body_mut().with_config().limit(MAX_ANSWER).read_to_string().map_err(failed)?;
    serde_json::from_str(&text).map_err(|_| BadExport::new(format!("{url} does not answer like an Isso server")))
}
