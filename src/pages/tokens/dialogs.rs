//! Renew and Revoke: each says first what will become of the token.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use chrono::{Days, NaiveTime};

use super::sent_form::LASTS_AT_FIRST;
use crate::app::reads::Token;
use crate::app::tokens::TokenError;
use crate::domain::execution::Moment;
use crate::domain::ids::TokenId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::dialog::Around;
use crate::pages::components::{ConfirmDialog, Section, urls};

/// Asks before a token lasts longer.
pub async fn renew(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<TokenId>) -> Reply {
    let token = site.app.token(&reader.caller(&site, &request), *id).await?;
    let words = Locale::default().tokens();
    let day = day_of(next_end(site.app.clock.now()));
    let dialog = ConfirmDialog {
        title: words.renewal_title(&token.name),
        sentence: words.renewal(&day, token.is_service),
        url: urls::token_renewal(token.id),
        button: "Renew".to_owned(),
        ..about(&token)
    };
    show(&request, &reader, dialog).await
}

/// Lets it last longer.
pub async fn confirm_renewal(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<TokenId>) -> Reply {
    let until = next_end(site.app.clock.now());
    match site.app.renew_token(&reader.caller(&site, &request), *id, until).await {
        Ok(token) => Ok(response::done(&request, &urls::tokens(), &Told::TokenRenewed(token.name, day_of(until)))),
        Err(TokenError::App(error)) => Err(error.into()),
        Err(other @ (TokenError::Invalid(_) | TokenError::Broken(_))) => Err(HttpError::Broken(other.into())),
    }
}

/// Asks before a token ends.
pub async fn revoke(site: Data<Site>, request: HttpRequest, reader: CurrentUser, id: Path<TokenId>) -> Reply {
    let token = site.app.token(&reader.caller(&site, &request), *id).await?;
    let words = Locale::default().tokens();
    let dialog = ConfirmDialog {
        title: words.revocation_title(&token.name),
        sentence: words.revocation().to_owned(),
        url: urls::token_revocation(token.id),
        button: "Revoke".to_owned(),
        danger: true,
        ..about(&token)
    };
    show(&request, &reader, dialog).await
}

/// Ends it.
pub async fn confirm_revocation(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    id: Path<TokenId>,
) -> Reply {
    let token = site.app.revoke_token(&reader.caller(&site, &request), *id).await?;
    Ok(response::done(&request, &urls::tokens(), &Told::TokenRevoked(token.name)))
}

async fn show(request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    let around = Around { request, reader, section: Section::Tokens };
    around.show(StatusCode::OK, &dialog.title.clone(), dialog).await
}

fn about(token: &Token) -> ConfirmDialog {
    ConfirmDialog { about: token.label(), cancel_url: urls::tokens(), ..ConfirmDialog::default() }
}

/// The end of a token that is renewed: whole days, so that the dialog and what follows say the same.
fn next_end(now: Moment) -> Moment {
    let day = now.date_naive().checked_add_days(Days::new(LASTS_AT_FIRST + 1)).unwrap_or(now.date_naive());
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The last day on which it is good.
fn day_of(end: Moment) -> String {
    (end - chrono::TimeDelta::seconds(1)).format("%-d %b %Y").to_string()
}
