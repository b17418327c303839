//! `/account`: one's own sessions and password.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::view::{AccountPage, PasswordForm, SessionRow};
use crate::app::accounts::AccountError;
use crate::app::passwords::Requester;
use crate::app::sessions::{self, PasswordChange};
use crate::domain::account::session_is_over;
use crate::domain::people::Role;
use crate::http::Site;
use crate::http::error::PageError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::accounts;
use crate::messages::told::Told;
use crate::pages::components::{Field, Section, When, layout, urls};
use crate::pages::sessions::sign_out;
use crate::store::Session;

/// What is typed to change the password.
#[derive(Deserialize)]
pub struct NewPassword {
    current: String,
    password: String,
    again: String,
}

/// The page.
pub async fn show(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    response::page(&page(&site, &request, &reader, password_form()).await?)
}

/// Changes the password; the other sessions end.
pub async fn update_password(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    form: Form<NewPassword>,
) -> Reply {
    let NewPassword { current, password, again } = form.into_inner();
    let mut form = password_form();
    if password != again {
        form.again = Field::default().wrong(accounts::NOT_THE_SAME);
        return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&site, &request, &reader, form).await?);
    }
    let stamp = reader.stamp(&site, &request);
    // Whoever found an open session is held up as at sign-in, and nobody by what a stranger tries there.
    let (user, session) = (reader.user().id, reader.session());
    site.limits.take_change(user, session, stamp.at).map_err(PageError::TooMany)?;
    let turn = site.turn(Requester::Known, &request).await;
    let _turn = turn.inspect_err(|_| site.limits.give_change_back(user, session))?;
    let change = PasswordChange { name: reader.user().name.clone(), current, new: password };
    let changed = sessions::change_password(&site.app.store, &stamp, session, change).await;
    if !matches!(changed, Err(AccountError::WrongPassword)) {
        site.limits.give_change_back(user, session);
    }
    match changed {
        Ok(()) => {
            site.sessions.forget();
            return Ok(response::see_other_saying(&request, &urls::account(), &Told::PasswordChanged));
        }
        Err(AccountError::WrongPassword) => {
            site.app.password_refused(&stamp).await?;
            form.current = Field::default().wrong(accounts::WRONG_PASSWORD);
        }
        Err(AccountError::Password(fault)) => {
            form.password = Field::default().wrong(accounts::password_fault(fault));
        }
        Err(other) => return Err(other.into()),
    }
    response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&site, &request, &reader, form).await?)
}

/// Ends one of one's own sessions; the one at hand by signing out.
pub async fn end_session(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<Uuid>) -> Reply {
    if *id == reader.session() {
        return sign_out(&site, &request, &reader).await;
    }
    let stamp = reader.stamp(&site, &request);
    if !sessions::end(&site.app.store, &stamp, reader.user().id, *id).await? {
        return Err(PageError::NotFound);
    }
    site.sessions.forget();
    Ok(response::see_other_saying(&request, &urls::account(), &Told::SessionEnded))
}

/// Ends all of one's own sessions but the one at hand.
pub async fn end_other_sessions(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let stamp = reader.stamp(&site, &request);
    let count = sessions::end_others(&site.app.store, &stamp, reader.user().id, reader.session()).await?;
    site.sessions.forget();
    Ok(response::see_other_saying(&request, &urls::account(), &Told::SessionsEnded(count)))
}

async fn page(
    site: &Site,
    request: &HttpRequest,
    reader: &CurrentUser,
    password: PasswordForm,
) -> Result<AccountPage, PageError> {
    let now = site.app.clock.now();
    let mut sessions = site.app.store.sessions_of(reader.user().id, now).await?;
    sessions.retain(|session| {
        session.id == reader.session() || !session_is_over(session.last_seen_at, session.expires_at, now)
    });
    sessions.sort_by_key(|session| session.id != reader.session());
    let others = sessions.len() > 1;
    Ok(AccountPage {
        chrome: layout::around(request, reader, "My Account", Section::Elsewhere).await?,
        name: reader.user().name.clone(),
        roles: roles(site, reader).await?,
        sessions: sessions.into_iter().map(|session| row(session, reader.session(), now)).collect(),
        end_others_url: others.then(urls::end_other_sessions),
        password,
    })
}

fn password_form() -> PasswordForm {
    PasswordForm { url: urls::password(), rule: accounts::password_rule(), ..PasswordForm::default() }
}

async fn roles(site: &Site, reader: &CurrentUser) -> Result<Vec<String>, PageError> {
    let user = reader.user();
    let teams = site.app.store.teams().await?;
    let of_team = teams.iter().filter_map(|team| {
        let held: Vec<_> = Role::ALL.into_iter().filter(|role| user.has(team.id, *role)).map(Role::word).collect();
        (!held.is_empty()).then(|| format!("{}: {}", team.name, held.join(", ")))
    });
    Ok(user.administrator.then(|| accounts::ADMINISTRATOR.to_owned()).into_iter().chain(of_team).collect())
}

fn row(session: Session, current: Uuid, now: DateTime<Utc>) -> SessionRow {
    let current = session.id == current;
    SessionRow {
        agent: accounts::browser(session.user_agent.as_deref().unwrap_or_default()),
        address: session.address.unwrap_or_default(),
        since: When::at(session.created_at, now),
        seen: When::at(if current { now } else { session.last_seen_at }, now),
        end_url: urls::end_session(session.id),
        current,
    }
}
