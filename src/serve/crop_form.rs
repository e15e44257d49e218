//! The forms that set the focus and the crops of a picture, and write them into the file's front matter.
//!
//! They are protected as the forms of comments are (`comment_form.rs`), and change nothing but the keys that they name.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::edit::CannotEdit;
use crate::edit::picture::{CROPPED, FramingChange, framed};
use crate::edit::replace;
use crate::picture::crop::{CropShares, NoCrop};
use crate::read::{Record, Settings, digest};
use crate::source::{SourceFile, SourceKind, on_disk};

use super::crop_page::{self, CropRequest};
use super::desk_form::{FormFields, RefusedChange, changed_meanwhile, not_saved, record};
use super::own_pages::crops_url;
use super::problems::Reporter;
use super::response::{own_page, plain, redirect};
use super::site_server::Snapshot;
use super::{PageRequest, Server, live};

/// Facts about the site and the file that a change needs.
struct FramingFacts {
    settings: Settings,
    kind: SourceKind,
    /// The size in pixels of the picture as the page draws it.
    shown: (u32, u32),
}

impl Server {
    /// Makes the change that a form asks for, and shows the page again: with the change, or with the reason why there was
    /// none.
    pub(super) async fn change_crop(&self, request: &PageRequest, body: Body) -> Response<Body> {
        let form = match FormFields::read(&request.headers, body).await {
            Ok(form) => form,
            Err(RefusedChange(status, why)) => return plain(status, &why),
        };
        let source = super::parameter(request.query.as_deref(), "source").unwrap_or_default();
        match self.reframe(&source, &form).await {
            Ok(done) => redirect(StatusCode::SEE_OTHER, &format!("{}&done={done}", crops_url(&source))),
            Err(RefusedChange(status, why)) => {
                let token = request.may_change.then(|| self.token.clone());
                let refused = CropRequest { source, token, done: String::new(), refused: Some(why) };
                self.crops(request, refused, status).await
            }
        }
    }

    /// The page that a URL asks for.
    pub(super) async fn open_crops(&self, request: &PageRequest) -> Response<Body> {
        let token = request.may_change.then(|| self.token.clone());
        self.crops(request, CropRequest::parse(request.query.as_deref(), token), StatusCode::OK).await
    }

    async fn crops(&self, request: &PageRequest, wanted: CropRequest, status: StatusCode) -> Response<Body> {
        let (options, at) = (Arc::clone(&self.options), request.at.instant);
        let made = self.query(at, move |snapshot| {
            let reporter = Reporter { root: &options.root, editor: options.editor.as_ref() };
            crop_page::page(snapshot, &reporter, wanted)
        });
        match made.await {
            Ok((Ok(Some(html)), _)) => {
                let mut response = own_page(html + &live::snippet(0, at, true));
                *response.status_mut() = status;
                response
            }
            Ok((Ok(None), _)) => plain(StatusCode::NOT_FOUND, "The preview shows no such picture."),
            Ok((Err(why), _)) => plain(StatusCode::INTERNAL_SERVER_ERROR, &why),
            Err(_) => self.broken(None, StatusCode::SERVICE_UNAVAILABLE).await,
        }
    }

    async fn reframe(&self, source: &str, form: &FormFields) -> Result<&'static str, RefusedChange> {
        self.check_token(form)?;
        let wanted = source.to_owned();
        let Ok((facts, _)) = self.query(None, move |snapshot| facts(snapshot, &wanted)).await else {
            let why = "The site cannot be read at the moment.";
            return Err(RefusedChange(StatusCode::SERVICE_UNAVAILABLE, why.to_owned()));
        };
        let Some(facts) = facts else {
            let why = "There is no such picture any more.";
            return Err(RefusedChange(StatusCode::CONFLICT, why.to_owned()));
        };
        let (change, done) = wanted_change(form, facts.shown)
            .map_err(|why| RefusedChange(StatusCode::UNPROCESSABLE_ENTITY, format!("Nothing was saved: {why}.")))?;
        let (root, path, version) = (self.options.root.clone(), source.to_owned(), form.get("version").to_owned());
        self.save_change(source, move || save(&root, &path, &version, &change, &facts)).await?;
        Ok(done)
    }
}

/// The facts for a change; `None` if the preview has read no such file, or it has no picture.
fn facts(snapshot: &Snapshot<'_>, source: &str) -> Option<FramingFacts> {
    let record = record(snapshot, source)?;
    let kind = match record {
        Record::Article(_) => SourceKind::Article,
        Record::Page(_) => SourceKind::Page,
        Record::Section(_) => SourceKind::Section,
        Record::Author(_) => SourceKind::Author,
        Record::Comments(_) | Record::File(_) => return None,
    };
    let target = snapshot.plan.resolve(snapshot.site, snapshot.config, source, record.picture()?.src()).ok()?;
    let size = snapshot.site.files.get(target.file?)?.size?;
    Some(FramingFacts { settings: Settings::from(snapshot.config), kind, shown: crop_page::shown(size) })
}

/// The change that a form asks for, and its name in the URL of the page that reports it.
fn wanted_change(form: &FormFields, shown: (u32, u32)) -> Result<(FramingChange, &'static str), String> {
    let number = |name: &str| {
        let written = form.get(name).trim();
        written.parse::<f64>().map_err(|_| format!("`{}` is not a number", written.escape_debug()))
    };
    let focus = |left: f64, top: f64| {
        let is_inside = [left, top].iter().all(|share| (0.0..=100.0).contains(share));
        match is_inside {
            true => Ok((FramingChange::Focus(Some(format!("{}% {}%", left.round(), top.round()))), "focus")),
            false => Err("the focus is not in the picture".to_owned()),
        }
    };
    let slot = || {
        let found = CROPPED.iter().find(|(name, _)| *name == form.get("slot"));
        found.map(|(_, slot)| *slot).ok_or_else(|| "there is no such slot".to_owned())
    };
    match form.get("action") {
        // A click on the picture, in its pixels as drawn.
        "point" => {
            let share = |name: &str, side: u32| Ok::<f64, String>(100.0 * number(name)? / f64::from(side.max(1)));
            focus(share("point.x", shown.0)?, share("point.y", shown.1)?)
        }
        "focus" => focus(number("left")?, number("top")?),
        "no-focus" => Ok((FramingChange::Focus(None), "no-focus")),
        "crop" => {
            let percent = [number("left")?, number("top")?, number("width")?, number("height")?];
            let crop = CropShares::new(percent).map_err(|why| match why {
                NoCrop::OutOfRange => "the numbers are per cent of the picture, from 0 to 100".to_owned(),
                NoCrop::Empty => "the crop is empty".to_owned(),
                NoCrop::TooWide => "the crop reaches beyond the right edge of the picture".to_owned(),
                NoCrop::TooHigh => "the crop reaches beyond the lower edge of the picture".to_owned(),
            })?;
            Ok((FramingChange::Crop(slot()?, Some(crop)), "crop"))
        }
        "no-crop" => Ok((FramingChange::Crop(slot()?, None), "no-crop")),
        _ => Err("the form asks for no change that the desk knows".to_owned()),
    }
}

/// Changes a file and returns its new version.
fn save(
    root: &Path,
    path: &str,
    version: &str,
    change: &FramingChange,
    facts: &FramingFacts,
) -> Result<u128, RefusedChange> {
    let place = on_disk(root, path);
    let text = read_inside(root, &place).map_err(|error| {
        RefusedChange(StatusCode::INTERNAL_SERVER_ERROR, format!("Nothing was saved: cannot read {path}: {error}."))
    })?;
    if format!("{:032x}", digest(&text)) != version {
        return Err(changed_meanwhile(path));
    }
    let file = SourceFile { path: path.to_owned(), kind: facts.kind, stamp: None };
    let changed = framed(&text, &file, &facts.settings, change).map_err(|CannotEdit(why)| {
        RefusedChange(StatusCode::UNPROCESSABLE_ENTITY, format!("Nothing was saved: {why}."))
    })?;
    if changed != text {
        replace(&place, &text, &changed).map_err(|error| not_saved(path, error))?;
    }
    Ok(digest(&changed))
}

/// Reads a file, unless a symbolic link leads out of the project, where builds read nothing.
fn read_inside(root: &Path, place: &Path) -> io::Result<String> {
    match place.canonicalize()?.starts_with(root.canonicalize()?) {
        true => fs::read_to_string(place),
        false => Err(io::Error::other("it is outside the project's folder")),
    }
}
