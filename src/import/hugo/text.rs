//! Texts of Hugo: shortcodes, `ref`, summary dividers.

use crate::import::files::BodyText;
use crate::import::files::calls::TemplateCall;
use crate::import::files::calls::shortcodes::expand;
use crate::import::layout::ImportLayout;
use crate::import::notes::{ImportNoteKind, Notes};

use super::Hugo;

/// The text with its shortcodes converted.
pub(super) fn converted(text: &BodyText<'_>, hugo: &Hugo, layout: Option<&ImportLayout>, notes: &mut Notes) -> String {
    let body = text.body.replace("<!--more-->", "").replace("<!-- more -->", "");
    expand(&body, &mut |call| match call.name.as_str() {
        "ref" | "relref" => reference(call, text.path, hugo, layout, notes),
        _ => text.calls.convert(call, text.path, notes),
    })
}

/// The path of the file that `ref` leads to.
fn reference(call: &TemplateCall, from: &str, hugo: &Hugo, layout: Option<&ImportLayout>, notes: &mut Notes) -> String {
    let written = call.named_or_first(&["path"]).unwrap_or_default();
    let fragment = written.find('#').map_or("", |at| &written[at..]);
    if written.starts_with('#') {
        return written.to_owned();
    }
    let found = hugo.referred(from, written);
    let place = found.as_deref().and_then(|path| layout?.at_path(path));
    match (place.and_then(|place| layout?.reference(place)), found) {
        (Some(reference), _) => reference + fragment,
        // In the text of a section, the writer finds the file.
        (None, Some(path)) => format!("/{path}{fragment}"),
        (None, None) => {
            notes.add(ImportNoteKind::Missing, "reference", from, format!("nothing is at `{written}`"));
            written.to_owned()
        }
    }
}
