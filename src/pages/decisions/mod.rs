//! Agree to or reject a checkpoint.

mod form;
mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

pub use form::Back;

use super::components::release_urls::TASK_RUN;
use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at(TASK_RUN, "/decision").long().giving_back(&[
    FieldRule::Hidden("round"),
    FieldRule::Hidden("verdict"),
    FieldRule::Hidden("back"),
    FieldRule::Lines("comment"),
])];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{TASK_RUN}{rest}"));
    app.service(below("/decision").route(get().to(handler::new)).route(post().to(handler::create)));
}
