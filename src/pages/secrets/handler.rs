//! `/teams/{team}/secrets` and `/regions/{region}/environments/{environment}/secrets`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{FromRequest as _, HttpRequest};

use super::presenter;
use super::sent_form::SentNamedSecret;
use super::view::{SecretFormPage, SecretsPage};
use crate::app::named_secrets::{NamedSecretError, NamedSecrets, SecretPlace, TypedSecret};
use crate::domain::ids::EnvironmentId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{ConfirmDialog, Section, layout};
use crate::pages::regions::CurrentRegion;

/// The secrets of a place, with the parts of the path that say which.
struct Asked {
    place: SecretPlace,
    region: Option<String>,
    name: String,
    found: NamedSecrets,
}

impl Asked {
    async fn read(site: &Site, request: &HttpRequest, reader: &CurrentUser) -> Result<Self, HttpError> {
        let part = |name: &str| request.match_info().get(name).unwrap_or_default().to_owned();
        let (place, region) = if let Ok(id) = part("environment").parse::<EnvironmentId>() {
            let region = CurrentRegion::extract(request).await.map_err(|_| HttpError::NotFound)?;
            (SecretPlace::Environment(region.id, id), Some(region.name))
        } else {
            (SecretPlace::Team(part("team").parse().map_err(|_| HttpError::NotFound)?), None)
        };
        let found = site.app.named_secrets(&reader.caller(site, request), place).await?;
        CurrentTeam::note(request, &found.team.name);
        Ok(Self { place, region, name: part("name"), found })
    }

    /// The same for who may change them. To everybody else there is no such page.
    async fn managed(site: &Site, request: &HttpRequest, reader: &CurrentUser) -> Result<Self, HttpError> {
        let asked = Self::read(site, request, reader).await?;
        if asked.found.may_manage { Ok(asked) } else { Err(HttpError::NotFound) }
    }

    /// The same for a secret that there is.
    async fn named(site: &Site, request: &HttpRequest, reader: &CurrentUser) -> Result<Self, HttpError> {
        let asked = Self::managed(site, request, reader).await?;
        let is_there = asked.found.secrets.iter().any(|(kept, _)| kept.slot.name == asked.name);
        if is_there { Ok(asked) } else { Err(HttpError::NotFound) }
    }

    fn section(&self) -> Section {
        if self.region.is_some() { Section::Environments } else { Section::Members }
    }

    fn url(&self) -> String {
        presenter::url(&self.found, self.region.as_deref())
    }
}

/// The secrets of a place.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let asked = Asked::read(&site, &request, &reader).await?;
    let page = presenter::list(&asked.found, asked.region.as_deref(), site.app.clock.now());
    let chrome = layout::around(&request, &reader, page.title.clone(), asked.section()).await?;
    response::page(&SecretsPage { chrome, ..page })
}

/// The form of a new one.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let asked = Asked::managed(&site, &request, &reader).await?;
    let form = presenter::form(&asked.found, asked.region.as_deref(), None, ("", false), &[]);
    show(&request, &reader, &asked, StatusCode::OK, form).await
}

/// Sets a new one.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, sent: Form<SentNamedSecret>) -> Reply {
    let asked = Asked::managed(&site, &request, &reader).await?;
    let typed = sent.into_inner().read(None);
    set(&site, &request, &reader, asked, &typed, true).await
}

/// The form that sets one again.
pub async fn edit(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let asked = Asked::named(&site, &request, &reader).await?;
    let known = asked.found.secrets.iter().find(|(kept, _)| kept.slot.name == asked.name);
    let for_tasks = known.is_some_and(|(kept, _)| kept.for_tasks);
    let form = presenter::form(&asked.found, asked.region.as_deref(), Some(&asked.name), (&asked.name, for_tasks), &[]);
    show(&request, &reader, &asked, StatusCode::OK, form).await
}

/// Sets one again.
pub async fn update(site: Data<Site>, request: HttpRequest, reader: CurrentUser, sent: Form<SentNamedSecret>) -> Reply {
    let asked = Asked::named(&site, &request, &reader).await?;
    let typed = sent.into_inner().read(Some(&asked.name));
    set(&site, &request, &reader, asked, &typed, false).await
}

/// Asks before one is forgotten.
pub async fn confirm(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let asked = Asked::named(&site, &request, &reader).await?;
    let dialog: ConfirmDialog = presenter::forgetting(&asked.found, asked.region.as_deref(), &asked.name);
    let around = Around { request: &request, reader: &reader, section: asked.section() };
    around.show(StatusCode::OK, &dialog.title.clone(), dialog).await
}

/// Forgets one.
pub async fn destroy(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let asked = Asked::named(&site, &request, &reader).await?;
    site.app.forget_named_secret(&reader.caller(&site, &request), asked.place, &asked.name).await?;
    Ok(response::done(&request, &asked.url(), &Told::SecretForgotten(asked.name)))
}

async fn set(
    site: &Site,
    request: &HttpRequest,
    reader: &CurrentUser,
    asked: Asked,
    typed: &TypedSecret,
    is_new: bool,
) -> Reply {
    match site.app.set_named_secret(&reader.caller(site, request), asked.place, typed).await {
        Ok(()) => Ok(response::done(request, &asked.url(), &Told::SecretSet(typed.name.clone()))),
        Err(NamedSecretError::Invalid(faults)) => {
            let known = (!is_new).then_some(typed.name.as_str());
            let typed = (typed.name.as_str(), typed.for_tasks);
            let form = presenter::form(&asked.found, asked.region.as_deref(), known, typed, &faults);
            show(request, reader, &asked, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Err(NamedSecretError::App(error)) => Err(error.into()),
    }
}

async fn show(
    request: &HttpRequest,
    reader: &CurrentUser,
    asked: &Asked,
    status: StatusCode,
    form: SecretFormPage,
) -> Reply {
    let chrome = layout::around(request, reader, form.title.clone(), asked.section()).await?;
    response::page_with(status, &SecretFormPage { chrome, ..form })
}
