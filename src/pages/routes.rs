//! The nouns, each with its routes. Whatever stands in `signed_in` is for people who are signed in.

use actix_web::HttpResponse;
use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig, get, resource};

use crate::http::error::HttpError;
use crate::http::middleware::request_limits::bounds;
use crate::http::middleware::require_user::require_user;
use crate::http::middleware::same_site::same_site;
use crate::http::{Site, assets, health, session};
use crate::pages::errors::error_pages::error_pages;
use crate::pages::forms::MAX_LONG_FORM_LEN;
use crate::pages::forms::buffer::keep_typed;
use crate::pages::page_cookies::remember;
use crate::pages::{
    account, activity, api_reference, applications, approvals, audit, blanking, bulk, channels, decisions, deleted,
    deliveries, editor, environments, executions, invitations, mail, members, merges, operations, overview, places,
    regions, release_tasks, replicas, resets, secrets, sessions, setup, storage, task_runs, tokens, users,
};

/// Every page of that site, with what is served beside them. Every error there is a page.
pub fn scope(site: &Data<Site>) -> impl HttpServiceFactory + use<> {
    web::scope("")
        .configure(refuse_as_pages)
        .configure(assets::configure)
        .configure(|app| whole(app, site))
        // The last is the outermost.
        .wrap(from_fn(keep_typed))
        .wrap(from_fn(same_site))
        .wrap(from_fn(bounds))
        .wrap(from_fn(error_pages))
}

fn whole(app: &mut ServiceConfig, site: &Data<Site>) {
    app.service(resource("/healthz").route(get().to(health::live)))
        .service(resource("/readyz").route(get().to(health::ready)))
        .service(
            web::scope("").wrap(session::middleware(site)).wrap(from_fn(session::find_reader)).configure(with_session),
        );
}

/// Whatever asks who is signed in.
fn with_session(app: &mut ServiceConfig) {
    app.configure(sessions::routes)
        .configure(setup::routes)
        .configure(invitations::public_routes)
        .configure(resets::public_routes)
        .service(web::scope("").wrap(from_fn(remember)).wrap(from_fn(require_user)).configure(signed_in));
}

fn signed_in(app: &mut ServiceConfig) {
    // Routes are tried one after the other, so what open pages ask for each second stands first.
    app.configure(editor::create_routes)
        .configure(bulk::routes)
        .configure(release_tasks::routes)
        .configure(approvals::routes)
        .configure(executions::routes)
        .configure(task_runs::routes)
        .configure(regions::routes)
        .configure(members::routes)
        .configure(invitations::routes)
        .configure(channels::routes)
        .configure(secrets::routes)
        .configure(users::routes)
        .configure(tokens::routes)
        .configure(api_reference::routes)
        .configure(places::routes)
        .configure(account::routes)
        .configure(mail::routes)
        .configure(deliveries::routes)
        .configure(audit::routes)
        .configure(activity::routes)
        .configure(overview::routes)
        .configure(deleted::routes)
        .configure(replicas::routes)
        .configure(storage::routes)
        .configure(blanking::routes)
        .configure(editor::routes)
        .configure(operations::routes)
        .configure(merges::routes)
        .configure(environments::routes)
        .configure(applications::routes)
        .configure(decisions::routes)
        .default_service(web::to(nothing_here));
}

async fn nothing_here() -> Result<HttpResponse, HttpError> {
    Err(HttpError::NotFound)
}

/// What cannot be read is answered with our own pages.
fn refuse_as_pages(app: &mut ServiceConfig) {
    app.app_data(PathConfig::default().error_handler(|error, _| HttpError::from(error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| HttpError::from(error).into()))
        .app_data(
            FormConfig::default().limit(MAX_LONG_FORM_LEN).error_handler(|error, _| HttpError::from(error).into()),
        )
        .app_data(PayloadConfig::new(MAX_LONG_FORM_LEN));
}
