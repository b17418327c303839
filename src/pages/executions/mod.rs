//! Executions of a release task: their records, the page of one, and the dialog that starts one.

mod dialog;
mod handler;
mod offer;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::components::release_urls::RELEASE_TASK;
use super::forms::{FieldRule, FormRules};

pub use presenter::told;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at(RELEASE_TASK, "/execute").long().giving_back(&[
    FieldRule::Hidden("task"),
    FieldRule::Hidden("execution"),
    FieldRule::Hidden("version"),
    FieldRule::Hidden("saved"),
    FieldRule::Hidden("supersedes"),
])];

/// Their routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{RELEASE_TASK}{rest}"));
    app.service(below("/execute").route(get().to(dialog::new)).route(post().to(dialog::create)))
        .service(below("/executions").route(get().to(handler::index)))
        .service(below("/executions/{number}").route(get().to(handler::show)))
        .service(below("/executions/{number}/timeline").route(get().to(handler::show_timeline)));
}
