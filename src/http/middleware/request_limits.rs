//! Refuses what no browser sends to us, with a page that says what is too long, before anything is done with it. What is
//! longer still never comes here: actix closes the connection with a bare 431 or 400.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::http::error::HttpError;

/// The longest address, in bytes.
pub const MAX_ADDRESS_LEN: usize = 8 * 1024;

/// The most bytes of headers, names and values: cookies are among them.
pub const MAX_HEADERS: usize = 32 * 1024;

/// Lets through what is not too long.
pub async fn bounds<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let error = if address > MAX_ADDRESS_LEN {
        HttpError::AddressTooLong
    } else if headers > MAX_HEADERS {
        HttpError::HeadersTooLarge
    } else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    Ok(request.error_response(error).map_into_right_body())
}
