//! Reads an export in XML as a stream: one element after the other of those that hold its records.

use std::cell::Cell;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::ImportError;
use super::text_file::TextFile;

/// The largest record, in bytes. A post of this length has ten million words.
const MAX_ELEMENT: usize = 64 * 1024 * 1024;

/// The greatest depth at which elements are kept; WXR needs three.
const MAX_DEPTH: usize = 8;

/// An element with its text and its children.
#[derive(Debug, Clone, Default)]
pub(crate) struct XmlElement {
    /// The name with its prefix: `wp:post_id`.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// The text directly in it, with references decoded.
    pub text: String,
    pub children: Vec<XmlElement>,
}

impl XmlElement {
    /// The text of the first child with this name, without surrounding spaces; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// The first child with this name.
    pub fn child(&self, name: &str) -> Option<&XmlElement> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children with this name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e XmlElement> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The value of an attribute; empty if there is none.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// An export file that is being read.
pub(crate) struct XmlStream {
    reader: Reader<BufReader<TextFile>>,
    buffer: Vec<u8>,
    /// The bytes that may still be read for the present element.
    left: Rc<Cell<usize>>,
    /// The name of the file, for messages.
    name: String,
    /// The number of line ends so far.
    lines: usize,
    /// The element that holds the records.
    container: &'static str,
    is_inside: bool,
}

impl XmlStream {
    /// Opens a file whose records are the elements in `container`, such as `channel`.
    ///
    /// # Errors
    /// If it can't be opened.
    pub fn open(path: &Path, container: &'static str) -> Result<XmlStream, ImportError> {
        let file = File::open(path).map_err(|error| ImportError::file("open", path, &error))?;
        let left = Rc::new(Cell::new(MAX_ELEMENT));
        let file = TextFile::new(file, Rc::clone(&left));
        let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 20, file));
        let config = reader.config_mut();
        // Old exports have stray `&` and end tags that don't match; neither loses a word.
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(XmlStream { reader, buffer: Vec::new(), left, name, lines: 0, container, is_inside: false })
    }

    /// The next record, with the line on which it begins; `None` at the end.
    ///
    /// # Errors
    /// If the file isn't XML or ends within an element.
    pub fn next(&mut self) -> Result<Option<(XmlElement, usize)>, ImportError> {
        self.left.set(MAX_ELEMENT);
        let mut reading = ElementReading { line: self.lines + 1, ..ElementReading::default() };
        loop {
            self.buffer.clear();
            let event = self
                .reader
                .read_event_into(&mut self.buffer)
                .map_err(|error| damaged(&self.name, format!("it can't be read as XML: {error}"), self.lines + 1))?;
            let line = self.lines + 1;
            self.lines += memchr::memchr_iter(b'\n', event.as_bytes()).count();
            if !self.is_inside && reading.open.is_empty() {
                match event {
                    Event::Start(tag) => self.is_inside = tag.name().as_ref() == self.container,
                    Event::Eof => return Ok(None),
                    _ => {}
                }
                continue;
            }
            match event {
                Event::Eof => {
                    let Some(element) = reading.open.first() else { return Ok(None) };
                    return Err(damaged(
                        &self.name,
                        format!("the file ends within `<{}>`", element.name),
                        reading.line,
                    ));
                }
                // The end of the container.
                Event::End(_) if reading.open.is_empty() => self.is_inside = false,
                event => {
                    if let Some(element) = reading.take(&event, line) {
                        return Ok(Some((element, reading.line)));
                    }
                }
            }
        }
    }
}

/// A record that is being read.
#[derive(Default)]
struct ElementReading {
    /// The elements around the present place, outermost first.
    open: Vec<XmlElement>,
    /// The line on which the outermost begins.
    line: usize,
    /// The number of open elements that are nested too deeply to be kept.
    ignored: usize,
}

impl ElementReading {
    /// Takes an event. Returns the outermost element when it ends.
    fn take(&mut self, event: &Event<'_>, line: usize) -> Option<XmlElement> {
        match event {
            Event::Start(_) if self.open.len() >= MAX_DEPTH => self.ignored += 1,
            Event::Start(tag) => {
                if self.open.is_empty() {
                    self.line = line;
                }
                self.open.push(element(tag));
            }
            Event::Empty(tag) if self.open.len() < MAX_DEPTH => {
                if self.open.is_empty() {
                    self.line = line;
                }
                return self.close(element(tag));
            }
            Event::End(_) if self.ignored > 0 => self.ignored -= 1,
            Event::End(_) => {
                let element = self.open.pop()?;
                return self.close(element);
            }
            Event::Text(text) => push(&mut self.open, text),
            Event::CData(text) => push(&mut self.open, text),
            Event::GeneralRef(reference) => push(&mut self.open, &decoded(reference)),
            _ => {}
        }
        None
    }

    /// Puts an element into the one around it, or returns it if it is the outermost.
    fn close(&mut self, element: XmlElement) -> Option<XmlElement> {
        match self.open.last_mut() {
            Some(around) => {
                around.children.push(element);
                None
            }
            None => Some(element),
        }
    }
}

fn push(open: &mut [XmlElement], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(tag: &BytesStart<'_>) -> XmlElement {
    let name = tag.name().as_ref().to_owned();
    let mut written = tag.attributes();
    let attributes = written.with_checks(false).flatten().map(|attribute| {
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.value.into_owned();
        (key, quick_xml::escape::unescape(&value).map(std::borrow::Cow::into_owned).unwrap_or(value))
    });
    XmlElement { name, attributes: attributes.collect(), text: String::new(), children: Vec::new() }
}

/// The text of a reference between `&` and `;`. Entities that a file defines itself are never expanded.
fn decoded(reference: &str) -> String {
    let number = reference.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let letter = match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => number.and_then(char::from_u32),
    };
    letter.map_or_else(|| format!("&{reference};"), String::from)
}

fn damaged(file: &str, message: String, line: usize) -> ImportError {
    ImportError::new(message)
        .at(file, Some(line), None)
        .hint("export it again; a server may stop before a long export ends")
}
