//! `/tokens`: the page, and the form that makes a token.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};

use super::presenter;
use super::sent_form::SentToken;
use super::view::{MadeRow, TokenForm, TokensPage};
use crate::app::tokens::{NewToken, TokenError};
use crate::domain::tokens::{self, TokenFault};
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::pages::components::{Section, layout};

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    let teams = site.sessions.teams(&site.app).await?;
    let form = presenter::form(&SentToken::default(), &[], &teams, reader.user());
    show(StatusCode::OK, (&site, &request, &reader), form, None).await
}

/// Makes a token and shows its secret; what is wrong comes back as it was typed.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, body: Bytes) -> Reply {
    let typed = SentToken::read(&body);
    let teams = site.sessions.teams(&site.app).await?;
    let around: (&Site, _, _) = (&site, &request, &reader);
    let faults = match typed.end(site.app.clock.now()) {
        Ok(expires_at) => {
            let SentToken { name, service_of, scopes, only, .. } = typed.clone();
            let new = NewToken { name, owner: None, service_of, scopes, only, expires_at };
            match site.app.make_token(&reader.caller(&site, &request), &new).await {
                Ok(made) => {
                    let form = presenter::form(&SentToken::default(), &[], &teams, reader.user());
                    return show(StatusCode::CREATED, around, form, Some(presenter::made(made))).await;
                }
                Err(TokenError::Invalid(faults)) => faults,
                Err(TokenError::Broken(error)) => return Err(error.into()),
                Err(TokenError::App(error)) => return Err(error.into()),
            }
        }
        Err(fault) => with_others(fault, &typed),
    };
    let form = presenter::form(&typed, &faults, &teams, reader.user());
    show(StatusCode::UNPROCESSABLE_ENTITY, around, form, None).await
}

/// What else is wrong beside the day.
fn with_others(fault: TokenFault, typed: &SentToken) -> Vec<TokenFault> {
    let mut faults = tokens::check_new(typed.name.trim(), &typed.scopes, typed.service_of.is_some());
    faults.push(fault);
    faults
}

async fn show(
    status: StatusCode,
    (site, request, reader): (&Site, &HttpRequest, &CurrentUser),
    form: TokenForm,
    made: Option<MadeRow>,
) -> Reply {
    let tokens = site.app.tokens(&reader.caller(site, request)).await?;
    let teams = site.sessions.teams(&site.app).await?;
    let page = TokensPage {
        chrome: layout::around(request, reader, "Tokens", Section::Tokens).await?,
        made,
        ..presenter::page(&tokens, &teams, form, site.app.clock.now())
    };
    response::page_with(status, &page)
}
