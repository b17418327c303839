//! Middleware of the API: what it refuses before anybody is asked for.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::mime::APPLICATION_JSON;
use actix_web::{Error, HttpMessage};

use super::{MAX_BODY_LEN, MAX_LONG_BODY_LEN};
use crate::http::body;
use crate::http::error::HttpError;

/// Lets through what an operation has an address like. Without it, whoever is not signed in would be told to sign in for
/// an address that there is not.
pub async fn known_address<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.resource_map().has_resource(request.path()) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    Ok(request.error_response(HttpError::NotFound).map_into_right_body())
}

/// Reads the whole of a body before anything is done with it. What is not JSON is refused before any of it is read, so that
/// there is no body that nobody measures.
pub async fn buffer_json<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    buffered(request, next, MAX_BODY_LEN).await
}

/// The same for whoever is known, who may send a definition.
pub async fn buffer_long_json<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    buffered(request, next, MAX_LONG_BODY_LEN).await
}

async fn buffered<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
    most: usize,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if !request.method().is_safe() && body::is_sent(&request) {
        let is_json = request.content_type().eq_ignore_ascii_case(APPLICATION_JSON.essence_str());
        let read = if is_json { body::read(&mut request, most).await } else { Err(HttpError::UnsupportedMedia) };
        if let Err(error) = read {
            return Ok(request.error_response(error).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}
