//! Reads the whole of what was sent before anything is done with it, in the time that there is for it and up to a limit.

use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Data};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::Site;
use super::connections::Reading;
use super::error::HttpError;

/// Whether there is a body: what its type is, is another question.
pub fn is_sent(request: &ServiceRequest) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0") || request.headers().contains_key(header::TRANSFER_ENCODING)
}

/// The body, of so many bytes at most. Handlers find it where it was.
pub async fn read(request: &mut ServiceRequest, most: usize) -> Result<Bytes, HttpError> {
    let patience = request.app_data::<Data<Site>>().map_or(Duration::MAX, |site| site.web.patience.form_timeout);
    let sent = request.take_payload();
    let reading = Reading::with(request.request());
    let read = timeout(patience, whole(sent, most)).await.unwrap_or(Err(HttpError::TooSlow));
    drop(reading);
    let body = read?;
    request.set_payload(Payload::from(body.clone()));
    Ok(body)
}

async fn whole(mut sent: Payload, most: usize) -> Result<Bytes, HttpError> {
    let mut body = BytesMut::new();
    while let Some(part) = sent.next().await {
        let part = part?;
        if body.len() + part.len() > most {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}
