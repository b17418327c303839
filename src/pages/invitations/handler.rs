//! `/teams/{team}/invitations`. For everybody but who may change the members of the team there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};

use super::view::{InvitationsPage, InvitePage};
use super::{presenter, sent_form};
use crate::app::NewLink;
use crate::app::accounts::AccountError;
use crate::app::reads::IdAndName;
use crate::domain::ids::{InvitationId, TeamId};
use crate::domain::invitation::Invitee;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{Link, Section, layout, urls};
use crate::pages::links;
use crate::pages::links::view::LinksPage;

/// The invitations of a team.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser, team: Path<TeamId>) -> Reply {
    let found = site.app.invitations(&reader.caller(&site, &request), *team).await?;
    CurrentTeam::note(&request, &found.team.name);
    response::page(&InvitationsPage {
        chrome: layout::around(&request, &reader, "Invitations", Section::Members).await?,
        ..presenter::list(&found, site.app.clock.now())
    })
}

/// The form that invites somebody.
pub async fn new(site: Data<Site>, request: HttpRequest, reader: CurrentUser, team: Path<TeamId>) -> Reply {
    let team = site.app.invitations(&reader.caller(&site, &request), *team).await?.team;
    let form = presenter::form(&team, &Invitee::default(), &[]);
    show(StatusCode::OK, &request, &reader, (&team, form)).await
}

/// Invites them, and shows the link. What is wrong comes back as it was typed.
pub async fn create(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    team: Path<TeamId>,
    body: Bytes,
) -> Reply {
    let caller = reader.caller(&site, &request);
    let team = site.app.invitations(&caller, *team).await?.team;
    let invitee = sent_form::read(&body);
    match site.app.invite(&caller, team.id, vec![invitee.clone()]).await {
        Ok(links) => made((&site, &request), &reader, &team, &links).await,
        Err(AccountError::Invite(faults)) => {
            let form = presenter::form(&team, &invitee, &faults);
            show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, (&team, form)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Shows links that were just made, once.
pub async fn made(
    (site, request): (&Site, &HttpRequest),
    reader: &CurrentUser,
    team: &IdAndName<TeamId>,
    made: &[NewLink],
) -> Reply {
    site.sessions.forget();
    CurrentTeam::note(request, &team.name);
    let words = Locale::default().invitations();
    let rows = links::rows(site, request, made, urls::joining_with);
    response::page(&LinksPage {
        chrome: layout::around(request, reader, words.links_title(made.len()), Section::Members).await?,
        title: words.links_title(made.len()),
        lead: words.invited_lead(&team.name),
        file: (rows.len() > 1).then(|| links::as_csv(&rows)),
        rows,
        back: Link::new(words.back_to_members(), urls::members_of(team.id)),
    })
}

/// Takes an invitation back.
pub async fn destroy(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, InvitationId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let name = site.app.revoke_invitation(&reader.caller(&site, &request), team, id).await?;
    site.sessions.forget();
    Ok(response::done(&request, &urls::invitations_of(team), &Told::InvitationRevoked(name)))
}

async fn show(
    status: StatusCode,
    request: &HttpRequest,
    reader: &CurrentUser,
    (team, form): (&IdAndName<TeamId>, InvitePage),
) -> Reply {
    CurrentTeam::note(request, &team.name);
    let chrome = layout::around(request, reader, form.title.clone(), Section::Members).await?;
    response::page_with(status, &InvitePage { chrome, ..form })
}
