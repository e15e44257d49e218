//! XMP (ISO 16684-1): reads what says whose picture a file is and what it shows, and writes a packet with the former alone.

use memchr::memmem;
use quick_xml::NsReader;
use quick_xml::escape::{escape, resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};

use super::texts::Statements;
use super::{Rights, decoded, text};

/// The most creators that are kept.
const MAX_CREATORS: usize = 50;
/// The most declarations of namespaces in a packet that is read; programs write a few dozen. Each name is compared with all
/// of them, so a packet of nothing else would take hours.
const MAX_NAMESPACES: usize = 1_000;
/// The most attributes of an element that are read; raw converters write some hundreds.
const MAX_ATTRIBUTES: usize = 5_000;

/// A property, its namespace with the prefix that is written, its name, and its form.
struct Property {
    field: Field,
    namespace: &'static str,
    prefix: &'static str,
    name: &'static str,
    form: ValueForm,
}

/// A field of [`Statements`] or of its [`Rights`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Creators,
    Credit,
    Copyright,
    Terms,
    LicenceUrl,
    LicensorUrl,
    SourceType,
    Alt,
    Caption,
    Camera,
}

/// How the value of a property is written.
#[derive(Clone, Copy)]
enum ValueForm {
    Plain,
    /// An ordered list.
    List,
    /// Alternatives by language.
    Languages,
    /// In the only member of a list of licensors.
    Licensor,
    /// Not at all: it is only read.
    Unwritten,
}

const DC: &str = "http://purl.org/dc/elements/1.1/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";
const PLUS: &str = "http://ns.useplus.org/ldf/xmp/1.0/";
const IPTC: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
const IPTC_CORE: &str = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";

const fn property(
    field: Field,
    (namespace, prefix): (&'static str, &'static str),
    name: &'static str,
    form: ValueForm,
) -> Property {
    Property { field, namespace, prefix, name, form }
}

/// The properties that are read and written (IPTC Photo Metadata Standard 2023.2, section 8).
const PROPERTIES: &[Property] = &[
    property(Field::Creators, (DC, "dc"), "creator", ValueForm::List),
    property(Field::Copyright, (DC, "dc"), "rights", ValueForm::Languages),
    property(Field::Credit, (PHOTOSHOP, "photoshop"), "Credit", ValueForm::Plain),
    property(Field::Terms, (RIGHTS, "xmpRights"), "UsageTerms", ValueForm::Languages),
    property(Field::LicenceUrl, (RIGHTS, "xmpRights"), "WebStatement", ValueForm::Plain),
    property(Field::LicensorUrl, (PLUS, "plus"), "LicensorURL", ValueForm::Licensor),
    property(Field::SourceType, (IPTC, "Iptc4xmpExt"), "DigitalSourceType", ValueForm::Plain),
    property(Field::Alt, (IPTC_CORE, "Iptc4xmpCore"), "AltTextAccessibility", ValueForm::Unwritten),
    property(Field::Caption, (DC, "dc"), "description", ValueForm::Unwritten),
    property(Field::Camera, (TIFF, "tiff"), "Make", ValueForm::Unwritten),
    property(Field::Camera, (TIFF, "tiff"), "Model", ValueForm::Unwritten),
];

/// Reads a packet, up to the first place where it is not well-formed.
pub(super) fn read(packet: &[u8]) -> Statements {
    if memmem::find_iter(packet, b"xmlns").nth(MAX_NAMESPACES).is_some() {
        return Statements::default();
    }
    let packet = decoded(packet);
    let mut reader = NsReader::from_str(packet.trim_matches(['\u{feff}', '\0']));
    let mut statements = Statements::default();
    // The property that each open element belongs to.
    let mut open: Vec<Option<Field>> = Vec::new();
    let mut words = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                let around = open.last().copied().flatten();
                open.push(found_in(&reader, &start, around, &mut statements));
                words.clear();
            }
            Event::Empty(start) => {
                let around = open.last().copied().flatten();
                found_in(&reader, &start, around, &mut statements);
            }
            Event::End(_) => {
                if let Some(field) = open.pop().flatten() {
                    add(&mut statements, field, &words);
                }
                words.clear();
            }
            Event::Text(text) => words.push_str(&text.xml10_content()),
            Event::CData(text) => words.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().ok().flatten();
                words.extend(letter);
                words.push_str(resolve_xml_entity(&reference.xml10_content()).unwrap_or_default());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    statements
}

/// Reads the attributes of an element, and returns the property that its text belongs to.
fn found_in(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    around: Option<Field>,
    statements: &mut Statements,
) -> Option<Field> {
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let field = known(&namespace, name.as_ref()).or(around);
    for attribute in start.attributes().with_checks(false).flatten().take(MAX_ATTRIBUTES) {
        let QName(written) = attribute.key;
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        // A URL may be given as the resource that a property names.
        let own = known(&namespace, name.as_ref()).or(field.filter(|_| written == "rdf:resource"));
        if let (Some(field), Ok(value)) = (own, unescape(&attribute.value)) {
            add(statements, field, &value);
        }
    }
    field
}

fn known(namespace: &ResolveResult<'_>, name: &str) -> Option<Field> {
    let ResolveResult::Bound(namespace) = namespace else { return None };
    let is_it = |property: &&Property| property.namespace == namespace.0 && property.name == name;
    PROPERTIES.iter().find(is_it).map(|property| property.field)
}

/// Adds a value. Of alternatives the first counts, which is the default.
fn add(statements: &mut Statements, field: Field, value: &str) {
    let Some(value) = text(value) else { return };
    let Statements { rights, alt, caption, has_camera, .. } = statements;
    match field {
        Field::Creators if rights.creators.len() < MAX_CREATORS => rights.creators.push(value),
        Field::Creators => {}
        Field::Credit => drop(rights.credit.get_or_insert(value)),
        Field::Copyright => drop(rights.copyright.get_or_insert(value)),
        Field::Terms => drop(rights.terms.get_or_insert(value)),
        Field::LicenceUrl => drop(rights.licence_url.get_or_insert(value)),
        Field::LicensorUrl => drop(rights.licensor_url.get_or_insert(value)),
        Field::SourceType => drop(rights.source_type.get_or_insert(value)),
        Field::Alt => drop(alt.get_or_insert(value)),
        Field::Caption => drop(caption.get_or_insert(value)),
        Field::Camera => *has_camera = true,
    }
}

/// The processing instructions around a packet, by which programs find it in a file of any format. Both may be left out.
const BEGIN: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>";
const END: &str = "<?xpacket end=\"r\"?>";

/// A packet that [`write`] made, without the instructions around it.
pub(super) fn bare(packet: &[u8]) -> &[u8] {
    let packet = packet.strip_prefix(BEGIN.as_bytes()).unwrap_or(packet);
    packet.strip_suffix(END.as_bytes()).unwrap_or(packet)
}

/// Writes a packet; `None` if it would say nothing.
pub(super) fn write(rights: &Rights) -> Option<Vec<u8>> {
    if rights.is_empty() {
        return None;
    }
    let (mut attributes, mut elements) = (String::new(), String::new());
    for Property { field, namespace, prefix, name, form } in PROPERTIES {
        let values = values(rights, *field);
        let [first, ..] = *values else { continue };
        let first = escape(first);
        let declared = format!("xmlns:{prefix}=\"{namespace}\"");
        if !attributes.contains(&declared) {
            attributes.push_str(&format!(" {declared}"));
        }
        match form {
            ValueForm::Plain => attributes.push_str(&format!(" {prefix}:{name}=\"{first}\"")),
            ValueForm::List => {
                let items: String = values.iter().map(|value| format!("<rdf:li>{}</rdf:li>", escape(*value))).collect();
                elements.push_str(&format!("<{prefix}:{name}><rdf:Seq>{items}</rdf:Seq></{prefix}:{name}>"));
            }
            ValueForm::Languages => elements.push_str(&format!(
                "<{prefix}:{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{first}</rdf:li></rdf:Alt></{prefix}:{name}>"
            )),
            ValueForm::Licensor => elements.push_str(&format!(
                "<{prefix}:Licensor><rdf:Seq><rdf:li rdf:parseType=\"Resource\"><{prefix}:{name}>{first}</{prefix}:{name}>\
                 </rdf:li></rdf:Seq></{prefix}:Licensor>"
            )),
            ValueForm::Unwritten => {}
        }
    }
    let packet = format!(
        "{BEGIN}<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\"{attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>{END}"
    );
    Some(packet.into_bytes())
}

/// The values of a field.
fn values(rights: &Rights, field: Field) -> Vec<&str> {
    let value = match field {
        Field::Creators => return rights.creators.iter().map(String::as_str).collect(),
        Field::Credit => &rights.credit,
        Field::Copyright => &rights.copyright,
        Field::Terms => &rights.terms,
        Field::LicenceUrl => &rights.licence_url,
        Field::LicensorUrl => &rights.licensor_url,
        Field::SourceType => &rights.source_type,
        Field::Alt | Field::Caption | Field::Camera => return Vec::new(),
    };
    value.as_deref().into_iter().collect()
}
