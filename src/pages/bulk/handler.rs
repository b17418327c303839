//! GET asks first, and lists what was chosen, or answers the file of an export; POST does it and shows what became of each.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::form::{BulkAction, BulkForm, MAX_CHOSEN};
use super::presenter;
use super::view::BulkDialog;
use crate::format::{self, WrittenDocument};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::{DialogPage, Section, layout};
use crate::pages::regions::CurrentRegion;
use crate::pages::release_tasks::definition::aside;

/// Asks first; an export is the file.
pub async fn new(site: Data<Site>, request: HttpRequest, region: CurrentRegion, reader: CurrentUser) -> Reply {
    let form = BulkForm::read(request.query_string().as_bytes());
    if let Some(sentence) = fault(&form) {
        let dialog = presenter::wrong(&region, &form, sentence);
        return show(&request, &reader, StatusCode::UNPROCESSABLE_ENTITY, dialog).await;
    }
    let caller = reader.caller(&site, &request);
    match form.action {
        Some(BulkAction::Do(operation)) => {
            let chosen = site.app.chosen_releases(&caller, region.id, &form.ids(), operation).await?;
            let dialog = presenter::dialog(&region, &form, operation, &chosen);
            show(&request, &reader, StatusCode::OK, dialog).await
        }
        Some(BulkAction::Export) => {
            let documents = site.app.export_chosen(&caller, region.id, &form.ids()).await?;
            file(&region, documents).await
        }
        None => Err(HttpError::NotFound),
    }
}

/// Does it, one after the other.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    region: CurrentRegion,
    reader: CurrentUser,
    body: Bytes,
) -> Reply {
    let form = BulkForm::read(&body);
    if let Some(sentence) = fault(&form) {
        let dialog = presenter::wrong(&region, &form, sentence);
        return show(&request, &reader, StatusCode::UNPROCESSABLE_ENTITY, dialog).await;
    }
    let Some(BulkAction::Do(operation)) = form.action else { return Err(HttpError::NotFound) };
    let caller = reader.caller(&site, &request);
    let outcomes = site.app.bulk(&caller, region.id, &form.items, operation).await?;
    let dialog = presenter::results(&region, &form, operation, &outcomes);
    show(&request, &reader, StatusCode::OK, dialog).await
}

/// Why nothing is done with what was chosen: it is nothing, or too much.
fn fault(form: &BulkForm) -> Option<String> {
    let words = Locale::default().bulk();
    match form.items.len() {
        0 => Some(words.nothing_chosen().to_owned()),
        count if count > MAX_CHOSEN => Some(words.too_many_chosen(count, MAX_CHOSEN)),
        _ => None,
    }
}

async fn show(request: &HttpRequest, reader: &CurrentUser, status: StatusCode, dialog: BulkDialog) -> Reply {
    let chrome = layout::around(request, reader, dialog.title.clone(), Section::ReleaseTasks).await?;
    response::page_with(status, &DialogPage { chrome, dialog })
}

/// The file of one release task, or of several: `tollgate import` reads either.
async fn file(region: &CurrentRegion, documents: Vec<WrittenDocument>) -> Reply {
    let [first, rest @ ..] = documents.as_slice() else { return Err(HttpError::NotFound) };
    let name = if rest.is_empty() { first.document.name.clone() } else { region.name.clone() };
    let text = aside(move || format::render_written(&documents)).await?;
    Ok(HttpResponse::build(StatusCode::OK)
        .content_type("application/yaml; charset=utf-8")
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}.yaml\"")))
        .body(text))
}
