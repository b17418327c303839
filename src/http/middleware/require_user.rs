//! Around every page but a few: nobody passes who is not signed in.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use crate::http::error::HttpError;
use crate::http::session;

/// Finds out who asks; nobody is sent to sign in.
pub async fn require_user<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match session::reader(request.request()) {
        Ok(Some(person)) => {
            request.extensions_mut().insert(person);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Ok(None) => Ok(request.error_response(HttpError::SignedOut).map_into_right_body()),
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}
