//! `/invitations`: what the reader is asked to join, and their answer.

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};

use super::presenter;
use super::view::OwnInvitationsPage;
use crate::domain::ids::InvitationId;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::{Section, layout, urls};

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let found = site.app.own_invitations(&reader.caller(&site, &request)).await?;
    let (title, now) = (Locale::default().invitations().own_title(), site.app.clock.now());
    let mut chrome = layout::around(&request, &reader, title, Section::Elsewhere).await?;
    // It would lead to this very page.
    chrome.invitation = None;
    let rows = found.iter().map(|invitation| presenter::own(invitation, now)).collect();
    response::page(&OwnInvitationsPage { chrome, title: title.to_owned(), rows })
}

/// Joins the team.
pub async fn accept(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<InvitationId>) -> Reply {
    let joined = site.app.accept_invitation(&reader.caller(&site, &request), *id).await?;
    site.sessions.forget();
    Ok(response::done(&request, &urls::members_of(joined.team), &Told::Joined(joined.team_name)))
}

/// Does not.
pub async fn decline(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<InvitationId>) -> Reply {
    let declined = site.app.decline_invitation(&reader.caller(&site, &request), *id).await?;
    site.sessions.forget();
    Ok(response::done(&request, &urls::own_invitations(), &Told::Declined(declined.team_name)))
}
