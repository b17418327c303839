//! Storage, for administrators: how much room everything takes, what each region keeps, and what the next pruning removes.

mod handler;
mod presenter;
mod retention;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at("/storage/{region}/retention", "").giving_back(&[
    FieldRule::Line("successful_days"),
    FieldRule::Line("successful_executions"),
    FieldRule::Line("unsuccessful_days"),
    FieldRule::Line("unsuccessful_executions"),
])];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/storage").route(get().to(handler::index))).service(
        resource("/storage/{region}/retention").route(get().to(retention::edit)).route(post().to(retention::update)),
    );
}
