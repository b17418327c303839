//! `/teams/{team}/invitations/import`: a list of people as comma-separated values. It is shown what would be done before it is
//! done, and done only as it was shown.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use serde::Deserialize;

use super::handler::made;
use super::presenter;
use super::view::ImportPage;
use crate::app::accounts::AccountError;
use crate::app::reads::IdAndName;
use crate::app::{Caller, secret};
use crate::domain::ids::TeamId;
use crate::domain::roster::{Roster, RosterFault};
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Section, layout};

/// What is sent: the list, and the mark of the one that was shown, if it was.
#[derive(Debug, Deserialize)]
pub struct SentList {
    people: String,
    #[serde(default)]
    shown: String,
}

/// The empty form.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, team: Path<TeamId>) -> Reply {
    let team = site.app.invitations(&reader.caller(&site, &request), *team).await?.team;
    let page = presenter::import(&team, String::new());
    show(StatusCode::OK, &request, &reader, (&team, page)).await
}

/// Shows what would be done, or does it as it was shown. All that is wrong is told by line, and nothing is done.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    team: Path<TeamId>,
    sent: Form<SentList>,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let team = site.app.invitations(&caller, *team).await?.team;
    let SentList { people, shown } = sent.into_inner();
    // A file has other ends of lines than a browser sends: it is the same list.
    let people = people.replace("\r\n", "\n");
    let roster = Roster::read(&people);
    let page = presenter::import(&team, people.clone());
    let faults = faults(&site, &caller, &team, &roster).await?;
    if !faults.is_empty() {
        let page = ImportPage { faults: presenter::roster_faults(&faults), ..page };
        return show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, (&team, page)).await;
    }
    let mark = secret::hexadecimal(&secret::hashed(&people));
    if shown != mark {
        return show(StatusCode::OK, &request, &reader, (&team, presenter::preview(page, &roster, mark))).await;
    }
    match site.app.invite(&caller, team.id, roster.invitees()).await {
        Ok(links) => made((&site, &request), &reader, &team, &links).await,
        // Somebody joined meanwhile, say.
        Err(AccountError::Invite(of_invitees)) => {
            let page = ImportPage { faults: presenter::roster_faults(&roster.faults(&of_invitees)), ..page };
            show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, (&team, page)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn faults(
    site: &Site,
    caller: &Caller,
    team: &IdAndName<TeamId>,
    roster: &Roster,
) -> Result<Vec<RosterFault>, HttpError> {
    let of_invitees = site.app.check_invitees(caller, team.id, &roster.invitees()).await?;
    Ok(roster.faults(&of_invitees))
}

async fn show(
    status: StatusCode,
    request: &HttpRequest,
    reader: &CurrentUser,
    (team, page): (&IdAndName<TeamId>, ImportPage),
) -> Reply {
    CurrentTeam::note(request, &team.name);
    let chrome = layout::around(request, reader, page.title.clone(), Section::Members).await?;
    response::page_with(status, &ImportPage { chrome, ..page })
}
