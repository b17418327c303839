//! Executions of a release task: their records, the page of one, and the dialog that starts one.

mod dialog;
mod dry_run;
mod handler;
mod offer;
mod presenter;
mod variables;
pub mod variables_view;
pub mod view;

use actix_web::web::{PayloadConfig, ServiceConfig, get, post, resource};

use super::components::release_urls::RELEASE_TASK;
use super::forms::{FieldRule, FormRules};

pub use presenter::told;
pub use variables::of_execution;

/// The largest form of Execute: every variable with its longest value, each byte of it written as three, and the names of tasks.
const MAX_EXECUTE_FORM_LEN: usize = 1024 * 1024;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at(RELEASE_TASK, "/execute").up_to(MAX_EXECUTE_FORM_LEN).giving_back(&[
    FieldRule::Hidden("variable"),
    FieldRule::Hidden("value"),
    FieldRule::Hidden("task"),
    FieldRule::Hidden("execution"),
    FieldRule::Hidden("version"),
    FieldRule::Hidden("saved"),
    FieldRule::Hidden("supersedes"),
])];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RELEASE_TASK}{rest}"));
    app.service(
        below("/execute")
            .app_data(PayloadConfig::new(MAX_EXECUTE_FORM_LEN))
            .route(get().to(dialog::new))
            .route(post().to(dialog::create)),
    )
    .service(below("/executions").route(get().to(handler::index)))
    .service(below("/executions/{number}").route(get().to(handler::show)))
    .service(below("/executions/{number}/timeline").route(get().to(handler::show_timeline)));
}
