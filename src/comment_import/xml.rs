//! Reads XML exports one element at a time, so that a large export needs little memory.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::BadExport;

/// The most elements inside each other in a record.
const MAX_DEPTH: usize = 32;

/// An element with its text and children. Attributes keep their names with prefixes, as written.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The first child with a name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children with a name.
    pub(super) fn children<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child with a name, without white space around it; empty if there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// An attribute, by its name with its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn new(start: &BytesStart<'_>) -> Element {
        let attributes = start.attributes().filter_map(Result::ok).map(|attribute| {
            let value = quick_xml::escape::unescape(&attribute.value).map(String::from);
            (attribute.key.0.to_owned(), value.unwrap_or_else(|_| attribute.value.clone().into_owned()))
        });
        Element { name: start.name().0.to_owned(), attributes: attributes.collect(), ..Element::default() }
    }
}

/// Calls `found` for each element with one of these names, with everything in it.
///
/// # Errors
/// If the text is not well-formed XML, or nests too deeply.
pub(super) fn elements(text: &str, names: &[&str], mut found: impl FnMut(Element)) -> Result<(), BadExport> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let line = |at: u64| text.get(..at as usize).map(|before| before.matches('\n').count() + 1);
    // The open elements inside a record, the record first.
    let mut open: Vec<Element> = Vec::new();
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| {
            let message = format!("this is not well-formed XML: {error}");
            BadExport { message, line: line(reader.error_position()) }
        })?;
        match event {
            Event::Start(start) if !open.is_empty() || names.contains(&start.name().0) => {
                if open.len() >= MAX_DEPTH {
                    return Err(BadExport { message: "elements are nested too deeply".to_owned(), line: line(at) });
                }
                open.push(Element::new(&start));
            }
            Event::Empty(start) => {
                if let Some(above) = open.last_mut() {
                    above.children.push(Element::new(&start));
                }
            }
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    match open.last_mut() {
                        Some(above) => above.children.push(done),
                        None => found(done),
                    }
                }
            }
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().ok().flatten().map(String::from);
                let name = reference.xml10_content();
                let text = letter.or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned));
                // An entity of HTML is decoded with the HTML around it.
                add(&mut open, &text.unwrap_or_else(|| format!("&{name};")));
            }
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(BadExport { message: "the file is cut off".to_owned(), line: line(at) }),
            _ => {}
        }
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}
