//! Comments of Isso (<https://isso-comments.de/docs/reference/server-api/>), from its server or its database.

use jiff::Timestamp;
use serde_json::Value;

use super::{BadExport, Export, ExportedComment};

/// The mode of an approved comment in Isso; 2 waits for approval, 4 is deleted.
const ACCEPTED: i64 = 1;

/// Reads rows of Isso's database as JSON: each comment with the `uri` of its thread, as `sqlite3 -json` prints them.
///
/// # Errors
/// If the text is not such a list.
pub fn isso_rows(text: &str) -> Result<Export, BadExport> {
    let rows: Vec<Value> = match text.trim().is_empty() {
        // The program prints nothing for no row.
        true => Vec::new(),
        false => serde_json::from_str(text).map_err(|error| BadExport {
            message: format!("this is not a list of comments in JSON: {error}"),
            line: Some(error.line()),
        })?,
    };
    let mut export = Export::default();
    for row in &rows {
        let uri = row["uri"].as_str().ok_or_else(|| BadExport::new("a row has no `uri`: join the table of threads"))?;
        add(&mut export, row, uri);
    }
    Ok(export)
}

/// Adds a comment and its replies, as the server and the database describe them.
pub(super) fn add(export: &mut Export, row: &Value, uri: &str) {
    match accepted(row, uri) {
        Some(comment) => export.comments.push(comment),
        None => export.left_out += 1,
    }
    for reply in row["replies"].as_array().into_iter().flatten() {
        add(export, reply, uri);
    }
}

fn accepted(row: &Value, uri: &str) -> Option<ExportedComment> {
    let text = |key: &str| row[key].as_str().map(str::to_owned).filter(|text| !text.trim().is_empty());
    if row["mode"].as_i64() != Some(ACCEPTED) {
        return None;
    }
    let seconds = row["created"].as_f64()?;
    Some(ExportedComment {
        pages: vec![uri.to_owned()],
        id: format!("isso-{}", row["id"].as_u64()?),
        parent: row["parent"].as_u64().map(|parent| format!("isso-{parent}")),
        name: text("author").map(|name| unescaped(&name)).unwrap_or_default(),
        url: text("website").map(|url| unescaped(&url)),
        date: Timestamp::from_second(seconds as i64).ok()?,
        text: text("text")?,
        staff: None,
    })
}

/// A name or URL as the reader typed it: Isso keeps both escaped for HTML.
fn unescaped(text: &str) -> String {
    const ESCAPES: &[(&str, &str)] =
        &[("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    ESCAPES.iter().fold(text.to_owned(), |text, (escaped, letter)| text.replace(escaped, letter))
}
