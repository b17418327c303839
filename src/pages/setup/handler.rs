//! `/setup`: the one-time link that makes the first administrator.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use serde::Deserialize;

use super::view::SetupPage;
use crate::app::accounts::AccountError;
use crate::app::passwords::Requester;
use crate::app::sessions::{FirstAdministrator, SetupLink};
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::{Site, session};
use crate::messages::Locale;
use crate::pages::components::{Chrome, Field, Hidden, urls};

/// The secret of the link.
#[derive(Deserialize)]
pub struct SetupQuery {
    #[serde(default)]
    token: String,
}

/// What is typed.
#[derive(Deserialize)]
pub struct First {
    token: String,
    name: String,
    password: String,
    again: String,
}

/// The form, for whoever has the newest link.
pub async fn new(site: Data<Site>, link: Query<SetupQuery>) -> Reply {
    is_open(&site, &link.token).await?;
    response::page(&page(&site, &link.token).await?)
}

/// Makes the first administrator, signed in.
pub async fn create(site: Data<Site>, request: HttpRequest, form: Form<First>) -> Reply {
    let First { token, name, password, again } = form.into_inner();
    let name = name.trim().to_owned();
    let mut page = page(&site, &token).await?;
    page.name = Field::of(name.clone());
    if password != again {
        page.again = Field::default().wrong(Locale::default().accounts().not_the_same());
        return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    is_open(&site, &token).await?;
    let from = session::from(&site, &request)?;
    let _turn = site.turn(Requester::Known, &request).await?;
    let first = FirstAdministrator { token, name: name.clone(), password };
    let begun = match site.app.set_up(first, from).await {
        Ok(begun) => begun,
        Err(AccountError::UserName) => {
            page.name = Field::of(name).wrong(Locale::default().accounts().user_name_rule());
            return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(AccountError::NameTaken) => {
            page.name = Field::of(name).wrong(Locale::default().accounts().user_name_taken());
            return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(AccountError::Password(fault)) => {
            page.password = Field::default().wrong(Locale::default().accounts().password_fault(fault));
            return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        Err(other) => return Err(other.into()),
    };
    session::begin(&request, &begun.key)?;
    Ok(response::see_other(&urls::home()))
}

async fn is_open(site: &Site, token: &str) -> Result<(), HttpError> {
    match site.app.setup_link(token).await? {
        SetupLink::Good => Ok(()),
        SetupLink::TooOld => Err(HttpError::SetupTooOld),
        SetupLink::NotValid => Err(HttpError::SetupOver),
    }
}

async fn page(site: &Site, token: &str) -> Result<SetupPage, HttpError> {
    let has_accounts = site.app.has_accounts().await?;
    Ok(SetupPage {
        chrome: Chrome::public("Welcome"),
        url: urls::setup(),
        hidden: vec![Hidden::new("token", token)],
        name: Field::default(),
        password: Field::default(),
        again: Field::default(),
        password_rule: Locale::default().accounts().password_rule(),
        instead: has_accounts.then(|| Locale::default().accounts().promote_instead()),
    })
}
