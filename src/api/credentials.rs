//! Credentials of a request: a token in one of two headers, or the session of a browser.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use futures_util::future::{Ready, ready};

use super::rates;
use crate::app::Caller;
use crate::domain::tokens::TokenRefusal;
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::http::{Site, session};

/// The header of the interface that ours is like.
const AUTH_TOKEN: &str = "x-auth-token";

/// Who asks for an operation, and the session that they are signed in with, if it is no token.
#[derive(Debug, Clone)]
pub struct ApiCaller(pub Caller, Option<CurrentUser>);

impl ApiCaller {
    /// The same caller as they are by now, for what takes long: a token may be revoked meanwhile, a session over, a role taken.
    pub async fn now(&self, site: &Site) -> Result<Caller, HttpError> {
        if let Some(reader) = &self.1
            && !reader.is_signed_in(&site.app).await?
        {
            return Err(HttpError::SignedOut);
        }
        site.app.look_up_again(&self.0).await?.map_err(HttpError::TokenRefused)
    }
}

impl FromRequest for ApiCaller {
    type Error = HttpError;
    type Future = Ready<Result<Self, HttpError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(HttpError::SignedOut))
    }
}

/// Finds out who asks. Whoever sends a token is who has it, whatever session the browser has.
pub async fn find_caller<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match caller(request.request()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(error) => {
            let error = rates::take_stranger(request.request()).err().unwrap_or(error);
            Ok(request.error_response(error).map_into_right_body())
        }
    }
}

async fn caller(request: &HttpRequest) -> Result<ApiCaller, HttpError> {
    let Some(site) = request.app_data::<Data<Site>>() else { return Err(HttpError::SignedOut) };
    if let Some(secret) = presented(request.headers())? {
        let caller = site.app.caller_with(secret, site.ip(request)).await?.map_err(HttpError::TokenRefused)?;
        return Ok(ApiCaller(caller, None));
    }
    let reader = session::reader(request)?.ok_or(HttpError::SignedOut)?;
    Ok(ApiCaller(reader.caller(site, request), Some(reader)))
}

/// The token that a request has, if it has one. One that cannot be read is no reason to look for a session.
fn presented(headers: &HeaderMap) -> Result<Option<&str>, HttpError> {
    let unknown = || HttpError::TokenRefused(TokenRefusal::Unknown);
    if let Some(value) = headers.get(AUTH_TOKEN) {
        return value.to_str().map(|secret| Some(secret.trim())).map_err(|_| unknown());
    }
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let (scheme, secret) = value.to_str().map_err(|_| unknown())?.split_once(' ').ok_or_else(unknown)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(secret.trim())) } else { Err(unknown()) }
}
