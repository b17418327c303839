//! `/reset`: where a link that sets a new password leads. Looking at it changes nothing, however often and whoever looks; only
//! the form uses it up.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use serde::Deserialize;

use super::view::ResetPage;
use crate::app::accounts::AccountError;
use crate::app::passwords::Requester;
use crate::http::response::{self, Reply};
use crate::http::{Site, session};
use crate::messages::Locale;
use crate::pages::components::{Chrome, Field, Hidden, urls};

/// The secret of the link.
#[derive(Deserialize)]
pub struct ResetQuery {
    #[serde(default)]
    token: String,
}

/// What is typed.
#[derive(Deserialize)]
pub struct ResetForm {
    token: String,
    password: String,
    again: String,
}

/// The form.
pub async fn new(site: Data<Site>, link: Query<ResetQuery>) -> Reply {
    let offered = site.app.offered_reset(&link.token).await?;
    response::page(&page(&link.token, &offered.name))
}

/// Sets the password, and signs in.
pub async fn create(site: Data<Site>, request: HttpRequest, form: Form<ResetForm>) -> Reply {
    let ResetForm { token, password, again } = form.into_inner();
    let offered = site.app.offered_reset(&token).await?;
    let mut page = page(&token, &offered.name);
    if password != again {
        page.again = Field::default().wrong(Locale::default().accounts().not_the_same());
        return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let from = session::from(&site, &request)?;
    let _turn = site.turn(Requester::Known, &request).await?;
    match site.app.reset_by_link(&token, password, from).await {
        Ok(begun) => {
            site.sessions.forget();
            session::begin(&request, &begun.key)?;
            Ok(response::see_other(&urls::home()))
        }
        Err(AccountError::Password(fault)) => {
            page.password = Field::default().wrong(Locale::default().accounts().password_fault(fault));
            response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

fn page(token: &str, name: &str) -> ResetPage {
    let words = Locale::default();
    ResetPage {
        chrome: Chrome::public(words.invitations().reset_title()),
        title: words.invitations().reset_title(),
        lead: words.invitations().resetting(),
        url: urls::resetting(),
        hidden: vec![Hidden::new("token", token)],
        name: name.to_owned(),
        password: Field::default(),
        again: Field::default(),
        password_rule: words.accounts().password_rule(),
    }
}
