//! Reads the whole of a form before anything is done with it, in the time that there is for it, and keeps it: what the
//! answer may have to give back. What is no form is refused before any of it is read, so that there is no body that
//! nobody measures.

use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::mime::APPLICATION_WWW_FORM_URLENCODED;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{Error, HttpMessage};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::http::Site;
use crate::http::connections::Reading;
use crate::http::error::HttpError;

/// The largest form.
pub const MAX_FORM_LEN: usize = 64 * 1024;

/// The most fields of a form: an execution of all 200 tasks has one for each.
const MAX_FIELDS: usize = 1_000;

/// The body of a form.
#[derive(Debug, Clone)]
pub struct Kept(pub Bytes);

/// Keeps forms; requests without a body are let through, and those that nobody reads the body of.
pub async fn keep_typed<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_form = request.content_type().eq_ignore_ascii_case(APPLICATION_WWW_FORM_URLENCODED.essence_str());
    if !request.method().is_safe() && !is_form && has_body(&request) {
        return Ok(request.error_response(HttpError::NotAForm).map_into_right_body());
    }
    if !request.method().is_safe() && is_form {
        let patience = request.app_data::<Data<Site>>().map_or(Duration::MAX, |site| site.web.patience.form_timeout);
        let sent = request.take_payload();
        let reading = Reading::with(request.request());
        let read = timeout(patience, whole(sent)).await.unwrap_or(Err(HttpError::TooSlow));
        drop(reading);
        let form = match read {
            Ok(form) => form,
            Err(error) => return Ok(request.error_response(error).map_into_right_body()),
        };
        request.set_payload(Payload::from(form.clone()));
        request.extensions_mut().insert(Kept(form));
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn has_body(request: &ServiceRequest) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0") || request.headers().contains_key(header::TRANSFER_ENCODING)
}

async fn whole(mut sent: Payload) -> Result<Bytes, HttpError> {
    let mut form = BytesMut::new();
    while let Some(part) = sent.next().await {
        let part = part?;
        if form.len() + part.len() > MAX_FORM_LEN {
            return Err(HttpError::TooLarge);
        }
        form.extend_from_slice(&part);
    }
    if form[..].split(|byte| *byte == b'&').count() > MAX_FIELDS {
        return Err(HttpError::TooManyFields);
    }
    Ok(form.freeze())
}
