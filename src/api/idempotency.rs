//! `Idempotency-Key`: whoever sends a POST again under the same key is told what came of the first, and nothing is done twice.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::MAX_LONG_BODY_LEN;
use super::credentials::ApiCaller;
use crate::app::secret::{hashed, hexadecimal};
use crate::app::{App, KeyUse, KeyedRequest};
use crate::http::body;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// The header with the key.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The most characters of a key.
const MAX_KEY: usize = 255;

/// The key of a request, if it has one.
#[derive(Debug, Clone, Default)]
pub struct Once(Option<Keyed>);

#[derive(Debug, Clone)]
struct Keyed {
    request: KeyedRequest,
    replayed: Rc<Cell<bool>>,
}

impl FromRequest for Once {
    type Error = HttpError;
    type Future = Ready<Result<Self, HttpError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Self>().cloned().unwrap_or_default()))
    }
}

impl Once {
    /// Does it, unless it was done under the key of this request; answers what came of it then.
    pub async fn run<T: DeserializeOwned>(
        &self,
        app: &App,
        does: impl AsyncFnOnce(&App) -> Result<T, HttpError>,
    ) -> Result<T, HttpError> {
        let Some(Keyed { request, replayed }) = &self.0 else { return does(app).await };
        let app = app.under_key(request);
        let before = async || match app.key_use().await? {
            KeyUse::Fresh => Ok(None),
            KeyUse::Same(answer) => {
                replayed.set(true);
                Ok(Some(answer))
            }
            KeyUse::Another => Err(HttpError::KeyReused),
        };
        if let Some(answer) = before().await? {
            return Ok(answer);
        }
        match does(&app).await {
            // Another request under the key was faster, and is done by now.
            Err(HttpError::Stale) => before().await?.ok_or(HttpError::Stale),
            answer => answer,
        }
    }
}

/// Around the operations: reads the key of a POST, and says of an answer that it was given before.
pub async fn find_key<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let keyed = match keyed(&mut request).await {
        Ok(keyed) => keyed,
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    let replayed = keyed.as_ref().map(|keyed| Rc::clone(&keyed.replayed));
    request.extensions_mut().insert(Once(keyed));
    let mut response = next.call(request).await?;
    if replayed.is_some_and(|replayed| replayed.get()) {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response.map_into_left_body())
}

async fn keyed(request: &mut ServiceRequest) -> Result<Option<Keyed>, HttpError> {
    let caller = request.extensions().get::<ApiCaller>().and_then(|caller| caller.0.key_space());
    let (Some(caller), Some(value)) = (caller, request.headers().get(KEY)) else { return Ok(None) };
    if request.method() != Method::POST {
        return Ok(None);
    }
    let key = value.to_str().ok().and_then(key).map(str::to_owned).ok_or_else(|| {
        let message = Locale::default().api().wrong_key(MAX_KEY);
        HttpError::Invalid(vec![FieldProblem { field: "Idempotency-Key".to_owned(), message }])
    })?;
    let sent = if body::is_sent(request) { body::read(request, MAX_LONG_BODY_LEN).await? } else { Bytes::new() };
    // However the fields are ordered: not every program writes them in the same order twice.
    let asked = match serde_json::from_slice::<Value>(&sent) {
        Ok(value) => value.to_string(),
        Err(_) => String::from_utf8_lossy(&sent).into_owned(),
    };
    let fingerprint = hexadecimal(&hashed(&format!("{}\n{asked}", request.uri())));
    let request = KeyedRequest { caller, key, fingerprint };
    Ok(Some(Keyed { request, replayed: Rc::default() }))
}

/// The key in a header: it may stand in quotation marks, as the standard has it, or without.
fn key(value: &str) -> Option<&str> {
    let value = value.trim();
    let key = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let is_one = (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_in_quotation_marks_or_without() {
        assert_eq!(key("\"8e03978e-40d5\""), Some("8e03978e-40d5"));
        assert_eq!(key(" run-17 "), Some("run-17"));
        for wrong in ["", "\"\"", "two words", "\u{1}"] {
            assert_eq!(key(wrong), None, "{wrong:?}");
        }
        assert_eq!(key(&"x".repeat(MAX_KEY + 1)), None);
    }
}
