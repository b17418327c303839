//! The whole URL table. Whatever stands in `signed_in` is for people who are signed in.

use actix_web::HttpResponse;
use actix_web::middleware::from_fn;
use actix_web::web::{
    self, Data, FormConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig, get, post, resource,
};

use crate::http::error::PageError;
use crate::http::middleware::buffer_form::MAX_FORM_LEN;
use crate::http::middleware::require_user::require_user;
use crate::http::{Site, assets, health, session};
use crate::pages::page_cookies::remember;
use crate::pages::release_tasks::{list, show};
use crate::pages::{
    account, approvals, audit, decisions, executions, operations, regions, replicas, sessions, setup, task_runs,
};

/// A release task.
const RELEASE_TASK: &str = "/regions/{region}/release-tasks/{id}";

/// Adds every route of that site.
pub fn configure(app: &mut ServiceConfig, site: &Data<Site>) {
    refuse_as_pages(app);
    assets::configure(app);
    app.service(resource("/healthz").route(get().to(health::live)))
        .service(resource("/readyz").route(get().to(health::ready)))
        .service(
            web::scope("").wrap(session::middleware(site)).wrap(from_fn(session::find_reader)).configure(with_session),
        );
}

/// Whatever asks who is signed in.
fn with_session(app: &mut ServiceConfig) {
    app.service(resource("/login").route(get().to(sessions::new)).route(post().to(sessions::create)))
        .service(resource("/logout").route(post().to(sessions::destroy)))
        .service(resource("/setup").route(get().to(setup::new)).route(post().to(setup::create)))
        .service(web::scope("").wrap(from_fn(remember)).wrap(from_fn(require_user)).configure(signed_in));
}

fn signed_in(app: &mut ServiceConfig) {
    app.service(resource("/").route(get().to(regions::home)))
        .service(resource("/account").route(get().to(account::show)))
        .service(resource("/account/password").route(post().to(account::update_password)))
        .service(resource("/account/sessions/end-others").route(post().to(account::end_other_sessions)))
        .service(resource("/account/sessions/{id}/end").route(post().to(account::end_session)))
        .service(resource("/approvals").route(get().to(approvals::index)))
        .service(resource("/approvals/list").route(get().to(approvals::list)))
        .service(resource("/approvals/count").route(get().to(approvals::count_fragment)))
        .service(resource("/audit").route(get().to(audit::index)))
        .service(resource("/replicas").route(get().to(replicas::index)))
        .service(resource("/replicas/list").route(get().to(replicas::list)))
        .service(resource("/regions/{region}").route(get().to(regions::show)))
        .configure(release_tasks)
        .configure(operations)
        .configure(tasks)
        .default_service(web::to(nothing_here));
}

/// Release tasks. Whatever stands behind `{id}` belongs to one of them.
fn release_tasks(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RELEASE_TASK}{rest}"));
    app.service(resource("/regions/{region}/release-tasks").route(get().to(list::index)))
        .service(below("").route(get().to(show::process)))
        .service(below("/timeline").route(get().to(show::timeline)))
        .service(below("/executions").route(get().to(show::executions)))
        .service(below("/definition").route(get().to(show::definition)))
        .service(below("/definition.yaml").route(get().to(show::yaml)))
        .service(below("/activity").route(get().to(show::activity)))
        .service(below("/executions/{number}").route(get().to(show::execution)))
        .service(below("/executions/{number}/timeline").route(get().to(show::execution_timeline)));
}

/// What can be done with a release task: GET asks first, POST does it.
fn operations(app: &mut ServiceConfig) {
    use operations as to;
    let below = |word: &str| resource(format!("{RELEASE_TASK}/{word}"));
    app.service(below("execute").route(get().to(executions::new)).route(post().to(executions::create)))
        .service(below("pause").route(post().to(to::create_pause)))
        .service(below("continue").route(post().to(to::create_continuation)))
        .service(below("retry").route(post().to(to::create_retry)))
        .service(below("terminate").route(get().to(to::new_termination)).route(post().to(to::create_termination)))
        .service(below("roll-back").route(get().to(to::new_roll_back)).route(post().to(to::create_roll_back)))
        .service(below("clone").route(get().to(to::new_clone)).route(post().to(to::create_clone)))
        .service(below("delete").route(get().to(to::new_deletion)).route(post().to(to::create_deletion)));
}

/// A task in an execution.
fn tasks(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RELEASE_TASK}/executions/{{number}}/tasks/{{task}}{rest}"));
    app.service(below("").route(get().to(task_runs::show)))
        .service(below("/live").route(get().to(task_runs::live)))
        .service(below("/log").route(get().to(task_runs::log)))
        .service(below("/log/download").route(get().to(task_runs::download)))
        .service(below("/decision").route(get().to(decisions::new)).route(post().to(decisions::create)))
        .service(below("/skip").route(get().to(operations::new_skip)).route(post().to(operations::create_skip)));
}

async fn nothing_here() -> Result<HttpResponse, PageError> {
    Err(PageError::NotFound)
}

/// What cannot be read is answered with our own pages.
fn refuse_as_pages(app: &mut ServiceConfig) {
    app.app_data(PathConfig::default().error_handler(|error, _| PageError::from(error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| PageError::from(error).into()))
        .app_data(FormConfig::default().limit(MAX_FORM_LEN).error_handler(|error, _| PageError::from(error).into()))
        .app_data(PayloadConfig::new(MAX_FORM_LEN));
}
