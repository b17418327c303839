//! `/account`: one's own sessions and password.

use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::{DateTime, Utc};

use super::view::{AccountPage, PasswordForm, SessionRow};
use crate::app::reads::Session;
use crate::domain::ids::SessionId;
use crate::domain::people::Role;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::{Locale, accounts};
use crate::pages::components::{Field, Section, When, layout, urls};
use crate::pages::mail;
use crate::pages::tokens;

/// The page.
pub async fn show(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    response::page(&page(&site, &request, &reader, password_form()).await?)
}

/// It with an address that was typed and will not do.
pub async fn page_with_address(
    site: &Site,
    request: &HttpRequest,
    reader: &CurrentUser,
    typed: Field,
) -> Result<AccountPage, HttpError> {
    let page = page(site, request, reader, password_form()).await?;
    let contact = site.app.own_contact(&reader.caller(site, request)).await?;
    let teams = site.app.events_of_own_teams(&reader.caller(site, request)).await?;
    Ok(AccountPage { mail: mail::own(contact.as_ref(), &teams, Some(typed)), ..page })
}

/// It with that form for a new password.
pub async fn page(
    site: &Site,
    request: &HttpRequest,
    reader: &CurrentUser,
    password: PasswordForm,
) -> Result<AccountPage, HttpError> {
    let now = site.app.clock.now();
    let mut sessions = site.app.own_sessions(&reader.caller(site, request), reader.session()).await?;
    sessions.sort_by_key(|session| session.id != reader.session());
    let others = sessions.len() > 1;
    let contact = site.app.own_contact(&reader.caller(site, request)).await?;
    let teams = site.app.events_of_own_teams(&reader.caller(site, request)).await?;
    Ok(AccountPage {
        chrome: layout::around(request, reader, "My Account", Section::Elsewhere).await?,
        name: reader.user().name.clone(),
        roles: roles(site, reader).await?,
        ending: tokens::ending(&site.app.tokens_that_end(&reader.caller(site, request)).await?),
        sessions: sessions.into_iter().map(|session| row(session, reader.session(), now)).collect(),
        end_others_url: others.then(urls::end_other_sessions),
        password,
        mail: mail::own(contact.as_ref(), &teams, None),
    })
}

/// The empty form for a new password.
pub fn password_form() -> PasswordForm {
    PasswordForm {
        url: urls::password(),
        rule: Locale::default().accounts().password_rule(),
        ..PasswordForm::default()
    }
}

async fn roles(site: &Site, reader: &CurrentUser) -> Result<Vec<String>, HttpError> {
    let user = reader.user();
    let teams = site.app.teams().await?;
    let of_team = teams.iter().filter_map(|team| {
        let held: Vec<_> = Role::ALL.into_iter().filter(|role| user.has(team.id, *role)).map(Role::word).collect();
        (!held.is_empty()).then(|| format!("{}: {}", team.name, held.join(", ")))
    });
    Ok(user
        .administrator
        .then(|| Locale::default().accounts().administrator().to_owned())
        .into_iter()
        .chain(of_team)
        .collect())
}

fn row(session: Session, current: SessionId, now: DateTime<Utc>) -> SessionRow {
    let current = session.id == current;
    SessionRow {
        agent: accounts::browser(session.user_agent.as_deref().unwrap_or_default(), Locale::default()),
        address: session.address.unwrap_or_default(),
        since: When::at(session.created_at, now),
        seen: When::at(if current { now } else { session.last_seen_at }, now),
        end_url: urls::end_session(session.id),
        current,
    }
}
