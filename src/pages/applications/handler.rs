//! `/regions/{region}/applications`.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;

use super::view::{ApplicationFormPage, ApplicationsPage};
use super::{found, presenter};
use crate::app::applications::{ApplicationDetail, ApplicationError};
use crate::app::reads::{IdAndName, MAX_FOUND};
use crate::domain::ids::{ApplicationId, TeamId};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{ConfirmDialog, Section, component_urls, layout};
use crate::pages::regions::CurrentRegion;

/// The most characters that are searched.
const MAX_SEARCH: usize = 100;

/// A piece of a name.
#[derive(Debug, Default, Deserialize)]
pub struct SearchQuery {
    #[serde(default)]
    q: String,
}

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SentApplication {
    /// The team of a new one.
    pub team: Option<TeamId>,
    /// The name of a new one.
    #[serde(default)]
    pub name: String,
    /// What people say of it.
    #[serde(default)]
    pub description: String,
}

/// Who asks, at which site, in which region.
type Asked<'r> = (&'r Site, &'r HttpRequest, &'r CurrentUser, &'r CurrentRegion);

/// The applications, with what runs of them in a region.
pub async fn index(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    wanted: Query<SearchQuery>,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let listed = site.app.applications(&caller, region.id).await?;
    let chrome = layout::around(&request, &reader, "Applications", Section::Applications).await?;
    let page = ApplicationsPage { chrome, ..presenter::list(&listed, &region.name) };
    let text: String = wanted.q.trim().chars().take(MAX_SEARCH).collect();
    if text.is_empty() {
        return response::page(&page);
    }
    let results = site.app.search(&caller, region.id, &text).await?;
    let (found, is_cut) = (found::sections(&results, &region.name), results.is_cut);
    response::page(&ApplicationsPage { search: text, found, is_cut, most: MAX_FOUND, ..page })
}

/// The form of a new one.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, region: CurrentRegion) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let operated = operated(asked).await?;
    let sent = SentApplication { team: operated.first().map(|team| team.id), ..SentApplication::default() };
    let form = presenter::form_of_new(&region.name, &operated, &sent, &[]);
    show_form(asked, StatusCode::OK, form).await
}

/// Makes it. What is wrong comes back as it was typed.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    sent: Form<SentApplication>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let operated = operated(asked).await?;
    let team = operated.iter().find(|team| Some(team.id) == sent.team).ok_or(HttpError::NotFound)?;
    let (name, description) = (sent.name.trim(), sent.description.trim());
    match site.app.make_application(&reader.caller(&site, &request), team.id, name, description).await {
        Ok(made) => {
            let next = component_urls::application(&region.name, made.id);
            Ok(response::done(&request, &next, &Told::ApplicationSaved(made.name)))
        }
        Err(ApplicationError::Invalid(faults)) => {
            let form = presenter::form_of_new(&region.name, &operated, &sent, &faults);
            show_form(asked, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Err(other) => Err(other.into()),
    }
}

/// One application.
pub async fn show(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, ApplicationId)>,
) -> Reply {
    let found = site.app.application(&reader.caller(&site, &request), path.1).await?;
    CurrentTeam::note(&request, &found.team.name);
    let regions = site.sessions.regions(&site.app).await?;
    let chrome = layout::around(&request, &reader, found.application.name.clone(), Section::Applications).await?;
    response::page(&presenter::page(chrome, &found, &region.name, (&regions, site.app.clock.now())))
}

/// The form of one that is there.
pub async fn edit(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, ApplicationId)>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    let form = presenter::form_of(&region.name, &found, &found.application.description, &[]);
    show_form(asked, StatusCode::OK, form).await
}

/// Changes it. What is wrong comes back as it was typed.
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, ApplicationId)>,
    sent: Form<SentApplication>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    let description = sent.description.trim();
    match site.app.describe_application(&reader.caller(&site, &request), path.1, description).await {
        Ok(()) => {
            let next = component_urls::application(&region.name, path.1);
            Ok(response::done(&request, &next, &Told::ApplicationSaved(found.application.name)))
        }
        Err(ApplicationError::Invalid(faults)) => {
            let form = presenter::form_of(&region.name, &found, &sent.description, &faults);
            show_form(asked, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Asks before it is deleted.
pub async fn confirm(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, ApplicationId)>,
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
    path: Path<(String, ApplicationId)>,
) -> Reply {
    let asked: Asked<'_> = (&site, &request, &reader, &region);
    let found = changeable(asked, path.1).await?;
    match site.app.delete_application(&reader.caller(&site, &request), path.1).await {
        Ok(name) => {
            Ok(response::done(&request, &component_urls::applications(&region.name), &Told::ApplicationDeleted(name)))
        }
        Err(ApplicationError::NotEmpty) => {
            let dialog = presenter::deletion(&region.name, &found).not_empty(&found.application.name);
            ask(asked, StatusCode::CONFLICT, dialog).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The teams in which the reader may make one. To whoever may in none there is no such page.
async fn operated((site, request, reader, region): Asked<'_>) -> Result<Vec<IdAndName<TeamId>>, HttpError> {
    let operated = site.app.applications(&reader.caller(site, request), region.id).await?.operated;
    if operated.is_empty() { Err(HttpError::NotFound) } else { Ok(operated) }
}

/// One that the reader may change. To everybody else there is no such page.
async fn changeable((site, request, reader, _): Asked<'_>, id: ApplicationId) -> Result<ApplicationDetail, HttpError> {
    let found = site.app.application(&reader.caller(site, request), id).await?;
    if found.may_operate { Ok(found) } else { Err(HttpError::NotFound) }
}

async fn show_form((_, request, reader, _): Asked<'_>, status: StatusCode, form: ApplicationFormPage) -> Reply {
    let chrome = layout::around(request, reader, form.title.clone(), Section::Applications).await?;
    response::page_with(status, &ApplicationFormPage { chrome, ..form })
}

async fn ask((_, request, reader, _): Asked<'_>, status: StatusCode, dialog: ConfirmDialog) -> Reply {
    let around = Around { request, reader, section: Section::Applications };
    around.show(status, &dialog.title.clone(), dialog).await
}
