//! The outermost layer: a request id, the headers that every answer carries, and one line in the log for what matters.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use tracing::Instrument as _;

use crate::http::Site;
use crate::http::connections::Busy;
use crate::http::middleware::public_path::made_outside;

/// The reference by which a request is found in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    /// Unlike any other of this process, and very likely of any other.
    fn fresh() -> Self {
        static FIRST: LazyLock<u64> = LazyLock::new(rand::random);
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // An odd factor visits every number once and makes neighbours look unlike.
        let turn = COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(FIRST.wrapping_add(turn))
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Makes the answer to a request whose handler panicked, given its reference: the request is gone with the handler.
type PanicResponse = fn(&str) -> HttpResponse;

/// How the scope that a request is in answers a panic. Empty until the request is in one.
#[derive(Clone, Default)]
struct OnPanic(Rc<Cell<Option<PanicResponse>>>);

/// From now on a panic of the handler of that request is answered so.
pub fn on_panic(request: &HttpRequest, answer: PanicResponse) {
    if let Some(OnPanic(chosen)) = request.extensions().get() {
        chosen.set(Some(answer));
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// From nothing, one permission at a time: our own scripts, styles and images; htmx asks us alone; forms go to us alone.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

const ALWAYS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    (
        header::PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// Wraps every request.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (id, began) = (RequestId::fresh(), Instant::now());
    let site = request.app_data::<Data<Site>>().cloned();
    let _busy = Busy::with(request.request());
    let on_panic = OnPanic::default();
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(on_panic.clone());
    if request.method() == Method::HEAD {
        // A HEAD is a GET whose body is not sent, which the connection sees to.
        request.head_mut().method = Method::GET;
    }
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let span = tracing::info_span!("request", %id);
    let Ok(answer) = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span).await else {
        tracing::error!(%id, %method, path, "request handler panicked; message is on standard error");
        let answer = on_panic.0.get().unwrap_or(|_| HttpResponse::InternalServerError().finish());
        let answer = answer(&id.to_string());
        let mut response = match &site {
            Some(site) => made_outside(site, answer),
            None => answer,
        };
        seal(response.headers_mut(), id, site.as_ref().and_then(|site| only_https(site)));
        return Err(InternalError::from_response("a handler panicked", response).into());
    };
    let mut response = answer?;
    seal(response.headers_mut(), id, site.as_ref().and_then(|site| only_https(site)));
    if site.is_some_and(|site| site.is_stopping()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    log(&response, id, began);
    Ok(response)
}

/// Over https, browsers are told to come by nothing else.
fn only_https(site: &Site) -> Option<HeaderValue> {
    let value = if site.web.hsts_subdomains { "max-age=31536000; includeSubDomains" } else { "max-age=31536000" };
    site.web.is_https().then(|| HeaderValue::from_static(value))
}

fn seal(headers: &mut HeaderMap, id: RequestId, only_https: Option<HeaderValue>) {
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(only_https) = only_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, only_https);
    }
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Reading is not worth a line; what may have changed something is, and what went wrong. A query may hold a secret
/// (the set-up link's), so the path alone is written.
fn log<B>(response: &ServiceResponse<B>, id: RequestId, began: Instant) {
    let (method, path, status) = (response.request().method(), response.request().path(), response.status().as_u16());
    let ms = began.elapsed().as_millis();
    if status >= 500 && !(status == 503 && method.is_safe()) {
        tracing::warn!(%id, %method, path, status, ms, "request");
    } else if method.is_safe() {
        tracing::debug!(%id, %method, path, status, ms, "request");
    } else {
        tracing::info!(%id, %method, path, status, ms, "request");
    }
}
