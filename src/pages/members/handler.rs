//! `/members` and `/teams/{team}/members`: the first is about a team of the reader's.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;

use super::presenter;
use super::view::MembersPage;
use crate::domain::ids::TeamId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Section, layout, urls};

/// Which team.
#[derive(Debug, Deserialize)]
pub struct WantedTeam {
    team: Option<TeamId>,
}

/// The members of the reader's first team, or on to those of the one that is chosen.
pub async fn first(site: Data<Site>, request: HttpRequest, reader: CurrentUser, wanted: Query<WantedTeam>) -> Reply {
    let teams = site.sessions.teams(&site.app).await?;
    let mut theirs = teams.iter().filter(|team| reader.user().may_read(team.id)).map(|team| team.id);
    match wanted.team {
        Some(wanted) => Ok(response::see_other(&urls::members_of(wanted))),
        None => show(&site, &request, &reader, theirs.next().ok_or(HttpError::NotFound)?).await,
    }
}

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, team: Path<TeamId>) -> Reply {
    show(&site, &request, &reader, *team).await
}

async fn show(site: &Site, request: &HttpRequest, reader: &CurrentUser, team: TeamId) -> Reply {
    let found = site.app.members(&reader.caller(site, request), team).await?;
    let teams = site.sessions.teams(&site.app).await?;
    CurrentTeam::note(request, &found.team.name);
    response::page(&MembersPage {
        chrome: layout::around(request, reader, "Members", Section::Members).await?,
        ..presenter::page(&found, &teams, reader.user(), site.app.clock.now())
    })
}
