//! Lead pictures without a text that readers need, neither in front matter nor in the file of the picture.

use std::collections::BTreeSet;

use ahash::{HashMap, HashSet};
use percent_encoding::percent_decode_str;

use crate::article::Image;
use crate::config::{Config, PictureText, RequiredCredit};
use crate::content_path::STATIC;
use crate::diagnostic::{Code, Diagnostic};
use crate::picture::PictureTexts;
use crate::read::Record;
use crate::source;
use crate::unicode::composed;
use crate::yaml;

/// A lead picture that readers see, or will see.
struct LeadPicture<'r> {
    source: &'r str,
    image: &'r Image,
}

/// Completes the reports on lead pictures, public or not: takes those of missing alternative texts back that their files
/// have, and adds those of missing credits. Reading a source reports without knowing any other file.
///
/// Sources with errors (`faulty`) are left out, because a key with an error is as if it were not there.
pub fn check_picture_texts(
    records: &[Record],
    faulty: &BTreeSet<String>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let leads: Vec<LeadPicture<'_>> = records.iter().filter_map(lead).collect();
    let lacks_text = |lead: &LeadPicture<'_>| lead.image.alt.is_none() || lead.image.credit.is_none();
    if !leads.iter().any(lacks_text) {
        return;
    }
    let files = PicturesBySource::new(records);
    let fills = |text| config.pictures.fills(text);
    let mut described: HashSet<&str> = HashSet::default();
    for LeadPicture { source, image } in leads.iter().filter(|lead| lacks_text(lead)) {
        let texts = files.named(source, &image.src);
        if image.alt.is_none() && fills(PictureText::Alt) && texts.is_some_and(|texts| texts.alt.is_some()) {
            described.insert(source);
        }
        let is_credited =
            image.credit.is_some() || (fills(PictureText::Credit) && texts.is_some_and(|texts| texts.credit.is_some()));
        let is_needed = match config.pictures.require_credit {
            RequiredCredit::Photographs => texts.is_some_and(|texts| texts.is_photograph),
            RequiredCredit::All => true,
            RequiredCredit::None => false,
        };
        if is_needed && !is_credited && !faulty.contains(*source) {
            diagnostics.push(missing_credit(source, image));
        }
    }
    diagnostics.retain(|found| found.code != Code::MissingAlt || !described.contains(&*found.path));
}

fn lead(record: &Record) -> Option<LeadPicture<'_>> {
    let (image, is_hidden) = match record {
        Record::Article(article) => {
            let front = &article.front;
            let is_emptied = front.rare().withdrawn.is_some() || front.rare().retracted.is_some();
            (front.image.as_deref(), front.draft || is_emptied)
        }
        Record::Page(page) => (page.front.image.as_ref(), page.front.draft),
        Record::Section(section) => (section.front.image.as_ref(), false),
        Record::Author(_) | Record::Comments(_) | Record::File(_) => return None,
    };
    image.filter(|_| !is_hidden).map(|image| LeadPicture { source: record.source(), image: &image.0 })
}

fn missing_credit(source: &str, image: &Image) -> Diagnostic {
    let message = "nobody is credited with the lead picture, neither here nor in its file";
    let fix = match image {
        Image { alt: None, caption: None, focus: None, .. } => {
            format!("write `image: {{src: {}, credit: …}}` with who took it", yaml::flow_text(&image.src))
        }
        _ => "add `credit: …` beside `src` with who took it".to_owned(),
    };
    let hint = format!("{fix}, or `credit: \"\"` if nobody is to be named");
    Diagnostic::new(Code::MissingCredit, source, message).in_key("image", &*image.src).hint(hint)
}

/// The texts in the files of pictures, by their paths.
struct PicturesBySource<'r>(HashMap<String, &'r PictureTexts>);

impl<'r> PicturesBySource<'r> {
    fn new(records: &'r [Record]) -> PicturesBySource<'r> {
        let files = records.iter().filter_map(|record| match record {
            Record::File(file) => {
                let texts = &file.picture.as_ref()?.texts;
                (*texts != PictureTexts::default()).then(|| (composed(&file.source).into_owned(), texts))
            }
            _ => None,
        });
        PicturesBySource(files.collect())
    }

    /// The texts of the picture that a reference in a source leads to, found as those of links are.
    fn named(&self, source: &str, reference: &str) -> Option<&'r PictureTexts> {
        let path = &reference[..reference.find(['?', '#']).unwrap_or(reference.len())];
        let decoded = percent_decode_str(path).decode_utf8().ok()?;
        [reference, &*decoded].into_iter().find_map(|way| {
            let way = composed(way);
            let beside = source::resolve(source, &way).and_then(|path| self.0.get(&path));
            beside.or_else(|| self.0.get(&format!("{STATIC}{}", way.strip_prefix('/')?))).copied()
        })
    }
}
