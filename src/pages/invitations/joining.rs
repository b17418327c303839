//! `/invitations/join`: where the link of an invitation leads. Looking at it changes nothing, however often and whoever looks;
//! only the form that sets a password uses the link up.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use serde::Deserialize;

use super::view::JoinPage;
use crate::app::OfferedInvitation;
use crate::app::accounts::AccountError;
use crate::app::passwords::Requester;
use crate::http::response::{self, Reply};
use crate::http::{Site, session};
use crate::messages::Locale;
use crate::pages::components::{Chrome, Field, Hidden, Link, urls};

/// The secret of the link.
#[derive(Deserialize)]
pub struct JoinQuery {
    #[serde(default)]
    token: String,
}

/// What is typed.
#[derive(Deserialize)]
pub struct NewMember {
    token: String,
    password: String,
    again: String,
}

/// The form, or the way to sign in for whoever has an account.
pub async fn new(site: Data<Site>, link: Query<JoinQuery>) -> Reply {
    let offered = site.app.offered_invitation(&link.token).await?;
    response::page(&page(&link.token, &offered))
}

/// Makes the account, signed in.
pub async fn create(site: Data<Site>, request: HttpRequest, form: Form<NewMember>) -> Reply {
    let NewMember { token, password, again } = form.into_inner();
    let offered = site.app.offered_invitation(&token).await?;
    let mut page = page(&token, &offered);
    if offered.has_account {
        return response::page_with(StatusCode::CONFLICT, &page);
    }
    if password != again {
        page.again = Field::default().wrong(Locale::default().accounts().not_the_same());
        return response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let from = session::from(&site, &request)?;
    let _turn = site.turn(Requester::Known, &request).await?;
    match site.app.join_by_link(&token, password, from).await {
        Ok(begun) => {
            site.sessions.forget();
            session::begin(&request, &begun.key)?;
            Ok(response::see_other(&urls::home()))
        }
        Err(AccountError::Password(fault)) => {
            page.password = Field::default().wrong(Locale::default().accounts().password_fault(fault));
            response::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(AccountError::NameTaken) => {
            let offered = OfferedInvitation { has_account: true, ..offered };
            response::page_with(StatusCode::CONFLICT, &self::page(&token, &offered))
        }
        Err(other) => Err(other.into()),
    }
}

fn page(token: &str, OfferedInvitation { invitation, has_account }: &OfferedInvitation) -> JoinPage {
    let words = Locale::default().invitations();
    let title = words.join_title(&invitation.team_name);
    let (lead, sign_in) = if *has_account {
        let to = Link::new(Locale::default().errors().sign_in(), urls::login_for(&urls::own_invitations()));
        (words.join_known(&invitation.name), Some(to))
    } else {
        (words.join_anew().to_owned(), None)
    };
    JoinPage {
        chrome: Chrome::public(title.clone()),
        title,
        asks: words.asks(invitation.by.name(), &invitation.team_name, &invitation.roles),
        lead,
        sign_in,
        url: urls::joining(),
        hidden: vec![Hidden::new("token", token)],
        name: invitation.name.clone(),
        password: Field::default(),
        again: Field::default(),
        password_rule: Locale::default().accounts().password_rule(),
    }
}
