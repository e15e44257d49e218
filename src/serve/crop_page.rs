//! The page of the desk with all crops of a picture side by side, and the forms that choose other ones.

use serde::Serialize;
use tera::Context;

use crate::article::Credit;
use crate::edit::picture::CROPPED;
use crate::picture::crop::{CropShares, FocusPoint};
use crate::picture::slot::SlotName;
use crate::plan::PictureRendition;
use crate::read::{FramedPicture, Record};
use crate::view::renditions::fallbacks;

use super::desk_form::record;
use super::own_pages::{crops_url, fill};
use super::parameter;
use super::problems::Reporter;
use super::site_server::Snapshot;

/// The script of the page.
pub(super) const SCRIPT: &str = include_str!("crops.js");

/// The box into which the picture is drawn, in CSS pixels.
const BOX: (u32, u32) = (640, 480);

/// A request for the page.
#[derive(Debug, Clone, Default)]
pub(super) struct CropRequest {
    /// The file whose front matter has the picture.
    pub(super) source: String,
    /// The secret of the forms; `None` for a page without them.
    pub(super) token: Option<String>,
    /// The change that was made.
    pub(super) done: String,
    /// The reason why a change was refused.
    pub(super) refused: Option<String>,
}

impl CropRequest {
    /// The request of a URL's query.
    pub(super) fn parse(query: Option<&str>, token: Option<String>) -> CropRequest {
        let get = |name| parameter(query, name).unwrap_or_default();
        CropRequest { source: get("source"), token, done: get("done"), refused: None }
    }
}

/// The page as its template sees it.
#[derive(Serialize)]
struct CropsView {
    paper: String,
    title: String,
    /// The page of the file in the preview.
    url: Option<String>,
    source: String,
    editor: Option<String>,
    picture: WholePictureView,
    slots: Vec<SlotView>,
    /// The authors whose pictures have crops, too.
    people: Vec<PersonView>,
    forms: Option<CropFormsView>,
    notice: String,
    is_refused: bool,
}

#[derive(Serialize)]
struct CropFormsView {
    action: String,
    token: String,
    version: String,
}

#[derive(Serialize)]
struct PersonView {
    name: String,
    url: String,
}

/// The whole picture, as the page draws it.
#[derive(Serialize)]
struct WholePictureView {
    url: String,
    width: u32,
    height: u32,
    /// The focus as it is written.
    focus: Option<String>,
    /// The focus in per cent, and in pixels of the drawing; the middle if there is none.
    left: f64,
    top: f64,
    x: f64,
    y: f64,
}

/// A slot with its crops.
#[derive(Serialize)]
struct SlotView {
    name: &'static str,
    label: &'static str,
    crops: Vec<CropView>,
    /// True if the editors have chosen the part.
    is_chosen: bool,
    /// The part in per cent, for the fields.
    percent: [f64; 4],
    /// The chosen part in pixels of the drawing.
    frame: [f64; 4],
}

/// A crop as readers get it.
#[derive(Serialize)]
struct CropView {
    url: String,
    width: u32,
    height: u32,
}

fn label(slot: SlotName) -> &'static str {
    match slot {
        SlotName::Lead => "Lead picture",
        SlotName::Card => "Card",
        SlotName::Social => "Link previews",
        SlotName::Search => "Search results",
        SlotName::Portrait => "Portrait",
        SlotName::Inline => "Text",
    }
}

/// The page as HTML; `None` if the preview shows no picture of that file's front matter.
///
/// # Errors
/// A bug in the program's own template.
pub(super) fn page(
    snapshot: &Snapshot<'_>,
    reporter: &Reporter<'_>,
    request: CropRequest,
) -> Result<Option<String>, String> {
    match view(snapshot, reporter, request) {
        Some(view) => fill("crops.html", &Context::from_serialize(&view).map_err(|error| error.to_string())?).map(Some),
        None => Ok(None),
    }
}

fn view(snapshot: &Snapshot<'_>, reporter: &Reporter<'_>, request: CropRequest) -> Option<CropsView> {
    let CropRequest { source, token, done, refused } = request;
    let record = record(snapshot, &source)?;
    let picture = record.picture()?;
    let target = snapshot.plan.resolve(snapshot.site, snapshot.config, &source, picture.src()).ok()?;
    let file = target.file?;
    let size = snapshot.site.files.get(file)?.size?;
    let shown = shown(size);
    let renditions = snapshot.plan.renditions(file);
    let slots: Vec<SlotView> =
        CROPPED.iter().filter_map(|&(name, slot)| slot_view(snapshot, picture, renditions, name, slot, size)).collect();
    let [left, top] = picture.focus().map_or([50.0, 50.0], |focus| FocusPoint::parse(focus).percent());
    Some(CropsView {
        paper: snapshot.config.title.clone(),
        title: title(record),
        url: snapshot.url_of(&source),
        editor: reporter.link(&source, None, None),
        picture: WholePictureView {
            url: target.url,
            width: shown.0,
            height: shown.1,
            focus: picture.focus().map(str::to_owned),
            left,
            top,
            x: left * f64::from(shown.0) / 100.0,
            y: top * f64::from(shown.1) / 100.0,
        },
        slots,
        people: people(snapshot, record),
        forms: token.zip(record.digest()).map(|(token, digest)| CropFormsView {
            action: crops_url(&source),
            token,
            version: format!("{digest:032x}"),
        }),
        source,
        is_refused: refused.is_some(),
        notice: refused.unwrap_or_else(|| notice(&done).to_owned()),
    })
}

/// The size at which the whole picture is drawn.
pub(super) fn shown((width, height): (u32, u32)) -> (u32, u32) {
    let (most_width, most_height) = BOX;
    let scaled = |side: u32, by: u32, over: u32| {
        u32::try_from(u64::from(side) * u64::from(by) / u64::from(over.max(1))).unwrap_or(side).max(1)
    };
    match u64::from(width) * u64::from(most_height) > u64::from(height) * u64::from(most_width) {
        true => (most_width, scaled(height, most_width, width)),
        false => (scaled(width, most_height, height), most_height),
    }
}

/// A slot; `None` if the theme has no such slot for this picture.
fn slot_view(
    snapshot: &Snapshot<'_>,
    picture: FramedPicture<'_>,
    renditions: &[PictureRendition],
    name: &'static str,
    slot: SlotName,
    size: (u32, u32),
) -> Option<SlotView> {
    let framing = picture.framing(slot);
    let is_its = |rendition: &&PictureRendition| rendition.slot == slot && rendition.framing() == framing;
    let largest = renditions.iter().filter(is_its).filter_map(|rendition| fallbacks(rendition).next_back());
    let crops: Vec<CropView> = largest
        .map(|variant| CropView {
            url: snapshot.config.base_url.path(&variant.route),
            width: variant.width,
            height: variant.height,
        })
        .collect();
    let shown = shown(size);
    let percent = framing.crop.map_or([0.0, 0.0, 100.0, 100.0], CropShares::percent);
    let [left, top, width, height] = percent;
    let (across, down) = (f64::from(shown.0) / 100.0, f64::from(shown.1) / 100.0);
    (!crops.is_empty()).then_some(SlotView {
        name,
        label: label(slot),
        crops,
        is_chosen: framing.crop.is_some(),
        percent,
        frame: [left * across, top * down, width * across, height * down],
    })
}

fn title(record: &Record) -> String {
    match record {
        Record::Article(article) => article.front.title.to_string(),
        Record::Page(page) => page.front.title.clone(),
        Record::Author(author) => author.front.name.clone(),
        Record::Section(section) => section.front.title.clone().unwrap_or_else(|| section.source.clone()),
        Record::Comments(_) | Record::File(_) => record.source().to_owned(),
    }
}

/// The authors of a story who have a picture.
fn people(snapshot: &Snapshot<'_>, of: &Record) -> Vec<PersonView> {
    let Record::Article(article) = of else { return Vec::new() };
    let credits = article.front.authors.iter().filter_map(|credit| match credit {
        Credit::Id(id) => Some(id.as_str()),
        Credit::Guest(_) => None,
    });
    let authors = snapshot.site.authors.iter().map(|person| &person.author);
    let found = credits.filter_map(|id| authors.clone().find(|author| author.id == id && author.front.image.is_some()));
    found.map(|author| PersonView { name: author.front.name.clone(), url: crops_url(&author.source) }).collect()
}

/// The notice of a change, by its name in the page's URL. Other names have none, so that a link cannot put words there.
fn notice(done: &str) -> &'static str {
    match done {
        "focus" => "The focus is saved.",
        "no-focus" => "The focus is removed.",
        "crop" => "The crop is saved.",
        "no-crop" => "The crop is removed.",
        _ => "",
    }
}
