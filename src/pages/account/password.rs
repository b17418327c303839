//! Changes one's own password.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use serde::Deserialize;

use super::handler::{page, password_form};
use crate::app::accounts::AccountError;
use crate::app::passwords::Requester;
use crate::app::sessions::PasswordChange;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::{Field, urls};

/// What is typed to change the password.
#[derive(Deserialize)]
pub struct NewPassword {
    current: String,
    password: String,
    again: String,
}

/// Changes the password; the other sessions end.
pub async fn update(site: Data<Site>, request: HttpRequest, reader: CurrentUser, form: Form<NewPassword>) -> Reply {
    let NewPassword { current, password, again } = form.into_inner();
    let mut form = password_form();
    if password != again {
        form.again = Field::default().wrong(Locale::default().accounts().not_the_same());
        return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&site, &request, &reader, form).await?);
    }
    // Whoever found an open session is held up as at sign-in, and nobody by what a stranger tries there.
    let (user, session) = (reader.user().id, reader.session());
    site.limits.take_change(user, session, site.app.clock.now()).map_err(HttpError::TooMany)?;
    let turn = site.turn(Requester::Known, &request).await;
    let _turn = turn.inspect_err(|_| site.limits.give_change_back(user, session))?;
    let change = PasswordChange { current, new: password };
    let caller = reader.caller(&site, &request);
    let changed = site.app.change_password(&caller, session, change).await;
    if !matches!(changed, Err(AccountError::WrongPassword)) {
        site.limits.give_change_back(user, session);
    }
    match changed {
        Ok(()) => {
            site.sessions.forget();
            return Ok(response::see_other_saying(&request, &urls::account(), &Told::PasswordChanged));
        }
        Err(AccountError::WrongPassword) => {
            site.app.password_refused(&caller).await?;
            form.current = Field::default().wrong(Locale::default().accounts().wrong_password());
        }
        Err(AccountError::Password(fault)) => {
            form.password = Field::default().wrong(Locale::default().accounts().password_fault(fault));
        }
        Err(other) => return Err(other.into()),
    }
    response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&site, &request, &reader, form).await?)
}
