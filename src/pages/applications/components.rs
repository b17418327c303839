//! `…/components/{component}`: how a component is, and two of its revisions side by side.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;

use super::presenter;
use crate::domain::ids::{ApplicationId, ComponentId};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Section, layout};
use crate::pages::regions::CurrentRegion;

/// Which revisions are compared: the newest with the one before, if nothing is said.
#[derive(Debug, Default, Deserialize)]
pub struct ComparedRevisions {
    /// The older one.
    pub from: Option<u32>,
    /// The newer one.
    pub to: Option<u32>,
}

/// One component.
pub async fn show(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    region: CurrentRegion,
    path: Path<(String, ApplicationId, ComponentId)>,
    compared: Query<ComparedRevisions>,
) -> Reply {
    let found = site.app.component(&reader.caller(&site, &request), region.id, path.2).await?;
    if found.place.application_id != path.1 {
        return Err(HttpError::NotFound);
    }
    let teams = site.sessions.teams(&site.app).await?;
    let team = teams.iter().find(|team| team.id == found.place.team_id).ok_or(HttpError::NotFound)?;
    CurrentTeam::note(&request, &team.name);
    let name = found.component.component.name.clone();
    let chrome = layout::around(&request, &reader, name, Section::Applications).await?;
    response::page(&presenter::component(chrome, &found, &region.name, (&compared, site.app.clock.now())))
}
