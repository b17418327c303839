//! The API: the operations as JSON, for programs.
//!
//! Whatever is answered below `/api` and `/v3` is JSON, errors as well, whoever makes them: an operation, a middleware, or the
//! framework. Nobody is sent to the sign-in page. `docs/api.md` says what a client may rely on.

mod activity;
mod approvals;
mod caller;
mod common_responses;
mod components;
mod credentials;
mod deliveries;
mod errors;
mod event_stream;
mod executions;
mod gate;
mod idempotency;
mod named_secrets;
mod openapi;
mod rates;
mod region;
mod release_tasks;
mod secret_keys;
mod teams;
mod version;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig, get, resource};

use crate::http::error::HttpError;
use crate::http::middleware::request_limits::bounds;
use crate::http::middleware::require_user::require_user;
use crate::http::middleware::same_site::same_site;
use crate::http::{Site, session};

pub use openapi::description;

/// The largest body that strangers may send.
pub const MAX_BODY_LEN: usize = 64 * 1024;
/// The largest body of whoever is known: a definition in JSON may be longer than in YAML, of which it is measured.
pub const MAX_LONG_BODY_LEN: usize = 4 * 1024 * 1024;

/// Everything below `/api`: what anybody may ask, and `operations` for those who are signed in.
pub fn scope(site: &Data<Site>, operations: fn(&mut ServiceConfig)) -> impl HttpServiceFactory + use<> {
    let signed_in = web::scope("")
        .configure(operations)
        // The last is the outermost.
        .wrap(from_fn(require_user))
        .wrap(session::middleware(site))
        .wrap(from_fn(session::find_reader));
    web::scope("/api")
        .configure(|api| refuse_as_json(api, MAX_BODY_LEN))
        .configure(public)
        .service(signed_in)
        .wrap(from_fn(gate::buffer_json))
        .wrap(from_fn(rates::count_strangers))
        .wrap(from_fn(gate::known_address))
        .wrap(from_fn(same_site))
        .wrap(from_fn(bounds))
        .wrap(from_fn(rates::tell))
        .wrap(from_fn(errors::json_errors))
}

/// Everything below `/v3`, at the addresses of the interface that ours is like: for whoever has a token or is signed in.
pub fn release_management(site: &Data<Site>) -> impl HttpServiceFactory + use<> {
    web::scope("/v3")
        .configure(|api| refuse_as_json(api, MAX_LONG_BODY_LEN))
        .configure(caller::routes)
        .configure(release_tasks::routes)
        .configure(executions::routes)
        .configure(activity::routes)
        .configure(approvals::routes)
        .configure(teams::routes)
        .configure(components::routes)
        .configure(named_secrets::routes)
        .configure(secret_keys::routes)
        .configure(deliveries::routes)
        // The last is the outermost. A body is read when it is known who sends it.
        .wrap(from_fn(idempotency::find_key))
        .wrap(from_fn(gate::buffer_long_json))
        .wrap(from_fn(rates::count_known))
        .wrap(from_fn(credentials::find_caller))
        .wrap(session::middleware(site))
        .wrap(from_fn(session::find_reader))
        .wrap(from_fn(gate::known_address))
        .wrap(from_fn(same_site))
        .wrap(from_fn(bounds))
        .wrap(from_fn(rates::tell))
        .wrap(from_fn(errors::json_errors))
}

/// What anybody may ask.
fn public(api: &mut ServiceConfig) {
    api.service(resource("/version").route(get().to(version::show)))
        .service(resource("/openapi.json").route(get().to(openapi::show)));
}

/// The operations for those who are signed in: so far there are none.
pub fn operations(_: &mut ServiceConfig) {}

/// What cannot be read is answered with our own errors.
fn refuse_as_json(api: &mut ServiceConfig, most: usize) {
    api.app_data(PathConfig::default().error_handler(|error, _| HttpError::from(error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| HttpError::from(error).into()))
        .app_data(JsonConfig::default().limit(most).error_handler(|error, _| HttpError::from(error).into()))
        .app_data(PayloadConfig::new(most));
}
