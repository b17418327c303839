//! Rate limits, and the headers in which a caller is told what is left: `RateLimit` and `RateLimit-Policy` of the standard that is
//! being made, and `Retry-After`.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};

use super::credentials::ApiCaller;
use crate::app::Caller;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::limits::api::{Counted, Quota, WINDOW};
use crate::http::limits::streams::{OpenStream, TooManyStreams};

const LEFT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Counts requests of whoever is known by now, around the operations.
pub async fn count_known<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let who = request.extensions().get::<ApiCaller>().and_then(|caller| counted(&caller.0));
    match who.map_or(Ok(()), |who| take(request.request(), who)) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}

fn counted(caller: &Caller) -> Option<Counted> {
    match caller {
        Caller::Token { token, .. } => Some(Counted::Token(token.id)),
        Caller::User { user, .. } => Some(Counted::Person(user.id)),
        Caller::CommandLine => None,
    }
}

/// Counts another event stream of that caller, which is open until the answer is dropped.
pub fn open_stream(site: &Site, caller: &Caller) -> Result<Option<OpenStream>, HttpError> {
    let Some(who) = counted(caller) else { return Ok(None) };
    site.api_limits.streams.open(who).map(Some).map_err(|TooManyStreams { most }| HttpError::TooManyStreams(most))
}

/// Counts requests of whoever asks for what is for anybody.
pub async fn count_strangers<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match take_stranger(request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}

/// Counts a request of somebody who is not known, by the address that it comes from.
pub fn take_stranger(request: &HttpRequest) -> Result<(), HttpError> {
    let address = request.app_data::<Data<Site>>().and_then(|site| site.ip(request));
    take(request, Counted::from_address(address))
}

fn take(request: &HttpRequest, who: Counted) -> Result<(), HttpError> {
    let Some(site) = request.app_data::<Data<Site>>() else { return Ok(()) };
    let Some(quota) = site.api_limits.take(who, site.app.clock.now()) else { return Ok(()) };
    request.extensions_mut().insert(quota);
    quota.refused.map_or(Ok(()), |seconds| Err(HttpError::OverLimit(seconds)))
}

/// Around all of it: tells what is left.
pub async fn tell<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let quota = response.request().extensions().get::<Quota>().copied();
    if let Some(quota) = quota {
        write(quota, response.headers_mut());
    }
    Ok(response)
}

fn write(Quota { policy, most, left, refused }: Quota, headers: &mut HeaderMap) {
    let reset = refused.unwrap_or(left.whole_in);
    let left = format!("\"{policy}\";r={};t={reset}", left.tries);
    for (name, value) in [(LEFT, left), (POLICY, format!("\"{policy}\";q={most};w={WINDOW}"))] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}
