//! `/regions/{region}/environments`.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;

use super::sent_form::{SSH, SentEnvironment};
use super::view::{EnvironmentFormPage, EnvironmentsPage};
use super::{examples, presenter};
use crate::app::environments::{EnvironmentDetail, EnvironmentError};
use crate::app::reads::IdAndName;
use crate::domain::environment::{EnvironmentFault, check_settings};
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{ConfirmDialog, Section, component_urls, layout};
use crate::pages::regions::CurrentRegion;

/// Of which kind the new one is, and which example the form begins with.
#[derive(Debug, Deserialize)]
pub struct WantedForm {
    kind: Option<String>,
    example: Option<String>,
}

/// Who asks, at which site, in which region.
type Asked<'r> = (&'r Site, &'r HttpRequest, &'r CurrentUser, &'r CurrentRegion);

/// The environments of a region.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, region: CurrentRegion) -> Reply {
    let found = site.app.environments(&reader.caller(&site, &request), region.id).await?;
    let chrome = layout::around(&request, &reader, "Environments", Section::Environments).await?;
    response::page(&EnvironmentsPage { chrome, ..presenter::list(&found, &region.name) })
}

/// The form of a new one.
pub async fn new(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    wanted: Query<WantedForm>,
) -> Reply {
    let managed = managed((&site, &request, &reader, &region)).await?;
    let is_ssh = wanted.kind.as_deref() == Some(SSH);
    let example = examples::named(wanted.example.as_deref(), is_ssh);
    let sent = SentEnvironment::offered(managed.first().map(|team| team.id), is_ssh, example);
    let form = presenter::form_of_new(&region.name, &managed, &sent, &[]);
    let form = EnvironmentFormPage {
        kinds: presenter::kinds(&region.name, is_ssh),
        examples: presenter::examples(&region.name, is_ssh, example),
        ..form
    };
    show_form((&site, &request, &reader, &region), StatusCode::OK, form).await
}

/// Makes it. What is wrong comes back as it was typed.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    sent: Form<SentEnvironment>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let managed = managed(asked).await?;
    let team = managed.iter().find(|team| Some(team.id) == sent.team).ok_or(HttpError::NotFound)?;
    let (typed, unread) = sent.read();
    let caller = reader.caller(&site, &request);
    let place = (team.id, region.id);
    let faults = if unread.is_empty() {
        match site.app.make_environment(&caller, place, sent.name.trim(), &typed).await {
            Ok(made) => {
                let next = component_urls::environment(&region.name, made.id);
                return Ok(response::done(&request, &next, &Told::EnvironmentSaved(made.name)));
            }
            Err(EnvironmentError::Invalid(faults)) => faults,
            Err(other) => return Err(other.into()),
        }
    } else {
        // What cannot be read was not what was meant: it is refused before anything is made.
        let faults = site.app.environment_faults(place, sent.name.trim(), &typed).await?;
        EnvironmentFault::after(unread, faults)
    };
    let form = presenter::form_of_new(&region.name, &managed, &sent, &faults);
    show_form(asked, StatusCode::UNPROCESSABLE_ENTITY, form).await
}

/// One environment.
pub async fn show(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let found = site.app.environment(&reader.caller(&site, &request), region.id, path.1).await?;
    CurrentTeam::note(&request, &found.team.name);
    let chrome = layout::around(&request, &reader, found.environment.name.clone(), Section::Environments).await?;
    response::page(&presenter::page(chrome, &found, &region.name, site.app.clock.now()))
}

/// The form of one that is there.
pub async fn edit(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    let of = &found.environment;
    let sent = SentEnvironment::of(&of.description, &of.settings, of.version);
    show_form(asked, StatusCode::OK, presenter::form_of(&region.name, of, &sent, &[])).await
}

/// Changes it. What is wrong comes back as it was typed.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
    sent: Form<SentEnvironment>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    let sent = SentEnvironment { kind: found.environment.settings.kind().to_owned(), ..sent.into_inner() };
    let (typed, unread) = sent.read();
    let seen = sent.seen.unwrap_or_default();
    let caller = reader.caller(&site, &request);
    let (status, faults, notice) = if unread.is_empty() {
        match site.app.change_environment(&caller, path.1, seen, &typed).await {
            Ok(changed) => {
                let next = component_urls::environment(&region.name, changed.id);
                return Ok(response::done(&request, &next, &Told::EnvironmentSaved(changed.name)));
            }
            Err(EnvironmentError::Invalid(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faults, None),
            Err(EnvironmentError::ChangedSince) => {
                (StatusCode::CONFLICT, Vec::new(), Some(Locale::default().components().changed_since().to_owned()))
            }
            Err(other) => return Err(other.into()),
        }
    } else {
        let faults = EnvironmentFault::after(unread, check_settings(&typed.description, &typed.settings));
        (StatusCode::UNPROCESSABLE_ENTITY, faults, None)
    };
    // Whoever saves again after they were told does so over the newest version.
    let seen = if notice.is_some() { Some(found.environment.version) } else { sent.seen };
    let again = SentEnvironment { seen, ..sent };
    let form = presenter::form_of(&region.name, &found.environment, &again, &faults);
    show_form(asked, status, EnvironmentFormPage { alert: form.alert.clone().or(notice), ..form }).await
}

/// Asks before it is deleted.
pub async fn confirm(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    ask(asked, StatusCode::OK, presenter::deletion(&region.name, &found)).await
}

/// Deletes it.
pub async fn destroy(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, EnvironmentId)>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    match site.app.delete_environment(&reader.caller(&site, &request), path.1).await {
        Ok(name) => {
            Ok(response::done(&request, &component_urls::environments(&region.name), &Told::EnvironmentDeleted(name)))
        }
        Err(EnvironmentError::NotEmpty) => {
            let dialog = presenter::deletion(&region.name, &found).not_empty(&found.environment.name);
            ask(asked, StatusCode::CONFLICT, dialog).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The teams in which the reader may make one. To whoever may in none there is no such page.
async fn managed((site, request, reader, region): Asked<'_>) -> Result<Vec<IdAndName<TeamId>>, HttpError> {
    let managed = site.app.environments(&reader.caller(site, request), region.id).await?.managed;
    if managed.is_empty() { Err(HttpError::NotFound) } else { Ok(managed) }
}

/// One that the reader may change. To everybody else there is no such page.
pub(super) async fn changeable(
    (site, request, reader, region): Asked<'_>,
    id: EnvironmentId,
) -> Result<EnvironmentDetail, HttpError> {
    let found = site.app.environment(&reader.caller(site, request), region.id, id).await?;
    if found.may_manage { Ok(found) } else { Err(HttpError::NotFound) }
}

async fn show_form((_, request, reader, _): Asked<'_>, status: StatusCode, form: EnvironmentFormPage) -> Reply {
    let chrome = layout::around(request, reader, form.title.clone(), Section::Environments).await?;
    response::page_with(status, &EnvironmentFormPage { chrome, ..form })
}

async fn ask((_, request, reader, _): Asked<'_>, status: StatusCode, dialog: ConfirmDialog) -> Reply {
    let around = Around { request, reader, section: Section::Environments };
    around.show(status, &dialog.title.clone(), dialog).await
}
