//! Reads the whole of a form before anything is done with it, and keeps it: what the answer may have to give back.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::mime::APPLICATION_WWW_FORM_URLENCODED;
use actix_web::web::BytesMut;
use actix_web::{Error, HttpMessage};
use futures_util::StreamExt;

use crate::web::error::PageError;
use crate::web::routes::LARGEST_FORM;
use crate::web::typed::Kept;

/// Keeps forms; everything else is let through as it is.
pub async fn keep_typed<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_form = request.content_type().eq_ignore_ascii_case(APPLICATION_WWW_FORM_URLENCODED.essence_str());
    if request.method() == Method::POST && is_form {
        let mut sent = request.take_payload();
        let mut form = BytesMut::new();
        while let Some(part) = sent.next().await {
            let taken = part.map_err(PageError::from).and_then(|part| {
                let room = LARGEST_FORM.checked_sub(form.len() + part.len());
                room.map(|_| form.extend_from_slice(&part)).ok_or(PageError::TooLarge)
            });
            if let Err(error) = taken {
                return Ok(request.error_response(error).map_into_right_body());
            }
        }
        let form = form.freeze();
        request.set_payload(Payload::from(form.clone()));
        request.extensions_mut().insert(Kept(form));
    }
    Ok(next.call(request).await?.map_into_left_body())
}
